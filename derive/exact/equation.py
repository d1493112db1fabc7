"""Two sides to compare, and what a test found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.exact.sample import Constraints
from derive.scope import Condition, Scope
from derive.shape import Dim, Shape


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides to compare, with all that is needed to evaluate them.

    ``order`` is set for an equation up to O(symbolᵏ): the symbol and k.
    """

    lhs: Any
    rhs: Any
    shape: Shape | None
    free: tuple[tuple[str, Dim], ...]
    scope: Scope
    varying: Mapping[Any, Any] = field(default_factory=dict)
    constraints: Constraints = field(default_factory=Constraints)
    order: tuple[Any, int] | None = None
    given: tuple[Condition, ...] = ()
    """Conditions that every point is checked to satisfy."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test found: ``"agree"``, ``"differ"``, ``"no-point"``, ``"not-evaluable"`` or ``"out-of-range"``."""

    kind: str
    assignments: tuple[Mapping[str, int], ...] = ()
    failing: tuple[Mapping[str, int], ...] = ()
    points: int = 0
    bound: float | None = None
    reason: str = ""
    doubt: str = ""
    """Why sides that agree wherever they were tested may differ at other sizes."""
