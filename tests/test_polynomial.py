"""Sums of products: arithmetic of coefficients, terms that have the same value, and what is divided out of a sum."""

from fractions import Fraction
from math import gcd, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_oracle import TermOracle

from derive.polynomial import (
    EULER,
    add_into,
    atom,
    constant,
    content,
    number_power,
    power_term,
    product_term,
    sort_key,
    split_number,
    sum_term,
    whole,
)
from derive.term import make, number, size

FEW = settings(deadline=None, max_examples=40)
N = size("n")
a, b, u = (make("s", name) for name in "abu")
S, T = make("M", "S", N, N), make("M", "T", N, N)
FACTS = {"a": frozenset(("positive",)), "b": frozenset(("positive",))}
COUNTS = st.fractions(min_value=-5, max_value=5, max_denominator=6)


def monos(low):
    powers = st.tuples(st.integers(low, 3), st.integers(low, 3))
    return powers.map(lambda each: tuple((base, e) for base, e in zip((a, b), each, strict=True) if e))


def polys(words, low=-2, least=0):
    products = st.tuples(monos(low), words)
    counts = COUNTS.filter(bool).map(whole)
    return st.dictionaries(products, counts, min_size=least, max_size=4)


SCALARS = polys(st.none())
ARRAYS = polys(st.lists(st.sampled_from([S, T]), max_size=3).map(tuple))


def value(poly, oracle):
    """Return the value of a polynomial, one product at a time."""
    total = 0
    for (mono, word), count in poly.items():
        term = float(count) * prod(oracle.value(base) ** float(exponent) for base, exponent in mono)
        if word is not None:
            array = oracle.value(make("I", N))
            for letter in word:
                array = array @ oracle.value(letter)
            term = term * array
        total = total + term
    return total


def close(left, right):
    return (
        abs(left - right).max() <= 1e-9 * (1 + abs(right).max())
        if hasattr(right, "max")
        else left == pytest.approx(right)
    )


@FEW
@given(SCALARS, st.integers(0, 3))
def test_a_sum_of_scalars_has_the_value_of_its_term(poly, seed):
    oracle = TermOracle(FACTS, seed)
    assert close(oracle.value(sum_term(poly, None)), value(poly, oracle))


@FEW
@given(ARRAYS.filter(bool), st.integers(0, 3))
def test_a_sum_of_arrays_has_the_value_and_shape_of_its_term(poly, seed):
    oracle = TermOracle(FACTS, seed)
    made = sum_term(poly, S.shape)
    assert made.shape == S.shape
    assert close(oracle.value(made), value(poly, oracle))


@FEW
@given(ARRAYS)
def test_the_order_of_the_products_does_not_matter(poly):
    assert sum_term(dict(reversed(poly.items())), S.shape) == sum_term(poly, S.shape)


@FEW
@given(SCALARS, SCALARS, COUNTS)
def test_adding_a_multiple(first, second, factor):
    total = dict(first)
    add_into(total, second, factor)
    assert 0 not in total.values()
    for product in {*first, *second}:
        assert total.get(product, 0) == first.get(product, 0) + factor * second.get(product, 0)
    add_into(total, second, -factor)
    assert total == first


def test_leaves():
    assert atom(a) == {(((a, 1),), None): 1}
    assert atom(S) == {((), (S,)): 1}
    assert constant(Fraction(6, 3)) == {((), None): 2} and constant(0) == {}
    assert isinstance(whole(Fraction(6, 3)), int) and whole(Fraction(1, 2)) == Fraction(1, 2)


def test_terms_of_single_products():
    assert sum_term({}, None) == number(0) and sum_term({}, S.shape) == make("0", N, N)
    assert product_term((), None, None) == number(1)
    assert product_term(((a, 1),), None, None) == a
    assert product_term(((a, 2),), None, None, -1) == make("*", number(-1), make("^", a, number(2)))
    assert product_term((), (), S.shape) == make("I", N)
    assert product_term((), (S,), S.shape, 3) == make(".", number(3), S)
    assert product_term(((a, 1), (b, -1)), (S, T), S.shape) == make(
        ".", make("*", a, make("^", b, number(-1))), make("@", S, T)
    )
    assert (power_term(a, 1), power_term(a, u)) == (a, make("^", a, u))


def test_long_words_come_first():
    products = [((), (S,)), (((a, 1),), ()), ((), (T, S)), ((), (S, T))]
    assert sorted(products, key=sort_key) == [products[3], products[2], products[0], products[1]]


@FEW
@given(st.builds(Fraction, st.integers(1, 9999), st.integers(1, 99)), st.fractions(-3, 3, max_denominator=4))
def test_a_power_of_a_number_by_its_primes(base, exponent):
    found = number_power(base, exponent)
    assert found is not None
    primes = [prime.args[0] for prime, _ in found]
    assert all(p.denominator == 1 and all(p % q for q in range(2, int(p**0.5) + 1)) for p in primes)
    assert len(set(primes)) == len(primes)
    assert prod(float(p) ** float(e) for p, (_, e) in zip(primes, found, strict=True)) == pytest.approx(
        float(base) ** float(exponent)
    )


def test_powers_of_numbers_that_are_not_split():
    assert number_power(6, u) == ((number(2), u), (number(3), u))
    assert number_power(12, u) is None
    assert number_power(2 * 10_007, Fraction(1, 2)) is None
    assert number_power(1, Fraction(1, 2)) == ()


@FEW
@given(st.integers(2, 9), st.fractions(-4, 4, max_denominator=4))
def test_whole_powers_of_numbers_are_taken_out(base, exponent):
    mono, count = split_number(((number(base), exponent), (a, 2)))
    left = dict(mono)
    assert left.pop(a) == 2
    assert all(0 < e < 1 for e in left.values())
    assert float(count) * prod(base ** float(e) for e in left.values()) == pytest.approx(base ** float(exponent))


def test_what_is_not_a_rational_power_of_a_number_is_kept():
    assert split_number(((a, 2),)) == (((a, 2),), 1)
    assert split_number(((number(8), u),)) == (((number(8), u),), 1)


@FEW
@given(polys(st.none(), least=1))
def test_what_is_left_of_a_sum_after_its_content(poly):
    count, shared = content(poly, True, lambda base: False)
    powers = dict(shared)
    rest = {}
    for (mono, word), factor in poly.items():
        exponents = {base: dict(mono).get(base, 0) - powers.get(base, 0) for base in (a, b)}
        rest[tuple(exponents.items()), word] = Fraction(factor) / count
    assert all(each.denominator == 1 for each in rest.values())
    assert gcd(*(int(each) for each in rest.values())) == 1
    for base in (a, b):
        lowest = min(dict(mono)[base] for mono, _ in rest)
        assert lowest == 0


def test_a_root_leaves_what_may_be_negative_inside():
    poly = {(((a, 2),), None): -4, (((a, 1), (b, 1)), None): -6}
    assert content(poly, False, lambda base: False) == (2, ())
    assert content(poly, False, lambda base: base == a) == (2, ((a, 1),))
    assert content(poly, True, lambda base: False) == (-2, ((a, 1),))


def test_an_exponential_is_a_common_factor_however_the_sum_is_ordered():
    poly = {(((EULER, a), (u, 1)), None): 2, (((EULER, b),), None): 2}
    count, shared = content(poly, False, lambda base: False)
    assert count == 2 and shared in (((EULER, a),), ((EULER, b),))
    assert content(dict(reversed(poly.items())), False, lambda base: False) == (count, shared)
