"""Which expressions give no sizes as numbers when they are added up."""

import pytest
from sympy import Integer, MatMul, Symbol
from sympy.matrices.expressions import Identity, Inverse, MatrixSymbol, Transpose

from derive.exact.generic import has_columns, has_distinct_terms, is_generic
from derive.expr import Gradient, ScalarFunction, ScalarOf, Vec, build, word
from derive.facts import Declaration, Fact, Kind
from derive.scope import Scope

N = Symbol("n")
A, B, Q = (MatrixSymbol(name, N, N) for name in "ABQ")
C = Symbol("c")
SCOPE = Scope(
    declarations={
        "n": Declaration("n", Kind.SIZE),
        "c": Declaration("c", Kind.SCALAR),
        "A": Declaration("A", Kind.ARRAY),
        "B": Declaration("B", Kind.ARRAY),
        "Q": Declaration("Q", Kind.ARRAY, facts=frozenset({Fact.ORTHOGONAL})),
    }
)


def function(name, argument):
    return build(ScalarFunction, word(name), Integer(0), argument)


@pytest.mark.parametrize("expr", [A * B.T, Inverse(A) * B, C * A + B, C**2, Vec(A)])
def test_polynomials_in_data_and_in_inverses_of_others_are_generic(expr):
    assert is_generic(expr, SCOPE)


@pytest.mark.parametrize(
    "expr",
    [
        MatMul(A, Inverse(A), evaluate=False),
        MatMul(Inverse(A + B), B, evaluate=False),
        Q * A,
        Identity(N) + A,
        Gradient(C, A),
        N * C,
        C**0 * Integer(3),
        function("exp", C),
    ],
)
def test_what_may_cancel_is_not(expr):
    assert not is_generic(expr, SCOPE)


def test_one_function_in_a_term_has_nothing_to_cancel_with():
    once, twice = function("exp", C), function("exp", C) * function("exp", -C)
    assert is_generic(once, SCOPE, with_function=True) and not is_generic(twice, SCOPE, with_function=True)


def test_products_of_matrices_have_no_columns_of_ones():
    assert has_columns(Vec(Identity(N)), SCOPE) and not has_columns(Inverse(A) * Transpose(B), SCOPE)


def test_terms_of_the_same_data_may_be_alike():
    assert has_distinct_terms(A + A * B) and not has_distinct_terms(A * B + B * A)
    assert not has_distinct_terms(ScalarOf(A) * B)
