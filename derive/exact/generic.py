"""Expressions out of which no sizes come as numbers: polynomials in data of which nothing is said.

``tr(A B)`` has no size in it, ``tr(A A^{-1})`` and ``tr(Q Q^T)`` are sizes: what is inverted beside itself, orthogonal,
derived, or put into two functions may cancel, and what is left is added up as often as a size says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol, preorder_traversal
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive.exact.features import definition_of
from derive.expr import (
    Blocks,
    Commutation,
    Density,
    DiagonalMatrix,
    DiagonalOf,
    Entry,
    Gradient,
    IndexSum,
    Jacobian,
    MatrixDifferentiated,
    MatrixFunction,
    MatrixIndexSum,
    MatrixMember,
    MatrixPartial,
    Member,
    Norm,
    ScalarFunction,
    ScalarOf,
    UnitVector,
    Vec,
)
from derive.facts import Fact
from derive.indices import IndexSymbol
from derive.scope import Scope

_LEAVES = (MatrixSymbol, MatrixMember, Member)
_MULTILINEAR = (
    Add,
    Mul,
    MatAdd,
    MatMul,
    HadamardProduct,
    KroneckerProduct,
    Transpose,
    Trace,
    ScalarOf,
    DiagonalOf,
    DiagonalMatrix,
    Vec,
    Blocks,
)
_FUNCTIONS = (ScalarFunction, MatrixFunction, Norm, Density)
_COLUMNS = (
    OneMatrix,
    Vec,
    DiagonalOf,
    DiagonalMatrix,
    HadamardProduct,
    KroneckerProduct,
    UnitVector,
    MatrixFunction,
    MatrixIndexSum,
    Blocks,
    Gradient,
    Jacobian,
    MatrixPartial,
    MatrixDifferentiated,
)
"""Of what is made of these, columns may be vectors of ones; of products, sums and inverses of matrices they are not."""


class _NotGeneric(Exception):
    """Something of which values may be the same whatever the data are."""


def is_generic(expr: Any, scope: Scope, *, with_function: bool = False) -> bool:
    """Whether no part of an expression is visibly or after cancelling the same for all data.

    Parameters
    ----------
    expr : expression
        A number or an array.
    scope : Scope
        What is known.
    with_function : bool
        Whether one function, norm or density of such an expression may stand in each term.

    Examples
    --------
    >>> from derive.facts import Declaration, Kind
    >>> A = MatrixSymbol("A", 2, 2)
    >>> scope = Scope(declarations={"A": Declaration("A", Kind.ARRAY)})
    >>> is_generic(A * A.T, scope), is_generic(MatAdd(A.T, MatMul(A, Inverse(A), A, evaluate=False)), scope)
    (True, False)
    """
    try:
        signs = set(_signs(expr, scope, 1, frozenset(), with_function))
    except _NotGeneric:
        return False
    return all((name, -sign) not in signs for name, sign in signs) and (bool(signs) or with_function)


def _signs(expr: Any, scope: Scope, sign: int, seen: frozenset[str], functions: bool) -> Iterator[tuple[str, int]]:
    """Yield the names of the data in an expression, each with the sign of its exponents."""
    if isinstance(expr, Rational | ZeroMatrix):
        return
    if isinstance(expr, _LEAVES) or type(expr) is Symbol:
        yield _name(expr, scope), sign
        return
    if isinstance(expr, Entry | IndexSum | MatrixIndexSum):
        yield from _signs(expr.args[0], scope, sign, seen, functions)
        return
    definition = definition_of(expr, scope)
    if definition is not None and definition.ident not in seen and not isinstance(expr, MatrixFunction):
        yield from _signs(definition.body, scope, sign, seen | {definition.ident}, functions)
        return
    if isinstance(expr, Inverse | Pow | MatPow):
        power = expr.args[1] if len(expr.args) == 2 else Integer(-1)
        if not isinstance(power, Integer) or power == 0:
            raise _NotGeneric
        yield from _signs(expr.args[0], scope, sign if power > 0 else -sign, seen, functions and power == 1)
        return
    if functions and isinstance(expr, _FUNCTIONS):
        _check_inside(_arguments(expr), scope, seen)
        return
    if not isinstance(expr, _MULTILINEAR):
        raise _NotGeneric
    yield from _parts(expr, scope, sign, seen, functions)


def _parts(expr: Any, scope: Scope, sign: int, seen: frozenset[str], functions: bool) -> Iterator[tuple[str, int]]:
    with_function = 0
    for part in expr.args:
        if isinstance(expr, Blocks) and isinstance(part, IndexSymbol | Integer):
            continue
        try:
            yield from list(_signs(part, scope, sign, seen, False))
        except _NotGeneric:
            with_function += 1
            if not functions or with_function > 1:
                raise
            yield from _signs(part, scope, sign, seen, True)


def _arguments(function: Any) -> Any:
    """Return what a function, norm or density is applied to."""
    if isinstance(function, Density):
        return function.args
    return function.args[:1] if isinstance(function, Norm) else function.args[-1:]


def _check_inside(arguments: Any, scope: Scope, seen: frozenset[str]) -> None:
    """Check that the arguments of a function are generic and share no data, so that its values are not all alike."""
    names: Counter[str] = Counter()
    for argument in arguments:
        found = set(_signs(argument, scope, 1, seen, False))
        if any((name, -sign) in found for name, sign in found):
            raise _NotGeneric
        names.update({name for name, _ in found})
    if not names or max(names.values()) > 1:
        raise _NotGeneric


def _name(leaf: Any, scope: Scope) -> str:
    """Return the name of data of which nothing is said that relates their entries to numbers."""
    name = str(leaf.name if isinstance(leaf, Symbol) else leaf.args[0].name)
    declaration = scope.declarations.get(name)
    if isinstance(leaf, IndexSymbol) or scope.is_size(name) or declaration is None:
        raise _NotGeneric
    if Fact.ORTHOGONAL in declaration.facts:
        raise _NotGeneric
    return name


def has_columns(array: Any, scope: Scope) -> bool:
    """Whether columns of an array, or of a definition in it, may be vectors of ones, so that products are sizes.

    Parameters
    ----------
    array : expression
        An array.
    scope : Scope
        What is known.

    Examples
    --------
    >>> from sympy.matrices.expressions import OneMatrix
    >>> has_columns(2 * OneMatrix(3, 1), Scope()), has_columns(MatrixSymbol("A", 3, 3), Scope())
    (True, False)
    """
    stack, seen = [array], set[str]()
    while stack:
        for node in preorder_traversal(stack.pop()):
            if isinstance(node, _COLUMNS):
                return True
            definition = definition_of(node, scope)
            if definition is not None and definition.ident not in seen:
                seen.add(definition.ident)
                stack.append(definition.body)
    return False


def is_permutation(array: Any) -> bool:
    """Whether an array is made of identities and commutation matrices, so that its products add nothing up.

    Parameters
    ----------
    array : expression
        An array.

    Examples
    --------
    >>> from sympy.matrices.expressions import Identity
    >>> is_permutation(KroneckerProduct(Identity(2), Identity(3))), is_permutation(MatrixSymbol("A", 2, 2))
    (True, False)
    """
    if isinstance(array, KroneckerProduct | MatMul | Transpose):
        return all(map(is_permutation, array.args))
    return isinstance(array, Identity | Commutation)


def has_distinct_terms(matrix: Any) -> bool:
    """Whether the terms of a sum are of different data, so that none are alike; a product is one term.

    Parameters
    ----------
    matrix : expression
        A matrix.

    Examples
    --------
    >>> A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    >>> has_distinct_terms(A + B * B.T), has_distinct_terms(MatAdd(A * B, B * A))
    (True, False)
    """
    terms = matrix.args if isinstance(matrix, MatAdd) else (matrix,)
    found: set[Any] = set()
    for term in terms:
        leaves: Counter[str] = Counter()
        stack: list[Collection[Any]] = [[term]]
        while stack:
            for node in stack.pop():
                if isinstance(node, _LEAVES) or type(node) is Symbol:
                    leaves[str(node)] += 1
                elif isinstance(node, MatMul | Mul | Transpose):
                    stack.append(node.args)
                elif not isinstance(node, Rational):
                    return False
        key = frozenset(leaves.items())
        if key in found:
            return False
        found.add(key)
    return True
