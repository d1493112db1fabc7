"""Symbols with their scripts, resolved against what is declared and defined."""

from __future__ import annotations

import re
from typing import Any

from sympy import Add, E, Integer, Mul, Symbol, pi
from sympy.matrices.expressions import Identity, MatrixSymbol, OneMatrix, ZeroMatrix

from derive.expr import (
    Call,
    Commutation,
    Entry,
    MatrixCall,
    MatrixMember,
    MatrixValued,
    Member,
    UnitVector,
    build,
    word,
)
from derive.facts import Declaration, Kind
from derive.indices import IndexSymbol, Indices
from derive.scope import Definition, Scope
from derive.shape import ONE, Dim, Shape, Sizes
from derive.source import Span
from derive.syntax import Group, Name, Node, Num, Product, Scripted, Terms, below
from derive.tokens import Unreadable
from derive.typed import Algebra, Malformed, Typed

_BOLD = re.compile(r"\\mathbf\{([^{}]+|\\hat\{.*\})\}$")
_IDENTITY = frozenset(
    {"I", "\\mathbf{I}", "\\mathbb{I}", "\\mathrm{I}", "\\mathbf{1}_I", "\\mathbb{1}_I", "\\mathrm{Id}"}
)
_ONES = frozenset({"\\mathbf{1}", "\\mathbb{1}", "\\mathbf{e}_1", "\\mathrm{1}"}) - {"\\mathbf{e}_1"}
_ZEROS = frozenset({"\\mathbf{0}", "\\mathrm{0}", "\\mathbf{O}"})
FAMILY = "_{·}"
"""Behind the key of a family: ``\\mu_{·}`` is the family of ``\\mu_k``, ``\\mu`` a symbol of its own."""
ABOVE = "^{(·)}"
"""Behind the key of a family whose index is written above: ``x^{(n)}``."""
AS_SIZE = "is a size and has no indices"
"""What is said of a family whose letter is known as a size only: nothing declares the family."""
_EULER = frozenset({"e", "\\mathrm{e}"})


CONSTANTS = _IDENTITY | _ONES | _ZEROS | _EULER | {"\\pi"}
"""Names with a usual meaning until they are declared."""


def is_special_value(value: Node, scope: Scope) -> bool:
    """Whether a value is made of numbers, identities and sizes only, such as ``0_p`` or ``I_n``.

    Examples
    --------
    >>> from derive.source import Span
    >>> is_special_value(Name(Span(0, 1), "I"), Scope()), is_special_value(Name(Span(0, 1), "a"), Scope())
    (True, False)
    """
    marks = {
        id(inner) for node in below(value) if isinstance(node, Scripted) for sub in node.sub for inner in below(sub)
    }
    names = [node.key for node in below(value) if isinstance(node, Name) and id(node) not in marks]
    return all(name in CONSTANTS or scope.is_size(name) for name in names)


def above_key(key: str, above: Node) -> str:
    """Return the key of a symbol whose mark in brackets above it is a label, as in ``\\mu^{(1)}``."""
    return f"{key}^{{({_index_text(above)})}}"


def _index_text(node: Node) -> str:
    match node:
        case Name():
            return node.key
        case Num():
            return str(node.value)
        case Terms():
            text = "".join(("+" if sign > 0 else "-") + _index_text(item) for sign, item in node.items)
            return text.removeprefix("+")
    return "…"


class Names(Algebra):
    """Resolution of symbols; a base of the elaborator."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(Sizes())
        self.scope = scope
        self.indices = Indices(scope, self.sizes)
        self.notes: list[str] = []

    def elaborate(self, node: Node) -> Typed:
        """Return the meaning of a syntax tree; the elaborator answers."""
        raise NotImplementedError(type(node).__name__)

    # -- indices -----------------------------------------------------------------------------------------------

    def index(self, node: Node, limit: Dim | None) -> Any:
        """Return an index expression; ``limit`` is the size it runs up to."""
        if isinstance(node, Num) and node.value.denominator == 1:
            value = int(node.value)
            top = None if limit is None else self.sizes.resolve(limit)
            if value < 1 or (isinstance(top, Integer) and value > int(top)):
                raise Malformed("S213", f"the index {value} is outside 1 … {top}", node.span)
            return Integer(value)
        if isinstance(node, Name):
            key = node.key
            if (
                key in self.scope.declarations
                and not self.indices.is_bound(key)
                and key not in self.indices.free
                and key not in self.scope.ranges
            ):
                if self.scope.is_size(key):
                    return Symbol(key)
                raise Malformed(
                    "S211",
                    f"{key} is declared as a {self.scope.declarations[key].kind.value} and cannot be an index",
                    node.span,
                )
            self.indices.use(key, limit, node.span)
            return IndexSymbol(key)
        if isinstance(node, Terms):
            return Add(*(sign * self.index(term, None) for sign, term in node.items))
        if isinstance(node, Product) and all(operator in ("", "\\cdot") for operator in node.operators):
            return Mul(*(self.index(item, None) for item in node.items))
        raise Unreadable("N106", "this index is not supported", node.span)

    # -- symbols -----------------------------------------------------------------------------------------------

    def find_key(self, key: str) -> str | None:
        """Return the declared or defined spelling of a key: itself, or the same letter in or out of bold."""
        if key in self.scope.declarations or key in self.scope.names:
            return key
        stem, suffix = _split_key(key)
        bold = _BOLD.match(stem)
        other = (bold.group(1) if bold else f"\\mathbf{{{stem}}}") + suffix
        if key in CONSTANTS:
            return None
        if other in self.scope.declarations or other in self.scope.names:
            return other
        return None

    def symbol(self, node: Name | Scripted, *, called: bool = False) -> tuple[Any, bool]:
        """Resolve a symbol with its subscript; return it and whether the subscript was used up.

        The result is a `Typed`, or a `Declaration` or list of `Definition` where the symbol is a function.
        """
        base = node if isinstance(node, Name) else node.base
        assert isinstance(base, Name)
        sub = node.sub if isinstance(node, Scripted) else ()
        text = node.sub_text if isinstance(node, Scripted) else ""
        above = node.above if isinstance(node, Scripted) else None
        name = base.key
        if above is not None:
            full = self.find_key(above_key(name, above) + (f"_{{{text}}}" if text else ""))
            if full is not None:
                found = self._whole(full, node, called)
                if found is not None:
                    return found, True
            sub = (above, *sub)
            name += ABOVE
        elif text:
            full = self.find_key(f"{name}_{{{text}}}")
            if full is not None:
                found = self._whole(full, node, called)
                if found is not None:
                    return found, True
        if sub:
            family = self.find_key(name + FAMILY)
            if family is not None:
                return self._indexed(family, sub, node, called)
        key = self.find_key(name)
        if key is None:
            constant = self._constant(base, sub, node)
            if constant is not None:
                return constant, True
            if not sub and self.find_key(name + FAMILY) is not None:
                raise Unreadable("N105", f"{name} stands without its index; it is declared as a family", node.span)
            raise self.undeclared(node, f"{name}_{{{text}}}" if text else name)
        if sub:
            return self._indexed(key, sub, node, called)
        found = self._whole(key, node, called)
        if found is None:
            raise self.undeclared(node, key)
        return found, True

    def undeclared(self, node: Node, name: str) -> Unreadable:
        """Return the error for a symbol that is not declared."""
        return Unreadable("N105", f"{name} is not declared", node.span)

    def _whole(self, key: str, node: Node, called: bool) -> Any:
        """Resolve a key that stands without indices."""
        definitions = [d for d in self.scope.overloads(key) if d.called == called or called]
        if called and any(d.called for d in definitions):
            return [d for d in definitions if d.called]
        for definition in self.scope.overloads(key):
            if not definition.parameters and not definition.called:
                if definition.node is not None:
                    return self.elaborate(definition.node)
                return self._reference(definition, (), node.span)
        declaration = self.scope.declarations.get(key)
        if declaration is None:
            return None if called else self._at_its_parameters(key, node)
        if declaration.kind in (Kind.FUNCTION, Kind.CURVE) and called:
            return declaration
        if declaration.kind is Kind.CURVE:
            return self._curve(declaration, node.span)
        if declaration.kind is Kind.FUNCTION:
            raise Malformed("S214", f"the function {key} stands without an argument", node.span)
        return leaf(declaration, node.span)

    def _at_its_parameters(self, key: str, node: Node) -> Typed | None:
        """Return a defined function that stands without its argument, as in ``\\partial E``, at its parameters."""
        for definition in self.scope.overloads(key):
            parameters = definition.parameters
            declared = [p.symbol.name in self.scope.declarations for p in parameters]
            if (
                definition.called
                and "label" not in definition.separators
                and all(declared)
                and parameters
                and not any(p.is_index for p in parameters)
            ):
                return self._reference(definition, tuple(p.symbol for p in parameters), node.span)
        return None

    def _curve(self, declaration: Declaration, span: Span) -> Typed:
        scalars = [d for d in self.scope.declarations.values() if d.kind is Kind.SCALAR and not d.ranges]
        if len(scalars) != 1:
            raise Malformed("S214", f"{declaration.key} stands without its argument", span)
        return self.curve(declaration, 0, Symbol(scalars[0].key), span)

    def curve(self, declaration: Declaration, order: int, argument: Any, span: Span) -> Typed:
        """Return a matrix-valued function at a scalar."""
        assert declaration.shape is not None
        node = build(MatrixValued, word(declaration.key), *declaration.shape, Integer(order), argument)
        return Typed(node, declaration.shape, span)

    def _reference(self, definition: Definition, indices: tuple[Any, ...], span: Span) -> Typed:
        ident = word(definition.ident)
        if definition.shape is None:
            return Typed(build(Call, ident, *indices), None, span)
        return Typed(build(MatrixCall, ident, *definition.shape, *indices), definition.shape, span)

    def _indexed(self, key: str, sub: tuple[Node, ...], node: Node, called: bool) -> tuple[Any, bool]:
        for definition in self.scope.overloads(key):
            count = len(definition.ranges)
            if definition.called and called and count and count == len(sub):
                return [definition], False
            if definition.called or count > len(sub) or (not count and definition.shape is None):
                continue
            if count and count != len(sub) and definition.shape is None:
                continue
            indices = tuple(self.index(item, upper) for item, upper in zip(sub, definition.ranges, strict=False))
            whole = self._reference(definition, indices, node.span)
            return (self.entry(whole, sub[count:], node.span) if sub[count:] else whole), True
        declaration = self.scope.declarations.get(key)
        if declaration is None:
            raise self.undeclared(node, key)
        if declaration.kind is Kind.SIZE:
            raise Malformed("S211", f"{key} {AS_SIZE}", node.span)
        if declaration.shape is None and not declaration.ranges:
            raise self.undeclared(node, f"{key}_{{{node.sub_text if isinstance(node, Scripted) else ''}}}")
        count = len(declaration.ranges)
        if count > len(sub):
            raise Malformed("S211", f"{key} has {count} indices and is written with {len(sub)}", node.span)
        indices = tuple(self.index(item, upper) for item, upper in zip(sub, declaration.ranges, strict=False))
        if declaration.kind is Kind.CURVE:
            return self.entry(self._curve(declaration, node.span), sub, node.span), True
        whole = leaf(declaration, node.span, indices)
        return (self.entry(whole, sub[count:], node.span) if sub[count:] else whole), True

    def entry(self, array: Typed, sub: tuple[Node, ...], span: Span) -> Typed:
        """Return an entry of a vector or a matrix."""
        if array.shape is None:
            raise Malformed("S211", "a scalar has no entries", span)
        rows, cols = self.sizes.resolve(array.shape[0]), self.sizes.resolve(array.shape[1])
        if len(sub) == 1 and isinstance(sub[0], Num) and cols != 1 and 11 <= sub[0].value <= 99:
            digits = divmod(int(sub[0].value), 10)
            sub = tuple(Num(span, type(sub[0].value)(digit)) for digit in digits)
        if len(sub) == 1 and (cols == 1 or rows == 1):
            index = self.index(sub[0], rows if cols == 1 else cols)
            where = (index, ONE) if cols == 1 else (ONE, index)
        elif len(sub) == 2:
            where = (self.index(sub[0], rows), self.index(sub[1], cols))
        else:
            raise Malformed(
                "S211",
                f"expected {1 if cols == 1 else 2} indices for an entry of {self.show(array.shape)}, found {len(sub)}",
                span,
            )
        return Typed(build(Entry, array.expr, *where), None, span)

    # -- constants ---------------------------------------------------------------------------------------------

    def _constant(self, base: Name, sub: tuple[Node, ...], node: Node) -> Typed | None:
        key = base.key
        if key == "\\pi" and not sub:
            return Typed(pi, None, node.span)
        if key in _EULER and not sub:
            return Typed(E, None, node.span)
        if key in _IDENTITY and (len(sub) <= 1 or self._is_one_size(node)):
            size = Mul(*map(self.size, sub)) if sub else self.sizes.fresh()
            return Typed(build(Identity, size), (size, size), node.span)
        if key in _ONES or key in _ZEROS:
            made = OneMatrix if key in _ONES else ZeroMatrix
            shape = self._constant_shape(sub, key in _ZEROS)
            return Typed(build(made, *shape), shape, node.span)
        if self.scope.extended and key in ("K", "\\mathbf{e}") and sub:
            return self._extended(key, sub, node)
        if base.key in self.indices.free or (self.indices.is_bound(base.key) and not sub):
            self.indices.use(base.key, None, node.span)
            return Typed(IndexSymbol(base.key), None, node.span)
        return None

    def _is_one_size(self, node: Node) -> bool:
        """Whether a subscript of several sizes is their product, as in ``I_{np}``: no comma stands in it."""
        if not isinstance(node, Scripted) or {",", ";", "|"} & set(node.sub_text):
            return False
        return all(isinstance(item, Name) and self.scope.is_size(item.key) for item in node.sub)

    def _extended(self, key: str, sub: tuple[Node, ...], node: Node) -> Typed:
        if key == "K":
            rows, cols = self._constant_shape(sub, True)
            order = rows * cols
            return Typed(build(Commutation, rows, cols), (order, order), node.span)
        length = self.sizes.fresh()
        return Typed(build(UnitVector, self.index(sub[0], None), length), (length, ONE), node.span)

    def _constant_shape(self, sub: tuple[Node, ...], zero: bool) -> Shape:
        if not sub:
            return (self.sizes.fresh(), self.sizes.fresh() if zero else ONE)
        item = sub[0]
        if len(sub) == 1 and isinstance(item, Product) and item.operators[-1] == "\\times":
            return (self.size(item.items[0]), self.size(item.items[-1]))
        if len(sub) == 2:
            return (self.size(sub[0]), self.size(sub[1]))
        return (self.size(item), ONE)

    def size(self, node: Node) -> Dim:
        """Return a size; a symbol first met as a size is one."""
        if isinstance(node, Num) and node.value.denominator == 1 and node.value > 0:
            return Integer(int(node.value))
        if isinstance(node, Name):
            if node.key in self.scope.declarations and not self.scope.is_size(node.key):
                raise Malformed(
                    "S205",
                    f"{node.key} is used as a size and declared as a {self.scope.declarations[node.key].kind.value}",
                    node.span,
                )
            return self.scope.size(node.key)
        if isinstance(node, Scripted) and isinstance(node.base, Name) and node.power is None and not node.transposed:
            return self.scope.size(f"{node.base.key}_{{{node.sub_text}}}" if node.sub_text else node.base.key)
        if isinstance(node, Product) and all(operator in ("", "\\cdot") for operator in node.operators):
            return Mul(*(self.size(item) for item in node.items))
        if (
            isinstance(node, Scripted)
            and isinstance(node.power, Num)
            and not node.sub
            and node.power.value.denominator == 1
        ):
            return self.size(node.base) ** int(node.power.value)
        if isinstance(node, Group) and len(node.items) == 1:
            return self.size(node.items[0])
        if isinstance(node, Terms):
            return Add(*(sign * self.size(item) for sign, item in node.items))
        raise Unreadable("N106", "this size is not supported", node.span)


def _split_key(key: str) -> tuple[str, str]:
    """Split a key into the symbol and its subscript or family mark."""
    cut = min((at for at in (key.find("_{"), key.find(ABOVE)) if at > 0), default=len(key))
    return key[:cut], key[cut:]


def leaf(declaration: Declaration, span: Span, indices: tuple[Any, ...] = ()) -> Typed:
    """Return the expression of a declared symbol or of a member of a declared family."""
    key, shape = declaration.key, declaration.shape
    if declaration.kind is Kind.SIZE or (shape is None and not indices):
        return Typed(Symbol(key), None, span)
    if shape is None:
        return Typed(build(Member, word(key), *indices), None, span)
    if indices:
        return Typed(build(MatrixMember, word(key), *shape, *indices), shape, span)
    return Typed(MatrixSymbol(key, *shape), shape, span)
