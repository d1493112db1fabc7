"""Search for a certificate of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.certificate import Certificate, replay
from derive.encode import Encoder, NotEncodable
from derive.kernel import Kernel, Rejected, Step, TooMuchWork
from derive.normal.search import Finder
from derive.polynomial import Poly
from derive.statement import Statement
from derive.term import Term

MAX_MULTIPLIERS = 4


class Attempt(Kernel):
    """A kernel in search: a step that is rejected is left out."""

    def __init__(self, facts: Mapping[str, frozenset[str]], finder: Finder) -> None:
        super().__init__(facts, finder)
        self.refused: list[str] = []
        finder.bind(self)

    def apply(self, step: Step, question: Term) -> Poly | None:
        """Return what a step makes of a term, or None where it is rejected."""
        try:
            return super().apply(step, question)
        except Rejected as problem:
            self.refused.append(str(problem))
            return None


def prove(statement: Statement) -> Certificate | None:
    """Return a replayed certificate for a statement, or None if none was found."""
    if statement.order is not None or statement.one_sided != ((), ()):
        return None
    encoder = Encoder(statement.scope, statement.free, statement.varying)
    try:
        lhs, rhs = encoder.encode(statement.lhs), encoder.encode(statement.rhs)
    except NotEncodable:
        return None
    return prove_terms(lhs, rhs, encoder.facts)


def prove_terms(lhs: Term, rhs: Term, facts: Mapping[str, frozenset[str]]) -> Certificate | None:
    """Return a replayed certificate that two terms are equal, or None if none was found."""
    try:
        found = _search(lhs, rhs, facts)
        if found is not None:
            replay(found)
        return found
    except (Rejected, TooMuchWork, RecursionError):
        return None


def _search(lhs: Term, rhs: Term, facts: Mapping[str, frozenset[str]]) -> Certificate | None:
    attempt = Attempt(facts, Finder())
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
    return Certificate(lhs, rhs, facts, attempt.used, tuple(multipliers))


def _multiplier(attempt: Attempt, left: Poly) -> tuple[str, Term] | None:
    """Return what to multiply a difference by: a denominator, or a sum that is inverted at one end of a word."""
    for mono, _ in left:
        for base, exponent in mono:
            if base.op == "+" and isinstance(exponent, Fraction) and exponent < 0 and exponent.denominator == 1:
                lowest = min(dict(m).get(base, Fraction(0)) for m, _ in left)
                return "times", base if lowest == -1 else Term("^", (base, Term("#", (-lowest,))))
    for _, word in left:
        if word and word[0].op == "inv" and word[0].args[0].op == "+":
            return "left", word[0].args[0]
        if word and word[-1].op == "inv" and word[-1].args[0].op == "+":
            return "right", word[-1].args[0]
    return None
