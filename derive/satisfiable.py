"""Conditions that no point satisfies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Integer, Rational

from derive.conditions import Met, meet
from derive.exact.domain import NoPoint, NotEvaluable, Rationals
from derive.exact.evaluate import OutOfRange
from derive.exact.identity import Test
from derive.exact.sample import Constraints
from derive.exact.signs import is_nonnegative
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
    return is_nonnegative(quantity, scope)
