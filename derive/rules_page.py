"""The catalogue of rules as text: the listing and the page of one rule."""

from __future__ import annotations

import difflib
import json
from functools import cache
from typing import Any

from derive.claims import check_record
from derive.options import Options
from derive.rules import CATALOGUE, CHAPTERS, source
from derive.rules.rule import Rule


def listing() -> str:
    """Return the names and statements of all rules, by chapter.

    Examples
    --------
    >>> print(listing().splitlines()[0])
    algebra
    """
    width = max(len(name) for name in CATALOGUE)
    parts = []
    for chapter, rules in CHAPTERS.items():
        if rules:
            parts.append("\n".join([chapter, *(f"  {rule.name:{width}}  {rule.statement}" for rule in rules)]))
    return "\n\n".join(parts) + "\n"


def close_names(name: str) -> list[str]:
    """Return the names of rules that are spelled like this.

    Examples
    --------
    >>> close_names("jacobi-formla")
    ['jacobi-formula']
    """
    return difflib.get_close_matches(name, CATALOGUE, 3)


def page(rule: Rule) -> str:
    r"""Return the page of a rule: statement, letters, conditions with the point that shows each is needed, source.

    Examples
    --------
    >>> print(page(CATALOGUE["log-of-product"]))
    log-of-product
    <BLANKLINE>
        \log(a b) = \log a + \log b
    <BLANKLINE>
    where a \in \mathbb{R}, b \in \mathbb{R}
    <BLANKLINE>
    if a \in \mathbb{R}_{>0}
        it is needed for both sides to be defined
    if b \in \mathbb{R}_{>0}
        it is needed for both sides to be defined
    <BLANKLINE>
    source: calculus of one variable
    <BLANKLINE>
    """
    parts = [rule.name, f"    {rule.statement}", f"where {', '.join(rule.declare)}"]
    conditions = []
    for condition in rule.given:
        conditions.append(f"if {condition}\n    {needed(rule, condition)}")
    if conditions:
        parts.append("\n".join(conditions))
    parts.append(f"source: {source(rule.name)}")
    return "\n\n".join(parts) + "\n"


@cache
def needed(rule: Rule, condition: str) -> str:
    """Return why a condition is needed: the point at which the rule is false without it, or that it has no meaning."""
    found = without(rule, condition)
    point = found.get("counterexample")
    if found["verdict"] in ("refuted", "conditional") and point:
        values = ", ".join(f"{name} = {json.dumps(value)}" for name, value in point["values"].items())
        left, right = json.dumps(point["lhs"]), json.dumps(point["rhs"])
        return f"it is needed: with {values} the left side is {left}, the right {right}"
    return "it is needed for both sides to be defined"


def without(rule: Rule, condition: str) -> dict[str, Any]:
    """Judge the statement of a rule with one condition left out."""
    given = [other for other in rule.given if other != condition]
    record = {"declare": [*rule.declare, *given], "claim": rule.statement}
    return check_record(json.dumps(record), Options())
