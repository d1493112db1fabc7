"""Two edits at once that make a relation true: most are found by arithmetic with the values of single ones."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.repair.edit import Edit, contains
from derive.repair.kinds.terms import scaled, signs
from derive.repair.search import PLAIN, Candidate, Search, Tried, Unit
from derive.repair.sites import Site
from derive.repair.values import Vector
from derive.syntax import Node, Terms

MAX_PAIRS = 3500


def pairs(search: Search) -> Iterator[Candidate]:
    """Yield pairs of edits that make the relation true: those found by arithmetic first, then term by term."""
    yield from _negative(search)
    yield from _with_a_sign(search)
    yield from _in_two_terms(search)
    yield from _in_one_term(search)


def _pair(search: Search, edits: tuple[Edit, ...]) -> Candidate | None:
    if not _independent(edits) or not search.agrees(edits):
        return None
    return search.candidate(edits, sum(edit.cost for edit in edits))


def _negative(search: Search) -> Iterator[Candidate]:
    """A sign and a factor of one term of the side."""
    whole = _whole(search)
    if whole is None:
        return
    rest = search.numbers.minus(search.bench.points[0].target, whole)
    for unit in search.units:
        factor = _factor(search, rest, unit) if _is_term(unit.site, search.side) else None
        if factor is not None and factor < 0 and factor != -1:
            for sign in _signs_at(search, unit.site):
                made = _pair(search, (scaled(unit.site, -factor, None, False, search.around, 1.0), sign))
                if made is not None:
                    yield made


def _whole(search: Search) -> Vector | None:
    """Return the value of the side as it stands."""
    return next((tried.value for tried in search.tried if not tried.edits), None)


def _with_a_sign(search: Search) -> Iterator[Candidate]:
    """An edit and, of a term of the side, another sign or factor."""
    numbers, target = search.numbers, search.bench.points[0].target
    whole = _whole(search)
    tops = [unit for unit in search.units if _is_term(unit.site, search.side)]
    if whole is None:
        tops = []
    found: list[Candidate] = []
    for tried in search.tried:
        if not tried.edits:
            continue
        rest = numbers.minus(target, tried.value)
        for unit in tops:
            gain = unit.gain
            if unit.site.term == tried.term or len(tops) == 1:
                gain = numbers.plus(numbers.minus(tried.value, whole), gain)  # type: ignore[arg-type]
            for edit in _turned(search, rest, Unit(unit.site, gain)):
                made = _pair(search, (*tried.edits, edit))
                if made is not None:
                    found.append(made)
    yield from sorted(found, key=lambda each: (each.cost, each.size))


def _turned(search: Search, rest: Vector, unit: Unit) -> Iterator[Edit]:
    """Yield the edit that puts 1 + rest / gain before a term: a sign or a small number."""
    factor = _factor(search, rest, unit)
    if factor is None:
        return
    if factor > 0:
        yield scaled(unit.site, factor, None, False, search.around, 1.0)
    elif factor == -1:
        yield from _signs_at(search, unit.site)


def _factor(search: Search, rest: Vector, unit: Unit) -> Fraction | None:
    """Return 1 + rest / gain, if it is a small number other than 1."""
    numbers = search.numbers
    if numbers.is_zero(rest, unit.gain):
        return None
    ratio = numbers.ratio(rest, unit.gain)
    return None if ratio is None else numbers.fraction(numbers.plus((ratio,), (1,))[0])


def _signs_at(search: Search, site: Site) -> Iterator[Edit]:
    root = search.sites[0]
    for edit in signs(root, search.around):
        if not isinstance(root.node, Terms) or _turns(search, edit, site):
            yield edit


def _turns(search: Search, edit: Edit, site: Site) -> bool:
    old, new = edit.old, edit.new
    assert isinstance(old, Terms)
    kept = new.items if isinstance(new, Terms) else ((1, new),)
    return (-old.items[site.term][0], site.node) == kept[site.term] if len(kept) > site.term else False


def _in_two_terms(search: Search) -> Iterator[Candidate]:
    """Two edits in different terms: what one gains is what the other one lacks."""
    numbers, target = search.numbers, search.bench.points[0].target
    whole = _whole(search)
    if whole is None:
        return
    rest = numbers.minus(target, whole)
    by_gain: dict[Vector, list[Tried]] = defaultdict(list)
    for tried in search.tried:
        if tried.edits:
            by_gain[numbers.key(numbers.minus(tried.value, whole))].append(tried)
    for first in search.tried:
        wanted = numbers.key(numbers.minus(rest, numbers.minus(first.value, whole)))
        for second in by_gain.get(wanted, ()):
            if first.edits and first.term < second.term:
                made = _pair(search, (*first.edits, *second.edits))
                if made is not None:
                    yield made


def _in_one_term(search: Search) -> Iterator[Candidate]:
    """Two edits of the same term, tried one pair after the other."""
    options: dict[int, list[Edit]] = defaultdict(list)
    for tried in search.tried:
        if len(tried.edits) == 1 and tried.edits[0].cost <= PLAIN:
            options[tried.term].append(tried.edits[0])
    for edit, term in search.untyped:
        options[term].append(edit)
    count = 0
    for edits in options.values():
        ranked = sorted(edits, key=lambda edit: edit.cost)
        for pair in sorted(itertools.combinations(ranked, 2), key=lambda two: two[0].cost + two[1].cost):
            count += 1
            if count > MAX_PAIRS or search.is_spent:
                return
            made = _pair(search, pair)
            if made is not None:
                yield made


def _is_term(site: Site, side: Node) -> bool:
    return site.node is side or (isinstance(side, Terms) and any(item is site.node for _, item in side.items))


def _independent(edits: Sequence[Edit]) -> bool:
    """Whether edits are of different places: none is inside what another one throws away."""
    for one, two in itertools.permutations(edits, 2):
        if one.old is two.old:
            return False
        if contains(one.old, two.old) and not contains(one.new, two.old):
            return False
    return True
