"""Expectations, variances and covariances of declared symbols: linear operators over what is random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol, pi, srepr
from sympy.matrices.expressions import Determinant, Inverse, MatAdd, MatMul, MatrixSymbol, Transpose, ZeroMatrix

from derive.expr import (
    Call,
    Delta,
    Density,
    MatrixCall,
    MatrixMember,
    ScalarFunction,
    ScalarOf,
    build,
    is_matrix,
    rebuild,
    word,
)
from derive.facts import Declaration, Fact, Kind
from derive.indices import IndexSymbol
from derive.integration import Integration
from derive.moments import Expectation, MatrixNormal
from derive.names import FAMILY, leaf
from derive.opaque import MARK, is_operator, moment_head, under, unknown_applications, written
from derive.printing import show
from derive.scope import Dependencies, Law
from derive.shape import ONE, Unknown
from derive.source import Span
from derive.syntax import Group, Name, Node, Scripted, below
from derive.terms import Expansion, NotExpanded, leaf_name
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed

RATE = "the second parameter of a gamma distribution is read as its rate"
"""What is noted where moments rest on a convention that authors differ in."""


@dataclass(frozen=True, slots=True)
class Over:
    """What an expectation is taken over: named symbols, perhaps under a named density as in ``\\mathrm{E}_{p(x)}``."""

    names: frozenset[str]
    density: str = ""
    head: str = ""


class Expectations(Integration):
    """Elaboration of moments; a base of the elaborator."""

    modelled: tuple[str, ...] = ()
    """Symbols that are being replaced by the equations that model them."""
    measure: Over | None = None
    """The density under which moments are taken; None for the stated distributions."""

    def fresh(self) -> Expectations:
        """Return an elaborator of another formula in the same scope; the elaborator answers."""
        raise NotImplementedError

    def moment(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return the moment that a head and its bracket stand for; None if the head is no such operator."""
        if not is_operator(head) or self.find_key(_base(head).key) is not None:
            return None
        operator = moment_head(head, group)
        if operator is None:
            raise Unreadable("N106", "conditional moments, and lists in a moment, are not supported", span)
        values = [self.elaborate(item) for item in group.items]
        try:
            only = _over(head) if isinstance(head, Scripted) else None
            if operator == "E":
                return self.expectation(values[0], only, span)
            return self._covariance_of(values[0], values[-1], only, span)
        except NotExpanded as problem:
            raise Unreadable("N106", f"this expectation is not supported: {problem}", span) from None

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
        before, self.measure = self.measure, only if only is not None and only.density else None
        try:
            return Typed(expectation.of(value.expr), value.shape, span)
        finally:
            self.measure = before

    def _expectation(self, value: Typed, only: Over | None, span: Span) -> Expectation | None:
        """Return what takes the expectation; None of a constant over named symbols."""
        dependencies = Dependencies(self.scope.definitions)
        random = self._random(dependencies) | (only.names if only is not None else frozenset())
        used = dependencies.of(value.expr) & random
        if not used and only is not None:
            return None
        if not used:
            raise Unreadable("N105", "nothing says which of the symbols in this expectation is random", span)
        if only is not None and only.names != frozenset(key.removesuffix(FAMILY) for key in used):
            raise NotExpanded("it is taken over some of its random symbols only")
        self._check_unknown(dependencies.of(value.expr), random)
        self._check_constants(value.expr, random, dependencies)
        self.notes.append(f"random in the expectation: {', '.join(sorted(key.removesuffix(FAMILY) for key in used))}")
        expansion = Expansion(random, dependencies, self._unfolded, log_density)
        return Expectation(expansion, self)

    def _random(self, dependencies: Dependencies) -> set[str]:
        """Return the random symbols: those that are said to be, and what is assumed equal to an expression of one."""
        found = set(self.scope.random | self.scope.laws.keys())
        sides = [pair for each in self.scope.conditions for pair in ((each.lhs, each.rhs), (each.rhs, each.lhs))]
        equated = [(name, dependencies.of(other)) for one, other in sides if (name := leaf_name(one)) is not None]
        before = -1
        while len(found) != before:
            before = len(found)
            found.update(name for name, used in equated if not used.isdisjoint(found))
        return found

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
        stated = {name for law in self.scope.laws.values() for name in _names_in((*law.parameters, law.model))}
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

    # -- what symbols stand for ----------------------------------------------------------------------------------

    def _unfolded(self, expr: Any) -> Any:
        """Return what a call, or a symbol that an equation models, stands for, or None."""
        if isinstance(expr, Call | MatrixCall):
            return self._body(expr)
        name = leaf_name(expr)
        law = None if name is None or self.measure else self.scope.laws.get(name)
        if law is None or law.model is None or name is None:
            return None
        if name in self.modelled:
            raise NotExpanded("a random symbol is modelled by itself")
        value = self._of_law(law, law.model, expr, (*self.modelled, name))
        return None if value is None else value

    def _body(self, call: Any) -> Any:
        definition = self.scope.definitions.get(call.args[0].name)
        if definition is None:
            return None
        arguments = call.args[1:] if isinstance(call, Call) else call.args[3:]
        bound = {symbol.name for symbol in definition.body.atoms(IndexSymbol)}
        free = {symbol.name for argument in arguments for symbol in argument.atoms(IndexSymbol)}
        own = {parameter.symbol.name for parameter in definition.parameters}
        if (bound - own) & free:
            raise NotExpanded("an index of a definition is used outside it, too")
        pairs = zip(definition.parameters, arguments, strict=True)
        return rebuild(definition.body, {parameter.symbol: argument for parameter, argument in pairs})

    def _of_law(self, law: Law, node: Node, symbol: Any, modelled: tuple[str, ...] = ()) -> Any:
        """Return a parameter of a distribution as an expression; None if it cannot be read or is random itself."""
        inner = self.fresh()
        inner.modelled = modelled or self.modelled
        indices = _indices(symbol)
        if len(indices) != len(law.letters):
            return None
        for letter in law.letters:
            inner.indices.free[letter] = inner.sizes.fresh()
        try:
            value = inner.elaborate(node)
        except (Unreadable, Malformed):
            return None
        if set(inner.indices.free) - set(law.letters):
            return None
        replaced = {unknown: inner.sizes.resolve(unknown) for unknown in inner.sizes.bound}
        replaced |= dict(zip(map(IndexSymbol, law.letters), indices, strict=True))
        expr = rebuild(value.expr, replaced)
        dependencies = Dependencies(self.scope.definitions)
        if not modelled and not dependencies.of(expr).isdisjoint(self._random(dependencies)):
            return None
        return expr

    def _parameter(self, symbol: Any, position: int, shape: tuple[Any, Any] | None) -> Any:
        """Return a parameter of the distribution of a symbol in a shape, or None."""
        law = self._law(symbol)
        if law is None or position >= len(law.parameters):
            return None
        expr = self._of_law(law, law.parameters[position], symbol)
        return None if expr is None else _shaped(expr, shape)

    def _law(self, symbol: Any) -> Law | None:
        """Return what is stated of a symbol; under a density of its own, nothing is."""
        return None if self.measure else self.scope.laws.get(leaf_name(symbol) or "")

    def _gaussian(self, symbol: Any) -> tuple[Any, Any] | None:
        """Return mean and covariance of the density under which moments are taken, if it is defined as a Gaussian."""
        if self.measure is None:
            return None
        for key in (self.measure.density, self.measure.head):
            for definition in self.scope.overloads(key):
                body, parameters = definition.body, [parameter.symbol for parameter in definition.parameters]
                if isinstance(body, Density) and body.args[0] == symbol and parameters in ([], [symbol]):
                    return body.args[1], body.args[2]
        return None

    # -- moments -------------------------------------------------------------------------------------------------

    def mean(self, symbol: Any) -> Any:
        """Return the mean of a symbol: of its distribution, as the document defines it, or a new symbol."""
        name = leaf_name(symbol) or ""
        law = self._law(symbol)
        shape = tuple(symbol.shape) if is_matrix(symbol) else None
        gaussian = self._gaussian(symbol)
        found = None if gaussian is None else gaussian[0]
        if law is not None and law.family in ("normal", "matrix normal"):
            found = self._parameter(symbol, 0, shape)
        elif law is not None and law.family == "gamma" and shape is None:
            found = self._gamma(symbol, 1)
        elif law is not None and law.family == "wishart":
            scale, degrees = self._parameter(symbol, 0, shape), self._parameter(symbol, 1, None)
            found = None if scale is None or degrees is None else build(MatMul, degrees, scale)
        if found is not None:
            return found
        return self._symbol(symbol, f"\\mathrm{{E}}({name.removesuffix(FAMILY)})", shape)

    def covariance(self, left: Any, right: Any) -> Any:
        """Return the covariance of two symbols: of their distribution, as the document defines it, or a new symbol."""
        one, other = leaf_name(left) or "", leaf_name(right) or ""
        shape = (left.shape[0] if is_matrix(left) else ONE, right.shape[0] if is_matrix(right) else ONE)
        if left == right:
            return self._variance(left, None if not is_matrix(left) else shape)
        if one == other and one in self.scope.independent and self.measure is None:
            variance = self._variance(left, None if not is_matrix(left) else shape)
            same = [build(Delta, i, j) for i, j in zip(_indices(left), _indices(right), strict=True)]
            return build(MatMul if is_matrix(variance) else Mul, *same, variance)
        if _indices(left) or _indices(right):
            raise NotExpanded("nothing says whether members of a family are independent")
        if one > other:
            flipped = self.covariance(right, left)
            return build(Transpose, flipped) if is_matrix(flipped) else flipped
        key = f"\\mathrm{{Cov}}({one},{other})"
        whole = shape if is_matrix(left) or is_matrix(right) else None
        return self._symbol(left, key, whole)

    def _variance(self, symbol: Any, shape: tuple[Any, Any] | None) -> Any:
        name = leaf_name(symbol) or ""
        law = self._law(symbol)
        gaussian = self._gaussian(symbol)
        if gaussian is not None:
            return gaussian[1]
        if law is not None and law.family == "normal" and self._of_law(law, law.parameters[0], symbol) is not None:
            found = self._parameter(symbol, 1, shape)  # around a random mean, the variance is a larger one
            if found is not None:
                return found
        if law is not None and law.family == "gamma" and shape is None:
            found = self._gamma(symbol, 2)
            if found is not None:
                return found
        plain = name.removesuffix(FAMILY)
        defined = [f"\\mathrm{{Var}}({plain})", f"\\mathrm{{Cov}}({plain})", f"\\mathrm{{Cov}}({plain},{plain})"]
        key = next((key for key in defined if key in self.scope.names), defined[0])
        facts = frozenset({Fact.NONNEGATIVE} if shape is None else {Fact.SEMIDEFINITE})
        return self._symbol(symbol, key, shape, facts)

    def _gamma(self, symbol: Any, order: int) -> Any:
        """Return a / b, or a / b², of a gamma distribution with shape a and rate b."""
        shape, rate = self._parameter(symbol, 0, None), self._parameter(symbol, 1, None)
        self.notes.append(RATE)
        return None if shape is None or rate is None else build(Mul, shape, build(Pow, rate, Integer(-order)))

    def matrix_normal(self, symbol: Any) -> MatrixNormal | None:
        """Return the parameters of a matrix normal symbol."""
        law = self._law(symbol)
        if law is None or law.family != "matrix normal":
            return None
        rows, cols = symbol.shape
        found = [
            self._parameter(symbol, at, shape) for at, shape in enumerate(((rows, cols), (rows, rows), (cols, cols)))
        ]
        return None if any(each is None for each in found) else MatrixNormal(*found)

    def opaque(self, factors: Sequence[Any]) -> Any:
        """Return the symbol for the expectation of a product that is no polynomial."""
        if any(factor.atoms(IndexSymbol, Unknown) for factor in factors):
            raise NotExpanded("it is not a polynomial in what is random")
        ordered = sorted(factors, key=srepr)
        mark = sha256(" ".join(map(srepr, ordered)).encode()).hexdigest()[:16]
        return self._symbol(factors[0], f"\\mathrm{{E}}({' · '.join(map(show, ordered))})#{mark}", None)

    def _symbol(self, like: Any, key: str, shape: tuple[Any, Any] | None, facts: frozenset[Fact] = frozenset()) -> Any:
        """Return a moment that nothing gives as a symbol; one that the document defines as what it is there."""
        indices = _indices(like)
        key = under(key, "" if self.measure is None else self.measure.density)
        if not indices:
            for definition in self.scope.overloads(key):
                if not definition.parameters and definition.shape == shape:
                    return self._reference(definition, (), Span(0, 0)).expr
        family = self.scope.declarations.get(leaf_name(like) or "")
        if indices and family is None:
            raise NotExpanded("a random family is not declared")
        known = self.scope.declarations.get(key + FAMILY if indices else key)
        if known is None:
            kind = Kind.SCALAR if shape is None else Kind.ARRAY
            ranges = family.ranges if indices and family is not None else ()
            letters = family.letters if indices and family is not None else ()
            known = Declaration(key + FAMILY if indices else key, kind, shape, facts, ranges, letters)
            self.scope.declarations[known.key] = known
        return leaf(known, Span(0, 0), indices).expr


def log_density(density: Any) -> Any:
    """Return the logarithm of a Gaussian density as a polynomial in its variable."""
    x, mean, covariance = density.args
    if not is_matrix(x):
        size, determinant = Integer(1), covariance
        change = build(Add, x, build(Mul, Integer(-1), mean))
        form = build(Mul, build(Pow, change, Integer(2)), build(Pow, covariance, Integer(-1)))
    else:
        size, determinant = x.shape[0], build(Determinant, covariance)
        change = build(MatAdd, x, build(MatMul, Integer(-1), mean))
        form = build(ScalarOf, build(MatMul, build(Transpose, change), build(Inverse, covariance), change))

    def log(argument: Any) -> Any:
        return build(ScalarFunction, word("log"), Integer(0), argument)

    half = Rational(-1, 2)
    return build(
        Add,
        build(Mul, half, size, log(build(Mul, Integer(2), pi))),
        build(Mul, half, log(determinant)),
        build(Mul, half, form),
    )


def _base(head: Node) -> Name:
    base = head.base if isinstance(head, Scripted) else head
    assert isinstance(base, Name)
    return base


def _over(scripted: Scripted) -> Over | None:
    """Return what a subscript names: the x of ``\\mathrm{E}_x``, x and the density of ``\\mathrm{E}_{p(x)}``."""
    if not scripted.sub:
        return None
    groups = [node for node in below(scripted.sub) if isinstance(node, Group)]
    if any(mark != "," for group in groups for mark in group.separators) or "|" in scripted.sub_text:
        raise NotExpanded("it is taken under a condition")
    if len(groups) > 1 or (groups and len(scripted.sub) != 2):
        raise NotExpanded("its subscript is not understood")
    inside = groups[0].items if groups else scripted.sub
    names = frozenset(node.key for item in inside for node in below(item) if isinstance(node, Name))
    head = written(scripted.sub[0]) if groups else ""
    return Over(names, f"{head}{written(groups[0])}" if groups else "", head)


def _names_in(nodes: Sequence[Node | None]) -> set[str]:
    """Return the names in formulas, with and without their subscripts."""
    inside = [each for node in nodes if node is not None for each in below(node)]
    plain = {node.key for node in inside if isinstance(node, Name)}
    scripted = {
        f"{node.base.key}_{{{node.sub_text}}}"
        for node in inside
        if isinstance(node, Scripted) and isinstance(node.base, Name) and node.sub
    }
    return plain | scripted


def _indices(symbol: Any) -> tuple[Any, ...]:
    if isinstance(symbol, MatrixMember):
        return tuple(symbol.args[3:])
    if isinstance(symbol, Symbol | MatrixSymbol):
        return ()
    return tuple(symbol.args[1:]) if leaf_name(symbol) is not None else ()


def _shaped(expr: Any, shape: tuple[Any, Any] | None) -> Any:
    """Return an expression in a shape: a literal 0 as an array, a 1 × 1 array as a number; None if it does not fit."""
    if shape is None:
        if not is_matrix(expr):
            return expr
        return build(ScalarOf, expr) if tuple(expr.shape) == (1, 1) else None
    if not is_matrix(expr):
        return build(ZeroMatrix, *shape) if expr == 0 else None
    found = {have: want for have, want in zip(expr.shape, shape, strict=True) if isinstance(have, Unknown)}
    expr = rebuild(expr, found) if found else expr
    return expr if tuple(expr.shape) == tuple(shape) else None
