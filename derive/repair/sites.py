"""The places of a syntax tree where an author may have slipped, each with what is known around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Symbol

from derive.facts import Kind
from derive.repair.edit import Edit
from derive.repair.making import name, num, value_of, with_scripts
from derive.repair.remember import Memory
from derive.repair.values import Bench, Point, Vector
from derive.repair.writing import ATOM, FACTOR, OPEN, SUM, TERM, Writer
from derive.scope import Scope
from derive.source import Span
from derive.syntax import (
    Array,
    Bars,
    Derivative,
    Differential,
    Entrywise,
    EvaluatedAt,
    Fraction_,
    FunctionCall,
    Group,
    Name,
    Node,
    NormBars,
    Num,
    Product,
    Reduction,
    Root,
    Scripted,
    Terms,
)

_LINEAR = frozenset({"trace", "vec", "diag"})

UNKNOWN = object()
"""The shape of a part that could not be elaborated."""


@dataclass(frozen=True, slots=True)
class Site:
    """A node with its place.

    Attributes
    ----------
    node : Node
        The node.
    least : int
        How tightly a text that takes its place has to bind.
    linear : bool
        Whether the side is linear in this part.
    holds_sum : bool
        Whether this is a place of a whole expression: a side, a bracket, an exponent, half of a fraction.
    half : bool
        Whether this is the upper or lower half of a fraction.
    exponent : bool
        Whether this stands in an exponent.
    bound : tuple of str
        Letters of the sums around it.
    term : int
        The number of the term of the side that this belongs to.
    root : bool
        Whether this is the side.
    is_item : bool
        Whether this is one of several terms.
    argument : bool
        Whether this is the argument of a function.
    """

    node: Node
    least: int
    linear: bool = True
    holds_sum: bool = False
    half: bool = False
    exponent: bool = False
    bound: tuple[str, ...] = ()
    term: int = 0
    root: bool = False
    is_item: bool = False
    argument: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether a sign before this would not be the same as one further out."""
        return self.holds_sum and not self.half and (self.least == SUM and (not self.linear or self.root))

    def edit(self, new: Node, code: str, cost: float = 1.0, at: Span | None = None) -> Edit:
        """Return the edit that puts another node here."""
        return Edit(self.node, new, code, self.least, cost, at)


@dataclass(frozen=True)
class Around:
    """What is known around the places of a relation.

    Attributes
    ----------
    scope : Scope
        What is declared.
    writer : Writer
        Writes nodes in the author's hand.
    memory : Memory
        What every part means that could be elaborated.
    letters : tuple of str
        Index letters in play whose range is known or that occur in the relation.
    sizes : tuple of str
        Sizes that the relation speaks of.
    symbols : tuple of Node
        The symbols of the relation, each once.
    sums : tuple of Reduction
        The sums of the relation with their limits, each once.
    """

    scope: Scope
    writer: Writer
    memory: Memory
    letters: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    symbols: tuple[Node, ...] = ()
    sums: tuple[Reduction, ...] = ()

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names that take the bracket behind them as an argument."""
        declared = {key for key, each in self.scope.declarations.items() if each.kind in (Kind.FUNCTION, Kind.CURVE)}
        return frozenset(declared | {each.key for each in self.scope.definitions.values() if each.called})

    def shape(self, node: Node) -> Any:
        """Return the shape of a part: None for a scalar, `UNKNOWN` if it is not known."""
        part = self.memory.parts.get(id(node))
        return UNKNOWN if part is None else part.typed.shape

    def is_array(self, node: Node) -> bool:
        """Whether a part may be an array."""
        return not isinstance(node, Num) and self.shape(node) is not None

    def scalars(self, bench: Bench, point: Point) -> Iterator[tuple[Node, Vector]]:
        """Yield the scalars of the relation, their squares and its sizes, with their values at a point."""
        for symbol in self.symbols:
            part = self.memory.parts.get(id(symbol))
            if part is None or part.typed.shape is not None:
                continue
            value = bench.value(point, part.typed.expr)
            if value is not None:
                yield symbol, value
                square = with_scripts(symbol, power=num(2), transposed=False)
                yield square, point.numbers.times(value, value)
        written = {self.writer.write(symbol) for symbol in self.symbols}
        for key in (*self.sizes, *self._declared_scalars()):
            value = None if key in written else bench.value(point, Symbol(key))
            if value is not None:
                yield name(key), value
                yield with_scripts(name(key), power=num(2), transposed=False), point.numbers.times(value, value)

    def _declared_scalars(self) -> Iterator[str]:
        """Yield the scalars that may be hidden in what the relation speaks of."""
        for key, declaration in self.scope.declarations.items():
            if declaration.kind is Kind.SCALAR and not declaration.ranges:
                yield key

    def text(self, start: int, end: int) -> str:
        """Return a piece of the source."""
        return self.writer.text[start:end]


def sites(root: Node, functions: frozenset[str] = frozenset()) -> Iterator[Site]:
    """Yield the places of one side, outer ones first; a bracket behind one of the functions is its argument."""
    if isinstance(root, Terms):
        yield Site(root, SUM, holds_sum=True, root=True)
        for number, (_, item) in enumerate(root.items):
            yield from _below(Site(item, TERM, term=number, is_item=True), functions)
    else:
        yield from _below(Site(root, SUM, holds_sum=True, root=True), functions)


def _below(site: Site, functions: frozenset[str]) -> Iterator[Site]:
    yield site
    for inner in _parts(site, functions):
        yield from _below(inner, functions)


def _is_call(node: Product, at: int, functions: frozenset[str]) -> bool:
    """Whether a factor is a function with its argument behind it."""
    if at < 0 or at + 1 >= len(node.items):
        return False
    name, behind = (item.base if isinstance(item, Scripted) else item for item in node.items[at : at + 2])
    return isinstance(name, Name) and name.key in functions and isinstance(behind, Group)


def _parts(site: Site, functions: frozenset[str]) -> Iterator[Site]:
    node = site.node

    def part(child: Node, least: int, *, linear: bool = True, whole: bool = False, half: bool = False) -> Site:
        is_linear, letters = site.linear and linear, bound or site.bound
        return Site(child, least, is_linear, whole or half, half, exponent or site.exponent, letters, site.term)

    bound: tuple[str, ...] = ()
    exponent = False
    match node:
        case Terms():
            for _, item in node.items:
                yield replace(part(item, TERM), is_item=len(node.items) > 1)
        case Product():
            last = len(node.items) - 1
            for at, (operator, item) in enumerate(zip(node.operators, node.items, strict=True)):
                is_linear = operator != "/" and not any(_is_call(node, place, functions) for place in (at, at - 1))
                yield part(item, OPEN if at == last else FACTOR, linear=is_linear)
        case Group() | NormBars() | Bars() | Root():
            inner = node.items if isinstance(node, Group) else (node.inner,)
            for item in inner:
                yield part(item, SUM, linear=isinstance(node, Group) and len(inner) == 1, whole=True)
        case Fraction_():
            yield part(node.numerator, SUM, half=True)
            yield part(node.denominator, SUM, linear=False, half=True)
        case Scripted():
            if not isinstance(node.base, Name):
                yield part(node.base, ATOM, linear=node.power is None and not node.primes)
            if node.power is not None and not (node.transposed and value_of(node.power) == -1):  # ^{-T} is one mark
                exponent = True
                yield part(node.power, SUM, linear=False, whole=True)
        case FunctionCall():
            is_group = isinstance(node.argument, Group)
            is_linear = node.function in _LINEAR and node.power is None
            yield replace(part(node.argument, ATOM if is_group else OPEN, linear=is_linear), argument=True)
        case Reduction():
            bound = (*site.bound, *(item.key for item in node.indices if isinstance(item, Name)))
            yield part(node.body, TERM, linear=node.operator == "sum")
        case Derivative():
            yield part(node.body, FACTOR)
        case Differential():
            yield part(node.inner, FACTOR)
        case Entrywise():
            yield part(node.left, TERM)
            yield part(node.right, FACTOR)
        case Array():
            for row in node.rows:
                for cell in row:
                    yield part(cell, SUM, linear=node.kind != "vmatrix", whole=True)
        case EvaluatedAt():
            yield part(node.inner, FACTOR)


def sign_splice(terms: Terms, number: int, around: Around) -> tuple[Span, str] | None:
    """Return what changes in the text where a term gets the other sign; None where that is not one place."""
    item = terms.items[number][1]
    start = terms.items[number - 1][1].span.end if number else terms.span.start
    between = around.text(start, item.span.start)
    marks = [place for place, char in enumerate(between) if char in "+-"]
    if not marks and not number:
        return Span(item.span.start, item.span.start), "-"
    if len(marks) != 1:
        return None
    at = start + marks[0]
    if number:
        return Span(at, at + 1), "+" if between[marks[0]] == "-" else "-"
    blank = 1 if between[marks[0] + 1 :][:1] == " " else 0
    return Span(at, at + 1 + blank), ""
