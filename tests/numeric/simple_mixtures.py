"""Mixtures that follow the block protocol in the plainest way: other covariance structures, and no Gaussian at all.

They are for tests of the runtime: centred formulas, no blocks, no plans.
"""

import types

import numpy as np
import scipy.special

COMMON = {"PLANS": ("separated",), "DATA": {"x": ("N", "D")}}
COVARIANCES = {
    "tied": ("covariance", ("D", "D"), "positive definite"),
    "diagonal": ("variances", ("K", "D"), "positive"),
    "spherical": ("variances", ("K",), "positive"),
}


def gaussian(structure):
    """Return the module of a Gaussian mixture with a tied, diagonal or spherical covariance."""
    name, axes, domain = COVARIANCES[structure]

    def log_joint(x, weights, means, spread):
        n_features = x.shape[1]
        centred = x[:, None, :] - means
        if structure == "tied":
            lower = np.linalg.cholesky(spread)
            square = np.square(np.linalg.solve(lower, centred.reshape(-1, n_features).T)).sum(0)
            square, logdet = square.reshape(centred.shape[:2]), 2 * np.log(np.diag(lower)).sum()
        else:
            each = spread if structure == "diagonal" else np.repeat(spread[:, None], n_features, axis=1)
            square, logdet = (centred**2 / each).sum(2), np.log(each).sum(1)
        return np.log(weights) - 0.5 * (square + logdet + n_features * np.log(2 * np.pi))

    def sums(x, r, means):
        centred = x[:, None, :] - means
        second = {
            "tied": lambda: np.einsum("nk,nkd,nke->de", r, centred, centred),
            "diagonal": lambda: np.einsum("nk,nkd->kd", r, centred**2),
            "spherical": lambda: np.einsum("nk,nkd->k", r, centred**2),
        }[structure]()
        return np.einsum("nk,nkd->kd", r, centred), second

    def update(statistics, weights, means, spread):
        counts, first, second, _, _ = statistics
        move = first / counts[:, None]
        if structure == "tied":
            fresh = (second - np.einsum("k,kd,ke->de", counts, move, move)) / counts.sum()
        elif structure == "diagonal":
            fresh = second / counts[:, None] - move**2
        else:
            fresh = (second / counts - (move**2).sum(1)) / means.shape[1]
        return counts / counts.sum(), means + move, fresh

    return module(
        f"gaussian_{structure}",
        log_joint,
        lambda x, r, weights, means, spread: sums(x, r, means),
        update,
        PARAMETERS={"mixing_weights": ("K",), "means": ("K", "D"), name: axes},
        DOMAINS={"mixing_weights": "simplex", "means": "real", name: domain},
        VARIANCES=(name,),
        STATISTICS={"counts": ("K",), "first": ("K", "D"), "second": axes, "log_likelihood": (), "rows": ("P",)},
        **COMMON,
    )


def poisson():
    """Return the module of a mixture of Poisson distributions over counts x, an array of shape (n_samples,)."""

    def log_joint(x, weights, rates):
        return np.log(weights) + scipy.special.xlogy(x[:, None], rates) - rates - scipy.special.gammaln(x + 1)[:, None]

    def update(statistics, weights, rates):
        counts, first, _, _ = statistics
        return counts / counts.sum(), first / counts

    return module(
        "poisson",
        log_joint,
        lambda x, r, *parameters: (r.T @ x,),
        update,
        PARAMETERS={"mixing_weights": ("K",), "rates": ("K",)},
        DOMAINS={"mixing_weights": "simplex", "rates": "positive"},
        VARIANCES=(),
        STATISTICS={"counts": ("K",), "first": ("K",), "log_likelihood": (), "rows": ("P",)},
        DATA={"x": ("N",)},
        PLANS=("separated",),
    )


def regression():
    """Return the module of a mixture of linear regressions y = wᵀx + noise, with two data arrays."""

    def log_joint(x, y, weights, slopes, variances):
        square = (y[:, None] - x @ slopes.T) ** 2
        return np.log(weights) - 0.5 * (square / variances + np.log(2 * np.pi * variances))

    def sums(x, y, r, *parameters):
        return (
            np.einsum("nk,nd,ne->kde", r, x, x, optimize=False),
            np.einsum("nk,n,nd->kd", r, y, x, optimize=False),
            r.T @ y**2,
        )

    def update(statistics, weights, slopes, variances):
        counts, gram, cross, squares, _, _ = statistics
        fresh = np.linalg.solve(gram, cross[:, :, None])[:, :, 0]
        return counts / counts.sum(), fresh, (squares - np.einsum("kd,kd->k", fresh, cross)) / counts

    return module(
        "regression",
        log_joint,
        sums,
        update,
        PARAMETERS={"mixing_weights": ("K",), "slopes": ("K", "D"), "variances": ("K",)},
        DOMAINS={"mixing_weights": "simplex", "slopes": "real", "variances": "positive"},
        VARIANCES=("variances",),
        STATISTICS={
            "counts": ("K",),
            "gram": ("K", "D", "D"),
            "cross": ("K", "D"),
            "squares": ("K",),
            "log_likelihood": (),
            "rows": ("P",),
        },
        DATA={"x": ("N", "D"), "y": ("N",)},
        PLANS=("separated",),
    )


def module(name, log_joint, sums, update, **constants):
    """Return a mixture module made of log π_k p(x_n | k) and the sums that the update wants."""
    made = types.ModuleType(name)
    n_data = len(constants["DATA"])

    def responsibilities(*arrays, workspace=None):
        return scipy.special.softmax(log_joint(*arrays), axis=1)

    def log_densities(*arrays, workspace=None):
        return scipy.special.logsumexp(log_joint(*arrays), axis=1)

    def moments(*arrays, workspace=None):
        r = arrays[n_data]
        return (r.sum(0), *sums(*arrays), np.float64(0), np.array([float(len(r))]))

    def statistics(*arrays, workspace=None):
        data, parameters = arrays[:n_data], arrays[n_data:]
        found = moments(*data, responsibilities(*arrays), *parameters)
        return (*found[:-2], log_densities(*arrays).sum(), found[-1])

    made.__dict__.update(
        constants,
        responsibilities=responsibilities,
        log_densities=log_densities,
        moments=moments,
        statistics=statistics,
        update=update,
        workspace=lambda *parameters, dtype=None, plan="auto", tolerance=None: None,
    )
    return made
