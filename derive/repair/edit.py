"""Edits of a syntax tree, and what they do to the text it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from derive.source import Span
from derive.syntax import Node

MADE = Span(-1, -1)
"""The span of a node that was not read but made."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: a node of the tree is replaced by another, which may contain parts of the old one.

    Attributes
    ----------
    old, new : Node
        ``old`` is known by identity: it stands at one place of the tree.
    code : str
        The diagnostic that says what the author did (``E302`` for a lost transpose).
    least : int
        How tightly the text has to bind that takes the place of ``old``.
    cost : float
        The size of the change; an edit of one sign or letter costs 1.
    at : Span, optional
        The part of the text that is wrong, where it is smaller than ``old``.
    splices : tuple of (Span, str), optional
        What changes in the text, where it is less than all of ``old``.
    """

    old: Node
    new: Node
    code: str
    least: int
    cost: float = 1.0
    at: Span | None = None
    splices: tuple[tuple[Span, str], ...] | None = None

    @property
    def place(self) -> Span:
        """The part of the text to point at."""
        return self.at or self.old.span


def edited(root: Node, edits: Iterable[Edit]) -> Node:
    """Return a tree with edits made; those inside the part that another one changes are made there."""
    return _edited(root, {id(edit.old): edit.new for edit in edits})


def _edited(part: Any, changes: Mapping[int, Node]) -> Any:
    if not changes:
        return part
    if isinstance(part, tuple):
        items = tuple(_edited(item, changes) for item in part)
        return part if all(new is old for new, old in zip(items, part, strict=True)) else items
    if not isinstance(part, Node):
        return part
    new = changes.get(id(part))
    if new is not None:
        return _edited(new, {key: value for key, value in changes.items() if key != id(part)})
    parts = {field.name: _edited(getattr(part, field.name), changes) for field in fields(part) if field.name != "span"}
    if all(parts[name] is getattr(part, name) for name in parts):
        return part
    return replace(part, **parts)


def contains(outer: Node, inner: Node) -> bool:
    """Whether a node is another one or stands somewhere below it."""
    stack: list[Any] = [outer]
    while stack:
        part = stack.pop()
        if part is inner:
            return True
        if isinstance(part, tuple):
            stack.extend(part)
        elif isinstance(part, Node):
            stack.extend(getattr(part, field.name) for field in fields(part) if field.name != "span")
    return False


def spliced(text: str, splices: Iterable[tuple[Span, str]], start: int = 0) -> str | None:
    """Return a text with pieces replaced; None where they overlap.

    Parameters
    ----------
    text : str
        The text.
    splices : iterable of (Span, str)
        What is replaced by what. Two insertions at one place stand in the order given.
    start : int
        The offset of the text in what the spans count in.

    Examples
    --------
    >>> spliced("A x + b", [(Span(1, 1), "^T"), (Span(4, 5), "-")])
    'A^T x - b'
    """
    out, at = [], 0
    for span, new in sorted(splices, key=lambda splice: (splice[0].start, splice[0].end)):
        first, last = span.start - start, span.end - start
        if first < at or last > len(text):
            return None
        out += [text[at:first], new]
        at = last
    return "".join([*out, text[at:]])
