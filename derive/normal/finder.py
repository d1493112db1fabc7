"""The normal form: which rule to apply to a term, operator by operator.

A finder proposes at most one step for a term whose arguments are in normal form. It may be wrong or miss something:
the kernel checks what it proposes. The normal form of a product has traces rotated and transposed to one place,
inverses of sums reduced to one atom for each cyclic word (`derive.normal.inverses`), vectors multiplied entry by entry
in one order, and scalars out of the words (`derive.normal.words`).
"""

from __future__ import annotations

from typing import Any

from derive.kernel import CHANGE, Kernel, Step
from derive.term import ONE, Term, number

Found = Step | None


def step(rule: str, **given: Any) -> Step:
    """Return a step without context."""
    return Step(rule, given)


class FinderBase:
    """What the parts of the finder share: the kernel they propose to, and small questions about terms."""

    kernel: Kernel

    def __init__(self) -> None:
        self.changes: frozenset[str] = frozenset((CHANGE,))
        self.by_entries = False
        self.literal = False
        self.jacobian = False
        self.swapped: set[Term] = set()

    def moves(self, term: Term) -> bool:
        """Whether a change occurs in a term."""
        return not self.changes.isdisjoint(term.names)

    def shown(self, condition: str, term: Term) -> bool:
        """Whether a condition is shown."""
        return self.kernel.shown.is_shown(condition, term)


def letters_of(term: Term) -> tuple[Term, ...]:
    """Return the letters of a word."""
    if term.op == "I":
        return ()
    return tuple(term.args) if term.op == "@" else (term,)


def word_of(letters: tuple[Term, ...], size: Any) -> Term:
    """Return letters as a term; ``size`` is that of the identity where there are none."""
    if not letters:
        return Term("I", (size,))
    return letters[0] if len(letters) == 1 else Term("@", letters)


def factors_of(term: Term) -> tuple[Term, ...]:
    """Return the factors of a scalar product."""
    return tuple(term.args) if term.op == "*" else (term,)


def product_of(factors: tuple[Term, ...]) -> Term:
    """Return factors as a term."""
    return number(1) if not factors else factors[0] if len(factors) == 1 else Term("*", factors)


def is_vector(term: Term) -> bool:
    """Whether a term is a column."""
    return term.shape is not None and term.shape[1] == ONE


def word_key(word: tuple[Term, ...]) -> tuple[str, ...]:
    """Return what orders words."""
    return tuple(letter.key for letter in word)


def size_at(word: tuple[Term, ...], place: int) -> Any:
    """Return the size between two letters of a word, before the letter at a place."""
    shape = word[place].shape if place < len(word) else word[-1].shape
    assert shape is not None
    return shape[0] if place < len(word) else shape[1]


def thin_place(term: Term) -> int:
    """Return the first inner place of a word where its parts are a column and a row, or 0."""
    if term.op != "@":
        return 0
    return next((place for place in range(1, len(term.args)) if size_at(term.args, place) == ONE), 0)
