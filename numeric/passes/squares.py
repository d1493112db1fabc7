"""Squares are completed: uᵀAu + vᵀAv − 2uᵀAv, which cancels where u and v are near, becomes (u − v)ᵀA(u − v)."""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.known import is_symmetric
from numeric.program import Node

Form = tuple[Node, tuple[Node, ...], tuple[Node, ...], Node]
"""Factors in front, the vector on the left, the chain in the middle, the vector on the right."""


def completed(node: Node) -> Node:
    """Return a node in which sums of quadratic forms are squares of differences where they are."""
    return c.rewritten(node, lambda part: _complete(part) if part.op == "add" and part.is_number else part)


def _form(term: Node) -> Form | None:
    factors = list(term.args) if term.op == "mul" else [term]
    products = [factor for factor in factors if factor.op == "matmul" and factor.is_number]
    if len(products) != 1:
        return None
    chain = products[0].args
    if len(chain) > 2 and not is_symmetric(c.matmul(*chain[1:-1])):
        return None
    front = c.mul(*(factor for factor in factors if factor is not products[0]))
    return front, (c.transpose(chain[0]),), chain[1:-1], chain[-1]


def _complete(node: Node) -> Node:
    terms = list(zip(node.data, node.args, strict=True))
    forms = [(k, _form(term)) for k, term in terms]
    for i, (k, cross) in enumerate(forms):
        if cross is None or cross[1][0] == cross[3]:
            continue
        u, v = cross[1][0], cross[3]
        squares = [_find(forms, cross, w, -k / 2) for w in (u, v)]
        if None in squares:
            continue
        gap = c.add(u, c.negative(v))
        whole = c.mul(cross[0], c.matmul(c.transpose(gap), *cross[2], gap))
        kept = [term for j, term in enumerate(terms) if j not in (i, *squares)]
        return c.combination([*kept, (-k / 2, whole)], ())
    return node


def _find(forms: list[tuple[Fraction, Form | None]], cross: Form, vector: Node, k: Fraction) -> int | None:
    for place, (coefficient, form) in enumerate(forms):
        if form is None or coefficient != k or form[0] != cross[0] or form[2] != cross[2]:
            continue
        if form[1][0] == form[3] == vector:
            return place
    return None
