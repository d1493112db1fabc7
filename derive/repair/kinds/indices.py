"""Indices and sums: another letter, two letters swapped, an index or a sum that is lost or too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derive.facts import Kind
from derive.names import FAMILY, Names
from derive.reductions import index_letters
from derive.repair.edit import MADE, Edit
from derive.repair.making import name, summed
from derive.repair.sites import Around, Site, sites
from derive.repair.writing import SUM, TERM, braced
from derive.scope import Scope
from derive.source import Span
from derive.syntax import Fraction_, Group, Name, Node, Num, Product, Reduction, Scripted, Terms

_SIZED = frozenset({"I", "\\mathbf{I}", "\\mathbb{I}", "\\mathbf{1}", "\\mathbf{0}", "0", "1"})
"""Symbols whose index is a size."""


def indices(site: Site, around: Around) -> Iterator[Edit]:
    """Another letter, two letters swapped, an index that is lost or too many."""
    node = site.node
    letters = tuple(dict.fromkeys((*site.bound, *around.letters)))
    if isinstance(node, Scripted) and node.sub:
        for place, item in enumerate(node.sub):
            if isinstance(item, Name) and item.key in letters:
                for letter in letters:
                    if letter != item.key:
                        yield site.edit(_with_sub(node, place, name(letter)), "E307", at=_sub_span(node))
        if len(node.sub) == 2 and str(node.sub[0]) != str(node.sub[1]):
            swapped = replace(_with_sub(node, 0, node.sub[1]), sub=node.sub[::-1])
            yield site.edit(replace(swapped, sub_text=_text(swapped.sub)), "E307", at=_sub_span(node))
        if isinstance(node.base, Name) and _is_known(node.base.key, around.scope):
            bare: Node = replace(node, span=MADE, sub=(), sub_text="")
            is_plain = node.power is None and not node.transposed and not node.primes
            yield site.edit(node.base if is_plain else bare, "E307", 1.3)
        if isinstance(node.base, Name) and node.base.key in _SIZED and len(node.sub) == 1:
            for size in around.sizes:
                if size != getattr(node.sub[0], "key", None):
                    yield site.edit(_with_sub(node, 0, name(size)), "E307", at=_sub_span(node))
    yield from _members(site, around, letters)
    if isinstance(node, Reduction) and len(node.indices) == 1 and isinstance(node.indices[0], Name):
        used = index_letters(node.body)
        for letter in sorted({*letters, *used} - {node.indices[0].key}):
            yield _over(site, node, letter)
        if isinstance(node.upper, Name):
            for size in around.sizes:
                if size != node.upper.key:
                    new = replace(node, span=MADE, upper=name(size))
                    yield replace(site.edit(new, "E307", 1.2, node.upper.span), splices=((node.upper.span, size),))


def _over(site: Site, node: Reduction, letter: str) -> Edit:
    """Return the edit that makes a sum run over another letter."""
    where = node.indices[0].span
    edit = site.edit(replace(node, span=MADE, indices=(name(letter),)), "E307", 1.0, where)
    return replace(edit, splices=((where, letter),))


def _with_sub(node: Scripted, place: int, item: Node) -> Scripted:
    sub = (*node.sub[:place], item, *node.sub[place + 1 :])
    return replace(node, span=MADE, sub=sub, sub_text=_text(sub))


def _text(sub: tuple[Node, ...]) -> str:
    return "".join(item.key if isinstance(item, Name) else str(getattr(item, "value", "")) for item in sub)


def _sub_span(node: Scripted) -> Span:
    return node.base.span.cover(node.sub[-1].span)


def _is_known(key: str, scope: Scope) -> bool:
    return Names(scope).find_key(key) is not None


def _members(site: Site, around: Around, letters: tuple[str, ...]) -> Iterator[Edit]:
    """A symbol for a member of its family."""
    node = site.node
    base = node.base if isinstance(node, Scripted) and not node.sub else node
    if not isinstance(base, Name) or site.exponent:
        return
    for letter in family_letters(base.key, around.scope, letters):
        index = name(letter)
        if isinstance(node, Scripted):
            made = replace(node, span=MADE, sub=(index,), sub_text=letter)
        else:
            made = Scripted(MADE, base, (index,), letter)
        yield site.edit(made, "E307", 1.1)


def family_letters(key: str, scope: Scope, letters: tuple[str, ...]) -> tuple[str, ...]:
    """Return the letters that a member of the family of this name may have."""
    found = Names(scope).find_key(key + FAMILY)
    declaration = scope.declarations.get(found or "")
    if declaration is None or declaration.kind not in (Kind.ARRAY, Kind.SCALAR) or len(declaration.ranges) != 1:
        return ()
    own = declaration.ranges[0]
    return tuple(dict.fromkeys((*(each for each in letters if scope.ranges.get(each) == own), *declaration.letters)))


def sums(site: Site, around: Around) -> Iterator[Edit]:
    """A sum that is lost or too many, or that reaches too far or not far enough."""
    node = site.node
    if isinstance(node, Reduction) and node.operator == "sum" and not isinstance(node.body, Terms):
        first = Span(node.span.start, node.body.span.start)
        edit = site.edit(node.body, "E308", 1.2, first)
        yield replace(edit, splices=((first, ""),))
    if isinstance(node, Fraction_):
        yield from _out_of_fraction(site, node)
    is_place = site.least == TERM or site.holds_sum or (site.argument and not isinstance(node, Group))
    if is_place and not isinstance(node, Terms | Num) and not site.exponent:
        letters = index_letters(node).difference(site.bound)
        for letter in sorted(letters):
            upper = around.scope.ranges.get(letter)
            if upper is not None:
                yield summed_over(site, node, letter, str(upper))
        for known in around.sums:  # \\sum_{t=2}^T, as elsewhere in the relation
            if letters.issuperset(item.key for item in known.indices if isinstance(item, Name)) and not _is_usual(
                known, around.scope
            ):
                yield _summed_as(site, node, known, around)


def summed_over(site: Site, node: Node, letter: str, upper: str) -> Edit:
    """Return the edit that sums a term over an index."""
    edit = site.edit(summed(node, letter, upper), "E308")
    if isinstance(node, Group) and node.kind == "{":
        return edit
    return replace(edit, splices=((Span(node.span.start, node.span.start), f"\\sum_{{{letter}=1}}^{braced(upper)} "),))


def _is_usual(known: Reduction, scope: Scope) -> bool:
    """Whether a sum over one index runs over the declared range."""
    (first, *others) = known.indices
    upper = scope.ranges.get(first.key) if isinstance(first, Name) else None
    starts = isinstance(known.lower, Num) and known.lower.value == 1
    return starts and not others and isinstance(known.upper, Name) and known.upper.key == str(upper)


def _summed_as(site: Site, node: Node, known: Reduction, around: Around) -> Edit:
    """Return the edit that sums a term as another one is summed."""
    edit = site.edit(replace(known, span=MADE, body=node), "E308", 1.1)
    if isinstance(node, Group) and node.kind == "{":
        return edit
    head = around.text(known.span.start, known.body.span.start).strip()
    return replace(edit, splices=((Span(node.span.start, node.span.start), f"{head} "),))


def _out_of_fraction(site: Site, node: Fraction_) -> Iterator[Edit]:
    """A sum over a numerator for a sum of quotients."""
    top = node.numerator
    if isinstance(top, Reduction) and top.operator == "sum":
        yield site.edit(replace(top, span=MADE, body=Fraction_(MADE, top.body, node.denominator)), "E308", 1.2)


# -- changes that are made everywhere at once ----------------------------------------------------------------------


def everywhere(root: Node, around: Around) -> Iterator[tuple[Edit, ...]]:
    """Yield changes of all the places that one slip shows at: a letter of every sum, an index of every symbol."""
    places = list(sites(root))
    for old in around.letters:
        found = [site for site in places if _runs_over(site.node, old)]
        if len(found) > 1:
            for new in sorted({*around.letters} - {old}):
                yield tuple(_over(site, site.node, new) for site in found)  # type: ignore[arg-type]
    yield from _every_member(places, around)


def _runs_over(node: Node, letter: str) -> bool:
    return isinstance(node, Reduction) and any(isinstance(i, Name) and i.key == letter for i in node.indices[:1])


def _every_member(places: list[Site], around: Around) -> Iterator[tuple[Edit, ...]]:
    """Indices that were dropped from a formula: every symbol gets the index of its family."""
    by_symbol: dict[str, list[tuple[Edit, ...]]] = {}
    for site in places:
        key = getattr(getattr(site.node, "base", site.node), "key", None)
        if key is not None and (isinstance(site.node, Name) or not getattr(site.node, "sub", ())):
            options = tuple(_members(site, around, around.letters))
            if options:
                by_symbol.setdefault(key, []).append(options)
    chosen: list[Edit] = []
    for places_of_one in by_symbol.values():
        if len(places_of_one) > 1:
            yield from zip(*places_of_one, strict=False)
        chosen += [options[0] for options in places_of_one]
    if len(by_symbol) > 1:
        yield tuple(chosen)


def on_both_sides(left: Node, right: Node, around: Around) -> Iterator[tuple[Edit, Edit]]:
    """Yield sums that are lost on both sides."""
    shared = index_letters(left) & index_letters(right)
    for letter in sorted(shared):
        upper = around.scope.ranges.get(letter)
        if upper is None:
            continue
        pair: list[Any] = []
        for node in (left, right):
            place = Site(node, SUM, holds_sum=True)
            pair.append(_innermost(place, node, letter, str(upper)))
        yield pair[0], pair[1]


def _innermost(place: Site, node: Node, letter: str, upper: str) -> Edit:
    """Sum a side over an index: only the factors from the first one on that has it, as authors write it."""
    if isinstance(node, Product) and all(operator != "/" for operator in node.operators):
        first = next((at for at, item in enumerate(node.items) if letter in index_letters(item)), 0)
        if first:
            tail = (
                Product(MADE, node.items[first:], ("", *node.operators[first + 1 :]))
                if first < len(node.items) - 1
                else node.items[first]
            )
            new = Product(MADE, (*node.items[:first], summed(tail, letter, upper)), (*node.operators[:first], ""))
            start = Span(node.items[first].span.start, node.items[first].span.start)
            edit = place.edit(new, "E308", 1.0, node.items[first].span.cover(node.items[-1].span))
            return replace(edit, splices=((start, f"\\sum_{{{letter}=1}}^{braced(upper)} "),))
    if isinstance(node, Terms):
        whole = Group(MADE, "(", (node,))
        return place.edit(summed(whole, letter, upper), "E308")
    return summed_over(place, node, letter, upper)
