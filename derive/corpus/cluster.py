"""Documents over the workers of a Dask cluster; the answers are those of a run in this process."""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import threading
from collections.abc import Generator, Iterable
from functools import cache
from typing import Any

from derive.corpus.keys import fingerprint
from derive.corpus.outcome import Outcome, Settings, Task, not_judged
from derive.corpus.server import COMMAND

CONNECTING = 10.0
"""Seconds to wait for a scheduler that does not answer."""

AHEAD = 4
"""Documents for each thread of the cluster that are sent before the first of them is finished."""

PATIENCE = 30.0
"""Seconds to wait for a first worker; so often, too, it is looked whether there is any left."""


class ClusterProblem(Exception):
    """The cluster cannot be used; the sentence says why."""


@contextlib.contextmanager
def connected(address: str | None, jobs: int) -> Generator[Any, None, None]:
    """Give a client of the cluster at an address or, without one, of a cluster of threads in this process.

    The threads compute nothing: each has a process that does, as on any other worker.

    Raises
    ------
    ClusterProblem
        If Dask is not installed, or the cluster does not answer or has no workers.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterProblem("Dask is not installed: pip install 'derive-calculus[dask]'") from None
    with contextlib.ExitStack() as stack:
        if address is None:
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=1, threads_per_worker=jobs, processes=False, dashboard_address=None, memory_limit=0
                )
            )
        try:
            client = stack.enter_context(
                distributed.Client(cluster if address is None else address, timeout=CONNECTING)
            )
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise ClusterProblem(f"no cluster with workers at {address!r}: {error}") from error
        try:
            yield client
        finally:
            with contextlib.suppress(Exception):  # a cluster that is gone has nothing left to end
                client.run(end_servers)


def judged(tasks: Iterable[Task], settings: Settings, client: Any) -> Generator[tuple[Task, Outcome], None, None]:
    """Yield every document with what comes of it, as `derive.corpus.crew.judged` does.

    Raises
    ------
    ClusterProblem
        If all workers are gone, or they have another version of the program.
    """
    program = fingerprint()
    sent: dict[Any, Task] = {}
    try:
        for task in tasks:
            if task.known is not None:
                yield task, task.known
                continue
            future = client.submit(judge_on_worker, task, settings, program, pure=False, retries=2)
            sent[future] = task
            while len(sent) >= AHEAD * max(1, sum(client.nthreads().values())):
                yield from _finished(sent, settings, client)
        while sent:
            yield from _finished(sent, settings, client)
    finally:
        if sent:
            with contextlib.suppress(Exception):  # the cluster may be what failed
                client.cancel(list(sent), force=True)


def _finished(sent: dict[Any, Task], settings: Settings, client: Any) -> list[tuple[Task, Outcome]]:
    """Wait for a document at least, and return those that are finished, which may be none after some time."""
    from distributed import wait

    try:
        done = wait(list(sent), timeout=PATIENCE, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        if not client.nthreads():
            raise ClusterProblem("the cluster has no workers left") from None
        return []
    found = []
    for future in done:
        task, error = sent.pop(future), future.exception()
        if isinstance(error, ClusterProblem):
            raise error
        if error is None:
            outcome = future.result()
        else:  # it took its workers along, more than once
            sentence = f"cannot read {task.name!r}: the workers that had it were lost"
            outcome = Outcome(not_judged(task.name, sentence, settings.options.seed), complete=False)
        found.append((task, outcome))
    return found


# -- on a worker -------------------------------------------------------------------------------------------------

_SERVERS: dict[int, _Server] = {}
"""The process of each thread that has judged a document."""


class _Server:
    """A process that judges documents with the same settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(settings)

    def judge(self, task: Task) -> Outcome:
        """Return what comes of a document; raises OSError or EOFError if the process is gone."""
        self._send(task)
        assert self.process.stdout is not None
        outcome: Outcome = pickle.load(self.process.stdout)
        return outcome

    def end(self) -> None:
        """End the process, which ends its workers."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _send(self, item: Settings | Task) -> None:
        assert self.process.stdin is not None
        pickle.dump(item, self.process.stdin)
        self.process.stdin.flush()


_own_fingerprint = cache(fingerprint)


def judge_on_worker(task: Task, settings: Settings, program: str) -> Outcome:
    """Judge a document in the process of this thread; the task of the cluster."""
    if _own_fingerprint() != program:
        raise ClusterProblem("the workers of the cluster have another version of derive, or of its libraries")
    thread = threading.get_ident()
    server = _SERVERS.get(thread)
    if server is not None and server.settings != settings:
        server.end()
        server = None
    for _ in range(2):
        try:
            if server is None:
                server = _SERVERS[thread] = _Server(settings)
            return server.judge(task)
        except (OSError, EOFError, pickle.UnpicklingError):
            if server is not None:
                server.end()
            _SERVERS.pop(thread, None)
            server = None
    sentence = f"cannot read {task.name!r}: the process that judged it was lost"
    return Outcome(not_judged(task.name, sentence, settings.options.seed), complete=False)


def end_servers() -> None:
    """End the processes of all threads of this worker."""
    while _SERVERS:
        _SERVERS.popitem()[1].end()
