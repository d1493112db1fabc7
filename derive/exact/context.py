"""What symbols stand for while an expression is evaluated: the point, bindings and perturbations on top of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Value = Any
Indices = tuple[int, ...]


class Point(Protocol):
    """Values for the declared symbols and functions, in any domain."""

    def value(self, name: str, indices: Indices, domain: Any) -> Value:
        """Return the value of a symbol or of a member of a family."""
        ...

    def function(self, name: str, order: int, argument: Value, domain: Any) -> Value:
        """Return a declared function, or its derivative of some order, at a number."""
        ...

    def root(self, name: str, indices: Indices, domain: Any) -> Value:
        """Return the principal square root of a positive definite matrix."""
        ...


class Context:
    """A point with some symbols bound or perturbed.

    ``overrides`` sends a name to pairs of indices (None for all) and a function of the level. What an expression
    does not depend on is evaluated, and remembered, in the parent.
    """

    def __init__(
        self,
        parent: Context | None,
        overrides: Mapping[str, tuple[Indices | None, Callable[[int], Value]]],
        depth: int,
        constant: Callable[[], Context] | None = None,
    ) -> None:
        self.parent = parent
        self.overrides = overrides
        self.changed = frozenset(overrides)
        self.depth = depth
        self.memo: dict[Any, Value] = {}
        self._make_constant = constant
        self._constant: Context | None = None

    def constant(self) -> Context:
        """Return the context with every perturbation taken away."""
        if self.parent is None:
            return self
        if self._constant is None:
            assert self._make_constant is not None
            self._constant = self._make_constant()
        return self._constant

    def override(self, name: str, indices: Indices) -> Callable[[int], Value] | None:
        """Return what overrides a symbol here, or None."""
        found = self.overrides.get(name)
        if found is None or (found[0] is not None and found[0] != indices):
            return None
        return found[1]
