"""Derivatives and differentials: which kind is meant, by the shapes of what is differentiated and by what."""

from __future__ import annotations

from typing import Any

from sympy import Integer, Pow, Symbol
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Transpose,
)

from derive.expr import (
    Call,
    Differentiated,
    Entry,
    Gradient,
    Jacobian,
    MatrixCall,
    MatrixDifferentiated,
    MatrixMember,
    MatrixPartial,
    Member,
    ScalarOf,
    ScalarPartial,
    Vec,
    build,
    word,
)
from derive.facts import Kind
from derive.indices import IndexSymbol
from derive.names import FAMILY, Names
from derive.scope import Dependencies, Scope
from derive.shape import Shape
from derive.source import Span
from derive.syntax import Derivative, Differential, Group, Name, Node, Product, Scripted
from derive.tokens import OpenValue, Unreadable
from derive.typed import Malformed, Typed

_VARIABLES = (Symbol, Member, MatrixSymbol, MatrixMember, Entry, Call, MatrixCall)


class Calculus(Names):
    """Elaboration of derivatives; a base of the elaborator."""

    def __init__(self, scope: Scope, layout: str = "numerator", symmetric: bool = False) -> None:
        super().__init__(scope)
        self.layout = layout
        self.layout_used = False
        self.symmetric = symmetric
        self.greedy = False
        self.varying: dict[Any, Any] = {}

    # -- the variable ------------------------------------------------------------------------------------------

    def variable(self, node: Node) -> tuple[Typed, bool]:
        """Return what is differentiated by, and whether it is written transposed."""
        typed = self._plain_variable(node)
        transposed = isinstance(typed.expr, Transpose)
        if transposed:
            typed = Typed(typed.expr.args[0], (typed.shape[1], typed.shape[0]), typed.span)  # type: ignore[index]
        if isinstance(typed.expr, ScalarOf):
            typed = Typed(typed.expr.args[0], (1, 1), typed.span)
        expr = typed.expr
        core = expr.args[0] if isinstance(expr, Inverse | Vec | Pow) else expr
        if isinstance(core, IndexSymbol) or not isinstance(core, _VARIABLES):
            raise Unreadable("N106", "a derivative by this expression is not supported", node.span)
        if isinstance(expr, Pow) and not getattr(expr.args[1], "is_Integer", False):
            raise Unreadable("N106", "a derivative by this power is not supported", node.span)
        return typed, transposed

    def _plain_variable(self, node: Node) -> Typed:
        base = node.base if isinstance(node, Scripted) else node
        if isinstance(base, Name) and not (isinstance(node, Scripted) and node.sub):
            key = self.find_key(base.key)
            declaration = self.scope.declarations.get(key or "")
            if declaration is not None and declaration.kind is Kind.SIZE:
                raise Malformed("S212", f"{base.key} is a size; nothing is differentiated by it", node.span)
        return self.elaborate(node)

    def need_dependence(self, body: Typed, variable: Typed, node: Node) -> None:
        """Complain if the variable does not occur in what is differentiated."""
        core = variable.expr
        while isinstance(core, Inverse | Vec | Pow | Transpose):
            core = core.args[0]
        while isinstance(core, Entry):
            core = core.args[0]
        name = (
            "def:" + core.args[0].name
            if isinstance(core, Call | MatrixCall)
            else core.args[0].name
            if isinstance(core, Member | MatrixMember | MatrixSymbol)
            else core.name
        )
        found = Dependencies(self.scope.definitions).of(body.expr)
        if name not in found:
            spelled = name.removeprefix("def:").split("#")[0]
            family = self.family_like(spelled, found)
            raise Malformed("S212", f"{spelled} does not occur in what is differentiated by it", node.span, family)

    def family_like(self, name: str, found: frozenset[str]) -> tuple[str, str] | None:
        """Return the family (and its index letter) that a symbol without an index may stand for."""
        for key in found:
            declaration = self.scope.declarations.get(key)
            if declaration is not None and declaration.ranges and key == name + FAMILY:
                return name, declaration.letters[0]
        return None

    # -- derivatives -------------------------------------------------------------------------------------------

    def derivative(self, node: Derivative) -> Typed:
        """Return a gradient, Jacobian, Hessian or entrywise derivative."""
        body = self.elaborate(node.body)
        self.need_given(body, "differentiated", node.span)
        wrt = node.wrt
        if not wrt:
            variables = [(self._only_variable(body, node), False)] * node.order
        else:
            variables = [self.variable(item) for item in wrt]
        for (variable, _), item in zip(variables, wrt or (node,) * node.order, strict=False):
            self.need_dependence(body, variable, item)
        if node.order == 1:
            return self.first(body, *variables[0], node.span)
        if node.order == 2:
            return self.second(body, variables, node.span)
        result = body
        for variable, transposed in variables:
            if variable.shape is not None:
                raise Unreadable("N106", "a third derivative by an array is not supported", node.span)
            result = self.first(result, variable, transposed, node.span)
        return result

    def need_given(self, body: Typed, action: str, span: Span) -> None:
        """Complain of a moment that nothing gives: what it depends on is not known."""
        names = Dependencies(self.scope.definitions).of(body.expr)
        found = sorted(self.scope.open_moments(names))
        if found:
            raise OpenValue(
                "N106", f"{found[0].partition('#')[0]} cannot be {action}: nothing says what it depends on", span
            )

    def _only_variable(self, body: Typed, node: Derivative) -> Typed:
        applied = node.body
        if isinstance(applied, Product) and isinstance(applied.items[-1], Group) and len(applied.items) == 2:
            items = applied.items[-1].items
            if len(items) == 1 and isinstance(items[0], Name):  # ∇f(x) is by x
                return self.variable(items[0])[0]
        found = Dependencies(self.scope.definitions).of(body.expr)
        arrays = [
            d
            for key, d in self.scope.declarations.items()
            if key in found and d.kind is Kind.ARRAY and not d.ranges and d.shape is not None
        ]
        if len(arrays) != 1:
            raise Unreadable("N106", "the variable of ∇ is not named and not unique", node.span)
        shape = arrays[0].shape
        assert shape is not None
        return Typed(MatrixSymbol(arrays[0].key, *shape), shape, node.span)

    def first(self, body: Typed, variable: Typed, transposed: bool, span: Span) -> Typed:
        """Return a first derivative, by the shapes of both."""
        scalar = self.scalar(body)
        if scalar is not None:
            return self._of_scalar(scalar, variable, transposed, span)
        if variable.shape is None:
            return Typed(build(MatrixPartial, body.expr, variable.expr), body.shape, span)
        rows, cols = self.resolve(body.shape)  # type: ignore[misc]
        _length, width = self.resolve(variable.shape)  # type: ignore[misc]
        if width == 1 and cols == 1:
            if transposed:
                return self._jacobian(body, variable, "numerator", span)
            self.layout_used = True
            return self._jacobian(body, variable, self.layout, span)
        if width == 1 and rows == 1 and not transposed:
            column = self.transpose(body, body.span)
            return self._jacobian(column, variable, "denominator", span)
        raise Unreadable(
            "U602",
            "a derivative with more than two indices is understood as a table of numbers only "
            "after vec: write it by vec(…)",
            span,
        )

    def _jacobian(self, body: Typed, variable: Typed, layout: str, span: Span) -> Typed:
        rows, length = body.shape[0], variable.shape[0]  # type: ignore[index]
        shape: Shape = (rows, length) if layout == "numerator" else (length, rows)
        return Typed(build(Jacobian, body.expr, variable.expr, word(layout)), shape, span)

    def _of_scalar(self, body: Typed, variable: Typed, transposed: bool, span: Span) -> Typed:
        if variable.shape is None:
            return Typed(build(ScalarPartial, body.expr, variable.expr), None, span)
        gradient: Any = build(Gradient, body.expr, variable.expr)
        if self.symmetric and self._is_symmetric(variable.expr):
            gradient = self._constrained(gradient)
        shape = variable.shape
        if transposed:
            return Typed(build(Transpose, gradient), (shape[1], shape[0]), span)
        return Typed(gradient, shape, span)

    def _is_symmetric(self, variable: Any) -> bool:
        """Whether the derivative by this variable is asked for in the space of symmetric matrices."""
        if not isinstance(variable, MatrixSymbol | MatrixMember):
            return False
        declaration = self.scope.declarations.get(variable.args[0].name)
        return declaration is not None and any(
            fact.value in ("symmetric", "positive semidefinite", "positive definite") for fact in declaration.facts
        )

    def _constrained(self, gradient: Any) -> Any:
        diagonal = build(HadamardProduct, gradient, build(Identity, gradient.args[1].shape[0]))
        return build(MatAdd, gradient, build(Transpose, gradient), build(MatMul, Integer(-1), diagonal))

    def second(self, body: Typed, variables: list[tuple[Typed, bool]], span: Span) -> Typed:
        """Return a second derivative: of scalars twice, or a Hessian."""
        scalar = self.scalar(body)
        (one, _), (two, _) = variables
        if one.shape is None and two.shape is None:
            return self.first(self.first(body, one, False, span), two, False, span)
        if scalar is None:
            raise Unreadable("U602", "a second derivative of an array by an array is not supported", span)
        if one.shape is None or two.shape is None:
            return self.first(self.first(scalar, *variables[0], span), *variables[1], span)
        if self.sizes.resolve(one.shape[1]) != 1 or self.sizes.resolve(two.shape[1]) != 1:
            raise Unreadable("U602", "a second derivative by a matrix has four indices: write it by vec(…)", span)
        gradient = Typed(build(Gradient, scalar.expr, one.expr), one.shape, span)
        return self._jacobian(gradient, two, "numerator", span)

    # -- differentials -----------------------------------------------------------------------------------------

    def differential(self, node: Differential) -> Typed:
        """Return ``dX`` as a symbol of its own, or the differential of an expression."""
        inner = self.elaborate(node.inner)
        self.need_given(inner, "differentiated", node.span)
        expr = inner.expr
        core = expr.args[0] if isinstance(expr, Transpose) else expr
        if isinstance(core, Symbol | MatrixSymbol | Member | MatrixMember | Call | MatrixCall) and not isinstance(
            core, IndexSymbol
        ):
            change = self.change(core)
            return Typed(build(Transpose, change) if isinstance(expr, Transpose) else change, inner.shape, node.span)
        if isinstance(core, Entry) and isinstance(core.args[0], MatrixSymbol | MatrixMember):
            matrix, *place = core.args  # as soon as the differential of an entry occurs, the matrix varies
            return Typed(build(Entry, self.change(matrix), *place), None, node.span)
        return Typed(
            build(Differentiated if inner.shape is None else MatrixDifferentiated, expr), inner.shape, node.span
        )

    def change(self, symbol: Any) -> Any:
        """Return the differential of a symbol, which varies from then on."""
        name = symbol.name if isinstance(symbol, Symbol) else symbol.args[0].name
        if isinstance(symbol, Symbol):
            change: Any = Symbol(f"d{name}")
        elif isinstance(symbol, MatrixSymbol):
            change = MatrixSymbol(f"d{name}", *symbol.shape)
        elif isinstance(symbol, Member):
            change = build(Member, word(f"d{name}"), *symbol.args[1:])
        elif isinstance(symbol, MatrixMember):
            change = build(MatrixMember, word(f"d{name}"), *symbol.args[1:])
        else:  # the differential of a defined symbol passes through its definition
            return build(Differentiated if isinstance(symbol, Call) else MatrixDifferentiated, symbol)
        self.varying[symbol] = change
        return change
