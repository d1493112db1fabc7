"""A scope in which some symbols have no values, because the text gives them at another place only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.facts import Declaration, Kind
from derive.names import leaf
from derive.scope import Dependencies, Scope
from derive.source import Span


def without_values(scope: Scope, keys: Iterable[str]) -> tuple[Scope, list[str]]:
    """Return a scope in which some symbols have no values, and the keys whose meaning has changed.

    What is defined by them is defined by the symbols as they are declared; of those that are not declared, all that is
    defined by them is not known either.

    Parameters
    ----------
    scope : Scope
        What is known; it stays as it is.
    keys : iterable of str
        The symbols.

    Examples
    --------
    >>> without_values(Scope(), ["a"])[1]
    []
    """
    scope = scope.copy()
    changed = [key for key in keys if key in scope.names]
    opaque = {key: leaf(found, Span(0, 0)).expr for key in changed if (found := _plain(scope, key)) is not None}
    for key, symbol in opaque.items():
        for ident in scope.names.pop(key):
            definition = scope.definitions[ident]
            scope.definitions = {**scope.definitions, ident: replace(definition, body=symbol, node=None)}
    used = Dependencies(scope.definitions)
    early = {f"def:{ident}" for key in changed if key not in opaque for ident in scope.names[key]}
    resting = [key for key, idents in scope.names.items() if any(_rests(ident, early, used) for ident in idents)]
    for key in resting:
        del scope.names[key]
    return scope, [*opaque, *resting]


def _plain(scope: Scope, key: str) -> Declaration | None:
    """Return the declaration of a symbol that is a number or an array, and no family or function."""
    found = scope.declarations.get(key)
    is_plain = found is not None and found.kind in (Kind.SCALAR, Kind.ARRAY) and not found.ranges
    defined = [scope.definitions[ident] for ident in scope.names[key]]
    return found if is_plain and all(not each.parameters for each in defined) else None


def _rests(ident: str, early: set[str], used: Dependencies) -> bool:
    return f"def:{ident}" in early or bool(early & used.of(used.definitions[ident].body))
