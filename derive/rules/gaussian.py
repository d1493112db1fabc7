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
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "log-of-gaussian-density",
        r"\log \mathcal{N}(x \mid m, A) = -\frac{n}{2} \log(2\pi) - \frac12 \log\det(A) - \frac12 (x - m)^\top A^{-1} (x - m)",
        (r"x \in \mathbb{R}^n", r"m \in \mathbb{R}^n", r"A \in \mathbb{R}^{n \times n}"),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "differential-of-gaussian-density",
        r"\mathrm{d}(\mathcal{N}(x \mid m, A)) = \mathcal{N}(x \mid m, A) (-\frac12 \operatorname{tr}(A^{-1} \mathrm{d}A) - \frac12 (x - m)^\top (A^{-1} + A^{-\top}) (\mathrm{d}x - \mathrm{d}m) + \frac12 (x - m)^\top A^{-1} (\mathrm{d}A) A^{-1} (x - m))",
        (r"x \in \mathbb{R}^n", r"m \in \mathbb{R}^n", r"A \in \mathbb{R}^{n \times n}"),
        (r"A \in \mathrm{GL}(n)",),
    ),
)
