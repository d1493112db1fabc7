"""The search for edits that make a relation true: one at a time, then two."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.repair.edit import Edit, contains, edited
from derive.repair.kinds.brackets import brackets, fractions
from derive.repair.kinds.factors import inverses, orders, powers, transposes
from derive.repair.kinds.indices import everywhere, indices, sums
from derive.repair.kinds.symbols import symbols
from derive.repair.kinds.terms import additions, factors, functions, scaled, signs
from derive.repair.sites import Around, Site, sites
from derive.repair.values import Bench, Numbers, Vector
from derive.statement import Statement
from derive.syntax import Node, Num, Terms

KINDS: tuple[Callable[[Site, Around], Iterator[Edit]], ...] = (
    signs,
    transposes,
    orders,
    inverses,
    powers,
    indices,
    sums,
    factors,
    additions,
    symbols,
    brackets,
    fractions,
    functions,
)
"""For every place of a formula, what may have been meant instead; the order says nothing."""

MAX_TRIED = 900
MAX_PAIRS = 3500
MAX_STEPS = 150_000
"""Operations and places read for one relation; counted, not timed, so that the same input gives the same answer."""
PLAIN = 1.25
"""The largest cost of an edit that is tried together with another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Edits of one side under which it agrees with the other at the points of a bench."""

    edits: tuple[Edit, ...]
    cost: float
    size: int
    """Letters of the text that change: of two equally small edits the shorter one is nearer."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """An edit (or several at once) and the value of the side with it at the first point."""

    edits: tuple[Edit, ...]
    term: int
    value: Vector


@dataclass(frozen=True, slots=True)
class _Unit:
    """A term of the side, and what the side gains when the term is doubled."""

    site: Site
    gain: Vector


class Search:
    """Looks for edits of one side of a relation.

    Parameters
    ----------
    side : Node
        The side to edit.
    state : callable
        Returns the statement with another tree in the place of the side, or None if that makes no sense.
    around : Around
        What is known around the places of the side.
    bench : Bench
        Points at which the other side is known.
    """

    def __init__(
        self, side: Node, state: Callable[[Node], Statement | None], around: Around, bench: Bench, flipped: bool = False
    ) -> None:
        self.side = side
        self.state = state
        self.around = around
        self.bench = bench
        self.flipped = flipped
        self.count = 0
        self.read = 0
        self.tried: list[_Tried] = []
        self.untyped: list[tuple[Edit, int]] = []
        self.units: list[_Unit] = []
        self.sites = list(sites(side))

    @property
    def is_spent(self) -> bool:
        """Whether no more work is to be put into this relation."""
        return self.bench.steps + self.read > MAX_STEPS

    @property
    def numbers(self) -> Numbers:
        """Arithmetic at the first point."""
        return self.bench.points[0].numbers

    # -- values ------------------------------------------------------------------------------------------------

    def value(self, edits: Sequence[Edit], point: int = 0) -> Vector | None:
        """Return the side with some edits made, at a point."""
        self.count += 1
        self.read += len(self.sites)
        statement = self.state(edited(self.side, edits))
        if statement is None:
            return None
        return self.bench.value(self.bench.points[point], statement.lhs if self.flipped else statement.rhs)

    def agrees(self, edits: Sequence[Edit]) -> bool:
        """Whether the side with some edits made is the other side at all points."""
        for place, point in enumerate(self.bench.points):
            value = self.value(edits, place)
            if value is None or not point.numbers.equal(point.target, value):
                return False
        return True

    def _candidate(self, edits: tuple[Edit, ...], cost: float) -> Candidate:
        changed = sum(edit.old.span.end - edit.old.span.start for edit in edits)
        return Candidate(edits, cost, changed)

    # -- one edit ----------------------------------------------------------------------------------------------

    def singles(self) -> list[Candidate]:
        """Return the single edits that make the relation true, the smallest first."""
        target = self.bench.points[0].target
        found: list[Candidate] = []
        for edits, cost, term in self._all():
            if self.count >= MAX_TRIED or self.is_spent:
                break
            value = self.value(edits)
            if value is None:
                self.untyped += [(edits[0], term)] if len(edits) == 1 and cost <= PLAIN else []
                continue
            self.tried.append(_Tried(edits, term, value))
            if self.numbers.equal(target, value) and self.agrees(edits):
                found.append(self._candidate(edits, cost))
        found += self._scaled()
        return sorted(found, key=lambda each: (each.cost, each.size))

    def _all(self) -> Iterator[tuple[tuple[Edit, ...], float, int]]:
        for site in self.sites:
            for kind in KINDS:
                for edit in kind(site, self.around):
                    yield (edit,), edit.cost, site.term
        for joint in everywhere(self.side, self.around):
            yield joint, 1.5, -1

    # -- factors: one evaluation tells which -------------------------------------------------------------------

    def _scaled(self) -> list[Candidate]:
        """Return the factors of terms that make the relation true; where the side is linear they are computed."""
        whole = self.value(())
        if whole is None:
            return []
        self.tried.append(_Tried((), -1, whole))
        rest = self.numbers.minus(self.bench.points[0].target, whole)
        found = []
        for site in self.sites:
            if not site.linear or isinstance(site.node, Terms) or not (site.is_item or site.root):
                continue
            if isinstance(site.node, Num) and site.node.value == 0:
                continue
            doubled = self.value((scaled(site, Fraction(2), None, False, self.around, 1.0),))
            if doubled is None:
                continue
            unit = _Unit(site, self.numbers.minus(doubled, whole))
            self.units.append(unit)
            for edit in self._factors(rest, unit):
                if self.agrees((edit,)):
                    found.append(self._candidate((edit,), edit.cost))
        return found

    def _factors(self, rest: Vector, unit: _Unit) -> Iterator[Edit]:
        """Yield the edits that put the factor 1 + rest / gain before a term."""
        numbers = self.numbers
        if not numbers.is_zero(rest, unit.gain):
            ratio = numbers.ratio(rest, unit.gain)
            if ratio is not None:
                factor = numbers.fraction(numbers.plus((ratio,), (1,))[0])
                if factor is not None and factor > 0:
                    yield scaled(unit.site, factor, None, False, self.around, 1.0)
            entries = numbers.ratios(rest, unit.gain)
            if entries is not None:
                yield from self._symbols(numbers.plus(entries, (1,) * len(entries)), unit.site)

    def _symbols(self, factor: Vector, site: Site) -> Iterator[Edit]:
        """Yield the edits that put a symbol, its square or its reciprocal before a term."""
        for symbol, value in self._scalars():
            if len(factor) % len(value):
                continue
            each = len(factor) // len(value)
            values = tuple(entry for entry in value for _ in range(each))
            for inverse in (False, True):
                number = self._number(factor, values, inverse)
                if number is not None and number > 0:
                    yield scaled(site, number, symbol, inverse, self.around, 1.3 if number == 1 else 1.6)

    def _number(self, factor: Vector, symbol: Vector, inverse: bool) -> Fraction | None:
        numbers = self.numbers
        if inverse:
            ratio = numbers.ratio(numbers.times(factor, symbol), (1,) * len(factor))
        else:
            ratio = numbers.ratio(factor, symbol)
        return None if ratio is None else numbers.fraction(ratio)

    def _scalars(self) -> Iterator[tuple[Node, Vector]]:
        """Yield the scalars that a factor may be, with their values."""
        if not hasattr(self, "_known_scalars"):
            self._known_scalars = list(self.around.scalars(self.bench, self.bench.points[0]))
        yield from self._known_scalars

    # -- two edits ---------------------------------------------------------------------------------------------

    def pairs(self) -> Iterator[Candidate]:
        """Yield pairs of edits that make the relation true: those found by arithmetic first, then term by term."""
        yield from self._with_a_sign()
        yield from self._in_two_terms()
        yield from self._in_one_term()

    def _pair(self, edits: tuple[Edit, ...]) -> Candidate | None:
        if not _independent(edits) or not self.agrees(edits):
            return None
        return self._candidate(edits, sum(edit.cost for edit in edits))

    def _with_a_sign(self) -> Iterator[Candidate]:
        """An edit and, of a term of the side, another sign or factor."""
        numbers, target = self.numbers, self.bench.points[0].target
        whole = self.tried[-1].value if self.tried and not self.tried[-1].edits else None
        tops = [unit for unit in self.units if _is_term(unit.site, self.side)]
        if whole is None:
            tops = []
        found: list[Candidate] = []
        for tried in self.tried:
            if not tried.edits:
                continue
            rest = numbers.minus(target, tried.value)
            for unit in tops:
                gain = unit.gain
                if unit.site.term == tried.term or len(tops) == 1:
                    gain = numbers.plus(numbers.minus(tried.value, whole), gain)  # type: ignore[arg-type]
                for edit in self._turned(rest, _Unit(unit.site, gain)):
                    made = self._pair((*tried.edits, edit))
                    if made is not None:
                        found.append(made)
        yield from sorted(found, key=lambda each: (each.cost, each.size))

    def _turned(self, rest: Vector, unit: _Unit) -> Iterator[Edit]:
        """Yield the edit that puts 1 + rest / gain before a term: a sign or a small number."""
        numbers = self.numbers
        if numbers.is_zero(rest, unit.gain):
            return
        ratio = numbers.ratio(rest, unit.gain)
        factor = None if ratio is None else numbers.fraction(numbers.plus((ratio,), (1,))[0])
        if factor is None:
            return
        if factor > 0:
            yield scaled(unit.site, factor, None, False, self.around, 1.0)
        elif factor == -1:
            yield from self._signs_at(unit.site)

    def _signs_at(self, site: Site) -> Iterator[Edit]:
        root = self.sites[0]
        for edit in signs(root, self.around):
            if not isinstance(root.node, Terms) or self._turns(edit, site):
                yield edit

    def _turns(self, edit: Edit, site: Site) -> bool:
        old, new = edit.old, edit.new
        assert isinstance(old, Terms)
        kept = new.items if isinstance(new, Terms) else ((1, new),)
        return (-old.items[site.term][0], site.node) == kept[site.term] if len(kept) > site.term else False

    def _in_two_terms(self) -> Iterator[Candidate]:
        """Two edits in different terms: what one gains is what the other one lacks."""
        numbers, target = self.numbers, self.bench.points[0].target
        whole = next((tried.value for tried in self.tried if not tried.edits), None)
        if whole is None:
            return
        rest = numbers.minus(target, whole)
        by_gain: dict[Vector, list[_Tried]] = defaultdict(list)
        for tried in self.tried:
            if tried.edits:
                by_gain[numbers.key(numbers.minus(tried.value, whole))].append(tried)
        for first in self.tried:
            wanted = numbers.key(numbers.minus(rest, numbers.minus(first.value, whole)))
            for second in by_gain.get(wanted, ()):
                if first.edits and first.term < second.term:
                    made = self._pair((*first.edits, *second.edits))
                    if made is not None:
                        yield made

    def _in_one_term(self) -> Iterator[Candidate]:
        """Two edits of the same term, tried one pair after the other."""
        options: dict[int, list[Edit]] = defaultdict(list)
        for tried in self.tried:
            if len(tried.edits) == 1 and tried.edits[0].cost <= PLAIN:
                options[tried.term].append(tried.edits[0])
        for edit, term in self.untyped:
            options[term].append(edit)
        count = 0
        for edits in options.values():
            ranked = sorted(edits, key=lambda edit: edit.cost)
            for pair in sorted(itertools.combinations(ranked, 2), key=lambda two: two[0].cost + two[1].cost):
                count += 1
                if count > MAX_PAIRS or self.is_spent:
                    return
                made = self._pair(pair)
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
