"""What is visibly positive or never negative: it is so at every real point tried, and what is not is not called so."""

import pytest
from points import statement_of

from derive.checking import check_text
from derive.exact.domain import Balls, NoPoint
from derive.exact.identity import Test
from derive.exact.signs import is_nonnegative, is_positive

LET = (
    r"s, t \in \mathbb{R}_{>0}",
    r"r \in \mathbb{R}_{\geq 0}",
    r"a, b \in \mathbb{R}",
    r"x \in \mathbb{R}^n",
    r"A, B \in \mathbb{R}^{n \times n}",
    r"X \in \mathbb{R}^{m \times n}",
    r"\Sigma \in \mathbb{S}_{++}^n",
    r"S \in \mathbb{S}_{+}^n",
    r"W \in \mathbb{S}^n",
)
POSITIVE = (
    "3", r"\pi", "n", r"2 \pi s^2", r"(2\pi)^{n} |\Sigma|", r"\frac{1}{(2\pi)^n |\Sigma|}", r"\exp(a)", r"s + r",
    r"|s \Sigma|", r"|s \Sigma^{-1} + X^\top X|", r"\operatorname{tr}(\Sigma)", r"|I + S|",
    r"s^{-1/2}", r"\mathcal{N}(x; x, \Sigma)", r"|\Sigma \otimes \Sigma|",
)  # fmt: skip
NONNEGATIVE = (
    "0", "a^2", r"(a - b)^2", r"x^\top x", r"x^\top \Sigma x", r"x^\top A^\top A x", r"x^\top A^\top S A x", r"|S|",
    "r s",
    r"|a - b|", r"\sqrt{s}", r"\sum_{i=1}^n x_i^2", r"\operatorname{tr}(A^\top A)",
    r"|X^\top X|", r"s\, x^\top \Sigma^{-1} x + r",
    r"\|x\|", r"\prod_{i=1}^n x_i^2",
)  # fmt: skip
NEITHER = (
    "-1", "a", "s - t", "-s", "a b", r"|A|", r"|W|", r"x^\top A x", r"x^\top W x", r"\operatorname{tr}(A)",
    r"\operatorname{tr}(W)",
    r"a^3", r"\log s", r"|\Sigma - S|", r"|-\Sigma|", r"\operatorname{tr}(a \Sigma)", r"\prod_{i=1}^n x_i",
    r"\sum_{i=1}^n x_i",
    r"\operatorname{tr}(A B)", r"x^\top A^\top B x", "a^2 - b^2", r"\operatorname{tr}(A \Sigma A)",
)  # fmt: skip


def expression(text):
    return statement_of(text, LET)


def values(text):
    """Yield the value of an expression at random real points of several sizes."""
    test = Test(expression(text).equation())
    for assignment in test.assignments():
        for seed in range(12):
            evaluator = test.evaluator([Balls()], assignment, str(seed), -1)
            try:
                yield float(evaluator.value(test.lhs).mid())
            except NoPoint:
                continue


@pytest.mark.parametrize("text", POSITIVE)
def test_positive(text):
    statement = expression(text)
    assert is_positive(statement.lhs, statement.scope) and is_nonnegative(statement.lhs, statement.scope)
    assert min(values(text)) > 0


@pytest.mark.parametrize("text", NONNEGATIVE)
def test_never_negative(text):
    statement = expression(text)
    assert is_nonnegative(statement.lhs, statement.scope)
    assert min(values(text)) >= -1e-12


@pytest.mark.parametrize("text", NEITHER)
def test_what_may_be_negative(text):
    statement = expression(text)
    assert not is_positive(statement.lhs, statement.scope) and not is_nonnegative(statement.lhs, statement.scope)
    assert min(values(text)) < 0


def verdict(relation):
    text = ", ".join(f"${declared}$" for declared in LET)
    return check_text(f"Let {text}. $$ {relation} $$")[0].judgement.verdict.value


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (r"\sqrt{\frac{1}{2 \pi s^2}} = \frac{1}{\sqrt{2 \pi} s}", {"proved", "holds"}),
        (r"\sqrt{\frac{1}{(2\pi)^n |\Sigma|}} = (2\pi)^{-n/2} |\Sigma|^{-1/2}", {"proved", "holds"}),
        (r"\sqrt{\frac{1}{(2\pi)^n |s \Sigma|}} = (2\pi s)^{-n/2} |\Sigma|^{-1/2}", {"proved", "holds"}),
        (r"\sqrt{\frac{1}{2 \pi s^2}} = \frac{1}{\sqrt{\pi} s}", {"refuted"}),
        (r"\sqrt{a^2} = a", {"refuted", "conditional"}),
        (r"\sqrt{\frac{1}{|A|^2}} = \frac{1}{|A|}", {"refuted", "conditional"}),
        (r"\sqrt{(s - t)^2} = s - t", {"refuted", "conditional"}),
    ],
)
def test_roots_of_what_is_positive_are_decided(relation, expected):
    assert verdict(relation) in expected
