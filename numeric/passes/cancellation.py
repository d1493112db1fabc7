"""Differences that cancel are written as the product that they are.

1 − σ(u) = σ(−u), σ(u) − σ(u)² = σ(u) σ(−u), 1 − tanh(u)² = sech(u)²: a polynomial in σ(u) that is zero at 1 is divided
by 1 − σ(u), one in tanh(u) that is zero at ±1 by 1 − tanh(u)².
"""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.program import Node

Polynomial = list[Fraction]
MAX_DEGREE = 8


def uncancelled(node: Node) -> Node:
    """Return a sum with what cancels in it written as a product."""
    if node.op != "add":
        return node
    for base in _bases(node):
        found = _divided(node, base)
        if found is not None:
            return uncancelled(found)
    return node


def _factors(term: Node) -> list[Node]:
    return list(term.args) if term.op == "mul" else [term]


def _power_of(factor: Node) -> tuple[Node, int]:
    if factor.op == "pow":
        exponent = c.value_of(factor.args[1])
        if exponent is not None and exponent.denominator == 1 and 0 < exponent <= MAX_DEGREE:
            return factor.args[0], int(exponent)
    return factor, 1


def _bases(node: Node) -> list[Node]:
    found: dict[Node, None] = {}
    for term in node.args:
        for factor in _factors(term):
            base, _ = _power_of(factor)
            if base.op == "fn" and base.data[0] in ("sigmoid", "tanh"):
                found[base] = None
    return list(found)


def _divided(node: Node, base: Node) -> Node | None:
    groups: dict[Node, dict[int, Fraction]] = {}
    for k, term in zip(node.data, node.args, strict=True):
        degree = 0
        others: list[Node] = []
        for factor in _factors(term):
            inner, power = _power_of(factor)
            if inner == base:
                degree += power
            elif factor.op != "one":
                others.append(factor)
        key = c.mul(*others) if others else c.one()
        group = groups.setdefault(key, {})
        group[degree] = group.get(degree, Fraction(0)) + k
    divisor = [Fraction(1), Fraction(-1)] if base.data[0] == "sigmoid" else [Fraction(1), Fraction(0), Fraction(-1)]
    terms, changed = [], False
    for rest, group in groups.items():
        polynomial = [group.get(i, Fraction(0)) for i in range(max(group) + 1)]
        count = 0
        while len(polynomial) >= len(divisor) and (quotient := _quotient(polynomial, divisor)) is not None:
            polynomial, count = quotient, count + 1
        changed |= count > 0
        small = [_complement(base)] * count
        for degree, k in enumerate(polynomial):
            if k:
                terms.append((k, c.mul(rest, *[base] * degree, *small, *([c.one(node.shape)] if node.shape else []))))
    return c.combination(terms, node.shape) if changed else None


def _complement(base: Node) -> Node:
    """Return 1 − σ(u), or 1 − tanh(u)²."""
    u = base.args[0]
    if base.data[0] == "sigmoid":
        return c.function("sigmoid", c.negative(u))
    return c.power(c.function("sech", u), c.number(2))


def _quotient(polynomial: Polynomial, divisor: Polynomial) -> Polynomial | None:
    """Return a polynomial divided by another, lowest degree first, if nothing is left."""
    rest, found = list(polynomial), [Fraction(0)] * (len(polynomial) - len(divisor) + 1)
    for i in reversed(range(len(found))):
        factor = rest[i + len(divisor) - 1] / divisor[-1]
        found[i] = factor
        for j, d in enumerate(divisor):
            rest[i + j] -= factor * d
    return None if any(rest) else found
