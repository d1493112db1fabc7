"""Every rule of the catalogue, judged by exact evaluation, which knows no rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.axioms import compile_rule, rule_statement
from derive.judge import Judge
from derive.rules import CATALOGUE, CHAPTERS
from derive.rules.rule import Rule

WRONG = (
    Rule(
        "planted-sign",
        r"(A B)^\top = -B^\top A^\top",
        (r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{n \times p}"),
    ),
    Rule(
        "planted-order",
        r"(A B)^{-1} = A^{-1} B^{-1}",
        (r"A \in \mathbb{R}^{n \times n}", r"B \in \mathbb{R}^{n \times n}"),
    ),
    Rule(
        "planted-transpose",
        r"\mathrm{d}\det(A) = \det(A) \operatorname{tr}(A^{-\top} \mathrm{d}A)",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule("planted-half", r"\mathrm{d}(a^2) = a \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
)


def judged(rule, seed=0):
    """Return what exact evaluation says of a rule: true, false or unknown."""
    return Judge(seed).check(rule_statement(rule)).holds


def assert_true(rule, seed=0):
    """Check a rule at exact points."""
    assert judged(rule, seed) is True, rule.name


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_rule_is_true_at_exact_points(name):
    assert_true(CATALOGUE[name])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", CATALOGUE)
def test_a_rule_is_true_at_other_points(name, seed):
    assert_true(CATALOGUE[name], seed)


@pytest.mark.parametrize("rule", WRONG, ids=lambda rule: rule.name)
def test_a_planted_rule_is_refuted(rule):
    assert judged(rule) is False
    with pytest.raises(AssertionError, match=rule.name):
        assert_true(rule)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_rule_is_an_equation_between_terms_of_one_shape(name):
    compiled = compile_rule(CATALOGUE[name])
    assert compiled.lhs.shape == compiled.rhs.shape
    assert compiled.letters or compiled.families or name == "sum-of-ones"


def test_names_are_in_kebab_case_and_chapters_cover_the_catalogue():
    assert sum(len(rules) for rules in CHAPTERS.values()) == len(CATALOGUE)
    for name in CATALOGUE:
        assert name == name.lower() and "_" not in name and " " not in name


@pytest.mark.parametrize("name", [rule.name for rule in CATALOGUE.values() if rule.domain])
def test_the_sides_of_a_rule_with_a_domain_are_defined_at_the_same_points(name):
    """The determinants of what the sides invert vanish together, as the letters in the conditions are invertible."""
    rule = CATALOGUE[name]
    assert_true(replace(rule, statement=rule.domain))


CONDITIONAL = [(rule.name, condition) for rule in CATALOGUE.values() for condition in rule.given]
NEEDED_TO_BE_TRUE = {
    ("orthogonal-left", r"Q \in \mathrm{O}(n)"),
    ("orthogonal-right", r"Q \in \mathrm{O}(n)"),
    ("inverse-of-orthogonal", r"Q \in \mathrm{O}(n)"),
    ("determinant-of-orthogonal-squared", r"Q \in \mathrm{O}(n)"),
    ("transpose-of-symmetric", r"A \in \mathbb{S}^n"),
    ("absolute-value-of-positive", r"a \in \mathbb{R}_{\geq 0}"),
}


@pytest.mark.parametrize(("name", "condition"), CONDITIONAL, ids=lambda value: value)
def test_each_condition_is_needed(name, condition):
    """Without it the rule is false, or its sides are not defined at the same points."""
    rule = CATALOGUE[name]
    weaker = replace(rule, given=tuple(other for other in rule.given if other != condition))
    checked = Judge(0).check(rule_statement(weaker))
    if (name, condition) in NEEDED_TO_BE_TRUE:
        assert checked.holds is False and checked.counterexample is not None
    else:  # needed to be defined: an inverse, a logarithm or a root stands in the rule
        assert any(sign in rule.statement for sign in ("^{-1}", "\\log", "^b", "^{b", "\\mathcal{N}"))


def mutants(rule):
    """Yield the rule with one change: the right side negated, doubled, or transposed if it is a square array."""
    left, right = rule.statement.split("=", 1) if rule.statement.count("=") == 1 else (None, None)
    if left is None:
        return
    yield replace(rule, name=f"{rule.name}-negated", statement=f"{left} = -({right})")
    yield replace(rule, name=f"{rule.name}-doubled", statement=f"{left} = 2 ({right})")
    shape = rule_statement(rule).shape
    if shape is not None and shape[0] == shape[1]:
        yield replace(rule, name=f"{rule.name}-transposed", statement=f"{left} = ({right})^\\top")


THEOREMS = {
    "log-of-one-negated", "log-of-one-doubled",
    "transpose-of-symmetric-transposed", "inverse-of-identity-transposed", "transpose-of-identity-transposed",
    "orthogonal-left-transposed", "orthogonal-right-transposed", "inverse-left-transposed", "inverse-right-transposed",
    "inverse-left-transposed-transposed", "inverse-right-transposed-transposed", "kronecker-of-identities-transposed",
    "commutation-twice-transposed",
}  # fmt: skip
"""Mutants that are true: zero is its own negative, and these right sides are symmetric."""


@pytest.mark.parametrize("name", CATALOGUE)
def test_mutants_are_refuted(name):
    for mutant in mutants(CATALOGUE[name]):
        holds = judged(mutant)
        if mutant.name in THEOREMS:
            assert holds
        elif holds and mutant.name.endswith("-transposed"):
            assert_symmetric(CATALOGUE[name])
        else:
            assert holds is False, mutant.name


def assert_symmetric(rule):
    """Check that the right side of a rule equals its transpose, so that the mutant is a theorem."""
    _, right = rule.statement.split("=", 1)
    assert_true(replace(rule, name=f"{rule.name}-symmetric", statement=f"({right})^\\top = {right}"))
