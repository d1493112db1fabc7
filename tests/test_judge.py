"""Judgements of statements under conditions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from test_statement import stated

from derive.checking import check_text
from derive.given import as_condition
from derive.judge import Judge
from derive.options import Options
from derive.verdict import Verdict


def judged(text, *conditions, seed=0):
    return Judge(seed).claim(stated(text), tuple(as_condition(stated(one), one) for one in conditions))


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        ("A + A = 2 A", Verdict.PROVED, None),
        ("A + A = 3 A", Verdict.REFUTED, "E301"),
        (r"A = A^\top", Verdict.CONDITIONAL, "A401"),
        (r"x x^\top = x^\top x I", Verdict.REFUTED, "E310"),
        (r"x_i = 2 \sum_j x_j", Verdict.MALFORMED, "S211"),
        (r"(A - A)^{-1} = A", Verdict.UNDECIDED, "U603"),
        (r"\sqrt{a^2} = |a|", Verdict.PROVED, None),
        (r"\sqrt{a^2} = a", Verdict.CONDITIONAL, "A401"),
    ],
)
@pytest.mark.parametrize("seed", [0, 5])
def test_verdicts(text, verdict, code, seed):
    said = judged(text, seed=seed)
    assert (said.verdict, said.code) == (verdict, code)


def test_conditions_that_are_needed_are_named():
    said = judged(r"A^2 = (A^2)^\top", r"A = A^\top", r"\mathbf{1}^\top x = 1")
    assert said.verdict is Verdict.PROVED and tuple(said.given) == (r"A = A^\top",)


def test_a_counterexample_rests_on_the_conditions():
    said = judged(r"A^2 = A", r"A = A^\top")
    assert said.verdict is Verdict.REFUTED and tuple(said.given) == (r"A = A^\top",)


def test_irrelevant_conditions_do_not_save_a_false_claim():
    assert judged("A + A = 3 A", r"x^\top x = 1").verdict is Verdict.REFUTED


@pytest.mark.parametrize("text", [r"x^\top x = 2", r"\det(x x^\top + A) = 1"])
def test_a_condition_leaves_claims_open_or_is_satisfied_by_the_counterexample(text):
    condition = r"x^\top A x = e^{a}"
    said = judged(text, condition)
    if said.verdict is Verdict.UNDECIDED:
        assert said.code == "J501"
        return
    assert said.verdict is Verdict.REFUTED and tuple(said.given) == (condition,)
    values = {name: np.array([[float(Fraction(e)) for e in row] for row in v]) for name, v in shown(said).items()}
    form = values["x"].T @ values["A"] @ values["x"]
    assert form[0, 0] == pytest.approx(math.exp(values["a"][0, 0]), rel=1e-9)


def shown(said):
    return said.counterexample.values


def test_consequences_by_solving():
    said = judged("a = 2", "2 a = 4")
    assert said.verdict is Verdict.PROVED and tuple(said.given) == ("2 a = 4",)
    assert judged("a = 3", "2 a = 4").verdict is Verdict.REFUTED


def test_refutations_carry_a_point_and_truths_a_bound():
    assert judged("A + A = 3 A").counterexample.dimensions == {"n": 1}
    assert judged("A + A = 2 A").evidence.error_bound == 0
    assert 0 < judged(r"\tanh(a) = \frac{e^{2 a} - 1}{e^{2 a} + 1}").evidence.error_bound < 1e-12


POWERS = r"Let $c, d \in \mathbb{R}$, $m, n \in \mathbb{N}$, $A \in \mathbb{R}^{n \times n}$. "


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"(c^2)^{m/2} = c^m", {"conditional"}),
        (r"\sqrt{c^{2m}} = c^m", {"conditional"}),
        (r"(c^m)^{1/2} = c^{m/2}", {"conditional"}),
        (r"|c^2 A|^{1/2} = c^n |A|^{1/2}", {"conditional"}),
        (r"|c A|^{1/2} = c^{n/2} |A|^{1/2}", {"conditional"}),
        (r"(c^{m/2})^{2/m} = c", {"undecided", "conditional"}),
        (r"(c^2 d^2)^{m/2} = c^m d^m", {"refuted"}),
        (r"(c^2)^{m/2} = |c|^m", {"proved"}),
        (r"(c^2)^m = c^{2m}", {"proved"}),
        (r"(-c)^m = (-1)^m c^m", {"proved"}),
        (r"(-2c)^m = 2^m c^m", {"refuted"}),
        (r"(c d)^m = c^m d^m", {"proved"}),
        (r"\frac{c^{m+1}}{c} = c^m", {"proved"}),
    ],
)
def test_a_power_with_a_size_in_its_exponent_does_not_show_that_its_base_is_positive(claim, verdicts):
    (found,) = check_text(f"{POWERS}$${claim}$$")
    assert found.judgement.verdict.value in verdicts


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (r"(-1)^m c = -c", "E301"),  # true for every odd m
        (r"|2 A| = 2 |A|", "E310"),
    ],
)
def test_true_for_small_sizes_only_is_said_where_no_larger_one_is_known(claim, code):
    (found,) = check_text(f"{POWERS}$${claim}$$", options=Options(repair=False))
    assert (found.judgement.verdict, found.judgement.code) == (Verdict.REFUTED, code)
