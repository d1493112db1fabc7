"""Evaluation of symbols, algebra and reductions: one rule a node type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.core.numbers import Exp1, Pi
from sympy.matrices.expressions import (
    Determinant,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive.exact.context import Context
from derive.exact.domain import Domain, Field, NotEvaluable
from derive.exact.dual import Arithmetic, Dual, constant
from derive.exact.evaluate import Env, Evaluator, OutOfRange, rule
from derive.expr import (
    Blocks,
    Commutation,
    Delta,
    Density,
    DiagonalMatrix,
    DiagonalOf,
    Entry,
    IndexProduct,
    IndexSum,
    MatrixIndexSum,
    MatrixMember,
    Member,
    Norm,
    ScalarFunction,
    ScalarOf,
    UnitVector,
    Vec,
    build,
    is_matrix,
    word,
)
from derive.limits import MAX_EXPONENT
from derive.names import IndexSymbol

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
    largest = MAX_FIELD_EXPONENT if isinstance(ev.domains[level], Field) else MAX_EXPONENT
    if exponent is not None and exponent.denominator <= 2 and abs(exponent) <= largest:
        if isinstance(expr.args[0], Norm) and expr.args[0].args[1].name == "2" and exponent % 2 == 0:
            return arithmetic.power(_square_sum(ev, expr.args[0].args[0], ctx, env, level), int(exponent) // 2)
        base = ev.eval(expr.args[0], ctx, env, level)
        if exponent.denominator == 2:
            inner = expr.args[0]
            if type(inner) is Pow and ev.domains[level].is_real:
                ev.shared.note_sign(inner.args[0], constant(ev.eval(inner.args[0], ctx, env, level)))
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
    change = arithmetic.linear(
        lambda v: domain.matrix(size, size, [v[j * size + i, 0] for i in range(size) for j in range(size)]), solved
    )
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
    return ev.pick(
        ev.eval(expr.args[0], ctx, env, level), ev.size(expr.args[1], env), ev.size(expr.args[2], env), level
    )


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
    return ev.arithmetic[level].linear(
        lambda m: domain.matrix(m.nrows(), 1, [m[i, i] for i in range(m.nrows())]),
        ev.eval(expr.args[0], ctx, env, level),
    )


@rule(Commutation)
def _commutation(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    domain = ev.domains[level]
    m, n = (ev.size(arg, env) for arg in expr.args)
    zero, one = domain.number(0), domain.number(1)
    entries = [one if divmod(row, n) == divmod(col, m)[::-1] else zero for row in range(m * n) for col in range(m * n)]
    return domain.matrix(m * n, m * n, entries)


@rule(UnitVector)
def _unit_vector(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    domain = ev.domains[level]
    index, length = (ev.size(arg, env) for arg in expr.args)
    if not 1 <= index <= length:
        raise OutOfRange(f"a unit vector with the index {index}")
    return domain.matrix(length, 1, [domain.number(int(i + 1 == index)) for i in range(length)])


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
