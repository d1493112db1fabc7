"""Transposes."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "transpose-of-product",
        r"(A B)^\top = B^\top A^\top",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times p}",
        ),
    ),
    Rule(
        "transpose-of-inverse",
        r"(A^{-1})^\top = (A^\top)^{-1}",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule("transpose-of-symmetric", r"A^\top = A", (r"A \in \mathbb{R}^{n \times n}",), (r"A \in \mathbb{S}^n",)),
    Rule("transpose-of-identity", r"I_n^\top = I_n", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "transpose-of-kronecker",
        r"(A \otimes B)^\top = A^\top \otimes B^\top",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{p \times q}",
        ),
    ),
    Rule(
        "transpose-of-hadamard",
        r"(A \odot B)^\top = A^\top \odot B^\top",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule("transpose-of-diag", r"\operatorname{diag}(x)^\top = \operatorname{diag}(x)", (r"x \in \mathbb{R}^n",)),
    Rule(
        "transpose-of-power",
        r"(A^p)^\top = (A^\top)^p",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule(
        "transpose-of-function",
        r"f(A)^\top = f(A^\top)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"f : \mathbb{R} \to \mathbb{R}",
        ),
    ),
)
