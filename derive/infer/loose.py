"""Symbols of which a document may say more than is understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.infer.assume import Inferred
from derive.items import Item
from derive.names import FAMILY
from derive.scope import Dependencies
from derive.syntax import Derivative, Differential, Node, below
from derive.verdict import Assumed


def settled(declared: Iterable[Item], items: Iterable[Item], inferred: Inferred) -> list[Item]:
    """Return the relations of a document: those that speak of declared symbols only are read without what is inferred.

    Parameters
    ----------
    declared, items : iterable of Item
        The relations as read without and with what is inferred.
    inferred : Inferred
        What is inferred.
    """
    if not inferred.assumed:
        return list(declared)
    guessed = ["".join(each.key.removesuffix(FAMILY).split()) for each in inferred.assumed]
    plain = {_at(item): item for item in declared if item.problem is None and not _speaks_of(item, guessed)}
    return with_loose((plain.get(_at(item), item) for item in items), inferred)


def _at(item: Item) -> tuple[int | None, int]:
    return item.excerpt.source.cell, item.sign.span.start


def _speaks_of(item: Item, keys: Iterable[str]) -> bool:
    text = "".join(f"{item.lhs}={item.rhs}".split())
    return any(key in text for key in keys)


def assumed_in(item: Item, inferred: Inferred) -> tuple[Assumed, ...]:
    """Return what is assumed of the symbols in a relation that nothing declares or defines."""
    if not item.guessed:
        return ()
    return tuple(
        each
        for each in inferred.assumed
        if not each.defined and _speaks_of(item, ["".join(each.key.removesuffix(FAMILY).split())])
    )


def with_loose(items: Iterable[Item], inferred: Inferred) -> list[Item]:
    """Return relations with the symbols whose value the document may fix by more than is understood.

    A symbol that is differentiated by is a variable, and so is one that a condition speaks of; a derivative is that of
    what is written, whatever the symbols in it are. Of all others only a use is known.
    """
    return [replace(item, loose=_loose(item, inferred)) for item in items]


def _loose(item: Item, inferred: Inferred) -> frozenset[str]:
    if not item.guessed or any(_has_derivative(side) for side in (item.left, item.right)):
        return frozenset()
    used = Dependencies(item.scope.definitions)
    conditions = (used.of(side) for condition in item.scope.conditions for side in (condition.lhs, condition.rhs))
    return item.guessed - inferred.variables - frozenset().union(*conditions)


def _has_derivative(side: Node | None) -> bool:
    return side is not None and any(isinstance(node, Derivative | Differential) for node in below(side))
