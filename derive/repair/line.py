"""A relation that is wrong or not understood, with the text it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.scope import Scope
from derive.source import Span, closed
from derive.statement import Reading
from derive.syntax import Node


@dataclass(frozen=True, kw_only=True)
class Written:
    """A relation as it is written.

    Attributes
    ----------
    text : str
        The source.
    sides : (Span, Span)
        Where the sides stand in it.
    scope : Scope
        What is in force.
    reading : Reading
        The conventions it is judged by.
    macros : mapping
        Macros of the document.
    unknowns : frozenset of str
        Unknowns of stationarity conditions: their values may be written with a hat.
    guessed : frozenset of str
        Symbols in the scope of which only a use is known.
    """

    text: str
    sides: tuple[Span, Span]
    scope: Scope
    reading: Reading
    macros: Mapping[str, Any] = field(default_factory=dict)
    unknowns: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()

    def side(self, number: int) -> str:
        """Return the text of a side."""
        return closed(self.text, self.sides[number].start, self.sides[number].end)


@dataclass(frozen=True, kw_only=True)
class Line(Written):
    """A relation whose sides were read; their spans count in ``text``."""

    left: Node
    right: Node
