"""Applications of which nothing is known but their names: equal where their arguments are, and nothing else."""

import pytest
from undeclared import answers, verdict


def all_of(text):
    return [report.judgement.verdict.value for report in answers("a.md", text).values()]


MODEL = r"Let $y_i \sim \mathcal{N}(\mu, \sigma^2)$ for $i = 1, \dots, n$. "


def test_an_unknown_value_is_the_same_on_both_sides():
    assert verdict(r"$$ a = b \, \mathrm{MLL}(m) $$ $$ a + 1 = \mathrm{MLL}(m) \, b + 1 $$") == "proved"


@pytest.mark.parametrize(
    "right",
    [r"b \, \mathrm{MLL}(k)", r"b \, \mathrm{AIC}(m)", r"c \, \mathrm{MLL}(m)", r"\mathrm{MLL}(m)"],
)
def test_different_values_are_neither_equal_nor_refuted_to_be(right):
    text = rf"$$ a = b \, \mathrm{{MLL}}(m) $$ $$ a = {right} $$"
    assert verdict(text) == "undecided"


def test_a_distribution_is_an_argument():
    left = r"\mathrm{h}\left[ \mathcal{N}(\mu, \Sigma) \right]"
    assert verdict(rf"$$ c = 2 {left} $$ $$ c = {left} + {left} $$") == "proved"
    other = r"\mathrm{h}\left[ \mathcal{N}(\nu, \Sigma) \right]"
    assert verdict(rf"$$ c = 2 {left} $$ $$ c = {left} + {other} $$") == "undecided"


def test_a_name_that_was_given_another_meaning_is_another_argument():
    text = r"Let $c \in \mathbb{R}$. $$ g(z) := \mathrm{MLL}(z + c) $$ $$ c := 2 $$ $$ g(z) = \mathrm{MLL}(z + c) $$"
    assert all_of(text)[-1] not in ("proved", "holds")


@pytest.mark.parametrize(
    "relation",
    [
        r"\frac{\partial}{\partial b} \, b \, \mathrm{MLL}(a b) = \mathrm{MLL}(a b)",
        r"\int_{-\infty}^{\infty} \mathrm{MLL}(a x) \, \mathcal{N}(x; 0, 1) \, dx = \mathrm{MLL}(a x)",
        r"\int_{-\infty}^{\infty} \mathrm{MLL}(z) \, \mathcal{N}(x; 0, 1) \, dx = \mathrm{MLL}(z)",
    ],
)
def test_what_an_unknown_value_depends_on_is_not_forgotten(relation):
    text = rf"$$ z := 2 x $$ $$ f = a + b + x $$ $$ {relation} $$"
    assert verdict(text) not in ("proved", "holds", "refuted")


def test_an_unknown_value_of_what_is_random_has_no_known_mean():
    text = r"Let $X \sim \mathcal{N}(\mu, \sigma^2)$. $$ \mathrm{E}[\mathrm{MLL}(2 X)] = \mathrm{MLL}(2 X) $$"
    assert verdict(text) not in ("proved", "holds", "refuted")


def test_a_sum_over_an_index_in_an_argument_is_no_multiple():
    text = (
        MODEL
        + r"$$ s = \sum_{i=1}^n \mathrm{MLL}(2 y_i) $$ $$ \sum_{i=1}^n \mathrm{MLL}(2 y_i) = n \mathrm{MLL}(2 y_i) $$"
    )
    assert verdict(text) not in ("proved", "holds", "refuted")


def test_a_matrix_may_stand_behind_other_names():
    text = r"Let $A$ and $B$ be $n \times n$ matrices. $$ \mathrm{Sym}(A) \, B = B \, \mathrm{Sym}(A) $$"
    assert verdict(text) not in ("proved", "holds", "refuted")
    information = r"Let $A$ be an $n \times n$ matrix. $$ \mathrm{I}(\theta) \, A = A \, \mathrm{I}(\theta) $$"
    assert verdict(information) not in ("holds", "refuted")


def test_densities_of_members_are_defined_by_an_equation():
    text = MODEL + (r"$$ p(y_i|\mu) = \exp\left[ -(y_i - \mu)^2 \right] $$ $$ p(y|\mu) = \prod_{i=1}^n p(y_i|\mu) $$ ")
    right = r"$$ p(y|\mu) = \exp\left[ -\sum_{i=1}^n (y_i - \mu)^2 \right] $$"
    wrong = right.replace("- \\mu)^2 \\right]", "+ \\mu)^2 \\right]")
    assert wrong != right
    assert all_of(text + right)[-1] in ("holds", "proved")
    assert all_of(text + wrong)[-1] in ("refuted", "undecided")


def test_another_condition_makes_another_density():
    text = MODEL + r"$$ p(y_i|\mu) = \exp\left[ -(y_i - \mu)^2 \right] $$ $$ p(y_i|\nu) = p(y_i|\mu) + 0 \, y_i $$"
    assert all_of(text)[-1] not in ("proved", "holds")


def test_a_chain_defines_by_the_side_that_is_given():
    text = MODEL + (
        r"$$ p(y|\mu) = \prod_{i=1}^n p(y_i|\mu) = \prod_{i=1}^n \exp\left[ -(y_i - \mu)^2 \right] $$"
        r"$$ p(y|\mu) = \exp\left[ -\sum_{i=1}^n (y_i - \mu)^2 \right] $$"
    )
    found = all_of(text)
    assert found[-1] in ("holds", "proved") and "refuted" not in found


def test_members_of_an_unknown_density_are_multiplied_one_by_one():
    text = MODEL + r"$$ p(y|\mu) = \prod_{i=1}^n p(y_i|\mu) $$ "
    right = r"$$ \ln p(y|\mu) = \sum_{i=1}^n \ln p(y_i|\mu) $$"
    wrong = r"$$ \ln p(y|\mu) = n \ln p(y_1|\mu) $$"
    assert all_of(text + right)[-1] in ("holds", "proved", "undecided")
    assert all_of(text + wrong)[-1] not in ("holds", "proved", "refuted")


@pytest.mark.parametrize(
    "text",
    [
        r"$$\mathrm{MLL}(m) = a$$ $$\mathrm{MLL}(k) = a$$",
        r"$$S(\beta) = r$$ $$S(\gamma) = r$$",
        r"$$r = y^T y$$ $$S(\beta) = r$$ $$S(\hat\beta) = r$$",
    ],
)
def test_a_value_that_does_not_show_the_argument_is_not_that_at_another_one(text):
    assert all_of(text)[-1] not in ("proved", "holds", "refuted")


def test_a_value_that_shows_the_argument_through_a_definition_is():
    text = r"$$\varepsilon = y - X\beta$$ $$S(\beta) = \varepsilon^T \varepsilon$$ "
    assert all_of(text + r"$$S(b) = (y - X b)^T (y - X b)$$")[-1] in ("proved", "holds", "undecided")
