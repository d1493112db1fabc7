"""What random symbols stand for: their distributions, the equations that model them, and what is taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Symbol
from sympy.matrices.expressions import MatrixSymbol, ZeroMatrix

from derive.expr import (
    Call,
    MatrixCall,
    MatrixMember,
    ScalarOf,
    build,
    is_matrix,
    rebuild,
)
from derive.indices import IndexSymbol
from derive.integration import Integration
from derive.measures import Measured, measured
from derive.names import leaf
from derive.scope import Dependencies, Law
from derive.shape import Unknown
from derive.source import Span
from derive.syntax import Name, Node, Scripted, below
from derive.terms import NotExpanded, leaf_name
from derive.tokens import Unreadable
from derive.typed import Malformed

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
    fixed: frozenset[str] = frozenset()
    """The symbols behind the bar of a conditional density, which are constant under it."""

    @property
    def is_other(self) -> bool:
        """Whether moments are others than those of the stated distributions."""
        return bool(self.density or self.condition) or self.given is not None


class RandomSymbols(Integration):
    """What random symbols stand for; a base of the elaborator."""

    modelled: tuple[str, ...] = ()
    """Symbols that are being replaced by the equations that model them."""
    giving: tuple[str, ...] = ()
    """Moments whose values in words are being read."""
    measure: Over | None = None
    """The density under which moments are taken; None for the stated distributions."""

    def fresh(self) -> RandomSymbols:
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
        indices = indices_of(symbol)
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
        return None if expr is None else shaped(expr, shape)

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


def indices_of(symbol: Any) -> tuple[Any, ...]:
    """Return the indices of a member of a family.

    Examples
    --------
    >>> indices_of(Symbol("x"))
    ()
    """
    if isinstance(symbol, MatrixMember):
        return tuple(symbol.args[3:])
    if isinstance(symbol, Symbol | MatrixSymbol):
        return ()
    return tuple(symbol.args[1:]) if leaf_name(symbol) is not None else ()


def shaped(expr: Any, shape: tuple[Any, Any] | None) -> Any:
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
