"""Constructors of the array program: each returns a node in the form in which it is shared and recognised.

Identities, zeros and coefficients are moved out where a node is made, so that no pass has to look for them. They stand
in `numeric.terms`, `numeric.products` and `numeric.forms`; here is what applies them again: `rewritten`.
"""

from __future__ import annotations

from collections.abc import Callable

from numeric.forms import (
    determinant,
    diagonal,
    diagonal_matrix,
    matrix_power,
    trace,
    vectorised,
)
from numeric.products import (
    dot,
    inverse,
    kronecker,
    matmul,
    transpose,
)
from numeric.program import ONE, Node, make, nodes
from numeric.terms import (
    SYMMETRIC,
    add,
    combination,
    facts_of,
    function,
    mul,
    negative,
    number,
    numbers_of,
    one,
    power,
    reduced,
    reduction,
    scale,
    split,
    total,
    value_of,
)

__all__ = [
    "ONE",
    "SYMMETRIC",
    "add",
    "combination",
    "determinant",
    "diagonal",
    "diagonal_matrix",
    "dot",
    "facts_of",
    "function",
    "inverse",
    "kronecker",
    "make",
    "matmul",
    "matrix_power",
    "mul",
    "negative",
    "number",
    "numbers_of",
    "one",
    "power",
    "rebuilt",
    "reduced",
    "reduction",
    "rewritten",
    "scale",
    "split",
    "total",
    "trace",
    "transpose",
    "value_of",
    "vectorised",
]


def rewritten(node: Node, rule: Callable[[Node], Node], literal: bool = False) -> Node:
    """Return a node with a rule applied to every part, arguments first; ``literal`` keeps the operations as made."""
    done: dict[Node, Node] = {}
    for part in nodes(node):
        args = tuple(done[arg] for arg in part.args)
        same = all(new is old for new, old in zip(args, part.args, strict=True))
        done[part] = rule(part if same else rebuilt(part, args, literal))
    return done[node]


def rebuilt(node: Node, args: tuple[Node, ...], literal: bool = False) -> Node:
    """Return a node with other arguments, by the constructor of its operation unless ``literal``."""
    maker = None if literal else _MAKERS.get(node.op)
    if maker is not None:
        return maker(node, args)
    axes = node.axes if not args or node.op in _OWN_AXES else None
    return make(node.op, args, node.data, node.shape, axes)


_OWN_AXES = frozenset({"contract", "symbol", "index", "entry", "sum", "prod", "max", "lse"})
_MAKERS: dict[str, Callable[[Node, tuple[Node, ...]], Node]] = {
    "add": lambda node, args: combination(zip(node.data, args, strict=True), node.shape),
    "mul": lambda node, args: mul(*args),
    "pow": lambda node, args: power(*args),
    "fn": lambda node, args: function(node.data[0], args[0]),
    "matmul": lambda node, args: matmul(*args),
    "transpose": lambda node, args: transpose(args[0]),
    "inv": lambda node, args: inverse(args[0]),
    "diag": lambda node, args: diagonal(args[0]),
    "diagm": lambda node, args: diagonal_matrix(args[0]),
    "det": lambda node, args: determinant(args[0]),
    "vec": lambda node, args: vectorised(args[0]),
    "kron": lambda node, args: kronecker(*args),
    "matpow": lambda node, args: matrix_power(*args),
    "sum": lambda node, args: total(args[0], node.data[0]),
    "lse": lambda node, args: reduction("lse", args[0], node.data[0]),
    "max": lambda node, args: reduction("max", args[0], node.data[0]),
    "prod": lambda node, args: reduction("prod", args[0], node.data[0]),
}
