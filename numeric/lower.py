"""SymPy expression and scope to array program: one function a node type, over a closed table.

Families become leading axes, a free index an axis of the result, a sum over an index a reduction. A sum's index takes
the axis of another index of the same range where that one is not used inside, so that `a_k / Σ_j a_j` computes its
terms once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Add, Basic, Integer, Rational, Symbol

from derive.expr import is_matrix
from derive.names import IndexSymbol
from derive.scope import Scope
from numeric import construct as c
from numeric.program import Argument, Axis, Dim, Node, Place, Program, make

Env = Mapping[str, Place]


class NotLowered(ValueError):
    """An expression that has no array program; the message names what stands in the way."""


@dataclass
class Lowering:
    """What is known while an expression is lowered.

    Attributes
    ----------
    scope : Scope
        Declarations and definitions.
    axes : list of Axis
        The axes made so far.
    arguments : dict
        The arguments met so far, by key and order of derivative.
    bindings : dict
        Values of the parameters of definitions.
    """

    scope: Scope
    axes: list[Axis] = field(default_factory=list)
    arguments: dict[tuple[str, int | None], Argument] = field(default_factory=dict)
    bindings: dict[str, Node] = field(default_factory=dict)

    def lower(self, expr: Any, env: Env) -> Node:
        """Return the value of an expression.

        Raises
        ------
        NotLowered
            If something in it has no array operation.
        """
        rule = _TABLE.get(type(expr).__name__)
        if rule is not None:
            return rule(self, expr, env)
        if isinstance(expr, Rational):
            return c.number(Fraction(int(expr.p), int(expr.q)))
        raise NotLowered(f"{type(expr).__name__} has no array operation")

    def parts(self, expr: Any, env: Env) -> list[Node]:
        """Return the values of the arguments of a node."""
        return [self.lower(arg, env) for arg in expr.args]

    def axis(self, letter: str, size: Dim, lower: Dim, used: Iterable[Axis]) -> Axis:
        """Return an axis of a range that is not among those used: an old one if there is one."""
        taken = set(used)
        for axis in self.axes:
            if axis.size == size and axis.lower == lower and axis not in taken:
                return axis
        names = {axis.name for axis in self.axes}
        name = letter
        while name in names:
            name += "'"
        found = Axis(name, size, len(self.axes), lower)
        self.axes.append(found)
        return found

    def place(self, expr: Any, env: Env) -> Place:
        """Return an index expression as a place: an axis and an offset."""
        if isinstance(expr, IndexSymbol):
            if expr.name not in env:
                raise NotLowered(f"the index {expr.name} has no range")
            return env[expr.name]
        if isinstance(expr, Integer | Symbol):
            return Place(None, expr)
        if isinstance(expr, Add):
            places = [self.place(arg, env) for arg in expr.args]
            axes = [place.axis for place in places if place.axis is not None]
            if len(axes) <= 1:
                return Place(axes[0] if axes else None, sum((place.offset for place in places), Integer(0)))
        elif not expr.atoms(IndexSymbol):
            return Place(None, expr)
        raise NotLowered(f"the index {expr} is not an index letter with an offset")

    def argument(self, key: str, ranges: tuple[Dim, ...], shape: tuple[Dim, ...], order: int | None = None) -> None:
        """Note an argument."""
        declared = self.scope.declarations.get(key)
        letters = () if declared is None else declared.letters
        self.arguments.setdefault((key, order), Argument(key, ranges, shape, letters, order))

    def symbol(self, key: str, shape: tuple[Dim, ...], places: tuple[Place, ...] = ()) -> Node:
        """Return a symbol or a member of a family."""
        declared = self.scope.declarations.get(key)
        ranges = declared.ranges if declared is not None else ()
        if len(ranges) != len(places):
            raise NotLowered(f"{key} has {len(ranges)} indices, here {len(places)}")
        self.argument(key, ranges, shape)
        axes = {place.axis for place in places if place.axis is not None}
        declared_facts = () if declared is None else tuple(sorted(fact.value for fact in declared.facts))
        data = (key, declared_facts, *places)
        return make("symbol", data=data, shape=shape, axes=sorted(axes, key=lambda axis: axis.place))


def lowered(expr: Any, scope: Scope, free: Iterable[tuple[str, Dim]] = ()) -> Program:
    """Return the program of an expression.

    Parameters
    ----------
    expr : sympy.Basic
        The expression.
    scope : Scope
        What is declared of its symbols, and the definitions it uses.
    free : iterable of (letter, size)
        The free indices: the axes of the result, in this order.

    Returns
    -------
    Program
        One result; arguments in the order of the declarations.

    Raises
    ------
    NotLowered
        If something has no array operation; the message names it.

    Examples
    --------
    >>> from derive.problem import Problem
    >>> problem = Problem([r"A \\in \\mathbb{R}^{n \\times n}", r"x \\in \\mathbb{R}^n"])
    >>> lowered(problem.expr(r"A x"), problem.scope).outputs[0].op
    'matmul'
    """
    return lowered_all([expr], scope, [tuple(free)])


def lowered_all(exprs: Iterable[Any], scope: Scope, free: Iterable[tuple[tuple[str, Dim], ...]]) -> Program:
    """Return one program of several expressions, which share their axes and parts."""
    lowering = Lowering(scope)
    outputs, axes = [], []
    for expr, letters in zip(exprs, free, strict=True):
        env: dict[str, Place] = {}
        for letter, size in letters:
            used = [place.axis for place in env.values() if place.axis is not None]
            env[letter] = Place(lowering.axis(letter, size, Integer(1), used), Integer(0))
        outputs.append(lowering.lower(expr, env))
        axes.append(tuple(place.axis for place in env.values() if place.axis is not None))
    order = {key: place for place, key in enumerate(scope.declarations)}
    known = sorted(lowering.arguments.values(), key=lambda a: (order.get(a.key, len(order)), a.order or 0))
    return Program(tuple(known), tuple(outputs), tuple(axes))


def free_letters(expr: Any) -> tuple[str, ...]:
    """Return the index letters that no sum binds, in the order in which they occur.

    Examples
    --------
    >>> from derive.problem import Problem
    >>> problem = Problem([r"r_{nk} \\in \\mathbb{R}, n = 1, \\dots, N, k = 1, \\dots, K"])
    >>> free_letters(problem.expr(r"\\sum_n r_{nk}"))
    ('k',)
    """
    found: dict[str, None] = {}
    _collect(expr, frozenset(), found)
    return tuple(found)


def _collect(expr: Any, bound: frozenset[str], found: dict[str, None]) -> None:
    if isinstance(expr, IndexSymbol):
        if expr.name not in bound:
            found[expr.name] = None
        return
    if type(expr).__name__ in ("IndexSum", "MatrixIndexSum", "IndexProduct"):
        body, index, *rest = expr.args
        for arg in rest[:2]:
            _collect(arg, bound, found)
        for arg in (body, *rest[2:]):
            _collect(arg, bound | {index.name}, found)
        return
    for arg in expr.args:
        _collect(arg, bound, found)


# -- the table ---------------------------------------------------------------------------------------------------

Rule = Callable[[Lowering, Any, Env], Node]
_TABLE: dict[str, Rule] = {}


def rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Enter a rule for node types, by name."""

    def enter(function: Rule) -> Rule:
        for kind in kinds:
            _TABLE[kind] = function
        return function

    return enter


def operators() -> frozenset[str]:
    """Return the names of the node types that can be lowered."""
    return frozenset(_TABLE)


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
        parts.append(_size(place.offset))
    return c.add(*parts) if parts else c.number(0)


def _size(dim: Dim) -> Node:
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


@rule("Delta")
def _delta(low: Lowering, expr: Any, env: Env) -> Node:
    return make("equal", [number_of(low.place(arg, env)) for arg in expr.args])


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


@rule("Commutation")
def _commutation(low: Lowering, expr: Any, env: Env) -> Node:
    m, n = expr.args
    if m == 1 or n == 1:
        return make("eye", shape=(m * n, m * n))
    return make("commutation", data=(m, n), shape=(m * n, m * n))


@rule("UnitVector")
def _unit_vector(low: Lowering, expr: Any, env: Env) -> Node:
    return make("unit", (number_of(low.place(expr.args[0], env)),), shape=(expr.args[1], Integer(1)))


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
    size = _size(x.shape[0]) if x.shape else c.number(1)
    form = c.matmul(c.transpose(gap), c.inverse(covariance), gap)
    log = c.function("log", c.scale(2, make("constant", data=("pi",))))
    return c.scale(Fraction(-1, 2), c.add(c.mul(size, log), c.function("log", c.determinant(covariance)), form))


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
    low.argument(name, (), (), order)
    return make("call", (argument,), (name, order, ()), argument.shape)


FUNCTIONS = frozenset("exp log sqrt abs sin cos tanh sinh cosh sech sigmoid softplus relu".split())
"""The functions that have an operation."""


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


UNLOWERED = {
    "Differentiated": "a differential is not a number; results have none",
    "MatrixDifferentiated": "as Differentiated",
    "Gradient": "derived first: `numeric.generate` is given results",
    "Jacobian": "as Gradient",
    "ScalarPartial": "as Gradient",
    "MatrixPartial": "as Gradient",
}
"""Node types that the exact evaluator knows and that have no array operation, with the reason."""
