"""Relations with integrals, judged without any integration: by their integrands, and by densities that are normalised.

The integrals that are written are taken to exist. Sums of integrals over the same variable and domain are equal if the
sums of their integrands are, at every value of the variable. A factor that is free of the variable comes out. A density
that is known integrates to one over its domain. Nothing is refuted: integrals may agree where the integrands do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add, Integer, Mul, Pow, preorder_traversal

from derive.elaborate import Elaborator
from derive.expected import expected
from derive.expr import Call, DefiniteIntegral, Instantiated, ScalarFunction, build, word
from derive.facts import Declaration, Fact
from derive.judge import Judge
from derive.normalised import POSITIVE, WHOLE, domain_of, normalised
from derive.printing import show
from derive.scope import INTEGRAL, Condition, Dependencies, Scope
from derive.statement import Statement, filled, known_sizes
from derive.ties import tied
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Verdict

MAX_DEPTH = 4
"""Integrals inside one another."""
MAX_CANDIDATES = 6
"""Densities that are tried for one integral."""


_NO_DENSITY = "an integral is not found to have this value: no density that is known here leads to it"


class Open(Exception):
    """What is written cannot be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """A term of a side: a coefficient, the integral it stands before if there is one, and whether it is on the left."""

    coefficient: tuple[Any, ...]
    integral: Any
    left: bool

    def value(self, body: Any = None) -> Any:
        """Return the coefficient times a body."""
        factors = (*self.coefficient, *(() if body is None else (body,)))
        return Integer(1) if not factors else factors[0] if len(factors) == 1 else build(Mul, *factors)


def has_integral(statement: Statement) -> bool:
    """Whether an integral occurs in a relation, or in what a symbol of it is defined by."""
    if not statement.scope.definitions and not statement.lhs.has(DefiniteIntegral, Call):
        return statement.rhs.has(DefiniteIntegral)
    used = Dependencies(statement.scope.definitions)
    return INTEGRAL in used.of(statement.lhs) | used.of(statement.rhs)


def judge_integrals(judge: Judge, statement: Statement, conditions: tuple[Condition, ...]) -> Judgement:
    """Judge a relation with integrals.

    Parameters
    ----------
    judge : Judge
        Judges what is left when the integrals are gone.
    statement : Statement
        The relation.
    conditions : tuple of Condition
        What it may rest on.
    """
    if any(statement.one_sided) or statement.shape is not None or statement.order is not None:
        return _undecided("a relation with integrals is judged if both sides are numbers", statement)
    try:
        found = _Comparison(judge, statement, conditions).decide(statement.lhs, statement.rhs, statement.scope, ())
    except Open as problem:
        return _undecided(str(problem), statement)
    return replace(found, notes=(*statement.notes, "the integrals are taken to exist"))


def _undecided(message: str, statement: Statement) -> Judgement:
    return Judgement(Verdict.UNDECIDED, "U609", message, notes=statement.notes)


class _Comparison:
    """Compares two sums of integrals; ``bound`` are the variables of the integrals around them."""

    def __init__(self, judge: Judge, statement: Statement, conditions: tuple[Condition, ...]) -> None:
        self.judge = judge
        self.statement = statement
        self.conditions = conditions
        self.used = Dependencies(statement.scope.definitions)
        self.sides = self.used.of(statement.lhs) | self.used.of(statement.rhs)
        self._tied: dict[str, frozenset[str]] = {}

    # -- deciding ----------------------------------------------------------------------------------------------

    def decide(self, lhs: Any, rhs: Any, scope: Scope, bound: tuple[str, ...]) -> Judgement:
        """Return that two numbers are equal.

        Raises
        ------
        Open
            If that is not found.
        """
        if not self.has_integral(lhs) and not self.has_integral(rhs):
            return self.judged(lhs, rhs, scope, bound)
        if _is_logarithm(lhs) and not self.has_integral(rhs):
            return self.logarithm(lhs.args[2], rhs, scope, bound)
        if _is_logarithm(rhs) and not self.has_integral(lhs):
            return self.logarithm(rhs.args[2], lhs, scope, bound)
        if _is_logarithm(lhs) and _is_logarithm(rhs):
            return self.decide(lhs.args[2], rhs.args[2], scope, bound)
        if len(bound) >= MAX_DEPTH:
            raise Open(f"more than {MAX_DEPTH} integrals inside one another are not compared")
        parts = [self.without_density(part, scope) for part in (*self.parts(lhs, True), *self.parts(rhs, False))]
        groups = self.groups(parts)
        plain = [part for part in parts if part.integral is None]
        for variable, _, _ in groups:
            self.check_outside(variable, parts)
        found: Judgement | None = None
        try:
            if plain:
                found = self.judged(_sum(_values(plain, True)), _sum(_values(plain, False)), scope, bound)
            for group in groups:
                found = _weaker(found, self.same_integrands(*group, scope, bound))
        except Open:
            if len(groups) != 1 or not plain:
                raise
            found = self.by_density(*groups[0], plain, scope, bound)
        assert found is not None
        return found

    def logarithm(self, expr: Any, value: Any, scope: Scope, bound: tuple[str, ...]) -> Judgement:
        """Compare the logarithm of one integral with a number.

        ∫ f = exp(b) if f = exp(b) D for a density D that is normalised, that is if log(f / D) = b at every value.
        """
        parts = [self.without_density(part, scope) for part in self.parts(expr, True)]
        if len(parts) != 1:
            raise Open("the logarithm of a sum of integrals is not compared")
        (part,) = parts
        if part.integral is None:
            return self.judged(_logarithm(part.value()), value, scope, bound)
        body, variable, domain = part.integral.args
        self.check_outside(variable, [part, Part((value,), None, False)])
        inside = _inside(scope, variable, domain.name)
        for density in self.candidates(variable, domain.name, scope):
            quotient = build(Mul, *part.coefficient, body, build(Pow, density, Integer(-1)))
            try:
                return self.judged(_logarithm(quotient), value, inside, (*bound, variable.name))
            except Open:
                continue
        raise Open(_NO_DENSITY)

    def judged(self, lhs: Any, rhs: Any, scope: Scope, bound: tuple[str, ...]) -> Judgement:
        """Judge an equation without integrals, at every value of the variables."""
        kept = tuple(c for c in self.conditions if not set(bound) & (self.used.of(c.lhs) | self.used.of(c.rhs)))
        equation = replace(self.statement, lhs=lhs, rhs=rhs, scope=scope, notes=())
        found = self.judge.claim(equation, kept, try_conditions=False)
        if found.verdict not in TRUE:
            what = "integrands" if bound else "sides, without their integrals,"
            raise Open(f"the {what} are not found to be equal: {show(lhs)} and {show(rhs)}")
        return Judgement(Verdict.HOLDS, given=found.given, evidence=found.evidence)

    def same_integrands(
        self, variable: Any, domain: str, group: list[Part], scope: Scope, bound: tuple[str, ...]
    ) -> Judgement:
        """Compare the sums of the integrands over one variable and domain."""
        inside = _inside(scope, variable, domain)
        sides = [_sum(_values(group, left)) for left in (True, False)]
        return self.decide(sides[0], sides[1], inside, (*bound, variable.name))

    def by_density(
        self, variable: Any, domain: str, group: list[Part], plain: list[Part], scope: Scope, bound: tuple[str, ...]
    ) -> Judgement:
        """Compare integrals and numbers, which are integrals of themselves times a density that is normalised."""
        inside = _inside(scope, variable, domain)
        for density in self.candidates(variable, domain, scope):
            sides = [_sum([*_values(group, left), *_values(plain, left, density)]) for left in (True, False)]
            try:
                return self.decide(sides[0], sides[1], inside, (*bound, variable.name))
            except Open:
                continue
        raise Open(_NO_DENSITY)

    def candidates(self, variable: Any, domain: str, scope: Scope) -> list[Any]:
        """Return the densities of a variable that the relation or a definition speaks of."""
        bodies = [scope.definitions[ident].body for idents in scope.names.values() for ident in idents[:1]]
        found: dict[Any, None] = {}
        for body in (self.statement.lhs, self.statement.rhs, *bodies, *self.written()):
            for node in preorder_traversal(body):
                if self.is_one(node, variable, domain, scope):
                    found[node] = None
        return list(found)[:MAX_CANDIDATES]

    def written(self) -> Iterator[Any]:
        """Yield the densities that the text has written before."""
        for node in self.statement.scope.written:
            elaborator = Elaborator(self.statement.scope.copy())
            try:
                found = elaborator.elaborate(node)
                yield filled(found.expr, known_sizes(elaborator.sizes), node.span)
            except (Malformed, Unreadable):
                continue

    # -- taking apart ------------------------------------------------------------------------------------------

    def has_integral(self, expr: Any) -> bool:
        """Whether an expression has an integral, perhaps through a definition."""
        return INTEGRAL in self.used.of(expr)

    def parts(self, expr: Any, left: bool) -> list[Part]:
        """Return a number as a sum of terms with at most one integral each."""
        if not self.has_integral(expr):
            return [Part((expr,), None, left)]
        if isinstance(expr, DefiniteIntegral):
            return [Part((), expr, left)]
        if isinstance(expr, Add):
            return [part for arg in expr.args for part in self.parts(arg, left)]
        if isinstance(expr, Mul):
            with_integrals = [arg for arg in expr.args if self.has_integral(arg)]
            if len(with_integrals) > 1:
                raise Open("a product of integrals is not compared")
            rest = tuple(arg for arg in expr.args if not self.has_integral(arg))
            inner = self.parts(with_integrals[0], left)
            return [replace(part, coefficient=(*rest, *part.coefficient)) for part in inner]
        body = self.body(expr)
        if body is None:
            raise Open("an integral inside a function, a power, a derivative or a sum over an index is not compared")
        return self.parts(body, left)

    def body(self, expr: Any) -> Any:
        """Return what a symbol is defined by; None for anything else, and for functions."""
        if not isinstance(expr, Call):
            return None
        definition = self.statement.scope.definitions.get(expr.args[0].name)
        return None if definition is None or definition.parameters else definition.body

    def without_density(self, part: Part, scope: Scope) -> Part:
        """Take factors that are free of the variable out of an integral; a density that is left is one."""
        if part.integral is None:
            return part
        body, variable, domain = part.integral.args
        factors = list(self.factors(body, variable))
        free = [factor for factor in factors if self.is_free(factor, variable) and not self.has_integral(factor)]
        rest = [factor for factor in factors if factor not in free]
        coefficient = (*part.coefficient, *free)
        if len(rest) == 1 and self.is_one(rest[0], variable, domain.name, scope, whole=domain.name == ""):
            return Part(coefficient, None, part.left)
        found = self.average(rest, variable, domain.name, scope)
        if found is not None:
            return Part((*coefficient, found), None, part.left)
        integrand = Integer(1) if not rest else rest[0] if len(rest) == 1 else build(Mul, *rest)
        return Part(coefficient, build(DefiniteIntegral, integrand, variable, domain), part.left)

    def average(self, factors: list[Any], variable: Any, domain: str, scope: Scope) -> Any:
        """Return the integral of a density times something as an expectation, or None."""
        for at, factor in enumerate(factors):
            if self.is_one(factor, variable, domain, scope, whole=domain == ""):
                rest = [*factors[:at], *factors[at + 1 :]]
                if all(self.is_plain_in(each, variable) for each in rest):
                    return expected(factor, rest, variable, scope)
        return None

    def is_plain_in(self, expr: Any, variable: Any) -> bool:
        """Whether an expression depends on a variable only where this is written in it."""
        names = self.used.of(expr) - {variable.name}
        if INTEGRAL in names or any(_mentions(name, variable.name) for name in names):
            return False
        return not names & (self.ties(variable) - {variable.name})

    def factors(self, expr: Any, variable: Any) -> Iterator[Any]:
        """Yield the factors of an integrand; what is defined by a product or a density of the variable is unfolded."""
        if isinstance(expr, Mul):
            for arg in expr.args:
                yield from self.factors(arg, variable)
            return
        body = None if self.is_free(expr, variable) else self.body(expr)
        if body is None or not (isinstance(body, Mul | Call) or normalised(body) is not None):
            yield expr
        else:
            yield from self.factors(body, variable)

    def is_free(self, expr: Any, variable: Any) -> bool:
        """Whether an expression does not depend on a variable, as far as is known."""
        names = self.used.of(expr)
        if variable.name in names or any(_mentions(name, variable.name) for name in names):
            return False
        return not names & self.ties(variable)

    def ties(self, variable: Any) -> frozenset[str]:
        """Return what conditions tie to a variable."""
        if variable.name not in self._tied:
            scope = self.statement.scope
            self._tied[variable.name] = tied([variable.name], self.sides | {variable.name}, scope, self.used)
        return self._tied[variable.name]

    def is_one(self, expr: Any, variable: Any, domain: str, scope: Scope, *, whole: bool = False) -> bool:
        """Whether an expression is a density of the variable that integrates to one over the domain.

        ``whole`` says that it stands alone without bounds: it has no value outside of its domain.
        """
        found = normalised(expr)
        if found is None or found.variable != variable:
            return False
        meant = domain_of(domain, scope.declarations[variable.name])
        if meant != found.domain and not (whole and found.domain == POSITIVE and meant == WHOLE):
            return False
        return all(self.is_free(parameter, variable) for parameter in found.parameters)

    # -- putting together --------------------------------------------------------------------------------------

    def groups(self, parts: Iterable[Part]) -> list[tuple[Any, str, list[Part]]]:
        """Return the integrals by variable and domain; a variable of another name is renamed where that is safe."""
        found: list[tuple[Any, str, list[Part]]] = []
        for part in parts:
            if part.integral is None:
                continue
            body, variable, domain = part.integral.args
            for first, text, group in found:
                renamed = self.renamed(body, variable, first) if text == domain.name else None
                if renamed is not None:
                    group.append(replace(part, integral=build(DefiniteIntegral, renamed, first, domain)))
                    break
            else:
                found.append((variable, domain.name, [part]))
        return found

    def renamed(self, body: Any, variable: Any, other: Any) -> Any:
        """Return an integrand in another variable; None if that may change its meaning."""
        if variable == other:
            return body
        declared = self.statement.scope.declarations
        one, two = declared[variable.name], declared[other.name]
        names = self.used.of(body)
        if one.shape != two.shape or one.facts != two.facts or not self.is_free(body, other) or INTEGRAL in names:
            return None
        if any(_mentions(name, variable.name) for name in names):
            return None
        return build(Instantiated, body, variable, other)

    def check_outside(self, variable: Any, parts: Iterable[Part]) -> None:
        """Check that the variable of an integral does not stand outside it: there it is another one."""
        for part in parts:
            if not all(self.is_free(factor, variable) for factor in part.coefficient):
                name = show(variable)
                raise Open(f"{name} is the variable of an integral and stands outside of it, too")


def _mentions(key: str, name: str) -> bool:
    """Whether a symbol is an application to a variable that is known as a whole, as ``p(x, y)`` may be."""
    head, bracket, arguments = key.partition("(")
    return bool(head) and bool(bracket) and not key.startswith("def:") and name in arguments


def _logarithm(expr: Any) -> Any:
    return build(ScalarFunction, word("log"), Integer(0), expr)


def _is_logarithm(expr: Any) -> bool:
    return isinstance(expr, ScalarFunction) and expr.args[0] == word("log") and int(expr.args[1]) == 0


def _inside(scope: Scope, variable: Any, domain: str) -> Scope:
    """Return the scope inside an integral: the variable has the properties that its domain gives it, and no others."""
    declaration: Declaration = scope.declarations[variable.name]
    meaning = domain_of(domain, declaration)
    if domain == "" and declaration.facts:
        return scope
    facts = frozenset({Fact.POSITIVE}) if meaning not in (None, WHOLE) and declaration.shape is None else frozenset()
    if meaning not in (None, WHOLE) and declaration.shape is not None:
        facts = declaration.facts
    inside = scope.copy()
    inside.declarations[variable.name] = replace(declaration, facts=facts)
    return inside


def _values(parts: Iterable[Part], left: bool, times: Any = None) -> list[Any]:
    """Return the terms of one side without their integral signs, numbers times something."""
    return [
        part.value(times if part.integral is None else part.integral.args[0]) for part in parts if part.left is left
    ]


def _sum(values: list[Any]) -> Any:
    return Integer(0) if not values else values[0] if len(values) == 1 else build(Add, *values)


def _weaker(first: Judgement | None, second: Judgement) -> Judgement:
    """Return two judgements as one."""
    if first is None:
        return second
    return replace(second, given=tuple(dict.fromkeys((*first.given, *second.given))))
