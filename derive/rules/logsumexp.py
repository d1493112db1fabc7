"""Log-sum-exp and softmax."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "log-sum-exp-shift",
        r"\log \sum_{k=1}^K e^{a_k} = c + \log \sum_{k=1}^K e^{a_k - c}",
        (r"a_k \in \mathbb{R}, k = 1, \dots, K", r"c \in \mathbb{R}"),
    ),
    Rule(
        "softmax-shift",
        r"\frac{e^{a_j - c}}{\sum_{k=1}^K e^{a_k - c}} = \frac{e^{a_j}}{\sum_{k=1}^K e^{a_k}}",
        (r"a_k \in \mathbb{R}, k = 1, \dots, K", r"c \in \mathbb{R}"),
    ),
)
