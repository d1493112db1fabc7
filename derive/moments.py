"""Expectations of polynomials of the second degree, from means and covariances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sympy import Add, Integer, Mul
from sympy.matrices.expressions import MatAdd, MatMul, Trace, Transpose

from derive.expr import IndexSum, MatrixIndexSum, ScalarOf, build, is_matrix
from derive.terms import Expansion, Factor, NotExpanded, Term, core, is_column, leaf_name, reversed_chain

Chain = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class MatrixNormal:
    """The parameters of a matrix normal distribution: mean, covariances among rows and among columns."""

    mean: Any
    rows: Any
    cols: Any


class Moments(Protocol):
    """Where the moments of random symbols come from."""

    def mean(self, symbol: Any) -> Any:
        """Return the mean of a symbol."""

    def covariance(self, left: Any, right: Any) -> Any:
        """Return the covariance of two columns or numbers; None if they are uncorrelated."""

    def matrix_normal(self, symbol: Any) -> MatrixNormal | None:
        """Return the parameters of a matrix that is matrix normal."""

    def opaque(self, factors: Sequence[Any]) -> Any:
        """Return the symbol for the expectation of a product that is no polynomial."""


class Expectation:
    """The expectation of expressions.

    A term of the first degree has the mean in the place of the symbol. For the second degree, with
    M = E[x yᵀ] = Cov(x, y) + E[x] E[y]ᵀ and constants A, b: E[x (bᵀ y)] = M b, E[xᵀ A y] = tr(A E[y xᵀ]),
    and for a matrix X with the mean M and the covariances U among rows and V among columns
    E[X A Xᵀ] = M A Mᵀ + U tr(A V), E[X A X] = M A M + U Aᵀ V [1]_.

    References
    ----------
    .. [1] A. K. Gupta, D. K. Nagar, *Matrix Variate Distributions*, 2000, theorem 2.3.5.

    Parameters
    ----------
    expansion : Expansion
        Knows what is random.
    moments : Moments
        Means and covariances.
    """

    def __init__(self, expansion: Expansion, moments: Moments) -> None:
        self.expansion = expansion
        self.moments = moments

    def of(self, expr: Any) -> Any:
        """Return the expectation of an expression.

        Raises
        ------
        NotExpanded
            If it is no polynomial of at most the second degree whose moments are known.
        """
        parts = [part for term in self.expansion.terms(expr) for part in self._of_term(term)]
        if len(parts) == 1:
            return parts[0]
        return build(MatAdd if is_matrix(expr) else Add, *parts)

    def _of_term(self, term: Term) -> list[Any]:
        factors = [_as_number(factor, self) for factor in term.factors]
        inside = [factor for factor in factors if self._degree(factor.chain) or factor.kind == "opaque"]
        degree = sum(self._degree(factor.chain) for factor in inside) + self._degree(term.chain)
        if any(factor.kind == "opaque" for factor in inside):
            if self._degree(term.chain) or term.binders:
                raise NotExpanded("it is not a polynomial in what is random")
            found = [((self.moments.opaque([_written(factor) for factor in inside]),), term.chain)]
        elif degree <= 1:
            found = [self._first(inside, term.chain)]
        elif degree == 2:
            found = self._second(inside, term.chain)
        else:
            raise NotExpanded("moments of a degree above the second stand in it")
        return [_bound(_product((*term.numbers, *numbers), chain), term) for numbers, chain in found]

    def _degree(self, chain: Chain) -> int:
        return sum(self._is_symbol(factor) for factor in chain)

    def _is_symbol(self, factor: Any) -> bool:
        return leaf_name(core(factor)) in self.expansion.random

    def _mean(self, factor: Any) -> Any:
        mean = self.moments.mean(core(factor))
        return build(Transpose, mean) if isinstance(factor, Transpose) else mean

    def _means(self, chain: Chain) -> Chain:
        return tuple(self._mean(factor) if self._is_symbol(factor) else factor for factor in chain)

    def _first(self, factors: Sequence[Factor], chain: Chain) -> tuple[tuple[Any, ...], Chain]:
        return tuple(_value(Factor(self._means(factor.chain), factor.kind)) for factor in factors), self._means(chain)

    # -- the second degree -------------------------------------------------------------------------------------

    def _second(self, factors: Sequence[Factor], chain: Chain) -> list[tuple[tuple[Any, ...], Chain]]:
        """Return the expectation of a term with two random symbols as products of numbers and a chain."""
        if len(factors) == 2:
            (one, x), (other, y) = (self._linear(factor) for factor in factors)
            return [(tuple(numbers), chain) for numbers in self._scalar_pairs(one, x, other, y)]
        if len(factors) == 1 and self._degree(factors[0].chain) == 2:
            factor = factors[0]
            found = self._pair(factor.chain)
            return [
                ((*numbers, _value(Factor(inner, factor.kind))) if inner else numbers, chain)
                for numbers, inner in found
            ]
        if len(factors) == 1:
            row, x = self._linear(factors[0])
            return self._beside(row, x, chain)
        return self._pair(chain)

    def _linear(self, factor: Factor) -> tuple[Chain | None, Any]:
        """Return a random number a x as the row a and the column x; the row is None for a number x."""
        at = next(place for place, part in enumerate(factor.chain) if self._is_symbol(part))
        before, symbol, behind = factor.chain[:at], factor.chain[at], factor.chain[at + 1 :]
        x = core(symbol)
        if not is_matrix(x):
            return None, x
        if not is_column(x):
            raise NotExpanded("products of random matrices stand in it")
        if symbol is not x:  # b xᵀ c: the number is cᵀ x bᵀ
            before, behind = reversed_chain(behind), reversed_chain(before)
        return (*behind, *before), x

    def _products(self, x: Any, y: Any) -> list[Chain]:
        """Return E[x yᵀ] as products; of numbers, the factors are numbers."""
        means = (self._mean(x), build(Transpose, self._mean(y)) if is_matrix(y) else self._mean(y))
        covariance = self.moments.covariance(x, y)
        return [means] if covariance is None else [(covariance,), means]

    def _scalar_pairs(self, a: Chain | None, x: Any, b: Chain | None, y: Any) -> list[list[Any]]:
        """Return E[(a x) (b y)] as products of numbers."""
        if a is None and b is None:
            return [list(product) for product in self._products(x, y)]
        if a is None:
            return self._scalar_pairs(b, y, a, x)
        right = reversed_chain(b) if b is not None else ()
        return [
            [_number_of((*a, *product, *right))] if all(map(is_matrix, product)) else _mixed(a, product)
            for product in self._products(x, y)
        ]

    def _beside(self, row: Chain | None, x: Any, chain: Chain) -> list[tuple[tuple[Any, ...], Chain]]:
        """Return the expectation of a random number a x times a chain with one random column y."""
        at = next(place for place, part in enumerate(chain) if self._is_symbol(part))
        before, y, behind = chain[:at], core(chain[at]), chain[at + 1 :]
        if not is_column(y):
            raise NotExpanded("products of random matrices stand in it")
        found = []
        for product in self._products(y, x):
            arrays = tuple(part for part in product if is_matrix(part))
            numbers = tuple(part for part in product if not is_matrix(part))
            column = (*arrays, *(reversed_chain(row) if row is not None else ()))
            if chain[at] is not y:
                column = reversed_chain(column)
            found.append((numbers, (*before, *column, *behind)))
        return found

    def _pair(self, chain: Chain) -> list[tuple[tuple[Any, ...], Chain]]:
        """Return the expectation of a chain in which two random symbols stand."""
        first, second = (place for place, part in enumerate(chain) if self._is_symbol(part))
        before, between, behind = chain[:first], chain[first + 1 : second], chain[second + 1 :]
        left, right = chain[first], chain[second]
        x, y = core(left), core(right)
        if not (is_column(x) and is_column(y)):
            return [(n, (*before, *c, *behind)) for n, c in self._matrix_pair(left, between, right)]
        if left is not x and right is y:  # xᵀ A y
            products = self._products(y, x)
            return [((_trace((*between, *product)),), (*before, *behind)) for product in products]
        if left is x and right is y:  # x (b y) = x yᵀ bᵀ
            middles: list[Chain] = [(*product, *reversed_chain(between)) for product in self._products(x, y)]
            return [((), (*before, *middle, *behind)) for middle in middles]
        if left is not x:  # xᵀ b yᵀ = bᵀ x yᵀ
            middles = [(*reversed_chain(between), *product) for product in self._products(x, y)]
            return [((), (*before, *middle, *behind)) for middle in middles]
        numbers = (_number_of(between),) if between else ()
        return [(numbers, (*before, *product, *behind)) for product in self._products(x, y)]

    def _matrix_pair(self, left: Any, between: Chain, right: Any) -> list[tuple[tuple[Any, ...], Chain]]:
        law = self.moments.matrix_normal(core(left)) if core(left) == core(right) else None
        if law is None:
            raise NotExpanded("products of random matrices stand in it")
        means: Chain = (self._mean(left), *between, self._mean(right))
        flips = isinstance(left, Transpose), isinstance(right, Transpose)
        rows, cols = (law.rows, law.cols) if not flips[0] else (law.cols, law.rows)
        if flips[0] is flips[1]:
            return [((), (rows, *reversed_chain(between), cols)), ((), means)]
        return [((_trace((*between, cols)),), (rows,)), ((), means)]


def _as_number(factor: Factor, expectation: Expectation) -> Factor:
    """Return the trace of a product with one random column as a 1 × 1 product."""
    places = [at for at, part in enumerate(factor.chain) if expectation._is_symbol(part)]
    if factor.kind == "trace" and len(places) == 1 and is_column(core(factor.chain[places[0]])):
        cut = places[0] + (factor.chain[places[0]] is core(factor.chain[places[0]]))
        return Factor((*factor.chain[cut:], *factor.chain[:cut]), "number")
    return factor


def _written(factor: Factor) -> Any:
    return factor.chain[0] if factor.kind == "opaque" else _value(factor)


def _value(factor: Factor) -> Any:
    """Return a factor as an expression."""
    if len(factor.chain) == 1 and not is_matrix(factor.chain[0]):
        return factor.chain[0]
    return _trace(factor.chain) if factor.kind == "trace" else _number_of(factor.chain)


def _chained(chain: Chain) -> Any:
    return chain[0] if len(chain) == 1 else build(MatMul, *chain)


def _number_of(chain: Chain) -> Any:
    """Return the number that a 1 × 1 product is."""
    return build(ScalarOf, _chained(chain))


def _trace(chain: Chain) -> Any:
    return build(Trace, _chained(chain))


def _mixed(row: Chain, product: Chain) -> list[Any]:
    """Return E[a x y] for a row a, a column x and a number y as a product of numbers; ``product`` is E[x y]."""
    arrays = tuple(part for part in product if is_matrix(part))
    return [_number_of((*row, *arrays)), *(part for part in product if not is_matrix(part))]


def _product(numbers: Sequence[Any], chain: Chain) -> Any:
    if not chain:
        parts = [part for part in numbers if part != 1] or [Integer(1)]
        return parts[0] if len(parts) == 1 else build(Mul, *parts)
    if not numbers and len(chain) == 1:
        return chain[0]
    return build(MatMul, *numbers, *chain)


def _bound(expr: Any, term: Term) -> Any:
    """Return an expression under the sums of its term."""
    for binder in reversed(term.binders):
        expr = build(MatrixIndexSum if is_matrix(expr) else IndexSum, expr, *binder)
    return expr
