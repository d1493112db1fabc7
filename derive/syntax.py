"""Syntax trees of formulas: what was written, before anything is known about the symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeGuard

from derive.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A node with the span of what it was read from."""

    span: Span


@dataclass(frozen=True, slots=True)
class Num(Node):
    """A literal number."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A symbol without its scripts; ``key`` is its canonical LaTeX (``\\mathbf{x}``, ``\\hat{w}``)."""

    key: str


@dataclass(frozen=True, slots=True)
class Scripted(Node):
    """A base with scripts: subscript items, primes, a power, a transpose, an index written above.

    ``power`` is applied before ``transposed`` (they commute). ``above`` is the index of ``x^{(n)}``.
    """

    base: Node
    sub: tuple[Node, ...] = ()
    sub_text: str = ""
    power: Node | None = None
    transposed: bool = False
    primes: int = 0
    above: Node | None = None


@dataclass(frozen=True, slots=True)
class Group(Node):
    """A bracketed list; ``kind`` is the opening bracket, ``separators`` stand between the items."""

    kind: str
    items: tuple[Node, ...]
    separators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars(Node):
    """``|x|``: determinant or absolute value."""

    inner: Node


@dataclass(frozen=True, slots=True)
class NormBars(Node):
    """``\\|x\\|``: a norm; its subscript stands in the `Scripted` node around it."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Terms(Node):
    """A sum of signed terms, in order."""

    items: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors in order; ``operators[i]`` stands before factor ``i`` (``""`` for juxtaposition, ``/`` divides)."""

    items: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entrywise(Node):
    """A Hadamard (``\\odot``) or Kronecker (``\\otimes``) product."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Fraction_(Node):
    """A numerator over a denominator."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Root(Node):
    """A square root or, with a degree, a higher one."""

    inner: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class FunctionCall(Node):
    """A known function (``\\det``, ``\\ln`` …) with its argument; ``power`` is that of ``\\log^2 x``."""

    function: str
    argument: Node
    power: Node | None = None
    transposed: bool = False
    sub: tuple[Node, ...] = ()
    bare: bool = False
    """Whether the argument stands without brackets, so that where it ends is for the reader to say."""


@dataclass(frozen=True, slots=True)
class Reduction(Node):
    """A sum or product over indices; limits and condition may be missing."""

    operator: str
    indices: tuple[Node, ...]
    lower: Node | None
    upper: Node | None
    condition: tuple[str, Node, Node] | None
    body: Node


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """``∂^order body / ∂wrt…``; a gradient written with ∇ has ``nabla`` set."""

    body: Node
    wrt: tuple[Node, ...]
    order: int = 1
    nabla: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class Differential(Node):
    """``dX`` or ``d(…)``."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Array(Node):
    """A block matrix, rows of blocks; ``kind`` is the environment (``vmatrix`` is a determinant)."""

    kind: str
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """A column, a row or the diagonal of a matrix whose elements follow a pattern, as in ``(x_1, \\dots, x_n)``.

    ``template`` is an element with ``letter`` as its index, which runs from 1 to ``upper``; where ``upper`` is None all
    elements are the same, and their number is not said.
    """

    kind: str
    template: Node
    letter: Name
    upper: Node | None


@dataclass(frozen=True, slots=True)
class Integral(Node):
    """``\\int body \\, d variable``.

    ``domain`` is what stands at the sign, spelled in one way; ``space`` are the sizes of ``\\mathbb{R}^{n}`` there,
    ``is_line`` says that bounds stand there, so that the variable is a number.
    """

    body: Node
    variable: Node
    domain: str = ""
    space: tuple[Node, ...] = ()
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """A case distinction: values, each with the text of its condition."""

    rows: tuple[tuple[Node, str], ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions, in their order."""
        return tuple(condition for _, condition in self.rows)


@dataclass(frozen=True, slots=True)
class Stated(Node):
    """A relation that stands inside a bracket and says what is spoken of, as in ``\\Pr(X = 0)``."""

    left: Node
    sign: str
    right: Node


@dataclass(frozen=True, slots=True)
class EvaluatedAt(Node):
    """``inner |_{symbol = value}``."""

    inner: Node
    symbol: Node
    value: Node


@dataclass(frozen=True, slots=True)
class Ellipsis_(Node):
    """Dots."""


def is_symbol(node: Any) -> TypeGuard[Name | Scripted]:
    """Whether a node is a name, perhaps with a subscript, and nothing is done to it."""
    return isinstance(node, Name) or (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and node.power is None
        and not node.transposed
        and not node.primes
    )


def with_parts(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return a node, or a tuple of nodes, whose parts went through a function; itself if none of them changed."""
    if isinstance(node, Node):
        made = {entry.name: change(getattr(node, entry.name)) for entry in fields(node)}
        is_same = all(made[entry.name] is getattr(node, entry.name) for entry in fields(node))
        return node if is_same else replace(node, **made)
    if isinstance(node, tuple):
        items = tuple(change(item) for item in node)
        return node if all(a is b for a, b in zip(items, node, strict=True)) else items
    return node


def below(node: Any) -> Iterator[Node]:
    """Yield a node and all that stands below it."""
    open_ones = [node]
    while open_ones:
        each = open_ones.pop()
        if isinstance(each, Node):
            yield each
            open_ones.extend(getattr(each, name) for name in _parts(type(each)))
        elif isinstance(each, tuple):
            open_ones.extend(reversed(each))


_PARTS: dict[type, tuple[str, ...]] = {}


def _parts(kind: type[Node]) -> tuple[str, ...]:
    """Return the names of what may stand below a node of a kind, the last one first."""
    if kind not in _PARTS:
        _PARTS[kind] = tuple(entry.name for entry in reversed(fields(kind)) if entry.name != "span")
    return _PARTS[kind]
