"""Evaluation of operations on arrays: one rule a node type."""

from __future__ import annotations

from typing import Any

from sympy.matrices.expressions import (
    Determinant,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive.exact.context import Context
from derive.exact.domain import Domain, NotEvaluable
from derive.exact.dual import Dual
from derive.exact.evaluate import Env, Evaluator, OutOfRange, rule
from derive.expr import (
    Blocks,
    Commutation,
    DiagonalMatrix,
    DiagonalOf,
    Entry,
    MatrixMember,
    ScalarOf,
    UnitVector,
    Vec,
    is_matrix,
)
from derive.limits import MAX_EXPONENT


@rule(Identity)
def _identity(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    return ev.domains[level].identity(ev.size(expr.args[0], env))


@rule(ZeroMatrix, OneMatrix)
def _filled(ev: Evaluator, expr: Any, ctx: Context, env: Env, level: int) -> Any:
    value = 1 if isinstance(expr, OneMatrix) else 0
    return ev.domains[level].filled(ev.size(expr.args[0], env), ev.size(expr.args[1], env), value)


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


def total_of(ev: Evaluator, value: Any, level: int) -> Any:
    """Return the sum of all entries."""
    zero = ev.domains[level].number(0)
    return ev.arithmetic[level].linear(lambda m: sum(m.entries(), zero), value)


def square_sum(ev: Evaluator, array: Any, ctx: Context, env: Env, level: int) -> Any:
    """Return the sum of the squares of all entries."""
    value = ev.eval(array, ctx, env, level)
    return total_of(ev, ev.arithmetic[level].hadamard(value, value), level)


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
