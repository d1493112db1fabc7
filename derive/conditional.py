r"""Conditional moments: ``\mathrm{E}(X \mid Y)``, ``\mathrm{Var}(X \mid Y)`` and ``\mathrm{Cov}(X, Z \mid Y)``.

What is given is constant, and the operators are linear in everything else. A conditional moment that nothing gives is a
random symbol of its own, a function of what is given. With M = E(X|Y) and N = E(Z|Y)

- E(M) = E(X), and E(M | W) = E(X | W) if W is part of Y (law of total expectation),
- E(Cov(X, Z | Y)) = Cov(X, Z) − Cov(M, N) (law of total covariance),
- Cov(M, Y) = Cov(X, Y) and Cov(M, Z) = Cov(M, N), as E(M Zᵀ) = E(E(M Zᵀ | Y)) = E(M Nᵀ) [1]_.

They are true whenever the second moments exist. Nothing else is assumed of them, so that nothing is refuted which hangs
on such a symbol.

References
----------
.. [1] D. Williams, *Probability with Martingales*, 1991, section 9.7.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Integer, Mul, Symbol
from sympy.matrices.expressions import MatAdd, MatMul, MatrixSymbol, Transpose

from derive.expr import build, is_matrix
from derive.known_moments import KnownMoments, Over
from derive.scope import Conditional, Dependencies
from derive.terms import NotExpanded, core, leaf_name


class ConditionalMoments(KnownMoments):
    """Conditional moments of random symbols; a base of the elaborator."""

    def _random(self, dependencies: Dependencies) -> set[str]:
        return super()._random(dependencies) | self.scope.conditional.keys()

    def beside(self, names: frozenset[str]) -> set[str]:
        """Return what is random because a conditional moment depends on it, through others, too."""
        found: set[str] = set()
        open_ones = list(names)
        while open_ones:
            moment = self.scope.conditional.get(open_ones.pop())
            if moment is not None:
                open_ones += moment.given - found
                found |= moment.given
        return found

    def known_under(self, condition: tuple[str, ...]) -> set[str]:
        """Return what is constant under a condition: what is given, and moments that are conditional on that alone."""
        given = frozenset(condition)
        return {*given, *(key for key, moment in self.scope.conditional.items() if moment.given <= given)}

    # -- moments -----------------------------------------------------------------------------------------------

    @property
    def _given_now(self) -> tuple[str, ...]:
        return () if self.measure is None else self.measure.condition

    def mean(self, symbol: Any) -> Any:
        """Return the mean of a symbol, or of a conditional moment."""
        moment = self.scope.conditional.get(leaf_name(symbol) or "")
        if moment is not None and self._covers_condition(moment):
            if moment.operator == "E":
                return self.mean(moment.symbols[0])
            return self._mean_of_covariance(moment)
        if not self._given_now:
            return super().mean(symbol)
        self._check_plain(symbol)
        if self._is_apart(symbol):
            return self._without_condition(lambda: super(ConditionalMoments, self).mean(symbol))
        return self._noted("E", (symbol,), super().mean(symbol))

    def covariance(self, left: Any, right: Any) -> Any:
        """Return the covariance of two symbols, some of which may be conditional means."""
        one, other = (self.scope.conditional.get(leaf_name(each) or "") for each in (left, right))
        if one is None and other is not None:
            flipped = self.covariance(right, left)
            return build(Transpose, flipped) if flipped is not None and is_matrix(flipped) else flipped
        if one is not None and one.operator == "E" and other is None and self._covers_condition(one):
            if leaf_name(right) in one.given:
                return self.covariance(one.symbols[0], right)
            return super().covariance(left, self._conditional_mean(right, one))
        if not self._given_now:
            return super().covariance(left, right)
        self._check_plain(left)
        self._check_plain(right)
        if left == right and self._is_apart(left):
            return self._without_condition(lambda: super(ConditionalMoments, self).covariance(left, right))
        return self._noted("Cov", (left, right), super().covariance(left, right))

    def _mean_of_covariance(self, moment: Conditional) -> Any:
        """Return E(Cov(X, Z | Y)) = Cov(X, Z) − Cov(E(X | Y), E(Z | Y))."""
        left, right = moment.symbols
        means = [self._conditional_mean(each, moment) for each in (left, right)]
        whole, between = self.covariance(left, right), super().covariance(*means)
        parts = [] if whole is None else [whole]
        if between is not None:
            negative = MatMul if is_matrix(between) else Mul
            parts.append(build(negative, Integer(-1), between))
        return parts[0] if len(parts) == 1 else build(MatAdd if is_matrix(parts[0]) else Add, *parts)

    def _conditional_mean(self, symbol: Any, moment: Conditional) -> Any:
        """Return the mean of a symbol under the condition of a conditional moment."""
        before, self.measure = self.measure, Over(frozenset(), condition=tuple(sorted(moment.given)))
        try:
            found = self.mean(symbol)
        finally:
            self.measure = before
        if leaf_name(found) not in self.scope.conditional:
            raise NotExpanded("a conditional mean with a value of its own stands in it")
        return found

    def _without_condition(self, action: Any) -> Any:
        before, self.measure = self.measure, None
        try:
            return action()
        finally:
            self.measure = before

    def _covers_condition(self, moment: Conditional) -> bool:
        """Whether a moment is conditional on all that moments are taken under, and perhaps on more."""
        plain = self.measure is None or bool(self._given_now)
        return plain and frozenset(self._given_now) <= moment.given

    def _is_apart(self, symbol: Any) -> bool:
        """Whether a symbol is said to be independent of the one symbol that is given."""
        pair = frozenset({leaf_name(symbol) or "", *self._given_now})
        said = self.scope.unrelated.get(pair) if len(pair) == 2 and len(self._given_now) == 1 else None
        if said is not None:
            self.note_unrelated(said)
        return said is not None

    def _check_plain(self, symbol: Any) -> None:
        if not isinstance(symbol, Symbol | MatrixSymbol) or leaf_name(symbol) in self.scope.conditional:
            raise NotExpanded("a conditional moment of this kind is not supported")

    def _noted(self, operator: str, symbols: tuple[Any, ...], found: Any) -> Any:
        """Take note of a conditional moment that is a new symbol."""
        name = leaf_name(core(found)) if found is not None else None
        if name is not None and self.is_conditioned(name):
            order = symbols if found is core(found) else symbols[::-1]
            self.scope.conditional.setdefault(name, Conditional(operator, order, frozenset(self._given_now)))
        return found
