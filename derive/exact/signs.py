"""What is visibly positive or never negative, and which matrices are definite: by what is declared and by form."""

from __future__ import annotations

from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.core.numbers import Exp1, Pi
from sympy.matrices.expressions import (
    Determinant,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    Trace,
    Transpose,
)

from derive.expr import (
    Call,
    Density,
    IndexProduct,
    IndexSum,
    MatrixCall,
    MatrixIndexSum,
    MatrixMember,
    Member,
    Norm,
    ScalarFunction,
    ScalarOf,
    is_matrix,
)
from derive.facts import Declaration, Fact
from derive.names import IndexSymbol
from derive.scope import Scope

_POSITIVE = frozenset({"exp", "sigmoid", "cosh", "sech", "softplus"})
_NONNEGATIVE = _POSITIVE | {"abs", "sqrt", "relu"}
_DEFINITE = frozenset({Fact.DEFINITE})
_SEMIDEFINITE = frozenset({Fact.DEFINITE, Fact.SEMIDEFINITE})


def is_positive(expr: Any, scope: Scope) -> bool:
    """Whether an expression is visibly positive wherever it is defined."""
    match expr:
        case Rational():
            return bool(expr > 0)
        case Pi() | Exp1():
            return True
        case IndexSymbol():
            return False  # a sum may begin at zero
        case Symbol() | Member():
            name = _name(expr)
            return scope.is_size(name) or _has(scope, name, frozenset({Fact.POSITIVE}))
        case ScalarFunction():
            is_gamma = expr.args[0].name == "gamma" and is_positive(expr.args[2], scope)
            return int(expr.args[1]) == 0 and (expr.args[0].name in _POSITIVE or is_gamma)
        case Mul() | IndexProduct():
            factors = expr.args if isinstance(expr, Mul) else expr.args[:1]
            return all(is_positive(arg, scope) for arg in factors)
        case Add():
            return _all_one(expr.args, scope, is_nonnegative, is_positive)
        case Pow():
            return is_positive(expr.args[0], scope)
        case Density():
            return is_definite(expr.args[2], scope)
        case Determinant() | Trace():
            return is_definite(expr.args[0], scope)
        case Call():
            body = _body(expr, scope)
            return body is not None and is_positive(body, scope)
    return False


def is_nonnegative(expr: Any, scope: Scope) -> bool:
    """Whether an expression is visibly never negative: squares, norms, sums and products of such.

    Examples
    --------
    >>> x = Symbol("x")
    >>> is_nonnegative(x**2, Scope()), is_nonnegative(x, Scope())
    (True, False)
    """
    if is_positive(expr, scope):
        return True
    match expr:
        case Rational():
            return bool(expr >= 0)
        case Norm() | Density():
            return True
        case ScalarFunction():
            return int(expr.args[1]) == 0 and expr.args[0].name in _NONNEGATIVE
        case Pow():
            return _is_even(expr.args[1]) or _is_half(expr.args[1]) or is_nonnegative(expr.args[0], scope)
        case Add() | Mul():
            return all(is_nonnegative(arg, scope) for arg in expr.args)
        case IndexSum() | IndexProduct():
            return is_nonnegative(expr.args[0], scope)
        case Determinant() | Trace() | ScalarOf():
            return is_semidefinite(expr.args[0], scope)
        case IndexSymbol():
            return False
        case Symbol() | Member():
            return _has(scope, _name(expr), frozenset({Fact.POSITIVE, Fact.NONNEGATIVE}))
        case Call():
            body = _body(expr, scope)
            return body is not None and is_nonnegative(body, scope)
    return False


def is_definite(matrix: Any, scope: Scope) -> bool:
    """Whether a matrix is visibly positive definite wherever it is defined."""
    match matrix:
        case MatrixSymbol() | MatrixMember():
            return _has(scope, matrix.args[0].name, _DEFINITE)
        case Identity():
            return True
        case Inverse() | Transpose():
            return is_definite(matrix.args[0], scope)
        case MatAdd():
            return _all_one(matrix.args, scope, is_semidefinite, is_definite)
        case KroneckerProduct():
            return all(is_definite(arg, scope) for arg in matrix.args)
        case MatrixCall():
            body = _body(matrix, scope)
            return body is not None and is_definite(body, scope)
    if type(matrix) is MatPow:
        return is_definite(matrix.args[0], scope)
    if isinstance(matrix, MatMul):
        arrays = [arg for arg in matrix.args if is_matrix(arg)]
        scalars = [arg for arg in matrix.args if not is_matrix(arg)]
        return len(arrays) == 1 and is_definite(arrays[0], scope) and all(is_positive(arg, scope) for arg in scalars)
    return False


def is_semidefinite(matrix: Any, scope: Scope) -> bool:
    """Whether a matrix is visibly positive semidefinite wherever it is defined."""
    if is_definite(matrix, scope):
        return True
    match matrix:
        case MatrixSymbol() | MatrixMember():
            return _has(scope, matrix.args[0].name, _SEMIDEFINITE)
        case Inverse() | Transpose() | MatrixIndexSum():
            return is_semidefinite(matrix.args[0], scope)
        case MatAdd() | KroneckerProduct():
            return all(is_semidefinite(arg, scope) for arg in matrix.args)
        case MatrixCall():
            body = _body(matrix, scope)
            return body is not None and is_semidefinite(body, scope)
        case MatMul():
            arrays = [arg for arg in matrix.args if is_matrix(arg)]
            scalars = [arg for arg in matrix.args if not is_matrix(arg)]
            return _is_congruence(arrays, scope) and all(is_nonnegative(arg, scope) for arg in scalars)
    return False


def _is_congruence(arrays: list[Any], scope: Scope) -> bool:
    """Whether a product of matrices is ``BᵀMB`` with a semidefinite M, or ``BᵀB``."""
    while len(arrays) > 1 and _transposed(arrays[0], arrays[-1]):
        arrays = arrays[1:-1]
    return not arrays or (len(arrays) == 1 and is_semidefinite(arrays[0], scope))


def _transposed(left: Any, right: Any) -> bool:
    """Whether one matrix is written as the transpose of the other."""
    return (isinstance(left, Transpose) and left.args[0] == right) or (
        isinstance(right, Transpose) and right.args[0] == left
    )


def _all_one(args: Any, scope: Scope, every: Any, one: Any) -> bool:
    return all(every(arg, scope) for arg in args) and any(one(arg, scope) for arg in args)


def _is_even(exponent: Any) -> bool:
    return isinstance(exponent, Integer) and int(exponent) % 2 == 0


def _is_half(exponent: Any) -> bool:
    """Whether an exponent asks for the principal root, which is never negative, or for an odd power of it."""
    return isinstance(exponent, Rational) and int(exponent.q) == 2


def _name(expr: Any) -> str:
    return str(expr.name if isinstance(expr, Symbol) else expr.args[0].name)


def _has(scope: Scope, name: str, facts: frozenset[Fact]) -> bool:
    declaration: Declaration | None = scope.declarations.get(name)
    return declaration is not None and bool(declaration.facts & facts)


def _body(expr: Any, scope: Scope) -> Any:
    """Return what a symbol is defined as; None for a function, whose arguments may be anything."""
    definition = scope.definitions.get(expr.args[0].name)
    if definition is None or not all(parameter.is_index for parameter in definition.parameters):
        return None
    return definition.body
