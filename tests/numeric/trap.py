"""What a trap is: a function and a point at which its derivative, computed word for word in doubles, fails."""

from dataclasses import dataclass, field
from typing import Any

import high_precision as hp
import numpy as np


@dataclass
class Trap:
    """A derivation record, the arguments by their LaTeX, and the same function in mpmath, of the arguments in order.

    `high_precision.derivative` differentiates that in 1500 digits. Where a determinant of 400 rows leaves no hope of
    this, the derivative stands in ``wanted`` as a closed form.
    """

    id: str
    declare: list[str]
    of: str
    wrt: str
    values: dict[str, Any]
    f: Any = None
    kind: str = "gradient"
    rtol: float = 1e-10
    wanted: Any = None
    atol: float = 0.0
    given: list[str] = field(default_factory=list)

    @property
    def record(self):
        parts = {"id": self.id, "declare": self.declare, "given": self.given}
        return {**parts, "of": self.of, "wrt": self.wrt, "kind": self.kind}

    def expected(self):
        if self.wanted is not None:
            return self.wanted
        return hp.derivative(self.f, self.values, self.wrt, self.kind)


def vectors(*names, size="n"):
    return [rf"{name} \in \mathbb{{R}}^{size}" for name in names]


def scalars(*names):
    return [rf"{name} \in \mathbb{{R}}" for name in names]


def positive(*names, size=""):
    return [rf"{name} \in \mathbb{{R}}_{{>0}}{size}" for name in names]


def difference(given, trap):
    """Return the largest relative error, infinite where a value is not a number; what underflows is zero."""
    wanted = np.asarray(trap.expected(), float)
    if given.shape != wanted.shape:
        return np.inf
    with np.errstate(all="ignore"):
        gap = np.abs(given - wanted)
        error = np.where((given == wanted) | (gap <= max(trap.atol, 1e-300)), 0.0, gap / np.abs(wanted))
    return float(np.max(np.where(np.isnan(given), np.inf, error), initial=0.0))
