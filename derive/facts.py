"""What is declared about a symbol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from derive.shape import Dim, Shape


class Fact(Enum):
    """A property from the vocabulary of declarations."""

    SYMMETRIC = "symmetric"
    SEMIDEFINITE = "positive semidefinite"
    DEFINITE = "positive definite"
    ORTHOGONAL = "orthogonal"
    DIAGONAL = "diagonal"
    INVERTIBLE = "invertible"
    POSITIVE = "positive"
    NONNEGATIVE = "non-negative"


class Kind(Enum):
    """What a symbol is."""

    SCALAR = "scalar"
    ARRAY = "array"
    FUNCTION = "function"
    CURVE = "matrix-valued function"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared symbol.

    ``key`` is its canonical LaTeX; ``ranges`` are the upper bounds of the indices of a family; ``shape`` is that of one
    member, and of the values of a matrix-valued function; ``letters`` are the index letters it was declared with.
    """

    key: str
    kind: Kind
    shape: Shape | None = None
    facts: frozenset[Fact] = frozenset()
    ranges: tuple[Dim, ...] = ()
    letters: tuple[str, ...] = ()

    def with_fact(self, fact: Fact) -> Declaration:
        """Return the declaration with one more fact."""
        return replace(self, facts=self.facts | {fact})
