"""Applications that are known by their arguments as a whole."""

import pytest
from undeclared import answers

from derive.opaque import whole_key, written
from derive.parse import Parser
from derive.relations import side_list
from derive.source import Excerpt
from derive.tokens import tokenize


def parse(text):
    prepared = side_list(tokenize(Excerpt.of(text), {}))
    return Parser(prepared, set()).expression(0, len(prepared.tokens))


def key(text):
    return whole_key(*parse(text).items)


def test_densities_are_told_apart_by_the_names_of_their_arguments():
    assert len({key(text) for text in ("p(x)", "p(y)", "p(x \\mid y)", "p(y \\mid x)", "q(x)")}) == 5
    assert key("p(x \\mid y)") == key("p( x \\mid y )")


@pytest.mark.parametrize("text", ["f(x)", "a(x + y)", "f(x, y)", "p^2(x)"])
def test_functions_and_factors_are_no_names(text):
    assert key(text) is None


@pytest.mark.parametrize(
    ("one", "other"), [("x^2", "x^3"), ("x_1", "x_2"), ("x^T", "x"), ("a b", "a + b"), ("|A|", "A")]
)
def test_different_formulas_are_written_differently(one, other):
    assert written(parse(one)) != written(parse(other))


def verdicts(text):
    return [report.judgement.verdict.value for report in answers("a.md", text, infer=False).values()]


def test_a_density_of_an_index_is_a_function_of_it():
    text = "$\\pi_k \\in \\mathbb{R}$ for $k = 1, \\dots, K$. $$p(k) := \\pi_k$$ $$p(j) = \\pi_j$$ $$p(j) = 2 \\pi_j$$"
    assert verdicts(text) == ["definition", "proved", "refuted"]


def test_a_declared_density_stands_beside_one_of_an_index():
    text = "$p(y \\mid x) \\in \\mathbb{R}$ $\\pi_k \\in \\mathbb{R}$ for $k = 1, \\dots, K$. $$p(k) := \\pi_k$$"
    assert verdicts(f"{text} $$p(y \\mid x) + p(y \\mid x) = 2 p(y \\mid x)$$") == ["definition", "proved"]
