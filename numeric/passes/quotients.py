"""Sums of powers of exp(u) and 1 + exp(u) with one u are collected into one fraction, in which what cancels is gone.

σ(u) = E/(1 + E) with E = exp(u); so 1 − σ, σ − σ², σ/(1 − σ) − E and their like are monomials E^p (1 + E)^q, whose
logarithm p u + q softplus(u) neither overflows nor cancels.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from numeric import construct as c
from numeric.program import Node

Powers = tuple[int, int]
"""Exponents p of E and q of 1 + E."""
MAX_DEGREE = 12


def base_of(logs: list[Node | None]) -> Node | None:
    """Return the u of the softplus(u) that occurs in logarithms, if there is exactly one."""
    found: dict[Node, None] = {}
    for log in logs:
        for _, term in _terms(log):
            if term.op == "fn" and term.data[0] == "softplus":
                found[term.args[0]] = None
    return next(iter(found)) if len(found) == 1 else None


def _terms(log: Node | None) -> list[tuple[Fraction, Node]]:
    if log is None or log.op == "zero":
        return []
    return list(zip(log.data, log.args, strict=True)) if log.op == "add" else [(Fraction(1), log)]


def powers_of(log: Node | None, u: Node) -> Powers | None:
    """Return p and q where a logarithm is p u + q softplus(u), else None."""
    terms = dict((term, k) for k, term in _terms(log))
    q = terms.pop(c.function("softplus", u), Fraction(0))
    first = _terms(u)[0] if _terms(u) else None
    if first is None:
        return None
    p = terms.get(first[1], Fraction(0)) / first[0]
    if any(terms.get(term, Fraction(0)) != p * k for k, term in _terms(u)) or len(terms) > len(_terms(u)):
        return None
    if (p and len(terms) != len(_terms(u))) or (not p and terms):
        return None
    return (int(p), int(q)) if p.denominator == q.denominator == 1 else None


def collected(terms: list[tuple[Fraction, Powers]]) -> list[tuple[Fraction, Powers]] | None:
    """Return Σ c E^p (1 + E)^q with what cancels taken out: one monomial if it is one, or None if nothing is gained.

    Examples
    --------
    >>> collected([(Fraction(1), (0, 0)), (Fraction(-1), (1, -1))])  # 1 − σ = 1/(1 + E)
    [(Fraction(1, 1), (0, -1))]
    """
    low_p, low_q = (min(powers[i] for _, powers in terms) for i in (0, 1))
    polynomial: dict[int, Fraction] = {}
    for k, (p, q) in terms:
        if p - low_p + q - low_q > MAX_DEGREE:
            return None
        for i in range(q - low_q + 1):
            degree = p - low_p + i
            polynomial[degree] = polynomial.get(degree, Fraction(0)) + k * comb(q - low_q, i)
    kept = {degree: k for degree, k in polynomial.items() if k}
    if not kept:
        return []
    low = min(kept)
    coefficients = [kept.get(low + i, Fraction(0)) for i in range(max(kept) - low + 1)]
    times = 0
    while len(coefficients) > 1 and (quotient := _by_one_plus(coefficients)) is not None:
        coefficients, times = quotient, times + 1
    if len(coefficients) > 1:
        return None
    return [(coefficients[0], (low_p + low, low_q + times))]


def _by_one_plus(coefficients: list[Fraction]) -> list[Fraction] | None:
    """Return a polynomial divided by 1 + E, lowest degree first, if nothing is left."""
    found: list[Fraction] = []
    carry = Fraction(0)
    for k in coefficients[:-1]:
        carry = k - carry
        found.append(carry)
    return found if coefficients[-1] == carry else None
