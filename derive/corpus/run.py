"""A run over many documents: what is known is taken as it is, the rest is judged, all is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from derive.corpus.cache import Cache
from derive.corpus.keys import Keys
from derive.corpus.outcome import Outcome, Settings, Task, not_judged
from derive.corpus.results import Results

MAX_FILE = 64 << 20
"""The largest document that is read, in bytes."""

Judge = Callable[[Iterable[Task]], Iterable[tuple[Task, Outcome]]]
"""Judges documents, in whatever order they are finished; those that are known go through."""


def run(
    names: Sequence[str],
    judge: Judge,
    keys: Keys,
    settings: Settings,
    *,
    cache: Cache | None = None,
    results: Results | None = None,
) -> Iterator[Outcome]:
    """Yield what comes of each document as it is finished, and write it down.

    Parameters
    ----------
    names : sequence of str
        The files.
    judge : callable
        Judges the documents that nothing is known of: `derive.corpus.crew.judged` with its settings, for example.
    keys : Keys
        The keys of documents under these settings.
    settings : Settings
        Options and limits.
    cache : Cache, optional
        Verdicts from other runs; those on documents without a limit met are put into it.
    results : Results, optional
        The file of results; what it has already is not judged again.
    """
    for task, outcome in judge(_tasks(names, keys, settings, cache, results)):
        if cache is not None and outcome.origin == "judged" and outcome.complete and not outcome.error:
            cache.put(task.key, outcome.report)
        if results is not None and outcome.origin != "kept":
            results.add(outcome, task.key, settings.timeout)
        yield outcome
    if results is not None:
        results.arrange(names)


def _tasks(
    names: Sequence[str], keys: Keys, settings: Settings, cache: Cache | None, results: Results | None
) -> Iterator[Task]:
    for name in names:
        try:
            with open(name, "rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            yield _unreadable(name, error.strerror or str(error), settings)
            continue
        if len(data) > MAX_FILE:
            yield _unreadable(name, f"it has more than {MAX_FILE >> 20} MiB", settings)
            continue
        key = keys.of(name, data)
        known = results.kept(name, key, settings.timeout) if results is not None else None
        if known is None and cache is not None:
            report = cache.get(key, name)
            known = Outcome(report, "cached") if report is not None else None
        yield Task(name, b"" if known else data, key, known)


def _unreadable(name: str, reason: str, settings: Settings) -> Task:
    return Task(name, known=Outcome(not_judged(name, f"cannot read {name!r}: {reason}", settings.options.seed)))
