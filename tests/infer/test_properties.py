"""Properties come from words, laws and form only."""

import pytest
from undeclared import declared, gathered, verdict

from derive.facts import Fact
from derive.infer.properties import properties, random_symbols

LINEAR = "$$X \\beta + y = y + X \\beta$$\n\n"


def given_by(text, scalars=()):
    found, symbols = gathered(text)
    return {(key, fact) for key, fact, _, _ in properties(found, symbols, lambda key: key in scalars)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x \\sim \\mathcal{N}(\\mu, \\Sigma)$", {("\\Sigma", Fact.DEFINITE)}),
        ("$x \\sim \\mathcal{N}(\\mu, \\sigma^2 V)$", {("\\sigma", Fact.POSITIVE), ("V", Fact.DEFINITE)}),
        ("$x \\sim \\mathcal{N}(\\mu, \\Lambda^{-1})$", {("\\Lambda", Fact.DEFINITE)}),
        ("$x \\sim \\mathcal{N}(\\mu, A \\Sigma A^T)$", set()),
        ("$x \\sim \\mathcal{N}(\\mu, \\Sigma + V)$", set()),
        ("$\\tau \\sim \\mathrm{Gam}(a, b)$", {("\\tau", Fact.POSITIVE), ("a", Fact.POSITIVE), ("b", Fact.POSITIVE)}),
        ("$x \\sim \\mathcal{F}(\\mu, \\Sigma)$", set()),
        ("$$\\mathcal{N}(x \\mid \\mu, \\Sigma) = 1$$", {("\\Sigma", Fact.DEFINITE)}),
    ],
)
def test_laws_say_what_their_parameters_are(text, expected):
    assert given_by(text, {"\\sigma", "\\tau", "a", "b"}) == expected


def test_what_has_a_law_is_random():
    found, symbols = gathered("Let $y \\sim \\mathcal{N}(X\\beta, V)$.")
    assert random_symbols(found, symbols) == {"y": 1}


@pytest.mark.parametrize("text", ["$$A^T = A$$", "$$x^T A x = x^T A^T x$$", "$$A A^T = A^T A$$", "$$\\log |A| = b$$"])
def test_relations_give_no_property(text):
    assert declared(text)["A"].split("\\in ")[1].startswith("\\mathbb{R}^")


def test_the_covariance_of_a_model_is_definite():
    found = declared(f"{LINEAR}where $y \\sim \\mathcal{{N}}(X \\beta, V)$\n\n$$V X = V X$$")
    assert "\\mathbb{S}_{++}" in found["V"]


AUTOREGRESSION = "$$y_t = \\rho y_{t-1} + \\varepsilon_t, \\; \\varepsilon_t \\sim \\mathcal{N}(0, \\sigma^2)$$"


@pytest.mark.parametrize("claim", ["\\mathrm{Var}(y_t) = \\sigma^2", "\\mathrm{E}(y_t) = \\rho y_{t-1}"])
def test_what_is_indexed_like_a_random_symbol_is_no_constant(claim):
    assert verdict(f"{AUTOREGRESSION} $${claim}$$") == "undecided"


def test_the_parameter_of_a_distribution_is_a_constant_whatever_its_letter():
    text = "$$x_1 \\sim \\mathcal{N}(x_0, \\sigma^2)$$ $$\\mathrm{E}(x_1 + x_0) = 2 x_0$$"
    assert verdict(text) == "proved"
