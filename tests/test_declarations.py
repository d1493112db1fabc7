"""Membership statements, ranges of indices and restrictions of sizes."""

import pytest
from sympy import Integer, Symbol

from derive import check
from derive.declarations import declare, restriction
from derive.facts import Fact, Kind
from derive.scope import Scope
from derive.source import Excerpt
from derive.tokens import Unreadable, tokenize

m, n, p = Symbol("m"), Symbol("n"), Symbol("p")


def scope(*texts):
    found = Scope()
    for text in texts:
        assert declare(text, found), text
    return found


def declared(text, key):
    return scope(text).declarations[key]


@pytest.mark.parametrize(
    ("text", "shape", "facts"),
    [
        (r"A \in \mathbb{R}", None, set()),
        (r"A \in \mathbb{R}_{>0}", None, {Fact.POSITIVE}),
        (r"A \in \mathbb{R}_{\geq 0}", None, {Fact.NONNEGATIVE}),
        (r"A \in \mathbb{R}_{>0}^n", (n, 1), {Fact.POSITIVE}),
        (r"A \in \mathbb{R}^n", (n, 1), set()),
        (r"A \in \mathbb R^n", (n, 1), set()),
        (r"A \in \mathbb{R}^{n \times 1}", (n, 1), set()),
        (r"A \in \mathbb{R}^{m \times n}", (m, n), set()),
        (r"A \in \mathbb{R}^{np \times np}", (n * p, n * p), set()),
        (r"A \in \mathbb{R}^{3 \times 2}", (3, 2), set()),
        (r"A \in \mathbb{R}^{(n + 1)}", (n + 1, 1), set()),
        (r"A \in \mathbb{S}^n", (n, n), {Fact.SYMMETRIC}),
        (r"A \in \mathbb{S}_{+}^n", (n, n), {Fact.SEMIDEFINITE}),
        (r"A \in \mathbb{S}_{++}^n", (n, n), {Fact.DEFINITE}),
        (r"A \in \mathbb{S}^n_{++}", (n, n), {Fact.DEFINITE}),
        (r"A \in \mathrm{O}(n)", (n, n), {Fact.ORTHOGONAL}),
        (r"A \in \mathbb{D}^n", (n, n), {Fact.DIAGONAL}),
        (r"A \in \mathrm{GL}(n)", (n, n), {Fact.INVERTIBLE}),
        (r"A ∈ ℝ^n", (n, 1), set()),
    ],
)
def test_sets(text, shape, facts):
    found = declared(text, "A")
    assert found.shape == shape and found.facts == facts
    assert found.kind is (Kind.SCALAR if shape is None else Kind.ARRAY)


def test_sizes():
    found = scope(r"p \in \mathbb{N}", r"X \in \mathbb{R}^{q \times r}")
    assert all(found.is_size(name) for name in "pqr") and not found.is_size("X")


def test_several_at_once():
    found = scope(r"x, y \in \mathbb{R}^n", r"a \in \mathbb{R}, B \in \mathbb{S}^n")
    assert found.declarations["x"].shape == found.declarations["y"].shape == (n, 1)
    assert found.declarations["a"].shape is None and found.declarations["B"].facts == {Fact.SYMMETRIC}


@pytest.mark.parametrize("key", [r"\mathbf{x}", r"\hat{\mu}", r"\Sigma", "x_{0}", "x_{12}"])
def test_keys_are_canonical(key):
    assert declared(key + r" \in \mathbb{R}^n", key).key == key


@pytest.mark.parametrize("dots", [r"\dots", r"\ldots", r"\cdots"])
def test_families(dots):
    found = scope(rf"x_n \in \mathbb{{R}}^D, n = 1, {dots}, N").declarations["x_{·}"]
    assert found.ranges == (Symbol("N"),) and found.letters == ("n",) and found.shape == (Symbol("D"), 1)


def test_families_with_two_indices():
    found = declared(r"r_{nk} \in \mathbb{R}, n = 1, \dots, N, k = 1, \dots, K", "r_{·}")
    assert found.ranges == (Symbol("N"), Symbol("K")) and found.shape is None


def test_the_range_may_come_first_and_in_other_words():
    assert scope(r"n = 1, \dots, N", r"x_n \in \mathbb{R}").declarations["x_{·}"].ranges == (Symbol("N"),)
    for text in (r"n \in \{1, \dots, N\}", r"n \in [N]", r"1 \le n \le N"):
        found = Scope()
        declare(text, found)
        assert found.ranges == {"n": Symbol("N")}, text


def test_functions():
    assert declared(r"f : \mathbb{R} \to \mathbb{R}", "f").kind is Kind.FUNCTION
    curve = declared(r"K : \mathbb{R} \to \mathbb{S}_{++}^n", "K")
    assert curve.kind is Kind.CURVE and curve.shape == (n, n) and curve.facts == {Fact.DEFINITE}
    assert declared(r"f \colon \mathbb{R} \to \mathbb{R}_{>0}", "f").facts == {Fact.POSITIVE}


@pytest.mark.parametrize("text", ["a = b", "a + b", r"x \in", ""])
def test_what_is_no_declaration(text):
    found = Scope()
    try:
        assert not declare(text, found)
    except Unreadable as problem:
        assert problem.code.startswith("N")
    assert not found.declarations


@pytest.mark.parametrize(
    "text",
    [r"x \in \mathbb{C}^n", r"x \in \mathbb{Z}", r"x \in \mathcal{X}", r"x^2 \in \mathbb{R}", r"2 \in \mathbb{R}"],
)
def test_sets_that_are_not_known(text):
    found = Scope()
    with pytest.raises(Unreadable):
        declare(text, found)
    assert "x" not in found.declarations


def test_a_later_declaration_wins():
    assert scope(r"x \in \mathbb{R}", r"x \in \mathbb{R}^n").declarations["x"].shape == (n, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"m \ge n", ("greater-equal", m, n)),
        (r"n \ge 3", ("greater-equal", n, Integer(3))),
        (r"m < n", ("less", m, n)),
        ("n even", ("even", n, Integer(2))),
        (r"n \text{ odd}", ("odd", n, Integer(2))),
        ("a = b", None),
        ("x + y", None),
    ],
)
def test_restrictions(text, expected):
    assert restriction(tokenize(Excerpt.of(text)), Scope()) == expected


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\sqrt{t^2} = t, \quad t \in \mathbb{R}_{>0}", "proved"),
        (r"\sqrt{t^2} = t, \quad t \in \mathbb{R}", "conditional"),
        (r"|c A| = c^m |A|, \quad A \in \mathbb{R}^{m \times m}, \; c \in \mathbb{R}", "proved"),
        (r"|c A| = c^m |A|, \quad A \in \mathbb{R}^{n \times n}, \; c \in \mathbb{R}", "refuted"),
        (r"\|x\|^2 = x^\top x \quad \text{for all } x \in \mathbb{R}^n", "proved"),
        (r"a + a = 2 a, \quad a \in \sigma(M)", "proved"),
    ],
)
def test_declarations_beside_a_relation(text, verdict):
    assert check(f"$${text}$$").relations[0].judgement.verdict.value == verdict
