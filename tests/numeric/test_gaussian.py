"""Gaussian mixtures are fitted by the generated modules without naming one."""

import numpy as np
import pytest
import simple_mixtures

import numeric
from numeric.gaussian import MODULES, module_of
from numeric.protocol import checked

X = np.random.default_rng(1).normal(size=(300, 2)) * [1, 2] + np.repeat([[0.0], [12.0], [30.0]], 100, axis=0)


@pytest.mark.parametrize("covariances", MODULES)
def test_three_clusters_are_found(covariances):
    found = numeric.fit(X, 3, covariances=covariances)
    centres = X.reshape(3, 100, 2).mean(1)
    order = np.argsort(found.parameters["means"][:, 0])
    np.testing.assert_allclose(found.parameters["means"][order], centres, atol=0.3)
    assert (found.predict(X).reshape(3, 100) == order[:, None]).mean() > 0.98
    assert (np.diff(found.trace) > -1e-6).all() and found.converged


def test_the_module_of_the_user_is_an_option():
    module = checked(simple_mixtures.gaussian("tied"))
    one = numeric.fit(X, 3, module=module, tolerance=1e-10)
    other = numeric.fit(X, 3, covariances="tied", tolerance=1e-10)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9)


def test_float32():
    found = numeric.fit(X.astype(np.float32), 3)
    assert all(each.dtype == np.float32 for each in found.parameters.values())
    assert found.score(X.astype(np.float32)) == pytest.approx(numeric.fit(X, 3).score(X), rel=1e-4)


def test_what_is_not_understood_is_named():
    with pytest.raises(ValueError, match="covariances='round' is none of full, tied, diagonal, spherical"):
        numeric.fit(X, 3, covariances="round")
    with pytest.raises(TypeError, match="a module is given as module=…, after the data"):
        numeric.fit(module_of("full"), X)
