"""SymPy expression to value in a domain: one entry per operator, derivatives by perturbation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.matrices.expressions import (
    Inverse,
    MatrixSymbol,
)

from derive.exact.context import Context, Point
from derive.exact.domain import Domain, Field, NotEvaluable
from derive.exact.dual import Arithmetic, Dual, constant, depth_of, tangent
from derive.exact.shared import Shared, TooCostly
from derive.expr import (
    Call,
    Entry,
    MatrixCall,
    MatrixMember,
    Member,
    Vec,
    is_matrix,
)
from derive.indices import IndexSymbol

Env = Mapping[str, int]


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

    def __init__(
        self,
        domains: list[Domain],
        sizes: Mapping[str, int],
        point: Point,
        shared: Shared,
        varying: Mapping[Any, Any] | None = None,
    ) -> None:
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
            self.shared.steps += 1
            if self.shared.steps > self.shared.limit:
                raise TooCostly("the test takes more operations than are allowed for one relation")
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
        still = (
            {name: (expr, home.constant(), env) for name, (expr, home, env) in bindings.items()} if ctx.depth else {}
        )
        child = Context(ctx, overrides, ctx.depth, lambda: self.bind(ctx.constant(), still))
        if not ctx.depth and all(home.depth == 0 for _, home, _ in bindings.values()):
            child._constant = child
        elif not ctx.depth:
            still = {name: (expr, home.constant(), env) for name, (expr, home, env) in bindings.items()}
            child = Context(
                ctx, overrides, max(home.depth for _, home, _ in bindings.values()), lambda: self.bind(ctx, still)
            )
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

    def _moved(
        self, variable: Any, core: Any, place: tuple[int, int], ctx: Context, env: Env, level: int, depth: int
    ) -> Any:
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
            top = domain.matrix(base.nrows(), base.ncols(), [domain.exponential(entry) for entry in exponents])
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
