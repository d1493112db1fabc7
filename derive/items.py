"""The relations of a document, each with the scope it is judged in and the place it stands at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.facts import Fact
from derive.relations import Sign
from derive.scope import Scope
from derive.source import Excerpt, Span, closed
from derive.syntax import Node
from derive.tokens import Token, Unreadable
from derive.typed import Malformed
from derive.upto import UpTo


@dataclass(frozen=True, slots=True)
class Converse:
    """The other direction of an equivalence: its left side, to be judged under its right side."""

    left: Node
    right: Node
    scope: Scope


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the sides of a relation stand in their source, and what its chain said before them.

    ``earlier`` are the sides before the left one, each with its line; ``chain`` is the same number for the relations
    of one chain; ``unknowns`` may be written with a hat.
    """

    sides: tuple[Span, Span]
    macros: Mapping[str, Any]
    unknowns: frozenset[str]
    earlier: tuple[tuple[Node, int], ...]
    chain: int


@dataclass(frozen=True, slots=True)
class Item:
    """One relation to judge.

    ``role`` is ``"claim"``, ``"definition"``, ``"assumption"``, ``"conclusion"`` (``… = 0`` behind an arrow),
    ``"solution"`` (a hat or star on an unknown of the conditions: a definition, and a claim on the unknown),
    ``"restated"`` (another equation for what an equation of a document without declarations defines),
    ``"extremum"`` (a value that is said to be where a function is smallest or largest),
    ``"range"``, ``"up-to"`` (equal up to a factor or a term),
    ``"density"`` (a left side that is the Gaussian density, stated for the first time) or
    ``"unsupported"``. ``problem`` says why it cannot be judged. ``guessed`` are symbols of which only a use is known,
    ``loose`` those of them whose value may be fixed by what is not understood, ``invented`` names of sizes that have
    none, ``failed`` symbols whose definition is not understood; ``fits`` says whether the shapes that were inferred
    can be relied on here; ``early`` are symbols given a value by another place,
    ``weaker`` those that the text no longer gives some properties, ``called`` those that are taken for numbers or
    arrays and written like functions,
    ``unsettled`` those whose value hangs on what is not understood, ``upto`` what the sides may differ by, where that
    is a factor or a term; ``is_extreme`` says that an assumption is the first condition of an extremum, which is less
    than what is written.
    """

    role: str
    sign: Sign
    excerpt: Excerpt
    left: Node | None
    right: Node | None
    lhs: str
    rhs: str
    scope: Scope
    problem: Unreadable | Malformed | None = None
    words: str = ""
    arrow: str | None = None
    inline: bool = False
    premise: bool = False
    converse: Converse | None = None
    origin: Origin | None = None
    guessed: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    invented: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    fits: bool = True
    early: frozenset[str] = frozenset()
    called: tuple[str, ...] = ()
    weaker: tuple[tuple[str, frozenset[Fact]], ...] = ()
    unsettled: frozenset[str] = frozenset()
    upto: UpTo | None = None
    is_extreme: bool = False


def place(item: Item) -> tuple[int | None, int, int]:
    """Return cell, line and column of a relation sign."""
    source = item.excerpt.source
    line, column = source.position(item.sign.span.start)
    return source.cell, line, column


def side_text(tokens: list[Token], excerpt: Excerpt) -> str:
    """Return the source text of a side, without the comments and the quote marks in it."""
    if not tokens:
        return ""
    start, end = tokens[0].span.start, max(token.span.end for token in tokens)
    whole = closed(excerpt.source.text, start, end)
    if "\n" in whole:
        kept = zip(excerpt.text, excerpt.offsets, strict=False)
        whole = "".join(char for char, at in kept if start <= at < start + len(whole)) or whole
    return " ".join(whole.split())
