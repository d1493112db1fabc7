"""The catalogue of rules: data only."""

from __future__ import annotations

from derive.rules import (
    algebra,
    blocks,
    determinant,
    differential,
    functions,
    gaussian,
    hadamard,
    inverse,
    kronecker,
    logsumexp,
    sums,
    trace,
    transpose,
)
from derive.rules.rule import Rule

CHAPTERS: dict[str, tuple[Rule, ...]] = {
    "algebra": algebra.RULES,
    "trace": trace.RULES,
    "determinant": determinant.RULES,
    "inverse": inverse.RULES,
    "transpose": transpose.RULES,
    "kronecker": kronecker.RULES,
    "hadamard": hadamard.RULES,
    "functions": functions.RULES,
    "sums": sums.RULES,
    "differential": differential.RULES,
    "gaussian": gaussian.RULES,
    "logsumexp": logsumexp.RULES,
    "blocks": blocks.RULES,
}


def _catalogue() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for rules in CHAPTERS.values():
        for rule in rules:
            if rule.name in found:
                raise ValueError(f"two rules are called {rule.name}")
            found[rule.name] = rule
    return found


CATALOGUE = _catalogue()
