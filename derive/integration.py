"""Integrals elaborated: the variable has to be a symbol of the document, the integrand a number."""

from __future__ import annotations

from sympy import Symbol
from sympy.matrices.expressions import MatrixSymbol

from derive.expr import DefiniteIntegral, build, word
from derive.reductions import Reductions
from derive.shape import ONE
from derive.syntax import Integral
from derive.tokens import Unreadable
from derive.typed import Typed


class Integration(Reductions):
    """Elaboration of integrals; a base of the elaborator."""

    def _on_integral(self, node: Integral) -> Typed:
        variable = self.elaborate(node.variable)
        if not isinstance(variable.expr, Symbol | MatrixSymbol) or self.scope.is_size(variable.expr.name):
            raise Unreadable("U609", "the variable of an integral is no declared number, vector or matrix", node.span)
        self._check_space(node, variable)
        body = self.scalar(self.elaborate(node.body))
        if body is None:
            raise Unreadable("N106", "an integral of a vector or a matrix is not supported", node.span)
        domain = "" if self.scope.spaces.get(node.domain) == variable.expr.name else node.domain
        return Typed(build(DefiniteIntegral, body.expr, variable.expr, word(domain)), None, node.span)

    def _check_space(self, node: Integral, variable: Typed) -> None:
        """Check that the variable has the shape of the space it runs through."""
        if not node.space:
            fits = not node.is_line or variable.shape is None
        elif variable.shape is None:
            fits = all(self.size(size) == ONE for size in node.space)
        else:
            wanted = (self.size(node.space[0]), self.size(node.space[1]) if len(node.space) == 2 else ONE)
            fits = self.same(variable.shape, wanted)
        if not fits:
            message = f"the variable of an integral is {self.show(variable.shape)}, and its domain has another shape"
            raise Unreadable("U609", message, node.span)
