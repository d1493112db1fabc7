"""What may have been meant, kind by kind, on small formulas: all that is tried there, and nothing else."""

import pytest
from wrong_lines import FAMILIES, SQUARE, Workshop, line

from derive.repair.kinds.brackets import brackets, fractions
from derive.repair.kinds.factors import inverses, orders, powers, transposes
from derive.repair.kinds.indices import everywhere, indices, on_both_sides, sums
from derive.repair.kinds.symbols import symbols
from derive.repair.kinds.terms import additions, factors, functions, signs

HATS = [*SQUARE, r"\hat{x} \in \mathbb{R}^n"]
LETTERS = [*SQUARE, r"\Sigma_k \in \mathbb{S}_{++}^n, k = 1, \dots, K"]
SERIES = [r"x_t \in \mathbb{R}^n, t = 1, \dots, K", r"m \in \mathbb{R}^n"]


@pytest.mark.parametrize(
    ("kind", "claim", "texts", "declared"),
    [
        (signs, "x = A x - B y", {"-A x - B y", "A x + B y"}, SQUARE),
        (signs, "x = A x", {"-A x"}, SQUARE),
        (signs, "x = 0", set(), SQUARE),
        (signs, r"a = e^{b}", {"-e^{b}", "e^{-b}"}, SQUARE),
        (signs, r"a = e^{a - b}", {"-e^{a - b}", "e^{-a - b}", "e^{a + b}", "e^{b - a}"}, SQUARE),
        (factors, "x = A x - B y", {"A - B y", "x - B y", "A x - B", "A x - y"}, SQUARE),
        (factors, r"a = e^{b}", {r"e^{2 b}", r"e^{\frac{1}{2} b}"}, SQUARE),
        (
            additions,
            r"A = \operatorname{tr}(A) + B",
            {"B", r"\operatorname{tr}(A)", r"\operatorname{tr}(A) I + B"},
            SQUARE,
        ),
        (
            functions,
            r"a = \ln \det A",
            {r"\det A", r"\ln A", r"\ln \operatorname{tr}\left( A \right)", r"\ln \ln\left( \det A \right)"},
            SQUARE,
        ),
        (transposes, "A = A B^\\top", {"A^\\top B^\\top", "A B", "B A^\\top"}, SQUARE),
        (transposes, "A = A'", {"A"}, SQUARE),
        (
            transposes,
            "A = (A B)^{-1}",
            {"(A^\\top B)^{-1}", "(A B^\\top)^{-1}", r"(A B)^{-\top}", "(B^\\top A^\\top)^{-1}"},
            SQUARE,
        ),
        (orders, "A = A B C", {"B A C", "A C B", "C B A"}, [*SQUARE, r"C \in \mathbb{R}^{n \times n}"]),
        (orders, r"A = A \otimes B", {r"B \otimes A"}, SQUARE),
        (
            orders,
            r"A = A x \otimes B y",
            {r"B y \otimes A x", r"A B \otimes x y", r"x A \otimes B y", r"A x \otimes \left( y B \right)"},
            SQUARE,
        ),
        (inverses, "A = A", {"A^{-1}", r"A^{-\top}"}, SQUARE),
        (inverses, "A = A^{-1}", {"A", r"A^\top"}, SQUARE),
        (inverses, r"a = \frac{a}{b}", {r"\frac{b}{a}"}, SQUARE),
        (inverses, "x = x", set(), SQUARE),
        (powers, "a = b^2", {"b", "b^3", "b^4", "b^{-1}", "b^{-2}", "b^{1 / 2}"}, SQUARE),
        (
            powers,
            "a = 2 |A|",
            {"2 |A|^2", "2 |A|^{1 / 2}", "2 |A|^{-1}", "2 |A|^n", "2^n |A|", "2 |A^2|", "2 |A^{1 / 2}|"},
            SQUARE,
        ),
        (indices, r"m = r_{ij} x_i", {r"r_{jj} x_i", r"r_{ii} x_i", r"r_{ji} x_i", r"r_{ij} x_j"}, FAMILIES),
        (indices, r"m = \sum_{i=1}^N x_i", {r"\sum_{i=1}^n x_i"}, FAMILIES),
        (indices, r"x_i = x", {"x_i"}, FAMILIES[:1]),
        (indices, r"A = B I_n", {"B I_m"}, [r"A, B \in \mathbb{R}^{m \times n}"]),
        (sums, r"m = x_i", {r"\sum_{i=1}^N x_i"}, FAMILIES),
        (sums, r"m = \sum_{i=1}^N x_i", {"x_i"}, FAMILIES),
        (sums, r"m = \frac{\sum_{i=1}^N x_i}{N}", {r"\frac{x_i}{N}", r"\sum_{i=1}^N \frac{x_i}{N}"}, FAMILIES),
        (sums, r"\sum_{t=2}^K x_t = x_t", {r"\sum_{t=1}^K x_t", r"\sum_{t=2}^K x_t"}, SERIES),
        (sums, r"m = \ln x_i^\top c", {r"\sum_{i=1}^N \ln x_i^\top c", r"\ln \sum_{i=1}^N x_i^\top c"}, FAMILIES),
        (symbols, r"x = \hat{x}", {"x"}, HATS),
        (symbols, r"x = A x + y", {r"A \hat{x} + y", "A y + y", "A x + x"}, HATS),
        (symbols, r"A = \sum_k A", {r"\Sigma_k A", r"\Sigma_k^{-1} A"}, LETTERS),
        (symbols, r"a = y' A x", {"x' A x", "y' A y"}, SQUARE),
        (brackets, "x = A (x - y)", {"A x - y"}, SQUARE),
        (brackets, "x = A x - y", {r"A \left( x - y \right)"}, SQUARE),
        (brackets, "x = x - A x", {r"\left( x - A \right) x"}, SQUARE),
        (brackets, "A = A^{-1} + B^{-1}", {r"\left( A + B \right)^{-1}"}, SQUARE),
        (brackets, r"a = \ln(a) b", {r"\ln\left( a b \right)"}, SQUARE),
        (brackets, r"m = \sum_{i=1}^N x_i - m", {r"\sum_{i=1}^N \left( x_i - m \right)"}, FAMILIES),
        (fractions, r"a = \frac{a b}{2}", {r"\frac{b}{2 a}", r"\frac{a}{2 b}"}, SQUARE),
    ],
)
def test_what_is_tried(kind, claim, texts, declared):
    assert Workshop(line(claim, declared)).texts(kind) == texts


def joint(claim, declared=FAMILIES):
    """Return the texts that changes of several places at once give."""
    shop = Workshop(line(claim, declared))
    return {" ".join(shop.text(*edits).split()) for edits in everywhere(shop.line.right, shop.around)}


def test_one_letter_of_all_sums():
    claim = r"m = \sum_{i=1}^N x_j + \sum_{i=1}^N r_{ij} x_j"
    assert r"\sum_{j=1}^N x_j + \sum_{j=1}^N r_{ij} x_j" in joint(claim)


def test_indices_that_were_dropped_everywhere():
    declared = [r"x_i \in \mathbb{R}^n, i = 1, \dots, N", r"s_i \in \mathbb{R}, i = 1, \dots, N"]
    assert r"\sum_{i=1}^N s_i x_i" in joint(r"m = \sum_{i=1}^N s x", [*declared, r"m \in \mathbb{R}^n"])


def test_sums_on_both_sides():
    shop = Workshop(line(r"r_{ij} x_i = 2 r_{ij} x_i", FAMILIES))
    texts = [
        tuple(shop.mender.confirmer._edited_text((edit,), side) for side, edit in enumerate(pair))
        for pair in on_both_sides(shop.line.left, shop.line.right, shop.around)
    ]
    assert (r"\sum_{i=1}^N r_{ij} x_i", r"2 \sum_{i=1}^N r_{ij} x_i") in texts
