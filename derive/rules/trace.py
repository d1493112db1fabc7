"""Traces."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "trace-of-product-cyclic",
        r"\operatorname{tr}(A B) = \operatorname{tr}(B A)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times m}",
        ),
    ),
    Rule(
        "trace-of-transpose", r"\operatorname{tr}(A^\top) = \operatorname{tr}(A)", (r"A \in \mathbb{R}^{n \times n}",)
    ),
    Rule("trace-of-identity", r"\operatorname{tr}(I_n) = n", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "trace-of-kronecker",
        r"\operatorname{tr}(A \otimes B) = \operatorname{tr}(A) \operatorname{tr}(B)",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule("trace-of-diag", r"\operatorname{tr}(\operatorname{diag}(x)) = \mathbf{1}^\top x", (r"x \in \mathbb{R}^n",)),
    Rule(
        "trace-of-diag-product",
        r"\operatorname{tr}(\operatorname{diag}(x) A) = x^\top \operatorname{diag}(A)",
        (
            r"x \in \mathbb{R}^n",
            r"A \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "trace-of-hadamard",
        r"\operatorname{tr}(C (A \odot B)) = \operatorname{tr}((C \odot A^\top) B)",
        (
            r"C \in \mathbb{R}^{n \times m}",
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "trace-of-plain-hadamard",
        r"\operatorname{tr}(A \odot B) = \operatorname{diag}(A)^\top \operatorname{diag}(B)",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "trace-of-product-diag",
        r"\operatorname{tr}(A \operatorname{diag}(x)) = \operatorname{diag}(A)^\top x",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"x \in \mathbb{R}^{n}",
        ),
    ),
    Rule(
        "trace-with-diagonal",
        r"x^\top \operatorname{diag}(A) = \operatorname{tr}(\operatorname{diag}(x) A)",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"x \in \mathbb{R}^{n}",
        ),
    ),
)
