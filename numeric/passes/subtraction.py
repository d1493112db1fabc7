"""Differences of values that may be near one another, written so that what is equal is subtracted exactly.

1 − cos u = 2 sin²(u/2), cosh u − 1 = 2 sinh²(u/2), 1 − sin² = cos²; √a − √b = (a − b) / (√a + √b),
1/a − 1/b = (b − a) / (a b) and log a − log b = log1p((a − b) / b) where a − b has fewer terms than a and b;
a² − b² = (a − b) (a + b); 1 ± tanh u = 2 σ(±2u).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from numeric import construct as c
from numeric.program import Node

Term = tuple[Fraction, Node]
HALF, TWO = Fraction(1, 2), c.number(2)


def subtracted(node: Node) -> Node:
    """Return a node in which such differences are products or quotients."""
    return c.rewritten(node, lambda part: _without(part) if part.op == "add" else part)


def _without(node: Node) -> Node:
    """Return a sum in which the first pair of terms that may cancel is rewritten, and then the next."""
    terms = list(zip(node.data, node.args, strict=True))
    for i, j in _pairs(len(terms)):
        rest = [term for place, term in enumerate(terms) if place not in (i, j)]
        found = _of_pair(terms[i], terms[j], node, not rest)
        if found is not None:
            made = c.combination([*rest, (Fraction(1), found)], node.shape)
            return _without(made) if made.op == "add" and len(made.args) > 1 else made
    return node


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    for i in range(count):
        for j in range(count):
            if i != j:
                yield i, j


def _of_pair(one: Term, two: Term, node: Node, alone: bool) -> Node | None:
    """Return the sum of two terms without cancellation, if there is such a form."""
    front, one, two = _common(one, two)
    found = _trigonometric(one, two)
    if found is None and one[0] > 0 > two[0]:
        found = _roots(one, two) or _reciprocals(one, two) or _logarithms(one, two)
        if found is None and alone:
            found = _squares(one, two)
    if found is None:
        return None
    whole = c.mul(front, found)
    return whole if whole.shape == node.shape else c.mul(whole, c.one(node.shape))


def _common(one: Term, two: Term) -> tuple[Node, Term, Term]:
    """Return the factors that two terms have in common, and the terms without them."""
    first, second = _factors(one[1]), _factors(two[1])
    shared = [factor for factor in first if factor in second and factor.op != "one"]
    if not shared or not all(factor.is_number for factor in shared):
        return c.one(), one, two
    left, right = (
        (k, c.mul(*(factor for factor in part if factor not in shared), _ones(part)))
        for k, part in ((one[0], first), (two[0], second))
    )
    return c.mul(*shared), left, right


def _ones(factors: list[Node]) -> Node:
    """Return the array of ones that keeps the shape of what is left of a product."""
    shape = max((factor.shape for factor in factors), key=len)
    return c.one(shape)


def _factors(term: Node) -> list[Node]:
    return list(term.args) if term.op == "mul" else [term]


# -- functions ---------------------------------------------------------------------------------------------------------


def _trigonometric(one: Term, two: Term) -> Node | None:
    """Return k − k cos u, k + k cos u, k cosh u − k, or k − k sin² and its like, as squares."""
    (k, unit), (m, term) = one, two
    if unit.op != "one":
        return _of_size(one, two)
    if term.op == "fn" and term.data[0] in ("cos", "cosh") and abs(k) == abs(m):
        half = c.scale(HALF, term.args[0])
        if term.data[0] == "cosh":
            return None if k == m else c.scale(2 * m, c.power(c.function("sinh", half), TWO))
        return c.scale(2 * k, c.power(c.function("sin" if k != m else "cos", half), TWO))
    if term.op == "fn" and term.data[0] == "tanh" and abs(k) == abs(m):
        return c.scale(2 * k, c.function("sigmoid", c.scale(2 if k == m else -2, term.args[0])))
    if term.op == "pow" and c.value_of(term.args[1]) == 2 and term.args[0].op == "fn" and k == -m:
        name, u = term.args[0].data[0], term.args[0].args[0]
        if name in ("sin", "cos"):
            return c.scale(k, c.power(c.function({"sin": "cos", "cos": "sin"}[name], u), TWO))
        if name == "cosh":
            return c.scale(m, c.power(c.function("sinh", u), TWO))
    return None


def _of_size(one: Term, two: Term) -> Node | None:
    """Return k n − k Σ cos u over n entries as a sum of 1 − cos u."""
    (k, size), (m, total) = one, two
    if size.op != "size" or total.op != "sum" or k != -m:
        return None
    over, inner = total.data[0], total.args[0]
    count = inner.shape[over] if isinstance(over, int) and inner.shape else getattr(over, "size", None)
    if count != size.data[0]:
        return None
    found = _trigonometric((k, c.one(inner.shape)), (m, inner))
    return None if found is None else c.total(found, over)


# -- roots, reciprocals, logarithms, squares ---------------------------------------------------------------------------


def _base(term: Term, exponent: Fraction) -> Node | None:
    """Return a with k a^e, the coefficient taken inside, where a term is such a power or a positive number."""
    k, node = term
    power = exponent.denominator
    if node.op == "one":
        return c.scale(abs(k) ** power if exponent > 0 else abs(k) ** -power, node)
    if node.op == "pow" and c.value_of(node.args[1]) == exponent and (power == 1 or abs(k) == 1):
        return c.scale(1 / abs(k) if exponent < 0 else abs(k), node.args[0])
    return None


def _gap(a: Node | None, b: Node | None) -> Node | None:
    """Return a − b if it has fewer terms than a and b together, so that something is subtracted exactly."""
    if a is None or b is None or (a.op == b.op == "one"):
        return None
    gap = c.add(a, c.negative(b))
    return gap if _size(gap) < max(_size(a), _size(b)) and _size(gap) else None


def _size(node: Node) -> int:
    return len(node.args) if node.op == "add" else 0 if node.op == "zero" else 1


def _roots(one: Term, two: Term) -> Node | None:
    (k, _), (m, _) = one, two
    for exponent in (HALF, -HALF):
        same = abs(k) == abs(m) and all(t.op == "pow" for _, t in (one, two))
        units = [(Fraction(1), one[1]), (Fraction(-1), two[1])] if same else [one, two]
        a, b = (_base(term, exponent) for term in units)
        gap = _gap(a, b)
        if gap is None or a is None or b is None:
            continue
        front = c.number(abs(k)) if same else c.one()
        roots = [c.power(each, c.number(HALF)) for each in (a, b)]
        bottom = c.power(c.add(*roots), c.number(-1))
        if exponent > 0:
            return c.mul(front, gap, bottom)
        return c.mul(front, c.negative(gap), bottom, *(c.power(root, c.number(-1)) for root in roots))
    return None


def _reciprocals(one: Term, two: Term) -> Node | None:
    a, b = (_base(term, Fraction(-1)) for term in (one, two))
    gap = _gap(b, a)
    if gap is None or a is None or b is None:
        return None
    return c.mul(gap, *(c.power(each, c.number(-1)) for each in (a, b)))


def _logarithms(one: Term, two: Term) -> Node | None:
    (k, first), (m, second) = one, two
    if k != -m or any(term.op != "fn" or term.data[0] != "log" for term in (first, second)):
        return None
    a, b = first.args[0], second.args[0]
    gap = _gap(a, b)
    if gap is None:
        return None
    if _size(a) < _size(b):  # the quotient by what has fewer terms
        return c.scale(-k, c.function("log1p", c.mul(c.negative(gap), c.power(a, c.number(-1)))))
    return c.scale(k, c.function("log1p", c.mul(gap, c.power(b, c.number(-1)))))


def _squares(one: Term, two: Term) -> Node | None:
    """Return k a² − k b² as k (a − b) (a + b); of sines, hyperbolic functions and sigmoids there are better forms."""
    (k, first), (m, second) = one, two
    if k != -m:
        return None
    bases = []
    for term in (first, second):
        base = c.one(term.shape) if term.op == "one" else None
        if term.op == "pow" and c.value_of(term.args[1]) == 2 and term.args[0].op != "fn":
            base = term.args[0]
        bases.append(base)
    a, b = bases
    if a is None or b is None:
        return None
    return c.scale(k, c.mul(c.add(a, c.negative(b)), c.add(a, b)))
