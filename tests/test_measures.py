"""Moments under densities against numerical integrals."""

import mpmath
import pytest
from sympy import Symbol, lambdify
from sympy.matrices.expressions import MatrixSymbol

from derive.densities import gamma_density
from derive.expr import Blocks, Density, build
from derive.measures import gamma_moments, log_density, measured, plain
from derive.shape import ONE

X, A, B = Symbol("x"), Symbol("a"), Symbol("b")


def block(symbol):
    return build(Blocks, ONE, ONE, symbol)


def value(expr, **values):
    digamma = {"digamma": mpmath.digamma, "log": mpmath.log}

    def of(e):
        if type(e).__name__ == "ScalarFunction":
            return digamma[e.args[0].name](of(e.args[2]))
        if isinstance(e, Symbol):
            return mpmath.mpf(values[e.name])
        if e.is_Add:
            return sum(map(of, e.args), mpmath.mpf(0))
        if e.is_Mul:
            return mpmath.fprod(map(of, e.args))
        if e.is_Pow:
            return of(e.args[0]) ** of(e.args[1])
        return mpmath.mpf(lambdify((), e)())

    return of(expr)


@pytest.mark.parametrize(("a", "b"), [(0.7, 2.0), (3.0, 0.5), (5.5, 1.25)])
def test_moments_of_a_gamma_density(a, b):
    mean, variance, log_mean = (value(each, a=a, b=b) for each in gamma_moments(A, B))

    def integral(f):
        density = mpmath.mpf(b) ** a / mpmath.gamma(a)
        return mpmath.quad(lambda y: f(y) * density * y ** (a - 1) * mpmath.exp(-b * y), [0, 1, 5, mpmath.inf])

    assert mpmath.almosteq(mean, integral(lambda y: y), 1e-6)
    assert mpmath.almosteq(variance, integral(lambda y: (y - mean) ** 2), 1e-6)
    assert mpmath.almosteq(log_mean, integral(mpmath.log), 1e-6)


def test_the_logarithm_of_a_density_of_a_number():
    density = build(Density, block(X), block(A), block(B))
    expected = mpmath.log(mpmath.npdf(0.3, 1.1, mpmath.sqrt(2.5)))
    assert mpmath.almosteq(value(log_density(density), x=0.3, a=1.1, b=2.5), expected)


def test_what_is_measured():
    found = measured(build(Density, block(X), block(A), block(B)))
    assert (found.variable, found.mean, found.variance, found.log_mean) == (X, A, B, None)
    n = Symbol("n")
    x, m, s = MatrixSymbol("x", n, ONE), MatrixSymbol("m", n, ONE), MatrixSymbol("S", n, n)
    found = measured(build(Density, x, m, s))
    assert (found.variable, found.mean, found.variance) == (x, m, s)
    assert measured(gamma_density(X, A, B)).log_mean is not None
    assert measured(X + A) is None


def test_only_a_number_is_taken_out_of_a_block():
    array = MatrixSymbol("S", 1, 1)
    assert plain(block(X)) == X and plain(block(array)) == block(array) and plain(array) == array
