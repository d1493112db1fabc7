"""Expression to array program: sums over indices, functions, and what definitions stand for; see `numeric.lower`."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Integer, Symbol

from derive.names import IndexSymbol
from numeric import construct as c
from numeric.lower_symbols import number_of
from numeric.lowering import Env, Lowering, NotLowered, rule
from numeric.program import Axis, Node, Place, make


def _range(low: Lowering, expr: Any, env: Env) -> tuple[Axis, list[tuple[str, Node, Node]]]:
    """Return the axis of a sum, and the comparisons that limit it where its bounds depend on other indices."""
    body, index, lower, upper, *condition = expr.args
    letters = {atom.name for arg in (body, *condition) for atom in arg.atoms(IndexSymbol)} - {index.name}
    used = {env[name].axis for name in letters if name in env}
    bounds, limits = [], []
    for bound, sign in ((lower, ">="), (upper, "<=")):
        if bound.atoms(IndexSymbol):
            place = low.place(bound, env)
            if place.axis is None:
                raise NotLowered(f"a sum with the bound {bound}")
            used.add(place.axis)
            limits.append((sign, place))
            bound = place.axis.size if sign == "<=" else Integer(1)
        bounds.append(bound)
    axis = low.axis(index.name, bounds[1] - bounds[0] + 1, bounds[0], (axis for axis in used if axis is not None))
    me = Place(axis, Integer(0))
    tests = [(sign, number_of(me), number_of(place)) for sign, place in limits]
    if condition:
        inner = {**env, index.name: me}
        left, right = (number_of(low.place(side, inner)) for side in condition[1:])
        tests.append((condition[0].name, left, right))
    return axis, tests


def _terms(low: Lowering, expr: Any, env: Env) -> tuple[Axis, Node, list[Node]]:
    axis, tests = _range(low, expr, env)
    body = low.lower(expr.args[0], {**env, expr.args[1].name: Place(axis, Integer(0))})
    return axis, body, [make("compare", (left, right), (sign,)) for sign, left, right in tests]


@rule("IndexSum", "MatrixIndexSum")
def _sum(low: Lowering, expr: Any, env: Env) -> Node:
    axis, body, tests = _terms(low, expr, env)
    for test in tests:
        body = make("where", (test, body), shape=body.shape)
    return c.total(body, axis)


@rule("IndexProduct")
def _product(low: Lowering, expr: Any, env: Env) -> Node:
    axis, body, tests = _terms(low, expr, env)
    for test in tests:  # 1 + (body − 1) where the condition holds
        body = c.add(c.number(1), make("where", (test, c.add(body, c.number(-1)))))
    if axis not in body.axes:
        return c.power(body, make("size", data=(axis.size,)))
    return c.reduction("prod", body, axis)


@rule("ScalarFunction", "MatrixFunction")
def _function(low: Lowering, expr: Any, env: Env) -> Node:
    name, order, argument = expr.args[0].name, int(expr.args[1]), low.lower(expr.args[2], env)
    if name.startswith("def:"):
        definition = low.scope.definitions[name[4:]]
        return _within(low, {definition.parameters[0].symbol.name: argument}, definition.body, {})
    if name == "softmax":
        power = c.function("exp", argument)
        return c.mul(power, c.power(c.total(power, 0), c.number(-1)))
    if name in FUNCTIONS and not order:
        return c.function(name, argument)
    if name in FUNCTIONS:
        raise NotLowered(f"a derivative of {name} that has not been taken")
    if name in WITHOUT_OPERATION:
        raise NotLowered(f"{WITHOUT_OPERATION[name]} has no NumPy operation")
    low.argument(name, (), (), order)
    return make("call", (argument,), (name, order, ()), argument.shape)


FUNCTIONS = frozenset("exp log sqrt abs sin cos tanh sinh cosh sech sigmoid softplus relu".split())
"""The functions that have an operation."""
WITHOUT_OPERATION = {"gamma": "the gamma function", "digamma": "the digamma function"}
"""Known functions that generated code, which imports NumPy alone, cannot compute."""


@rule("Restricted")
def _restricted(low: Lowering, expr: Any, env: Env) -> Node:
    """Lower a formula; generated code, like any formula, gives a value outside of where it is meant for, too."""
    return low.lower(expr.args[0], env)


@rule("MatrixValued")
def _matrix_valued(low: Lowering, expr: Any, env: Env) -> Node:
    name, rows, cols, order, argument = expr.args
    low.argument(name.name, (), (rows, cols), int(order))
    declared = low.scope.declarations.get(name.name)
    facts = () if declared is None else tuple(sorted(fact.value for fact in declared.facts))
    if order != 0:  # the derivative of a positive definite matrix is symmetric
        facts = ("symmetric",) if c.SYMMETRIC & set(facts) else ()
    return make("call", (low.lower(argument, env),), (name.name, int(order), facts), (rows, cols))


@rule("Call", "MatrixCall")
def _call(low: Lowering, expr: Any, env: Env) -> Node:
    definition = low.scope.definitions[expr.args[0].name]
    skip = 1 if type(expr).__name__ == "Call" else 3
    inner: dict[str, Place] = {}
    bound: dict[str, Node] = {}
    for parameter, argument in zip(definition.parameters, expr.args[skip:], strict=True):
        name = parameter.symbol.name
        if parameter.is_index:
            inner[name] = low.place(argument, env)
        else:
            bound[name] = low.lower(argument, env)
    return _within(low, bound, definition.body, inner)


@rule("Instantiated", "MatrixInstantiated")
def _instantiated(low: Lowering, expr: Any, env: Env) -> Node:
    body, symbol, value = expr.args
    return _within(low, {_key(symbol): low.lower(value, env)}, body, env)


def _within(low: Lowering, bound: dict[str, Node], body: Any, env: Env) -> Node:
    outer = low.bindings
    low.bindings = {**outer, **bound}
    try:
        return low.lower(body, env)
    finally:
        low.bindings = outer


def _key(symbol: Basic) -> str:
    return str(symbol.name if isinstance(symbol, Symbol) else symbol.args[0].name)
