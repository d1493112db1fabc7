"""Densities that integrate to one: over which variable, and over which domain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Symbol
from sympy.matrices.expressions import MatrixSymbol

from derive.densities import beta_density, gamma_density
from derive.expr import Blocks, Density, Restricted
from derive.facts import Declaration, Fact

WHOLE = "whole"
"""The domain of a density on all numbers or on all arrays of a shape."""
POSITIVE = "positive"
"""The domain of a density on the positive numbers or on the positive definite matrices."""
UNIT = "unit"
"""The domain of a density on the numbers between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A density of a variable that integrates to one over its domain, whatever its parameters are."""

    variable: Any
    parameters: tuple[Any, ...]
    domain: str


def _gaussian(expr: Any) -> Normalised | None:
    if not isinstance(expr, Density):
        return None
    variable = expr.args[0]
    if isinstance(variable, Blocks) and int(variable.args[0]) == int(variable.args[1]) == 1:
        variable = variable.args[2]
    return Normalised(variable, expr.args[1:], WHOLE)


def _gamma(expr: Any) -> Normalised | None:
    if not isinstance(expr, Restricted) or len(expr.args) != 4 or expr != gamma_density(*expr.args[1:]):
        return None
    return Normalised(expr.args[1], expr.args[2:], POSITIVE)


def _beta(expr: Any) -> Normalised | None:
    if not isinstance(expr, Restricted) or len(expr.args) != 5:
        return None
    variable, _, *shapes = expr.args[1:]
    return Normalised(variable, tuple(shapes), UNIT) if expr == beta_density(variable, *shapes) else None


RECOGNISED: list[Callable[[Any], Normalised | None]] = [_gaussian, _gamma, _beta]
"""One function for each kind of density: given an expression, what is known of it, or None."""


def normalised(expr: Any) -> Normalised | None:
    """Return an expression as a density in one symbol, or None if it is not known as one.

    Examples
    --------
    >>> normalised(Symbol("x")) is None
    True
    """
    for recognise in RECOGNISED:
        found = recognise(expr)
        if found is not None and isinstance(found.variable, Symbol | MatrixSymbol):
            return found
    return None


_LINE = frozenset({"\\mathbb R", "-\\infty..\\infty", "-\\infty..+\\infty"})
_HALF_LINE = frozenset({"0..\\infty", "0..+\\infty", "\\mathbb R_{>0}", "\\mathbb R_+"})
_SPACE = re.compile(r"\\(mathbb|mathds) R\^(\w|\{\w+(\\times \w+)?\})$")
_POSITIVE = (frozenset({Fact.POSITIVE}), frozenset({Fact.DEFINITE}))


def domain_of(text: str, declaration: Declaration) -> str | None:
    """Return which domain the bounds of an integral name; None for any other.

    Bounds that are not written stand for all values that the variable is declared to have.

    Examples
    --------
    >>> from derive.facts import Kind
    >>> domain_of("0..\\\\infty", Declaration("x", Kind.SCALAR))
    'positive'
    """
    if text == "":
        return WHOLE if not declaration.facts else POSITIVE if declaration.facts in _POSITIVE else None
    if declaration.shape is not None:
        return WHOLE if _SPACE.match(text) else None
    if text in _LINE:
        return WHOLE
    if text == "0..1":
        return UNIT
    return POSITIVE if text in _HALF_LINE else None
