r"""Displayed formulas cut into rows, as they stand on the page: at ``\\``, outside of braces and inner environments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.containers.delimiters import DISPLAYS
from derive.source import Excerpt

_BEGIN = re.compile(r"\s*\\begin\s*\{(?P<name>[A-Za-z]+)\*?\}(?:\[[a-z]\])?(?:\{\d+\})?")
_END = re.compile(r"\\end\s*\{(?P<name>[A-Za-z]+)\*?\}\s*$")
_TOKEN = re.compile(
    r"(?P<row>\\\\(?:\*|(?=\s*\[))?(?:\s*\[[-0-9. a-z]*\])?)|\\(?P<side>begin|end)\s*\{[^{}]*\}|\\.|[{}&]", re.DOTALL
)
_WORDS = re.compile(r"\s*\\(?:inter|shortinter)text\s*\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the source, its LaTeX without alignment marks, and the words above it."""

    start: int
    end: int
    latex: str
    words: str = ""
    goes_on: bool = False
    """Whether it begins with an alignment mark, as a line that carries on the one before."""


def rows(excerpt: Excerpt) -> list[Row]:
    r"""Return the rows of a displayed formula; those that are empty are left out.

    Examples
    --------
    >>> found = rows(Excerpt.of(r"\begin{align} a &= b \\ &= \begin{cases} c \\ d \end{cases} \end{align}"))
    >>> [row.latex for row in found]
    ['a = b', '= \\begin{cases} c \\\\ d \\end{cases}']
    >>> [row.goes_on for row in found]
    [False, True]
    """
    start, end = _inside(excerpt.text)
    return [
        row for at, to, latex in _cut(excerpt.text, start, end) if (row := _row(excerpt, at, to, latex)) is not None
    ]


def _row(excerpt: Excerpt, start: int, end: int, latex: str) -> Row | None:
    goes_on = latex.lstrip().startswith("\0")
    latex = latex.replace("\0", "")
    words = _WORDS.match(latex)
    latex = latex[words.end() :] if words else latex
    if not latex.strip() and words is None:
        return None
    start += len(excerpt.text[start:end]) - len(excerpt.text[start:end].lstrip())
    span = excerpt.span(start, end)
    return Row(span.start, span.end, latex.strip(), words[1].strip() if words else "", goes_on)


def _inside(text: str) -> tuple[int, int]:
    """Return what is left of a formula without the environments around all of it."""
    start, end = 0, len(text)
    while True:
        begin, close = _BEGIN.match(text, start, end), _END.search(text[start:end])
        if begin is None or close is None or begin["name"] != close["name"] or begin["name"] not in DISPLAYS:
            return start, end
        if (
            text.find(f"\\end{{{begin['name']}", begin.end()) < start + close.start()
        ):  # two of them, one after the other
            return start, end
        start, end = begin.end(), start + close.start()


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield offsets and text of each row, with NUL in place of alignment marks."""
    depth, at, position, parts = 0, start, start, []
    for token in _TOKEN.finditer(text, start, end):
        word = token.group()
        if word == "{" or token["side"] == "begin":
            depth += 1
        elif word == "}" or token["side"] == "end":
            depth -= 1
        elif depth == 0 and word == "&":
            parts += [text[position : token.start()], "\0"]
            position = token.end()
        elif depth == 0 and token["row"]:
            yield at, token.start(), "".join([*parts, text[position : token.start()]])
            at = position = token.end()
            parts = []
    yield at, end, "".join([*parts, text[position:end]])
