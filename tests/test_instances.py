"""Functions at other arguments than those they were written for, and derivatives at a value."""

import pytest
from undeclared import answers

from derive.checking import check_text

SQUARES = r"Let $y$ be an $n$-dimensional vector and $X$ be an $n \times p$ matrix. "
SUM = SQUARES + r"$$ S(\beta) = (y - X \beta)^T (y - X \beta) $$ $$ \hat\beta = A y, \quad b = X \hat\beta $$ "
LIKELIHOOD = (
    r"Let $y \sim \mathcal{N}(X\beta, \sigma^2 V)$. "
    r"$$ \mathrm{LL}(\beta,\sigma^2) = "
    r"- \frac{n}{2} \log \sigma^2 - \frac{1}{2 \sigma^2} (y-X\beta)^T V^{-1} (y-X\beta) $$ "
)


def verdict(text, infer=True):
    return list(answers("a.md", text, infer=infer).values())[-1].judgement.verdict.value


@pytest.mark.parametrize(
    ("relation", "found"),
    [
        (r"\frac{\partial S(\hat\beta)}{\partial \beta} = 2 X^T (X \hat\beta - y)", "proved"),
        (r"\frac{\partial^2 S(\hat\beta)}{\partial \beta \, \partial \beta^T} = 2 X^T X", "proved"),
        (r"\frac{\partial S(\beta)}{\partial \beta} = 2 X^T (X \beta - y)", "proved"),
    ],
)
def test_a_derivative_by_the_argument_is_taken_at_what_stands_there(relation, found):
    assert verdict(SUM + f"$$ {relation} $$") == found


@pytest.mark.parametrize(
    "relation",
    [
        r"\frac{\partial S(\hat\beta)}{\partial \beta} = 2 X^T (X \beta - y)",
        r"\frac{\partial S(\hat\beta)}{\partial \beta} = 2 X^T (y - X \hat\beta)",
        r"\frac{\partial S(\hat\beta)}{\partial \beta} = 0 \, \beta",
        r"\frac{\partial S(2 \beta)}{\partial \beta} = 2 X^T (2 X \beta - y)",
    ],
)
def test_what_is_wrong_is_not_proved(relation):
    assert verdict(SUM + f"$$ {relation} $$") not in ("proved", "holds")


def test_the_chain_rule_is_used_where_the_argument_is_defined_by_the_variable():
    text = "Let $a, b \\in \\mathbb{R}$. $$ f(b) := a b^2 $$ $$ c := 3 b $$ "
    assert verdict(text + r"$$ \frac{d f(c)}{d b} = 18 a b $$", infer=False) in ("proved", "holds")
    assert verdict(text + r"$$ \frac{d f(c)}{d b} = 6 a b $$", infer=False) not in ("proved", "holds")


@pytest.mark.parametrize(
    ("relation", "is_true"),
    [
        (
            r"\mathrm{LL}(b, \sigma^2) = - \frac{n}{2} \log \sigma^2 - \frac{1}{2 \sigma^2} (y-X b)^T V^{-1} (y-X b)",
            True,
        ),
        (r"\mathrm{LL}(b, \sigma^2) = - \frac{n}{2} \log \sigma^2 - \frac{1}{2 \sigma^2} (y-X b)^T V (y-X b)", False),
        (r"\mathrm{LL}(b, \sigma^2) = \mathrm{LL}(\beta, \sigma^2)", False),
        (r"\mathrm{LL}(\beta, s^2) = - n \log s - \frac{1}{2 s^2} (y-X\beta)^T V^{-1} (y-X\beta)", True),
        (r"\mathrm{LL}(\beta, s^2) = - n \log s - \frac{1}{2 s} (y-X\beta)^T V^{-1} (y-X\beta)", False),
        (r"\mathrm{LL}(\beta, 4) = - \frac{n}{2} \log 4 - \frac{1}{8} (y-X\beta)^T V^{-1} (y-X\beta)", True),
        (r"\mathrm{LL}(\beta, 4) = - \frac{n}{2} \log 4 - \frac{1}{4} (y-X\beta)^T V^{-1} (y-X\beta)", False),
        (r"\frac{d \mathrm{LL}(\beta_0, \sigma^2)}{d \beta} = \frac{1}{\sigma^2} X^T V^{-1} (y - X \beta_0)", True),
        (r"\frac{d \mathrm{LL}(\beta_0, \sigma^2)}{d \beta} = \frac{1}{\sigma^2} X^T V^{-1} (y - X \beta)", False),
    ],
)
def test_a_function_of_squares(relation, is_true):
    context = r"Here $s$ is a positive number. $$ b = (X^T X)^{-1} X^T y $$"
    found = verdict(LIKELIHOOD + context + f"$$ 0 + {relation} $$")
    assert (found in ("proved", "holds")) == is_true
    assert not (is_true and found in ("refuted", "malformed"))


def test_arguments_that_change_places_are_not_mixed_up():
    text = "Let $a, b, s \\in \\mathbb{R}_{>0}$. $$ \\mathrm{LL}(a, b, s^2) := a b^2 + s^2 $$ "
    wrong = verdict(text + "$$ \\mathrm{LL}(b, a, s^2) = b^3 + s^2 $$", infer=False)
    assert wrong not in ("proved", "holds")


def test_densities_of_other_variables_are_other_functions():
    text = r"$$ p(x|\mu) = \exp(-(x - \mu)^2) $$ $$ p(y|\mu) = c + 0 \, y $$ $$ p(y|\mu) = \exp(-(y - \mu)^2) $$"
    assert verdict(text) not in ("proved", "holds")


def test_another_letter_may_depend_on_the_variable():
    text = "Let $a, x, z \\in \\mathbb{R}$. $$ f(x) := a x^2 $$ "
    assert verdict(text + r"$$ \frac{d f(z)}{d x} = 2 a z $$", infer=False) not in ("proved", "holds")
    assert verdict(text + r"$$ \frac{d f(3)}{d x} = 6 a $$", infer=False) in ("proved", "holds")


def test_a_derivative_at_a_value_is_not_zero():
    text = "Let $a, x, x_0 \\in \\mathbb{R}$. $$ f(x) := a x^2 $$ "
    assert verdict(text + r"$$ \frac{d f(x_0)}{d x} = 2 a x_0 $$", infer=False) in ("proved", "holds")
    assert verdict(text + r"$$ \frac{d f(x_0)}{d x} = 0 \cdot a $$", infer=False) == "refuted"
    assert verdict(text + r"$$ \frac{d f(x + x_0)}{d x} = 2 a (x + x_0) $$", infer=False) in ("proved", "holds")


@pytest.mark.parametrize(
    ("formula", "codes"),
    [
        (r"(x - \mu)^\top (x - \mu) = (x - \mu)^\top \Sigma^{-2} (x - \mu)", {"S201", "S212"}),
        (r"(x - \mu)^\top \Sigma^{-1} (x - \mu) = -(x - \mu)^\top \Sigma^{-2} (x - \mu)", {"S201"}),
    ],
)
def test_a_bracket_before_a_bracket_is_no_function(formula, codes):
    """It was an internal error, in one of the layouts that are tried."""
    (report,) = check_text(
        r"Let $x, \mu \in \mathbb{R}^D$ and $\Sigma \in \mathbb{S}_{++}^D$. "
        rf"$$\frac{{\partial}}{{\partial \Sigma}} {formula}$$"
    )
    assert report.judgement.code in codes
