"""Conditions that no point satisfies, and those that some does."""

import pytest
from test_statement import stated

from derive.given import as_condition
from derive.satisfiable import contradiction


@pytest.mark.parametrize(
    "text",
    ["1 = 0", r"x^\top x = -1", "-2 = |a|", r"\|x\|^2 = -1", r"\exp(a) = -1", "a = a + 1", "A = A + I", "a^2 = -4"],
)
def test_impossible(text):
    assert "no point satisfies it" in contradiction(stated(text), ())


@pytest.mark.parametrize(
    "text",
    ["a = 0", r"x^\top x = 1", "|a| = 2", "a = -1", "A = 0", "A x = x", r"\det A = -1", "a^3 = -8", r"x^\top A x = -1"],
)
def test_possible(text):
    assert contradiction(stated(text), ()) == ""


def test_a_contradiction_with_what_was_assumed_before():
    earlier = as_condition(stated(r"\mathbf{1}^\top x = 1"), "first")
    assert contradiction(stated(r"\mathbf{1}^\top x = 2"), (earlier,))
    assert contradiction(stated(r"\mathbf{1}^\top x = 2"), ()) == ""
    assert contradiction(stated(r"x^\top x = 2"), (earlier,)) == ""
