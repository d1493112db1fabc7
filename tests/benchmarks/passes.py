"""A pass of EM over data in memory, in a file, and on a local cluster: ``python -m tests.benchmarks.passes``.

Milliseconds an iteration (E-step and M-step), and ratios to the run in memory; one BLAS thread in each process. The
results are first compared. ``--samples`` changes N (by default two million, D = K = 8).
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is loaded, and inherited by the workers
os.environ.pop("OPENBLAS_CORETYPE", None)

import numpy as np  # noqa: E402

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "numeric"))

from implementations import IMPLEMENTATIONS  # noqa: E402

from numeric.blocks import Rows, blocks_of  # noqa: E402
from numeric.distributed import Partitions  # noqa: E402

N_FEATURES, N_COMPONENTS, WORKERS, RUNS = 8, 8, 2, 7


def load(path, low, high):
    """Return a slice of a file: called on the worker that keeps it."""
    return np.load(path, mmap_mode="r")[low:high]


def main():
    """Print the table."""
    import distributed

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=2_000_000)
    n_samples = parser.parse_args().samples
    module = IMPLEMENTATIONS[-1]
    generator = np.random.default_rng(0)
    means = 3 * generator.normal(size=(N_COMPONENTS, N_FEATURES))
    x = generator.normal(size=(n_samples, N_FEATURES))
    x += means[generator.integers(N_COMPONENTS, size=n_samples)]
    start = np.full(N_COMPONENTS, 1 / N_COMPONENTS), means + 0.2, np.stack([1.2 * np.eye(N_FEATURES)] * N_COMPONENTS)
    cluster = distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    )
    with tempfile.TemporaryDirectory() as folder, cluster, distributed.Client(cluster) as client:
        path = Path(folder) / "x.npy"
        np.save(path, x)
        edges = np.linspace(0, n_samples, WORKERS + 1).astype(int)
        slices = [partial(load, path, low, high) for low, high in pairwise(edges)]
        sources = {
            "in memory": Rows(module, blocks_of(x)),
            "memory-mapped file": Rows(module, blocks_of(np.load(path, mmap_mode="r"))),
            f"cluster of {WORKERS} processes": Partitions(client, module, slices),
        }
        measure(module, sources, start)


def measure(module, sources, start):
    """Print the median time of a pass over each source, from runs that take turns."""
    times = {name: [] for name in sources}
    expected = next(iter(sources.values())).statistics(start)
    for turn in range(RUNS + 1):
        for name, source in sources.items():
            began = time.perf_counter()
            found = source.statistics(start)
            module.update(found, *start)
            if turn:  # the first one is cold
                times[name].append(time.perf_counter() - began)
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-6)
    base = statistics.median(times["in memory"])
    print(f"{module.__name__}, {int(sum(expected[-1]))} samples, D = {N_FEATURES}, K = {N_COMPONENTS}")
    for name, each in times.items():
        median = statistics.median(each)
        print(f"{name:28}{1000 * median:8.0f} ms {median / base:8.2f}")


if __name__ == "__main__":
    main()
