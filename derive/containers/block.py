"""What a container is read into: blocks of prose and of maths in reading order, and the macros it defines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from derive.source import Excerpt


class BlockKind(Enum):
    """How a block stands in its document."""

    TEXT = "text"
    INLINE = "inline"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of prose, or one formula without its delimiters.

    A display environment (``align``, ``equation`` …) keeps its ``\\begin`` and ``\\end`` in the excerpt;
    ``$$``, ``\\[``, ``$``, ``\\(``, fences and script tags are left out. A paragraph break is a text block
    that contains an empty line.
    """

    kind: BlockKind
    excerpt: Excerpt
    outer: tuple[int, int] | None = field(default=None, compare=False, repr=False)
    """Of a formula: where it begins and ends in its source, delimiters included, as offsets."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A user macro: ``\\newcommand{name}[parameters][default]{body}``, ``\\def`` or ``\\DeclareMathOperator``.

    ``name`` starts with the backslash. ``default`` is the value of the first, optional argument, if it has one.
    """

    name: str
    parameters: int
    body: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A container read: its name, its blocks in order and the macros that its formulas may use."""

    name: str
    blocks: tuple[Block, ...]
    macros: Mapping[str, Macro]


class UnreadableContainer(Exception):
    """The file is not what its name says (a notebook that is not JSON, bytes that are not text)."""
