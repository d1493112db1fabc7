"""The smallest counterexample found: a real point where both sides are defined and differ, shown exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import flint

from derive.exact.domain import Balls, Domain, NoPoint, NotEvaluable, Rationals
from derive.exact.evaluate import Evaluator, OutOfRange
from derive.exact.identity import Test
from derive.exact.sample import SampledPoint
from derive.facts import Kind
from derive.names import ABOVE, FAMILY
from derive.verdict import Counterexample

_SPREADS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5)
MAX_ASSIGNMENTS = 40
MAX_NEAR = 9
SMALL_ATTEMPTS = 30
NEAR_STEPS = 20_000
MAX_NEAR_STEPS = 200_000
_NEAR_SPREADS = (2, -1, 3, -1, -1)
DISPLAYED_DIGITS = 12


def search(test: Test, failing: tuple[Mapping[str, int], ...] = ()) -> Counterexample | None:
    """Return the smallest counterexample found: smallest sizes first, then smallest integers.

    Over the rationals where both sides are rational there, else in balls that do not overlap. The point satisfies
    every declaration and constraint as real quantities.
    """
    balls = Balls()
    for assignment in _small_assignments(test, failing):
        for attempt, spread in enumerate(_SPREADS):
            found = _at(test, assignment, attempt, spread, Rationals()) or _at(test, assignment, attempt, spread, balls)
            if found is not None:
                return found
    for known in failing[:3]:
        for attempt in range(6):
            found = _at(test, known, attempt, -1, Rationals()) or _at(test, known, attempt, -1, balls)
            if found is not None:
                return found
    return None


def search_near(test: Test) -> Counterexample | None:
    """Return a counterexample at a point that is proved to exist near a start: in balls, at the smallest sizes only."""
    balls = Balls()
    names = test.sizes()
    grid = sorted(product(range(1, 4), repeat=len(names)), key=lambda sizes: (sum(sizes), sizes))
    assignments = [dict(zip(names, sizes, strict=True)) for sizes in grid]
    allowed = [assignment for assignment in assignments if test.allowed(assignment)][:MAX_NEAR]
    for attempt, spread in enumerate(_NEAR_SPREADS):
        for assignment in allowed:
            test.shared.limit = test.shared.steps + NEAR_STEPS  # one point may not use up what is meant for all
            found = _at(test, assignment, attempt, spread, balls)
            if found is not None:
                return found
            if test.shared.steps > MAX_NEAR_STEPS:
                return None
    return None


def search_among(test: Test) -> Counterexample | None:
    """Return a counterexample among points of -1, 0 and 1 that satisfy all conditions: it is often a degenerate one."""
    for number, assignment in enumerate(_small_assignments(test, ())):
        if number == MAX_NEAR:
            break
        for attempt in range(SMALL_ATTEMPTS):
            found = _at(test, assignment, attempt, 1, Rationals())
            if found is not None:
                return found
    return None


def has_real_point(test: Test) -> bool:
    """Whether a real point is found that satisfies all conditions and where both sides are defined."""
    domains = (Rationals(), Balls())
    for attempt, spread in enumerate(_NEAR_SPREADS[:3]):
        for number, assignment in enumerate(_small_assignments(test, ())):
            if number == MAX_NEAR:
                break
            test.shared.limit = test.shared.steps + NEAR_STEPS
            if any(_is_point(test, assignment, attempt, spread, domain) for domain in domains):
                return True
            if test.shared.steps > MAX_NEAR_STEPS:
                return False
    return False


def _is_point(test: Test, assignment: Mapping[str, int], attempt: int, spread: int, domain: Domain) -> bool:
    evaluator = test.evaluator([domain], assignment, f"{test.seed}/met/{sorted(assignment.items())}/{attempt}", spread)
    try:
        test.check_given(evaluator)
        for case in test.cases(evaluator):
            test.sides(evaluator, case)
    except (NoPoint, NotEvaluable, OutOfRange, IndexError):
        return False
    return True


def _small_assignments(test: Test, failing: tuple[Mapping[str, int], ...]) -> Iterator[dict[str, int]]:
    names = test.sizes()
    top = max((max(assignment.values(), default=1) for assignment in failing), default=2)
    limit = min(max(2, top), 4 if len(names) < 4 else 2)
    grid = product(range(1, limit + 1), repeat=len(names))
    ordered = sorted(grid, key=lambda sizes: (sum(sizes), sizes))
    count = 0
    for sizes in ordered:
        assignment = dict(zip(names, sizes, strict=True))
        if test.allowed(assignment):
            yield assignment
            count += 1
            if count >= MAX_ASSIGNMENTS:
                break
    for known in failing:
        yield dict(known)


def _at(test: Test, assignment: Mapping[str, int], attempt: int, spread: int, domain: Domain) -> Counterexample | None:
    evaluator = test.evaluator(
        [domain], assignment, f"{test.seed}/witness/{sorted(assignment.items())}/{attempt}", spread
    )
    try:
        test.check_given(evaluator)
        for case in test.cases(evaluator):
            left, right = test.sides(evaluator, case)
            if _differ(left, right, domain):
                return _show(test, evaluator, assignment, case, left, right, domain)
    except (NoPoint, NotEvaluable, OutOfRange, IndexError):
        return None
    return None


def _differ(left: Any, right: Any, domain: Domain) -> bool:
    if domain.is_exact:
        return bool(left != right)
    pairs = zip(left.entries(), right.entries(), strict=True) if domain.is_matrix(left) else [(left, right)]
    return any(a.is_finite() and b.is_finite() and not a.overlaps(b) for a, b in pairs)


def _show(
    test: Test,
    evaluator: Evaluator,
    assignment: Mapping[str, int],
    case: Mapping[str, int],
    left: Any,
    right: Any,
    domain: Domain,
) -> Counterexample:
    point = evaluator.point
    assert isinstance(point, SampledPoint)
    values: dict[str, Any] = {}
    for name in sorted(point.used):
        values[_spelled(name)] = _value_of(point, name, domain)
    for name in sorted(point.used_functions):
        values[_spelled(name)] = _polynomial_text(point, name, domain)
    for index, value in case.items():
        values[index] = value
    return Counterexample(dict(assignment), values, shown(left), shown(right))


def _spelled(name: str) -> str:
    return name.replace(FAMILY, "").replace(ABOVE, "")


def _value_of(point: SampledPoint, name: str, domain: Domain) -> Any:
    declaration = point.declaration(name)
    if not declaration.ranges:
        return shown(point.value(name, (), domain))
    ranges = [range(1, point.size(upper) + 1) for upper in declaration.ranges]

    def collect(indices: tuple[int, ...]) -> Any:
        if len(indices) == len(ranges):
            found = shown(point.value(name, indices, domain))
            return found[0][0] if declaration.shape is None else found
        return [collect((*indices, i)) for i in ranges[len(indices)]]

    return collect(())


def _polynomial_text(point: SampledPoint, name: str, domain: Domain) -> str:
    declaration = point.declaration(name)
    parts = []
    for power, coefficient in enumerate(point.coefficients(declaration, domain)):
        text = number(coefficient) if declaration.kind is Kind.FUNCTION else shown(coefficient)
        if text not in (0, "0"):
            parts.append(f"{text}" if power == 0 else f"{text}·z^{power}" if power > 1 else f"{text}·z")
    return "z ↦ " + (" + ".join(parts) or "0")


def shown(value: Any) -> list[list[int | str]]:
    """Return a value as nested lists of integers, fractions or decimals; a number is a 1 × 1 matrix."""
    if isinstance(value, flint.fmpq | flint.arb):
        return [[number(value)]]
    return [[number(value[i, j]) for j in range(value.ncols())] for i in range(value.nrows())]


def number(value: Any) -> int | str:
    """Return an integer, a fraction as text, or a decimal with its radius."""
    if isinstance(value, flint.arb):
        if value.is_exact() and value.is_integer():
            return int(str(value.unique_fmpz()))
        return str(value.str(DISPLAYED_DIGITS, radius=False))
    return int(value.p) if value.q == 1 else f"{value.p}/{value.q}"
