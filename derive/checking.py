"""A document to judged relations, one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.claims import (
    LAYOUT_NOTE,
    both_directions,
    check_record,
    judge_nodes,
    late_record,
    problem_judgement,
    record_answers,
)
from derive.containers import read_text
from derive.containers.block import Document
from derive.document import Item, place, read_blocks
from derive.infer import Inferred, inferred
from derive.judge import Judge
from derive.mending import is_mended, mended
from derive.options import Options
from derive.origins import agrees_with, line_of
from derive.readings import family_reading, sum_over
from derive.relations import loose_signs
from derive.satisfiable import contradiction
from derive.source import Span
from derive.statement import Reading, Statement, state
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, RelationReport, Verdict

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
    assumed: Inferred = field(default_factory=Inferred)


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
    assumed = inferred(document, preamble, options) if options.infer else Inferred()
    read = read_blocks(document, preamble, options, assumed.preamble(), assumed.random, assumed.definitions)
    items = sorted(read.items, key=lambda item: ((place(item)[0] or 0), *place(item)[1:]))
    return Reader(items, _ordinals(items), options, assumed)


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
    judgement, read_as, span = _judge(item, reader.options)
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
        judgement = replace(judgement, code="E316", message=None, notes=(*judgement.notes, note))
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
        judgement, item.lhs, item.rhs, read_as, cell, line, column, ordinal, text, underline, shown, chain
    )


# -- roles -------------------------------------------------------------------------------------------------------


def _judge(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Return the judgement, how the relation was read, and the place it speaks of."""
    if item.role == "range":
        return Judgement(Verdict.DEFINITION, message="declares the range of an index"), "", None
    if item.role == "unsupported":
        return Judgement(Verdict.UNDECIDED, "U604", "only equations are judged"), "", None
    if item.role == "assumption":
        return _assumption(item, options)
    if item.problem is not None:
        return problem_judgement(item.problem), "", item.problem.span
    if item.role == "definition":
        return Judgement(Verdict.DEFINITION), f"{item.lhs} := {item.rhs}", None
    judgement, read_as, span = _claim(item, options)
    if item.role == "conclusion" and judgement.verdict is Verdict.REFUTED and not judgement.given:
        message = "whether this follows from its premise is not decided"
        judgement = Judgement(Verdict.UNDECIDED, "J502", message, notes=judgement.notes)
    if item.role == "solution" and judgement.verdict not in (*TRUE, Verdict.REFUTED):
        return Judgement(Verdict.DEFINITION), f"{item.lhs} := {item.rhs}", None
    if item.role == "density" and judgement.verdict in TRUE:
        return Judgement(Verdict.DEFINITION, evidence=judgement.evidence, message="the Gaussian density"), read_as, span
    return judgement, read_as, span


def _claim(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    assert item.left is not None and item.right is not None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        judgement, statement = judge_nodes(
            item.left, item.right, item.scope, reading, options.layout == "infer", options
        )
    except (Unreadable, Malformed) as problem:
        return _with_reading(problem_judgement(problem), item, reading, problem, options), "", problem.span
    span = item.right.span
    if judgement.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL) and item.scope.tentative:
        judgement = _under_implications(item, judgement, reading, options)
    if item.arrow == "iff":
        judgement = _equivalence(item, judgement, reading, options)
    elif item.arrow == "implies" and judgement.code == "J501":
        judgement = replace(judgement, code="J502", message="whether this follows from its premise is not decided")
    if item.premise and judgement.verdict is Verdict.REFUTED and not statement.is_derived:
        judgement = Judgement(Verdict.ASSUMPTION, message="the premise of an implication; taken for that step only")
    return judgement, statement.read_as, span


def _under_implications(item: Item, judgement: Judgement, reading: Reading, options: Options) -> Judgement:
    """Return a refutation only if it stands under what implications before it have said, too."""
    assert item.left is not None and item.right is not None
    scope = item.scope.copy()
    scope.conditions = (*scope.conditions, *scope.tentative)
    again, _ = judge_nodes(item.left, item.right, scope, reading, options.layout == "infer", options)
    if again.verdict is Verdict.REFUTED:
        return judgement
    lines = ", ".join(dict.fromkeys(f"line {condition.line}" for condition in item.scope.tentative))
    message = f"false by itself; it may follow from what stands inside an implication ({lines})"
    return Judgement(Verdict.UNDECIDED, "J501", message, notes=judgement.notes)


def _equivalence(item: Item, forward: Judgement, reading: Reading, options: Options) -> Judgement:
    """Return the judgement of an equivalence from that of its right side under its left side."""
    if item.converse is None:
        return Judgement(Verdict.UNDECIDED, "J502", "the other side of the equivalence is not understood")
    other = item.converse
    try:
        backward, _ = judge_nodes(other.left, other.right, other.scope, reading, options.layout == "infer", options)
    except (Unreadable, Malformed):
        return Judgement(Verdict.UNDECIDED, "J502", "the other side of the equivalence is not understood")
    return both_directions(forward, backward)


def _with_reading(
    judgement: Judgement, item: Item, reading: Reading, problem: Unreadable | Malformed, options: Options
) -> Judgement:
    """Add the reading that makes sense of a malformed relation, if one is found."""
    hint = getattr(problem, "reading", None)
    if hint is None or item.left is None or item.right is None:
        return judgement
    if problem.code == "S210":
        left, right = (sum_over(side, *hint) for side in (item.left, item.right))
        words = f"read over {hint[1]}"
    else:
        left, right = ((family_reading(side, item.scope) or side) for side in (item.left, item.right))
        words = f"read as {hint[0]}_{hint[1]}"
    try:
        again, _ = judge_nodes(left, right, item.scope, reading, options.layout == "infer", options)
    except (Unreadable, Malformed):
        return judgement
    said = {
        Verdict.PROVED: "it is proved",
        Verdict.HOLDS: "it holds",
        Verdict.REFUTED: "it is false as well",
        Verdict.CONDITIONAL: f"it holds where {again.condition}",
    }
    if again.verdict not in said:
        return judgement
    return replace(
        judgement, message=f"{judgement.message}; {words} {said[again.verdict]}", reading_verdict=again.verdict
    )


def _assumption(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Answer a stated condition: true anyway, impossible, or taken as an assumption."""
    if item.left is None or item.right is None or item.problem is not None:
        if item.problem is not None:
            return (
                Judgement(Verdict.ASSUMPTION, message=f"taken as stated; it is not understood: {item.problem.message}"),
                "",
                None,
            )
        return Judgement(Verdict.ASSUMPTION, message="taken as stated"), "", None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        statement = state(item.left, item.right, item.scope, reading)
    except (Unreadable, Malformed) as problem:
        if isinstance(problem, Malformed):
            return problem_judgement(problem), "", problem.span
        message = f"taken as stated; it is not understood: {problem.message}"
        return Judgement(Verdict.ASSUMPTION, message=message), "", problem.span
    return _stated(statement, item, options), statement.read_as, None


def _stated(statement: Statement, item: Item, options: Options) -> Judgement:
    judge = Judge(options.seed)
    checked = judge.check(statement, witness=False)
    if checked.holds:
        return replace(judge.accept(statement, checked), message="true without being assumed")
    impossible = contradiction(statement, item.scope.conditions, options.seed)
    if impossible:
        return Judgement(Verdict.REFUTED, "A402", impossible, evidence=None)
    return Judgement(Verdict.ASSUMPTION)


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
