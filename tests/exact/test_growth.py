"""How expressions grow with sizes, against their values at sizes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, Symbol, diff

from derive.exact.exponentials import ONE, TooManyTerms
from derive.exact.growth import Growths
from derive.expr import ScalarFunction, build, word
from derive.facts import Declaration, Kind
from derive.scope import Scope

N = Symbol("n")
SCOPE = Scope(declarations={"n": Declaration("n", Kind.SIZE), "c": Declaration("c", Kind.SCALAR)})


@st.composite
def sums_of_exponentials(draw):
    """Draw a tree of sums, products and powers of n, whole numbers and their powers to n."""
    leaves = st.one_of(
        st.just(N),
        st.integers(-3, 3).map(Integer),
        st.sampled_from([2, 3, 5, -1]).map(lambda base: build(Pow, Integer(base), N)),
    )

    def grown(inner):
        pair = st.tuples(inner, inner)
        return st.one_of(
            pair.map(lambda both: build(Add, *both)),
            pair.map(lambda both: build(Mul, *both)),
            inner.map(lambda base: build(Pow, base, Integer(2))),
        )

    return draw(st.recursive(leaves, grown, max_leaves=5))


@given(sums_of_exponentials())
def test_the_difference_operator_of_the_growth_annihilates_the_values(expr):
    growth = Growths(SCOPE).of(expr)
    order = [(_value(key), degree + 1) for key, degree in growth.items()]
    count = sum(multiplicity for _, multiplicity in order) + 3
    values = [_at(expr, at) for at in range(1, count + 1)]
    for base, multiplicity in order:  # (E - b)^(d + 1) annihilates n^d b^n
        for _ in range(multiplicity):
            values = [after - base * before for before, after in pairwise(values)]
    assert set(values) == {0}


def _value(key):
    found = 1
    for base, exponent in key:
        found *= int(base) ** int(diff(exponent, N))
    return found


def _at(expr, at):
    if expr == N:
        return at
    if isinstance(expr, Integer):
        return int(expr)
    first, *others = [_at(arg, at) for arg in expr.args]
    for other in others:
        first = first + other if isinstance(expr, Add) else first * other if isinstance(expr, Mul) else first**other
    return first


def test_denominators_and_functions_of_sizes_are_noted():
    growths = Growths(SCOPE)
    growths.of(build(Pow, N, Integer(-2)))
    growths.of(build(ScalarFunction, word("gamma"), Integer(0), N + 3))
    growths.of(build(ScalarFunction, word("gamma"), Integer(0), N))
    assert growths.poles == {N: 2}
    assert list(growths.values.values()) == [{0, 3}]
    assert growths.names == {"n"}


@pytest.mark.parametrize(("base", "period"), [(Symbol("c"), 4), (Symbol("c") ** 2, 1), (Integer(3), 1)])
def test_only_bases_of_either_sign_have_a_period(base, period):
    growths = Growths(SCOPE)
    growths.of(build(Pow, base, N / 2))
    assert growths.period == period


def test_more_exponentials_than_can_be_told_apart_are_refused():
    growths = Growths(SCOPE)
    with pytest.raises(TooManyTerms):
        growths.of(build(Pow, build(Add, Integer(1), build(Pow, Integer(2), N)), Integer(200)))


def test_what_shows_no_size_has_none():
    assert Growths(SCOPE).of(Symbol("c") ** 3) == {ONE: 0}
