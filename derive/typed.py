"""Elaborated expressions with their shapes, and the operations on them that check shapes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational
from sympy.matrices.expressions import Identity, Inverse, MatAdd, MatMul, MatPow, Transpose, ZeroMatrix

from derive.expr import ScalarOf, build
from derive.shape import Shape, Sizes, is_known, show
from derive.source import Span


class Malformed(Exception):
    """Shapes or indices that do not conform: the code, the message and the place."""

    def __init__(self, code: str, message: str, span: Span | None = None, reading: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.reading = reading


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression and its shape (None for a scalar)."""

    expr: Any
    shape: Shape | None
    span: Span

    @property
    def is_scalar(self) -> bool:
        """Whether this is a scalar."""
        return self.shape is None


class Algebra:
    """Sums, products and powers that find and check shapes."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes

    def resolve(self, shape: Shape | None) -> Shape | None:
        """Return the shape with everything known filled in."""
        return None if shape is None else (self.sizes.resolve(shape[0]), self.sizes.resolve(shape[1]))

    def show(self, shape: Shape | None) -> str:
        """Return the shape in words."""
        return show(self.resolve(shape))

    def scalar(self, term: Typed) -> Typed | None:
        """Return the term as a scalar if it is one, or a 1 × 1 product."""
        if term.shape is None:
            return term
        rows, cols = self.sizes.resolve(term.shape[0]), self.sizes.resolve(term.shape[1])
        return Typed(build(ScalarOf, term.expr), None, term.span) if rows == 1 and cols == 1 else None

    def need_scalar(self, term: Typed, where: str) -> Typed:
        """Return the term as a scalar or complain."""
        found = self.scalar(term)
        if found is None:
            raise Malformed("S205", f"{where} has to be a scalar and is {self.show(term.shape)}", term.span)
        return found

    def need_array(self, term: Typed, where: str) -> Typed:
        """Return the term as an array or complain."""
        if term.shape is None:
            raise Malformed("S205", f"{where} has to be an array and is a scalar", term.span)
        return term

    def same(self, left: Shape | None, right: Shape | None) -> bool:
        """Make two shapes equal; return whether that is possible."""
        if left is None or right is None:
            return left is right
        return self.sizes.unify(left[0], right[0]) and self.sizes.unify(left[1], right[1])

    def square(self, term: Typed, where: str) -> Typed:
        """Check that a matrix is square."""
        if term.shape is None or not self.sizes.unify(term.shape[0], term.shape[1]):
            raise Malformed("S204", f"{where} needs a square matrix and is given {self.show(term.shape)}", term.span)
        return term

    def add(self, terms: Sequence[tuple[int, Typed]], span: Span) -> Typed:
        """Return a sum of signed terms."""
        terms = self._agree(terms)
        shape = terms[0][1].shape
        if len(terms) == 1 and terms[0][0] > 0:
            return terms[0][1]
        signed = [term.expr if sign > 0 else self.negative(term) for sign, term in terms]
        return Typed(signed[0] if len(signed) == 1 else build(Add if shape is None else MatAdd, *signed), shape, span)

    def _agree(self, terms: Sequence[tuple[int, Typed]]) -> list[tuple[int, Typed]]:
        arrays = [term for _, term in terms if term.shape is not None]
        if not arrays:
            return list(terms)
        scalars = [term for _, term in terms if term.shape is None and term.expr != 0]
        first = arrays[0]
        if scalars:
            found = [(sign, self.scalar(term)) for sign, term in terms]
            if any(term is None for _, term in found):
                culprit = next(term for term in arrays if self.scalar(term) is None)
                raise Malformed("S202", f"cannot add {self.show(culprit.shape)} and a scalar", scalars[0].span)
            return [(sign, term) for sign, term in found if term is not None]
        done = []
        for sign, term in terms:
            if term.shape is None:
                term = Typed(build(ZeroMatrix, *first.shape), first.shape, term.span)  # type: ignore[misc]
            elif not self.same(first.shape, term.shape):
                raise Malformed("S202", f"cannot add {self.show(first.shape)} and {self.show(term.shape)}", term.span)
            done.append((sign, term))
        return done

    def negative(self, term: Typed) -> Any:
        """Return minus the term."""
        if term.shape is not None:
            return build(MatMul, Integer(-1), term.expr)
        if isinstance(term.expr, Integer | Rational):
            return -term.expr
        return build(Mul, Integer(-1), term.expr)

    def multiply(self, factors: Sequence[Typed], span: Span) -> Typed:
        """Return the product of scalars and arrays; 1 × 1 products inside it are scalars."""
        scalars = [factor.expr for factor in factors if factor.shape is None]
        arrays = [factor for factor in factors if factor.shape is not None]
        if arrays:
            inner, rest = self._chain(arrays)
            scalars += inner
            if rest:
                shape: Shape = (rest[0].shape[0], rest[-1].shape[1])  # type: ignore[index]
                if not scalars and len(rest) == 1:
                    return Typed(rest[0].expr, shape, span)
                return Typed(build(MatMul, *scalars, *(factor.expr for factor in rest)), shape, span)
        return Typed(scalars[0] if len(scalars) == 1 else build(Mul, *scalars), None, span)

    def _chain(self, arrays: Sequence[Typed]) -> tuple[list[Any], list[Typed]]:
        """Split a chain of arrays into scalars (1 × 1 runs) and one conforming product."""
        grouped = self._group(list(arrays))
        if grouped is not None:
            arrays = grouped[1]
        scalars: list[Any] = list(grouped[0]) if grouped is not None else []
        run: list[Typed] = []
        for factor in arrays:
            if run and not self.sizes.unify(run[-1].shape[1], factor.shape[0]):  # type: ignore[index]
                left = (run[0].shape[0], run[-1].shape[1])  # type: ignore[index]
                raise Malformed("S203", f"cannot multiply {self.show(left)} and {self.show(factor.shape)}", factor.span)
            run.append(factor)
            scalar = self._closed(run)
            if scalar is not None:
                scalars.append(scalar)
                run = []
        return scalars, run

    def _closed(self, run: Sequence[Typed]) -> Any:
        rows, cols = self.sizes.resolve(run[0].shape[0]), self.sizes.resolve(run[-1].shape[1])  # type: ignore[index]
        if rows != 1 or cols != 1:
            return None
        return build(ScalarOf, run[0].expr if len(run) == 1 else build(MatMul, *(factor.expr for factor in run)))

    def _conforms(self, left: Typed, right: Typed) -> bool:
        a, b = self.sizes.resolve(left.shape[1]), self.sizes.resolve(right.shape[0])  # type: ignore[index]
        return bool(a == b) or not is_known(a) or not is_known(b)

    def _group(self, arrays: list[Typed]) -> tuple[list[Any], list[Typed]] | None:
        """Take 1 × 1 runs out of a chain that does not conform from left to right."""
        if all(self._conforms(a, b) for a, b in itertools.pairwise(arrays)):
            return None
        scalars: list[Any] = []
        rest = list(arrays)
        changed = True
        while changed and len(rest) <= 24:
            changed = False
            for width in range(1, len(rest) + 1):
                for start in range(len(rest) - width + 1):
                    run = rest[start : start + width]
                    if all(self._conforms(a, b) for a, b in itertools.pairwise(run)) and self._closed(run) is not None:
                        for a, b in itertools.pairwise(run):
                            self.sizes.unify(a.shape[1], b.shape[0])  # type: ignore[index]
                        scalars.append(self._closed(run))
                        del rest[start : start + width]
                        changed = True
                        break
                if changed:
                    break
        return scalars, rest

    def divide(self, left: Typed, right: Typed, span: Span) -> Typed:
        """Return left over right; the divisor is a scalar."""
        divisor = self.need_scalar(right, "the divisor").expr
        if left.shape is None and isinstance(left.expr, Rational) and isinstance(divisor, Rational) and divisor != 0:
            return Typed(left.expr / divisor, None, span)
        inverse = build(Pow, divisor, Integer(-1))
        if left.shape is None and left.expr == 1:
            return Typed(inverse, None, span)
        return self.multiply([left, Typed(inverse, None, right.span)], span)

    def transpose(self, term: Typed, span: Span) -> Typed:
        """Return the transpose; a scalar is its own."""
        if term.shape is None:
            return Typed(term.expr, None, span)
        shape = (term.shape[1], term.shape[0])
        if isinstance(term.expr, Transpose):
            return Typed(term.expr.args[0], shape, span)
        return Typed(build(Transpose, term.expr), shape, span)

    def power(self, base: Typed, exponent: Typed, span: Span) -> Typed:
        """Return a power of a scalar or of a square matrix."""
        exponent = self.need_scalar(exponent, "an exponent")
        as_scalar = self.scalar(base)
        value = exponent.expr
        if as_scalar is not None:
            if (
                isinstance(as_scalar.expr, Rational)
                and isinstance(value, Integer)
                and abs(int(value)) <= 64
                and (as_scalar.expr != 0 or value > 0)
                and (as_scalar.expr.p.bit_length() + as_scalar.expr.q.bit_length()) * abs(int(value)) < 4096
            ):
                return Typed(as_scalar.expr**value, None, span)
            return Typed(build(Pow, as_scalar.expr, value), None, span)
        if not (base.shape and self.sizes.unify(*base.shape)):
            what = "the inverse" if value == -1 else "a power"
            raise Malformed("S204", f"{what} needs a square matrix and is given {self.show(base.shape)}", span)
        if value == -1:
            return Typed(build(Inverse, base.expr), base.shape, span)
        if value == 0:
            return Typed(build(Identity, base.shape[0]), base.shape, span)
        if value == 1:
            return Typed(base.expr, base.shape, span)
        return Typed(build(MatPow, base.expr, value), base.shape, span)
