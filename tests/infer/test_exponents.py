"""Sizes that show in exponents."""

import pytest
from undeclared import declared, gathered

from derive.infer.exponents import exponents, whole


def sizes(text):
    found, _ = gathered(f"$$q = {text}$$")
    *_, (side, _) = found.nodes()
    return [getattr(exponent, "key", None) for _, exponent in exponents(side)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\\frac{1}{\\sqrt{(2\\pi)^n |S|}}", ["n"]),
        ("(2\\pi)^n |S|", ["n"]),
        ("-\\frac{n}{2} \\log(2\\pi) - \\frac12 \\log |S|", ["n"]),
        ("-\\frac12 \\log |S|", []),
        ("a^2 |S|", []),
    ],
)
def test_exponents_beside_determinants(text, expected):
    assert sizes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("n", "n"), ("\\frac{n}{2}", "n"), ("n/2", "n"), ("\\frac12 n", "n")])
def test_halves_are_taken_off(text, expected):
    found, _ = gathered(f"$$q = {text}$$")
    *_, (side, _) = found.nodes()
    assert whole(side).key == expected


def test_the_size_of_a_covariance_is_that_of_its_density():
    quadratic = "\\frac12 (x-\\mu)^T \\Sigma^{-1} (x-\\mu)"
    density = "-\\frac{k}{2} \\log(2\\pi) - \\frac12 \\log |\\Sigma|"
    text = f"$$\\log \\mathcal{{N}}(x \\mid \\mu, \\Sigma) = {density} - {quadratic}$$"
    found = declared(text)
    assert found["\\Sigma"] == "\\Sigma \\in \\mathbb{S}_{++}^{k}" and found["x"] == "x \\in \\mathbb{R}^{k}"
