"""The loop runs other covariance structures, and mixtures that are not Gaussian, without knowing them."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
import simple_mixtures
from sklearn.mixture import GaussianMixture

from numeric import em
from numeric.gaussian import module_of
from numeric.protocol import checked

RNG = np.random.default_rng(4)
MEANS = np.array([[0.0, 0.0], [9.0, 1.0], [-4.0, 7.0]])
X = MEANS[RNG.integers(3, size=900)] + RNG.normal(size=(900, 2)) * [1, 1.5]


@pytest.fixture(params=[simple_mixtures.gaussian, module_of], ids=["plain", "generated"])
def gaussian(request):
    return request.param


@pytest.mark.parametrize(("structure", "theirs"), [("tied", "tied"), ("diagonal", "diag"), ("spherical", "spherical")])
def test_each_structure_gives_the_result_of_scikit_learn(gaussian, structure, theirs):
    module = checked(gaussian(structure))
    found = em.fit(module, X, 3, tolerance=1e-13, max_iterations=500)
    expected = GaussianMixture(3, covariance_type=theirs, reg_covar=0, tol=1e-13, max_iter=1000, random_state=0).fit(X)
    assert found.score(X) == pytest.approx(expected.score(X), rel=1e-8)
    assert found.n_parameters == expected._n_parameters()
    order, other = np.argsort(found.parameters["means"][:, 0]), np.argsort(expected.means_[:, 0])
    spread, covariances = list(found.parameters.values())[2], expected.covariances_
    if structure != "tied":
        spread, covariances = spread[order], covariances[other]
    np.testing.assert_allclose(spread, covariances, rtol=1e-5)
    np.testing.assert_allclose(found.parameters["means"][order], expected.means_[other], rtol=1e-5)


@pytest.mark.parametrize("structure", ["tied", "diagonal", "spherical"])
def test_an_empty_component_is_dropped_in_each_structure(gaussian, structure):
    module = gaussian(structure)
    spread = {"tied": np.eye(2), "diagonal": np.ones((3, 2)), "spherical": np.ones(3)}[structure]
    start = np.full(3, 1 / 3), np.array([[0.0, 0.0], [1e6, 0.0], [9.0, 1.0]]), spread
    with pytest.warns(RuntimeWarning, match="component 1 .* dropped"):
        found = em.fit(module, X, start=start)
    assert found.n_components == 2 and found.parameters["means"].shape == (2, 2)
    assert (
        list(found.parameters.values())[2].shape == {"tied": (2, 2), "diagonal": (2, 2), "spherical": (2,)}[structure]
    )


@pytest.mark.parametrize("structure", ["tied", "diagonal", "spherical"])
def test_a_vanishing_variance_is_floored_in_each_structure(gaussian, structure):
    rows = np.repeat([[0.0, 0.0], [1.0, 2.0]], 20, axis=0)
    found = em.fit(gaussian(structure), rows, 2, floor=1e-3)
    assert {event.kind for event in found.events} == {"floored"}
    spread = list(found.parameters.values())[2]
    expected = 1e-3 * np.eye(2) if structure == "tied" else np.full(spread.shape, 1e-3)
    np.testing.assert_allclose(spread, expected, atol=1e-12)


def test_a_mixture_of_poissons():
    x = np.concatenate([RNG.poisson(3, size=600), RNG.poisson(20, size=400)]).astype(float)
    found = em.fit(simple_mixtures.poisson(), x, 2, tolerance=1e-12, max_iterations=500)

    def loss(free):
        weight, one, other = 1 / (1 + np.exp(-free[0])), *np.exp(free[1:])
        joint = weight * scipy.stats.poisson(one).pmf(x) + (1 - weight) * scipy.stats.poisson(other).pmf(x)
        return -np.log(joint).sum()

    best = scipy.optimize.minimize(loss, [0.0, 1.0, 3.0], tol=1e-10)
    assert found.log_likelihood == pytest.approx(-best.fun, rel=1e-8)
    assert sorted(found.parameters["rates"]) == pytest.approx(sorted(np.exp(best.x[1:])), rel=1e-3)


def test_a_component_without_a_place_cannot_begin_anew():
    x = RNG.poisson(3, size=100).astype(float)
    start = np.array([0.5, 0.5]), np.array([3.0, 1e9])
    with pytest.raises(ValueError, match="has no location parameter"):
        em.fit(simple_mixtures.poisson(), x, start=start, empty="reseed")


def test_a_mixture_of_regressions_takes_two_arrays():
    x = np.stack([np.ones(800), RNG.normal(size=800)], axis=1)
    slopes = np.array([[1.0, 2.0], [-3.0, -1.0]])
    y = (x * slopes[RNG.integers(2, size=800)]).sum(1) + 0.3 * RNG.normal(size=800)
    start = np.array([0.5, 0.5]), np.array([[0.5, 1.0], [-0.5, -1.0]]), np.ones(2)
    module = simple_mixtures.regression()
    found = em.fit(module, (x, y), start=start, tolerance=1e-10)
    np.testing.assert_allclose(found.parameters["slopes"], slopes, atol=0.1)
    np.testing.assert_allclose(found.parameters["variances"], 0.09, atol=0.02)
    blocks = [(x[:300], y[:300]), (x[300:], y[300:])]
    again = em.fit(module, blocks, start=start, tolerance=1e-10)
    np.testing.assert_allclose(again.parameters["slopes"], found.parameters["slopes"], rtol=1e-9)
    with pytest.raises(ValueError, match="different numbers of rows"):
        em.fit(module, (x, y[1:]), start=start)
