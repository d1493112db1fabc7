"""The parts of a mixture module that are alike for all mixtures: buffers, blocks and the log-sum-exp.

They are text, with places for names (``$name``); no formula of a model is among them.
"""

from __future__ import annotations

from string import Template

HEAD = Template('''r$header

$title: EM as functions over blocks of rows (see `numeric.protocol`).
The log-likelihood is

.. math::

   $log_likelihood

The M-step maximises its expectation given the responsibilities, which at the parameters of the pass has the same
gradient. A log-density is a product of features of the sample and functions of the parameters: one matrix product
gives the log-densities of a block, another one all sums that the M-step and the gradients are functions of.

$notes
"""

from __future__ import annotations

import math
$imports
import numpy as np

$constants

AXES = {**DATA, **PARAMETERS, "responsibilities": ("N", "K")}
ALIGNMENT = 64  # bytes: a cache line, and the widest vector register
LOWEST = {8: -300.0, 4: -40.0}  # logarithms below are raised: subnormal numbers are a hundred times slower
RANGE = {8: 400.0, 4: 47.0}  # the logarithm of what is divided by; with the one above it stays a normal number
''')

BUFFERS = Template('''

class Workspace:
    """Aligned buffers of one thread, an array (rows, samples of a block) each; see `workspace`."""

    def __init__(self, dtype: np.dtype, plan: str, tolerance: float | None, **sizes: int) -> None:
        """Make the buffers for these sizes of the axes."""
        if plan not in ("auto", *PLANS):
            raise ValueError(f"plan={plan!r} is none of auto, {', '.join(PLANS)}")
        if dtype.itemsize not in LOWEST or dtype.kind != "f":
            raise ValueError(f"dtype={dtype}: expected float32 or float64")
        self.dtype, self.plan, self.sizes = dtype, plan, sizes
$tolerance        K$sizes = sizes["K"]$sizes_of
        features = $n_features
        self.block = block_size(features)
        counts = {"features": features, "logs": K, "density": K, "total": 1$buffers}
        self.buffers = {name: (aligned((count * self.block,), dtype), count) for name, count in counts.items()}
        self.products = aligned((K, features), dtype)

    def rows(self, name: str, n_rows: int) -> np.ndarray:
        """Return a buffer for a block of so many samples, contiguous for the last, shorter block, too."""
        buffer, count = self.buffers[name]
        return buffer[: count * n_rows].reshape(count, n_rows)


def block_size(features: int) -> int:
    """Return the number of samples of a block: features of 4 MB, but neither few samples nor much memory; measured."""
    fewest, most = 256 if features < 4096 else 512, 8192 if features > 32 else 16384
    rows = min(most, max(fewest, 2**19 // features // 128 * 128))
    return min(rows, max(64, 2**23 // features))


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return an uninitialised array that begins on a cache line."""
    size = math.prod(shape) * dtype.itemsize
    buffer = np.empty(size + ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % ALIGNMENT
    return buffer[start : start + size].view(dtype).reshape(shape)


def workspace(
$parameters    *,
    dtype: object = np.float64,
    plan: str = "auto",
    tolerance: float | None = None,
) -> Workspace:
    r"""Return the buffers that one thread needs for parameters of these shapes.

    Parameters
    ----------
$parameter_docs    dtype : float32 or float64
        That of the data.
    plan : str
        One of `PLANS`, or ``"auto"``: chosen for every block.
    tolerance : float
        Of a log-density in the separated plan; by default 1e-9, or 1e-3 in float32.
    """
    sizes = bound($keywords)
    return Workspace(np.dtype(dtype), plan, tolerance, **sizes)  # type: ignore[call-overload]


def bound(**arrays: np.ndarray) -> dict[str, int]:
    """Return the sizes of the axes; raise ValueError where a shape does not fit."""
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        axes, shape = AXES[name], np.shape(array)
        if len(shape) != len(axes) or any(sizes.setdefault(a, n) != n for a, n in zip(axes, shape, strict=True)):
            expected = ", ".join(f"{axis} = {sizes[axis]}" if axis in sizes else axis for axis in axes)
            raise ValueError(f"{name} has shape {shape}, expected ({expected})")
    sizes.pop("N", None)
    return sizes


def ready(work: Workspace | None, dtype: np.dtype, sizes: dict[str, int]) -> Workspace:
    """Return a workspace that fits: the one that is given, or a new one."""
    if work is None:
        return Workspace(dtype, "auto", None, **sizes)
    if work.sizes != sizes or work.dtype != dtype:
        raise ValueError(f"the workspace is for {work.dtype} and {work.sizes}, not for {dtype} and {sizes}")
    return work


def floating(array: np.ndarray) -> np.ndarray:
    """Return an array of float32 or float64; everything else becomes float64."""
    array = np.asarray(array)
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
''')

TOLERANCE = """        default = {8: 1e-9, 4: 1e-3}[dtype.itemsize]
        self.tolerance = default if tolerance is None else tolerance
"""

NORMALISE = '''

def relative_shares(logs: np.ndarray, known: SimpleNamespace, work: Workspace) -> tuple[np.ndarray, float]:
    """Return responsibilities (K, n) and the log-likelihood of a block from log-joint densities (K, n).

    Those of all components but the heaviest are given relative to it: that one needs no exponential, and the sum of all
    is at least 1. Where a sum is beyond the range, which may be by overflow, the maximum is taken out.
    """
    n_rows, size, base = logs.shape[1], work.dtype.itemsize, known.heaviest
    density, total = work.rows("density", n_rows), work.rows("total", n_rows)[0]
    np.maximum(logs, LOWEST[size], out=density)
    for rows in (density[:base], density[base + 1 :]):
        np.exp(rows, out=rows)
    density[base] = 1.0
    np.add.reduce(density, axis=0, out=total)
    highest = float(total.max())
    if not highest < math.exp(RANGE[size]):
        reference = logs[base].copy()
        np.add(logs, reference, out=logs)
        logs[base] = reference
        return shares(logs, work)
    value = sum_of_logs(total, max(math.log(highest), 1.0)) + float(logs[base].sum(dtype=np.float64))
    np.divide(1.0, total, out=total)
    np.multiply(density, total, out=density)
    return density, value


def shares(logs: np.ndarray, work: Workspace) -> tuple[np.ndarray, float]:
    """Return responsibilities (K, n) and the log-likelihood of a block from log-joint densities (K, n)."""
    n_rows = logs.shape[1]
    density, total = work.rows("density", n_rows), work.rows("total", n_rows)[0]
    largest = np.maximum.reduce(logs, axis=0)
    np.subtract(logs, largest, out=density)
    np.maximum(density, LOWEST[work.dtype.itemsize], out=density)
    np.exp(density, out=density)
    np.add.reduce(density, axis=0, out=total)
    value = float((np.log(total) + largest).sum(dtype=np.float64))
    np.divide(1.0, total, out=total)
    np.multiply(density, total, out=density)
    return density, value


def sum_of_logs(values: np.ndarray, reach: float) -> float:
    """Return Σ log v for 0 ≤ log v ≤ reach: one logarithm for as many factors as stay in the range together."""
    fold = min(16, max(1, int(0.85 * math.log(np.finfo(values.dtype).max) / reach)))
    cut = len(values) // fold * fold
    products = np.multiply.reduce(values[:cut].reshape(fold, -1), axis=0)
    return float(np.log(products).sum(dtype=np.float64) + np.log(values[cut:]).sum(dtype=np.float64))
'''

LAGS = '''

def lags(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return i and j of the products x_i x_j with j − i = 0, 1, …: those of one lag are products of adjacent rows."""
    i = np.concatenate([np.arange(size - lag) for lag in range(size)])
    return i, i + np.repeat(np.arange(size), np.arange(size, 0, -1))


def packed(matrices: np.ndarray) -> np.ndarray:
    """Return symmetric matrices (..., D, D) as what products x_i x_j of i ≤ j, each once, are multiplied by."""
    i, j = lags(matrices.shape[-1])
    return np.where(i == j, 1.0, 2.0) * matrices[..., i, j]


def unpacked(products: np.ndarray, size: int) -> np.ndarray:
    """Return sums of products x_i x_j of i ≤ j as symmetric matrices (..., D, D)."""
    i, j = lags(size)
    matrices = np.empty((*products.shape[:-1], size, size))
    matrices[..., i, j] = products
    matrices[..., j, i] = products
    return matrices
'''
