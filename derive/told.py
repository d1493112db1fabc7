"""What a text says in words of random symbols: moments and independence, each from a place on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derive.scope import GivenMoment, Scope
from derive.syntax import Name, Node, below

Where = tuple[int, int]
"""A cell (0 where there are none) and an offset."""


@dataclass(frozen=True, slots=True)
class Told:
    """A moment that the text gives in words.

    Attributes
    ----------
    key : str
        The key under which the moment would be a new symbol.
    moment : GivenMoment
        Its value.
    start : tuple of int
        Where it begins to hold.
    end : tuple of int, optional
        Where the text introduces the symbol anew.
    pair : frozenset of str
        Two symbols that are independent of each other, or none.
    symbols : tuple of str
        The symbols whose moment it is.
    last : tuple of int
        Where the sentence ends that says it.
    """

    key: str
    moment: GivenMoment
    start: Where
    end: Where | None = None
    pair: frozenset[str] = frozenset()
    symbols: tuple[str, ...] = ()
    last: Where = (0, 0)

    def holds_at(self, place: Where) -> bool:
        """Whether it holds at a place."""
        return self.start <= place and (self.end is None or place < self.end)


@dataclass(frozen=True, slots=True)
class Implied:
    """An equation that the text states in other words: it defines its left side from a place on."""

    left: Node
    right: Node
    start: Where


def spaces(implied: Iterable[Implied], texts: Iterable[str]) -> dict[str, str]:
    r"""Return the sets of all values of the variables of stated densities, with the variables.

    The set of all values of x is written ``\mathcal{X}``; it is one if that stands under integral signs only.

    Examples
    --------
    >>> from derive.source import Span
    >>> from derive.syntax import Group, Name, Num, Product
    >>> left = Product(Span(0, 0), (Name(Span(0, 0), "p"), Group(Span(0, 0), "(", (Name(Span(0, 0), "x"),))), ("", ""))
    >>> spaces([Implied(left, left, (0, 0))], [r"\int_{\mathcal{X}} p(x) \, dx", r"x \in \mathcal{X}"])
    {}
    """
    whole = "\n".join(texts)
    found = {}
    for each in implied:
        key = next(node.key for node in below(each.left) if isinstance(node, Name) and node.key not in ("p", "q"))
        written = _calligraphic(key.upper())
        if len(written.findall(whole)) == len(
            re.findall(rf"\\int\s*(?:\\limits)?\s*_\s*\{{\s*{written.pattern}", whole)
        ):
            found[f"\\mathcal {key.upper()}"] = key
    return found


def _calligraphic(letter: str) -> re.Pattern[str]:
    return re.compile(rf"\\mathcal\s*(?:\{{\s*{re.escape(letter)}\s*\}}|{re.escape(letter)}(?![A-Za-z]))")


def with_told(scope: Scope, told: Sequence[Told], place: Where) -> Scope:
    """Return the scope at a place, with what the words before it say.

    Examples
    --------
    >>> late = Told("\\\\mathrm{E}(X)", GivenMoment(None), (0, 40))
    >>> [len(with_told(Scope(), [late], (0, at)).moments) for at in (10, 50)]
    [0, 1]
    """
    held = [each for each in told if each.holds_at(place)]
    moments = {each.key: each.moment for each in held}
    unrelated = {each.pair: each.moment.said for each in held if each.pair}
    if moments == scope.moments and unrelated == scope.unrelated:
        return scope
    scope = scope.copy()
    scope.moments, scope.unrelated = moments, unrelated
    return scope
