"""Points on the solution set of a condition that is linear in one unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from derive.exact.context import Context
from derive.exact.declared import check_facts
from derive.exact.domain import Domain, NoPoint, NotEvaluable
from derive.exact.dual import Dual, constant, tangent
from derive.exact.evaluate import Evaluator
from derive.exact.sample import Constraints, SampledPoint
from derive.scope import Condition

Members = dict[tuple[int, ...], Any]


def solved_for(name: str, condition: Condition) -> Constraints:
    """Return the constraint that a condition holds, met by solving it for one unknown.

    One Newton step from a random start is exact where the condition is linear in the unknown; that it is, is seen
    by evaluating the condition at the result, which every point has to pass.
    """

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        key = ("solved", name, id(domain))
        if key not in point.solutions:
            point.solutions[key] = _solve(name, condition, point, domain)
        return point.solutions[key][indices]

    return Constraints({name: make}, solved=frozenset((name,)))


def _solve(name: str, condition: Condition, point: SampledPoint, domain: Domain) -> Members:
    evaluator: Evaluator = point.evaluator
    level = next((i for i, each in enumerate(evaluator.domains) if each is domain), None)
    if level is None:
        raise NotEvaluable("a condition is solved in a domain of its own")
    declaration = point.declaration(name)
    ranges = [range(1, point.size(upper) + 1) for upper in declaration.ranges]
    start = {indices: point.draw(name, indices, domain) for indices in product(*ranges)}
    cases = [
        dict(zip([letter for letter, _ in condition.free], values, strict=True))
        for values in product(*(range(1, evaluator.size(upper, {}) + 1) for _, upper in condition.free))
    ]
    places = [(indices, i, j) for indices, value in start.items() for i, j in _entries(value, domain)]
    columns = [_residual(evaluator, name, start, place, condition, cases, level) for place in places]
    residual = columns[0][0] if columns else []
    rows = len(residual)
    matrix = domain.matrix(rows, len(places), [columns[j][1][i] for i in range(rows) for j in range(len(places))])
    right = domain.matrix(rows, 1, [-entry for entry in residual])
    step = _least(matrix, right, domain)
    found = _moved(start, places, step, domain)
    if all(domain.is_zero(value) for value in found.values()):
        raise NoPoint("only the zero solution")
    for value in found.values():
        check_facts(declaration, value, domain)
    return found


def _entries(value: Any, domain: Domain) -> list[tuple[int, int]]:
    return [(i, j) for i in range(value.nrows()) for j in range(value.ncols())] if domain.is_matrix(value) else [(0, 0)]


def _residual(
    evaluator: Evaluator,
    name: str,
    start: Members,
    place: tuple[tuple[int, ...], int, int],
    condition: Condition,
    cases: Sequence[Mapping[str, int]],
    level: int,
) -> tuple[list[Any], list[Any]]:
    """Return lhs − rhs in all cases at the start, and its change by one entry of the unknown."""
    domain, arithmetic = evaluator.domains[level], evaluator.arithmetic[level]
    indices, i, j = place
    base = start[indices]
    unit = domain.unit(base.nrows(), base.ncols(), i, j) if domain.is_matrix(base) else domain.number(1)
    point: Any = evaluator.point

    def drawn(which: tuple[int, ...]) -> Any:
        return lambda at: point.draw(name, which, evaluator.domains[at])

    ctx = evaluator.root
    for other in start:
        if other != indices:
            ctx = Context(ctx, {name: (other, drawn(other))}, 0, None)
            ctx._constant = ctx
    still = Context(ctx, {name: (indices, drawn(indices))}, 0, None)
    still._constant = still
    moved = Context(
        ctx, {name: (indices, lambda at: Dual(base, unit, 1) if at == level else drawn(indices)(at))}, 1, lambda: still
    )
    values: list[Any] = []
    changes: list[Any] = []
    for case in cases:
        left = evaluator.eval(condition.lhs, moved, case, level)
        right = evaluator.eval(condition.rhs, moved, case, level)
        difference = arithmetic.add(left, arithmetic.negate(right))
        values += _flat(constant(difference), domain)
        change = tangent(difference, 1)
        changes += _flat(change, domain) if change is not None else [domain.number(0)] * (len(values) - len(changes))
    return values, changes


def _flat(value: Any, domain: Domain) -> list[Any]:
    return list(value.entries()) if domain.is_matrix(value) else [value]


def _least(matrix: Any, right: Any, domain: Domain) -> Any:
    """Return a solution of a linear system; a square part is taken of one with more equations than unknowns."""
    rows, cols = matrix.nrows(), matrix.ncols()
    if rows < cols:
        raise NoPoint("fewer equations than unknowns")
    if rows > cols:
        matrix = domain.matrix(cols, cols, [matrix[i, j] for i in range(cols) for j in range(cols)])
        right = domain.matrix(cols, 1, [right[i, 0] for i in range(cols)])
    return domain.inverse(matrix) * right


def _moved(start: Members, places: list[tuple[tuple[int, ...], int, int]], step: Any, domain: Domain) -> Members:
    changes: dict[tuple[int, ...], list[Any]] = {}
    for number, (indices, _, _) in enumerate(places):
        changes.setdefault(indices, []).append(step[number, 0])
    found = {}
    for indices, value in start.items():
        entries = changes[indices]
        found[indices] = value + (
            domain.matrix(value.nrows(), value.ncols(), entries) if domain.is_matrix(value) else entries[0]
        )
    return found
