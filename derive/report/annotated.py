r"""The verdicts as comments in the document: behind a line of TeX, below a formula of Markdown.

Annotations are comments that begin with ``derive:``. They are replaced when a document is annotated again, and nothing
else is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.containers import read_text
from derive.containers.block import Block, BlockKind
from derive.containers.markdown import find_comments
from derive.containers.notebook import markdown_cells
from derive.containers.notebook_text import replaced
from derive.containers.tex import find_comments as find_tex_comments
from derive.report.layout import headline, visible
from derive.report.report import Report
from derive.source import Source
from derive.verdict import ERRORS, RelationReport, Verdict

MAX_LENGTH = 300
"""Of a longer explanation only the verdict is written."""

_OURS = re.compile(r"<!-- derive: [^\n]*? -->")
_OURS_TEX = re.compile(r" % derive: [^\n\r]*")
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_MARKER = re.compile(r"[^\s>]")
_LINE = re.compile(r"\b(lines? )(\d+)")
_TRAPS = re.compile(r"\$|`|\\[\[\]()]|\\(?:begin|end)(?![A-Za-z])|<|>")
"""What could open or close a formula or a comment where a reader does not skip comments."""


class NotAnnotated(ValueError):
    """A document that would be read in another way with comments in it; the message says so."""


_STATED = frozenset({Verdict.DEFINITION, Verdict.ASSUMPTION})


@dataclass(frozen=True, slots=True)
class _Note:
    """What is written at an offset of the text without annotations; ``start`` is the offset of the formula's end."""

    at: int
    before: str
    reports: tuple[RelationReport, ...]
    after: str
    is_plain: bool

    @property
    def lines(self) -> int:
        return self.before.count("\n")


def annotated(text: str, report: Report) -> str:
    r"""Return the text of a document with the verdicts of its report as comments.

    Parameters
    ----------
    text : str
        The text that was judged, with or without annotations of an earlier time.
    report : Report
        The report on it.

    Raises
    ------
    NotAnnotated
        If comments would change how the document is read.
    UnreadableContainer
        If it is a notebook of an old version.

    Examples
    --------
    >>> import derive
    >>> text = "Let $a \\in \\mathbb{R}$.\n\n$$\na + a = 2 a\n$$\n"
    >>> print(annotated(text, derive.check(text)))
    Let $a \in \mathbb{R}$.
    <BLANKLINE>
    $$
    a + a = 2 a
    $$
    <!-- derive: proved -->
    <BLANKLINE>
    """
    plain = _written(text, replace(report, relations=()), goes_on=False)
    for goes_on in (False, True):
        made = _written(text, report, goes_on=goes_on)
        if _read(report.name, made) == _read(report.name, plain):
            return made
    raise NotAnnotated("with comments in it, it would be read in another way; is a comment open?")


def _read(name: str, text: str) -> list[tuple[BlockKind, str]]:
    """Return what a reader finds in a text, spaces and line ends aside."""
    found = ((block.kind, " ".join(block.excerpt.text.split())) for block in read_text(name, text).blocks)
    return [(kind, words) for kind, words in found if words]


def _written(text: str, report: Report, *, goes_on: bool) -> str:
    """Return the text with its notes; those for which a line of their own may end a paragraph may go on in its line."""
    blocks = [block for block in report.document.blocks if block.kind is not BlockKind.TEXT]
    if not report.name.lower().endswith(".ipynb"):
        source = blocks[0].excerpt.source if blocks else Source(report.name, text)
        return _annotated(source, blocks, report.relations, goes_on)
    new = {}
    for number, cell in markdown_cells(report.name, text).items():
        source = Source(report.name, cell, number)
        mine = [block for block in blocks if block.excerpt.source.cell == number]
        made = _annotated(source, mine, [each for each in report.relations if each.cell == number], goes_on)
        if made != source.text:
            new[number] = made
    return replaced(report.name, text, new) if new else text


def _annotated(source: Source, blocks: Sequence[Block], reports: Sequence[RelationReport], goes_on: bool) -> str:
    is_tex = source.cell is None and source.name.lower().endswith((".tex", ".ltx", ".latex"))
    plain = _Plain(source, is_tex)
    notes = list(_tex_notes(plain, reports) if is_tex else _markdown_notes(plain, blocks, reports, goes_on))
    out, at = [], 0
    for note in notes:
        said = "; ".join(_said(each, note.is_plain) for each in note.reports)
        said = _LINE.sub(lambda found: found[1] + str(plain.moved(int(found[2]), notes)), said)
        out += [plain.text[at : note.at], note.before, said, note.after]
        at = note.at
    return "".join([*out, plain.text[at:]])


class _Plain:
    """A text without the annotations of an earlier time, and where its offsets have gone."""

    def __init__(self, source: Source, is_tex: bool) -> None:
        self.source = source
        self.removed = _tex_annotations(source.text) if is_tex else _annotations(source)
        parts, at = [], 0
        for start, end in self.removed:
            parts.append(source.text[at:start])
            at = end
        self.text = "".join([*parts, source.text[at:]])

    def offset(self, offset: int) -> int:
        """Return where an offset of the source is in the text."""
        return offset - sum(min(end, offset) - start for start, end in self.removed if start < offset)

    def line_end(self, offset: int) -> int:
        """Return the end of a line of the text, before its line end, also for an offset inside a line end."""
        end = self.text.find("\n", offset)
        is_last = end < 0
        end = len(self.text) if is_last else end
        return end - 1 if (end > offset or not is_last) and self.text[end - 1 : end] == "\r" else end

    def moved(self, line: int, notes: Sequence[_Note]) -> int:
        """Return the number that a line of the source has once the notes are written."""
        if line > self.source.text.count("\n") + 1:
            return line
        offset = self.offset(self.source.offset(line, 1))
        above = sum(note.lines for note in notes if note.at < offset)
        return self.text.count("\n", 0, offset) + 1 + above


def _annotations(source: Source) -> list[tuple[int, int]]:
    """Return the ranges of annotations in Markdown: of one that has a line to itself, with that line."""
    found = []
    for start, end in find_comments(source):
        if not _OURS.fullmatch(source.text, start, end):
            continue
        line = source.text.rfind("\n", 0, start)
        behind = source.text[end : end + 2]
        if (
            line >= 0
            and not source.text[line:start].strip(" \t\n>")
            and (not behind or behind[0] == "\n" or behind == "\r\n")
        ):
            line -= source.text[line - 1 : line] == "\r"
            found.append((line, end))
        elif source.text[start - 1 : start] == " ":
            found.append((start - 1, end))
    return found


def _tex_annotations(text: str) -> list[tuple[int, int]]:
    found = []
    for start, end in find_tex_comments(text):
        ours = _OURS_TEX.search(text, max(0, start - 1), end)
        if ours:
            found.append(ours.span())
    return found


def _tex_notes(plain: _Plain, reports: Sequence[RelationReport]) -> list[_Note]:
    """Return a comment for each line that has relation signs."""
    by_line: dict[int, list[RelationReport]] = {}
    for report in _worth_saying(reports, displayed=True):
        at = plain.line_end(plain.offset(plain.source.offset(report.line, report.column)))
        by_line.setdefault(at, []).append(report)
    return [_Note(at, " % derive: ", tuple(found), "", False) for at, found in sorted(by_line.items())]


def _markdown_notes(
    plain: _Plain, blocks: Sequence[Block], reports: Sequence[RelationReport], goes_on: bool
) -> list[_Note]:
    """Return a comment for each formula that has relations: below it, or behind it if the line goes on."""
    waiting = sorted(((plain.source.offset(each.line, each.column), each) for each in reports), key=lambda it: it[0])
    offsets = [at for at, _ in waiting]
    notes = []
    for block in blocks:
        if block.outer is None:
            continue
        first, last = (bisect_right(offsets, edge - 1) for edge in block.outer)
        mine = _worth_saying([report for _, report in waiting[first:last]], displayed=block.kind is BlockKind.DISPLAY)
        if mine:
            notes.append(_markdown_note(plain, plain.offset(block.outer[1]), mine, goes_on))
    return notes


def _markdown_note(plain: _Plain, at: int, reports: list[RelationReport], goes_on: bool) -> _Note:
    start = plain.text.rfind("\n", 0, at) + 1
    end = plain.line_end(at)
    is_cell = plain.text[start:end].lstrip().startswith("|")
    is_followed = goes_on and plain.text[end : plain.line_end(end + 2)].strip(" \t\r\n>")
    if plain.text[at:end].strip() or is_followed:
        return _Note(at, " <!-- derive: ", tuple(reports), " -->", is_cell)
    prefix = _PREFIX.match(plain.text, start, end)
    line_end = "\r\n" if plain.text[end : end + 1] == "\r" or plain.text[start - 2 : start] == "\r\n" else "\n"
    before = line_end + _MARKER.sub(" ", prefix.group() if prefix else "")
    return _Note(end, f"{before}<!-- derive: ", tuple(reports), " -->", is_cell)


def _worth_saying(reports: Sequence[RelationReport], *, displayed: bool) -> list[RelationReport]:
    return [each for each in reports if displayed or each.judgement.verdict not in _STATED]


def _said(report: RelationReport, is_plain: bool) -> str:
    """Return the verdict in one line, with what is wrong and what would be right if that is short."""
    said = report.judgement
    if said.code is None:
        return said.verdict.value
    short = f"{said.verdict.value} ({said.code} {headline(said)[0].rpartition('(')[2].rstrip(')')})"
    if said.repair is not None and said.code != "E316" and said.verdict in ERRORS:
        word = "is proved" if said.repair.verdict is Verdict.PROVED else said.repair.verdict.value
        if said.repair.on_right and said.repair.edits and said.repair.old and said.repair.new != said.repair.text:
            more = f"with {said.repair.new} in place of {said.repair.old} the step {word}"
        else:
            more = f"with {said.repair.text} {'on the right ' if said.repair.on_right else ''}the step {word}"
    else:
        more = headline(said)[1]
    more = " ".join(visible(more).split()).replace("--", "- -")
    if not more or is_plain or len(more) > MAX_LENGTH or _TRAPS.search(more):
        return short
    return f"{short}: {more}"
