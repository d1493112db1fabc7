"""The styles of pages and of what notebooks show; no file or font is loaded from elsewhere."""

from __future__ import annotations

from derive.report.marks import MARKS

_BADGES = "".join(f".derive-{verdict.value}{{background:{mark.colour}}}" for verdict, mark in MARKS.items())

FRAGMENT = (
    ".derive-view{max-width:60em;overflow-x:auto}"
    ".derive-view math{font-size:1.1em}"
    ".derive-view math[display=block]{margin:.3em 0;text-align:left;display:block math}"
    ".derive-badge{color:#fff;border-radius:.3em;padding:.05em .45em;font-size:.85em;white-space:nowrap;"
    "font-family:system-ui,sans-serif}"
    + _BADGES
    + ".derive-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}"
    ".derive-view details{margin:.2em 0}"
    ".derive-view summary{cursor:pointer}"
    ".derive-view ol.derive-relations{list-style:none;padding-left:0}"
    ".derive-view ol.derive-relations>li{border-left:.25em solid #8886;padding:.1em .7em;margin:.3em 0}"
    ".derive-said{margin:.3em 0}.derive-said>div{display:flex;gap:.6em}"
    ".derive-said dt{flex:0 0 5.5em;font-weight:600}.derive-said dd{margin:0;overflow-x:auto}"
    ".derive-point{border-collapse:collapse;margin:.4em 0}"
    ".derive-point caption{text-align:left;font-weight:600}"
    ".derive-point th,.derive-point td{border:1px solid #8888;padding:.2em .6em;text-align:left;font-weight:400}"
    ".derive-side th,.derive-side td{font-weight:600}"
    ".derive-rule,.derive-code,.derive-tex{font-family:ui-monospace,monospace;font-size:.9em}"
    ".derive-tex{white-space:pre-wrap}"
    ".derive-view del{text-decoration:line-through}.derive-view ins{text-decoration:underline}"
)
"""For fragments in a notebook: the colours of the text are those of its theme."""
