"""A document read in order: declarations, definitions, assumptions and the relations to judge, each with its scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.brackets import prepare
from derive.claims import MAX_SHOWN, as_condition
from derive.containers.block import Block, BlockKind, Document
from derive.declarations import DeclarationReader, restriction
from derive.definitions import Target, define, is_known, target
from derive.hats import declare_values, differentiated, unknown_of, without_hats
from derive.options import Options
from derive.prose import Prose
from derive.readings import family_reading
from derive.relations import Chain, Failure, Sign, chains, loose_signs
from derive.scope import Condition, Scope
from derive.source import Excerpt, Span, closed
from derive.statement import Reading, parse_side, state
from derive.syntax import Derivative, Node, Num
from derive.tokens import Token, Unreadable, tokenize
from derive.typed import Malformed

GAUSSIAN = frozenset({"N", "\\mathcal{N}", "\\mathrm{N}"})


Place = tuple[int | None, int]
"""The cell and the offset of a relation sign."""


@dataclass(frozen=True, slots=True)
class Converse:
    """The other direction of an equivalence: its left side, to be judged under its right side."""

    left: Node
    right: Node
    scope: Scope


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the sides of a relation stand in their source, and what its chain said before them.

    ``earlier`` are the sides before the left one, each with its line; ``chain`` is the same number for the relations
    of one chain; ``unknowns`` may be written with a hat.
    """

    sides: tuple[Span, Span]
    macros: Mapping[str, Any]
    unknowns: frozenset[str]
    earlier: tuple[tuple[Node, int], ...]
    chain: int


@dataclass(frozen=True, slots=True)
class Item:
    """One relation to judge.

    ``role`` is ``"claim"``, ``"definition"``, ``"assumption"``, ``"conclusion"`` (``… = 0`` behind an arrow),
    ``"solution"`` (a hat or star on an unknown of the conditions: a definition, and a claim on the unknown),
    ``"range"``, ``"density"`` (a left side that is the Gaussian density, stated for the first time) or
    ``"unsupported"``. ``problem`` says why it cannot be judged.
    """

    role: str
    sign: Sign
    excerpt: Excerpt
    left: Node | None
    right: Node | None
    lhs: str
    rhs: str
    scope: Scope
    problem: Unreadable | Malformed | None = None
    words: str = ""
    arrow: str | None = None
    inline: bool = False
    premise: bool = False
    converse: Converse | None = None
    origin: Origin | None = None


@dataclass
class Reader:
    """Reads blocks in order into a scope and items."""

    macros: Mapping[str, Any]
    options: Options
    scope: Scope = field(default_factory=Scope)
    items: list[Item] = field(default_factory=list)
    prose: Prose = field(default_factory=Prose)
    last_side: tuple[list[Token], Excerpt] | None = None
    judging: bool = True
    premises: tuple[Condition, ...] = ()
    unknowns: frozenset[str] = frozenset()
    after: bool = False
    last_relation: tuple[Item, tuple[Condition, ...]] | None = None
    gradient: tuple[Node, str, int] | None = None
    """The derivative that was stated last, its text and its line."""
    said: list[tuple[Node, int]] = field(default_factory=list)
    """The sides of the chain so far, with their lines."""
    chain_number: int = 0
    origin: Origin | None = None
    random: set[str] = field(default_factory=set)
    """Random symbols for which no equation was stated yet: the first one is a model, and no definition."""
    pending: list[Place] = field(default_factory=list)
    """Where symbols that nothing declares are defined; these definitions hold from the start."""
    predefined: dict[Place, Unreadable | Malformed | None] = field(default_factory=dict)

    @property
    def reading(self) -> Reading:
        """Return the conventions for definitions; the layout of claims is tried out later."""
        return Reading(
            "denominator" if self.options.layout == "denominator" else "numerator", self.options.symmetric_derivative
        )

    def read(self, blocks: Sequence[Block]) -> None:
        """Read all blocks."""
        for block in blocks:
            if block.kind is not BlockKind.TEXT:
                self._collect_ranges(block.excerpt)
        if self.judging and self.pending:
            self._predefine(blocks)
        for block in blocks:
            if block.kind is BlockKind.TEXT:
                self.prose.read(block.excerpt.text)
            elif block.kind is BlockKind.INLINE:
                self._inline(block.excerpt)
                self.prose.formula(displayed=False)
            else:
                self._display(block.excerpt)
                self.prose.formula(displayed=True)

    def _predefine(self, blocks: Sequence[Block]) -> None:
        """Read the definitions of symbols that nothing declares, those first that the others rest on."""
        wanted = dict.fromkeys(self.pending)
        found: dict[Place, tuple[Node, Node]] = {}
        for block in blocks:
            if block.kind is BlockKind.TEXT or not wanted:
                continue
            for chain in chains(block.excerpt, self.macros):
                if isinstance(chain, Chain) and (at := _place(chain.signs[0], block.excerpt)) in wanted:
                    try:
                        left, right = (
                            parse_side(side or [], self.scope, chain.signs[0].span) for side in chain.sides[:2]
                        )
                    except Unreadable as problem:
                        self.predefined[at] = problem
                        continue
                    found[at] = left, right
        progress = True
        while progress and found:
            progress = False
            for at, (left, right) in list(found.items()):
                problem = self._predefined(left, right)
                self.predefined[at] = problem
                if problem is None:
                    del found[at]
                    progress = True

    def _predefined(self, left: Node, right: Node) -> Unreadable | Malformed | None:
        defined = target(left)
        if defined is None:
            return Unreadable("N103", "expected a symbol", left.span)
        scope = self.scope.copy()
        try:
            define(defined, right, scope, self.reading)
        except (Unreadable, Malformed) as problem:
            return problem
        self.scope = scope
        return None

    # -- inline maths ------------------------------------------------------------------------------------------

    def _prepared(self, excerpt: Excerpt) -> DeclarationReader | None:
        self.scope = self.scope.copy()  # what was read before keeps its own
        try:
            return DeclarationReader(prepare(tokenize(excerpt, self.macros)), self.scope)
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
                self._failures(chains(excerpt, self.macros), excerpt, True)
            return
        end = len(reader.list.tokens)
        try:
            if reader.read(0, end):
                return
        except (Unreadable, Malformed):
            return
        if self._restriction(excerpt):
            return
        self._chains(chains(excerpt, self.macros), excerpt, inline=True)

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
                    self._add_ranges(loose_signs(excerpt), excerpt)
                    return
            except (Unreadable, Malformed):
                pass
        start = len(self.items)
        found = chains(excerpt, self.macros)
        if self.prose.sets_to_zero() and not any(map(_states_zero, found)):
            self._set_to_zero()
        self._chains(found, excerpt, inline=False)
        seen = {item.sign.span.start for item in self.items[start:]}
        for sign in loose_signs(excerpt):
            if sign.span.start not in seen:
                problem = Unreadable("N106", "a relation inside brackets or words is not supported", sign.span)
                self._add(Item("claim", sign, excerpt, None, None, "", "", self.scope, problem))

    def _set_to_zero(self) -> None:
        """Take the derivative that was stated last as zero from here on: the text says so."""
        if self.gradient is None:
            return
        node, text, line = self.gradient
        self.gradient = None
        zero = Num(node.span, Fraction(0))
        try:
            statement = state(node, zero, self.scope, self.reading)
            condition = as_condition(statement, f"{text} = 0", line)
        except (Unreadable, Malformed):
            return
        self.unknowns |= differentiated(node)
        self.scope = self.scope.copy()
        self.scope.conditions = (*self.scope.conditions, condition)

    def _add(self, item: Item) -> None:
        if self.judging and (not item.inline or self.options.inline):
            self.items.append(item)

    def _add_ranges(self, signs: Sequence[Sign], excerpt: Excerpt) -> None:
        for sign in signs:
            self._add(Item("range", sign, excerpt, None, None, "", "", self.scope))

    def _failures(self, found: Sequence[Chain | Failure], excerpt: Excerpt, inline: bool) -> None:
        text = excerpt.text[:MAX_SHOWN].strip()
        for failure in found:
            if isinstance(failure, Failure):
                self._add(
                    Item(
                        "claim",
                        failure.sign,
                        excerpt,
                        None,
                        None,
                        text,
                        "",
                        self.scope,
                        failure.problem,
                        inline=inline,
                    )
                )

    def _remember(self, items: list[Item]) -> None:
        """Keep what is said inside an implication: what follows from it is not refuted later."""
        self.scope = self.scope.copy()
        for item in items:
            if item.left is None or item.right is None or item.problem is not None or item.role == "assumption":
                continue
            try:
                statement = state(item.left, item.right, item.scope, self.reading)
                condition = as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1])
            except (Unreadable, Malformed):
                continue
            self.scope.tentative = (*self.scope.tentative, condition)

    def _equivalent(self, item: Item, previous: tuple[Item, tuple[Condition, ...]] | None) -> Item:
        """Return the right side of an equivalence with its converse; ``previous`` is the left side."""
        if previous is None or item.left is None or item.right is None:
            return item
        premise, conditions = previous
        if premise.left is None or premise.right is None:
            return item
        try:
            statement = state(item.left, item.right, item.scope, self.reading)
            condition = as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1])
        except (Unreadable, Malformed):
            return item
        scope = self.scope.copy()
        scope.conditions = (*conditions, condition)
        return replace(item, converse=Converse(premise.left, premise.right, scope))

    def _chains(self, found: Sequence[Chain | Failure], excerpt: Excerpt, inline: bool) -> None:
        previous: tuple[Item, tuple[Condition, ...]] | None = None
        beside = None if inline else self.last_relation
        for chain, later in zip(found, [*found[1:], None], strict=False):
            if isinstance(chain, Failure):
                self._failures([chain], excerpt, inline)
            elif chain.is_range:
                self._add_ranges(chain.signs, excerpt)
            else:
                self.after = previous is not None
                is_premise = isinstance(later, Chain) and later.arrow in ("implies", "iff")
                before, conditions = len(self.items), self.scope.conditions
                self._chain(chain, excerpt, inline)
                if chain.arrow == "iff":
                    self.items[before:] = [self._equivalent(item, previous or beside) for item in self.items[before:]]
                if is_premise or chain.arrow is not None:
                    self._remember(self.items[before:])
                previous = (self.items[-1], conditions) if len(self.items) > before else None
                if is_premise:
                    self.items[before:] = [replace(item, premise=True) for item in self.items[before:]]
                self._premise(self.items[before:] if is_premise else [])
        if not inline:
            self.last_relation = previous

    def _premise(self, items: list[Item]) -> None:
        """Remember the left side of an implication: its right side is judged under it, and nothing else is."""
        self.premises = ()
        for item in items[-1:]:
            if (
                item.role not in ("claim", "conclusion")
                or item.left is None
                or item.right is None
                or item.problem is not None
            ):
                continue
            try:
                statement = state(item.left, item.right, item.scope, self.reading)
                self.premises = (as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1]),)
            except (Unreadable, Malformed):
                continue

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
            self.gradient = None
            if isinstance(nodes[0], Derivative) and nodes[0].order == 1 and len(nodes[0].wrt) == 1:
                line = excerpt.source.position(chain.signs[0].span.start)[0]
                self.gradient = nodes[0], _text(*sides[0]), line
        assumes = self.prose.assumes(chain.words)
        before = self.scope.conditions
        if chain.arrow in ("implies", "iff") and self.premises:
            self.scope = self.scope.copy()
            self.scope.conditions = (*before, *self.premises)
        if chain.sides[0] is not None:
            self.said, self.chain_number = [], self.chain_number + 1
        for position, sign in enumerate(chain.signs):
            texts = _text(*sides[position]), _text(*sides[position + 1])
            self.origin = self._origin(sides[position], sides[position + 1])
            if isinstance(left := nodes[position], Node):
                self.said.append((left, excerpt.source.position(sign.span.start)[0]))
            self._relation(sign, excerpt, nodes, position, texts, chain, assumes, inline)
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
        if self.unknowns and not (position == 0 and self._is_definition(nodes, sign)):
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
            )

        if sign.kind not in ("equal", "define", "define-right"):
            self._add(item("unsupported"))
            return
        if sign.kind == "define-right":
            left, right = right, left
        is_zero = isinstance(right, Num) and right.value == 0
        for node in (left, right):
            if isinstance(node, Unreadable) and not (is_zero and node is left):
                self._add(item("claim", node))
                return
        found = target(left) if isinstance(left, Node) else None
        at = _place(sign, excerpt)
        if at in self.predefined and position == 0:
            self._add(item("definition", self.predefined[at]))
        elif found is not None and self._defines(found, sign, position, right) and isinstance(right, Node):
            before = self.scope
            self._define(found, right, item, sign)
            unknown = unknown_of(found, before, self.unknowns) if sign.kind == "equal" else None
            if unknown is not None and self.items and self.items[-1].sign is sign and self.items[-1].problem is None:
                self.items[-1] = replace(self.items[-1], role="solution", left=unknown, right=right, scope=before)
        elif found is not None and position == 0 and sign.kind == "equal" and self._is_model(found):
            self._assume(item, texts)
        elif is_zero and not isinstance(left, Num):
            self._stationary(nodes, position, item, texts, "conclusion" if chain.arrow and self.after else "assumption")
        elif assumes:
            self._assume(item, texts)
        elif inline and not self.options.inline:
            return
        else:
            self._add(item("claim"))

    def _is_definition(self, nodes: list[Node | Unreadable], sign: Sign) -> bool:
        left, right = (nodes[1], nodes[0]) if sign.kind == "define-right" else nodes[:2]
        found = target(left) if isinstance(left, Node) else None
        return found is not None and self._defines(found, sign, 0, right)

    def _defines(self, found: Target, sign: Sign, position: int, right: Any) -> bool:
        if sign.kind != "equal":
            return True
        if position > 0 or not isinstance(right, Node):
            return False
        if self._is_density(found):
            return True
        return not is_known(found, self.scope, right)

    def _is_model(self, found: Target) -> bool:
        """Whether this is the first equation for a random symbol: it is true of it by assumption."""
        key = f"{found.base.key}_{{{found.text}}}" if found.text else found.base.key
        if found.group is not None or key not in self.random:
            return False
        self.random.discard(key)
        return True

    def _is_density(self, found: Target) -> bool:
        return (
            found.group is not None
            and found.base.key in GAUSSIAN
            and len(found.group.items) == 3
            and found.base.key not in self.scope.names
            and found.base.key not in self.scope.declarations
            and not found.sub
            and len({str(item) for item in found.group.items}) == 3
        )

    def _define(self, found: Target, right: Node, item: Any, sign: Sign) -> None:
        if sign.kind == "equal" and self._is_density(found):
            self._add(item("density"))
            return
        before = self.scope
        self.scope = before.copy()
        try:
            define(found, right, self.scope, self.reading)
        except (Unreadable, Malformed) as problem:
            self.scope = before
            self._add(item("definition", problem))
            return
        self._add(item("definition", None, self.scope))

    def _stationary(
        self, nodes: list[Node | Unreadable], position: int, item: Any, texts: tuple[str, str], role: str
    ) -> None:
        """Take ``E = 0`` as a condition; where E is garbled, what it was said to equal takes its place."""
        read = tuple(node for node in nodes[: position + 1] if isinstance(node, Node))
        self.unknowns |= differentiated(read)
        self.scope = self.scope.copy()
        declare_values(read, self.scope)
        made = item(role)
        statement = None
        for earlier in range(position, -1, -1):
            node = nodes[earlier]
            if isinstance(node, Unreadable):
                continue
            for reading in (node, family_reading(node, self.scope)):
                if reading is None:
                    continue
                try:
                    statement = state(reading, nodes[position + 1], self.scope, self.reading)  # type: ignore[arg-type]
                    break
                except (Unreadable, Malformed):
                    continue
            if statement is not None:
                if earlier != position or reading is not node:
                    made = Item(
                        "assumption",
                        made.sign,
                        made.excerpt,
                        reading,
                        made.right,
                        *texts,
                        self.scope,
                        None,
                        made.words,
                        made.arrow,
                        made.inline,
                    )
                break
        if statement is None:
            left = nodes[position]
            made = item("assumption", left if isinstance(left, Unreadable) else None)
        self._add(made)
        if statement is not None and role == "assumption":
            self._condition(statement, " = ".join(texts), made)

    def _assume(self, item: Any, texts: tuple[str, str]) -> None:
        made = item("assumption")
        self._add(made)
        try:
            statement = state(made.left, made.right, self.scope, self.reading)
        except (Unreadable, Malformed):
            return
        self._condition(statement, " = ".join(texts), made)

    def _condition(self, statement: Any, text: str, made: Item) -> None:
        line = made.excerpt.source.position(made.sign.span.start)[0]
        try:
            condition = as_condition(statement, text, line)
        except Unreadable:
            return
        self.scope = self.scope.copy()
        if self.prose.withdraws():  # drops what was said of the same expression
            self.scope.conditions = tuple(c for c in self.scope.conditions if c.lhs != statement.lhs)
        self.scope.conditions = (*self.scope.conditions, condition)


def _states_zero(chain: Chain | Failure) -> bool:
    """Whether a chain ends in = 0, so that it states the condition itself."""
    last = chain.sides[-1] if isinstance(chain, Chain) else None
    return last is not None and [token.text for token in last] == ["0"]


def _place(sign: Sign, excerpt: Excerpt) -> Place:
    return excerpt.source.cell, sign.span.start


def _text(tokens: list[Token], excerpt: Excerpt) -> str:
    """Return the source text of a side."""
    if not tokens:
        return ""
    start, end = tokens[0].span.start, max(token.span.end for token in tokens)
    return " ".join(closed(excerpt.source.text, start, end).split())


def _is_size(side: Any, scope: Scope) -> bool:
    return all(scope.is_size(symbol.name) for symbol in side.free_symbols)


def read_blocks(
    document: Document,
    preamble: Document | None,
    options: Options,
    assumed: Document | None = None,
    random: Iterable[str] = (),
    definitions: Iterable[Place] = (),
) -> Reader:
    """Read a preamble, what is assumed, and a document; only the document's relations are judged.

    ``random`` are symbols whose first equation is a model; ``definitions`` are the places of equations that define
    what is used before them.
    """
    macros = {**(preamble.macros if preamble else {}), **document.macros}
    reader = Reader(macros, options, random=set(random), pending=list(definitions))
    for before in (preamble, assumed):
        if before is None:
            continue
        reader.judging = False
        reader.read(before.blocks)
        reader.judging = True
        reader.prose.clear()
        reader.last_side = None
    reader.read(document.blocks)
    return reader


def place(item: Item) -> tuple[int | None, int, int]:
    """Return cell, line and column of a relation sign."""
    source = item.excerpt.source
    line, column = source.position(item.sign.span.start)
    return source.cell, line, column
