"""Cases: values and assumptions that count until the text leaves them, or introduces a symbol anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.containers.block import Block, BlockKind
from derive.definitions import Target, target
from derive.facts import Fact
from derive.names import is_special_value
from derive.opaque import written
from derive.predefined import Place, Predefined, key_of
from derive.relations import Sign
from derive.scope import Condition, Dependencies
from derive.statement import parse_side
from derive.syntax import Node
from derive.tokens import Unreadable, tokenize

_LET = re.compile(
    r"\b(let|consider|suppose|assume|for)( now| again| that| next)?( (any|an?)\b[\w -]*?)?\s*(\$\s*(,|and)\s*)*$",
    re.IGNORECASE,
)
"""Words before a symbol that is introduced."""
_ANY = re.compile(
    r"\b(any|arbitrary)( (square|symmetric|real|positive|definite|invertible|orthogonal|other))*"
    r"( (matrix|matrices|vectors?|scalars?|numbers?|functions?|values?|points?|constants?))?\s*$",
    re.IGNORECASE,
)
_BE = re.compile(
    r"\s*(be|is|are)( now)? (an?|any|arbitrary|another|some|symmetric|positive|invertible|orthogonal|random)\b",
    re.IGNORECASE,
)
"""Words behind a symbol that is something else from there on."""
_NOT = re.compile(r"\s*(need|needs|does|do|is|are|may|has|have)( not| no longer)\b|\s*(no longer|not)\b", re.IGNORECASE)
"""Words behind a symbol of which a property is taken back."""


@dataclass
class Cases(Predefined):
    """The relations of a document, some of which hold in a case only.

    Attributes
    ----------
    cases : set of str
        Symbols with a value in the case that the text speaks of.
    narrow : set of str
        Those whose value counts in what is said with it only.
    brief : set of str
        Those whose value counts in its sentence only.
    shown : frozenset of str
        Those for which a displayed formula was read since.
    valued : dict of str to str
        Symbols whose equation was read, with their values as they are written.
    left : set of str
        Symbols with a value that the text has left: in a case, or before they were introduced anew.
    supposed : tuple of Condition
        What the text supposed in words.
    weaker : dict of str to frozenset of Fact
        Properties that the text gave to symbols, and no longer does.
    mentioned : dict of str to int
        The lines in which symbols stood last by themselves.
    """

    cases: set[str] = field(default_factory=set)
    narrow: set[str] = field(default_factory=set)
    brief: set[str] = field(default_factory=set)
    shown: frozenset[str] = frozenset()
    valued: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    supposed: tuple[Condition, ...] = ()
    weaker: dict[str, frozenset[Fact]] = field(default_factory=dict)
    mentioned: dict[str, int] = field(default_factory=dict)

    def earlier(self) -> frozenset[str]:
        """Return the symbols with a value that another place gives them, without a word of it at this one.

        These are values that only a later line gives, and those that the text has left.
        """
        return super().earlier() | self.left

    def note_case(self, found: Target, right: Any, words: str, inline: bool, sign: Sign) -> None:
        """Take note of a definition that holds in a case only: the text says so, or the value is a special one."""
        key = key_of(found)
        self.shown -= {key}
        self.valued[key] = written(right) if isinstance(right, Node) else ""
        self.left.discard(key)
        self.cases.discard(key)
        if sign.kind != "equal":
            return
        is_case = self.prose.speaks_of_case(words) and (inline or bool(words.strip()))
        is_special = inline and isinstance(right, Node) and is_special_value(right, self.scope)
        if is_case or is_special:
            self._open_case(key)
        if (is_special and not self.prose.sets_for_good()) or (inline and self.prose.speaks_of_narrow_case()):
            self.brief.add(key)

    def note_display(self) -> None:
        """Take note of a displayed formula: what holds in a case is shown by now."""
        self.shown = frozenset(self.cases)

    def enter_again(self, found: Target | None, right: Any) -> None:
        """Take note of an inline equation that gives a symbol the value again which the text had left, or another."""
        key = None if found is None else key_of(found)
        is_special = key in self.valued and isinstance(right, Node) and is_special_value(right, self.scope)
        if key is not None and is_special and self.valued[key] not in ("", written(right)):
            self.left.add(key)
            self.cases.discard(key)
        if key in self.left and isinstance(right, Node) and self.valued.get(key) == written(right):
            self.left.discard(key)
            self._open_case(key)

    def _open_case(self, key: str) -> None:
        self.cases.add(key)
        self.brief.discard(key)
        self.narrow.discard(key)
        if self.prose.speaks_of_narrow_case():
            self.narrow.add(key)

    def leave_case(self, text: str, place: Place) -> None:
        """Leave the case that the text spoke of, and what it supposed, if it says so.

        Nothing is proved from them, and nothing refuted that follows from them.
        """
        over = self.cases if self.prose.leaves_case(text) else set()
        if self.prose.begins_anew(text):
            over = over | (self.cases & (self.narrow | self.brief) & self.shown)
        if self.prose.ends_sentence(text):
            over = over | (self.cases & self.brief)
        self.left |= over
        self.cases -= over
        if self.supposed and self.prose.lifts(text):
            self._lift(self.supposed)
        if self.granted.moments and (self.prose.leaves_case(text) or self.prose.lifts(text)):
            self.drop_words(place)

    def introduce(self, block: Block, behind: Block | None) -> None:
        """Leave what was said of a symbol that is introduced anew: ``let $A$ be a matrix``."""
        before = self.prose.sentence
        keys, line = set(self._bare(block)), block.excerpt.source.position(block.excerpt.span(0, 0).start)[0]
        beside = {key for key in keys if self.mentioned.get(key) == line}
        self.mentioned.update(dict.fromkeys(keys, line))
        text = behind.excerpt.text if behind is not None and behind.kind is BlockKind.TEXT else ""
        is_new = bool(_LET.search(before) and _BE.match(text)) or _ANY.search(before) is not None
        if not is_new and not _NOT.match(text):
            return
        for key in keys:
            self._weaken(key, line, is_new, key in beside)
        if self.granted.moments:
            self.drop_words((block.excerpt.source.cell, block.excerpt.span(0, 0).start), keys)
        if not is_new:
            return
        self.left |= keys & self.valued.keys()
        self.cases -= keys
        self._forget_laws(keys)
        used = Dependencies(self.scope.definitions)
        about = [each for each in self.supposed if keys & (used.of(each.lhs) | used.of(each.rhs))]
        if about:
            self._lift(about)

    def _weaken(self, key: str, line: int, is_new: bool, is_beside: bool) -> None:
        """Leave the properties that words gave to a symbol before this line, and do not give to it from here on.

        Those that they give in this line may be from before, if the symbol was spoken of in it already.
        """
        told = self.granted.told.get(key, ())
        first = line + is_beside
        before = frozenset[Fact]().union(*(facts for at, facts in told if at < first or not is_new))
        again = frozenset[Fact]().union(*(facts for at, facts in told if at >= first and is_new))
        if before - again:
            self.weaker[key] = self.weaker.get(key, frozenset()) | (before - again)

    def _forget_laws(self, keys: Iterable[str]) -> None:
        """Take it that the moments of some symbols are no longer known."""
        known = {key: law for key in keys if (law := self.scope.laws.get(key)) is not None and law.family}
        if known:
            self.scope = self.scope.copy()
            self.scope.laws.update({key: replace(law, family="", parameters=()) for key, law in known.items()})

    def _lift(self, conditions: Sequence[Condition]) -> None:
        self.scope = self.scope.copy()
        kept = tuple(condition for condition in self.scope.conditions if condition not in conditions)
        self.scope.conditions = kept
        self.scope.tentative = (*self.scope.tentative, *conditions)
        self.supposed = tuple(condition for condition in self.supposed if condition not in conditions)

    def _bare(self, block: Block) -> Iterator[str]:
        """Yield the symbols of an inline formula that is nothing but symbols."""
        try:
            tokens = tokenize(block.excerpt, self.macros)
        except Unreadable:
            return
        pieces: list[list[Any]] = [[]]
        for token in tokens:
            if token.text == ",":
                pieces.append([])
            else:
                pieces[-1].append(token)
        for piece in pieces:
            try:
                found = target(parse_side(piece, self.scope, block.excerpt.span(0, 1)))
            except Unreadable:
                continue
            if found is not None and found.group is None:
                yield key_of(found)
