"""What depends on sizes and indices."""

import pytest
from sympy import Rational, Symbol
from sympy.matrices.expressions import MatrixSymbol, Trace

from derive.exact.dependence import (
    denominator,
    has_constant_term,
    is_of_sizes,
    polynomial_in_sizes,
    size_numbers,
)
from derive.expr import Member, word
from derive.facts import Declaration, Kind
from derive.indices import IndexSymbol
from derive.scope import Scope

N, C, INDEX = Symbol("n"), Symbol("c"), IndexSymbol("i")
X = Member(word("x"), INDEX)
SCOPE = Scope(declarations={"n": Declaration("n", Kind.SIZE), "c": Declaration("c", Kind.SCALAR)})


@pytest.mark.parametrize(
    ("expr", "constant"),
    [(X, False), (X + 1, True), ((X + C) * (X - 1), True), ((X + C) * X, False), (C * X, False), ((X + 1) ** 2, True)],
)
def test_a_term_that_is_the_same_for_all_values_of_an_index(expr, constant):
    assert has_constant_term(expr, INDEX) is constant


def test_sizes_are_numbers_where_they_are_not_shapes():
    a = MatrixSymbol("A", N, N)
    assert size_numbers(Trace(a), SCOPE) == frozenset()
    assert size_numbers(N * Trace(a) + C, SCOPE) == {"n"}


@pytest.mark.parametrize(("expr", "found"), [(N * INDEX / 2, True), (2**N, True), (C * N, False), (X * N, False)])
def test_what_is_made_of_sizes(expr, found):
    assert is_of_sizes(expr, SCOPE) is found


def test_exponents():
    assert polynomial_in_sizes(N**2 / 2 + INDEX, SCOPE).total_degree() == 2
    assert polynomial_in_sizes(C * N, SCOPE) is None and polynomial_in_sizes(1 / N, SCOPE) is None
    assert denominator(Rational(2, 3)) == 3 and denominator(1 / N) == 2
