"""Symbolic sizes: unification, products and sums of sizes, words."""

import pytest
from sympy import Integer, Symbol

from derive.shape import ONE, Sizes, is_known, show

m, n = Symbol("m"), Symbol("n")


def test_different_letters_are_different_sizes():
    sizes = Sizes()
    assert sizes.unify(n, n) and not sizes.unify(m, n) and not sizes.unify(n, ONE)
    assert sizes.unify(Integer(2), Integer(2)) and not sizes.unify(Integer(2), Integer(3))


def test_unknown_sizes_are_found_through_chains():
    sizes = Sizes()
    a, b, c = (sizes.fresh() for _ in range(3))
    assert sizes.unify(a, b) and sizes.unify(b, c) and sizes.unify(c, n)
    assert sizes.resolve(a) == n and not sizes.unify(a, m)


def test_unknown_sizes_are_distinct():
    sizes = Sizes()
    a, b = sizes.fresh(), sizes.fresh()
    assert a != b
    assert sizes.unify(a, m) and sizes.unify(b, n) and (sizes.resolve(a), sizes.resolve(b)) == (m, n)


def test_products_and_sums_are_solved_for_the_unknown():
    sizes = Sizes()
    a, b = sizes.fresh(), sizes.fresh()
    assert sizes.unify(a * m, n * m) and sizes.resolve(a) == n
    assert sizes.unify(n + 1, b + 1) and sizes.resolve(b) == n


def test_a_size_does_not_contain_itself():
    sizes = Sizes()
    a = sizes.fresh()
    assert not sizes.unify(a, a + 1)


def test_a_quotient_of_sizes_is_no_size():
    sizes = Sizes()
    assert not sizes.unify(sizes.fresh() * m, n)


def test_known():
    sizes = Sizes()
    assert is_known(n * m) and not is_known(sizes.fresh()) and not is_known(sizes.fresh() * n)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (None, "a scalar"),
        ((n, ONE), "a vector of length n"),
        ((ONE, n), "a row vector of length n"),
        ((m, n), "a matrix of shape m × n"),
        ((ONE, ONE), "a 1 × 1 matrix"),
        ((n**2, ONE), "a vector of length n^2"),
        ((Sizes().fresh(), n), "a matrix of shape ? × n"),
    ],
)
def test_words(shape, words):
    assert show(shape) == words
