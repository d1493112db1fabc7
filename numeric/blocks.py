"""The rows of the data as blocks: arrays in memory, memory-mapped files, iterables; and the sums taken over them.

`Rows` is all that a pass over the data needs: it holds a module, blocks and one workspace. In one process there is one
of it; on a cluster every partition has its own, and the tuples that they return are added.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from numeric.protocol import Array, Arrays, MixtureModule, add, bind

# A block of 32 MB in double precision: large beside the preparation of a pass, small beside the memory.
BLOCK_ENTRIES = 2**22
# Up to this size arrays in memory are copied once into column order, in which a pass reads them fastest.
COPIED_BYTES = 2**30

# An array, a tuple of arrays, a sequence of blocks, or a function that returns an iterator of blocks.
Data: TypeAlias = Any


@dataclass(frozen=True)
class Summary:
    """Count, mean and variance of the rows of the first data array.

    Attributes
    ----------
    n_samples
        N, the number of rows.
    mean, variance
        Arrays of shape (n_features,), in float64.
    """

    n_samples: int
    mean: Array
    variance: Array


class ArrayBlocks:
    """Slices of arrays, in memory or memory-mapped; a slice is a view, and is read when it is used."""

    def __init__(self, arrays: Arrays, block_rows: int) -> None:
        lengths = {len(array) for array in arrays}
        if len(lengths) != 1:
            raise ValueError(f"the data arrays have different numbers of rows: {sorted(lengths)}")
        self.arrays, self.block_rows = arrays, block_rows

    def __iter__(self) -> Iterator[Arrays]:
        for low in range(0, len(self.arrays[0]), self.block_rows):
            yield tuple(array[low : low + self.block_rows] for array in self.arrays)


class IterableBlocks:
    """Blocks from a sequence, or from a function that begins an iteration; a block is an array or a tuple of them."""

    def __init__(self, blocks: Iterable[Any] | Callable[[], Iterable[Any]]) -> None:
        if isinstance(blocks, Iterator):
            raise TypeError(
                "an iterator can be read once, EM reads the data often: give a list, or a function that makes one"
            )
        self.blocks = blocks

    def __iter__(self) -> Iterator[Arrays]:
        for block in self.blocks() if callable(self.blocks) else self.blocks:
            yield as_arrays(block)


def as_arrays(block: Any) -> Arrays:
    """Return a block as a tuple of floating-point arrays."""
    return tuple(as_float(array) for array in (block if isinstance(block, tuple) else (block,)))


def as_float(array: Any) -> Array:
    """Return an array of float32 or float64; everything else becomes float64."""
    array = np.asanyarray(array)
    return array if array.dtype in (np.float32, np.float64) else np.asarray(array, np.float64)


def column_order(array: Array) -> Array:
    """Return the array so that a column is contiguous, where a copy is small and it lies in memory."""
    if isinstance(array, np.memmap) or array.ndim < 2 or array.nbytes > COPIED_BYTES:
        return array
    return np.asfortranarray(array)


def blocks_of(data: Data, block_rows: int | None = None) -> ArrayBlocks | IterableBlocks:
    """Return the data as blocks that can be iterated over and over.

    Parameters
    ----------
    data
        An array of shape (n_samples, n_features), in memory or memory-mapped (``np.load(..., mmap_mode="r")``); a tuple
        of such arrays; a sequence of blocks; a function without arguments that returns an iterator of blocks.
    block_rows
        Rows of a block of an array; by default as many as make 32 MB.

    Examples
    --------
    >>> [block[0].shape for block in blocks_of(np.zeros((5, 2)), block_rows=2)]
    [(2, 2), (2, 2), (1, 2)]
    >>> blocks_of(iter([np.zeros((5, 2))]))
    Traceback (most recent call last):
    TypeError: an iterator can be read once, EM reads the data often: give a list, or a function that makes one
    """
    if isinstance(data, np.ndarray) or (isinstance(data, tuple) and all(isinstance(each, np.ndarray) for each in data)):
        arrays = tuple(column_order(array) for array in as_arrays(data))
        width = sum(max(1, array[:1].size) for array in arrays)
        return ArrayBlocks(arrays, block_rows or max(1024, BLOCK_ENTRIES // width))
    if not (callable(data) or isinstance(data, Iterable)):
        kind = type(data).__name__
        raise TypeError(f"data of type {kind}: expected arrays, a sequence of blocks, or a function returning them")
    return IterableBlocks(data)


@dataclass
class Rows:
    """The rows of one process, and sums over them.

    Attributes
    ----------
    module
        A mixture module.
    blocks
        The data.
    plan, tolerance
        Handed to the module's workspace.
    """

    module: MixtureModule
    blocks: Iterable[Arrays]
    plan: str = "auto"
    tolerance: float | None = None
    held: Any = field(default=None, repr=False)
    held_for: Any = field(default=None, repr=False)

    def workspace(self, parameters: Arrays, dtype: Any) -> Any:
        """Return the workspace for these shapes, made once."""
        key = (tuple(np.shape(each) for each in parameters), dtype)
        if self.held_for != key:
            self.held = self.module.workspace(*parameters, dtype=dtype, plan=self.plan, tolerance=self.tolerance)
            self.held_for = key
        return self.held

    def total(self, function: Callable[[Arrays], Arrays]) -> Arrays:
        """Return the sum of what a function returns for each block."""
        result: Arrays | None = None
        for block in self.blocks:
            value = function(block)
            result = value if result is None else add(result, value)
        if result is None:
            raise ValueError("there are no data: not a single block")
        return result

    def statistics(self, parameters: Arrays) -> Arrays:
        """Return the module's statistics at the parameters."""

        def of(block: Arrays) -> Arrays:
            work = self.workspace(parameters, block[0].dtype)
            return self.module.statistics(*block, *parameters, workspace=work)

        return self.total(of)

    def moments(self, centres: Array, parameters: Arrays) -> Arrays:
        """Return the statistics of the rows if each belongs to the nearest centre (n_components, n_features)."""

        def of(block: Arrays) -> Arrays:
            work = self.workspace(parameters, block[0].dtype)
            return self.module.moments(*block, nearest(block[0], centres), *parameters, workspace=work)

        return self.total(of)

    def head(self) -> tuple[Arrays, str]:
        """Return the first row and the dtype of the first data array; shapes are checked against the protocol."""
        for block in self.blocks:
            bind(self.module.DATA, block)
            if len(block[0]):
                return tuple(np.array(array[:1]) for array in block), block[0].dtype.name
        raise ValueError("there are no data: no block has a row")

    def summary(self, shift: Array) -> Arrays:
        """Return N, Σ (x − shift) and Σ (x − shift)² of the first data array; x is refused where it is not finite."""

        def of(block: Arrays) -> Arrays:
            moved = np.asarray(block[0], np.float64).reshape(len(block[0]), -1) - shift
            if not np.isfinite(moved).all():
                row = int(np.argmin(np.isfinite(moved).all(1)))
                raise ValueError(f"the data are not finite: see row {row} of a block of {len(moved)}")
            return np.asarray(float(len(moved))), moved.sum(0), np.einsum("nd,nd->d", moved, moved)

        return self.total(of)

    def sample(self, size: int, seed: int) -> Array:
        """Return rows of the first data array drawn without replacement (all of them where there are fewer)."""
        generator = np.random.default_rng(seed)
        rows: list[Array] = []
        keys: list[Array] = []
        for block in self.blocks:
            # The rows with the smallest random keys are a sample without replacement, one block at a time.
            key = generator.random(len(block[0]))
            chosen = np.sort(np.argsort(key)[:size])
            rows.append(np.asarray(block[0][chosen]).reshape(len(chosen), -1))
            keys.append(key[chosen])
            if sum(map(len, keys)) > 2 * size:
                rows, keys = smallest(rows, keys, size)
        rows, _ = smallest(rows, keys, size)
        return rows[0]


def smallest(rows: Sequence[Array], keys: Sequence[Array], size: int) -> tuple[list[Array], list[Array]]:
    """Return the rows with the smallest keys, in their order."""
    row, key = np.concatenate(rows), np.concatenate(keys)
    chosen = np.sort(np.argsort(key)[:size])
    return [row[chosen]], [key[chosen]]


def nearest(x: Array, centres: Array) -> Array:
    """Return responsibilities of 0 and 1, of shape (n_samples, n_components): each row to the nearest centre."""
    rows = x.reshape(len(x), -1)
    shift = centres.mean(0)
    moved, at = np.asarray(rows - shift, np.float64), centres - shift
    # |x − c|² without |x|², which is the same for every centre.
    distances = np.square(at).sum(1) - 2 * (moved @ at.T)
    hard = np.zeros((len(rows), len(centres)), x.dtype)
    hard[np.arange(len(rows)), distances.argmin(1)] = 1
    return hard


def summarise(source: Any) -> Summary:
    """Return count, mean and variance of the rows, taken about the first row: a common offset does not cancel."""
    (first, *_), _ = source.head()
    shift = np.asarray(first, np.float64).reshape(-1)
    count, total, squares = source.summary(shift)
    mean = total / count
    return Summary(int(count), shift + mean, np.maximum(squares / count - mean**2, 0))
