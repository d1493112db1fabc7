"""Constructors of the array program: numbers, sums, products entry by entry, powers, functions and reductions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from numeric.program import ONE, Axis, Dim, Node, Over, make


def number(value: Fraction | int) -> Node:
    """Return a number."""
    return combination([(Fraction(value), one())])


def one(shape: tuple[Dim, ...] = ()) -> Node:
    """Return the number one, or an array of ones."""
    return make("one", shape=shape)


def value_of(node: Node) -> Fraction | None:
    """Return the value of a node that is a number, else None."""
    if node.op == "one" and node.is_number:
        return Fraction(1)
    if node.op == "add" and node.is_number:
        if not node.args:
            return Fraction(0)
        if len(node.args) == 1 and node.args[0].op == "one":
            return Fraction(node.data[0])
    return None


def split(node: Node) -> tuple[Fraction, Node]:
    """Return the coefficient of a node and the rest."""
    if node.op == "add" and len(node.args) == 1:
        return node.data[0], node.args[0]
    return Fraction(1), node


def combination(terms: Iterable[tuple[Fraction, Node]], shape: tuple[Dim, ...] | None = None) -> Node:
    """Return a linear combination; like terms are collected, combinations inside are opened."""
    found: dict[Node, Fraction] = {}
    shapes: list[tuple[Dim, ...]] = [] if shape is None else [shape]
    for coefficient, term in terms:
        shapes.append(term.shape)
        inner = zip(term.data, term.args, strict=True) if term.op == "add" else ((Fraction(1), term),)
        for factor, part in inner:
            if part.op != "zero":
                found[part] = found.get(part, Fraction(0)) + coefficient * factor
    kept = [(c, part) for part, c in found.items() if c]
    whole = max(shapes, key=len, default=())
    if not kept:
        return make("zero", shape=whole) if whole else make("add")
    if len(kept) == 1 and kept[0][0] == 1 and kept[0][1].shape == whole:
        return kept[0][1]
    return make("add", (part for _, part in kept), (c for c, _ in kept), whole)


def add(*terms: Node) -> Node:
    """Return a sum."""
    return combination([(Fraction(1), term) for term in terms])


def scale(coefficient: Fraction | int, node: Node) -> Node:
    """Return a multiple."""
    return combination([(Fraction(coefficient), node)])


def negative(node: Node) -> Node:
    """Return the negative."""
    return scale(-1, node)


def mul(*factors: Node) -> Node:
    """Return a product entry by entry; like factors are collected into powers with rational exponents."""
    coefficient = Fraction(1)
    found: dict[Node, Fraction] = {}
    shape: tuple[Dim, ...] = ()
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        shape = factor.shape or shape
        c, rest = split(factor)
        coefficient *= c
        if (rest.op == "add" and not rest.args) or rest.op == "zero":
            coefficient = Fraction(0)
        elif rest.op == "mul":
            stack.extend(reversed(rest.args))
        elif rest.op == "pow" and (exponent := value_of(rest.args[1])) is not None:
            found[rest.args[0]] = found.get(rest.args[0], Fraction(0)) + exponent
        elif rest.op != "one":
            found[rest] = found.get(rest, Fraction(0)) + 1
    if not coefficient:
        return combination([], shape)
    kept = [base if e == 1 else power(base, number(e)) for base, e in found.items() if e]
    if shape and not any(factor.shape for factor in kept):
        kept.append(one(shape))
    product = kept[0] if len(kept) == 1 else make("mul", kept, shape=shape) if kept else one()
    return scale(coefficient, product)


def power(base: Node, exponent: Node) -> Node:
    """Return a power, entry by entry."""
    e, b = value_of(exponent), value_of(base)
    if e == 1 or b == 1:
        return base
    if e == 0:
        return one(base.shape)
    if b is not None and e is not None and e.denominator == 1 and b:
        return number(b ** int(e))
    if e is not None and e.denominator == 1:
        if base.op == "one":
            return base
        c, rest = split(base)
        if c != 1 and c:
            return scale(c ** int(e), power(rest, exponent))
        if rest.op == "mul":
            return mul(*(power(factor, exponent) for factor in rest.args))
        if rest.op == "pow" and (inner := value_of(rest.args[1])) is not None:
            return power(rest.args[0], number(inner * e))
    return make("pow", (base, exponent), shape=base.shape)


def function(name: str, argument: Node) -> Node:
    """Return a function of a value, entry by entry."""
    if name == "log" and value_of(argument) == 1:
        return number(0)
    if name == "exp" and (argument.op == "zero" or value_of(argument) == 0):
        return one(argument.shape)
    if name == "sqrt":
        return power(argument, number(Fraction(1, 2)))
    return make("fn", (argument,), (name,), argument.shape)


def numbers_of(node: Node) -> tuple[list[Node], list[Node]]:
    """Return the factors of a product that are numbers, and those that are arrays."""
    factors = list(node.args) if node.op == "mul" else [node]
    return [f for f in factors if f.is_number], [f for f in factors if not f.is_number]


SYMMETRIC = frozenset({"symmetric", "positive semidefinite", "positive definite", "diagonal"})
"""The facts of a declaration that make a matrix symmetric."""


def facts_of(node: Node) -> frozenset[str]:
    """Return what is declared of a symbol or of the values of a function."""
    place = {"symbol": 1, "call": 2}.get(node.op)
    return frozenset() if place is None else frozenset(node.data[place])


def total(node: Node, over: Over) -> Node:
    """Return a sum over an axis or a side of the core; numbers are moved out."""
    if isinstance(over, Axis) and over not in node.axes:
        return mul(make("size", data=(over.size,)), node)
    if isinstance(over, int) and (node.is_number or node.shape[over] == 1):
        return node
    if node.op == "add":
        shape = node.shape
        return combination(
            [(c, total(_spread(part, shape, over), over)) for c, part in zip(node.data, node.args, strict=True)],
            reduced(shape, over),
        )
    if isinstance(over, int) and node.op == "mul" and (found := numbers_of(node))[1] == [one(node.shape)]:
        return mul(*found[0], total(one(node.shape), over))
    if isinstance(over, int) and node.op == "one":
        return mul(make("size", data=(node.shape[over],)), one(reduced(node.shape, over)))
    return reduction("sum", node, over)


def _spread(node: Node, shape: tuple[Dim, ...], over: Over) -> Node:
    """Return a number as an array where a side of the array is summed."""
    return node if isinstance(over, Axis) or node.shape == shape else mul(node, one(shape))


def reduced(shape: tuple[Dim, ...], over: Over) -> tuple[Dim, ...]:
    """Return the core shape that a reduction leaves."""
    if isinstance(over, Axis) or not shape:
        return shape
    left = (ONE, shape[1]) if over == 0 else (shape[0], ONE)
    return () if left[0] == 1 and left[1] == 1 else left


def reduction(op: str, node: Node, over: Over) -> Node:
    """Return a reduction."""
    if isinstance(over, int) and (node.is_number or node.shape[over] == 1):
        return node
    axes = tuple(axis for axis in node.axes if axis != over)
    return make(op, (node,), (over,), reduced(node.shape, over), axes)
