"""The benchmark compares results before it compares times."""

import numpy as np
import pytest
import reference_mixture as reference
from benchmarks import mixture


def test_an_iteration_of_scikit_learn_is_that_of_the_tuned_module():
    x, parameters = mixture.problem(2000, 3, 4)
    expected = mixture.by_scikit_learn(x, parameters)()
    mixture.compare("tuned", expected, mixture.by_module(reference, x, parameters)())
    formula, share = mixture.by_formula(x, parameters)
    assert share == 1
    mixture.compare("literal", expected[1:], formula())


def test_a_result_that_is_off_by_a_hair_is_refused():
    one = np.ones(3), 5.0
    mixture.compare("same", one, one)
    with pytest.raises(AssertionError, match=r"off differs from scikit-learn by 1e-07"):
        mixture.compare("off", one, (np.array([1, 1, 1 + 1e-7]), 5.0))


def test_the_lower_bound_counts_both_products_and_the_exponentials():
    assert mixture.lower_bound(10, 2, 3, flop=1.0, exponential=0.0) == 10 * 3 * 6 * 4
    assert mixture.lower_bound(10, 2, 3, flop=0.0, exponential=1.0) == 30


def test_smaller_problems_keep_enough_samples_for_a_covariance():
    assert mixture.scaled((100_000, 2, 3), 0.1) == (10_000, 2, 3)
    assert mixture.scaled((20_000, 128, 32), 0.1) == (20_000, 128, 32)
