"""The text between formulas as HTML: escaped, with the simplest marks of Markdown and TeX shown as what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_MARKDOWN = (
    (re.compile(r"&lt;!--.*?--&gt;", re.DOTALL), lambda found: f'<span class="comment">{found.group()}</span>'),
    (re.compile(r"`([^`\n]+)`"), lambda found: f"<code>{found[1]}</code>"),
    (re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*"), lambda found: f"<strong>{found[1]}</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])"), lambda found: f"<em>{found[1]}</em>"),
)
_TEX = (
    (re.compile(r"(?<!\\)%.*"), lambda found: f'<span class="comment">{found.group()}</span>'),
    (re.compile(r"\\(?:emph|textit)\{([^{}]*)\}"), lambda found: f"<em>{found[1]}</em>"),
    (re.compile(r"\\textbf\{([^{}]*)\}"), lambda found: f"<strong>{found[1]}</strong>"),
    (re.compile(r"\\(?:texttt|verb\|)\{?([^{}|]*)[}|]"), lambda found: f"<code>{found[1]}</code>"),
    (re.compile(r"(?<!\\)~"), lambda found: "&nbsp;"),
    (re.compile(r"\\([%&amp;#_$])"), lambda found: found[1]),
    (re.compile(r"(?<!-)--(?!-)"), lambda found: "&ndash;"),
)

HEADING = {
    "markdown": re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.*?)\s*#*\s*$"),
    "tex": re.compile(r"\s*\\(?P<marks>(?:sub){0,2}section|paragraph|chapter)\*?\s*\{(?P<text>[^{}]*)\}\s*$"),
}
_LEVELS: Mapping[str, int] = {"chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4}
ITEM = {"markdown": re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+"), "tex": re.compile(r"\s*\\item\b\s*")}
COMMAND = re.compile(
    r"\s*(?:%|\\(?:begin|end|label|maketitle|title|author|date|documentclass|usepackage|newcommand|def)\b)"
)


def inline(text: str, language: str) -> str:
    r"""Return text as HTML; whatever it contains is text.

    Examples
    --------
    >>> inline("a **bold** <b>", "markdown")
    'a <strong>bold</strong> &lt;b&gt;'
    >>> inline(r"an \emph{important} step", "tex")
    'an <em>important</em> step'
    """
    found = escape(text, quote=False)
    for pattern, replacement in _TEX if language == "tex" else _MARKDOWN:
        found = pattern.sub(replacement, found)
    return found


def heading(line: str, language: str) -> tuple[int, str] | None:
    """Return the level and the text of a heading, or None.

    Examples
    --------
    >>> heading("## Means", "markdown")
    (2, 'Means')
    """
    found = HEADING[language].match(line)
    if found is None:
        return None
    marks = found["marks"]
    return (len(marks) if marks[0] == "#" else _LEVELS[marks]), found["text"]
