"""Rows that are computed entry by entry are computed as columns: what is stored alike is computed once."""

from __future__ import annotations

from numeric import construct as c
from numeric.program import Node, make

_BY_ENTRY = frozenset({"fn", "add", "mul", "pow", "divided", "less", "maximum", "logaddexp", "where"})


def upright(node: Node) -> Node:
    """Return a node in which functions, sums and products of transposed columns are transposed themselves."""
    return c.rewritten(node, _upright)


def _upright(node: Node) -> Node:
    if node.op not in _BY_ENTRY or not node.is_row or node.is_column:
        return node
    columns = [_column(arg) for arg in node.args]
    if any(column is None for column in columns) or not any(arg.op == "transpose" for arg in node.args):
        return node
    turned = make(node.op, [column for column in columns if column is not None], node.data, node.shape[::-1])
    return make("transpose", (turned,), shape=node.shape)


def _column(node: Node) -> Node | None:
    """Return the column of which a row is the transpose; numbers are their own."""
    if node.is_number:
        return node
    if node.op == "transpose":
        return node.args[0]
    return c.one(node.shape[::-1]) if node.op == "one" else None
