"""The identity test: both sides at random exact points, for several assignments of sizes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any

from sympy import Rational, srepr

from derive.exact.choices import SizeChoices, is_allowed
from derive.exact.coverage import Coverage
from derive.exact.domain import Balls, Domain, Field, NoPoint, NotEvaluable, primes
from derive.exact.equation import Equation, Outcome
from derive.exact.evaluate import Evaluator, OutOfRange
from derive.exact.examined import Examined
from derive.exact.features import magnitude
from derive.exact.sample import SampledPoint
from derive.exact.series import truncated
from derive.exact.shared import TooCostly
from derive.exact.signs import is_nonnegative

SAFE_BITS = 30
"""Numbers of a claim that multiply to less than this cannot be a multiple of a prime of a field."""
POINTS = 2
BALL_POINTS = 3
BRANCH_POINTS = 16
REDRAWS = 48
PATIENCE = 12
DISCRETE_POINTS = 12
SIGNED_POINTS = 6
SCALES = tuple(Fraction(10) ** k for k in (0, 0, 1, -1, 2, 0, -2, 3, 1, -3, 4, 0))
SOLVING_REDRAWS = 3
SOLVING_STEPS = 30_000
COVERING_STEPS = 60_000
"""Operations that are spent on further sizes; sides that agree so far are not known to be equal."""
MAX_CASES = 12
MOST_NUMBERED = 100
AGREEMENT = Fraction(1, 2**120)


class Test(Examined):
    """The identity test of one equation; caches what all its points share."""

    __test__ = False

    def __init__(self, equation: Equation, seed: int = 0) -> None:
        super().__init__(equation)
        self.seed = seed
        self.pinned: dict[str, int] = {}
        """Sizes that are not varied."""
        self._chosen: dict[Any, list[dict[str, int]]] = {}
        self._coverages: dict[Any, Coverage] = {}

    # -- sizes -------------------------------------------------------------------------------------------------

    def assignments(self) -> list[dict[str, int]]:
        """Return the assignments of sizes to test."""
        key = tuple(self.pinned.items())
        if key not in self._chosen:
            self._chosen[key] = self.choices().assignments()
        return self._chosen[key]

    def choices(self) -> SizeChoices:
        """Return what says which sizes to test."""
        return SizeChoices(self.sizes(), self.nodes, self.equation.scope, self.pinned, self.seed)

    def allowed(self, assignment: Mapping[str, int]) -> bool:
        """Whether an assignment satisfies the restrictions of sizes."""
        return is_allowed(assignment, self.equation.scope)

    # -- evaluation --------------------------------------------------------------------------------------------

    def evaluator(self, domains: list[Domain], assignment: Mapping[str, int], seed: str, spread: int) -> Evaluator:
        """Return an evaluator at a new random point."""
        equation = self.equation
        probe = Evaluator(domains, assignment, None, self.shared)  # type: ignore[arg-type]
        point = SampledPoint(
            equation.scope,
            lambda dim: probe.size(dim, {}),
            seed,
            spread,
            constraints=equation.constraints,
            extra=self.extra,
            roots=self.roots,
        )
        evaluator = Evaluator(domains, assignment, point, self.shared, equation.varying)
        point.evaluator = evaluator
        return evaluator

    def check_given(self, evaluator: Evaluator) -> None:
        """Check that a point satisfies the conditions it was made for.

        Raises
        ------
        NoPoint
            If one of them fails.
        """
        for condition in self.given:
            ranges = [range(1, evaluator.size(upper, {}) + 1) for _, upper in condition.free]
            for values in product(*ranges):
                case = dict(zip([name for name, _ in condition.free], values, strict=True))
                difference = evaluator.value(condition.lhs, case) - evaluator.value(condition.rhs, case)
                if not evaluator.domains[-1].is_zero(difference):
                    raise NoPoint("a point that does not satisfy a condition")

    def cases(self, evaluator: Evaluator) -> list[dict[str, int]]:
        """Return the values of the free indices to test."""
        ranges = [range(1, evaluator.size(upper, {}) + 1) for _, upper in self.equation.free]
        names = [name for name, _ in self.equation.free]
        found = [dict(zip(names, values, strict=True)) for values in product(*ranges)]
        if len(found) > (MOST_NUMBERED if self.coverage.has_index_numbers else MAX_CASES):
            found = [found[0], found[-1], *random.Random(self.seed).sample(found[1:-1], MAX_CASES - 2)]
        return found

    def sides(self, evaluator: Evaluator, case: Mapping[str, int]) -> tuple[Any, Any]:
        """Return both sides at a point."""
        if self.equation.order is not None:
            return self._series(evaluator, case)
        return evaluator.value(self.lhs, case), evaluator.value(self.rhs, case)

    def _series(self, evaluator: Evaluator, case: Mapping[str, int]) -> tuple[Any, Any]:
        """Return both sides as polynomials in a small symbol, below its order: nilpotents added up."""
        assert self.equation.order is not None
        symbol, order = self.equation.order
        return (
            truncated(evaluator, self.lhs, symbol, order, case),
            truncated(evaluator, self.rhs, symbol, order, case),
        )

    @cached_property
    def own_key(self) -> int:
        """Return a key of primes that depends on what is tested, if numbers in it may be multiples of other primes."""
        if magnitude(self.nodes) < SAFE_BITS:
            return 0
        numbers = " ".join(str(node) for node in self.nodes if isinstance(node, Rational))
        text = f"{srepr(self.equation.lhs)} {srepr(self.equation.rhs)} {numbers} {self.seed}"
        return int.from_bytes(sha256(text.encode()).digest()[:4], "big")

    def field_domains(self, seed: int) -> list[Domain]:
        """Return the chain of fields that the exponentials need."""
        if self.depth >= len(primes()):
            raise NotEvaluable("exponentials inside one another are too deep for the exact test")
        return [Field(level, seed, self.own_key) for level in range(self.depth + 1)]

    # -- the test ----------------------------------------------------------------------------------------------

    def exact(self) -> Outcome:
        """Run the test in finite fields."""
        try:
            return self._run(lambda attempt: self.field_domains(self.seed * 1009 + attempt), 0, POINTS, _equal)
        except NotEvaluable as problem:
            return Outcome("not-evaluable", reason=str(problem))

    def has_point(self) -> bool:
        """Whether some point of a field satisfies the conditions, tried at small sizes."""
        self.shared.limit = SOLVING_STEPS
        tried = sorted(self.assignments(), key=lambda assignment: sum(assignment.values()))[:2]
        try:
            for assignment in tried:
                for attempt in range(SOLVING_REDRAWS - 1):
                    evaluator = self.evaluator(
                        self.field_domains(self.seed), assignment, f"{self.seed}/given/{attempt}", 0
                    )
                    try:
                        self.check_given(evaluator)
                    except (NoPoint, OutOfRange, IndexError):
                        continue
                    return True
        except NotEvaluable:
            pass
        return False

    def balls(self, points: int = BALL_POINTS) -> Outcome:
        """Run the test with real balls."""
        domain = Balls()
        try:
            return self._run(lambda _: [domain], -1, points, _overlap)
        except NotEvaluable as problem:
            return Outcome("not-evaluable", reason=str(problem))

    def _run(
        self,
        domains: Callable[[int], list[Domain]],
        spread: int,
        points: int,
        equal: Callable[[Any, Any, Domain], bool],
    ) -> Outcome:
        tested: list[dict[str, int]] = []
        failing: list[dict[str, int]] = []
        count = 0
        solving = bool(self.equation.constraints.solved)
        if solving:
            self.shared.limit = 4 * SOLVING_STEPS
        patience = SOLVING_REDRAWS if solving else REDRAWS if self.has_branches else PATIENCE
        outside = ""
        assignments = self.assignments()
        for number, assignment in enumerate(self._until_covered(assignments, tested, failing)):
            wanted = max(points if number == 0 else 1, DISCRETE_POINTS if self.is_discrete else 1)
            if spread < 0 and self.coverage.is_branched:
                wanted = max(wanted, SIGNED_POINTS)
            try:
                done, differ = self._at_sizes(assignment, wanted, patience, domains, spread, equal)
            except TooCostly:
                if not tested or not solving:
                    raise
                continue
            except (OutOfRange, IndexError) as problem:
                outside = str(problem)
                continue
            count += done
            if done:
                tested.append(assignment)
            if differ:
                failing.append(assignment)
        if not tested:
            kind = "out-of-range" if outside else "no-point"
            return Outcome(kind, reason=outside or "both sides are defined at none of the points tried")
        if failing:
            return Outcome("differ", tuple(tested), tuple(failing), count)
        if _is_narrow(tested, assignments, self.pinned):
            return Outcome("no-point", reason="points were found only where a size is one")
        doubt = self.coverage.doubt(tested) or self.choices().doubt()
        return Outcome("agree", tuple(tested), (), count, self.error_bound(tested), doubt=doubt)

    @property
    def coverage(self) -> Coverage:
        """What has to be tested where sizes are numbers."""
        key = tuple(self.pinned)
        if key not in self._coverages:
            equation = self.equation
            is_related = bool(equation.given or equation.constraints.makers or equation.constraints.functions)
            self._coverages[key] = Coverage(
                equation.lhs, equation.rhs, equation.scope, self.pinned, equation.free, is_related=is_related
            )
        return self._coverages[key]

    def _until_covered(
        self, assignments: list[dict[str, int]], tested: list[dict[str, int]], failing: list[dict[str, int]]
    ) -> Iterator[dict[str, int]]:
        """Yield sizes to test: the given ones, and others as long as these do not tell what sizes as numbers do."""
        yield from assignments
        if failing or not tested:
            return
        start = self.shared.steps
        for assignment in self.coverage.more(assignments):
            if failing or self.coverage.is_met(tested) or self.shared.steps > start + COVERING_STEPS:
                return
            yield assignment

    def _at_sizes(
        self,
        assignment: dict[str, int],
        wanted: int,
        patience: int,
        domains: Callable[[int], list[Domain]],
        spread: int,
        equal: Callable[[Any, Any, Domain], bool],
    ) -> tuple[int, bool]:
        """Test points of one assignment; return how many were tested, and whether one tells the sides apart."""
        done = failed = 0
        attempt = -1
        while done < wanted and failed <= patience:
            attempt += 1
            chain = domains(attempt)
            evaluator = self.evaluator(chain, assignment, f"{self.seed}/{sorted(assignment.items())}/{attempt}", spread)
            point: Any = evaluator.point
            if spread < 0:  # other magnitudes, and positive entries where logarithms leave few points
                point.scale = SCALES[attempt % len(SCALES)] if self.has_branches else Fraction(1)
                point.all_positive = failed > 3
            try:
                self.check_given(evaluator)
                for case in self.cases(evaluator):
                    left, right = self.sides(evaluator, case)
                    if not equal(left, right, chain[-1]):
                        return done + 1, True
            except NoPoint:
                failed += 1
                continue
            done += 1
        return done, False

    def one_sign_only(self) -> bool:
        """Whether an absolute value or the root of a square was met on one side of zero only, for no visible reason."""
        for key, signs in self.shared.signs.items():
            expr = self.shared.infos[key].expr
            if len(signs) == 1 and not is_nonnegative(expr, self.equation.scope):
                return True
        return False

    def error_bound(self, tested: list[dict[str, int]]) -> float:
        """Return a bound on the probability that a false identity passes (Schwartz 1980, Zippel 1979)."""
        largest = max((size for assignment in tested for size in assignment.values()), default=1)
        degree = max(1, len(self.nodes)) * (largest + 1) ** 2
        return float(min(1.0, (degree / primes()[0]) ** POINTS))


def _is_narrow(tested: list[dict[str, int]], assignments: list[dict[str, int]], pinned: Mapping[str, int]) -> bool:
    """Whether points were wanted where all sizes exceed one, and found only elsewhere."""

    def is_wide(assignment: Mapping[str, int]) -> bool:
        return all(size > 1 for name, size in assignment.items() if name not in pinned)

    return any(map(is_wide, assignments)) and not any(map(is_wide, tested))


def _equal(left: Any, right: Any, domain: Domain) -> bool:
    return bool(left == right)


def _overlap(left: Any, right: Any, domain: Domain) -> bool:
    """Whether two balls agree; those too wide to tell are another point's task."""
    difference = left - right
    scale = left
    entries = difference.entries() if domain.is_matrix(difference) else [difference]
    sizes = scale.entries() if domain.is_matrix(scale) else [scale]
    for entry, size in zip(entries, sizes, strict=True):
        if not entry.is_finite():
            raise NoPoint("a value without bound")
        if not entry.contains(0):
            return False
        widest = domain.number(AGREEMENT) * max(domain.number(1), abs(size.mid()))  # no float: they overflow
        if not entry.rad() <= widest:
            raise NoPoint("a value that is not sharp")
    return True
