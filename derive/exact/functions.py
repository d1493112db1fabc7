"""Functions of a number, applied entry by entry: exponentials, logarithms, declared and defined functions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Integer, Mul, Pow, Rational
from sympy.matrices.expressions import Determinant, Inverse, MatMul, MatPow, Transpose

from derive.exact.algebra import absolute, density_formula, index_values
from derive.exact.calculus import enter
from derive.exact.context import Context
from derive.exact.domain import Field, NoPoint, NotEvaluable
from derive.exact.dual import Dual, constant
from derive.exact.evaluate import Env, Evaluator, rule
from derive.exact.gamma import gamma_series, loggamma_series, polygamma_series
from derive.expr import (
    Call,
    Density,
    Entry,
    IndexProduct,
    MatrixCall,
    MatrixFunction,
    MatrixValued,
    Restricted,
    ScalarFunction,
    build,
    is_matrix,
)

_SERIES = {"gamma": gamma_series, "digamma": polygamma_series}
_REAL_ONLY = {"sin": ("sin", "cos", 1), "cos": ("cos", "sin", -1)}


@rule(ScalarFunction, MatrixFunction)
def _function(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    name, order, argument = expr.args[0].name, int(expr.args[1]), expr.args[2]
    if name.startswith("def:"):
        return _defined(ev, name[4:], argument, ctx, env, level)
    series = _SERIES.get(name)
    if series is not None:
        return series(ev.arithmetic[level], order, ev.eval(argument, ctx, env, level))
    known = _KNOWN.get(name)
    if known is not None:
        return known(ev, argument, ctx, env, level)
    return declared(ev, name, order, ev.eval(argument, ctx, env, level), level)


def declared(ev: Evaluator, name: str, order: int, value: Any, level: int) -> Any:
    """Return a declared function; its values and derivatives are independent random numbers, or a polynomial."""
    if isinstance(value, Dual):
        inner = declared(ev, name, order, value.re, level)
        slope = declared(ev, name, order + 1, value.re, level)
        return Dual(inner, ev.arithmetic[level].hadamard(slope, value.im), value.depth)
    domain = ev.domains[level]
    return domain.map(lambda entry: ev.point.function(name, order, entry, domain), value)


@rule(MatrixValued)
def _matrix_valued(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    name, order, argument = expr.args[0].name, int(expr.args[3]), expr.args[4]
    return _curve(ev, name, order, ev.eval(argument, ctx, env, level), level)


def _curve(ev: Evaluator, name: str, order: int, value: Any, level: int) -> Any:
    if isinstance(value, Dual):
        inner, slope = _curve(ev, name, order, value.re, level), _curve(ev, name, order + 1, value.re, level)
        return Dual(inner, ev.arithmetic[level].multiply(slope, value.im), value.depth)
    return ev.point.function(name, order, value, ev.domains[level])


def _defined(ev: Evaluator, ident: str, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    """Apply a defined function of a number to every entry."""
    definition = ev.definitions[ident]
    rows, cols = ev.shape(argument, env)
    entries = []
    for i in range(rows):
        for j in range(cols):
            cell = build(Entry, argument, Integer(i + 1), Integer(j + 1))
            inner, inner_env = enter(ev, definition, (cell,), ctx, env)
            entries.append(ev.eval(ev.shared.body(definition.ident), inner, inner_env, level))
    return ev.assemble(rows, cols, entries, level)


# -- known functions ---------------------------------------------------------------------------------------------


def _exp(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.exp(argument, 1, ctx, env, level)


def _ones_like(ev: Evaluator, value: Any, level: int) -> Any:
    domain, base = ev.domains[level], constant(value)
    return domain.filled(base.nrows(), base.ncols(), 1) if domain.is_matrix(base) else domain.number(1)


def _sigmoid(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic = ev.arithmetic[level]
    power = ev.exp(argument, -1, ctx, env, level)
    return arithmetic.reciprocals(arithmetic.add(_ones_like(ev, power, level), power))


def _tanh(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic = ev.arithmetic[level]
    power = ev.exp(argument, 2, ctx, env, level)
    ones = _ones_like(ev, power, level)
    half = arithmetic.reciprocals(arithmetic.add(ones, power))
    return arithmetic.add(ones, arithmetic.negate(arithmetic.add(half, half)))


def _hyperbolic(sign: int) -> Any:
    def evaluate(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
        arithmetic, domain = ev.arithmetic[level], ev.domains[level]
        up, down = ev.exp(argument, 1, ctx, env, level), ev.exp(argument, -1, ctx, env, level)
        total = arithmetic.add(up, down if sign > 0 else arithmetic.negate(down))
        return arithmetic.multiply(domain.number(Fraction(1, 2)), total)

    return evaluate


def _sech(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].reciprocals(_hyperbolic(1)(ev, argument, ctx, env, level))


def _sqrt(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].sqrt(ev.eval(argument, ctx, env, level))


def _abs(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    value = ev.eval(argument, ctx, env, level)
    if ev.domains[level].is_real:
        ev.shared.note_sign(argument, constant(value))
    return absolute(ev.arithmetic[level], value)


def _softmax(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]
    power = ev.exp(argument, 1, ctx, env, level)
    total = arithmetic.linear(lambda m: sum(m.entries(), domain.number(0)), power)
    return arithmetic.multiply(arithmetic.inverse(total), power)


def _softplus(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic = ev.arithmetic[level]
    power = ev.exp(argument, 1, ctx, env, level)
    return log_value(ev, arithmetic.add(_ones_like(ev, power, level), power), level)


def _trigonometric(name: str) -> Any:
    def evaluate(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
        if ev.domains[level].is_exact:
            raise NotEvaluable(f"{name} has no exact value")
        return lift(ev, ev.eval(argument, ctx, env, level), name)

    def lift(ev: Evaluator, value: Any, which: str) -> Any:
        arithmetic = ev.arithmetic[-1]
        if not isinstance(value, Dual):
            return ev.domains[-1].map(lambda entry: getattr(entry, which)(), value)
        _, other, sign = _REAL_ONLY[which]
        slope = lift(ev, value.re, other)
        return Dual(
            lift(ev, value.re, which),
            arithmetic.hadamard(slope if sign > 0 else arithmetic.negate(slope), value.im),
            value.depth,
        )

    return evaluate


def _relu(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]
    if isinstance(domain, Field):
        raise NotEvaluable("max(·, 0) needs an order")

    def step(entry: Any) -> Any:
        if not (entry > 0 or entry < 0):
            raise NoPoint("the corner of max(·, 0)")
        return domain.number(1 if entry > 0 else 0)

    value = ev.eval(argument, ctx, env, level)
    return arithmetic.hadamard(domain.map(step, constant(value)), value)


# -- logarithms --------------------------------------------------------------------------------------------------


def log_value(ev: Evaluator, value: Any, level: int) -> Any:
    """Return the logarithm of a value, entry by entry."""
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]
    if not isinstance(value, Dual):
        return domain.map(domain.log, value)
    inner = log_value(ev, value.re, level)
    return Dual(inner, arithmetic.hadamard(arithmetic.reciprocals(value.re), value.im), value.depth)


def _log(ev: Evaluator, argument: Any, ctx: Context, env: Env, level: int) -> Any:
    if not isinstance(ev.domains[level], Field):
        return log_value(ev, ev.eval(argument, ctx, env, level), level)
    if not is_matrix(argument):
        return split_log(ev, argument, ctx, env, level)
    rows, cols = ev.shape(argument, env)
    cells = [build(Entry, argument, Integer(i + 1), Integer(j + 1)) for i in range(rows) for j in range(cols)]
    return ev.assemble(rows, cols, [split_log(ev, cell, ctx, env, level) for cell in cells], level)


def split_log(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    """Return log of an expression in a field: products, powers, determinants and densities are split first.

    In a field log is a random function with derivative 1/u, so logs can only be compared after splitting.
    """
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]

    def log(part: Any) -> Any:
        return split_log(ev, part, ctx, env, level)

    def total(parts: list[Any]) -> Any:
        result: Any = domain.number(0)
        for part in parts:
            result = arithmetic.add(result, part)
        return result

    if isinstance(expr, Rational):
        assert isinstance(domain, Field)
        return domain.log_rational(Fraction(int(expr.p), int(expr.q)))
    if isinstance(expr, Mul):
        return total([log(arg) for arg in expr.args if arg != -1])
    if isinstance(expr, Pow):
        return arithmetic.multiply(ev.eval(expr.args[1], ctx, env, level), log(expr.args[0]))
    if isinstance(expr, Restricted):
        return log(expr.args[0])
    if isinstance(expr, Density):
        return log(ev.derived(density_formula, expr))
    if isinstance(expr, ScalarFunction) and expr.args[0].name == "exp":
        return ev.eval(expr.args[2], ctx, env, level)
    if isinstance(expr, ScalarFunction) and expr.args[0].name in ("abs", "sqrt"):
        inner = log(expr.args[2])
        return inner if expr.args[0].name == "abs" else arithmetic.multiply(domain.number(Fraction(1, 2)), inner)
    if isinstance(expr, ScalarFunction) and expr.args[0].name == "gamma" and expr.args[1] == 0:
        return loggamma_series(arithmetic, ev.eval(expr.args[2], ctx, env, level))
    if isinstance(expr, IndexProduct):
        return total([split_log(ev, expr.args[0], ctx, inner, level) for inner in index_values(ev, expr, env)])
    if isinstance(expr, Call):
        definition = ev.definitions[expr.args[0].name]
        inner_ctx, inner_env = enter(ev, definition, expr.args[1:], ctx, env)
        if "def:" + definition.ident not in ctx.changed:
            return split_log(ev, ev.shared.body(definition.ident), inner_ctx, inner_env, level)
    if isinstance(expr, Determinant):
        return _log_determinant(ev, expr.args[0], ctx, env, level)
    if isinstance(expr, Entry):
        pushed = _push_entry(ev, expr)
        if pushed is not None:
            return total([log(part) for part in pushed])
    return log_value(ev, ev.eval(expr, ctx, env, level), level)


def _log_determinant(ev: Evaluator, matrix: Any, ctx: Context, env: Env, level: int) -> Any:
    """Split log |ABC|, log |A⁻¹|, log |cA| and log |Aᵀ|."""
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]
    if isinstance(matrix, Transpose):
        return _log_determinant(ev, matrix.args[0], ctx, env, level)
    if isinstance(matrix, Inverse):
        return arithmetic.negate(_log_determinant(ev, matrix.args[0], ctx, env, level))
    if type(matrix) is MatPow:
        power = ev.eval(matrix.args[1], ctx, env, level)
        return arithmetic.multiply(power, _log_determinant(ev, matrix.args[0], ctx, env, level))
    if isinstance(matrix, MatrixCall) and "def:" + matrix.args[0].name not in ctx.changed:
        definition = ev.definitions[matrix.args[0].name]
        inner, inner_env = enter(ev, definition, matrix.args[3:], ctx, env)
        return _log_determinant(ev, ev.shared.body(definition.ident), inner, inner_env, level)
    if isinstance(matrix, MatMul):
        size = ev.shape(matrix, env)[0]
        matrices = [arg for arg in matrix.args if is_matrix(arg)]
        if all(ev.shape(arg, env) == (size, size) for arg in matrices):
            result: Any = domain.number(0)
            for arg in matrix.args:
                if is_matrix(arg):
                    part = _log_determinant(ev, arg, ctx, env, level)
                else:
                    part = arithmetic.multiply(domain.number(size), split_log(ev, arg, ctx, env, level))
                result = arithmetic.add(result, part)
            return result
    return log_value(ev, ev.eval(build(Determinant, matrix), ctx, env, level), level)


def _push_entry(ev: Evaluator, expr: Any) -> list[Any] | None:
    """Return the factors of an entry of a scaled or entrywise matrix, or None."""
    matrix, i, j = expr.args
    if isinstance(matrix, MatrixCall):
        definition = ev.definitions[matrix.args[0].name]
        if not definition.parameters:
            return [build(Entry, ev.shared.body(definition.ident), i, j)]
        return None
    if isinstance(matrix, MatrixFunction) and not matrix.args[0].name.startswith("def:"):
        if matrix.args[0].name == "softmax":
            return None
        return [build(ScalarFunction, matrix.args[0], matrix.args[1], build(Entry, matrix.args[2], i, j))]
    if isinstance(matrix, MatMul):
        arrays = [arg for arg in matrix.args if is_matrix(arg)]
        if len(arrays) == 1 and len(matrix.args) > 1:
            return [*(arg for arg in matrix.args if not is_matrix(arg)), build(Entry, arrays[0], i, j)]
    return None


_KNOWN: dict[str, Any] = {
    "exp": _exp,
    "log": _log,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "sinh": _hyperbolic(-1),
    "cosh": _hyperbolic(1),
    "sech": _sech,
    "sqrt": _sqrt,
    "abs": _abs,
    "softmax": _softmax,
    "softplus": _softplus,
    "sin": _trigonometric("sin"),
    "cos": _trigonometric("cos"),
    "relu": _relu,
}


def known_functions() -> frozenset[str]:
    """Return the names of the functions that can be evaluated."""
    return frozenset(_KNOWN) | frozenset(_SERIES)
