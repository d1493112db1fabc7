"""Other problems that are solved by stationarity: gains, directions, distributions."""

from __future__ import annotations

from derive.models.model import Model

KALMAN_GAIN = Model(
    "gain with the least trace of the posterior covariance",
    (
        r"P \in \mathbb{S}_{++}^n",
        r"H \in \mathbb{R}^{m \times n}",
        r"R \in \mathbb{S}_{++}^m",
        r"G \in \mathbb{R}^{n \times m}",
    ),
    r"\operatorname{tr}((I - G H) P (I - G H)^\top + G R G^\top)",
    ("G",),
    source="Kalman, J. Basic Eng. 82 (1960); the covariance in Joseph's form",
)

FISHER_DISCRIMINANT = Model(
    "direction with the largest scatter between classes at unit scatter within",
    (r"B \in \mathbb{S}_{+}^n", r"S \in \mathbb{S}_{++}^n", r"w \in \mathbb{R}^n"),
    r"w^\top B w",
    ("w",),
    (r"w^\top S w - 1",),
    source="Fisher, Ann. Eugenics 7 (1936); Bishop (2006), section 4.1.4",
)

MAXIMUM_ENTROPY = Model(
    "distribution of largest entropy with a given mean",
    (
        r"a_k \in \mathbb{R}, k = 1, \dots, K",
        r"p_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
        r"m \in \mathbb{R}",
    ),
    r"-\sum_k p_k \log p_k",
    ("p_k",),
    (r"\sum_k p_k - 1", r"\sum_k a_k p_k - m"),
    source="Jaynes, Phys. Rev. 106 (1957)",
)

_COUNTS = (r"c_k \in \mathbb{R}_{>0}, k = 1, \dots, K", r"p_k \in \mathbb{R}_{>0}, k = 1, \dots, K")

MULTINOMIAL = Model(
    "multinomial maximum likelihood",
    _COUNTS,
    r"\sum_k c_k \log p_k",
    ("p_k",),
    (r"\sum_k p_k - 1",),
    source="Bishop (2006), section 2.2",
)

DIRICHLET_MULTINOMIAL = Model(
    "mode of the posterior of multinomial counts under a Dirichlet prior",
    (*_COUNTS, r"\alpha_k \in \mathbb{R}_{>0}, k = 1, \dots, K"),
    r"\sum_k (c_k + \alpha_k - 1) \log p_k",
    ("p_k",),
    (r"\sum_k p_k - 1",),
    source="Bishop (2006), section 2.2.1",
)
