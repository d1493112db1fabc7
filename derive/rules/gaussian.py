"""The Gaussian density."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "gaussian-density",
        r"\mathcal{N}(x \mid m, A) = (2\pi)^{-\frac{n}{2}} \det(A)^{-\frac12} \exp(-\frac12 (x - m)^\top A^{-1} (x - m))",
        (
            r"x \in \mathbb{R}^n",
            r"m \in \mathbb{R}^n",
            r"A \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathbb{S}_{++}^n",),
    ),
)
