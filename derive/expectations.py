"""Expectations, variances and covariances of declared symbols: linear operators over what is random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol, pi
from sympy.matrices.expressions import Determinant, Inverse, MatAdd, MatMul, MatrixSymbol, Transpose, ZeroMatrix

from derive.expr import (
    Call,
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
from derive.moments import Expectation, MatrixNormal
from derive.names import FAMILY, IndexSymbol, leaf
from derive.opaque import moment_head
from derive.reductions import Reductions
from derive.scope import Dependencies, Law
from derive.shape import ONE, Unknown
from derive.source import Span
from derive.syntax import Group, Name, Node, Scripted, below
from derive.terms import Expansion, NotExpanded, leaf_name
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed


class Expectations(Reductions):
    """Elaboration of moments; a base of the elaborator."""

    modelled: tuple[str, ...] = ()
    """Symbols that are being replaced by the equations that model them."""

    def moment(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return the moment that a head and its bracket stand for; None if the head is no such operator."""
        operator = moment_head(head, group)
        if operator is None or self.find_key(_base(head).key) is not None:
            return None
        only = self._subscript(head)
        values = [self.elaborate(item) for item in group.items]
        try:
            if operator == "E":
                return self.expectation(values[0], only, span)
            return self._covariance_of(values[0], values[-1], only, span)
        except NotExpanded as problem:
            raise Unreadable("N106", f"this expectation is not supported: {problem}", span) from None

    def average(self, node: Group, sub: tuple[Node, ...] = ()) -> Typed:
        """Return the expectation that is written as an average ⟨·⟩, perhaps with a density as its subscript."""
        value = self.elaborate(node.items[0])
        try:
            return self.expectation(value, _names(sub), node.span)
        except NotExpanded as problem:
            raise Unreadable("N106", f"this average is not supported: {problem}", node.span) from None

    def expectation(self, value: Typed, only: frozenset[str] | None, span: Span) -> Typed:
        """Return the expectation of what was elaborated.

        Parameters
        ----------
        value : Typed
            A polynomial in random symbols.
        only : frozenset of str, optional
            The symbols over which it is taken.
        span : Span
            Where it is written.

        Raises
        ------
        NotExpanded
            If the moments that are needed are not known.
        Unreadable
            If nothing says what is random.
        """
        return Typed(self._expectation(value, only, span).of(value.expr), value.shape, span)

    def _expectation(self, value: Typed, only: frozenset[str] | None, span: Span) -> Expectation:
        dependencies = Dependencies(self.scope.definitions)
        random = set(self.scope.random | self.scope.laws.keys())
        used = dependencies.of(value.expr) & random
        if not used:
            raise Unreadable("N105", "nothing says which of the symbols in this expectation is random", span)
        if only is not None and only != frozenset(key.removesuffix(FAMILY) for key in used):
            raise NotExpanded("it is taken over some of its random symbols only")
        self.notes.append(f"random in the expectation: {', '.join(sorted(key.removesuffix(FAMILY) for key in used))}")
        expansion = Expansion(random, dependencies, self._unfolded, log_density)
        return Expectation(expansion, self)

    def _covariance_of(self, left: Typed, right: Typed, only: frozenset[str] | None, span: Span) -> Typed:
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

    def _mean_of(self, value: Typed, only: frozenset[str] | None, span: Span) -> Typed:
        dependencies = Dependencies(self.scope.definitions)
        if dependencies.of(value.expr) & (self.scope.random | self.scope.laws.keys()):
            return self.expectation(value, None if only is None else only, span)
        return value

    def _subscript(self, head: Node) -> frozenset[str] | None:
        if not isinstance(head, Scripted) or not head.sub:
            return None
        return _names(head.sub)

    # -- what symbols stand for ----------------------------------------------------------------------------------

    def _unfolded(self, expr: Any) -> Any:
        """Return what a call, or a symbol that an equation models, stands for, or None."""
        if isinstance(expr, Call | MatrixCall):
            return self._body(expr)
        name = leaf_name(expr)
        law = None if name is None else self.scope.laws.get(name)
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
        inner = type(self)(self.scope, self.layout, self.symmetric)
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
        if not modelled and Dependencies(self.scope.definitions).of(expr) & (
            self.scope.random | self.scope.laws.keys()
        ):
            return None
        return expr

    def _parameter(self, symbol: Any, position: int, shape: tuple[Any, Any] | None) -> Any:
        """Return a parameter of the distribution of a symbol in a shape, or None."""
        law = self.scope.laws.get(leaf_name(symbol) or "")
        if law is None or position >= len(law.parameters):
            return None
        expr = self._of_law(law, law.parameters[position], symbol)
        return None if expr is None else _shaped(expr, shape)

    # -- moments -------------------------------------------------------------------------------------------------

    def mean(self, symbol: Any) -> Any:
        """Return the mean of a symbol: of its distribution, as the document defines it, or a new symbol."""
        name = leaf_name(symbol) or ""
        law = self.scope.laws.get(name)
        shape = tuple(symbol.shape) if is_matrix(symbol) else None
        found = None
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
        law = self.scope.laws.get(name)
        if law is not None and law.family == "normal":
            found = self._parameter(symbol, 1, shape)
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
        return None if shape is None or rate is None else build(Mul, shape, build(Pow, rate, Integer(-order)))

    def matrix_normal(self, symbol: Any) -> MatrixNormal | None:
        """Return the parameters of a matrix normal symbol."""
        law = self.scope.laws.get(leaf_name(symbol) or "")
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
        text = " ".join(sorted(map(str, factors)))
        return self._symbol(factors[0], f"\\mathrm{{E}}({text})", None)

    def _symbol(self, like: Any, key: str, shape: tuple[Any, Any] | None, facts: frozenset[Fact] = frozenset()) -> Any:
        """Return a moment that nothing gives as a symbol; one that the document defines as what it is there."""
        indices = _indices(like)
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
            known = Declaration(key + FAMILY if indices else key, kind, shape, facts, ranges)
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


def _names(sub: Sequence[Node]) -> frozenset[str] | None:
    """Return the symbols that a subscript names: the x of ``\\mathrm{E}_x`` and of ``p(x)``; None without one."""
    if not sub:
        return None
    inside: list[Node] = []
    for item in sub:
        groups = [node for node in below(item) if isinstance(node, Group)]
        inside += [node for group in groups for node in group.items] or [item]
    return frozenset(node.key for item in inside for node in below(item) if isinstance(node, Name))


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
