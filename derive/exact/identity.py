"""The identity test: both sides at random exact points, for several assignments of sizes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any

from sympy import Rational, Symbol, srepr
from sympy.matrices.expressions import MatPow, MatrixSymbol

from derive.exact.choices import SizeChoices, is_allowed
from derive.exact.domain import Balls, Domain, Field, NoPoint, NotEvaluable, primes
from derive.exact.equation import Equation, Outcome
from derive.exact.evaluate import Evaluator, OutOfRange
from derive.exact.features import (
    TRANSCENDENTAL,
    all_nodes,
    definition_of,
    has_branches,
    is_exponential,
    magnitude,
)
from derive.exact.sample import SampledPoint
from derive.exact.series import truncated
from derive.exact.shared import Shared, TooCostly
from derive.exact.signs import is_nonnegative
from derive.expr import Density, MatrixFunction, MatrixMember, ScalarFunction
from derive.facts import Declaration, Fact
from derive.names import IndexSymbol
from derive.scope import Dependencies

SAFE_BITS = 30
"""Numbers of a claim that multiply to less than this cannot be a multiple of a prime of a field."""
POINTS = 2
BALL_POINTS = 3
BRANCH_POINTS = 16
REDRAWS = 48
PATIENCE = 12
DISCRETE_POINTS = 12
SCALES = tuple(Fraction(10) ** k for k in (0, 0, 1, -1, 2, 0, -2, 3, 1, -3, 4, 0))
SOLVING_REDRAWS = 3
SOLVING_STEPS = 30_000
DEGENERATE_POINTS = 24
MAX_CASES = 12
AGREEMENT = Fraction(1, 2**120)


class Test:
    """The identity test of one equation; caches what all its points share."""

    __test__ = False

    def __init__(self, equation: Equation, seed: int = 0) -> None:
        self.equation = equation
        self.seed = seed
        self.pinned: dict[str, int] = {}
        """Sizes that are not varied."""
        self._chosen: dict[Any, list[dict[str, int]]] = {}
        self.dependencies = Dependencies(equation.scope.definitions)
        self.shared = Shared(equation.scope.definitions, self.dependencies)
        self.lhs, self.rhs = self.shared.copy(equation.lhs), self.shared.copy(equation.rhs)
        self.given = [
            replace(condition, lhs=self.shared.copy(condition.lhs), rhs=self.shared.copy(condition.rhs))
            for condition in equation.given
        ]
        self.nodes = list(all_nodes(equation))
        self.has_branches = has_branches(self.nodes, equation.scope)
        self.has_logs = (
            any(
                isinstance(node, ScalarFunction | MatrixFunction) and node.args[0].name in TRANSCENDENTAL
                for node in self.nodes
            )
            or self._has_fractional_powers()
        )
        self.roots = self._roots()
        self.extra = self._extra()
        self.depth = self._exponential_depth()
        self.is_discrete = self._is_discrete()

    # -- what the expressions contain --------------------------------------------------------------------------

    def _has_fractional_powers(self) -> bool:
        return any(
            type(node).__name__ == "Pow" and not getattr(node.args[1], "is_Integer", False) for node in self.nodes
        )

    def _is_discrete(self) -> bool:
        """Whether points come in several components (signs of a determinant, ranks) that all have to be met."""
        names = set(self.equation.constraints.makers)
        for side in (self.equation.lhs, self.equation.rhs):
            names |= self.dependencies.of(side)
        declared = [
            self.equation.scope.declarations[name] for name in names if name in self.equation.scope.declarations
        ]
        return bool(self.equation.constraints.idempotents) or any(Fact.ORTHOGONAL in d.facts for d in declared)

    def _roots(self) -> frozenset[str]:
        found = set()
        for node in self.nodes:
            if (
                type(node) is MatPow
                and isinstance(node.args[0], MatrixSymbol | MatrixMember)
                and getattr(node.args[1], "is_Rational", False)
                and not node.args[1].is_Integer
            ):
                name = node.args[0].args[0].name
                declaration = self.equation.scope.declarations.get(name)
                if (
                    declaration is not None
                    and Fact.DEFINITE in declaration.facts
                    and Fact.DIAGONAL not in declaration.facts
                ):
                    found.add(name)
        return frozenset(found)

    def _extra(self) -> dict[str, Declaration]:
        """Return declarations for the differentials ``dX``; that of a symmetric matrix is symmetric."""
        found = {}
        for symbol, change in self.equation.varying.items():
            name = symbol.name if isinstance(symbol, Symbol) else symbol.args[0].name
            declared = self.equation.scope.declarations.get(name)
            if declared is None:
                continue
            kept = {Fact.DIAGONAL} & declared.facts
            if declared.facts & {Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE}:
                kept |= {Fact.SYMMETRIC}
            changed = change.name if isinstance(change, Symbol) else change.args[0].name
            found[changed] = Declaration(changed, declared.kind, declared.shape, frozenset(kept), declared.ranges)
        return found

    def _exponential_depth(self) -> int:
        depth = 0
        stack = [(self.equation.lhs, 0), (self.equation.rhs, 0)]
        for condition in self.equation.given:
            stack += [(condition.lhs, 0), (condition.rhs, 0)]
        seen: set[Any] = set()
        while stack:
            node, above = stack.pop()
            if (node, above) in seen or above > 3:
                continue
            seen.add((node, above))
            here = above
            if (
                isinstance(node, Density)
                or (isinstance(node, ScalarFunction | MatrixFunction) and is_exponential(node.args[0].name))
                or type(node).__name__ == "Exp1"
            ):
                here += 1
            depth = max(depth, here)
            definition = definition_of(node, self.equation.scope)
            if definition is not None:
                stack.append((definition.body, here))
            stack.extend((arg, here) for arg in node.args)
        return depth

    # -- sizes -------------------------------------------------------------------------------------------------

    def sizes(self) -> list[str]:
        """Return the sizes that the equation depends on, in order of their names."""
        found: set[str] = set()
        scope = self.equation.scope
        dims: list[Any] = [upper for _, upper in self.equation.free]
        names: set[str] = set()
        for side in (self.equation.lhs, self.equation.rhs):
            names |= self.dependencies.of(side)
        for condition in self.equation.given:
            names |= self.dependencies.of(condition.lhs) | self.dependencies.of(condition.rhs)
            dims += [upper for _, upper in condition.free]
        for name in names | set(self.equation.constraints.makers):
            declaration = scope.declarations.get(name)
            if declaration is not None:
                dims += [*(declaration.shape or ()), *declaration.ranges]
        for node in self.nodes:
            if (isinstance(node, Symbol) and scope.is_size(node.name) and not isinstance(node, IndexSymbol)) or (
                isinstance(node, IndexSymbol) and scope.is_size(node.name)
            ):
                found.add(node.name)
        for dim in dims:
            found |= {symbol.name for symbol in getattr(dim, "free_symbols", ())}
        for _, left, right in scope.restrictions:
            involved = {symbol.name for side in (left, right) for symbol in side.free_symbols}
            if involved & found:
                found |= involved
        return sorted(found)

    def assignments(self) -> list[dict[str, int]]:
        """Return the assignments of sizes to test."""
        key = tuple(self.pinned.items())
        if key not in self._chosen:
            choices = SizeChoices(self.sizes(), self.nodes, self.equation.scope, self.pinned, self.seed)
            self._chosen[key] = choices.assignments()
        return self._chosen[key]

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
        if len(found) > MAX_CASES:
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
        for number, assignment in enumerate(assignments):
            wanted = max(points if number == 0 else 1, DISCRETE_POINTS if self.is_discrete else 1)
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
        return Outcome("agree", tuple(tested), (), count, self.error_bound(tested))

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
