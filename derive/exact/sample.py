"""Points that satisfy the declarations: every fact and every constraint met by construction."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derive.exact.declared import check_facts
from derive.exact.domain import Domain, Field, NotEvaluable
from derive.facts import Declaration, Fact
from derive.scope import Scope

DEFINITE = frozenset({Fact.DEFINITE, Fact.SEMIDEFINITE})

Maker = Callable[["SampledPoint", tuple[int, ...], Domain], Any]


@dataclass(frozen=True, slots=True)
class Constraints:
    """Symbols whose values are made from others: a name to a function of the point, the indices and the domain."""

    makers: Mapping[str, Maker] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    idempotents: frozenset[str] = frozenset()
    solved: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    """Symbols that others are made from; a condition that ties one of them again is not met by construction."""

    def merged(self, other: Constraints) -> Constraints:
        """Return both together; the second wins."""
        return Constraints(
            {**self.makers, **other.makers},
            {**self.functions, **other.functions},
            self.idempotents | other.idempotents,
            self.solved | other.solved,
            self.bases | other.bases,
        )


class SampledPoint:
    """A random point; equal seeds give equal points, whatever is asked for first.

    Parameters
    ----------
    scope : Scope
        The declarations.
    size : callable
        Evaluates a size.
    seed : str
        Seed of the point.
    spread : int
        Entries are integers up to this size; 0 asks for the whole of a field. A negative spread gives fractions.
    extra : mapping
        Declarations of symbols that are not in the scope (differentials).
    roots : frozenset of str
        Positive definite symbols whose square root is needed.
    """

    def __init__(
        self,
        scope: Scope,
        size: Callable[[Any], int],
        seed: str,
        spread: int,
        *,
        constraints: Constraints | None = None,
        extra: Mapping[str, Declaration] | None = None,
        roots: frozenset[str] = frozenset(),
    ) -> None:
        self.scope = scope
        self.size = size
        self.seed = seed
        self.spread = spread
        self.constraints = constraints or Constraints()
        self.extra = extra or {}
        self.roots = roots
        self.used: dict[str, set[tuple[int, ...]]] = {}
        self.solutions: dict[Any, Any] = {}
        self.evaluator: Any = None
        self.scale = Fraction(1)
        """The order of magnitude of numbers where the spread is negative."""
        self.all_positive = False
        """Whether free numbers are drawn positive, for what is defined there only (logarithms of entries)."""
        self.used_functions: set[str] = set()
        self._values: dict[Any, Any] = {}
        self._making: set[Any] = set()
        self._polynomials: dict[str, Any] = {}

    # -- symbols -----------------------------------------------------------------------------------------------

    def value(self, name: str, indices: tuple[int, ...], domain: Domain) -> Any:
        """Return the value of a symbol or of a member of a family."""
        key = (name, indices, id(domain))
        found = self._values.get(key)
        if found is None:
            maker = self.constraints.makers.get(name)
            if maker is not None and key not in self._making:
                found = self._made(key, maker, domain)
            else:
                found = self.draw(name, indices, domain)
            self._values[key] = found
            self.used.setdefault(name, set()).add(indices)
        return found

    def _made(self, key: tuple[str, tuple[int, ...], int], maker: Maker, domain: Domain) -> Any:
        """Return a value that is made by a constraint; what was computed meanwhile is forgotten.

        While a value is looked for, others are computed from a start that it does not keep.
        """
        name, indices, _ = key
        before = dict(self._values)
        self._making.add(key)
        try:
            found = maker(self, indices, domain)
        finally:
            self._making.discard(key)
            roots = {kept: value for kept, value in self._values.items() if kept[0] == "root"}  # of what is drawn
            self._values = {**roots, **before}
            if self.evaluator is not None:
                self.evaluator.root.memo.clear()
        check_facts(self.declaration(name), found, domain, strict=False)
        drawn = self._values.get(("root", name, indices, id(domain)))
        if drawn is not None and drawn * drawn != found:
            del self._values["root", name, indices, id(domain)]
        return found

    def draw(self, name: str, indices: tuple[int, ...], domain: Domain) -> Any:
        """Return a value that satisfies the declaration alone."""
        declaration = self.declaration(name)
        for index, upper in zip(indices, declaration.ranges, strict=True):
            if not 1 <= index <= self.size(upper):
                raise IndexError(f"{name} with the index {index}")
        rng = random.Random(f"{self.seed}/{name}/{indices}")
        if declaration.shape is None:
            return self._scalar(declaration.facts, rng, domain)
        rows, cols = self.size(declaration.shape[0]), self.size(declaration.shape[1])
        if name in self.roots:
            root = self._definite(rows, rng, domain)
            self._values["root", name, indices, id(domain)] = root
            return root * root
        return self.array(rows, cols, declaration.facts, rng, domain)

    def declaration(self, name: str) -> Declaration:
        """Return the declaration of a symbol."""
        found = self.scope.declarations.get(name) or self.extra.get(name)
        if found is None:
            raise NotEvaluable(f"{name} has no declaration")
        return found

    def root(self, name: str, indices: tuple[int, ...], domain: Domain) -> Any:
        """Return the principal root of a positive definite matrix."""
        if name not in self.roots:
            raise NotEvaluable(f"the square root of {name} needs it to be positive definite")
        self.value(name, indices, domain)
        found = self._values.get(("root", name, indices, id(domain)))
        if found is None:
            raise NotEvaluable(f"the square root of {name}, which a condition determines, is not known")
        return found

    # -- numbers and arrays ------------------------------------------------------------------------------------

    def number(self, rng: random.Random, domain: Domain) -> Any:
        """Return a random number of the spread asked for."""
        if self.spread == 0:
            return domain.number(rng.getrandbits(44))
        if self.spread < 0:
            value = Fraction(rng.randint(-24, 24), rng.randint(8, 17)) * self.scale
            return domain.number(abs(value) if self.all_positive else value)
        return domain.number(rng.randint(1 if self.all_positive else -self.spread, self.spread))

    def positive(self, rng: random.Random, domain: Domain, least: int = 1) -> Any:
        """Return a random positive number; a square in a field."""
        if self.spread == 0:
            return domain.number(rng.getrandbits(44) ** 2)
        if self.spread < 0:
            return domain.number(Fraction(rng.randint(3, 40), rng.randint(8, 17)) * self.scale)
        return domain.number(rng.randint(least, max(self.spread, least)))

    def _scalar(self, facts: frozenset[Fact], rng: random.Random, domain: Domain) -> Any:
        if Fact.POSITIVE in facts or Fact.NONNEGATIVE in facts:
            return self.positive(rng, domain, 1 if Fact.POSITIVE in facts else 0)
        return self.number(rng, domain)

    def array(self, rows: int, cols: int, facts: frozenset[Fact], rng: random.Random, domain: Domain) -> Any:
        """Return a random array with some properties."""
        symmetric = Fact.SYMMETRIC in facts or facts & DEFINITE
        if Fact.ORTHOGONAL in facts:
            return self._orthogonal(rows, rng, domain, bool(symmetric), Fact.DIAGONAL in facts)
        if Fact.DIAGONAL in facts:
            signed = facts & DEFINITE or Fact.POSITIVE in facts
            entries = [self.positive(rng, domain) if signed else self.number(rng, domain) for _ in range(rows)]
            return diagonal_matrix(domain, entries)
        if facts & DEFINITE:
            return self._definite(rows, rng, domain, singular=Fact.DEFINITE not in facts)
        if symmetric:
            lower = [[self.number(rng, domain) for _ in range(i + 1)] for i in range(rows)]
            return domain.matrix(rows, rows, [lower[max(i, j)][min(i, j)] for i in range(rows) for j in range(rows)])
        if Fact.POSITIVE in facts or Fact.NONNEGATIVE in facts:
            least = 1 if Fact.POSITIVE in facts else 0
            return domain.matrix(rows, cols, [self.positive(rng, domain, least) for _ in range(rows * cols)])
        found = domain.matrix(rows, cols, [self.number(rng, domain) for _ in range(rows * cols)])
        if Fact.INVERTIBLE in facts:
            domain.inverse(found)
        return found

    def _definite(self, size: int, rng: random.Random, domain: Domain, singular: bool = False) -> Any:
        zero = domain.number(0)
        rows = []
        for i in range(size):
            diagonal = self.number(rng, domain) if singular else self.positive(rng, domain)
            rows.append([self.number(rng, domain) for _ in range(i)] + [diagonal] + [zero] * (size - i - 1))
        lower = domain.matrix(size, size, [entry for row in rows for entry in row])
        return lower * lower.transpose()

    def _orthogonal(self, size: int, rng: random.Random, domain: Domain, symmetric: bool, diagonal: bool) -> Any:
        signs = diagonal_matrix(domain, [domain.number(rng.choice((1, -1))) for _ in range(size)])
        if diagonal:
            return signs
        upper = {(i, j): self.number(rng, domain) for i in range(size) for j in range(i)}
        zero = domain.number(0)
        skew = domain.matrix(
            size,
            size,
            [upper[i, j] if i > j else -upper[j, i] if j > i else zero for i in range(size) for j in range(size)],
        )
        eye = domain.identity(size)
        rotation = (eye - skew) * domain.inverse(eye + skew)  # Cayley's transform
        return rotation * signs * rotation.transpose() if symmetric else rotation * signs

    # -- functions ---------------------------------------------------------------------------------------------

    def function(self, name: str, order: int, argument: Any, domain: Domain) -> Any:
        """Return a declared function or its derivative at a number."""
        declaration = self.declaration(name)
        self.used_functions.add(name)
        if isinstance(domain, Field):
            return self._keyed(declaration, order, argument, domain)
        return self._polynomial(declaration, order, argument, domain)

    def _keyed(self, declaration: Declaration, order: int, argument: Any, domain: Field) -> Any:
        key = (declaration.key, order, int(argument))
        positive = order == 0 and bool(declaration.facts & {Fact.POSITIVE, Fact.NONNEGATIVE})
        if declaration.shape is None:
            return domain.keyed((self.seed, *key), square=positive)
        found = self._values.get((key, id(domain)))
        if found is None:
            rows, cols = self.size(declaration.shape[0]), self.size(declaration.shape[1])
            facts = declaration.facts
            if Fact.ORTHOGONAL in facts:
                raise NotEvaluable("an orthogonal function of a number cannot be sampled")
            if order and facts & DEFINITE:
                facts = frozenset((Fact.SYMMETRIC,))
            rng = random.Random(f"{self.seed}/{key}")
            if self.constraints.functions.get(declaration.key) == "commuting":
                base = self.array(
                    rows, cols, declaration.facts, random.Random(f"{self.seed}/{declaration.key}"), domain
                )
                found = polynomial_in(base, [self.number(rng, domain) for _ in range(rows)], domain)
            else:
                found = self.array(rows, cols, facts, rng, domain)
            self._values[key, id(domain)] = found
        return found

    def _polynomial(self, declaration: Declaration, order: int, argument: Any, domain: Domain) -> Any:
        coefficients = self.coefficients(declaration, domain)
        total: Any = None
        for power in range(len(coefficients) - 1, order - 1, -1):
            factor = 1
            for step in range(order):
                factor *= power - step
            term = coefficients[power] * domain.number(factor)
            total = term if total is None else total * argument + term
        if total is None:
            if declaration.shape is None:
                return domain.number(0)
            return domain.filled(self.size(declaration.shape[0]), self.size(declaration.shape[1]), 0)
        return total

    def coefficients(self, declaration: Declaration, domain: Domain) -> list[Any]:
        """Return the polynomial that a declared function is taken to be, the constant term first."""
        key = ("coefficients", declaration.key, id(domain))
        if key in self._values:
            return list(self._values[key])
        rng = random.Random(f"{self.seed}/{declaration.key}")
        found: list[Any]
        if declaration.shape is None:
            found = [self.number(rng, domain) for _ in range(4 if self.spread > 0 else 7)]
            if declaration.facts & {Fact.POSITIVE, Fact.NONNEGATIVE}:
                a, b = found[0], found[1]
                found = [a * a + domain.number(1), domain.number(2) * a * b, b * b]
        else:
            found = self._matrix_coefficients(declaration, rng, domain)
        self._values[key] = found
        return found

    def _matrix_coefficients(self, declaration: Declaration, rng: random.Random, domain: Domain) -> list[Any]:
        assert declaration.shape is not None
        rows, cols = self.size(declaration.shape[0]), self.size(declaration.shape[1])
        facts = declaration.facts
        if Fact.ORTHOGONAL in facts:
            raise NotEvaluable("an orthogonal function of a number cannot be sampled")
        if self.constraints.functions.get(declaration.key) == "commuting":
            base = self.array(rows, cols, facts, rng, domain)
            return [polynomial_in(base, [self.number(rng, domain) for _ in range(rows)], domain) for _ in range(3)]
        if facts & DEFINITE:
            a, b = (self.array(rows, cols, frozenset(), rng, domain) for _ in range(2))
            return [a * a.transpose() + domain.identity(rows), a * b.transpose() + b * a.transpose(), b * b.transpose()]
        return [self.array(rows, cols, facts, rng, domain) for _ in range(3)]


def diagonal_matrix(domain: Domain, entries: list[Any]) -> Any:
    """Return a diagonal matrix."""
    zero = domain.number(0)
    size = len(entries)
    return domain.matrix(size, size, [entries[i] if i == j else zero for i in range(size) for j in range(size)])


def polynomial_in(base: Any, coefficients: list[Any], domain: Domain) -> Any:
    """Return Σ c_j A^j, which commutes with A."""
    power = domain.identity(base.nrows())
    total = power * coefficients[0]
    for coefficient in coefficients[1:]:
        power = power * base
        total = total + power * coefficient
    return total
