"""Finds the formulas in a range of a text, from left to right; all containers share this reading of delimiters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.containers.block import BlockKind
from derive.containers.delimiters import ENVIRONMENT, Delimiters, is_display

_TEX = r"(?P<environment>" + ENVIRONMENT + r")|(?P<bracket>\\[\[(])|(?P<word>\\[A-Za-z]+)|\\[\s\S]|(?P<dollar>\$)"
_MARKDOWN = (
    r"(?P<double>\\\\[\[(])|" + _TEX + r"|(?P<code>`+)|(?P<comment><!--)"
    r"|(?P<tag><(?P<element>(?i:script|style|pre|code|textarea))\b[^<>]*>)"
)
_LINE_OPENING = re.compile(r"[\s>\0]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?")
_MATHS_SCRIPT = re.compile(r"""type\s*=\s*["']?\s*math/tex\b""", re.IGNORECASE)
_DISPLAY_SCRIPT = re.compile(r"mode\s*=\s*display", re.IGNORECASE)
_WORDS_IN_MATHS = re.compile(r"\\(?:text\w*|mbox|hbox|intertext|textrm)\s*\{")
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_MAX_NESTED = 4  # pairs of dollars in the words of one inline formula
_MAX_INLINE = 500  # characters, beyond which words in a formula are not searched for dollars
_COMMAND = re.compile(r"\\[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that is not prose: a formula, or code and comments (then ``kind`` is None).

    ``start`` and ``end`` include the delimiters, ``inner`` and ``inner_end`` do not. A displayed formula
    that is not closed reaches to the next empty line.
    """

    kind: BlockKind | None
    start: int
    end: int
    inner: int = 0
    inner_end: int = 0
    closed: bool = True


class Scanner:
    r"""Reads the marks in ranges of one text.

    Parameters
    ----------
    text : str
        The text, with `REMOVED` in place of what nobody should read.
    markdown : bool
        Whether code spans, HTML and the rules for single dollars of Markdown apply.
    aliases : mapping of str to tuple of str
        Macros that open or close an environment, see `Delimiters`.

    Examples
    --------
    >>> text = "Let $x$ cost \\$5; $$x = 1$$ follows."
    >>> [text[mark.inner : mark.inner_end] for mark in Scanner(text, markdown=True).marks(0, len(text))]
    ['x', 'x = 1']
    """

    def __init__(self, text: str, *, markdown: bool, aliases: Mapping[str, tuple[str, str]] | None = None) -> None:
        self.text = text
        self._markdown = markdown
        self._delimiters = Delimiters(text, aliases or {})
        self._openings = re.compile(_MARKDOWN if markdown else _TEX)
        self._ticks: dict[int, list[int]] = {}
        self._found: dict[str, tuple[int, int]] = {}
        if markdown:
            for match in re.finditer("`+", text):
                self._ticks.setdefault(len(match.group()), []).append(match.start())

    def marks(self, start: int, end: int) -> Iterator[Mark]:
        """Yield the marks in a range, in order."""
        position = start
        while match := self._openings.search(self.text, position, end):
            mark = self._mark(match, end)
            if mark is None:
                position = match.end()
            else:
                yield mark
                position = mark.end

    def mark_at(self, start: int) -> Mark | None:
        """Return the mark that begins at an offset, however far it reaches."""
        match = self._openings.match(self.text, start)
        return None if match is None else self._mark(match, len(self.text))

    def continuation(self, start: int, end: int) -> int | None:
        """Return where a displayed formula that is still open at ``end`` closes, if it closes later."""
        marks = list(self.marks(start, end))
        if not marks or marks[-1].closed:
            return None
        whole = self.mark_at(marks[-1].start)
        return whole.end if whole is not None and whole.closed and whole.end > end else None

    def _mark(self, match: re.Match[str], end: int) -> Mark | None:
        if match["environment"] or match["word"]:
            return self._environment(match, end)
        if match["bracket"]:
            if match["bracket"] == "\\[":
                return self._display(match, self._delimiters.closing(match.start(), "\\["), 2, end)
            return self._inline_bracket(match, end)
        if match["dollar"]:
            if self.text.startswith("$$", match.start()) and match.start() + 1 < end:
                return self._display(match, self._delimiters.double_dollar(match.start() + 2), 2, end)
            return self._inline_dollar(match.start(), end)
        return self._markdown_mark(match, end) if self._markdown else None

    def _markdown_mark(self, match: re.Match[str], end: int) -> Mark | None:
        if match["double"]:
            return self._double_bracket(match, end)
        if match["code"]:
            return self._code_span(match, end)
        if match["comment"]:
            close = self._find("-->", match.end())
            return None if close is None or close + 3 > end else Mark(None, match.start(), close + 3)
        return self._element(match, end) if match["tag"] else None

    def _environment(self, match: re.Match[str], end: int) -> Mark | None:
        start = match.start()
        side, name = self._delimiters.aliases.get(match["word"] or "", (match.group()[1:6], match["name"]))
        if side != "begin" or name is None:
            return None
        close = self._delimiters.environment_ends.get(start)
        if name == "math":
            if close is None or close > end:
                return None
            return Mark(BlockKind.INLINE, start, close, match.end(), self.text.rindex("\\", start, close))
        if not is_display(name):
            return None
        if close is None or close > end or not self._may_span(start, match.end(), close):
            return self._unclosed(start, start, end)
        return Mark(BlockKind.DISPLAY, start, close, start, close)

    def _display(self, match: re.Match[str], close: int | None, width: int, end: int) -> Mark | None:
        start = match.start()
        inner = start + width
        if close is not None and not self._may_span(start, inner, close):
            close = None
        if close is not None and close + width <= end:
            return Mark(BlockKind.DISPLAY, start, close + width, inner, close)
        if close is None and self.text[start] == "\\" and self._markdown and not self._opens_line(start):
            return None  # in running text of Markdown a lone \[ is an escaped bracket
        return self._unclosed(start, inner, end)

    def _unclosed(self, start: int, inner: int, end: int) -> Mark:
        empty = self._delimiters.empty_line(start)
        stop = end if empty is None else min(end, empty)
        return Mark(BlockKind.DISPLAY, start, max(stop, inner), inner, max(stop, inner), closed=False)

    def _may_span(self, start: int, inner: int, close: int) -> bool:
        """Return whether a displayed formula may reach from here to there: text between is no formula."""
        if not self._delimiters.has_empty_line(start, close):
            return True
        if self.text[start] == "$" and self._delimiters.has_dollar(inner, close):
            return False
        if not self._markdown:
            return True
        line_end = self.text.find("\n", inner)
        stands_alone = self._opens_line(start) or not self.text[inner:line_end].strip()
        return stands_alone and not self._delimiters.has_fence(start, close)

    def _opens_line(self, start: int) -> bool:
        earliest = max(0, start - 200)
        line = max(self.text.rfind("\n", earliest, start) + 1, earliest)
        opening = _LINE_OPENING.match(self.text, line, start)
        return opening is not None and opening.end() == start

    def _inline_bracket(self, match: re.Match[str], end: int) -> Mark | None:
        close = self._delimiters.closing(match.start(), "\\(")
        if close is None or close + 2 > end or self._delimiters.has_empty_line(match.start(), close):
            return None
        return Mark(BlockKind.INLINE, match.start(), close + 2, match.end(), close)

    def _double_bracket(self, match: re.Match[str], end: int) -> Mark | None:
        """Read the doubled backslashes of pages whose Markdown eats one of them."""
        close = self._delimiters.closing(match.start(), match.group())
        if close is None or close + 3 > end or self._delimiters.has_empty_line(match.start(), close):
            return None
        kind = BlockKind.DISPLAY if match.group().endswith("[") else BlockKind.INLINE
        return Mark(kind, match.start(), close + 3, match.end(), close)

    def _inline_dollar(self, start: int, end: int) -> Mark | None:
        if self._markdown and self.text.startswith("`", start + 1):
            close = self._find("`$", start + 2)
            if close is not None and close + 2 <= end and not self._delimiters.has_dollar(start + 1, close):
                return Mark(BlockKind.INLINE, start, close + 2, start + 2, close)
            return None
        close = self._balanced_dollar(start, end)
        if close is None or self._delimiters.has_empty_line(start, close):
            return None
        if self._markdown and not self._is_formula(start + 1, close):
            return None
        return Mark(BlockKind.INLINE, start, close + 1, start + 1, close)

    def _balanced_dollar(self, start: int, end: int) -> int | None:
        r"""Return the closing dollar; the dollars in ``$a \text{ if $b$}$`` are passed over."""
        first = close = self._delimiters.dollar(start + 1)
        for _ in range(_MAX_NESTED):
            if close is None or close >= end:
                break
            if close - start > _MAX_INLINE or not _has_open_words(self.text[start + 1 : close]):
                return close
            inner = self._delimiters.dollar(close + 1)
            close = None if inner is None else self._delimiters.dollar(inner + 1)
        return first if first is not None and first < end else None

    def _is_formula(self, start: int, end: int) -> bool:
        """Return whether dollars enclose a formula (the rule of pandoc) and are not prices."""
        if start == end or self.text[end + 1 : end + 2].isdigit():
            return False
        opens, closes = not self.text[start].isspace(), not self.text[end - 1].isspace()
        if opens and closes:
            return True
        content = self.text[start:end]
        return bool(_COMMAND.search(content)) or (opens == closes and any(sign in content for sign in "=^_"))

    def _code_span(self, match: re.Match[str], end: int) -> Mark | None:
        runs = self._ticks.get(len(match.group()), [])
        index = bisect_left(runs, match.end())
        if index == len(runs) or runs[index] + len(match.group()) > end:
            return None
        if self._delimiters.has_empty_line(match.start(), runs[index]):
            return None
        return Mark(None, match.start(), runs[index] + len(match.group()))

    def _element(self, match: re.Match[str], end: int) -> Mark | None:
        tag, element = match["tag"], match["element"]
        close = self._find(f"</{element}", match.end())
        if close is None or close >= end:
            return None
        bracket = self.text.find(">", close, close + 40)
        behind = min(end, close + 2 + len(element) if bracket < 0 else bracket + 1)
        if element.lower() == "script" and _MATHS_SCRIPT.search(tag):
            kind = BlockKind.DISPLAY if _DISPLAY_SCRIPT.search(tag) else BlockKind.INLINE
            return Mark(kind, match.start(), behind, match.end(), close)
        return Mark(None, match.start(), behind)

    def _find(self, word: str, start: int) -> int | None:
        """Return where a word comes next; answers are kept, so that many questions cost one pass."""
        since, found = self._found.get(word, (start + 1, -1))
        if not since <= start or 0 <= found < start:
            found = self.text.find(word, start)
            self._found[word] = (start, found)
        return None if found < 0 else found


def _has_open_words(content: str) -> bool:
    r"""Return whether a ``\text{`` is still open at the end."""
    if not _WORDS_IN_MATHS.search(content):
        return False
    depth = 0
    for brace in _BRACE.findall(content):
        depth += {"{": 1, "}": -1}.get(brace, 0)
    return depth > 0
