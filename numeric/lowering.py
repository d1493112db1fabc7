"""What is known while an expression becomes an array program, and the table of rules for its node types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Add, Integer, Rational, Symbol

from derive.indices import IndexSymbol
from derive.scope import Scope
from numeric import construct as c
from numeric.program import Argument, Axis, Dim, Node, Place, make

Env = Mapping[str, Place]


class NotLowered(ValueError):
    """An expression that has no array program; the message names what stands in the way."""


@dataclass
class Lowering:
    """What is known while an expression is lowered.

    Attributes
    ----------
    scope : Scope
        Declarations and definitions.
    axes : list of Axis
        The axes made so far.
    arguments : dict
        The arguments met so far, by key and order of derivative.
    bindings : dict
        Values of the parameters of definitions.
    """

    scope: Scope
    axes: list[Axis] = field(default_factory=list)
    arguments: dict[tuple[str, int | None], Argument] = field(default_factory=dict)
    bindings: dict[str, Node] = field(default_factory=dict)

    def lower(self, expr: Any, env: Env) -> Node:
        """Return the value of an expression.

        Raises
        ------
        NotLowered
            If something in it has no array operation.
        """
        rule = _TABLE.get(type(expr).__name__)
        if rule is not None:
            return rule(self, expr, env)
        if isinstance(expr, Rational):
            return c.number(Fraction(int(expr.p), int(expr.q)))
        raise NotLowered(f"{type(expr).__name__} has no array operation")

    def parts(self, expr: Any, env: Env) -> list[Node]:
        """Return the values of the arguments of a node."""
        return [self.lower(arg, env) for arg in expr.args]

    def axis(self, letter: str, size: Dim, lower: Dim, used: Iterable[Axis]) -> Axis:
        """Return an axis of a range that is not among those used: an old one if there is one."""
        taken = set(used)
        for axis in self.axes:
            if axis.size == size and axis.lower == lower and axis not in taken:
                return axis
        names = {axis.name for axis in self.axes}
        name = letter
        while name in names:
            name += "'"
        found = Axis(name, size, len(self.axes), lower)
        self.axes.append(found)
        return found

    def place(self, expr: Any, env: Env) -> Place:
        """Return an index expression as a place: an axis and an offset."""
        if isinstance(expr, IndexSymbol):
            if expr.name not in env:
                raise NotLowered(f"the index {expr.name} has no range")
            return env[expr.name]
        if isinstance(expr, Integer | Symbol):
            return Place(None, expr)
        if isinstance(expr, Add):
            places = [self.place(arg, env) for arg in expr.args]
            axes = [place.axis for place in places if place.axis is not None]
            if len(axes) <= 1:
                return Place(axes[0] if axes else None, sum((place.offset for place in places), Integer(0)))
        elif not expr.atoms(IndexSymbol):
            return Place(None, expr)
        raise NotLowered(f"the index {expr} is not an index letter with an offset")

    def argument(self, key: str, ranges: tuple[Dim, ...], shape: tuple[Dim, ...], order: int | None = None) -> None:
        """Note an argument."""
        declared = self.scope.declarations.get(key)
        letters = () if declared is None else declared.letters
        self.arguments.setdefault((key, order), Argument(key, ranges, shape, letters, order))

    def symbol(self, key: str, shape: tuple[Dim, ...], places: tuple[Place, ...] = ()) -> Node:
        """Return a symbol or a member of a family."""
        declared = self.scope.declarations.get(key)
        ranges = declared.ranges if declared is not None else ()
        if len(ranges) != len(places):
            raise NotLowered(f"{key} has {len(ranges)} indices, here {len(places)}")
        self.argument(key, ranges, shape)
        axes = {place.axis for place in places if place.axis is not None}
        declared_facts = () if declared is None else tuple(sorted(fact.value for fact in declared.facts))
        data = (key, declared_facts, *places)
        return make("symbol", data=data, shape=shape, axes=sorted(axes, key=lambda axis: axis.place))


Rule = Callable[[Lowering, Any, Env], Node]
_TABLE: dict[str, Rule] = {}


def rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Enter a rule for node types, by name."""

    def enter(function: Rule) -> Rule:
        for kind in kinds:
            _TABLE[kind] = function
        return function

    return enter


def operators() -> frozenset[str]:
    """Return the names of the node types that can be lowered."""
    return frozenset(_TABLE)
