"""Readings that make sense of a garbled relation: another index, a symbol for a member of its family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from derive.facts import Kind
from derive.names import FAMILY, Names
from derive.scope import Scope
from derive.syntax import Name, Node, Reduction, Scripted


def rewrite(node: Any, change: Callable[[Any], Any]) -> Any:
    """Return a syntax tree with nodes changed from the top; a changed node is not entered."""
    if isinstance(node, tuple):
        return tuple(rewrite(item, change) for item in node)
    if not isinstance(node, Node):
        return node
    changed = change(node)
    if changed is not node:
        return changed
    parts = {entry.name: rewrite(getattr(node, entry.name), change) for entry in fields(node) if entry.name != "span"}
    if all(parts[name] is getattr(node, name) for name in parts):
        return node
    return replace(node, **parts)


def sum_over(node: Node, letter: str, other: str) -> Node:
    """Return the tree with sums over one letter running over another, where the summand uses that one."""

    def change(part: Any) -> Any:
        if isinstance(part, Reduction) and any(isinstance(item, Name) and item.key == letter for item in part.indices):
            indices = tuple(
                Name(item.span, other) if isinstance(item, Name) and item.key == letter else item
                for item in part.indices
            )
            return replace(part, indices=indices, body=sum_over(part.body, letter, other))
        return part

    return rewrite(node, change)


def family_reading(node: Node, scope: Scope) -> Node | None:
    """Return the tree with symbols read as members of the family of the same name; None if there are none.

    Notes that write ``\\frac{\\partial L}{\\partial \\Sigma}`` for ``\\Sigma_k`` are read this way.
    """
    names = Names(scope)
    found = False

    def change(part: Any) -> Any:
        nonlocal found
        if isinstance(part, Scripted) and part.sub:
            return replace(part)  # its base has its indices
        if isinstance(part, Name):
            key = names.find_key(part.key + FAMILY)
            declaration = scope.declarations.get(key or "")
            if declaration is not None and declaration.kind is Kind.ARRAY and len(declaration.letters) == 1:
                found = True
                return Scripted(part.span, part, (Name(part.span, declaration.letters[0]),), declaration.letters[0])
        return part

    changed = rewrite(node, change)
    return changed if found else None
