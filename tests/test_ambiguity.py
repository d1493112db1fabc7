"""Verdicts that hang on the reading of a document that declares nothing."""

import pytest

from derive.checking import check_text
from derive.verdict import Verdict


def judged(*formulas, before=""):
    text = before + "\n\n" + "\n\n".join(f"$${formula}$$" for formula in formulas)
    return [report.judgement for report in check_text(text)]


def test_what_is_true_under_one_reading_only_is_conditional_with_that_reading():
    first, second = judged(r"a \otimes b = b \otimes a", r"(a + b) \otimes a = a \otimes a + b \otimes a")
    assert first.verdict is Verdict.CONDITIONAL and first.code == "A403"
    assert first.condition == r"a \in \mathbb{R}, b \in \mathbb{R}"
    assert first.counterexample is not None and first.counterexample.dimensions["n"] > 1
    assert second.verdict is Verdict.PROVED and not second.notes


def test_a_declaration_or_a_line_that_fits_one_way_decides():
    (first,) = judged(r"a \otimes b = b \otimes a", before=r"Let $a, b \in \mathbb{R}$.")
    assert first.verdict is Verdict.PROVED
    first, _ = judged(r"a \otimes b = b \otimes a", r"\frac{1}{a} + \frac{1}{b} = \frac{a + b}{a b}")
    assert first.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "formula",
    [
        r"\mu \Sigma = \Sigma \mu",
        r"x A = A x",
        r"A \beta y = \beta^\top A y",
        r"\beta X = X \beta",
    ],
)
def test_a_line_is_not_true_because_it_alone_makes_a_number_of_a_symbol(formula):
    (found,) = judged(formula)
    assert found.verdict is Verdict.UNDECIDED and found.code == "U610", found
    assert "this line alone speaks" in found.message


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{d}{dx} x^2 = 2 x",
        r"\frac{d}{dx} a x^3 = 3 a x^2",
        r"(\mu - x)^2 = (x - \mu)^2",
        r"\lambda A = A \lambda",
    ],
)
def test_a_newcomer_may_calculate_with_numbers(formula):
    (found,) = judged(formula)
    assert found.verdict is Verdict.PROVED, found


def test_a_wrong_line_is_not_refuted_by_what_it_alone_says():
    (found,) = judged(r"\mu \Sigma = 2 \Sigma \mu")
    assert found.verdict is Verdict.UNDECIDED and found.code == "U610"


def test_what_is_undecided_in_the_first_reading_is_not_proved_by_another():
    """A symbol whose value only words say stays open, whatever it is."""
    for found in judged(r"a \otimes b = c", "a + b = b + a"):
        assert found.verdict in (Verdict.UNDECIDED, Verdict.PROVED, Verdict.DEFINITION)
        assert found.verdict is not Verdict.PROVED or not found.notes
