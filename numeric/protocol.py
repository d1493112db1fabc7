"""What a mixture module offers to the runtime: the block protocol.

A module holds one model: its E-step and M-step over a block of rows, as additive statistics, and the update that
follows from them. The loop (`numeric.em`), the blocks (`numeric.blocks`) and the cluster (`numeric.distributed`) know
nothing else about it; nothing here is Gaussian.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Arrays: TypeAlias = tuple[Array, ...]

REQUIRED_PARAMETERS = ("mixing_weights",)
REQUIRED_STATISTICS = ("counts", "log_likelihood", "rows")
DOMAIN_NAMES = ("simplex", "real", "positive", "positive definite")


@runtime_checkable
class MixtureModule(Protocol):
    """A mixture as functions over blocks of rows.

    The constants map names to axes: N samples, K components, P plans; every other letter is a size taken from the
    arrays. ``statistics`` and ``moments`` return one float64 array for each entry of ``STATISTICS``, additive over
    blocks of rows: adding those of two blocks gives those of both together. They are centred by the parameters only
    (a block has no centre of its own), so that data far from the origin do not cancel: Σ r (x − μ)(x − μ)ᵀ about the
    means that the pass was run at, and the update takes off what the means have moved.

    ``counts`` are Σ_n r_nk, ``log_likelihood`` is Σ_n log p(x_n) at the parameters that were given, ``rows`` counts
    the rows that each of the ``PLANS`` treated. ``VARIANCES`` names the parameters in squared units of the data,
    which the runtime keeps above a floor. ``update`` has no policies of its own: a component with a count of exactly
    zero becomes nan, the others are not touched. A module computes in the dtype of the data, float32 or float64, cuts
    blocks for the cache itself and does not write to the data. A ``workspace`` may be used again for all rows and for
    all parameters of the same shapes and dtype. A module may have a ``gradient(statistics, *parameters)`` of the
    log-likelihood, too, one array for each parameter, and a ``log_likelihood(*data, *parameters)``. Responsibilities
    are no subnormal numbers: their logarithms are raised to a lowest one before they are exponentiated.
    """

    __name__: str
    DATA: Mapping[str, tuple[str, ...]]
    PARAMETERS: Mapping[str, tuple[str, ...]]
    DOMAINS: Mapping[str, str]
    VARIANCES: tuple[str, ...]
    STATISTICS: Mapping[str, tuple[str, ...]]
    PLANS: tuple[str, ...]

    def statistics(self, *arrays: Array, workspace: Any = None) -> Arrays:
        """Return the statistics of the rows at the parameters: ``statistics(*data, *parameters)``."""

    def moments(self, *arrays: Array, workspace: Any = None) -> Arrays:
        """Return them for responsibilities that are given: ``moments(*data, responsibilities, *parameters)``."""

    def update(self, statistics: Arrays, *parameters: Array) -> Arrays:
        """Return the parameters of the M-step."""

    def responsibilities(self, *arrays: Array, workspace: Any = None) -> Array:
        """Return an array of shape (n_samples, n_components): ``responsibilities(*data, *parameters)``."""

    def log_densities(self, *arrays: Array, workspace: Any = None) -> Array:
        """Return the log-density of each row, an array of shape (n_samples,): ``log_densities(*data, *parameters)``."""

    def workspace(
        self, *parameters: Array, dtype: Any = None, plan: str = "auto", tolerance: float | None = None
    ) -> Any:
        """Return preallocated buffers for one thread."""


CONSTANTS = ("DATA", "PARAMETERS", "DOMAINS", "VARIANCES", "STATISTICS", "PLANS")
FUNCTIONS = ("statistics", "moments", "update", "responsibilities", "log_densities", "workspace")


def checked(module: ModuleType | MixtureModule) -> MixtureModule:
    """Return the module if it follows the protocol.

    Parameters
    ----------
    module
        A generated module, or one written by hand.

    Raises
    ------
    TypeError
        In one sentence, what is missing or does not fit.
    """
    name = getattr(module, "__name__", type(module).__name__)
    missing = [each for each in (*CONSTANTS, *FUNCTIONS) if not hasattr(module, each)]
    if missing:
        raise TypeError(f"{name} is no mixture module: it lacks {', '.join(missing)}")
    found = cast(MixtureModule, module)
    for required, table, title in (
        (REQUIRED_PARAMETERS, found.PARAMETERS, "PARAMETERS"),
        (REQUIRED_STATISTICS, found.STATISTICS, "STATISTICS"),
        (tuple(found.PARAMETERS), found.DOMAINS, "DOMAINS"),
        (found.VARIANCES, found.PARAMETERS, "PARAMETERS"),
    ):
        absent = [each for each in required if each not in table]
        if absent:
            raise TypeError(f"{name} is no mixture module: {', '.join(absent)} missing in {title}")
    unknown = sorted(set(found.DOMAINS.values()) - set(DOMAIN_NAMES))
    if unknown:
        raise TypeError(f"{name} is no mixture module: domain {unknown[0]!r} is none of {', '.join(DOMAIN_NAMES)}")
    if any(axes[:1] != ("N",) for axes in found.DATA.values()):
        raise TypeError(f"{name} is no mixture module: the first axis of all DATA has to be N")
    return found


def bind(axes: Mapping[str, tuple[str, ...]], arrays: Arrays, sizes: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the size of each axis, read off the arrays.

    Parameters
    ----------
    axes
        Name of each array and the letters of its axes.
    arrays
        One array for each name, in the same order.
    sizes
        Sizes known before.

    Raises
    ------
    ValueError
        Where the number of arrays or a shape does not fit.

    Examples
    --------
    >>> bind({"x": ("N", "D"), "means": ("K", "D")}, (np.zeros((9, 2)), np.zeros((3, 2))))
    {'N': 9, 'D': 2, 'K': 3}
    >>> bind({"x": ("N", "D"), "means": ("K", "D")}, (np.zeros((9, 2)), np.zeros((3, 4))))
    Traceback (most recent call last):
    ValueError: means has shape (3, 4), expected (K, D) with D = 2
    """
    if len(axes) != len(arrays):
        raise ValueError(f"{len(arrays)} arrays were given for {len(axes)}: {', '.join(axes)}")
    known = dict(sizes or {})
    for (name, letters), array in zip(axes.items(), arrays, strict=True):
        shape = np.shape(array)
        if len(shape) != len(letters) or any(
            known.get(letter, size) != size for letter, size in zip(letters, shape, strict=True)
        ):
            given = ", ".join(f"{letter} = {known[letter]}" for letter in letters if letter in known)
            form = f"({', '.join(letters)}{',' if len(letters) == 1 else ''})"
            raise ValueError(f"{name} has shape {shape}, expected {form}" + (f" with {given}" if given else ""))
        known.update(zip(letters, shape, strict=True))
    return known


def named(axes: Mapping[str, tuple[str, ...]], arrays: Arrays) -> dict[str, Array]:
    """Return the arrays by their names."""
    return dict(zip(axes, arrays, strict=True))


def n_parameters(module: MixtureModule, parameters: Arrays) -> int:
    """Return the number of free parameters, as information criteria count them.

    A simplex has one less than it has entries, a symmetric matrix D (D + 1) / 2.
    """
    total = 0
    for name, array in named(module.PARAMETERS, parameters).items():
        if module.DOMAINS[name] == "simplex":
            total += array.size - 1
        elif module.DOMAINS[name] == "positive definite":
            size = array.shape[-1]
            total += array.size // size**2 * (size * (size + 1) // 2)
        else:
            total += array.size
    return total


def add(one: Arrays, other: Arrays) -> Arrays:
    """Return the statistics of two blocks together."""
    return tuple(a + b for a, b in zip(one, other, strict=True))
