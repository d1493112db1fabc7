"""Log-sum-exp as the largest exponent plus the logarithm of a sum of shifted exponentials.

Taken apart, u − logsumexp(u) is (u − max u) − log Σ exp(u − max u), in which the first difference is exact: with
logarithms near 1e8 nothing is lost. exp(u − logsumexp(u)) is the quotient of exp(u − max u) and its sum.
"""

from __future__ import annotations

from fractions import Fraction

from numeric import construct as c
from numeric.program import Node, make


def shifted(node: Node) -> Node:
    """Return a node in which the maximum is subtracted before anything else."""
    return c.rewritten(node, _shift)


def _shift(node: Node) -> Node:
    if node.op == "lse":
        return _log_sum(node)
    if node.op == "fn" and node.data[0] == "exp" and node.args[0].op == "add":
        return _share(node)
    return node


def _log_sum(node: Node) -> Node:
    (logs,), (over,) = node.args, node.data
    if logs.rank == 2 and isinstance(over, int):
        return node
    top = c.reduction("max", logs, over)
    powers = c.function("exp", make("less", (logs, top), shape=logs.shape))
    return c.add(top, c.function("log", c.reduction("sum", powers, over)))


def _share(node: Node) -> Node:
    """Return exp(u − max u − log Σ exp(u − max u)) as a quotient."""
    log = node.args[0]
    for k, term in zip(log.data, log.args, strict=True):
        inner = term
        if term.op == "mul" and term.args[-1].op == "one":  # spread over the entries
            inner = c.mul(*term.args[:-1])
        if k != -1 or inner.op != "fn" or inner.data[0] != "log" or inner.args[0].op != "sum":
            continue
        powers = inner.args[0].args[0]
        rest = c.combination([(Fraction(1), log), (Fraction(1), term)], log.shape)
        if powers.op == "fn" and powers.data[0] == "exp" and powers.args[0].op == "less":
            logs, top = powers.args[0].args
            if c.add(logs, c.negative(top)) == rest:
                return make("divided", (powers, inner.args[0]), shape=node.shape)
        if c.value_of(rest) == 0 and not node.shape:
            return c.power(inner.args[0], c.number(-1))
    return node
