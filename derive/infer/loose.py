"""Symbols of which a document may say more than is understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.infer.assume import Inferred
from derive.items import Item
from derive.names import FAMILY


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


def with_loose(items: Iterable[Item], inferred: Inferred) -> list[Item]:
    """Return relations with the symbols that are met in them first or that occur where nothing is understood."""
    relations = list(items)
    if not inferred.assumed:
        return relations
    unread = "".join(
        f"{item.lhs} = {item.rhs};" for item in relations if item.problem is not None or item.role == "unsupported"
    )
    plain = "".join(unread.split())
    doubtful = {each.key for each in inferred.assumed if "".join(each.key.removesuffix(FAMILY).split()) in plain}
    failed = {each.key for each in inferred.assumed if each.defined}
    first = {each.key: each.line for each in inferred.assumed}
    made = []
    for item in relations:
        line = item.excerpt.source.position(item.sign.span.start)[0]
        new = {key for key in item.guessed if first.get(key) == line}
        made.append(replace(item, loose=item.guessed & (doubtful | failed | new)))
    return made
