"""Symbols that conditions tie to others."""

import pytest

from derive.declarations import declare
from derive.given import as_condition
from derive.relations import chains
from derive.scope import Dependencies, Scope
from derive.source import Excerpt
from derive.statement import Reading, parse_side, state
from derive.ties import tied

DECLARED = (
    r"x, s, t, u, v \in \mathbb{R}",
    r"w \in \mathbb{R}_{>0}",
    r"y, e \in \mathbb{R}^n",
    r"\beta \in \mathbb{R}^p",
    r"X \in \mathbb{R}^{n \times p}",
)


@pytest.mark.parametrize(
    ("conditions", "moving", "sides", "expected"),
    [
        ((), "x", "x s", ""),
        (("t = x^2",), "x", "x t", "t"),
        (("t = x^2",), "x", "x s", ""),
        (("t = x^2 + u",), "x", "x t", ""),
        (("t = x^2 + u", "s = u"), "x", "x t s", "s"),
        (("t = x^2", "s = t + 1"), "x", "x s", "s"),
        (("t = s",), "x", "x t s", ""),
        (("t = x^2 + w",), "x", "x t", "t w"),
        ((r"y = X \beta + e",), r"\beta", r"\beta y X", ""),
        ((r"y = X \beta + e",), r"\beta", r"\beta y X e", "y X e"),
        ((r"y = X \beta u",), r"\beta", r"\beta y X", "y X u"),
    ],
)
def test_what_moves(conditions, moving, sides, expected):
    scope = Scope()
    for text in DECLARED:
        assert declare(text, scope)
    made = []
    for text in conditions:
        (chain,) = chains(Excerpt.of(text))
        left, right = (parse_side(side, scope, chain.signs[0].span) for side in chain.sides)
        made.append(as_condition(state(left, right, scope, Reading()), text))
    scope.conditions = tuple(made)
    found = tied([moving], frozenset(sides.split()), scope, Dependencies({}))
    assert found == frozenset(expected.split())
