r"""Functions at other values than those they were written for.

``\mathrm{LL}(\hat\beta, \sigma^2)`` is what ``\mathrm{LL}(\beta, \sigma^2) = \dots`` says with \hat\beta in the place
of β, and ``\frac{\partial S(\hat\beta)}{\partial \beta}`` the derivative of S by its argument, at \hat\beta.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from sympy import Rational, Symbol
from sympy.matrices.expressions import MatrixSymbol, ZeroMatrix

from derive.applications import Applications
from derive.expr import Instantiated, MatrixInstantiated, build
from derive.facts import Fact
from derive.opaque import BY_NAME, written
from derive.scope import Definition, Dependencies
from derive.source import Span
from derive.syntax import Derivative, Group, Name, Node, Num, Product, Scripted
from derive.tokens import Unreadable
from derive.typed import Typed


@dataclass(frozen=True, slots=True)
class Change:
    """A symbol that a function was written for, and what stands in its place (``squared``: in that of its square)."""

    symbol: Node
    value: Node
    squared: bool = False


class Instances(Applications):
    """Elaboration of functions at other arguments; a base of the elaborator."""

    def instance(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return the value of a function that was defined with other symbols, or squares of symbols, as arguments."""
        for definition in self._written_for(head):
            changes = self._changes(definition.group, group)
            if changes:
                value = self._reference(definition, (), span)
                self.need_given(value, "taken at other arguments", span)
                return self._at(value, changes, span)
        return None

    def derivative_at(self, node: Derivative) -> Typed | None:
        """Return the derivative of a function by its argument, taken at what stands there; None if it is none."""
        symbols = {written(found): found for wrt in node.wrt if (found := _symbol(wrt)) is not None}
        if len(symbols) != 1 or not node.wrt or node.nabla or any(_symbol(wrt) is None for wrt in node.wrt):
            return None
        body, (symbol,) = node.body, symbols.values()
        if not isinstance(body, Product) or len(body.items) != 2 or body.operators[1] != "":
            return None
        head, group = body.items
        if not isinstance(group, Group) or _stands_in(symbol, group):
            return None
        argument = self._argument_of(head, group, symbol)
        if argument is None or self._rests_on(group, symbol):
            return None
        plain, change = argument
        if _letter(change.value) not in ("", _letter(symbol)):
            return None  # another letter may depend on the variable in a way that only words say
        made = self.derivative(replace(node, body=replace(body, items=(head, plain))))
        self.notes.append("the derivative of a function by its argument is taken at what stands there")
        return self._at(made, [change], node.span)

    def _rests_on(self, group: Group, symbol: Node) -> bool:
        """Whether an argument depends on a symbol by what it is defined as: then the chain rule is meant."""
        used, variable = Dependencies(self.scope.definitions), self.elaborate(symbol).expr
        return any(used.of(variable) & used.of(self.elaborate(item).expr) for item in group.items)

    # -- which function, and which argument --------------------------------------------------------------------

    def _written_for(self, head: Node) -> Iterator[Definition]:
        """Yield the definitions of a head that were written for certain arguments."""
        base = head.base if isinstance(head, Scripted) else head
        if not isinstance(base, Name) or base.key in self.scope.densities or base.key in BY_NAME:
            return
        start = f"{written(head)}("
        for key in self.scope.names:
            if key.startswith(start):
                yield from (each for each in self.scope.overloads(key) if each.group is not None and not each.ranges)

    def _argument_of(self, head: Node, group: Group, symbol: Node) -> tuple[Group, Change] | None:
        """Return the bracket with a symbol where a function has it as its argument, and what stands there instead."""
        for definition in self._written_for(head):
            if not self._changes(definition.group, group):
                continue
            for at, (one, other) in enumerate(zip(definition.group.items, group.items, strict=True)):
                change = self._change(one, other)
                if change is not None and written(one) != written(other) and written(change.symbol) == written(symbol):
                    return _with_item(group, at, one), change
        definitions = self._callable(head)
        variable = self.elaborate(symbol).expr
        for definition in definitions if isinstance(definitions, list) else ():
            if definition.ranges or len(definition.parameters) != len(group.items):
                continue
            for at, parameter in enumerate(definition.parameters):
                if parameter.symbol == variable:
                    return _with_item(group, at, symbol), Change(symbol, group.items[at])
        return None

    def _changes(self, pattern: Group, group: Group) -> list[Change] | None:
        """Return what stands in the place of which symbols; None if the brackets do not correspond."""
        if len(pattern.items) != len(group.items) or pattern.separators != group.separators:
            return None
        pairs = zip(pattern.items, group.items, strict=True)
        found = [self._change(one, other) for one, other in pairs if written(one) != written(other)]
        return None if any(change is None for change in found) else [change for change in found if change is not None]

    def _change(self, one: Node, other: Node) -> Change | None:
        """Return a symbol and what takes its place; that of a positive number may be given by its square."""
        symbol = _symbol(one)
        if symbol is None or not isinstance(one, Name | Scripted):
            return None
        if isinstance(one, Name) or one.power is None:
            return Change(symbol, other) if not (isinstance(one, Scripted) and one.transposed) else None
        if not isinstance(one.power, Num) or one.power.value != 2:
            return None
        base = symbol.base if isinstance(symbol, Scripted) else symbol
        declared = self.scope.declarations.get(self.find_key(base.key) or "")  # type: ignore[attr-defined]
        is_positive = declared is not None and Fact.POSITIVE in declared.facts
        return Change(symbol, other, squared=True) if is_positive else None

    # -- values ------------------------------------------------------------------------------------------------

    def _value_in(self, change: Change) -> Typed:
        value = self.elaborate(change.value)
        if not change.squared:
            return value
        root = Typed(Rational(1, 2), None, change.value.span)
        return self.power(self.need_scalar(value, "what stands for a square"), root, change.value.span)

    def _at(self, value: Typed, changes: list[Change], span: Span) -> Typed:
        """Return an expression with other values in the place of symbols."""
        used = Dependencies(self.scope.definitions)
        pairs = [(self.elaborate(change.symbol), self._value_in(change)) for change in changes]
        names = {str(symbol.expr.name) for symbol, _ in pairs if isinstance(symbol.expr, Symbol | MatrixSymbol)}
        expr = value.expr
        for symbol, other in pairs:
            if not isinstance(symbol.expr, Symbol | MatrixSymbol) or self.scope.is_size(str(symbol.expr.name)):
                raise Unreadable("N106", "a function at other arguments than symbols is not supported", span)
            if len(pairs) > 1 and names & used.of(other.expr):
                raise Unreadable("N106", "arguments that change places are not supported", span)
            if other.shape is None and symbol.shape is not None and other.expr == 0:
                other = Typed(build(ZeroMatrix, *symbol.shape), symbol.shape, other.span)
            if not self.same(symbol.shape, other.shape):
                raise Unreadable("N106", "an argument of another shape than that of the definition", other.span)
            made: Any = Instantiated if value.shape is None else MatrixInstantiated
            expr = build(made, expr, symbol.expr, other.expr)
        return Typed(expr, value.shape, span)


def _symbol(node: Any) -> Node | None:
    """Return a symbol without its power and sign of transposition; None for anything else."""
    if isinstance(node, Name):
        return node
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.primes or node.above is not None:
        return None
    return replace(node, power=None, transposed=False) if node.sub else node.base


_ACCENT = re.compile(r"\\(?:hat|tilde|bar|check|breve|dot)\{(.*)\}")


def _letter(node: Node) -> str:
    """Return the letter of a symbol without accents, marks and labels: ``""`` of a number, ``"…"`` of anything else."""
    if isinstance(node, Num):
        return ""
    base = node.base if isinstance(node, Scripted) else node
    if not isinstance(base, Name):
        return "…"
    key = base.key
    while (found := _ACCENT.match(key)) is not None:
        key = found.group(1) + key[found.end() :]
    return key.partition("^{")[0]


def _stands_in(symbol: Node, node: Any) -> bool:
    """Whether a symbol occurs in a formula; the β of β_0 is another one."""
    if isinstance(node, tuple):
        return any(_stands_in(symbol, item) for item in node)
    if not isinstance(node, Node):
        return False
    plain = _symbol(node)
    if plain is not None:
        power = node.power if isinstance(node, Scripted) else None
        return written(plain) == written(symbol) or _stands_in(symbol, power)
    return any(_stands_in(symbol, getattr(node, entry.name)) for entry in fields(node))


def _with_item(group: Group, at: int, item: Node) -> Group:
    return replace(group, items=(*group.items[:at], item, *group.items[at + 1 :]))
