"""Brackets that close too early or too late, and factors on the wrong side of a fraction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.repair.edit import MADE, Edit
from derive.repair.making import group, inside, negative, product, replaced, terms, without
from derive.repair.sites import Around, Site
from derive.syntax import Fraction_, FunctionCall, Group, Node, Product, Reduction, Scripted, Terms

Signed = tuple[int, Node]


def brackets(site: Site, around: Around) -> Iterator[Edit]:
    """A bracket that is lost, too many, or closes at the wrong place."""
    node = site.node
    if isinstance(node, Terms):
        for number in range(len(node.items)):
            yield from _in_sum(site, node, number)
        yield from _inverse_of_sum(site, node)
    elif site.holds_sum or isinstance(node, Product):
        for made in _opened((1, node)):
            yield site.edit(made, "E313", 1.2)
    if isinstance(node, Product):
        yield from _arguments(site, node)


def _in_sum(site: Site, node: Terms, number: int) -> Iterator[Edit]:
    before, (sign, item), after = node.items[:number], node.items[number], node.items[number + 1 :]
    for made in _opened((sign, item)):
        yield site.edit(terms(*before, (1, made), *after), "E313", 1.2, item.span)
    if after:
        wider = _taken_in(item, after[0])
        if wider is not None:
            where = item.span.cover(after[0][1].span)
            yield site.edit(terms(*before, (sign, wider), *after[1:]), "E313", 1.0, where)
        for made in _begun(sign, item, after[0]):
            yield site.edit(terms(*before, (1, made), *after[1:]), "E313", 1.2, item.span.cover(after[0][1].span))
    if before and isinstance(item, Product) and "/" not in item.operators:
        first = Group(MADE, "(", (terms(*before, (sign, item.items[0])),))
        yield site.edit(terms((1, product(first, without(item, 0))), *after), "E313", 1.2)
    if isinstance(item, Group) and isinstance(item.items[0], Terms) and sign < 0:
        yield site.edit(terms(*before, (1, negative(item.items[0])), *after), "E313", 1.1, item.span)


def _taken_in(item: Node, following: Signed) -> Node | None:
    """Return a term whose last bracket, or sum, also holds the term behind it."""
    if isinstance(item, Reduction):
        body = inside(item.body)
        return replace(item, span=MADE, body=Group(MADE, "(", (terms((1, body), following),)))
    if isinstance(item, Group):
        return Group(MADE, item.kind, (terms((1, item.items[0]), following),)) if len(item.items) == 1 else None
    if isinstance(item, Product):
        last = _taken_in(item.items[-1], following)
        return None if last is None else replaced(item, len(item.items) - 1, last)
    return None


def _begun(sign: int, item: Node, following: Signed) -> Iterator[Node]:
    """Yield products whose last factors stand in a bracket with the term behind them: A (x - y) for A x - y."""
    if not isinstance(item, Product) or "/" in item.operators:
        return
    for place in range(1, len(item.items)):
        first, last = without(item, *range(place, len(item.items))), without(item, *range(place))
        if isinstance(last, Group):
            continue
        yield terms((sign, product(first, Group(MADE, "(", (terms((1, last), following),)))))


def _opened(signed: Signed) -> Iterator[Node]:
    """Yield what a product with a sum in brackets may have meant: the bracket ends or begins elsewhere."""
    sign, item = signed
    if not isinstance(item, Product) or "/" in item.operators:
        return
    for place, factor in enumerate(item.items):
        inner = inside(factor)
        if not isinstance(inner, Terms) or len(inner.items) < 2:
            continue
        if place == len(item.items) - 1:  # X (a - b) for X a - b
            (last_sign, last), kept = inner.items[-1], inner.items[:-1]
            shorter = replaced(item, place, group(terms(*kept)) if len(kept) > 1 else terms(*kept))
            yield terms((sign, shorter), (sign * last_sign, last))
        if place == 0:  # (a - b) X for a - b X
            (last_sign, last), kept = inner.items[-1], inner.items[:-1]
            tail = replaced(item, 0, last)
            yield terms(*((sign * each, part) for each, part in kept), (sign * last_sign, tail))


def _inverse_of_sum(site: Site, node: Terms) -> Iterator[Edit]:
    """Inverses that are added for the inverse of a sum."""
    bases: list[Signed] = []
    for sign, item in node.items:
        if not isinstance(item, Scripted) or item.power is None or item.transposed or item.sub:
            return
        bases.append((sign, item.base))
    first = node.items[0][1]
    assert isinstance(first, Scripted)
    if len(bases) > 1:
        yield site.edit(Scripted(MADE, Group(MADE, "(", (terms(*bases),)), power=first.power), "E306", 1.5)


def _arguments(site: Site, node: Product) -> Iterator[Edit]:
    """A factor behind a function that belongs to its argument, and one in it that does not."""
    for place, item in enumerate(node.items):
        if not isinstance(item, FunctionCall) or item.power is not None:
            continue
        argument = inside(item.argument)
        if place + 1 < len(node.items) and node.operators[place + 1] != "/":
            wide = Group(MADE, "(", (product(_bracketed(argument), node.items[place + 1]),))
            taken = replace(item, span=MADE, argument=wide, bare=False)
            rest = [taken if at == place else each for at, each in enumerate(node.items) if at != place + 1]
            operators = (*node.operators[: place + 1], *node.operators[place + 2 :])
            made = rest[0] if len(rest) == 1 else Product(MADE, tuple(rest), operators)
            yield site.edit(made, "E313", 1.2, item.span.cover(node.items[place + 1].span))
        if isinstance(argument, Product) and "/" not in argument.operators:
            last = argument.items[-1]
            short = Group(MADE, "(", (without(argument, len(argument.items) - 1),))
            narrow = replace(item, span=MADE, argument=short, bare=False)
            yield site.edit(replaced(node, place, narrow, last), "E313", 1.2, item.span)


def _bracketed(node: Node) -> Node:
    return Group(MADE, "(", (node,)) if isinstance(node, Terms) else node


def fractions(site: Site, around: Around) -> Iterator[Edit]:
    """A factor that belongs to the other half of a fraction, or before or behind it."""
    node = site.node
    if not isinstance(node, Fraction_):
        return
    for part, other, up in ((node.numerator, node.denominator, True), (node.denominator, node.numerator, False)):
        if not isinstance(part, Product) or "/" in part.operators:
            continue
        for place, factor in enumerate(part.items):
            if around.is_array(factor):
                continue
            rest, more = without(part, place), product(_bracketed(other), factor)
            made = Fraction_(MADE, rest, more) if up else Fraction_(MADE, more, rest)
            yield site.edit(made, "E313", 1.1, factor.span)
