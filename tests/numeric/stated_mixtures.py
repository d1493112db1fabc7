"""Mixtures that are no Gaussian mixtures in several dimensions, as statements, with their densities by SciPy."""

from functools import cache

import numpy as np
import scipy.stats

from numeric.mixtures.derived import derived
from numeric.mixtures.load import loaded
from numeric.mixtures.statement import Statement
from numeric.mixtures.write import module_of

WEIGHTS = r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K"
NUMBERS = r"x_n \in \mathbb{R}, n = 1, \dots, N"
POSITIVE = r"x_n \in \mathbb{R}_{>0}, n = 1, \dots, N"
RATES = r"\beta_k \in \mathbb{R}_{>0}, k = 1, \dots, K"
MEANS = r"\mu_k \in \mathbb{R}, k = 1, \dots, K"
VARIANCES = r"v_k \in \mathbb{R}_{>0}, k = 1, \dots, K"
MIXED = (r"\pi_k", "mixing_weights")
X = (("x_n", "x"),)

EXPONENTIAL = Statement(
    "Mixture of exponential distributions",
    (POSITIVE, WEIGHTS, RATES),
    r"\sum_n \log \sum_k \pi_k \beta_k e^{-\beta_k x_n}",
    X,
    (MIXED, (r"\beta_k", "rates")),
)
PRODUCT = Statement(
    "Mixture of products of exponential distributions",
    (
        r"x_{nd} \in \mathbb{R}_{>0}, n = 1, \dots, N, d = 1, \dots, D",
        WEIGHTS,
        r"\beta_{kd} \in \mathbb{R}_{>0}, k = 1, \dots, K, d = 1, \dots, D",
    ),
    r"\sum_n \log \sum_k \pi_k \prod_d \beta_{kd} e^{-\beta_{kd} x_{nd}}",
    (("x_{nd}", "x"),),
    (MIXED, (r"\beta_{kd}", "rates")),
)
NORMAL = Statement(
    "Mixture of normal distributions",
    (NUMBERS, WEIGHTS, MEANS, VARIANCES),
    r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, v_k)",
    X,
    (MIXED, (r"\mu_k", "means"), ("v_k", "variances")),
    ("variances",),
)
LOG_NORMAL = Statement(
    "Mixture of log-normal distributions",
    (POSITIVE, WEIGHTS, MEANS, VARIANCES),
    r"\sum_n \log \sum_k \pi_k \frac{1}{x_n} \mathcal{N}(\log x_n \mid \mu_k, v_k)",
    X,
    (MIXED, (r"\mu_k", "means"), ("v_k", "variances")),
)
REGRESSION = Statement(
    "Mixture of regressions through the origin",
    (NUMBERS, r"y_n \in \mathbb{R}, n = 1, \dots, N", WEIGHTS, r"w_k \in \mathbb{R}, k = 1, \dots, K", VARIANCES),
    r"\sum_n \log \sum_k \pi_k \mathcal{N}(y_n \mid w_k x_n, v_k)",
    (("x_n", "x"), ("y_n", "y")),
    (MIXED, ("w_k", "slopes"), ("v_k", "variances")),
)

derivation = cache(derived)


@cache
def module(statement):
    return loaded(module_of(derivation(statement), statement.name), "stated")


RNG = np.random.default_rng(11)
TWO = np.array([0.3, 0.7])

# Statement, data, parameters, and log p(x_n | k) by SciPy.
CASES = {
    "exponential": (
        EXPONENTIAL,
        (RNG.exponential(size=20),),
        (TWO, np.array([0.7, 3.0])),
        lambda x, rates: scipy.stats.expon(scale=1 / rates).logpdf(x[:, None]),
    ),
    "product": (
        PRODUCT,
        (RNG.exponential(size=(20, 3)),),
        (TWO, RNG.uniform(0.5, 3, size=(2, 3))),
        lambda x, rates: scipy.stats.expon(scale=1 / rates).logpdf(x[:, None, :]).sum(2),
    ),
    "normal": (
        NORMAL,
        (RNG.normal(size=20),),
        (TWO, np.array([-1.0, 0.5]), np.array([0.5, 2.0])),
        lambda x, means, variances: scipy.stats.norm(means, np.sqrt(variances)).logpdf(x[:, None]),
    ),
    "log-normal": (
        LOG_NORMAL,
        (np.exp(RNG.normal(size=20)),),
        (TWO, np.array([-1.0, 0.5]), np.array([0.5, 2.0])),
        lambda x, means, variances: scipy.stats.lognorm(np.sqrt(variances), scale=np.exp(means)).logpdf(x[:, None]),
    ),
    "regression": (
        REGRESSION,
        (RNG.normal(size=20), RNG.normal(size=20)),
        (TWO, np.array([-1.0, 2.0]), np.array([0.5, 2.0])),
        lambda x, y, slopes, variances: scipy.stats.norm(slopes * x[:, None], np.sqrt(variances)).logpdf(y[:, None]),
    ),
}
