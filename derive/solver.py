"""Isolates the unknowns and multipliers of stationarity conditions, and proves what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.certificate import Certificate, replay
from derive.decode import Decoder, NoNotation
from derive.derivation import Derivation, free_indices
from derive.encode import Encoder
from derive.isolate import Isolated, holds_in, isolated
from derive.kernel import Rejected, TooMuchWork, Use
from derive.latex import latex
from derive.naming import Definitions, named
from derive.normal.search import Finder
from derive.polynomial import Poly, add_into, constant, product_term, sum_term, whole
from derive.present import Presenter
from derive.prove import Attempt, prove_terms
from derive.scope import Scope
from derive.term import Term, bound_indices, needs, number, replace_index, transform


@dataclass(frozen=True)
class Solution:
    """What an unknown is at a stationary point.

    Attributes
    ----------
    unknown, value : sympy.Basic
        The unknown (or ``vec`` of it) and what it equals.
    latex : str
        The equation, with the names of the field (responsibility, softmax weight).
    where : tuple of (str, str)
        These names and what they stand for.
    depends_on : tuple of str
        Unknowns and multipliers that the value depends on: the equations then have to be met by all of them together,
        as the updates of the EM algorithm are, and are no closed form.
    requires : tuple of str
        What has to be invertible, positive or other than zero, beyond what is declared.
    certificate : Certificate
        The proof from the conditions, replayed.
    """

    unknown: Any
    value: Any
    latex: str
    where: tuple[tuple[str, str], ...]
    depends_on: tuple[str, ...]
    requires: tuple[str, ...]
    certificate: Certificate

    @property
    def is_closed(self) -> bool:
        """Whether the value depends on no unknown."""
        return not self.depends_on


@dataclass
class _Unknown:
    """An unknown as a term, with its condition, also in the names of the field."""

    variable: Term
    condition: Term
    gradient: Term
    shown: Term
    expr: Any


class Solver:
    """Isolates unknowns and multipliers, and proves what it finds."""

    def __init__(
        self, conditions: Sequence[Derivation], constraints: Sequence[Any], multipliers: Sequence[Any], scope: Scope
    ) -> None:
        self.scope = scope
        encoder = Encoder(scope, free_indices([c.wrt for c in conditions], scope))
        self.names: Definitions = []
        self.unknowns = [self._unknown(condition, encoder) for condition in conditions]
        self.constraints = [encoder.encode(constraint) for constraint in constraints]
        self.multipliers = [encoder.encode(multiplier) for multiplier in multipliers]
        self.facts: dict[str, frozenset[str]] = dict(encoder.facts)
        for condition in conditions:
            self.facts |= condition.certificate.facts
        self.given = {
            f"gradient by {latex(unknown.expr)}": (unknown.condition, _zero(unknown.condition))
            for unknown in self.unknowns
        }
        self.given |= {
            f"constraint {place}": (constraint, _zero(constraint))
            for place, constraint in enumerate(self.constraints, 1)
        }
        self.decoder = conditions[0].decoder if conditions else Decoder()
        self.values: dict[Term, Term] = {}
        """Multipliers that were found."""

    def _unknown(self, condition: Derivation, encoder: Encoder) -> _Unknown:
        certificate = condition.certificate
        shown, definitions = named(certificate.rhs, self.scope.declarations)
        known = {name.args[0] for name, _ in self.names}
        self.names += [definition for definition in definitions if definition[0].args[0] not in known]
        return _Unknown(encoder.encode(condition.wrt), certificate.lhs, certificate.rhs, shown, condition.wrt)

    def solve(self) -> tuple[Solution, ...]:
        """Return the multipliers and the unknowns that were found."""
        found: list[Solution] = []
        for place, multiplier in enumerate(self.multipliers):
            solution = self._multiplier(multiplier, self.constraints[place])
            if solution is not None:
                found.append(solution)
        for unknown in self.unknowns:
            solution = self._solution(unknown)
            if solution is not None:
                found.append(solution)
        return tuple(found)

    # -- multipliers -------------------------------------------------------------------------------------------

    def _multiplier(self, multiplier: Term, constraint: Term) -> Solution | None:
        """Find a multiplier from the constraint: by the value of an unknown, or by adding up its conditions."""
        if multiplier.shape is not None or constraint.shape is not None:
            return None
        for unknown in self.unknowns:
            if unknown.variable.args[0] not in constraint.names:
                continue
            equations = [self._by_value(unknown, constraint)]
            if len(self.multipliers) == 1:  # of several, one would be given by another
                equations.append(self._by_sum(unknown, constraint))
            for equation in equations:
                value = self._isolated(equation, multiplier, Finder())
                if value is None or holds_in(value.value, multiplier):
                    continue
                self.values[multiplier] = self._canonical(value.value)
                solution = self._proved(value.unknown, self._presented(self.values[multiplier]))
                if solution is not None or not self._mentions_unknowns(self.values[multiplier]):
                    return solution
        return None

    def _by_value(self, unknown: _Unknown, constraint: Term) -> Term | None:
        """Return the constraint at the value of an unknown in terms of the multiplier."""
        value = self._isolated(unknown.shown, unknown.variable, Finder(literal=True))
        if value is None or value.unknown != unknown.variable:
            return None
        return _put(constraint, unknown.variable, self._unnamed(value.value))

    def _by_sum(self, unknown: _Unknown, constraint: Term) -> Term | None:
        """Return the sum of unknown times condition over all entries and members, with the constraint put in."""
        variable = unknown.variable
        if variable.shape is None:
            total = Term("*", (variable, unknown.gradient))
        else:
            total = Term("tr", (Term("@", (Term("t", (variable,)), unknown.gradient)),))
        for index in [arg for arg in variable.args if isinstance(arg, Term) and arg.op == "ix"]:
            total = Term("sum", (index, Term("true", ()), total))
        attempt = self._attempt(Finder())
        try:
            return sum_term(_modulo(attempt, attempt.poly(total), attempt.poly(constraint)), None)
        except (Rejected, TooMuchWork, RecursionError):
            return None

    def _mentions_unknowns(self, value: Term) -> bool:
        return any(unknown.variable.args[0] in value.names for unknown in self.unknowns)

    # -- unknowns ----------------------------------------------------------------------------------------------

    def _solution(self, unknown: _Unknown) -> Solution | None:
        value = self._isolated(unknown.shown, unknown.variable, Finder(literal=True))
        if value is None or holds_in(value.value, unknown.variable):
            return None
        shown = value.value
        for multiplier, known in self.values.items():
            shown = transform(shown, lambda node, m=multiplier, k=known: k if node == m else None)  # type: ignore[misc]
        found = self._proved(value.unknown, self._presented(shown)) or self._proved(value.unknown, shown)
        if found is None and value.context is not None:
            name = f"gradient by {latex(unknown.expr)}"
            use = Use(name, {}, self._unnamed(value.context))
            for result in (self._presented(shown), shown):
                certificate = self._by_use(value.unknown, self._unnamed(result), use)
                if certificate is not None:
                    return self._stated(value.unknown, result, certificate)
        return found

    def _by_use(self, unknown: Term, value: Term, use: Use) -> Certificate | None:
        """Return the certificate that an unknown has a value by one use of its condition."""
        given = {use.name: self.given[use.name]}
        attempt = Attempt(self.facts, Finder(), given)
        try:
            if attempt.difference(unknown, value, (), (use,)):
                return None
            certificate = Certificate(unknown, value, self.facts, attempt.used, (), given, (use,))
            replay(certificate)
        except (Rejected, TooMuchWork, RecursionError, ValueError):
            return None
        return certificate

    def _isolated(self, equation: Term | None, unknown: Term, finder: Finder) -> Isolated | None:
        if equation is None:
            return None
        try:
            return isolated(self._attempt(finder), equation, unknown)
        except (Rejected, TooMuchWork, RecursionError, ValueError):
            return None

    def _attempt(self, finder: Finder) -> Attempt:
        attempt = Attempt(self.facts, finder)
        attempt.define(side for sides in self.given.values() for side in sides)
        return attempt

    def _presented(self, value: Term) -> Term:
        attempt = self._attempt(Finder(literal=True))
        attempt.define((value,))
        try:
            return Presenter(attempt, self._parts()).present(attempt.canon(value))
        except (Rejected, TooMuchWork, RecursionError):
            return value

    def _parts(self) -> Iterable[Term]:
        """Yield parts of the conditions that a person would keep as they are."""
        for unknown in self.unknowns:
            stack = [unknown.shown]
            while stack:
                node = stack.pop(0)
                yield node
                stack.extend(arg for arg in node.args if isinstance(arg, Term) and arg.op != "ix")

    def _canonical(self, value: Term) -> Term:
        attempt = self._attempt(Finder())
        attempt.define((value,))
        try:
            return attempt.canon(value)
        except (Rejected, TooMuchWork, RecursionError):
            return value

    # -- proofs ------------------------------------------------------------------------------------------------

    def _proved(self, unknown: Term, shown: Term) -> Solution | None:
        return self._stated(unknown, shown, prove_terms(unknown, self._unnamed(shown), self.facts, self.given))

    def _stated(self, unknown: Term, shown: Term, certificate: Certificate | None) -> Solution | None:
        """Return a proved value as a solution."""
        if certificate is None:
            return None
        value = certificate.rhs
        if value == unknown or self._is_excluded(unknown, value):
            return None
        try:
            left, right = self.decoder.decode(unknown), self.decoder.decode(value)
            text = f"{latex(left)} = {latex(self.decoder.decode(shown))}"
            where = tuple(
                (latex(self.decoder.decode(name)), latex(self.decoder.decode(meaning)))
                for name, meaning in self.names
                if name.args[0] in shown.names
            )
            requires = tuple(self._requirement(kind, base) for kind, base in self._open_needs(shown))
            requires += tuple(self._requirement(fact, shown) for fact in self._open_facts(unknown, value))
        except NoNotation:
            return None
        depends = tuple(latex(each.expr) for each in self.unknowns if each.variable.args[0] in value.names)
        depends += tuple(latex(self.decoder.decode(m)) for m in self.multipliers if m.args[0] in value.names)
        return Solution(left, right, text, where, depends, requires, certificate)

    def _is_excluded(self, unknown: Term, value: Term) -> bool:
        """Whether a value is shown to be negative where the unknown is declared positive."""
        shown = Attempt(self.facts, Finder()).shown
        negative = Term("*", (number(-1), value)) if value.shape is None else Term(".", (number(-1), value))
        if value.shape is None:
            return shown.is_shown("positive", unknown) and shown.is_shown("non-negative", negative)
        return shown.is_shown("positive definite", unknown) and shown.is_shown("positive semidefinite", negative)

    def _open_needs(self, value: Term) -> list[tuple[str, Term]]:
        attempt = Attempt(self.facts, Finder())
        return [
            (kind, base)
            for kind, base in sorted(needs(value), key=lambda need: need[1].key)
            if not attempt.shown.is_defined(kind, self._unnamed(base))
        ]

    def _open_facts(self, unknown: Term, value: Term) -> list[str]:
        """Return what is declared of an unknown and not shown of its value."""
        attempt = Attempt(self.facts, Finder())
        attempt.define((value,))
        name = unknown.args[0] if unknown.op != "vec" else unknown.args[0].args[0]
        declared = sorted(fact for fact in self.facts.get(name, ()) if not fact.startswith("near "))
        return declared if unknown.op == "vec" else [f for f in declared if not attempt.shown.is_shown(f, value)]

    def _requirement(self, kind: str, base: Term) -> str:
        text = latex(self.decoder.decode(base))
        return {"nonzero": rf"{text} \neq 0", "positive": f"{text} > 0"}.get(kind, rf"{text} \text{{ {kind}}}")

    def _unnamed(self, term: Term) -> Term:
        """Return a term with what its names stand for."""
        for name, meaning in self.names:
            term = _put(term, name, meaning)
        return term


def _zero(term: Term) -> Term:
    return number(0) if term.shape is None else Term("0", term.shape)


def _put(term: Term, member: Term, value: Term) -> Term:
    """Return a term with a symbol, or each member of a family, replaced by its value."""
    places = [arg for arg in member.args if isinstance(arg, Term) and arg.op == "ix"]
    value = _with_fresh_bounds(value)

    def change(node: Term) -> Term | None:
        if node.op != member.op or node.args[0] != member.args[0]:
            return None
        found = value
        marks = [Term("ix", (f"@put{place}", *index.args[1:])) for place, index in enumerate(places)]
        for index, mark in zip(places, marks, strict=True):
            found = replace_index(found, index, mark)
        given = [arg for arg in node.args if isinstance(arg, Term) and arg.op in ("ix", "#")]
        for mark, other in zip(marks, given, strict=True):
            found = replace_index(found, mark, other)
        return found

    return transform(term, change)


def _with_fresh_bounds(value: Term) -> Term:
    """Return a term whose bound indices have names that occur nowhere else."""
    names: Mapping[str, Any] = bound_indices(value)

    def change(node: Term) -> Term | None:
        if node.op == "ix" and node.args[0] in names:
            return Term("ix", (f"@{node.args[0].lstrip('%@')}", *node.args[1:]))
        return None

    return transform(value, change)


def _modulo(attempt: Attempt, poly: Poly, constraint: Poly) -> Poly:
    """Return a scalar sum in which the leading product of a constraint is replaced by the rest of it."""
    lead = max(constraint, key=lambda product: len(product_term(product[0], product[1], None).key))
    if not lead[0]:
        return poly
    rest: Poly = {}
    add_into(rest, constraint, -1)
    share = -rest.pop(lead)
    rest = {product: whole(Fraction(count) / share) for product, count in rest.items()}
    total: Poly = {}
    for (mono, word), count in poly.items():
        powers = dict(mono)
        if all(powers.get(base) == exponent for base, exponent in lead[0]):
            left = tuple(factor for factor in mono if factor not in lead[0])
            add_into(total, attempt.multiply({(left, word): 1}, attempt.multiply(constant(count), rest)))
        else:
            add_into(total, {(mono, word): count})
    return total
