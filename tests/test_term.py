"""Terms: what conforms and what does not, substitution without capture, and the JSON form."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_oracle import TermOracle

from derive.term import (
    ONE,
    ShapeConflict,
    bound_indices,
    from_data,
    make,
    needs,
    number,
    rename,
    replace_index,
    shape_text,
    size,
    size_product,
    size_sum,
    size_term,
    size_text,
    substitute,
)

M, N = size("m"), size("n")
A, B, S, T = (make("M", *each) for each in (("A", M, N), ("B", N, M), ("S", N, N), ("T", N, N)))
x, y, short = make("M", "x", N, ONE), make("M", "y", N, ONE), make("M", "z", M, ONE)
a, b, c = (make("s", name) for name in "abc")
i, j = make("ix", "i", ONE, N), make("ix", "j", ONE, N)
TRUE = make("true")
xi, yj, v = make("m", "x", i), make("m", "y", j), make("MM", "v", M, ONE, i)
MN, NN = size_product(M, N), size_product(N, N)

TERMS = (
    (number(Fraction(1, 2)), None), (a, None), (xi, None), (i, None), (make("size", M), None),
    (make("e", A, i, j), None), (make("+", a, b), None), (make("+", A, make("t", B)), (M, N)),
    (make("*", a, b), None), (make("^", a, number(2)), None), (make("tr", S), None), (make("det", S), None),
    (make("norm", A, "1"), None), (make("dens", x, y, S), None), (make("delta", i, j), None), (A, (M, N)),
    (v, (M, ONE)), (make("I", N), (N, N)), (make("0", M, N), (M, N)), (make("1", M, N), (M, N)),
    (make("val", "K", M, N, 1, a), (M, N)), (make(".", a, A), (M, N)), (make("@", A, B, A), (M, N)),
    (make("t", A), (N, M)), (make("inv", S), (N, N)), (make("mp", S, number(3)), (N, N)), (make("had", A, A), (M, N)),
    (make("kron", A, S), (MN, NN)), (make("vec", A), (MN, ONE)), (make("diag", x), (N, N)), (make("dg", S), (N, ONE)),
    (make("blocks", 1, 2, S, x), (N, size_sum(N, ONE))),
    (make("blocks", 2, 1, S, make("t", x)), (size_sum(N, ONE), N)), (make("blocks", 1, 2, a, b), (ONE, size(2))),
    (make("K", M, N), (MN, MN)), (make("unit", i, N), (N, ONE)), (make("sum", i, TRUE, v), (M, ONE)),
    (make("sum", i, make("cond", "!=", i, j), xi), None), (make("prod", i, TRUE, xi), None),
    (make("at", a, b, make(".", a, A)), (M, N)), (make("d", make("var", a, b), make(".", a, A)), (M, N)),
    (make("grad", make("tr", make("@", A, B)), A), (M, N)), (make("grad", a, b), (ONE, ONE)),
    (make("jac", short, x, "numerator"), (M, N)), (make("jac", short, x, "denominator"), (N, M)),
    (make("part", A, a), (M, N)), (make("fun", "exp", 0, A), (M, N)),
)  # fmt: skip


@pytest.mark.parametrize(("term", "shape"), TERMS, ids=str)
def test_shapes(term, shape):
    assert term.shape == shape


@pytest.mark.parametrize("term", [term for term, _ in TERMS if term.op not in ("grad", "jac", "d", "part")], ids=str)
def test_shapes_are_those_of_values(term):
    oracle = TermOracle({"S": frozenset(("positive definite",)), "a": frozenset(("positive",))}, seed=1)
    shape = () if term.shape is None else oracle.shape(term.shape)
    assert np.shape(oracle.value(term)) == shape


@pytest.mark.parametrize("term", [term for term, _ in TERMS], ids=str)
def test_data_round_trip(term):
    again = from_data(json.loads(json.dumps(term.data)))
    assert again == term and hash(again) == hash(term)
    assert (again.data, again.shape, again.names) == (term.data, term.shape, term.names)


@pytest.mark.parametrize(
    ("op", "args", "reason"),
    [
        ("+", (A, B), "a sum of m × n and n × m"), ("+", (a, S), "a sum of a scalar and n × n"),
        ("*", (a, A), "a scalar was expected, found m × n"), ("^", (S, number(2)), "a scalar was expected"),
        ("@", (A, A), "a product of m × n and m × n"), ("@", (a, A), "an array was expected"),
        (".", (A, A), "a scalar was expected"), (".", (a, b), "an array was expected"),
        *((op, (A,), "m × n is not square") for op in ("tr", "det", "inv", "dg")),
        ("mp", (A, number(2)), "not square"), ("had", (A, B), "does not conform"),
        ("had", (a, b), "an array was expected"),
        *((op, (a,), "an array was expected") for op in ("t", "vec", "norm", "tr", "inv")),
        ("kron", (a, A), "an array was expected"), ("diag", (A,), "a column vector was expected"),
        ("e", (a, i, j), "an array was expected"), ("e", (A, x, j), "a scalar was expected"),
        ("dens", (x, short, S), "a density"), ("dens", (x, y, A), "not square"),
        ("blocks", (2, 2, A, A, A), "lacks blocks"), ("blocks", (1, 2, A, S), "does not fit"),
        ("grad", (A, a), "a scalar was expected"), ("jac", (A, x, "numerator"), "a column vector was expected"),
        ("var", (x, short), "a change of"), ("at", (a, x, a), "a value of"), ("at", (v, x, v), "a family at a value"),
    ],
)  # fmt: skip
def test_conflicts(op, args, reason):
    with pytest.raises(ShapeConflict, match=reason):
        make(op, *args)


@pytest.mark.parametrize(
    "data",
    [None, 3, "s", [], ["nothing"], [["s", "a"]], ["+"], ["t"], ["inv", A.data], ["#", {"number": "1/0"}],
     ["#", {"number": "x"}], ["s", None], ["s", True], ["M", "A"], ["@", ["s", "a"], ["s", "b"]],
     ["M", "A", {"size": [[["n"], "many"]]}, {"size": []}]],
)  # fmt: skip
def test_data_that_are_no_term(data):
    with pytest.raises(ValueError):
        from_data(data)


def test_terms_of_different_data_are_different():
    strange, plain = make("+", make("s", "x) (# 1")), make("+", make("s", "x"), number(1))
    assert strange.data != plain.data
    assert strange != plain


SIZES = st.dictionaries(st.sampled_from([(), ("m",), ("n",), ("m", "n"), ("n", "n")]), st.integers(0, 4), max_size=4)


@settings(deadline=None, max_examples=40)
@given(SIZES, SIZES, SIZES, st.integers(0, 20))
def test_sizes_are_polynomials(p, q, r, seed):
    def made(counts):
        return size_sum(*(size_product(size(count), *map(size, names)) for names, count in counts.items()))

    p, q, r = made(p), made(q), made(r)
    oracle = TermOracle({"m": frozenset(("natural",)), "n": frozenset(("natural",))}, seed)
    assert oracle.size(size_sum(p, q)) == oracle.size(p) + oracle.size(q)
    assert oracle.size(size_product(p, q)) == oracle.size(p) * oracle.size(q)
    assert size_product(p, size_sum(q, r)) == size_sum(size_product(r, p), size_product(q, p))
    assert oracle.value(size_term(p)) == oracle.size(p)


def test_sizes_and_shapes_as_text():
    assert size_text(size_sum(N, size_product(M, N), size(1), N)) == "m n + 2 n + 1"
    assert (size_text(size(0)), shape_text(None), shape_text(A.shape)) == ("0", "a scalar", "m × n")


SUM = make("sum", i, TRUE, make("*", xi, yj))


def test_names_are_those_that_occur_free():
    assert SUM.names == {"x", "y", "index j"}
    assert not SUM.has_index(i) and SUM.has_index(j)
    assert make("at", a, b, make("*", a, c)).names == {"b", "c"}
    assert make("prod", i, make("cond", "<", i, j), number(1)).names == {"index j"}


def test_an_index_is_replaced_where_it_is_free():
    k = make("ix", "k", ONE, N)
    assert replace_index(SUM, i, k) is SUM
    assert replace_index(SUM, j, k) == make("sum", i, TRUE, make("*", xi, make("m", "y", k)))
    both = make("+", xi, make("sum", i, TRUE, xi))
    assert replace_index(both, i, number(2)) == make("+", make("m", "x", number(2)), both.args[1])


def test_substitution():
    assert substitute(make("@", A, x), x, y) == make("@", A, y)
    assert substitute(SUM, a, b) is SUM
    other = make("m", "w", j)
    assert substitute(SUM, yj, other) == make("sum", i, TRUE, make("*", xi, other))
    members = make("+", xi, make("m", "x", j))
    assert substitute(members, xi, other) == make("+", make("m", "w", i), make("m", "w", j))
    assert substitute(x, make("M", "x", M, ONE), short) == x  # another symbol that has the name
    term = make("fun", "x", 0, make("*", make("s", "x"), make("ix", "x", ONE, N)))
    assert rename(term, "x", "u") == make("fun", "x", 0, make("*", make("s", "u"), make("ix", "x", ONE, N)))


def test_bound_indices():
    double = make("sum", i, TRUE, make("prod", j, TRUE, make("*", xi, yj)))
    assert bound_indices(double) == {"i": (ONE, N), "j": (ONE, N)}
    assert bound_indices(xi) == {}
    other = make("ix", "i", ONE, M)
    with pytest.raises(ValueError, match="bound with two ranges"):
        bound_indices(make("+", SUM, make("sum", other, TRUE, make("m", "x", other))))
    with pytest.raises(ValueError, match="occurs with two ranges"):
        bound_indices(make("sum", i, TRUE, make("m", "x", other)))


MINUS, HALF = number(-1), number(Fraction(1, 2))


@pytest.mark.parametrize(
    ("term", "needed"),
    [
        (make("*", a, b), set()), (make("inv", S), {("invertible", S)}),
        (make("inv", make("inv", S)), {("invertible", S), ("invertible", make("inv", S))}),
        (make("^", a, MINUS), {("nonzero", a)}), (make("^", a, number(2)), set()),
        (make("^", a, HALF), {("nonnegative", a)}), (make("^", a, number(Fraction(-1, 2))), {("positive", a)}),
        (make("^", a, b), {("positive", a)}), (make("fun", "log", 0, a), {("positive", a)}),
        (make("fun", "exp", 0, a), set()), (make("sum", i, TRUE, make("^", xi, MINUS)), set()),
        (make("sum", i, TRUE, make("*", xi, make("^", a, MINUS))), {("nonzero", a)}),
        (make("at", a, b, make("^", a, MINUS)), set()), (make("at", a, b, make("^", c, MINUS)), {("nonzero", c)}),
    ],
)  # fmt: skip
def test_what_a_term_needs(term, needed):
    assert needs(term) == needed


def test_what_a_term_needs_inside_a_sum():
    assert needs(make("sum", i, TRUE, make("^", xi, MINUS)), inside=True) == {("nonzero", xi)}
