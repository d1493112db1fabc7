"""Families with an index for the entries become vectors: what is summed over that index is then a product of arrays."""

from __future__ import annotations

from numeric import construct as c
from numeric.codegen import NotGenerated
from numeric.program import Argument, Axis, Node, Place, make, nodes

_ENTRYWISE = frozenset({"add", "mul", "pow", "fn"})


def as_vectors(node: Node, axis: Axis) -> Node:
    """Return a number for every value of an axis as a column with one entry for each.

    Raises
    ------
    NotGenerated
        If the axis occurs otherwise than entry by entry.
    """
    done: dict[Node, Node] = {}
    for part in nodes(node):
        args = tuple(done[arg] for arg in part.args)
        if part.op == "sum" and part.data == (axis,):
            done[part] = c.total(args[0], 0)
        elif axis not in part.axes:
            done[part] = c.rebuilt(part, args) if args != part.args else part
        elif part.op == "symbol":
            done[part] = _column(part, axis)
        elif part.op in _ENTRYWISE and part.is_number:
            done[part] = c.rebuilt(part, args)
        elif part.op in ("sum", "lse") and part.is_number:
            done[part] = make(part.op, args, part.data, args[0].shape, tuple(a for a in part.axes if a != axis))
        else:
            raise NotGenerated(f"the index {axis.name} in {part.op}")
    return done[node]


def _column(symbol: Node, axis: Axis) -> Node:
    key, facts, *places = symbol.data
    if not symbol.is_number or places[-1:] != [Place(axis, places[-1].offset * 0)]:
        raise NotGenerated(f"the index {axis.name} of {key} is not its last one")
    axes = tuple(each for each in symbol.axes if each != axis)
    return make("symbol", data=(key, facts, *places[:-1]), shape=(axis.size, c.ONE), axes=axes)


def argument_of_vectors(argument: Argument, axis: Axis) -> Argument:
    """Return an argument whose last index is an axis as a family of columns."""
    if argument.shape or argument.ranges[-1:] != (axis.size,):
        return argument
    return Argument(argument.key, argument.ranges[:-1], (axis.size, c.ONE), argument.letters)
