"""The SymPy nodes that SymPy lacks, and constructors that leave an expression as its author wrote it.

SymPy's own nodes are used for what SymPy has: ``Add``, ``Mul``, ``Pow``, ``MatAdd``, ``MatMul``, ``MatPow``,
``Inverse``, ``Transpose``, ``Determinant``, ``Trace``, ``HadamardProduct``, ``KroneckerProduct``, ``Identity``. They
are built without evaluation and without SymPy's shape checks: shapes are found, and kept, by the elaborator.
Indices count from 1, as in mathematical text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Symbol
from sympy.core.symbol import Str
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Transpose,
    ZeroMatrix,
)

__all__ = [
    "Blocks",
    "Call",
    "Commutation",
    "DefiniteIntegral",
    "Delta",
    "Density",
    "DiagonalMatrix",
    "DiagonalOf",
    "Differentiated",
    "Entry",
    "Gradient",
    "IndexProduct",
    "IndexSum",
    "Instantiated",
    "Jacobian",
    "MatrixCall",
    "MatrixDifferentiated",
    "MatrixFunction",
    "MatrixIndexSum",
    "MatrixInstantiated",
    "MatrixMember",
    "MatrixPartial",
    "MatrixValued",
    "Member",
    "Norm",
    "Restricted",
    "ScalarFunction",
    "ScalarOf",
    "ScalarPartial",
    "UnitVector",
    "Vec",
    "build",
    "is_matrix",
    "rebuild",
]


class ScalarNode(Expr):
    """Base of the scalar nodes; the shape of what they hold is not theirs."""

    is_commutative = True
    is_Matrix = False


class MatrixNode(MatrixExpr):
    """Base of the matrix nodes; ``shape`` answers from the arguments where it can."""

    is_commutative = False

    @property
    def shape(self) -> tuple[Any, Any]:
        """Return the shape, as far as it follows from the arguments."""
        return _shape_of(self)


class Member(ScalarNode):
    """``Member(name, *indices)``: a scalar member of a family, such as ``\\pi_k``."""


class Entry(ScalarNode):
    """``Entry(matrix, i, j)``: an entry, counted from 1; a column vector has ``j = 1``."""


class IndexSum(ScalarNode):
    """``IndexSum(body, index, lower, upper, condition)`` with condition ``Str`` and two integers, or none."""


class IndexProduct(ScalarNode):
    """A product over an index, as `IndexSum`."""


class ScalarOf(ScalarNode):
    """The scalar that a 1 × 1 matrix is."""


class ScalarFunction(ScalarNode):
    """``ScalarFunction(name, order, argument)``: a known or declared function or its derivative, at a scalar."""


class Norm(ScalarNode):
    """``Norm(matrix, kind)``: kind ``2`` (vectors), ``F``, ``1`` or ``inf``."""


class Density(ScalarNode):
    """``Density(x, mu, sigma)``: the Gaussian density."""


class Restricted(ScalarNode):
    """``Restricted(body, *positive)``: the body where the rest is positive (matrices: definite), no value elsewhere."""


class Delta(ScalarNode):
    """Kronecker's delta of two indices."""


class ScalarPartial(ScalarNode):
    """``ScalarPartial(f, wrt)``: derivative of a scalar by a scalar."""


class Call(ScalarNode):
    """``Call(id, *arguments)``: the value of a definition, arguments and indices filled in."""


class DefiniteIntegral(ScalarNode):
    """``DefiniteIntegral(body, variable, domain)``: of a number over a symbol; the domain is a ``Str`` as written."""


class Instantiated(ScalarNode):
    """``Instantiated(body, symbol, value)``: the body at a value of one symbol."""


class Differentiated(ScalarNode):
    """``Differentiated(body, x, dx, y, dy, …)``: the differential of a scalar where x, y … vary."""


class MatrixMember(MatrixNode):
    """``MatrixMember(name, rows, cols, *indices)``: a vector or matrix member of a family."""


class MatrixIndexSum(MatrixNode):
    """A sum of matrices over an index, as `IndexSum`."""


class MatrixFunction(MatrixNode):
    """``MatrixFunction(name, order, argument)``: a function applied entry by entry, or softmax."""


class MatrixValued(MatrixNode):
    """``MatrixValued(name, rows, cols, order, argument)``: a declared matrix-valued function of a scalar."""


class Gradient(MatrixNode):
    """``Gradient(f, wrt)``: of a scalar by an array, in the shape of the array."""


class Jacobian(MatrixNode):
    """``Jacobian(y, wrt, layout)``: of a column vector by a column vector."""


class MatrixPartial(MatrixNode):
    """``MatrixPartial(y, wrt)``: of an array by a scalar, entry by entry."""


class MatrixCall(MatrixNode):
    """``MatrixCall(id, rows, cols, *arguments)``, as `Call`."""


class MatrixInstantiated(MatrixNode):
    """As `Instantiated`, of a matrix."""


class MatrixDifferentiated(MatrixNode):
    """As `Differentiated`, of a matrix."""


class Vec(MatrixNode):
    """The columns of a matrix stacked."""


class DiagonalMatrix(MatrixNode):
    """The diagonal matrix of a vector."""


class DiagonalOf(MatrixNode):
    """The diagonal of a square matrix, as a vector."""


class Commutation(MatrixNode):
    """``Commutation(m, n)``: the matrix K with K vec(X) = vec(Xᵀ) for every m × n matrix X."""


class UnitVector(MatrixNode):
    """``UnitVector(i, n)``: column i of the n × n identity."""


class Blocks(MatrixNode):
    """``Blocks(rows, cols, *blocks)``: a block matrix, blocks row by row; a block may be a scalar."""


_EVALUATING: dict[type, Any] = {
    Add: Add._from_args,
    Mul: Mul._from_args,
}


def build(node: type[Basic], *args: Any) -> Any:
    """Return the node with exactly these arguments: nothing is evaluated, sorted or checked."""
    make = _EVALUATING.get(node)
    if make is not None:
        return make(args)
    if node is Pow:
        made = Expr.__new__(Pow, *args)
        made.is_commutative = True
        return made
    return Basic.__new__(node, *args)


def rebuild(expr: Basic, replaced: dict[Basic, Basic]) -> Basic:
    """Return the expression with leaves replaced, otherwise as it was written.

    Examples
    --------
    >>> x, y = Symbol("x"), Symbol("y")
    >>> rebuild(build(Add, x, x), {x: y})
    y + y
    """
    if expr in replaced:
        return replaced[expr]
    if not expr.args or isinstance(expr, Str | Symbol):
        return expr
    args = [rebuild(arg, replaced) for arg in expr.args]
    if all(new is old for new, old in zip(args, expr.args, strict=True)):
        return expr
    return build(type(expr), *args)


@lru_cache(maxsize=256)
def word(text: str) -> Str:
    """Return a name as a SymPy leaf."""
    return Str(text)


def is_matrix(expr: Basic) -> bool:
    """Whether the expression is an array (a vector is a matrix with one column)."""
    return bool(getattr(expr, "is_Matrix", False))


def _shape_of(node: Any) -> tuple[Any, Any]:
    args = node.args
    one = Integer(1)
    if isinstance(node, MatrixMember | MatrixValued | MatrixCall):
        return args[1], args[2]
    if isinstance(node, MatrixIndexSum | MatrixPartial | MatrixInstantiated | MatrixDifferentiated):
        return tuple(args[0].shape)
    if isinstance(node, MatrixFunction):
        return tuple(args[2].shape)
    if isinstance(node, Gradient):
        return tuple(args[1].shape) if is_matrix(args[1]) else (one, one)
    if isinstance(node, Jacobian):
        shape = args[0].shape[0], args[1].shape[0]
        return shape if args[2].name == "numerator" else (shape[1], shape[0])
    if isinstance(node, Vec):
        return args[0].shape[0] * args[0].shape[1], one
    if isinstance(node, DiagonalMatrix):
        return args[0].shape[0], args[0].shape[0]
    if isinstance(node, Commutation):
        return args[0] * args[1], args[0] * args[1]
    if isinstance(node, UnitVector):
        return args[1], one
    if isinstance(node, DiagonalOf):
        return args[0].shape[0], one
    rows, cols, blocks = int(args[0]), int(args[1]), args[2:]
    sizes = [block.shape if is_matrix(block) else (one, one) for block in blocks]
    return Add(*(sizes[i * cols][0] for i in range(rows))), Add(*(sizes[j][1] for j in range(cols)))


MATRIX_LEAVES = (MatrixSymbol, Identity, ZeroMatrix, OneMatrix)
MATRIX_OPERATORS = (MatAdd, MatMul, MatPow, Inverse, Transpose, HadamardProduct, KroneckerProduct)
