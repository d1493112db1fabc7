"""Hadamard products and diagonals."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule("hadamard-with-ones", r"A \odot (\mathbf{1} \mathbf{1}^\top) = A", (r"A \in \mathbb{R}^{m \times n}",)),
    Rule("hadamard-with-one-vector", r"x \odot \mathbf{1} = x", (r"x \in \mathbb{R}^n",)),
    Rule(
        "hadamard-with-identity",
        r"A \odot I = \operatorname{diag}(\operatorname{diag}(A))",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule(
        "hadamard-with-outer",
        r"A \odot (x y^\top) = \operatorname{diag}(x) A \operatorname{diag}(y)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"x \in \mathbb{R}^m",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "diag-times-vector",
        r"\operatorname{diag}(x) y = x \odot y",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "row-times-diag",
        r"y^\top \operatorname{diag}(x) = (x \odot y)^\top",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "diag-times-diag",
        r"\operatorname{diag}(x) \operatorname{diag}(y) = \operatorname{diag}(x \odot y)",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "hadamard-of-vectors-sum",
        r"y^\top (x \odot z) = \mathbf{1}^\top (x \odot y \odot z)",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
            r"z \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "hadamard-sum",
        r"\mathbf{1}^\top (x \odot y) = x^\top y",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule("diag-of-ones", r"\operatorname{diag}(\mathbf{1}_n) = I_n", (r"x \in \mathbb{R}^n",)),
    Rule("diagonal-of-diag", r"\operatorname{diag}(\operatorname{diag}(x)) = x", (r"x \in \mathbb{R}^n",)),
    Rule("diagonal-of-identity", r"\operatorname{diag}(I_n) = \mathbf{1}_n", (r"x \in \mathbb{R}^n",)),
    Rule(
        "diagonal-of-outer",
        r"\operatorname{diag}(x y^\top) = x \odot y",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "diagonal-of-transpose",
        r"\operatorname{diag}(A^\top) = \operatorname{diag}(A)",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule(
        "diagonal-of-diag-product",
        r"\operatorname{diag}(\operatorname{diag}(x) A) = x \odot \operatorname{diag}(A)",
        (
            r"x \in \mathbb{R}^n",
            r"A \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "diagonal-of-product-diag",
        r"\operatorname{diag}(A \operatorname{diag}(x)) = x \odot \operatorname{diag}(A)",
        (
            r"x \in \mathbb{R}^n",
            r"A \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "ones-times-diagonal",
        r"\mathbf{1}^\top \operatorname{diag}(A) = \operatorname{tr}(A)",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule("inner-product-of-ones", r"\mathbf{1}_n^\top \mathbf{1}_n = n", (r"x \in \mathbb{R}^n",)),
)
