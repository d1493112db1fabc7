"""The formulas of a document as syntax trees, in order, before anything is known about their symbols."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from derive.brackets import prepare
from derive.containers.block import Block, BlockKind
from derive.distributions import Distributed, distributed
from derive.dotted import undotted
from derive.infer.exponents import exponents, multiples
from derive.notation import DOTS, RELATIONS
from derive.parse import Parser
from derive.prose import doubts
from derive.relations import Chain, chains, side_list
from derive.source import Excerpt
from derive.syntax import Bars, Derivative, Group, Listed, Name, Node, Num, Product, Reduction, Scripted, Terms, below
from derive.tokens import Token, Unreadable, tokenize

FUNCTION_LETTERS = frozenset(
    r"p q f g h L J F \ell \mathcal{L} \mathcal{N} \mathcal{J} Q \phi \psi \Gamma \mathcal{F}".split()
)
"""Letters that, undeclared and before a bracket of one item, are read as a function."""

_ANNOUNCED = re.compile(
    r"\b(where|with|let|defin\w+|denot\w+|given by|set|setting|use|using|write|put|introduce|abbreviat\w+|here|namely|"
    r"parameters?|called|known as|notation)\b",
    re.IGNORECASE,
)
"""Words that make an equation a definition of what is used before it."""
_TRAILING = re.compile(r"[\s*_,;]*(where|with|and|for)\b")
"""Words with which a sentence goes on behind a displayed formula."""
_SUPPOSED = re.compile(r"\b(suppose|assume|assuming)\b", re.IGNORECASE)
"""Words that make an equation an assumption."""
_IID = re.compile(
    r"\\(?:overset|stackrel)\s*\{(?:\s|\\[a-z]+|\{)*i\.?[\s\\,]*i\.?[\s\\,]*d\b[.\s\\,~]*\}?\s*\}\s*\{\s*\\sim\s*\}"
)
"""A sign of a distribution with "i.i.d." over it."""
_MARK = re.compile(r"⟦(\d+)⟧")
INDEX_LETTERS = frozenset("ijklmn")
"""Letters that are indices where another index of the same symbol is summed over."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A chain of sides that stand in one relation, or one side by itself.

    A side that cannot be read is None. ``relation`` is the first sign, ``""`` for an expression without one.
    ``places`` are those of its signs: the cell and the offset. ``announced`` says that the words around it make it a
    definition, as "where" does, ``doubted`` that it is only to be shown, or said to be false, ``supposed`` that it is
    an assumption, ``trails`` that its sentence goes on behind a displayed formula. ``multiples`` and ``exponents`` are
    the sizes that show in it: those of multiples of matrices, and for each side those beside determinants.
    """

    sides: tuple[Node | None, ...]
    relation: str
    line: int
    displayed: bool
    places: tuple[tuple[int | None, int], ...] = ((None, 0),)
    announced: bool = False
    doubted: bool = False
    supposed: bool = False
    multiples: tuple[tuple[Node, Node], ...] = ()
    exponents: tuple[tuple[tuple[Bars, Node], ...], ...] = ()
    trails: bool = False

    @property
    def place(self) -> tuple[int | None, int]:
        """Return the place of the first sign."""
        return self.places[0]


@dataclass
class Gathered:
    """What a document says in formulas.

    ``heads`` are the functions that equations define, ``letters`` the index letters with the upper bound of their range
    (None where it is not said), ``text`` is the prose with every inline formula replaced by a mark, ``marks`` the
    formulas that stand behind the marks.
    """

    formulas: list[Formula] = field(default_factory=list)
    statements: list[tuple[Distributed, int]] = field(default_factory=list)
    letters: dict[str, Node | None] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)
    text: list[tuple[str, int]] = field(default_factory=list)
    marks: list[tuple[Excerpt, bool]] = field(default_factory=list)

    def nodes(self) -> Iterator[tuple[Node, Formula]]:
        """Yield every side that was read."""
        for formula in self.formulas:
            for side in formula.sides:
                if side is not None:
                    yield side, formula


def gather(blocks: Sequence[Block], macros: Mapping[str, Any]) -> Gathered:
    """Read the blocks of a document."""
    found = Gathered()
    for block in blocks:
        if block.kind is BlockKind.TEXT:
            found.text.append((block.excerpt.text, _line(block.excerpt, 0)))
            continue
        displayed = block.kind is BlockKind.DISPLAY
        before = re.split(r"[.!?]\s", "".join(text for text, _ in found.text[-8:]))[-1]
        found.text.append((f" ⟦{len(found.marks)}⟧ ", _line(block.excerpt, 0)))
        found.marks.append((block.excerpt, displayed))
        _formulas(block.excerpt, macros, displayed, found, before)
    for node, _ in found.nodes():
        _bound_letters(node, found.letters)
    _free_letters(found)
    found.heads.update(filter(None, (_head(formula) for formula in found.formulas)))
    return found


def _head(formula: Formula) -> str | None:
    """Return the function of one argument that an equation defines."""
    left = formula.sides[0]
    if not formula.relation or not isinstance(left, Product) or len(left.items) != 2 or left.operators[1] != "":
        return None
    head, group = left.items
    if not isinstance(group, Group) or group.kind not in ("(", "[") or not isinstance(group.items[0], Name | Scripted):
        return None
    return head_key(head) if len(group.items) == 1 else None


def head_key(head: Node) -> str | None:
    """Return the key of what stands before a bracket."""
    if isinstance(head, Name):
        return head.key
    if isinstance(head, Scripted) and isinstance(head.base, Name) and head.power is None and not head.transposed:
        return f"{head.base.key}_{{{head.sub_text}}}" if head.sub else head.base.key
    return None


def _line(excerpt: Excerpt, at: int) -> int:
    return excerpt.source.position(excerpt.span(at, at).start)[0]


def _formulas(excerpt: Excerpt, macros: Mapping[str, Any], displayed: bool, found: Gathered, before: str) -> None:
    try:
        prepared = prepare(tokenize(excerpt, macros))
    except Unreadable:
        return
    identical = _IID.findall(excerpt.text)
    for statement in distributed(prepared):
        independent = 0 < len(identical) == excerpt.text.count("\\sim") and not statement.conditional
        made = replace(statement, independent=independent)
        found.statements.append((made, excerpt.source.position(statement.span.start)[0]))
    read = 0
    for chain in chains(excerpt, macros):
        if not isinstance(chain, Chain):
            continue
        read += 1
        line = excerpt.source.position(chain.signs[0].span.start)[0]
        if chain.is_range:
            continue
        sides = tuple(None if side is None else read_side(side) for side in chain.sides)
        places = tuple((excerpt.source.cell, sign.span.start) for sign in chain.signs)
        kind = chain.signs[0].kind
        announced = kind.startswith("define") or _ANNOUNCED.search(f"{before} {chain.words}") is not None
        doubted = doubts(_behind_displays(before, found), displayed)
        sized = tuple(multiples(sides)), tuple(tuple(exponents(side)) for side in sides)
        behind = _behind_displays(before, found)
        supposed, trails = _SUPPOSED.search(behind) is not None, _TRAILING.match(behind) is not None
        found.formulas.append(
            Formula(sides, kind, line, displayed, places, announced, doubted, supposed, *sized, trails=trails)
        )
    if not read and not any(token.text in RELATIONS or token.text in ("\\in", "\\sim") for token in prepared.tokens):
        alone = read_side(prepared.tokens)
        beside = (tuple(exponents(alone)),)
        found.formulas.append(Formula((alone,), "", _line(excerpt, 0), displayed, exponents=beside))


def _behind_displays(words: str, found: Gathered) -> str:
    """Return the part of a sentence behind its last displayed formula, with dollar signs for the others."""
    start = max((mark.end() for mark in _MARK.finditer(words) if found.marks[int(mark[1])][1]), default=0)
    return _MARK.sub("$", words[start:])


def read_side(tokens: list[Token]) -> Node | None:
    """Return the syntax tree of a side whose symbols are not known; None if it cannot be read."""
    try:
        prepared = side_list(tokens)
        if not prepared.tokens:
            return None
        node: Node = Parser(prepared, set()).expression(0, len(prepared.tokens))
        return undotted(node) if any(token.text in DOTS for token in tokens) else node
    except (Unreadable, RecursionError):
        return None


def _bound_letters(node: Node, letters: dict[str, Node | None]) -> None:
    for each in below(node):
        if isinstance(each, Reduction):
            for index in each.indices:
                if isinstance(index, Name) and letters.get(index.key) is None:
                    letters[index.key] = each.upper
        elif isinstance(each, Listed):
            letters[each.letter.key] = each.upper


def _free_letters(found: Gathered) -> None:
    """Add letters that stand where others are indices, as the j of ``w_j`` beside ``\\sum_i w_i``."""
    nodes = [each for node, _ in found.nodes() for each in below(node)]
    uppers = {each.key for upper in found.letters.values() for each in below(upper) if isinstance(each, Name)}
    scripted = [each for each in nodes if isinstance(each, Scripted) and isinstance(each.base, Name) and each.sub]
    bare = {each.key for node, _ in found.nodes() for each in _outside_subscripts(node)}
    places: dict[tuple[str, int, int], Node | None] = {}
    for each in scripted:
        for at, item in enumerate(each.sub):
            if isinstance(item, Name) and item.key in found.letters:
                places.setdefault((each.base.key, len(each.sub), at), found.letters[item.key])  # type: ignore[attr-defined]
    for each in scripted:
        for at, item in enumerate(each.sub):
            place = (each.base.key, len(each.sub), at)  # type: ignore[attr-defined]
            if place in places and isinstance(item, Name) and item.key in INDEX_LETTERS - uppers - bare:
                found.letters.setdefault(item.key, places[place])


def _outside_subscripts(node: Any) -> Iterator[Name]:
    """Yield the names in a formula that do not stand in a subscript."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Node):
        for entry in fields(node):
            if not (isinstance(node, Scripted) and entry.name == "sub"):
                yield from _outside_subscripts(getattr(node, entry.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _outside_subscripts(item)


def is_application(node: Product, position: int, heads: Container[str] = ()) -> bool:
    """Whether the factor at a position is an undeclared function with its bracket behind it."""
    if position + 1 >= len(node.items) or node.operators[position + 1] != "":
        return False
    head, group = node.items[position], node.items[position + 1]
    group = group.base if isinstance(group, Scripted) else group
    name = head.base if isinstance(head, Scripted) else head
    if not isinstance(group, Group) or not isinstance(name, Name) or group.kind not in ("(", "["):
        return False
    if head_key(head) in heads:
        return True
    if isinstance(head, Scripted) and (head.power is not None or head.transposed):
        return False
    if len(group.items) > 1 or name.key.startswith(("\\mathrm{", "\\hat{\\mathrm{")):
        return len(name.key) > len("\\mathrm{X}") or len(group.items) > 1 or group.kind == "["
    return name.key in FUNCTION_LETTERS and isinstance(group.items[0], Name | Scripted)


def functions(side: Node) -> Iterator[tuple[Name | Scripted, Group]]:
    """Yield unknown functions of one argument: a letter with a prime before a bracket, or one that is differentiated.

    ``f'(t)`` makes a function of f, and so does ``\\frac{d}{dt} u(t) v(t)`` of u and v.
    """
    for node in below(side):
        if isinstance(node, Product):
            for head, group in zip(node.items, node.items[1:], strict=False):
                if isinstance(head, Scripted) and head.primes and isinstance(head.base, Name) and _takes(group):
                    yield head, group  # type: ignore[misc]
        if isinstance(node, Derivative) and len(node.wrt) == 1 and isinstance(node.wrt[0], Name):
            letter = node.wrt[0].key
            for inner in below(node.body):
                if not isinstance(inner, Product):
                    continue
                for head, group in zip(inner.items, inner.items[1:], strict=False):
                    if isinstance(head, Name) and _takes(group) and group.items[0] == Name(group.items[0].span, letter):  # type: ignore[attr-defined]
                        yield head, group  # type: ignore[misc]


def _takes(group: Node) -> bool:
    return isinstance(group, Group) and group.kind == "(" and len(group.items) == 1


def is_index(node: Node, letters: Mapping[str, Any]) -> bool:
    """Whether a subscript item is an index expression: a letter that is summed over, or such a letter plus a number."""
    match node:
        case Name():
            return node.key in letters
        case Terms():
            return all(is_index(item, letters) or isinstance(item, Num) for _, item in node.items)
    return False


def derived_by(node: Derivative) -> Iterator[Name]:
    """Yield the symbols that are differentiated by."""
    for wrt in node.wrt:
        base = wrt.base if isinstance(wrt, Scripted) else wrt
        if isinstance(base, Name):
            yield base
