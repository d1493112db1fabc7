"""Sums of squares less the square of the sum are taken of values from which the mean has been subtracted.

Σ aₙ bₙ − (Σ aₙ) (Σ bₙ) / N = Σ (aₙ − ā) (bₙ − b̄); likewise for Σ aₙ bₙᵀ, and for the entries of vectors. What stands on
the left loses all digits where the values are far from zero and near one another. N aₙ − Σ aₘ is N times a deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.program import Node, Over, make

Term = tuple[Fraction, Node]


@dataclass(frozen=True, slots=True)
class Moment:
    """Σ a b over an axis or a side: ``front`` is what stands before it."""

    front: Node
    a: Node
    b: Node
    over: Over
    is_outer: bool = False


def centred(node: Node) -> Node:
    """Return a node in which such sums are sums of products of deviations."""
    return c.rewritten(node, lambda part: _centre(part) if part.op == "add" else part)


def _centre(node: Node) -> Node:
    terms = list(zip(node.data, node.args, strict=True))
    for i, (k, term) in enumerate(terms):
        found = _deviations(k, term, node, terms)
        if found is not None:
            return found
        for moment in _moments(term):
            for j, (m, other) in enumerate(terms):
                if i != j and _is_product_of_sums(k, moment, m, other):
                    rest = [each for place, each in enumerate(terms) if place not in (i, j)]
                    made = c.combination([*rest, (k, c.mul(moment.front, _of_deviations(moment)))], node.shape)
                    return _centre(made) if made.op == "add" else made
    return node


def _deviations(k: Fraction, term: Node, node: Node, terms: list[Term]) -> Node | None:
    """Return a sum of which a term is N aₙ and another −Σ aₘ with the deviation aₙ − ā."""
    factors = list(term.args) if term.op == "mul" else []
    for count in (factor for factor in factors if factor.op == "size"):
        front, values = _apart(c.mul(*(factor for factor in factors if factor is not count)))
        sides: list[Over] = [*values.axes, *(i for i in (0, 1) if values.shape and values.shape[i] != 1)]
        for over in sides:
            size = over.size if not isinstance(over, int) else values.shape[over]
            mean = c.total(values, over)
            whole = c.mul(front, mean, *([c.one(values.shape)] if values.shape and isinstance(over, int) else []))
            for m, other in terms:
                if size == count.data[0] and (m, other) == (-k, whole):
                    rest = [each for each in terms if each[1] not in (term, other)]
                    return c.combination([*rest, (k, c.mul(count, front, _deviation(values, over, count)))], node.shape)
    return None


def _apart(product: Node) -> tuple[Node, Node]:
    """Return the factors of a product without axes, and the rest."""
    factors = list(product.args) if product.op == "mul" else [product]
    front = [factor for factor in factors if not factor.axes and factor.is_number]
    return c.mul(*front), c.mul(*(factor for factor in factors if factor not in front))


def _split(term: Node) -> list[tuple[Node, Node]]:
    """Return every factor of a product with the product of the others."""
    factors = list(term.args) if term.op == "mul" else [term]
    return [(factor, c.mul(*factors[:i], *factors[i + 1 :])) for i, factor in enumerate(factors)]


def _moments(term: Node) -> list[Moment]:
    found = []
    for factor, front in _split(term):
        if not front.is_number:
            continue
        if factor.op == "matmul" and factor.is_number and len(factor.args) == 2:
            found.append(Moment(front, c.transpose(factor.args[0]), factor.args[1], 0))
        elif factor.op == "sum":
            body, over = factor.args[0], factor.data[0]
            if body.op == "matmul" and len(body.args) == 2 and body.args[0].is_column and body.args[1].is_row:
                found.append(Moment(front, body.args[0], c.transpose(body.args[1]), over, True))
            elif body.op == "pow" and c.value_of(body.args[1]) == 2:
                found.append(Moment(front, body.args[0], body.args[0], over))
            elif body.op == "mul" and len(body.args) == 2:
                found.append(Moment(front, *body.args, over))
    return found


def _count(moment: Moment) -> Node | None:
    """Return the number of terms of a sum; what is summed has to depend on its index."""
    if isinstance(moment.over, int):
        return make("size", data=(moment.a.shape[moment.over],)) if moment.a.shape == moment.b.shape != () else None
    both = moment.over in moment.a.axes and moment.over in moment.b.axes
    return make("size", data=(moment.over.size,)) if both else None


def _is_product_of_sums(k: Fraction, moment: Moment, m: Fraction, other: Node) -> bool:
    """Whether the other term is −(Σ a) (Σ b) / N times what stands before Σ a b."""
    count = _count(moment)
    if count is None:
        return False
    sums = [c.total(each, moment.over) for each in (moment.a, moment.b)]
    product = c.matmul(sums[0], c.transpose(sums[1])) if moment.is_outer else c.mul(*sums)
    whole = c.combination([(k, c.mul(moment.front, product)), (m, c.mul(count, other))])
    return whole.op == "zero" or (whole.op == "add" and not whole.args)


def _of_deviations(moment: Moment) -> Node:
    count = _count(moment)
    if count is None:
        raise ValueError("a moment has a number of terms")
    a, b = (_deviation(each, moment.over, count) for each in (moment.a, moment.b))
    if moment.is_outer:
        return c.total(c.matmul(a, c.transpose(b)), moment.over)
    return c.dot(a, b) if isinstance(moment.over, int) else c.total(c.mul(a, b), moment.over)


def _deviation(values: Node, over: Over, count: Node) -> Node:
    mean = c.mul(c.power(count, c.number(-1)), c.total(values, over))
    spread = mean if isinstance(over, int) and values.is_number else c.mul(mean, c.one(values.shape))
    return c.add(values, c.negative(spread))
