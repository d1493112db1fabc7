"""Products and powers."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "power-times-letter",
        r"X^p X = X^{p + 1}",
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
        "letter-times-power",
        r"X X^p = X^{p + 1}",
        (
            r"X \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule("fraction-of-sum", r"a (a + b)^{-1} = 1 - b (a + b)^{-1}", (r"a \in \mathbb{R}", r"b \in \mathbb{R}")),
    Rule("division-by-sum", r"c (1 + b)^{-1} = c - c b (1 + b)^{-1}", (r"b \in \mathbb{R}", r"c \in \mathbb{R}")),
    Rule("root-of-square", r"(a^2)^b = |a|^{2 b}", (r"a \in \mathbb{R}", r"b \in \mathbb{R}")),
)
