"""Linear regression: least squares, weighted, ridge, and the M-step of a mixture of regressions."""

from __future__ import annotations

from derive.models.model import Model

_DATA = (r"X \in \mathbb{R}^{N \times D}", r"y \in \mathbb{R}^N")
_COEFFICIENTS = r"w \in \mathbb{R}^D"

LEAST_SQUARES = Model(
    "least squares", (*_DATA, _COEFFICIENTS), r"\|y - X w\|^2", ("w",), source="Bishop (2006), section 3.1"
)

WEIGHTED_LEAST_SQUARES = Model(
    "generalised least squares",
    (*_DATA, _COEFFICIENTS, r"V \in \mathbb{S}_{++}^N"),
    r"(y - X w)^\top V^{-1} (y - X w)",
    ("w",),
    source="Aitken, Proc. R. Soc. Edinburgh 55 (1936)",
)

RIDGE = Model(
    "ridge regression",
    (*_DATA, _COEFFICIENTS, r"\lambda \in \mathbb{R}_{>0}"),
    r"\|y - X w\|^2 + \lambda \|w\|^2",
    ("w",),
    source="Hoerl and Kennard, Technometrics 12 (1970)",
)

MIXTURE_OF_REGRESSIONS = Model(
    "mixture of linear regressions, given the responsibilities",
    (
        *_DATA,
        r"w_k \in \mathbb{R}^D, k = 1, \dots, K",
        r"s_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
        r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
        r"R_k \in \mathbb{S}_{++}^N, k = 1, \dots, K",
    ),
    r"\sum_k \left( \operatorname{tr}(R_k) \left( \log \pi_k - \frac12 \log s_k \right)"
    r" - \frac{(y - X w_k)^\top R_k (y - X w_k)}{2 s_k} \right)",
    ("w_k", "s_k", r"\pi_k"),
    (r"\sum_k \pi_k - 1",),
    source="Bishop (2006), section 14.5.1",
)
"""The responsibilities of component k are the diagonal of R_k."""
