"""Sizes that show in exponents."""

import pytest
from undeclared import declared, gathered

from derive import check
from derive.infer.exponents import exponents, multiples, whole
from derive.opaque import written


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|c A| = c^n |A|", [("A", "n")]),
        ("\\det(c A) = c^n \\det(A)", [("A", "n")]),
        ("|2 A^{-1}| = 2^n |A^{-1}|", [("A", "n")]),
        ("\\log |c A| = n \\log c + \\log |A|", [("A", "n")]),
        ("|c A| = c^2 |A|", []),
        ("|c A| = c |A|", []),
        ("|c A| = b^n |A|", []),
        ("|c A| = c^n |B|", []),
        ("c^{n} + |c A| = |A|", []),
        ("|c A| = c^n + |A|", []),
    ],
)
def test_the_power_of_a_factor_is_the_size(text, expected):
    found, _ = gathered(f"$${text}$$")
    (formula,) = found.formulas
    assert [(written(matrix)[0], written(size)) for matrix, size in multiples(formula.sides)] == expected


def test_a_multiple_is_judged_without_declarations():
    text = "$$|\\lambda A| = \\lambda^n |A|$$\n$$|\\lambda A| = \\lambda |A|$$"
    assert [each.judgement.verdict.value for each in check(text).relations] == ["proved", "refuted"]
