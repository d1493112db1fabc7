"""EM for Gaussian mixtures as the formulas stand on paper: inverses, determinants, exponentials and raw second moments.

What generated code must not look like: the stability tests show where it breaks, the benchmark what it costs.
"""

import numpy as np


def densities(x, mixing_weights, means, covariances):
    """Return π_k N(x_n | k), an array of shape (n_samples, n_components)."""
    n_features = x.shape[1]
    centred = x[:, None, :] - means
    precision = np.linalg.inv(covariances)
    quadratic = np.einsum("nkd,kde,nke->nk", centred, precision, centred)
    norm = np.sqrt(x.dtype.type(2 * np.pi) ** n_features * np.linalg.det(covariances))
    return mixing_weights / norm * np.exp(-0.5 * quadratic)


def responsibilities(x, *parameters):
    """Return r_nk."""
    joint = densities(x, *parameters)
    return joint / joint.sum(1, keepdims=True)


def log_likelihood(x, *parameters):
    """Return Σ_n log Σ_k π_k N(x_n | k)."""
    return np.log(densities(x, *parameters).sum(1)).sum()


def step(x, *parameters):
    """Return the parameters of an EM iteration."""
    r = responsibilities(x, *parameters)
    counts = r.sum(0)
    means = np.einsum("nk,nd->kd", r, x) / counts[:, None]
    second = np.einsum("nk,nd,ne->kde", r, x, x, optimize=False) / counts[:, None, None]
    return counts / len(x), means, second - means[:, :, None] * means[:, None, :]


def centred_step(x, *parameters):
    """Return the parameters of an EM iteration with Σ r (x − μ)(x − μ)ᵀ: as on paper, but without its cancellation."""
    r = responsibilities(x, *parameters)
    counts = r.sum(0)
    means = np.einsum("nk,nd->kd", r, x) / counts[:, None]
    centred = x[:, None, :] - means
    return counts / len(x), means, np.einsum("nk,nkd,nke->kde", r, centred, centred) / counts[:, None, None]
