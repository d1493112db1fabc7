"""TeX files to blocks: comments and verbatim text are crossed out, the body of the document is scanned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.containers.block import Block, Macro
from derive.containers.delimiters import is_display
from derive.containers.macros import find_definitions
from derive.containers.page import BlockList, Page, Range
from derive.containers.scan import Scanner
from derive.source import Source

_TOKENS = re.compile(
    r"\\(?:url|href|nolinkurl|path)\s{0,9}\{[^{}\n]*\}"
    r"|(?P<verb>\\(?:verb\*?|lstinline)(?P<mark>[^A-Za-z\s*{\[]))"
    r"|\\begin\s{0,9}\{(?P<literal>verbatim\*?|Verbatim|lstlisting|minted|comment|filecontents\*?)\}"
    r"|(?P<skip>\\iffalse(?![A-Za-z]))"
    r"|\\[\s\S]|(?P<comment>%)"
)
_LINE = re.compile(r"[^\n]+")
_BEGIN_DOCUMENT = re.compile(r"\\begin\s{0,9}\{document\}")
_END_DOCUMENT = re.compile(r"\\end\s{0,9}\{document\}")
_ALIAS = re.compile(r"\s*\\(begin|end)\s*\{([A-Za-z]+\*?)\}\s*")


def read_tex(source: Source, macros: dict[str, Macro]) -> tuple[Block, ...]:
    r"""Return the blocks of a TeX file: the body of its document, or all of it when there is none.

    Parameters
    ----------
    source : Source
        The text as it lies on disk.
    macros : dict of str to Macro
        The definitions found in the preamble and in the text are added to it.

    Returns
    -------
    tuple of Block
        Comments are left out of every excerpt, verbatim text and definitions are in no block.

    Examples
    --------
    >>> blocks = read_tex(Source("notes.tex", "Let $x % positive\n > 0$.\n"), {})
    >>> [(block.kind.value, block.excerpt.text) for block in blocks]
    [('text', 'Let '), ('inline', 'x \n > 0'), ('text', '.\n')]
    """
    page = Page.of(source)
    page = page.without(_unread(page.text))
    definitions = find_definitions(page.text)
    page = page.without((found.start, found.end) for found in definitions)
    macros.update({found.macro.name: found.macro for found in definitions if found.macro is not None})
    scanner = Scanner(page.text, markdown=False, aliases=_aliases(macros))
    start, end = _body(page.text)
    blocks = BlockList(page, macros)
    for mark in scanner.marks(start, end):
        blocks.add_prose(start, mark.start)
        if mark.kind is not None:
            blocks.add_maths(mark.kind, mark.inner, mark.inner_end, (mark.start, mark.end))
        start = mark.end
    blocks.add_prose(start, end)
    return blocks.finish()


def find_comments(text: str) -> list[Range]:
    r"""Return the ranges of the comments of a TeX text, from the percent sign to the end of the line.

    Examples
    --------
    >>> find_comments("a % b\n\\verb|%| c")
    [(2, 5)]
    """
    found = (ranges[0][0] for is_comment, ranges in _passed(text) if is_comment)
    return [(start, _line_end(text, start)) for start in found]


def _unread(text: str) -> list[Range]:
    """Return the ranges of comments and of verbatim text."""
    return [each for _, ranges in _passed(text) for each in ranges]


def _passed(text: str) -> Iterator[tuple[bool, list[Range]]]:
    """Yield what is passed over: whether it is a comment, and its ranges."""
    missing: set[str] = set()
    position = 0
    while match := _TOKENS.search(text, position):
        position = match.end()
        if match["comment"]:
            ranges = [_comment(text, match.start())]
        elif match["literal"]:
            ranges = _literal(text, match.start(), f"\\end{{{match['literal']}}}", missing)
        elif match["skip"]:
            ranges = _literal(text, match.start(), "\\fi", missing)
        elif match["verb"]:
            ranges = _verb(text, match)
        else:
            continue
        yield match["comment"] is not None, ranges
        position = max(position, ranges[-1][1]) if ranges else position


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _comment(text: str, start: int) -> Range:
    """Return the range of a comment, with its line end where it has a line to itself.

    A line that holds a comment only is not an empty line: it separates no paragraphs.
    """
    line = text.rfind("\n", 0, start) + 1
    end = _line_end(text, start)
    if text[line:start].strip(" \t\0"):
        return start, end
    return start, min(end + 1, len(text))


def _literal(text: str, start: int, closing: str, missing: set[str]) -> list[Range]:
    """Return the ranges of the lines up to a closing word; none when it never comes, so that nothing gets lost."""
    end = -1 if closing in missing else text.find(closing, start)
    if end < 0:
        missing.add(closing)
        return []
    return [line.span() for line in _LINE.finditer(text, start, end + len(closing))]


def _verb(text: str, match: re.Match[str]) -> list[Range]:
    line_end = text.find("\n", match.end(), match.end() + 1000)
    end = text.find(match["mark"], match.end(), match.end() + 1000 if line_end < 0 else line_end)
    return [] if end < 0 else [(match.start(), end + 1)]


def _aliases(macros: dict[str, Macro]) -> dict[str, tuple[str, str]]:
    r"""Return the macros that stand for the begin or the end of a displayed formula, such as ``\be`` and ``\ee``."""
    aliases = {}
    for name, macro in macros.items():
        match = _ALIAS.fullmatch(macro.body)
        if match and is_display(match[2]):
            aliases[name] = (match[1], match[2])
    return aliases


def _body(text: str) -> Range:
    begin = _BEGIN_DOCUMENT.search(text)
    start = begin.end() if begin else 0
    end = _END_DOCUMENT.search(text, start)
    return start, end.start() if end else len(text)
