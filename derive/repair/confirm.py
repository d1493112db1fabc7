"""Candidates for a repair read again from their text and judged, as any other relation."""

from __future__ import annotations

import re

from derive.brackets import prepare
from derive.hats import without_hats
from derive.judge import Contradiction, Judge
from derive.repair.edit import Edit, contains, edited, spliced
from derive.repair.garbled import Change
from derive.repair.line import Written
from derive.repair.writing import Writer, braced
from derive.scope import Scope
from derive.source import Excerpt, Span, closed
from derive.statement import parse_side, state
from derive.syntax import Node
from derive.tokens import Unreadable, tokenize
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Repair

_COMMAND = re.compile(r"\\[A-Za-z]+$")


class Confirmer:
    """Judges what a line becomes by edits; what was judged once is not judged again.

    Parameters
    ----------
    line : Written
        The relation.
    judge : Judge
        The judge.
    writer : Writer
        Writes what is new.

    Attributes
    ----------
    count : int
        How many relations were judged.
    """

    def __init__(self, line: Written, judge: Judge, writer: Writer) -> None:
        self.line = line
        self.judge = judge
        self.writer = writer
        self.count = 0
        self._seen: set[str] = set()
        self._last: Judgement | None = None
        self._may_say_nothing = False

    def by_edits(self, edits: tuple[Edit, ...], flipped: bool) -> Repair | None:
        """Read the text of a candidate again and judge it."""
        side = 0 if flipped else 1
        text = self._edited_text(edits, side)
        if text is None:
            return None
        sides = (text, self.line.side(1)) if flipped else (self.line.side(0), text)
        codes = {edit.code for edit in edits}
        places = [edit.place for edit in edits]
        place = places[0] if len(set(places)) == 1 else _cover(places)
        code = codes.pop() if len(codes) == 1 else "E301"
        splices = self.splices(edits)
        return self._judged(*sides, code, place, len(edits), splices, not flipped)

    def on_both(self, left: Edit, right: Edit) -> Repair | None:
        """Return the repair by an edit of each side, if it is true."""
        text = self._edited_text((left,), 0), self._edited_text((right,), 1)
        if None in text:
            return None
        splices = (*self.splices((left,)), *self.splices((right,)))
        return self._judged(*text, right.code, right.place, 2, splices, False)  # type: ignore[arg-type]

    def by_text(self, text: str | None) -> Repair | None:
        """Return the repair that puts another right side."""
        if text is None or _plain(text) == _plain(self.line.side(0)):
            return None
        start = self.line.sides[1].start
        span = Span(start, start + len(self.line.side(1)))
        return self._judged(self.line.side(0), text, "E301", span, 0, ((span, text),), True)

    def by_changes(self, left: tuple[Change, ...], right: tuple[Change, ...]) -> tuple[Repair | None, Judgement | None]:
        """Return what comes of changes of both texts: a repair, if it is true, and a judgement, if it makes sense."""
        splices: list[tuple[Span, str]] = []
        texts: list[str] = []
        for side, changes in enumerate((left, right)):
            start = self.line.sides[side].start
            mine = [(Span(start + first, start + last), new) for first, last, new in changes]
            splices += mine
            texts.append(spliced(self.line.side(side), mine, start) or "")
        place = _cover([span for span, _ in splices])
        self._may_say_nothing = True  # both sides are the author's
        repair = self._judged(texts[0], texts[1], "E301", place, len(splices), tuple(splices), not left)
        return repair, self._last

    def splices(self, edits: tuple[Edit, ...]) -> tuple[tuple[Span, str], ...]:
        """Return what edits change in the text."""
        found: list[tuple[Span, str]] = []
        for edit in edits:
            inner = [other for other in edits if other is not edit and contains(edit.old, other.old)]
            if inner and edit.splices is None:  # one inside the other: there is nothing else
                found = [self._written(edit, Writer(self.line.text, self.writer.transpose), edited(edit.new, inner))]
                break
            if edit.splices is None or self._is_bare_script(edit.old):
                found.append(self._written(edit, self.writer, edit.new))
            else:
                found += edit.splices
        return tuple((span, self._apart(span, new)) for span, new in found)

    def _written(self, edit: Edit, writer: Writer, tree: Node) -> tuple[Span, str]:
        """Return the text of a tree in the place of the old one; a script that needs braces gets them."""
        start, end = edit.old.span.start, edit.old.span.end
        end = start + len(closed(self.line.text, start, end))
        text = writer.write(tree, edit.least)
        return Span(start, end), braced(text) if self._is_bare_script(edit.old) else text

    def _is_bare_script(self, node: Node) -> bool:
        """Whether a node is a script without braces."""
        return self.line.text[: node.span.start].rstrip().endswith(("^", "_"))

    def _apart(self, span: Span, new: str) -> str:
        """Return a new piece of text that does not run together with the commands and letters around it."""
        text = self.line.text
        before, behind = text[: span.start], text[span.end : span.end + 1]
        if new and new[0].isalpha() and _COMMAND.search(before):
            new = f" {new}"
        return f"{new} " if behind.isalpha() and _COMMAND.search(new or before) else new

    def _edited_text(self, edits: tuple[Edit, ...], side: int) -> str | None:
        return spliced(self.line.side(side), self.splices(edits), self.line.sides[side].start)

    def _judged(
        self,
        left: str,
        right: str,
        code: str,
        place: Span,
        edits: int,
        splices: tuple[tuple[Span, str], ...],
        on_right: bool,
    ) -> Repair | None:
        self._last = None
        key = f"{left} = {right}"
        if key in self._seen or _plain(left) == _plain(right):
            return None
        self._seen.add(key)
        judgement = self._last = self._judgement(left, right)
        if judgement is None or judgement.verdict not in TRUE:
            return None
        old = closed(self.line.text, place.start, place.end)
        inside = [splice for splice in splices if place.start <= splice[0].start and splice[0].end <= place.end]
        new = spliced(self.line.text[place.start : place.start + len(old)], inside, place.start)
        text = _spaced(right if on_right else key)
        return Repair(
            text,
            judgement.verdict,
            code,
            (place.start, place.start + len(old)),
            _spaced(old),
            _spaced(new if new is not None and inside else right),
            edits,
            tuple(judgement.evidence.rules) if judgement.evidence is not None else (),
            tuple(((span.start, span.end), text) for span, text in splices),
            on_right,
        )

    def _judgement(self, left: str, right: str) -> Judgement | None:
        """Judge a relation that is read from its text, as any other."""
        scope = self.line.scope.copy()
        try:
            nodes = [self._read(text, scope) for text in (left, right)]
            statement = state(nodes[0], nodes[1], scope, self.line.reading)
            if statement.lhs == statement.rhs and not self._may_say_nothing:
                return None  # nothing is said
            self.count += 1
            return self.judge.claim(statement, scope.conditions, try_conditions=False)
        except (Malformed, Unreadable, RecursionError, Contradiction):
            return None

    def _read(self, text: str, scope: Scope) -> Node:
        tokens = prepare(tokenize(Excerpt.of(text), self.line.macros)).tokens
        node = parse_side(tokens, scope, Span(0, 0))
        return without_hats(node, scope, self.line.unknowns) if self.line.unknowns else node


def _cover(places: list[Span]) -> Span:
    whole = places[0]
    for place in places[1:]:
        whole = whole.cover(place)
    return whole


def _plain(text: str) -> str:
    """Return a text without spaces and round brackets: a relation between two that are the same says nothing."""
    return "".join(text.replace("\\left", "").replace("\\right", "").replace("(", "").replace(")", "").split())


def _spaced(text: str) -> str:
    return " ".join(text.split())
