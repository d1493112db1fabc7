"""Sides at a few fixed points: exact in a finite field or, with logarithms and absolute values, real numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from derive.exact.domain import Balls, Domain, NoPoint, NotEvaluable
from derive.exact.equation import Equation
from derive.exact.evaluate import Evaluator, OutOfRange
from derive.exact.identity import Test
from derive.facts import Kind

Vector = tuple[Any, ...]
"""The entries of a side for every value of its free indices."""

ATTEMPTS = 8
POINTS = 2
TOLERANCE = 1e-9
LARGEST = 60
"""The largest numerator and denominator of a number that is recognised."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Arithmetic with vectors: modulo a prime, or approximately where there is none."""

    modulus: int | None

    def minus(self, left: Vector, right: Vector) -> Vector:
        """Return the difference."""
        if self.modulus is None:
            return tuple(a - b for a, b in zip(left, right, strict=True))
        return tuple((a - b) % self.modulus for a, b in zip(left, right, strict=True))

    def plus(self, left: Vector, right: Vector) -> Vector:
        """Return the sum."""
        if self.modulus is None:
            return tuple(a + b for a, b in zip(left, right, strict=True))
        return tuple((a + b) % self.modulus for a, b in zip(left, right, strict=True))

    def times(self, left: Vector, right: Vector) -> Vector:
        """Return the product, entry by entry."""
        if self.modulus is None:
            return tuple(a * b for a, b in zip(left, right, strict=True))
        return tuple(a * b % self.modulus for a, b in zip(left, right, strict=True))

    def is_zero(self, vector: Vector, scale: Vector) -> bool:
        """Whether a vector is zero, compared with another where numbers are approximate."""
        if self.modulus is not None:
            return not any(vector)
        largest = max((abs(entry) for entry in scale), default=1.0)
        return all(abs(entry) <= TOLERANCE * max(largest, 1e-6) for entry in vector)

    def equal(self, left: Vector, right: Vector) -> bool:
        """Whether two vectors are equal."""
        return len(left) == len(right) and self.is_zero(self.minus(left, right), left)

    def key(self, vector: Vector) -> Vector:
        """Return what equal vectors share: themselves, or a few digits."""
        return vector if self.modulus is not None else tuple(float(f"{entry:.7g}") for entry in vector)

    def ratio(self, vector: Vector, unit: Vector) -> Any:
        """Return the number c with vector = c · unit, or None."""
        first = next((at for at, entry in enumerate(unit) if not self._small(entry, unit)), None)
        if first is None or len(vector) != len(unit):
            return None
        c = self.quotient(vector[first], unit[first])
        if self.modulus is not None:
            fits = all((c * b - a) % self.modulus == 0 for a, b in zip(vector, unit, strict=True))
        else:
            fits = self.is_zero(tuple(a - c * b for a, b in zip(vector, unit, strict=True)), vector)
        return c if fits else None

    def ratios(self, vector: Vector, unit: Vector) -> Vector | None:
        """Return the quotients entry by entry; None where one is not defined."""
        if any(self._small(entry, unit) for entry in unit):
            return None
        return tuple(self.quotient(a, b) for a, b in zip(vector, unit, strict=True))

    def _small(self, entry: Any, scale: Vector) -> bool:
        if self.modulus is not None:
            return bool(entry == 0)
        return bool(abs(entry) <= TOLERANCE * max(abs(each) for each in scale) or entry == 0)

    def quotient(self, top: Any, bottom: Any) -> Any:
        """Return a quotient of numbers."""
        return top / bottom if self.modulus is None else top * pow(bottom, -1, self.modulus) % self.modulus

    def fraction(self, value: Any) -> Fraction | None:
        """Return the small fraction that a number is, or None (Wang's rational reconstruction)."""
        if self.modulus is None:
            if not math.isfinite(value):
                return None
            found = Fraction(value).limit_denominator(LARGEST)
            close = abs(float(found) - value) <= TOLERANCE * max(1.0, abs(value))
            return found if close and abs(found.numerator) <= LARGEST else None
        low, high = (self.modulus, 0), (value % self.modulus, 1)
        while high[0] > LARGEST:
            step = low[0] // high[0]
            low, high = high, (low[0] - step * high[0], low[1] - step * high[1])
        return Fraction(high[0], high[1]) if 0 < abs(high[1]) <= LARGEST else None


@dataclass(frozen=True)
class Point:
    """A point: how expressions are evaluated there, at which values of the free indices, and the side that stays."""

    evaluator: Evaluator
    cases: Sequence[Mapping[str, int]]
    numbers: Numbers
    target: Vector


class Bench:
    """Evaluates expressions at a few points that satisfy what is declared and given.

    Parameters
    ----------
    equation : Equation
        The relation, with its constraints; ``equation.lhs`` is the side that stays.
    seed : int
        The seed of the points.

    Attributes
    ----------
    points : tuple of Point
        At most two, with different sizes; none if the side is defined at none that was tried.
    """

    def __init__(self, equation: Equation, seed: int) -> None:
        self.test = Test(equation, seed)
        self.real = self.test.has_logs or self.test.has_branches
        self.points = tuple(self._points(seed))

    def _points(self, seed: int) -> Iterator[Point]:
        found = 0
        wide = [sizes for sizes in self.test.assignments() if not sizes or max(sizes.values()) > 1]
        for number, sizes in enumerate(wide[:POINTS] if len(wide) > 1 else wide * POINTS):
            for attempt in range(ATTEMPTS):
                point = self._point(self._with_all(sizes), f"{seed}/mend/{number}/{attempt}", seed)
                if point is not None:
                    found += 1
                    yield point
                    break
            if not found:
                return

    def _with_all(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Return sizes with those that only a candidate speaks of."""
        made = dict(sizes)
        for key, declaration in self.test.equation.scope.declarations.items():
            if declaration.kind is Kind.SIZE and key not in made:
                made[key] = 2 + len(made) % 3
        return made

    def _point(self, sizes: Mapping[str, int], text: str, seed: int) -> Point | None:
        domains: list[Domain]
        try:
            domains = [Balls()] if self.real else list(self.test.field_domains(seed))
            evaluator = self.test.evaluator(domains, sizes, text, -1 if self.real else 0)
            self.test.check_given(evaluator)
            cases = self.test.cases(evaluator)
            numbers = Numbers(None if self.real else domains[-1].modulus)  # type: ignore[attr-defined]
            target = _vector(evaluator, self.test.lhs, cases)
        except (NoPoint, NotEvaluable, OutOfRange, IndexError):
            return None
        return Point(evaluator, cases, numbers, target)

    @property
    def steps(self) -> int:
        """Operations that were done so far."""
        return self.test.shared.steps

    def value(self, point: Point, expr: Any) -> Vector | None:
        """Return an expression at a point, or None where it is not defined."""
        try:
            return _vector(point.evaluator, self.test.shared.copy(expr), point.cases)
        except (NoPoint, NotEvaluable, OutOfRange, IndexError, KeyError, ValueError, OverflowError):
            return None


def _vector(evaluator: Evaluator, expr: Any, cases: Sequence[Mapping[str, int]]) -> Vector:
    entries: list[Any] = []
    for case in cases:
        value = evaluator.value(expr, case)
        entries += [_plain(entry) for entry in value.entries()] if hasattr(value, "entries") else [_plain(value)]
    return tuple(entries)


def _plain(entry: Any) -> Any:
    """Return an entry as an integer, or a ball as the number in its middle."""
    if not isinstance(entry, flint.arb):
        return int(entry)
    middle = float(entry.mid())
    if not math.isfinite(middle):
        raise NoPoint("a value without bound")
    return middle
