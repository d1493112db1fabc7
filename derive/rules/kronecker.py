"""Kronecker products and vec."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "kronecker-mixed-product",
        r"(A \otimes B)(C \otimes D) = (A C) \otimes (B D)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times k}",
            r"B \in \mathbb{R}^{p \times q}",
            r"D \in \mathbb{R}^{q \times r}",
        ),
    ),
    Rule(
        "kronecker-of-identities",
        r"I_m \otimes I_n = I",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "vec-of-product",
        r"(B^\top \otimes A) \operatorname{vec}(X) = \operatorname{vec}(A X B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"X \in \mathbb{R}^{n \times p}",
            r"B \in \mathbb{R}^{p \times q}",
        ),
    ),
    Rule("vec-of-vector", r"\operatorname{vec}(x) = x", (r"x \in \mathbb{R}^n",)),
    Rule(
        "vec-inner-product",
        r"\operatorname{vec}(A)^\top \operatorname{vec}(B) = \operatorname{tr}(A^\top B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "vec-of-outer",
        r"\operatorname{vec}(a b^\top) = b \otimes a",
        (
            r"a \in \mathbb{R}^m",
            r"b \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "vec-of-hadamard",
        r"\operatorname{vec}(A \odot B) = \operatorname{vec}(A) \odot \operatorname{vec}(B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "kronecker-with-one",
        r"A \otimes M = \operatorname{tr}(M) A",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"M \in \mathbb{R}^{1 \times 1}",
        ),
    ),
    Rule(
        "one-with-kronecker",
        r"M \otimes A = \operatorname{tr}(M) A",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"M \in \mathbb{R}^{1 \times 1}",
        ),
    ),
)
