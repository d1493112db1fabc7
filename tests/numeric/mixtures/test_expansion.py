"""Multiplying out, substituting and moving keep the value, on random expressions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Symbol

from numeric import construct as c
from numeric.mixtures.expansion import Expansion, Monomial, NotSeparable, like, substituted, summed
from numeric.mixtures.formulas import statements
from numeric.mixtures.moments import MOMENT, Moments, apart, degree, separated_joint
from numeric.program import Axis, Place, make

N, K, D = (Axis(name, Symbol(name.upper()), place) for place, name in enumerate("nkd"))
AT = Integer(0)
SIZES = {"N": 5, "K": 3, "D": 2}
RNG = np.random.default_rng(0)


def symbol(key, axes=(), shape=(), facts=()):
    return make("symbol", data=(key, facts, *(Place(axis, AT) for axis in axes)), shape=shape, axes=axes)


COLUMN = (D.size, c.ONE)
x, y = (symbol(key, (N,), COLUMN) for key in "xy")
m, u = (symbol(key, (K,), COLUMN) for key in "mu")
S = symbol("S", (K,), (D.size, D.size))
r = symbol("r", (N, K))
t, w = symbol("t", (N,)), symbol("w", (K,))
VALUES = {
    key: RNG.normal(size=shape)
    for key, shape in {
        "x": (5, 2), "y": (5, 2), "m": (3, 2), "u": (3, 2), "S": (3, 2, 2), "r": (5, 3), "t": (5,), "w": (3,),
    }.items()
}  # fmt: skip

columns = st.recursive(
    st.sampled_from([x, y, m, u]),
    lambda inner: st.one_of(
        st.builds(lambda a, b: c.add(a, c.scale(-2, b)), inner, inner),
        st.builds(lambda a, b: c.mul(a, b), inner, inner),
        st.builds(lambda a: c.matmul(S, a), inner),
        st.builds(lambda k, a: c.mul(k, a), st.sampled_from([t, w]), inner),
    ),
    max_leaves=5,
)
numbers = st.one_of(
    st.builds(lambda a, b: c.matmul(c.transpose(a), b), columns, columns),
    st.builds(lambda a, b: c.total(c.mul(a, b), 0), columns, columns),
    st.builds(lambda a: c.power(c.matmul(c.transpose(a), a), c.number(2)), st.sampled_from([c.add(x, m), x])),
)


def value(node, values=VALUES):
    space = {"np": np, **values}
    exec("\n".join(statements([("result", node)], {key: key for key in [*values, "z"]})), space)
    axes = [{"n": 5, "k": 3}[axis.name] for axis in node.axes]
    return np.broadcast_to(space["result"], (*axes, *([2] * node.rank)))


@settings(max_examples=60, deadline=None)
@given(st.one_of(columns, numbers), st.sampled_from(["xy", "xm", "m", "xymtw"]))
def test_multiplied_out_is_the_same(node, opened):
    try:
        found = Expansion(opened).expanded(node)
    except NotSeparable:
        return
    assert found.shape == node.shape and set(found.axes) <= set(node.axes)
    expected = value(node)
    axes = tuple(i for i, axis in enumerate(node.axes) if axis not in found.axes)
    np.testing.assert_allclose(np.expand_dims(value(found), axes) + 0 * expected, expected, rtol=1e-9, atol=1e-9)


def test_like_terms_meet_and_cancel():
    gap = c.add(x, c.negative(m))
    square = c.matmul(c.transpose(gap), gap)
    opened = c.add(c.matmul(c.transpose(x), x), c.scale(-2, c.matmul(c.transpose(m), x)), c.matmul(c.transpose(m), m))
    assert Expansion("xm").expanded(c.add(square, c.negative(opened))) == c.number(0)


def test_a_sum_over_an_axis_takes_out_what_it_does_not_run_over():
    product = Monomial(Fraction(1), (r, w), (m, c.transpose(x)), (N,))
    found = summed(product)
    inside = c.total(c.mul(r, c.transpose(x)), N)
    assert found == c.mul(w, c.matmul(m, inside))


def test_an_index_is_not_summed_over_twice():
    one = c.total(c.mul(w, m), K)
    with pytest.raises(NotSeparable, match="twice"):
        Expansion("m").expanded(c.mul(w, one))


def test_symbols_are_replaced_once():
    assert substituted(c.add(x, y), lambda s: c.add(x, y) if s == x else None) == c.add(x, c.scale(2, y))


@pytest.mark.parametrize(
    "body",
    [
        c.add(x, c.negative(m)),
        c.matmul(c.add(x, c.negative(m)), c.transpose(c.add(x, c.negative(m)))),
        c.matmul(S, x, c.transpose(m)),
        c.mul(c.power(c.add(x, m), c.number(2)), u),
        c.matmul(c.transpose(c.add(x, m)), c.add(x, m)),
        c.mul(t, c.matmul(c.transpose(m), S, x)),
        c.number(1),
    ],
)
def test_sums_are_made_of_moments_about_any_centre(body):
    moments = Moments(N, K, ("x", "y", "t"), "r")
    node = c.total(c.mul(r, body), N)
    taken = moments.taken(node)
    assert not any(axis == N for axis in taken.axes)
    moved = substituted(taken, moments.about(lambda s: c.add(s, u) if s.data[0] == "x" else None))
    for centre, found in ((None, taken), (VALUES["u"], moved)):
        named = {}
        for key, feature in moments.features.items():
            about = feature if centre is None else substituted(feature, moved_back)
            named[name_of(key)] = value(c.total(c.mul(r, about), N))
        renamed = substituted(found, lambda s: like(s, name_of(s.data[0])) if s.data[0].startswith(MOMENT) else None)
        np.testing.assert_allclose(value(renamed, {**VALUES, **named}), value(node), rtol=1e-9, atol=1e-9)


def name_of(key):
    return "moment_" + key.removeprefix(MOMENT)


def moved_back(s):
    return c.add(s, c.negative(u)) if s == x else None


def test_a_joint_density_is_the_sum_of_features_times_parameters():
    gap = c.add(x, c.negative(m))
    joint = c.add(c.matmul(c.transpose(gap), S, gap), c.mul(w, c.total(c.mul(gap, y), 0)), c.mul(t, w), w)
    found = separated_joint(joint, N, ("x", "y", "t"), ("m", "S", "w"))
    assert all(set(feature.axes) <= {N} and N not in parameter.axes for feature, parameter in found.items())
    rebuilt = c.add(*(c.dot(feature, parameter) for feature, parameter in found.items()))
    np.testing.assert_allclose(value(rebuilt), value(joint), rtol=1e-10, atol=1e-10)


def test_what_does_not_come_apart_says_so():
    with pytest.raises(NotSeparable, match="together"):
        apart(c.function("exp", c.matmul(c.transpose(m), x)), N)
    with pytest.raises(NotSeparable, match="stand between"):
        apart(c.matmul(c.transpose(x), S, x, c.transpose(m), u), N)


def test_the_degree_of_a_feature():
    for feature, expected in ((c.one(), 0), (x, 1), (c.matmul(x, c.transpose(y)), 2), (c.power(t, c.number(3)), 3)):
        assert degree(feature, ("x", "y", "t")) == expected
