"""Structure that is never materialised: identities, diagonal matrices, and what a sum over an axis leaves alone."""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.program import Axis, Node


def structured(node: Node) -> Node:
    """Return a node with multiples of the identity and diagonal matrices added as what is on their diagonals.

    Applied to a vector, such a sum is multiplied out: (A + c I) v = A v + c v.
    """
    return c.rewritten(node, _structure)


def _structure(node: Node) -> Node:
    if node.op == "add" and node.rank == 2:
        return _diagonals(node)
    if node.op == "matmul" and len(node.args) == 2 and any(arg.rank == 1 for arg in node.args):
        return _applied(*node.args)
    return node


def _applied(left: Node, right: Node) -> Node:
    for place, matrix in enumerate((left, right)):
        if matrix.op == "add" and matrix.rank == 2 and any(_is_multiple_of_identity(term) for term in matrix.args):
            parts = [(term, right) if place == 0 else (left, term) for term in matrix.args]
            products = [(k, c.matmul(*pair)) for k, pair in zip(matrix.data, parts, strict=True)]
            return c.combination(products, (left.shape[0], right.shape[1]))
    return c.matmul(left, right)


def _is_multiple_of_identity(term: Node) -> bool:
    arrays = c.numbers_of(term)[1]
    return len(arrays) == 1 and arrays[0].op == "eye"


def _diagonals(node: Node) -> Node:
    """Add diagonals: c₁ I + c₂ s I = (c₁ + c₂ s) I, and diag(u) + c I = diag(u + c)."""
    numbers: list[tuple[Fraction, Node]] = []
    vectors: list[tuple[Fraction, Node]] = []
    rest: list[tuple[Fraction, Node]] = []
    for coefficient, term in zip(node.data, node.args, strict=True):
        factors, arrays = c.numbers_of(term)
        kind = arrays[0].op if len(arrays) == 1 else ""
        if kind == "eye":
            numbers.append((coefficient, c.mul(*factors) if factors else c.one()))
        elif kind == "diagm":
            vectors.append((coefficient, c.mul(*factors, arrays[0].args[0])))
        else:
            rest.append((coefficient, term))
    if len(numbers) + len(vectors) < 2:
        return node
    shape = (node.shape[0], c.ONE)
    if vectors:
        spread = [(coefficient, c.mul(number, c.one(shape))) for coefficient, number in numbers]
        merged = c.diagonal_matrix(c.combination([*vectors, *spread], shape))
    else:
        merged = c.matmul(c.combination(numbers, ()), c.make("eye", shape=node.shape))
    return c.combination([*rest, (Fraction(1), merged)], node.shape)


def hoisted(node: Node) -> Node:
    """Return a node in which factors that a sum over an axis does not run over stand outside it."""
    return c.rewritten(node, _hoist)


def _hoist(node: Node) -> Node:
    if node.op != "sum" or not isinstance(node.data[0], Axis):
        return node
    (body,), axis = node.args, node.data[0]
    numbers, arrays = c.numbers_of(body)
    if len(arrays) == 1 and arrays[0].op == "add" and arrays[0].rank == 2:
        terms = zip(arrays[0].data, arrays[0].args, strict=True)
        parts = [(k, _hoist(_sum_of(c.mul(*numbers, term), axis))) for k, term in terms]
        return c.combination(parts, node.shape)
    if len(arrays) == 1 and arrays[0].op == "matmul":
        before, inner, after = _ends(arrays[0].args, axis)
        if inner and (before or after):
            core = _hoist(_sum_of(c.mul(*numbers, c.matmul(*inner)), axis))
            return c.matmul(*before, core, *after)
    outside = [factor for factor in (*numbers, *arrays) if axis not in factor.axes]
    inside = [factor for factor in (*numbers, *arrays) if axis in factor.axes]
    if not outside or not inside or (len(arrays) > 1 and any(not f.is_number for f in outside)):
        return node
    summed = _sum_of(c.mul(*inside), axis)
    return c.mul(*outside, summed)


def _sum_of(body: Node, axis: Axis) -> Node:
    return c.total(body, axis)


def _ends(chain: tuple[Node, ...], axis: Axis) -> tuple[list[Node], list[Node], list[Node]]:
    """Return the factors at both ends that the sum does not run over, and what is between them."""
    first, last = 0, len(chain)
    while first < last and axis not in chain[first].axes:
        first += 1
    while last > first and axis not in chain[last - 1].axes:
        last -= 1
    return list(chain[:first]), list(chain[first:last]), list(chain[last:])
