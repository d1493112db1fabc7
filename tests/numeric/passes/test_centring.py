"""Sums of squares less squares of sums have deviations; sums are one whatever their index is called."""

import pytest
from interpreter import AXIS, MEMBERS, SCALARS, SHAPE, VECTORS, D, N, symbol

from numeric import construct as c
from numeric.passes.axes import by_entries, renamed
from numeric.passes.centring import centred
from numeric.passes.maxima import shifted
from numeric.passes.upright import upright
from numeric.program import Axis, Place, make, nodes

A, B = MEMBERS
X, Y = VECTORS
COUNT, ROWS = make("size", data=(N,)), make("size", data=(D,))


def deviation(values, over, count):
    mean = c.mul(c.power(count, c.number(-1)), c.total(values, over))
    return c.add(values, c.negative(mean if values.is_number else c.mul(mean, c.one(values.shape))))


def test_a_covariance_of_members():
    node = c.add(c.mul(COUNT, c.total(c.mul(A, B), AXIS)), c.negative(c.mul(c.total(A, AXIS), c.total(B, AXIS))))
    assert centred(node) == c.mul(COUNT, c.total(c.mul(deviation(A, AXIS, COUNT), deviation(B, AXIS, COUNT)), AXIS))


def test_a_variance_of_entries():
    node = c.add(c.mul(ROWS, c.dot(X, X)), c.negative(c.power(c.total(X, 0), c.number(2))))
    gap = deviation(X, 0, ROWS)
    assert centred(node) == c.mul(ROWS, c.dot(gap, gap))


def test_a_scatter_matrix():
    x = symbol("z", SHAPE, (AXIS,))
    total = c.total(x, AXIS)
    outer = c.total(c.matmul(x, c.transpose(x)), AXIS)
    node = c.add(c.mul(COUNT, outer), c.negative(c.matmul(total, c.transpose(total))))
    made = centred(node)
    assert made != node and not any(part == outer for part in nodes(made))


def test_a_multiple_of_a_deviation():
    node = c.add(c.mul(SCALARS[0], COUNT, A), c.negative(c.mul(SCALARS[0], c.total(A, AXIS))))
    assert centred(node) == c.mul(SCALARS[0], COUNT, deviation(A, AXIS, COUNT))


@pytest.mark.parametrize("factor", [c.one(), ROWS], ids=["without the count", "another count"])
def test_other_sums_are_left_alone(factor):
    node = c.add(c.mul(factor, c.total(c.mul(A, A), AXIS)), c.negative(c.power(c.total(A, AXIS), c.number(2))))
    assert centred(node) == node


def test_sums_over_other_letters_are_the_same_sum():
    other = Axis("m", N, 1)
    first, second = (make("symbol", data=("a", (), Place(axis, 0)), axes=(axis,)) for axis in (AXIS, other))
    node = c.add(c.total(first, AXIS), c.negative(c.total(second, other)))
    made = renamed(node)
    assert made.op == "add" and not made.args


def test_a_sum_over_entries_is_that_of_a_vector():
    axis = Axis("i", D, 2)
    place, first = Place(axis, 0), Place(None, 1)
    entry = make("entry", (X,), (place, first), axes=(axis,))
    assert by_entries(c.total(c.function("exp", entry), axis)) == c.total(c.function("exp", X), 0)


def test_a_function_of_a_row_is_that_of_the_column():
    row = c.function("exp", c.transpose(X))
    assert upright(row) == make("transpose", (c.function("exp", X),), shape=SHAPE[::-1])


def test_a_softmax_subtracts_the_maximum_first():
    made = shifted(c.function("exp", c.add(X, c.negative(c.reduction("lse", X, 0)))))
    assert made.op == "divided"
    powers, total = made.args
    assert powers.args[0].op == "less" and total == c.total(powers, 0)
