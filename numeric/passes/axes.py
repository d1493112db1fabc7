"""Sums that differ in the letter of their index are one sum: bound axes get the first name that is free."""

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
