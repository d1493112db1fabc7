"""Elaboration that remembers the parts of a formula, so that a small change costs little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from derive.elaborate import Elaborator
from derive.expr import rebuild
from derive.indices import Indices
from derive.scope import Scope
from derive.shape import Dim, Sizes, is_known
from derive.source import Span
from derive.statement import has_unknown, known_sizes
from derive.syntax import Node
from derive.typed import Typed


@dataclass(frozen=True, slots=True)
class _Part:
    """The meaning of a part, and what its elaboration did besides."""

    node: Node
    typed: Typed
    uses: tuple[tuple[str, Dim | None, Span], ...]
    notes: tuple[str, ...]
    layout_used: bool


class Memory:
    """The parts of some trees that could be elaborated; it keeps their nodes alive."""

    def __init__(self, roots: Iterable[Node]) -> None:
        self.nodes: dict[int, Node] = {}
        for root in roots:
            self._collect(root)
        self.parts: dict[int, _Part] = {}

    def _collect(self, part: Any) -> None:
        if isinstance(part, tuple):
            for item in part:
                self._collect(item)
        elif isinstance(part, Node):
            self.nodes[id(part)] = part
            for field in fields(part):
                if field.name != "span":
                    self._collect(getattr(part, field.name))

    @property
    def shapes(self) -> dict[int, Any]:
        """The shapes of the parts, by identity; None for a scalar."""
        return {key: part.typed.shape for key, part in self.parts.items()}


class _Logged(Indices):
    """Indices that remember the uses of letters that are not bound further in."""

    def __init__(self, scope: Scope, sizes: Sizes) -> None:
        super().__init__(scope, sizes)
        self.log: list[tuple[str, Dim | None, Span, int]] = []

    def use(self, letter: str, limit: Dim | None, span: Span) -> None:
        """Note that a letter stands where indices run to a limit, and how far out it is bound."""
        depth = next((at for at in range(len(self.bound) - 1, -1, -1) if self.bound[at][0] == letter), -1)
        self.log.append((letter, limit, span, depth))
        super().use(letter, limit, span)


class Remembering(Elaborator):
    """An elaborator that takes parts of known trees from a memory."""

    def __init__(self, scope: Scope, layout: str, symmetric: bool, memory: Memory) -> None:
        super().__init__(scope, layout, symmetric)
        self.memory = memory
        self.logged = self.indices = _Logged(scope, self.sizes)

    def elaborate(self, node: Node) -> Typed:
        """Return the meaning of a syntax tree, remembered if it is a part of a known one."""
        known = self.memory.parts.get(id(node))
        if known is not None:
            for letter, limit, span in known.uses:
                self.indices.use(letter, limit, span)
            self.notes += known.notes
            self.layout_used |= known.layout_used
            return known.typed
        if id(node) not in self.memory.nodes:
            return super().elaborate(node)
        first, depth, notes, count = len(self.logged.log), len(self.indices.bound), len(self.notes), self.sizes._count
        varying, layout_used = len(self.varying), self.layout_used
        self.layout_used = False
        try:
            typed = super().elaborate(node)
            if len(self.varying) == varying:
                closed = typed if self.sizes._count == count else self._filled_in(typed)
                uses = [
                    (letter, limit, span) for letter, limit, span, place in self.logged.log[first:] if place < depth
                ]
                if closed is not None and all(limit is None or is_known(limit) for _, limit, _ in uses):
                    part = _Part(node, closed, tuple(uses), tuple(self.notes[notes:]), self.layout_used)
                    self.memory.parts[id(node)] = part
        finally:
            self.layout_used |= layout_used
        return typed

    def _filled_in(self, typed: Typed) -> Typed | None:
        """Return a meaning in which every size is known, or None."""
        shape = self.resolve(typed.shape)
        if shape is not None and not all(map(is_known, shape)):
            return None
        expr = rebuild(typed.expr, known_sizes(self.sizes))
        return None if has_unknown(expr) else Typed(expr, shape, typed.span)
