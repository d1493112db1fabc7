"""SymPy expression and scope to array program: one function a node type, over a closed table.

Families become leading axes, a free index an axis of the result, a sum over an index a reduction. A sum's index takes
the axis of another index of the same range where that one is not used inside, so that `a_k / Σ_j a_j` computes its
terms once. The rules stand in `numeric.lower_symbols`, `numeric.lower_algebra` and `numeric.lower_sums`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Integer

from derive.indices import IndexSymbol
from derive.scope import Scope
from numeric.lower_algebra import log_density
from numeric.lower_sums import FUNCTIONS
from numeric.lower_symbols import entry, number_of
from numeric.lowering import Env, Lowering, NotLowered, Rule, operators, rule
from numeric.program import Dim, Place, Program

__all__ = [
    "FUNCTIONS",
    "UNLOWERED",
    "Env",
    "Lowering",
    "NotLowered",
    "Rule",
    "entry",
    "free_letters",
    "log_density",
    "lowered",
    "lowered_all",
    "number_of",
    "operators",
    "rule",
]


def lowered(expr: Any, scope: Scope, free: Iterable[tuple[str, Dim]] = ()) -> Program:
    """Return the program of an expression.

    Parameters
    ----------
    expr : sympy.Basic
        The expression.
    scope : Scope
        What is declared of its symbols, and the definitions it uses.
    free : iterable of (letter, size)
        The free indices: the axes of the result, in this order.

    Returns
    -------
    Program
        One result; arguments in the order of the declarations.

    Raises
    ------
    NotLowered
        If something has no array operation; the message names it.

    Examples
    --------
    >>> from derive.problem import Problem
    >>> problem = Problem([r"A \\in \\mathbb{R}^{n \\times n}", r"x \\in \\mathbb{R}^n"])
    >>> lowered(problem.expr(r"A x"), problem.scope).outputs[0].op
    'matmul'
    """
    return lowered_all([expr], scope, [tuple(free)])


def lowered_all(exprs: Iterable[Any], scope: Scope, free: Iterable[tuple[tuple[str, Dim], ...]]) -> Program:
    """Return one program of several expressions, which share their axes and parts."""
    lowering = Lowering(scope)
    outputs, axes = [], []
    for expr, letters in zip(exprs, free, strict=True):
        env: dict[str, Place] = {}
        for letter, size in letters:
            used = [place.axis for place in env.values() if place.axis is not None]
            env[letter] = Place(lowering.axis(letter, size, Integer(1), used), Integer(0))
        outputs.append(lowering.lower(expr, env))
        axes.append(tuple(place.axis for place in env.values() if place.axis is not None))
    order = {key: place for place, key in enumerate(scope.declarations)}
    known = sorted(lowering.arguments.values(), key=lambda a: (order.get(a.key, len(order)), a.order or 0))
    return Program(tuple(known), tuple(outputs), tuple(axes))


def free_letters(expr: Any) -> tuple[str, ...]:
    """Return the index letters that no sum binds, in the order in which they occur.

    Examples
    --------
    >>> from derive.problem import Problem
    >>> problem = Problem([r"r_{nk} \\in \\mathbb{R}, n = 1, \\dots, N, k = 1, \\dots, K"])
    >>> free_letters(problem.expr(r"\\sum_n r_{nk}"))
    ('k',)
    """
    found: dict[str, None] = {}
    _collect(expr, frozenset(), found)
    return tuple(found)


def _collect(expr: Any, bound: frozenset[str], found: dict[str, None]) -> None:
    if isinstance(expr, IndexSymbol):
        if expr.name not in bound:
            found[expr.name] = None
        return
    if type(expr).__name__ in ("IndexSum", "MatrixIndexSum", "IndexProduct"):
        body, index, *rest = expr.args
        for arg in rest[:2]:
            _collect(arg, bound, found)
        for arg in (body, *rest[2:]):
            _collect(arg, bound | {index.name}, found)
        return
    for arg in expr.args:
        _collect(arg, bound, found)


UNLOWERED = {
    "DefiniteIntegral": "integrals are not computed",
    "Differentiated": "a differential is not a number; results have none",
    "MatrixDifferentiated": "as Differentiated",
    "Gradient": "derived first: `numeric.generate` is given results",
    "Jacobian": "as Gradient",
    "ScalarPartial": "as Gradient",
    "MatrixPartial": "as Gradient",
}
"""Node types that the exact evaluator knows and that have no array operation, with the reason."""
