"""Functions of a number."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "log-of-product",
        r"\log(a b) = \log a + \log b",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
        (
            r"a \in \mathbb{R}_{>0}",
            r"b \in \mathbb{R}_{>0}",
        ),
    ),
    Rule(
        "log-of-power",
        r"\log(a^b) = b \log a",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
        (r"a \in \mathbb{R}_{>0}",),
    ),
    Rule("log-of-reciprocal", r"\log(a^{-1}) = -\log a", (r"a \in \mathbb{R}",), (r"a \in \mathbb{R}_{>0}",)),
    Rule("log-of-e", r"\log e = 1", (r"a \in \mathbb{R}",)),
    Rule("log-of-one", r"\log 1 = 0", (r"a \in \mathbb{R}",)),
    Rule(
        "exp-of-log",
        r"e^{b \log a} = a^b",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
        (r"a \in \mathbb{R}_{>0}",),
    ),
    Rule("absolute-value-of-positive", r"|a| = a", (r"a \in \mathbb{R}",), (r"a \in \mathbb{R}_{\geq 0}",)),
    Rule(
        "absolute-value-of-product",
        r"|a b| = |a| |b|",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
    ),
    Rule(
        "absolute-value-of-reciprocal",
        r"|a^{-1}| = |a|^{-1}",
        (r"a \in \mathbb{R}",),
    ),
    Rule("absolute-value-squared", r"|a|^2 = a^2", (r"a \in \mathbb{R}",)),
    Rule("logistic", r"\operatorname{sigmoid}(a) = \frac{1}{1 + e^{-a}}", (r"a \in \mathbb{R}",)),
    Rule(
        "derivative-of-gamma-function",
        r"\Gamma'(a) = \Gamma(a) \psi(a)",
        (r"a \in \mathbb{R}",),
        source="DLMF 5.2.2",
    ),
    Rule("log-of-exp-elementwise", r"\log(\exp(A)) = A", (r"A \in \mathbb{R}^{m \times n}",)),
    Rule(
        "log-of-scaled-elementwise",
        r"\log(a A) = \log(a) \mathbf{1} \mathbf{1}^\top + \log(A)",
        (
            r"a \in \mathbb{R}",
            r"A \in \mathbb{R}^{m \times n}",
        ),
        (r"a \in \mathbb{R}_{>0}",),
    ),
)
