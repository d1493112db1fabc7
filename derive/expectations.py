"""Expectations, variances and covariances of declared symbols: linear operators over what is random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.conditional import ConditionalMoments
from derive.measures import log_density, measured
from derive.moments import Expectation
from derive.names import FAMILY
from derive.opaque import (
    MARK,
    depends_on,
    is_operator,
    moment_head,
    split_condition,
    unknown_applications,
    written,
)
from derive.random_symbols import Over, names_in
from derive.scope import Definition, Dependencies
from derive.shape import ONE
from derive.source import Span
from derive.syntax import Group, Name, Node, Scripted, below
from derive.terms import Expansion, NotExpanded, leaf_name
from derive.tokens import Unreadable
from derive.typed import Typed


class Expectations(ConditionalMoments):
    """Elaboration of moments; a base of the elaborator."""

    def moment(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return the moment that a head and its bracket stand for; None if the head is no such operator."""
        if not is_operator(head) or self.find_key(_base(head).key) is not None:
            return None
        operator = moment_head(head, group)
        if operator is None:
            raise Unreadable("N106", "lists in a moment are not supported", span)
        inside, given = split_condition(group)
        values = [self.elaborate(item) for item in inside]
        try:
            only = _over(head) if isinstance(head, Scripted) else None
            if given:
                only = self._given_that(given, only)
            if operator == "E":
                return self.expectation(values[0], only, span)
            return self._covariance_of(values[0], values[-1], only, span)
        except NotExpanded as problem:
            raise Unreadable("N106", f"this expectation is not supported: {problem}", span) from None

    def _given_that(self, given: Sequence[Node], only: Over | None) -> Over:
        """Return what stands behind a bar as the condition of a moment."""
        if only is not None:
            raise NotExpanded("it is taken under a condition and over named symbols")
        names = [leaf_name(self.elaborate(node).expr) for node in given]
        if any(name is None or name.endswith(FAMILY) for name in names):
            raise NotExpanded("what is given is no symbol")
        return Over(frozenset(), condition=tuple(sorted({name for name in names if name is not None})))

    def average(self, node: Group, scripted: Scripted | None = None) -> Typed:
        """Return the expectation that is written as an average ⟨·⟩, perhaps with a density as its subscript."""
        value = self.elaborate(node.items[0])
        try:
            return self.expectation(value, None if scripted is None else _over(scripted), node.span)
        except NotExpanded as problem:
            raise Unreadable("N106", f"this average is not supported: {problem}", node.span) from None

    def expectation(self, value: Typed, only: Over | None, span: Span) -> Typed:
        """Return the expectation of what was elaborated.

        Parameters
        ----------
        value : Typed
            A polynomial in random symbols.
        only : Over, optional
            What it is taken over.
        span : Span
            Where it is written.

        Raises
        ------
        NotExpanded
            If the moments that are needed are not known.
        Unreadable
            If nothing says what is random.
        """
        expectation = self._expectation(value, only, span)
        if expectation is None:
            return value
        before, self.measure = self.measure, only if only is not None and only.is_other else None
        try:
            return Typed(expectation.of(value.expr), value.shape, span)
        finally:
            self.measure = before

    def _expectation(self, value: Typed, only: Over | None, span: Span) -> Expectation | None:
        """Return what takes the expectation; None of a constant over named symbols."""
        dependencies = Dependencies(self.scope.definitions)
        random = self._taken_over(only, dependencies)
        names = dependencies.of(value.expr)
        random -= {each for each, name in self.scope.values.items() if name in names}
        if only is None:
            random |= self.beside(names)
        used = names & random
        if any(depends_on(name, (key.removesuffix(FAMILY) for key in random)) for name in names):
            raise NotExpanded("a density of what is random stands in it, and nothing says which")
        if not used and (only is not None or self._speaks_of_parameters(names)):
            return None
        if not used:
            raise Unreadable("N105", "nothing says which of the symbols in this expectation is random", span)
        if (
            only is not None
            and not only.condition
            and only.names != frozenset(key.removesuffix(FAMILY) for key in used)
        ):
            raise NotExpanded("it is taken over some of its random symbols only")
        self._check_unknown(dependencies.of(value.expr), random)
        self._check_constants(value.expr, random, dependencies)
        self.notes.append(f"random in the expectation: {', '.join(sorted(key.removesuffix(FAMILY) for key in used))}")
        expansion = Expansion(random, dependencies, self._unfolded, log_density, self.is_positive)
        return Expectation(expansion, self)

    def _taken_over(self, only: Over | None, dependencies: Dependencies) -> set[str]:
        """Return what is random in an expectation."""
        if only is not None and only.given is not None:
            return set(only.names)
        if only is not None and only.fixed:
            self._check_conditional(only)
            return (self._random(dependencies) | only.names) - only.fixed
        if only is not None and only.condition:
            return self._random(dependencies) - self.known_under(only.condition)
        return self._random(dependencies) | (only.names if only is not None else frozenset())

    def _check_conditional(self, only: Over) -> None:
        """Check that the text gives the conditional density over which an average is taken."""
        bodies = [each.body for each in self.scope.overloads(only.density)]
        if not any(measured(body) is not None for body in bodies):
            raise NotExpanded("nothing says what the conditional density is under which it is taken")

    def _speaks_of_parameters(self, names: frozenset[str]) -> bool:
        """Whether symbols are those that distributions speak of as their parameters."""
        laws = {name for law in self.scope.laws.values() for name in names_in(law.parameters)}
        bodies = [definition.body for idents in self.scope.names.values() for definition in self._definitions(idents)]
        used = Dependencies(self.scope.definitions)
        for body in bodies:
            found = measured(body)
            if found is not None:
                laws |= used.of(found.mean) | used.of(found.variance)
        spoken = {name for name in names if name in self.scope.declarations and not self.scope.is_size(name)}
        return bool(spoken) and spoken <= laws

    def _definitions(self, idents: tuple[str, ...]) -> list[Definition]:
        return [self.scope.definitions[ident] for ident in idents[:1]]

    @staticmethod
    def _check_unknown(names: frozenset[str], random: frozenset[str] | set[str]) -> None:
        """Check that no unknown function of what is random stands in an expectation."""
        plain = {key.removesuffix(FAMILY) for key in random}
        for name in sorted(unknown_applications(names)):
            head, _, rest = name.partition(MARK)
            if any(key in rest.partition("(")[2] for key in plain):
                raise NotExpanded(f"nothing says how {head} depends on what is random")

    def _check_constants(self, value: Any, random: set[str], dependencies: Dependencies) -> None:
        """Check that no condition ties what is taken as constant to what is random.

        An equation with one random symbol does: ``x + z = a`` cannot hold for a random x and constant z and a. What a
        distribution or a model speaks of is constant there.
        """
        stated = {name for law in self.scope.laws.values() for name in names_in((*law.parameters, law.model))}
        used = dependencies.of(value) - random - stated
        for condition in self.scope.conditions:
            names = dependencies.of(condition.lhs) | dependencies.of(condition.rhs)
            others = {name for name in used & names & self.scope.declarations.keys() if not self.scope.is_size(name)}
            if len(names & random) == 1 and others:
                raise NotExpanded(f"an assumption ties {min(others)} to what is random")

    def _covariance_of(self, left: Typed, right: Typed, only: Over | None, span: Span) -> Typed:
        """Return Cov(u, v) = E[u vᵀ] - E[u] E[v]ᵀ of columns or numbers."""
        for each in (left, right):
            shape = self.resolve(each.shape)
            if shape is not None and shape[1] != ONE:
                raise NotExpanded("the covariance of a matrix stands in it")
        product = self.multiply([left, self.transpose(right, span)], span)
        mean = self.expectation(product, only, span)
        means = [self._mean_of(each, only, span) for each in (left, right)]
        outer = self.multiply([means[0], self.transpose(means[1], span)], span)
        return self.add([(1, mean), (-1, outer)], span)

    def _mean_of(self, value: Typed, only: Over | None, span: Span) -> Typed:
        dependencies = Dependencies(self.scope.definitions)
        is_random = not dependencies.of(value.expr).isdisjoint(self._random(dependencies))
        return self.expectation(value, only, span) if is_random else value


def _base(head: Node) -> Name:
    base = head.base if isinstance(head, Scripted) else head
    assert isinstance(base, Name)
    return base


def _over(scripted: Scripted) -> Over | None:
    """Return what a subscript names: the x of ``\\mathrm{E}_x``, x and the density of ``\\mathrm{E}_{p(x)}``."""
    if not scripted.sub:
        return None
    groups = [node for node in below(scripted.sub) if isinstance(node, Group)]
    if len(groups) > 1 or (groups and len(scripted.sub) != 2):
        raise NotExpanded("its subscript is not understood")
    marks = groups[0].separators if groups else ()
    if set(marks) - {",", "|"} or marks.count("|") > 1 or ("|" in scripted.sub_text) != ("|" in marks):
        raise NotExpanded("it is taken under a condition")
    inside, given = split_condition(groups[0]) if groups else (scripted.sub, ())
    head = written(scripted.sub[0]) if groups else ""
    density = f"{head}{written(groups[0])}" if groups else ""
    return Over(_names_in(inside), density, "" if given else head, fixed=_names_in(given))


def _names_in(nodes: Sequence[Node]) -> frozenset[str]:
    return frozenset(node.key for item in nodes for node in below(item) if isinstance(node, Name))
