"""The same passes over a cluster: partitions stay on the workers, and small sums come back.

A pass is one task for each partition, which runs the module's function over rows that its worker already holds, and one
addition of the tuples that come back, in the order of the partitions: the result does not depend on who was faster.
A worker that dies takes its partitions along; Dask computes them again from their sources on those that are left.
"""

import threading
from collections.abc import Callable, Sequence
from functools import reduce
from importlib import import_module
from typing import Any

import numpy as np

from numeric.blocks import Rows, as_arrays, column_order
from numeric.protocol import Array, Arrays, add, checked

LOCAL = threading.local()  # a workspace for each thread of a worker; it outlives the task


def held(load: Callable[[], Any] | None, *arrays: Any) -> Arrays:
    """Return the rows of a partition as the passes read them fastest."""
    block = as_arrays(load() if load is not None else arrays)
    return tuple(column_order(np.asarray(array)) for array in block)


def on_partition(block: Arrays, method: str, name: str, plan: str, tolerance: float | None, *arguments: Any) -> Any:
    """Run a method of `numeric.blocks.Rows` over one partition: the task."""
    rows = Rows(import_module(name), [block], plan, tolerance)
    kept = LOCAL.__dict__.setdefault("workspaces", {})
    rows.held, rows.held_for = kept.get((name, plan, tolerance), (None, None))
    try:
        return getattr(rows, method)(*arguments)
    finally:
        kept[name, plan, tolerance] = rows.held, rows.held_for


class Partitions:
    """Rows that are spread over the workers of a Dask cluster; hand it to `numeric.em.fit` as the data.

    Parameters
    ----------
    client
        A ``distributed.Client``. Workers with one thread each and one BLAS thread are the fastest.
    module
        A mixture module that the workers can import by its name.
    data
        A Dask array of shape (n_samples, n_features); a tuple of them for a module with several; or a sequence of
        functions without arguments, each of which returns a block, and is called on the worker that will keep it.
    plan, tolerance
        As in `numeric.em.fit`.

    Notes
    -----
    One or two partitions a worker are best: each task costs about a millisecond. All partitions together have to fit
    into the memory of the workers. Rows from an array in this process travel once.
    """

    def __init__(
        self, client: Any, module: Any, data: Any, *, plan: str = "auto", tolerance: float | None = None
    ) -> None:
        self.client, self.module = client, checked(module)
        self.plan, self.tolerance = plan, tolerance
        if isinstance(data, Sequence) and all(callable(each) for each in data) and not isinstance(data, tuple):
            self.futures = [client.submit(held, load, pure=False) for load in data]
        else:
            self.futures = self.persisted(data if isinstance(data, tuple) else (data,))
        if not self.futures:
            raise ValueError("there are no data: not a single partition")

    def persisted(self, arrays: tuple[Any, ...]) -> list[Any]:
        """Return a future for each chunk of rows of Dask arrays."""
        for array in arrays:
            if not hasattr(array, "to_delayed"):
                raise TypeError(
                    f"data of type {type(array).__name__}: expected Dask arrays or functions that return blocks"
                )
        arrays = tuple(array.rechunk(dict.fromkeys(range(1, array.ndim), -1)) for array in arrays)
        if len({array.chunks[0] for array in arrays}) != 1:
            raise ValueError("the data arrays are cut into rows at different places: rechunk them alike")
        columns = [self.client.compute(array.to_delayed().ravel().tolist()) for array in arrays]
        return [self.client.submit(held, None, *blocks, pure=False) for blocks in zip(*columns, strict=True)]

    def run(self, method: str, *arguments: Any, futures: Sequence[Any] | None = None) -> list[Any]:
        """Return what a method of `Rows` gives on each partition, in their order."""
        tasks = [
            self.client.submit(
                on_partition, block, method, self.module.__name__, self.plan, self.tolerance, *arguments, pure=False
            )
            for block in (self.futures if futures is None else futures)
        ]
        return list(self.client.gather(tasks))

    def statistics(self, parameters: Arrays) -> Arrays:
        """Return the module's statistics of all rows."""
        return reduce(add, self.run("statistics", parameters))

    def moments(self, centres: Array, parameters: Arrays) -> Arrays:
        """Return the statistics of all rows if each belongs to the nearest centre."""
        return reduce(add, self.run("moments", centres, parameters))

    def summary(self, shift: Array) -> Arrays:
        """Return N, Σ (x − shift) and Σ (x − shift)²."""
        return reduce(add, self.run("summary", shift))

    def head(self) -> tuple[Arrays, str]:
        """Return the first row, and the dtype."""
        found: tuple[Arrays, str] = self.run("head", futures=self.futures[:1])[0]
        return found

    def sample(self, size: int, seed: int) -> Array:
        """Return rows drawn without replacement, about as many of each partition."""
        share = -(-size // len(self.futures))
        return np.concatenate(self.run("sample", share, seed))
