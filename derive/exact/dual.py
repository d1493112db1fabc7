"""Truncated series in nilpotents: exact derivatives of any order, direction by direction.

A value is a number or matrix of a domain, or a `Dual` ``re + ε im`` with ε² = 0. Nesting gives higher derivatives:
the parts of a dual at depth d are values at smaller depths.
"""

from __future__ import annotations

from typing import Any

from derive.exact.domain import Domain, NoPoint, NotEvaluable

MAX_ENTRIES = 50_000
"""Entries of a Kronecker product that is written out."""


class Dual:
    """``re + ε_depth · im``."""

    __slots__ = ("depth", "im", "re")

    def __init__(self, re: Any, im: Any, depth: int) -> None:
        self.re = re
        self.im = im
        self.depth = depth


def depth_of(value: Any) -> int:
    """Return the depth of the outermost nilpotent (0 for none)."""
    return value.depth if isinstance(value, Dual) else 0


def constant(value: Any) -> Any:
    """Return the value with every nilpotent set to zero."""
    while isinstance(value, Dual):
        value = value.re
    return value


def tangent(value: Any, depth: int) -> Any:
    """Return the coefficient of the nilpotent of a depth (the outermost one), or None for zero."""
    return value.im if isinstance(value, Dual) and value.depth == depth else None


class Arithmetic:
    """The operations on values over one domain."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain

    # -- linear ------------------------------------------------------------------------------------------------

    def add(self, x: Any, y: Any) -> Any:
        """Return x + y."""
        dx, dy = depth_of(x), depth_of(y)
        if not dx and not dy:
            return x + y
        if dx == dy:
            return Dual(self.add(x.re, y.re), self.add(x.im, y.im), dx)
        if dx > dy:
            return Dual(self.add(x.re, y), x.im, dx)
        return Dual(self.add(x, y.re), y.im, dy)

    def negate(self, x: Any) -> Any:
        """Return −x."""
        return Dual(self.negate(x.re), self.negate(x.im), x.depth) if isinstance(x, Dual) else -x

    def linear(self, function: Any, x: Any) -> Any:
        """Apply a linear map of the domain's matrices to every part."""
        return (
            Dual(self.linear(function, x.re), self.linear(function, x.im), x.depth)
            if isinstance(x, Dual)
            else function(x)
        )

    def bilinear(self, function: Any, x: Any, y: Any) -> Any:
        """Apply a bilinear map."""
        dx, dy = depth_of(x), depth_of(y)
        if not dx and not dy:
            return function(x, y)
        if dx == dy:
            cross = self.add(self.bilinear(function, x.re, y.im), self.bilinear(function, x.im, y.re))
            return Dual(self.bilinear(function, x.re, y.re), cross, dx)
        if dx > dy:
            return Dual(self.bilinear(function, x.re, y), self.bilinear(function, x.im, y), dx)
        return Dual(self.bilinear(function, x, y.re), self.bilinear(function, x, y.im), dy)

    def multiply(self, x: Any, y: Any) -> Any:
        """Return the product of numbers, of a number and a matrix, or of matrices."""
        if not isinstance(x, Dual) and not isinstance(y, Dual):
            return self._times(x, y)
        return self.bilinear(self._times, x, y)

    def _times(self, x: Any, y: Any) -> Any:
        if not self.domain.is_matrix(x) and self.domain.is_matrix(y):
            return y * x
        return x * y

    def hadamard(self, x: Any, y: Any) -> Any:
        """Return the product entry by entry."""
        return self.bilinear(self._entrywise, x, y)

    def _entrywise(self, x: Any, y: Any) -> Any:
        domain = self.domain
        if not domain.is_matrix(x):
            return self._times(x, y)
        entries = [a * b for a, b in zip(x.entries(), y.entries(), strict=True)]
        return domain.matrix(x.nrows(), x.ncols(), entries)

    def kronecker(self, x: Any, y: Any) -> Any:
        """Return the Kronecker product."""
        return self.bilinear(self._kronecker, x, y)

    def _kronecker(self, x: Any, y: Any) -> Any:
        m, n, p, q = x.nrows(), x.ncols(), y.nrows(), y.ncols()
        if m * n * p * q > MAX_ENTRIES:
            raise NotEvaluable(f"a Kronecker product of {m * p} × {n * q} entries; at most {MAX_ENTRIES} are computed")
        entries = [x[i, j] * y[r, c] for i in range(m) for r in range(p) for j in range(n) for c in range(q)]
        return self.domain.matrix(m * p, n * q, entries)

    def transpose(self, x: Any) -> Any:
        """Return the transpose of a matrix."""
        return self.linear(lambda m: m.transpose(), x)

    # -- multiplicative ----------------------------------------------------------------------------------------

    def inverse(self, x: Any) -> Any:
        """Return the inverse of a square matrix or of a number."""
        if not isinstance(x, Dual):
            return self.domain.inverse(x)
        inverse = self.inverse(x.re)
        return Dual(inverse, self.negate(self.multiply(self.multiply(inverse, x.im), inverse)), x.depth)

    def reciprocals(self, x: Any) -> Any:
        """Return the reciprocal of every entry."""
        if not isinstance(x, Dual):
            return self.domain.map(self.domain.inverse, x)
        inverse = self.reciprocals(x.re)
        return Dual(inverse, self.negate(self.hadamard(self.hadamard(inverse, inverse), x.im)), x.depth)

    def trace(self, x: Any) -> Any:
        """Return the trace."""
        return self.linear(lambda m: sum((m[i, i] for i in range(m.nrows())), self.domain.number(0)), x)

    def determinant(self, x: Any) -> Any:
        """Return the determinant; by Jacobi's formula where the matrix is invertible, else by expansion."""
        if not isinstance(x, Dual):
            return x.det()
        try:
            value = self.determinant(x.re)
            change = self.trace(self.multiply(self.inverse(x.re), x.im))
            return Dual(value, self.multiply(value, change), x.depth)
        except NoPoint:
            return self._expand(x)

    def _expand(self, x: Any) -> Any:
        """Return the determinant by expansion along rows; for singular matrices of small size."""
        size = constant(x).nrows()
        if size > 6:
            raise NoPoint("a singular matrix")
        cells = [[self.linear(lambda m, i=i, j=j: m[i, j], x) for j in range(size)] for i in range(size)]
        minors: dict[tuple[int, ...], Any] = {(): self.domain.number(1)}
        for row in range(size - 1, -1, -1):
            bigger: dict[tuple[int, ...], Any] = {}
            for columns, minor in minors.items():
                for column in range(size):
                    if column in columns:
                        continue
                    key = tuple(sorted((*columns, column)))
                    term = self.multiply(cells[row][column], minor)
                    if key.index(column) % 2:
                        term = self.negate(term)
                    bigger[key] = self.add(bigger[key], term) if key in bigger else term
            minors = bigger
        return minors[tuple(range(size))]

    def power(self, x: Any, exponent: int) -> Any:
        """Return an integer power of a number or of a square matrix."""
        if exponent < 0:
            return self.power(self.inverse(x), -exponent)
        self.domain.check_power(constant(x), exponent)
        if exponent == 0:
            base = constant(x)
            return self.domain.identity(base.nrows()) if self.domain.is_matrix(base) else self.domain.number(1)
        result = None
        while exponent:
            if exponent & 1:
                result = x if result is None else self.multiply(result, x)
            exponent >>= 1
            if exponent:
                x = self.multiply(x, x)
        return result

    def sqrt(self, x: Any) -> Any:
        """Return the principal root of a number or of every entry."""
        if not isinstance(x, Dual):
            return self.domain.map(self.domain.sqrt, x)
        root = self.sqrt(x.re)
        slope = self.reciprocals(self.add(root, root))
        return Dual(root, self.hadamard(slope, x.im), x.depth)
