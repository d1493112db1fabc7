r"""At how many sizes a claim has to be tested in which sizes are numbers, as in ``\operatorname{tr} I_n = n``.

The two sides are told apart by values where nothing else that grows like them vanishes at all the sizes tested:
polynomials before exponentials make as many columns of full rank there. Powers of distinct numbers at consecutive sizes
are independent (they make a Vandermonde matrix). For values of Γ, roots and logarithms of sizes no bound is known: each
is something of its own, as are its powers, and three are added.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import comb, prod
from typing import Any

from sympy import Integer

from derive.exact.choices import is_allowed
from derive.exact.dependence import size_numbers
from derive.exact.exponentials import Growth, TooManyTerms
from derive.exact.growth import Growths
from derive.scope import Scope

MOST_POINTS = 66
"""Points that are tried; a claim that needs more is not decided by the test."""
LARGEST = 24
"""The largest size that is tried as a number."""
_PRIME = 2**31 - 1
_OTHER = Integer(7)
"""What an index or a size that is not varied is in an exponent."""
_ROOTS = 2520
"""A multiple of the denominators in exponents."""


class Coverage:
    """The sizes at which a claim has to be tested.

    Parameters
    ----------
    lhs, rhs : expression
        The two sides.
    scope : Scope
        What is known.
    pinned : collection of str
        Sizes that are not varied.
    free : sequence
        The free indices, each with its upper bound.
    is_related : bool
        Whether conditions relate the data to each other or to numbers.
    """

    def __init__(
        self,
        lhs: Any,
        rhs: Any,
        scope: Scope,
        pinned: Collection[str] = (),
        free: Sequence[tuple[str, Any]] = (),
        *,
        is_related: bool = False,
    ) -> None:
        self.scope = scope
        self.growths = Growths(scope, is_related=is_related)
        self.growth: Growth | None = None
        """None where it has too many terms."""
        try:
            self.growth = self.growths.difference(lhs, rhs, free)
            names = self.growths.names
        except TooManyTerms:
            names = set().union(*(size_numbers(side, scope) for side in (lhs, rhs)))
        self.names = sorted(names.difference(pinned))
        self.degree = max(self.growth.values()) if self.growth else MOST_POINTS
        self.columns = sum(comb(each + len(self.names), each) for each in self.growth.values()) if self.growth else None
        self._bases: dict[Any, int] = {}
        self._rows: dict[tuple[int, ...], list[int]] = {}

    @property
    def has_index_numbers(self) -> bool:
        """Whether indices are numbers, as in ``i x_i``."""
        return bool(self.growths.indices)

    @property
    def is_branched(self) -> bool:
        """Whether powers with sizes in their exponents have branches, so that a size needs points of both signs."""
        return self.growths.period > 1

    @cached_property
    def classes(self) -> frozenset[tuple[int, ...]]:
        """Return the remainders of the sizes that have to be tested, where powers have branches."""
        period = self.growths.period
        if period == 1 or period ** len(self.names) > MOST_POINTS:
            return frozenset()
        grid = product(range(1, 2 * period + 1), repeat=len(self.names))
        allowed = (point for point in grid if is_allowed(dict(zip(self.names, point, strict=True)), self.scope))
        return frozenset(self._class_of(point) for point in allowed)

    @property
    def is_possible(self) -> bool:
        """Whether so many sizes as are needed are tried."""
        if self.columns is None or (self.is_branched and not self.classes):
            return False
        return max(self.columns, len(self.classes)) <= MOST_POINTS

    @cached_property
    def _fewest(self) -> int:
        """Return how many values of each size have to be tested: functions of one of them may be like polynomials."""
        growth = self.growth or {}
        has_functions = any(exponent.is_Rational for key in growth for _, exponent in key)
        return self.degree + len(growth) + 1 if has_functions and len(self.names) > 1 else 1

    def is_met(self, tested: Sequence[Mapping[str, int]]) -> bool:
        """Whether nothing that grows like the two sides vanishes at all the sizes that were tested but zero."""
        if not self.names:
            return True
        points = {tuple(each[name] for name in self.names) for each in tested}
        if not self.is_possible or self.columns is None or len(points) < self.columns:
            return False
        if not self.classes <= {self._class_of(point) for point in points}:
            return False
        if any(len({point[at] for point in points}) < self._fewest for at in range(len(self.names))):
            return False
        return all(
            self._tells(points, chamber) for chamber in {self._chamber(point) for point in (*points, *self._smallest)}
        )

    def _tells(self, points: set[tuple[int, ...]], chamber: tuple[bool, ...]) -> bool:
        """Whether the sizes tested in a chamber are enough, or all of the smallest ones that lie in it."""
        inside = sorted(point for point in points if self._chamber(point) == chamber)
        if inside and _rank([self._row(point) for point in inside]) == self.columns:
            return True
        return len(self._chambers) > 0 and all(
            point in points for point in self._smallest if self._chamber(point) == chamber
        )

    @cached_property
    def _chambers(self) -> list[Any]:
        """Return the numbers of terms of sums that are negative at some sizes."""
        known = set(self.names)
        return [count for count in self.growths.counts if {symbol.name for symbol in count.free_symbols} <= known]

    def _chamber(self, point: tuple[int, ...]) -> tuple[bool, ...]:
        """Return which sums have no terms, and less, at some sizes."""
        sizes = dict(zip(self.names, map(Integer, point), strict=True))
        values = (count.xreplace({each: sizes[each.name] for each in count.free_symbols}) for count in self._chambers)
        return tuple(bool(value < 0) for value in values)

    @cached_property
    def _smallest(self) -> list[tuple[int, ...]]:
        """Return the smallest sizes that are allowed, in their order."""
        largest = LARGEST if len(self.names) == 1 else self.degree + 8
        grid = sorted(product(range(1, largest + 1), repeat=len(self.names)), key=lambda point: (sum(point), point))
        return [
            point
            for point in grid[: 4 * MOST_POINTS]
            if is_allowed(dict(zip(self.names, point, strict=True)), self.scope)
        ]

    def doubt(self, tested: Sequence[Mapping[str, int]]) -> str:
        """Return what was tested too little, or nothing."""
        if self.is_met(tested):
            return ""
        return f"the values of {' and '.join(self.names)} that were tested are too few to tell the sides apart"

    def more(self, tested: Sequence[Mapping[str, int]]) -> Iterator[dict[str, int]]:
        """Yield further sizes, small ones first; those that are no numbers are as in the first ones."""
        if not self.names or not tested or not self.is_possible:
            return
        base = min(tested, key=lambda each: sum(each.values()))
        for point in self._smallest:
            assignment = {**base, **dict(zip(self.names, point, strict=True))}
            if assignment not in tested and is_allowed(assignment, self.scope):
                yield assignment

    def _row(self, point: tuple[int, ...]) -> list[int]:
        """Return the values at some sizes of everything that can be added, each with a factor, to the two sides."""
        if point not in self._rows:
            assert self.growth is not None
            found = []
            for key, degree in self.growth.items():
                factor = prod((self._value(base, exponent, point) for base, exponent in key), start=1) % _PRIME
                exponents = (e for e in product(range(degree + 1), repeat=len(point)) if sum(e) <= degree)
                found += [factor * prod(map(pow, point, each)) % _PRIME for each in exponents]
            self._rows[point] = found
        return self._rows[point]

    def _class_of(self, point: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(size % self.growths.period for size in point)

    def _value(self, base: Any, exponent: Any, point: tuple[int, ...]) -> int:
        """Return the value of a power; a number at random stands for the base.

        Powers of distinct numbers at consecutive sizes are independent (they make a Vandermonde matrix), so that it
        does not matter which ones the bases are.
        """
        number = self._bases.setdefault(base, len(self._bases))
        if exponent.is_Rational:  # a function of the sizes
            return pow(random.Random(f"{number} {point}").randrange(2, _PRIME), int(_ROOTS * exponent), _PRIME)
        sizes = dict(zip(self.names, map(Integer, point), strict=True))
        raised = exponent.xreplace({symbol: sizes.get(symbol.name, _OTHER) for symbol in exponent.free_symbols})
        return pow(random.Random(number).randrange(2, _PRIME), int(_ROOTS * raised), _PRIME)


def _rank(rows: list[list[int]]) -> int:
    """Return the rank of a matrix over a prime field."""
    rank = 0
    for column in range(len(rows[0])):
        pivot = next((at for at in range(rank, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, _PRIME)
        for at in range(rank + 1, len(rows)):
            factor = rows[at][column] * inverse % _PRIME
            if factor:
                rows[at] = [(a - factor * b) % _PRIME for a, b in zip(rows[at], rows[rank], strict=True)]
        rank += 1
    return rank
