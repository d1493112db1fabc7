"""What the prose says of symbols, and what it does not say."""

import pytest
from undeclared import declared, gathered, verdict

from derive.facts import Fact
from derive.infer.typography import Sort
from derive.infer.words import said


def read(text):
    """Return what is said, by the letter: (sort, number of sizes, facts, random)."""
    found, _ = gathered(text)
    told = {}
    for each in said(found, {}):
        key = each.symbol.key if hasattr(each.symbol, "key") else each.symbol.base.key
        sort, dims, facts, random = told.get(key, (None, 0, frozenset(), False))
        told[key] = (each.sort or sort, len(each.dims or ()) or dims, facts | each.facts, random or each.random)
    return told


@pytest.mark.parametrize(
    ("text", "key", "sort", "dims"),
    [
        ("an $n \\times p$ matrix $X$", "X", Sort.MATRIX, 2),
        ("the $n \\times p$ design matrix $X$", "X", Sort.MATRIX, 2),
        ("Let $X$ be an $n \\times p$ matrix.", "X", Sort.MATRIX, 2),
        ("Let X be an n x p matrix.", "X", Sort.MATRIX, 2),
        ("an $n$-dimensional vector $v$", "v", Sort.VECTOR, 1),
        ("Let $v$ be an $n$-dimensional random vector.", "v", Sort.VECTOR, 1),
        ("where $c$ is a constant", "c", Sort.SCALAR, 0),
        ("the vectors $x$ and $y$", "y", Sort.VECTOR, 0),
        ("Let $A$ be an $m \\times n$ matrix, $x$ an $n$-vector and $y$ an $m$-vector.", "y", Sort.VECTOR, 1),
        ("Let $y$ be an $n$-dimensional vector and $B$ a matrix.", "B", Sort.MATRIX, 0),
        ("Let $x$ be a random vector with the covariance matrix $S$.", "x", Sort.VECTOR, 0),
        ("Let $x$ be a random vector with the covariance matrix $S$.", "S", Sort.MATRIX, 0),
        ("Let $x$ be random vectors with covariance matrices $S$, $T$.", "T", Sort.MATRIX, 0),
    ],
)
def test_sorts_and_sizes(text, key, sort, dims):
    assert read(text)[key][:2] == (sort, dims)


def test_the_words_of_one_symbol_are_not_those_of_the_next():
    assert "b" not in read("Let $A$ be an $n \\times n$ matrix and $b$ the intercept.")
    assert read("Let $A$ be a symmetric matrix and $B$ a matrix.")["B"][2] == frozenset()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Let $A$ be symmetric.", Fact.SYMMETRIC),
        ("The matrix $A$ is positive definite.", Fact.DEFINITE),
        ("a positive semidefinite matrix $A$", Fact.SEMIDEFINITE),
        ("the covariance matrix $A$", Fact.DEFINITE),
        ("the sample covariance matrix $A$", Fact.SEMIDEFINITE),
        ("Let $A$ be an orthogonal matrix.", Fact.ORTHOGONAL),
        ("Let $A$ be a diagonal matrix with positive entries.", Fact.DIAGONAL),
        ("the invertible matrix $A$", Fact.INVERTIBLE),
        ("the inverse of the nonsingular matrix $A$", Fact.INVERTIBLE),
        ("Let $A$ be a positive scalar.", Fact.POSITIVE),
    ],
)
def test_properties_are_read(text, fact):
    assert fact in read(text)["A"][2]


@pytest.mark.parametrize(
    "text",
    [
        "Let $A$ be a matrix that is not symmetric.",
        "The matrix $A$ is not necessarily symmetric.",
        "The matrix $A$ is not known to be symmetric.",
        "Neither $A$ nor $B$ is symmetric.",
        "the non-symmetric matrix $A$",
        "the asymmetric matrix $A$",
        "the skew-symmetric matrix $A$",
        "If $A$ is symmetric, this is easy.",
        "The matrix $A$ is symmetric only if it equals its transpose.",
        "The matrix $A$ is usually symmetric.",
        "Let $A$ be a block diagonal matrix.",
        "Let $A$ be a tridiagonal matrix.",
        "Let $A$ be the matrix with the same diagonal.",
        "The matrix $A$ is orthogonal to the identity.",
        "Let $A$ be the Cholesky factor of the covariance matrix.",
        "Let $A$ be a matrix of orthogonal columns.",
        "The number $A$ is not a positive scalar.",
    ],
)
def test_properties_that_are_not_said_are_not_read(text):
    assert read(text).get("A", (None, 0, frozenset()))[2] == frozenset()


def test_words_about_a_part_say_nothing_of_the_whole():
    assert "n" not in read("Let $x$ be a random vector of length $n$.")
    assert "v" not in read("Let $v$ be a model with known $n \\times n$ covariance matrix $S$.")
    assert "a" not in read("a matrix with eigenvalues $a$")
    assert read("with covariance matrices $S$ and $T$")["T"][2] == frozenset({Fact.DEFINITE})


def test_square_matrices_have_as_many_rows_as_columns():
    text = "Let $A$ and $B$ be {} matrices.\n\n$$C = A B D$$\n\n$$C = A B D + 0$$"
    assert declared(text.format("square"))["B"] == "B \\in \\mathbb{R}^{n \\times n}"
    assert "GL" in declared(text.format("invertible"))["A"]
    assert declared(text.format("some"))["A"] == "A \\in \\mathbb{R}^{n \\times p}"


def test_random_variables():
    assert read("Let $x$ be a random vector.")["x"][3]
    assert not read("Let $x$ be a vector.")["x"][3]


def test_a_size_that_is_said_outweighs_the_relations():
    text = "Let $A$ be an $m \\times n$ matrix.\n\n$$A x + x = x + A x$$\n\n$$A x = x$$"
    assert declared(text)["A"] == "A \\in \\mathbb{R}^{m \\times n}"
    assert verdict(text, 0) not in ("proved", "holds")


def test_a_noun_in_the_singular_speaks_of_one_symbol():
    found = declared("Let $S$ be the root of the diagonal matrix $D$ and $R$ a matrix. $$R D = D R$$")
    assert "\\mathbb{D}" in found["D"] and "\\mathbb{D}" not in found["R"]
    both = declared("Take the diagonal matrices $D$ and $R$. $$R D = D R$$")
    assert "\\mathbb{D}" in both["D"] and "\\mathbb{D}" in both["R"]


@pytest.mark.parametrize(
    "text",
    [
        "At most one of $A$ and $B$ is symmetric.",
        "The product of $A$ and $B$ is symmetric.",
        "No power of $A$ is symmetric.",
        "All matrices except $A$ are symmetric.",
        "Unlike $A$, $B$ is symmetric.",
        "Which of $A$ and $B$ is symmetric?",
        "It is a mistake to think that $A$ is symmetric.",
        "$A$ is similar to a symmetric matrix.",
        "$A$ is a symmetric function of $B$.",
    ],
)
def test_what_is_said_of_something_else_is_no_property(text):
    assert all(not facts for key, (_, _, facts, _) in read(text).items() if key == "A")


@pytest.mark.parametrize("text", ["Both of $A$ and $B$ are symmetric.", "$A$ is assumed to be symmetric."])
def test_what_is_said_of_each_is(text):
    assert Fact.SYMMETRIC in read(text)["A"][2]


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Let $A$ be skew-symmetric.", "A^T = -A"),
        ("Let $P$ be an $n \\times n$ projection matrix.", "P^2 = P"),
        ("Let $A$ be an $n \\times n$ normal matrix.", "A^T A = A A^T"),
        ("Let $T$ be an upper triangular $n \\times n$ matrix.", "|T| = \\prod_{i=1}^n T_{ii}"),
        ("Let $u$ be a unit vector.", "u^T u = 1"),
        ("Let $P$ be a permutation matrix.", "P^T P = I"),
        ("Let $A$ and $B$ be commuting $n \\times n$ matrices.", "A B = B A"),
    ],
)
def test_nothing_is_refuted_of_what_words_give_a_property_that_is_not_understood(words, claim):
    assert verdict(f"{words}\n\n$${claim}$$") == "undecided"
