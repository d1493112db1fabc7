"""Gradients by finite differences: the opinion that knows no calculus.

Central differences with a step chosen for every entry, complex steps for functions that are analytic and accept complex
numbers, directions instead of entries for large arrays, and perturbations that stay symmetric for symmetric arguments.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Function: TypeAlias = Callable[[Array], Any]
Estimate: TypeAlias = tuple[float, float, float]  # value, its error, step
Method: TypeAlias = Literal["central", "complex"]

EPS = float(np.finfo(float).eps)
COMPLEX_STEP = 1e-150  # its square is zero in double precision
ENTRIES = 400  # arrays with more entries are checked along directions
DIRECTIONS = 20
UNSURE = 1e-3  # a difference that is less certain than this confirms nothing
# Steps in units of the scale of an entry. Two neighbours that agree best give the value, their difference its error.
STEPS = tuple(2.0**-power for power in (6, 9, 12, 15, 18, 21))


@dataclass(frozen=True)
class GradientCheck:
    """How far a gradient is from finite differences.

    Attributes
    ----------
    max_relative_error
        The largest |given − difference| / max(|difference|, typical |difference|).
    worst
        Index of the entry where it occurs; for a direction its number.
    given, difference
        The two values there.
    step
        The step that was used there.
    uncertainty
        What the difference itself may be wrong by, relative in the same way.
    tolerance
        Up to which relative error `ok` is true.
    directions
        Whether directions were checked instead of entries.
    """

    max_relative_error: float
    worst: tuple[int, ...]
    given: float
    difference: float
    step: float
    uncertainty: float
    tolerance: float
    directions: bool = False

    @property
    def ok(self) -> bool:
        """Whether the gradient agrees with the differences."""
        return self.max_relative_error <= max(self.tolerance, min(3 * self.uncertainty, UNSURE))

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.directions:
            place = f"along direction {self.worst[0]}"
        else:
            place = f"at entry {self.worst}" if self.worst else "at the scalar"
        verdict = "agrees with" if self.ok else "differs from"
        return (
            f"the gradient {verdict} finite differences: largest relative error {self.max_relative_error:.2g} {place}, "
            f"{self.given:.10g} given, {self.difference:.10g} by differences with step {self.step:.2g}"
        )


def scalar(f: Function, at: Array) -> Any:
    """Return f(at); what is no finite scalar is refused."""
    value = np.asarray(f(at))
    if value.shape not in ((), (1,), (1, 1)):
        raise ValueError(f"f has to return a scalar, not an array of shape {value.shape}: check its entries one by one")
    if not np.isfinite(value).all():
        raise ValueError("f is not finite at the point, or a small step away from it")
    return value.reshape(()).item()


def central(f: Function, at: Array, direction: Array, scales: tuple[float, ...]) -> Estimate:
    """Return the derivative of t ↦ f(at + t · direction) at 0, an estimate of its error, and the step.

    Central differences at a ladder of steps, each pair extrapolated once (Richardson: the error falls from h² to h⁴);
    the step is the one whose value differs least from that of its neighbour, between truncation and rounding.

    Parameters
    ----------
    f
        Scalar function of an array.
    at, direction
        Arrays of one shape, float64.
    scales
        Sizes of a step that changes the argument noticeably; each has a ladder of its own.

    Examples
    --------
    >>> value, error, step = central(lambda x: float(np.exp(x)), np.array(1.0), np.array(1.0), (1.0,))
    >>> abs(value - np.e) < 1e-10
    True
    """
    found: list[Estimate] = []
    failure = "there is no step"
    for scale in scales:
        before: float | None = None
        for step in (size * scale for size in STEPS):
            try:
                value, rounding = extrapolated(f, at, direction, step)
            except (ValueError, np.linalg.LinAlgError) as reason:  # a long step may leave the domain
                failure, before = str(reason), None
                continue
            if before is not None:
                found.append((value, max(abs(value - before), rounding), step))
            before = value
    if not found:
        raise ValueError(f"f cannot be evaluated near the point: {failure}")
    return min(found, key=lambda each: each[1])


def extrapolated(f: Function, at: Array, direction: Array, step: float) -> tuple[float, float]:
    """Return (4 δ(h/2) − δ(h)) / 3 of the central differences δ with steps h and h/2, and its rounding error."""
    whole, half, *values = (scalar(f, at + move * step * direction) for move in (1, 0.5, -0.5, -1))
    value = float(8 * (half - values[0]) - (whole - values[1])) / (6 * step)
    return value, EPS * max(abs(whole), abs(values[1])) / step


def complex_step(f: Function, at: Array, direction: Array) -> Estimate:
    """Return Im f(at + i h · direction) / h, exact to rounding where f is analytic, an error of zero, and the step.

    Notes
    -----
    Squire and Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review 40 (1998).
    Absolute values, conjugates and comparisons are not analytic: f has to do without.

    Examples
    --------
    >>> value, _, _ = complex_step(lambda x: np.sin(x), np.array(0.3), np.array(1.0))
    >>> float(value) == float(np.cos(0.3))
    True
    """
    value = scalar(f, at + 1j * COMPLEX_STEP * direction)
    if not isinstance(value, complex):
        raise ValueError("f returned a real number for a complex argument: the complex step needs an analytic f")
    return value.imag / COMPLEX_STEP, 0.0, COMPLEX_STEP


def entries(at: Array, symmetric: bool) -> Iterator[tuple[tuple[int, ...], Array, tuple[float, ...]]]:
    """Yield index, perturbation and scales of every entry; with symmetry those of i ≤ j, moved together."""
    typical = float(np.sqrt(np.mean(np.square(at)))) if at.size else 0.0
    for index in np.ndindex(at.shape):
        if symmetric and index[-2] > index[-1]:
            continue
        direction = np.zeros_like(at)
        direction[index] = 1
        if symmetric:
            direction[(*index[:-2], index[-1], index[-2])] = 1
        yield index, direction, scales_of(float(abs(at[index])), typical)


def scales_of(size: float, typical: float) -> tuple[float, ...]:
    """Return the scales of a step: the entry's own size and that of the others; 1 where all are zero."""
    return tuple({scale for scale in (size, typical) if scale > 0}) or (1.0,)


def directions(at: Array, symmetric: bool, seed: int) -> Iterator[tuple[tuple[int, ...], Array, tuple[float, ...]]]:
    """Yield number, random perturbation and scales of a few directions, each entry in units of its own size."""
    generator = np.random.default_rng(seed)
    typical = float(np.sqrt(np.mean(np.square(at))))
    units = np.maximum(np.abs(at), 0.01 * typical) if typical else np.ones_like(at)
    for number in range(DIRECTIONS):
        direction = generator.normal(size=at.shape) * units
        if symmetric:
            direction = (direction + np.swapaxes(direction, -1, -2)) / 2
        yield (number,), direction, (1.0,)


def check_gradient(
    f: Function,
    g: Function,
    at: npt.ArrayLike,
    *,
    symmetric: bool | Literal["constrained"] = False,
    method: Method = "central",
    tolerance: float = 1e-6,
    along: Literal["auto", "entries", "directions"] = "auto",
    seed: int = 0,
) -> GradientCheck:
    """Compare a gradient with finite differences.

    Parameters
    ----------
    f
        Scalar function of one array.
    g
        Its gradient: returns an array of the shape of `at`, ∂f/∂(entry) in every entry.
    at
        The point, an array of any shape; entries of very different sizes get steps of their own.
    symmetric
        For square matrices (in the last two axes). ``True``: f is defined on symmetric arguments only, so entries i, j
        and j, i move together, and g is the gradient of unrestricted entries, of which both count. ``"constrained"``:
        the same moves, and g is the constrained derivative, ∂f/∂X_ij of the one number that stands in both places.
    method
        ``"central"`` or, for analytic functions that accept complex arrays, ``"complex"``: exact to rounding.
    tolerance
        Of the relative error, for `GradientCheck.ok`.
    along
        Every entry, or random directions; by default directions where there are more than 400 entries.
    seed
        Of the directions.

    Returns
    -------
    GradientCheck

    Raises
    ------
    ValueError
        Where f returns no scalar, g another shape, or f is not finite near the point.

    Examples
    --------
    >>> x = np.array([[2.0, 0.5], [0.5, 1.0]])
    >>> good = check_gradient(lambda s: np.linalg.slogdet(s)[1], np.linalg.inv, x, symmetric=True)
    >>> good.ok
    True
    >>> bad = check_gradient(lambda s: np.trace(s @ s), lambda s: s, x)
    >>> bad.ok, bad.worst, round(bad.given, 6), round(bad.difference, 6)
    (False, (0, 0), 2.0, 4.0)
    """
    point = np.asarray(at, np.float64)
    given = np.asarray(g(point.copy()))
    if given.shape != point.shape:
        raise ValueError(f"g returned an array of shape {given.shape} at a point of shape {point.shape}")
    if not np.isfinite(given).all():
        raise ValueError("the gradient that g returned is not finite")
    if point.size == 0:
        raise ValueError("the point has no entries")
    if symmetric:
        refuse_asymmetric(point)
    by_direction = along == "directions" or (along == "auto" and point.size > ENTRIES)
    moves = directions(point, bool(symmetric), seed) if by_direction else entries(point, bool(symmetric))
    places, ours, theirs, errors, steps = [], [], [], [], []
    for place, direction, scales in moves:
        if method == "complex":
            value, error, step = complex_step(f, point, direction)
        else:
            value, error, step = central(f, point, direction, scales)
        places.append(place)
        ours.append(float(np.sum(halved(direction) * given if symmetric == "constrained" else direction * given)))
        theirs.append(value)
        errors.append(error)
        steps.append(step)
    return compared(places, np.array(ours), np.array(theirs), np.array(errors), steps, tolerance, by_direction)


def halved(direction: Array) -> Array:
    """Return the direction in the free entries: each pair i, j and j, i counts once, half in each place."""
    return 0.5 * direction * (1 + np.eye(direction.shape[-1]))


def refuse_asymmetric(point: Array) -> None:
    """Raise where the point is no symmetric matrix, or stack of them."""
    if point.ndim < 2 or point.shape[-1] != point.shape[-2]:
        raise ValueError(f"symmetric arguments are square in their last two axes, not of shape {point.shape}")
    if not np.allclose(point, np.swapaxes(point, -1, -2)):
        raise ValueError("the point is not symmetric")


def compared(
    places: list[tuple[int, ...]],
    ours: Array,
    theirs: Array,
    errors: Array,
    steps: list[float],
    tolerance: float,
    by_direction: bool,
) -> GradientCheck:
    """Return the worst relative error; an entry that is small beside the others is measured by their typical size."""
    typical = float(np.sqrt(np.mean(np.square(theirs))))
    # Where the gradient vanishes everywhere only the absolute error is left.
    reference = np.maximum(np.abs(theirs), 1e-3 * typical)
    reference = np.where(reference > 0, reference, 1.0)
    relative = np.abs(ours - theirs) / reference
    uncertainty = errors / reference
    # An entry fails by what the differences cannot account for.
    worst = int(np.argmax(relative - np.minimum(3 * uncertainty, UNSURE)))
    if relative[worst] <= max(tolerance, min(3 * uncertainty[worst], UNSURE)):
        worst = int(np.argmax(relative))
    return GradientCheck(
        max_relative_error=float(relative[worst]),
        worst=places[worst],
        given=float(ours[worst]),
        difference=float(theirs[worst]),
        step=float(steps[worst]),
        uncertainty=float(uncertainty[worst]),
        tolerance=tolerance,
        directions=by_direction,
    )
