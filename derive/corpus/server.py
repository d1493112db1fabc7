"""A process of its own that judges one document after the other: pickled tasks come in, pickled outcomes go out.

A worker of a cluster has threads, and a process with threads cannot be forked safely: so it starts this one, which
has none.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

from derive.corpus.crew import judged
from derive.corpus.outcome import Task

COMMAND = (sys.executable, "-c", "from derive.corpus.server import main; main()")
"""The command line of the process."""


def main() -> None:
    """Read the settings and then tasks from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing else goes where the outcomes go
    settings = pickle.load(source)
    for _, outcome in judged(_tasks(source), settings):
        pickle.dump(outcome, answers)
        answers.flush()


def _tasks(source: BinaryIO) -> Iterator[Task]:
    while True:
        try:
            yield pickle.load(source)
        except EOFError:
            return
