"""What breaks the formulas as they stand on paper leaves the tuned and the generated modules whole.

Each test shows that the literal translation fails on the same numbers; the oracle is 60-digit or exact arithmetic, or
SciPy.
"""

import warnings
from fractions import Fraction

import literal_mixture as literal
import mpmath
import numpy as np
import pytest
import scipy.stats
from implementations import IMPLEMENTATIONS

from numeric import em
from numeric.differences import check_gradient

pytestmark = pytest.mark.parametrize("module", IMPLEMENTATIONS, ids=lambda module: module.__name__.rpartition(".")[2])
RNG = np.random.default_rng(17)


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(60):
        yield


@pytest.fixture(autouse=True)
def quiet():
    """The literal translation divides by zero and overflows: that is what is shown."""
    with np.errstate(all="ignore"):
        yield


def exact_log_joint(x, weights, means, covariances):
    """Return log π_k N(x_n | k) in 60 digits."""
    table = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        matrix = mpmath.matrix(covariance.astype(float).tolist())
        lower = mpmath.cholesky(matrix)
        logdet = 2 * sum(mpmath.log(lower[i, i]) for i in range(len(mean)))
        column = []
        for row in x:
            move = mpmath.matrix([mpmath.mpf(float(a)) - mpmath.mpf(float(b)) for a, b in zip(row, mean, strict=True)])
            half = []
            for i, value in enumerate(move):
                half.append((value - sum(lower[i, j] * half[j] for j in range(i))) / lower[i, i])
            square = sum(value**2 for value in half)
            constant = mpmath.log(mpmath.mpf(float(weight))) - len(mean) * mpmath.log(2 * mpmath.pi) / 2
            column.append(constant - (logdet + square) / 2)
        table.append(column)
    return list(zip(*table, strict=True))


def exact_log_densities(x, *parameters):
    return np.array(
        [
            float((largest := max(row)) + mpmath.log(sum(mpmath.exp(each - largest) for each in row)))
            for row in exact_log_joint(x, *parameters)
        ]
    )


def exact_responsibilities(x, *parameters):
    rows = []
    for row in exact_log_joint(x, *parameters):
        joint = [mpmath.exp(each) for each in row]
        rows.append([float(each / sum(joint)) for each in joint])
    return np.array(rows)


def exact_covariance(x):
    """Return the covariance of the rows by rational arithmetic."""
    rows = [[Fraction(float(value)) for value in row] for row in x]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    size = range(len(mean))
    return np.array(
        [[float(sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in rows) / len(rows)) for j in size] for i in size]
    )


def two(n_features, distance=3.0, dtype=float):
    means = np.zeros((2, n_features))
    means[1, 0] = distance
    return np.array([0.4, 0.6], dtype), means.astype(dtype), np.stack([np.eye(n_features)] * 2).astype(dtype)


def assert_right(module, x, parameters, tolerance):
    """Densities, responsibilities and statistics of every plan agree with 60 digits."""
    expected = exact_log_densities(x, *parameters)
    r = exact_responsibilities(x, *parameters)
    np.testing.assert_allclose(module.log_densities(x, *parameters), expected, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(module.responsibilities(x, *parameters), r, atol=10 * tolerance)
    found = dict(zip(module.STATISTICS, module.statistics(x, *parameters), strict=True))
    assert found["log_likelihood"] == pytest.approx(expected.sum(), rel=tolerance)
    np.testing.assert_allclose(found["counts"], r.sum(0), rtol=10 * tolerance, atol=10 * tolerance * len(x))


def is_broken(value):
    return not np.isfinite(value).all()


def is_positive_definite(matrices):
    assert np.isfinite(matrices).all()
    return all(np.linalg.eigvalsh(each)[0] > 0 for each in np.asarray(matrices, float))


def test_exponents_of_minus_800(module):
    parameters = two(2)
    x = np.array([[0.0, 40.0], [3.0, -41.0], [1.0, 0.5]])
    assert exact_log_densities(x, *parameters).min() < -800
    assert is_broken(literal.log_likelihood(x, *parameters)) and is_broken(literal.responsibilities(x, *parameters))
    assert_right(module, x, parameters, 1e-12)


def test_exponents_of_plus_800(module):
    weights, means, covariances = two(60, 2e-7)
    parameters = weights, means, covariances * 1e-14
    x = RNG.normal(size=(10, 60)) * 1e-7
    assert exact_log_densities(x, *parameters).min() > 750
    assert is_broken(literal.log_likelihood(x, *parameters)) and is_broken(literal.responsibilities(x, *parameters))
    assert_right(module, x, parameters, 1e-10)


def test_the_log_determinant_of_400_features(module):
    half = RNG.normal(size=(400, 400)) / 20
    covariance = 0.01 * (half @ half.T + 0.1 * np.eye(400))
    parameters = np.array([0.5, 0.5]), RNG.normal(size=(2, 400)) * 0.01, np.stack([covariance, 2 * covariance])
    x = RNG.normal(size=(30, 400)) @ np.linalg.cholesky(covariance).T
    assert is_broken(literal.log_likelihood(x, *parameters))
    theirs = [scipy.stats.multivariate_normal(m, c).logpdf(x) for m, c in zip(*parameters[1:], strict=True)]
    expected = np.logaddexp(*theirs) + np.log(0.5)
    np.testing.assert_allclose(module.log_densities(x, *parameters), expected, rtol=1e-10)
    assert module.statistics(x, *parameters)[list(module.STATISTICS).index("log_likelihood")] == pytest.approx(
        expected.sum(), rel=1e-11
    )


def test_a_condition_number_of_1e10(module):
    generator = np.random.default_rng(0)
    rotation = np.linalg.qr(generator.normal(size=(3, 3)))[0]
    scales = np.array([1.0, 1e-3, 1e-5])
    offset = np.full(3, 1e3)
    covariance = (rotation * scales**2) @ rotation.T
    covariance = (covariance + covariance.T) / 2
    parameters = np.ones(1), offset[None] + 1e-6, covariance[None]
    x = offset + generator.normal(size=(200, 3)) * scales @ rotation.T
    assert np.linalg.cond(covariance) == pytest.approx(1e10, rel=1e-3)
    assert not is_positive_definite(literal.step(x, *parameters)[2])
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    assert is_positive_definite(fresh[2])
    expected = exact_log_densities(x[:40], *parameters)
    np.testing.assert_allclose(module.log_densities(x[:40], *parameters), expected, rtol=0, atol=1e-5)
    # Features that were shifted and not centred would lose these digits.
    assert module.statistics(x, *parameters)[-1][list(module.PLANS).index("separated")] == 0


@pytest.mark.parametrize("n_features", [1, 3])
def test_data_at_an_offset_of_1e8(module, n_features):
    x = 1e8 + RNG.normal(size=(300, n_features))
    parameters = np.ones(1), np.full((1, n_features), 1e8 + 0.5), 2 * np.eye(n_features)[None]
    expected = exact_covariance(x)
    assert np.abs(literal.step(x, *parameters)[2][0] / expected - 1).max() > 0.1
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    np.testing.assert_allclose(fresh[2][0], expected, rtol=1e-9, atol=1e-9)
    assert is_positive_definite(fresh[2])
    assert_right(module, x[:20], parameters, 1e-9)


def test_clusters_a_million_deviations_apart(module):
    # One shift for all is no help here: each component is centred at its own mean.
    x = np.concatenate([RNG.normal(size=(100, 2)), 1e6 + RNG.normal(size=(100, 2))])
    parameters = np.array([0.5, 0.5]), np.array([[0.1, 0.1], [1e6, 1e6]]), np.stack([np.eye(2)] * 2)
    assert is_broken(literal.log_likelihood(x[:, :] * [1, 1] + [[1e3, 0]], *parameters))
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    for rows, covariance in ((x[:100], fresh[2][0]), (x[100:], fresh[2][1])):
        np.testing.assert_allclose(covariance, exact_covariance(rows), rtol=1e-11, atol=1e-11)


def test_an_outlier_a_million_deviations_away(module):
    x = np.concatenate([RNG.normal(size=(50, 2)), [[1e6, -1e6]]])
    parameters = two(2)
    assert is_broken(literal.log_likelihood(x, *parameters))
    assert is_broken(np.concatenate([each.ravel() for each in literal.step(x, *parameters)]))
    assert_right(module, x, parameters, 1e-12)
    found = em.fit(module, x, start=parameters, tolerance=1e-9)
    assert np.isfinite(found.log_likelihood)


def test_an_outlier_costs_its_own_block_only(module):
    x = RNG.normal(size=(40_000, 2))
    x[0] = 1e6, 1e6
    rows = dict(zip(module.PLANS, module.statistics(x, *two(2))[-1], strict=True))
    assert rows["separated"] > 20_000 and rows["triangular"] > 0


def test_an_empty_component(module):
    weights, means, covariances = two(2)
    x = RNG.normal(size=(200, 2))
    parameters = weights, np.concatenate([means[:1], [[1e4, 1e4]]]), covariances
    assert is_broken(literal.step(x, *parameters)[1])
    found = dict(zip(module.STATISTICS, module.statistics(x, *parameters), strict=True))
    assert found["counts"][0] == pytest.approx(200) and found["counts"][1] < 1e-30
    assert all(np.isfinite(each).all() for each in found.values())
    with pytest.warns(RuntimeWarning, match="dropped"):
        result = em.fit(module, x, start=parameters)
    assert result.n_components == 1
    np.testing.assert_allclose(result.parameters["covariances"][0], exact_covariance(x), rtol=1e-12, atol=1e-12)


def test_counts_of_exactly_zero_leave_the_other_components_alone(module):
    weights, means, covariances = two(2)
    x = RNG.normal(size=(50, 2))
    hard = np.zeros((50, 2))
    hard[:, 0] = 1
    fresh = module.update(module.moments(x, hard, weights, means, covariances), weights, means, covariances)
    np.testing.assert_allclose(fresh[1][0], x.mean(0), atol=1e-14)
    assert fresh[0].tolist() == [1, 0]


def test_one_sample(module):
    x = np.array([[1.0, 2.0]])
    parameters = np.ones(1), np.zeros((1, 2)), np.eye(2)[None]
    with pytest.raises(np.linalg.LinAlgError):
        literal.log_likelihood(x, *literal.step(x, *parameters))
    found = em.fit(module, x, 1, floor=1e-4)
    np.testing.assert_allclose(found.parameters["means"], x)
    np.testing.assert_allclose(found.parameters["covariances"][0], 1e-4 * np.eye(2))
    assert {event.kind for event in found.events} == {"floored"}
    assert np.isfinite(found.log_likelihood) and found.converged
    assert_right(module, x, parameters, 1e-13)


def test_one_component(module):
    x = np.concatenate([RNG.normal(size=(60, 3)), [[0.0, 0.0, 60.0]]])
    parameters = np.ones(1), np.zeros((1, 3)), np.eye(3)[None]
    assert is_broken(literal.responsibilities(x, *parameters))
    assert (module.responsibilities(x, *parameters) == 1).all()
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    np.testing.assert_allclose(fresh[2][0], exact_covariance(x), rtol=1e-12, atol=1e-12)
    assert em.fit(module, x, 1).n_iterations <= 2


def test_one_feature(module):
    x = 1e8 + np.concatenate([RNG.normal(size=(80, 1)), 20 + RNG.normal(size=(80, 1))])
    parameters = np.array([0.5, 0.5]), 1e8 + np.array([[1.0], [19.0]]), np.ones((2, 1, 1))
    assert np.abs(literal.step(x, *parameters)[2].ravel() - 1).max() > 0.5
    assert_right(module, x, parameters, 1e-9)
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    np.testing.assert_allclose(fresh[2][0], exact_covariance(x[:80]), rtol=1e-9)


def test_single_precision(module):
    weights, means, covariances = two(2, dtype=np.float32)
    x = np.concatenate([RNG.normal(size=(3000, 2)), [[0.0, 16.0], [3.0, -15.0]]]).astype(np.float32)
    parameters = weights, means, covariances
    assert is_broken(literal.log_likelihood(x, *parameters))
    assert_right(module, x[-40:], parameters, 1e-5)
    found = module.statistics(x, *parameters)
    double = module.statistics(x.astype(float), *(each.astype(float) for each in parameters))
    assert all(np.asarray(each).dtype == np.float64 for each in found)
    for one, other in zip(found[:4], double[:4], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-3)
    assert {each.dtype for each in module.update(found, *parameters)} == {np.dtype(np.float32)}
    assert module.log_densities(x, *parameters).dtype == np.float32


def test_single_precision_far_from_the_origin(module):
    x = (1e4 + RNG.normal(size=(500, 2))).astype(np.float32)
    parameters = np.ones(1, np.float32), np.full((1, 2), 1e4, np.float32), np.eye(2, dtype=np.float32)[None]
    expected = exact_covariance(x)
    assert not np.allclose(literal.step(x, *parameters)[2][0], expected, atol=0.1)
    fresh = module.update(module.statistics(x, *parameters), *parameters)
    np.testing.assert_allclose(fresh[2][0], expected, atol=1e-4)


@pytest.mark.parametrize("height", [0.0, 35.0])
def test_responsibilities_do_not_become_subnormal(module, height):
    # Exponents between −708 and −745 give subnormal numbers, on which exp and products are a hundred times slower.
    # At a height of 35 all densities are so small that the maximum has to be taken out.
    x = 1e-3 * RNG.normal(size=(4000, 2)) + [0.0, height]
    parameters = np.array([0.5, 0.5]), np.array([[0.0, 0.0], [38.0, 0.0]]), np.stack([np.eye(2)] * 2)
    tiny = literal.responsibilities(x - [0.0, height], *parameters)[:, 1]
    assert ((tiny > 0) & (tiny < np.finfo(float).tiny)).all()
    found = dict(zip(module.STATISTICS, module.statistics(x, *parameters), strict=True))
    assert found["counts"][1] < 1e-100
    for value in found.values():
        assert not ((value != 0) & (np.abs(value) < np.finfo(float).tiny)).any()


def test_no_warning_leaves_a_module(module):
    x = np.concatenate([RNG.normal(size=(50, 2)), [[1e6, -1e6]]])
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        module.statistics(x, *two(2))
        module.log_densities(x, *two(2))
        module.responsibilities(x, *two(2))


def test_gradients_of_the_log_likelihood(module):
    x = RNG.normal(size=(60, 3)) * 2
    weights, means, covariances = two(3)
    half = RNG.normal(size=(2, 3, 3))
    covariances = half @ half.transpose(0, 2, 1) + np.eye(3)

    def value(parameters):
        return exact_free(x, *parameters)

    by_weights, by_means, by_covariances = module.gradient(
        module.statistics(x, weights, means, covariances), weights, means, covariances
    )
    assert check_gradient(lambda v: value((v, means, covariances)), lambda v: by_weights, weights).ok
    assert check_gradient(lambda v: value((weights, v, covariances)), lambda v: by_means, means).ok
    found = check_gradient(lambda v: value((weights, means, v)), lambda v: by_covariances, covariances, symmetric=True)
    assert found.ok
    assert not check_gradient(lambda v: value((weights, v, covariances)), lambda v: 1.001 * by_means, means).ok


def exact_free(x, weights, means, covariances):
    """Return the log-likelihood by SciPy, for weights that need not add up to one."""
    logs = [scipy.stats.multivariate_normal(m, c).logpdf(x) for m, c in zip(means, covariances, strict=True)]
    return np.logaddexp.reduce(np.log(weights)[:, None] + np.array(logs)).sum()
