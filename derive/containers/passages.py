r"""The block structure of Markdown, from markdown-it, with rules that know where displayed formulas end.

markdown-it would read ``- \frac…`` inside ``$$`` as a list and ``= y`` as a heading. The rules here replace
those for paragraphs, headings and HTML blocks: they keep a displayed formula together, and note the offsets
of every line without its quote marks and its indentation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from derive.containers.scan import Scanner

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock

    from derive.containers.page import Range

_RAW_HTML = re.compile(r"<(?:!--|(?:script|style|pre|textarea)\b)", re.IGNORECASE)
_LINE_START = re.compile(r"[\s>\0]*(?:(?:[-*+]|\d{1,9}[.)])(?:\s+|$))*")
_MATHS_FENCES = frozenset({"math", "{math}"})
_MAX_NESTING = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive lines to be read together; ``lines`` holds their ranges without prefixes.

    ``kind`` is ``prose`` (text with formulas), ``heading`` or ``maths`` (the inside of a fence).
    """

    kind: str
    lines: tuple[Range, ...]
    outer: Range | None = None
    """Of a fence: where it begins and ends, the lines of its marks included."""

    @property
    def start(self) -> int:
        """The offset of the first character."""
        return self.lines[0][0]

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.lines[-1][1]


def find_passages(text: str, scanner: Scanner) -> list[Passage]:
    r"""Return the passages of a Markdown text; code is in none of them.

    Parameters
    ----------
    text : str
        The text; its line ends are ``\n``.
    scanner : Scanner
        The scanner of a text of the same length.

    Examples
    --------
    >>> text = "> quoted\n\n    code\n\n```math\nx\n```\n"
    >>> [(passage.kind, passage.lines) for passage in find_passages(text, Scanner(text, markdown=True))]
    [('prose', ((2, 8),)), ('maths', ((28, 29),))]
    """
    passages = []
    covered: set[int] = set()
    for token in _markdown().parse(text, {"scanner": scanner}):
        if token.map and token.type in ("passage", "fence", "code_block", "hr"):
            covered.update(range(*token.map))
            if token.meta.get("lines"):
                passages.append(Passage(token.meta["kind"], tuple(token.meta["lines"]), token.meta.get("outer")))
    passages += _uncovered(text, covered)
    passages.sort(key=lambda passage: passage.start)
    return passages


def _uncovered(text: str, covered: set[int]) -> list[Passage]:
    """Return the lines that markdown-it gave up on because they are nested too deeply."""
    passages: list[Passage] = []
    lines: list[Range] = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        prefix = _LINE_START.match(line)
        content = prefix.end() if prefix else 0
        if number not in covered and content < len(line):
            lines.append((start + content, start + len(line)))
        elif lines:
            passages.append(Passage("prose", tuple(lines)))
            lines = []
        start += len(line) + 1
    if lines:
        passages.append(Passage("prose", tuple(lines)))
    return passages


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # Importing markdown-it takes 40 ms, which a session that reads no Markdown need not pay.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    markdown.core.ruler.enableOnly(["block"])
    # Setext headings and link definitions are prose for us, and HTML is read like prose.
    markdown.block.ruler.disable(["lheading", "reference", "html_block"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    markdown.block.ruler.before("heading", "raw_html", _raw_html, interrupts)
    markdown.block.ruler.at("heading", _heading, interrupts)
    markdown.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    markdown.block.ruler.at("paragraph", _paragraph)
    return markdown


def _paragraph(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    scanner: Scanner = state.env["scanner"]
    last = state.lineMax
    position = _line(state, first)[0]
    outer, state.parentType = state.parentType, "paragraph"
    stop = _paragraph_end(state, first + 1, last)
    # A displayed formula that is open where the paragraph would end carries it on.
    while (close := scanner.continuation(position, state.eMarks[stop - 1])) is not None:
        line = _closing_line(state, close, stop)
        if line is None:
            break
        stop, position = _paragraph_end(state, line + 1, last), close
    state.parentType = outer
    _push(state, "prose", first, stop)
    return True


def _paragraph_end(state: StateBlock, line: int, last: int) -> int:
    """Return the first line that is empty or begins another block, as in the paragraph rule of markdown-it."""
    rules = state.md.block.ruler.getRules("paragraph")
    while line < last and not state.isEmpty(line):
        is_continuation = state.sCount[line] - state.blkIndent > 3 or state.sCount[line] < 0
        if not is_continuation and any(rule(state, line, last, True) for rule in rules):
            break
        line += 1
    return line


def _closing_line(state: StateBlock, close: int, stop: int) -> int | None:
    """Return the line on which a formula closes, or None if its list item or quotation ends before."""
    number = bisect_right(state.bMarks, close - 1) - 1
    if number >= state.lineMax:
        return None
    is_behind_empty_line = False
    for line in range(stop, number + 1):
        if state.isEmpty(line):
            is_behind_empty_line = True
        elif is_behind_empty_line and state.sCount[line] < state.blkIndent:
            return None
    return number


def _raw_html(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Keep a comment or a script together, empty lines and all."""
    if state.is_code_block(first):
        return False
    start, end = _line(state, first)
    if not _RAW_HTML.match(state.src, start, end):
        return False
    scanner: Scanner = state.env["scanner"]
    mark = scanner.mark_at(start)
    if mark is None:
        return False
    line = _closing_line(state, mark.end, first + 1)
    if line is None:
        return False
    if not silent:
        _push(state, "prose", first, line + 1)
    return True


def _heading(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    from markdown_it.rules_block import heading

    count = len(state.tokens)
    if not heading(state, first, last, silent):
        return False
    if not silent:
        del state.tokens[count:]
        _push(state, "heading", first, first + 1)
    return True


def _fence(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    from markdown_it.rules_block import fence

    if not fence(state, first, last, silent):
        return False
    token = state.tokens[-1] if state.tokens else None
    if silent or token is None or token.info.strip() not in _MATHS_FENCES:
        return True
    lines = [_line(state, number) for number in range(first + 1, state.line)]
    if lines and not state.src[slice(*lines[-1])].strip().replace(token.markup[0], ""):
        lines.pop()
    while token.info.strip() == "{math}" and lines and state.src.startswith(":", lines[0][0]):
        del lines[0]  # an option of MyST, such as :label: normal-equations
    start, end = _line(state, state.line - 1)
    outer = _line(state, first)[0], start + len(state.src[start:end].rstrip())
    token.meta = {"kind": "maths", "lines": lines, "outer": outer}
    return True


def _line(state: StateBlock, number: int) -> Range:
    return state.bMarks[number] + state.tShift[number], state.eMarks[number]


def _push(state: StateBlock, kind: str, first: int, stop: int) -> None:
    lines: list[Any] = [_line(state, number) for number in range(first, stop)]
    if kind == "heading":
        start, end = lines[0]
        text = state.src[start:end]
        lines[0] = (start + len(text) - len(text.lstrip("#")), end)
    token = state.push("passage", "", 0)
    token.map = [first, stop]
    token.meta = {"kind": kind, "lines": lines}
    state.line = stop
