"""Points on the solution set of conditions that are not linear: Newton's method, then a proof that a solution is near.

Krawczyk's operator proves that a box holds exactly one solution (Krawczyk, Computing 4, 1969; Moore, SIAM J. Numer.
Anal. 14, 1977). Everything is done in balls, so what is evaluated in the box holds at the solution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import flint

from derive.exact.context import Context
from derive.exact.domain import Balls, Domain, NoPoint, NotEvaluable
from derive.exact.dual import Dual, constant, tangent
from derive.exact.evaluate import Evaluator
from derive.exact.sample import Constraints, SampledPoint
from derive.exact.solve import check_facts
from derive.facts import Fact
from derive.scope import Condition

MAX_ITERATIONS = 40
MAX_UNKNOWNS = 12
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
        self.start: Values = {}
        self.places: list[Place] = []
        for name in names:
            declaration = point.declaration(name)
            mirrored = bool(declaration.facts & _SYMMETRIC)
            for indices in product(*(range(1, point.size(upper) + 1) for upper in declaration.ranges)):
                value = point.draw(name, indices, domain)
                self.start[name, indices] = value
                shape = (value.nrows(), value.ncols()) if domain.is_matrix(value) else (1, 1)
                self.places += [
                    Place(name, indices, i, j, mirrored and i != j)
                    for i in range(shape[0])
                    for j in range(shape[1])
                    if not mirrored or i >= j
                ]
        if len(self.places) > MAX_UNKNOWNS or self._equations() != len(self.places):
            raise NoPoint("as many equations as unknowns are needed, and not too many")

    def _equations(self) -> int:
        """Return the number of equations; a square matrix of them is symmetric where an unknown is."""
        count = 0
        for condition in self.conditions:
            rows, cols = (self.evaluator.size(dim, {}) for dim in condition.shape) if condition.shape else (1, 1)
            entries = rows * (rows + 1) // 2 if self._is_lower(rows, cols) else rows * cols
            count += entries * len(self._cases(condition))
        return count

    def _is_lower(self, rows: int, cols: int) -> bool:
        return rows == cols and rows > 1 and any(place.mirrored for place in self.places)

    def solve(self) -> Values:
        """Return boxes that hold a solution."""
        numbers = [self._entry(self.start[place.name, place.indices], place) for place in self.places]
        for _ in range(MAX_ITERATIONS):
            residual, slopes = self._evaluate(numbers)
            step = self._linear(slopes, residual)
            numbers = [(x - dx).mid() for x, dx in zip(numbers, step, strict=True)]
            if any(not x.is_finite() or abs(float(x)) > 1e6 for x in numbers):
                raise NoPoint("no solution near this point")
            if all(abs(float(dx.mid())) < 1e-60 for dx in step):
                break
        else:
            raise NoPoint("no solution near this point")
        boxes = self._proved(numbers)
        values = self._values(boxes)
        for (name, _), value in values.items():
            check_facts(self.point.declaration(name), value, self.domain)
        return values

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
        for place, number in zip(self.places, numbers, strict=True):
            cells = entries.setdefault((place.name, place.indices), {})
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
        """Return the residuals, and their slopes: a row an equation, a column an unknown."""
        values = self._values(numbers)
        residual: list[Any] = []
        columns: list[list[Any]] = []
        for place in self.places:
            residual, column = self._column(values, place)
            columns.append(column)
        return residual, [list(row) for row in zip(*columns, strict=True)]

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
