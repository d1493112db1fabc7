"""A local cluster of two processes gives what one process gives, also when a worker is killed during the run."""

import os
import signal
import threading
import time
from functools import partial

import numpy as np
import pytest
import reference_mixture as reference

from numeric import em
from numeric.blocks import Rows, blocks_of
from numeric.distributed import Partitions

distributed = pytest.importorskip("distributed")
dask_array = pytest.importorskip("dask.array")

RNG = np.random.default_rng(12)
MEANS = RNG.normal(size=(3, 4)) * 3
X = RNG.normal(size=(6000, 4)) + MEANS[RNG.integers(3, size=6000)]
START = np.full(3, 1 / 3), MEANS + 1.0, np.stack([2 * np.eye(4)] * 3)


@pytest.fixture(scope="module")
def client():
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        yield client


def in_memory():
    return em.fit(reference, X, start=START, tolerance=0, max_iterations=8)


def assert_same(one, other):
    assert one.trace == pytest.approx(other.trace, rel=1e-10)
    for name, value in one.parameters.items():
        np.testing.assert_allclose(value, other.parameters[name], rtol=1e-10, atol=1e-10)


def test_a_dask_array_gives_the_run_in_memory(client):
    rows = Partitions(client, reference, dask_array.from_array(X, chunks=(1700, 2)))
    assert len(rows.futures) == 4
    assert_same(em.fit(reference, rows, start=START, tolerance=0, max_iterations=8), in_memory())


def load(path, low, high):
    return np.load(path, mmap_mode="r")[low:high]


def test_blocks_loaded_on_the_workers_give_the_run_in_memory(client, tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, X)
    rows = Partitions(client, reference, [partial(load, path, low, low + 3000) for low in (0, 3000)])
    assert_same(em.fit(reference, rows, start=START, tolerance=0, max_iterations=8), in_memory())
    assert len({worker for where in client.who_has(rows.futures).values() for worker in where}) == 2


def test_a_start_by_k_means_on_the_cluster(client):
    rows = Partitions(client, reference, dask_array.from_array(X, chunks=(3000, 4)))
    found = em.fit(reference, rows, 3, tolerance=1e-10)
    assert found.converged
    assert sorted(found.parameters["means"][:, 0]) == pytest.approx(sorted(MEANS[:, 0]), abs=0.15)


def test_a_worker_killed_during_the_run_does_not_change_the_result(client):
    rows = Partitions(client, reference, dask_array.from_array(X, chunks=(1500, 4)))
    rows.run("head")
    victim = next(iter(client.who_has(rows.futures[:1]).values()))[0]
    pid = client.run(os.getpid)[victim]
    passes = []

    class Watched:
        def __getattr__(self, name):
            return getattr(rows, name)

        def statistics(self, parameters):
            passes.append(len(passes))
            if len(passes) == 3:
                # While the tasks of this pass are on their way.
                threading.Timer(0.005, os.kill, (pid, signal.SIGKILL)).start()
            if len(passes) == 4:
                deadline = time.monotonic() + 30
                while alive(pid) and time.monotonic() < deadline:
                    time.sleep(0.01)
            return rows.statistics(parameters)

    found = em.fit(reference, Watched(), start=START, tolerance=0, max_iterations=8)
    assert not alive(pid)
    assert len(passes) == 9
    assert_same(found, in_memory())


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_data_of_another_kind_are_refused(client):
    with pytest.raises(TypeError, match="expected Dask arrays"):
        Partitions(client, reference, X)
    with pytest.raises(ValueError, match="not a single partition"):
        Partitions(client, reference, [])


def test_the_sum_over_partitions_is_the_sum_over_blocks(client):
    rows = Partitions(client, reference, dask_array.from_array(X, chunks=(1000, 4)))
    expected = Rows(reference, blocks_of(X)).statistics(START)
    for one, other in zip(rows.statistics(START), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-8)
