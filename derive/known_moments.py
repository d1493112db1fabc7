"""Where the moments of random symbols come from: distributions, models, words, definitions, new symbols."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sympy import Mul, srepr
from sympy.matrices.expressions import MatMul, Transpose

from derive.expr import (
    Delta,
    ScalarFunction,
    build,
    is_matrix,
    word,
)
from derive.facts import Declaration, Fact, Kind
from derive.indices import IndexSymbol
from derive.measures import gamma_moments
from derive.moments import MatrixNormal
from derive.names import FAMILY, leaf
from derive.opaque import conditioned, under
from derive.printing import show
from derive.random_symbols import RandomSymbols, indices_of, shaped
from derive.scope import Definition, Law
from derive.shape import ONE, Unknown
from derive.source import Span
from derive.terms import NotExpanded, leaf_name

RATE = "the second parameter of a gamma distribution is read as its rate"
"""What is noted where moments rest on a convention that authors differ in."""
UNRELATED = "taken as uncorrelated"
"""What a note begins with where a covariance is zero because of words: nothing is refuted that hangs on it."""


class KnownMoments(RandomSymbols):
    """Means and covariances of random symbols; a base of the elaborator."""

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
            same = [build(Delta, i, j) for i, j in zip(indices_of(left), indices_of(right), strict=True)]
            return build(MatMul if is_matrix(variance) else Mul, *same, variance)
        if self.measure is None and (said := self.scope.unrelated.get(frozenset({one, other}))) is not None:
            self.note_unrelated(said)
            return None
        if indices_of(left) or indices_of(right):
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
        indices = indices_of(like)
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
        return shaped(body, shape)

    def is_conditioned(self, key: str) -> bool:
        """Whether a key is that of a moment under the condition that moments are taken under now."""
        condition = () if self.measure is None else self.measure.condition
        return bool(condition) and f"|{','.join(condition)})" in key

    def _given(self, like: Any, key: str, shape: tuple[Any, Any] | None) -> Any:
        """Return the value of a moment that the text gives in words, or None; an equation for it goes before."""
        indices = indices_of(like)
        whole = key + FAMILY if indices else key
        found = self.scope.moments.get(whole)
        if found is None or self.measure is not None or whole in self.scope.names or whole in self.giving:
            return None
        before, self.giving = self.giving, (*self.giving, whole)
        try:
            value = self._of_law(Law("given", (found.value,), found.letters), found.value, like)
        finally:
            self.giving = before
        value = None if value is None else shaped(value, shape)
        if value is not None and found.said not in self.notes:
            self.notes.append(found.said)
        return value
