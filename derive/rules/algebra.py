"""Products and powers."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "identity-power",
        r"X^p X = X^{p + 1}",
        (
            r"X \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule(
        "power-times-letter",
        r"X X^p = X^{p + 1}",
        (
            r"X \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule(
        "product-of-powers",
        r"X^p X^q = X^{p + q}",
        (
            r"X \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
            r"q \in \mathbb{N}",
        ),
    ),
    Rule("orthogonal-left", r"Q^\top Q = I", (r"Q \in \mathbb{R}^{n \times n}",), (r"Q \in \mathrm{O}(n)",)),
    Rule("orthogonal-right", r"Q Q^\top = I", (r"Q \in \mathbb{R}^{n \times n}",), (r"Q \in \mathrm{O}(n)",)),
    Rule(
        "one-by-one-left",
        r"M A = \operatorname{tr}(M) A",
        (
            r"M \in \mathbb{R}^{1 \times 1}",
            r"A \in \mathbb{R}^{1 \times n}",
        ),
    ),
    Rule(
        "one-by-one-right",
        r"A M = \operatorname{tr}(M) A",
        (
            r"M \in \mathbb{R}^{1 \times 1}",
            r"A \in \mathbb{R}^{n \times 1}",
        ),
    ),
    Rule(
        "one-by-one-inside",
        r"A M B = \operatorname{tr}(M) A B",
        (
            r"M \in \mathbb{R}^{1 \times 1}",
            r"A \in \mathbb{R}^{m \times 1}",
            r"B \in \mathbb{R}^{1 \times n}",
        ),
    ),
)
