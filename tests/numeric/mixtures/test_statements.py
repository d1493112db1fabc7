"""Mixtures that are stated: fitted by the same loop, and refused in words where they cannot be generated."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import stated_mixtures
from stated_mixtures import EXPONENTIAL, NORMAL, NUMBERS, VARIANCES, WEIGHTS

import numeric
from numeric.codegen import NotGenerated
from numeric.mixtures.design import design_of
from numeric.mixtures.load import mixture
from numeric.mixtures.statement import Statement
from numeric.mixtures.system import system_of

RNG = np.random.default_rng(2)


def test_a_mixture_of_exponential_distributions_is_fitted():
    x = np.concatenate([RNG.exponential(1.0, size=600), RNG.exponential(20.0, size=400)])
    module = stated_mixtures.module(EXPONENTIAL)
    found = numeric.fit(x, 2, module=module, tolerance=1e-13, max_iterations=2000)

    def loss(free):
        weight, one, other = scipy.special.expit(free[0]), *np.exp(free[1:])
        joint = weight * scipy.stats.expon(scale=one).pdf(x) + (1 - weight) * scipy.stats.expon(scale=other).pdf(x)
        return -np.log(joint).sum()

    best = scipy.optimize.minimize(loss, [0.0, 0.0, 3.0], tol=1e-10)
    assert found.log_likelihood == pytest.approx(-best.fun, rel=1e-9)
    assert sorted(1 / found.parameters["rates"]) == pytest.approx(sorted(np.exp(best.x[1:])), rel=1e-3)
    assert (np.diff(found.trace) >= -1e-8).all()


def test_a_mixture_of_regressions_is_fitted_from_two_arrays():
    x = RNG.normal(size=800)
    y = np.array([2.0, -1.0])[RNG.integers(2, size=800)] * x + 0.1 * RNG.normal(size=800)
    start = np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.ones(2)
    found = numeric.fit((x, y), module=stated_mixtures.module(stated_mixtures.REGRESSION), start=start)
    np.testing.assert_allclose(found.parameters["slopes"], [2.0, -1.0], atol=0.02)
    np.testing.assert_allclose(found.parameters["variances"], 0.01, rtol=0.2)


def test_a_location_is_found_by_moving_it_with_the_data():
    for statement, expected in ((NORMAL, "means"), (EXPONENTIAL, None), (stated_mixtures.REGRESSION, None)):
        system = system_of(stated_mixtures.derivation(statement))
        assert (system.location.parameter.name if system.location else None) == expected
        assert (design_of(system).form is None) == (expected is None)


def test_one_dimension_far_from_the_origin():
    x = 1e8 + np.concatenate([RNG.normal(size=200), 20 + RNG.normal(size=200)])
    found = numeric.fit(x, 2, module=stated_mixtures.module(NORMAL), tolerance=1e-12)
    at_zero = numeric.fit(x - 1e8, 2, module=stated_mixtures.module(NORMAL), tolerance=1e-12)
    np.testing.assert_allclose(
        np.sort(found.parameters["means"] - 1e8), np.sort(at_zero.parameters["means"]), atol=1e-6
    )
    np.testing.assert_allclose(
        np.sort(found.parameters["variances"]), np.sort(at_zero.parameters["variances"]), rtol=1e-6
    )


REFUSED = {
    "no sum over samples": (r"\log \sum_k \pi_k", (), (), "is a sum over the samples"),
    "no logarithm": (r"\sum_n \sum_k \pi_k x_n", (), (), "a sum over the samples of logarithms"),
    "no sum over components": (r"\sum_n \log x_n^2", (), (), "a sum over the components"),
    "not separable": (
        r"\sum_n \log \sum_k \pi_k \frac{1}{v_k + x_n^2}", (VARIANCES,), (("v_k", "scales"),), "no closed form",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_generated_says_why(name):
    text, declared, parameters, message = REFUSED[name]
    stated = Statement("None", (NUMBERS, WEIGHTS, *declared), text, (("x_n", "x"),),
                       ((r"\pi_k", "mixing_weights"), *parameters))  # fmt: skip
    with pytest.raises(NotGenerated, match=message):
        mixture(stated)


@pytest.mark.parametrize("name", ["np", "class", "x y", "import os; os", "K", "work", "mixing_weights"])
def test_names_are_checked_before_they_become_code(name):
    with pytest.raises(NotGenerated, match="as the name of an array"):
        replace(EXPONENTIAL, parameters=(EXPONENTIAL.parameters[0], (r"\beta_k", name)))


def test_the_first_parameter_has_to_be_the_mixing_weights():
    with pytest.raises(NotGenerated, match="mixing_weights"):
        replace(EXPONENTIAL, parameters=EXPONENTIAL.parameters[::-1])
    unknown = replace(EXPONENTIAL, data=(("z_n", "x"),))
    with pytest.raises(NotGenerated, match="z_n is not declared"):
        mixture(unknown)
