"""Norms are scaled, and only norms."""

from fractions import Fraction

import pytest
from interpreter import SCALARS, VECTORS, symbol

from numeric import construct as c
from numeric.passes.norms import rescaled
from numeric.program import nodes

S, T, P, _ = SCALARS
X, Y = VECTORS
HALF = Fraction(1, 2)


def power(base, exponent):
    return c.power(base, c.number(exponent))


def squared(vector):
    return c.dot(vector, vector)


def scales(node):
    """Return the exponents of the scale that are left in products."""
    found = set()
    for part in nodes(node):
        for factor in part.args if part.op == "mul" else ():
            base, exponent = (factor.args[0], c.value_of(factor.args[1])) if factor.op == "pow" else (factor, 1)
            if base.op == "maximum":
                found.add(exponent)
    return found


@pytest.mark.parametrize(
    ("node", "left"),
    [
        (c.mul(X, power(squared(X), -HALF)), set()),
        (c.mul(X, power(squared(X), -1)), {-1}),
        (c.mul(c.matmul(X, c.transpose(X)), power(squared(X), -3 * HALF)), {-1}),
        (c.mul(c.matmul(c.transpose(X), Y), power(squared(X), -HALF), power(squared(Y), -HALF)), set()),
    ],
    ids=["direction", "inversion", "projection", "cosine"],
)
def test_powers_of_the_scale_are_collected(node, left):
    made = rescaled(node)
    assert any(part.op == "divided" for part in nodes(made))
    assert scales(made) == left


@pytest.mark.parametrize(
    "node",
    [
        squared(X),
        power(squared(X), 2),
        power(c.add(c.one(), squared(X)), -1),
        power(power(S, 2), -HALF),
        power(c.add(squared(X), c.negative(squared(Y))), -1),
        c.mul(X, power(c.total(c.mul(symbol("r", (X.shape)), c.power(X, c.number(2))), 0), 1)),
    ],
    ids=["square", "fourth power", "one plus a square", "a number", "a difference", "weights"],
)
def test_what_is_no_norm_is_left_alone(node):
    assert rescaled(node) == node


def test_a_root_of_a_square_and_one_is_scaled_by_the_larger():
    made = rescaled(power(c.add(c.one(), power(S, 2)), HALF))
    (scale,) = {part for part in nodes(made) if part.op == "maximum"}
    assert set(scale.args) == {c.function("abs", S), c.one()}
