"""Letters that are written like functions: before round brackets, as the f of ``f(x) + f(y)``."""

from __future__ import annotations

from collections.abc import Iterator

from derive.infer.gather import Gathered
from derive.infer.variables import Variables
from derive.syntax import Group, Name, Node, Num, Product, Scripted, below, is_symbol


def called(gathered: Gathered, variables: Variables) -> frozenset[str]:
    """Return the symbols that stand before brackets which a product would not need.

    Brackets around a single symbol or a number are those of an argument.
    """
    found = set()
    for side, _ in gathered.nodes():
        for head, group in before_brackets(side):
            if isinstance(group.items[0], Name | Scripted | Num):
                found.add(variables.key(head)[0])
    return frozenset(found - variables.heads)


def before_brackets(node: Node | None) -> Iterator[tuple[Name | Scripted, Group]]:
    """Yield the symbols of a formula that stand directly before round brackets with one formula in them."""
    for each in below(node):
        if not isinstance(each, Product):
            continue
        for head, group, operator in zip(each.items, each.items[1:], each.operators[1:], strict=False):
            group = group.base if isinstance(group, Scripted) and not group.sub else group
            if not isinstance(group, Group) or group.kind != "(" or len(group.items) != 1 or operator != "":
                continue
            if is_symbol(head):
                yield head, group
