"""What in an expression depends on sizes and indices, and what is made of them alone."""

from __future__ import annotations

from typing import Any

from sympy import Add, Basic, Mul, Poly, PolynomialError, Pow, Rational, Symbol
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive.expr import (
    Call,
    Commutation,
    IndexProduct,
    IndexSum,
    MatrixCall,
    MatrixIndexSum,
    MatrixMember,
    MatrixNode,
    Member,
    ScalarOf,
    UnitVector,
)
from derive.indices import IndexSymbol
from derive.scope import Scope

ARRAYS = (MatrixSymbol, Identity, ZeroMatrix, OneMatrix, MatrixMember, Member, UnitVector, Commutation)
"""What has sizes that are no numbers in it."""
PRODUCTS = (Mul, MatMul, HadamardProduct, KroneckerProduct)


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
    if isinstance(expr, ARRAYS):
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


def polynomial_in_sizes(exponent: Any, scope: Scope) -> Poly | None:
    """Return an exponent as a polynomial in sizes and indices, or None."""
    if not is_of_sizes(exponent, scope) or not exponent.free_symbols:
        return None
    try:
        return Poly(exponent, *sorted(exponent.free_symbols, key=lambda symbol: symbol.name), domain="QQ")
    except PolynomialError:
        return None


def denominator(exponent: Any) -> int:
    """Return the denominator of an exponent; 2 stands for one that has sizes in it."""
    return int(exponent.q) if exponent.is_Rational else 2


def is_of_sizes(expr: Any, scope: Scope) -> bool:
    """Whether an expression is made of sizes, indices and numbers by arithmetic."""
    if isinstance(expr, Symbol):
        return isinstance(expr, IndexSymbol) or scope.is_size(expr.name)
    if isinstance(expr, Add | Mul | Pow):
        return all(is_of_sizes(arg, scope) for arg in expr.args)
    return isinstance(expr, Rational)


def has_constant_term(expr: Any, index: Any) -> bool:
    """Whether a term of an expression is the same for all values of an index."""
    if index not in expr.free_symbols:
        return True
    if isinstance(expr, Add | MatAdd):
        return any(has_constant_term(arg, index) for arg in expr.args)
    if isinstance(expr, (*PRODUCTS, Pow, Trace, Transpose, ScalarOf)):
        return all(has_constant_term(arg, index) for arg in expr.args)
    return False
