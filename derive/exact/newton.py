"""Points on the solution set of conditions that are not linear: Newton's method, then a proof that a solution is near.

Conditions may be fewer than unknown numbers, and some may follow from others or hold anyway at the sizes of a point:
independent equations and the numbers they are solved for are chosen by pivoting; the other numbers stay as drawn.
Krawczyk's operator proves that a box holds exactly one solution (Krawczyk, Computing 4, 1969; Moore, SIAM J. Numer.
Anal. 14, 1977). Everything is done in balls, so what is evaluated in the box holds at the solution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import flint
from sympy import Pow, Rational, preorder_traversal

from derive.exact.context import Context
from derive.exact.declared import check_facts
from derive.exact.domain import Balls, Domain, NoPoint, NotEvaluable
from derive.exact.dual import Dual, constant, tangent
from derive.exact.evaluate import Evaluator
from derive.exact.sample import Constraints, SampledPoint
from derive.facts import Fact
from derive.scope import Condition

MAX_ITERATIONS = 40
MAX_UNKNOWNS = 12
MAX_PLACES = 24
MAX_HALVINGS = 6
SMALLEST_PIVOT = 1e-12
LARGEST_NUMBER, LARGEST_EXPONENT = 10**9, 12
SMALL = flint.arb(1) / 16
_BOUNDED = frozenset({Fact.POSITIVE, Fact.NONNEGATIVE, Fact.DEFINITE, Fact.SEMIDEFINITE})
_SYMMETRIC = frozenset({Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE})


@dataclass(frozen=True, slots=True)
class Place:
    """One unknown number: an entry of a symbol (of a symmetric one, with its mirror image)."""

    name: str
    indices: tuple[int, ...]
    i: int
    j: int
    mirrored: bool


def _always(value: Any) -> Any:
    """Return the function that has this value, whatever it is asked."""
    return lambda *_: value


Values = dict[tuple[str, tuple[int, ...]], Any]


def solved_near(names: Sequence[str], conditions: Sequence[Condition]) -> Constraints:
    """Return the constraint that some conditions hold together, met by solving them for as many unknowns."""

    def make(name: str) -> Any:
        def value(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
            key = ("newton", id(domain))
            if key not in point.solutions:
                point.solutions[key] = _System(names, conditions, point, domain).solve()
            return point.solutions[key][name, indices]

        return value

    return Constraints({name: make(name) for name in names}, solved=frozenset(names))


class _System:
    """Equations and unknowns at one point."""

    def __init__(
        self, names: Sequence[str], conditions: Sequence[Condition], point: SampledPoint, domain: Domain
    ) -> None:
        if not isinstance(domain, Balls):
            raise NotEvaluable("conditions that are not linear are solved in balls only")
        self.conditions = conditions
        self.point = point
        self.domain = domain
        self.evaluator: Evaluator = point.evaluator
        self.drawn: Values = {}
        self.every_place: list[Place] = []
        for name in names:
            self._add(name)
        if not self.every_place:
            raise NoPoint("nothing that the conditions could be solved for")
        self.start = self.drawn
        self.places: list[Place] = []
        self.rows: list[int] = []

    def _add(self, name: str) -> None:
        """Add the entries of a symbol to the unknown numbers, unless they become too many."""
        declaration = self.point.declaration(name)
        mirrored = bool(declaration.facts & _SYMMETRIC)
        start: Values = {}
        places: list[Place] = []
        for indices in product(*(range(1, self.point.size(upper) + 1) for upper in declaration.ranges)):
            value = start[name, indices] = self.point.draw(name, indices, self.domain)
            shape = (value.nrows(), value.ncols()) if self.domain.is_matrix(value) else (1, 1)
            places += [
                Place(name, indices, i, j, mirrored and i != j)
                for i in range(shape[0])
                for j in range(shape[1])
                if not mirrored or i >= j
            ]
        self.drawn.update(start)
        if len(self.every_place) + len(places) <= MAX_PLACES:
            self.every_place += places

    def _is_lower(self, rows: int, cols: int) -> bool:
        return rows == cols and rows > 1 and any(place.mirrored for place in self.places)

    def _choose(self, bounded_first: bool) -> list[Any]:
        """Choose independent equations and the numbers they are solved for; return where these start.

        What is positive or definite starts small where it is solved for first: conditions that hold at infinity, too,
        as stationarity in a variance does, lead away from a large start.
        """
        self.rows, self.places = [], list(self.every_place)
        self.start = dict(self.drawn)
        if bounded_first:
            for place in self.places:
                if self._is_bounded(place):
                    self.start[place.name, place.indices] = self.drawn[place.name, place.indices] * SMALL
        residual, slopes = self._evaluate([self._entry(self.start[p.name, p.indices], p) for p in self.places])
        table = [[float(entry.mid()) for entry in row] for row in slopes]
        pivots = _pivots(table, [self._is_bounded(place) is not bounded_first for place in self.places])
        if len(pivots) > MAX_UNKNOWNS or not pivots:
            raise NoPoint("too many equations, or none that can be solved")
        if len(pivots) < len(table) and not all(map(_has_small_numbers, self.conditions)):
            raise NoPoint("equations that nearly depend on one another cannot be told from those that do")
        if any(not r.contains(0) and not any(table[i]) for i, r in enumerate(residual)):
            raise NoPoint("an equation that does not depend on what is unknown")
        self.rows = sorted(row for row, _ in pivots)
        self.places = [self.places[column] for column in sorted(column for _, column in pivots)]
        return [self._entry(self.start[p.name, p.indices], p) for p in self.places]

    def _is_bounded(self, place: Place) -> bool:
        return bool(self.point.declaration(place.name).facts & _BOUNDED)

    def solve(self) -> Values:
        """Return boxes that hold a solution."""
        try:
            return self._solved(False)
        except (NoPoint, NotEvaluable):
            if not any(map(self._is_bounded, self.every_place)):
                raise
        return self._solved(True)

    def _solved(self, bounded_first: bool) -> Values:
        numbers = self._choose(bounded_first)
        residual, slopes = self._evaluate(numbers)
        for _ in range(MAX_ITERATIONS):
            step = self._linear(slopes, residual)
            if all(abs(float(dx.mid())) < 1e-60 for dx in step):
                break
            numbers, residual, slopes = self._moved(numbers, step, residual)
        else:
            raise NoPoint("no solution near this point")
        boxes = self._proved(numbers)
        values = self._values(boxes)
        for (name, _), value in values.items():
            check_facts(self.point.declaration(name), value, self.domain)
        return values

    def _moved(self, numbers: list[Any], step: list[Any], residual: list[Any]) -> tuple[list[Any], Any, Any]:
        """Return the numbers after a step, which is halved while it leads away or out of where all is defined."""
        scale = self.domain.number(1)
        for halving in range(MAX_HALVINGS):
            moved = [(x - scale * dx).mid() for x, dx in zip(numbers, step, strict=True)]
            if all(x.is_finite() and abs(float(x)) < 1e6 for x in moved):
                found = self._evaluated(moved)
                if found is not None and (halving == MAX_HALVINGS - 1 or _size(found[0]) <= 2 * _size(residual)):
                    return moved, *found
            scale = scale / 4
        raise NoPoint("no solution near this point")

    def _evaluated(self, numbers: list[Any]) -> tuple[list[Any], list[list[Any]]] | None:
        try:
            residual, slopes = self._evaluate(numbers)
        except (NoPoint, NotEvaluable):
            return None
        return (residual, slopes) if all(r.is_finite() for r in residual) else None

    def _proved(self, numbers: list[Any]) -> list[Any]:
        """Return boxes around the numbers that are proved to hold a solution."""
        radius = flint.arb(0, flint.arb(2) ** -120)
        boxes = [x + radius for x in numbers]
        residual, middle = self._evaluate(numbers)
        _, slopes = self._evaluate(boxes)
        size = len(numbers)
        inverse = self._matrix([[entry.mid() for entry in row] for row in middle])
        try:
            inverse = inverse.inv()
        except ZeroDivisionError:
            raise NoPoint("a solution that is not isolated") from None
        eye = self.domain.identity(size)
        remainder = (eye - inverse * self._matrix(slopes)) * self.domain.matrix(size, 1, [radius] * size)
        shift = inverse * self.domain.matrix(size, 1, residual)
        proved = []
        for k, (x, box) in enumerate(zip(numbers, boxes, strict=True)):
            image = x - shift[k, 0] + remainder[k, 0]
            if not box.contains_interior(image):
                raise NoPoint("a solution that is not isolated")
            proved.append(image)
        return proved

    def _matrix(self, rows: list[list[Any]]) -> Any:
        return self.domain.matrix(len(rows), len(rows[0]), [entry for row in rows for entry in row])

    def _linear(self, slopes: list[list[Any]], residual: list[Any]) -> list[Any]:
        matrix = self._matrix([[entry.mid() for entry in row] for row in slopes])
        try:
            return list((matrix.inv() * self.domain.matrix(len(residual), 1, [r.mid() for r in residual])).entries())
        except ZeroDivisionError:
            raise NoPoint("a solution that is not isolated") from None

    def _entry(self, value: Any, place: Place) -> Any:
        return value[place.i, place.j] if self.domain.is_matrix(value) else value

    def _values(self, numbers: Sequence[Any]) -> Values:
        entries: dict[tuple[str, tuple[int, ...]], dict[tuple[int, int], Any]] = {}
        for key, start in self.start.items():
            shape = (start.nrows(), start.ncols()) if self.domain.is_matrix(start) else (1, 1)
            entries[key] = {
                (i, j): start[i, j] if self.domain.is_matrix(start) else start
                for i in range(shape[0])
                for j in range(shape[1])
            }
        for place, number in zip(self.places, numbers, strict=True):
            cells = entries[place.name, place.indices]
            cells[place.i, place.j] = number
            if place.mirrored:
                cells[place.j, place.i] = number
        values: Values = {}
        for key, cells in entries.items():
            start = self.start[key]
            if self.domain.is_matrix(start):
                rows, cols = start.nrows(), start.ncols()
                flat = [cells[i, j] for i in range(rows) for j in range(cols)]
                values[key] = self.domain.matrix(rows, cols, flat)
            else:
                values[key] = cells[0, 0]
        return values

    # -- evaluation --------------------------------------------------------------------------------------------

    def _evaluate(self, numbers: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
        """Return the residuals of the chosen equations, and their slopes: a row an equation, a column an unknown."""
        values = self._values(numbers)
        residual: list[Any] = []
        columns: list[list[Any]] = []
        for place in self.places:
            residual, column = self._column(values, place)
            columns.append(column)
        rows = self.rows or range(len(residual))
        return [residual[row] for row in rows], [[column[row] for column in columns] for row in rows]

    def _column(self, values: Values, place: Place) -> tuple[list[Any], list[Any]]:
        domain = self.domain
        ctx = still = self.evaluator.root
        for (name, indices), value in values.items():
            moved = value
            if (name, indices) == (place.name, place.indices):
                unit: Any = domain.number(1)
                if domain.is_matrix(value):
                    unit = domain.unit(value.nrows(), value.ncols(), place.i, place.j)
                    if place.mirrored:
                        unit = unit + unit.transpose()
                moved = Dual(value, unit, 1)
            still = Context(still, {name: (indices, _always(value))}, 0)
            ctx = Context(ctx, {name: (indices, _always(moved))}, 1, _always(still))
        residual: list[Any] = []
        slopes: list[Any] = []
        for condition in self.conditions:
            for case in self._cases(condition):
                values_, changes = self._difference(condition, case, ctx)
                residual += values_
                slopes += changes
        return residual, slopes

    def _cases(self, condition: Condition) -> list[Mapping[str, int]]:
        names = [name for name, _ in condition.free]
        ranges = [range(1, self.evaluator.size(upper, {}) + 1) for _, upper in condition.free]
        return [dict(zip(names, values, strict=True)) for values in product(*ranges)]

    def _difference(self, condition: Condition, case: Mapping[str, int], ctx: Context) -> tuple[list[Any], list[Any]]:
        level = len(self.evaluator.domains) - 1
        arithmetic = self.evaluator.arithmetic[level]
        left = self.evaluator.eval(condition.lhs, ctx, case, level)
        right = self.evaluator.eval(condition.rhs, ctx, case, level)
        difference = arithmetic.add(left, arithmetic.negate(right))
        base, change = constant(difference), tangent(difference, 1)
        if not self.domain.is_matrix(base):
            return [base], [self.domain.number(0) if change is None else change]
        rows, cols = base.nrows(), base.ncols()
        lower = self._is_lower(rows, cols)
        cells = [(i, j) for i in range(rows) for j in range(cols) if not lower or i >= j]
        zero = self.domain.number(0)
        return [base[i, j] for i, j in cells], [zero if change is None else change[i, j] for i, j in cells]


def _has_small_numbers(condition: Condition) -> bool:
    """Whether the numbers of a condition are short: what nearly vanishes at a solution then vanishes there."""
    for side in (condition.lhs, condition.rhs):
        for node in preorder_traversal(side):
            if isinstance(node, Rational) and max(abs(int(node.p)), int(node.q)) > LARGEST_NUMBER:
                return False
            if isinstance(node, Pow) and node.exp.is_Rational and abs(node.exp) > LARGEST_EXPONENT:
                return False
    return True


def _size(residual: Sequence[Any]) -> float:
    return max(abs(float(r.mid())) for r in residual)


def _pivots(table: list[list[float]], later: list[bool]) -> list[tuple[int, int]]:
    """Return the rows and columns of the pivots of a table of slopes, chosen by size; some columns come last."""
    rest = [list(row) for row in table]
    largest = max((abs(entry) for row in rest for entry in row), default=0.0)
    pivots: list[tuple[int, int]] = []
    rows = set(range(len(rest)))
    for kind in (False, True):
        columns = {column for column, is_late in enumerate(later) if is_late is kind}
        while rows and columns:
            row, column = max(product(rows, columns), key=lambda at: abs(rest[at[0]][at[1]]))
            pivot = rest[row][column]
            if not abs(pivot) > SMALLEST_PIVOT * largest:
                break
            pivots.append((row, column))
            rows.discard(row)
            columns.discard(column)
            for other in rows:
                share = rest[other][column] / pivot
                rest[other] = [entry - share * known for entry, known in zip(rest[other], rest[row], strict=True)]
    return pivots
