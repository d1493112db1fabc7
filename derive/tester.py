"""The identity test of one statement: true or false as far as found, with evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.conditions import Met
from derive.exact.equation import Outcome
from derive.exact.identity import BRANCH_POINTS, Test
from derive.exact.witness import search
from derive.statement import Statement
from derive.verdict import Counterexample, Evidence

FEW_SIZES = "U611"
_ONE_SIGN = "a root or an absolute value was met on one side of zero only"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the tests say of an equation: true or false as far as found, with evidence."""

    holds: bool | None
    evidence: Evidence | None = None
    counterexample: Counterexample | None = None
    reason: str = ""
    code: str = ""
    outcome: Outcome | None = None

    @property
    def agrees(self) -> bool:
        """Whether the sides agree wherever they were tested, be it at too few sizes: a proof may be looked for."""
        return bool(self.holds) or self.code == FEW_SIZES


class Tester:
    """Tests statements with one seed."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def check(self, statement: Statement, met: Met | None = None, *, witness: bool = True) -> Checked:
        """Test an equation; a refutation always rests on real numbers."""
        equation = statement.equation()
        if met is not None:
            equation = replace(equation, scope=met.scope, constraints=met.constraints, given=met.given)
        checked = self._checked(Test(equation, self.seed), witness)
        doubt = checked.outcome.doubt if checked.outcome is not None else ""
        if checked.holds and doubt:
            return replace(checked, holds=None, reason=doubt, code=FEW_SIZES)
        return checked

    def _checked(self, test: Test, witness: bool) -> Checked:
        exact = test.exact()
        if exact.kind == "out-of-range":
            return Checked(None, reason=exact.reason, code="S213", outcome=exact)
        if exact.kind == "agree":
            return self._confirm(test, exact)
        if exact.kind == "no-point" and not test.has_branches and not test.has_logs:
            return Checked(None, reason=exact.reason, code="U603", outcome=exact)
        return self._real(test, exact, witness)

    def _confirm(self, test: Test, exact: Outcome) -> Checked:
        """Confirm with real numbers where a sign or a branch is not visible in a field."""
        evidence = Evidence("identity-test", exact.assignments, exact.points, exact.bound)
        if not test.has_branches:
            return Checked(True, evidence, outcome=exact)
        balls = test.balls(BRANCH_POINTS)
        if balls.kind == "agree":
            if test.one_sign_only():
                return Checked(None, reason=_ONE_SIGN, code="U603", outcome=balls)
            return Checked(True, evidence, outcome=replace(exact, doubt=exact.doubt or balls.doubt))
        if balls.kind == "differ":
            found = search(test, balls.failing)
            if found is not None:
                return Checked(False, counterexample=found, outcome=balls)
            return Checked(
                None, reason="the two sides differ at real points that could not be shown", code="U605", outcome=balls
            )
        return Checked(None, reason=balls.reason, code="U603" if balls.kind == "no-point" else "U602", outcome=balls)

    def _real(self, test: Test, exact: Outcome, witness: bool) -> Checked:
        """Decide with real numbers what the field does not."""
        if exact.kind == "differ" and witness:
            found = search(test, exact.failing)
            if found is not None:
                return Checked(False, counterexample=found, outcome=exact)
        elif exact.kind == "differ" and not (test.has_logs or test.has_branches):
            return Checked(False, outcome=exact)
        balls = test.balls(BRANCH_POINTS if test.has_branches else 3)
        if balls.kind == "agree":
            if exact.kind == "differ" and not (test.has_logs or test.has_branches):
                return Checked(
                    None,
                    reason="the two sides differ in a finite field, but no real counterexample was found",
                    code="U605",
                    outcome=exact,
                )
            if test.one_sign_only():
                return Checked(None, reason=_ONE_SIGN, code="U603", outcome=balls)
            return Checked(True, Evidence("ball-test", balls.assignments, balls.points, None), outcome=balls)
        if balls.kind == "differ":
            found = search(test, balls.failing) if witness else None
            if found is not None or not witness:
                return Checked(False, counterexample=found, outcome=balls)
            return Checked(
                None, reason="the two sides differ, but no real counterexample was found", code="U605", outcome=balls
            )
        code = "U603" if balls.kind == "no-point" else "S213" if balls.kind == "out-of-range" else "U602"
        return Checked(None, reason=balls.reason, code=code, outcome=balls)
