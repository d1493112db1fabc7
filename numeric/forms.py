"""Constructors of the array program: traces, diagonals, determinants, powers of matrices and stacked columns."""

from __future__ import annotations

from numeric.products import dot, inverse, matmul, transpose
from numeric.program import ONE, Node, make
from numeric.terms import combination, mul, number, numbers_of, one, power, scale, split, total, value_of


def trace(node: Node) -> Node:
    """Return a trace; that of a product is a sum of products, turned so that vectors meet."""
    if node.is_number:
        return node
    if node.op == "add":
        return combination([(c, trace(part)) for c, part in zip(node.data, node.args, strict=True)], ())
    if node.op == "eye":
        return make("size", data=(node.shape[0],))
    if node.op == "kron":
        return mul(*map(trace, node.args))
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*numbers, trace(arrays[0]))
    if node.op == "matmul":
        return _trace_of(list(node.args))
    if node.op == "transpose":
        return trace(node.args[0])
    return total(diagonal(node), 0)


def _trace_of(chain: list[Node]) -> Node:
    for place, factor in enumerate(chain):
        if factor.is_column:
            return matmul(*chain[place + 1 :], *chain[: place + 1])
    if chain[0].op == "inv" and chain[-1].op != "inv":
        chain = [chain[-1], *chain[:-1]]
    return dot(transpose(chain[0]), matmul(*chain[1:]))


def diagonal(node: Node) -> Node:
    """Return the diagonal of a square matrix, as a column."""
    shape = (node.shape[0], ONE) if node.shape else ()
    if node.is_number:
        return node
    if node.op == "diagm":
        return node.args[0]
    if node.op == "eye":
        return one(shape)
    if node.op == "add":
        parts = zip(node.data, node.args, strict=True)
        return combination([(c, part if part.is_number else diagonal(part)) for c, part in parts], shape)
    if node.op == "mul":
        return mul(*(factor if factor.is_number else diagonal(factor) for factor in node.args))
    if node.op == "matmul":
        left, right = node.args[0], matmul(*node.args[1:])
        return total(mul(left, transpose(right)), 1)
    if node.op == "transpose":
        return diagonal(node.args[0])
    return make("diag", (node,), shape=shape)


def diagonal_matrix(node: Node) -> Node:
    """Return the diagonal matrix of a column."""
    if node.is_number:
        return node
    c, rest = split(node)
    if c != 1:
        return scale(c, diagonal_matrix(rest))
    shape = (node.shape[0], node.shape[0])
    return make("eye", shape=shape) if node.op == "one" else make("diagm", (node,), shape=shape)


def determinant(node: Node) -> Node:
    """Return a determinant; those of products of square matrices, multiples, inverses and powers are taken apart."""
    if node.is_number:
        return node
    if node.op in ("eye", "transpose"):
        return one() if node.op == "eye" else determinant(node.args[0])
    if node.op == "inv":
        return power(determinant(node.args[0]), number(-1))
    if node.op == "matpow":
        return power(determinant(node.args[0]), node.args[1])
    rows = make("size", data=(node.shape[0],))
    c, rest = split(node)
    if c != 1:
        return mul(power(number(c), rows), determinant(rest))
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*(power(factor, rows) for factor in numbers), determinant(arrays[0]))
    if node.op == "matmul" and all(factor.shape == node.shape for factor in node.args):
        return mul(*map(determinant, node.args))
    return make("det", (node,))


def matrix_power(node: Node, exponent: Node) -> Node:
    """Return a power of a square matrix."""
    if node.is_number:
        return power(node, exponent)
    value = value_of(exponent)
    if value is not None and value.denominator == 1 and abs(value) <= 3:
        base = node if value >= 0 else inverse(node)
        return matmul(*[base] * abs(int(value))) if value else make("eye", shape=node.shape)
    return make("matpow", (node, exponent), shape=node.shape)


def vectorised(node: Node) -> Node:
    """Return the columns of a matrix, stacked."""
    if node.is_number or node.is_column:
        return node
    if node.is_row:
        return transpose(node)
    shape = (node.shape[0] * node.shape[1], ONE)
    if node.op == "add":
        return combination([(c, vectorised(p)) for c, p in zip(node.data, node.args, strict=True)], shape)
    return make("vec", (node,), shape=shape)
