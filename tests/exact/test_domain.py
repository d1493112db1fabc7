"""Fields, rationals and balls: the same operations, and the homomorphisms of exp, roots and logarithms."""

import itertools
import math
from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import check
from derive.exact.domain import Balls, Field, NoPoint, NotEvaluable, Rationals, generator, primes

LOW, HIGH = Field(0, 7), Field(1, 7)
residues = st.integers(1, 2**44)
fractions = st.fractions(min_value=-50, max_value=50, max_denominator=50)


def exp(value):
    """Return exp of a number of the lower field, in the upper one."""
    return HIGH.exp(None, lambda: value)


def test_each_prime_is_a_multiple_of_the_one_before_plus_one():
    chain = primes()
    assert len(chain) == 3
    for small, large in itertools.pairwise(chain):
        assert (large - 1) % small == 0
    for p in chain:
        assert flint.fmpz(p).is_prime()
        assert p % 8 == 7
        assert p < 2**63


def test_minus_one_is_no_square_and_small_primes_are():
    for p in primes():
        assert pow(p - 1, (p - 1) // 2, p) == p - 1
        for small in (2, 3, 5, 7):
            assert pow(small, (p - 1) // 2, p) == 1


def test_the_generator_has_exactly_the_order_of_the_smaller_prime():
    for level in (1, 2):
        g, small, p = generator(level), primes()[level - 1], primes()[level]
        assert g != 1 and pow(g, small, p) == 1


@given(u=residues, v=residues)
def test_exp_is_a_homomorphism(u, v):
    a, b = LOW.number(u), LOW.number(v)
    assert exp(a + b) == exp(a) * exp(b)
    assert exp(-a) * exp(a) == 1
    assert (exp(a) == exp(b)) == (a == b)


def test_exp_of_zero_is_one_and_of_one_is_not():
    assert exp(LOW.number(0)) == 1
    assert exp(LOW.number(1)) != 1


@given(u=residues)
def test_exponentials_have_principal_roots(u):
    """exp(u/2) is the principal root of exp(u): both are powers of a square."""
    assert HIGH.sqrt(exp(LOW.number(u))) == exp(LOW.number(u) * LOW.number(Fraction(1, 2)))


def test_exponentials_need_a_level_below():
    with pytest.raises(NotEvaluable):
        LOW.exp(LOW.number(1), lambda: LOW.number(1))


@given(u=residues)
def test_the_principal_root_is_itself_a_square(u):
    square = LOW.number(u) * LOW.number(u)
    root = LOW.sqrt(square)
    assert root * root == square
    assert LOW.is_square(root)
    assert root == LOW.absolute(LOW.number(u))


@given(u=residues, v=residues)
def test_roots_are_multiplicative(u, v):
    a, b = LOW.number(u) ** 2, LOW.number(v) ** 2
    assert LOW.sqrt(a) * LOW.sqrt(b) == LOW.sqrt(a * b)


@given(u=residues)
def test_one_of_a_number_and_its_negative_has_a_root(u):
    a = LOW.number(u)
    assert LOW.is_square(a) != LOW.is_square(-a)
    with pytest.raises(NoPoint):
        LOW.sqrt(-(a * a))


@given(u=residues)
def test_the_logarithm_is_a_function_of_its_argument_and_of_the_seed(u):
    a = LOW.number(u)
    assert LOW.log(a) == LOW.log(LOW.number(u)) == Field(0, 7).log(a)
    assert LOW.log(-a) == LOW.log(a)
    assert LOW.log(a) != LOW.log(a + 1)
    assert Field(0, 8).log(a) != LOW.log(a)


@given(value=fractions)
def test_rationals_go_into_the_field_as_a_homomorphism(value):
    found = LOW.number(value)
    assert found * LOW.number(value.denominator) == LOW.number(value.numerator)


@pytest.mark.parametrize("domain", [LOW, Rationals(), Balls()], ids=lambda domain: domain.name)
def test_singular_matrices_and_zero_have_no_inverse(domain):
    singular = domain.matrix(2, 2, [domain.number(n) for n in (1, 2, 2, 4)])
    for value in (singular, domain.number(0)):
        with pytest.raises(NoPoint):
            domain.inverse(value)
    with pytest.raises(NoPoint):
        domain.log(domain.number(0))


@pytest.mark.parametrize("domain", [LOW, Rationals(), Balls()], ids=lambda domain: domain.name)
def test_constructors(domain):
    two = domain.number(2)
    assert domain.is_zero(domain.identity(3) * two - domain.matrix(3, 3, [two if i % 4 == 0 else domain.number(0)
                                                                          for i in range(9)]))  # fmt: skip
    unit = domain.unit(2, 3, 1, 2)
    assert (unit.nrows(), unit.ncols()) == (2, 3)
    assert [bool(entry == 1) for entry in unit.entries()] == [False] * 5 + [True]
    assert domain.is_matrix(unit) and not domain.is_matrix(two)
    assert domain.is_zero(domain.filled(2, 2, 0)) and not domain.is_zero(domain.filled(2, 2, 1))
    doubled = domain.map(lambda entry: entry * two, domain.filled(1, 2, 3))
    assert [bool(entry == 6) for entry in doubled.entries()] == [True, True]
    assert domain.map(lambda entry: entry + two, two) == domain.number(4)


@given(top=st.integers(0, 400), bottom=st.integers(1, 400))
def test_rational_roots(top, bottom):
    domain = Rationals()
    assert domain.sqrt(domain.number(Fraction(top, bottom) ** 2)) == flint.fmpq(top, bottom)
    number = Fraction(top * top + 1, 1)
    if top:
        with pytest.raises(NotEvaluable):
            domain.sqrt(domain.number(number))
    with pytest.raises(NoPoint):
        domain.sqrt(domain.number(-number))


def test_rationals_know_the_rational_values_of_exp_and_log():
    domain = Rationals()
    assert domain.exp(domain.number(0), lambda: None) == 1
    assert domain.log(domain.number(1)) == 0
    for problem in (
        lambda: domain.exp(domain.number(1), lambda: None),
        lambda: domain.log(domain.number(2)),
        domain.pi,
    ):
        with pytest.raises(NotEvaluable):
            problem()


@given(value=st.fractions(min_value=Fraction(1, 50), max_value=30, max_denominator=50))
def test_balls_hold_the_true_value(value):
    domain = Balls()
    ball = domain.number(value)
    for found, wanted in (
        (domain.exp(ball, lambda: None), math.exp(value)),
        (domain.log(ball), math.log(value)),
        (domain.sqrt(ball), math.sqrt(value)),
        (domain.absolute(-ball), float(value)),
        (domain.pi(), math.pi),
    ):
        assert abs(float(found.mid()) - wanted) <= 1e-13 * max(1, abs(wanted))
        assert float(found.rad()) < 1e-80 * max(1, abs(wanted))


def test_balls_that_hold_zero_are_not_divided_by():
    domain = Balls()
    with pytest.raises(NoPoint):
        domain.inverse(domain.number(1) - domain.number(Fraction(1, 3)) * 3)


def test_roots_of_negative_balls_are_not_points():
    domain = Balls()
    for value in (-1, Fraction(-1, 3)):
        with pytest.raises(NoPoint):
            domain.sqrt(domain.number(value))
        with pytest.raises(NoPoint):
            domain.log(domain.number(value))


@pytest.mark.parametrize("key", [0, 1, 12345, 2**32 - 1])
def test_chains_of_primes(key):
    chain = primes(key)
    assert all(flint.fmpz(p).is_prime() and p % 8 == 7 for p in chain)
    assert all((after - 1) % before == 0 for before, after in itertools.pairwise(chain))
    assert chain[-1] < 2**63
    for level in (1, 2):
        assert pow(generator(level, key), chain[level - 1], chain[level]) == 1 != generator(level, key)


@pytest.mark.parametrize("form", ["a + {p}", "a + c \\cdot {p}", "a + 2^{{40}} + {rest}", "a + ({p} + 0 c) a"])
def test_numbers_that_are_primes_of_a_field_are_not_zero(form):
    p = primes()[0]
    claim = form.format(p=p, rest=p - 2**40)
    found = check(f"Let $a, c \\in \\mathbb{{R}}$.\n$$a = {claim}$$").relations[0].judgement
    assert found.verdict.value == "refuted"
