"""At how many sizes a claim is tested in which sizes are numbers."""

from itertools import product

import pytest
from sympy import Symbol

from derive.checking import check_text
from derive.exact.coverage import Coverage
from derive.facts import Declaration, Kind
from derive.scope import Scope
from derive.verdict import Verdict

N, K = Symbol("n"), Symbol("k")
SCOPE = Scope(declarations={key: Declaration(key, Kind.SIZE) for key in "nk"})
DECLARED = (
    r"Let $n, k \in \mathbb{N}$, $c, d \in \mathbb{R}$, $A \in \mathbb{R}^{n \times n}$. "
    r"Let $x_i \in \mathbb{R}$ for $i = 1, \dots, n$. "
    "Let $f(t) := (t - 1)(t - 2)(t - 3)(t - 4)$. "
)


def verdict(claim):
    return check_text(f"{DECLARED}$${claim}$$")[-1].judgement.verdict


def vanishing(*roots):
    return "1 + " + "".join(f"(n - {root})" for root in roots) + " = 1"


@pytest.mark.parametrize(
    "claim",
    [
        vanishing(*range(1, 7)),
        vanishing(*range(1, 15)),
        "1 + (n - k)(k - 1)(n + k - 5)(n + k - 7) = 1",
        "1 + (n - 1)(n - 2)(n - 3)(k - 1)(k - 2) = 1",
        "2^n = n^2 - n + 2",  # at 1, 2 and 3
        r"\binom{n}{k} = \binom{n}{k - 1}",  # at n = 2 k - 1
        r"\Gamma(n - k) = 1",  # at n = k + 1 and n = k + 2
        r"(n - k)! = 1",
        r"\sqrt{n - k} = n - k",
        r"\operatorname{tr} I_n = n^2 - n + 1" + " - 0 n",
        r"\frac{1}{n} + \frac{1}{n + 1} = \frac{7 - n}{4}",
        # right at 1, 2 and 3 by interpolation
        "(-1)^n = -2 n^2 + 8 n - 7",
        "(-c)^n = (-2 n^2 + 8 n - 7) c^n",
        "(c - d)^n = (-2 n^2 + 8 n - 7)(d - c)^n",
        "(2 c)^n = (n^2 - n + 2) c^n",
        "(2 c - 2 d)^n = (n^2 - n + 2)(c - d)^n",
        "|2 A| = (n^2 - n + 2) |A|",
        "|-A| = (-2 n^2 + 8 n - 7) |A|",
        r"(|2 I_n| - 2)(|2 I_n| - 4)(|2 I_n| - 8) = n - n",
        r"\|1_n\|^8 = 25 n^2 - 60 n + 36",
        "(1_n^T 1_n)^4 = 25 n^2 - 60 n + 36",
        r"\operatorname{tr}(I_n \otimes I_n)^2 = 25 n^2 - 60 n + 36",
        r"\operatorname{tr}(A + I_n) = \operatorname{tr} A + n + (n - 1)(n - 2)(n - 3)(n - 4)",
        "f(n) = n - n",
        r"\sum_{i=1}^n 2^i = 2^{n+1} - 2 + (n - 1)(n - 2)(n - 3)",
        # right for i = 1, 2 and 3
        "x_i + (i - 1)(i - 2)(i - 3) = x_i",
        "A_{ij} + (i - 1)(i - 2)(j - 3) = A_{ij}",
        "x_i 2^i = x_i (i^2 - i + 2)",
        r"\sum_{j=1}^n (j^2 - j) x_j = \sum_{j=1}^n j x_j (j - 1 + (j - 1)(j - 2)(j - 3))",
        # wrong where a number is negative
        "(c^{n/2})^{2/n} = c",
        "(c^{n/4})^{4/n} = c",
        "(c^n)^{1/2} = c^{n/2}",
        "(-1)^{n(n + 1)/2} = -1 + (n - 1)(n - 2)",
    ],
)
def test_what_is_false_at_some_sizes_does_not_hold(claim):
    assert verdict(claim) not in (Verdict.PROVED, Verdict.HOLDS)


@pytest.mark.parametrize(
    "claim",
    [
        r"\binom{n}{k} = \binom{n - 1}{k} + \binom{n - 1}{k - 1}",
        r"\sum_{i=1}^n i^2 = \frac{n (n + 1) (2 n + 1)}{6}",
        r"(n + 1)! = (n + 1) \, n!",
        r"2^{n + k} = 2^n 2^k",
        r"\operatorname{tr}(I_n) \operatorname{tr}(I_k) = n k",
        r"\frac{1}{n} - \frac{1}{n + 1} = \frac{1}{n (n + 1)}",
        "(-c)^n = (-1)^n c^n",
        "(c - d)^n = (-1)^n (d - c)^n",
        "(-1)^{n + k} = (-1)^{n - k}",
        "(c^2)^{n/2} = |c|^n",
        r"\sum_{i=1}^n (-1)^i = \frac{(-1)^n - 1}{2}",
        r"\sum_{i=1}^n i 2^i = (n - 1) 2^{n+1} + 2",
        "(1 + 2^n)(1 + 3^n) = 1 + 2^n + 3^n + 6^n",
        r"\|1_n\|^4 = n^2",
        r"|2 A \otimes I_k| = 2^{n k} |A|^k",
    ],
)
def test_identities_in_sizes_hold(claim):
    assert verdict(claim) in (Verdict.PROVED, Verdict.HOLDS)


def test_what_needs_too_many_values_is_not_decided():
    assert verdict(r"n^{20} (k + 1)^{20} = (n k + n)^{20} + (n - n)") is not Verdict.REFUTED
    assert not Coverage(N**20 * K**20, N, SCOPE).is_met([{"n": a, "k": b} for a, b in product(range(1, 40), repeat=2)])


def test_points_on_a_curve_of_the_degree_are_too_few():
    linear, line = Coverage(N + K, K, SCOPE), [{"n": at, "k": at} for at in range(1, 9)]
    assert not linear.is_met(line) and linear.is_met([*line, {"n": 1, "k": 2}])
    assert Coverage(Symbol("a"), Symbol("b"), SCOPE).is_met([])


@pytest.mark.parametrize(
    "claim",
    [
        r"\sum_{i=n}^{m} 1 = m - n + 1",
        r"\sum_{i=m}^{n} 2^i = 2^{n + 1} - 2^m",
        r"\sum_{i=1}^{n - m} 1 = n - m",
        r"\sum_{i=1}^{n - 2 m} 1 = n - 2 m",
        r"\sum_{i=1}^{m} i + \sum_{i=m + 1}^{n} i = \frac{n (n + 1)}{2}",
        r"\sum_{i=1}^{n} \sum_{j=1}^{m - i} 1 = n m - \frac{n (n + 1)}{2}",
    ],
)
def test_sums_that_may_have_no_terms_are_tested_where_they_have_none(claim):
    declared = r"Let $n, m \in \mathbb{N}$. "
    assert check_text(f"{declared}$${claim}$$")[-1].judgement.verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "claim", [r"\sum_{i=m}^{m + n} i = \frac{(n + 1) (2 m + n)}{2}", r"\sum_{i=1}^{n - 1} 1 = n - 1"]
)
def test_sums_that_have_terms_hold(claim):
    declared = r"Let $n, m \in \mathbb{N}$. "
    assert check_text(f"{declared}$${claim}$$")[-1].judgement.verdict in (Verdict.PROVED, Verdict.HOLDS)
