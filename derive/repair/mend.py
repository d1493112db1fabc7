"""The nearest true statement to a relation that is wrong: found at points, then read again from its text and judged."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from derive.conditions import Met
from derive.exact.equation import Equation
from derive.exact.sample import Constraints
from derive.judge import Judge
from derive.reductions import index_letters
from derive.repair.confirm import Confirmer
from derive.repair.derived import from_conditions, is_derivative, is_unfolded, left_side
from derive.repair.edit import edited
from derive.repair.kinds.indices import everywhere, on_both_sides
from derive.repair.line import Line, Written
from derive.repair.pairs import pairs
from derive.repair.remember import Memory, Remembering
from derive.repair.search import KINDS, Candidate, Search
from derive.repair.sites import Around, sites
from derive.repair.values import Bench
from derive.repair.writing import Writer
from derive.statement import Statement, stated_by
from derive.syntax import Name, Node, Reduction, Scripted, is_symbol
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import Repair

MAX_CONFIRMED = 4
"""Candidates that are judged before the search goes on to larger changes."""

MAX_PLACES = 600
"""Parts of a relation; in a longer one nothing is looked for."""

MAX_SENSELESS, MAX_SENSIBLE = 200, 6
"""Edits that are tried, and those that are compared, to find out what a relation without meaning speaks of."""

_MARK = re.compile(r"\^\s*\{?\s*(\\top|\\intercal|\\mathsf\s*\{T\}|\\mathrm\s*\{T\}|\\text\s*\{T\}|\\mathsf T|T)\b")


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


def author(line: Written) -> Writer:
    """Return a writer in the hand of the author of a line."""
    found = _MARK.search(line.text[line.sides[0].start : line.sides[1].end])
    return Writer(line.text, found.group(1) if found else "\\top")


class Mender:
    """Looks for the repair of one relation."""

    def __init__(self, line: Line, seed: int) -> None:
        self.line = line
        self.seed = seed
        self.judge = Judge(seed)
        self.memory = Memory((line.left, line.right))
        self.scope = line.scope.copy()
        self.writer = author(line)
        self.original = self._state(line.left, line.right)
        self.confirmer = Confirmer(line, self.judge, self.writer)

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
        found = self._on_both_sides(around) or self._everywhere(around)
        if found is None and left is not None and self.original is None:
            found = self._first(left.singles(), left)
        if found is None:
            found = self._derived(is_derivative)
        if found is None and right is not None:
            found = self._first(pairs(right), right)
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
        last = self.confirmer.count + MAX_CONFIRMED
        for candidate in candidates:
            if self.confirmer.count >= last:
                break
            made = self.confirmer.by_edits(candidate.edits, search.flipped)
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
            self.scope,
            self.writer,
            self.memory,
            tuple(sorted(letters)),
            tuple(sizes),
            tuple(symbols.values()),
            tuple(self._sums()),
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

    def _sums(self) -> Iterator[Reduction]:
        """Yield the sums of the relation that say where they begin and end, each once."""
        seen: set[str] = set()
        for side in (self.line.left, self.line.right):
            for site in sites(side):
                node = site.node
                if isinstance(node, Reduction) and node.operator == "sum" and node.lower is not None:
                    head = self.line.text[node.span.start : node.body.span.start].strip()
                    if head not in seen:
                        seen.add(head)
                        yield node

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
        base = self.original or self._sensible(around, flipped) or self._state(fixed, fixed)
        if base is None or base.order is not None:
            return None
        equation = base.equation()
        if flipped:
            equation = replace(equation, lhs=equation.rhs)
        bench = Bench(self._met(base, equation), self.seed)
        if not bench.points:
            return None

        return Search(side, partial(self._with_side, flipped), around, bench, flipped)

    def _with_side(self, flipped: bool, tree: Node) -> Statement | None:
        """Return the relation with another tree in the place of a side."""
        return self._state(tree, self.line.right) if flipped else self._state(self.line.left, tree)

    def _sensible(self, around: Around, flipped: bool) -> Statement | None:
        """Return what a relation without meaning becomes by some edit that gives it one.

        The points of the search have to suit what both sides speak of, logarithms and conditions among it; the edit
        after which most is spoken of is taken.
        """
        side, fixed = (self.line.left, self.line.right) if flipped else (self.line.right, self.line.left)
        if self._state(fixed, fixed) is None:
            return None
        edits = (edit for site in sites(side, around.functions) for kind in KINDS for edit in kind(site, around))
        stated = (self._with_side(flipped, edited(side, (edit,))) for edit in itertools.islice(edits, MAX_SENSELESS))
        found = itertools.islice((each for each in stated if each is not None), MAX_SENSIBLE)
        return max(found, key=lambda each: len(each.lhs.free_symbols | each.rhs.free_symbols), default=None)

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
            made = self.confirmer.on_both(left, right)
            if made is not None:
                return made
        return None

    def _everywhere(self, around: Around) -> Repair | None:
        """Return what a relation without meaning becomes where one letter or index is changed at all its places.

        This is judged at once: what follows from conditions is not always seen at points.
        """
        if self.original is not None:
            return None
        last = self.confirmer.count + MAX_CONFIRMED
        for edits in itertools.islice(everywhere(self.line.right, around), MAX_SENSELESS):
            if self.confirmer.count >= last:
                break
            if self._with_side(False, edited(self.line.right, edits)) is not None:
                made = self.confirmer.by_edits(edits, False)
                if made is not None:
                    return made
        return None

    def _derived(self, applies: Any) -> Repair | None:
        statement = self.original or self._state(self.line.left, self.line.left)
        if statement is None or not applies(statement):
            return None
        return self.confirmer.by_text(left_side(statement))

    def _isolated(self) -> Repair | None:
        statement = self.original or self._state(self.line.left, self.line.left)
        if statement is None:
            return None
        conditions = self.judge.applicable(statement, self.line.scope.conditions)
        for text in from_conditions(statement, conditions):
            found = self.confirmer.by_text(text)
            if found is not None:
                return found
        return None
