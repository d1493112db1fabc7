"""Evaluation of definitions, derivatives and differentials."""

from __future__ import annotations

from typing import Any

from derive.exact.context import Context
from derive.exact.domain import NotEvaluable
from derive.exact.dual import Dual, constant, tangent
from derive.exact.evaluate import Env, Evaluator, OutOfRange, rule
from derive.exact.sample import check_positive
from derive.expr import (
    Call,
    DefiniteIntegral,
    Differentiated,
    Gradient,
    Instantiated,
    Jacobian,
    MatrixCall,
    MatrixDifferentiated,
    MatrixInstantiated,
    MatrixPartial,
    Restricted,
    ScalarPartial,
)
from derive.scope import Definition


@rule(Call, MatrixCall)
def _call(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    ident = expr.args[0].name
    arguments = expr.args[1:] if isinstance(expr, Call) else expr.args[3:]
    definition = ev.definitions[ident]
    if all(parameter.is_index for parameter in definition.parameters):
        indices = tuple(ev.size(argument, env) for argument in arguments)
        at: Context | None = ctx
        while at is not None:
            override = at.override("def:" + ident, indices)
            if override is not None:
                return override(level)
            at = at.parent
    inner, inner_env = enter(ev, definition, arguments, ctx, env)
    return ev.eval(ev.shared.body(definition.ident), inner, inner_env, level)


def enter(ev: Evaluator, definition: Definition, arguments: Any, ctx: Context, env: Env) -> tuple[Context, Env]:
    """Return the context and indices in which the body of a definition is evaluated."""
    inner_env: dict[str, int] = {}
    bindings: dict[str, tuple[Any, Context, Env]] = {}
    ranges = iter(definition.ranges)
    for parameter, argument in zip(definition.parameters, arguments, strict=True):
        if parameter.is_index:
            value, upper = ev.size(argument, env), ev.size(next(ranges), env)
            if not 1 <= value <= upper:
                raise OutOfRange(f"{definition.key} with the index {value}")
            inner_env[parameter.symbol.name] = value
        elif argument != parameter.symbol:
            name = parameter.symbol.name
            bindings[name] = (argument, ctx, env)
    return (ev.bind(ctx, bindings) if bindings else ctx), inner_env


@rule(DefiniteIntegral)
def _integral(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    raise NotEvaluable("an integral has no exact value")


@rule(Instantiated, MatrixInstantiated)
def _instantiated(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body, symbol, value = expr.args
    return ev.eval(body, ev.bind(ctx, {symbol.name: (value, ctx, env)}), env, level)


@rule(Restricted)
def _restricted(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    """Evaluate a formula where it has a value; a field, which has no order, does not tell where that is."""
    body, *positive = expr.args
    domain = ev.domains[level]
    for each in positive if domain.is_real else ():
        check_positive(constant(ev.eval(each, ctx, env, level)), domain)
    return ev.eval(body, ctx, env, level)


@rule(ScalarPartial, MatrixPartial)
def _partial(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body, variable = expr.args
    found = ev.directional(body, variable, (0, 0), ctx, env, level)
    return ev.zero(body, env, level) if found is None else found


@rule(Gradient)
def _gradient(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body, variable = expr.args
    rows, cols = ev.shape(variable, env)
    zero = ev.domains[level].number(0)
    entries = []
    for i in range(rows):
        for j in range(cols):
            found = ev.directional(body, variable, (i, j), ctx, env, level)
            entries.append(zero if found is None else found)
    return ev.assemble(rows, cols, entries, level)


@rule(Jacobian)
def _jacobian(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body, variable, layout = expr.args
    length = ev.shape(variable, env)[0]
    height = ev.shape(body, env)[0]
    zero = ev.zero(body, env, level)
    columns = []
    for j in range(length):
        found = ev.directional(body, variable, (j, 0), ctx, env, level)
        columns.append(zero if found is None else found)
    entries = [ev.pick(columns[j], i + 1, 1, level) for i in range(height) for j in range(length)]
    matrix = ev.assemble(height, length, entries, level)
    return matrix if layout.name == "numerator" else ev.arithmetic[level].transpose(matrix)


@rule(Differentiated, MatrixDifferentiated)
def _differential(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body = expr.args[0]
    depth = ctx.depth + 1
    overrides = {}
    for symbol, change in ev.varying.items():
        _, name, _ = ev._core(symbol, env)

        def moved(at: int, s: Any = symbol, c: Any = change) -> Any:
            return Dual(ev.eval(s, ctx, env, at), ev.eval(c, ctx, env, at), depth)

        indices = ev._core(symbol, env)[2]
        overrides[name] = (indices, moved)
    inner = Context(ctx, overrides, depth, ctx.constant)
    found = tangent(ev.eval(body, inner, env, level), depth)
    return ev.zero(body, env, level) if found is None else found
