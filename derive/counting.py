r"""Factorials and binomial coefficients as values of the gamma function: n! = Γ(n + 1).

What is true of the gamma function at every number is true of factorials. What is false at some number may be true of
whole numbers, so a claim with factorials of anything but sizes and indices is refuted at whole numbers only.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Integer, Mul

from derive.densities import binomial, factorial
from derive.expr import Entry, Member
from derive.indices import IndexSymbol
from derive.known import Known
from derive.syntax import FunctionCall, Group, Node
from derive.typed import Typed

WHOLE_NUMBERS = "what stands in a factorial is a whole number"
"""What is noted where a factorial is read as Γ(x + 1) for every number x."""
NO_POLYNOMIAL = "what stands in a factorial may be no whole number"
"""What is noted where even whole numbers may lead to a factorial of another number."""
COUNTS = frozenset({"factorial", "binomial"})
"""Functions of whole numbers."""


class Counting(Known):
    """Elaboration of factorials; a base of the elaborator."""

    def counted(self, node: FunctionCall) -> Typed:
        """Return a factorial or a binomial coefficient."""
        if node.function == "factorial":
            value = factorial(self._number(node.argument, "a factorial"))
        else:
            assert isinstance(node.argument, Group)
            upper, lower = (self._number(item, "a binomial coefficient") for item in node.argument.items)
            value = binomial(upper, lower)
        return Typed(value, None, node.span)

    def _number(self, node: Node, what: str) -> Any:
        value = self.need_scalar(self.elaborate(node), f"the argument of {what}").expr
        self.count(value)
        return value

    def count(self, value: Any) -> None:
        """Take note of what stands in a factorial."""
        if not self._is_whole(value, numbers=False):
            self.notes.append(WHOLE_NUMBERS)
        if not self._is_whole(value, numbers=True):
            self.notes.append(NO_POLYNOMIAL)

    def _is_whole(self, value: Any, *, numbers: bool) -> bool:
        """Whether an expression is a whole number whatever the sizes and indices in it are, or (``numbers``) numbers.

        These have to be whole themselves.
        """
        if isinstance(value, Integer):
            return True
        if value.is_Symbol:
            return numbers or isinstance(value, IndexSymbol) or self.scope.is_size(value.name)
        if numbers and isinstance(value, Member | Entry):
            return True
        return isinstance(value, Add | Mul) and all(self._is_whole(each, numbers=numbers) for each in value.args)
