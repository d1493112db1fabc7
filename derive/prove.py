"""Search for a certificate of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from derive.certificate import Certificate, replay
from derive.consequences import Consequences
from derive.encode import Encoder, NotEncodable
from derive.hypotheses import Hypothesis, free_indices_of, rewritten
from derive.kernel import Kernel, NotShown, Rejected, Step, TooMuchWork, Use
from derive.normal.search import Finder
from derive.polynomial import Poly, add_into
from derive.scope import Condition
from derive.statement import Statement
from derive.term import Shape, Term

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

    def proposed(self, question: Term) -> Step | None:
        """Propose a rule."""
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
    claim = _Claim(lhs, rhs, facts)
    for by_entries in (False, True) if "(e " in lhs.key + rhs.key else (False,):
        found = _replayed(claim, Finder(by_entries, jacobian=claim.has_jacobian), {})
        if found is not None:
            return found
    return _replayed(claim, Finder(jacobian=claim.has_jacobian), given) if given else None


@dataclass(frozen=True, slots=True)
class _Claim:
    lhs: Term
    rhs: Term
    facts: Mapping[str, frozenset[str]]

    @property
    def has_jacobian(self) -> bool:
        return "(jac " in self.lhs.key + self.rhs.key


def _replayed(claim: _Claim, finder: Finder, given: Mapping[str, tuple[Term, Term]]) -> Certificate | None:
    try:
        found = _search(claim, finder, given)
        return None if found is None else _with_what_is_used(found)
    except (Rejected, TooMuchWork, RecursionError):
        return None


def _with_what_is_used(certificate: Certificate) -> Certificate:
    """Return a replayed certificate with the hypotheses it rests on: all, if it rests on what the others divide by.

    Raises
    ------
    Rejected
        If it does not replay.
    """
    used = {use.name for use in certificate.uses}
    fewer = replace(certificate, given={name: sides for name, sides in certificate.given.items() if name in used})
    try:
        replay(fewer)
    except Rejected:
        replay(certificate)
        return certificate
    return fewer


def _search(claim: _Claim, finder: Finder, given: Mapping[str, tuple[Term, Term]]) -> Certificate | None:
    attempt = Attempt(claim.facts, finder, given)
    left = attempt.difference(claim.lhs, claim.rhs)
    multipliers: list[tuple[str, Term]] = []
    search = Consequences(attempt, _hypotheses(given), (claim.lhs, claim.rhs))
    uses: tuple[Use, ...] | None = _follows(search, left, claim.lhs.shape)
    while left and uses is None and len(multipliers) < MAX_MULTIPLIERS:
        found = _multiplier(attempt, left)
        if found is None:
            return None
        left = attempt.multiplied(left, *found)
        multipliers.append(found)
        uses = _follows(search, left, claim.lhs.shape)
    if left and uses is None:
        return None
    return Certificate(claim.lhs, claim.rhs, claim.facts, attempt.used, tuple(multipliers), dict(given), uses or ())


def _hypotheses(given: Mapping[str, tuple[Term, Term]]) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(name, *sides, free_indices_of(*sides)) for name, sides in given.items())


def _follows(search: Consequences, left: Poly, shape: Shape | None) -> tuple[Use, ...] | None:
    """Return how what is left of a claim follows from what is given: at once, or after rewriting by definitions."""
    if not left or not search.hypotheses:
        return None
    found = search.combination(left, shape)
    if found is not None:
        return found
    uses: list[Use] = []
    for hypothesis in search.hypotheses:
        lead = search.kernel.raw.canon(hypothesis.lhs)
        if lead.op not in ("s", "m", "M", "MM") or lead.args[0] in hypothesis.rhs.names:
            continue
        for use in rewritten(search.kernel.term(left, shape), hypothesis, lead):
            value = search.value(use, shape)
            if value:
                left = dict(left)
                add_into(left, value, -1)
                uses.append(use)
    if not uses:
        return None
    found = search.combination(left, shape) if left else ()
    return None if found is None else (*uses, *found)


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
