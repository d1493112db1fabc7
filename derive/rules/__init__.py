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

_MAGNUS = "Magnus and Neudecker, Matrix Differential Calculus (3rd edition, 2019)"
_COOKBOOK = "Petersen and Pedersen, The Matrix Cookbook (2012)"

SOURCES = {
    "algebra": "Horn and Johnson, Matrix Analysis (2nd edition, 2013), chapters 0 and 2",
    "trace": f"{_MAGNUS}, chapter 1; {_COOKBOOK}, section 1.1",
    "determinant": f"{_MAGNUS}, chapter 1; {_COOKBOOK}, section 1.2; for det(I + AB) = det(I + BA), Sylvester (1851)",
    "inverse": f"{_MAGNUS}, chapter 1; {_COOKBOOK}, section 3.2; Henderson and Searle, SIAM Review 23 (1981)",
    "transpose": f"{_MAGNUS}, chapter 1",
    "kronecker": f"{_MAGNUS}, chapters 2 and 3; {_COOKBOOK}, section 10.2",
    "hadamard": f"{_MAGNUS}, chapter 3; Horn and Johnson, Topics in Matrix Analysis (1991), chapter 5",
    "functions": "calculus of one variable",
    "sums": "distribution and exchange of finite sums",
    "differential": f"{_MAGNUS}, chapters 5, 8 and 9",
    "gaussian": "Bishop, Pattern Recognition and Machine Learning (2006), section 2.3",
    "logsumexp": "Higham, Blanchard and Higham, IMA Journal of Numerical Analysis 41 (2021)",
    "blocks": f"{_MAGNUS}, chapter 1; {_COOKBOOK}, section 9.1",
}
"""Where the rules of a chapter are stated; a rule of another origin says so itself."""


def source(name: str) -> str:
    """Return where a rule is stated.

    Examples
    --------
    >>> source("gaussian-density")
    'Bishop, Pattern Recognition and Machine Learning (2006), section 2.3'
    """
    chapter = next(chapter for chapter, rules in CHAPTERS.items() if any(rule.name == name for rule in rules))
    return CATALOGUE[name].source or SOURCES[chapter]


def _catalogue() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for rules in CHAPTERS.values():
        for rule in rules:
            if rule.name in found:
                raise ValueError(f"two rules are called {rule.name}")
            found[rule.name] = rule
    return found


CATALOGUE = _catalogue()
