"""Two sides of a relation, elaborated together: shapes made equal, indices compared, sizes filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Integer, MatrixSymbol, Symbol, preorder_traversal
from sympy.matrices.expressions import ZeroMatrix

from derive.dotted import undotted
from derive.elaborate import Elaborator
from derive.exact.equation import Equation
from derive.expr import (
    Call,
    Differentiated,
    Gradient,
    Jacobian,
    MatrixCall,
    MatrixDifferentiated,
    MatrixMember,
    MatrixPartial,
    Member,
    ScalarPartial,
    build,
    rebuild,
)
from derive.facts import Kind
from derive.indices import IndexSymbol
from derive.notation import DOTS
from derive.parse import Parser
from derive.printing import show
from derive.reductions import outside_letters
from derive.relations import side_list
from derive.scope import Scope
from derive.shape import Dim, Shape, Sizes, Unknown
from derive.source import Span
from derive.syntax import Group, Name, Node, Num, Product, Scripted, Terms
from derive.tokens import Token, Unreadable
from derive.typed import Malformed, Typed


@dataclass(frozen=True, slots=True)
class Reading:
    """How a relation is to be read: the layout of ∂y/∂x and whether derivatives respect symmetry."""

    layout: str = "numerator"
    symmetric: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """An elaborated relation.

    ``one_sided`` are indices that are free on one side only: on the left, on the right.
    """

    lhs: Any
    rhs: Any
    shape: Shape | None
    free: tuple[tuple[str, Dim], ...]
    scope: Scope
    varying: Mapping[Any, Any] = field(default_factory=dict)
    order: tuple[Any, int] | None = None
    one_sided: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    layout_used: bool = False
    notes: tuple[str, ...] = ()

    def equation(self) -> Equation:
        """Return what the identity test compares."""
        return Equation(self.lhs, self.rhs, self.shape, self.free, self.scope, self.varying, order=self.order)

    @property
    def is_derived(self) -> bool:
        """Whether a derivative or a definition occurs: such an equation states a result, not a hypothesis."""
        kinds = (Gradient, Jacobian, ScalarPartial, MatrixPartial, Call, MatrixCall)
        return any(isinstance(node, kinds) for side in (self.lhs, self.rhs) for node in preorder_traversal(side))

    @property
    def read_as(self) -> str:
        """Return the relation as plain text."""
        tail = f" + O({show(self.order[0])}^{self.order[1]})" if self.order else ""
        return f"{show(self.lhs)} = {show(self.rhs)}{tail}"


def parse_side(tokens: list[Token], scope: Scope, after: Span) -> Node:
    """Return the syntax tree of one side."""
    if not tokens:
        raise Unreadable("N103", "expected an expression, found nothing", after)
    prepared = side_list(tokens)
    node = Parser(prepared, {*scope.declarations, *scope.names}).expression(0, len(prepared.tokens))
    node = scope.covariances.spelled(node)
    return undotted(node) if any(token.text in DOTS for token in tokens) else node


def state(left: Node, right: Node, scope: Scope, reading: Reading) -> Statement:
    """Elaborate a relation.

    Raises
    ------
    Malformed
        If the shapes of the sides differ or indices do not fit.
    Unreadable
        If something is not declared or not supported.
    """
    try:
        return _state(left, right, scope, reading, False)
    except Malformed as problem:
        try:
            return _state(left, right, scope, reading, True)  # \\det A B may be the determinant of the product
        except (Malformed, Unreadable):
            raise problem from None


def _state(left: Node, right: Node, scope: Scope, reading: Reading, greedy: bool) -> Statement:
    elaborator = Elaborator(scope.copy(), reading.layout, reading.symmetric)
    elaborator.greedy = greedy
    return stated_by(elaborator, left, right)


def stated_by(elaborator: Elaborator, left: Node, right: Node) -> Statement:
    """Elaborate a relation with an elaborator of its own; its scope may grow by sizes.

    Raises
    ------
    Malformed
        If the shapes of the sides differ or indices do not fit.
    Unreadable
        If something is not declared or not supported.
    """
    scope = elaborator.scope
    elaborator.outside = outside_letters(left) | outside_letters(right)
    left, left_order = split_order(left, scope)
    right, right_order = split_order(right, scope)
    lhs = elaborator.elaborate(left)
    left_free = {name for name in elaborator.indices.seen if not elaborator.indices.is_bound(name)}
    elaborator.indices.seen = set()
    rhs = elaborator.elaborate(right)
    right_free = set(elaborator.indices.seen)
    lhs, rhs = _match(elaborator, lhs, rhs)
    order = _order(left_order or right_order, elaborator)
    free = tuple((name, elaborator.sizes.resolve(upper)) for name, upper in sorted(elaborator.indices.free.items()))
    replaced = known_sizes(elaborator.sizes)
    one_sided = (tuple(sorted(left_free - right_free)), tuple(sorted(right_free - left_free)))
    bodies = {node.args[0] for side in (lhs, rhs) for node in side.expr.atoms(Differentiated, MatrixDifferentiated)}
    if bodies and not elaborator.varying:
        _vary_everything(elaborator, bodies, left.span)
    varying = {rebuild(key, replaced): rebuild(value, replaced) for key, value in elaborator.varying.items()}
    statement = Statement(
        filled(lhs.expr, replaced, lhs.span),
        filled(rhs.expr, replaced, rhs.span),
        elaborator.resolve(lhs.shape),
        free,
        scope,
        varying,
        order,
        one_sided,
        elaborator.layout_used,
        tuple(dict.fromkeys(elaborator.notes)),
    )
    for _, upper in free:
        if isinstance(upper, Unknown):
            raise Unreadable("N105", "the range of a free index is not known", left.span)
    return statement


def _vary_everything(elaborator: Elaborator, bodies: set[Any], span: Span) -> None:
    """Where no differential of a symbol occurs, as in d(AB) = d(BA), every symbol varies."""
    declared = elaborator.scope.declarations
    for body in bodies:
        if body.atoms(Call, MatrixCall):
            raise Unreadable("U602", "what varies is not said: no differential of a symbol occurs", span)
        symbols = body.atoms(Symbol, MatrixSymbol, Member, MatrixMember) - body.atoms(IndexSymbol)
        for symbol in sorted(symbols, key=str):
            name = symbol.name if isinstance(symbol, Symbol | MatrixSymbol) else symbol.args[0].name
            if name in declared and declared[name].kind is not Kind.SIZE:
                elaborator.change(symbol)


def _match(elaborator: Elaborator, lhs: Typed, rhs: Typed) -> tuple[Typed, Typed]:
    """Return both sides in one shape; a literal 0 is the zero of any shape."""
    if lhs.shape is None and rhs.shape is not None:
        lhs, rhs = _scalar_against(elaborator, lhs, rhs)
    elif rhs.shape is None and lhs.shape is not None:
        rhs, lhs = _scalar_against(elaborator, rhs, lhs)
    elif not elaborator.same(lhs.shape, rhs.shape):
        raise Malformed(
            "S201",
            f"the left side is {elaborator.show(lhs.shape)} and the right side {elaborator.show(rhs.shape)}",
            lhs.span.cover(rhs.span) if lhs.span.start <= rhs.span.start else rhs.span,
        )
    return lhs, rhs


def _scalar_against(elaborator: Elaborator, scalar: Typed, array: Typed) -> tuple[Typed, Typed]:
    if scalar.expr == 0 and isinstance(scalar.expr, Integer):
        assert array.shape is not None
        return Typed(build(ZeroMatrix, *array.shape), array.shape, scalar.span), array
    found = elaborator.scalar(array)
    if found is None and all(
        isinstance(elaborator.sizes.resolve(dim), Unknown) or elaborator.sizes.resolve(dim) == 1
        for dim in array.shape or ()
    ):
        for dim in array.shape or ():
            elaborator.sizes.unify(dim, Integer(1))
        found = elaborator.scalar(array)
    if found is None:
        raise Malformed("S201", f"one side is a scalar and the other {elaborator.show(array.shape)}", array.span)
    return scalar, found


def known_sizes(sizes: Sizes) -> dict[Any, Any]:
    """Return the sizes that were found by unification."""
    return {unknown: sizes.resolve(unknown) for unknown in sizes.bound}


def filled(expr: Any, replaced: dict[Any, Any], span: Span) -> Any:
    """Return an expression with the sizes that were found; complain if one is open."""
    done = rebuild(expr, replaced) if replaced else expr
    if has_unknown(done):
        raise Unreadable("N105", "a size is not determined by what is written", span)
    return done


def has_unknown(expr: Any) -> bool:
    """Whether a size in an expression is open."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Unknown):
            return True
        stack.extend(node.args)
    return False


def split_order(node: Node, scope: Scope) -> tuple[Node, tuple[Node, int] | None]:
    """Take a term ``O(\\epsilon^2)`` out of a sum; return its symbol and power."""
    items = node.items if isinstance(node, Terms) else ((1, node),)
    kept = []
    order: tuple[Node, int] | None = None
    for sign, item in items:
        found = _big_o(item, scope)
        if found is None:
            kept.append((sign, item))
        elif order is not None:
            raise Unreadable("N106", "more than one O(·) on a side is not supported", item.span)
        else:
            order = found
    if order is None:
        return node, None
    if not kept:
        return Num(node.span, Fraction(0)), order
    return Terms(node.span, tuple(kept)), order


def _big_o(item: Node, scope: Scope) -> tuple[Node, int] | None:
    if not (isinstance(item, Product) and len(item.items) == 2):
        return None
    head, group = item.items
    if not (
        isinstance(head, Name)
        and head.key in ("O", "\\mathcal{O}", "o")
        and isinstance(group, Group)
        and len(group.items) == 1
    ):
        return None
    if head.key in scope.declarations or head.key in scope.names:
        return None
    inner = group.items[0]
    if isinstance(inner, Name):
        symbol, power = inner, 1
    elif (
        isinstance(inner, Scripted)
        and isinstance(inner.base, Name)
        and isinstance(inner.power, Num)
        and inner.power.value.denominator == 1
    ):
        symbol, power = inner.base, int(inner.power.value)
    else:
        raise Unreadable("N106", "only O(symbol^power) is supported", item.span)
    return symbol, power + 1 if head.key == "o" else power


def _order(found: tuple[Node, int] | None, elaborator: Elaborator) -> tuple[Any, int] | None:
    if found is None:
        return None
    symbol = elaborator.elaborate(found[0])
    if symbol.shape is not None or not 1 <= found[1] <= 4:
        raise Unreadable("N106", "only O(symbol^power) of a scalar, up to the fourth power, is supported", symbol.span)
    return symbol.expr, found[1]
