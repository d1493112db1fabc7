"""Tasks in worker processes, with a limit of time and memory that is enforced from outside the computation."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MEMORY = 4 << 30
"""The default limit of a worker's address space in bytes."""

_AHEAD = 64
"""How many finished answers a worker may be ahead of the oldest unfinished one, so that memory stays bounded."""

_GRACE = 1.0
"""Seconds after the limit at which a worker ends itself, should nobody be left to end it."""


_ANSWER, _BETTER, _DONE, _FAILED = range(4)
"""What a worker sends: an answer, one of several that get better, the end of these, or the trace of an exception."""


class TaskFailure(RuntimeError):
    """A task raised an exception; the message is the traceback in the worker."""


def run(
    count: int,
    function: Callable[[int], Answer | Iterator[Answer]],
    late: Callable[[int, float], Answer],
    *,
    timeout: float,
    jobs: int = 1,
    memory: int = MEMORY,
    failed: Callable[[int, str], Answer] | None = None,
) -> Generator[Answer, None, None]:
    """Yield ``function(0)``, …, ``function(count - 1)`` in this order, computed in worker processes.

    Parameters
    ----------
    count : int
        The number of tasks.
    function : callable
        Computes one task. It is inherited by ``fork``, with all that it refers to; its results are pickled. Where it
        returns an iterator, each item is a better answer than the one before, and the last one that came in time
        counts.
    late : callable
        ``late(index, timeout)`` is the result of a task that was ended because it ran longer than ``timeout``
        seconds, needed more memory than it may have, or crashed its worker.
    timeout : float
        Limit for one task, in seconds.
    jobs : int
        The number of workers.
    memory : int
        Limit of the address space of a worker, in bytes.
    failed : callable, optional
        ``failed(index, traceback)`` is the result of a task that raised an exception.

    Raises
    ------
    TaskFailure
        If a task raises an exception and ``failed`` is not given.

    Examples
    --------
    >>> list(run(4, lambda i: i * i, lambda i, seconds: -1, timeout=10))
    [0, 1, 4, 9]
    """
    return _serve(range(count), function, late, failed, timeout, jobs, memory)


def stream(
    items: Iterable[str],
    function: Callable[[str], Answer | Iterator[Answer]],
    late: Callable[[str, float], Answer],
    *,
    timeout: float,
    jobs: int = 1,
    memory: int = MEMORY,
    failed: Callable[[str, str], Answer] | None = None,
) -> Generator[Answer, None, None]:
    """Yield ``function(item)`` for every item, in order, computed in worker processes.

    With one job the next item is asked for only after the answer to the one before has been taken, so that
    whoever writes a line and waits gets an answer. The parameters are those of `run`.

    Examples
    --------
    >>> list(stream(["a", "b"], str.upper, lambda item, seconds: "late", timeout=10))
    ['A', 'B']
    """
    return _serve(items, function, late, failed, timeout, jobs, memory)


class Worker:
    """A forked process that runs ``work(connection)`` and is given one task at a time.

    Parameters
    ----------
    work : callable
        What the process does with its end of the pipe. It is inherited by ``fork``, with all that it refers to.
    others : list of Worker
        The workers that live already: the new process closes its copies of their pipes.
    """

    def __init__(self, work: Callable[[Connection], None], others: Sequence[Worker]) -> None:
        self.connection, theirs = Pipe()
        self.task = -1
        self.item: Any = None
        self.partial: list[Any] = []
        self.deadline = 0.0
        self.pid = os.fork()
        if self.pid == 0:
            try:
                # Ends of pipes inherited from the parent would keep other workers alive after it is gone.
                for worker in (self, *others):
                    worker.connection.close()
                work(theirs)
            finally:
                os._exit(1)  # never into the code that forked
        theirs.close()

    def start(self, task: int, item: object, timeout: float) -> None:
        """Begin a task; raises OSError if the process is gone."""
        self.task, self.item, self.partial = task, item, []
        self.deadline = time.monotonic() + timeout
        self.connection.send(item)

    def end(self) -> None:
        """Kill the process, whatever it is doing, and leave no zombie."""
        self.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.connection.close()

    def kill(self) -> None:
        """Kill the process and do not wait for it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def end_all(workers: Sequence[Worker]) -> None:
    """Kill all these processes, then wait for them."""
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.end()


def confine(memory: int) -> None:
    """Make this process a worker: it leaves signals to its parent, and its memory is limited."""
    # Ctrl-C reaches every process of the terminal: the parent decides, workers wait to be killed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Should the parent itself be killed while a task runs, the kernel ends the worker by an alarm.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    faulthandler.disable()
    _limit(memory)


def allow(seconds: float) -> float:
    """Let the kernel end this process some time after these seconds, 0 for never; return what was left before."""
    return max(0.0, signal.setitimer(signal.ITIMER_REAL, seconds and seconds + _GRACE)[0] - _GRACE)


def _work(connection: Connection, function: Callable[[Any], Any], timeout: float, memory: int) -> None:
    """Answer tasks until the parent is gone or the memory is exhausted."""
    confine(memory)
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        allow(timeout)
        try:
            answer = function(item)
            if isinstance(answer, Iterator):
                for better in answer:
                    connection.send_bytes(pickle.dumps((_BETTER, better)))
                payload = pickle.dumps((_DONE, None))
            else:
                payload = pickle.dumps((_ANSWER, answer))
        except MemoryError:
            return
        except Exception as error:
            payload = pickle.dumps((_FAILED, "".join(traceback.format_exception(error))))
        allow(0)
        connection.send_bytes(payload)


def _limit(memory: int) -> None:
    """Limit the address space of this process, and write no core files."""
    import resource  # not on every platform

    for kind, amount in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        # A platform that knows no such limit computes without it; the limit of time stays.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


def check_platform() -> None:
    """Raise OSError where processes cannot be forked."""
    if not hasattr(os, "fork"):
        raise OSError("a limit of time needs os.fork, which this platform does not have")


def _serve(
    items: Iterable[Item],
    function: Callable[[Item], Answer | Iterator[Answer]],
    late: Callable[[Item, float], Answer],
    failed: Callable[[Item, str], Answer] | None,
    timeout: float,
    jobs: int,
    memory: int,
) -> Generator[Answer, None, None]:
    check_platform()
    waiting = iter(items)
    work = partial(_work, function=function, timeout=timeout, memory=memory)
    idle: list[Worker] = []
    busy: list[Worker] = []
    done: dict[int, Answer] = {}
    taken = given = 0
    more = True

    def start(task: int, item: Item) -> None:
        while idle:
            worker = idle.pop()
            busy.append(worker)
            try:
                return worker.start(task, item, timeout)
            except OSError:  # it died while it was idle: the task deserves another
                busy.remove(worker)
                worker.end()
        worker = Worker(work, busy)
        busy.append(worker)
        # One that dies at once has a closed pipe, which the waiting below notices.
        with contextlib.suppress(OSError):
            worker.start(task, item, timeout)

    def collect(worker: Worker) -> None:
        """Take what a worker has sent; one that is gone or out of time has given the best answer it could."""
        payload = None
        with contextlib.suppress(EOFError, OSError):
            if worker.connection.poll():
                payload = worker.connection.recv_bytes()
        kind: int | None = None
        answer: Any = None
        if payload is not None:
            kind, answer = pickle.loads(payload)
        if kind == _BETTER:
            worker.partial = [answer]
            return
        busy.remove(worker)
        if kind is None:
            worker.end()
            done[worker.task] = worker.partial[0] if worker.partial else late(worker.item, timeout)
            return
        idle.append(worker)
        if kind == _DONE:
            done[worker.task] = worker.partial[0]
        elif kind == _ANSWER:
            done[worker.task] = answer
        elif failed is not None:
            done[worker.task] = failed(worker.item, answer)
        else:
            raise TaskFailure(answer)

    try:
        while True:
            while given in done:
                answer = done.pop(given)
                given += 1
                yield answer
            while more and len(busy) < jobs and taken - given < _AHEAD * jobs:
                try:
                    item = next(waiting)
                except StopIteration:
                    more = False
                else:
                    start(taken, item)
                    taken += 1
            if not busy:
                return
            soonest = min(worker.deadline for worker in busy)
            ready = wait([worker.connection for worker in busy], max(0.0, soonest - time.monotonic()))
            now = time.monotonic()
            for worker in [w for w in busy if w.connection in ready or now >= w.deadline]:
                collect(worker)
    finally:
        end_all(idle + busy)
