"""The nearest true statement to a relation that is wrong: found at points, then read again from its text and judged."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from derive.brackets import prepare
from derive.conditions import Met
from derive.exact.equation import Equation
from derive.exact.sample import Constraints
from derive.hats import without_hats
from derive.judge import Contradiction, Judge
from derive.reductions import index_letters
from derive.repair.derived import from_conditions, is_derivative, is_unfolded, left_side
from derive.repair.edit import Edit, contains, edited, spliced
from derive.repair.kinds.indices import on_both_sides
from derive.repair.making import is_symbol
from derive.repair.remember import Memory, Remembering
from derive.repair.search import Candidate, Search
from derive.repair.sites import Around, sites
from derive.repair.values import Bench
from derive.repair.writing import Writer
from derive.scope import Scope
from derive.source import Excerpt, Span, closed
from derive.statement import Reading, Statement, parse_side, state, stated_by
from derive.syntax import Name, Node, Scripted
from derive.tokens import Unreadable, tokenize
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Repair

MAX_CONFIRMED = 4
"""Candidates that are judged before the search goes on to larger changes."""

MAX_PLACES = 600
"""Parts of a relation; in a longer one nothing is looked for."""

_MARK = re.compile(r"\^\s*\{?\s*(\\top|\\intercal|\\mathsf\s*\{T\}|\\mathrm\s*\{T\}|\\text\s*\{T\}|\\mathsf T|T)\b")


@dataclass(frozen=True)
class Line:
    """A relation with the text it was read from.

    Attributes
    ----------
    left, right : Node
        The two sides; their spans count in ``text``.
    text : str
        The source.
    sides : (Span, Span)
        Where the sides stand in it.
    scope : Scope
        What is in force.
    reading : Reading
        The conventions it is judged by.
    macros : mapping
        Macros of the document.
    unknowns : frozenset of str
        Unknowns of stationarity conditions: their values may be written with a hat.
    """

    left: Node
    right: Node
    text: str
    sides: tuple[Span, Span]
    scope: Scope
    reading: Reading
    macros: Mapping[str, Any] = field(default_factory=dict)
    unknowns: frozenset[str] = frozenset()

    def side(self, number: int) -> str:
        """Return the text of a side."""
        return closed(self.text, self.sides[number].start, self.sides[number].end)


def mend(line: Line, seed: int = 0, *, largest: float = 4.0) -> Repair | None:
    """Return the nearest true statement to a wrong relation that is found, or None.

    Edits of the right side are tried first, then two at once, then what the left side is by derivation, then edits of
    the left side. What is returned was read again from its text and is itself proved or holds.

    Parameters
    ----------
    line : Line
        The relation.
    seed : int
        The seed of the points.
    largest : float
        The largest change that is looked for; 1.5 is a single edit.
    """
    return Mender(line, seed).repair(largest)


class Mender:
    """Looks for the repair of one relation."""

    def __init__(self, line: Line, seed: int) -> None:
        self.line = line
        self.seed = seed
        self.judge = Judge(seed)
        self.memory = Memory((line.left, line.right))
        self.scope = line.scope.copy()
        found = _MARK.search(line.text[line.sides[0].start : line.sides[1].end])
        self.writer = Writer(line.text, found.group(1) if found else "\\top")
        self.original = self._state(line.left, line.right)
        self._seen: set[str] = set()

    # -- what is tried, in order -------------------------------------------------------------------------------

    def repair(self, largest: float) -> Repair | None:
        """Return the smallest repair found."""
        if self._is_vast():
            return None
        around = self._around()
        right = self._search(around, flipped=False)
        found = self._first(right.singles(), right) if right is not None else None
        if found is not None or largest <= 1.5:
            return found
        left = self._search(around, flipped=True)
        found = self._on_both_sides(around)
        if found is None and left is not None and self.original is None:
            found = self._first(left.singles(), left)
        if found is None:
            found = self._derived(is_derivative)
        if found is None and right is not None:
            found = self._first(right.pairs(), right)
        if found is None:
            found = self._isolated() or self._derived(is_unfolded)
        if found is None and left is not None and self.original is not None:
            found = self._first(left.singles(), left)
        return found

    def _is_vast(self) -> bool:
        """Whether a side has more places than slips are looked for at."""
        places = itertools.chain(sites(self.line.left), sites(self.line.right))
        return next(itertools.islice(places, MAX_PLACES, None), None) is not None

    def _first(self, candidates: Iterable[Candidate], search: Search) -> Repair | None:
        for number, candidate in enumerate(candidates):
            if number >= MAX_CONFIRMED:
                break
            made = self._confirmed(candidate, search.flipped)
            if made is not None:
                return made
        return None

    # -- the search --------------------------------------------------------------------------------------------

    def _state(self, left: Node, right: Node) -> Statement | None:
        reading = self.line.reading
        elaborator = Remembering(self.scope, reading.layout, reading.symmetric, self.memory)
        try:
            return stated_by(elaborator, left, right)
        except (Malformed, Unreadable, RecursionError):
            return None

    def _around(self) -> Around:
        line = self.line
        letters = index_letters(line.left) | index_letters(line.right) | set(self._bound_letters())
        symbols = {self.writer.write(site.node): site.node for site in self._symbol_sites()}
        sizes = sorted({str(size) for letter in letters if (size := self.scope.ranges.get(letter)) is not None})
        sizes += [name for name in self._own_sizes() if name not in sizes]
        return Around(
            self.scope, self.writer, self.memory, tuple(sorted(letters)), tuple(sizes), tuple(symbols.values())
        )

    def _symbol_sites(self) -> Iterator[Any]:
        for side in (self.line.left, self.line.right):
            for site in sites(side):
                node = site.node
                if isinstance(node, Scripted) and isinstance(node.base, Name) and not node.sub:
                    node = node.base
                if is_symbol(node) and self._is_known(node):
                    yield replace(site, node=node)

    def _is_known(self, node: Node) -> bool:
        """Whether a part can be elaborated by itself; what it means is remembered then."""
        if id(node) not in self.memory.parts:
            self._state(node, node)
        return id(node) in self.memory.parts

    def _bound_letters(self) -> Iterator[str]:
        for side in (self.line.left, self.line.right):
            for site in sites(side):
                yield from site.bound

    def _own_sizes(self) -> list[str]:
        found: set[str] = set()
        for part in self.memory.parts.values():
            for dim in part.typed.shape or ():
                found |= {symbol.name for symbol in getattr(dim, "free_symbols", ())}
        return sorted(name for name in found if self.scope.is_size(name))

    def _search(self, around: Around, *, flipped: bool) -> Search | None:
        """Return the search for edits of a side; None if the other one cannot be evaluated."""
        line = self.line
        fixed, side = (line.right, line.left) if flipped else (line.left, line.right)
        base = self.original or self._state(fixed, fixed)
        if base is None or base.order is not None:
            return None
        equation = base.equation()
        if flipped:
            equation = replace(equation, lhs=equation.rhs)
        bench = Bench(self._met(base, equation), self.seed)
        if not bench.points:
            return None

        def stated(tree: Node) -> Statement | None:
            return self._state(tree, line.right) if flipped else self._state(line.left, tree)

        return Search(side, stated, around, bench, flipped)

    def _met(self, statement: Statement, equation: Equation) -> Equation:
        """Return an equation whose points satisfy the conditions in scope, as far as they can be made."""
        conditions = self.judge.applicable(statement, self.line.scope.conditions)
        if not conditions:
            return equation
        met, used, _ = self.judge.met(statement, conditions)
        if not used:
            met = Met(statement.scope, Constraints())
        return replace(equation, scope=met.scope, constraints=met.constraints, given=met.given)

    # -- other ways --------------------------------------------------------------------------------------------

    def _on_both_sides(self, around: Around) -> Repair | None:
        for left, right in on_both_sides(self.line.left, self.line.right, around):
            made = self._both(left, right)
            if made is not None:
                return made
        return None

    def _both(self, left: Edit, right: Edit) -> Repair | None:
        text = self._edited_text((left,), 0), self._edited_text((right,), 1)
        if None in text:
            return None
        splices = (*self._splices((left,), 0), *self._splices((right,), 1))
        return self._judged(*text, right.code, right.place, 2, splices, False)  # type: ignore[arg-type]

    def _derived(self, applies: Any) -> Repair | None:
        statement = self.original or self._state(self.line.left, self.line.left)
        if statement is None or not applies(statement):
            return None
        return self._whole(left_side(statement))

    def _isolated(self) -> Repair | None:
        if self.original is None:
            return None
        conditions = self.judge.applicable(self.original, self.line.scope.conditions)
        for text in from_conditions(self.original, conditions):
            found = self._whole(text)
            if found is not None:
                return found
        return None

    def _whole(self, text: str | None) -> Repair | None:
        """Return the repair that puts another right side."""
        if text is None or _plain(text) == _plain(self.line.side(0)):
            return None
        start = self.line.sides[1].start
        span = Span(start, start + len(self.line.side(1)))
        return self._judged(self.line.side(0), text, "E301", span, 0, ((span, text),), True)

    # -- texts -------------------------------------------------------------------------------------------------

    def _splices(self, edits: tuple[Edit, ...], side: int) -> tuple[tuple[Span, str], ...]:
        found: list[tuple[Span, str]] = []
        for edit in edits:
            inner = [other for other in edits if other is not edit and contains(edit.old, other.old)]
            if edit.splices is not None:
                found += edit.splices
            elif not inner:
                end = edit.old.span.start + len(closed(self.line.text, edit.old.span.start, edit.old.span.end))
                found.append((Span(edit.old.span.start, end), self.writer.write(edit.new, edit.least)))
            else:
                tree = edited(edit.new, inner)
                found = [pair for pair in found if not any(pair[0].start >= o.old.span.start for o in inner)]
                found.append((edit.old.span, Writer(self.line.text, self.writer.transpose).write(tree, edit.least)))
                return tuple(found)
        return tuple(found)

    def _edited_text(self, edits: tuple[Edit, ...], side: int) -> str | None:
        return spliced(self.line.side(side), self._splices(edits, side), self.line.sides[side].start)

    def _confirmed(self, candidate: Candidate, flipped: bool) -> Repair | None:
        """Read the text of a candidate again and judge it."""
        side = 0 if flipped else 1
        text = self._edited_text(candidate.edits, side)
        if text is None:
            return None
        sides = (text, self.line.side(1)) if flipped else (self.line.side(0), text)
        codes = {edit.code for edit in candidate.edits}
        places = [edit.place for edit in candidate.edits]
        place = places[0] if len(set(places)) == 1 else _cover(places)
        code = codes.pop() if len(codes) == 1 else "E301"
        splices = self._splices(candidate.edits, side)
        return self._judged(*sides, code, place, len(candidate.edits), splices, not flipped)

    def _judged(
        self,
        left: str,
        right: str,
        code: str,
        place: Span,
        edits: int,
        splices: tuple[tuple[Span, str], ...],
        on_right: bool,
    ) -> Repair | None:
        key = f"{left} = {right}"
        if key in self._seen or _plain(left) == _plain(right):
            return None
        self._seen.add(key)
        judgement = self._judgement(left, right)
        if judgement is None or judgement.verdict not in TRUE:
            return None
        old = closed(self.line.text, place.start, place.end)
        inside = [splice for splice in splices if place.start <= splice[0].start and splice[0].end <= place.end]
        new = spliced(self.line.text[place.start : place.start + len(old)], inside, place.start)
        text = _plain_spaces(right if on_right else key)
        return Repair(
            text,
            judgement.verdict,
            code,
            (place.start, place.start + len(old)),
            _plain_spaces(old),
            _plain_spaces(new if new is not None and inside else right),
            edits,
            tuple(judgement.evidence.rules) if judgement.evidence is not None else (),
            tuple(((span.start, span.end), text) for span, text in splices),
            on_right,
        )

    def _judgement(self, left: str, right: str) -> Judgement | None:
        """Judge a relation that is read from its text, as any other."""
        scope = self.line.scope.copy()
        try:
            nodes = [self._read(text, scope) for text in (left, right)]
            statement = state(nodes[0], nodes[1], scope, self.line.reading)
            if statement.lhs == statement.rhs:
                return None  # nothing is said
            return self.judge.claim(statement, scope.conditions, try_conditions=False)
        except (Malformed, Unreadable, RecursionError, Contradiction):
            return None

    def _read(self, text: str, scope: Scope) -> Node:
        tokens = prepare(tokenize(Excerpt.of(text), self.line.macros)).tokens
        node = parse_side(tokens, scope, Span(0, 0))
        return without_hats(node, scope, self.line.unknowns) if self.line.unknowns else node


def _cover(places: list[Span]) -> Span:
    whole = places[0]
    for place in places[1:]:
        whole = whole.cover(place)
    return whole


def _plain(text: str) -> str:
    return "".join(text.split())


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())
