r"""The Gaussian mixture: declarations, log-likelihood, complete-data objective and Lagrangian (Bishop, 2006, ch. 9).

Examples
--------
>>> import derive
>>> from derive.models import mixture
>>> problem = mixture.problem()
>>> found = derive.gradient(problem.expr(mixture.LOG_LIKELIHOOD), problem.expr(mixture.MEAN), problem.scope)
>>> print(found.named[0])
\sum_{n=1}^{N} r_{nk} \Sigma_{k}^{-1} \left( x_{n} - \mu_{k} \right)
"""

from __future__ import annotations

from derive.models.model import Model
from derive.problem import Problem

DECLARATIONS = (
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
    r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K",
    r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"\lambda \in \mathbb{R}",
)
"""Data, means, covariances, mixing weights and the multiplier of their constraint."""

PRECISIONS = (
    DECLARATIONS[0],
    DECLARATIONS[1],
    r"\Lambda_k \in \mathbb{S}_{++}^D, k = 1, \dots, K",
    DECLARATIONS[3],
    DECLARATIONS[4],
)
"""The same with precisions in place of covariances."""

MEAN, COVARIANCE, PRECISION, WEIGHT, MULTIPLIER = r"\mu_k", r"\Sigma_k", r"\Lambda_k", r"\pi_k", r"\lambda"

LOG_LIKELIHOOD = r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)"
"""The log-likelihood L of the data."""

LOG_LIKELIHOOD_BY_PRECISION = r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Lambda_k^{-1})"
"""The log-likelihood with precisions."""

CONSTRAINT = r"\sum_k \pi_k - 1"
"""The constraint on the mixing weights, as an expression that is zero."""

LAGRANGIAN = rf"{LOG_LIKELIHOOD} + \lambda \left( {CONSTRAINT} \right)"
"""The Lagrangian of the log-likelihood for the mixing weights."""


def problem(precisions: bool = False) -> Problem:
    """Return the declarations of the mixture.

    Parameters
    ----------
    precisions : bool
        Whether the components are given by precisions.
    """
    return Problem(PRECISIONS if precisions else DECLARATIONS)


MIXTURE = Model(
    "Gaussian mixture",
    DECLARATIONS,
    LOG_LIKELIHOOD,
    (MEAN, COVARIANCE, WEIGHT),
    (CONSTRAINT,),
    source="Bishop (2006), section 9.2.2",
)
"""Maximum likelihood of the mixture; the solutions are the fixed-point equations that EM iterates."""

EXPECTED = Model(
    "Gaussian mixture, given the responsibilities",
    (*DECLARATIONS, r"r_{nk} \in \mathbb{R}_{>0}, n = 1, \dots, N, k = 1, \dots, K"),
    r"\sum_n \sum_k r_{nk} \left( \log \pi_k + \log \mathcal{N}(x_n \mid \mu_k, \Sigma_k) \right)",
    (MEAN, COVARIANCE, WEIGHT),
    (CONSTRAINT,),
    source="Bishop (2006), section 9.3.1",
)
"""The expected complete-data log-likelihood Q that an M-step maximises."""
