"""SymPy expression to value in a domain: one entry per operator, derivatives by perturbation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.core.numbers import Exp1, Pi
from sympy.core.symbol import Str
from sympy.matrices.expressions import (
    Determinant, HadamardProduct, Identity, Inverse, KroneckerProduct, MatAdd, MatMul, MatPow, MatrixSymbol, OneMatrix,
    Trace, Transpose, ZeroMatrix,
)

from derive.exact.context import Context, Point
from derive.exact.domain import Domain, Field, NoPoint, NotEvaluable
from derive.exact.dual import Arithmetic, Dual, constant, depth_of, tangent
from derive.expr import (
    Blocks, Call, Delta, Density, DiagonalMatrix, DiagonalOf, Differentiated, Entry, Gradient, IndexProduct, IndexSum,
    Instantiated, Jacobian, MatrixCall, MatrixDifferentiated, MatrixFunction, MatrixIndexSum, MatrixInstantiated,
    MatrixMember, MatrixPartial, MatrixValued, Member, Norm, ScalarFunction, ScalarOf, ScalarPartial, Vec, build, is_matrix, word,
)
from derive.limits import MAX_EXPONENT
from derive.names import IndexSymbol
from derive.exact.shared import Shared
from derive.scope import Definition

Env = Mapping[str, int]
MAX_RANGE = 200


class OutOfRange(Exception):
    """An index outside the range of its family."""


class Evaluator:
    """Evaluates expressions at one point and one assignment of sizes.

    Parameters
    ----------
    domains : list of Domain
        The chain of domains, the lowest level first; values are wanted in the last.
    sizes : mapping of str to int
        The sizes.
    point : Point
        Values of the declared symbols.
    shared : Shared
        The definitions that calls refer to, and what is known of expressions.
    varying : mapping
        Symbols that vary in a differential, with the symbols of their change.
    """

    def __init__(self, domains: list[Domain], sizes: Mapping[str, int], point: Point,
                 shared: Shared, varying: Mapping[Any, Any] | None = None) -> None:
        self.domains = domains
        self.arithmetic = [Arithmetic(domain) for domain in domains]
        self.sizes = sizes
        self.point = point
        self.shared = shared
        self.definitions = shared.definitions
        self.varying = varying or {}
        self.root = Context(None, {}, 0)

    # -- entry -------------------------------------------------------------------------------------------------

    def value(self, expr: Any, env: Env | None = None) -> Any:
        """Return the value of an expression in the top domain (nilpotents are gone at the top)."""
        return self.eval(expr, self.root, env or {}, len(self.domains) - 1)

    def eval(self, expr: Any, ctx: Context, env: Env, level: int) -> Any:
        """Return the value of an expression in a context."""
        info = self.shared.info(expr)
        expr = info.expr
        while ctx.parent is not None and ctx.changed.isdisjoint(info.names):
            ctx = ctx.parent
        kind = type(expr)
        if kind in _CHEAP:
            return _TABLE[kind](self, expr, ctx, env, level)
        key = (id(expr), level, *[env.get(name) for name in info.free])
        found = ctx.memo.get(key)
        if found is None:
            rule = _TABLE.get(kind)
            if rule is None:
                if isinstance(expr, Rational):
                    return self.domains[level].number(Fraction(int(expr.p), int(expr.q)))
                raise NotEvaluable(f"{kind.__name__} cannot be evaluated")
            found = rule(self, expr, ctx, env, level)
            ctx.memo[key] = found
        return found

    def derived(self, make: Callable[[Any], Any], expr: Any) -> Any:
        """Return an expression made from another, made once."""
        key = (make, id(expr))
        found = self.shared.derived.get(key)
        if found is None:
            found = self.shared.copy(make(expr))
            self.shared.derived[key] = found
        return found

    # -- sizes and indices -------------------------------------------------------------------------------------

    def size(self, dim: Any, env: Env) -> int:
        """Return a size or an index as an integer."""
        if isinstance(dim, Integer):
            return int(dim)
        if isinstance(dim, Symbol):
            if isinstance(dim, IndexSymbol) and dim.name in env:
                return env[dim.name]
            found = self.sizes.get(dim.name)
            if found is None:
                raise NotEvaluable(f"the size {dim.name} is not determined")
            return found
        parts = [self.size(arg, env) for arg in dim.args]
        if isinstance(dim, Add):
            return sum(parts)
        if isinstance(dim, Mul):
            product = 1
            for part in parts:
                product *= part
            return product
        if isinstance(dim, Pow) and 0 <= parts[1] <= 8:
            return int(parts[0] ** parts[1])
        raise NotEvaluable(f"the size {dim} cannot be evaluated")

    def shape(self, expr: Any, env: Env) -> tuple[int, int]:
        """Return the shape of a matrix expression."""
        rows, cols = expr.shape
        return self.size(rows, env), self.size(cols, env)

    def exponent(self, expr: Any, env: Env) -> Fraction | None:
        """Return an exponent made of numbers, sizes and indices, or None."""
        if isinstance(expr, Rational):
            return Fraction(int(expr.p), int(expr.q))
        if isinstance(expr, Symbol):
            if isinstance(expr, IndexSymbol) and expr.name in env:
                return Fraction(env[expr.name])
            return Fraction(self.sizes[expr.name]) if expr.name in self.sizes else None
        if isinstance(expr, Add | Mul):
            parts = [self.exponent(arg, env) for arg in expr.args]
            if any(part is None for part in parts):
                return None
            total = Fraction(0) if isinstance(expr, Add) else Fraction(1)
            for part in parts:
                total = total + part if isinstance(expr, Add) else total * part  # type: ignore[operator]
            return total
        if isinstance(expr, Pow) and expr.args[1] == -1:
            inner = self.exponent(expr.args[0], env)
            return None if not inner else 1 / inner
        return None

    # -- symbols -----------------------------------------------------------------------------------------------

    def lookup(self, name: str, indices: tuple[int, ...], ctx: Context, level: int) -> Any:
        """Return the value of a symbol: the innermost override, or the point's."""
        at: Context | None = ctx
        while at is not None:
            override = at.override(name, indices)
            if override is not None:
                return override(level)
            at = at.parent
        return self.point.value(name, indices, self.domains[level])

    def bind(self, ctx: Context, bindings: Mapping[str, tuple[Any, Context, Env]]) -> Context:
        """Return a context in which symbols stand for expressions of another context."""
        overrides = {
            name: (None, lambda level, e=expr, c=home, v=env: self.eval(e, c, v, level))
            for name, (expr, home, env) in bindings.items()
        }
        still = {name: (expr, home.constant(), env) for name, (expr, home, env) in bindings.items()} if ctx.depth else {}
        child = Context(ctx, overrides, ctx.depth, lambda: self.bind(ctx.constant(), still))
        if not ctx.depth and all(home.depth == 0 for _, home, _ in bindings.values()):
            child._constant = child
        elif not ctx.depth:
            still = {name: (expr, home.constant(), env) for name, (expr, home, env) in bindings.items()}
            child = Context(ctx, overrides, max(home.depth for _, home, _ in bindings.values()), lambda: self.bind(ctx, still))
        return child

    # -- perturbation ------------------------------------------------------------------------------------------

    def perturb(self, variable: Any, place: tuple[int, int], ctx: Context, env: Env) -> Context:
        """Return a context in which one entry of a variable has a nilpotent added."""
        depth = ctx.depth + 1
        core, name, indices = self._core(variable, env)

        def moved(level: int) -> Any:
            return self._moved(variable, core, place, ctx, env, level, depth)

        return Context(ctx, {name: (indices, moved)}, depth, ctx.constant)

    def _core(self, variable: Any, env: Env) -> tuple[Any, str, tuple[int, ...] | None]:
        core = variable
        while isinstance(core, Inverse | Vec | Pow | Entry):
            core = core.args[0]
        if isinstance(core, Symbol):
            return core, core.name, None
        if isinstance(core, MatrixSymbol):
            return core, core.args[0].name, None
        skip = {Member: 1, MatrixMember: 3, Call: 1, MatrixCall: 3}[type(core)]
        indices = tuple(self.size(arg, env) for arg in core.args[skip:])
        name = core.args[0].name
        return core, ("def:" + name if isinstance(core, Call | MatrixCall) else name), indices

    def _moved(self, variable: Any, core: Any, place: tuple[int, int], ctx: Context, env: Env, level: int, depth: int) -> Any:
        arithmetic, domain = self.arithmetic[level], self.domains[level]
        value = self.eval(core, ctx, env, level)
        if isinstance(variable, Entry):
            place = (self.size(variable.args[1], env) - 1, self.size(variable.args[2], env) - 1)
            variable = variable.args[0]
        if isinstance(variable, Pow):
            power = int(variable.args[1])
            slope = arithmetic.multiply(domain.number(power), arithmetic.power(value, power - 1))
            return Dual(value, arithmetic.inverse(slope), depth)
        base = constant(value)
        if not domain.is_matrix(base):
            return Dual(value, domain.number(1), depth)
        rows, cols = base.nrows(), base.ncols()
        if isinstance(variable, Vec):
            place = (place[0] % rows, place[0] // rows)
            variable = variable.args[0]
        if not (place[0] < rows and place[1] < cols):
            raise OutOfRange(f"the entry {place[0] + 1}, {place[1] + 1}")
        unit = domain.unit(rows, cols, *place)
        if isinstance(variable, Inverse):
            return arithmetic.inverse(Dual(arithmetic.inverse(value), unit, depth))
        return Dual(value, unit, depth)

    def directional(self, body: Any, variable: Any, place: tuple[int, int], ctx: Context, env: Env, level: int) -> Any:
        """Return the derivative of a body by one entry of a variable, or None for zero."""
        moved = self.perturb(variable, place, ctx, env)
        return tangent(self.eval(body, moved, env, level), moved.depth)

    def zero(self, body: Any, env: Env, level: int) -> Any:
        """Return zero in the shape of an expression."""
        domain = self.domains[level]
        return domain.filled(*self.shape(body, env), 0) if is_matrix(body) else domain.number(0)

    def assemble(self, rows: int, cols: int, entries: list[Any], level: int) -> Any:
        """Return the matrix of some numbers, which may carry nilpotents."""
        depth = max((depth_of(entry) for entry in entries), default=0)
        domain = self.domains[level]
        if not depth:
            return domain.matrix(rows, cols, entries)
        zero = domain.number(0)
        outer = [isinstance(entry, Dual) and entry.depth == depth for entry in entries]
        re = [entry.re if is_outer else entry for entry, is_outer in zip(entries, outer, strict=True)]
        im = [entry.im if is_outer else zero for entry, is_outer in zip(entries, outer, strict=True)]
        return Dual(self.assemble(rows, cols, re, level), self.assemble(rows, cols, im, level), depth)

    def pick(self, matrix: Any, i: int, j: int, level: int) -> Any:
        """Return an entry, counted from 1."""
        base = constant(matrix)
        if not (1 <= i <= base.nrows() and 1 <= j <= base.ncols()):
            raise OutOfRange(f"the entry {i}, {j} of a matrix of shape {base.nrows()} × {base.ncols()}")
        return self.arithmetic[level].linear(lambda m: m[i - 1, j - 1], matrix)

    # -- exponentials ------------------------------------------------------------------------------------------

    def exp(self, argument: Any, scale: int, ctx: Context, env: Env, level: int) -> Any:
        """Return exp(scale · argument) of a scalar or, entry by entry, of a matrix."""
        arithmetic, domain = self.arithmetic[level], self.domains[level]
        value = self.eval(argument, ctx, env, level)
        if scale != 1:
            value = arithmetic.multiply(domain.number(scale), value)
        base = constant(value)

        def below() -> Any:
            low = constant(self.eval(argument, ctx.constant(), env, level - 1))
            return low * self.domains[level - 1].number(scale)

        if not isinstance(domain, Field):
            top = domain.map(lambda entry: domain.exp(entry, below), base)
        elif not domain.is_matrix(base):
            top = domain.exp(base, below)
        else:
            if level == 0:
                raise NotEvaluable("exponentials inside one another are too deep for the exact test")
            exponents = below().entries()
            top = domain.matrix(base.nrows(), base.ncols(),
                                [domain.exp(None, lambda e=entry: e) for entry in exponents])
        return self._lift(top, value, arithmetic)

    def _lift(self, top: Any, value: Any, arithmetic: Arithmetic) -> Any:
        if not isinstance(value, Dual):
            return top
        inner = self._lift(top, value.re, arithmetic)
        return Dual(inner, arithmetic.hadamard(inner, value.im), value.depth)


# -- the table ---------------------------------------------------------------------------------------------------

Rule = Callable[[Evaluator, Any, Context, Env, int], Any]
_TABLE: dict[type, Rule] = {}
_CHEAP: set[type] = set()


def rule(*kinds: type, cheap: bool = False) -> Callable[[Rule], Rule]:
    """Enter a rule for node types; cheap ones are not remembered."""

    def enter(function: Rule) -> Rule:
        for kind in kinds:
            _TABLE[kind] = function
            if cheap:
                _CHEAP.add(kind)
        return function

    return enter


def operators() -> frozenset[type]:
    """Return the node types that can be evaluated."""
    return frozenset(_TABLE)


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


@rule(Identity)
def _identity(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].identity(ev.size(expr.args[0], env))


@rule(ZeroMatrix, OneMatrix)
def _filled(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    value = 1 if isinstance(expr, OneMatrix) else 0
    return ev.domains[level].filled(ev.size(expr.args[0], env), ev.size(expr.args[1], env), value)


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


@rule(Pow)
def _power(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    arithmetic = ev.arithmetic[level]
    exponent = ev.exponent(expr.args[1], env)
    if exponent is not None and exponent.denominator <= 2 and abs(exponent) <= MAX_EXPONENT:
        if isinstance(expr.args[0], Norm) and expr.args[0].args[1].name == "2" and exponent % 2 == 0:
            return arithmetic.power(_square_sum(ev, expr.args[0].args[0], ctx, env, level), int(exponent) // 2)
        base = ev.eval(expr.args[0], ctx, env, level)
        if exponent.denominator == 2:
            base = arithmetic.sqrt(base)
        return arithmetic.power(base, exponent.numerator)
    if ev.domains[level].is_exact:
        raise NotEvaluable("a power with this exponent has no exact value")
    logarithm = build(ScalarFunction, word("log"), Integer(0), expr.args[0])
    return ev.exp(build(Mul, expr.args[1], logarithm), 1, ctx, env, level)


@rule(MatPow)
def _matrix_power(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    exponent = ev.exponent(expr.args[1], env)
    if exponent is None or abs(exponent) > MAX_EXPONENT or exponent.denominator > 2:
        raise NotEvaluable("a matrix to this power cannot be evaluated")
    if exponent.denominator == 1:
        return ev.arithmetic[level].power(ev.eval(expr.args[0], ctx, env, level), exponent.numerator)
    base = expr.args[0]
    if not isinstance(base, MatrixSymbol | MatrixMember):
        raise NotEvaluable("the root of a matrix that is not a symbol cannot be evaluated")
    indices = tuple(ev.size(arg, env) for arg in base.args[3:]) if isinstance(base, MatrixMember) else ()
    root = ev.point.root(base.args[0].name, indices, ev.domains[level])
    return ev.arithmetic[level].power(_lift_root(ev, root, ev.eval(base, ctx, env, level), level), exponent.numerator)


def _lift_root(ev: Evaluator, root: Any, value: Any, level: int) -> Any:
    """Return the root of a perturbed matrix: R dR + dR R = dX, a Sylvester equation."""
    if not isinstance(value, Dual):
        return root
    arithmetic, domain = ev.arithmetic[level], ev.domains[level]
    inner = _lift_root(ev, root, value.re, level)
    size = root.nrows()
    eye = domain.identity(size)
    system = arithmetic.add(arithmetic.kronecker(eye, inner), arithmetic.kronecker(arithmetic.transpose(inner), eye))
    flat = arithmetic.linear(lambda m: _stack(domain, m), value.im)
    solved = arithmetic.multiply(arithmetic.inverse(system), flat)
    change = arithmetic.linear(lambda v: domain.matrix(size, size, [v[j * size + i, 0] for i in range(size) for j in range(size)]), solved)
    return Dual(inner, change, value.depth)


def _stack(domain: Domain, matrix: Any) -> Any:
    rows, cols = matrix.nrows(), matrix.ncols()
    return domain.matrix(rows * cols, 1, [matrix[i, j] for j in range(cols) for i in range(rows)])


@rule(Inverse)
def _inverse(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].inverse(ev.eval(expr.args[0], ctx, env, level))


@rule(Transpose)
def _transpose(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].transpose(ev.eval(expr.args[0], ctx, env, level))


@rule(Determinant)
def _determinant(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].determinant(ev.eval(expr.args[0], ctx, env, level))


@rule(Trace)
def _trace(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].trace(ev.eval(expr.args[0], ctx, env, level))


@rule(HadamardProduct)
def _hadamard(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    left, right = (ev.eval(arg, ctx, env, level) for arg in expr.args)
    return ev.arithmetic[level].hadamard(left, right)


@rule(KroneckerProduct)
def _kronecker(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    left, right = (ev.eval(arg, ctx, env, level) for arg in expr.args)
    return ev.arithmetic[level].kronecker(left, right)


@rule(ScalarOf)
def _scalar_of(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.pick(ev.eval(expr.args[0], ctx, env, level), 1, 1, level)


@rule(Entry)
def _entry(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.pick(ev.eval(expr.args[0], ctx, env, level), ev.size(expr.args[1], env), ev.size(expr.args[2], env), level)


@rule(Delta)
def _delta(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].number(int(ev.size(expr.args[0], env) == ev.size(expr.args[1], env)))


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


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
        return _total(ev, absolute(ev.arithmetic[level], ev.eval(expr.args[0], ctx, env, level)), level)
    return ev.arithmetic[level].sqrt(_square_sum(ev, expr.args[0], ctx, env, level))


def _total(ev: Evaluator, value: Any, level: int) -> Any:
    zero = ev.domains[level].number(0)
    return ev.arithmetic[level].linear(lambda m: sum(m.entries(), zero), value)


def _square_sum(ev: Evaluator, array: Any, ctx: Context, env: Env, level: int) -> Any:
    value = ev.eval(array, ctx, env, level)
    return _total(ev, ev.arithmetic[level].hadamard(value, value), level)


def absolute(arithmetic: Arithmetic, value: Any) -> Any:
    """Return absolute values; the slope of |u| is |u|/u."""
    if not isinstance(value, Dual):
        return arithmetic.domain.map(arithmetic.domain.absolute, value)
    size = absolute(arithmetic, value.re)
    slope = arithmetic.hadamard(size, arithmetic.reciprocals(value.re))
    return Dual(size, arithmetic.hadamard(slope, value.im), value.depth)


@rule(Vec)
def _vec(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.arithmetic[level].linear(lambda m: _stack(ev.domains[level], m), ev.eval(expr.args[0], ctx, env, level))


@rule(DiagonalMatrix)
def _diagonal_matrix(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    domain = ev.domains[level]

    def spread(v: Any) -> Any:
        n, zero = v.nrows(), domain.number(0)
        return domain.matrix(n, n, [v[i, 0] if i == j else zero for i in range(n) for j in range(n)])

    return ev.arithmetic[level].linear(spread, ev.eval(expr.args[0], ctx, env, level))


@rule(DiagonalOf)
def _diagonal_of(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    domain = ev.domains[level]
    return ev.arithmetic[level].linear(lambda m: domain.matrix(m.nrows(), 1, [m[i, i] for i in range(m.nrows())]),
                                       ev.eval(expr.args[0], ctx, env, level))


@rule(Blocks)
def _blocks(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    rows, cols, blocks = int(expr.args[0]), int(expr.args[1]), expr.args[2:]
    values = [ev.eval(block, ctx, env, level) for block in blocks]
    shapes = [ev.shape(block, env) if is_matrix(block) else (1, 1) for block in blocks]
    entries: list[Any] = []
    height = 0
    for row in range(rows):
        for i in range(shapes[row * cols][0]):
            height += 1
            for col in range(cols):
                at = row * cols + col
                if is_matrix(blocks[at]):
                    entries += [ev.pick(values[at], i + 1, j + 1, level) for j in range(shapes[at][1])]
                else:
                    entries.append(values[at])
    return ev.assemble(height, len(entries) // height, entries, level)


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


_PI = Pi()


# -- definitions -------------------------------------------------------------------------------------------------


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


@rule(Instantiated, MatrixInstantiated)
def _instantiated(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    body, symbol, value = expr.args
    return ev.eval(body, ev.bind(ctx, {symbol.name: (value, ctx, env)}), env, level)


# -- derivatives -------------------------------------------------------------------------------------------------


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
