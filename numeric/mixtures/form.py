"""Log-joint densities that are a square: ``constant + factor · |W (x − μ)|²``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.known import is_definite, is_positive
from numeric.mixtures.system import System
from numeric.program import Node, make


@dataclass(frozen=True)
class Form:
    """What a log-joint density is: ``constant + factor · |W (x − μ)|²``.

    ``whitening`` is W: a lower triangular matrix, a column of positive scales, or None.
    """

    constant: Node
    factor: Node
    whitening: Node | None


def form_of(system: System) -> Form | None:
    """Return the log-joint density as a square of data less a location, None where it is none."""
    location, joint = system.location, system.log_joint
    if location is None:
        return None
    gap = c.add(location.datum.symbol, c.negative(location.parameter.symbol))
    terms = list(zip(joint.data, joint.args, strict=True)) if joint.op == "add" else [(Fraction(1), joint)]
    squares = [(k, term) for k, term in terms if system.samples in term.axes]
    if len(squares) != 1:
        return None
    constant = c.combination([(k, term) for k, term in terms if system.samples not in term.axes])
    k, term = squares[0]
    factors = list(term.args) if term.op == "mul" else [term]
    inside = [factor for factor in factors if system.samples in factor.axes]
    outside = [factor for factor in factors if system.samples not in factor.axes]
    if len(inside) != 1:
        return None
    found = _square(inside[0], gap)
    if found is None:
        return None
    return Form(constant, c.scale(k, c.mul(*outside)), found[0])


def _square(node: Node, gap: Node) -> tuple[Node | None] | None:
    """Return W with |W gap|² the node, in brackets; None if it is no square of the gap."""
    turned = c.transpose(gap)
    if node.op == "matmul" and node.args == (turned, gap):
        return (None,)
    if node.op == "matmul" and len(node.args) == 3 and (node.args[0], node.args[2]) == (turned, gap):
        middle = node.args[1]
        if middle.op == "inv" and is_definite(middle.args[0]):
            factor = make("chol", middle.args, shape=middle.shape)
            return (make("inv", (factor,), shape=middle.shape),)
        return None
    square = c.power(gap, c.number(2))
    if node == square:
        return (None,)
    if node.op == "sum" and node.data == (0,) and node.args[0].op == "mul":
        rest = [factor for factor in node.args[0].args if factor != square]
        weight = c.mul(*rest)
        if len(rest) == len(node.args[0].args) - 1 and is_positive(weight) and weight.shape:
            return (c.power(weight, c.number(Fraction(1, 2))),)
    return None
