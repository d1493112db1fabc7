"""Expression to array program: symbols, members, constants, indices and entries; see `numeric.lower`."""

from __future__ import annotations

from typing import Any

from sympy import Integer

from numeric import construct as c
from numeric.lowering import Env, Lowering, rule
from numeric.program import Dim, Node, Place, make


@rule("Symbol")
def _symbol(low: Lowering, expr: Any, env: Env) -> Node:
    bound = low.bindings.get(expr.name)
    if bound is not None:
        return bound
    if low.scope.is_size(expr.name):
        return make("size", data=(expr,))
    return low.symbol(expr.name, ())


@rule("IndexSymbol")
def _index(low: Lowering, expr: Any, env: Env) -> Node:
    if expr.name in env:
        return number_of(env[expr.name])
    return _symbol(low, expr, env)


def number_of(place: Place) -> Node:
    """Return a place as a number."""
    parts = []
    if place.axis is not None:
        parts.append(make("index", data=(place.axis,), axes=(place.axis,)))
    if place.offset != 0:
        parts.append(size_of(place.offset))
    return c.add(*parts) if parts else c.number(0)


def size_of(dim: Dim) -> Node:
    """Return a size as a number."""
    return c.number(int(dim)) if isinstance(dim, Integer) else make("size", data=(dim,))


@rule("MatrixSymbol")
def _matrix_symbol(low: Lowering, expr: Any, env: Env) -> Node:
    bound = low.bindings.get(expr.args[0].name)
    return low.symbol(expr.args[0].name, tuple(expr.shape)) if bound is None else bound


@rule("Member")
def _member(low: Lowering, expr: Any, env: Env) -> Node:
    return low.symbol(expr.args[0].name, (), tuple(low.place(arg, env) for arg in expr.args[1:]))


@rule("MatrixMember")
def _matrix_member(low: Lowering, expr: Any, env: Env) -> Node:
    places = tuple(low.place(arg, env) for arg in expr.args[3:])
    return low.symbol(expr.args[0].name, (expr.args[1], expr.args[2]), places)


@rule("Pi", "Exp1")
def _constant(low: Lowering, expr: Any, env: Env) -> Node:
    return make("constant", data=("pi" if type(expr).__name__ == "Pi" else "e",))


@rule("Identity")
def _identity(low: Lowering, expr: Any, env: Env) -> Node:
    return c.one() if expr.args[0] == 1 else make("eye", shape=(expr.args[0], expr.args[0]))


@rule("ZeroMatrix")
def _zero(low: Lowering, expr: Any, env: Env) -> Node:
    return c.combination([], () if tuple(expr.args) == (1, 1) else tuple(expr.args))


@rule("OneMatrix")
def _ones(low: Lowering, expr: Any, env: Env) -> Node:
    return c.one(tuple(expr.args))


@rule("Delta")
def _delta(low: Lowering, expr: Any, env: Env) -> Node:
    return make("equal", [number_of(low.place(arg, env)) for arg in expr.args])


@rule("UnitVector")
def _unit_vector(low: Lowering, expr: Any, env: Env) -> Node:
    return make("unit", (number_of(low.place(expr.args[0], env)),), shape=(expr.args[1], Integer(1)))


@rule("Commutation")
def _commutation(low: Lowering, expr: Any, env: Env) -> Node:
    m, n = expr.args
    if m == 1 or n == 1:
        return make("eye", shape=(m * n, m * n))
    return make("commutation", data=(m, n), shape=(m * n, m * n))


@rule("Entry")
def _entry(low: Lowering, expr: Any, env: Env) -> Node:
    row, column = (low.place(arg, env) for arg in expr.args[1:])
    return entry(low.lower(expr.args[0], env), row, column)


def entry(node: Node, row: Place, column: Place) -> Node:
    """Return an entry; those of sums, products entry by entry and functions are taken inside."""
    if node.is_number or node.op == "one":
        return node if node.is_number else c.one()
    if node.op in ("add", "mul", "fn", "pow"):
        parts = [part if part.is_number else entry(part, row, column) for part in node.args]
        if node.op == "add":
            return c.combination(zip(node.data, parts, strict=True), ())
        if node.op == "mul":
            return c.mul(*parts)
        return c.power(*parts) if node.op == "pow" else c.function(node.data[0], parts[0])
    if node.op == "transpose":
        return entry(node.args[0], column, row)
    if node.op == "unit":
        return make("equal", (number_of(row), node.args[0]))
    if node.op == "eye":
        return make("equal", (number_of(row), number_of(column)))
    axes = {axis for axis in (*node.axes, row.axis, column.axis) if axis is not None}
    return make("entry", (node,), (row, column), axes=sorted(axes, key=lambda axis: axis.place))
