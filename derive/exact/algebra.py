"""Evaluation of symbols, sums, products and powers: one rule a node type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.core.numbers import Exp1, Pi
from sympy.matrices.expressions import (
    Determinant,
    Inverse,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Transpose,
)

from derive.exact.arrays import square_sum, total_of
from derive.exact.context import Context
from derive.exact.domain import Field, NotEvaluable
from derive.exact.dual import Arithmetic, Dual, constant
from derive.exact.evaluate import Env, Evaluator, rule
from derive.expr import (
    Delta,
    Density,
    IndexProduct,
    IndexSum,
    MatrixIndexSum,
    MatrixMember,
    Member,
    Norm,
    ScalarFunction,
    ScalarOf,
    build,
    word,
)
from derive.indices import IndexSymbol
from derive.limits import MAX_EXPONENT

MAX_RANGE = 200
MAX_FIELD_EXPONENT = 10_000
"""Powers in a field do not grow: a density of n × p matrices has the exponent np/2."""
_PI = Pi()
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@rule(Integer, cheap=True)
def _integer(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].number(int(expr))


@rule(Symbol, IndexSymbol, cheap=True)
def _symbol(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    if expr.name in env and isinstance(expr, IndexSymbol):
        return ev.domains[level].number(env[expr.name])
    if expr.name in ev.sizes:
        return ev.domains[level].number(ev.sizes[expr.name])
    return ev.lookup(expr.name, (), ctx, level)


@rule(MatrixSymbol, cheap=True)
def _matrix_symbol(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.lookup(expr.args[0].name, (), ctx, level)


@rule(Member)
def _member(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.lookup(expr.args[0].name, tuple(ev.size(arg, env) for arg in expr.args[1:]), ctx, level)


@rule(MatrixMember)
def _matrix_member(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.lookup(expr.args[0].name, tuple(ev.size(arg, env) for arg in expr.args[3:]), ctx, level)


@rule(Pi, cheap=True)
def _pi(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].pi()


@rule(Exp1)
def _e(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.exp(Integer(1), 1, ctx, env, level)


@rule(Add, MatAdd)
def _add(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    add = ev.arithmetic[level].add
    total = ev.eval(expr.args[0], ctx, env, level)
    for arg in expr.args[1:]:
        total = add(total, ev.eval(arg, ctx, env, level))
    return total


@rule(Mul, MatMul)
def _multiply(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    multiply = ev.arithmetic[level].multiply
    total = ev.eval(expr.args[0], ctx, env, level)
    for arg in expr.args[1:]:
        total = multiply(total, ev.eval(arg, ctx, env, level))
    return total


def _may_be_half(exponent: Any) -> bool:
    """Whether an exponent such as n/2 is whole at some sizes only: a root stands there at others."""
    return any(not atom.is_Integer for atom in exponent.atoms(Rational)) or exponent.has(Pow)


@rule(Pow)
def _power(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic = ev.arithmetic[level]
    exponent = ev.exponent(expr.args[1], env)
    largest = MAX_FIELD_EXPONENT if isinstance(ev.domains[level], Field) else MAX_EXPONENT
    if exponent is not None and exponent.denominator <= 2 and abs(exponent) <= largest:
        if isinstance(expr.args[0], Norm) and expr.args[0].args[1].name == "2" and exponent % 2 == 0:
            return arithmetic.power(square_sum(ev, expr.args[0].args[0], ctx, env, level), int(exponent) // 2)
        base = ev.eval(expr.args[0], ctx, env, level)
        if exponent.denominator == 2:
            inner = expr.args[0]
            if type(inner) is Pow and ev.domains[level].is_real:
                ev.shared.note_sign(inner.args[0], constant(ev.eval(inner.args[0], ctx, env, level)))
            base = arithmetic.sqrt(base)
        elif exponent.numerator % 2 and ev.domains[level].is_real and _may_be_half(expr.args[1]):
            ev.shared.note_sign(expr, constant(base))
        return arithmetic.power(base, exponent.numerator)
    if ev.domains[level].is_exact:
        raise NotEvaluable("a power with this exponent has no exact value")
    logarithm = build(ScalarFunction, word("log"), Integer(0), expr.args[0])
    return ev.exp(build(Mul, expr.args[1], logarithm), 1, ctx, env, level)


@rule(Delta)
def _delta(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].number(int(ev.size(expr.args[0], env) == ev.size(expr.args[1], env)))


def index_values(ev: Evaluator, expr: Any, env: Env) -> list[Env]:
    """Return the environments that a sum or product runs through."""
    _, index, lower, upper, *condition = expr.args
    low, high = ev.size(lower, env), ev.size(upper, env)
    if high - low > MAX_RANGE:
        raise NotEvaluable("the range of a sum is too long")
    found = [{**env, index.name: value} for value in range(low, high + 1)]
    if condition:
        holds = _COMPARE[condition[0].name]
        found = [inner for inner in found if holds(ev.size(condition[1], inner), ev.size(condition[2], inner))]
    return found  # type: ignore[return-value]


@rule(IndexSum, MatrixIndexSum)
def _sum(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    add = ev.arithmetic[level].add
    total = None
    for inner in index_values(ev, expr, env):
        term = ev.eval(expr.args[0], ctx, inner, level)
        total = term if total is None else add(total, term)
    return ev.zero(expr.args[0], env, level) if total is None else total


@rule(IndexProduct)
def _product(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    total: Any = ev.domains[level].number(1)
    for inner in index_values(ev, expr, env):
        total = ev.arithmetic[level].multiply(total, ev.eval(expr.args[0], ctx, inner, level))
    return total


@rule(Norm)
def _norm(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    if expr.args[1].name == "1":
        return total_of(ev, absolute(ev.arithmetic[level], ev.eval(expr.args[0], ctx, env, level)), level)
    return ev.arithmetic[level].sqrt(square_sum(ev, expr.args[0], ctx, env, level))


def absolute(arithmetic: Arithmetic, value: Any) -> Any:
    """Return absolute values; the slope of |u| is |u|/u."""
    if not isinstance(value, Dual):
        return arithmetic.domain.map(arithmetic.domain.absolute, value)
    size = absolute(arithmetic, value.re)
    slope = arithmetic.hadamard(size, arithmetic.reciprocals(value.re))
    return Dual(size, arithmetic.hadamard(slope, value.im), value.depth)


@rule(Density)
def _density(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.eval(ev.derived(density_formula, expr), ctx, env, level)


def density_formula(expr: Any) -> Any:
    """Return (2π)^{-D/2} |Σ|^{-1/2} exp(−½ (x − μ)ᵀ Σ⁻¹ (x − μ))."""
    x, mean, covariance = expr.args
    difference = build(MatAdd, x, build(MatMul, Integer(-1), mean))
    form = build(ScalarOf, build(MatMul, build(Transpose, difference), build(Inverse, covariance), difference))
    half = Rational(-1, 2)
    return build(
        Mul,
        build(Pow, build(Mul, Integer(2), _PI), build(Mul, half, x.shape[0])),
        build(Pow, build(Determinant, covariance), half),
        build(ScalarFunction, word("exp"), Integer(0), build(Mul, half, form)),
    )
