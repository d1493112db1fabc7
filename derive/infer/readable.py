"""Whether a relation can be read with what is declared and defined before it."""

from __future__ import annotations

from derive.facts import Kind
from derive.items import Item
from derive.names import AS_SIZE
from derive.scope import Scope
from derive.statement import Reading, state
from derive.tokens import Unreadable
from derive.typed import Malformed


def reading_problem(item: Item) -> Unreadable | Malformed | None:
    """Return what hinders the reading of a relation, or None."""
    if item.problem is not None or item.left is None or item.right is None:
        return item.problem
    try:
        state(item.left, item.right, item.scope, Reading())
    except (Unreadable, Malformed) as problem:
        return problem
    return None


def is_undeclared(item: Item) -> bool:
    """Whether a relation cannot be judged because one of its symbols is not declared."""
    problem = reading_problem(item)
    if isinstance(problem, Malformed):
        return problem.message.endswith(AS_SIZE)
    return problem is not None and problem.code == "N105"


def functions_of(scope: Scope) -> frozenset[str]:
    """Return the names of the functions that are declared or defined."""
    declared = {key for key, found in scope.declarations.items() if found.kind in (Kind.FUNCTION, Kind.CURVE)}
    defined = {key for key in scope.names if any(definition.called for definition in scope.overloads(key))}
    return frozenset(declared | defined)
