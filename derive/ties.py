"""Symbols that conditions tie to others, so that they do not keep their values when those move."""

from __future__ import annotations

from collections.abc import Iterable

from derive.facts import Declaration, Kind
from derive.scope import Condition, Dependencies, Scope


def tied(named: Iterable[str], in_sides: frozenset[str], scope: Scope, used: Dependencies) -> frozenset[str]:
    """Return the symbols of the sides that conditions tie to the variables.

    A condition that speaks of a symbol which is not in the sides, such as the noise of a model, gives way there: the
    others keep their values. That symbol moves with the variables from then on.
    """
    return _moved(named, in_sides, scope, used)[0]


def is_constrained(named: Iterable[str], in_sides: frozenset[str], scope: Scope, used: Dependencies) -> bool:
    """Whether conditions keep the variables from moving alone, as ``x^\\top x = 1`` does.

    Those in which a symbol that is not in the sides gives way do not.
    """
    return _moved(named, in_sides, scope, used)[1]


def _moved(
    named: Iterable[str], in_sides: frozenset[str], scope: Scope, used: Dependencies
) -> tuple[frozenset[str], bool]:
    """Return the symbols that are tied to the variables, and whether any condition does not give way."""
    moving = set(named)
    found: set[str] = set()
    is_hard = False
    waiting = [(c, used.of(c.lhs) | used.of(c.rhs)) for c in (*scope.conditions, *scope.tentative)]
    while met := next((each for each in waiting if each[1] & moving), None):
        waiting.remove(met)
        condition, names = met
        symbols = {name for name in names & scope.declarations.keys() if not scope.is_size(name)} - moving
        outside = sorted(name for name in symbols - in_sides if _gives_way(scope.declarations[name], condition))
        if outside:
            moving.add(outside[0])
        else:
            is_hard = True
            found |= symbols
            moving |= symbols
    return frozenset(found), is_hard


def _gives_way(declaration: Declaration, condition: Condition) -> bool:
    """Whether a symbol can take up whatever else moves in a condition: it has its shape and its indices."""
    if declaration.kind not in (Kind.SCALAR, Kind.ARRAY) or len(declaration.ranges) != len(condition.free):
        return False
    return declaration.shape == condition.shape and not declaration.facts
