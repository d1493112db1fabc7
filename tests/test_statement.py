"""Two sides elaborated together."""

import pytest
from sympy import Symbol

from derive.declarations import declare
from derive.relations import chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, parse_side, state
from derive.tokens import Unreadable
from derive.typed import Malformed

DECLARED = (
    r"A \in \mathbb{R}^{n \times n}",
    r"x \in \mathbb{R}^n",
    r"a \in \mathbb{R}",
    r"x_i \in \mathbb{R}^D, i = 1, \dots, N",
)


def stated(text, **options):
    scope = Scope()
    for one in DECLARED:
        declare(one, scope)
    (chain,) = chains(Excerpt.of(text))
    return state(*(parse_side(side, scope, chain.signs[0].span) for side in chain.sides), scope, Reading(**options))


def test_sizes_are_found_from_the_other_side():
    found = stated("A - a I = -a I + A")
    assert found.shape == (Symbol("n"), Symbol("n"))
    assert not any(str(symbol).startswith("?") for symbol in found.lhs.free_symbols | found.rhs.free_symbols)


def test_a_literal_zero_has_any_shape():
    assert stated("A x = 0").shape == (Symbol("n"), 1)
    assert type(stated("A x = 0").rhs).__name__ == "ZeroMatrix"


def test_a_product_of_one_by_one_is_a_scalar():
    assert stated(r"x^\top A x = a").shape is None


@pytest.mark.parametrize("text", ["A = x", "x = a", r"x = x^\top"])
def test_sides_of_different_shapes(text):
    with pytest.raises(Malformed) as problem:
        stated(text)
    assert problem.value.code == "S201"


def test_free_and_one_sided_indices():
    found = stated(r"x_i = x_i")
    assert found.free == (("i", Symbol("N")),) and found.one_sided == ((), ())
    assert stated(r"x_i = \sum_j x_j").one_sided == (("i",), ())
    assert stated(r"\sum_j x_j = x_i").one_sided == ((), ("i",))


def test_the_layout_is_used_only_where_it_matters():
    assert stated(r"\frac{\partial A x}{\partial x} = A").layout_used
    assert not stated(r"\frac{\partial x^\top x}{\partial x} = x").layout_used


def test_orders():
    found = stated("(1 + a)^2 = 1 + 2 a + O(a^2)")
    assert found.order == (Symbol("a"), 2) and "O(a^2)" in found.read_as
    with pytest.raises(Unreadable):
        stated("(1 + a)^2 = O(a) + O(a^2)")


def test_a_size_that_nothing_determines():
    with pytest.raises(Unreadable) as problem:
        stated(r"\operatorname{tr} I = a")
    assert problem.value.code == "N105"


def test_an_empty_side():
    with pytest.raises(Unreadable) as problem:
        stated("A =")
    assert problem.value.code == "N103"
