"""EM for Gaussian mixtures with full covariances, tuned by hand: what an expert writes, the peer of generated code.

It follows the block protocol of `numeric.protocol`, so that everything that runs a generated module runs this one too.
The two plans, the layout (features, block) and the guards are those of the generated code; here a person found them.
"""

from itertools import pairwise
from math import log, pi
from types import SimpleNamespace

import numpy as np

DATA = {"x": ("N", "D")}
PARAMETERS = {"mixing_weights": ("K",), "means": ("K", "D"), "covariances": ("K", "D", "D")}
DOMAINS = {"mixing_weights": "simplex", "means": "real", "covariances": "positive definite"}
VARIANCES = ("covariances",)
STATISTICS = {"counts": ("K",), "first": ("K", "D"), "second": ("K", "D", "D"), "log_likelihood": (), "rows": ("P",)}
PLANS = ("separated", "triangular")

ALIGNMENT = 64  # bytes: a cache line, and the widest vector register
PANELS = 4  # row panels of a triangular factor: three eighths of the products with zeros are left out
LOWEST = {8: -460.0, 4: -80.0}  # logarithms below are raised: subnormal numbers are a hundred times slower
FAINT = {8: -400.0, 4: -60.0}  # a density below is not exponentiated without its maximum taken out
TOLERANCE = {8: 1e-9, 4: 1e-3}  # of a log-density in the separated plan


def aligned(shape, dtype):
    """Return an uninitialised array whose first entry and, where possible, whose rows begin on a cache line."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    buffer = np.empty(size + ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % ALIGNMENT
    return buffer[start : start + size].view(dtype).reshape(shape)


def block_size(n_features):
    """Return the number of samples of a cache block: features of 4 MB in double precision, measured."""
    n_products = (n_features + 1) * (n_features + 2) // 2
    return int(min(8192, max(512, 2**19 // n_products // 128 * 128)))


def workspace(mixing_weights, means, covariances, *, dtype=np.float64, plan="auto", tolerance=None, block=None):
    """Return the buffers that one thread needs."""
    n_components, n_features = means.shape
    block = block or block_size(n_features)
    dtype = np.dtype(dtype)
    n_products = (n_features + 1) * (n_features + 2) // 2
    sizes = {
        "features": n_products,
        "log_weighted": n_components,
        "density": n_components,
        "total": 1,
        "radius": 1,
        "centred": n_features,
        "whitened": n_features,
    }
    return SimpleNamespace(
        block=block,
        dtype=dtype,
        plan=plan,
        tolerance=TOLERANCE[dtype.itemsize] if tolerance is None else tolerance,
        shape=means.shape,
        buffers={name: (aligned((rows * block,), dtype), rows) for name, rows in sizes.items()},
        product=aligned((n_components, n_products), dtype),
    )


def rows_of(work, name, n_rows):
    """Return a buffer as a contiguous array (features, n_rows), for a last block that is shorter, too."""
    buffer, count = work.buffers[name]
    return buffer[: count * n_rows].reshape(count, n_rows)


def lags(n_features):
    """Return i and j of the products x_i x_j, j − i = 0, 1, …: those of one lag are one product of contiguous rows."""
    i = np.concatenate([np.arange(n_features - lag) for lag in range(n_features)])
    return i, i + np.repeat(np.arange(n_features), np.arange(n_features, 0, -1))


def factors(mixing_weights, means, covariances):
    """Return what the densities need of the parameters, in double precision: shift, L⁻¹ and the constants of k."""
    weights, means, covariances = (np.asarray(each, np.float64) for each in (mixing_weights, means, covariances))
    n_features = means.shape[1]
    lower = np.linalg.cholesky(covariances)
    inverse = np.linalg.solve(lower, np.broadcast_to(np.eye(n_features), lower.shape))
    half_logdet = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)
    with np.errstate(divide="ignore"):
        constant = np.log(weights) - half_logdet - 0.5 * n_features * log(2 * pi)
    shift = weights @ means / weights.sum()
    return SimpleNamespace(shift=shift, offsets=means - shift, means=means, inverse=np.tril(inverse), constant=constant)


def natural_parameters(known):
    """Return Θ (K, F): log π_k N(x | k) = Θ_k · φ(x − s), the products x_i x_j of i < j being counted twice."""
    n_features = known.offsets.shape[1]
    precision = known.inverse.transpose(0, 2, 1) @ known.inverse
    linear = (precision @ known.offsets[:, :, None])[:, :, 0]
    upper = lags(n_features)
    quadratic = np.where(upper[0] == upper[1], -0.5, -1.0) * precision[:, upper[0], upper[1]]
    constant = known.constant - 0.5 * np.einsum("kd,kd->k", linear, known.offsets)
    return np.concatenate([np.maximum(constant, -1e300)[:, None], linear, quadratic], axis=1)


def prepared(work, parameters):
    """Return the parameters' factors in the precision of the buffers."""
    if work.shape != parameters[1].shape:
        raise ValueError(f"the workspace was made for other shapes than means {parameters[1].shape}")
    known = factors(*parameters)
    known.theta = natural_parameters(known).astype(work.dtype)
    known.amplification = np.finfo(work.dtype).eps * np.square(known.inverse).sum((1, 2)).max()
    known.reach = np.square(known.offsets).sum(1).max()
    known.exact = known.inverse.astype(work.dtype)
    known.location = known.means.astype(work.dtype)
    known.shift = known.shift.astype(work.dtype)
    known.offsets = known.means - known.shift
    return known


def fill_features(x, known, work):
    """Write φ(x − s) of a block, a feature a row; return whether the separated plan keeps its digits here.

    Where it does not, only the squares are written: the triangular plan has no use for the products.
    """
    n_rows, n_features = x.shape
    features = rows_of(work, "features", n_rows)
    features[0] = 1
    linear = features[1 : n_features + 1]
    np.subtract(x.T, known.shift[:, None], out=linear)
    squares = features[n_features + 1 : 2 * n_features + 1]
    np.multiply(linear, linear, out=squares)
    separable = work.plan == "separated"
    if work.plan == "auto":
        radius = np.add.reduce(squares, axis=0, out=rows_of(work, "radius", n_rows)[0]).max()
        separable = known.amplification * max(radius, known.reach) <= work.tolerance
    place = 2 * n_features + 1
    for lag in range(1, n_features if separable else 1):
        count = n_features - lag
        # As one long row each: NumPy's loop over a contiguous array is twice as fast as over broadcast rows.
        product = features[place : place + count].reshape(-1)
        np.multiply(linear[:count].reshape(-1), linear[lag:].reshape(-1), out=product)
        place += count
    return features, separable


def separated_densities(features, known, work):
    """Write log π_k N(x_n | k) as one matrix product."""
    return np.matmul(known.theta, features, out=rows_of(work, "log_weighted", features.shape[1]))


def triangular_densities(x, known, work):
    """Write log π_k N(x_n | k) = c_k − ½ |L_k⁻¹ (x_n − μ_k)|², a component at a time."""
    n_rows, n_features = x.shape
    out = rows_of(work, "log_weighted", n_rows)
    centred, whitened = rows_of(work, "centred", n_rows), rows_of(work, "whitened", n_rows)
    edges = np.unique(np.linspace(0, n_features, PANELS + 1).astype(int))
    for k, row in enumerate(out):
        np.subtract(x.T, known.location[k][:, None], out=centred)
        for low, high in pairwise(edges):
            np.matmul(known.exact[k, low:high, :high], centred[:high], out=whitened[low:high])
        np.einsum("dn,dn->n", whitened, whitened, out=row)
        np.multiply(row, -0.5, out=row)
        np.add(row, known.constant[k], out=row)
    return out


def normalise(log_weighted, work):
    """Return the responsibilities (K, n) and the log-likelihood of a block.

    The exponentials are taken without their maximum where every sum of them is far from both ends of the range.
    """
    n_rows = log_weighted.shape[1]
    size = work.dtype.itemsize
    density, total = rows_of(work, "density", n_rows), rows_of(work, "total", n_rows)[0]
    np.maximum(log_weighted, LOWEST[size], out=density)
    with np.errstate(over="ignore"):
        np.exp(density, out=density)
        np.add.reduce(density, axis=0, out=total)
    lowest, highest = total.min(), total.max()
    if np.exp(FAINT[size]) < lowest and highest < np.exp(-FAINT[size]):
        log_likelihood = sum_of_logs(total, max(-log(lowest), log(highest), 1))
    else:
        largest = np.maximum.reduce(log_weighted, axis=0)
        np.subtract(log_weighted, largest, out=density)
        np.maximum(density, LOWEST[size], out=density)
        np.exp(density, out=density)
        np.add.reduce(density, axis=0, out=total)
        log_likelihood = (np.log(total) + largest).sum(dtype=np.float64)
    np.divide(1, total, out=total)
    np.multiply(density, total, out=density)
    return density, log_likelihood


def sum_of_logs(values, reach):
    """Return Σ log v for |log v| ≤ reach: a logarithm for as many factors as cannot leave the range, not for each."""
    fold = min(16, max(1, int(0.85 * log(np.finfo(values.dtype).max) / reach)))
    cut = len(values) // fold * fold
    products = np.multiply.reduce(values[:cut].reshape(fold, -1), axis=0)
    return np.log(products).sum(dtype=np.float64) + np.log(values[cut:]).sum(dtype=np.float64)


def blocks(n_samples, size):
    """Yield the slices of the samples."""
    for low in range(0, n_samples, size):
        yield slice(low, min(low + size, n_samples))


def triangular_moments(x, weights, known, work, sums):
    """Add Σ r (x − μ_k) and Σ r (x − μ_k)(x − μ_k)ᵀ as symmetric products of √r-weighted rows."""
    counts, first, second = sums
    centred = rows_of(work, "centred", len(x))
    counts += weights.sum(1, dtype=np.float64)
    for k, row in enumerate(weights):
        np.subtract(x.T, known.location[k][:, None], out=centred)
        first[k] += centred @ row
        np.multiply(centred, np.sqrt(row), out=centred)
        second[k] += centred @ centred.T


def separated_moments(features, weights, work, sums):
    """Add R Φᵀ (K, F)."""
    sums += np.matmul(weights, features.T, out=work.product)


def recentred(sums, known):
    """Return N_k, Σ r (x − μ_k), Σ r (x − μ_k)(x − μ_k)ᵀ of sums that were taken of x − s."""
    n_components, n_features = known.offsets.shape
    counts, first, half = sums[:, 0], sums[:, 1 : n_features + 1], sums[:, n_features + 1 :]
    second = np.empty((n_components, n_features, n_features))
    upper = lags(n_features)
    second[:, upper[0], upper[1]] = half
    second[:, upper[1], upper[0]] = half
    cross = known.offsets[:, :, None] * first[:, None, :]
    outer = known.offsets[:, :, None] * known.offsets[:, None, :]
    second += counts[:, None, None] * outer - cross - cross.transpose(0, 2, 1)
    return counts, first - counts[:, None] * known.offsets, second


def accumulate(x, parameters, workspace, responsibilities=None):
    """Return the statistics of all rows; the responsibilities are given or computed."""
    work = workspace if workspace is not None else globals()["workspace"](*parameters, dtype=x.dtype)
    known = prepared(work, parameters)
    n_components, n_features = known.means.shape
    if x.ndim != 2 or x.shape[1] != n_features:
        raise ValueError(f"x has shape {x.shape}, but the means have {n_features} features")
    moved = np.zeros(work.product.shape)
    centred = (
        np.zeros(n_components),
        np.zeros((n_components, n_features)),
        np.zeros((n_components,) + (n_features,) * 2),
    )
    log_likelihood, rows = 0.0, np.zeros(len(PLANS))
    for part in blocks(len(x), work.block):
        features, separable = fill_features(x[part], known, work)
        if responsibilities is None:
            logs = (
                separated_densities(features, known, work) if separable else triangular_densities(x[part], known, work)
            )
            weights, value = normalise(logs, work)
            log_likelihood += value
        else:
            weights = np.ascontiguousarray(responsibilities[part].T, work.dtype)
        if separable:
            separated_moments(features, weights, work, moved)
        else:
            triangular_moments(x[part], weights, known, work, centred)
        rows[0 if separable else 1] += part.stop - part.start
    totals = (a + b for a, b in zip(recentred(moved, known), centred, strict=True))
    return (*totals, np.float64(log_likelihood), rows)


def statistics(x, mixing_weights, means, covariances, *, workspace=None):
    """Return N_k, Σ r (x − μ_k), Σ r (x − μ_k)(x − μ_k)ᵀ, the log-likelihood and the rows by plan."""
    return accumulate(x, (mixing_weights, means, covariances), workspace)


def moments(x, responsibilities, mixing_weights, means, covariances, *, workspace=None):
    """Return the statistics for given responsibilities; the parameters only say where to centre."""
    return accumulate(x, (mixing_weights, means, covariances), workspace, responsibilities)


def update(statistics, mixing_weights, means, covariances):
    """Return the parameters of the M-step; the covariance is corrected by the means' move."""
    counts, first, second, _, _ = statistics
    with np.errstate(divide="ignore", invalid="ignore"):
        move = first / counts[:, None]
        scatter = second / counts[:, None, None] - move[:, :, None] * move[:, None, :]
    fresh = counts / counts.sum(), means + move, 0.5 * (scatter + scatter.transpose(0, 2, 1))
    return tuple(new.astype(old.dtype) for new, old in zip(fresh, (mixing_weights, means, covariances), strict=True))


def gradient(statistics, mixing_weights, means, covariances):
    """Return ∂L/∂π, ∂L/∂μ and the unconstrained ∂L/∂Σ: functions of the same statistics."""
    counts, first, second, _, _ = statistics
    half = factors(mixing_weights, means, covariances).inverse
    precision = half.transpose(0, 2, 1) @ half
    by_mean = (precision @ first[:, :, None])[:, :, 0]
    by_covariance = 0.5 * (precision @ second @ precision - counts[:, None, None] * precision)
    return counts / mixing_weights, by_mean, by_covariance


def each_block(x, parameters, workspace):
    """Yield the rows of a block and its log π_k N(x_n | k)."""
    work = workspace if workspace is not None else globals()["workspace"](*parameters, dtype=x.dtype)
    known = prepared(work, parameters)
    for part in blocks(len(x), work.block):
        features, separable = fill_features(x[part], known, work)
        yield (
            part,
            separated_densities(features, known, work) if separable else triangular_densities(x[part], known, work),
        )


def log_densities(x, mixing_weights, means, covariances, *, workspace=None):
    """Return log p(x_n), an array of shape (n_samples,)."""
    out = np.empty(len(x), x.dtype)
    for part, logs in each_block(x, (mixing_weights, means, covariances), workspace):
        out[part] = np.logaddexp.reduce(logs, axis=0)
    return out


def responsibilities(x, mixing_weights, means, covariances, *, workspace=None):
    """Return r_nk, an array of shape (n_samples, n_components)."""
    out = np.empty((len(x), len(means)), x.dtype)
    for part, logs in each_block(x, (mixing_weights, means, covariances), workspace):
        density = np.exp(logs - logs.max(0))
        out[part] = (density / density.sum(0)).T
    return out
