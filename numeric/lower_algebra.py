"""Expression to array program: sums, products, matrices, norms and densities; see `numeric.lower`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.expr import is_matrix
from numeric import construct as c
from numeric.lower_symbols import size_of
from numeric.lowering import Env, Lowering, rule
from numeric.program import Node, make


@rule("Add", "MatAdd")
def _add(low: Lowering, expr: Any, env: Env) -> Node:
    return c.add(*low.parts(expr, env))


@rule("Mul", "MatMul")
def _multiply(low: Lowering, expr: Any, env: Env) -> Node:
    parts = low.parts(expr, env)
    arrays = [part for part, arg in zip(parts, expr.args, strict=True) if is_matrix(arg)]
    numbers = [part for part, arg in zip(parts, expr.args, strict=True) if not is_matrix(arg)]
    return c.mul(*numbers, c.matmul(*arrays)) if arrays else c.mul(*numbers)


@rule("Pow")
def _power(low: Lowering, expr: Any, env: Env) -> Node:
    base, exponent = low.parts(expr, env)
    if base.op == "constant" and base.data == ("e",):
        return c.function("exp", exponent)
    return c.power(base, exponent)


@rule("MatPow")
def _matrix_power(low: Lowering, expr: Any, env: Env) -> Node:
    return c.matrix_power(*low.parts(expr, env))


@rule("Inverse")
def _inverse(low: Lowering, expr: Any, env: Env) -> Node:
    return c.inverse(low.lower(expr.args[0], env))


@rule("Transpose")
def _transpose(low: Lowering, expr: Any, env: Env) -> Node:
    return c.transpose(low.lower(expr.args[0], env))


@rule("Determinant")
def _determinant(low: Lowering, expr: Any, env: Env) -> Node:
    return c.determinant(low.lower(expr.args[0], env))


@rule("Trace")
def _trace(low: Lowering, expr: Any, env: Env) -> Node:
    return c.trace(low.lower(expr.args[0], env))


@rule("HadamardProduct")
def _hadamard(low: Lowering, expr: Any, env: Env) -> Node:
    return c.mul(*low.parts(expr, env))


@rule("KroneckerProduct")
def _kronecker(low: Lowering, expr: Any, env: Env) -> Node:
    left, *rest = low.parts(expr, env)
    for right in rest:
        left = c.kronecker(left, right)
    return left


@rule("ScalarOf")
def _scalar_of(low: Lowering, expr: Any, env: Env) -> Node:
    return low.lower(expr.args[0], env)


@rule("Norm")
def _norm(low: Lowering, expr: Any, env: Env) -> Node:
    value, kind = low.lower(expr.args[0], env), expr.args[1].name
    if kind == "1":
        return c.total(c.total(c.function("abs", value), 1), 0)
    if kind == "inf":
        return c.reduction("max", c.reduction("max", c.function("abs", value), 1), 0)
    return c.power(c.dot(value, value), c.number(Fraction(1, 2)))


@rule("Vec")
def _vec(low: Lowering, expr: Any, env: Env) -> Node:
    return c.vectorised(low.lower(expr.args[0], env))


@rule("DiagonalMatrix")
def _diagonal_matrix(low: Lowering, expr: Any, env: Env) -> Node:
    return c.diagonal_matrix(low.lower(expr.args[0], env))


@rule("DiagonalOf")
def _diagonal_of(low: Lowering, expr: Any, env: Env) -> Node:
    return c.diagonal(low.lower(expr.args[0], env))


@rule("Blocks")
def _blocks(low: Lowering, expr: Any, env: Env) -> Node:
    blocks = [low.lower(block, env) for block in expr.args[2:]]
    if len(blocks) == 1:
        return blocks[0]
    return make("blocks", blocks, (int(expr.args[0]), int(expr.args[1])), tuple(expr.shape))


@rule("Density")
def _density(low: Lowering, expr: Any, env: Env) -> Node:
    """The Gaussian density as the exponential of its logarithm (Bishop, 2006, equation 2.43)."""
    x, mean, covariance = low.parts(expr, env)
    return c.function("exp", log_density(x, mean, covariance))


def log_density(x: Node, mean: Node, covariance: Node) -> Node:
    """Return −½ (D log 2π + log |Σ| + (x − μ)ᵀ Σ⁻¹ (x − μ))."""
    gap = c.add(x, c.negative(mean))
    size = size_of(x.shape[0]) if x.shape else c.number(1)
    form = c.matmul(c.transpose(gap), c.inverse(covariance), gap)
    log = c.function("log", c.scale(2, make("constant", data=("pi",))))
    return c.scale(Fraction(-1, 2), c.add(c.mul(size, log), c.function("log", c.determinant(covariance)), form))
