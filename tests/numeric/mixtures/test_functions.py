"""Every function of a generated module against SciPy's densities, plain sums, finite differences and an optimiser."""

from importlib import import_module

import numpy as np
import pytest
import scipy.special
import scipy.stats
import stated_mixtures

from numeric.differences import check_gradient
from numeric.gaussian import MODULES
from numeric.protocol import checked

RNG = np.random.default_rng(5)
HALF = RNG.normal(size=(3, 2, 2))
FULL = HALF @ HALF.transpose(0, 2, 1) + 0.5 * np.eye(2)
SPREAD = {"full": FULL, "tied": FULL[0], "diagonal": RNG.uniform(0.5, 2, (3, 2)), "spherical": RNG.uniform(0.5, 2, 3)}
X = 2 * RNG.normal(size=(25, 2))


def as_matrices(structure, spread):
    return {
        "full": lambda: spread,
        "tied": lambda: np.stack([spread] * 3),
        "diagonal": lambda: np.stack([np.diag(each) for each in spread]),
        "spherical": lambda: np.stack([each * np.eye(2) for each in spread]),
    }[structure]()


def gaussian_case(structure):
    def logs(x, means, spread):
        pairs = zip(means, as_matrices(structure, spread), strict=True)
        return np.stack([scipy.stats.multivariate_normal.logpdf(x, m, c) for m, c in pairs], axis=1)

    parameters = np.array([0.2, 0.5, 0.3]), RNG.normal(size=(3, 2)), SPREAD[structure]
    return import_module(MODULES[structure]), (X,), parameters, logs


CASES = {
    **{structure: lambda structure=structure: gaussian_case(structure) for structure in MODULES},
    **{
        name: lambda case=case: (stated_mixtures.module(case[0]), *case[1:])
        for name, case in stated_mixtures.CASES.items()
    },
}


@pytest.fixture(params=CASES, scope="module")
def case(request):
    return CASES[request.param]()


def joint(case, parameters=None):
    _, data, known, logs = case
    weights, *rest = known if parameters is None else parameters
    return np.log(weights) + logs(*data, *rest)


def plans(module, parameters):
    return [module.workspace(*parameters, plan=plan) for plan in module.PLANS]


def named(module, statistics):
    return dict(zip(module.STATISTICS, statistics, strict=True))


def test_the_protocol_is_followed(case):
    checked(case[0])


def test_densities_and_responsibilities_are_those_of_scipy(case):
    module, data, parameters, _ = case
    expected = scipy.special.logsumexp(joint(case), axis=1)
    for work in plans(module, parameters):
        found = module.log_densities(*data, *parameters, workspace=work)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        assert module.log_likelihood(*data, *parameters, workspace=work) == pytest.approx(expected.sum(), rel=1e-12)
        r = module.responsibilities(*data, *parameters, workspace=work)
        np.testing.assert_allclose(r, scipy.special.softmax(joint(case), axis=1), rtol=1e-9, atol=1e-14)


def test_statistics_of_each_plan_are_the_moments_of_the_responsibilities(case):
    module, data, parameters, _ = case
    r = scipy.special.softmax(joint(case), axis=1)
    expected = module.moments(*data, r, *parameters)
    assert named(module, expected)["log_likelihood"] == 0
    for work in plans(module, parameters):
        found = module.statistics(*data, *parameters, workspace=work)
        assert named(module, found)["log_likelihood"] == pytest.approx(scipy.special.logsumexp(joint(case), 1).sum())
        for one, other in zip(found[:-2], expected[:-2], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)
        assert found[-1].sum() == len(data[0]) and found[-1][module.PLANS.index(work.plan)] == len(data[0])


@pytest.mark.parametrize("structure", MODULES)
def test_moments_are_weighted_sums_about_the_means(structure):
    module, _, parameters, _ = gaussian_case(structure)
    r = RNG.dirichlet(np.ones(3), size=len(X))
    counts, first, second, _, _ = module.moments(X, r, *parameters)
    gap = X[:, None, :] - parameters[1]
    outer = np.einsum("nk,nkd,nke->kde", r, gap, gap)
    expected = {
        "full": outer,
        "tied": outer.sum(0),
        "diagonal": np.einsum("kdd->kd", outer),
        "spherical": np.einsum("kdd->k", outer),
    }[structure]
    np.testing.assert_allclose(counts, r.sum(0), rtol=1e-13)
    np.testing.assert_allclose(first, np.einsum("nk,nkd->kd", r, gap), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(second, expected, rtol=1e-10)


def test_statistics_of_blocks_add_up(case):
    module, data, parameters, _ = case
    whole = module.statistics(*data, *parameters)
    parts = [module.statistics(*(each[cut] for each in data), *parameters)
             for cut in (slice(0, 7), slice(7, 7), slice(7, None))]  # fmt: skip
    for entry, *rest in zip(whole, *parts, strict=True):
        np.testing.assert_allclose(entry, sum(rest), rtol=1e-11, atol=1e-11)
        assert np.asarray(entry).dtype == np.float64


def test_gradients_agree_with_finite_differences(case):
    module, data, parameters, _ = case
    found = module.gradient(module.statistics(*data, *parameters), *parameters)
    for place, (name, slope) in enumerate(zip(module.PARAMETERS, found, strict=True)):

        def value(entry, place=place):
            moved = (*parameters[:place], entry, *parameters[place + 1 :])
            return scipy.special.logsumexp(joint(case, moved), axis=1).sum()

        is_symmetric = module.DOMAINS[name] == "positive definite"
        assert check_gradient(value, lambda _, slope=slope: slope, parameters[place], symmetric=is_symmetric).ok, name
    # The last of them, a thousandth off, is found out.
    assert not check_gradient(value, lambda _: 1.001 * found[-1], parameters[-1], symmetric=is_symmetric).ok


def test_an_m_step_maximises_the_expected_log_likelihood(case):
    module, data, parameters, _ = case
    r = scipy.special.softmax(joint(case), axis=1)
    fresh = module.update(module.statistics(*data, *parameters), *parameters)

    def expected(candidate):
        return (r * joint(case, candidate)).sum()

    best = expected(fresh)
    assert best >= expected(parameters)
    np.testing.assert_allclose(fresh[0], r.mean(0), rtol=1e-12)
    for place, entry in enumerate(fresh[1:], 1):
        step = 1e-3 * np.abs(entry)
        if module.DOMAINS[list(module.PARAMETERS)[place]] == "positive definite":
            step = 1e-3 * np.broadcast_to(np.eye(2), entry.shape)
        for sign in (-1, 1):
            assert expected((*fresh[:place], entry + sign * step, *fresh[place + 1 :])) < best


def test_an_m_step_does_not_depend_on_where_the_statistics_were_taken(case):
    module, data, parameters, _ = case
    r = scipy.special.softmax(joint(case), axis=1)
    other = (parameters[0][::-1], *(each * 1.5 for each in parameters[1:]))
    one = module.update(module.moments(*data, r, *parameters), *parameters)
    two = module.update(module.moments(*data, r, *other), *other)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)


def test_float32(case):
    module, data, parameters, _ = case
    short = tuple(each.astype(np.float32) for each in data)
    given = tuple(each.astype(np.float32) for each in parameters)
    for plan in module.PLANS:
        work = module.workspace(*given, dtype=np.float32, plan=plan)
        found = module.statistics(*short, *given, workspace=work)
        assert all(np.asarray(each).dtype == np.float64 for each in found)
        for one, other in zip(found, module.statistics(*data, *parameters), strict=True):
            if np.shape(one) != (len(module.PLANS),):
                np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-3)
        assert all(each.dtype == np.float32 for each in module.update(found, *given))
        assert module.log_densities(*short, *given, workspace=work).dtype == np.float32


def test_a_component_of_weight_zero_is_responsible_for_nothing(case):
    module, data, parameters, _ = case
    weights = np.zeros(len(parameters[0]))
    weights[0] = 1
    given = (weights, *parameters[1:])
    for work in plans(module, parameters):
        with np.errstate(all="raise", under="ignore"):
            r = module.responsibilities(*data, *given, workspace=work)
            found = module.statistics(*data, *given, workspace=work)
        assert (r[:, 0] == 1).all() and (r[:, 1:] == 0).all()
        assert named(module, found)["counts"][1:].max() < 1e-100


def test_wrong_shapes_and_workspaces_are_named(case):
    module, data, parameters, _ = case
    with pytest.raises(ValueError, match=r"x has shape \(2, 2, 2\), expected"):
        module.statistics(np.zeros((2, 2, 2)), *data[1:], *parameters)
    with pytest.raises(ValueError, match=r"mixing_weights has shape \(1, 1\), expected \(K\)"):
        module.workspace(np.ones((1, 1)), *parameters[1:])
    with pytest.raises(ValueError, match="the workspace is for float32"):
        module.statistics(*data, *parameters, workspace=module.workspace(*parameters, dtype=np.float32))
    with pytest.raises(ValueError, match="plan='fast' is none of auto, separated"):
        module.workspace(*parameters, plan="fast")
    with pytest.raises(ValueError, match="expected float32 or float64"):
        module.workspace(*parameters, dtype=np.int64)
    with pytest.raises(ValueError, match=r"responsibilities has shape \(3, 1\)"):
        module.moments(*data, np.ones((3, 1)), *parameters)


def test_no_rows_give_zeros(case):
    module, data, parameters, _ = case
    found = module.statistics(*(each[:0] for each in data), *parameters)
    assert all((np.asarray(each) == 0).all() for each in found)
    assert module.log_densities(*(each[:0] for each in data), *parameters).shape == (0,)


def test_the_data_may_lie_anyhow(case):
    module, data, parameters, _ = case
    expected = module.statistics(*data, *parameters)
    for laid in (tuple(map(np.asfortranarray, data)), tuple(np.repeat(each, 2, axis=0)[::2] for each in data)):
        before = tuple(each.copy() for each in laid)
        for one, other in zip(module.statistics(*laid, *parameters), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)
        assert all((a == b).all() for a, b in zip(laid, before, strict=True))
