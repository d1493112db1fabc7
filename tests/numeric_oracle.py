"""A third opinion in floating point: elaborated expressions with NumPy, derivatives by central differences.

No code is shared with `derive.exact`: values are arrays of doubles, derivatives are Richardson-extrapolated central
differences, and points come from samplers of this module. Points that have to satisfy conditions are found by
Gauss-Newton steps over a parametrisation that keeps what is declared (definite, orthogonal, positive …).
"""

import json
import math
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

import numpy as np
from sympy import Add, Integer, Mul, Rational, Symbol
from sympy.core.symbol import Str

from derive.declarations import declare, restriction
from derive.expr import MatrixPartial, ScalarPartial, build, is_matrix
from derive.facts import Fact, Kind
from derive.given import add_given
from derive.relations import chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, parse_side, state
from derive.tokens import tokenize

TOLERANCE = 1e-4
# Weights of the central difference of sixth order (two Richardson steps): f(±h), f(±2h), f(±3h).
_STENCIL = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))
STEP = 2e-3
NEAR = 0.04
"""Closer to a pole than this, differences are not to be trusted: another point is drawn."""
WORST_CONDITION = 60
SYMMETRIC = {Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE}


class Undefined(Exception):
    """A value that does not exist at this point."""


class Unsupported(Exception):
    """Something that this oracle does not know."""


# -- points ------------------------------------------------------------------------------------------------------


def sampled(declaration, shape, parameters):
    """Return a value that satisfies a declaration, from an endless supply of standard normal numbers."""
    facts = declaration.facts
    if shape is None:
        z = next(parameters)
        return math.exp(0.5 * z) if facts & {Fact.POSITIVE, Fact.NONNEGATIVE} else z
    rows, cols = shape

    def normal(*shape):
        return np.array([next(parameters) for _ in range(math.prod(shape))]).reshape(shape)

    if Fact.DIAGONAL in facts:
        entries = normal(rows)
        signed = facts & {Fact.DEFINITE, Fact.SEMIDEFINITE, Fact.POSITIVE}
        return np.diag(np.exp(0.5 * entries) if signed else entries)
    if Fact.ORTHOGONAL in facts:
        free = normal(rows, rows)
        turn = np.linalg.solve(np.eye(rows) + (free - free.T), np.eye(rows) - (free - free.T))
        signs = np.ones(rows)
        signs[0] = math.copysign(1, free[0, 0])
        return turn @ np.diag(signs) @ turn.T if facts & SYMMETRIC else turn @ np.diag(signs)
    if facts & {Fact.DEFINITE, Fact.SEMIDEFINITE}:
        free = normal(rows, rows)
        return free @ free.T / rows + 0.5 * np.eye(rows)
    if Fact.SYMMETRIC in facts:
        free = normal(rows, rows)
        return (free + free.T) / 2
    if facts & {Fact.POSITIVE, Fact.NONNEGATIVE}:
        return np.exp(0.5 * normal(rows, cols))
    return normal(rows, cols)


def smooth(seed, shape, facts):
    """Return a smooth function of a number, with its derivatives: ``f(order, x)``."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=3)

    def number(order, x):
        wave = a * b**order * np.sin(b * x + c + order * np.pi / 2)
        return wave + (abs(a) + 1 if order == 0 and facts & {Fact.POSITIVE, Fact.NONNEGATIVE} else 0)

    if shape is None:
        return number
    base, slope = (sampled(_Bare(facts), shape, normals(rng)) for _ in range(2))

    def matrix(order, x):
        wave = (0.4 * (b**order) * np.sin(b * x + c + order * np.pi / 2)) * slope
        return (base + slope if order == 0 else 0) + wave

    return matrix


@dataclass
class _Bare:
    facts: frozenset


def normals(rng):
    """Yield standard normal numbers without end."""
    while True:
        yield float(rng.normal())


class Recorder:
    """Standard normal numbers that can be read again, and changed, one by one."""

    def __init__(self, rng):
        self.rng = rng
        self.numbers = []
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at == len(self.numbers):
            self.numbers.append(float(self.rng.normal()))
        self.at += 1
        return self.numbers[self.at - 1]


# -- evaluation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where an expression is evaluated: values of symbols and members, and of index letters."""

    values: dict
    env: dict = field(default_factory=dict)

    def having(self, name, value, indices=()):
        return replace(self, values={**self.values, (name, indices): value})

    def at(self, **env):
        return replace(self, env={**self.env, **env})


class Numeric:
    """Evaluates expressions at one assignment of sizes.

    Parameters
    ----------
    scope : Scope
        Declarations and definitions.
    sizes : dict of str to int
        The sizes.
    varying : dict
        Symbols that vary in a differential, and their changes.
    functions : dict of str to callable
        Declared functions, ``f(order, x)``.
    """

    def __init__(self, scope, sizes, varying=None, functions=None):
        self.scope = scope
        self.sizes = sizes
        self.varying = varying or {}
        self.functions = functions or {}

    def size(self, dim, env):
        if isinstance(dim, Integer | int):
            return int(dim)
        if isinstance(dim, Symbol):
            return env[dim.name] if dim.name in env else self.sizes[dim.name]
        parts = [self.size(arg, env) for arg in dim.args]
        if isinstance(dim, Add):
            return sum(parts)
        if isinstance(dim, Mul):
            return math.prod(parts)
        return parts[0] ** parts[1]

    def shape(self, dims, env=None):
        return None if dims is None else tuple(self.size(dim, env or {}) for dim in dims)

    def value(self, expr, place):
        """Return a float or an array of shape (rows, cols)."""
        with np.errstate(all="ignore"):
            found = self._value(expr, place)
        return found

    def _value(self, expr, place):
        kind = type(expr).__name__
        rule = getattr(self, "on_" + kind, None)
        if rule is not None:
            return rule(expr, place)
        if isinstance(expr, Rational):
            return float(expr)
        raise Unsupported(kind)

    def _parts(self, expr, place):
        return [self._value(arg, place) for arg in expr.args]

    # -- leaves ------------------------------------------------------------------------------------------------

    def on_Symbol(self, expr, place):
        return float(self.sizes[expr.name]) if expr.name in self.sizes else place.values[expr.name, ()]

    def on_IndexSymbol(self, expr, place):
        return float(place.env[expr.name]) if expr.name in place.env else self.on_Symbol(expr, place)

    def on_MatrixSymbol(self, expr, place):
        return place.values[expr.args[0].name, ()]

    def _indices(self, args, place):
        return tuple(self.size(arg, place.env) for arg in args)

    def on_Member(self, expr, place):
        return place.values[expr.args[0].name, self._indices(expr.args[1:], place)]

    def on_MatrixMember(self, expr, place):
        return place.values[expr.args[0].name, self._indices(expr.args[3:], place)]

    def on_Pi(self, expr, place):
        return math.pi

    def on_Exp1(self, expr, place):
        return math.e

    def on_Identity(self, expr, place):
        return np.eye(self.size(expr.args[0], place.env))

    def on_ZeroMatrix(self, expr, place):
        return np.zeros(self._indices(expr.args, place))

    def on_OneMatrix(self, expr, place):
        return np.ones(self._indices(expr.args, place))

    # -- algebra -----------------------------------------------------------------------------------------------

    def on_Add(self, expr, place):
        return sum(self._parts(expr, place))

    on_MatAdd = on_Add

    def on_Mul(self, expr, place):
        total = 1.0
        for part in self._parts(expr, place):
            total = total @ part if np.ndim(total) == 2 and np.ndim(part) == 2 else total * part
        return total

    on_MatMul = on_Mul

    def on_Pow(self, expr, place):
        base, exponent = self._parts(expr, place)
        if base < 0 and exponent != round(exponent):
            raise Undefined("a root of a negative number")
        if abs(base) < NEAR and (exponent < 0 or exponent != round(exponent)):
            raise Undefined("division by nearly zero")
        return float(base) ** exponent

    def on_MatPow(self, expr, place):
        base, exponent = self._parts(expr, place)
        if exponent == round(exponent):
            return np.linalg.matrix_power(base, int(exponent))
        # (tA)^s by the principal root of a matrix that is not symmetric: Denman and Beavers' iteration.
        root = _root(base)
        return np.linalg.matrix_power(root, round(2 * exponent))

    def on_Inverse(self, expr, place):
        value = self._value(expr.args[0], place)
        if np.linalg.cond(value) > WORST_CONDITION:
            raise Undefined("a singular matrix")
        return np.linalg.inv(value)

    def on_Transpose(self, expr, place):
        return self._value(expr.args[0], place).T

    def on_Determinant(self, expr, place):
        return float(np.linalg.det(self._value(expr.args[0], place)))

    def on_Trace(self, expr, place):
        return float(np.trace(self._value(expr.args[0], place)))

    def on_HadamardProduct(self, expr, place):
        left, right = self._parts(expr, place)
        return left * right

    def on_KroneckerProduct(self, expr, place):
        return np.kron(*self._parts(expr, place))

    def on_ScalarOf(self, expr, place):
        return float(self._value(expr.args[0], place)[0, 0])

    def on_Entry(self, expr, place):
        i, j = self._indices(expr.args[1:], place)
        value = self._value(expr.args[0], place)
        if not (1 <= i <= value.shape[0] and 1 <= j <= value.shape[1]):
            raise Undefined("an index out of range")
        return float(value[i - 1, j - 1])

    def on_Delta(self, expr, place):
        i, j = self._indices(expr.args, place)
        return float(i == j)

    def _cases(self, expr, place):
        index, low, high = expr.args[1].name, *self._indices(expr.args[2:4], place)
        for value in range(low, high + 1):
            inner = place.at(**{index: value})
            if len(expr.args) > 4:
                left, right = self._indices(expr.args[5:], inner)
                compare = {"!=": left != right, "<": left < right, "<=": left <= right, ">": left > right}
                if not {**compare, ">=": left >= right}[expr.args[4].name]:
                    continue
            yield inner

    def on_IndexSum(self, expr, place):
        return sum((self._value(expr.args[0], inner) for inner in self._cases(expr, place)), 0.0)

    def on_MatrixIndexSum(self, expr, place):
        parts = [self._value(expr.args[0], inner) for inner in self._cases(expr, place)]
        return sum(parts) if parts else np.zeros(self.shape(expr.args[0].shape, place.env))

    def on_IndexProduct(self, expr, place):
        return math.prod(self._value(expr.args[0], inner) for inner in self._cases(expr, place))

    def on_Norm(self, expr, place):
        value = self._value(expr.args[0], place)
        return float(np.abs(value).sum() if expr.args[1].name == "1" else np.sqrt((value**2).sum()))

    def on_Vec(self, expr, place):
        return self._value(expr.args[0], place).reshape(-1, 1, order="F")

    def on_DiagonalMatrix(self, expr, place):
        return np.diag(self._value(expr.args[0], place).ravel())

    def on_DiagonalOf(self, expr, place):
        return np.diag(self._value(expr.args[0], place)).reshape(-1, 1)

    def on_Blocks(self, expr, place):
        rows, cols = int(expr.args[0]), int(expr.args[1])
        blocks = [np.atleast_2d(self._value(block, place)) for block in expr.args[2:]]
        return np.block([blocks[i * cols : (i + 1) * cols] for i in range(rows)])

    def on_Density(self, expr, place):
        x, mean, covariance = self._parts(expr, place)
        if np.linalg.det(covariance) <= 0 or np.linalg.cond(covariance) > WORST_CONDITION:
            raise Undefined("a covariance that is not definite")
        form = float(((x - mean).T @ np.linalg.solve(covariance, x - mean))[0, 0])
        return math.exp(-form / 2) / math.sqrt((2 * math.pi) ** len(x) * np.linalg.det(covariance))

    # -- functions ---------------------------------------------------------------------------------------------

    def on_ScalarFunction(self, expr, place):
        name, order, argument = expr.args[0].name, int(expr.args[1]), self._value(expr.args[2], place)
        return float(self._apply(name, order, argument, place))

    def on_MatrixFunction(self, expr, place):
        name, order, argument = expr.args[0].name, int(expr.args[1]), self._value(expr.args[2], place)
        if name == "softmax":
            return np.exp(argument) / np.exp(argument).sum()
        if name.startswith("def:"):
            return np.vectorize(lambda entry: self._apply(name, order, float(entry), place))(argument)
        return self._apply(name, order, argument, place)

    def _apply(self, name, order, x, place):
        if name.startswith("def:"):
            definition = self.scope.definitions[name[4:]]
            (parameter,) = definition.parameters
            return self._value(definition.body, place.having(parameter.symbol.name, x))
        known = {
            "exp": np.exp,
            "tanh": np.tanh,
            "sin": np.sin,
            "cos": np.cos,
            "sinh": np.sinh,
            "cosh": np.cosh,
            "abs": np.abs,
            "sigmoid": lambda t: 1 / (1 + np.exp(-t)),
            "softplus": lambda t: np.logaddexp(0, t),
            "relu": lambda t: np.maximum(t, 0),
            "sech": lambda t: 1 / np.cosh(t),
            "log": np.log,
            "sqrt": np.sqrt,
        }
        if name in known:
            if name in ("log", "sqrt") and np.any(np.asarray(x) <= NEAR):
                raise Undefined(f"{name} of a number that is hardly positive")
            return known[name](x)
        return self.functions[name](order, x)

    def on_MatrixValued(self, expr, place):
        return self.functions[expr.args[0].name](int(expr.args[3]), self._value(expr.args[4], place))

    # -- definitions -------------------------------------------------------------------------------------------

    def on_Call(self, expr, place):
        return self._call(expr, expr.args[1:], place)

    def on_MatrixCall(self, expr, place):
        return self._call(expr, expr.args[3:], place)

    def _call(self, expr, arguments, place):
        ident = expr.args[0].name
        definition = self.scope.definitions[ident]
        if all(parameter.is_index for parameter in definition.parameters):
            held = place.values.get(("def:" + ident, self._indices(arguments, place)))
            if held is not None:
                return held
        inner = Place(place.values)
        for parameter, argument in zip(definition.parameters, arguments, strict=True):
            name = parameter.symbol.name
            if parameter.is_index:
                inner = inner.at(**{name: self.size(argument, place.env)})
            else:
                inner = inner.having(name, self._value(argument, place))
        return self._value(definition.body, inner)

    def on_Instantiated(self, expr, place):
        body, symbol, value = expr.args
        name = symbol.args[0].name if symbol.args else symbol.name
        return self._value(body, place.having(name, self._value(value, place)))

    on_MatrixInstantiated = on_Instantiated

    # -- derivatives -------------------------------------------------------------------------------------------

    def _moved(self, variable, entry, place):
        """Return a function of t that gives the place where an entry of the variable has moved by t."""
        kind = type(variable).__name__
        if kind == "Inverse":
            inverse = self.on_Inverse(variable, place)

            def inverted(t):
                moved = inverse.copy()
                moved[entry] += t
                return self._put(variable.args[0], np.linalg.inv(moved), place)

            return inverted
        if kind == "Vec":
            rows = self._value(variable.args[0], place).shape[0]
            return self._moved(variable.args[0], (entry[0] % rows, entry[0] // rows), place)
        if kind == "Entry":
            i, j = self._indices(variable.args[1:], place)
            return self._moved(variable.args[0], (i - 1, j - 1), place)
        if kind == "Pow":  # u = s^p is moved, s = u^{1/p}
            base, power = self._value(variable.args[0], place), float(variable.args[1])
            sign = math.copysign(1, base)
            return lambda t: self._put(variable.args[0], sign * abs(base**power + t) ** (1 / power), place)
        value = self._value(variable, place)

        def moved(t):
            if np.ndim(value) == 0:
                return self._put(variable, value + t, place)
            changed = value.copy()
            changed[entry] += t
            return self._put(variable, changed, place)

        return moved

    def _put(self, leaf, value, place):
        kind = type(leaf).__name__
        if kind in ("Symbol", "MatrixSymbol"):
            return place.having(leaf.name, value)
        skip = {"Member": 1, "MatrixMember": 3, "Call": 1, "MatrixCall": 3}[kind]
        name = ("def:" if kind.endswith("Call") else "") + leaf.args[0].name
        return place.having(name, value, self._indices(leaf.args[skip:], place))

    def slope(self, body, moved):
        """Return the derivative of a body at t = 0, by a central difference of sixth order."""
        total = 0.0
        for step, weight in _STENCIL:
            ahead, behind = (self._value(body, moved(sign * step * STEP)) for sign in (1, -1))
            total = total + weight * (ahead - behind) / STEP
        return total

    def on_ScalarPartial(self, expr, place):
        return self.slope(expr.args[0], self._moved(expr.args[1], (0, 0), place))

    on_MatrixPartial = on_ScalarPartial

    def on_Gradient(self, expr, place):
        body, variable = expr.args
        result = np.zeros(self.shape(variable.shape, place.env))
        for entry in np.ndindex(result.shape):
            result[entry] = self.slope(body, self._moved(variable, entry, place))
        return result

    def on_Jacobian(self, expr, place):
        body, variable, layout = expr.args
        length = self.size(variable.shape[0], place.env)
        columns = [self.slope(body, self._moved(variable, (j, 0), place)) for j in range(length)]
        matrix = np.hstack(columns)
        return matrix if layout.name == "numerator" else matrix.T

    def on_Differentiated(self, expr, place):
        def moved(t):
            there = place
            for symbol, change in self.varying.items():
                value = self._value(symbol, place) + t * self._value(change, place)
                there = self._put(symbol, value, there)
            return there

        return self.slope(expr.args[0], moved)

    on_MatrixDifferentiated = on_Differentiated


def _root(matrix):
    y, z = matrix, np.eye(len(matrix))
    for _ in range(60):
        y, z = (y + np.linalg.inv(z)) / 2, (z + np.linalg.inv(y)) / 2
    return y


# -- claims ------------------------------------------------------------------------------------------------------


def statements(record):
    """Yield (statement, conditions) for every relation of a claim record, in each reading that is asked for."""
    layouts = {"numerator": ("numerator",), "denominator": ("denominator",)}
    for layout in layouts.get(record.get("layout") or "", ("numerator", "denominator")):
        reading = Reading(layout, bool(record.get("symmetric_derivative")))
        scope = Scope()
        for text in record.get("declare", ()):
            declare(text, scope)
        for text in (record.get("dims") or "").split(","):
            if text:
                scope.restrictions = (*scope.restrictions, restriction(tokenize(Excerpt.of(text)), scope))
        for text in record.get("given", ()):
            add_given(text, scope, reading)
        found = []
        for chain in chains(Excerpt.of(record["claim"])):
            sides = [parse_side(side, scope, chain.signs[0].span) for side in chain.sides]
            found += [state(left, right, scope, reading) for left, right in pairwise(sides)]
        yield found, scope.conditions


class Oracle:
    """Compares the two sides of a statement at random points in floating point."""

    def __init__(self, statement, conditions=(), seed=0):
        self.statement = statement
        self.scope = statement.scope
        self.conditions = conditions
        self.rng = np.random.default_rng(seed)
        self.names = self._names()

    def _names(self):
        """Return the declared names that the statement and the conditions use, through definitions."""
        found, seen = set(), set()
        stack = [self.statement.lhs, self.statement.rhs, *self.statement.varying.values()]
        for condition in self.conditions:
            stack += [condition.lhs, condition.rhs]
        while stack:
            node = stack.pop()
            if isinstance(node, Str | Symbol):
                found.add(node.name)
                name = node.name.removeprefix("def:")
                if name in self.scope.definitions and name not in seen:
                    seen.add(name)
                    stack.append(self.scope.definitions[name].body)
                    stack += self.scope.definitions[name].ranges
            else:
                stack.extend(node.args)
        self.bodies = [self.scope.definitions[name] for name in seen]
        return sorted(found)

    def _size_names(self):
        dims = [upper for _, upper in self.statement.free]
        dims += [upper for condition in self.conditions for _, upper in condition.free]
        for name in self.names:
            declaration = self.scope.declarations.get(name)
            if declaration is not None:
                dims += [*(declaration.shape or ()), *declaration.ranges]
                dims += [Symbol(name)] if declaration.kind is Kind.SIZE else []
        for definition in self.bodies:
            dims += definition.ranges
        for _, left, right in self.scope.restrictions:
            dims += [left, right]
        return sorted({symbol.name for dim in dims for symbol in getattr(dim, "free_symbols", ())})

    def sizes(self):
        """Yield assignments of small sizes that satisfy the restrictions, distinct ones first."""
        names = self._size_names()
        tried = [dict(zip(names, [2 + (i + k) % 3 for i in range(len(names))], strict=True)) for k in range(3)]
        tried += [dict(zip(names, self.rng.integers(1, 5, len(names)).tolist(), strict=True)) for _ in range(60)]
        for assignment in tried:
            if all(self._allowed(*restriction, assignment) for restriction in self.scope.restrictions):
                yield assignment

    def _allowed(self, kind, left, right, assignment):
        a, b = (int(side.subs({Symbol(name): size for name, size in assignment.items()})) for side in (left, right))
        tests = {"even": a % 2 == 0, "odd": a % 2 == 1, "less": a < b, "greater": a > b}
        return {**tests, "less-equal": a <= b, "greater-equal": a >= b}[kind]

    def point(self, numeric, numbers):
        """Return values of all the names; the numbers are taken in a fixed order."""
        values = {}
        varying = {_name(change): self.scope.declarations.get(_name(s)) for s, change in self.statement.varying.items()}
        for name in self.names:
            declaration = self.scope.declarations.get(name)
            if name in varying and varying[name] is not None:
                original = varying[name]
                declaration = replace(original, facts=original.facts & {Fact.DIAGONAL, Fact.SYMMETRIC})
                if original.facts & SYMMETRIC and Fact.DIAGONAL not in original.facts:
                    declaration = replace(declaration, facts=frozenset((Fact.SYMMETRIC,)))
            if declaration is None or declaration.kind in (Kind.SIZE, Kind.FUNCTION, Kind.CURVE):
                continue
            shape = numeric.shape(declaration.shape)
            for indices in product(*(range(1, numeric.size(upper, {}) + 1) for upper in declaration.ranges)):
                values[name, indices] = sampled(declaration, shape, numbers)
        return Place(values)

    def numeric(self, assignment):
        numeric = Numeric(self.scope, assignment, self.statement.varying)
        for name in self.names:
            declaration = self.scope.declarations.get(name)
            if declaration is not None and declaration.kind in (Kind.FUNCTION, Kind.CURVE):
                seed = int(self.rng.integers(2**31))
                numeric.functions[name] = smooth(seed, numeric.shape(declaration.shape), declaration.facts)
        return numeric

    def _met(self, numeric):
        """Return a point that satisfies the conditions, by Gauss-Newton steps from a random one."""
        numbers = Recorder(self.rng)
        place = self.point(numeric, numbers)
        if not self.conditions:
            return place

        def residual(values):
            numbers.numbers, numbers.at = list(values), 0
            here = self.point(numeric, numbers)
            parts = []
            for condition in self.conditions:
                for case in _cases(numeric, condition.free):
                    difference = _difference(numeric, condition, here.at(**case))
                    parts.append(np.ravel(difference))
            return np.concatenate(parts)

        x = np.array(numbers.numbers)
        for _ in range(40):
            r = residual(x)
            if np.abs(r).max(initial=0) < 1e-11:
                return self._replayed(numeric, numbers, x)
            columns = [(residual(x + 1e-5 * e) - residual(x - 1e-5 * e)) / 2e-5 for e in np.eye(len(x))]
            step, *_ = np.linalg.lstsq(np.array(columns).T, -r, rcond=1e-8)
            x = x + step * min(1, 3 / (np.abs(step).max() + 1e-12))
        if np.abs(residual(x)).max(initial=0) < 1e-8:
            return self._replayed(numeric, numbers, x)
        raise Undefined("no point satisfies the conditions")

    def _replayed(self, numeric, numbers, values):
        numbers.numbers, numbers.at = list(values), 0
        return self.point(numeric, numbers)

    def largest_difference(self, points=5, sizes=None):
        """Return the largest relative difference of the sides found at some points, and how many points there were.

        ``sizes`` fixes the sizes; otherwise several are taken.

        Raises
        ------
        Unsupported
            If the statement has something that is not known here.
        """
        worst, count = 0.0, 0
        for attempt, assignment in enumerate(self.sizes() if sizes is None else [sizes] * 4 * points):
            if count == points or attempt > 8 * points:
                break
            numeric = self.numeric(assignment)
            try:
                place = self._met(numeric)
                for case in _cases(numeric, self.statement.free):
                    there = place.at(**case)
                    worst = max(worst, self._gap(numeric, there))
            except (Undefined, np.linalg.LinAlgError):
                continue
            count += 1
        return worst, count

    def _gap(self, numeric, place):
        statement = self.statement
        if statement.order is None:
            return relative_gap(numeric.value(statement.lhs, place), numeric.value(statement.rhs, place))
        symbol, order = statement.order
        gaps = []
        for power in range(order):
            sides = [
                numeric.value(_nth(side, symbol, power), place.having(symbol.name, 0.0))
                for side in (statement.lhs, statement.rhs)
            ]
            gaps.append(relative_gap(*sides))
        return max(gaps)


def _nth(side, symbol, power):
    for _ in range(power):
        side = build(MatrixPartial if is_matrix(side) else ScalarPartial, side, symbol)
    return side


def _name(symbol):
    return symbol.name if isinstance(symbol, Symbol) else symbol.args[0].name


def _cases(numeric, free):
    ranges = [range(1, numeric.size(upper, {}) + 1) for _, upper in free]
    return [dict(zip([name for name, _ in free], values, strict=True)) for values in product(*ranges)]


def _difference(numeric, condition, place):
    return np.asarray(numeric.value(condition.lhs, place) - numeric.value(condition.rhs, place))


def relative_gap(left, right):
    """Return the largest difference of two values, relative to their size where that is above one."""
    left, right = np.asarray(left, float), np.asarray(right, float)
    assert left.shape == right.shape, (left.shape, right.shape)
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise Undefined("a value without bound")
    scale = max(1.0, float(np.abs(left).max(initial=0)), float(np.abs(right).max(initial=0)))
    return float(np.abs(left - right).max(initial=0)) / scale


def confirms(record, points=5, seed=0, sizes=None):
    """Whether a claim record is true at random points, in one of the readings that it leaves open.

    Returns None where no point could be found.
    """
    answers = []
    for found, conditions in statements(record):
        gaps = [Oracle(statement, conditions, seed).largest_difference(points, sizes) for statement in found]
        if any(count == 0 for _, count in gaps):
            answers.append(None)
        else:
            answers.append(all(gap < TOLERANCE for gap, _ in gaps))
        if answers[-1]:
            return True
        if not any(statement.layout_used for statement in found):
            break
    return None if None in answers else False


def public(record):
    """Return a claim record as a line, without its label."""
    kept = ("id", "declare", "given", "claim", "layout", "symmetric_derivative", "dims")
    return json.dumps({key: record[key] for key in kept if key in record})
