r"""Mixtures as they are stated: a log-likelihood in LaTeX, its unknowns, and what the arrays are called."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass

from numeric.codegen import NotGenerated

RESERVED = frozenset(dir(builtins)) | frozenset(
    (
        "math np known work workspace features logs weights sums rows counts theta shift offsets whitening "
        "constant factor move sizes dtype plan tolerance statistics moments update gradient responsibilities "
        "log_densities log_likelihood shares relative_shares prepared fill recentred accumulate each_block bound ready "
        "floating aligned lags packed unpacked gap squares centred total totals value low high part out density "
        "largest separable annotations first second third fourth fifth sixth seventh eighth block plans"
    ).split()
)
"""Names that a module uses itself."""

CONSTRAINT = r"\sum_k \pi_k - 1"
_WEIGHTS = r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K"
_SAMPLES = r"x_n \in \mathbb{R}^D, n = 1, \dots, N"
_MEANS = r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K"


@dataclass(frozen=True, slots=True)
class Statement:
    r"""A mixture Σ_n log Σ_k (component k of sample n), and nothing of what follows from it.

    Attributes
    ----------
    name : str
        What the model is called, in words.
    declarations : tuple of str
        Declarations of data and parameters, as LaTeX.
    log_likelihood : str
        The log-likelihood as LaTeX: a sum over the samples of the logarithm of a sum over the components.
    data, parameters : tuple of (str, str)
        Symbols as LaTeX, with the names of their arrays; the first of the parameters are the mixing weights.
    variances : tuple of str
        The parameters in squared units of the data.
    constraint : str
        What is zero for the mixing weights.

    Examples
    --------
    >>> waiting = Statement(
    ...     "Mixture of exponential distributions",
    ...     (r"x_n \in \mathbb{R}_{>0}, n = 1, \dots, N", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    ...      r"\beta_k \in \mathbb{R}_{>0}, k = 1, \dots, K"),
    ...     r"\sum_n \log \sum_k \pi_k \beta_k e^{-\beta_k x_n}",
    ...     data=(("x_n", "x"),),
    ...     parameters=((r"\pi_k", "mixing_weights"), (r"\beta_k", "rates")),
    ... )
    >>> waiting.names
    ('x', 'mixing_weights', 'rates')
    """

    name: str
    declarations: tuple[str, ...]
    log_likelihood: str
    data: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]
    variances: tuple[str, ...] = ()
    constraint: str = CONSTRAINT

    def __post_init__(self) -> None:
        """Check the names, which become code.

        Raises
        ------
        NotGenerated
            If one is no name for an array in a module, or the first parameter is not ``mixing_weights``.
        """
        names = self.names
        for place, name in enumerate(names):
            if not name.isidentifier() or not name.islower() or keyword.iskeyword(name) or name in RESERVED:
                raise NotGenerated(f"“{name}” cannot be used as the name of an array")
            if name in names[:place]:
                raise NotGenerated(f"“{name}” is used twice as the name of an array")
        if not self.parameters or self.parameters[0][1] != "mixing_weights":
            raise NotGenerated("the first parameter of a mixture has the name mixing_weights")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arrays, data first."""
        return tuple(name for _, name in (*self.data, *self.parameters))


def _gaussian(structure: str, covariance: str, declared: str, name: str) -> Statement:
    return Statement(
        f"Gaussian mixture with {structure}",
        (_SAMPLES, _WEIGHTS, _MEANS, declared),
        rf"\sum_n \log \sum_k \pi_k \mathcal{{N}}(x_n \mid \mu_k, {covariance})",
        (("x_n", "x"),),
        ((r"\pi_k", "mixing_weights"), (r"\mu_k", "means"), (covariance.removesuffix(" I"), name)),
        (name,),
    )


FULL = _gaussian("full covariances", r"\Sigma_k", r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K", "covariances")
TIED = _gaussian("one covariance", r"\Sigma", r"\Sigma \in \mathbb{S}_{++}^D", "covariance")
SPHERICAL = _gaussian("spherical covariances", "v_k I", r"v_k \in \mathbb{R}_{>0}, k = 1, \dots, K", "variances")
DIAGONAL = Statement(
    "Gaussian mixture with diagonal covariances",
    (
        r"x_{nd} \in \mathbb{R}, n = 1, \dots, N, d = 1, \dots, D",
        _WEIGHTS,
        r"\mu_{kd} \in \mathbb{R}, k = 1, \dots, K, d = 1, \dots, D",
        r"v_{kd} \in \mathbb{R}_{>0}, k = 1, \dots, K, d = 1, \dots, D",
    ),
    r"\sum_n \log \sum_k \pi_k \prod_d \mathcal{N}(x_{nd} \mid \mu_{kd}, v_{kd})",
    (("x_{nd}", "x"),),
    ((r"\pi_k", "mixing_weights"), (r"\mu_{kd}", "means"), ("v_{kd}", "variances")),
    ("variances",),
)

GAUSSIAN = {"full": FULL, "tied": TIED, "diagonal": DIAGONAL, "spherical": SPHERICAL}
"""Gaussian mixtures by the structure of their covariances."""
