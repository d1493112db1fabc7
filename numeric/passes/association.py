"""The order in which products of matrices are taken: the cheapest, by dynamic programming over nominal sizes.

An inverse in a product is never formed: it becomes a solution of linear equations with what stands beside it.
"""

from __future__ import annotations

from functools import cache

from sympy import Integer

from numeric.construct import mul, rewritten, transpose
from numeric.known import is_symmetric
from numeric.program import Axis, Dim, Node, make

NOMINAL = 50
"""What a symbolic size counts."""
SAMPLES = 1000
"""What a batch axis counts."""


def associated(node: Node) -> Node:
    """Return a node in which every product has two factors, and inverses in products are solved for."""
    return rewritten(node, lambda part: _binary(part.args) if part.op == "matmul" else part, literal=True)


def _binary(chain: tuple[Node, ...]) -> Node:
    """Return a product as a tree: parenthesised as costs least; Yᵀ Y is taken of one Y."""
    half = len(chain) // 2
    is_even = len(chain) % 2 == 0 and half > 1 and chain[0].is_row
    if is_even and all(chain[i] == transpose(chain[-1 - i]) for i in range(half)):
        right = _binary(chain[half:])
        return make("matmul", (turned(right), right), shape=(chain[0].shape[0], chain[-1].shape[1]))

    @cache
    def best(first: int, last: int) -> tuple[float, int]:
        if first == last:
            return 0.0, first
        options = []
        for cut in range(first, last):
            cost = best(first, cut)[0] + best(cut + 1, last)[0]
            options.append((cost + _cost(chain, first, cut, last), cut))
        return min(options)

    def tree(first: int, last: int) -> Node:
        if first == last:
            return chain[first]
        cut = best(first, last)[1]
        return product(tree(first, cut), tree(cut + 1, last))

    return tree(0, len(chain) - 1)


def _nominal(dim: Dim) -> int:
    return int(dim) if isinstance(dim, Integer) else NOMINAL


def _cost(chain: tuple[Node, ...], first: int, cut: int, last: int) -> float:
    """Return the multiplications of one product, for every member of the batch."""
    batch: set[Axis] = {axis for factor in chain[first : last + 1] for axis in factor.axes}
    sides = (chain[first].shape[0], chain[cut].shape[1], chain[last].shape[1])
    cost = float(SAMPLES ** len(batch))
    for side in sides:
        cost *= _nominal(side)
    if any(chain[i].op in ("inv", "cinv") for i in (first, last) if first in (i, cut) or last in (i, cut + 1)):
        cost *= 1.2
    return cost


def product(left: Node, right: Node) -> Node:
    """Return a product of two; that with an inverse is solved for, and one of a row and a column is a number."""
    if left.is_number or right.is_number:
        return mul(left, right)
    shape = (left.shape[0], right.shape[1])
    if left.op == "inv":
        return make("solve", (left.args[0], right), ("general",), right.shape)
    if left.op == "cinv":
        return _both(left.args[0], right)
    if right.op == "cinv":
        return turned(_both(right.args[0], turned(left)))
    if right.op == "inv":
        return turned(make("solve", (turned(right.args[0]), turned(left)), ("general",), left.shape[::-1]))
    return make("matmul", (left, right), shape=shape)


def _both(factor: Node, right: Node) -> Node:
    """Return (L Lᵀ)⁻¹ B by two triangular solutions."""
    first = make("solve", (factor, right), ("lower",), right.shape)
    return make("solve", (turned(factor), first), ("upper",), right.shape)


def turned(node: Node) -> Node:
    """Return a transposed matrix, as an operation of its own: what has been associated is not opened again."""
    if node.op == "transpose":
        return node.args[0]
    return node if is_symmetric(node) else make("transpose", (node,), shape=node.shape[::-1])
