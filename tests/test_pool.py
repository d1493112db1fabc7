"""Workers that hang, crash, fill the memory or raise: the answers stay in order, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from derive import pool

pytestmark = pytest.mark.usefixtures("no_children_left")

LATE = "late"


def late(item, seconds):
    return (LATE, item)


def hang_at_two(index):
    if index == 2:
        while True:
            pass
    return index


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_order(jobs):
    def task(index):
        time.sleep(0.01 * (index % 3 == 0))
        return index * index, os.getpid()

    answers = list(pool.run(20, task, late, timeout=10, jobs=jobs))
    assert [square for square, _ in answers] == [i * i for i in range(20)]
    assert len({pid for _, pid in answers}) <= jobs
    assert os.getpid() not in {pid for _, pid in answers}


def test_nothing_to_do():
    assert list(pool.run(0, hang_at_two, late, timeout=1)) == []
    assert list(pool.stream([], str.upper, late, timeout=1)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_hang_is_ended_and_the_rest_answered(jobs):
    start = time.monotonic()
    assert list(pool.run(5, hang_at_two, late, timeout=0.3, jobs=jobs)) == [0, 1, (LATE, 2), 3, 4]
    assert 0.3 <= time.monotonic() - start < 3


def test_hang_that_ignores_python_signals():
    def task(index):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM, signal.SIGINT})
        return hang_at_two(index)

    assert list(pool.run(3, task, late, timeout=0.3)) == [0, 1, (LATE, 2)]


@pytest.mark.parametrize(
    "crash",
    [
        lambda: os._exit(0),
        lambda: os.kill(os.getpid(), signal.SIGSEGV),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
    ],
    ids=["exit", "segfault", "killed"],
)
@pytest.mark.parametrize("jobs", [1, 3])
def test_crash_costs_one_task(crash, jobs):
    def task(index):
        if index % 3 == 1:
            crash()
        return index

    expected = [(LATE, i) if i % 3 == 1 else i for i in range(7)]
    assert list(pool.run(7, task, late, timeout=10, jobs=jobs)) == expected


def test_memory_is_limited():
    def task(index):
        return len(bytearray(8 << 30)) if index == 1 else index

    assert list(pool.run(3, task, late, timeout=10)) == [0, (LATE, 1), 2]
    assert list(pool.run(1, lambda i: len(bytearray(1 << 30)), late, timeout=10, memory=512 << 20)) == [(LATE, 0)]


def test_exit_is_not_an_answer():
    def task(index):
        if index == 1:
            sys.exit(0)
        return index

    assert list(pool.run(3, task, late, timeout=10)) == [0, (LATE, 1), 2]


def test_exception_reaches_the_caller():
    def task(index):
        return 1 // (1 - index)

    answers = pool.run(3, task, late, timeout=10)
    assert next(answers) == 1
    with pytest.raises(pool.TaskFailure, match="ZeroDivisionError"):
        next(answers)


def test_exception_can_be_an_answer():
    def task(index):
        return 1 // (1 - index)

    def failed(index, text):
        return index, text.splitlines()[-1].split(":")[0]

    answers = list(pool.run(3, task, late, timeout=10, failed=failed))
    assert answers == [1, (1, "ZeroDivisionError"), -1]


def test_unpicklable_result_is_an_exception():
    with pytest.raises(pool.TaskFailure):
        list(pool.run(1, lambda index: lambda: index, late, timeout=10))


def wait_until_dead(number):
    """Wait until a process that was killed has ended, which may take a while on a busy machine."""
    process, end = psutil.Process(number), time.monotonic() + 5
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.01)


def test_worker_killed_while_idle_is_replaced():
    answers = pool.stream(iter(["a", "b"]), lambda item: os.getpid(), late, timeout=10)
    first = next(answers)
    os.kill(first, signal.SIGKILL)
    wait_until_dead(first)
    second = next(answers)
    assert isinstance(second, int) and second != first
    answers.close()


def test_large_items_and_results():
    text = "x" * (5 << 20)
    assert list(pool.stream([text, "y"], str.upper, late, timeout=10)) == [text.upper(), "Y"]


def test_stream_answers_before_it_asks_for_more():
    log = []

    def items():
        for item in "abc":
            log.append(("asked", item))
            yield item

    for answer in pool.stream(items(), str.upper, late, timeout=10):
        log.append(("answered", answer))
    assert [entry[0] for entry in log] == ["asked", "answered"] * 3


def test_stream_with_two_jobs_does_not_run_ahead_without_bound():
    asked = 0

    def items():
        nonlocal asked
        for asked in range(1, 100_000):
            yield "hang" if asked == 1 else ""

    def task(item):
        while item == "hang":
            pass
        return item

    answers = pool.stream(items(), task, late, timeout=0.5, jobs=2)
    assert next(answers) == (LATE, "hang")
    assert asked < 1000
    answers.close()


def test_a_consumer_that_stops_leaves_nothing():
    answers = pool.run(10, hang_at_two, late, timeout=60, jobs=4)
    assert next(answers) == 0
    answers.close()


def test_a_slow_consumer_does_not_cost_answers():
    answers = pool.run(3, lambda index: "x" * (1 << 20), late, timeout=0.2, jobs=3)
    assert len(next(answers)) == 1 << 20
    time.sleep(1.5)
    assert [len(answer) for answer in answers] == [1 << 20] * 2


def test_overhead_is_well_under_a_millisecond():
    start = time.perf_counter()
    assert sum(pool.run(2000, int, late, timeout=10)) == 1999 * 1000
    assert (time.perf_counter() - start) / 2000 < 1e-3


def start_script(text):
    code = textwrap.dedent(text)
    done = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    worker = int(done.stdout.readline())
    return done, worker


SCRIPT = """
    import os, sys, time
    sys.path[:0] = {path!r}
    from derive import pool
    def task(index):
        print(os.getpid(), flush=True)
        while True:
            pass
    try:
        list(pool.run(1, task, lambda *_: None, timeout={timeout}))
    except KeyboardInterrupt:
        sys.exit(130)
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_interrupt_kills_the_workers():
    parent, worker = start_script(SCRIPT.format(path=sys.path, timeout=60))
    parent.send_signal(signal.SIGINT)
    assert parent.wait(10) == 130
    time.sleep(0.1)
    assert not is_running(worker)


def test_a_worker_whose_parent_was_killed_ends_by_itself():
    parent, worker = start_script(SCRIPT.format(path=sys.path, timeout=0.5))
    parent.kill()
    parent.wait(10)
    deadline = time.monotonic() + 10
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(worker)
