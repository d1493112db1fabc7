"""The search for edits that make a relation true: one at a time, then two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.repair.edit import Edit, edited
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
class Tried:
    """An edit (or several at once) and the value of the side with it at the first point."""

    edits: tuple[Edit, ...]
    term: int
    value: Vector


@dataclass(frozen=True, slots=True)
class Unit:
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
        self.tried: list[Tried] = []
        self.untyped: list[tuple[Edit, int]] = []
        self.units: list[Unit] = []
        self.sites = list(sites(side, around.functions))

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

    def candidate(self, edits: tuple[Edit, ...], cost: float) -> Candidate:
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
            self.tried.append(Tried(edits, term, value))
            if self.numbers.equal(target, value) and self.agrees(edits):
                found.append(self.candidate(edits, cost))
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
        self.tried.append(Tried((), -1, whole))
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
            unit = Unit(site, self.numbers.minus(doubled, whole))
            self.units.append(unit)
            for edit in self._factors(rest, unit):
                if self.agrees((edit,)):
                    found.append(self.candidate((edit,), edit.cost))
        return found

    def _factors(self, rest: Vector, unit: Unit) -> Iterator[Edit]:
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
