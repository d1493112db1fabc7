"""Finite differences against gradients that are known exactly, and against gradients that are wrong by a little."""

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from numeric.differences import central, check_gradient, complex_step

RNG = np.random.default_rng(2)
HALF = RNG.normal(size=(4, 4))
SPD = HALF @ HALF.T + np.eye(4)
A = RNG.normal(size=(4, 4))


def logdet(s):
    return np.linalg.slogdet(s)[1]


def once(gradient):
    """Return the constrained derivative of symmetric arguments: both places of an entry count."""
    return lambda s: 2 * gradient(s) - np.diag(np.diag(gradient(s)))


SMALL = arrays.arrays(float, st.integers(1, 5), elements=st.floats(-3, 3).map(lambda v: round(v, 3)))


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_a_right_gradient_passes(x):
    assert check_gradient(lambda v: np.sum(np.sin(v) + v**2), lambda v: np.cos(v) + 2 * v, x).ok
    assert check_gradient(lambda v: np.log(np.exp(v).sum()), lambda v: np.exp(v) / np.exp(v).sum(), x).ok


@settings(max_examples=60, deadline=None)
@given(SMALL, st.data())
def test_a_gradient_that_is_off_by_a_hair_in_one_entry_is_found(x, data):
    index = data.draw(st.integers(0, len(x) - 1))

    def wrong(v):
        gradient = np.cosh(v)
        gradient[index] *= 1 + 1e-4
        return gradient

    found = check_gradient(lambda v: np.sinh(v).sum(), wrong, x)
    assert not found.ok
    assert found.worst == (index,)
    assert found.max_relative_error == pytest.approx(1e-4, rel=1e-2)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_both_methods_know_the_derivative_of_an_inverse(method):
    found = check_gradient(
        lambda x: np.trace(A @ np.linalg.inv(x)),
        lambda x: -np.linalg.inv(x).T @ A.T @ np.linalg.inv(x).T,
        SPD,
        method=method,
    )
    assert found.max_relative_error < (1e-12 if method == "complex" else 1e-6)


def test_the_complex_step_is_exact_where_central_differences_are_not():
    value, _, _ = complex_step(
        lambda x: np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3), np.array(1.5), np.array(1.0)
    )
    assert value == pytest.approx(4.053427893898621, rel=1e-15)


def test_a_complex_step_through_an_absolute_value_is_refused():
    with pytest.raises(ValueError, match="needs an analytic f"):
        check_gradient(lambda x: np.abs(x).sum(), np.sign, np.ones(2), method="complex")


def test_entries_of_very_different_sizes_get_steps_of_their_own():
    x = np.array([1e-8, 1.0, 1e8])
    with np.errstate(invalid="ignore"):  # a long step of the small one
        assert check_gradient(lambda v: np.log(v).sum(), lambda v: 1 / v, x).ok
    assert check_gradient(lambda v: (v**2).sum(), lambda v: 2 * v, x[:2]).ok
    for index in range(3):
        value, error, step = central(lambda v: float(np.log(v.min())), x[index : index + 1], np.ones(1), (x[index],))
        assert value == pytest.approx(1 / x[index], rel=1e-8)
        assert error < 1e-6 / x[index] and step < x[index]


def test_a_function_that_lives_on_symmetric_matrices_is_moved_symmetrically():
    def f(s):
        if not np.array_equal(s, s.T):
            raise ValueError("not symmetric")
        return logdet(s)

    assert check_gradient(f, np.linalg.inv, SPD, symmetric=True).ok
    assert check_gradient(f, once(np.linalg.inv), SPD, symmetric="constrained").ok
    with pytest.raises(ValueError, match="cannot be evaluated near the point: not symmetric"):
        check_gradient(f, np.linalg.inv, SPD)


def test_the_constrained_and_the_unrestricted_gradient_are_told_apart():
    wrong = check_gradient(logdet, once(np.linalg.inv), SPD, symmetric=True)
    assert not wrong.ok and wrong.worst[0] < wrong.worst[1]
    wrong = check_gradient(logdet, np.linalg.inv, SPD, symmetric="constrained")
    assert not wrong.ok and wrong.worst[0] < wrong.worst[1]


@pytest.mark.parametrize("symmetric", [False, True, "constrained"])
def test_stacks_of_matrices_and_directions(symmetric):
    stack = np.stack([SPD + k * np.eye(4) for k in range(40)])
    gradient = (
        (lambda s: np.stack([once(np.linalg.inv)(each) for each in s])) if symmetric == "constrained" else np.linalg.inv
    )
    found = check_gradient(lambda s: logdet(s).sum(), gradient, stack, symmetric=symmetric)
    assert found.ok and found.directions
    assert not check_gradient(lambda s: logdet(s).sum(), lambda s: 1.001 * gradient(s), stack, symmetric=symmetric).ok


def test_a_scalar_point():
    found = check_gradient(lambda x: x**3, lambda x: 3 * x**2, 2.0)
    assert found.ok and found.worst == ()
    assert "agrees with finite differences" in str(found) and "at the scalar" in str(found)


def test_the_text_of_a_wrong_gradient_names_place_values_and_step():
    text = str(check_gradient(lambda x: (x**2).sum(), lambda x: np.array([2.0, 5.0]), np.array([1.0, 2.0])))
    assert "differs from" in text and "0.25 at entry (1,)" in text and "5 given, 4" in text and "with step" in text


def test_a_gradient_of_zero_is_checked_absolutely():
    assert check_gradient(lambda x: 3.0, np.zeros_like, np.ones(3)).ok
    assert not check_gradient(lambda x: 3.0, np.ones_like, np.ones(3)).ok


def test_noise_is_no_agreement():
    noise = np.random.default_rng(0)
    found = check_gradient(lambda x: x.sum() + 0.1 * noise.normal(), lambda x: 100 * np.ones_like(x), np.ones(3))
    assert not found.ok


@pytest.mark.parametrize(
    ("f", "g", "at", "more", "message"),
    [
        (lambda x: x, lambda x: x, np.ones(2), {}, "has to return a scalar, not an array of shape"),
        (lambda x: x.sum(), lambda x: np.ones(3), np.ones(2), {}, r"shape \(3,\) at a point of shape \(2,\)"),
        (lambda x: x.sum(), lambda x: x * np.nan, np.ones(2), {}, "not finite"),
        (lambda x: np.inf, lambda x: x, np.ones(2), {}, "f is not finite"),
        (lambda x: x.sum(), np.ones_like, np.ones((0, 2)), {}, "no entries"),
        (lambda x: x.sum(), np.ones_like, np.ones((3, 2)), {"symmetric": True}, "square in their last two axes"),
        (lambda x: x.sum(), np.ones_like, A, {"symmetric": True}, "not symmetric"),
    ],
)
def test_what_cannot_be_compared_is_refused(f, g, at, more, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(f, g, at, **more)
