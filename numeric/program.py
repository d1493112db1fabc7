"""The array program: an immutable graph of batched array operations with named axes.

A `Node` is a value. Its *batch axes* carry names and sizes (``n`` of size N, ``k`` of size K); its *core shape* is
``()`` for a number and ``(rows, cols)`` for a matrix, where a column vector has one column. The operations are a closed
table, `OPERATIONS`. Nodes are equal when they compute the same thing, so common parts are shared by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sympy import Basic, Integer

Dim = Any
"""A size: a SymPy integer, symbol or expression of symbols."""

ONE: Dim = Integer(1)

OPERATIONS = {
    "one": "the number one, or an array of ones",
    "zero": "an array of zeros",
    "size": "a size as a number: data (size,)",
    "index": "an index as a number, counted from 1",
    "constant": "a named number such as pi: data (name,)",
    "symbol": "an argument or a member of a family: data (key, facts, *places)",
    "eye": "the identity matrix",
    "unit": "a unit vector: argument its place, counted from 1",
    "commutation": "K with K vec(X) = vec(Xᵀ) for m × n matrices: data (m, n)",
    "add": "a linear combination: data the coefficients",
    "mul": "a product entry by entry; numbers multiply arrays",
    "pow": "a power, entry by entry",
    "less": "a difference that is kept as it is: the second is subtracted first",
    "divided": "a quotient by a number that is kept as it is: what is scaled stays scaled",
    "fn": "a function, entry by entry: data (name,)",
    "call": "a declared function or its derivative: data (key, order)",
    "where": "the second argument where the first holds, else zero",
    "compare": "a comparison of two numbers: data (sign,)",
    "equal": "one where two indices are equal, else zero",
    "matmul": "a product of matrices",
    "transpose": "a transposed matrix",
    "inv": "an inverse",
    "det": "a determinant",
    "detsign": "the sign of a determinant",
    "logdet": "the logarithm of the absolute value of a determinant",
    "matpow": "a power of a matrix: data (exponent,)",
    "chol": "the lower triangular Cholesky factor",
    "qr": "the transposed triangular factor of a QR decomposition; a square root of XᵀX",
    "cinv": "(L Lᵀ)⁻¹ of a lower triangular L",
    "solve": "A⁻¹ B: data ('general',) or ('lower',) or ('upper',) for the form of A",
    "diag": "the diagonal of a square matrix",
    "diagm": "the diagonal matrix of a vector",
    "kron": "Kronecker's product",
    "vec": "the columns of a matrix, stacked",
    "blocks": "a block matrix: data (rows, cols)",
    "entry": "an entry of a matrix: data (row, column), places",
    "contract": "Σ over an axis of products: data (axis,)",
    "sum": "a sum over an axis or a side of the core: data (over,)",
    "prod": "a product over an axis: data (over,)",
    "max": "the largest over an axis or a side of the core: data (over,)",
    "maximum": "the larger of values, entry by entry",
    "lse": "log Σ exp over an axis or a side of the core: data (over,)",
    "logaddexp": "log Σ exp of the arguments, entry by entry",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """A batch axis: an index letter with its range; ``place`` orders the axes of an array."""

    name: str
    size: Dim
    place: int
    lower: Dim = ONE


@dataclass(frozen=True, slots=True)
class Place:
    """A position counted from 1: the value of an axis, if there is one, plus an offset."""

    axis: Axis | None
    offset: Dim


Over = Axis | int
"""What a reduction runs over: an axis, or side 0 (rows) or 1 (columns) of the core."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of the program.

    Attributes
    ----------
    op : str
        The operation, from `OPERATIONS`.
    args : tuple of Node
        What it is applied to.
    data : tuple
        What is fixed: coefficients, names, axes.
    axes : tuple of Axis
        Batch axes, in order.
    shape : tuple
        ``()`` or ``(rows, cols)``.
    """

    op: str
    args: tuple[Node, ...]
    data: tuple[Any, ...]
    axes: tuple[Axis, ...]
    shape: tuple[Dim, ...]
    digest: bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        inner = ", ".join([*map(str, self.data), *map(repr, self.args)])
        return f"{self.op}({inner})"

    @property
    def is_number(self) -> bool:
        """Whether the core is a number."""
        return not self.shape

    @property
    def is_column(self) -> bool:
        """Whether the core is a column vector."""
        return bool(self.shape) and self.shape[1] == 1

    @property
    def is_row(self) -> bool:
        """Whether the core is a row vector."""
        return bool(self.shape) and self.shape[0] == 1

    @property
    def rank(self) -> int:
        """The number of dimensions in which the core is stored: vectors have one."""
        return sum(dim != 1 for dim in self.shape)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a program: ``key`` its LaTeX, ``ranges`` the sizes of its indices, ``shape`` that of a member."""

    key: str
    ranges: tuple[Dim, ...]
    shape: tuple[Dim, ...]
    letters: tuple[str, ...] = ()
    order: int | None = None
    """For a declared function: which derivative is meant."""


@dataclass(frozen=True, slots=True)
class Program:
    """A function: arguments and results; each result has the order of its axes."""

    arguments: tuple[Argument, ...]
    outputs: tuple[Node, ...]
    axes: tuple[tuple[Axis, ...], ...]

    def map(self, rewrite: Callable[[Node], Node]) -> Program:
        """Return the program with every output rewritten."""
        return Program(self.arguments, tuple(map(rewrite, self.outputs)), self.axes)


def make(
    op: str, args: Iterable[Node] = (), data: Iterable[Any] = (), shape: tuple[Dim, ...] = (), axes: Any = None
) -> Node:
    """Return a node; its axes are those of its arguments unless they are given.

    Raises
    ------
    KeyError
        If there is no such operation.
    """
    OPERATIONS[op]
    args, data = tuple(args), tuple(data)
    if shape and shape[0] == 1 and shape[1] == 1:
        shape = ()
    found = merged(*(arg.axes for arg in args)) if axes is None else tuple(axes)
    parts = [arg.digest for arg in args]
    if op == "add":
        parts = sorted(bytes(str(c), "ascii") + part for c, part in zip(data, parts, strict=True))
    elif op in ("mul", "logaddexp", "maximum"):
        parts = sorted(parts)
    fixed = () if op == "add" else data
    head = f"({op!r}, {_spelled(fixed)}, {_spelled(found)}, {_spelled(shape)})".encode()
    digest = hashlib.blake2b(head + b"".join(parts), digest_size=16).digest()
    return Node(op, args, data, found, shape, digest)


def _spelled(items: tuple[Any, ...]) -> str:
    """Return the text of a tuple; the texts of sizes, which SymPy takes long to write, are remembered."""
    texts = [_remembered(item) if isinstance(item, _NAMED) else repr(item) for item in items]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


@lru_cache(maxsize=4096)
def _remembered(item: Axis | Place | Basic) -> str:
    return repr(item)


_NAMED = (Axis, Place, Basic)


def merged(*axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Return the union of axes, in order."""
    return tuple(sorted({axis for each in axes for axis in each}, key=lambda axis: axis.place))


def nodes(*outputs: Node) -> Iterator[Node]:
    """Yield every node once, arguments before what uses them."""
    seen: set[Node] = set()
    stack = [(node, False) for node in reversed(outputs)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if arg not in seen)
