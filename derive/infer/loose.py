"""Symbols of which a document may say more than is understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import replace

from derive.facts import Kind
from derive.infer.called import before_brackets
from derive.infer.inferred import Inferred
from derive.infer.readable import reading_problem
from derive.items import Item
from derive.names import ABOVE, FAMILY, above_key
from derive.opaque import whole_key
from derive.scope import Dependencies
from derive.syntax import Derivative, Differential, Group, Name, Node, Product, Scripted, below
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
    keys = [each.key for each in inferred.symbols]
    plain = {_at(item): item for item in declared if _is_settled(item, keys)}
    return with_loose((_preferred(plain.get(_at(item)), item) for item in items), inferred)


def _preferred(plain: Item | None, item: Item) -> Item:
    """Return the reading without what is inferred if there is one.

    What only looks like a definition, because nothing declares its left side, is read with what is inferred.
    """
    if plain is not None and len(plain.scope.conditions) != len(item.scope.conditions):
        return item  # a condition that it may rest on is read with what is inferred only
    if plain is None or (plain.role in ("definition", "solution") and item.role not in ("definition", "solution")):
        return item
    return plain


def _is_settled(item: Item, keys: Iterable[str]) -> bool:
    """Whether a relation speaks of what is declared or defined only, so that nothing inferred is needed to read it."""
    problem = reading_problem(item)
    if problem is None:
        return True
    known = {*item.scope.names, *item.scope.declarations}
    return problem.code != "N105" and all(key in known for key in spoken(item, keys))


def _at(item: Item) -> tuple[int | None, int]:
    return item.excerpt.source.cell, item.sign.span.start


def spoken(item: Item, keys: Iterable[str]) -> list[str]:
    """Return those symbols of which a relation speaks; what cannot be read is compared word by word."""
    if item.left is None or item.right is None:
        text = _words(f"{item.lhs}={item.rhs}")
        wanted = {key: _words(key.removesuffix(FAMILY)) for key in keys}
        return [
            key
            for key, words in wanted.items()
            if words and any(text[at : at + len(words)] == words for at in range(len(text) - len(words) + 1))
        ]
    found = {name for side in (item.left, item.right) for node in below(side) for name in _names(node)}
    return [key for key in keys if key in found]


def speaks_of(item: Item, keys: Collection[str]) -> bool:
    """Whether a relation speaks of a symbol, by itself or through the definitions that it rests on."""
    if spoken(item, keys):
        return True
    used, names = Dependencies(item.scope.definitions), item.scope.names
    idents = {ident for key in spoken(item, names) for ident in names[key]}
    return any(not used.of(used.definitions[ident].body).isdisjoint(keys) for ident in idents)


def _names(node: Node) -> Iterator[str]:
    """Yield the keys that a node may stand for."""
    if isinstance(node, Name):
        yield node.key
    elif isinstance(node, Scripted) and isinstance(node.base, Name):
        label = f"_{{{node.sub_text}}}" if node.sub_text else ""
        if node.above is not None:
            yield above_key(node.base.key, node.above) + label
            yield node.base.key + ABOVE + FAMILY
        if node.sub:
            yield node.base.key + label
            yield node.base.key + FAMILY
    elif isinstance(node, Product):
        for head, group in zip(node.items, node.items[1:], strict=False):
            inner = group.base if isinstance(group, Scripted) else group
            if isinstance(inner, Group) and (key := whole_key(head, inner)) is not None:
                yield key


def _words(text: str) -> list[str]:
    """Return the commands, letters and numbers of a formula: the r of ``\\frac`` is no symbol."""
    return re.findall(r"\\[A-Za-z]+|[A-Za-z]|\d+", text)


def assumed_in(item: Item, inferred: Inferred) -> tuple[Assumed, ...]:
    """Return what is assumed of the symbols in a relation that nothing declares or defines, and of their moments."""
    open_ones = {each.key: each for each in inferred.symbols if not each.defined} if item.guessed else {}
    told = [
        each.assumed
        for each in inferred.wording.told
        if item.scope.moments.get(each.told.key) == each.told.moment
        and len(spoken(item, each.symbols)) == len(each.symbols)
    ]
    densities = {each.assumed.key: each.assumed for each in inferred.wording.labelled}
    told += [densities[key] for key in spoken(item, densities)]
    letters = _words(f"{item.lhs}={item.rhs}") if inferred.wording.notations else []
    notations = [each for each in inferred.wording.notations if each.key in letters]
    return (*(open_ones[key] for key in spoken(item, open_ones)), *told, *notations)


def with_loose(items: Iterable[Item], inferred: Inferred) -> list[Item]:
    """Return relations with the symbols whose value the document may fix by more than is understood.

    A symbol that is differentiated by is a variable, and so is one that a condition speaks of; a derivative is that of
    what is written, whatever the symbols in it are. Of all others only a use is known.
    """
    relations = list(items)
    keys = [each.key for each in inferred.symbols]
    doubtful = frozenset(key for item in relations if _is_open(item) for key in _on_the_left(item, keys))
    unsettled = frozenset(key for item in relations if _is_open(item) for key in _given_a_value(item, keys))
    made = []
    for item in relations:
        used = spoken(item, item.guessed)
        settled = replace(
            item,
            loose=_loose(item, inferred),
            unsettled=item.failed | unsettled,
            fits=item.fits or (bool(used) and inferred.measured.issuperset(used)),
            called=tuple(_called(item, inferred.called & item.guessed)),
        )
        made.append(_with_doubts(settled, doubtful))
    return made


def _called(item: Item, keys: Container[str]) -> list[str]:
    """Return the symbols in a relation that are written like functions in it."""
    found = {name for side in (item.left, item.right) for head, _ in before_brackets(side) for name in _names(head)}
    known = item.scope.declarations
    return sorted(
        name for name in found if name in keys and name in known and known[name].kind in (Kind.SCALAR, Kind.ARRAY)
    )


def _is_open(item: Item) -> bool:
    """Whether a relation is not understood, or says something else than that its sides are equal."""
    return item.problem is not None or item.role in ("unsupported", "up-to", "named")


def _on_the_left(item: Item, keys: Iterable[str]) -> list[str]:
    """Return the symbols on the left side of a relation that is not understood: it may fix their values."""
    text = item.lhs.partition("=")[0] if item.left is None else item.lhs
    return spoken(replace(item, lhs=text, rhs="", right=item.left), keys)


_APPLICATION = re.compile(r"(?<![A-Za-z])[pqP]\s*(\\left)?\s*[(\[][^()\[\]]*(\\right)?\s*[)\]]")
_LISTED = re.compile(r"\s*(\\left\s*)?(\\lbrace|\\\{)")


def _given_a_value(item: Item, keys: Iterable[str]) -> list[str]:
    """Return the symbols whose value a relation that is not understood may fix.

    What a density is applied to is not among them, nor what is the set of its own members.
    """
    if item.role == "up-to":
        return []
    left, _, right = (item.lhs, "", item.rhs) if item.left is not None else item.lhs.partition("=")
    text = _APPLICATION.sub(" ", left)
    listed = _LISTED.match(right) is not None
    return [
        key
        for key in spoken(replace(item, lhs=text, rhs="", left=None, right=None), keys)
        if not (listed and f"{key}_" in right.replace(" ", ""))
    ]


def _with_doubts(item: Item, doubtful: frozenset[str]) -> Item:
    """Return a relation that is not refuted if it speaks of a symbol whose value is not understood."""
    found = frozenset(spoken(item, doubtful & item.guessed))
    return replace(item, failed=item.failed | found, fits=False) if found else item


def _loose(item: Item, inferred: Inferred) -> frozenset[str]:
    if not item.guessed or any(_has_derivative(side) for side in (item.left, item.right)):
        return frozenset()
    used = Dependencies(item.scope.definitions)
    random = item.scope.random | item.scope.laws.keys()
    conditions = [used.of(condition.lhs) | used.of(condition.rhs) for condition in item.scope.conditions]
    # a model says nothing of its parameters: its error may be anything
    stated = frozenset().union(*(names for names in conditions if names.isdisjoint(random)))
    return item.guessed - inferred.variables - stated


def _has_derivative(side: Node | None) -> bool:
    return side is not None and any(isinstance(node, Derivative | Differential) for node in below(side))
