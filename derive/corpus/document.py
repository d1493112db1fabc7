"""One document in a worker: read once, its relations judged one by one, each known to the parent before the next."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import Any

from derive.checking import Reader, late_report, read_relations, relation_answers, settle
from derive.containers import read_document
from derive.containers.block import Document, UnreadableContainer
from derive.corpus.outcome import Settings, not_judged
from derive.pool import allow, confine
from derive.report.json import report_object
from derive.report.layout import visible
from derive.verdict import Judgement, RelationReport, Verdict


class Step(Enum):
    """What a worker says of a document."""

    BEGUN = auto()
    """The next relation is begun."""
    ANSWER = auto()
    """The best answer so far to the relation that was begun, or the one to the relation that was missed."""
    JUDGED = auto()
    """All relations are judged; the document as a whole comes next."""
    FAULT = auto()
    """An internal error."""
    DONE = auto()
    """The report on the document."""


Message = tuple[Step, Any]


@dataclass(frozen=True)
class Errand:
    """A document for a worker.

    ``reports`` are the answers that another worker gave before it had to be ended, and ``missed`` says that it was
    ended before it had any answer to the relation after these.
    """

    name: str
    data: bytes
    reports: tuple[RelationReport, ...] = ()
    missed: bool = False


def serve(connection: Connection, settings: Settings) -> None:
    """Answer errands until the parent is gone or the memory is exhausted."""
    confine(settings.memory)
    before = None if settings.preamble is None else read_document(*settings.preamble)
    while True:
        try:
            errand = connection.recv()
        except EOFError:
            return
        try:
            for message in steps(errand, before, settings):
                # A parent that is slow to listen costs no relation its time.
                left = signal.setitimer(signal.ITIMER_REAL, 0)[0]
                connection.send(message)
                signal.setitimer(signal.ITIMER_REAL, left)
        except (MemoryError, BrokenPipeError):
            return


def steps(errand: Errand, before: Document | None, settings: Settings) -> Iterator[Message]:
    """Yield what is found of a document, `Step` by step."""
    allow(settings.reading)
    try:
        document = read_document(errand.name, errand.data)
    except UnreadableContainer as problem:
        yield Step.DONE, not_judged(errand.name, f"cannot read {errand.name!r}: {problem}", settings.options.seed)
        return
    try:
        reading = read_relations(document, before, settings.options)
        reports = list(errand.reports)
        if errand.missed:
            reports.append(late_report(reading, len(reports), settings.timeout))
            yield Step.ANSWER, _plain(reports[-1])
        for index in range(len(reports), len(reading.relations)):
            allow(settings.timeout)
            yield Step.BEGUN, None
            for step, said in _answers(reading, index, settings.timeout):
                if step is Step.ANSWER:
                    best = said
                    said = _plain(said)
                yield step, said
            reports.append(best)
        allow(settings.reading)
        yield Step.JUDGED, None
        report = report_object(errand.name, settle(reading, reports), seed=settings.options.seed)
    except MemoryError:
        raise
    except Exception as error:
        sentence = fault(error)
        yield Step.FAULT, sentence
        report = not_judged(errand.name, f"cannot read {errand.name!r}: {sentence}", settings.options.seed)
    allow(0)
    yield Step.DONE, report


def _answers(reading: Reader, index: int, timeout: float) -> Iterator[tuple[Step, Any]]:
    """Yield answers to one relation, each better than the one before; an internal error makes it undecided."""
    try:
        for report in relation_answers(reading, index):
            yield Step.ANSWER, report
    except MemoryError:
        raise
    except Exception as error:
        sentence = fault(error)
        yield Step.FAULT, sentence
        judgement = Judgement(Verdict.UNDECIDED, message=sentence)
        yield Step.ANSWER, replace(late_report(reading, index, timeout), judgement=judgement)


def fault(error: Exception) -> str:
    """Return one sentence about an internal error.

    Examples
    --------
    >>> fault(KeyError("x"))
    "internal error: KeyError: 'x'"
    """
    first = "".join(traceback.format_exception_only(error)).splitlines()[0]
    return f"internal error: {visible(first)}"


def _plain(report: RelationReport) -> RelationReport:
    """Return a report without what is large and not part of the answer."""
    return replace(report, judgement=replace(report.judgement, certificate=None), origin=None)
