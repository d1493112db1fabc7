"""Each model is solved by the same code; the solutions agree with reference libraries and numerical optimisers."""

import numeric_oracle
import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import scipy.stats
from numeric_oracle import Numeric, Place
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.mixture import GaussianMixture

from derive.certificate import replay
from derive.models import estimation, gaussian, mixture, regression
from derive.models.model import Model

MODELS = [
    model
    for module in (estimation, gaussian, mixture, regression)
    for model in vars(module).values()
    if isinstance(model, Model)
]
RNG = np.random.default_rng(5)
ANALYTIC = {"least squares": "convex", "ridge regression": "convex", "generalised least squares": "convex"}


@pytest.fixture(autouse=True)
def small_divisors(monkeypatch):
    """Nothing is differenced here: a density far out is a fine divisor."""
    monkeypatch.setattr(numeric_oracle, "NEAR", 1e-200)


class Solved(dict):
    """The solutions of models by their names, each found when it is first asked for."""

    def __missing__(self, name):
        (model,) = (model for model in MODELS if model.name == name)
        self[name] = model.stationary()
        return self[name]


@pytest.fixture(scope="module")
def solved():
    return Solved()


def value(solution, found, sizes, values, **indices):
    """Return the value of a solution in floating point; families are keyed by their members."""
    return Numeric(found.scope, sizes).value(solution.value, Place(values).at(**indices))


def column(array):
    return np.reshape(array, (-1, 1))


def family(name, arrays):
    return {(name, (k,)): arrays[k - 1] for k in range(1, len(arrays) + 1)}


def table(name, array):
    return {(name, (i + 1, j + 1)): array[i, j] for i in range(array.shape[0]) for j in range(array.shape[1])}


def alone(**arrays):
    return {(name, ()): array for name, array in arrays.items()}


def definite(size):
    half = RNG.normal(size=(size, size))
    return half @ half.T + size * np.eye(size)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_solution_replays_from_the_conditions(model, solved):
    found = solved[model.name]
    assert len(found.conditions) == len(model.unknowns)
    assert len(found.solutions) + len(found.implicit) >= len(model.unknowns)
    for solution in found.solutions:
        replay(solution.certificate)
        assert solution.certificate.given and solution.certificate.uses


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_model_holds_its_solution(model):
    for text in (model.objective, *model.constraints):
        assert "=" not in text.replace("n=1", "")


def test_regression_agrees_with_scikit_learn(solved):
    X, y, penalty = RNG.normal(size=(9, 3)), RNG.normal(size=9), 0.7
    noise = definite(9)
    sizes = {"N": 9, "D": 3}
    values = alone(X=X, y=column(y), V=noise) | {(r"\lambda", ()): penalty}
    expected = {
        "least squares": LinearRegression(fit_intercept=False).fit(X, y).coef_,
        "ridge regression": Ridge(alpha=penalty, fit_intercept=False).fit(X, y).coef_,
        "generalised least squares": scipy.linalg.lstsq(
            scipy.linalg.solve_triangular(np.linalg.cholesky(noise), X, lower=True),
            scipy.linalg.solve_triangular(np.linalg.cholesky(noise), y, lower=True),
        )[0],
    }
    for name, coefficients in expected.items():
        found = solved[name]
        assert found["w"].is_closed
        assert np.allclose(value(found["w"], found, sizes, values).ravel(), coefficients)
        assert found.second_order()["w"] == ANALYTIC[name]


def test_gaussian_maximum_likelihood_agrees_with_scipy(solved):
    samples = RNG.normal(size=(12, 2)) @ np.array([[2.0, 0.3], [0.0, 0.5]]) + 3
    mean, covariance = scipy.stats.multivariate_normal.fit(samples)
    found = solved["Gaussian maximum likelihood"]
    values = family("x_{·}", [column(row) for row in samples]) | {(r"\mu", ()): column(mean)}
    sizes = {"N": 12, "D": 2}
    assert np.allclose(value(found[r"\mu"], found, sizes, values).ravel(), mean)
    assert np.allclose(value(found[r"\Sigma"], found, sizes, values), covariance)


def weighted():
    samples, weights = RNG.normal(size=(8, 2)), RNG.dirichlet(np.ones(3), size=8)
    means = (weights.T @ samples) / weights.sum(axis=0)[:, None]
    return samples, weights, means


def test_a_tied_covariance_is_the_weighted_average_of_the_separate_ones(solved):
    samples, weights, means = weighted()
    gaps = samples[:, None, :] - means[None]
    expected = np.einsum("nk,nki,nkj->ij", weights, gaps, gaps) / weights.sum()
    found = solved["weighted Gaussians with one covariance"]
    values = (
        family("x_{·}", list(map(column, samples)))
        | family(r"\mu_{·}", list(map(column, means)))
        | table("r_{·}", weights)
    )
    sizes = {"N": 8, "D": 2, "K": 3}
    assert np.allclose(value(found[r"\Sigma"], found, sizes, values), expected)
    assert np.allclose(value(found[r"\mu_k"], found, sizes, values, k=2).ravel(), means[1])


def test_diagonal_covariances_are_weighted_variances(solved):
    samples, weights, means = weighted()
    found = solved["weighted Gaussians with diagonal covariances"]
    values = table("x_{·}", samples) | table("m_{·}", means) | table("r_{·}", weights)
    sizes = {"N": 8, "D": 2, "K": 3}
    expected = np.average((samples[:, 1] - means[2, 1]) ** 2, weights=weights[:, 2])
    assert np.isclose(value(found["v_kd"], found, sizes, values, k=3, d=2), expected)
    assert np.isclose(value(found["m_kd"], found, sizes, values, k=3, d=2), means[2, 1])


def test_the_mixture_of_regressions_is_weighted_least_squares(solved):
    X, y = RNG.normal(size=(10, 2)), RNG.normal(size=10)
    weights = RNG.dirichlet(np.ones(2), size=10)
    found = solved["mixture of linear regressions, given the responsibilities"]
    fits = [LinearRegression(fit_intercept=False).fit(X, y, sample_weight=weights[:, k]) for k in range(2)]
    values = (
        alone(X=X, y=column(y))
        | family("R_{·}", [np.diag(weights[:, k]) for k in range(2)])
        | family("w_{·}", [column(fit.coef_) for fit in fits])
    )
    sizes = {"N": 10, "D": 2, "K": 2}
    for k, fit in enumerate(fits, 1):
        assert np.allclose(value(found["w_k"], found, sizes, values, k=k).ravel(), fit.coef_)
        spread = np.average((y - fit.predict(X)) ** 2, weights=weights[:, k - 1])
        assert np.isclose(value(found["s_k"], found, sizes, values, k=k), spread)
        share = value(found[r"\pi_k"], found, sizes, values, k=k)
        assert np.isclose(share, weights[:, k - 1].sum() / 10)


def test_the_kalman_gain_has_the_least_trace(solved):
    P, H, R = definite(3), RNG.normal(size=(2, 3)), definite(2)
    found = solved["gain with the least trace of the posterior covariance"]
    gain = value(found["G"], found, {"n": 3, "m": 2}, alone(P=P, H=H, R=R))

    def trace(flat):
        G = flat.reshape(3, 2)
        rest = np.eye(3) - G @ H
        return np.trace(rest @ P @ rest.T + G @ R @ G.T)

    best = scipy.optimize.minimize(trace, np.zeros(6), tol=1e-12)
    assert np.allclose(gain.ravel(), best.x, atol=1e-5)
    assert found.second_order()["G"] == "convex"


def test_fishers_direction_satisfies_its_condition(solved):
    """The direction is an eigenvector: implicit, with the multiplier as its eigenvalue."""
    labels = np.repeat([0, 1], 10)
    samples = RNG.normal(size=(20, 3)) + labels[:, None] * np.array([1.0, 2.0, 0.5])
    within = sum(np.cov(samples[labels == c].T, bias=True) / 2 for c in (0, 1))
    gap = column(samples[labels == 1].mean(axis=0) - samples[labels == 0].mean(axis=0))
    between = gap @ gap.T / 4
    direction = LinearDiscriminantAnalysis(solver="eigen").fit(samples, labels).scalings_[:, :1]
    direction = direction / np.sqrt(direction.T @ within @ direction)
    found = solved["direction with the largest scatter between classes at unit scatter within"]
    values = alone(B=between, S=within, w=direction)
    multiplier = value(found[r"\lambda"], found, {"n": 3}, values)
    (condition,) = found.implicit
    gradient = Numeric(found.scope, {"n": 3}).value(condition.result, Place(values | {(r"\lambda", ()): multiplier}))
    assert np.allclose(gradient, 0, atol=1e-8)
    eigenvalues = scipy.linalg.eigh(between, within, eigvals_only=True)
    assert np.isclose(-multiplier, eigenvalues[-1])


def test_the_largest_entropy_agrees_with_an_optimiser(solved):
    a, mean = np.array([0.0, 1.0, 3.0]), 1.2
    found = solved["distribution of largest entropy with a given mean"]

    def shares(rate):
        values = family("a_{·}", list(a)) | {(r"\nu", ()): rate}
        return np.array([value(found["p_k"], found, {"K": 3}, values, k=k) for k in (1, 2, 3)])

    rate = scipy.optimize.brentq(lambda rate: shares(rate) @ a - mean, -5, 5)
    best = scipy.optimize.minimize(
        lambda p: float(np.sum(p * np.log(p))),
        np.full(3, 1 / 3),
        bounds=[(1e-9, 1)] * 3,
        constraints=[{"type": "eq", "fun": lambda p: p.sum() - 1}, {"type": "eq", "fun": lambda p: p @ a - mean}],
        options={"ftol": 1e-14},
    )
    assert np.allclose(shares(rate), best.x, atol=1e-5)


def test_counts(solved):
    counts, prior = np.array([3.0, 5.0, 2.0]), np.array([2.0, 1.5, 4.0])
    values = family("c_{·}", list(counts)) | family(r"\alpha_{·}", list(prior))
    expected = {
        "multinomial maximum likelihood": counts / 10,
        "mode of the posterior of multinomial counts under a Dirichlet prior": (counts + prior - 1) / (17.5 - 3),
    }
    for name, shares in expected.items():
        found = solved[name]
        assert [value(found["p_k"], found, {"K": 3}, values, k=k) for k in (1, 2, 3)] == pytest.approx(shares)


def test_principal_components_satisfy_the_conditions(solved):
    """W and the noise are implicit; the closed form of Tipping and Bishop makes both conditions zero."""
    samples = RNG.normal(size=(30, 3)) @ np.diag([3.0, 1.0, 0.5])
    mean = samples.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(samples.T, bias=True))
    noise = values[:2].mean()
    loadings = vectors[:, 2:] * np.sqrt(values[2] - noise)
    found = solved["probabilistic principal component analysis"]
    place = family("x_{·}", list(map(column, samples))) | alone(W=loadings, s=noise) | {(r"\mu", ()): column(mean)}
    sizes = {"N": 30, "D": 3, "Q": 1}
    assert np.allclose(value(found[r"\mu"], found, sizes, place).ravel(), mean)
    assert len(found.implicit) == 2
    for condition in found.implicit:
        assert np.allclose(Numeric(found.scope, sizes).value(condition.result, Place(place)), 0, atol=1e-9)


# -- the mixture and EM -------------------------------------------------------------------------------------------


def densities(samples, means, covariances):
    pairs = zip(means, covariances, strict=True)
    return np.column_stack([scipy.stats.multivariate_normal(m, c).pdf(samples) for m, c in pairs])


def update(found, samples, means, covariances, shares):
    """Return one EM update: the right sides of the fixed-point equations, means first."""
    sizes = {"N": len(samples), "D": samples.shape[1], "K": len(means)}

    def place(centres):
        return (
            family("x_{·}", list(map(column, samples)))
            | family(r"\mu_{·}", list(map(column, centres)))
            | family(r"\Sigma_{·}", list(covariances))
            | family(r"\pi_{·}", list(shares))
        )

    members = range(1, len(means) + 1)
    old = place(means)
    moved = np.array([value(found[r"\mu_k"], found, sizes, old, k=k).ravel() for k in members])
    new_shares = np.array([value(found[r"\pi_k"], found, sizes, old, k=k) for k in members])
    spread = np.array([value(found[r"\Sigma_k"], found, sizes, old, k=k) for k in members])
    shift = moved - means  # the covariances of the equation are about the old means
    return moved, spread - shift[:, :, None] * shift[:, None, :], new_shares


def started():
    samples = np.vstack([RNG.normal(size=(15, 2)) * 0.6 - 1, RNG.normal(size=(15, 2)) * 0.4 + 1])
    return samples, np.array([[-1.0, 0.0], [1.0, 0.5]]), np.array([np.eye(2), np.eye(2)]), np.array([0.4, 0.6])


def test_the_mixture_is_solved_by_fixed_point_equations(solved):
    found = solved["Gaussian mixture"]
    assert found[r"\lambda"].latex == r"\lambda = -N" and found[r"\lambda"].is_closed
    for name in (r"\mu_k", r"\Sigma_k", r"\pi_k"):
        assert set(found[name].depends_on) == {r"\mu_{k}", r"\Sigma_{k}", r"\pi_{k}"}
        assert found[name].where[0][0] == "r_{nk}"


def test_one_update_agrees_with_scikit_learn(solved):
    samples, means, covariances, shares = started()
    theirs = GaussianMixture(2, max_iter=1, weights_init=shares, means_init=means, reg_covar=0)
    theirs.precisions_init = np.array([np.linalg.inv(c) for c in covariances])
    with pytest.warns(Warning):
        theirs.fit(samples)
    ours = update(solved["Gaussian mixture"], samples, means, covariances, shares)
    for one, other in zip(ours, (theirs.means_, theirs.covariances_, theirs.weights_), strict=True):
        assert np.allclose(one, other)


def test_updates_never_lower_the_likelihood(solved):
    samples, *state = started()
    levels = []
    for _ in range(6):
        means, covariances, shares = state
        levels.append(np.log(densities(samples, means, covariances) @ shares).sum())
        state = update(solved["Gaussian mixture"], samples, means, covariances, shares)
    assert np.all(np.diff(levels) > -1e-9) and levels[-1] > levels[0] + 1
