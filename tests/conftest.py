"""What is not collected (benchmarks are run by hand, ``python -m tests.benchmarks.claims``), and fixtures for all."""

import psutil
import pytest

collect_ignore = ["benchmarks", "documents"]


def children() -> set[psutil.Process]:
    """Return the processes that this one has started and not yet waited for."""
    return set(psutil.Process().children())


@pytest.fixture
def no_children_left():
    """Fail a test that leaves a process behind; those that were there before it belong to other tests."""
    before = children()
    yield
    assert not children() - before
