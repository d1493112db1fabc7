"""The loop: against scikit-learn, from given and found starts, with each of its policies and each of its complaints."""

import dataclasses
import sys
import types

import numpy as np
import pytest
import reference_mixture as reference
import scipy.stats
from sklearn.mixture import GaussianMixture

from numeric import em, policies

RNG = np.random.default_rng(3)
MEANS = np.array([[0.0, 0.0], [9.0, 1.0], [-4.0, 7.0]])
LABELS = RNG.integers(3, size=1500)
X = MEANS[LABELS] + RNG.normal(size=(1500, 2)) * np.array([[1.0, 0.5], [0.6, 2.0], [1.0, 1.0]])[LABELS]
START = np.full(3, 1 / 3), MEANS + np.array([1.5, -1.0]), np.stack([4 * np.eye(2)] * 3)


def changed(**functions):
    """Return a module like the reference, with some functions replaced."""
    module = types.ModuleType("changed")
    module.__dict__.update({name: value for name, value in vars(reference).items() if not name.startswith("__")})
    module.__dict__.update(functions)
    return module


@pytest.fixture(scope="module")
def found():
    return em.fit(reference, X, start=START, tolerance=1e-12)


def test_the_result_is_that_of_scikit_learn(found):
    theirs = GaussianMixture(
        3,
        weights_init=START[0],
        means_init=START[1],
        precisions_init=np.linalg.inv(START[2]),
        reg_covar=0,
        tol=1e-12,
        max_iter=1000,
    ).fit(X)
    np.testing.assert_allclose(found.parameters["mixing_weights"], theirs.weights_, rtol=1e-6)
    np.testing.assert_allclose(found.parameters["means"], theirs.means_, rtol=1e-6)
    np.testing.assert_allclose(found.parameters["covariances"], theirs.covariances_, rtol=1e-5)
    assert found.score(X) == pytest.approx(theirs.score(X), rel=1e-12)
    assert found.bic == pytest.approx(theirs.bic(X), rel=1e-10)
    assert found.aic == pytest.approx(theirs.aic(X), rel=1e-10)
    np.testing.assert_allclose(found.responsibilities(X), theirs.predict_proba(X), atol=1e-6)
    assert (found.predict(X) == theirs.predict(X)).all()


def test_the_trace_does_not_decrease_and_ends_at_the_parameters(found):
    assert (np.diff(found.trace) > -1e-9 * len(X)).all()
    assert found.converged and found.events == ()
    density = sum(
        weight * scipy.stats.multivariate_normal(mean, covariance).pdf(X)
        for weight, mean, covariance in zip(*found.parameters.values(), strict=True)
    )
    assert found.log_likelihood == pytest.approx(np.log(density).sum(), rel=1e-12)
    assert found.trace[-1] == found.log_likelihood
    np.testing.assert_allclose(found.log_densities(X), np.log(density), atol=1e-9)


def test_k_means_plus_plus_finds_the_components():
    found = em.fit(reference, X, 3, seed=1)
    order = np.argsort(found.parameters["means"][:, 0])
    np.testing.assert_allclose(found.parameters["means"][order], MEANS[np.argsort(MEANS[:, 0])], atol=0.2)
    agreement = [np.bincount(LABELS[found.predict(X) == k]).max() for k in range(3)]
    assert sum(agreement) > 0.97 * len(X)


def test_a_run_that_is_too_short_has_not_converged():
    found = em.fit(reference, X, start=START, max_iterations=2, tolerance=1e-12)
    assert not found.converged
    assert found.n_iterations == 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_data_is_kept(dtype):
    found = em.fit(reference, X.astype(dtype), start=START)
    assert {value.dtype for value in found.parameters.values()} == {np.dtype(dtype)}
    assert found.responsibilities(X.astype(dtype)).dtype == dtype
    expected = em.fit(reference, X, start=START).parameters["means"]
    np.testing.assert_allclose(found.parameters["means"], expected, atol=1e-3)


def test_integers_are_read_as_double_precision():
    found = em.fit(reference, np.arange(40).reshape(20, 2) % 7, 1)
    assert found.parameters["means"].dtype == np.float64


def test_a_decrease_is_reported_loudly_and_the_step_is_taken_back():
    def worse(statistics, *parameters):
        weights, means, covariances = reference.update(statistics, *parameters)
        return weights, means + 3, covariances

    with pytest.warns(em.LikelihoodDecreased, match="went down from"):
        found = em.fit(changed(update=worse), X, start=START)
    assert not found.converged
    assert found.events[-1].kind == "decreased"
    np.testing.assert_array_equal(found.parameters["means"], START[1])
    assert len(found.trace) == 1


def test_a_decrease_within_rounding_is_not_reported():
    loop = em.Loop(reference, None, 0.0, "drop", 0)
    assert loop.record(-100.0, 50, np.float64)
    assert loop.record(-100.0 - 1e-8, 50, np.float64)
    with pytest.warns(em.LikelihoodDecreased):
        assert not loop.record(-100.0 - 1e-6, 50, np.float64)


def test_a_log_likelihood_that_is_no_number_stops_the_run():
    def broken(*arguments, **more):
        return (*reference.statistics(*arguments, **more)[:3], np.float64("nan"), np.zeros(2))

    with pytest.raises(FloatingPointError, match="is nan at iteration 0"):
        em.fit(changed(statistics=broken), X, start=START)


FAR = np.full(3, 1 / 3), np.array([[0.0, 0.0], [9.0, 1.0], [1e5, 1e5]]), np.stack([4 * np.eye(2)] * 3)


def test_an_empty_component_is_dropped():
    with pytest.warns(RuntimeWarning, match="component 2 is responsible for no sample and was dropped"):
        found = em.fit(reference, X, start=FAR)
    assert found.n_components == 2
    assert [event.kind for event in found.events] == ["dropped"]
    assert found.parameters["mixing_weights"].sum() == pytest.approx(1)
    two = em.fit(reference, X, start=(np.array([0.5, 0.5]), FAR[1][:2], FAR[2][:2]))
    np.testing.assert_allclose(found.parameters["means"], two.parameters["means"], atol=1e-2)


def test_an_empty_component_begins_anew():
    with pytest.warns(RuntimeWarning, match="begins anew at the worst-explained row"):
        found = em.fit(reference, X, start=FAR, empty="reseed", tolerance=1e-9)
    assert found.n_components == 3
    assert [event.kind for event in found.events] == ["reseeded"]
    expected = em.fit(reference, X, start=START, tolerance=1e-9).log_likelihood
    assert found.log_likelihood == pytest.approx(expected, rel=1e-6)


def test_an_empty_component_stops_the_run_where_that_is_asked_for():
    with pytest.raises(em.EmptyComponent, match="component 2 is responsible for no sample at iteration 1"):
        em.fit(reference, X, start=FAR, empty="raise")


def test_more_components_than_different_rows():
    rows = np.repeat([[0.0, 0.0], [1.0, 1.0]], 10, axis=0)
    with pytest.warns(RuntimeWarning, match="dropped"):
        found = em.fit(reference, rows, 4)
    assert found.n_components == 2
    assert np.isfinite(found.log_likelihood)


def test_a_singular_covariance_is_raised_to_the_floor_and_the_trace_still_does_not_decrease():
    rows = np.concatenate([X, np.tile([[30.0, 30.0]], (40, 1))])
    start = np.full(4, 0.25), np.concatenate([MEANS, [[29.0, 31.0]]]), np.stack([4 * np.eye(2)] * 4)
    found = em.fit(reference, rows, start=start, floor=1e-3, tolerance=1e-10)
    assert {event.kind for event in found.events} == {"floored"}
    assert "raised to the floor 0.001" in found.events[0].text
    np.testing.assert_allclose(found.parameters["covariances"][3], 1e-3 * np.eye(2), atol=1e-9)
    assert (np.diff(found.trace) > -1e-9 * len(rows)).all()
    assert found.converged


def test_the_floor_is_the_maximum_under_the_constraint():
    scatter = np.array([[2.0, 0.3], [0.3, 0.05]])
    (_, _, best), events = policies.floored(reference, (np.ones(1), np.zeros((1, 2)), scatter[None]), 0.4, 7)
    assert events[0].iteration == 7

    def value(covariance):
        return -np.linalg.slogdet(covariance)[1] - np.trace(np.linalg.solve(covariance, scatter))

    assert np.linalg.eigvalsh(best[0])[0] == pytest.approx(0.4)
    for _ in range(300):
        half = RNG.normal(size=(2, 2)) * 0.3
        other = best[0] + (half + half.T) / 2
        if np.linalg.eigvalsh(other)[0] >= 0.4:
            assert value(other) <= value(best[0])


def test_variances_above_the_floor_are_left_as_they_are():
    parameters = np.ones(1), np.zeros((1, 2)), np.eye(2)[None]
    same, events = policies.floored(reference, parameters, 0.5, 0)
    assert same[2] is parameters[2] and events == []


def test_positive_entries_are_floored_one_by_one():
    value, count, smallest = policies.raised_entries(np.array([1.0, 1e-9, 2.0]), 1e-3)
    assert value.tolist() == [1.0, 1e-3, 2.0]
    assert (count, smallest) == (1, 1e-9)


def test_nothing_is_shown_off_a_terminal_and_a_bar_where_it_is_asked_for(capsys):
    em.fit(reference, X, start=START, max_iterations=3)
    assert capsys.readouterr().err == ""
    em.fit(reference, X, start=START, max_iterations=3, progress=True)
    assert "EM" in capsys.readouterr().err


def test_the_plot_needs_matplotlib_and_says_so(found, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match="the plot of the trace needs matplotlib: pip install matplotlib"):
        found.plot()


def test_the_plot_shows_the_trace_and_the_events(found):
    drawn = {}

    class Axes:
        def __getattr__(self, name):
            return lambda *arguments, **more: drawn.setdefault(name, arguments)

    marked = dataclasses.replace(found, events=(policies.Event(2, "floored", "…"),))
    marked.plot(Axes())
    np.testing.assert_allclose(drawn["plot"][1], found.trace / len(X))
    assert drawn["axvline"] == (2,)


def test_the_text_of_a_result_says_what_happened(found):
    text = str(found)
    assert "3 components, 1500 samples" in text and "converged after" in text and "separated 1500" in text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "either n_components"),
        ({"n_components": 0}, "at least one component"),
        ({"n_components": 2, "start": START}, "either n_components"),
        ({"n_components": 2, "empty": "ignore"}, "none of drop, reseed, raise"),
        ({"start": (START[0], START[1][:, :1], START[2])}, r"means has shape \(3, 1\), expected \(K, D\) with K"),
        ({"start": (START[0] * 2, *START[1:])}, "add up to 1, not 2"),
        ({"start": (START[0], START[1], -START[2])}, "positive definite"),
        ({"start": (START[0], START[1] * np.nan, START[2])}, "not finite"),
        ({"start": START[:2]}, "2 arrays were given for 3"),
    ],
)
def test_what_cannot_be_run_is_refused(more, message):
    with pytest.raises(ValueError, match=message):
        em.fit(reference, X, **more)


def test_data_that_are_not_finite_are_refused_with_the_row():
    rows = X.copy()
    rows[17, 1] = np.inf
    with pytest.raises(ValueError, match="row 17"):
        em.fit(reference, rows, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"update": None}, "lacks update"),
        ({"STATISTICS": {"counts": ("K",)}}, "log_likelihood, rows missing in STATISTICS"),
        ({"DOMAINS": {**reference.DOMAINS, "means": "complex"}}, "domain 'complex' is none of"),
        ({"DATA": {"x": ("D", "N")}}, "the first axis of all DATA has to be N"),
    ],
)
def test_a_module_that_does_not_follow_the_protocol_is_refused(change, message):
    module = changed(**change)
    if change.get("update", 0) is None:
        del module.update
    with pytest.raises(TypeError, match=message):
        em.fit(module, X, 2)
