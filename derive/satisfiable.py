"""Conditions that no point satisfies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational
from sympy.matrices.expressions import MatMul, Transpose

from derive.conditions import Met, meet
from derive.exact.domain import NoPoint, NotEvaluable, Rationals
from derive.exact.evaluate import OutOfRange
from derive.exact.identity import Test
from derive.exact.sample import Constraints
from derive.expr import IndexSum, Norm, ScalarFunction, ScalarOf
from derive.facts import Fact
from derive.scope import Condition, Scope
from derive.statement import Statement

_ATTEMPTS = 6


def contradiction(statement: Statement, earlier: tuple[Condition, ...], seed: int = 0) -> str:
    """Return why a condition cannot be met alongside those before it, or nothing.

    Two arguments are used: the difference of the sides is the same nonzero number wherever the earlier conditions hold;
    and a quantity that is never negative is set to a negative number.
    """
    if _impossible_sign(statement.lhs, statement.rhs, statement.scope) or _impossible_sign(
        statement.rhs, statement.lhs, statement.scope
    ):
        return "no point satisfies it: a quantity that is never negative is set to a negative number"
    met = Met(statement.scope, Constraints())
    for condition in earlier:
        found = meet(condition, met.scope)
        if found is not None and not set(found.constraints.makers) & set(met.constraints.makers):
            met = Met(found.scope, met.constraints.merged(found.constraints))
    if _differs_by_a_constant(statement, met, seed):
        return "no point satisfies it alongside the declarations and the conditions before it"
    return ""


def _differs_by_a_constant(statement: Statement, met: Met, seed: int) -> bool:
    """Whether the difference of the sides is the same and not zero at several rational points, at all sizes tried."""
    equation = replace(statement.equation(), scope=met.scope, constraints=met.constraints)
    test = Test(equation, seed)
    answers = []
    for assignment in test.assignments():
        found: set[tuple[str, ...]] = set()
        points = 0
        for attempt in range(_ATTEMPTS):
            evaluator = test.evaluator([Rationals()], assignment, f"{seed}/contradiction/{attempt}", 3)
            try:
                entries: list[str] = []
                for case in test.cases(evaluator):
                    left, right = test.sides(evaluator, case)
                    difference = left - right
                    is_matrix = evaluator.domains[0].is_matrix(difference)
                    entries += [str(entry) for entry in (difference.entries() if is_matrix else [difference])]
            except (NoPoint, NotEvaluable, OutOfRange, IndexError):
                continue
            found.add(tuple(entries))
            points += 1
        if points >= _ATTEMPTS // 2:
            answers.append(len(found) == 1 and any(entry != "0" for entry in next(iter(found))))
    return bool(answers) and all(answers)


def _impossible_sign(quantity: Any, number: Any, scope: Scope) -> bool:
    if not (isinstance(number, Rational | Integer) and number < 0):
        return False
    return _is_nonnegative(quantity, scope)


def _is_nonnegative(expr: Any, scope: Scope) -> bool:
    """Whether an expression is visibly never negative: squares, norms, sums and products of such."""
    if isinstance(expr, Rational | Integer):
        return bool(expr >= 0)
    if isinstance(expr, Norm):
        return True
    if isinstance(expr, ScalarFunction):
        return expr.args[0].name in ("exp", "abs", "sigmoid", "cosh")
    if isinstance(expr, Pow):
        exponent = expr.args[1]
        return (isinstance(exponent, Integer) and int(exponent) % 2 == 0) or _is_nonnegative(expr.args[0], scope)
    if isinstance(expr, Add | Mul):
        return all(_is_nonnegative(arg, scope) for arg in expr.args)
    if isinstance(expr, IndexSum):
        return _is_nonnegative(expr.args[0], scope)
    if isinstance(expr, ScalarOf) and isinstance(expr.args[0], MatMul):
        args = expr.args[0].args
        return len(args) == 2 and isinstance(args[0], Transpose) and args[0].args[0] == args[1]
    name = getattr(expr, "name", None) or getattr(expr.args[0] if expr.args else None, "name", None)
    declaration = scope.declarations.get(str(name))
    return (
        declaration is not None
        and declaration.shape is None
        and bool(declaration.facts & {Fact.POSITIVE, Fact.NONNEGATIVE})
    )
