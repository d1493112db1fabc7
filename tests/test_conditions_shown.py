"""Side conditions: what is shown is true at every point, and what is unknown is not shown."""

from contextlib import suppress
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_oracle import TermOracle, Undefined

from derive.kernel import Kernel
from derive.polynomial import EULER
from derive.term import ONE, make, number, size

N, M = size("n"), size("m")
FACTS = {
    "P": frozenset(("positive definite",)), "R": frozenset(("positive semidefinite",)), "S": frozenset(("symmetric",)),
    "Q": frozenset(("orthogonal",)), "D": frozenset(("diagonal",)), "G": frozenset(("invertible",)),
    "W": frozenset(("positive",)), "p": frozenset(("positive",)), "q": frozenset(("non-negative",)),
    "k": frozenset(("natural",)), "K": frozenset(("positive definite",)), "c": frozenset(("positive",)),
}  # fmt: skip
P, R, S, Q, D, G, W, A, B = (make("M", name, N, N) for name in "PRSQDGWAB")
U, x, w = make("M", "U", M, N), make("M", "x", N, ONE), make("M", "w", N, ONE)
p, q, k, a, b = (make("s", name) for name in "pqkab")
i = make("ix", "i", ONE, N)
TRUE, TWO, HALF, MINUS = make("true"), number(2), number(Fraction(1, 2)), number(-1)
xi, ci = make("m", "y", i), make("m", "c", i)
K0, K1 = (make("val", "K", N, N, order, a) for order in (0, 1))


t, inv, word = partial(make, "t"), partial(make, "inv"), partial(make, "@")


SHOWN = {
    "symmetric": (P, R, S, D, K0, make("I", N), make("0", N, N), inv(S), make("+", S, P), make(".", a, S),
                  word(t(U), U), word(A, S, t(A)), word(S, P, S), make("had", S, P), make("diag", x), word(x, t(x)),
                  make("sum", i, TRUE, make(".", xi, S)), make("mp", S, k)),
    "positive semidefinite": (P, R, word(t(U), U), word(A, R, t(A)), make("+", R, P), make(".", q, R), word(S, S),
                              make("had", P, R), make("sum", i, TRUE, make(".", ci, R)), word(x, t(x)), inv(P)),
    "positive definite": (P, K0, make("I", N), inv(P), make(".", p, P), make("+", R, P), word(t(G), G),
                          word(G, P, t(G)), make("+", make("I", N), word(x, t(x)))),
    "invertible": (P, Q, G, t(G), inv(G), make(".", p, G), word(G, Q, P), make("+", P, R), make("I", N)),
    "orthogonal": (Q, t(Q), make("I", N)),
    "diagonal": (D, make("I", N), make("diag", x)),
    "natural": (k, number(3), make("*", TWO, k), make("+", k, number(1))),
    "positive": (p, k, EULER, number(2), make("^", p, a), make("*", p, k), make("+", q, p), make("det", P),
                 make("sum", i, TRUE, ci), make("prod", i, TRUE, ci), make("dens", x, w, P), make("^", EULER, a),
                 make("tr", word(t(make("1", N, ONE)), make("fun", "exp", 0, x))), make("det", word(t(G), G))),
    "non-negative": (q, p, make("^", a, TWO), make("tr", word(t(x), x)), make("tr", word(t(x), R, x)), number(0),
                     make("*", q, p), make("sum", i, TRUE, make("^", xi, TWO)), make("norm", x, "1")),
}  # fmt: skip
UNKNOWN = {
    "symmetric": (A, Q, G, word(S, P), word(A, A), make("+", S, A), make(".", a, A), word(t(A), S, B), inv(A)),
    "positive semidefinite": (S, D, A, make(".", a, P), make(".", MINUS, P), make("+", P, S), word(A, P, A), word(P, R),
                              K1, make("+", P, make(".", MINUS, R)), make("0", N, N)),
    "positive definite": (R, S, word(t(A), A), word(x, t(x)), make(".", q, P), make("+", R, R), make("had", R, P), K1),
    "invertible": (A, S, R, D, W, K1, make("+", G, Q), make(".", a, G), word(A, G), word(t(U), U), make("0", N, N)),
    "orthogonal": (G, make(".", TWO, Q), make("+", Q, Q), make(".", MINUS, P)),
    "diagonal": (S, A, make("+", D, S), W),
    "natural": (p, number(0), number(-1), HALF, make("+", k, MINUS), make("*", HALF, k)),
    "positive": (a, q, number(0), number(-1), make("*", a, a), make("^", a, TWO), make("det", R), make("det", S),
                 make("sum", i, TRUE, xi), make("+", p, a), make("*", MINUS, p), make("tr", S), make("norm", x, "1"),
                 make("sum", make("ix", "i", size(2), N), TRUE, ci)),
    "non-negative": (a, MINUS, make("*", MINUS, p), make("^", a, number(3)), make("+", q, a), make("det", S),
                     make("tr", A), make("+", p, make("*", MINUS, q)), make("tr", word(t(x), S, x)), make("^", a, b)),
}  # fmt: skip


def pairs(table):
    return [(kind, term) for kind, terms in table.items() for term in terms]


def shown():
    return Kernel(FACTS).shown


@pytest.mark.parametrize(("condition", "term"), pairs(SHOWN))
def test_what_is_shown(condition, term):
    assert shown().is_shown(condition, term)
    assert is_true(condition, values(term))


def test_the_derivative_of_a_curve_keeps_what_is_linear():
    assert shown().is_shown("symmetric", K1)


@pytest.mark.parametrize(("condition", "term"), pairs(UNKNOWN))
def test_what_is_unknown_or_false_is_not_shown(condition, term):
    assert not shown().is_shown(condition, term)
    assert not shown().is_shown("finite", term)  # a condition of no name


def values(term):
    found = []
    for seed in range(4):
        with suppress(Undefined):
            found.append(TermOracle(FACTS, seed).value(term))
    return found


def is_true(condition, points):
    """Whether a condition is true at all points; one of them tells that a matrix is regular, which is seldom close."""
    if condition == "positive definite":
        return is_true("positive semidefinite", points) and is_true("invertible", points)
    if condition == "invertible":
        return not points or min(map(np.linalg.cond, points)) < 1e12
    tests = {
        "symmetric": lambda value: np.allclose(value, value.T),
        "positive semidefinite": lambda value: np.linalg.eigvalsh(value).min() > -1e-9 * (1 + np.abs(value).max()),
        "orthogonal": lambda value: np.allclose(value @ value.T, np.eye(len(value))),
        "diagonal": lambda value: np.allclose(value, np.diag(np.diag(value))),
        "natural": lambda value: value == round(value) >= 1,
        "positive": lambda value: value > 0,
        "non-negative": lambda value: value >= -1e-9,
    }
    if condition == "positive semidefinite" and not is_true("symmetric", points):
        return False
    return all(map(tests[condition], points))


def larger(terms):
    """Return larger scalars and square arrays made of smaller ones."""
    arrays = terms.filter(lambda term: term.shape is not None)
    scalars = terms.filter(lambda term: term.shape is None)
    words = st.lists(arrays, min_size=1, max_size=3).map(lambda each: word(*each))
    return st.one_of(
        words,
        words.map(lambda term: word(t(term), term)),
        st.tuples(arrays, arrays).map(lambda each: word(each[0], each[1], t(each[0]))),
        st.lists(arrays, min_size=2, max_size=3).map(lambda each: make("+", *each)),
        st.lists(scalars, min_size=2, max_size=3).map(lambda each: make("+", *each)),
        st.lists(scalars, min_size=2, max_size=3).map(lambda each: make("*", *each)),
        st.tuples(arrays, arrays).map(lambda each: make("had", *each)),
        st.tuples(scalars, arrays).map(lambda each: make(".", *each)),
        st.tuples(scalars, st.sampled_from([TWO, MINUS, number(3), HALF])).map(lambda each: make("^", *each)),
        st.tuples(st.sampled_from(["t", "inv"]), arrays).map(lambda each: make(*each)),
        st.tuples(st.sampled_from(["tr", "det"]), arrays).map(lambda each: make(*each)),
        st.tuples(st.sampled_from(["sum", "prod"]), scalars).map(lambda each: make(each[0], i, TRUE, each[1])),
    )


LEAVES = st.sampled_from([P, R, S, Q, D, G, W, A, K0, K1, word(x, t(x)), p, q, k, a, xi, ci, number(-2), make("I", N)])
SCALAR, ARRAY = (
    ("natural", "positive", "non-negative"),
    ("symmetric", "positive semidefinite", "positive definite", "invertible", "orthogonal", "diagonal"),
)


@settings(deadline=None, max_examples=200)
@given(st.recursive(LEAVES, larger, max_leaves=5))
def test_whatever_is_shown_is_true(term):
    found = shown()
    for condition in SCALAR if term.shape is None else ARRAY:
        assert not found.is_shown(condition, term) or is_true(condition, values(term)), condition


@pytest.mark.parametrize(
    ("kind", "stated", "follows"),
    [
        ("invertible", A, (A, t(A), make("det", A))),
        ("invertible", t(A), (A,)),
        ("invertible", word(A, B), (A, B, word(B, A))),
        ("invertible", make(".", a, A), (a, A)),
        ("nonzero", make("*", a, b), (a, b, make("^", a, MINUS))),
        ("nonzero", make("det", A), (A, make("det", A), inv(A))),
        ("nonzero", make("^", a, TWO), (a,)),
        ("positive", a, (a, make("^", a, b))),
        ("positive", make("det", A), (A,)),
        ("nonzero", make("fun", "abs", 0, a), (a,)),
    ],
)  # fmt: skip
def test_what_follows_from_a_term_being_defined(kind, stated, follows):
    found = shown()
    assert not any(found.is_invertible(term) for term in follows if term.op != "inv")
    found.define(kind, stated)
    assert all(found.is_invertible(term) for term in follows)


def test_what_does_not_follow():
    found = shown()
    found.define("invertible", word(U, t(U)))  # U may be wide
    found.define("nonzero", make("+", a, b))
    found.define("nonnegative", q)
    assert found.is_invertible(word(U, t(U))) and found.is_nonzero(make("+", a, b))
    assert not found.is_invertible(word(t(U), U))
    assert not found.is_nonzero(a) and not found.is_positive(make("+", a, b)) and not found.is_nonzero(q)


def test_a_square_that_is_divided_by_is_positive():
    found, square = shown(), make("tr", word(t(x), x))
    assert not found.is_positive(square)
    found.define("nonzero", square)
    assert found.is_positive(square)
    found.define("nonzero", make("tr", S))
    assert not found.is_positive(make("tr", S))


@pytest.mark.parametrize(("kind", "condition"), [("positive", "positive"), ("nonnegative", "non-negative")])
def test_what_a_root_or_logarithm_is_taken_of(kind, condition):
    found = shown()
    assert not found.is_defined(kind, a)
    found.define(kind, a)
    assert found.is_defined(kind, a) and found.is_shown(condition, a)
