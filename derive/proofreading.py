"""Documents to reports: every relation judged in worker processes, each with a limit of time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from derive import pool
from derive.checking import Options, late_report, read_relations, relation_answers, settle
from derive.containers import read_document, read_text
from derive.containers.block import Document
from derive.report.hints import LEVELS, hinted
from derive.report.progress import watched
from derive.report.report import Report
from derive.verdict import Judgement, RelationReport, Verdict

LAYOUTS = ("numerator", "denominator", "infer")

TIMEOUT = 5.0
"""The default limit of time for one relation, in seconds."""

Watch = Callable[
    [int], contextlib.AbstractContextManager[Callable[[Iterable[RelationReport]], Iterator[RelationReport]]]
]
"""Given the number of relations, a context that passes them through and shows how many have come."""


@contextlib.contextmanager
def unwatched(total: int) -> Iterator[Callable[[Iterable[RelationReport]], Iterator[RelationReport]]]:
    """Show nothing."""
    yield iter


def judged(
    document: Document,
    preamble: Document | None,
    options: Options,
    *,
    timeout: float = TIMEOUT,
    jobs: int | None = None,
    watch: Watch = unwatched,
    complain: Callable[[str], str] = lambda trace: "internal error",
) -> list[RelationReport]:
    """Return the reports on a document; a relation that meets an internal error is undecided, the others are judged.

    Parameters
    ----------
    document, preamble : Document
        The document, and declarations that come first.
    options : Options
        Seed and conventions.
    timeout : float
        Limit of time for one relation, in seconds.
    jobs : int, optional
        The number of workers (default: the cores, at most 4).
    watch : callable
        Shows the progress.
    complain : callable
        Given the trace of an internal error, what is said of it.
    """
    reading = read_relations(document, preamble, options)
    total = len(reading.relations)

    def failed(index: int, trace: str) -> RelationReport:
        report = late_report(reading, index, timeout)
        return replace(report, judgement=Judgement(Verdict.UNDECIDED, message=complain(trace)))

    found = pool.run(
        total,
        partial(relation_answers, reading),
        partial(late_report, reading),
        timeout=timeout,
        jobs=jobs or min(4, os.cpu_count() or 1),
        failed=failed,
    )
    with contextlib.closing(found), watch(total) as counted:
        reports = list(counted(found))
    return settle(reading, reports)


def check(
    text: str | Document,
    *,
    name: str = "text.md",
    preamble: str | Document | None = None,
    layout: str = "infer",
    symmetric_derivative: bool = False,
    inline: bool = False,
    repair: bool = True,
    hints: str = "full",
    strict: bool = False,
    expected: int = 0,
    seed: int = 0,
    timeout: float = TIMEOUT,
    jobs: int | None = None,
    watch: Watch = watched,
) -> Report:
    r"""Judge every relation in the displayed maths of a text.

    Parameters
    ----------
    text : str
        Markdown, TeX or a notebook as JSON, as the suffix of ``name`` says.
    name : str
        The name of the document, for places.
    preamble : str, optional
        Declarations, definitions and assumptions that come first.
    layout : str
        The layout of Jacobians: ``"numerator"``, ``"denominator"`` or ``"infer"``.
    symmetric_derivative : bool
        Whether derivatives by symmetric matrices are constrained ones.
    inline : bool
        Whether relations in inline maths are judged too.
    repair : bool
        Whether the nearest true statement to a wrong one is looked for.
    hints : str
        How much to say of a wrong line: ``"none"``, ``"place"``, ``"kind"`` or ``"full"``.
    strict : bool
        Whether conditional, undecided and unread relations count as wrong too.
    expected : int
        The number of claims that a complete answer has at least.
    seed : int
        Seed of the random points.
    timeout : float
        Limit of time for one relation, in seconds.
    jobs : int, optional
        Number of workers.
    watch : callable, optional
        Shows the progress (default: in a notebook and on a terminal, from 20 relations on).

    Returns
    -------
    Report
        The verdicts, with ``ok`` and ``score``.

    Raises
    ------
    UnreadableContainer
        If the text is not what the suffix of its name says.
    ValueError
        If an option is not one of those listed.

    Examples
    --------
    >>> check(r"Let $X \in \mathrm{GL}(n)$. $$\frac{\partial \log \det X}{\partial X} = X^{-\top}$$").ok
    True
    """
    for given, known in ((layout, LAYOUTS), (hints, LEVELS)):
        if given not in known:
            raise ValueError(f"expected one of {', '.join(known)}, found {given!r}")
    document = read_text(name, text) if isinstance(text, str) else text
    first = read_text("preamble.md", preamble) if isinstance(preamble, str) else preamble
    options = Options(seed, layout, symmetric_derivative, inline, repair)
    reports = judged(document, first, options, timeout=timeout, jobs=jobs, watch=watch)
    relations = tuple(hinted(report, hints) for report in reports)
    return Report(document.name, relations, document, strict, expected, seed)


def check_file(
    path: str | os.PathLike[str], *, preamble: str | os.PathLike[str] | None = None, **options: object
) -> Report:
    """Judge a file; the options are those of `check`, where ``preamble`` is the name of a file.

    Raises
    ------
    OSError
        If a file cannot be read.
    UnreadableContainer
        If its contents are not text, or not what its suffix says.
    """
    before = None if preamble is None else _read(preamble)
    return check(_read(path), preamble=before, **options)  # type: ignore[arg-type]


def _read(path: str | os.PathLike[str]) -> Document:
    return read_document(str(path), Path(path).read_bytes())
