r"""What a document says of random symbols: distribution statements, and the equations that model them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.distributions import Distributed
from derive.elaborate import Elaborator
from derive.opaque import written
from derive.scope import Dependencies, Law, Scope
from derive.syntax import Name, Node, Scripted, Terms
from derive.terms import leaf_name
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed

_PARAMETERS = {"normal": 2, "matrix normal": 3, "gamma": 2, "wishart": 2}
"""Families whose moments are known, with the number of their parameters."""


def add_laws(statements: list[Distributed], scope: Scope) -> Scope:
    """Return a scope in which some distribution statements are known; those of symbols that are not known yet stay.

    A distribution that is conditional, or joint with others, gives no moments, and neither do two different ones that
    are stated in one formula. What is stated last is in force; see `settled`.

    Parameters
    ----------
    statements : list of Distributed
        The statements; those that are taken are removed.
    scope : Scope
        What is known.
    """
    found = []
    for statement in list(statements):
        pairs = list(_laws(statement, scope))
        if len(pairs) == len(statement.variables):
            statements.remove(statement)
            found += pairs
    if not found:
        return scope
    scope, taken = scope.copy(), dict[str, Law]()
    for key, law in found:
        known = scope.laws.get(key, Law())
        if key in taken and not _same(taken[key], law):
            law = Law(letters=law.letters)
        taken[key] = law
        scope.laws[key] = replace(law, model=known.model)
    return scope


def settled(scope: Scope, before: Mapping[str, Law]) -> Scope:
    """Return what is known behind a formula: of a symbol with two distributions, no moments.

    ``x \\sim \\mathcal{N}(\\mu, \\Sigma) \\Rightarrow \\dots`` speaks of its own formula, if another distribution was
    stated before.
    """
    doubtful = {
        key: replace(law, family="", parameters=())
        for key, law in scope.laws.items()
        if law.family and key in before and not _same(before[key], law)
    }
    if doubtful:
        scope = scope.copy()
        scope.laws.update(doubtful)
    return scope


def _laws(statement: Distributed, scope: Scope) -> Iterator[tuple[str, Law]]:
    is_known = (
        _PARAMETERS.get(statement.family) == len(statement.parameters)
        and len(statement.variables) == 1
        and not statement.conditional
    )
    for variable in statement.variables:
        found = symbol_of(variable, scope)
        if found is not None:
            key, letters = found
            yield key, Law(statement.family, statement.parameters, letters) if is_known else Law(letters=letters)


def symbol_of(node: Node, scope: Scope) -> tuple[str, tuple[str, ...]] | None:
    """Return the name of a symbol, and its letters if it is a member of a family; None for anything else."""
    if not (isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(node.base, Name))):
        return None
    elaborator = Elaborator(scope.copy())
    try:
        value = elaborator.elaborate(node)
    except (Unreadable, Malformed):
        return None
    name = leaf_name(value.expr)
    return None if name is None or scope.is_size(name) else (name, tuple(elaborator.indices.free))


def add_model(left: Node, right: Node, scope: Scope) -> Scope:
    """Return a scope in which a symbol is equal to what an equation says, if that is random."""
    found = symbol_of(left, scope)
    if found is None or found[1] or not _is_random(right, scope):
        return scope
    known = scope.laws.get(found[0], Law())
    if known.model is not None:
        return scope
    scope = scope.copy()
    scope.laws[found[0]] = Law(known.family, known.parameters, known.letters, right)
    return scope


def has_noise(right: Node, scope: Scope) -> bool:
    """Whether a term of a sum is a random symbol by itself, as in ``X \\beta + \\varepsilon``."""
    if not isinstance(right, Terms):
        return False
    names = (symbol_of(item, scope) for _, item in right.items)
    return any(found is not None and found[0] in scope.laws for found in names)


def _is_random(node: Node, scope: Scope) -> bool:
    elaborator = Elaborator(scope.copy())
    try:
        value: Typed = elaborator.elaborate(node)
    except (Unreadable, Malformed):
        return False
    used = Dependencies(scope.definitions).of(value.expr)
    return not used.isdisjoint(scope.random | scope.laws.keys())


def _same(known: Law, law: Law) -> bool:
    return known.family == law.family and written(known.parameters) == written(law.parameters)
