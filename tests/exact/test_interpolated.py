"""Claims that are right at the first sizes only: functions of a size against polynomials through their first values."""

from fractions import Fraction
from math import comb, factorial

import pytest
from sympy import Poly, Rational, Symbol, interpolate, latex

from derive.checking import check_text
from derive.verdict import Verdict

DECLARED = (
    r"Let $n \in \mathbb{N}$. Let $g(t) := 2^t + t^2$. Let $J := 1_n 1_n^T$. Let $H := I_n - \frac{1}{n} 1_n 1_n^T$. "
)
FUNCTIONS = {
    "2^n": lambda n: 2**n,
    "(-1)^n": lambda n: (-1) ** n,
    "n!": factorial,
    r"\binom{2n}{n}": lambda n: comb(2 * n, n),
    r"\operatorname{tr}(I_n)^5": lambda n: n**5,
    r"\operatorname{tr}(J^4)": lambda n: n**4,
    r"|3 I_n|": lambda n: 3**n,
    r"|I_n + J|": lambda n: 1 + n,
    r"|I_n + J|^4": lambda n: (1 + n) ** 4,
    r"\operatorname{tr}(H)^4": lambda n: (n - 1) ** 4,
    "g(n)": lambda n: 2**n + n**2,
    "g(n^2)": lambda n: 2**n**2 + n**4,
    r"\sum_{i=1}^n i^4": lambda n: sum(i**4 for i in range(1, n + 1)),
    r"\sum_{i=1}^n i 2^i": lambda n: sum(i * 2**i for i in range(1, n + 1)),
    r"\sum_{i=1}^n \sum_{j=1}^i j": lambda n: sum(j for i in range(1, n + 1) for j in range(1, i + 1)),
    r"\sum_{i=1}^n \frac{1}{i}": lambda n: sum(Fraction(1, i) for i in range(1, n + 1)),
    r"\prod_{i=1}^n (i + 1)": lambda n: factorial(n + 1),
    r"\|1_n\|^6": lambda n: n**3,
    r"\|I_n\|_F^6": lambda n: n**3,
    "1_n^T J J 1_n": lambda n: n**3,
    r"\operatorname{tr}(I_n \otimes I_n \otimes I_n)": lambda n: n**3,
    r"\operatorname{tr}((I_n + J)^3)": lambda n: n - 1 + (n + 1) ** 3,
    r"\operatorname{vec}(I_n)^T \operatorname{vec}(I_n) \operatorname{tr}(I_n)^2": lambda n: n**3,
    r"\frac{6}{n (n + 1)}": lambda n: Fraction(6, n * (n + 1)),
    r"\frac{2^n}{n}": lambda n: Fraction(2**n, n),
    r"|2 (I_n \otimes I_n)|": lambda n: 2**n**2,
    "4^{n/2} 3^{-n}": lambda n: Fraction(2, 3) ** n,
}
CANCELLING = {
    r"\operatorname{tr} \frac{\partial \operatorname{tr}(A)}{\partial A}": lambda n: n,
    r"\operatorname{tr} \frac{\partial x}{\partial x^T}": lambda n: n,
    r"\sum_{i=1}^n \sum_{j=1}^n Q_{ij}^2": lambda n: n,
    r"\|Q\|_F^2": lambda n: n,
    r"\operatorname{tr}(A (A^T A)^{-1} A^T)": lambda n: n,
    r"\sum_{i=1}^n e^{z_i} e^{-z_i}": lambda n: n,
    r"\sum_{i=1}^n \frac{\partial z_i}{\partial z_i}": lambda n: n,
    r"\sum_{i=1}^n \sum_{j=1}^n \delta_{ij}": lambda n: n,
    r"\sum_{i=1}^n (\cosh(z_i)^2 - \sinh(z_i)^2)": lambda n: n,
    r"t \frac{\partial \log |t A|}{\partial t}": lambda n: n,
    r"x^T \operatorname{diag}(x)^{-2} x": lambda n: n,
    r"\frac{|A + A|}{|A|}": lambda n: 2**n,
    r"|Q Q^T + A A^{-1}|": lambda n: 2**n,
    r"\log |e I_n|": lambda n: n,
    r"\|1_n 1_n^T\|_F": lambda n: n,
}
DATA = (
    r"Let $A \in \mathrm{GL}(n)$. Let $Q \in \mathrm{O}(n)$. Let $x \in \mathbb{R}^n$. Let $t \in \mathbb{R}_{>0}$. "
    r"Let $z_i \in \mathbb{R}_{>0}, i = 1, \dots, n$. "
)
N = Symbol("n")


def through(function, count):
    """Return the polynomial through the first values of a function, and whether it is the function."""
    found = Poly(interpolate([(at, Rational(function(at))) for at in range(1, count + 1)], N), N).as_expr()
    return found, all(found.subs(N, at) == Rational(function(at)) for at in range(1, 14))


def verdict(written, polynomial):
    right = latex(polynomial) + (" + n - n" if polynomial.is_number else "")
    return check_text(f"{DECLARED}$${written} = {right}$$")[-1].judgement.verdict


@pytest.mark.parametrize("written", FUNCTIONS)
def test_a_polynomial_through_the_first_values_is_not_the_function(written):
    wrong = [found for found, same in (through(FUNCTIONS[written], count) for count in range(1, 5)) if not same]
    assert verdict(written, wrong[-1]) not in (Verdict.PROVED, Verdict.HOLDS)


@pytest.mark.parametrize("count", [3, pytest.param(6, marks=pytest.mark.slow)])
@pytest.mark.parametrize("written", CANCELLING)
def test_what_is_zero_at_the_first_sizes_only_is_not_zero(written, count):
    factors = "".join(rf"\left({written} - {CANCELLING[written](at)}\right)" for at in range(1, count + 1))
    assert check_text(f"{DATA}$${factors} + n = n$$")[-1].judgement.verdict not in (Verdict.PROVED, Verdict.HOLDS)


def test_a_determinant_of_blocks_is_no_polynomial_in_their_number():
    lagrange = {
        at: "".join(rf"\frac{{m - {other}}}{{{at - other}}}" for other in range(1, 5) if other != at)
        for at in range(1, 5)
    }
    right = " + ".join(f"{factors} |C|^{at}" for at, factors in lagrange.items())
    declared = r"Let $C \in \mathrm{GL}(p)$. Let $m \in \mathbb{N}$. "
    assert check_text(rf"{declared}$$|I_m \otimes C| = {right}$$")[-1].judgement.verdict is Verdict.REFUTED
    assert check_text(rf"{declared}$$|I_m \otimes C| = |C|^m$$")[-1].judgement.verdict is Verdict.PROVED


@pytest.mark.slow
@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("written", FUNCTIONS)
def test_polynomials_through_values_are_judged_by_what_they_are(written, count):
    polynomial, same = through(FUNCTIONS[written], count)
    assert (verdict(written, polynomial) in (Verdict.PROVED, Verdict.HOLDS)) is same
