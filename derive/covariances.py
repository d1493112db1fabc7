r"""Covariances that are written with a letter: ``\Sigma(X)``, ``\Sigma(X, Y)`` and ``\Sigma_{XY}``.

A letter is read so only where the document says by an equation that it is the covariance, as in
``\Sigma_{XX} = \Sigma(X) = \mathrm{E}[(X - \mathrm{E}[X]) (X - \mathrm{E}[X])^\top]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from derive.syntax import Group, Name, Node, Product, Scripted, with_parts

COVARIANCE = "\\mathrm{Cov}"
_PAIR = re.compile(r"(\\[A-Za-z]+|[A-Za-z])\s*,?\s*(\\[A-Za-z]+|[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Covariances:
    """Letters that stand for covariances.

    Attributes
    ----------
    heads : frozenset of str
        Letters that are applied to random symbols in brackets.
    letters : frozenset of str
        Letters that have two random symbols as their subscript.
    random : frozenset of str
        The random symbols that may stand in the subscript.
    """

    heads: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    random: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.heads or self.letters)

    def pair(self, node: Node) -> tuple[str, str] | None:
        """Return the two symbols of which a letter with a subscript is the covariance, or None."""
        if not (isinstance(node, Scripted) and isinstance(node.base, Name) and node.base.key in self.letters):
            return None
        found = subscript_pair(node)
        return found if found is not None and self.random.issuperset(found) else None

    def spelled(self, node: Any) -> Any:
        """Return a formula in which covariances are written as applications of the operator."""
        if not self:
            return node
        changed = self._changed(node) if isinstance(node, Node) else node
        return changed if changed is not node else with_parts(node, self.spelled)

    def _changed(self, node: Node) -> Node:
        if isinstance(node, Product):
            return self._product(node)
        pair = self.pair(node)
        if pair is None or not isinstance(node, Scripted):
            return node
        names = tuple(Name(node.span, key) for key in pair)
        inner = Product(node.span, (Name(node.span, COVARIANCE), Group(node.span, "(", names, (",",))), ("", ""))
        if node.power is None and not node.transposed and not node.primes:
            return inner
        return replace(node, base=Group(node.span, "(", (inner,)), sub=(), sub_text="")

    def _product(self, node: Product) -> Node:
        """Return a product with the operator in the place of its heads; None of them stands without a bracket."""
        items = list(node.items)
        for at, (head, group) in enumerate(pairwise(items)):
            if isinstance(head, Name) and head.key in self.heads and node.operators[at + 1] == "":
                bracket = group.base if isinstance(group, Scripted) else group
                if isinstance(bracket, Group):
                    items[at] = Name(head.span, COVARIANCE)
        changed = tuple(self.spelled(item) for item in items)
        return node if all(a is b for a, b in zip(changed, node.items, strict=True)) else replace(node, items=changed)


NO_COVARIANCES = Covariances()
"""What is known where no letter stands for a covariance."""


def subscript_pair(node: Scripted) -> tuple[str, str] | None:
    r"""Return the two symbols of a subscript, as in ``\Sigma_{XY}``.

    Examples
    --------
    >>> from derive.source import Span
    >>> subscript_pair(Scripted(Span(0, 0), Name(Span(0, 0), "S"), (), "XY"))
    ('X', 'Y')
    """
    found = _PAIR.fullmatch(node.sub_text)
    return None if found is None else (found.group(1), found.group(2))
