"""Sums over an axis of products become products of matrices: Σ_n w_n u_n v_nᵀ = (w u)ᵀ v."""

from __future__ import annotations

from numeric import construct as c
from numeric.program import Axis, Node, make


def contracted(node: Node) -> Node:
    """Return a node in which sums over an axis of outer products, vectors and numbers are matrix products."""
    return c.rewritten(node, _contract, literal=True)


def _contract(node: Node) -> Node:
    if node.op != "sum" or not isinstance(node.data[0], Axis):
        return node
    (body,), axis = node.args, node.data[0]
    numbers, arrays = c.numbers_of(body)
    left: Node
    right: Node
    if len(arrays) == 1 and arrays[0].op == "matmul" and arrays[0].args[0].is_column and arrays[0].args[1].is_row:
        column, right = arrays[0].args
        left = _product([*numbers, column])
    elif len(arrays) == 1 and arrays[0].is_column and numbers:
        left, right = _product(numbers), arrays[0]
    elif not arrays and len(numbers) == 2:
        left, right = numbers
        if left.axes != (axis,) or right.axes != (axis,):
            return node
    else:
        return node
    if axis not in left.axes or axis not in right.axes:
        return node
    if right.axes == (axis,) or (right.axes == left.axes and right.rank and left.rank):
        return make("contract", (left, right), (axis,), node.shape, node.axes)
    return node


def _product(factors: list[Node]) -> Node:
    shape = factors[-1].shape
    return factors[0] if len(factors) == 1 else make("mul", factors, shape=shape)
