"""Conditional moments against joint distributions with a few values."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import check

DECLARED = r"""Let $X \in \mathbb{R}^n$, $Y \in \mathbb{R}^m$, $Z \in \mathbb{R}^k$ be random vectors, let
$A \in \mathbb{R}^{n \times m}$, $B \in \mathbb{R}^{k \times n}$ and $c \in \mathbb{R}^n$.

"""
N, M, K = 2, 2, 3


def verdict(claim, text=DECLARED):
    return check(f"{text}\n\n$${claim}$$\n").relations[-1].judgement.verdict.value


class Joint:
    """Averages over the values of X, Y and Z with given weights; the values of Y repeat, so that conditions matter."""

    def __init__(self, seed):
        random = np.random.default_rng(seed)
        ys, zs = random.normal(size=(2, M)), random.normal(size=(2, K))
        self.rows = [(random.normal(size=N), ys[i], zs[j]) for i, j in itertools.product((0, 1), (0, 1)) for _ in "ab"]
        self.weights = random.dirichlet(np.ones(len(self.rows)))
        self.a, self.b, self.c = random.normal(size=(N, M)), random.normal(size=(K, N)), random.normal(size=N)

    def mean(self, value, given=()):
        """Return E(value | given) as a function of a row."""

        def at(row):
            same = [all(np.array_equal(row[g], other[g]) for g in given) for other in self.rows]
            weights = self.weights * np.array(same)
            return (
                sum(w * np.asarray(value(other)) for w, other in zip(weights, self.rows, strict=True)) / weights.sum()
            )

        return at

    def cov(self, left, right, given=()):
        """Return Cov(left, right | given) as a function of a row."""
        product = self.mean(lambda row: np.outer(left(row), right(row)), given)
        one, other = self.mean(left, given), self.mean(right, given)
        return lambda row: product(row) - np.outer(one(row), other(row))


def x(row):
    return row[0]


def y(row):
    return row[1]


def z(row):
    return row[2]


TOTAL_COVARIANCE = (
    r"\mathrm{Cov}(X, Z) = \mathrm{E}(\mathrm{Cov}(X, Z|Y)) + \mathrm{Cov}(\mathrm{E}(X|Y), \mathrm{E}(Z|Y))"
)
CLAIMS = {
    r"\mathrm{E}(X + A Y|Y) = \mathrm{E}(X|Y) + A Y": lambda j: (
        j.mean(lambda r: x(r) + j.a @ y(r), (1,)),
        lambda r: j.mean(x, (1,))(r) + j.a @ y(r),
    ),
    r"\mathrm{Var}(X + A Y|Y) = \mathrm{Var}(X|Y)": lambda j: (
        j.cov(lambda r: x(r) + j.a @ y(r), lambda r: x(r) + j.a @ y(r), (1,)),
        j.cov(x, x, (1,)),
    ),
    r"\mathrm{Cov}(B X + Z, X|Y) = B \mathrm{Var}(X|Y) + \mathrm{Cov}(Z, X|Y)": lambda j: (
        j.cov(lambda r: j.b @ x(r) + z(r), x, (1,)),
        lambda r: j.b @ j.cov(x, x, (1,))(r) + j.cov(z, x, (1,))(r),
    ),
    r"\mathrm{E}(\mathrm{E}(X|Y)) = \mathrm{E}(X)": lambda j: (j.mean(j.mean(x, (1,))), j.mean(x)),
    r"\mathrm{E}(\mathrm{E}(X|Y, Z)|Y) = \mathrm{E}(X|Y)": lambda j: (j.mean(j.mean(x, (1, 2)), (1,)), j.mean(x, (1,))),
    r"\mathrm{Var}(X) = \mathrm{E}(\mathrm{Var}(X|Y)) + \mathrm{Var}(\mathrm{E}(X|Y))": lambda j: (
        j.cov(x, x),
        lambda r: j.mean(j.cov(x, x, (1,)))(r) + j.cov(j.mean(x, (1,)), j.mean(x, (1,)))(r),
    ),
    TOTAL_COVARIANCE: lambda j: (
        j.cov(x, z),
        lambda r: j.mean(j.cov(x, z, (1,)))(r) + j.cov(j.mean(x, (1,)), j.mean(z, (1,)))(r),
    ),
    r"\mathrm{Cov}(\mathrm{E}(X|Y), Y) = \mathrm{Cov}(X, Y)": lambda j: (j.cov(j.mean(x, (1,)), y), j.cov(x, y)),
    r"\mathrm{Cov}(Y, \mathrm{E}(X|Y)) = \mathrm{Cov}(Y, X)": lambda j: (j.cov(y, j.mean(x, (1,))), j.cov(y, x)),
    r"\mathrm{Cov}(\mathrm{E}(X|Y), Z) = \mathrm{Cov}(\mathrm{E}(X|Y), \mathrm{E}(Z|Y))": lambda j: (
        j.cov(j.mean(x, (1,)), z),
        j.cov(j.mean(x, (1,)), j.mean(z, (1,))),
    ),
    r"\mathrm{E}[(X - \mathrm{E}(X|Y)) Y^\top] = 0": lambda j: (
        j.mean(lambda r: np.outer(x(r) - j.mean(x, (1,))(r), y(r))),
        lambda r: np.zeros((N, M)),
    ),
    r"\mathrm{E}(X X^\top|Y) = \mathrm{Var}(X|Y) + \mathrm{E}(X|Y) \mathrm{E}(X|Y)^\top": lambda j: (
        j.mean(lambda r: np.outer(x(r), x(r)), (1,)),
        lambda r: j.cov(x, x, (1,))(r) + np.outer(j.mean(x, (1,))(r), j.mean(x, (1,))(r)),
    ),
    r"\mathrm{E}(\mathrm{Cov}(X, Z|Y)) = \mathrm{Cov}(X - \mathrm{E}(X|Y), Z)": lambda j: (
        j.mean(j.cov(x, z, (1,))),
        j.cov(lambda r: x(r) - j.mean(x, (1,))(r), z),
    ),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_true_laws_are_proved(claim):
    assert verdict(claim) in ("proved", "assumption")  # an equation with 0 is assumed, if it is not true anyway
    if claim.endswith("= 0"):
        assert verdict(claim.replace("= 0", "+ c c^\\top A = c c^\\top A")) == "proved"


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_they_are_true_of_joint_distributions(seed):
    joint = Joint(seed)
    for sides in CLAIMS.values():
        left, right = sides(joint)
        for row in joint.rows:
            assert np.allclose(left(row), right(row))


WRONG = {
    r"\mathrm{E}(2 X|Y) = 2 \mathrm{E}(X)": lambda j: (j.mean(x, (1,)), j.mean(x)),
    r"2 \mathrm{Var}(X|Y) = 2 \mathrm{Var}(X)": lambda j: (j.cov(x, x, (1,)), j.cov(x, x)),
    r"2 \mathrm{Var}(X) = 2 \mathrm{E}(\mathrm{Var}(X|Y))": lambda j: (j.cov(x, x), j.mean(j.cov(x, x, (1,)))),
    r"\mathrm{E}(\mathrm{E}(X|Y)|Z) = \mathrm{E}(X|Z)": lambda j: (j.mean(j.mean(x, (1,)), (2,)), j.mean(x, (2,))),
    r"\mathrm{E}(\mathrm{E}(X|Y)) = \mathrm{E}(X|Y)": lambda j: (j.mean(j.mean(x, (1,))), j.mean(x, (1,))),
    r"\mathrm{E}(A Y \mathrm{E}(X|Y)^\top) = A Y \mathrm{E}(X)^\top": lambda j: (
        j.mean(lambda r: np.outer(j.a @ y(r), j.mean(x, (1,))(r))),
        lambda r: np.outer(j.a @ y(r), j.mean(x)(r)),
    ),
    r"2 \mathrm{Cov}(\mathrm{E}(X|Y), Z) = 2 \mathrm{Cov}(X, Z)": lambda j: (
        j.cov(j.mean(x, (1,)), z),
        j.cov(x, z),
    ),
    r"\mathrm{E}(A Y + X|Y) = A \mathrm{E}(Y) + \mathrm{E}(X|Y)": lambda j: (
        lambda r: j.a @ y(r),
        lambda r: j.a @ j.mean(y)(r),
    ),
}


@pytest.mark.parametrize("claim", WRONG)
def test_wrong_laws_are_not_true(claim):
    assert verdict(claim) not in ("proved", "holds", "conditional")
    joint = Joint(7)
    left, right = WRONG[claim](joint)
    assert not all(np.allclose(left(row), right(row)) for row in joint.rows)


def test_independence_in_words_takes_the_condition_away():
    text = DECLARED + r"Suppose that $X$ and $Y$ are independent."
    assert verdict(r"\mathrm{E}(2 X|Y) = 2 \mathrm{E}(X)", text) == "proved"
    assert verdict(r"2 \mathrm{Var}(X|Y) = 2 \mathrm{Var}(X)", text) == "proved"
    assert verdict(r"2 \mathrm{E}(X|Y, Z) = 2 \mathrm{E}(X)", text) == "undecided"
    assert verdict(r"2 \mathrm{E}(Z|Y) = 2 \mathrm{E}(Z)", text) == "undecided"
    assert verdict(r"2 \mathrm{E}(X|Y) = 2 \mathrm{E}(X)", text.replace("independent", "uncorrelated")) == "undecided"


def test_a_distribution_says_nothing_under_a_condition():
    text = DECLARED + r"Let $S \in \mathbb{S}_{++}^n$ and $X \sim \mathcal{N}(c, S)$."
    assert verdict(r"\mathrm{E}(2 X) = 2 c", text) == "proved"
    assert verdict(r"\mathrm{E}(2 X|Y) = 2 c", text) == "undecided"
    assert verdict(r"\mathrm{E}(\mathrm{E}(2 X|Y)) = 2 c", text) == "proved"


def test_a_model_holds_under_a_condition():
    text = DECLARED + r"$$ X = A Y + \varepsilon, \quad \varepsilon \sim \mathcal{N}(0, \sigma^2 I_n) $$"
    assert verdict(r"\mathrm{E}(X|Y) = A Y + \mathrm{E}(\varepsilon|Y)", text) == "proved"
    assert verdict(r"\mathrm{E}(2 X|Y) = 2 A Y", text) not in ("proved", "holds", "refuted")


def test_other_conditions_are_not_read():
    assert verdict(r"2 \mathrm{E}(X|A Y) = 2 \mathrm{E}(X|Y)") == "unread"
