"""EM for Gaussian mixtures by the modules that were generated from their log-likelihoods."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from numeric import em
from numeric.blocks import Data
from numeric.fitted import Fitted

MODULES = {
    "full": "numeric.generated.gaussian_mixture",
    "tied": "numeric.generated.gaussian_mixture_tied",
    "diagonal": "numeric.generated.gaussian_mixture_diagonal",
    "spherical": "numeric.generated.gaussian_mixture_spherical",
}
"""The generated modules by the structure of the covariances."""


def module_of(covariances: str) -> ModuleType:
    """Return the generated module of a structure.

    Raises
    ------
    ValueError
        If there is no such structure.

    Examples
    --------
    >>> list(module_of("diagonal").PARAMETERS)
    ['mixing_weights', 'means', 'variances']
    """
    if covariances not in MODULES:
        raise ValueError(f"covariances={covariances!r} is none of {', '.join(MODULES)}")
    return import_module(MODULES[covariances])


def fit(
    data: Data, n_components: int | None = None, *, covariances: str = "full", module: Any = None, **options: Any
) -> Fitted:
    """Fit a mixture by expectation maximisation: of Gaussians, or of what a module says.

    Parameters
    ----------
    data
        Array of shape (n_samples, n_features), or what else `numeric.em.fit` takes.
    n_components
        K, for a start by k-means++. Either this or ``start``.
    covariances : str
        ``"full"``, ``"tied"``, ``"diagonal"`` or ``"spherical"``.
    module
        A mixture module (`numeric.protocol`) instead of one of these.
    **options
        Those of `numeric.em.fit`: ``start``, ``tolerance``, ``max_iterations``, ``floor``, ``empty``, ``plan``,
        ``block_rows``, ``progress``, ``seed``.

    Returns
    -------
    Fitted

    Raises
    ------
    TypeError, ValueError
        As `numeric.em.fit`.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(200, 2)) + np.repeat([[0.0], [9.0]], 100, axis=0)
    >>> found = fit(x, 2, covariances="spherical")
    >>> sorted(found.parameters["means"][:, 0].round().astype(int).tolist())
    [0, 9]
    """
    if hasattr(data, "STATISTICS"):
        raise TypeError("a module is given as module=…, after the data")
    return em.fit(module if module is not None else module_of(covariances), data, n_components, **options)
