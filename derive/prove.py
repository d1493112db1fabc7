"""Search for a certificate of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.certificate import Certificate, replay
from derive.encode import Encoder, NotEncodable
from derive.kernel import Kernel, NotShown, Rejected, Step, TooMuchWork
from derive.normal.search import Finder
from derive.polynomial import Poly
from derive.scope import Condition
from derive.statement import Statement
from derive.term import Term

MAX_MULTIPLIERS = 4


class Attempt(Kernel):
    """A kernel in search: a step that is rejected is left out."""

    def __init__(
        self, facts: Mapping[str, frozenset[str]], finder: Finder, given: Mapping[str, tuple[Term, Term]] | None = None
    ) -> None:
        super().__init__(facts, self.proposed, given)
        self.refused: list[str] = []
        self.not_shown: list[tuple[str, Term]] = []
        self.unanswered: list[Term] = []
        self.asked_for: list[str] = []
        self.finder = finder
        finder.bind(self)
        self.leads = [(name, self.raw.canon(lhs), _free(lhs)) for name, (lhs, _) in (given or {}).items()]

    def proposed(self, question: Term) -> Step | None:
        """Propose what is given, or else a rule."""
        for name, lead, free in self.leads:
            found = _matched(lead, question, free) if lead.op == question.op else None
            if found is not None:
                return Step(name, found)
        found_step = self.finder(question)
        (self.unanswered.append(question) if found_step is None else self.asked_for.append(question.key))
        return found_step

    def apply(self, step: Step, question: Term) -> Poly | None:
        """Return what a step makes of a term, or None where it is rejected."""
        try:
            return super().apply(step, question)
        except Rejected as problem:
            self.refused.append(str(problem))
            if isinstance(problem, NotShown):
                self.not_shown.append((problem.condition, problem.value))
            return None


def _free(term: Term) -> tuple[Term, ...]:
    found: dict[Term, None] = {}
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op == "ix" and "#" not in node.args[0] and "%" not in node.args[0]:
            found[node] = None
        stack.extend(arg for arg in node.args if isinstance(arg, Term))
    return tuple(found)


def _matched(lead: Term, question: Term, free: tuple[Term, ...]) -> dict[str, Term] | None:
    """Return the values of free indices that make the two terms equal."""
    found: dict[str, Term] = {}
    stack = [(lead, question)]
    while stack:
        one, two = stack.pop()
        if one in free and two.op == "ix" and two.args[1:] == one.args[1:]:
            if found.setdefault(one.args[0], two) != two:
                return None
        elif one.op != two.op or len(one.args) != len(two.args):
            return None
        else:
            for a, b in zip(one.args, two.args, strict=True):
                if isinstance(a, Term) and isinstance(b, Term):
                    stack.append((a, b))
                elif a != b:
                    return None
    return found


def prove(statement: Statement, given: tuple[Condition, ...] = ()) -> Certificate | None:
    """Return a replayed certificate for a statement, or None if none was found.

    Parameters
    ----------
    statement
        The claim.
    given
        Conditions it may rest on.
    """
    if statement.order is not None or all(statement.one_sided):
        return None
    encoder = Encoder(statement.scope, statement.free, statement.varying)
    try:
        lhs, rhs = encoder.encode(statement.lhs), encoder.encode(statement.rhs)
    except NotEncodable:
        return None
    hypotheses = {}
    for condition in given:
        inner = Encoder(statement.scope, condition.free)
        inner.facts = encoder.facts
        try:
            hypotheses[f"given {condition.text}"] = inner.encode(condition.lhs), inner.encode(condition.rhs)
        except NotEncodable:
            continue
    return prove_terms(lhs, rhs, encoder.facts, hypotheses)


def prove_terms(
    lhs: Term,
    rhs: Term,
    facts: Mapping[str, frozenset[str]],
    given: Mapping[str, tuple[Term, Term]] | None = None,
) -> Certificate | None:
    """Return a replayed certificate that two terms are equal, or None if none was found."""
    for by_entries in (False, True) if "(e " in lhs.key + rhs.key else (False,):
        try:
            found = _search(lhs, rhs, facts, given or {}, by_entries)
            if found is not None:
                replay(found)
                return found
        except (Rejected, TooMuchWork, RecursionError):
            continue
    return None


def _search(
    lhs: Term, rhs: Term, facts: Mapping[str, frozenset[str]], given: Mapping[str, Any], by_entries: bool = False
) -> Certificate | None:
    attempt = Attempt(facts, Finder(by_entries, jacobian="(jac " in lhs.key + rhs.key), given)
    left = attempt.difference(lhs, rhs)
    multipliers: list[tuple[str, Term]] = []
    while left and len(multipliers) < MAX_MULTIPLIERS:
        found = _multiplier(attempt, left)
        if found is None:
            return None
        left = attempt.multiplied(left, *found)
        multipliers.append(found)
    if left:
        return None
    used = {step.rule for step in attempt.used.values()}
    hypotheses = {name: sides for name, sides in given.items() if name in used}
    return Certificate(lhs, rhs, facts, attempt.used, tuple(multipliers), hypotheses)


def _multiplier(attempt: Attempt, left: Poly) -> tuple[str, Term] | None:
    """Return what to multiply a difference by: a denominator, or a sum that is inverted at one end of a word."""
    for mono, _ in left:
        for base, exponent in mono:
            if base.op == "+" and not isinstance(exponent, Term) and exponent < 0 and exponent.denominator == 1:
                lowest = min(dict(m).get(base, 0) for m, _ in left)
                return "times", base if lowest == -1 else Term("^", (base, Term("#", (-lowest,))))
    for _, word in left:
        if word and word[0].op == "inv" and word[0].args[0].op == "+":
            return "left", word[0].args[0]
        if word and word[-1].op == "inv" and word[-1].args[0].op == "+":
            return "right", word[-1].args[0]
    return None
