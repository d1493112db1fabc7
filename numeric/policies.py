"""What happens to a component that loses its samples, and to a variance that vanishes. Each measure is an event."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from numeric.protocol import Array, Arrays, MixtureModule, named

EmptyPolicy: TypeAlias = Literal["drop", "reseed", "raise"]
EMPTY_POLICIES = ("drop", "reseed", "raise")

# The smallest variance kept, in rounding errors of the largest variance of a feature: below, no digit is left.
FLOOR_ROUNDINGS = 100


class EmptyComponent(RuntimeError):
    """A component is responsible for no sample, and the policy is to stop."""


@dataclass(frozen=True)
class Event:
    """Something that was done beside the plain updates, or that went wrong.

    Attributes
    ----------
    iteration
        Counted from 0, the M-step of the start.
    kind
        ``"dropped"``, ``"reseeded"``, ``"floored"`` or ``"decreased"``.
    text
        One sentence with the figures.
    """

    iteration: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"iteration {self.iteration}: {self.text}"


def default_floor(largest_variance: float, dtype: Any) -> float:
    """Return the smallest variance that is told from rounding, in squared units of the data."""
    return max(FLOOR_ROUNDINGS * float(np.finfo(dtype).eps) * largest_variance, float(np.finfo(dtype).tiny))


def floored(module: MixtureModule, parameters: Arrays, floor: float, iteration: int) -> tuple[Arrays, list[Event]]:
    """Return parameters whose variances are at least the floor; eigenvalues below it are raised to it.

    That is the M-step itself under the constraint Σ ⪰ floor · I: with S = V diag(s) Vᵀ the maximum of
    −log|Σ| − tr(Σ⁻¹S) lies at V diag(max(s, floor)) Vᵀ. The log-likelihood therefore goes on not to decrease.

    Notes
    -----
    By von Neumann's trace inequality the eigenvectors are those of S; then each eigenvalue stands alone. See Won, Lim,
    Kim and Rajaratnam, *Condition-number-regularized covariance estimation*, JRSS B 75 (2013), section 2.
    """
    changed = named(module.PARAMETERS, parameters)
    events = []
    for name in module.VARIANCES:
        raise_ = raised_eigenvalues if module.DOMAINS[name] == "positive definite" else raised_entries
        changed[name], count, smallest = raise_(changed[name], floor)
        if count:
            text = f"{count} of the variances in {name} raised to the floor {floor:.3g} (smallest: {smallest:.3g})"
            events.append(Event(iteration, "floored", text))
    return tuple(changed.values()), events


def raised_entries(value: Array, floor: float) -> tuple[Array, int, float]:
    """Return max(value, floor), how many entries were raised, and the smallest."""
    low = ~(value >= floor)  # nan too
    return np.where(low, np.asarray(floor, value.dtype), value), int(low.sum()), float(value.min())


def raised_eigenvalues(value: Array, floor: float) -> tuple[Array, int, float]:
    """Return the matrices with eigenvalues of at least the floor, how many were raised, and the smallest."""
    exact = value.astype(np.float64)
    try:
        # A Cholesky factor of Σ − floor·I exists when all are above: twenty times cheaper than the eigenvalues.
        np.linalg.cholesky(exact - floor * np.eye(value.shape[-1]))
    except np.linalg.LinAlgError:
        pass
    else:
        return value, 0, floor
    eigenvalues, vectors = np.linalg.eigh(exact)
    low = np.asarray(eigenvalues < floor)
    raised = (vectors * np.maximum(eigenvalues, floor)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    raised = 0.5 * (raised + np.swapaxes(raised, -1, -2))
    touched = np.expand_dims(low.any(-1), (-2, -1))
    return np.where(touched, raised, exact).astype(value.dtype), int(low.sum()), float(eigenvalues.min())


def empty_components(counts: Array, dtype: Any) -> Array:
    """Return the components with fewer than √ε samples: their means would rest on rounding alone."""
    return np.flatnonzero(~(counts >= np.sqrt(np.finfo(dtype).eps)))


def without(axes: dict[str, tuple[str, ...]], arrays: Arrays, gone: Array) -> Arrays:
    """Return the arrays with some components taken out of their axis K."""
    return tuple(
        np.delete(array, gone, axis=letters.index("K")) if "K" in letters else array
        for array, letters in zip(arrays, axes.values(), strict=True)
    )


def dropped(
    module: MixtureModule, statistics: Arrays, parameters: Arrays, gone: Array, iteration: int
) -> tuple[Arrays, Arrays, Event]:
    """Return statistics and parameters without the empty components, as the update takes them."""
    text = f"component {', '.join(map(str, gone))} is responsible for no sample and was dropped"
    kept = without(dict(module.PARAMETERS), parameters, gone)
    return without(dict(module.STATISTICS), statistics, gone), kept, Event(iteration, "dropped", text)


def reseeded(
    module: MixtureModule, parameters: Arrays, empty: Array, counts: Array, worst: Array, iteration: int
) -> tuple[Arrays, Event]:
    """Return parameters in which empty components begin anew at the rows that are explained worst.

    Each takes half the weight of the component with the most samples and copies the others, but not its place.

    Raises
    ------
    ValueError
        Where no parameter is a location: real, with the axes of the data.
    """
    form = ("K", *next(iter(module.DATA.values()))[1:])
    places = [name for name, axes in module.PARAMETERS.items() if axes == form and module.DOMAINS[name] == "real"]
    if not places:
        raise ValueError(f"{module.__name__} has no location parameter: use empty='drop' or 'raise'")
    changed = {name: array.copy() for name, array in named(module.PARAMETERS, parameters).items()}
    for k, row in zip(empty, worst, strict=True):
        largest = int(np.argmax(np.where(np.isin(np.arange(len(counts)), empty), -1, counts)))
        for name, axes in module.PARAMETERS.items():
            if "K" not in axes:
                continue
            whole = np.moveaxis(changed[name], axes.index("K"), 0)  # a view
            if name == "mixing_weights":
                whole[[k, largest]] = whole[largest] / 2
            else:
                whole[k] = row.reshape(whole[k].shape) if name == places[0] else whole[largest]
    changed["mixing_weights"] /= changed["mixing_weights"].sum()
    listed = ", ".join(map(str, empty))
    text = f"component {listed} was responsible for no sample and begins anew at the worst-explained row"
    return tuple(changed.values()), Event(iteration, "reseeded", text)
