"""Truncated series: exact derivatives, nested, against derivatives of polynomials and rational functions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.exact.domain import NoPoint, Rationals
from derive.exact.dual import Arithmetic, Dual, constant, depth_of, tangent

DOMAIN = Rationals()
ARITHMETIC = Arithmetic(DOMAIN)
numbers = st.fractions(min_value=-9, max_value=9, max_denominator=6).map(lambda f: DOMAIN.number(Fraction(f)))
nonzero = numbers.filter(lambda number: number != 0)


def matrix(rows):
    return DOMAIN.matrix(len(rows), len(rows[0]), [DOMAIN.number(Fraction(entry)) for row in rows for entry in row])


def matrices(size):
    entries = st.lists(numbers, min_size=size * size, max_size=size * size)
    return entries.map(lambda found: DOMAIN.matrix(size, size, found))


def variable(x, order):
    """Return x + ε₁ + … + ε_order: the coefficient of ε₁⋯ε_order is the derivative of that order."""
    value = x
    for depth in range(1, order + 1):
        value = Dual(value, DOMAIN.number(1), depth)
    return value


def derivative(value, order):
    for depth in range(order, 0, -1):
        value = tangent(value, depth)
        if value is None:
            return DOMAIN.number(0)
    return constant(value)


@given(x=nonzero, power=st.integers(-4, 5), order=st.integers(1, 4))
def test_derivatives_of_powers(x, power, order):
    found = derivative(ARITHMETIC.power(variable(x, order), power), order)
    factor = 1
    for step in range(order):
        factor *= power - step
    wanted = DOMAIN.number(factor)
    for _ in range(abs(power - order)):
        wanted = wanted * x if power > order else wanted / x
    assert found == (wanted if factor else 0)


@given(x=numbers, y=numbers, dx=numbers, dy=numbers)
def test_sum_and_product_rule(x, y, dx, dy):
    left, right = Dual(x, dx, 1), Dual(y, dy, 1)
    total, product = ARITHMETIC.add(left, right), ARITHMETIC.multiply(left, right)
    assert (total.re, total.im) == (x + y, dx + dy)
    assert (product.re, product.im) == (x * y, x * dy + dx * y)


@given(x=numbers, dx=numbers, dy=numbers)
def test_nilpotents_of_different_depths_multiply_to_a_mixed_term(x, dx, dy):
    product = ARITHMETIC.multiply(Dual(x, dx, 1), Dual(x, dy, 2))
    assert depth_of(product) == 2
    assert constant(product) == x * x
    assert tangent(tangent(product, 2), 1) == dx * dy


@given(x=numbers, depth=st.integers(2, 4))
def test_a_sum_keeps_the_outer_nilpotent_outside(x, depth):
    inner, outer = Dual(x, DOMAIN.number(1), 1), Dual(x, DOMAIN.number(2), depth)
    for found in (ARITHMETIC.add(inner, outer), ARITHMETIC.add(outer, inner)):
        assert found.depth == depth and found.im == 2
        assert (found.re.depth, found.re.im) == (1, 1)


@given(a=matrices(2), da=matrices(2))
def test_inverse_times_matrix_is_one_to_first_order(a, da):
    if a.det() == 0:
        with pytest.raises(NoPoint):
            ARITHMETIC.inverse(Dual(a, da, 1))
        return
    value = Dual(a, da, 1)
    product = ARITHMETIC.multiply(ARITHMETIC.inverse(value), value)
    assert product.re == DOMAIN.identity(2)
    assert product.im == DOMAIN.filled(2, 2, 0)


@given(a=matrices(3), da=matrices(3))
def test_determinant_is_the_same_polynomial_for_singular_matrices(a, da):
    """det(A + tB) is a cubic in t: its slope at 0 follows from four values."""
    values = [(a + da * DOMAIN.number(t)).det() for t in (-2, -1, 1, 2)]
    wanted = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / 12
    assert ARITHMETIC.determinant(Dual(a, da, 1)).im == wanted


def test_second_derivative_of_a_determinant_at_a_singular_matrix():
    zero = matrix([[0, 0], [0, 0]])
    inner = Dual(zero, matrix([[1, 0], [0, 0]]), 1)
    both = Dual(inner, matrix([[0, 0], [0, 1]]), 2)
    assert tangent(tangent(ARITHMETIC.determinant(both), 2), 1) == 1


@given(a=matrices(2), b=matrices(3))
def test_kronecker_product(a, b):
    found = ARITHMETIC.kronecker(a, b)
    for i in range(6):
        for j in range(6):
            assert found[i, j] == a[i // 3, j // 3] * b[i % 3, j % 3]


@given(a=matrices(2), da=matrices(2), b=matrices(2))
def test_linear_maps_act_on_every_part(a, da, b):
    value = Dual(a, da, 1)
    assert ARITHMETIC.trace(ARITHMETIC.multiply(value, b)).im == ARITHMETIC.trace(da * b)
    assert ARITHMETIC.transpose(value).im == da.transpose()
    assert ARITHMETIC.negate(value).im == -da
    entrywise = ARITHMETIC.hadamard(value, b).im
    assert [entrywise[i, j] for i in (0, 1) for j in (0, 1)] == [x * y for x, y in zip(da.entries(), b.entries())]  # noqa: B905


@given(root=nonzero, slope=numbers)
def test_root_of_a_square(root, slope):
    found = ARITHMETIC.sqrt(Dual(root * root, slope, 1))
    assert found.re == abs(root)
    assert found.im == slope / (2 * abs(root))


@given(a=matrices(2).filter(lambda m: all(entry != 0 for entry in m.entries())), da=matrices(2))
def test_reciprocals_of_entries(a, da):
    found = ARITHMETIC.reciprocals(Dual(a, da, 1))
    assert [x * y for x, y in zip(found.re.entries(), a.entries(), strict=True)] == [1] * 4
    assert found.im.entries() == [-d / (x * x) for d, x in zip(da.entries(), a.entries(), strict=True)]


def test_a_tangent_that_is_absent_is_none():
    assert tangent(DOMAIN.number(3), 1) is None
    assert tangent(Dual(DOMAIN.number(3), DOMAIN.number(1), 1), 2) is None
    assert depth_of(DOMAIN.number(3)) == 0
