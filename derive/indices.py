"""Indices in force: bound by a sum or a definition, or free, with the ranges they run through."""

from __future__ import annotations

from sympy import Symbol

from derive.scope import Scope
from derive.shape import Dim, Sizes
from derive.source import Span
from derive.typed import Malformed


class Indices:
    """The indices in force: bound by a sum or a definition, or free (read as "for every")."""

    def __init__(self, scope: Scope, sizes: Sizes) -> None:
        self.scope = scope
        self.sizes = sizes
        self.bound: list[tuple[str, Dim, list[bool]]] = []
        self.free: dict[str, Dim] = {}
        self.seen: set[str] = set()

    def push(self, letter: str, upper: Dim) -> None:
        """Bind a letter; an unknown upper bound is found by use."""
        self.bound.append((letter, upper, [False]))

    def pop(self) -> tuple[Dim, bool]:
        """Release the last letter; return its bound and whether it was used."""
        _, upper, used = self.bound.pop()
        return self.sizes.resolve(upper), used[0]

    def is_bound(self, letter: str) -> bool:
        """Whether a sum binds the letter here."""
        return any(name == letter for name, _, _ in self.bound)

    def upper(self, letter: str) -> Dim | None:
        """Return the upper bound of a letter in force."""
        for name, upper, _ in reversed(self.bound):
            if name == letter:
                return upper
        return self.free.get(letter)

    def _fits(self, upper: Dim, limit: Dim) -> bool:
        """Whether a bound can be that of an index range; one that is computed (n − 1) is checked by evaluation."""
        upper = self.sizes.resolve(upper)
        if isinstance(upper, IndexSymbol) or not isinstance(upper, Symbol):
            return True
        return self.sizes.unify(upper, limit)

    def use(self, letter: str, limit: Dim | None, span: Span) -> None:
        """Note that a letter stands where indices run to ``limit``."""
        for name, upper, used in reversed(self.bound):
            if name == letter:
                used[0] = True
                if limit is not None and not self._fits(upper, limit):
                    raise Malformed(
                        "S213",
                        f"the index {letter} runs to {self.sizes.resolve(upper)} but is used where "
                        f"indices run to {self.sizes.resolve(limit)}",
                        span,
                    )
                return
        self.seen.add(letter)
        if letter not in self.free:
            known = self.scope.ranges.get(letter)
            self.free[letter] = self.sizes.fresh() if known is None else known
            if known is not None and limit is not None and self.sizes.resolve(known) != self.sizes.resolve(limit):
                self.free[letter] = limit
        if limit is not None and not self.sizes.unify(self.free[letter], limit):
            raise Malformed(
                "S213",
                f"the index {letter} runs to {self.sizes.resolve(self.free[letter])} in one place and to "
                f"{self.sizes.resolve(limit)} in another",
                span,
            )


class IndexSymbol(Symbol):
    """An index in force."""

    is_index_symbol = True
