"""Where EM begins: parameters that are given, or k-means++ and one M-step from its hard assignment."""

from math import log
from typing import Any

import numpy as np

from numeric.protocol import Array, Arrays, MixtureModule, bind

SAMPLE_ROWS = 20_000  # k-means++ looks at so many rows at most


def k_means_plus_plus(x: Array, n_components: int, seed: int = 0) -> Array:
    """Return centres drawn from the rows, each with probability proportional to its squared distance to those before.

    Of 2 + log K candidates for each centre the one that lowers the sum of squared distances most is taken.

    Parameters
    ----------
    x
        Array of shape (n_samples, n_features).
    n_components
        K, the number of centres; where there are fewer different rows, some centres are equal.
    seed
        Of the random numbers.

    Returns
    -------
    Array of shape (n_components, n_features), in float64.

    Notes
    -----
    Arthur and Vassilvitskii, *k-means++: the advantages of careful seeding*, SODA 2007.

    Examples
    --------
    >>> x = np.array([[0.0], [0.1], [10.0], [10.1]])
    >>> sorted(k_means_plus_plus(x, 2).round()[:, 0].tolist())
    [0.0, 10.0]
    """
    generator = np.random.default_rng(seed)
    rows = np.asarray(x, np.float64)
    rows = rows - rows.mean(0)
    n_samples = len(rows)
    trials = 2 + int(log(n_components))
    chosen = [int(generator.integers(n_samples))]
    closest = np.square(rows - rows[chosen[0]]).sum(1)
    while len(chosen) < n_components:
        cumulative = np.cumsum(closest)
        if cumulative[-1] > 0:
            draws = generator.random(trials) * cumulative[-1]
            candidates = np.minimum(np.searchsorted(cumulative, draws, side="right"), n_samples - 1)
        else:
            candidates = generator.integers(n_samples, size=1)
        distances = np.minimum(closest, np.square(rows[candidates, None, :] - rows).sum(2))
        best = int(distances.sum(1).argmin())
        chosen.append(int(candidates[best]))
        closest = distances[best]
    return np.asarray(x[chosen], np.float64)


def neutral(module: MixtureModule, sizes: dict[str, int], dtype: Any, centres: Array) -> Arrays:
    """Return parameters that say nothing but where the components are centred.

    The first M-step takes its moments about them; it does not depend on their values otherwise.
    """
    form = next(iter(module.DATA.values()))[1:]
    made: list[Array] = []
    for name, axes in module.PARAMETERS.items():
        missing = [letter for letter in axes if letter not in sizes]
        if missing:
            raise ValueError(f"the size {missing[0]} of {name} does not follow from the data: give a start")
        shape = tuple(sizes[letter] for letter in axes)
        domain = module.DOMAINS[name]
        if domain == "simplex":
            value = np.full(shape, 1 / shape[-1])
        elif domain == "positive definite":
            value = np.broadcast_to(np.eye(shape[-1]), shape).copy()
        elif domain == "positive":
            value = np.ones(shape)
        else:
            value = centres.reshape(shape) if axes == ("K", *form) else np.zeros(shape)
        made.append(value.astype(dtype))
    return tuple(made)


def from_k_means(source: Any, module: MixtureModule, n_components: int, seed: int = 0) -> tuple[Arrays, Arrays]:
    """Return neutral parameters at k-means++ centres, and the statistics in which each row belongs to the nearest."""
    head, dtype = source.head()
    centres = k_means_plus_plus(source.sample(SAMPLE_ROWS, seed), n_components, seed)
    sizes = {**bind(module.DATA, head), "K": n_components}
    before = neutral(module, sizes, dtype, centres)
    return before, source.moments(centres, before)


def given(module: MixtureModule, start: Arrays, head: Arrays, dtype: Any) -> Arrays:
    """Return the parameters of a start that was given, in the dtype of the data; shapes and domains are checked.

    Raises
    ------
    ValueError
        Where a shape does not fit, mixing weights do not add up to one, or a matrix is not positive definite.
    """
    sizes = {letter: size for letter, size in bind(module.DATA, head).items() if letter != "N"}
    parameters = tuple(np.asarray(each, np.float64) for each in start)
    bind(module.PARAMETERS, parameters, sizes)
    for (name, value), domain in zip(
        zip(module.PARAMETERS, parameters, strict=True), map(module.DOMAINS.get, module.PARAMETERS), strict=True
    ):
        if not np.isfinite(value).all():
            raise ValueError(f"{name} of the start are not finite")
        if domain == "simplex" and (np.any(value < 0) or abs(value.sum() - 1) > 1e-6):
            raise ValueError(f"{name} of the start have to be non-negative and add up to 1, not {value.sum():.6g}")
        if domain == "positive" and np.any(value <= 0):
            raise ValueError(f"{name} of the start have to be positive")
        if domain == "positive definite" and not is_positive_definite(value):
            raise ValueError(f"{name} of the start have to be symmetric and positive definite")
    return tuple(value.astype(dtype) for value in parameters)


def is_positive_definite(value: Array) -> bool:
    """Return whether all matrices are symmetric and have a Cholesky factor."""
    if not np.allclose(value, np.swapaxes(value, -1, -2), rtol=1e-5, atol=0):
        return False
    try:
        np.linalg.cholesky(value)
    except np.linalg.LinAlgError:
        return False
    return True
