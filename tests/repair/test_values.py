"""Sides at points: equal to what plain arithmetic gives there, and numbers recognised in them."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from wrong_lines import FAMILIES, SQUARE, Workshop, corpus_lines, line

from derive.exact.identity import Test
from derive.repair.values import LARGEST, Numbers
from derive.statement import state

PRIME = (1 << 61) - 1
FIELD, REALS = Numbers(PRIME), Numbers(None)
ENTRIES = st.lists(st.integers(0, PRIME - 1), min_size=1, max_size=5).map(tuple)
SMALL = st.fractions(min_value=-LARGEST, max_value=LARGEST, max_denominator=LARGEST).filter(
    lambda value: abs(value.numerator) <= LARGEST
)


def matrices(claim, declared=SQUARE):
    """Return the workshop of a claim, its first point, and the matrices at that point."""
    shop = Workshop(line(claim, declared))
    point = shop.search.bench.points[0]
    statement = state(shop.line.left, shop.line.right, shop.line.scope, shop.line.reading)
    found = {}
    for symbol in sorted(statement.lhs.free_symbols | statement.rhs.free_symbols, key=str):
        found[str(symbol)] = shop.search.bench.value(point, symbol)
    return shop, point, statement, found


def test_a_product_is_that_of_integers_modulo_the_prime():
    shop, point, statement, found = matrices(r"A x = A B x - b y")
    modulus = point.numbers.modulus
    size = math.isqrt(len(found["A"]))
    a, b = (np.array(found[name], dtype=object).reshape(size, size) for name in ("A", "B"))
    x, y = (np.array(found[name], dtype=object) for name in ("x", "y"))
    (scalar,) = found["b"]
    assert size > 1
    assert shop.search.bench.value(point, statement.lhs) == point.target == tuple((a @ x) % modulus)
    assert shop.search.bench.value(point, statement.rhs) == tuple((a @ b @ x - scalar * y) % modulus)


def test_a_side_with_a_logarithm_is_a_real_number():
    shop, point, statement, found = matrices(r"a = \ln(1 + b^2) - e^{b}")
    (b,) = found["b"]
    assert point.numbers.modulus is None
    assert shop.search.bench.value(point, statement.rhs)[0] == pytest.approx(math.log(1 + b * b) - math.exp(b))


def test_every_value_of_a_free_index_is_an_entry():
    _, point, *_ = matrices(r"r_{ij} = r_{ji} + x_i^\top x_j", FAMILIES)
    assert len(point.cases) > 1 and len(point.target) == len(point.cases)


def test_values_with_shared_parts_are_those_of_the_identity_test():
    checked = 0
    for ident, one in corpus_lines()[::10]:
        search = Workshop(one).search
        if search is None:
            continue
        for point in search.bench.points:
            statement = search.state(one.right)
            plain = Test(statement.equation(), 0)
            sides = [plain.sides(point.evaluator, case) for case in point.cases] if not statement.varying else []
            left, right = (tuple(entry for side in sides for entry in _entries(side[k])) for k in (0, 1))
            value = search.bench.value(point, statement.rhs)
            if sides and value is not None:
                checked += 1
                assert point.numbers.equal(value, right) and point.numbers.equal(point.target, left), ident
                assert point.numbers.equal(value, point.target), f"{ident} is true"
    assert checked >= 20


def _entries(value):
    entries = value.entries() if hasattr(value, "entries") else [value]
    return [float(entry.mid()) if hasattr(entry, "mid") else int(entry) for entry in entries]


def test_a_point_satisfies_what_is_declared():
    *_, found = matrices(r"A x = A x", [r"A \in \mathbb{S}^n", r"x \in \mathbb{R}^n"])
    size = math.isqrt(len(found["A"]))
    symmetric = np.array(found["A"], dtype=object).reshape(size, size)
    assert (symmetric == symmetric.T).all()


def test_a_point_satisfies_what_is_given():
    shop = Workshop(line(r"a x = b x", given=[r"A x = 2 x", r"a + b = 1"]))
    conditions = shop.line.scope.conditions
    assert len(conditions) == 2
    for point in shop.search.bench.points:
        for condition in conditions[1:]:
            left, right = (shop.search.bench.value(point, side) for side in (condition.lhs, condition.rhs))
            assert left == right


def test_what_is_not_defined_has_no_value():
    shop, point, statement, _ = matrices(r"A = B (A - A)^{-1}")
    assert shop.search.bench.value(point, statement.rhs) is None


def test_where_the_side_that_stays_is_not_defined_there_is_no_point():
    assert Workshop(line(r"(A - A)^{-1} = B")).search is None


def test_operations_are_counted():
    shop, point, statement, _ = matrices(r"c = \sum_{i=1}^N r_{ii} x_i", [*FAMILIES])
    before = shop.search.bench.steps
    shop.search.bench.value(point, statement.rhs)
    again = shop.search.bench.steps
    shop.search.bench.value(point, statement.rhs)  # shared parts are not evaluated again
    assert shop.search.bench.steps == again > before


# -- numbers -----------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(ENTRIES, st.data())
def test_arithmetic_in_the_field(left, data):
    right = data.draw(st.lists(st.integers(0, PRIME - 1), min_size=len(left), max_size=len(left)).map(tuple))
    total = FIELD.plus(left, right)
    assert FIELD.minus(total, right) == left and FIELD.equal(FIELD.plus(right, left), total)
    assert FIELD.times(left, right) == tuple(a * b % PRIME for a, b in zip(left, right, strict=True))


@settings(max_examples=40, deadline=None)
@given(SMALL)
def test_a_small_fraction_is_recognised_in_the_field(value):
    entry = value.numerator * pow(value.denominator, -1, PRIME) % PRIME
    assert FIELD.fraction(entry) == value


@settings(max_examples=40, deadline=None)
@given(SMALL)
def test_a_small_fraction_is_recognised_among_real_numbers(value):
    assert REALS.fraction(float(value)) == value


@settings(max_examples=40, deadline=None)
@given(st.integers(0, PRIME - 1))
def test_what_is_recognised_is_the_number(entry):
    found = FIELD.fraction(entry)
    if found is not None:
        assert (found.numerator - entry * found.denominator) % PRIME == 0
        assert abs(found.numerator) <= LARGEST >= abs(found.denominator)


def test_no_fraction_is_seen_where_there_is_none():
    assert REALS.fraction(math.pi) is None and REALS.fraction(math.nan) is None and REALS.fraction(1e30) is None


@settings(max_examples=40, deadline=None)
@given(ENTRIES, SMALL)
def test_a_ratio_is_found_where_vectors_are_parallel(unit, factor):
    assume(any(unit))
    number = factor.numerator * pow(factor.denominator, -1, PRIME) % PRIME
    vector = tuple(number * entry % PRIME for entry in unit)
    assert FIELD.ratio(vector, unit) == number
    if len(unit) > 1:
        bent = (*vector[:-1], (vector[-1] + 1) % PRIME)
        assert FIELD.ratio(bent, unit) is None or sum(map(bool, unit)) == 1
    assert FIELD.ratio(vector, (*unit, 1)) is None
    assert FIELD.ratio(vector, (0,) * len(unit)) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-100, 100).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=4).map(tuple), SMALL)
def test_ratios_of_real_numbers(unit, factor):
    assume(factor)
    vector = tuple(float(factor) * entry for entry in unit)
    ratio = REALS.ratio(vector, unit)
    assert REALS.fraction(ratio) == Fraction(factor)
    entries = REALS.ratios(vector, unit)
    assert all(entry == pytest.approx(float(factor)) for entry in entries)


def test_keys_of_equal_vectors_are_equal():
    assert REALS.key((0.1 + 0.2,)) == REALS.key((0.3,)) and REALS.equal((0.1 + 0.2,), (0.3,))
    assert not REALS.equal((1.0,), (1.0, 1.0)) and not REALS.equal((1.0,), (1.001,))
