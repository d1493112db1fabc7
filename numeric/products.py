"""Constructors of the array program: products, transposes and inverses of matrices."""

from __future__ import annotations

from fractions import Fraction

from numeric.program import Node, make
from numeric.terms import (
    SYMMETRIC,
    combination,
    facts_of,
    mul,
    number,
    numbers_of,
    one,
    power,
    scale,
    split,
    total,
)


def transpose(node: Node) -> Node:
    """Return a transposed matrix; the transpose is moved to the symbols."""
    if node.is_number or node.op in ("eye", "diagm", "cinv") or SYMMETRIC & facts_of(node):
        return node
    turned = node.shape[::-1]
    if node.op == "transpose":
        return node.args[0]
    if node.op in ("one", "zero"):
        return make(node.op, shape=turned)
    if node.op in ("add", "mul") and node.is_column:
        return make("transpose", (node,), shape=turned)
    if node.op == "add":
        return make("add", map(transpose, node.args), node.data, turned)
    if node.op == "mul":
        return make("mul", map(transpose, node.args), node.data, turned)
    if node.op == "matmul":
        return matmul(*(transpose(arg) for arg in reversed(node.args)))
    if node.op == "inv":
        return inverse(transpose(node.args[0]))
    if node.op == "where":
        return make("where", (node.args[0], transpose(node.args[1])), shape=turned)
    if node.op == "sum" and not isinstance(node.data[0], int):
        return total(transpose(node.args[0]), node.data[0])
    if node.op == "kron":
        return kronecker(*map(transpose, node.args))
    return make("transpose", (node,), shape=turned)


def inverse(node: Node) -> Node:
    """Return an inverse; those of identities, diagonal matrices, multiples and inverses are read off."""
    if node.is_number:
        return power(node, number(-1))
    if node.op == "eye":
        return node
    if node.op == "inv":
        return node.args[0]
    c, rest = split(node)
    if c != 1:
        return scale(1 / c, inverse(rest))
    if node.op == "diagm":
        return make("diagm", (power(node.args[0], number(-1)),), shape=node.shape)
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*(power(factor, number(-1)) for factor in numbers), inverse(arrays[0]))
    return make("inv", (node,), shape=node.shape)


def matmul(*factors: Node) -> Node:
    """Return a product of matrices: numbers are moved out, identities left out, products inside opened."""
    numbers: list[Node] = []
    chain: list[Node] = []
    coefficient = Fraction(1)
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        c, rest = split(factor)
        coefficient *= c
        if rest.op == "matmul":
            stack.extend(reversed(rest.args))
            continue
        found, arrays = numbers_of(rest)
        if found and arrays:
            numbers += found
            stack.append(arrays[0] if len(arrays) == 1 else make("mul", arrays, shape=rest.shape))
        elif found:
            numbers += found
        else:
            chain.append(rest)
    shape = (chain[0].shape[0], chain[-1].shape[1]) if chain else ()
    if any(factor.op == "zero" for factor in chain):
        return combination([], shape if shape != (1, 1) else ())
    kept = _without_pairs([factor for factor in chain if factor.op != "eye"])
    if chain and not kept:
        kept = [make("eye", shape=shape)]
    product = _chain(kept)
    return scale(coefficient, mul(*numbers, product) if numbers else product)


def _without_pairs(chain: list[Node]) -> list[Node]:
    """Leave out neighbours A and A⁻¹."""
    kept: list[Node] = []
    for factor in chain:
        if kept and (inverse(kept[-1]) == factor) and kept[-1].shape[0] == kept[-1].shape[1]:
            kept.pop()
        else:
            kept.append(factor)
    return kept


def _chain(chain: list[Node]) -> Node:
    if not chain:
        return one()
    if len(chain) == 1:
        return chain[0]
    if chain[0].op == "one" and chain[0].is_row:
        return total(_chain(chain[1:]), 0)
    if chain[-1].op == "one" and chain[-1].is_column:
        return total(_chain(chain[:-1]), 1)
    shape = (chain[0].shape[0], chain[-1].shape[1])
    return make("matmul", chain, shape=shape)


def dot(left: Node, right: Node) -> Node:
    """Return the sum of the products of entries of two arrays of one shape."""
    if left.is_number:
        return mul(left, right)
    if left.is_column or left.is_row:
        return matmul(left if left.is_row else transpose(left), right if right.is_column else transpose(right))
    return total(total(mul(left, right), 1), 0)


def kronecker(left: Node, right: Node) -> Node:
    """Return Kronecker's product."""
    if left.is_number or right.is_number:
        return mul(left, right)
    (a, one_), (b, other) = split(left), split(right)
    shape = (left.shape[0] * right.shape[0], left.shape[1] * right.shape[1])
    if one_.op == other.op == "eye":
        return scale(a * b, make("eye", shape=shape))
    if left.is_column and right.is_row:
        return matmul(left, right)
    if left.is_row and right.is_column:
        return matmul(right, left)
    return scale(a * b, make("kron", (one_, other), shape=shape))
