"""Definitions that hold before they are written: those of symbols that nothing else says anything of."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.containers.block import Block, BlockKind, Document
from derive.covariances import NO_COVARIANCES, Covariances
from derive.definitions import Target, body_of, define, is_known, target
from derive.extrema import Extremum
from derive.facts import Fact
from derive.hats import declare_values
from derive.laws import has_noise
from derive.names import FAMILY, above_key
from derive.opaque import unknown_applications, whole_key, written
from derive.piecewise import Piecewise, is_set, meaning
from derive.relations import Chain, Sign, chains
from derive.scope import Dependencies, square_key
from derive.source import Excerpt
from derive.stated import Stated
from derive.statement import parse_side, state
from derive.syntax import Cases, Group, Name, Node, Num, Product, Scripted, below
from derive.tokens import Unreadable
from derive.told import Implied, Told, with_told
from derive.typed import Malformed

_CONSTRAINED = re.compile(r"s\.\s*t\.|subject to|such that|constrain|\\\\(ge|le)q?\\b", re.IGNORECASE)
"""Words beside a minimum that is taken under constraints."""
Place = tuple[int | None, int]
"""The cell and the offset of a relation sign."""


@dataclass(frozen=True)
class Granted:
    """What is taken for granted of symbols that a document does not declare.

    Attributes
    ----------
    preamble : Document, optional
        Their declarations.
    random : frozenset of str
        Those whose first equation is a model and defines nothing.
    definitions : tuple of Place
        The equations that define symbols, also for what stands before them.
    guessed : frozenset of str
        Those of which only a use is known: what they are is guessed.
    misfits : frozenset of int, optional
        Lines whose shapes do not fit what was inferred from all others; None where too many do not.
    invented : frozenset of str
        Names of sizes to which the document gives none.
    defined : frozenset of str
        Symbols that ``definitions`` define.
    densities : frozenset of str
        Heads that stand for another function with every list of arguments.
    unannounced : frozenset of Place
        Those of the definitions of which nothing says that they hold before they are written.
    independent : frozenset of str
        Families whose members are said to be independent.
    moments : tuple of Told
        Moments that the text gives in words.
    covariances : Covariances
        How covariances are written with a letter.
    implied : tuple of Implied
        Densities of the distributions that the text states.
    values : mapping of str to str
        Letters that stand for the values of random symbols.
    told : mapping of str to tuple of (int, frozenset of Fact)
        The properties that words give to symbols and nothing else does, with their lines.
    local : mapping of Place to str
        Declarations that are in force in the chain that begins at a place only.
    conventions : frozenset of str
        Symbols whose value is taken from words that authors do not all use in the same sense.
    described : frozenset of str
        Symbols to which words give properties that are not understood.
    """

    preamble: Document | None = None
    random: frozenset[str] = frozenset()
    definitions: tuple[Place, ...] = ()
    guessed: frozenset[str] = frozenset()
    misfits: frozenset[int] | None = frozenset()
    invented: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    densities: frozenset[str] = frozenset()
    unannounced: frozenset[Place] = frozenset()
    independent: frozenset[str] = frozenset()
    moments: tuple[Told, ...] = ()
    covariances: Covariances = NO_COVARIANCES
    implied: tuple[Implied, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, tuple[tuple[int, frozenset[Fact]], ...]] = field(default_factory=dict)
    local: Mapping[Place, str] = field(default_factory=dict)
    conventions: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()


@dataclass
class Predefined(Stated):
    """The relations of a document some of whose symbols are defined behind their use.

    Attributes
    ----------
    granted : Granted
        What is taken for granted.
    predefined : dict of Place to exception or None
        The definitions that were read before the others, with what hinders them.
    modelled : set of str
        Random symbols for which an equation was stated.
    early : dict of Place to str
        Symbols that are defined behind this place, by equations that nothing announces.
    taken : set of Implied
        The densities that are defined by now.
    dropped : list of Told
        Moments in words that the text has left.
    piecewise : dict of str to Piecewise
        The case distinctions that expressions were said to be equal to.
    """

    granted: Granted = field(default_factory=Granted)
    predefined: dict[Place, Unreadable | Malformed | None] = field(default_factory=dict)
    modelled: set[str] = field(default_factory=set)
    early: dict[Place, str] = field(default_factory=dict)
    taken: set[Implied] = field(default_factory=set)
    dropped: list[Told] = field(default_factory=list)
    piecewise: dict[str, Piecewise] = field(default_factory=dict)

    def predefine(self, blocks: Sequence[Block]) -> None:
        """Read the definitions of symbols that nothing declares, those first that the others rest on."""
        pending = dict(self._written(blocks))
        while pending:
            waiting = {at for at, (_, right) in pending.items() if _rests_on(right, pending, at)}
            done = [at for at in pending if at not in waiting and self._taken(at, *pending[at])]
            if not done:
                for at, (left, _) in pending.items():  # they are read again where they stand
                    self.predefined.setdefault(at, Unreadable("N105", "it rests on what cannot be read yet", left.span))
                return
            pending = {at: sides for at, sides in pending.items() if at not in done}

    def _taken(self, at: Place, left: Node, right: Node) -> bool:
        """Read a definition and say whether that was possible."""
        problem = self._defined(left, right)
        self.predefined[at] = problem
        found = target(left)
        if problem is None and found is not None and at in self.granted.unannounced:
            self.early[at] = key_of(found)
        return problem is None

    def _written(self, blocks: Sequence[Block]) -> Any:
        """Yield the definitions as they are written; one that cannot be read stays with its problem."""
        wanted = frozenset(self.granted.definitions)
        for block in blocks:
            if block.kind is BlockKind.TEXT:
                continue
            for chain in chains(block.excerpt, self.macros):
                if not isinstance(chain, Chain) or (at := sign_place(chain.signs[0], block.excerpt)) not in wanted:
                    continue
                try:
                    left, right = (parse_side(side or [], self.scope, chain.signs[0].span) for side in chain.sides[:2])
                except Unreadable as problem:
                    self.predefined[at] = problem
                else:
                    yield at, (left, self._body(left, right, chain))

    def _body(self, left: Node, right: Node, chain: Chain) -> Node:
        """Return the side that gives the value of the first one."""
        found, sides = target(left), [right]
        for side in chain.sides[2:]:
            try:
                sides.append(parse_side(side or [], self.scope, chain.signs[0].span))
            except Unreadable:
                break
        return right if found is None else body_of(found, sides, self.scope) or right

    def _defined(self, left: Node, right: Node) -> Unreadable | Malformed | None:
        found = target(left)
        if found is None:
            return Unreadable("N103", "expected a symbol", left.span)
        scope = self.scope.copy()
        try:
            made = define(found, right, scope, self.reading)
        except (Unreadable, Malformed) as problem:
            return problem
        if unknown_applications(Dependencies(scope.definitions).of(made.body)):
            return Unreadable("N105", "it rests on what may be defined later", right.span)
        self.scope = scope
        return None

    def take_words(self, place: Place) -> None:
        """Take what the words before a place say of random symbols."""
        at = place[0] or 0, place[1]
        held = [each for each in self.granted.moments if each not in self.dropped]
        self.scope = with_told(self.scope, held, at)
        self.take_implied(place)

    def drop_words(self, place: Place, keys: Container[str] | None = None) -> None:
        """Leave the moments that words before a place gave, of some symbols or of all."""
        at = place[0] or 0, place[1]
        self.dropped += [
            each
            for each in self.granted.moments
            if each.last < at and (keys is None or any(key.removesuffix(FAMILY) in keys for key in each.symbols))
        ]
        self.take_words(place)

    def take_implied(self, place: Place) -> None:
        """Define the densities of distributions that were stated before a place."""
        for each in self.granted.implied:
            if (
                each not in self.taken
                and each.start <= (place[0] or 0, place[1])
                and self._defined(each.left, each.right) is None
            ):
                self.taken.add(each)

    # -- equations for symbols that nothing declares -------------------------------------------------------------

    def is_model(self, found: Target, right: Any) -> bool:
        """Whether this is the first equation for a random symbol: it is true of it by assumption."""
        key = key_of(found)
        if found.group is not None or key in self.modelled:
            return False
        if key not in self.granted.random and not (isinstance(right, Node) and has_noise(right, self.scope)):
            return False
        self.modelled.add(key)
        return True

    def add_unvalued(self, left: Node, right: Node, found: Target | None, position: int, item: Any) -> bool:
        """Add an equation with a case distinction, or one that names a set; return whether it is one."""
        is_new = found is not None and position == 0 and self._is_open(found, right)
        if is_set(right) and is_new:
            self.add(item("named"))
            return True
        if not isinstance(left, Cases) and not isinstance(right, Cases):
            return False
        sides = self._as_cases(left), self._as_cases(right)
        if is_new and isinstance(right, Cases) and written(left) not in self.piecewise:
            self.piecewise[written(left)] = Piecewise(right, meaning(right, self.scope))
            self.add(item("named"))
        elif sides[0] is None or sides[1] is None:
            self.add(item("claim"))
        else:
            self.add(replace(item("cases"), left=sides[0], right=sides[1]))
        return True

    def _as_cases(self, side: Node) -> Cases | None:
        """Return a case distinction, or the one that a side was said to be equal to, if it means the same here."""
        if isinstance(side, Cases):
            return side
        known = self.piecewise.get(written(side))
        return known.cases if known is not None and known.meaning == meaning(known.cases, self.scope) else None

    def _is_open(self, found: Target, right: Node) -> bool:
        """Whether nothing gives a symbol, or a function, a value so far."""
        key = key_of(found)
        return key not in self.scope.names and (key in self.granted.guessed or not is_known(found, self.scope, right))

    def add_extremum(self, goal: Extremum, left: Node, found: Target | None, item: Any, texts: tuple[str, str]) -> None:
        """Take the first ``\\hat\\beta = \\arg\\min f`` as given: the gradient is zero there; judge a known value.

        The gradient says nothing where the variable may be on a boundary, or what is said to be largest has no maximum.
        """
        is_known = found is None or key_of(found) in self.scope.names or found.group is not None
        if found is None or is_known or goal.uses(key_of(found)):
            self.add(item("extremum"))
            return
        self.scope = self.scope.copy()
        declare_values((left,), self.scope)
        self.scope.unsettled |= {key_of(found)}
        made = replace(item("assumption", None, self.scope), left=None, right=None, is_extreme=True)
        bends = goal.bends(self.scope)
        if bends < 0 or not goal.has_open_domain(self.scope, self.reading) or not goal.moves_freely(self.scope):
            self.add(made)
            return
        condition, zero = goal.condition(left), Num(left.span, Fraction(0))
        try:
            if self.prose.assumes() or _CONSTRAINED.search(made.excerpt.text):
                raise Unreadable("N106", "what is said beside it may constrain it", left.span)
            statement = state(condition, zero, self.scope, self.reading)
        except (Unreadable, Malformed):
            self.add(made)
            return
        self.add(replace(made, left=condition, right=zero))
        self._condition(statement, " = ".join(texts), made)
        if bends > 0:
            self.scope.unsettled -= {key_of(found)}

    def earlier(self) -> frozenset[str]:
        """Return the symbols with a value that only what comes later gives them, without a word of it before."""
        return frozenset(self.early.values())

    def guessed(self) -> frozenset[str]:
        """Return the symbols of which only a use is known at this place."""
        return self.granted.guessed - self.scope.names.keys()

    def failed(self) -> frozenset[str]:
        """Return the symbols whose definition is not understood, or what else words say of them."""
        names = self.scope.names.keys()
        undefined = (key for key in self.granted.defined if not {key, square_key(key), key + FAMILY} & names)
        return self.granted.described.union(undefined)

    def is_reliable(self, line: int) -> bool:
        """Whether what does not fit on a line is said to be malformed: all else fits what was inferred."""
        misfits = self.granted.misfits
        return not self.granted.guessed or (misfits is not None and line in misfits)

    def is_restated(self, found: Target, right: Any) -> bool:
        """Whether an equation gives a value to a symbol that another equation of an open document defines."""
        if not self.granted.guessed or not is_known(found, self.scope, right):
            return False
        names = {*self.scope.names, *self.modelled}
        if found.square:
            return square_key(key_of(found)) in names
        return found.base.key in names or key_of(found) in names


def _left_key(left: Node) -> str | None:
    found = target(left)
    return None if found is None else key_of(found)


def _used(side: Node) -> set[str]:
    """Return the keys that the symbols and applications of a formula may have."""
    found: set[str] = set()
    for node in below(side):
        if isinstance(node, Name):
            found.add(node.key)
        elif isinstance(node, Scripted) and isinstance(node.base, Name):
            key = node.base.key if node.above is None else above_key(node.base.key, node.above)
            found.add(f"{key}_{{{node.sub_text}}}" if node.sub else key)
        elif isinstance(node, Product):
            for head, group in zip(node.items, node.items[1:], strict=False):
                group = group.base if isinstance(group, Scripted) else group
                if isinstance(group, Group) and (whole := whole_key(head, group)) is not None:
                    found.add(whole)
    return found


def _rests_on(right: Node, pending: Mapping[Place, tuple[Node, Node]], at: Place) -> bool:
    """Whether an expression has a symbol that another definition is to give its value."""
    used = _used(right)
    return any(_left_key(left) in used for place, (left, _) in pending.items() if place != at)


def key_of(found: Target) -> str:
    """Return the key of what an equation defines."""
    base = found.base.key.removesuffix(square_key("")) if found.square else found.base.key
    if found.above is not None:
        base = above_key(base, found.above)
    return found.whole or (f"{base}_{{{found.text}}}" if found.text else base)


def sign_place(sign: Sign, excerpt: Excerpt) -> Place:
    """Return the cell and the offset of a relation sign."""
    return excerpt.source.cell, sign.span.start
