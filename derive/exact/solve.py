"""Points on the solution set of a condition that is linear in one unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from derive.exact.context import Context
from derive.exact.domain import Domain, NoPoint, NotEvaluable
from derive.exact.dual import Dual, constant, tangent
from derive.exact.evaluate import Evaluator
from derive.exact.sample import Constraints, SampledPoint
from derive.facts import Declaration, Fact
from derive.scope import Condition

Members = dict[tuple[int, ...], Any]


def solved_for(name: str, condition: Condition, *, degenerate: bool = False) -> Constraints:
    """Return the constraint that a condition holds, met by solving it for one unknown.

    One Newton step from a random start is exact where the condition is linear in the unknown; that it is, is seen
    by evaluating the condition at the result, which every point has to pass. With ``degenerate`` only points are
    wanted where the linear system is singular but solvable.
    """

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        key = ("solved", name, id(domain))
        if key not in point.solutions:
            point.solutions[key] = _solve(name, condition, point, domain, degenerate)
        return point.solutions[key][indices]

    return Constraints({name: make}, solved=frozenset((name,)))


def _solve(name: str, condition: Condition, point: SampledPoint, domain: Domain, degenerate: bool) -> Members:
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
    step = _least(matrix, right, domain, degenerate)
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


def _least(matrix: Any, right: Any, domain: Domain, degenerate: bool) -> Any:
    """Return a solution of a linear system; a square part is taken of one with more equations than unknowns."""
    rows, cols = matrix.nrows(), matrix.ncols()
    if rows < cols:
        raise NoPoint("fewer equations than unknowns")
    if degenerate:
        return _degenerate(matrix, right, domain)
    if rows > cols:
        matrix = domain.matrix(cols, cols, [matrix[i, j] for i in range(cols) for j in range(cols)])
        right = domain.matrix(cols, 1, [right[i, 0] for i in range(cols)])
    return domain.inverse(matrix) * right


def _degenerate(matrix: Any, right: Any, domain: Domain) -> Any:
    """Return a solution of a singular system that is not the only one; NoPoint if there is none."""
    rows, cols = matrix.nrows(), matrix.ncols()
    joined = [[matrix[i, j] for j in range(cols)] + [right[i, 0]] for i in range(rows)]
    pivots: list[int] = []
    row = 0
    for col in range(cols):
        found = next((r for r in range(row, rows) if joined[r][col] != 0), None)
        if found is None:
            continue
        joined[row], joined[found] = joined[found], joined[row]
        scale = domain.inverse(joined[row][col])
        joined[row] = [entry * scale for entry in joined[row]]
        for other in range(rows):
            if other != row and joined[other][col] != 0:
                factor = joined[other][col]
                joined[other] = [a - factor * b for a, b in zip(joined[other], joined[row], strict=True)]
        pivots.append(col)
        row += 1
    if len(pivots) == cols or any(joined[r][cols] != 0 for r in range(row, rows)):
        raise NoPoint("no singular solvable system")
    free = [domain.number(0 if col in pivots else 1 + 2 * col) for col in range(cols)]
    for r, col in enumerate(pivots):
        free[col] = joined[r][cols] - sum(
            (joined[r][c] * free[c] for c in range(cols) if c not in pivots), domain.number(0)
        )
    return domain.matrix(cols, 1, free)


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


def check_facts(declaration: Declaration, value: Any, domain: Domain) -> None:
    """Check that a solution satisfies what is declared of the unknown, as far as the domain can tell."""
    facts = declaration.facts
    if not facts:
        return
    if facts - {Fact.POSITIVE, Fact.NONNEGATIVE, Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE, Fact.INVERTIBLE}:
        raise NoPoint("a solution with these properties is not looked for")
    symmetric = facts & {Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE}
    if domain.is_matrix(value) and symmetric and not domain.is_zero(value - value.transpose()):
        raise NoPoint("a solution that is not symmetric")
    if not domain.is_real:
        return
    if facts & {Fact.POSITIVE, Fact.NONNEGATIVE} and not all(entry > 0 for entry in _flat(value, domain)):
        raise NoPoint("a solution that is not positive")
    if facts & {Fact.DEFINITE, Fact.SEMIDEFINITE}:
        size = value.nrows()
        for order in range(1, size + 1):
            minor = domain.matrix(order, order, [value[i, j] for i in range(order) for j in range(order)])
            if not minor.det() > 0:
                raise NoPoint("a solution that is not positive definite")
