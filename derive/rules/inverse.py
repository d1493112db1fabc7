"""Inverses."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule("inverse-left", r"A^{-1} A = I", (r"A \in \mathbb{R}^{n \times n}",), (r"A \in \mathrm{GL}(n)",)),
    Rule("inverse-right", r"A A^{-1} = I", (r"A \in \mathbb{R}^{n \times n}",), (r"A \in \mathrm{GL}(n)",)),
    Rule(
        "inverse-of-product",
        r"(A B)^{-1} = B^{-1} A^{-1}",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (
            r"A \in \mathrm{GL}(n)",
            r"B \in \mathrm{GL}(n)",
        ),
    ),
    Rule("inverse-of-inverse", r"(A^{-1})^{-1} = A", (r"A \in \mathbb{R}^{n \times n}",), (r"A \in \mathrm{GL}(n)",)),
    Rule(
        "inverse-of-scaled",
        r"(a A)^{-1} = a^{-1} A^{-1}",
        (
            r"a \in \mathbb{R}",
            r"A \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule("inverse-of-identity", r"I_n^{-1} = I_n", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "inverse-factor-out",
        r"(A + B)^{-1} = (I + A^{-1} B)^{-1} A^{-1}",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(n)",),
        domain=r"\det(A + B) = \det(A) \det(I + A^{-1} B)",
    ),
    Rule(
        "inverse-rotate",
        r"(I_m + A B)^{-1} = I_m - A (I_n + B A)^{-1} B",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times m}",
        ),
        domain=r"\det(I_m + A B) = \det(I_n + B A)",
    ),
    Rule(
        "inverse-of-kronecker",
        r"(A \otimes B)^{-1} = A^{-1} \otimes B^{-1}",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (
            r"A \in \mathrm{GL}(m)",
            r"B \in \mathrm{GL}(n)",
        ),
    ),
    Rule("inverse-of-orthogonal", r"Q^{-1} = Q^\top", (r"Q \in \mathbb{R}^{n \times n}",), (r"Q \in \mathrm{O}(n)",)),
    Rule(
        "inverse-shift-left",
        r"(I + A B)^{-1} A = B^{-1} - (I + A B)^{-1} B^{-1}",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (r"B \in \mathrm{GL}(n)",),
    ),
    Rule(
        "inverse-shift-right",
        r"B (I + A B)^{-1} = A^{-1} - A^{-1} (I + A B)^{-1}",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "inverse-left-transposed",
        r"(A^{-1})^\top A^\top = I",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "inverse-right-transposed",
        r"A^\top (A^{-1})^\top = I",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "inverse-complement",
        r"(I + A)^{-1} = I - (I + A^{-1})^{-1}",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
        domain=r"\det(I + A) = \det(A) \det(I + A^{-1})",
    ),
)
