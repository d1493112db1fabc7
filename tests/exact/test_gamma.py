"""Γ and ψ: the functional equations in fields, the values of another library in balls, no value at poles."""

import math
from fractions import Fraction

import flint
import mpmath
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive.exact import gamma as g
from derive.exact.domain import Balls, Field, NoPoint, NotEvaluable, Rationals
from derive.exact.dual import Arithmetic, Dual

ARGUMENTS = st.fractions(min_value=-6, max_value=9, max_denominator=12)
STEPS = st.integers(min_value=-8, max_value=8)
ORDERS = st.integers(min_value=0, max_value=3)
DOMAINS = st.builds(Field, st.integers(min_value=0, max_value=2), st.integers(min_value=0, max_value=99)) | st.builds(
    Balls
)


def is_pole(x):
    return x.denominator == 1 and x <= 0


def same(domain, left, right):
    return bool(left == right) if domain.is_exact else bool(left.overlaps(right))


@given(domain=DOMAINS, x=ARGUMENTS, steps=STEPS)
def test_recurrence_of_gamma(domain, x, steps):
    assume(not is_pole(x) and not is_pole(x + steps))
    factor = Fraction(1)
    for k in range(abs(steps)):
        factor *= x + k if steps > 0 else 1 / (x - 1 - k)
    shifted = g.gamma(domain, 0, domain.number(x + steps))
    assert same(domain, shifted, g.gamma(domain, 0, domain.number(x)) * domain.number(factor))


@given(domain=DOMAINS, x=ARGUMENTS, order=ORDERS)
def test_recurrence_of_polygamma(domain, x, order):
    assume(not is_pole(x))
    change = domain.number((-1) ** order * math.factorial(order) / x ** (order + 1))
    wanted = g.polygamma(domain, order, domain.number(x)) + change
    assert same(domain, g.polygamma(domain, order, domain.number(x + 1)), wanted)


@given(seed=st.integers(min_value=0, max_value=99), x=ARGUMENTS)
def test_recurrence_of_the_logarithm(seed, x):
    assume(not is_pole(x) and x != 0)
    domain = Field(1, seed)
    change = domain.log_rational(abs(x)) if x.denominator <= 2 else domain.log(domain.number(x))
    assert g.loggamma(domain, domain.number(x + 1)) == g.loggamma(domain, domain.number(x)) + change


@given(seed=st.integers(min_value=0, max_value=99), x=ARGUMENTS, order=ORDERS)
def test_values_do_not_depend_on_what_was_asked_before(seed, x, order):
    """Only ratios and differences have a meaning: another argument may be the one that others are linked to."""
    assume(not is_pole(x) and not is_pole(x + 3))
    ratios = []
    for first in (x, x + 3):
        domain = Field(0, seed)
        g.gamma(domain, 0, domain.number(first))
        low, high = (g.gamma(domain, 0, domain.number(each)) for each in (x, x + 3))
        ratios.append(high / low)
        low, high = (g.polygamma(domain, order, domain.number(each)) for each in (x, x + 3))
        ratios.append(high - low)
    assert ratios[:2] == ratios[2:]


@given(x=ARGUMENTS, order=ORDERS)
def test_balls_hold_the_values_of_mpmath(x, order):
    assume(not is_pole(x))
    domain = Balls()
    with mpmath.workdps(60):
        at = mpmath.mpf(x.numerator) / x.denominator
        wanted = (
            (g.gamma(domain, 0, domain.number(x)), mpmath.gamma(at)),
            (g.polygamma(domain, order, domain.number(x)), mpmath.psi(order, at)),
        )
        for ball, value in wanted:
            error = abs(mpmath.mpf(ball.mid().str(50, radius=False)) - value)
            assert error < mpmath.mpf(10) ** -40 * (1 + abs(value))
            assert float(ball.rad()) < 1e-40 * (1 + abs(float(value)))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_of_gamma(order):
    domain = Balls()
    with mpmath.workdps(40):
        wanted = mpmath.diff(mpmath.gamma, mpmath.mpf("2.75"), order)
    found = g.gamma(domain, order, domain.number(Fraction(11, 4)))
    assert abs(float(found.mid()) - float(wanted)) < 1e-12 * abs(float(wanted))


@pytest.mark.parametrize("domain", [Field(0, 3), Field(1, 5), Balls(), Rationals()], ids=lambda each: each.name)
def test_values_at_integers(domain):
    for n, wanted in ((1, 1), (2, 1), (5, 24), (11, 3628800)):
        assert same(domain, g.gamma(domain, 0, domain.number(n)), domain.number(wanted))


@pytest.mark.parametrize("domain", [Field(0, 3), Field(1, 5), Balls()], ids=lambda each: each.name)
def test_values_at_one_half(domain):
    half = domain.number(Fraction(1, 2))
    assert same(domain, g.gamma(domain, 0, half), domain.sqrt(domain.pi()))
    square = domain.pi() * domain.pi()
    assert same(domain, g.polygamma(domain, 1, domain.number(1)), square * domain.number(Fraction(1, 6)))
    assert same(domain, g.polygamma(domain, 1, half), square * half)
    two_logs = domain.number(2) * domain.log(domain.number(2))
    assert same(domain, g.polygamma(domain, 0, half), g.polygamma(domain, 0, domain.number(1)) - two_logs)
    for order, factor in ((2, 7), (3, 15)):
        at_one = g.polygamma(domain, order, domain.number(1))
        assert same(domain, g.polygamma(domain, order, half), domain.number(factor) * at_one)


@pytest.mark.parametrize("domain", [Field(0, 3), Balls(), Rationals()], ids=lambda each: each.name)
@pytest.mark.parametrize("pole", [0, -1, -7])
def test_there_is_no_value_at_a_pole(domain, pole):
    with pytest.raises(NoPoint):
        g.gamma(domain, 0, domain.number(pole))
    if domain.name != "rationals":
        with pytest.raises(NoPoint):
            g.polygamma(domain, 0, domain.number(pole))


def test_irrational_values_are_not_rational():
    domain = Rationals()
    for problem in (
        lambda: g.gamma(domain, 0, flint.fmpq(1, 2)),
        lambda: g.gamma(domain, 1, flint.fmpq(2)),
        lambda: g.gamma(domain, 0, flint.fmpq(10**9)),
        lambda: g.polygamma(domain, 0, flint.fmpq(1)),
    ):
        with pytest.raises(NotEvaluable):
            problem()


def test_arguments_that_no_integer_links_have_values_of_their_own():
    """Γ is known up to its recurrence alone: a field does not agree where only chance could."""
    domain = Field(1, 1)
    x, y = domain.number(Fraction(1, 3)), domain.number(Fraction(2, 3))
    assert g.gamma(domain, 0, x) != g.gamma(domain, 0, y)
    assert g.gamma(domain, 0, x) * g.gamma(domain, 0, y) != domain.number(2) * domain.pi() / domain.sqrt(
        domain.number(3)
    )  # reflection is true, and unknown here


@pytest.mark.parametrize("domain", [Field(1, 2), Balls()], ids=lambda each: each.name)
def test_series_carry_derivatives(domain):
    """The parts of Γ(x + ε) are Γ(x) and Γ(x)ψ(x); those of ψ(x + ε + ε′) its derivatives."""
    arithmetic, x, one = Arithmetic(domain), domain.number(Fraction(7, 5)), domain.number(1)
    found = g.gamma_series(arithmetic, 0, Dual(x, one, 1))
    assert same(domain, found.re, g.gamma(domain, 0, x))
    assert same(domain, found.im, g.gamma(domain, 0, x) * g.polygamma(domain, 0, x))
    twice = g.polygamma_series(arithmetic, 0, Dual(Dual(x, one, 1), Dual(one, domain.number(0), 1), 2))
    assert same(domain, twice.im.im, g.polygamma(domain, 2, x))
    logarithm = g.loggamma_series(arithmetic, Dual(x, one, 1)) if domain.is_exact else None
    assert logarithm is None or logarithm.im == g.polygamma(domain, 0, x)
