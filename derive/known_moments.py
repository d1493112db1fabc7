"""Where the moments of random symbols come from: distributions, models, definitions of the document, new symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sympy import Mul, Symbol, srepr
from sympy.matrices.expressions import MatMul, MatrixSymbol, Transpose, ZeroMatrix

from derive.expr import (
    Call,
    Delta,
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
from derive.measures import Measured, gamma_moments, measured
from derive.moments import MatrixNormal
from derive.names import FAMILY, leaf
from derive.opaque import conditioned, under
from derive.printing import show
from derive.scope import Definition, Dependencies, Law
from derive.shape import ONE, Unknown
from derive.source import Span
from derive.syntax import Name, Node, Scripted, below
from derive.terms import NotExpanded, leaf_name
from derive.tokens import Unreadable
from derive.typed import Malformed

RATE = "the second parameter of a gamma distribution is read as its rate"
"""What is noted where moments rest on a convention that authors differ in."""
UNRELATED = "taken as uncorrelated"
"""What a note begins with where a covariance is zero because of words: nothing is refuted that hangs on it."""
AS_VALUE = "is read as a value of"
"""What a note says where a letter stands for a random symbol: nothing is refuted that hangs on it."""


@dataclass(frozen=True, slots=True)
class Over:
    """What an expectation is taken over: named symbols, perhaps under a named density as in ``\\mathrm{E}_{p(x)}``."""

    names: frozenset[str]
    density: str = ""
    head: str = ""
    condition: tuple[str, ...] = ()
    """The symbols that are given."""
    given: Any = None
    """The density itself, where it has no name."""

    @property
    def is_other(self) -> bool:
        """Whether moments are others than those of the stated distributions."""
        return bool(self.density or self.condition) or self.given is not None


class KnownMoments(Integration):
    """Means and covariances of random symbols; a base of the elaborator."""

    modelled: tuple[str, ...] = ()
    """Symbols that are being replaced by the equations that model them."""
    giving: tuple[str, ...] = ()
    """Moments whose values in words are being read."""
    measure: Over | None = None
    """The density under which moments are taken; None for the stated distributions."""

    def fresh(self) -> KnownMoments:
        """Return an elaborator of another formula in the same scope; the elaborator answers."""
        raise NotImplementedError

    def _random(self, dependencies: Dependencies) -> set[str]:
        """Return the random symbols: those that are said to be, and what is assumed equal to an expression of one."""
        found = set(self.scope.random | self.scope.laws.keys())
        sides = [pair for each in self.scope.conditions for pair in ((each.lhs, each.rhs), (each.rhs, each.lhs))]
        equated = [(name, dependencies.of(other)) for one, other in sides if (name := leaf_name(one)) is not None]
        before = -1
        while len(found) != before:
            before = len(found)
            found.update(name for name, used in equated if not used.isdisjoint(found))
        return found | {value for value, name in self.scope.values.items() if name in found}

    def _of_value(self, symbol: Any) -> Any:
        """Return the random symbol of which a letter is the value, as X is of x; any other symbol as it is."""
        name = self.scope.values.get(leaf_name(symbol) or "")
        if name is None or self.measure is not None:
            return symbol
        one, other = self.scope.declarations.get(name), self.scope.declarations.get(leaf_name(symbol) or "")
        is_alike = one is not None and other is not None and one.shape == other.shape and not other.ranges
        if one is None or not is_alike or one.ranges:
            return symbol
        note = f"{leaf_name(symbol)} {AS_VALUE} {name}"
        if note not in self.notes:
            self.notes.append(note)
        return leaf(one, Span(0, 0)).expr

    # -- what symbols stand for ----------------------------------------------------------------------------------

    def _unfolded(self, expr: Any) -> Any:
        """Return what a call, or a symbol that an equation models, stands for, or None."""
        if isinstance(expr, Call | MatrixCall):
            return self._body(expr)
        name = leaf_name(expr)
        is_other = self.measure is not None and not self.measure.condition
        law = None if name is None or is_other else self.scope.laws.get(name)
        if law is None or law.model is None or name is None or self._is_circular(name):
            return None
        value = self._of_law(law, law.model, expr, (*self.modelled, name))
        return None if value is None else value

    def _is_circular(self, name: str) -> bool:
        """Whether a symbol is modelled by itself, perhaps through others, so that no order says which comes first."""
        open_ones, seen = [name], set[str]()
        while open_ones:
            law = self.scope.laws.get(open_ones.pop())
            spoken = names_in((law.model,)) if law is not None and law.model is not None else set()
            if name in spoken:
                return True
            open_ones += spoken - seen
            seen |= spoken
        return False

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
        inner.modelled, inner.giving = modelled or self.modelled, self.giving
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
        return None if self.measure else self.scope.laws.get(leaf_name(self._of_value(symbol)) or "")

    def _measured(self, symbol: Any) -> Measured | None:
        """Return what is known of a symbol under the density under which moments are taken."""
        if self.measure is None:
            return None
        if self.measure.given is not None:
            found = measured(self.measure.given)
            return found if found is not None and found.variable == symbol else None
        for key in (self.measure.density, self.measure.head):
            for definition in self.scope.overloads(key):
                found, parameters = measured(definition.body), [each.symbol for each in definition.parameters]
                if found is not None and found.variable == symbol and parameters in ([], [symbol]):
                    return found
        return None

    # -- moments -------------------------------------------------------------------------------------------------

    def mean(self, symbol: Any) -> Any:
        """Return the mean of a symbol: of its distribution, as the document defines it, or a new symbol."""
        symbol = self._of_value(symbol)
        name = leaf_name(symbol) or ""
        law = self._law(symbol)
        shape = tuple(symbol.shape) if is_matrix(symbol) else None
        known = self._measured(symbol)
        found = None if known is None else known.mean
        if law is not None and law.family in ("normal", "matrix normal"):
            found = self._parameter(symbol, 0, shape)
        elif shape is None and (moments := self._gamma(symbol)) is not None:
            found = moments[0]
        elif law is not None and law.family == "wishart":
            scale, degrees = self._parameter(symbol, 0, shape), self._parameter(symbol, 1, None)
            found = None if scale is None or degrees is None else build(MatMul, degrees, scale)
        if found is not None:
            return found
        return self._symbol(symbol, f"\\mathrm{{E}}({name.removesuffix(FAMILY)})", shape)

    def covariance(self, left: Any, right: Any) -> Any:
        """Return the covariance of two symbols: of their distribution, as the document defines it, or a new symbol."""
        left, right = self._of_value(left), self._of_value(right)
        one, other = leaf_name(left) or "", leaf_name(right) or ""
        shape = (left.shape[0] if is_matrix(left) else ONE, right.shape[0] if is_matrix(right) else ONE)
        if left == right:
            return self._variance(left, None if not is_matrix(left) else shape)
        if one == other and one in self.scope.independent and self.measure is None:
            variance = self._variance(left, None if not is_matrix(left) else shape)
            same = [build(Delta, i, j) for i, j in zip(_indices(left), _indices(right), strict=True)]
            return build(MatMul if is_matrix(variance) else Mul, *same, variance)
        if self.measure is None and (said := self.scope.unrelated.get(frozenset({one, other}))) is not None:
            self.note_unrelated(said)
            return None
        if _indices(left) or _indices(right):
            raise NotExpanded("nothing says whether members of a family are independent")
        if one > other:
            flipped = self.covariance(right, left)
            return build(Transpose, flipped) if is_matrix(flipped) else flipped
        key = f"\\mathrm{{Cov}}({one},{other})"
        whole = shape if is_matrix(left) or is_matrix(right) else None
        return self._symbol(left, key, whole)

    def note_unrelated(self, said: str) -> None:
        """Take note that symbols are said to be independent."""
        note = f"{UNRELATED}: {said}"
        if note not in self.notes:
            self.notes.append(note)

    def _variance(self, symbol: Any, shape: tuple[Any, Any] | None) -> Any:
        name = leaf_name(symbol) or ""
        law = self._law(symbol)
        known = self._measured(symbol)
        if known is not None:
            return known.variance
        if law is not None and law.family == "normal" and self._of_law(law, law.parameters[0], symbol) is not None:
            found = self._parameter(symbol, 1, shape)  # around a random mean, the variance is a larger one
            if found is not None:
                return found
        if shape is None and (moments := self._gamma(symbol)) is not None:
            return moments[1]
        plain = name.removesuffix(FAMILY)
        defined = [f"\\mathrm{{Var}}({plain})", f"\\mathrm{{Cov}}({plain})", f"\\mathrm{{Cov}}({plain},{plain})"]
        key = next((key for key in defined if key in self.scope.names), defined[0])
        facts = frozenset({Fact.NONNEGATIVE} if shape is None else {Fact.SEMIDEFINITE})
        return self._symbol(symbol, key, shape, facts)

    def _gamma(self, symbol: Any) -> tuple[Any, Any, Any] | None:
        """Return mean, variance and mean logarithm of a symbol with a gamma distribution of a shape and a rate."""
        law = self._law(symbol)
        if law is None or law.family != "gamma":
            return None
        shape, rate = self._parameter(symbol, 0, None), self._parameter(symbol, 1, None)
        if shape is None or rate is None:
            return None
        self.notes.append(RATE)
        return gamma_moments(shape, rate)

    def _log_mean(self, expr: Any) -> Any:
        """Return the expectation of the logarithm of a symbol, or None."""
        if not isinstance(expr, ScalarFunction) or expr.args[0] != word("log") or expr.args[1] != 0:
            return None
        symbol = expr.args[2]
        known = self._measured(symbol)
        if known is not None:
            return known.log_mean
        moments = self._gamma(symbol)
        return None if moments is None else moments[2]

    def is_positive(self, symbol: Any) -> bool:
        """Whether a symbol has positive values only, by its declaration or by its distribution."""
        name, law = leaf_name(symbol) or "", self._law(symbol)
        known = self.scope.declarations.get(name)
        is_declared = known is not None and known.shape is None and Fact.POSITIVE in known.facts
        measure = self._measured(symbol)
        has_gamma = (measure is not None and measure.log_mean is not None) or (
            law is not None and law.family == "gamma"
        )
        return is_declared or has_gamma

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
        mean = self._log_mean(factors[0]) if len(factors) == 1 else None
        if mean is not None:
            return mean
        if any(factor.atoms(IndexSymbol, Unknown) for factor in factors):
            raise NotExpanded("it is not a polynomial in what is random")
        ordered = sorted(factors, key=srepr)
        mark = sha256(" ".join(map(srepr, ordered)).encode()).hexdigest()[:16]
        return self._symbol(factors[0], f"\\mathrm{{E}}({' · '.join(map(show, ordered))})#{mark}", None)

    def _symbol(self, like: Any, key: str, shape: tuple[Any, Any] | None, facts: frozenset[Fact] = frozenset()) -> Any:
        """Return a moment that nothing gives as a symbol; one that the document defines as what it is there."""
        if self.measure is not None and self.measure.given is not None:
            raise NotExpanded("a moment that is not known stands in it")
        given = self._given(like, key, shape)
        if given is not None:
            return given
        indices = _indices(like)
        if self.measure is not None:
            key = conditioned(under(key, self.measure.density), self.measure.condition)
        for definition in self.scope.overloads(key + FAMILY if indices else key):
            value = self._as_defined(definition, indices, shape)
            if value is not None:
                return value
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

    def _as_defined(self, definition: Definition, indices: tuple[Any, ...], shape: tuple[Any, Any] | None) -> Any:
        """Return the value that an equation of the document gives a moment, if it has the shape."""
        if len(definition.parameters) != len(indices):
            return None
        if definition.shape == shape:
            return self._reference(definition, indices, Span(0, 0)).expr
        if indices or (definition.node is None and definition.body != 0):
            return None
        body = definition.body if definition.node is None else self.elaborate(definition.node).expr
        return _shaped(body, shape)

    def is_conditioned(self, key: str) -> bool:
        """Whether a key is that of a moment under the condition that moments are taken under now."""
        condition = () if self.measure is None else self.measure.condition
        return bool(condition) and f"|{','.join(condition)})" in key

    def _given(self, like: Any, key: str, shape: tuple[Any, Any] | None) -> Any:
        """Return the value of a moment that the text gives in words, or None; an equation for it goes before."""
        indices = _indices(like)
        whole = key + FAMILY if indices else key
        found = self.scope.moments.get(whole)
        if found is None or self.measure is not None or whole in self.scope.names or whole in self.giving:
            return None
        before, self.giving = self.giving, (*self.giving, whole)
        try:
            value = self._of_law(Law("given", (found.value,), found.letters), found.value, like)
        finally:
            self.giving = before
        value = None if value is None else _shaped(value, shape)
        if value is not None and found.said not in self.notes:
            self.notes.append(found.said)
        return value


def names_in(nodes: Sequence[Node | None]) -> set[str]:
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
