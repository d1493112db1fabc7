"""Each difference that may cancel has its form."""

from fractions import Fraction

import pytest
from interpreter import SCALARS

from numeric import construct as c
from numeric.passes.subtraction import subtracted

S, T, P, _ = SCALARS
ONE, TWO = c.one(), c.number(2)
HALF = Fraction(1, 2)


def less(a, b):
    return c.add(a, c.negative(b))


def f(name, u):
    return c.function(name, u)


def square(u):
    return c.power(u, TWO)


def root(u):
    return c.power(u, c.number(HALF))


def inverse(u):
    return c.power(u, c.number(-1))


NEAR = c.add(P, ONE)
FORMS = {
    "cosine": (less(ONE, f("cos", S)), c.scale(2, square(f("sin", c.scale(HALF, S))))),
    "cosine near pi": (c.add(ONE, f("cos", S)), c.scale(2, square(f("cos", c.scale(HALF, S))))),
    "hyperbolic cosine": (less(f("cosh", S), ONE), c.scale(2, square(f("sinh", c.scale(HALF, S))))),
    "sine squared": (less(ONE, square(f("sin", S))), square(f("cos", S))),
    "hyperbolic tangent": (less(ONE, f("tanh", S)), c.scale(2, f("sigmoid", c.scale(-2, S)))),
    "roots": (less(root(NEAR), root(P)), inverse(c.add(root(NEAR), root(P)))),
    "reciprocals": (less(inverse(P), inverse(NEAR)), c.mul(inverse(P), inverse(NEAR))),
    "logarithms": (less(f("log", NEAR), f("log", P)), f("log1p", inverse(P))),
    "squares": (less(square(S), square(T)), c.mul(less(S, T), c.add(S, T))),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name):
    node, wanted = FORMS[name]
    assert subtracted(node) == wanted
    if name != "squares":  # the other square stands first there
        assert subtracted(c.negative(node)) == c.negative(wanted)
    assert subtracted(c.mul(T, c.add(S, node))) == c.mul(T, c.add(S, node if name == "squares" else wanted))


@pytest.mark.parametrize(
    "node",
    [less(root(S), root(T)), less(inverse(S), inverse(T)), less(f("log", S), f("log", T)), c.add(ONE, f("cosh", S)),
     less(TWO, f("cos", S)), c.add(root(NEAR), root(P))],
    ids=["roots", "reciprocals", "logarithms", "a sum", "other numbers", "a sum of roots"],
)  # fmt: skip
def test_what_does_not_cancel_is_left_alone(node):
    assert subtracted(node) == node
