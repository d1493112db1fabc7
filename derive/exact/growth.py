r"""How an expression grows with the sizes that are numbers in it: sums of polynomials times exponentials.

``n^2 2^n + 3`` is one polynomial of degree 2 times ``2^n`` and one of degree 0. What else depends on sizes (values of
Γ, roots and logarithms of sizes, products over an index) is noted, and so are denominators. Sizes come in where they
are written, by the trace of an identity, by products of vectors of ones, by sums over an index and by determinants of
multiples.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import lcm
from typing import Any

from sympy import Add, Basic, Expr, Integer, Pow, S, Symbol, preorder_traversal
from sympy.matrices.expressions import (
    Determinant,
    Inverse,
    MatMul,
    MatPow,
    MatrixSymbol,
    Trace,
)

from derive.exact.dependence import (
    ARRAYS,
    PRODUCTS,
    denominator,
    has_constant_term,
    is_of_sizes,
    polynomial_in_sizes,
)
from derive.exact.exponentials import (
    MOST_TERMS,
    ONE,
    Growth,
    TooManyTerms,
    added,
    at_bound,
    logarithmic,
    multiplied,
    raised,
    to_power,
)
from derive.exact.features import definition_of
from derive.exact.generic import has_columns, has_distinct_terms, is_generic, is_permutation
from derive.exact.signs import is_nonnegative
from derive.expr import (
    DefiniteIntegral,
    Delta,
    Density,
    Differentiated,
    Entry,
    Gradient,
    IndexProduct,
    IndexSum,
    Instantiated,
    Jacobian,
    MatrixDifferentiated,
    MatrixFunction,
    MatrixIndexSum,
    MatrixInstantiated,
    MatrixMember,
    MatrixNode,
    MatrixPartial,
    Norm,
    Restricted,
    ScalarFunction,
    ScalarPartial,
    is_matrix,
    rebuild,
)
from derive.indices import IndexSymbol
from derive.scope import Scope
from derive.shape import may_be_short

UNKNOWN = 3
"""What is added to the degree where values of functions of sizes occur."""
_DERIVATIVES = (ScalarPartial, Gradient, Jacobian, MatrixPartial, Differentiated, MatrixDifferentiated)


class Growths:
    """The growth of expressions; what it meets on the way is kept.

    Parameters
    ----------
    scope : Scope
        What is known.
    is_related : bool
        Whether conditions relate the data, so that any sums of them may be numbers.

    Attributes
    ----------
    names : set of str
        The sizes that are numbers.
    indices : set of str
        The indices that are numbers.
    poles : dict
        Denominators with sizes, and the highest power of each.
    values : dict
        Values of functions of sizes: the whole numbers by which the arguments of each differ.
    period : int
        Powers of bases of either sign are alike, in their signs and where they are defined, at sizes that differ by a
        multiple of it.
    counts : set
        Numbers of terms of sums that may be negative: the sums are zero there, and grow otherwise than elsewhere.

    Raises
    ------
    TooManyTerms
        By its methods.
    """

    def __init__(self, scope: Scope, *, is_related: bool = False) -> None:
        self.scope = scope
        self.is_related = is_related
        self.names: set[str] = set()
        self.indices: set[str] = set()
        self.poles: dict[Any, int] = {}
        self.values: dict[Any, set[int]] = {}
        self.period = 1
        self.counts: set[Any] = set()
        self._found: dict[Any, Growth] = {}
        self._inside: set[str] = set()
        self._in_function = False
        self._uppers: dict[Any, tuple[Any, Any]] = {}

    def of(self, expr: Any) -> Growth:
        """Return the growth of an expression.

        Examples
        --------
        >>> from derive.facts import Declaration, Kind
        >>> n, scope = Symbol("n"), Scope(declarations={"n": Declaration("n", Kind.SIZE)})
        >>> Growths(scope).of(n**2 * 2**n + 3)
        {frozenset(): 0, frozenset({(2, n)}): 2}
        """
        key = (expr, self._in_function)
        if key not in self._found:
            self._found[key] = self._of(expr)
        return self._found[key]

    def inside(self, expr: Any) -> Growth:
        """Return the growth of what a function is applied to, or what is divided by."""
        before, self._in_function = self._in_function, True
        try:
            return self.of(expr)
        finally:
            self._in_function = before

    def _of(self, expr: Any) -> Growth:
        if isinstance(expr, Symbol):
            return {ONE: self._size(expr)}
        if isinstance(expr, ARRAYS) or not isinstance(expr, Basic):
            return {ONE: 0}
        definition = definition_of(expr, self.scope)
        if definition is not None:
            return self._defined(definition, expr.args[-len(definition.parameters) :] if definition.parameters else ())
        if isinstance(expr, Add):
            return added(map(self.of, expr.args))
        if isinstance(expr, PRODUCTS):
            return self._of_product(expr)
        if isinstance(expr, Pow | MatPow):
            return self._power(expr)
        return self._node(expr)

    def difference(self, lhs: Any, rhs: Any, free: Sequence[tuple[str, Any]] = ()) -> Growth:
        """Return the growth of the difference of two sides, multiplied by the denominators.

        Free indices that are numbers reach up to their bounds.
        """
        found = added([self.of(lhs), self.of(rhs)])
        for pole, power in list(self.poles.items()):
            found = multiplied([found, *[self.of(pole)] * power])
        for name, upper in free:
            if name in self.indices:
                extent = max(self._extent(upper), 1)
                found = added(
                    {at_bound(key, IndexSymbol(name), upper): degree * extent} for key, degree in found.items()
                )
        if self.values:
            steepest = max(found, key=lambda key: found[key])
            shifts = sum(max(shifts) - min(shifts) for shifts in self.values.values())
            found[steepest] += shifts + UNKNOWN
        return found

    # -- leaves and definitions --------------------------------------------------------------------------------

    def _size(self, symbol: Symbol) -> int:
        if isinstance(symbol, IndexSymbol):
            self.indices.add(symbol.name)
            return 1
        if not self.scope.is_size(symbol.name):
            return 0
        self.names.add(symbol.name)
        return 1

    def _extent(self, dim: Any) -> int:
        """Return the degree of a number of rows, or of the upper bound of a sum; its sizes are numbers."""
        return max(self.of(dim).values()) if isinstance(dim, Expr) else 0

    def _defined(self, definition: Any, arguments: Sequence[Any]) -> Growth:
        if definition.ident in self._inside:
            return {ONE: 0}
        values = {
            parameter.symbol: argument
            for parameter, argument in zip(definition.parameters, arguments, strict=False)
            if parameter.symbol != argument
        }
        self._inside.add(definition.ident)
        try:
            return self.of(rebuild(definition.body, values) if values else definition.body)
        finally:
            self._inside.discard(definition.ident)

    # -- products and powers -----------------------------------------------------------------------------------

    def _of_product(self, expr: Any) -> Growth:
        found = multiplied(map(self.of, expr.args))
        arrays = [arg for arg in expr.args if is_matrix(arg)] if isinstance(expr, MatMul) else []
        arrays = [array for array in arrays if not is_permutation(array)]
        inner = [
            left.shape[1]
            for left, right in pairwise(arrays)
            if has_columns(left, self.scope) or has_columns(right, self.scope)
        ]
        if inner and self._is_generic(expr):
            inner = []
        return raised(found, sum(map(self._extent, inner)))

    def _power(self, expr: Any) -> Growth:
        base, exponent = expr.args if len(expr.args) == 2 else (expr.args[0], Integer(-1))  # an inverse
        if not getattr(exponent, "is_Integer", False):
            return self._exponential(expr, base, exponent)
        power = int(exponent)
        if isinstance(base, Norm) and power % 2 == 0 and power > 0:
            square = raised(multiplied([self.of(base.args[0])] * 2), self._rows(base.args[0]))
            return multiplied([square] * (power // 2))
        if power < 0:
            return self._quotient(expr, base, -power)
        found = self.of(base)
        inner = (power - 1) * self._rows(base) if is_matrix(base) and has_columns(base, self.scope) else 0
        return raised(self._whole_power(found, power), inner)

    def _whole_power(self, growth: Growth, power: int) -> Growth:
        if len(growth) == 1:
            ((key, degree),) = growth.items()
            return {to_power(key, power): degree * power}
        if power > MOST_TERMS:
            raise TooManyTerms
        return multiplied([growth] * power)

    def _quotient(self, expr: Any, base: Any, power: int) -> Growth:
        found = self.inside(base)
        if is_matrix(base) and (max(found.values()) or len(found) > 1):
            return self._value(expr, Integer(0))
        if len(found) == 1:
            ((key, degree),) = found.items()
            if degree:
                self.poles[base] = max(self.poles.get(base, 0), power)
            return {to_power(key, -power): 0}
        self.poles[base] = max(self.poles.get(base, 0), power)
        return {ONE: 0}

    def _exponential(self, expr: Any, base: Any, exponent: Any) -> Growth:
        """Return the growth of a power of which the exponent is no whole number."""
        inner = self.inside(base)
        varies = self.of(exponent) != {ONE: 0}
        if not varies and inner == {ONE: 0}:
            return {ONE: 0}
        found = polynomial_in_sizes(exponent, self.scope)
        parts = denominator(exponent) if found is None else lcm(*(int(each.q) for each in found.coeffs()))
        if not is_nonnegative(base, self.scope) and (parts > 1 or found is None):
            self.period = lcm(self.period, 2 * parts)
        if len(inner) > 1 or max(inner.values()) or (varies and found is None and is_of_sizes(exponent, self.scope)):
            self._note(expr, Integer(0))
        elif not varies and exponent.is_Rational:
            ((key, _),) = inner.items()
            return {to_power(key, exponent): 0}
        elif found is not None and inner == {ONE: 0}:
            return {frozenset({(base, (found - found.eval(dict.fromkeys(found.gens, 0))).as_expr())}): 0}
        return {frozenset({(expr, Integer(1))}): 0}

    # -- other nodes -------------------------------------------------------------------------------------------

    def _node(self, expr: Any) -> Growth:
        if isinstance(expr, IndexSum | MatrixIndexSum):
            return self._index_sum(expr)
        if isinstance(expr, IndexProduct):
            return self._index_product(expr)
        if isinstance(expr, Trace):
            return raised(self.of(expr.args[0]), 0 if self._is_generic(expr.args[0]) else self._rows(expr.args[0]))
        if isinstance(expr, Determinant):
            return self._determinant(expr)
        if isinstance(expr, Inverse):
            return self._quotient(expr, expr.args[0], 1)
        if isinstance(expr, ScalarFunction | MatrixFunction):
            return self._function(expr)
        if isinstance(expr, Density):
            return self._density(expr)
        if isinstance(expr, Delta):
            return {ONE: 0}
        if isinstance(expr, Entry):
            return self.of(expr.args[0])
        if isinstance(expr, Norm):
            return self._norm(expr)
        if isinstance(expr, DefiniteIntegral):
            return self._opaque(expr)
        if isinstance(expr, Instantiated | MatrixInstantiated):
            return self._instantiated(expr)
        if isinstance(expr, _DERIVATIVES):
            found = self.of(expr.args[0])
            return raised(found, self._determined(expr) if found == {ONE: 0} else 1 + self._determined(expr))
        parts = expr.args[:1] if isinstance(expr, Restricted) else expr.args
        if isinstance(expr, MatrixNode):
            parts = tuple(part for part in parts if not isinstance(part, Symbol))  # rows and columns
        return added(self.of(part) for part in parts if isinstance(part, Expr)) or {ONE: 0}

    def _bounds(self, index: Any, lower: Any, upper: Any) -> None:
        """Take note of the number of terms of a sum or product, at the ends of the indices that it depends on."""
        self._uppers[index] = (lower, upper)
        counts = [upper - lower + 1]
        while counts:
            count = counts.pop()
            inner = next((symbol for symbol in count.free_symbols if symbol in self._uppers and symbol != index), None)
            if inner is not None:
                counts += [count.xreplace({inner: bound}) for bound in self._uppers[inner]]
            elif may_be_short(count):
                self.counts.add(count)

    def _index_sum(self, expr: Any) -> Growth:
        body, index, lower, upper = expr.args[:4]
        self._bounds(index, lower, upper)
        found = self.of(body)
        is_number = index.name in self.indices or has_constant_term(body, index)
        if not is_number and self._is_generic(body):  # of entries and members only
            return found
        extent = max(self._extent(lower), self._extent(upper), 1)
        return added(
            {at_bound(key, index, bound): (degree + 1) * extent}
            for key, degree in found.items()
            for bound in (lower, upper)
        )

    def _index_product(self, expr: Any) -> Growth:
        body, index, lower, upper = expr.args[:4]
        self._bounds(index, lower, upper)
        found = self.of(body)
        if lower.is_Integer and upper.is_Integer:
            return self._whole_power(found, max(0, int(upper - lower) + 1))
        if found != {ONE: 0}:
            self._note(expr, Integer(0))
        self._extent(upper)
        return {frozenset({(expr, Integer(1))}): 0}

    def _determinant(self, expr: Any) -> Growth:
        arg = expr.args[0]
        has_factors = any(isinstance(node, MatMul) and not is_matrix(node.args[0]) for node in preorder_traversal(arg))
        if not has_factors and (has_distinct_terms(arg) or self._in_function) and self._is_generic(arg):
            return {ONE: 0}
        if not has_factors and isinstance(arg, MatrixSymbol | MatrixMember):
            return {ONE: 0}
        self._rows(arg)
        return self._opaque(expr)

    def _function(self, expr: Any) -> Growth:
        name, argument = expr.args[0].name, expr.args[-1]
        if name == "exp" and not is_matrix(argument):
            return self._exponential(expr, S.Exp1, argument)
        if name == "log" and isinstance(argument, Density):
            return {ONE: 0 if self._in_function else self._rows(argument.args[0])}
        found = self.inside(argument)
        if name == "log" and (degree := logarithmic(found)) is not None:
            return {ONE: degree}
        if found != {ONE: 0}:
            constant = Integer(0) if is_matrix(argument) else argument.as_coeff_Add()[0]
            return self._value((expr.args[0], argument - constant if constant else argument), constant)
        return {ONE: 0}

    def _norm(self, expr: Any) -> Growth:
        array = expr.args[0]
        if self.of(array) != {ONE: 0} or not self._is_generic(array):
            self._rows(array)
            return self._value(expr, Integer(0))
        return {ONE: 0}

    def _opaque(self, expr: Any) -> Growth:
        if self.of(expr.args[0]) != {ONE: 0}:
            self._note(expr, Integer(0))
        return {frozenset({(expr, Integer(1))}): 0}

    def _instantiated(self, expr: Any) -> Growth:
        body, symbol, value = expr.args[:3]
        return self.of(rebuild(body, {symbol: value}))

    # -- helpers -----------------------------------------------------------------------------------------------

    def _rows(self, array: Any) -> int:
        return self._extent(array.shape[0])

    def _value(self, function: Any, shift: Any) -> Growth:
        """Return the growth of a value of a function that is noted: something of its own, as are its powers."""
        self._note(function, shift)
        return {frozenset({((function, shift), Integer(1))}): 0}

    def _note(self, function: Any, shift: Any) -> None:
        """Take note of a value of a function; those at arguments that differ by a whole number are related."""
        self.values.setdefault(function, set()).add(int(shift) if shift.is_Integer else 0)

    def _is_generic(self, expr: Any) -> bool:
        """Whether no sizes come out of sums of what is in an expression."""
        return not self.is_related and is_generic(expr, self.scope, with_function=self._in_function)

    def _density(self, expr: Any) -> Growth:
        """Return the growth of a density: a power of a number, unless it is of data that do not cancel."""
        if self._in_function or is_generic(expr, self.scope, with_function=True):
            return {ONE: 0}
        self._rows(expr.args[0])
        return {frozenset({(expr, Integer(1))}): 0}

    def _determined(self, derivative: Any) -> int:
        """Return the degree of the traces that come from determinants when they are derived by a number."""
        if is_matrix(derivative) and not isinstance(derivative, MatrixPartial):
            return 0
        determinants = [node for node in preorder_traversal(derivative.args[0]) if isinstance(node, Determinant)]
        return max((self._rows(node.args[0]) for node in determinants), default=0)
