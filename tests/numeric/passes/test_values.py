"""Every pass leaves the value of random programs as it is, in 60 digits."""

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from interpreter import drawn, numbers, value, vectors

from numeric.passes import STAGES, optimised
from numeric.passes.centring import centred
from numeric.passes.distribution import distributed
from numeric.passes.exponentials import as_fractions
from numeric.passes.linear import hoisted, structured
from numeric.passes.logarithms import in_logarithms
from numeric.passes.maxima import shifted
from numeric.passes.norms import rescaled
from numeric.passes.squares import completed
from numeric.passes.subtraction import subtracted
from numeric.passes.upright import upright
from numeric.program import Program

PASSES = [
    centred, as_fractions, subtracted, rescaled, completed, in_logarithms, distributed, structured, hoisted, shifted,
    upright,
]  # fmt: skip
LARGEST = mpmath.mpf(10) ** 12


def finite(array):
    """Whether every entry is a number of moderate size, not complex and not undefined."""
    return all(isinstance(each, mpmath.mpf) and mpmath.isfinite(each) and abs(each) < LARGEST for each in array.ravel())


def evaluated(node, symbols):
    try:
        return value(node, symbols)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


def assert_same(node, rewritten, seed):
    symbols = drawn(seed)
    before = evaluated(node, symbols)
    assume(before is not None and finite(before))
    after = evaluated(rewritten, symbols)
    assert after is not None, rewritten
    assert after.shape == before.shape or after.size == 1
    for a, b in zip(np.broadcast_to(after, before.shape).ravel(), before.ravel(), strict=True):
        assert abs(a - b) <= mpmath.mpf(10) ** -20 * (1 + abs(b)), (node, rewritten)


@pytest.mark.parametrize("rewrite", PASSES, ids=lambda each: each.__name__)
@settings(max_examples=20, deadline=None)
@given(node=st.one_of(numbers(), vectors()), seed=st.integers(0, 3))
def test_the_value_is_unchanged(rewrite, node, seed):
    assert_same(node, rewrite(node), seed)


@settings(max_examples=20, deadline=None)
@given(node=st.one_of(numbers(), vectors()), seed=st.integers(0, 3))
def test_all_stages_together_keep_the_value(node, seed):
    made = node
    for stage in STAGES:
        made = stage(made)
    assert_same(node, made, seed)


@settings(max_examples=20, deadline=None)
@given(node=numbers())
def test_passes_end_and_are_deterministic(node):
    program = Program((), (node,), ((),))
    assert optimised(program).outputs == optimised(program).outputs
