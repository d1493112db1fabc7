"""A document read in order: declarations, definitions, assumptions and the relations to judge, each with its scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.brackets import prepare
from derive.claims import MAX_SHOWN
from derive.containers.block import Block, BlockKind, Document
from derive.declarations import DeclarationReader, restriction
from derive.definitions import body_of, target
from derive.distributions import Distributed, distributed
from derive.extrema import extremum
from derive.facts import Declaration, Kind
from derive.hats import unknown_of, without_hats
from derive.items import Item, Origin, side_text
from derive.known import withheld
from derive.laws import add_laws, add_model, settled
from derive.options import Options
from derive.predefined import Granted, Place, sign_place
from derive.relations import Chain, Failure, Sign, chains, failures, loose_signs
from derive.repair.garbled import sides_around
from derive.scope import Condition, Law, Scope
from derive.source import Excerpt, Span
from derive.statement import parse_side
from derive.syntax import Cases, Node, Num, Stated, below
from derive.tokens import Token, Unreadable, tokenize
from derive.told import spaces
from derive.typed import Malformed
from derive.varying import Varying

GAUSSIAN = frozenset({"N", "\\mathcal{N}", "\\mathrm{N}"})


@dataclass
class Reader(Varying):
    """Reads blocks in order into a scope and items."""

    last_side: tuple[list[Token], Excerpt] | None = None
    after: bool = False
    last_relation: tuple[Item, tuple[Condition, ...]] | None = None
    said: list[tuple[Node, int]] = field(default_factory=list)
    """The sides of the chain so far, with their lines."""
    chain_number: int = 0
    laws: list[Distributed] = field(default_factory=list)
    """Distribution statements about symbols that are not known yet."""
    origin: Origin | None = None

    def read(self, blocks: Sequence[Block]) -> None:
        """Read all blocks."""
        for block in blocks:
            if block.kind is not BlockKind.TEXT:
                self._collect_ranges(block.excerpt)
        if self.judging and self.granted.definitions:
            self.predefine(blocks)
        for block, behind in zip(blocks, [*blocks[1:], None], strict=False):
            if self.judging and block.kind is not BlockKind.TEXT:
                self.take_words(_place(block))
            if block.kind is BlockKind.TEXT:
                self.prose.read(block.excerpt.text)
                self.leave_case(block.excerpt.text, _place(block))
            elif block.kind is BlockKind.INLINE:
                self.introduce(block, behind)
                self.name_variables(block.excerpt)
                self._inline(block.excerpt)
                self.prose.formula(displayed=False)
            else:
                self._display(block.excerpt)
                self.note_display()
                self.prose.formula(displayed=True)
                self.named = ()

    # -- inline maths ------------------------------------------------------------------------------------------

    def _prepared(self, excerpt: Excerpt) -> DeclarationReader | None:
        self.scope = self.scope.copy()  # what was read before keeps its own
        try:
            return DeclarationReader(prepare(tokenize(excerpt, self.macros)), self.scope, labels=not self.judging)
        except Unreadable:
            return None

    def _collect_ranges(self, excerpt: Excerpt) -> None:
        """Read the ranges of indices first: ``for $n = 1, …, N$`` often stands behind the declaration."""
        if "dots" not in excerpt.text and "..." not in excerpt.text and "…" not in excerpt.text:
            return
        reader = self._prepared(excerpt)
        if reader is None:
            return
        known = dict(self.scope.ranges)
        try:
            reader._take_ranges(reader.pieces(0, len(reader.list.tokens)))
        except (Unreadable, Malformed):
            return
        self.scope.ranges.update(known)

    def _inline(self, excerpt: Excerpt) -> None:
        reader = self._prepared(excerpt)
        if reader is None:
            if self.options.inline and self.judging:
                self._failures(failures(chains(excerpt, self.macros)), excerpt, True)
            return
        end = len(reader.list.tokens)
        before = self._take_laws(reader)
        try:
            if reader.read(0, end):
                self.scope = add_laws(self.laws, self.scope)
                return
        except (Unreadable, Malformed):
            return
        if not self._restriction(excerpt):
            self._chains(chains(excerpt, self.macros), excerpt, inline=True)
        self.scope = settled(self.scope, before)

    def _take_laws(self, reader: DeclarationReader) -> dict[str, Law]:
        """Take note of the distribution statements of a formula and return what was known before."""
        before = self.scope.laws
        self.laws += distributed(reader.list)
        self.scope = add_laws(self.laws, self.scope)
        return before

    def _restriction(self, excerpt: Excerpt) -> bool:
        try:
            found = restriction(tokenize(excerpt, self.macros), self.scope.copy())
        except (Unreadable, Malformed):
            return False
        if found is None or not all(_is_size(side, self.scope) for side in found[1:]):
            return False
        self.scope = self.scope.copy()
        self.scope.restrictions = (*self.scope.restrictions, found)
        return True

    # -- displayed maths ---------------------------------------------------------------------------------------

    def _display(self, excerpt: Excerpt) -> None:
        reader = self._prepared(excerpt)
        if reader is not None and any(token.text == "\\in" for token in reader.list.tokens):
            try:
                if reader.read(0, len(reader.list.tokens)):
                    self.add_ranges(loose_signs(excerpt), excerpt)
                    return
            except (Unreadable, Malformed):
                pass
        before = self.scope.laws if reader is None else self._take_laws(reader)
        if reader is not None and any(token.text == "\\in" for token in reader.list.tokens):
            beside = DeclarationReader(reader.list, self.scope.copy(), labels=not self.judging)
            beside.read_beside(0, len(reader.list.tokens))
            self.scope = beside.scope
        start = len(self.items)
        found = chains(excerpt, self.macros, self._arrays())
        if self.prose.sets_to_zero() and not any(map(_states_zero, found)):
            self.set_to_zero()
        self._chains(found, excerpt, inline=False)
        seen = {item.sign.span.start for item in self.items[start:]}
        for sign in loose_signs(excerpt):
            if sign.span.start not in seen and not _is_inside(sign, self.items[start:]):
                problem = Unreadable("N106", "a relation inside brackets or words is not supported", sign.span)
                self.add(Item("claim", sign, excerpt, None, None, "", "", self.scope, problem))
        self.scope = settled(self.scope, before)

    def _arrays(self) -> frozenset[str]:
        """Return the names of declared arrays."""
        return frozenset(key for key, found in self.scope.declarations.items() if found.kind is Kind.ARRAY)

    def _failures(self, found: Sequence[Failure], excerpt: Excerpt, inline: bool) -> None:
        """Add the signs of a formula whose brackets do not match."""
        text = excerpt.text[:MAX_SHOWN].strip()
        around = sides_around(excerpt, [failure.sign for failure in found])
        for failure, sides in zip(found, around, strict=True):
            origin = Origin(sides, self.macros, self.unknowns, (), 0) if sides is not None else None
            item = Item("claim", failure.sign, excerpt, None, None, text, "", self.scope, failure.problem)
            self.add(replace(item, inline=inline, origin=origin))

    def _chains(self, found: Sequence[Chain | Failure], excerpt: Excerpt, inline: bool) -> None:
        previous: tuple[Item, tuple[Condition, ...]] | None = None
        beside = None if inline else self.last_relation
        self._failures(failures(found), excerpt, inline)
        found = _explained_first(found)
        for chain, later in zip(found, [*found[1:], None], strict=False):
            if isinstance(chain, Failure):
                continue
            if chain.is_range:
                self.add_ranges(chain.signs, excerpt)
            else:
                self.after = previous is not None
                is_premise = isinstance(later, Chain) and later.arrow in ("implies", "iff")
                before, conditions = len(self.items), self.scope.conditions
                outside = self._enter(chain, excerpt)
                self._chain(chain, excerpt, inline)
                self._leave(outside)
                if chain.arrow == "iff":
                    self.items[before:] = [self.with_converse(item, previous or beside) for item in self.items[before:]]
                if is_premise or chain.arrow is not None:
                    self.remember(self.items[before:])
                previous = (self.items[-1], conditions) if len(self.items) > before else None
                if is_premise:
                    self.items[before:] = [replace(item, premise=True) for item in self.items[before:]]
                self.take_premise(self.items[before:] if is_premise else [])
        if not inline:
            self.last_relation = previous

    def _enter(self, chain: Chain, excerpt: Excerpt) -> dict[str, Declaration | None]:
        """Declare what a letter is in one chain only; return what it is outside of it."""
        latex = self.granted.local.get(sign_place(chain.signs[0], excerpt)) if self.judging else None
        if latex is None:
            return {}
        before = self.scope.declarations
        reader = self._prepared(Excerpt.of(latex))
        if reader is not None:
            reader.read(0, len(reader.list.tokens))
        changed = [key for key, found in self.scope.declarations.items() if before.get(key) != found]
        return {key: before.get(key) for key in changed if not self.scope.is_size(key)}

    def _leave(self, outside: Mapping[str, Declaration | None]) -> None:
        """Declare letters again as what they are outside of a chain."""
        if not outside:
            return
        self.scope = self.scope.copy()
        for key, found in outside.items():
            self.scope.declarations.pop(key)
            if found is not None:
                self.scope.declare(found)

    def _chain(self, chain: Chain, excerpt: Excerpt, inline: bool) -> None:
        sides: list[tuple[list[Token], Excerpt]] = []
        for side in chain.sides:
            if side is None:
                sides.append(self.last_side or ([], excerpt))
            else:
                sides.append((side, excerpt))
        if not inline:
            self.last_side = sides[-1]
        nodes: list[Node | Unreadable] = []
        for (tokens, _), sign in zip(sides, [chain.signs[0], *chain.signs], strict=True):
            try:
                nodes.append(parse_side(tokens, self.scope, sign.span))
            except Unreadable as problem:
                nodes.append(problem)
        if not inline and chain.sides[0] is not None:
            line = excerpt.source.position(chain.signs[0].span.start)[0]
            self.note_gradient(nodes[0], side_text(*sides[0]), line)
        assumes = self.prose.assumes(chain.words)
        before = self.scope.conditions
        if chain.arrow in ("implies", "iff") and self.premises:
            self.scope = self.scope.copy()
            self.scope.conditions = (*before, *self.premises)
        if chain.sides[0] is not None:
            self.said, self.chain_number = [], self.chain_number + 1
        for position, sign in enumerate(chain.signs):
            texts = side_text(*sides[position]), side_text(*sides[position + 1])
            self.origin = self._origin(sides[position], sides[position + 1])
            if isinstance(left := nodes[position], Node):
                self.said.append((left, excerpt.source.position(sign.span.start)[0]))
            self._relation(sign, excerpt, nodes, position, texts, chain, assumes, inline)
        self.note_densities(nodes)
        if chain.arrow in ("implies", "iff") and self.premises:
            self.scope = self.scope.copy()
            self.scope.conditions = tuple(c for c in self.scope.conditions if c not in self.premises)

    def _origin(self, left: tuple[list[Token], Excerpt], right: tuple[list[Token], Excerpt]) -> Origin | None:
        """Return where two sides stand; None if that is not one source."""
        if left[1].source is not right[1].source or not left[0] or not right[0]:
            return None
        spans = tuple(Span(side[0].span.start, max(token.span.end for token in side)) for side, _ in (left, right))
        return Origin((spans[0], spans[1]), self.macros, self.unknowns, tuple(self.said), self.chain_number)

    def _relation(
        self,
        sign: Sign,
        excerpt: Excerpt,
        nodes: list[Node | Unreadable],
        position: int,
        texts: tuple[str, str],
        chain: Chain,
        assumes: bool,
        inline: bool,
    ) -> None:
        if self.unknowns and not (position == 0 and self.is_definition(nodes, sign)):
            nodes = [without_hats(node, self.scope, self.unknowns) for node in nodes]
        left, right = nodes[position], nodes[position + 1]
        arrow = chain.arrow if position == 0 else None

        def item(role: str, problem: Unreadable | Malformed | None = None, scope: Scope | None = None) -> Item:
            return Item(
                role,
                sign,
                excerpt,
                left if isinstance(left, Node) else None,
                right if isinstance(right, Node) else None,
                *texts,
                scope or self.scope,
                problem,
                chain.words,
                arrow,
                inline,
                origin=self.origin,
                guessed=self.guessed(),
                invented=self.granted.invented,
                failed=self.failed(),
                fits=self.is_reliable(excerpt.source.position(sign.span.start)[0]),
                early=self.earlier(),
                weaker=tuple(self.weaker.items()),
            )

        first = self.said[0][0] if self.said else left
        if sign.kind == "propto" and isinstance(first, Node):
            self.add_proportional(nodes, position, item, first)
            return
        if sign.kind not in ("equal", "define", "define-right"):
            self.add(item("unsupported"))
            return
        if sign.kind == "equal" and isinstance(first, Node) and self.add_up_to_term(nodes, position, item, first, sign):
            return
        if sign.kind == "define-right":
            left, right = right, left
        is_zero = isinstance(right, Num) and right.value == 0
        for node in (left, right):
            if isinstance(node, Unreadable) and not (is_zero and node is left):
                self.add(item("claim", node))
                return
        found = target(left) if isinstance(left, Node) else None
        if isinstance(left, Node) and isinstance(right, Node) and (goal := extremum(right)) is not None:
            self.add_extremum(goal, left, found if position == 0 else None, item, texts)
            return
        is_doubted = sign.kind == "equal" and position == 0 and self.prose.doubts(displayed=not inline)
        if is_doubted and isinstance(left, Node):
            self.add(item("claim"))
            return
        if inline and position == 0:
            self.enter_again(found, right)
        if isinstance(left, Node) and isinstance(right, Node) and self.add_unvalued(left, right, found, position, item):
            return
        at = sign_place(sign, excerpt)
        self.early.pop(at, None)
        is_rival = bool(chain.label) and position == 0 and texts[0] in self.labelled
        self.labelled |= {texts[0]} if chain.label and position == 0 else set()
        if at in self.predefined and position == 0:
            if found is not None:
                self.note_case(found, right, chain.words, inline, sign)
            if self.predefined[at] is not None and found is not None and isinstance(right, Node):
                self.add_definition(
                    found, body_of(found, nodes[1:], self.scope) or right, item, sign
                )  # what is declared on the way may be needed for it
            else:
                self.add(item("definition", self.predefined[at]))
        elif found is not None and self.defines(found, sign, position, right) and isinstance(right, Node):
            before = self.scope
            self.note_case(found, right, chain.words, inline, sign)
            body = body_of(found, nodes[1:], self.scope) if position == 0 and sign.kind == "equal" else right
            self.add_definition(found, body or right, item, sign)
            unknown = unknown_of(found, before, self.unknowns) if sign.kind == "equal" else None
            if unknown is not None and self.items and self.items[-1].sign is sign and self.items[-1].problem is None:
                self.items[-1] = replace(self.items[-1], role="solution", left=unknown, right=right, scope=before)
        elif found is not None and position == 0 and sign.kind == "equal" and self.is_model(found, right):
            self.add_assumption(item, texts)
            if isinstance(left, Node) and isinstance(right, Node):
                self.scope = add_model(left, right, self.scope)
        elif chain.label and position == 0 and sign.kind == "equal":
            self.add_labelled(item, texts, is_rival)
        elif is_zero and not isinstance(left, Num):
            self.add_stationary(
                nodes, position, item, texts, "conclusion" if chain.arrow and self.after else "assumption"
            )
        elif assumes or (chain.has_law and position == 0 and found is not None):
            conditions = self.scope.conditions
            self.add_assumption(item, texts)
            if assumes:
                self.supposed += tuple(each for each in self.scope.conditions if each not in conditions)
        elif inline and not self.options.inline:
            return
        elif found is not None and position == 0 and self.is_restated(found, right):
            self.add(item("restated"))
        else:
            self.add(item("claim"))


def _place(block: Block) -> Place:
    """Return the cell and the offset where a block begins."""
    return block.excerpt.source.cell, block.excerpt.span(0, 0).start


def _explained_first(found: Sequence[Chain | Failure]) -> Sequence[Chain | Failure]:
    """Return the chains of a formula so that what is said behind ``where`` or ``with`` is read before its formula."""
    chains_ = [chain for chain in found if isinstance(chain, Chain)]
    if any(chain.arrow or chain.sides[0] is None for chain in chains_):
        return found  # what goes on from the formula before keeps its place
    explains = [chain.words.strip().lower().startswith(("where", "with")) for chain in chains_]
    if not any(explains[1:]) or len(chains_) != len(found):
        return found
    first = [chain for chain, is_first in zip(chains_, explains, strict=True) if is_first and chain is not chains_[0]]
    return [*first, *(chain for chain in chains_ if chain not in first)]


def _is_inside(sign: Sign, items: Sequence[Item]) -> bool:
    """Whether a sign stands inside a bracket or a condition of a side that was read: it joins no two sides."""
    sides = [side for item in items for side in (item.left, item.right) if side is not None]
    return any(
        isinstance(node, Stated | Cases) and node.span.start <= sign.span.start < node.span.end
        for side in sides
        for node in below(side)
    )


def _states_zero(chain: Chain | Failure) -> bool:
    """Whether a chain ends in = 0, so that it states the condition itself."""
    last = chain.sides[-1] if isinstance(chain, Chain) else None
    return last is not None and [token.text for token in last] == ["0"]


def _is_size(side: Any, scope: Scope) -> bool:
    return all(scope.is_size(symbol.name) for symbol in side.free_symbols)


def read_blocks(
    document: Document, preamble: Document | None, options: Options, granted: Granted | None = None
) -> Reader:
    """Read a preamble, what is taken for granted, and a document; only the document's relations are judged."""
    granted = granted or Granted()
    macros = {**(preamble.macros if preamble else {}), **document.macros}
    texts = [block.excerpt.text for each in (preamble, document) if each is not None for block in each.blocks]
    scope = Scope(
        densities=granted.densities,
        random=granted.random,
        independent=granted.independent,
        withheld=withheld(texts),
        covariances=granted.covariances,
        spaces=spaces(granted.implied, texts),
        values=granted.values,
        undeclared=bool(granted.guessed),
        conventions=granted.conventions,
    )
    reader = Reader(macros, options, scope, granted=granted)
    for before in (preamble, granted.preamble):
        if before is not None:
            reader.judging = False
            reader.read(before.blocks)
            reader.judging = True
            reader.prose.clear()
            reader.last_side = None
    reader.read(document.blocks)
    return reader
