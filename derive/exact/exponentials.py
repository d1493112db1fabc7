"""Sums of polynomials times exponentials in sizes, known by their exponentials and degrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Integer, Poly

Exponential = frozenset[tuple[Any, Any]]
"""Powers that are multiplied: the base and the exponent, without its constant; of a function the number of factors."""
Growth = dict[Exponential, int]
"""The degree of the polynomial before each exponential."""

MOST_TERMS = 64
ONE: Exponential = frozenset()


class TooManyTerms(Exception):
    """More exponentials than can be told apart by values."""


def added(growths: Iterable[Mapping[Exponential, int]]) -> Growth:
    """Return the growth of a sum.

    Examples
    --------
    >>> from sympy import Symbol
    >>> power = frozenset({(Integer(2), Symbol("n"))})
    >>> added([{ONE: 1}, {power: 0, ONE: 0}]) == {ONE: 1, power: 0}
    True
    """
    found: Growth = {}
    for each in growths:
        for key, degree in each.items():
            found[key] = max(found.get(key, 0), degree)
    return _bounded(found)


def multiplied(growths: Iterable[Mapping[Exponential, int]]) -> Growth:
    """Return the growth of a product.

    Examples
    --------
    >>> from sympy import Symbol
    >>> power = frozenset({(Integer(2), Symbol("n"))})
    >>> multiplied([{ONE: 1}, {power: 2}]) == {power: 3}
    True
    """
    found: Growth = {ONE: 0}
    for each in growths:
        if each == {ONE: 0}:
            continue
        made: Growth = {}
        for (left, a), (right, b) in ((one, other) for one in found.items() for other in each.items()):
            key = _joined(left, right)
            made[key] = max(made.get(key, 0), a + b)
        found = _bounded(made)
    return found


def _bounded(growth: Growth) -> Growth:
    if len(growth) > MOST_TERMS:
        raise TooManyTerms
    return growth


def raised(growth: Growth, degree: int) -> Growth:
    """Return the growth of what is multiplied by a polynomial.

    Examples
    --------
    >>> raised({ONE: 1}, 2)
    {frozenset(): 3}
    """
    return {key: each + degree for key, each in growth.items()} if degree else growth


def _joined(left: Exponential, right: Exponential) -> Exponential:
    """Return the product of two exponentials; those of one base are added in their exponents."""
    exponents: dict[Any, Any] = {}
    for base, exponent in (*left, *right):
        exponents[base] = exponents.get(base, Integer(0)) + exponent
    return frozenset((base, exponent) for base, exponent in exponents.items() if exponent != 0)


def to_power(key: Exponential, power: Any) -> Exponential:
    """Return the power of an exponential.

    Examples
    --------
    >>> from sympy import Symbol
    >>> to_power(frozenset({(Integer(2), Symbol("n"))}), 3)
    frozenset({(2, 3*n)})
    """
    return frozenset((base, power * exponent) for base, exponent in key)


def at_bound(key: Exponential, index: Any, bound: Any) -> Exponential:
    """Return an exponential at a bound of the index of a sum.

    Examples
    --------
    >>> from sympy import Symbol
    >>> i, n = Symbol("i"), Symbol("n")
    >>> at_bound(frozenset({(Integer(2), i)}), i, n + 1)
    frozenset({(2, n)})
    """
    found = set()
    for base, exponent in key:
        changed = exponent.xreplace({index: bound})
        if changed != exponent:
            changed -= changed.as_coeff_Add()[0]
        if changed != 0:
            found.add((base, changed))
    return frozenset(found)


def logarithmic(growth: Growth) -> int | None:
    """Return the degree of the logarithm of a power of numbers with sizes in its exponent; None of anything else.

    Examples
    --------
    >>> from sympy import Symbol
    >>> logarithmic({frozenset({(Integer(2), Symbol("n") / 2)}): 0}), logarithmic({ONE: 1})
    (1, None)
    """
    if len(growth) != 1:
        return None
    ((key, degree),) = growth.items()
    if degree or not key or any(exponent.is_Rational for _, exponent in key):
        return None
    return max(int(Poly(exponent, *exponent.free_symbols).total_degree()) for _, exponent in key)
