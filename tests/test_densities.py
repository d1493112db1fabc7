"""Formulas of densities beside those of SciPy, and the multivariate gamma function."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from points import Sample

from derive.densities import CONVENTIONS, DENSITIES, PARAMETERS, free_letter, is_written_as_density
from derive.exact.domain import NoPoint

GAMMA = (r"y, a, b \in \mathbb{R}_{>0}",)
WISHART = (r"X, V \in \mathbb{S}_{++}^p", r"\nu \in \mathbb{R}_{>0}")
NORMAL = (r"X, M \in \mathbb{R}^{n \times p}", r"U \in \mathbb{S}_{++}^n", r"V \in \mathbb{S}_{++}^p")
STUDENT = (r"x, m \in \mathbb{R}^n", r"S \in \mathbb{S}_{++}^n", r"\nu \in \mathbb{R}_{>0}")


def assert_close(found, wanted):
    assert wanted > 0
    assert math.isclose(found, wanted, rel_tol=1e-9)


@pytest.mark.parametrize("seed", "abcde")
def test_gamma_density(seed):
    sample = Sample(r"\mathrm{Gam}(y; a, b)", GAMMA, {}, seed=seed)
    v = sample.values()
    assert_close(sample.value(), scipy.stats.gamma(a=v.a, scale=1 / v.b).pdf(v.y))


def test_beta_density():
    sample = Sample(r"\mathrm{Bet}(u / (u + v); a, b)", (r"u, v, a, b \in \mathbb{R}_{>0}",), {})
    v = sample.values()
    assert_close(sample.value(), scipy.stats.beta(v.a, v.b).pdf(v.u / (v.u + v.v)))


def test_beta_density_has_no_value_outside_its_domain():
    with pytest.raises(NoPoint):
        Sample(r"\mathrm{Bet}(1 + u; a, b)", (r"u, a, b \in \mathbb{R}_{>0}",), {}).value()


@pytest.mark.parametrize("n", [1, 4, 7])
def test_masses_of_counts(n):
    sizes = {"n": n}
    declared = (r"u, v \in \mathbb{R}_{>0}", r"n \in \mathbb{N}")
    for y in range(n + 1):
        sample = Sample(rf"\mathrm{{Bin}}({y}; n, u / (u + v))", declared, sizes)
        v = sample.values()
        assert_close(sample.value(), scipy.stats.binom(n, v.u / (v.u + v.v)).pmf(y))
    sample = Sample(r"\mathrm{Poiss}(n; u)", declared, sizes)
    assert_close(sample.value(), scipy.stats.poisson(sample.values().u).pmf(n))
    sample = Sample(rf"\mathrm{{Bern}}({n % 2}; u / (u + v))", declared, sizes)
    v = sample.values()
    assert_close(sample.value(), scipy.stats.bernoulli(v.u / (v.u + v.v)).pmf(n % 2))


@pytest.mark.parametrize("p", [1, 2, 3])
def test_wishart_density(p):
    sample = Sample(r"\mathcal{W}(X; V, \nu + p)", WISHART, {"p": p})
    v = sample.values()
    assert_close(sample.value(), scipy.stats.wishart(df=v.nu + p, scale=v.V).pdf(v.X))


@pytest.mark.parametrize(("n", "p"), [(1, 1), (2, 3), (3, 2), (4, 1)])
def test_matrix_normal_density(n, p):
    sample = Sample(r"\mathcal{MN}(X \mid M, U, V)", NORMAL, {"n": n, "p": p})
    v = sample.values()
    assert_close(sample.value(), scipy.stats.matrix_normal(mean=v.M, rowcov=v.U, colcov=v.V).pdf(v.X))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_t_density(n):
    sample = Sample(r"t(x; m, S, \nu)", STUDENT, {"n": n})
    v = sample.values()
    wanted = scipy.stats.multivariate_t(loc=v.m.ravel(), shape=v.S, df=v.nu).pdf(v.x.ravel())
    assert_close(sample.value(), float(wanted))


@pytest.mark.parametrize("p", [1, 2, 3, 5])
def test_multivariate_gamma_function(p):
    sample = Sample(r"\ln \Gamma_p(a + p)", (r"a \in \mathbb{R}_{>0}", r"p \in \mathbb{N}"), {"p": p})
    assert math.isclose(sample.value(), scipy.special.multigammaln(sample.values().a + p, p), rel_tol=1e-9)


@pytest.mark.parametrize("p", [2, 3])
def test_a_matrix_outside_the_support_is_no_point(p):
    declared = (r"X \in \mathbb{R}^{p \times p}", *WISHART[1:], r"V \in \mathbb{S}_{++}^p")
    sample = Sample(r"\mathcal{W}(X; V, \nu + p)", declared, {"p": p})
    assert not np.allclose(sample.values().X, sample.values().X.T)
    with pytest.raises(NoPoint):
        sample.value()


def test_every_family_has_parameters_and_a_convention():
    assert set(DENSITIES.values()) == set(PARAMETERS) == set(CONVENTIONS)


@pytest.mark.parametrize(
    ("key", "separators", "expected"),
    [
        ("\\mathrm{Gam}", (";", ","), True),
        ("\\mathrm{Gam}", ("|", ","), True),
        ("\\mathrm{Gam}", (",", ","), False),
        ("\\mathrm{Gam}", (";", ";"), False),
        ("\\mathrm{Gam}", (";",), False),
        ("\\mathrm{Gam}", (), False),
        ("\\mathrm{Gamma}", (";", ","), False),
        ("t", (";", ",", ","), True),
        ("t", (";", ","), False),
        ("s", (";", ",", ","), False),
    ],
)
def test_densities_by_their_writing(key, separators, expected):
    assert is_written_as_density(key, separators) is expected


def test_a_letter_that_is_free():
    taken = set("jiklhmqrs")
    assert free_letter(taken - {"m"}).name == "m"
    assert free_letter(taken).name == "j_{1}"
    assert free_letter({*taken, "j_{1}"}).name == "j_{2}"


def test_the_letter_of_the_product_is_none_of_the_argument():
    """Γ_p(a_j) for every j is a product over another letter."""
    declared = (r"a_j \in \mathbb{R}_{>0}, j = 1, \dots, J", r"p \in \mathbb{N}")
    sample = Sample(r"\ln \Gamma_p(a_j + p)", declared, {"p": 3, "J": 4})
    for j, a in enumerate(sample.values().a, 1):
        assert math.isclose(sample.value(j=j), scipy.special.multigammaln(a + 3, 3), rel_tol=1e-9)
