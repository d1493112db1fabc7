"""Symbolic sizes and their unification."""

from __future__ import annotations

from typing import Any

from sympy import Add, Integer, Mul, Symbol, expand

Dim = Any
Shape = tuple[Dim, Dim]
ONE = Integer(1)


class Unknown(Symbol):
    """A size that is not known yet; it is found by unification."""


class Sizes:
    """Equations between sizes, solved as they come.

    Examples
    --------
    >>> sizes, n = Sizes(), Symbol("n")
    >>> unknown = sizes.fresh()
    >>> sizes.unify(unknown, n), sizes.resolve(unknown), sizes.unify(n, Symbol("m"))
    (True, n, False)
    """

    def __init__(self) -> None:
        self.bound: dict[Unknown, Dim] = {}
        self._count = 0

    def fresh(self) -> Unknown:
        """Return a size that is not known yet."""
        self._count += 1
        return Unknown(f"?{self._count}")

    def resolve(self, dim: Dim) -> Dim:
        """Return the size with everything known filled in."""
        while isinstance(dim, Unknown):
            if dim not in self.bound:
                return dim
            dim = self.bound[dim]
        if isinstance(dim, Add | Mul) and dim.atoms(Unknown):
            return type(dim)(*(self.resolve(arg) for arg in dim.args))
        return dim

    def unify(self, left: Dim, right: Dim) -> bool:
        """Make two sizes equal; return False if they cannot be."""
        left, right = self.resolve(left), self.resolve(right)
        if left == right:
            return True
        if isinstance(left, Unknown):
            return self._bind(left, right)
        if isinstance(right, Unknown):
            return self._bind(right, left)
        return self._solve(left, right) or self._solve(right, left)

    def _bind(self, unknown: Unknown, dim: Dim) -> bool:
        if unknown in getattr(dim, "atoms", lambda *_: ())(Unknown):
            return False
        self.bound[unknown] = dim
        return True

    def _solve(self, compound: Dim, other: Dim) -> bool:
        """Solve ``?·m = n·m`` or ``? + m = n + m`` for the one unknown in it."""
        if not isinstance(compound, Add | Mul):
            return False
        unknowns = [arg for arg in compound.args if isinstance(arg, Unknown)]
        if len(unknowns) != 1 or compound.atoms(Unknown) != set(unknowns):
            return False
        rest = type(compound)(*(arg for arg in compound.args if arg is not unknowns[0]))
        value = other - rest if isinstance(compound, Add) else other / rest
        if isinstance(compound, Mul) and value.as_numer_denom()[1] != 1:
            return False
        return self._bind(unknowns[0], value)


def is_known(dim: Dim) -> bool:
    """Whether nothing about the size is open."""
    return not (isinstance(dim, Unknown) or bool(getattr(dim, "atoms", lambda *_: ())(Unknown)))


def show(shape: Shape | None) -> str:
    """Return a shape in words, as in messages.

    Examples
    --------
    >>> n = Symbol("n")
    >>> show((n, ONE)), show(None)
    ('a vector of length n', 'a scalar')
    """
    if shape is None:
        return "a scalar"
    rows, cols = (_word(dim) for dim in shape)
    if cols == "1":
        return f"a vector of length {rows}" if rows != "1" else "a 1 × 1 matrix"
    return f"a row vector of length {cols}" if rows == "1" else f"a matrix of shape {rows} × {cols}"


def _word(dim: Dim) -> str:
    if isinstance(dim, Unknown):
        return "?"
    return str(dim).replace("**", "^").replace("*", "")


def may_be_short(count: Any) -> bool:
    """Whether the number of terms of a sum may be negative: as many are then added up as for zero.

    Sizes and indices are positive integers.

    Examples
    --------
    >>> n, m = Symbol("n"), Symbol("m")
    >>> may_be_short(n - 1), may_be_short(n - 2), may_be_short(n - m), may_be_short(2 * n * m - 1)
    (False, True, True, False)
    """
    terms = expand(count).as_coefficients_dict()
    return any(factor < 0 for term, factor in terms.items() if term != 1) or sum(terms.values()) < 0
