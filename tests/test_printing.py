"""How a formula was read, as plain text."""

import json

import pytest

from derive.checking import check_record
from derive.options import Options
from derive.printing import symbol_text

DECLARED = [
    r"A, B \in \mathbb{R}^{n \times n}",
    r"x \in \mathbb{R}^n",
    r"a \in \mathbb{R}",
    r"x_i \in \mathbb{R}^D, i = 1, \dots, N",
]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"A^\top x", "Aᵀ x"),
        (r"A^{-1} x", "A⁻¹ x"),
        (r"(A B)^\top x", "(A B)ᵀ x"),
        (r"(A + B) x", "(A + B) x"),
        (r"A x - B x", "A x − B x"),
        (r"-(A + B) x", "−(A + B) x"),
        (r"\operatorname{tr}(A) x", "tr(A) x"),
        (r"|A| x", "det(A) x"),
        (r"\|x\| x", "‖x‖ x"),
        (r"a^2 x", "a² x"),
        (r"(x \odot x)", "x ⊙ x"),
        (r"\frac{\partial (x^\top A x)}{\partial x}", "∂(xᵀ A x)/∂x"),
        (r"\exp(a) x", "exp(a) x"),
    ],
)
def test_read_as(latex, text):
    said = check_record(json.dumps({"declare": DECLARED, "claim": f"{latex} = {latex}"}), Options())
    assert said["read_as"] == f"{text} = {text}"


def test_sums_and_members():
    said = check_record(json.dumps({"declare": DECLARED, "claim": r"\sum_{i=1}^N x_i = \sum_j x_j"}), Options())
    assert said["read_as"] == "Σ_(i=1..N) x_i = Σ_(j=1..N) x_j"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (r"\Sigma", "Σ"),
        (r"\hat{\mu}_{0}", "μ̂_0"),
        (r"\mathbf{x}", "𝐱"),
        (r"\mu_{·}", "μ"),
        ("x", "x"),
        (r"\mathrm{loss}", "loss"),
    ],
)
def test_symbols(key, text):
    assert symbol_text(key) == text
