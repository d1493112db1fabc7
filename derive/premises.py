"""Conditions in scope: which of them a claim may rest on, and points that satisfy them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Integer

from derive.conditions import Met, meet, relevant, solvable, unknowns
from derive.exact.identity import Test
from derive.exact.newton import solved_near
from derive.exact.sample import Constraints
from derive.exact.solve import solved_for
from derive.exact.witness import has_real_point
from derive.scope import Condition, Dependencies
from derive.statement import Statement
from derive.tester import Tester

_SOLVED: dict[Any, tuple[str | None, Condition, tuple[Condition, ...]]] = {}
"""The unknown that a condition was solved for, remembered over the claims of a document; it keeps its keys alive."""


class Premises(Tester):
    """Meets conditions by construction, by solving them, or by Newton's method."""

    def applicable(self, statement: Statement, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        dependencies = Dependencies(statement.scope.definitions)
        names = dependencies.of(statement.lhs) | dependencies.of(statement.rhs)
        found: list[Condition] = []
        changed = True
        while changed:  # a condition on a symbol of another condition matters, too
            changed = False
            for condition in conditions:
                if condition not in found and relevant(condition, names, dependencies, statement.scope):
                    found.append(condition)
                    names |= dependencies.of(condition.lhs) | dependencies.of(condition.rhs)
                    changed = True
        return tuple(condition for condition in conditions if condition in found)

    def met(
        self, statement: Statement, conditions: tuple[Condition, ...]
    ) -> tuple[Met, list[Condition], list[Condition]]:
        """Return the conditions met by construction, those used and those that cannot be."""
        met = Met(statement.scope, Constraints())
        used: list[Condition] = []
        later: list[Condition] = []
        for condition in conditions:
            found = meet(condition, met.scope)
            if found is None or met.taken() & set(found.constraints.makers) or (found.constraints.bases & met.taken()):
                later.append(condition)
                continue
            met = met.joined(found, condition)
            used.append(condition)
        unmet: list[Condition] = []
        for condition in later:
            solved = self._solve(statement, met, condition)
            if solved is None:
                unmet.append(condition)
                continue
            met = solved
            used.append(condition)
        return met, [condition for condition in conditions if condition in used], unmet

    def _solve(self, statement: Statement, met: Met, condition: Condition) -> Met | None:
        """Return the condition solved for an unknown in which it is linear, at some sizes at least."""
        key = (self.seed, id(condition), *(id(other) for other in met.given))
        if key not in _SOLVED:
            _SOLVED[key] = (self._unknown(statement, met, condition), condition, met.given)
        name = _SOLVED[key][0]
        if name is None or name in met.taken():
            return None
        return met.joined(Met(met.scope, solved_for(name, condition)), condition)

    def _unknown(self, statement: Statement, met: Met, condition: Condition) -> str | None:
        dependencies = Dependencies(statement.scope.definitions)
        for name in unknowns(condition, met.scope, dependencies):
            if name in met.taken():
                continue
            trial = met.joined(Met(met.scope, solved_for(name, condition)), condition)
            trivial = replace(
                statement.equation(),
                lhs=Integer(0),
                rhs=Integer(0),
                free=(),
                order=None,
                scope=trial.scope,
                constraints=trial.constraints,
                given=trial.given,
            )
            if Test(trivial, self.seed).has_point():
                return name
        return None

    def _can_be_met(self, statement: Statement, conditions: tuple[Condition, ...]) -> bool:
        """Whether a point is found that satisfies conditions where a claim is defined: else it says nothing."""
        met, _, unmet = self.met(statement, conditions)
        equation = replace(statement.equation(), scope=met.scope, constraints=met.constraints, given=met.given)
        if not unmet and has_real_point(Test(equation, self.seed)):
            return True
        near = self._near_solutions(statement, conditions)
        return near is not None and has_real_point(near)

    def _near_solutions(self, statement: Statement, conditions: tuple[Condition, ...]) -> Test | None:
        """Return a test whose points are proved to satisfy all conditions, by Newton's method where necessary."""
        met = Met(statement.scope, Constraints())
        rest: list[Condition] = []
        for condition in conditions:
            found = meet(condition, met.scope)
            if found is None or met.taken() & set(found.constraints.makers) or (found.constraints.bases & met.taken()):
                rest.append(condition)
            else:
                met = met.joined(found, condition)
        names = solvable(rest, met, Dependencies(statement.scope.definitions))
        if not names:
            return None
        constraints = met.constraints.merged(solved_near(names, rest))
        equation = replace(statement.equation(), scope=met.scope, constraints=constraints, given=(*met.given, *rest))
        return Test(equation, self.seed)
