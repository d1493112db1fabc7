"""Fractions of E = exp(u) in which E − 1 occurs are collected into one, in which what cancels is gone.

A value E^p (1 + E)^q (E − 1)^r is then written with expm1(u), expm1(−u) and tanh(u/2) = (E − 1) / (E + 1), so that it
neither cancels at u near 0 nor overflows where it is small itself: 1 / (1 − e^{−u}) − 1 is 1 / expm1(u). Fractions
without E − 1 are left to `numeric.passes.logarithms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.known import is_positive
from numeric.program import Node

MAX_DEGREE = 12
Coefficients = tuple[Fraction, ...]
"""Of a polynomial, lowest degree first."""
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Ratio:
    """E^p (1 + E)^q (E − 1)^r times a polynomial that neither E nor 1 + E nor E − 1 divides."""

    p: int
    q: int
    r: int
    rest: Coefficients = (ONE,)

    def __mul__(self, other: Ratio) -> Ratio:
        return reduced(self.p + other.p, self.q + other.q, self.r + other.r, product(self.rest, other.rest))

    def __pow__(self, exponent: int) -> Ratio | None:
        if len(self.rest) > 1 and exponent < 0:
            return None
        rest: Coefficients = (ONE,)
        for _ in range(abs(exponent)):
            rest = product(rest, self.rest)
        rest = rest if exponent >= 0 else (1 / rest[0],)
        return Ratio(self.p * exponent, self.q * exponent, self.r * exponent, rest)


def product(a: Coefficients, b: Coefficients) -> Coefficients:
    """Return the product of two polynomials."""
    found = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return tuple(found)


def reduced(p: int, q: int, r: int, rest: Coefficients) -> Ratio:
    """Return a ratio with E, 1 + E and E − 1 divided out of its polynomial.

    Examples
    --------
    >>> reduced(0, 0, 0, (Fraction(-1), Fraction(0), Fraction(1)))  # E² − 1
    Ratio(p=0, q=1, r=1, rest=(Fraction(1, 1),))
    """
    while len(rest) > 1 and not rest[-1]:
        rest = rest[:-1]
    while len(rest) > 1 and not rest[0]:
        rest, p = rest[1:], p + 1
    while (found := divided(rest, -ONE)) is not None:
        rest, q = found, q + 1
    while (found := divided(rest, ONE)) is not None:
        rest, r = found, r + 1
    return Ratio(p, q, r, rest)


def divided(polynomial: Coefficients, root: Fraction) -> Coefficients | None:
    """Return a polynomial divided by E − root if nothing is left (Horner)."""
    if len(polynomial) < 2:
        return None
    found, carry = [], Fraction(0)
    for coefficient in reversed(polynomial):
        carry = coefficient + root * carry
        found.append(carry)
    return None if carry else tuple(reversed(found[:-1]))


def total(ratios: list[tuple[Fraction, Ratio]]) -> Ratio | None:
    """Return a sum of multiples over the common denominator."""
    p, q, r = (min(getattr(ratio, name) for _, ratio in ratios) for name in "pqr")
    found: list[Fraction] = []
    for k, ratio in ratios:
        part = tuple(k * each for each in ratio.rest)
        for factor, times in (((0, 1), ratio.p - p), ((1, 1), ratio.q - q), ((-1, 1), ratio.r - r)):
            for _ in range(times):
                part = product(part, tuple(map(Fraction, factor)))
        if len(part) > MAX_DEGREE:
            return None
        found += [Fraction(0)] * (len(part) - len(found))
        for i, each in enumerate(part):
            found[i] += each
    return reduced(p, q, r, tuple(found))


# -- nodes -------------------------------------------------------------------------------------------------------------


def as_fractions(node: Node) -> Node:
    """Return a node in which such fractions are collected."""
    return c.rewritten(node, lambda part: _collect(part) if part.op in ("add", "mul", "pow") else part)


def _collect(node: Node) -> Node:
    u = _exponent(node)
    if u is None:
        return node
    if node.op == "add":
        return _collect_sum(node, u)
    factors = list(node.args) if node.op == "mul" else [node]
    ratios = [(factor, _ratio(factor, u)) for factor in factors]
    whole = Ratio(0, 0, 0)
    for _, ratio in ratios:
        whole = whole if ratio is None else whole * ratio
    if not whole.r or len(whole.rest) > 1:
        return node
    return c.mul(*(factor for factor, ratio in ratios if ratio is None), _written(whole, u), c.one(node.shape))


def _collect_sum(node: Node, u: Node) -> Node:
    """Collect the terms with the same factors beside their fraction."""
    groups: dict[Node, list[tuple[Fraction, Ratio]]] = {}
    for k, term in zip(node.data, node.args, strict=True):
        factors = list(term.args) if term.op == "mul" else [term]
        found, others = Ratio(0, 0, 0), []
        for factor in factors:
            ratio = _ratio(factor, u)
            if ratio is None:
                others.append(factor)
            else:
                found = found * ratio
        groups.setdefault(c.mul(*others) if others else c.one(), []).append((k, found))
    sums = {rest: total(group) for rest, group in groups.items()}
    if any(ratio is None or len(ratio.rest) > 1 for ratio in sums.values()):
        return node
    if not any(ratio.r for group in groups.values() for _, ratio in group) and not any(r.r for r in sums.values() if r):
        return node
    terms = [
        c.mul(rest, _written(ratio, u), c.one(node.shape)) for rest, ratio in sums.items() if ratio and ratio.rest[0]
    ]
    return c.combination([(ONE, term) for term in terms], node.shape)


def _exponent(node: Node) -> Node | None:
    """Return the u of which all exponents in sums, products and powers are integer multiples, if there is one."""
    found: dict[Node, set[Fraction]] = {}
    stack, depth = [node], 0
    while stack and depth < 60:
        part, depth = stack.pop(), depth + 1
        if part.op == "fn" and part.data[0] in ("exp", "expm1"):
            k, u = _multiple(part.args[0])
            found.setdefault(u, set()).add(abs(k))
        elif part.op in ("add", "mul", "pow"):
            stack += part.args
    if len(found) != 1:
        return None
    ((u, multiples),) = found.items()
    least = min(multiples)
    if not least or any((k / least).denominator != 1 or k / least > 4 for k in multiples):
        return None
    return c.scale(least, u)


def _multiple(u: Node) -> tuple[Fraction, Node]:
    """Return k and v with u = k v, where the first coefficient of v is one."""
    if u.op != "add" or not u.args:
        return ONE, u
    return u.data[0], c.scale(1 / u.data[0], u)


def _ratio(node: Node, u: Node) -> Ratio | None:
    """Return a node as a fraction of E = exp(u), if it is one."""
    if node.op == "one":
        return Ratio(0, 0, 0)
    if node.op == "fn" and node.data[0] in ("exp", "expm1"):
        (k, v), (m, w) = _multiple(node.args[0]), _multiple(u)
        if v != w or (k / m).denominator != 1:
            return None
        power = Ratio(int(k / m), 0, 0)
        return power if node.data[0] == "exp" else total([(ONE, power), (-ONE, Ratio(0, 0, 0))])
    if node.op == "pow":
        exponent, base = c.value_of(node.args[1]), _ratio(node.args[0], u)
        if base is None or exponent is None or exponent.denominator != 1 or abs(exponent) > MAX_DEGREE:
            return None
        return base ** int(exponent)
    if node.op == "mul":
        found: Ratio | None = Ratio(0, 0, 0)
        for factor in node.args:
            ratio = _ratio(factor, u)
            found = None if found is None or ratio is None else found * ratio
        return found
    if node.op == "add" and node.args:
        parts = [(k, _ratio(term, u)) for k, term in zip(node.data, node.args, strict=True)]
        kept = [(k, ratio) for k, ratio in parts if ratio is not None]
        return total(kept) if len(kept) == len(parts) else None
    return None


def _written(ratio: Ratio, u: Node) -> Node:
    """Return a fraction with a constant polynomial as a node; see the module."""
    p, q, r = ratio.p, ratio.q, ratio.r
    factors: list[Node] = []
    if q * r < 0:  # (E − 1) / (E + 1) = tanh(u/2)
        pairs = min(abs(q), abs(r)) * (1 if r > 0 else -1)
        factors.append(c.power(c.function("tanh", c.scale(Fraction(1, 2), u)), c.number(pairs)))
        q, r = q + pairs, r - pairs
    elif q == r and r:  # E² − 1
        u, p, q, r = c.scale(2, u), p, 0, r
        if p % 2:
            factors.append(c.function("exp", c.scale(Fraction(p % 2, 2), u)))
        p = p // 2
    if q:
        factors.append(c.power(c.add(c.one(u.shape), c.function("exp", u)), c.number(q)))
    factors += _powers(p, r, u)
    return c.scale(ratio.rest[0], c.mul(*factors))


def _powers(p: int, r: int, u: Node) -> list[Node]:
    """Return E^p (E − 1)^r: the r factors are shared between E − 1 and 1 − 1/E so that little of E^p is left."""
    if is_positive(c.negative(u)):
        inverses = 0
    elif is_positive(u):
        inverses = r
    else:
        inverses = max(-p, r) if r < 0 and p > 0 else min(-p, r) if r > 0 and p < 0 else 0
    shares = [(c.function("expm1", u), r - inverses), (c.negative(c.function("expm1", c.negative(u))), inverses)]
    found = [c.power(base, c.number(times)) for base, times in shares if times]
    left = p + inverses
    return [*found, c.function("exp", c.scale(left, u))] if left else found
