"""From terms back to expressions, with readable letters for bound indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Add, E, Integer, Mul, Pow, Rational, Symbol, pi
from sympy.matrices.expressions import (
    Determinant,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive import expr as nodes
from derive.conditions_shown import PI
from derive.expr import build, is_matrix, word
from derive.indices import IndexSymbol
from derive.kernel import CHANGE
from derive.polynomial import EULER
from derive.term import ONE, Size, Term

LETTERS = "jilmpqabcst"


class NoNotation(ValueError):
    """A term that has no expression; the message names it."""


class Decoder:
    """Turns terms into expressions.

    Parameters
    ----------
    ranges
        Index letters with their upper bounds, to name bound indices by.
    taken
        Letters that are not to be used for bound indices.
    wrt
        What varies: the change ``d@`` is its differential.
    """

    def __init__(
        self, ranges: Mapping[str, Size] | None = None, taken: Iterable[str] = (), wrt: Term | None = None
    ) -> None:
        self.ranges = ranges or {}
        self.taken = set(taken)
        self.wrt = wrt
        self.open: dict[str, Any] = {}

    def size(self, value: Size) -> Any:
        """Return a size as an expression."""
        terms = [Mul(Integer(count), *(Symbol(name) for name in names)) for names, count in value]
        return Add(*terms) if terms else Integer(0)

    def decode(self, term: Term, names: Mapping[str, Any] | None = None) -> Any:
        """Return a term as an expression; ``names`` are the letters of bound indices around it."""
        names = names or {}
        if term.op not in _MADE and term.op not in _NODES:
            raise NoNotation(f"there is no notation for {term.op}")
        return getattr(self, _MADE.get(term.op, "_plain"))(term, names)

    def _all(self, terms: Iterable[Any], names: Mapping[str, Any]) -> list[Any]:
        return [self.decode(term, names) for term in terms]

    def _plain(self, term: Term, names: Mapping[str, Any]) -> Any:
        node = _NODES[term.op]
        return build(node, *self._all(term.args, names))

    def _number(self, term: Term, names: Mapping[str, Any]) -> Any:
        value = term.args[0]
        return Rational(value.numerator, value.denominator)

    def _symbol(self, term: Term, names: Mapping[str, Any]) -> Any:
        if term == EULER:
            return E
        if term == PI:
            return pi
        return Symbol(self._name(term.args[0]))

    def _name(self, name: str) -> str:
        if name == CHANGE and self.wrt is not None:
            core = self.wrt.args[0] if self.wrt.op in ("e", "inv", "^", "vec") else self.wrt
            return f"d{core.args[0].split('°')[0]}"
        return name.split("°")[0]

    def _member(self, term: Term, names: Mapping[str, Any]) -> Any:
        indices = self._all(term.args[1:], names)
        return build(nodes.Member, word(self._name(term.args[0])), *indices)

    def _matrix(self, term: Term, names: Mapping[str, Any]) -> Any:
        name, rows, cols, *indices = term.args
        if indices:
            return build(
                nodes.MatrixMember, word(self._name(name)), self.size(rows), self.size(cols), *self._all(indices, names)
            )
        return MatrixSymbol(self._name(name), self.size(rows), self.size(cols))

    def _index(self, term: Term, names: Mapping[str, Any]) -> Any:
        name = term.args[0]
        if name in names:
            return names[name]
        if name[0] not in "%~@":
            return IndexSymbol(name.split("#")[0])
        if name not in self.open:  # an index that is bound further out than what is shown
            self.open[name] = self._letter(term, term, {**names, **self.open})
        return self.open[name]

    def _sized(self, term: Term, names: Mapping[str, Any]) -> Any:
        sizes = [self.size(arg) for arg in term.args]
        return build({"I": Identity, "0": ZeroMatrix, "1": OneMatrix}[term.op], *sizes)

    def _entry(self, term: Term, names: Mapping[str, Any]) -> Any:
        return build(nodes.Entry, *self._all(term.args, names))

    def _scaled(self, term: Term, names: Mapping[str, Any]) -> Any:
        scalar, array = self._all(term.args, names)
        scalars = scalar.args if isinstance(scalar, Mul) else (scalar,)
        arrays = array.args if isinstance(array, MatMul) else (array,)
        return build(MatMul, *scalars, *arrays)

    def _power(self, term: Term, names: Mapping[str, Any]) -> Any:
        base, exponent = self._all(term.args, names)
        if term.args[0] == EULER:
            return build(nodes.ScalarFunction, word("exp"), Integer(0), exponent)
        return build(Pow, base, exponent)

    def _trace(self, term: Term, names: Mapping[str, Any]) -> Any:
        inner = self.decode(term.args[0], names)
        return build(nodes.ScalarOf if term.args[0].shape == (ONE, ONE) else Trace, inner)

    def _sum(self, term: Term, names: Mapping[str, Any]) -> Any:
        index, condition, body = term.args
        letter = self._letter(index, body, names)
        inside = {**names, index.args[0]: letter}
        tail: tuple[Any, ...] = ()
        if condition.op == "cond":
            tail = (word(condition.args[0]), *self._all(condition.args[1:], inside))
        inner = self.decode(body, inside)
        node = nodes.IndexProduct if term.op == "prod" else nodes.MatrixIndexSum if is_matrix(inner) else nodes.IndexSum
        return build(node, inner, letter, self.size(index.args[1]), self.size(index.args[2]), *tail)

    def _letter(self, index: Term, body: Term, names: Mapping[str, Any]) -> Any:
        """Return a letter for a bound index: its own, or that of its range, or another."""
        used = {symbol.name for symbol in names.values()} | self.taken
        used |= {name.removeprefix("index ").split("#")[0] for name in body.names if name.startswith("index ")}
        own = index.args[0].split("#")[0]
        wished = [own] if own[0] not in "%~@" else []
        wished += [letter for letter, upper in self.ranges.items() if upper == index.args[2]]
        used -= {own}
        return IndexSymbol(next(letter for letter in (*wished, *LETTERS, "u", "v", "w") if letter not in used))

    def _function(self, term: Term, names: Mapping[str, Any]) -> Any:
        name, order, argument = term.args
        inner = self.decode(argument, names)
        node = nodes.MatrixFunction if is_matrix(inner) else nodes.ScalarFunction
        return build(node, word(name), Integer(order), inner)

    def _curve(self, term: Term, names: Mapping[str, Any]) -> Any:
        name, rows, cols, order, argument = term.args
        sizes = self.size(rows), self.size(cols)
        return build(nodes.MatrixValued, word(name), *sizes, Integer(order), self.decode(argument, names))

    def _norm(self, term: Term, names: Mapping[str, Any]) -> Any:
        return build(nodes.Norm, self.decode(term.args[0], names), word(term.args[1]))

    def _blocks(self, term: Term, names: Mapping[str, Any]) -> Any:
        rows, cols, *blocks = term.args
        return build(nodes.Blocks, Integer(rows), Integer(cols), *self._all(blocks, names))

    def _addition(self, term: Term, names: Mapping[str, Any]) -> Any:
        return build(Add if term.shape is None else MatAdd, *self._all(term.args, names))

    def _differential(self, term: Term, names: Mapping[str, Any]) -> Any:
        inner = self.decode(term.args[1], names)
        return build(nodes.MatrixDifferentiated if is_matrix(inner) else nodes.Differentiated, inner)

    def _derivative(self, term: Term, names: Mapping[str, Any]) -> Any:
        body, wrt = self.decode(term.args[0], names), self.decode(term.args[1], names)
        if term.op == "grad":
            return build(nodes.Gradient, body, wrt)
        if term.op == "jac":
            return build(nodes.Jacobian, body, wrt, word(term.args[2]))
        return build(nodes.MatrixPartial if is_matrix(body) else nodes.ScalarPartial, body, wrt)

    def _unit(self, term: Term, names: Mapping[str, Any]) -> Any:
        return build(nodes.UnitVector, self.decode(term.args[0], names), self.size(term.args[1]))

    def _commutation(self, term: Term, names: Mapping[str, Any]) -> Any:
        return build(nodes.Commutation, *(self.size(arg) for arg in term.args))

    def _hadamard(self, term: Term, names: Mapping[str, Any]) -> Any:
        """Return a Hadamard product, two factors at a time."""
        first, *rest = self._all(term.args, names)
        for factor in rest:
            first = build(HadamardProduct, first, factor)
        return first

    def _at(self, term: Term, names: Mapping[str, Any]) -> Any:
        return self.decode(term.args[2], names)


_NODES: dict[str, Any] = {
    "*": Mul, "@": MatMul, "t": Transpose, "inv": Inverse, "mp": MatPow, "det": Determinant,
    "kron": KroneckerProduct, "vec": nodes.Vec, "diag": nodes.DiagonalMatrix, "dg": nodes.DiagonalOf,
    "dens": nodes.Density, "delta": nodes.Delta,
}  # fmt: skip

_MADE = {
    "#": "_number", "s": "_symbol", "m": "_member", "M": "_matrix", "MM": "_matrix", "ix": "_index", "I": "_sized",
    "0": "_sized", "1": "_sized", "e": "_entry", ".": "_scaled", "^": "_power", "tr": "_trace", "sum": "_sum",
    "prod": "_sum", "fun": "_function", "val": "_curve", "norm": "_norm", "blocks": "_blocks", "+": "_addition",
    "d": "_differential", "grad": "_derivative", "jac": "_derivative", "part": "_derivative", "at": "_at",
    "unit": "_unit", "K": "_commutation", "had": "_hadamard",
}  # fmt: skip
