r"""The gamma function, its logarithm and its logarithmic derivatives ψ, ψ′, … at a number.

In a finite field they are random functions with the functional equations of the real ones: arguments that differ by a
small integer are linked by Γ(x + 1) = x Γ(x) and its derivatives, integers and half-integers by Γ(1) = 1 and
Γ(1/2) = √π. So what holds for them in a field holds for the real functions. What does not hold there may still
follow from an equation that is not known here (duplication, reflection): only real balls tell.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial
from typing import Any

import flint

from derive.exact.domain import Balls, Domain, Field, NoPoint, NotEvaluable
from derive.exact.dual import Arithmetic, Dual

SPAN = 256
"""Arguments in a field that differ by an integer up to this are linked."""
MAX_FACTORIAL = 1000
_HALF = Fraction(1, 2)


# -- series ------------------------------------------------------------------------------------------------------


def gamma_series(arithmetic: Arithmetic, order: int, value: Any) -> Any:
    """Return the derivative of Γ of some order at every entry of a value."""
    if not isinstance(value, Dual):
        return arithmetic.domain.map(lambda entry: gamma(arithmetic.domain, order, entry), value)
    slope = gamma_series(arithmetic, order + 1, value.re)
    return Dual(gamma_series(arithmetic, order, value.re), arithmetic.hadamard(slope, value.im), value.depth)


def polygamma_series(arithmetic: Arithmetic, order: int, value: Any) -> Any:
    """Return the derivative of ψ of some order at every entry of a value."""
    if not isinstance(value, Dual):
        return arithmetic.domain.map(lambda entry: polygamma(arithmetic.domain, order, entry), value)
    slope = polygamma_series(arithmetic, order + 1, value.re)
    return Dual(polygamma_series(arithmetic, order, value.re), arithmetic.hadamard(slope, value.im), value.depth)


def loggamma_series(arithmetic: Arithmetic, value: Any) -> Any:
    """Return log Γ of a number of a field; its derivative is ψ."""
    if not isinstance(value, Dual):
        assert isinstance(arithmetic.domain, Field)
        return loggamma(arithmetic.domain, value)
    slope = polygamma_series(arithmetic, 0, value.re)
    return Dual(loggamma_series(arithmetic, value.re), arithmetic.hadamard(slope, value.im), value.depth)


# -- numbers -----------------------------------------------------------------------------------------------------


def gamma(domain: Domain, order: int, x: Any) -> Any:
    """Return Γ or one of its derivatives at a number: Γ′ = Γψ, Γ″ = Γ(ψ² + ψ′), ….

    Raises
    ------
    NoPoint
        At the poles 0, −1, −2, ….
    NotEvaluable
        If the value is irrational and the domain is that of the rationals.

    Examples
    --------
    >>> from derive.exact.domain import Rationals
    >>> gamma(Rationals(), 0, flint.fmpq(5))
    24
    """
    value = _gamma(domain, x)
    factors = [domain.number(1)]
    for degree in range(order):  # the complete Bell polynomials of ψ, ψ′, …
        terms = [
            domain.number(comb(degree, k)) * factors[degree - k] * polygamma(domain, k, x) for k in range(degree + 1)
        ]
        factors.append(sum(terms[1:], terms[0]))
    return value * factors[order]


def _gamma(domain: Domain, x: Any) -> Any:
    if isinstance(domain, Field):
        start, steps = anchor(domain, x)
        if start == 1:
            known = domain.number(1)
        elif start == _residue(domain, _HALF):
            known = domain.sqrt(domain.pi())
        else:
            known = domain.keyed(("gamma", start), square=True)  # as Γ is positive for positive arguments
        factor = domain.number(1)
        for each in _between(domain, start, steps):
            factor = factor * each
        return known * factor if steps >= 0 else known * domain.inverse(factor)
    if isinstance(domain, Balls):
        return _finite(x.gamma())
    if x.q == 1:
        if x <= 0:
            raise NoPoint("a pole of Γ")
        if x <= MAX_FACTORIAL:
            return domain.number(factorial(int(x.p) - 1))
    raise NotEvaluable("an irrational value of Γ")


def polygamma(domain: Domain, order: int, x: Any) -> Any:
    """Return ψ (order 0) or one of its derivatives at a number.

    Raises
    ------
    NoPoint
        At the poles 0, −1, −2, ….
    NotEvaluable
        In the domain of the rationals.
    """
    if isinstance(domain, Field):
        start, steps = anchor(domain, x)
        sign = domain.number((-1) ** order * factorial(order) * (1 if steps >= 0 else -1))
        total = domain.number(0)
        for each in _between(domain, start, steps):
            power = domain.number(1)
            for _ in range(order + 1):
                power = power * each
            total = total + domain.inverse(power)
        return _polygamma_at(domain, order, start) + sign * total
    if isinstance(domain, Balls):
        return _finite(x.digamma() if order == 0 else flint.acb(x).polygamma(order).real)
    raise NotEvaluable("an irrational value of ψ")


def _polygamma_at(domain: Field, order: int, start: int) -> Any:
    """Return the value at an anchor: ψ(1/2) = ψ(1) − 2 log 2, ψ⁽ᵐ⁾(1/2) = (2ᵐ⁺¹ − 1) ψ⁽ᵐ⁾(1), ψ′(1) = π²/6."""
    if start == _residue(domain, _HALF):
        at_one = _polygamma_at(domain, order, 1)
        if order == 0:
            return at_one - domain.number(2) * domain.log_rational(Fraction(2))
        return domain.number(2 ** (order + 1) - 1) * at_one
    if start == 1 and order == 1:
        return domain.pi() * domain.pi() * domain.number(Fraction(1, 6))
    return domain.keyed(("polygamma", order, start))


def loggamma(domain: Field, x: Any) -> Any:
    """Return log Γ of a number of a field; logarithms of rational numbers are split into those of primes."""
    start, steps = anchor(domain, x)
    half = _residue(domain, _HALF)
    if start == 1:
        known = domain.number(0)
    elif start == half:
        known = domain.number(_HALF) * domain.log(domain.pi())
    else:
        known = domain.keyed(("log gamma", start))
    total = domain.number(0)
    for place, each in zip(_places(steps), _between(domain, start, steps), strict=True):
        if start in (1, half):
            total = total + domain.log_rational(abs((_HALF if start == half else Fraction(1)) + place))
        else:
            total = total + domain.log(each)
    return known + total if steps >= 0 else known - total


def _finite(value: Any) -> Any:
    if not value.is_finite():
        raise NoPoint("a pole of Γ")
    return value


# -- arguments in a field ----------------------------------------------------------------------------------------


def anchor(domain: Field, x: Any) -> tuple[int, int]:
    """Return the number that an argument is linked to, and how many steps of one the argument lies above it.

    Raises
    ------
    NoPoint
        At 0, −1, −2, … as far as they are linked to 1.
    """
    modulus, value = domain.modulus, int(x)
    if not domain.anchors:
        domain.anchors += [1, _residue(domain, _HALF)]
    for start in domain.anchors:
        steps = (value - start + SPAN) % modulus - SPAN
        if steps <= SPAN:
            if start == 1 and steps < 0:
                raise NoPoint("a pole of Γ")
            return start, steps
    domain.anchors.append(value)
    return value, 0


def _residue(domain: Field, value: Fraction) -> int:
    return int(domain.number(value))


def _between(domain: Field, start: int, steps: int) -> list[Any]:
    """Return the numbers from an anchor up to an argument (without it), or from below the anchor down to it."""
    return [domain.number(start + place) for place in _places(steps)]


def _places(steps: int) -> range:
    return range(steps) if steps >= 0 else range(-1, steps - 1, -1)
