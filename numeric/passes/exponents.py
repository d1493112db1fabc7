"""Logarithms of products of exponentials, powers and determinants, and back; see `numeric.passes.logarithms`."""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.known import is_positive
from numeric.program import Node, make, nodes

_NORMALISERS = frozenset({"lse", "logaddexp", "max", "maximum"})


def has(node: Node | None, op: str) -> bool:
    """Whether an operation occurs in a node."""
    return node is not None and any(part.op == op for part in nodes(node))


def is_determinant(log: Node | None) -> bool:
    """Whether a logarithm is that of a product of powers of determinants."""
    if log is None:
        return False
    return log.op == "logdet" or (log.op == "add" and bool(log.args) and all(term.op == "logdet" for term in log.args))


def size_of(mantissa: Node) -> Node:
    """Return the absolute value of a mantissa; that of the sign of a determinant is one."""
    if mantissa.op in ("one", "detsign"):
        return c.one(mantissa.shape)
    return c.function("abs", mantissa)


def in_halves(mantissa: Node, log: Node) -> Node:
    """Return mantissa · exp(log) as mantissa · exp(log/2) / exp(−log/2).

    The determinant of a matrix of which an inverse is a factor may be out of range where the product is not.
    """
    half = c.scale(Fraction(1, 2), log)
    above = c.mul(mantissa, c.function("exp", half))
    return make("divided", (above, c.function("exp", c.negative(half))), shape=above.shape)


def log_cosh(u: Node) -> Node:
    """Return log cosh u in terms of the softplus."""
    return c.add(softplus(c.scale(2, u)), c.negative(u), c.negative(c.function("log", c.number(2))))


def of_two(log: Node) -> Node:
    """Return a − logaddexp(a, b) as −softplus(b − a): the share of one of two terms is a sigmoid."""
    for k, term in list(zip(log.data, log.args, strict=True)) if log.op == "add" else []:
        if term.op == "logaddexp" and k == -1 and len(term.args) == 2:
            rest = c.add(log, term)
            for a, b in (term.args, term.args[::-1]):
                if is_zero(c.add(rest, c.negative(a))):
                    return c.negative(softplus(c.add(b, c.negative(a))))
    return log


def is_zero(node: Node) -> bool:
    """Whether a node is the number zero, or an array of zeros."""
    return node.op == "zero" or (node.op == "add" and not node.args)


def kept(top: Node, log: Node, over: object) -> Node:
    """Return largest entries as an array of the shape of what they were taken of."""
    if not isinstance(over, int) or not log.shape:
        return top
    if top.is_number:
        return c.mul(top, c.one(log.shape))
    ones = c.one((log.shape[0], c.ONE) if over == 0 else (c.ONE, log.shape[1]))
    return c.matmul(ones, top) if over == 0 else c.matmul(top, ones)


def is_ratio(log: Node) -> bool:
    """Whether a logarithm has a normaliser subtracted."""
    terms = zip(log.data, log.args, strict=True) if log.op == "add" else [(Fraction(1), log)]
    return any(
        k < 0 and any(map(_is_normaliser, (t, *t.args) if t.op in ("mul", "matmul") else (t,))) for k, t in terms
    )


def _is_normaliser(node: Node) -> bool:
    return node.op in _NORMALISERS or (node.op == "fn" and node.data[0] == "softplus")


def log_of(value: Node) -> Node:
    """Return the logarithm of a value that is no exponential; log(1 + t) by log1p, those of positive powers split."""
    if value.op == "add" and len(value.args) > 1:
        for place, (k, term) in enumerate(zip(value.data, value.args, strict=True)):
            if term.op == "one" and k == 1:
                terms = [pair for i, pair in enumerate(zip(value.data, value.args, strict=True)) if i != place]
                return c.function("log1p", c.combination(terms, value.shape))
    if value.op == "pow" and is_positive(value.args[0]):
        return c.mul(value.args[1], log_of(value.args[0]))
    if _is_even_power(value):
        return c.mul(value.args[1], log_of(c.function("abs", value.args[0])))
    if value.op == "mul" and all(is_positive(factor) or _is_even_power(factor) for factor in value.args):
        return c.add(*map(log_of, value.args))
    return c.function("log", value)


def _is_even_power(value: Node) -> bool:
    exponent = c.value_of(value.args[1]) if value.op == "pow" else None
    return exponent is not None and exponent.denominator == 1 and exponent.numerator % 2 == 0


def softplus(u: Node) -> Node:
    """Return log(1 + exp(u)) in the form in which it is recognised: of u, not of −u, as softplus(u) − u."""
    k, _ = (u.data[0], None) if u.op == "add" and u.args else (Fraction(1), None)
    if k < 0:
        return c.add(c.function("softplus", c.negative(u)), u)
    return c.function("softplus", u)


def tails(log: Node) -> Node:
    """Return k (softplus(u) − u) as k softplus(−u), which keeps its digits where u is large."""
    terms = list(zip(log.data, log.args, strict=True)) if log.op == "add" else []
    for k, term in terms:
        if term.op == "fn" and term.data[0] == "softplus":
            u = term.args[0]
            rest = c.combination([(Fraction(1), log), (-k, term), (k, u)], log.shape)
            count = 0 if is_zero(rest) else len(rest.args) if rest.op == "add" else 1
            if count < len(terms) - 1 or (count <= 1 and len(terms) == 2 and is_zero(rest)):
                return tails(
                    c.combination([(Fraction(1), rest), (k, c.function("softplus", c.negative(u)))], log.shape)
                )
    return log


def exponential(log: Node) -> Node:
    """Return exp of a logarithm; that of −softplus(u) is a sigmoid."""
    log = tails(log)
    k, rest = c.split(log)
    if k == -1 and rest.op == "fn" and rest.data[0] == "softplus":
        return c.function("sigmoid", c.negative(rest.args[0]))
    return c.function("exp", log)
