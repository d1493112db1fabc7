"""Text as it lies on disk: spans, lines and columns, and excerpts that remember where they came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of character offsets in one `Source`."""

    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """Return the smallest span that contains both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True)
class Source:
    """One text with line structure: a file, or one cell of a notebook.

    Examples
    --------
    >>> Source("notes.md", "a\\nbc").position(3)
    (2, 2)
    """

    name: str
    text: str
    cell: int | None = None
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        object.__setattr__(self, "_starts", starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and a column, both counted from 1."""
        return self._starts[line - 1] + column - 1

    def width(self, number: int) -> int:
        """Return the number of characters of a line (counted from 1), its end included."""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return end - self._starts[number - 1]

    def line(self, number: int) -> str:
        """Return the text of a line (counted from 1) without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


def closed(text: str, start: int, end: int) -> str:
    """Return ``text[start:end]`` with the braces behind it that close those in it.

    The argument of a macro ends before its brace: ``K = \\inv{S}`` is read up to ``S``.

    Examples
    --------
    >>> closed("K = f{S} .", 4, 7)
    'f{S}'
    """
    missing = text.count("{", start, end) - text.count("}", start, end)
    while missing > 0 and text[end : end + 1] == "}":
        end += 1
        missing -= 1
    return text[start:end]


@dataclass(frozen=True)
class Excerpt:
    """A piece of a source, possibly with characters left out (such as the ``>`` of a block quote).

    ``offsets[i]`` is the offset in the source of character ``i``; it has one entry more than ``text``,
    the offset just behind the last character.

    Examples
    --------
    >>> piece = Excerpt.slice(Source("notes.md", "see $x$"), 5, 6)
    >>> piece.text, piece.span(0, 1)
    ('x', Span(start=5, end=6))
    """

    source: Source
    text: str
    offsets: Sequence[int]

    @classmethod
    def slice(cls, source: Source, start: int, end: int) -> Excerpt:
        """Return the contiguous excerpt ``source.text[start:end]``."""
        return cls(source, source.text[start:end], range(start, end + 1))

    @classmethod
    def of(cls, text: str, name: str = "<text>") -> Excerpt:
        """Return an excerpt that is a whole text of its own."""
        return cls(Source(name, text), text, range(len(text) + 1))

    def span(self, start: int, end: int) -> Span:
        """Return the span in the source of ``text[start:end]``."""
        if start >= end:
            return Span(self.offsets[start], self.offsets[start])
        return Span(self.offsets[start], self.offsets[end - 1] + 1)
