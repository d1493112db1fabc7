"""Gaussian models: maximum likelihood, tied and diagonal covariances, probabilistic principal components."""

from __future__ import annotations

from derive.models.model import Model

_SAMPLES = r"x_n \in \mathbb{R}^D, n = 1, \dots, N"
_MEANS = r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K"
_WEIGHTS = r"r_{nk} \in \mathbb{R}_{>0}, n = 1, \dots, N, k = 1, \dots, K"

MAXIMUM_LIKELIHOOD = Model(
    "Gaussian maximum likelihood",
    (_SAMPLES, r"\mu \in \mathbb{R}^D", r"\Sigma \in \mathbb{S}_{++}^D"),
    r"\sum_n \log \mathcal{N}(x_n \mid \mu, \Sigma)",
    (r"\mu", r"\Sigma"),
    source="Bishop (2006), section 2.3.4",
)

TIED_COVARIANCE = Model(
    "weighted Gaussians with one covariance",
    (_SAMPLES, _MEANS, r"\Sigma \in \mathbb{S}_{++}^D", _WEIGHTS),
    r"\sum_n \sum_k r_{nk} \log \mathcal{N}(x_n \mid \mu_k, \Sigma)",
    (r"\mu_k", r"\Sigma"),
    source="Bishop (2006), exercise 9.6",
)

DIAGONAL_COVARIANCES = Model(
    "weighted Gaussians with diagonal covariances",
    (
        r"x_{nd} \in \mathbb{R}, n = 1, \dots, N, d = 1, \dots, D",
        r"m_{kd} \in \mathbb{R}, k = 1, \dots, K, d = 1, \dots, D",
        r"v_{kd} \in \mathbb{R}_{>0}, k = 1, \dots, K, d = 1, \dots, D",
        _WEIGHTS,
    ),
    r"-\frac12 \sum_n \sum_k r_{nk} \sum_d \left( \log v_{kd} + \frac{(x_{nd} - m_{kd})^2}{v_{kd}} \right)",
    (r"m_{kd}", r"v_{kd}"),
    source="Murphy (2012), section 11.4.2",
)

PROBABILISTIC_PCA = Model(
    "probabilistic principal component analysis",
    (_SAMPLES, r"\mu \in \mathbb{R}^D", r"W \in \mathbb{R}^{D \times Q}", r"s \in \mathbb{R}_{>0}"),
    r"\sum_n \log \mathcal{N}(x_n \mid \mu, W W^\top + s I)",
    (r"\mu", "W", "s"),
    source="Tipping and Bishop, J. R. Statist. Soc. B 61 (1999)",
)
