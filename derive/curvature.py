"""Whether a function is convex in one variable, by the form of its Hessian."""

from __future__ import annotations

from typing import Any

from derive.derivation import NotDerived, hessian
from derive.normal.search import Finder
from derive.prove import Attempt
from derive.scope import Scope
from derive.term import make, number


def curvature(function: Any, wrt: Any, scope: Scope | None = None) -> str:
    """Return what the second derivative by a variable says of a scalar function.

    Parameters
    ----------
    function : sympy.Expr
        The function.
    wrt : sympy.Basic
        The variable; everything else is held fixed.
    scope : Scope, optional
        What is declared of the symbols.

    Returns
    -------
    str
        ``"convex"`` where the Hessian is shown to be positive semidefinite wherever it is defined, ``"concave"`` where
        negative semidefinite; else ``"not shown"``.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Symbol
    >>> n = Symbol("n")
    >>> A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    >>> curvature((A * x).T * (A * x), x)
    'convex'
    """
    try:
        certificate = hessian(function, wrt, scope).certificate
    except NotDerived:
        return "not shown"
    value = certificate.rhs
    attempt = Attempt(certificate.facts, Finder())
    attempt.define((value,))
    for sign, name in ((1, "convex"), (-1, "concave")):
        signed = attempt.canon(make("*" if value.shape is None else ".", number(sign), value))
        if (attempt.shown.is_nonnegative if value.shape is None else attempt.shown.is_semidefinite)(signed):
            return name
    return "not shown"
