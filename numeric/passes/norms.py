"""Norms are taken of vectors that have been divided by their largest entry, so that no square over- or underflows.

A root, a reciprocal or a logarithm of a sum of squares uᵀu, uᵀMu or Σ u² is written with u = s w, where s = max |u|:
(uᵀu)^e = s^{2e} (wᵀw)^e. In products with such a power u itself is written as s w, and the powers of s are collected,
so that ‖u‖⁻³ u uᵀ is s⁻¹ (wᵀw)^{-3/2} w wᵀ. A positive number beside the squares, as in √(1 + u²), takes part as √c.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.known import is_nonnegative, is_positive
from numeric.program import Axis, Node, Over, make

FLOOR = Fraction(1, 10**300)
"""The least scale: a vector of zeros is divided by it."""


@dataclass(frozen=True, slots=True)
class Squared:
    """A vector whose entries are squared, and the axes over which the squares are summed."""

    vector: Node
    over: tuple[Axis, ...]


def rescaled(node: Node) -> Node:
    """Return a node in which norms are scaled: first in products, then where they stand alone."""
    products = c.rewritten(node, lambda part: _in_products(part) if part.op == "mul" else part)
    return c.rewritten(products, lambda part: _alone(part) if part.op in ("pow", "fn") else part)


def _alone(node: Node) -> Node:
    if node.op == "pow":
        found = _hazard(node)
        return node if found is None else _in_product(node, node.args[0], *found)
    found = _scaled(node.args[0]) if node.data[0] == "log" else None
    if found is None:
        return node
    scale, vectors = found
    return c.add(c.scale(2, c.function("log", scale)), c.function("log", _divided(node.args[0], scale, vectors)))


def _in_products(node: Node) -> Node:
    for factor in node.args if node.op == "mul" else ():
        found = _hazard(factor)
        if found is not None:
            return _in_products(_in_product(node, factor.args[0], *found))
    return node


def _hazard(factor: Node) -> tuple[Node, tuple[Squared, ...]] | None:
    """Return scale and vectors of the sum of squares in a factor that is a root or a reciprocal of one."""
    exponent = c.value_of(factor.args[1]) if factor.op == "pow" else None
    if exponent is None or (exponent > 0 and exponent.denominator == 1):
        return None
    return _scaled(factor.args[0], with_number=exponent.denominator != 1)


def _in_product(node: Node, form: Node, scale: Node, vectors: tuple[Squared, ...]) -> Node:
    """Return a product with s w in the place of u, and s^{2e} (wᵀw)^e in that of every power of a form."""
    divided = _divided(form, scale, vectors)
    done: dict[Node, Node] = {}

    def visit(part: Node, in_sum: bool) -> Node:
        if part.op == "pow" and part.args[0] == form and (e := c.value_of(part.args[1])) is not None:
            return c.mul(c.power(scale, c.number(2 * e)), c.power(divided, c.number(e)))
        if part == form:
            return c.mul(c.power(scale, c.number(2)), divided)
        if any(part == each.vector for each in vectors):
            return part if in_sum else c.mul(scale, _unit(part, scale))
        if part.op not in _LINEAR:
            return part
        if part not in done:
            args = tuple(visit(arg, False) for arg in part.args)
            shared = _shared(part, args, scale) if part.op == "add" else None
            if part.op == "add" and shared is None:  # an u that is added to something else stays as it is
                args = tuple(visit(arg, True) for arg in part.args)
            done[part] = shared or (_turned(args[0]) if part.op == "transpose" else c.rebuilt(part, args))
        return done[part]

    return visit(node, False)


def _shared(node: Node, args: tuple[Node, ...], scale: Node) -> Node | None:
    """Return a sum with the power of s that all its terms have in front of it, if they have one."""
    terms = [(k * inner, term) for k, (inner, term) in zip(node.data, map(c.split, args), strict=True)]
    least = min((_exponent(term, scale) for _, term in terms), default=Fraction(0))
    if least <= 0:
        return None
    lowered = [(k, c.mul(term, c.power(scale, c.number(-least)))) for k, term in terms]
    return c.mul(c.power(scale, c.number(least)), c.combination(lowered, node.shape))


def _exponent(term: Node, scale: Node) -> Fraction:
    """Return the exponent of s in a product."""
    for factor in term.args if term.op == "mul" else (term,):
        if factor == scale:
            return Fraction(1)
        if factor.op == "pow" and factor.args[0] == scale:
            return c.value_of(factor.args[1]) or Fraction(0)
    return Fraction(0)


def _turned(node: Node) -> Node:
    numbers, arrays = c.numbers_of(node)
    return c.mul(*numbers, *map(c.transpose, arrays)) if len(arrays) == 1 else c.transpose(node)


_LINEAR = frozenset({"mul", "matmul", "transpose", "add", "sum", "pow", "diagm", "kron", "vec", "where", "entry"})
"""Operations through which a factor s is carried to the front of a product."""


def _unit(vector: Node, scale: Node) -> Node:
    return make("divided", (vector, scale), shape=vector.shape)


def _divided(form: Node, scale: Node, vectors: tuple[Squared, ...]) -> Node:
    """Return a sum of squares divided by s²."""
    if form.op == "add":
        terms = [(k, _divided(term, scale, vectors)) for k, term in zip(form.data, form.args, strict=True)]
        return c.combination(terms, form.shape)
    if not _squares(form, ()):
        return c.power(make("divided", (c.power(form, c.number(Fraction(1, 2))), scale)), c.number(2))
    if form.op == "mul":
        return c.mul(*(_divided(f, scale, vectors) if _squares(f, ()) else f for f in form.args))
    if form.op == "sum":
        return c.rebuilt(form, (_divided(form.args[0], scale, vectors),))
    if form.op == "pow":
        return c.power(_unit(form.args[0], scale), form.args[1])
    unit = _unit(form.args[-1], scale)
    return c.matmul(c.transpose(unit), *form.args[1:-1], unit)


def _scaled(form: Node, with_number: bool = True) -> tuple[Node, tuple[Squared, ...]] | None:
    """Return the scale of a sum of squares and its vectors, or None if it is none."""
    if not form.is_number:
        return None
    vectors: list[Squared] = []
    numbers: list[Node] = []
    for k, term in zip(form.data, form.args, strict=True) if form.op == "add" else [(Fraction(1), form)]:
        found = _squares(term, ())
        if not found:
            numbers.append(c.scale(k, term))
        elif k < 0:
            return None
        vectors += found or ()
    if not vectors or any(not is_positive(number) or number.axes for number in numbers):
        return None
    if numbers and (not with_number or any(_has_matrix(term) for term in form.args)):
        return None
    first = vectors[0]
    if len(numbers) > 1 or (len(vectors) == 1 and not numbers and not first.vector.shape and not first.over):
        return None  # √(x²) has nothing to scale
    tops = [_largest(each) for each in dict.fromkeys(vectors)]
    tops += [c.power(number, c.number(Fraction(1, 2))) for number in numbers]
    if not numbers:
        tops.append(c.number(FLOOR))
    return make("maximum", tops), tuple(dict.fromkeys(vectors))


def _has_matrix(term: Node) -> bool:
    parts = term.args if term.op == "mul" else (term,)
    return any(part.op == "matmul" and len(part.args) > 2 for part in parts)


def _squares(term: Node, over: tuple[Axis, ...]) -> tuple[Squared, ...]:
    """Return what is squared in a term that is a square, or a sum of squares with positive weights."""
    if term.op == "mul":
        found = [each for factor in term.args if (each := _squares(factor, over))]
        rest = [factor for factor in term.args if not _squares(factor, over)]
        return found[0] if len(found) == 1 and all(map(is_nonnegative, rest)) and not any(r.axes for r in rest) else ()
    if term.op == "sum":
        side: Over = term.data[0]
        return _squares(term.args[0], (*over, side) if isinstance(side, Axis) else over)
    if term.op == "pow" and c.value_of(term.args[1]) == 2 and term.args[0].op != "divided":
        return (Squared(term.args[0], over),)
    is_form = term.op == "matmul" and term.is_number and term.args[0] == c.transpose(term.args[-1])
    if is_form and term.args[-1].op != "divided":
        return (Squared(term.args[-1], over),)
    return ()


def _largest(squared: Squared) -> Node:
    """Return the largest absolute value of the entries of a vector."""
    found = c.function("abs", squared.vector)
    for side in (1, 0):
        found = c.reduction("max", found, side)
    for axis in squared.over:
        found = c.reduction("max", found, axis) if axis in found.axes else found
    return found
