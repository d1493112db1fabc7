"""Refutations that hang on sizes that nothing declares."""

import pytest

from derive.checking import check_text
from derive.verdict import Verdict


def last(*formulas, before=""):
    text = before + "\n\n" + "\n\n".join(f"$${formula}$$" for formula in formulas)
    return check_text(text)[-1].judgement


@pytest.mark.parametrize(
    "formulas",
    [
        (r"(A + U V)^{-1} = A^{-1} + A^{-1} U (I_k + V A^{-1} U)^{-1} V A^{-1}",),
        (r"\det(A + U V) = \det(A) \det(I_k - V A^{-1} U)",),
        (r"\hat\beta = (X^T X)^{-1} X^T y", r"X^T (y - X \hat\beta) = 0_p", r"X^T X \hat\beta = 2 X^T y"),
    ],
)
def test_what_is_false_for_equal_sizes_is_false_whichever_the_sizes_are(formulas):
    found = last(*formulas)
    assert found.verdict is Verdict.REFUTED, found
    assert len(set(found.counterexample.dimensions.values())) == 1


@pytest.mark.parametrize(
    "formulas",
    [
        (r"H = X (X^T X)^{-1} X^T", r"X \beta = X I_p \beta", r"\operatorname{tr} H = q"),
        (r"H = X (X^T X)^{-1} X^T", r"X^T I_n X = X^T X", r"\operatorname{tr} H = p + 1"),  # the columns of X may be
        (r"X I_p = X", r"X^T X = X X^T"),  # square matrices are not excluded, nor is p = 1
    ],
)
def test_what_a_choice_of_sizes_may_make_true_is_not_refuted(formulas):
    assert last(*formulas).verdict is not Verdict.REFUTED


def test_shapes_that_the_prose_says_are_not_guessed():
    before = "Let $A$ be an $m \\times n$ matrix, $x$ an $n$-vector and $y$ an $m$-vector."
    found = last(r"y^T A x = x^T A y", before=before)
    assert found.verdict is Verdict.MALFORMED and "multiply" in found.message
    assert last(r"y^T A x = x^T A^T y", before=before).verdict is Verdict.PROVED
    assert last(r"y^T A x = x^T A^T z", before=before).verdict is not Verdict.MALFORMED


def test_a_power_of_a_function_of_vectors_may_be_its_inverse():
    """The inverse of a matrix would be one of a vector."""
    (_, found) = check_text(
        "Let $X, \\mu, y \\in \\mathbb{R}^n$ and $\\Sigma \\in \\mathrm{GL}(n)$. "
        "$$g(X) := \\Sigma X + \\mu$$ $$g^{-1}(y) = \\Sigma^{-1}(y - \\mu)$$"
    )
    assert found.judgement.verdict is Verdict.UNREAD and "may mean its inverse" in found.judgement.message


@pytest.mark.parametrize("claim", ["|A B| = |B A|", "|A B^T| = |B^T A|"])
def test_what_is_true_where_all_sizes_are_equal_is_not_refuted(claim):
    assert check_text(f"$${claim}$$")[-1].judgement.verdict is Verdict.UNDECIDED
