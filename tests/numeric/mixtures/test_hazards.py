"""What breaks plain formulas leaves all structures whole: offsets, outliers, distant clusters, far-out rows."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
import scipy.special
import scipy.stats

from numeric.gaussian import MODULES, module_of

RNG = np.random.default_rng(8)


def spread_of(structure, variance, n_components=2, n_features=2):
    return {
        "full": variance * np.stack([np.eye(n_features)] * n_components),
        "tied": variance * np.eye(n_features),
        "diagonal": np.full((n_components, n_features), variance),
        "spherical": np.full(n_components, variance),
    }[structure]


def exact_scatter(x):
    """Return Σ (x − mean)(x − mean)ᵀ by rational arithmetic."""
    rows = [[Fraction(float(value)) for value in row] for row in x]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    size = range(len(mean))
    return np.array([[float(sum((r[i] - mean[i]) * (r[j] - mean[j]) for r in rows)) for j in size] for i in size])


def in_structure(structure, scatters, counts):
    """Return the M-step's spread of clusters that do not overlap."""
    covariances = np.stack([s / n for s, n in zip(scatters, counts, strict=True)])
    return {
        "full": lambda: covariances,
        "tied": lambda: sum(scatters) / sum(counts),
        "diagonal": lambda: np.einsum("kdd->kd", covariances),
        "spherical": lambda: np.einsum("kdd->k", covariances) / 2,
    }[structure]()


@pytest.mark.parametrize("structure", MODULES)
@pytest.mark.parametrize(("offset", "distance"), [(1e8, 50.0), (0.0, 1e6), (1e6, 1e4)])
def test_data_far_from_the_origin_and_clusters_far_from_one_another(structure, offset, distance):
    module = module_of(structure)
    x = offset + np.concatenate([RNG.normal(size=(60, 2)), distance + RNG.normal(size=(40, 2))])
    start = np.array([0.5, 0.5]), offset + np.array([[0.2, 0.1], [distance, distance]]), spread_of(structure, 2.0)
    fresh = module.update(module.statistics(x, *start), *start)
    expected = in_structure(structure, [exact_scatter(x[:60]), exact_scatter(x[60:])], [60, 40])
    np.testing.assert_allclose(fresh[0], [0.6, 0.4], rtol=1e-12)
    np.testing.assert_allclose(fresh[2], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("structure", MODULES)
def test_an_outlier_changes_the_plan_of_its_block_only(structure):
    module = module_of(structure)
    x = np.concatenate([[[1e6, -1e6]], RNG.normal(size=(60_000, 2))])
    start = np.array([0.5, 0.5]), np.array([[0.0, 0.0], [3.0, 0.0]]), spread_of(structure, 1.0)
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        found = dict(zip(module.STATISTICS, module.statistics(x, *start), strict=True))
        logs = module.log_densities(x[:50], *start)
        r = module.responsibilities(x[:50], *start)
    rows = dict(zip(module.PLANS, found["rows"], strict=True))
    assert rows["separated"] > 30_000 and 0 < rows[module.PLANS[1]] < 30_000
    theirs = [scipy.stats.multivariate_normal.logpdf(x[:50], mean) for mean in start[1]]
    joint = np.stack(theirs, axis=1) + np.log(0.5)
    np.testing.assert_allclose(logs, scipy.special.logsumexp(joint, axis=1), rtol=1e-12)
    np.testing.assert_allclose(r, scipy.special.softmax(joint, axis=1), atol=1e-12)
    assert np.isfinite(found["log_likelihood"]) and found["counts"].sum() == pytest.approx(len(x))


@pytest.mark.parametrize("structure", MODULES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("gap", [10.0, 27.0, 39.0, 60.0])
def test_no_statistic_is_subnormal(structure, dtype, gap):
    module = module_of(structure)
    x = (1e-3 * RNG.normal(size=(500, 2))).astype(dtype)
    start = np.array([0.4, 0.6]), np.array([[gap, 0.0], [0.0, 0.0]]), spread_of(structure, 1.0)
    start = tuple(each.astype(dtype) for each in start)
    for plan in module.PLANS:
        for order in (slice(None), slice(None, None, -1)):  # the heavier component is near, then far
            given = (start[0][order], *start[1:])
            work = module.workspace(*given, dtype=dtype, plan=plan)
            found = module.statistics(x, *given, workspace=work)
            for value in found:
                entries = np.abs(np.asarray(value).astype(dtype))
                assert not ((entries > 0) & (entries < np.finfo(dtype).tiny)).any()
            joint = np.stack([scipy.stats.multivariate_normal.logpdf(x, mean) for mean in given[1]], axis=1)
            expected = scipy.special.logsumexp(joint + np.log(given[0]), axis=1).sum()
            assert found[list(module.STATISTICS).index("log_likelihood")] == pytest.approx(
                expected, rel=1e-9 if dtype is np.float64 else 1e-4
            )
