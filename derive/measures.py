"""Moments of densities that are written out: of a Gaussian and of a gamma density in one symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, pi
from sympy.matrices.expressions import Determinant, Inverse, MatAdd, MatMul, Transpose

from derive.expr import Blocks, Density, ScalarFunction, ScalarOf, build, is_matrix, word
from derive.normalised import normalised


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a symbol under a density.

    Attributes
    ----------
    variable : expression
        The symbol.
    mean, variance : expression
        Its mean, and its variance or its covariance matrix.
    log_mean : expression, optional
        The mean of its logarithm, where that is known.
    """

    variable: Any
    mean: Any
    variance: Any
    log_mean: Any = None


def measured(density: Any) -> Measured | None:
    """Return the moments under a density, or None if it is not known as one in one symbol.

    Examples
    --------
    >>> from sympy import symbols
    >>> from derive.densities import gamma_density
    >>> measured(gamma_density(*symbols("y a b"))).mean
    a*(1/b)
    """
    found = normalised(density)
    if found is None:
        return None
    parameters = [plain(parameter) for parameter in found.parameters]
    if isinstance(density, Density):
        return Measured(found.variable, *parameters)
    return Measured(found.variable, *gamma_moments(*parameters))


def gamma_moments(shape: Any, rate: Any) -> tuple[Any, Any, Any]:
    """Return a/b, a/b² and ψ(a) − log b: mean, variance and mean logarithm of a gamma distribution with rate b.

    See Johnson, Kotz and Balakrishnan 1994, chapter 17.
    """
    mean, variance = (build(Mul, shape, build(Pow, rate, Integer(-order))) for order in (1, 2))
    digamma = build(ScalarFunction, word("digamma"), Integer(0), shape)
    return mean, variance, build(Add, digamma, build(Mul, Integer(-1), logarithm(rate)))


def plain(expr: Any) -> Any:
    """Return the number in a 1 × 1 block."""
    if isinstance(expr, Blocks) and int(expr.args[0]) == int(expr.args[1]) == 1:
        inner = expr.args[2]
        return inner if not is_matrix(inner) else expr
    return expr


def logarithm(argument: Any) -> Any:
    """Return the logarithm of a number."""
    return build(ScalarFunction, word("log"), Integer(0), argument)


def log_density(density: Any) -> Any:
    """Return the logarithm of a Gaussian density as a polynomial in its variable."""
    x, mean, covariance = map(plain, density.args)
    if not is_matrix(x):
        size, determinant = Integer(1), covariance
        change = build(Add, x, build(Mul, Integer(-1), mean))
        form = build(Mul, build(Pow, change, Integer(2)), build(Pow, covariance, Integer(-1)))
    else:
        size, determinant = x.shape[0], build(Determinant, covariance)
        change = build(MatAdd, x, build(MatMul, Integer(-1), mean))
        form = build(ScalarOf, build(MatMul, build(Transpose, change), build(Inverse, covariance), change))
    half = Rational(-1, 2)
    return build(
        Add,
        build(Mul, half, size, logarithm(build(Mul, Integer(2), pi))),
        build(Mul, half, logarithm(determinant)),
        build(Mul, half, form),
    )
