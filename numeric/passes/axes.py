"""Sums that differ in the letter of their index are one sum, and a sum over the entries of vectors is that of a vector.

Bound axes get the first name that is free; Σ_i f(x_i) over all entries becomes 1ᵀ f(x), the form of `np.sum(f(x))`.
"""

from __future__ import annotations

from numeric import construct as c
from numeric.program import Axis, Node, Place, make, nodes

_REDUCTIONS = frozenset({"sum", "prod", "max", "lse"})


def renamed(node: Node) -> Node:
    """Return a node in which every reduction runs over the first axis of its range that is not used inside."""
    known = sorted({axis for part in nodes(node) for axis in _mentioned(part)}, key=lambda axis: axis.place)
    return c.rewritten(node, lambda part: _rename(part, known) if part.op in _REDUCTIONS else part)


def _mentioned(node: Node) -> tuple[Axis, ...]:
    return (*node.axes, *(each for each in node.data if isinstance(each, Axis)))


def _rename(node: Node, known: list[Axis]) -> Node:
    (body,), old = node.args, node.data[0]
    if not isinstance(old, Axis):
        return node
    used = {axis for part in nodes(body) for axis in _mentioned(part)} - {old}
    for new in known:
        if new == old:
            return node
        if (new.size, new.lower) == (old.size, old.lower) and new not in used:
            inner = replaced(body, old, new)
            return c.total(inner, new) if node.op == "sum" else c.reduction(node.op, inner, new)
    return node


def replaced(node: Node, old: Axis, new: Axis) -> Node:
    """Return a node with another axis in the place of one."""
    done: dict[Node, Node] = {}

    def swapped(each: object) -> object:
        if isinstance(each, Place) and each.axis == old:
            return Place(new, each.offset)
        return new if each == old else each

    for part in nodes(node):
        args = tuple(done[arg] for arg in part.args)
        if old not in _mentioned(part) and not any(isinstance(e, Place) and e.axis == old for e in part.data):
            done[part] = part
            continue
        axes = sorted({new if axis == old else axis for axis in part.axes}, key=lambda axis: axis.place)
        done[part] = make(part.op, args, map(swapped, part.data), part.shape, axes)
    return done[node]


_BY_ENTRY = frozenset({"add", "mul", "pow", "fn"})


def by_entries(node: Node) -> Node:
    """Return a node in which reductions over all entries of vectors run over a side of the vectors."""
    return c.rewritten(node, lambda part: _of_vectors(part) if part.op in ("sum", "max") else part)


def _of_vectors(node: Node) -> Node:
    (body,), axis = node.args, node.data[0]
    if not isinstance(axis, Axis) or not body.is_number or axis.lower != 1:
        return node
    vector = _vector(body, axis)
    if vector is None:
        return node
    return c.total(vector, 0) if node.op == "sum" else c.reduction(node.op, vector, 0)


def _vector(node: Node, axis: Axis) -> Node | None:
    """Return the column of which a number with this axis is the entry, if it is one entry by entry."""
    if axis not in node.axes:
        return node if node.is_number else None
    if node.op == "entry":
        (matrix,), (row, column) = node.args, node.data
        whole = row.axis == axis and row.offset == 0 and column.axis is None and matrix.shape == (axis.size, 1)
        return matrix if whole and axis not in matrix.axes else None
    if node.op not in _BY_ENTRY:
        return None
    parts = [_vector(arg, axis) for arg in node.args]
    if any(part is None for part in parts):
        return None
    return c.rebuilt(make(node.op, node.args, node.data, (axis.size, c.ONE)), tuple(p for p in parts if p is not None))
