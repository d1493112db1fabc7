"""Documents over worker processes: a relation that hangs or ends its worker costs nothing but its own answer."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from derive.corpus.document import Errand, Step, serve
from derive.corpus.outcome import Outcome, Settings, Task, not_judged
from derive.pool import Worker, check_platform, end_all
from derive.verdict import RelationReport

TURNS = 50
"""Documents after which a worker makes room for a fresh one, so that nothing it remembers can pile up."""


@dataclass
class _Post:
    """A worker with the document it is at."""

    worker: Worker
    task: Task
    reports: list[RelationReport] = field(default_factory=list)
    best: RelationReport | None = None
    begun: bool = False
    complete: bool = True
    faults: list[str] = field(default_factory=list)
    missed: bool = False
    retried: bool = False


def judged(tasks: Iterable[Task], settings: Settings, jobs: int = 1) -> Generator[tuple[Task, Outcome], None, None]:
    r"""Yield every document with what came of it, as they are finished; tasks are asked for when they are needed.

    Parameters
    ----------
    tasks : iterable of Task
        The documents; those that are known go through.
    settings : Settings
        Options and limits.
    jobs : int
        The number of workers.

    Examples
    --------
    >>> task = Task("a.md", rb"Let $a \in \mathbb{R}$. $$a + a = 2 a$$")
    >>> [outcome.report["counts"] for _, outcome in judged([task], Settings())]
    [{'proved': 1}]
    """
    check_platform()
    crew = _Crew(settings)
    try:
        for task in tasks:
            if task.known is not None:
                yield task, task.known
                continue
            crew.begin(task)
            while len(crew.busy) >= jobs:
                yield from crew.finished()
        while crew.busy:
            yield from crew.finished()
    finally:
        end_all(crew.idle + [post.worker for post in crew.busy])


class _Crew:
    """The workers, at work and waiting for it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.work = partial(serve, settings=settings)
        self.busy: list[_Post] = []
        self.idle: list[Worker] = []
        self.turns: Counter[int] = Counter()

    def begin(self, task: Task) -> None:
        """Give a document to a worker."""
        post = _Post(self._worker(), task)
        self.busy.append(post)
        self._send(post)

    def finished(self) -> list[tuple[Task, Outcome]]:
        """Wait for the workers, listen to them, and return what is finished, which may be nothing yet."""
        soonest = min(post.worker.deadline for post in self.busy)
        ready = wait([post.worker.connection for post in self.busy], max(0.0, soonest - time.monotonic()))
        found = []
        for post in list(self.busy):
            outcome, gone = None, False
            if post.worker.connection in ready:
                outcome, gone = self._listen(post)
            if outcome is None and (gone or time.monotonic() >= post.worker.deadline):
                outcome = self._go_on_without(post, gone)
            if outcome is not None:
                self.busy.remove(post)
                found.append((post.task, outcome))
        return found

    def _listen(self, post: _Post) -> tuple[Outcome | None, bool]:
        """Take all that a worker has said; return the outcome, if it is that far, and whether the worker is gone."""
        try:
            while post.worker.connection.poll():
                step, said = post.worker.connection.recv()
                if step is Step.DONE:
                    self._rest(post.worker)
                    return Outcome(said, complete=post.complete, faults=tuple(post.faults)), False
                self._note(post, step, said)
        except (EOFError, OSError):
            return None, True
        return None, False

    def _note(self, post: _Post, step: Step, said: Any) -> None:
        if step is Step.FAULT:
            post.complete = False
            post.faults.append(said)
        elif step is Step.ANSWER and not post.begun:  # to the relation that was missed
            post.reports.append(said)
            post.missed = False
        elif step is Step.ANSWER:
            post.best = said
        else:
            if post.best is not None:
                post.reports.append(post.best)
            post.best, post.begun = None, step is Step.BEGUN
            limit = self.settings.timeout if post.begun else self.settings.reading
            post.worker.deadline = time.monotonic() + limit

    def _go_on_without(self, post: _Post, gone: bool) -> Outcome | None:
        """End a worker that is late or gone, and let another go on after the relation it was at."""
        post.worker.end()
        del self.turns[post.worker.pid]
        if post.begun:
            post.complete = False
            post.missed = post.best is None
            if post.best is not None:
                post.reports.append(post.best)
            post.best, post.begun, post.retried = None, False, False
        elif gone and not post.retried:  # perhaps it was gone before it was asked
            post.retried = True
        else:
            limit = f"{self.settings.reading:g} s or of memory"
            sentence = f"cannot read {post.task.name!r}: it was not read within the limit of {limit}"
            return Outcome(not_judged(post.task.name, sentence, self.settings.options.seed), complete=False)
        post.worker = self._worker()
        self._send(post)
        return None

    def _worker(self) -> Worker:
        if self.idle:
            return self.idle.pop()
        return Worker(self.work, [*self.idle, *(post.worker for post in self.busy)])

    def _rest(self, worker: Worker) -> None:
        self.turns[worker.pid] += 1
        if self.turns[worker.pid] < TURNS:
            self.idle.append(worker)
        else:
            del self.turns[worker.pid]
            worker.end()

    def _send(self, post: _Post) -> None:
        errand = Errand(post.task.name, post.task.data, tuple(post.reports), post.missed)
        # A worker that is gone has a closed pipe, which the waiting notices.
        with contextlib.suppress(OSError):
            post.worker.start(0, errand, self.settings.reading)
