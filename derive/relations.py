"""A formula cut at its relation signs into chains of sides."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.brackets import TokenList, matches, prepare
from derive.labels import label_at
from derive.notation import (
    ARROWS,
    CONSTANT_WORDS,
    DOTS,
    DROPPED_WITH_ARGUMENT,
    FUNCTIONS,
    RELATIONS,
    REMARK_ARROWS,
    TEXT,
)
from derive.source import Excerpt, Span
from derive.tokens import Token, Unreadable, tokenize

MAX_BARE_SIGNS = 20_000
_CONTINUES = frozenset({"+", "-", "\\cdot", "\\times", "\\odot", "\\otimes", "\\circ", "/", "*", "\\left"})
_PUNCTUATION = frozenset({",", ";", ".", ":", "\\ ", "\\blacksquare", "\\square", "\\Box", "\\qed", "\\bullet"})


@dataclass(frozen=True, slots=True)
class Sign:
    """A relation sign: what it says and where it stands."""

    kind: str
    span: Span


@dataclass(slots=True)
class Chain:
    """Sides joined by relation signs; ``sides[0]`` is None where the chain continues the one before.

    ``arrow`` says how the chain follows from the one before (``"implies"``, ``"iff"``); ``words`` are words that
    stand before it in the formula; ``is_range`` is set for ``n = 1, \\dots, N``, ``has_law`` for
    what a distribution statement ``y = A x \\sim \\dots`` says; ``label`` is the name of the model that it states.
    """

    sides: list[list[Token] | None] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    arrow: str | None = None
    words: str = ""
    is_range: bool = False
    has_law: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A relation sign in a formula that is not understood as a whole."""

    sign: Sign
    problem: Unreadable


class Splitter:
    """Walks once over the tokens of a formula outside its brackets."""

    def __init__(self, prepared: TokenList, arrays: Container[str] = ()) -> None:
        self.arrays = arrays
        self.tokens = prepared.tokens
        self.match = prepared.match
        self.chains: list[Chain] = []
        self.chain = Chain()
        self.side: list[Token] = []
        self.at = 0

    def split(self) -> list[Chain]:
        """Return the chains of the formula."""
        self._label()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            word = token.text
            if word in RELATIONS and token.kind in ("sign", "macro"):
                self._sign(token)
            elif word in ARROWS:
                self._end()
                self.chain.arrow = ARROWS[word]
                self.at += 1
            elif word == "\\sim":
                self._law()
            elif word in REMARK_ARROWS:
                self._end()
                self._skip_remark()
            elif token.kind == "row":
                self._row()
            elif token.kind == "column":
                self._column()
            elif token.kind == "wide":
                self._wide()
            elif word in (",", ";", ".") and self._separates():
                self._comma()
            elif word in TEXT and self._is_words():
                self._words()
            elif word in ("\\textcircled", "\\qedhere", "\\forall"):
                self._end()
                self._skip_remark()
            else:
                self._take()
        self._end()
        return [chain for chain in self.chains if chain.signs]

    # -- pieces ------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        stop = self.match[self.at] + 1 if self.match[self.at] > self.at else self.at + 1
        self.side += [token for token in self.tokens[self.at : stop] if token.kind != "wide"]
        self.at = stop

    def _sign(self, token: Token) -> None:
        kind = RELATIONS[token.text]
        if not self.chain.sides and not self.chain.signs:
            self.chain.sides.append(_trim(self.side) or None)
        else:
            self.chain.sides.append(_trim(self.side))
        self.side = []
        self.chain.signs.append(Sign(kind, token.span))
        self.at += 1

    def _label(self) -> None:
        """Take the label that a row begins with."""
        start = self.at
        while start < len(self.tokens) and self.tokens[start].kind in ("column", "wide"):
            start += 1
        found = label_at(self.tokens, self.match, start, self.arrays)
        if found is not None:
            self.chain.label = found.text
            self.at = found.stop

    def _end(self) -> None:
        """End the chain that is being read."""
        if self.chain.signs:
            self.chain.sides.append(_trim(self.side))
            self.chains.append(self.chain)
            self.chain = Chain()
        self.side = []

    def _law(self) -> None:
        """End a chain at ``\\sim``: what stands behind it is a distribution, and states no equation."""
        self.chain.has_law = True
        self._end()
        while self.at < len(self.tokens) and self.tokens[self.at].kind not in ("row", "wide"):
            word = self.tokens[self.at].text
            if word in RELATIONS or word in ARROWS or word in TEXT or word in (",", ";"):
                return
            self.at = self.match[self.at] + 1 if self.match[self.at] > self.at else self.at + 1

    def _skip_remark(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].kind not in ("row", "wide"):
            if self.tokens[self.at].text in RELATIONS:
                return
            self.at = self.match[self.at] + 1 if self.match[self.at] > self.at else self.at + 1

    def _skip_run(self, kind: str) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].kind == kind:
            self.at += 1

    def _next(self) -> Token | None:
        at = self.at
        while at < len(self.tokens) and self.tokens[at].kind in ("column", "wide", "row"):
            at += 1
        return self.tokens[at] if at < len(self.tokens) else None

    def _row(self) -> None:
        self._skip_run("row")
        aligned = self.at < len(self.tokens) and self.tokens[self.at].kind == "column"
        following = self._next()
        if following is None or following.text in RELATIONS:
            return
        if self.side or self.chain.signs:
            joins = following.text in _CONTINUES and (aligned or not self._row_has_sign())
            if (joins or (not self._row_has_sign() and not self._row_is_words())) and self.chain.signs:
                return
        self._end()
        self._label()

    def _row_has_sign(self) -> bool:
        at = self.at
        while at < len(self.tokens) and self.tokens[at].kind != "row":
            if self.tokens[at].text in RELATIONS or self.tokens[at].text in ARROWS:
                return True
            at = self.match[at] + 1 if self.match[at] > at else at + 1
        return False

    def _row_is_words(self) -> bool:
        following = self._next()
        return following is not None and following.text in TEXT

    def _column(self) -> None:
        self._skip_run("column")
        following = self._next()
        if (
            self.chain.signs
            and self.side
            and following is not None
            and following.text not in RELATIONS
            and following.text not in _CONTINUES
            and not _open_ended(self.side)
        ):
            self._end()

    def _wide(self) -> None:
        self._skip_run("wide")
        following = self._next()
        if following is None or following.text in RELATIONS or following.text in ARROWS or not self.side:
            return
        if self._is_tag():
            self._end()
            self._skip_remark()
        elif following.text not in _CONTINUES and not _open_ended(self.side):
            self._end()

    def _is_tag(self) -> bool:
        """Whether ``- (4)`` or ``(\\ast)`` follows and nothing else up to the end of the row."""
        at = self.at
        while at < len(self.tokens) and (
            self.tokens[at].kind in ("wide", "column")
            or self.tokens[at].text in ("-", "\\bullet", "\\cdots", "\\dots", "\\ldots")
        ):
            at += 1
        if at >= len(self.tokens) or self.tokens[at].text not in ("(", "[") or self.tokens[at].kind == "fence-open":
            return False
        close = self.match[at]
        inner = [token for token in self.tokens[at + 1 : close]]
        stop = close + 1
        ends = stop >= len(self.tokens) or self.tokens[stop].kind in ("row", "wide")
        return (
            ends
            and all(
                token.kind in ("number", "letter", "open", "close", "sign") or token.text in TEXT | {"\\ast", "\\star"}
                for token in inner
            )
            and (len(inner) <= 3 or any(token.text in TEXT for token in inner))
        )

    def _separates(self) -> bool:
        """Whether a comma ends the statement rather than stand in a list."""
        token = self.tokens[self.at]
        if token.text == ".":
            return self.at + 1 >= len(self.tokens) or self.tokens[self.at + 1].kind in ("row", "wide", "column")
        if self.at + 1 >= len(self.tokens) or self.tokens[self.at + 1].kind in ("row", "wide", "column"):
            return True
        return bool(self.chain.signs)

    def _comma(self) -> None:
        is_range = (
            len(self.chain.signs) == 1
            and len(_trim(self.side)) == 1
            and _trim(self.side)[0].kind == "number"
            and self._dots_follow()
        )
        self.chain.is_range = is_range
        self._end()
        self.at += 1
        if is_range:  # the bound belongs to the range
            while self.at < len(self.tokens) and self.tokens[self.at].text != ",":
                self.at += 1
            self.at += 1
            while (
                self.at < len(self.tokens)
                and self.tokens[self.at].text != ","
                and self.tokens[self.at].kind not in ("row", "wide")
            ):
                self.at += 1

    def _dots_follow(self) -> bool:
        return self.at + 1 < len(self.tokens) and (
            self.tokens[self.at + 1].text in DOTS or self.tokens[self.at + 1].text == "."
        )

    def _is_words(self) -> bool:
        if self.at + 1 >= len(self.tokens) or self.tokens[self.at + 1].kind != "open":
            return False
        stop = self.match[self.at + 1]
        text = self._text(stop)
        if text in FUNCTIONS or text in ("T", "d") or (self._wants_a_term() and _is_constant(text)):
            return False
        neighbour = self.tokens[stop + 1].kind if stop + 1 < len(self.tokens) else ""
        previous = self.tokens[self.at - 1].kind if self.at else ""
        return (
            neighbour not in ("sub", "sup")
            and previous not in ("sub", "sup")
            and self._looks_like_words(text, neighbour, previous)
        )

    def _wants_a_term(self) -> bool:
        """Whether a side begins here, or goes on behind a sign."""
        return _open_ended(self.side) or (bool(self.chain.signs) and not self.side)

    def _looks_like_words(self, text: str, neighbour: str, previous: str) -> bool:
        return (
            " " in text.strip("~ ")
            or text.strip().lower().strip(",.:;()") in _CONNECTIVES
            or (previous in ("wide", "row", "column", "") and neighbour in ("wide", "row", "column", ""))
            or text.endswith((" ", ",", ".", ":"))
            or text.startswith(" ")
        )

    def _text(self, stop: int) -> str:
        start = self.tokens[self.at + 1]
        last = self.tokens[stop]
        pieces = []
        end = start.span.end
        for token in self.tokens[self.at + 2 : stop]:
            if token.span.start > end:
                pieces.append(" ")
            pieces.append(token.text)
            end = token.span.end
        if last.span.start > end:
            pieces.append(" ")
        return "".join(pieces)

    def _words(self) -> None:
        stop = self.match[self.at + 1]
        text = self._text(stop)
        self._end()
        self.chain.words = (self.chain.words + " " + text).strip()
        self.at = stop + 1


_CONNECTIVES = frozenset(
    "and or where with for since if as because so hence thus therefore then that is when while also but by from given "
    "let assume suppose i.e. e.g. s.t. st subject to such constant const etc all minimize maximize".split()
)


def _is_constant(text: str) -> bool:
    """Whether words are a term of their own: ``+ \\text{const.}``."""
    return text.strip(" ~.,;").lower() in CONSTANT_WORDS


def _open_ended(side: Sequence[Token]) -> bool:
    return bool(side) and (side[-1].text in _CONTINUES or side[-1].text in RELATIONS)


def _trim(side: list[Token]) -> list[Token]:
    tokens = list(side)
    while tokens and _ends_nothing(tokens[-1]):
        tokens = tokens[:-1]
    while tokens and (tokens[0].text in ("\\bullet", ",", ";", ":") or tokens[0].kind in ("wide", "row", "column")):
        tokens = tokens[1:]
    return tokens


def _ends_nothing(token: Token) -> bool:
    """Whether a token at the end of a side is no part of it; the ``.`` of ``\\right.`` closes a bracket."""
    return (token.text in _PUNCTUATION and token.kind != "fence-close") or token.kind in ("wide", "row", "column")


def chains(
    excerpt: Excerpt, macros: Mapping[str, Any] | None = None, arrays: Container[str] = ()
) -> Sequence[Chain | Failure]:
    """Return the chains of a formula; if its brackets do not match, every sign as a failure.

    The names of declared ``arrays`` are no labels of models.

    Examples
    --------
    >>> found = chains(Excerpt.of("a = b = c"))
    >>> len(found), len(found[0].signs)
    (1, 2)
    """
    try:
        tokens = tokenize(excerpt, macros)
        prepared = prepare(tokens)
    except Unreadable as problem:
        signs = loose_signs(excerpt)
        failures = [Failure(sign, problem) for sign in signs]
        if len(signs) == MAX_BARE_SIGNS:
            message = f"{problem.message}; it has more relation signs than are listed ({MAX_BARE_SIGNS})"
            failures[-1] = Failure(signs[-1], Unreadable(problem.code, message, problem.span))
        return failures
    return Splitter(prepared, arrays).split()


def failures(found: Sequence[Chain | Failure]) -> list[Failure]:
    """Return the signs of a formula that is not understood as a whole."""
    return [each for each in found if isinstance(each, Failure)]


def loose_signs(excerpt: Excerpt) -> list[Sign]:
    """Return the relation signs of a formula that cannot be read, found by their braces alone."""
    try:
        tokens = tokenize(excerpt)
    except Unreadable:  # too long to be read
        return _bare_signs(excerpt)
    found = []
    depth, quiet = 0, 0
    for position, token in enumerate(tokens):
        if token.kind == "open":
            depth += 1
            before = tokens[position - 1] if position else None
            if (
                quiet == 0
                and before is not None
                and (before.kind in ("sub", "sup") or before.text in TEXT or before.text in DROPPED_WITH_ARGUMENT)
            ):
                quiet = depth
        elif token.kind == "close":
            if quiet == depth:
                quiet = 0
            depth = max(0, depth - 1)
        elif token.text in RELATIONS and quiet == 0 and token.kind in ("sign", "macro"):
            found.append(Sign(RELATIONS[token.text], token.span))
    return found


def _bare_signs(excerpt: Excerpt) -> list[Sign]:
    """Return the places of ``=`` outside scripts, found letter by letter; for formulas of any length."""
    found: list[Sign] = []
    depth, quiet, before = 0, 0, ""
    for at, char in enumerate(excerpt.text):
        if char == "{":
            depth += 1
            if not quiet and before in ("_", "^"):
                quiet = depth
        elif char == "}":
            if quiet == depth:
                quiet = 0
            depth = max(0, depth - 1)
        elif char == "=" and not quiet and len(found) < MAX_BARE_SIGNS:
            found.append(Sign("equal", excerpt.span(at, at + 1)))
        before = char
    return found


def side_list(tokens: list[Token]) -> TokenList:
    """Return the tokens of one side, matched anew."""
    kept = _without_alignment(tokens)
    return TokenList(kept, matches(kept))


def _without_alignment(tokens: list[Token]) -> list[Token]:
    """Leave out alignment marks; those inside a matrix stay."""
    kept: list[Token] = []
    inside = 0
    for token in tokens:
        inside += (token.text == "\\begin") - (token.text == "\\end")
        if token.kind == "wide" or (token.kind in ("row", "column") and not inside):
            continue
        kept.append(token)
    return kept
