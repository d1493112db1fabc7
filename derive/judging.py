"""Two sides judged in the layout that fits, and what becomes of sides that make no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.counting import NO_POLYNOMIAL, WHOLE_NUMBERS
from derive.integrals import has_integral, judge_integrals
from derive.judge import Judge
from derive.options import Options
from derive.scope import Scope
from derive.statement import Reading, Statement, state
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Verdict

LAYOUT_NOTE = "∂y/∂x is read in {} layout, in which this holds"


def judge_nodes(
    left: Any, right: Any, scope: Scope, reading: Reading, infer: bool, options: Options
) -> tuple[Judgement, Statement]:
    """Judge two sides; where the layout matters and is open, the one under which they agree is taken, and said."""
    judge = Judge(options.seed)
    layouts = [reading.layout, "denominator"] if infer else [reading.layout]
    found: list[tuple[Judgement, Statement, str]] = []
    problem: Malformed | None = None
    for layout in layouts:
        try:
            statement = state(left, right, scope, Reading(layout, reading.symmetric))
        except Malformed as caught:
            problem = problem or caught
            continue
        found.append((_judged(judge, statement, scope), statement, layout))
        if not statement.layout_used:
            break
    if not found:
        assert problem is not None
        raise problem
    judgement, statement, layout = min(found, key=lambda one: one[0].verdict.severity)
    holding = [one for one in found if one[0].verdict in TRUE]
    if infer and statement.layout_used and len(holding) == 1:
        judgement = replace(judgement, notes=(*judgement.notes, LAYOUT_NOTE.format(layout)))
    return judgement, statement


def _judged(judge: Judge, statement: Statement, scope: Scope) -> Judgement:
    if has_integral(statement):
        return judge_integrals(judge, statement, scope.conditions)
    return _of_counts(judge.claim(statement, scope.conditions), statement)


def _of_counts(judgement: Judgement, statement: Statement) -> Judgement:
    """Return a judgement in which a claim with factorials is refuted only at a point of whole numbers."""
    if judgement.verdict not in (Verdict.REFUTED, Verdict.CONDITIONAL) or WHOLE_NUMBERS not in statement.notes:
        return judgement
    example = judgement.counterexample
    if example is not None and NO_POLYNOMIAL not in statement.notes and _are_whole(list(example.values.values())):
        return judgement
    message = f"not an identity at every number, but {WHOLE_NUMBERS}"
    return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)


def _are_whole(value: Any) -> bool:
    """Whether all numbers of a point are natural numbers."""
    return all(map(_are_whole, value)) if isinstance(value, list) else isinstance(value, int) and value >= 0


def both_directions(forward: Judgement, backward: Judgement) -> Judgement:
    """Return the judgement of an equivalence from those of its two implications."""
    for first, second, arrow in ((forward, backward, "⇐"), (backward, forward, "⇒")):
        if first.verdict in TRUE and second.verdict is Verdict.REFUTED:
            message = f"one direction only: {'⇒' if arrow == '⇐' else '⇐'} follows, {arrow} does not"
            return replace(second, code="E312", message=message)
    if forward.verdict in TRUE and backward.verdict in TRUE:
        return max(forward, backward, key=lambda one: one.verdict.severity)
    if Verdict.REFUTED in (forward.verdict, backward.verdict):
        return forward if forward.verdict is Verdict.REFUTED else backward
    open_one = "⇐" if forward.verdict in TRUE else "⇒" if backward.verdict in TRUE else "⇒ and ⇐"
    return Judgement(Verdict.UNDECIDED, "J502", f"one direction of the equivalence is not decided: {open_one}")


def problem_judgement(problem: Unreadable | Malformed) -> Judgement:
    """Return the judgement for a relation that could not be elaborated."""
    if isinstance(problem, Malformed):
        return Judgement(Verdict.MALFORMED, problem.code, problem.message)
    verdict = Verdict.UNDECIDED if problem.code.startswith("U") else Verdict.UNREAD
    return Judgement(verdict, problem.code, problem.message)
