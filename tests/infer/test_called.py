"""Letters that are written like functions."""

import pytest
from undeclared import gathered, verdict

from derive.infer.called import called


def test_brackets_that_a_product_needs_are_none_of_a_function():
    found, variables = gathered("$$a(x + y) = a x + a y$$ $$f(x) + f(2) = g \\cdot (x) + A (x)^\\top$$")
    assert called(found, variables) == {"f", "A"}


@pytest.mark.parametrize(
    "relation",
    [
        "f(x + y) = f(x) + f(y)",
        "f(2x) = 2 f(x)",
        "\\Phi(x + y) = \\Phi(x) + \\Phi(y)",
        "\\mu(x + y) = \\mu(x) + \\mu(y)",
        "f(2) = f(1) + 1",
    ],
)
def test_a_letter_that_may_be_a_function_is_no_factor(relation):
    assert verdict(f"$${relation}$$") == "undecided"


def test_a_letter_that_is_declared_is_what_it_is_declared():
    start = "Let $f \\in \\mathbb{R}$ and $x, y \\in \\mathbb{R}^n$."
    assert verdict(f"{start} $$f(x + y) = f(x) + f(y)$$") == "proved"


def test_a_factor_before_a_bracket_that_is_needed_is_one():
    assert verdict("$$a(x + y) = a x + a y$$") == "proved"
    assert verdict("$$A(x + y)^\\top (x + y) = (x + y)^\\top (x + y) A$$") != "refuted"
