"""Integrals of a density times something as expectations under that density."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Mul

from derive.elaborate import Elaborator
from derive.expr import build
from derive.known_moments import Over
from derive.scope import Scope
from derive.source import Span
from derive.terms import NotExpanded
from derive.tokens import Unreadable
from derive.typed import Typed


def expected(density: Any, factors: Sequence[Any], variable: Any, scope: Scope) -> Any:
    """Return the expectation of a product under a density of a variable, or None if it is not known.

    Everything but the variable is constant. The product has to be a polynomial of the second degree in the variable,
    with the logarithms of what is known to be positive under the density.

    Parameters
    ----------
    density : expression
        A density that integrates to one.
    factors : sequence of expression
        Numbers that are multiplied.
    variable : expression
        The variable of the density.
    scope : Scope
        What is known.
    """
    span = Span(0, 0)
    product = factors[0] if len(factors) == 1 else build(Mul, *factors)
    over = Over(frozenset({variable.name}), given=density)
    try:
        return Elaborator(scope.copy()).expectation(Typed(product, None, span), over, span).expr
    except (NotExpanded, Unreadable):
        return None
