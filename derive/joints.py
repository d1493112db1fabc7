r"""Conditional densities by joint ones: ``p(x \mid y) = p(x, y) / p(y)`` gives the product rule and Bayes' theorem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from derive.definitions import define, target
from derive.facts import Declaration, Fact, Kind
from derive.opaque import whole_key, written
from derive.scope import Scope
from derive.source import Span
from derive.statement import Reading
from derive.syntax import Fraction_, Group, Name, Node, Product, Scripted, below
from derive.tokens import Unreadable
from derive.typed import Malformed

LETTERS = frozenset({"p", "q", "P", "\\mathrm{p}"})
"""Letters of densities."""
_BARS = ("|", "\\mid")
MOST = 24
"""Densities in one relation."""


@dataclass(frozen=True)
class Density:
    """A density as it is written: its letter, what it is the density of, and what is given."""

    letter: Name
    variables: tuple[Node, ...]
    given: tuple[Node, ...] = ()

    def node(self) -> Product:
        """Return the density as a syntax tree."""
        span, items = self.letter.span, (*self.variables, *self.given)
        marks = [","] * (len(items) - 1)
        if self.given:
            marks[len(self.variables) - 1] = "|"
        return Product(span, (self.letter, Group(span, "(", items, tuple(marks))), ("", ""))

    def key(self) -> str:
        """Return the key under which the value of the density is known."""
        node = self.node()
        return whole_key(node.items[0], node.items[1]) or ""  # type: ignore[arg-type]

    def names(self) -> frozenset[str]:
        """Return all that the density speaks of."""
        return frozenset(written(item) for item in (*self.variables, *self.given))

    def joint(self) -> Density:
        """Return the joint density of all that this one speaks of, in one order for all of its ways of writing."""
        return Density(self.letter, tuple(sorted((*self.variables, *self.given), key=written)))

    def condition(self) -> Density:
        """Return the density of what is given."""
        return Density(self.letter, self.given)


def densities(nodes: Iterable[Any]) -> Iterator[Density]:
    """Yield the densities in formulas whose arguments are symbols, each time they are written."""
    for node in nodes:
        for each in below(node):
            items = each.items if isinstance(each, Product) else ()
            for head, group in pairwise(items):
                inner = group.base if isinstance(group, Scripted) else group
                if isinstance(head, Name) and isinstance(inner, Group) and (found := read(head, inner)) is not None:
                    yield found


def read(letter: Name, group: Group) -> Density | None:
    """Return a density by its letter and its bracket; None if it is none, or has other arguments than symbols."""
    bars = [at for at, mark in enumerate(group.separators) if mark in _BARS]
    if letter.key not in LETTERS or group.kind not in ("(", "[") or len(bars) > 1:
        return None
    if any(mark not in (",", *_BARS) for mark in group.separators) or not all(map(_is_symbol, group.items)):
        return None
    if len({written(item) for item in group.items}) != len(group.items):
        return None
    end = bars[0] + 1 if bars else len(group.items)
    return Density(letter, group.items[:end], group.items[end:])


def _is_symbol(node: Node) -> bool:
    if isinstance(node, Scripted):
        return isinstance(node.base, Name) and not (node.transposed or node.primes)
    return isinstance(node, Name)


def with_joints(nodes: Iterable[Any], scope: Scope) -> Scope | None:
    """Return a scope in which conditional densities without a value are joint densities over those of the condition.

    A joint density has the value of the product of a conditional density and that of its condition where the text gives
    these. Only a letter that is conditioned on something stands for densities, in which the order of the arguments does
    not count: then all densities of the letter are those of one distribution, or nothing that is said of them here has
    a sense. Nothing is refuted by it.

    Parameters
    ----------
    nodes : iterable of node
        The sides of a relation.
    scope : Scope
        What is known there.

    Returns
    -------
    Scope or None
        None where there is nothing to add.
    """
    found = {density.key(): density for density in densities(nodes)}
    letters = _conditioned(found.values(), scope)
    found = {key: density for key, density in found.items() if density.letter.key in letters}
    made = _Joints(scope.copy())
    if len(found) > MOST or not any(len(density.names()) > 1 for density in found.values()):
        return None
    try:
        for density in sorted(found.values(), key=lambda each: len(each.names())):
            made.settle(density)
    except (Unreadable, Malformed, RecursionError):
        return None
    return made.scope if made.added else None


def _conditioned(found: Iterable[Density], scope: Scope) -> set[str]:
    """Return the letters that are densities and nothing else: conditioned on something here or in what is known.

    ``q(x, y)`` by itself may be any function, and ``q(y, x)`` another value of it.
    """
    known = (*scope.names, *scope.declarations)
    letters = {density.letter.key for density in found if density.given}
    letters |= {letter for letter in LETTERS for key in known if key.startswith(f"{letter}(") and "|" in key}
    return {each for each in letters if each in scope.densities and not _is_function(each, scope)}


def _is_function(letter: str, scope: Scope) -> bool:
    """Whether a letter is declared or defined as a function; it may be a number elsewhere."""
    declared = scope.declarations.get(letter)
    if declared is not None and declared.kind in (Kind.FUNCTION, Kind.CURVE):
        return True
    return any(definition.called for definition in scope.overloads(letter))


class _Joints:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.added = False
        self.stated = [
            density
            for key, idents in scope.names.items()
            for group in [scope.definitions[idents[0]].group]
            if group is not None and (density := read(Name(Span(0, 0), key.partition("(")[0]), group)) is not None
        ]

    def settle(self, density: Density) -> None:
        """Give a density a value if it has none: by a joint one, or by one in another order."""
        key = density.key()
        if key in self.scope.names:
            return
        joint = self._joint(density)
        if density.given:
            condition = self._joint(density.condition())
            self._define(density, Fraction_(density.letter.span, joint, condition))
        elif written(joint) != written(density.node()):
            self._define(density, joint)

    def _joint(self, density: Density) -> Node:
        """Return the joint density of all that a density speaks of: what the text gives, or a number of its own."""
        names = density.names()
        same = [each for each in self.stated if each.letter.key == density.letter.key and each.names() == names]
        for each in same:
            if not each.given:
                return each.node()
        for each in same:
            rest = self._joint(each.condition())
            return Product(density.letter.span, (each.node(), rest), ("", "\\cdot"))
        joint = density.joint()
        key = joint.key()
        if key not in self.scope.declarations and key not in self.scope.names:
            self.scope.declare(Declaration(key, Kind.SCALAR, facts=frozenset({Fact.POSITIVE})))
        return joint.node()

    def _define(self, density: Density, value: Node) -> None:
        found = target(density.node())
        if found is None or found.whole is None:
            return
        define(found, value, self.scope, Reading())
        self.added = True
