"""Inverses and determinants of positive definite matrices: one Cholesky factor, triangular solutions.

A Gram matrix XᵀX that is inverted is not formed: its factor is that of the QR decomposition of X, so that the condition
is that of X and not its square.
"""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.known import is_definite, is_semidefinite
from numeric.program import Node, make, nodes


def factored(*outputs: Node) -> tuple[Node, ...]:
    """Return nodes in which no inverse or log-determinant of a matrix known to be positive definite is left."""
    inverted = {node.args[0] for node in nodes(*outputs) if node.op == "inv"}

    def rule(node: Node) -> Node:
        if node.op == "inv" and is_semidefinite(node.args[0]):  # inverted, so definite
            return make("cinv", (_factor(node.args[0]),), shape=node.shape)
        if node.op == "logdet" and (is_definite(node.args[0]) or _is_inverted(node.args[0], inverted)):
            return _logdet(node.args[0])
        if node.op == "logdet" and node.args[0].op == "diagm":
            return c.total(c.function("log", c.function("abs", node.args[0].args[0])), 0)
        if node.op == "detsign" and node.args[0].op == "diagm":
            entries = c.function("sign", node.args[0].args[0])
            return c.reduction("prod", entries, 0)
        if node.op == "diag" and node.args[0].op == "cinv":
            root = make("inv", node.args[0].args, shape=node.args[0].shape)
            return c.transpose(c.total(c.mul(root, root), 0))
        if node.op == "matmul":
            return _form(node)
        return node

    return tuple(c.rewritten(node, rule) for node in outputs)


def _is_inverted(matrix: Node, inverted: set[Node]) -> bool:
    return matrix in inverted and is_semidefinite(matrix)


def _is_gram(matrix: Node) -> bool:
    return matrix.op == "matmul" and len(matrix.args) == 2 and matrix.args[0] == c.transpose(matrix.args[1])


def _factor(matrix: Node) -> Node:
    if _is_gram(matrix):
        return make("qr", (matrix.args[1],), shape=matrix.shape)
    return make("chol", (matrix,), shape=matrix.shape)


def _logdet(matrix: Node) -> Node:
    """Return 2 Σ log |diag L|: the logarithm of a product would under- or overflow."""
    diagonal = make("diag", (_factor(matrix),), shape=(matrix.shape[0], c.ONE))
    entries = c.function("abs", diagonal) if _is_gram(matrix) else diagonal
    return c.scale(Fraction(2), c.total(c.function("log", entries), 0))


def _form(node: Node) -> Node:
    """Return Cᵀ (L Lᵀ)⁻¹ C as Yᵀ Y with L Y = C, which cannot be negative."""
    chain = node.args
    half = len(chain) // 2
    if len(chain) % 2 == 0 or chain[half].op != "cinv":
        return node
    if any(chain[i] != c.transpose(chain[-1 - i]) for i in range(half)):
        return node
    right = c.matmul(*chain[half + 1 :])
    solved = make("solve", (chain[half].args[0], right), ("lower",), right.shape)
    return c.matmul(c.transpose(solved), solved)
