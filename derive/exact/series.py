"""Equations up to O(εᵏ): both sides as truncated series in ε."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.exact.context import Context
from derive.exact.dual import Dual, depth_of
from derive.exact.evaluate import Evaluator
from derive.expr import is_matrix


def truncated(evaluator: Evaluator, expr: Any, symbol: Any, order: int, case: Mapping[str, int]) -> Any:
    """Return the coefficients of ε⁰ … ε^{k-1}, stacked in one column; ε is a sum of k − 1 nilpotents.

    (ε₁ + … + ε_m)^j has j! times the elementary symmetric polynomial, so the coefficient of ε₁⋯ε_j is j! times that
    of εʲ: both sides are scaled alike, and nothing above ε^m is left.
    """
    level = len(evaluator.domains) - 1
    count = max(0, order - 1)

    def small(at: int) -> Any:
        value: Any = evaluator.domains[at].number(0)
        for depth in range(1, count + 1):
            value = Dual(value, evaluator.domains[at].number(1), depth)
        return value

    root = evaluator.root
    inner = Context(root, {symbol.name: (None, small)}, count, lambda: _at_zero(evaluator, symbol))
    value = evaluator.eval(expr, inner, case, level)
    domain = evaluator.domains[level]
    shape = evaluator.shape(expr, case) if is_matrix(expr) else (1, 1)
    entries: list[Any] = []
    for power in range(count + 1):
        part = _coefficient(value, power, count)
        if part is None:
            entries += [domain.number(0)] * (shape[0] * shape[1])
        else:
            entries += part.entries() if domain.is_matrix(part) else [part]
    return domain.matrix(len(entries), 1, entries)


def _at_zero(evaluator: Evaluator, symbol: Any) -> Context:
    """Return the context in which ε is zero; the exponents of exponentials are evaluated there."""
    zero = Context(evaluator.root, {symbol.name: (None, lambda at: evaluator.domains[at].number(0))}, 0)
    zero._constant = zero
    return zero


def _coefficient(value: Any, power: int, count: int) -> Any:
    """Return the coefficient of ε₁⋯ε_power (the others zero), or None for zero."""
    for depth in range(count, 0, -1):
        if depth_of(value) == depth:
            value = value.im if depth <= power else value.re
        elif depth <= power:
            return None
    return value
