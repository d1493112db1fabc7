"""Determinants."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "determinant-of-product",
        r"\det(A B) = \det(A) \det(B)",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "determinant-of-inverse",
        r"\det(A^{-1}) = \det(A)^{-1}",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule("determinant-of-transpose", r"\det(A^\top) = \det(A)", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "determinant-of-scaled",
        r"\det(a A) = a^n \det(A)",
        (
            r"a \in \mathbb{R}",
            r"A \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule("determinant-of-identity", r"\det(I_n) = 1", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "determinant-of-kronecker",
        r"\det(A \otimes B) = \det(A)^n \det(B)^m",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "determinant-factor-out",
        r"\det(A + B) = \det(A) \det(I + A^{-1} B)",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "determinant-rotate",
        r"\det(I_m + A B) = \det(I_n + B A)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times m}",
        ),
    ),
    Rule("determinant-of-diagonal", r"\det(\operatorname{diag}(x)) = \prod_{i=1}^n x_i", (r"x \in \mathbb{R}^n",)),
    Rule(
        "determinant-of-two", r"\det(I + A) = 1 + \operatorname{tr}(A) + \det(A)", (r"A \in \mathbb{R}^{2 \times 2}",)
    ),
    Rule(
        "determinant-of-orthogonal-squared",
        r"\det(Q)^2 = 1",
        (r"Q \in \mathbb{R}^{n \times n}",),
        (r"Q \in \mathrm{O}(n)",),
    ),
    Rule(
        "determinant-of-power",
        r"\det(A^p) = \det(A)^p",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule(
        "determinant-complement",
        r"\det(I + A) = \det(A) \det(I + A^{-1})",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
)
