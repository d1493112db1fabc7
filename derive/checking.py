"""A document to judged relations, one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.ambiguity import Other, other, weighed
from derive.claims import check_record, late_record, record_answers
from derive.containers import read_text
from derive.containers.block import Document
from derive.diagnostics import CATALOGUE
from derive.document import read_blocks
from derive.infer import Inferred, as_declared, assumed_in, inferred, settled
from derive.items import Item, place
from derive.judging import LAYOUT_NOTE
from derive.mending import is_mended, mended
from derive.options import Options
from derive.origins import agrees_with, line_of
from derive.predefined import Granted
from derive.relations import loose_signs
from derive.roles import judge_item
from derive.source import Span
from derive.verdict import Judgement, RelationReport, Verdict

__all__ = [
    "Options",
    "Reader",
    "check_record",
    "check_text",
    "judge_relation",
    "late_record",
    "late_report",
    "read_relations",
    "record_answers",
    "relation_answers",
    "settle",
]


MAX_WIDTH = 5_000
"""A longer line of the source is not shown."""


@dataclass(frozen=True)
class Reader:
    """A document that was read: its relations, in order, with their places."""

    relations: Sequence[Item]
    places: Sequence[tuple[int | None, int, int, int]]
    options: Options
    inferred: Inferred = field(default_factory=Inferred)
    others: Sequence[Other] = ()


def read_relations(document: Document, preamble: Document | None, options: Options) -> Reader:
    """Read a document and the declarations of a preamble.

    Parameters
    ----------
    document : Document
        The blocks of the document.
    preamble : Document or None
        Declarations, definitions and assumptions that come first.
    options : Options
        Seed and conventions.
    """
    found = inferred(document, preamble, options) if options.infer else as_declared(document)

    def read(granted: Granted) -> list[Item]:
        return read_blocks(document, preamble, options, granted).items

    items = read(found.granted())
    others: list[Other] = []
    if found.assumed:
        plain = read(as_declared(document).granted())
        others = [other(settled(plain, read(each.granted()), each), found, each) for each in found.others]
        items = settled(plain, items, found)
    items = sorted(items, key=lambda item: ((place(item)[0] or 0), *place(item)[1:]))
    return Reader(items, _ordinals(items), options, found, others)


def _ordinals(items: Sequence[Item]) -> list[tuple[int | None, int, int, int]]:
    """Return cell, line, column and the ordinal of each sign among those of its line."""
    signs: set[tuple[int, int, int]] = set()
    for item in items:
        source = item.excerpt.source
        signs.add((source.cell or 0, *source.position(item.sign.span.start)))
    for excerpt in {id(item.excerpt): item.excerpt for item in items}.values():
        for sign in loose_signs(excerpt):
            signs.add((excerpt.source.cell or 0, *excerpt.source.position(sign.span.start)))
    by_line: Counter[tuple[int, int]] = Counter()
    ordinal: dict[tuple[int, int, int], int] = {}
    for cell, line, column in sorted(signs):
        by_line[cell, line] += 1
        ordinal[cell, line, column] = by_line[cell, line]
    return [(*place(item), ordinal[(place(item)[0] or 0), place(item)[1], place(item)[2]]) for item in items]


def judge_relation(reader: Reader, index: int) -> RelationReport:
    """Judge one relation of a document."""
    start = time.perf_counter()
    item = reader.relations[index]
    judgement, read_as, span = judge_item(item, reader.options)
    judgement = weighed(item, judgement, reader.inferred, reader.others, reader.options)
    report = _report(reader, index, judgement, read_as, span)
    return replace(report, seconds=time.perf_counter() - start)


def relation_answers(reader: Reader, index: int) -> Iterator[RelationReport]:
    """Yield the judgement of a relation and, where it is wrong, the judgement with its repair."""
    start = time.perf_counter()
    report = judge_relation(reader, index)
    yield report
    item, options = reader.relations[index], reader.options
    line = line_of(item, options) if options.repair and is_mended(report.judgement) else None
    if line is None:
        return
    judgement = mended(report.judgement, line, options)
    earlier = agrees_with(item, options) if judgement.verdict is Verdict.REFUTED else None
    if earlier is not None:
        note = f"it agrees with line {earlier}: the side before it is the one that is wrong"
        judgement = replace(judgement, code="E316", message=CATALOGUE["E316"].headline, notes=(*judgement.notes, note))
    span = None if judgement.repair is None else Span(*judgement.repair.place)
    better = _report(reader, index, judgement, report.read_as, span)
    if span is None:
        better = replace(better, underline=report.underline, shown=report.shown, source_line=report.source_line)
    yield replace(better, seconds=time.perf_counter() - start)


def late_report(reader: Reader, index: int, seconds: float) -> RelationReport:
    """Report a relation whose limit of time or memory was reached."""
    judgement = Judgement(Verdict.UNDECIDED, "U601", f"not decided within the limit of {seconds:g} s or of memory")
    return _report(reader, index, judgement, "", None)


def _report(reader: Reader, index: int, judgement: Judgement, read_as: str, span: Span | None) -> RelationReport:
    item = reader.relations[index]
    cell, line, column, ordinal = reader.places[index]
    source = item.excerpt.source
    chain = item.origin.chain if item.origin is not None else 0
    shown = line
    first, last = column, column + max(1, item.sign.span.end - item.sign.span.start)
    if span is not None and (judgement.repair is not None or source.position(span.start)[0] == line):
        shown, first = source.position(span.start)
        last = max(first + 1, min(first + span.end - span.start, source.width(shown) + 1))
    text = source.line(shown) if source.width(shown) <= MAX_WIDTH else ""
    underline = (first, min(last, max(first + 1, len(text) + 1)))
    return RelationReport(
        judgement,
        item.lhs,
        item.rhs,
        read_as,
        cell,
        line,
        column,
        ordinal,
        text,
        underline,
        shown,
        chain,
        assumed_in(item, reader.inferred),
    )


# -- the whole document ------------------------------------------------------------------------------------------


def settle(reader: Reader, reports: Sequence[RelationReport]) -> list[RelationReport]:
    """Return the reports with what only the whole document shows.

    These are relations in another layout than the others, and wrong lines after which the next one is right again.
    """
    reports = [_right_again(report, after) for report, after in zip(reports, [*reports[1:], None], strict=False)]
    lines: dict[str, list[int]] = {layout: [] for layout in ("numerator", "denominator")}
    for report in reports:
        for layout, found in lines.items():
            if LAYOUT_NOTE.format(layout) in report.judgement.notes:
                found.append(report.line)
    few, many = sorted(lines, key=lambda layout: len(lines[layout]))
    if not lines[few]:
        return list(reports)
    note = f"line {lines[many][0]} needs {many} layout: the document is not in one layout"
    return [
        replace(report, judgement=replace(report.judgement, notes=(*report.judgement.notes, note)))
        if LAYOUT_NOTE.format(few) in report.judgement.notes
        else report
        for report in reports
    ]


def _right_again(report: RelationReport, after: RelationReport | None) -> RelationReport:
    if report.judgement.verdict is not Verdict.REFUTED or after is None or after.judgement.code != "E316":
        return report
    if after.chain != report.chain or report.judgement.code == "E316":
        return report
    note = f"this line does not follow; the next one (line {after.line}) is right again"
    return replace(report, judgement=replace(report.judgement, notes=(*report.judgement.notes, note)))


def check_text(
    text: str, *, name: str = "text.md", preamble: str | None = None, options: Options | None = None
) -> list[RelationReport]:
    """Judge the relations of a text, in this process and without a time limit.

    Examples
    --------
    >>> [report.judgement.verdict.value for report in check_text("Let $a \\\\in \\\\mathbb{R}$. $$a + a = 2a$$")]
    ['proved']
    """
    options = options or Options()
    first = read_text("preamble.md", preamble) if preamble is not None else None
    reader = read_relations(read_text(name, text), first, options)
    best = [list(relation_answers(reader, index))[-1] for index in range(len(reader.relations))]
    return settle(reader, best)
