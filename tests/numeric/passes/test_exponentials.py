"""Fractions of exponentials with E − 1 are collected."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interpreter import SCALARS

from numeric import construct as c
from numeric.passes.exponentials import Ratio, as_fractions, divided, product, reduced, total

S, _, P, _ = SCALARS
MINUS = c.number(-1)


def e(u):
    return c.function("exp", u)


def expm1(u):
    return c.function("expm1", u)


def less_one(u):
    return c.add(e(u), MINUS)


FORMS = {
    "bose": (c.power(less_one(S), MINUS), c.power(expm1(S), MINUS)),
    "coth less one": (
        c.add(c.power(c.add(c.one(), c.negative(e(c.negative(S)))), MINUS), MINUS),
        c.power(expm1(S), MINUS),
    ),
    "second derivative": (
        c.mul(e(S), c.power(less_one(S), c.number(-2))),
        c.mul(c.power(expm1(S), MINUS), c.power(c.negative(expm1(c.negative(S))), MINUS)),
    ),
    "hyperbolic tangent": (
        c.mul(less_one(c.scale(2, S)), c.power(c.add(e(c.scale(2, S)), c.one()), MINUS)),
        c.function("tanh", S),
    ),
    "positive": (
        c.power(less_one(P), MINUS),
        c.mul(e(c.negative(P)), c.power(c.negative(expm1(c.negative(P))), MINUS)),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name):
    node, wanted = FORMS[name]
    assert as_fractions(node) == wanted


@pytest.mark.parametrize("node", [c.add(c.one(), e(S)), c.power(c.add(c.one(), e(S)), MINUS), c.add(e(S), e(P))])
def test_what_does_not_vanish_at_zero_is_left_alone(node):
    assert as_fractions(node) == node


def value(ratio, base):
    rest = sum(k * base**i for i, k in enumerate(ratio.rest))
    return base**ratio.p * (1 + base) ** ratio.q * (base - 1) ** ratio.r * rest


RATIOS = st.builds(
    lambda p, q, r, rest: reduced(p, q, r, tuple(map(Fraction, rest))),
    st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2),
    st.lists(st.integers(-3, 3), min_size=1, max_size=3).filter(any),
)  # fmt: skip
BASES = st.fractions(Fraction(1, 9), 9).filter(lambda base: base != 1)


@given(RATIOS, RATIOS, BASES, st.integers(-2, 3))
def test_arithmetic_of_ratios(one, other, base, exponent):
    assert value(one * other, base) == value(one, base) * value(other, base)
    summed = total([(Fraction(2), one), (Fraction(-3), other)])
    assert summed is None or value(summed, base) == 2 * value(one, base) - 3 * value(other, base)
    raised = one**exponent
    assert raised is None or value(raised, base) == value(one, base) ** exponent
    assert divided(one.rest, Fraction(1)) is None and divided(one.rest, Fraction(-1)) is None


def test_products_of_polynomials():
    assert product((Fraction(1), Fraction(1)), (Fraction(-1), Fraction(1))) == (-1, 0, 1)
    assert Ratio(0, 0, 0) * Ratio(1, 0, 0) == Ratio(1, 0, 0)
