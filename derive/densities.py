r"""Densities that are known by name, as formulas: gamma, Wishart, matrix normal and multivariate t.

They are written ``head(x; parameters)`` or ``head(x \mid parameters)``. Each formula is wrapped in `Restricted`: it
has no value outside the support of its density and the domain of its parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, pi
from sympy.matrices.expressions import Determinant, Inverse, MatAdd, MatMul, Trace, Transpose

from derive.expr import IndexProduct, Restricted, ScalarFunction, ScalarOf, build, word
from derive.indices import IndexSymbol

DENSITIES = {
    "\\mathrm{Gam}": "gamma",
    "\\mathrm{Bet}": "beta",
    "\\mathrm{Beta}": "beta",
    "\\mathrm{Poiss}": "poisson",
    "\\mathrm{Pois}": "poisson",
    "\\mathrm{Poisson}": "poisson",
    "\\mathrm{Bin}": "binomial",
    "\\mathrm{Binom}": "binomial",
    "\\mathrm{Binomial}": "binomial",
    "\\mathrm{Bern}": "bernoulli",
    "\\mathrm{Bernoulli}": "bernoulli",
    "\\mathcal{W}": "wishart",
    "\\mathrm{W}": "wishart",
    "\\mathrm{Wishart}": "wishart",
    "\\mathcal{MN}": "matrix normal",
    "\\mathrm{MN}": "matrix normal",
    "t": "t",
    "\\mathrm{t}": "t",
}
"""Families whose densities are known, by the name they are written with.

Names under which authors write more than one parametrisation (``\\mathrm{Gamma}`` and ``\\mathrm{Exp}`` with a rate or
with a scale, ``\\mathrm{St}`` with a scale matrix or with a precision) are left out.
"""
NUMBERS = frozenset({"gamma", "beta", "poisson", "binomial", "bernoulli"})
"""Families of distributions of a number whose parameters are numbers."""
PARAMETERS = {
    "beta": 2,
    "poisson": 1,
    "binomial": 2,
    "bernoulli": 1,
    "gamma": 2,
    "wishart": 2,
    "matrix normal": 3,
    "t": 3,
}
"""How many parameters stand behind the bar."""
CONVENTIONS = {
    "beta": "Bet(·; a, b) is read as the beta density with shapes a and b",
    "poisson": "Poiss(·; λ) is read as the probability mass function with rate λ",
    "binomial": "Bin(·; n, p) is read as the probability mass function with n trials and success probability p",
    "bernoulli": "Bern(·; p) is read as the probability mass function with success probability p",
    "gamma": "Gam(·; a, b) is read as the gamma density with shape a and rate b",
    "wishart": "W(·; V, ν) is read as the Wishart density with scale matrix V and ν degrees of freedom",
    "matrix normal": "MN(·; M, U, V) is read as the matrix normal density with covariances U of rows, V of columns",
    "t": "t(·; μ, Σ, ν) is read as the t density with location μ, scale matrix Σ and ν degrees of freedom",
}
"""What is reported about the parameters."""
BARS = (";", "|")
"""What may stand between the argument of a density and its parameters."""
_HALF = Rational(1, 2)


def is_written_as_density(key: str, separators: tuple[str, ...]) -> bool:
    """Whether a name with the separators in the bracket behind it is that of a known density.

    Examples
    --------
    >>> is_written_as_density("t", (";", ",", ",")), is_written_as_density("t", (",", ",", ","))
    (True, False)
    """
    family = DENSITIES.get(key)
    if family is None or len(separators) != PARAMETERS[family]:
        return False
    return separators[0] in BARS and all(separator == "," for separator in separators[1:])


# -- formulas ----------------------------------------------------------------------------------------------------


def gamma_density(y: Any, shape: Any, rate: Any) -> Any:
    """Return bᵃ/Γ(a) y^{a−1} exp(−b y) for y, a, b > 0 (Johnson, Kotz and Balakrishnan 1994, ch. 17, rate b).

    Examples
    --------
    >>> from sympy import symbols
    >>> gamma_density(*symbols("y a b")).args[1:]
    (y, a, b)
    """
    formula = _product(
        _power(rate, shape),
        _power(_gamma(shape), -1),
        _power(y, _sum(shape, Integer(-1))),
        _exp(_product(Integer(-1), rate, y)),
    )
    return build(Restricted, formula, y, shape, rate)


def beta_density(x: Any, first: Any, second: Any) -> Any:
    """Return x^{a−1} (1−x)^{b−1} / B(a, b) for 0 < x < 1 and a, b > 0 (Johnson, Kotz and Balakrishnan 1995, ch. 25).

    Examples
    --------
    >>> from sympy import symbols
    >>> beta_density(*symbols("x a b")).args[1]
    x
    """
    rest = _sum(Integer(1), _product(Integer(-1), x))
    formula = _product(
        _power(beta_function(first, second), -1),
        _power(x, _sum(first, Integer(-1))),
        _power(rest, _sum(second, Integer(-1))),
    )
    return build(Restricted, formula, x, rest, first, second)


def poisson_mass(y: Any, rate: Any) -> Any:
    """Return λ^y exp(−λ) / y! for λ > 0 (Johnson, Kemp and Kotz 2005, ch. 4)."""
    formula = _product(_power(rate, y), _exp(_product(Integer(-1), rate)), _power(factorial(y), -1))
    return build(Restricted, formula, rate)


def binomial_mass(y: Any, trials: Any, probability: Any) -> Any:
    """Return C(n, y) p^y (1−p)^{n−y} for 0 < p < 1 (Johnson, Kemp and Kotz 2005, ch. 3)."""
    other = _sum(Integer(1), _product(Integer(-1), probability))
    failures = _sum(trials, _product(Integer(-1), y))
    formula = _product(binomial(trials, y), _power(probability, y), _power(other, failures))
    return build(Restricted, formula, probability, other)


def bernoulli_mass(y: Any, probability: Any) -> Any:
    """Return p^y (1−p)^{1−y} for 0 < p < 1."""
    other = _sum(Integer(1), _product(Integer(-1), probability))
    formula = _product(_power(probability, y), _power(other, _sum(Integer(1), _product(Integer(-1), y))))
    return build(Restricted, formula, probability, other)


def wishart_density(matrix: Any, scale: Any, freedom: Any, letter: Any) -> Any:
    """Return the Wishart density of a p × p matrix X with scale V and ν > p − 1 degrees of freedom.

    |X|^{(ν−p−1)/2} exp(−½ tr(V⁻¹X)) / (2^{νp/2} |V|^{ν/2} Γ_p(ν/2)) for positive definite X and V (Anderson 2003,
    section 7.2; Muirhead 1982, theorem 3.2.1). ``letter`` is the index of the product in Γ_p.
    """
    order = matrix.shape[0]
    half = _product(_HALF, freedom)
    formula = _product(
        _power(_det(matrix), _product(_HALF, _sum(freedom, _product(Integer(-1), order), Integer(-1)))),
        _exp(_product(-_HALF, build(Trace, build(MatMul, build(Inverse, scale), matrix)))),
        _power(Integer(2), _product(-_HALF, freedom, order)),
        _power(_det(scale), _product(-_HALF, freedom)),
        _power(multivariate_gamma(order, half, letter), -1),
    )
    excess = _sum(freedom, _product(Integer(-1), order), Integer(1))
    return build(Restricted, formula, matrix, scale, excess)


def matrix_normal_density(matrix: Any, mean: Any, rows: Any, columns: Any) -> Any:
    """Return the density of an n × p matrix X with mean M and positive definite covariances U (rows), V (columns).

    (2π)^{−np/2} |V|^{−n/2} |U|^{−p/2} exp(−½ tr(V⁻¹ (X−M)ᵀ U⁻¹ (X−M))) (Gupta and Nagar 2000, theorem 2.2.1).
    """
    n, p = matrix.shape
    difference = build(MatAdd, matrix, build(MatMul, Integer(-1), mean))
    form = build(MatMul, build(Inverse, columns), build(Transpose, difference), build(Inverse, rows), difference)
    formula = _product(
        _power(_product(Integer(2), pi), _product(-_HALF, n, p)),
        _power(_det(columns), _product(-_HALF, n)),
        _power(_det(rows), _product(-_HALF, p)),
        _exp(_product(-_HALF, build(Trace, form))),
    )
    return build(Restricted, formula, rows, columns)


def t_density(x: Any, location: Any, scale: Any, freedom: Any) -> Any:
    """Return the multivariate t density of a vector of length n with positive definite scale matrix Σ and ν > 0.

    Γ((ν+n)/2) / (Γ(ν/2) (νπ)^{n/2} |Σ|^{1/2}) (1 + (x−μ)ᵀΣ⁻¹(x−μ)/ν)^{−(ν+n)/2} (Kotz and Nadarajah 2004, eq. 1.1).
    """
    n = x.shape[0]
    difference = build(MatAdd, x, build(MatMul, Integer(-1), location))
    form = build(ScalarOf, build(MatMul, build(Transpose, difference), build(Inverse, scale), difference))
    both = _sum(freedom, n)
    formula = _product(
        _gamma(_product(_HALF, both)),
        _power(_gamma(_product(_HALF, freedom)), -1),
        _power(_product(freedom, pi), _product(-_HALF, n)),
        _power(_det(scale), -_HALF),
        _power(_sum(Integer(1), _product(_power(freedom, -1), form)), _product(-_HALF, both)),
    )
    return build(Restricted, formula, scale, freedom)


def beta_function(first: Any, second: Any) -> Any:
    """Return B(a, b) = Γ(a) Γ(b) / Γ(a + b)."""
    return _product(_gamma(first), _gamma(second), _power(_gamma(_sum(first, second)), -1))


def factorial(value: Any) -> Any:
    """Return x! = Γ(x + 1)."""
    return _gamma(_sum(value, Integer(1)))


def binomial(upper: Any, lower: Any) -> Any:
    """Return the binomial coefficient n! / (k! (n − k)!)."""
    rest = _sum(upper, _product(Integer(-1), lower))
    return _product(factorial(upper), _power(factorial(lower), -1), _power(factorial(rest), -1))


def multivariate_gamma(order: Any, argument: Any, letter: IndexSymbol) -> Any:
    """Return Γ_p(a) = π^{p(p−1)/4} ∏_{j=1}^p Γ(a + (1 − j)/2) (Muirhead 1982, theorem 2.1.12).

    Examples
    --------
    >>> from sympy import Symbol
    >>> multivariate_gamma(Symbol("p"), Symbol("a"), IndexSymbol("j")).args[1].args[1:]
    (j, 1, p)
    """
    if order == 1:
        return _gamma(argument)
    shifted = _sum(argument, _product(_HALF, _sum(Integer(1), _product(Integer(-1), letter))))
    return _product(
        _power(pi, _product(Rational(1, 4), order, _sum(order, Integer(-1)))),
        build(IndexProduct, _gamma(shifted), letter, Integer(1), order),
    )


def free_letter(taken: Iterable[str]) -> IndexSymbol:
    """Return an index letter that is not taken.

    Examples
    --------
    >>> free_letter(["j", "a"])
    i
    """
    used = set(taken)
    plain = [letter for letter in "jiklmhqrs" if letter not in used]
    return IndexSymbol(plain[0] if plain else next(f"j_{{{k}}}" for k in range(1, 99) if f"j_{{{k}}}" not in used))


# -- nodes -------------------------------------------------------------------------------------------------------


def _gamma(argument: Any) -> Any:
    return build(ScalarFunction, word("gamma"), Integer(0), argument)


def _exp(argument: Any) -> Any:
    return build(ScalarFunction, word("exp"), Integer(0), argument)


def _det(matrix: Any) -> Any:
    return build(Determinant, matrix)


def _power(base: Any, exponent: Any) -> Any:
    return build(Pow, base, Integer(exponent) if isinstance(exponent, int) else exponent)


def _product(*factors: Any) -> Any:
    return build(Mul, *factors)


def _sum(*terms: Any) -> Any:
    return build(Add, *terms)
