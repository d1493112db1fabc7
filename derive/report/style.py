"""The styles of pages and of what notebooks show; no file or font is loaded from elsewhere."""

from __future__ import annotations

from derive.report.marks import MARKS

_BADGES = "".join(f".derive-{verdict.value}{{background:{mark.colour}}}" for verdict, mark in MARKS.items())

_MATHS = 'font-family:"STIX Two Math","Latin Modern Math","Cambria Math","STIX Math","Libertinus Math",math'
"""Fonts with a table for formulas, where a reader has one."""

FRAGMENT = (
    ".derive-view{max-width:60em;overflow-x:auto}"
    f".derive-view math{{font-size:1.1em;{_MATHS}}}.derive-view summary math{{math-style:normal}}"
    ".derive-view math[display=block]{margin:.3em 0;text-align:left;display:block math}"
    ".derive-badge{color:#fff;border-radius:.3em;padding:.05em .45em;font-size:.85em;white-space:nowrap;"
    "font-family:system-ui,sans-serif}"
    + _BADGES
    + ".derive-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}"
    ".derive-view details{margin:.2em 0}"
    ".derive-view summary{cursor:pointer}"
    ".derive-view ol.derive-relations{list-style:none;padding-left:0}"
    ".derive-view ol.derive-relations>li{border-left:.25em solid #8886;padding:.1em .7em;margin:.3em 0}"
    ".derive-wide{overflow-x:auto}"
    ".derive-said{margin:.3em 0}.derive-said>div{display:flex;gap:.6em}"
    ".derive-said dt{flex:0 0 5.5em;font-weight:600}.derive-said dd{margin:0;overflow-x:auto}"
    ".derive-point{border-collapse:collapse;margin:.4em 0}"
    ".derive-point caption{text-align:left;font-weight:600}"
    ".derive-point th,.derive-point td{border:1px solid #8888;padding:.2em .6em;text-align:left;font-weight:400}"
    ".derive-side th,.derive-side td{font-weight:600}"
    ".derive-rule,.derive-code,.derive-tex{font-family:ui-monospace,monospace;font-size:.9em}"
    ".derive-tex{white-space:pre-wrap}.derive-more{opacity:.8}"
    ".derive-view del{text-decoration:line-through}.derive-view ins{text-decoration:underline}"
)
"""For fragments in a notebook: the colours of the text are those of its theme."""


_LIGHT = (
    "--paper:#ffffff;--ink:#1c2127;--faint:#59636e;--line:#d5dae0;--band:#f4f6f8;--link:#0a5aa8;--mark:#ffe9a8;"
    "--wrong:#a3291f;--wrong-band:#fdf0ee;--doubt:#8a5300;--doubt-band:#fdf6e7;--right:#1a7037;color-scheme:light"
)
_DARK = (
    "--paper:#15181c;--ink:#e4e8ec;--faint:#a3adb8;--line:#3a424b;--band:#1e2329;--link:#7db7f0;--mark:#6b5300;"
    "--wrong:#ff9a8f;--wrong-band:#2c1a19;--doubt:#f0b860;--doubt-band:#2a2318;--right:#6fcf8f;color-scheme:dark"
)
_FILLS = "".join(f".{verdict.value}{{fill:{mark.colour}}}" for verdict, mark in MARKS.items())

PAGE = (
    f":root{{{_LIGHT}}}@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    f":root[data-theme=light]{{{_LIGHT}}}:root[data-theme=dark]{{{_DARK}}}"
    + _BADGES
    + _FILLS
    + """
*{box-sizing:border-box}
math{font-size:1.08em;"""
    + _MATHS
    + """}
html{scroll-padding-top:1rem}
body{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:62rem;background:var(--paper);color:var(--ink);
 font:1rem/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:1.6rem 0 .6rem}
h3,h4,h5,h6{font-size:1.12rem;line-height:1.55rem;margin:.1rem 0 .2rem}
.row:has(>.text>:is(h3,h4,h5,h6)){margin-top:.9rem}
h4{font-size:1.04rem}h5,h6{font-size:1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;
 border-bottom:1px solid var(--line);padding-bottom:.8rem}
.buttons{display:flex;gap:.5rem;flex-wrap:wrap}.buttons[hidden]{display:none}
button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--band);border:1px solid var(--faint);
 border-radius:.4rem;padding:.25rem .7rem;cursor:pointer}
button:hover{border-color:var(--ink)}
button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.4rem .8rem;z-index:2}
.bar{display:block;width:100%;height:.75rem;border-radius:.4rem}
.bar rect{stroke:var(--paper);stroke-width:.25}
.counts,.findings{padding:0;list-style:none;margin:.6rem 0}
.counts{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem}
.findings li{margin:.3rem 0}.findings li>span:not(.glyph){color:var(--faint)}
.glyph{display:inline-block;min-width:1.45em;text-align:center;color:#fff;border-radius:.3em;font-size:.82em;
 line-height:1.5;padding:0 .25em;font-weight:700;font-family:system-ui,"DejaVu Sans","Noto Sans Symbols 2",sans-serif}
.row{display:grid;grid-template-columns:2.2rem 1.9rem minmax(0,1fr);gap:0 .4rem;border-left:4px solid transparent;
 padding:.1rem .5rem .1rem .3rem}
.row.proved,.row.holds{border-left-color:var(--right)}
.row.refuted,.row.malformed{border-left-color:var(--wrong);background:var(--wrong-band)}
.row.conditional,.row.undecided,.row.unread{border-left-color:var(--doubt);background:var(--doubt-band)}
.row.definition,.row.assumption{border-left-color:var(--line)}
.row:target,.row:has(:target){outline:2px solid var(--link)}
.number{color:var(--faint);font-size:.78rem;line-height:1.55rem;text-align:right;text-decoration:none;
 font-variant-numeric:tabular-nums;padding-top:.15rem}
a.number:hover{text-decoration:underline}
.margin{display:flex;flex-direction:column;gap:.2rem;align-items:center;padding-top:.25rem}
.text{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .8rem}
.text>:first-child{flex:1 1 auto;min-width:0;max-width:100%}
.text>.said{flex:0 1 auto;max-width:100%}.text>.said[open]{flex:1 1 100%;min-width:0}
.text p{margin:.2rem 0}
.text .item{padding-left:1.1rem;position:relative}.text .item::before{content:"•";position:absolute;left:.2rem}
.text .quote{border-left:3px solid var(--line);padding-left:.8rem}
.formula{overflow:auto hidden;padding:.2rem 0}.formula.goes-on{padding-left:2rem}
math[display=block]{display:block math;width:max-content;margin:.15rem 0}
.comment{color:var(--faint)}
pre{margin:.3rem 0;padding:.5rem .7rem;background:var(--band);border:1px solid var(--line);border-radius:.4rem;
 overflow-x:auto;font-size:.86rem}
code,pre,.derive-tex,.derive-code,.derive-rule{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,monospace}
code,.derive-tex,.derive-code,.derive-rule{font-size:.88em}
.derive-tex{white-space:pre-wrap;overflow-wrap:anywhere}
.command{color:var(--faint)}
mark{background:var(--mark);color:inherit;text-decoration:underline 2px;text-underline-offset:3px}
details{margin:.15rem 0}
summary{cursor:pointer;width:fit-content;max-width:100%}
.said{font-size:.92rem;color:var(--faint);margin:.1rem 0 .3rem}
.evidence{color:var(--ink);padding:.1rem 0 .2rem .2rem}
.evidence p{margin:.3rem 0}
.derive-badge{color:#fff;border-radius:.3em;padding:.05em .45em;font-size:.84em;white-space:nowrap}
.derive-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.derive-said{margin:.3rem 0}
.derive-said>div{display:grid;grid-template-columns:6rem minmax(0,1fr);gap:.6rem;padding:.1rem 0}
.derive-said dt{color:var(--faint)}.derive-said dd{margin:0;overflow:auto hidden;overflow-wrap:anywhere}
.derive-point{border-collapse:collapse;margin:.4rem 0}
.derive-point caption{text-align:left;color:var(--faint)}
.derive-point th,.derive-point td{border:1px solid var(--line);padding:.2rem .7rem;text-align:left;font-weight:400}
.derive-assumed{max-width:100%}.derive-assumed td{color:var(--faint);overflow-wrap:anywhere}
.derive-side th,.derive-side td{font-weight:600;background:var(--band)}
.derive-steps{padding-left:1.6rem;margin:.3rem 0}
.derive-steps li{margin:.25rem 0}.derive-wide{overflow:auto hidden;padding:.1rem 0}
.derive-rule,.derive-more{color:var(--faint)}
ins{text-decoration:none;border-bottom:2px solid var(--right)}
del{text-decoration:line-through 2px var(--wrong)}
.note{text-decoration:none;font-size:.75em;vertical-align:super;padding:0 .2em}
.cell-name{color:var(--faint);font-size:.78rem;margin:0 .7rem;text-align:right}
.cell{border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0;padding:.3rem 0}
footer{margin-top:2rem;border-top:1px solid var(--line);color:var(--faint);font-size:.88rem}
.sign{white-space:nowrap;margin-right:1rem}
@media (max-width:40rem){
 body{padding:.7rem .6rem 2rem}
 .row{grid-template-columns:1.6rem 1.7rem minmax(0,1fr);gap:0 .25rem;padding-right:.2rem}
 .derive-said>div{grid-template-columns:1fr;gap:0}
 .formula.goes-on{padding-left:.8rem}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@page{margin:18mm 15mm}
@media print{
 :root,:root[data-theme]{"""
    + _LIGHT
    + """}
 html{font-size:10pt}
 body{max-width:none;padding:0}
 .buttons,.skip{display:none}
 a{color:inherit;text-decoration:none}
 .row,.findings li{break-inside:avoid}
 h2,h3,h4,h5,h6{break-after:avoid}
 .formula,pre,.derive-wide{overflow:visible}
 pre{white-space:pre-wrap}
 .glyph,.derive-badge,.bar rect,.row{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
)
"""For a page of its own, light and dark, on paper, and on a narrow screen."""

SCRIPT = """(() => {
"use strict";
const root = document.documentElement, theme = document.getElementById("theme");
const preferred = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme || (preferred.matches ? "dark" : "light")) === "dark";
const told = () => theme.setAttribute("aria-pressed", String(isDark()));
document.querySelector(".buttons").hidden = false;
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; told(); });
preferred.addEventListener("change", told);
told();
const all = (open) => document.querySelectorAll("details").forEach((each) => { each.open = open; });
document.getElementById("unfold").addEventListener("click", () => all(true));
document.getElementById("fold").addEventListener("click", () => all(false));
const unfold = () => {
  let found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!found) return;
  if (found.tagName === "DETAILS") found.open = true;
  for (; found; found = found.parentElement) if (found.tagName === "DETAILS") found.open = true;
};
addEventListener("hashchange", unfold);
unfold();
const wide = document.querySelectorAll(".formula, pre, .derive-wide, .derive-said dd");
const reach = () => wide.forEach((each) => {
  if (each.scrollWidth > each.clientWidth) each.tabIndex = 0; else each.removeAttribute("tabindex");
});
addEventListener("toggle", reach, true);
addEventListener("resize", reach);
reach();
})();
"""
"""Theme, folding, and the evidence that an address points to; a page without scripts can be read as well."""
