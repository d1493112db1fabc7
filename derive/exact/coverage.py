r"""At how many sizes a claim has to be tested in which sizes are numbers, as in ``\operatorname{tr} I_n = n``.

A polynomial of total degree d in m sizes vanishes if it does at points at which no other polynomial of that degree
vanishes: their monomials are as many columns of full rank. Sums of polynomials times exponentials of numbers,
``\sum_i p_i(n) b_i^n``, have fewer zeros than ``\sum_i (\deg p_i + 1)`` (by Rolle's theorem). For values of Γ, roots
and logarithms of sizes no bound is known: they are counted as if each had the degree 1, and three are added. A power of
anything but a number tells all its exponents apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from math import comb, prod
from typing import Any

from sympy import Basic, Integer, Mul, Pow, Symbol
from sympy.matrices.expressions import Identity, MatMul, MatPow, MatrixSymbol, OneMatrix, ZeroMatrix

from derive.exact.choices import is_allowed
from derive.expr import (
    Call,
    Commutation,
    IndexProduct,
    IndexSum,
    MatrixCall,
    MatrixFunction,
    MatrixIndexSum,
    MatrixMember,
    MatrixNode,
    Member,
    ScalarFunction,
    UnitVector,
    is_matrix,
)
from derive.indices import IndexSymbol
from derive.scope import Scope

MOST_POINTS = 66
"""Points that are tried; a claim that needs more is not decided by the test."""
LARGEST = 24
"""The largest size that is tried as a number."""
_PRIME = 2**31 - 1
_ARRAYS = (MatrixSymbol, Identity, ZeroMatrix, OneMatrix, MatrixMember, Member, UnitVector, Commutation)
"""What has sizes that are no numbers in it."""


def size_numbers(expr: Basic, scope: Scope, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the sizes that are numbers in an expression, or in the definitions that it rests on.

    Examples
    --------
    >>> from derive.facts import Declaration, Kind
    >>> n, scope = Symbol("n"), Scope(declarations={"n": Declaration("n", Kind.SIZE)})
    >>> size_numbers(2 * n, scope), size_numbers(MatrixSymbol("A", n, n), scope)
    (frozenset({'n'}), frozenset())
    """
    if isinstance(expr, Symbol):
        is_size = not isinstance(expr, IndexSymbol) and scope.is_size(expr.name)
        return frozenset((expr.name,) if is_size else ())
    if isinstance(expr, _ARRAYS):
        return frozenset()
    parts, found = expr.args, frozenset[str]()
    if isinstance(expr, IndexSum | IndexProduct | MatrixIndexSum):
        parts = expr.args[:1]
    if isinstance(expr, Call | MatrixCall):
        ident = expr.args[0].name
        definition = scope.definitions.get(ident)
        if definition is not None and ident not in seen:
            found = size_numbers(definition.body, scope, seen | {ident})
        parts = expr.args[1:]
    if isinstance(expr, MatrixNode | Call):
        parts = tuple(part for part in parts if not isinstance(part, Symbol))  # rows and columns, or indices
    return found.union(*(size_numbers(part, scope, seen) for part in parts if isinstance(part, Basic)))


class Coverage:
    """The sizes at which a claim has to be tested.

    Parameters
    ----------
    sides : sequence of expression
        The two sides.
    scope : Scope
        What is known.
    pinned : collection of str
        Sizes that are not varied.
    """

    def __init__(self, sides: Sequence[Any], scope: Scope, pinned: Collection[str] = ()) -> None:
        self.scope = scope
        self.names = sorted(frozenset().union(*(size_numbers(side, scope) for side in sides)).difference(pinned))
        self.exponents, self.powers, self.poles = 0, set[Any](), dict[Any, int]()
        self.values: dict[Any, set[int]] = {}
        inner = max((self._degree(side) for side in sides), default=0) + sum(self.poles.values())
        inner += sum(max(shifts) - min(shifts) for shifts in self.values.values())
        self.degree = max(self.exponents, (inner + 1) * (len(self.powers) + 1) - 1)
        if self.values:
            self.degree += len(self.values) + 3

    @property
    def count(self) -> int:
        """Return how many points are needed at least."""
        return comb(self.degree + len(self.names), len(self.names))

    def is_met(self, tested: Sequence[Mapping[str, int]]) -> bool:
        """Whether no polynomial of the degree vanishes at all the sizes that were tested but zero."""
        if not self.names:
            return True
        points = {tuple(each[name] for name in self.names) for each in tested}
        if not self.count <= min(len(points), MOST_POINTS):
            return False
        exponents = [
            each for each in product(range(self.degree + 1), repeat=len(self.names)) if sum(each) <= self.degree
        ]
        rows = [[prod(map(pow, point, each)) % _PRIME for each in exponents] for point in sorted(points)]
        return _rank(rows) == len(exponents)

    def more(self, tested: Sequence[Mapping[str, int]]) -> Iterator[dict[str, int]]:
        """Yield further sizes, small ones first; those that are no numbers are as in the first ones."""
        if not self.names or not tested or self.count > MOST_POINTS:
            return
        base = min(tested, key=lambda each: sum(each.values()))
        largest = LARGEST if len(self.names) == 1 else self.degree + 8
        grid = sorted(product(range(1, largest + 1), repeat=len(self.names)), key=lambda point: (sum(point), point))
        for point in grid[: 4 * MOST_POINTS]:
            assignment = {**base, **dict(zip(self.names, point, strict=True))}
            if assignment not in tested and is_allowed(assignment, self.scope):
                yield assignment

    # -- degrees -----------------------------------------------------------------------------------------------

    def _degree(self, expr: Any, seen: frozenset[str] = frozenset()) -> int:
        """Return the degree of an expression in sizes; exponents, denominators and other functions are noted."""
        if isinstance(expr, Symbol):
            return int(self.scope.is_size(expr.name) or isinstance(expr, IndexSymbol))
        if isinstance(expr, _ARRAYS) or not isinstance(expr, Basic):
            return 0
        if isinstance(expr, Pow | MatPow):
            return self._power(expr, seen)
        if isinstance(expr, Call | MatrixCall):
            ident = expr.args[0].name
            definition = self.scope.definitions.get(ident)
            return 0 if definition is None or ident in seen else self._degree(definition.body, seen | {ident})
        if isinstance(expr, IndexSum | MatrixIndexSum):
            return self._degree(expr.args[0], seen) + 1
        if isinstance(expr, IndexProduct):
            if self._is_of_sizes(expr.args[0]):
                self._note(IndexProduct, expr.args[0])
            return self._degree(expr.args[0], seen)
        parts = expr.args
        if isinstance(expr, MatrixNode):
            parts = tuple(part for part in parts if not isinstance(part, Symbol))
        degrees = [self._degree(part, seen) for part in parts]
        if isinstance(expr, ScalarFunction | MatrixFunction):
            if expr.args[0].name == "exp":  # of e, which no number is a multiple of
                self.exponents = max(self.exponents, *degrees)
            elif size_numbers(expr, self.scope):
                self._note(expr.args[0], expr.args[-1])
            return 0
        return sum(degrees) if isinstance(expr, Mul | MatMul) else max(degrees, default=0)

    def _power(self, expr: Any, seen: frozenset[str]) -> int:
        base, exponent = expr.args if len(expr.args) == 2 else (expr.args[0], Integer(-1))  # an inverse
        degree = self._degree(base, seen)
        if getattr(exponent, "is_Integer", False):
            if degree and exponent < 0:
                self.poles[base] = max(self.poles.get(base, 0), degree * -int(exponent))
                return 0
            return degree * abs(int(exponent))
        raised = self._degree(exponent, seen)
        self.exponents = max(self.exponents, raised)
        if degree:
            self._note(exponent, base)
        elif raised and base.is_Rational and base != -1 and self._is_of_sizes(exponent):
            self.powers.add(expr)
        return 0

    def _is_of_sizes(self, expr: Any) -> bool:
        """Whether an expression has one value for given sizes and indices."""
        free = getattr(expr, "free_symbols", ())
        return all(isinstance(each, IndexSymbol) or self.scope.is_size(each.name) for each in free)

    def _note(self, function: Any, argument: Any) -> None:
        """Take note of a value of a function; those at arguments that differ by a whole number are related."""
        constant = argument.as_coeff_Add()[0] if not is_matrix(argument) else Integer(0)
        shift = int(constant) if constant.is_Integer else 0
        rest = argument if is_matrix(argument) else argument - shift
        self.values.setdefault((function, rest), set()).add(shift)


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
