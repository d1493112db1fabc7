"""Log-sum-exp and softmax."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
