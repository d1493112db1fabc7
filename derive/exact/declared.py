"""Whether a value satisfies what is declared of its symbol."""

from __future__ import annotations

from typing import Any

from derive.exact.domain import Domain, NoPoint
from derive.facts import Declaration, Fact

_SYMMETRIC = frozenset({Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE, Fact.DIAGONAL})
_SQUARE = _SYMMETRIC | {Fact.ORTHOGONAL, Fact.INVERTIBLE}


def check_facts(declaration: Declaration, value: Any, domain: Domain, *, strict: bool = True) -> None:
    """Check that a value satisfies what is declared of a symbol, as far as the domain can tell.

    With ``strict`` a positive semidefinite matrix has to be definite, which is easier to see.

    Raises
    ------
    NoPoint
        If it does not.
    """
    facts = declaration.facts
    if not facts:
        return
    is_matrix = domain.is_matrix(value)
    if is_matrix and facts & _SQUARE and value.nrows() != value.ncols():
        raise NoPoint("a value that is not square")
    if is_matrix and facts & _SYMMETRIC and not domain.is_zero(value - value.transpose()):
        raise NoPoint("a value that is not symmetric")
    turned = value.transpose() * value if is_matrix and Fact.ORTHOGONAL in facts else None
    if turned is not None and not domain.is_zero(turned - domain.identity(value.nrows())):
        raise NoPoint("a value that is not orthogonal")
    if is_matrix and Fact.DIAGONAL in facts:
        size = value.nrows()
        if not all(domain.is_zero(value[i, j]) for i in range(size) for j in range(size) if i != j):
            raise NoPoint("a value that is not diagonal")
    if is_matrix and Fact.INVERTIBLE in facts:
        domain.inverse(value)  # raises NoPoint for a singular one
    if not domain.is_real:
        return
    if Fact.POSITIVE in facts and not all(entry > 0 for entry in _entries_of(value, domain)):
        raise NoPoint("a value that is not positive")
    if Fact.NONNEGATIVE in facts and not all(entry >= 0 for entry in _entries_of(value, domain)):
        raise NoPoint("a value that is negative")
    if is_matrix and (Fact.DEFINITE in facts or (strict and Fact.SEMIDEFINITE in facts)):
        _check_minors(value, domain)


def check_positive(value: Any, domain: Domain) -> None:
    """Check that a real number is positive, a real matrix symmetric and positive definite.

    Raises
    ------
    NoPoint
        If it is not.
    """
    if not domain.is_matrix(value):
        if not value > 0:
            raise NoPoint("a value that is not positive")
        return
    if not domain.is_zero(value - value.transpose()):
        raise NoPoint("a value that is not symmetric")
    _check_minors(value, domain)


def _check_minors(value: Any, domain: Domain) -> None:
    """Check that the leading minors are positive."""
    for order in range(1, value.nrows() + 1):
        minor = domain.matrix(order, order, [value[i, j] for i in range(order) for j in range(order)])
        if not minor.det() > 0:
            raise NoPoint("a value that is not positive definite")


def _entries_of(value: Any, domain: Domain) -> list[Any]:
    return list(value.entries()) if domain.is_matrix(value) else [value]
