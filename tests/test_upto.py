"""What varies in a relation up to a factor or a term, as its text names it."""

import pytest

from derive.relations import chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import parse_side
from derive.upto import readings, variable, without_constant


def sides(formula):
    (chain,) = chains(Excerpt.of(formula))
    return [parse_side(side, Scope(), chain.signs[0].span) for side in chain.sides]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"p(\beta | y) \propto R", [(r"\beta",), ("y",)]),
        (r"p(\beta, \tau \mid y) \propto R", [(r"\beta", r"\tau"), ("y",)]),
        (r"p(\mu, \sigma^2 \mid y) \propto R", [(r"\mu", r"\sigma"), ("y",)]),
        (r"p(x_1 | a, b) \propto R", [("x_{1}",), ("a", "b"), ("a",), ("b",)]),
        (r"\log p(\beta | y) \propto R", [(r"\beta",), ("y",)]),
        (r"p(x) \propto R", [("x",)]),
        (r"f(x) \propto R", [("x",)]),
        (r"p(y, \beta) \propto \beta^2", [(r"\beta",)]),
        (r"p(y, \beta) \propto \beta^2 y", [("y", r"\beta"), ("y",), (r"\beta",)]),
        (r"p(y, \beta) \propto R", []),
        (r"a b \propto R", []),
        (r"p(y|\beta) p(\beta) \propto R", []),
        (r"p(a b | y) \propto R", []),
    ],
)
def test_what_varies(formula, expected):
    assert [named.variables for named in readings(*sides(formula))] == expected


def test_words_win():
    assert [named.variables for named in readings(*sides(r"p(y | x) \propto R"), ("x",))] == [("x",)]


def test_readings_behind_the_bar_stand_aside():
    assert [named.aside for named in readings(*sides(r"p(\beta | y) \propto R"))] == [False, True]


@pytest.mark.parametrize(
    ("formula", "is_found"),
    [(r"a = b + \mathrm{const}", True), (r"a = b + \text{const.}", True), (r"a = b - \text{Const}", True),
     (r"a = \text{const} + b", True), (r"a = b + \mathrm{constant}", True), (r"a = b + \mathrm{cost}", False),
     (r"a = b \mathrm{const}", False), (r"a = b + C", False), (r"a = \mathrm{const}", False)],
)  # fmt: skip
def test_a_constant_is_taken_out_of_a_sum(formula, is_found):
    found = without_constant(sides(formula)[1])
    assert (found is not None) is is_found
    if found is not None:
        assert variable(found) == "b"


def test_a_letter_is_a_constant_where_that_is_asked_for():
    assert variable(without_constant(sides("a = b + C")[1], frozenset("C"))) == "b"
