"""Factorials and binomial coefficients, read as values of the gamma function."""

from math import comb, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from undeclared import answers

from derive.parse import Parser
from derive.relations import side_list
from derive.source import Excerpt
from derive.syntax import FunctionCall, Product
from derive.tokens import Unreadable, tokenize

DECLARED = r"Let $n \in \mathbb{N}$, $y \in \mathbb{R}_{>0}$, $\lambda \in \mathbb{R}_{>0}$. "


def parse(text):
    prepared = side_list(tokenize(Excerpt.of(text), {}))
    return Parser(prepared, set()).expression(0, len(prepared.tokens))


def verdict(relation, declared=DECLARED):
    found = answers("a.md", f"{declared}$$ {relation} $$", infer=False)
    return next(iter(found.values())).judgement.verdict.value


def test_the_sign_binds_to_the_factor_before_it():
    product = parse("2 n!")
    assert isinstance(product, Product)
    assert isinstance(product.items[1], FunctionCall) and product.items[1].function == "factorial"


@pytest.mark.parametrize(("text", "message"), [("n!!", "double"), ("x^n!", "two things")])
def test_what_means_two_things_is_not_read(text, message):
    with pytest.raises(Unreadable, match=message):
        parse(text)


@pytest.mark.parametrize(
    "relation",
    [
        r"(n+1)! = (n+1) n!",
        r"n! = \Gamma(n+1)",
        r"n!^2 = n! \cdot n!",
        r"\frac{y!}{(y-1)!} = y",
        r"\ln y! = \ln \Gamma(y + 1)",
        r"\binom{n}{2} = \frac{n (n-1)}{2}",
        r"{n \choose 1} = n",
        r"\binom{n}{y} = \frac{n!}{y! \, (n-y)!}",
        r"\dbinom{n}{y} = \tbinom{n}{n - y}",
        r"\binom{n+1}{y+1} = \binom{n}{y} + \binom{n}{y+1}",
        r"\frac{\lambda^{y} e^{-\lambda}}{y!} = \exp( y \ln \lambda - \lambda - \ln y! )",
    ],
)
def test_true_relations(relation):
    assert verdict(relation) in ("proved", "holds")


@pytest.mark.parametrize(
    "relation",
    [
        r"(n+1)! = n \, n!",
        r"\binom{n}{2} = \frac{n (n+1)}{2}",
        r"{n \choose 1} = n + 1",
        r"\frac{y!}{(y-1)!} = y + 1",
        r"\binom{n+1}{y+1} = \binom{n}{y} + \binom{n}{y-1}",
        r"\binom{n}{y} = \frac{n!}{y!}",
    ],
)
def test_false_relations(relation):
    assert verdict(relation) in ("refuted", "undecided")


@pytest.mark.parametrize("relation", [r"y! \, \sin(\pi y) = y! \, \sin(2 \pi y)", r"(y/2)! = (y/2)! + \sin(\pi y)"])
def test_what_is_true_of_whole_numbers_only_is_not_refuted(relation):
    assert verdict(relation) in ("undecided", "holds", "proved")


def test_a_function_before_the_bracket_of_a_factorial_is_not_read_as_a_factor():
    declared = r"Let $f : \mathbb{R} \to \mathbb{R}$ and $x \in \mathbb{R}$. "
    assert verdict("f(x)! = f(x)!", declared) == "unread"


@given(st.integers(1, 12), st.integers(0, 12))
def test_numbers(n, k):
    if k > n:
        return
    assert verdict(rf"\binom{{{n}}}{{{k}}} = {comb(n, k)}") in ("proved", "holds")
    assert verdict(rf"{n}! = {factorial(n) + 1}") == "refuted"


BETA = r"Let $a, b, c, x \in \mathbb{R}_{>0}$. The beta function is used. "


@pytest.mark.parametrize(
    ("relation", "found"),
    [
        (r"\mathrm{B}(a, b) = \frac{\Gamma(a) \Gamma(b)}{\Gamma(a+b)} + 0 \cdot c", ("definition", "proved", "holds")),
        (r"c \, \mathrm{B}(a, b) = c \, \mathrm{B}(b, a)", ("proved", "holds")),
        (r"c \, B(a + 1, b) = c \frac{a}{a + b} B(a, b)", ("proved", "holds")),
        (r"c \, B(a + 1, b) = c \frac{b}{a + b} B(a, b)", ("refuted",)),
        (r"\int_0^1 \mathrm{Bet}(x; a, b) \, dx = 1", ("holds",)),
        (
            r"\int_0^1 x^{a - 1} (1 - x)^{b - 1} \, dx = \mathrm{B}(a, b) \int_0^1 \mathrm{Bet}(x; a, b) \, dx",
            ("holds",),
        ),
        (
            r"\int_0^1 x^{a} (1 - x)^{b - 1} \, dx = \mathrm{B}(a, b) \int_0^1 \mathrm{Bet}(x; a, b) \, dx",
            ("undecided",),
        ),
        (r"\int_0^2 \mathrm{Bet}(x; a, b) \, dx = 1", ("undecided",)),
        (r"\int_0^1 \mathrm{Bet}(x; a, b) \, dx = 2", ("undecided",)),
    ],
)
def test_the_beta_function_and_its_density(relation, found):
    assert verdict(relation, BETA) in found


def test_b_is_the_beta_function_only_where_the_text_speaks_of_it():
    assert verdict(r"c \, B(a, b) = c \, B(b, a)", BETA.replace("The beta function is used. ", "")) == "unread"
