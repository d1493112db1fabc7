"""A source with characters crossed out, and the list of blocks that is cut from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from derive.containers.block import Block, BlockKind, Macro
from derive.containers.macros import find_definitions
from derive.source import Excerpt, Source

REMOVED = "\0"
"""Stands in a page for a character of the source that no excerpt contains."""

_KEPT = re.compile(r"[^\0]+")
_COMMENT = re.compile(r"\\[\s\S]|%[^\n]*")
_BLANK = " \t\n\r\0"

Range = tuple[int, int]


def cross_out(text: str, ranges: Iterable[Range]) -> str:
    """Return the text, as long as before, with the ranges (in order, not overlapping) crossed out.

    Examples
    --------
    >>> cross_out("a > b", [(1, 4)])
    'a\\x00\\x00\\x00b'
    """
    parts: list[str] = []
    position = 0
    for start, end in ranges:
        parts += (text[position:start], REMOVED * (end - start))
        position = end
    parts.append(text[position:])
    return "".join(parts)


def kept_ranges(text: str, start: int = 0) -> list[Range]:
    """Return the ranges of a text that are not crossed out, counted from ``start``.

    Examples
    --------
    >>> kept_ranges(cross_out("a > b", [(1, 4)]), 10)
    [(10, 11), (14, 15)]
    """
    return [(start + match.start(), start + match.end()) for match in _KEPT.finditer(text)]


@dataclass(frozen=True, slots=True)
class Page:
    """A source and its text of the same length, where crossed out characters are `REMOVED`."""

    source: Source
    text: str

    @classmethod
    def of(cls, source: Source) -> Page:
        r"""Return the page of a source; the ``\r`` of a line end is crossed out, so that readers see one kind."""
        return cls(source, source.text.replace("\r\n", REMOVED + "\n"))

    def without(self, ranges: Iterable[Range]) -> Page:
        """Return the page with more characters crossed out."""
        return Page(self.source, cross_out(self.text, ranges))

    def excerpt(self, ranges: list[Range]) -> Excerpt:
        """Return one excerpt of several ranges of the source (at least one), in order."""
        joined = [ranges[0]]
        for start, end in ranges[1:]:
            if start == joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        if len(joined) == 1:
            return Excerpt.slice(self.source, *joined[0])
        offsets = [offset for start, end in joined for offset in range(start, end)]
        text = "".join(self.source.text[start:end] for start, end in joined)
        return Excerpt(self.source, text, (*offsets, joined[-1][1]))


class BlockList:
    """Collects the blocks of one source in reading order, and the macros defined on the way."""

    def __init__(self, page: Page, macros: dict[str, Macro]) -> None:
        self._page = page
        self._prose: list[Range] = []
        self._blocks: list[Block] = []
        self.macros = macros

    def add_prose(self, start: int, end: int) -> None:
        """Add prose; it joins the prose before it. Definitions in it are taken out and collected."""
        self._prose += kept_ranges(self._without_definitions(self._page.text[start:end]), start)

    def add_break(self, start: int, end: int, *, heading: bool = False) -> None:
        """Add the line ends between two passages; behind a heading there is always an empty line."""
        lines = [(at, at + 1) for at in range(start, end) if self._page.text[at] == "\n"]
        self._prose += lines * 2 if heading and len(lines) == 1 else lines

    def add_maths(self, kind: BlockKind, start: int, end: int, outer: Range) -> None:
        """Add a formula, unless nothing but definitions and comments is in it; ``outer`` includes its delimiters."""
        text = self._page.text[start:end]
        if "%" in text:
            text = cross_out(text, [match.span() for match in _COMMENT.finditer(text) if match.group()[0] == "%"])
        text = self._without_definitions(text)
        start += len(text) - len(text.lstrip(_BLANK))
        ranges = kept_ranges(text.strip(_BLANK), start)
        if ranges:
            self._flush()
            self._blocks.append(Block(kind, self._page.excerpt(ranges), outer))

    def finish(self) -> tuple[Block, ...]:
        """Return the blocks."""
        self._flush()
        return tuple(self._blocks)

    def _flush(self) -> None:
        if self._prose:
            self._blocks.append(Block(BlockKind.TEXT, self._page.excerpt(self._prose)))
            self._prose = []

    def _without_definitions(self, text: str) -> str:
        definitions = find_definitions(text)
        if not definitions:
            return text
        self.macros.update({found.macro.name: found.macro for found in definitions if found.macro is not None})
        return cross_out(text, [(found.start, found.end) for found in definitions])
