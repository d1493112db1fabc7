"""Where values live: a finite field, the rationals, or real balls. All have the same operations."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint


class NoPoint(Exception):
    """Something is not defined at this point (a singular matrix, a root that does not exist): draw another."""


class NotEvaluable(Exception):
    """Something cannot be evaluated in this domain, at any point; the reason is for the reader."""


class Domain:
    """Numbers and matrices of one kind.

    ``levels`` counts how often an exponential can stand inside another; balls have no limit.
    """

    name = ""
    is_exact = True
    is_real = False
    Matrix: Any = None

    def number(self, value: Fraction | int) -> Any:
        """Return a rational number."""
        raise NotImplementedError

    def matrix(self, rows: int, cols: int, entries: Sequence[Any]) -> Any:
        """Return a matrix from its entries, row by row."""
        raise NotImplementedError

    def is_matrix(self, value: Any) -> bool:
        """Whether a value is a matrix of this domain."""
        return isinstance(value, self.Matrix)

    def identity(self, size: int) -> Any:
        """Return the identity matrix."""
        one, zero = self.number(1), self.number(0)
        return self.matrix(size, size, [one if i == j else zero for i in range(size) for j in range(size)])

    def filled(self, rows: int, cols: int, value: int) -> Any:
        """Return a matrix with one value everywhere."""
        return self.matrix(rows, cols, [self.number(value)] * (rows * cols))

    def unit(self, rows: int, cols: int, i: int, j: int) -> Any:
        """Return the matrix that is one at (i, j), counted from 0."""
        entries = [self.number(0)] * (rows * cols)
        entries[i * cols + j] = self.number(1)
        return self.matrix(rows, cols, entries)

    def map(self, function: Callable[[Any], Any], value: Any) -> Any:
        """Apply a function to a number or to every entry of a matrix."""
        if self.is_matrix(value):
            return self.matrix(value.nrows(), value.ncols(), [function(entry) for entry in value.entries()])
        return function(value)

    def inverse(self, value: Any) -> Any:
        """Return the inverse of a matrix, or the reciprocal of a number."""
        try:
            if self.is_matrix(value):
                return value.inv()
            return self.number(1) / value
        except ZeroDivisionError:
            raise NoPoint("division by zero") from None

    def sqrt(self, value: Any) -> Any:
        """Return the principal square root of a number."""
        raise NotImplementedError

    def log(self, value: Any) -> Any:
        """Return the logarithm of a number."""
        raise NotImplementedError

    def exp(self, value: Any, below: Callable[[], Any]) -> Any:
        """Return the exponential; ``below`` gives the argument in the domain one level down."""
        raise NotImplementedError

    def pi(self) -> Any:
        """Return π."""
        raise NotImplementedError

    def absolute(self, value: Any) -> Any:
        """Return the absolute value of a number."""
        raise NotImplementedError

    def check_power(self, base: Any, exponent: int) -> None:
        """Check that a power does not outgrow the memory; only exact numbers of any size can."""

    def is_zero(self, value: Any) -> bool:
        """Whether a number or matrix is zero (for balls: contains zero)."""
        raise NotImplementedError


MAX_FACTORED = 10**12

# -- finite fields -----------------------------------------------------------------------------------------------


class Field(Domain):
    """Integers modulo a prime p ≡ 7 (mod 8), one of a chain with p_{i+1} = c·p_i + 1.

    exp sends v mod p_i to g^v mod p_{i+1} with g of order p_i, so exp(u + v) = exp(u)·exp(v) holds exactly
    (Gonnet, STOC 1984; Monagan and Gonnet, ISSAC 1994). The principal root is the one that is itself a square. π
    is a random square. log u is a random number that depends on u alone: an identity that holds for it holds for
    every function with derivative 1/u.
    """

    name = "field"
    Matrix = flint.nmod_mat

    def __init__(self, level: int, seed: int, key: int = 0) -> None:
        self.level = level
        self.key = key
        self.modulus = primes(key)[level]
        self.seed = seed
        self.anchors: list[int] = []
        """Arguments of Γ and ψ that others are linked to."""
        self._values: dict[Any, Any] = {}
        self._pi = random.Random(seed * 31 + 7).getrandbits(40) ** 2 + 0

    def number(self, value: Fraction | int) -> Any:
        if isinstance(value, int):
            return flint.nmod(value % self.modulus, self.modulus)
        try:
            return flint.nmod(value.numerator % self.modulus, self.modulus) / flint.nmod(
                value.denominator, self.modulus
            )
        except ZeroDivisionError:
            raise NoPoint("division by zero") from None

    def matrix(self, rows: int, cols: int, entries: Sequence[Any]) -> Any:
        return flint.nmod_mat(rows, cols, [int(entry) for entry in entries], self.modulus)

    def sqrt(self, value: Any) -> Any:
        p = self.modulus
        root = pow(int(value), (p + 1) // 4, p)
        if root * root % p != int(value):
            raise NoPoint("a root outside the field")
        return flint.nmod(root, p)

    def is_square(self, value: Any) -> bool:
        """Whether a number has a square root."""
        return pow(int(value), (self.modulus - 1) // 2, self.modulus) in (0, 1)

    def absolute(self, value: Any) -> Any:
        return value if self.is_square(value) else -value

    def log(self, value: Any) -> Any:
        if int(value) == 0:
            raise NoPoint("the logarithm of zero")
        return self.keyed(("log", int(self.absolute(value))))

    def log_rational(self, value: Fraction) -> Any:
        """Return the logarithm of a positive rational number, split into those of its prime factors."""
        if value <= 0 or max(value.numerator, value.denominator) > MAX_FACTORED:
            return self.log(self.number(value))
        result = self.number(0)
        for part, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in flint.fmpz(part).factor():
                result = result + self.log(self.number(int(prime))) * self.number(sign * int(count))
        return result

    def keyed(self, key: Any, square: bool = False) -> Any:
        """Return a random number that depends on the key and the seed alone."""
        found = self._values.get(key)
        if found is None:
            found = random.Random(f"{self.seed}/{key}").getrandbits(62)
            found = flint.nmod(found * found % self.modulus if square else found % self.modulus, self.modulus)
            self._values[key] = found
        return found

    def exp(self, value: Any, below: Callable[[], Any]) -> Any:
        if self.level == 0:
            raise NotEvaluable("exponentials inside one another are too deep for the exact test")
        return self.exponential(below())

    def exponential(self, exponent: Any) -> Any:
        """Return g^v for a number v of the domain one level down."""
        return flint.nmod(pow(generator(self.level, self.key), int(exponent), self.modulus), self.modulus)

    def pi(self) -> Any:
        return self.number(self._pi)

    def is_zero(self, value: Any) -> bool:
        return value == 0 if not self.is_matrix(value) else value == self.filled(value.nrows(), value.ncols(), 0)


def _good(p: int, squares: tuple[int, ...]) -> bool:
    if p % 8 != 7 or not flint.fmpz(p).is_prime():
        return False
    return all(pow(small, (p - 1) // 2, p) == 1 for small in squares)


@lru_cache(maxsize=64)
def primes(key: int = 0) -> tuple[int, ...]:
    """Return a chain of primes: each is c times the one before plus 1; modulo them 2, 3, 5 and 7 are squares.

    A number that is written in a claim may be a multiple of a known prime. A key of up to 34 bits, made from the claim
    itself, gives a chain that its numbers have nothing to do with.
    """
    p = 2**40 + 7 + 8 * key
    while (chain := _chain(p)) is None:
        p += 8
    return chain


def _chain(p: int) -> tuple[int, ...] | None:
    """Return the chain that begins with a number, or None if there is none that fits into machine words."""
    if not _good(p, (3, 5, 7, 11, 13)):
        return None
    chain = [p]
    for _ in range(2):
        c = 2
        while not _good(c * chain[-1] + 1, (3, 5, 7)):
            c += 2
        chain.append(c * chain[-1] + 1)
    return tuple(chain) if chain[-1] < 2**63 else None


@lru_cache(maxsize=64)
def generator(level: int, key: int = 0) -> int:
    """Return an element of order p_{level-1} modulo p_level."""
    chain = primes(key)
    small, p = chain[level - 1], chain[level]
    base = 2
    while pow(base, (p - 1) // small, p) == 1:
        base += 1
    return pow(base, (p - 1) // small, p)


# -- rationals ---------------------------------------------------------------------------------------------------


MAX_BITS = 100_000


class Rationals(Domain):
    """Exact rational numbers; what is irrational at a point is not evaluable there."""

    name = "rationals"
    is_real = True
    Matrix = flint.fmpq_mat

    def number(self, value: Fraction | int) -> Any:
        if isinstance(value, int):
            return flint.fmpq(value)
        return flint.fmpq(value.numerator, value.denominator)

    def matrix(self, rows: int, cols: int, entries: Sequence[Any]) -> Any:
        return flint.fmpq_mat(rows, cols, list(entries))

    def sqrt(self, value: Any) -> Any:
        if value < 0:
            raise NoPoint("the root of a negative number")
        top, bottom = _integer_root(int(value.p)), _integer_root(int(value.q))
        if top is None or bottom is None:
            raise NotEvaluable("an irrational root")
        return flint.fmpq(top, bottom)

    def absolute(self, value: Any) -> Any:
        return abs(value)

    def check_power(self, base: Any, exponent: int) -> None:
        numbers = base.entries() if self.is_matrix(base) else [base]
        bits = max((int(x.p).bit_length() + int(x.q).bit_length() for x in numbers), default=1)
        if bits * exponent > MAX_BITS:
            raise NotEvaluable("a power with too many digits")

    def log(self, value: Any) -> Any:
        if value <= 0:
            raise NoPoint("the logarithm of a number that is not positive")
        if value == 1:
            return flint.fmpq(0)
        raise NotEvaluable("an irrational logarithm")

    def exp(self, value: Any, below: Callable[[], Any]) -> Any:
        if value == 0:
            return flint.fmpq(1)
        raise NotEvaluable("an irrational exponential")

    def pi(self) -> Any:
        raise NotEvaluable("π is irrational")

    def is_zero(self, value: Any) -> bool:
        return value == 0 if not self.is_matrix(value) else value == self.filled(value.nrows(), value.ncols(), 0)


def _integer_root(value: int) -> int | None:
    root = int(flint.fmpz(value).isqrt())
    return root if root * root == value else None


# -- balls -------------------------------------------------------------------------------------------------------

PRECISION = 320
"""Bits of a ball; its radius bounds every error."""


class Balls(Domain):
    """Real balls with rigorous radii (Johansson's Arb)."""

    name = "balls"
    is_exact = False
    is_real = True
    Matrix = flint.arb_mat

    def __init__(self, precision: int = PRECISION) -> None:
        self.precision = precision
        flint.ctx.prec = precision

    def number(self, value: Fraction | int) -> Any:
        if isinstance(value, int):
            return flint.arb(value)
        return flint.arb(flint.fmpq(value.numerator, value.denominator))

    def matrix(self, rows: int, cols: int, entries: Sequence[Any]) -> Any:
        return flint.arb_mat(
            rows, cols, [flint.arb(entry) if isinstance(entry, flint.fmpq) else entry for entry in entries]
        )

    def inverse(self, value: Any) -> Any:
        if self.is_matrix(value):
            return super().inverse(value)
        if value.contains(0):
            raise NoPoint("division by zero")
        return self.number(1) / value

    def sqrt(self, value: Any) -> Any:
        if value > 0:
            return value.sqrt()
        if value < 0:
            raise NoPoint("the root of a negative number")
        if value.is_zero():
            return value
        raise NoPoint("the root of zero")

    def absolute(self, value: Any) -> Any:
        return abs(value)

    def log(self, value: Any) -> Any:
        if not value > 0:
            raise NoPoint("the logarithm of a number that is not positive")
        return value.log()

    def exp(self, value: Any, below: Callable[[], Any]) -> Any:
        return value.exp()

    def pi(self) -> Any:
        return flint.arb.pi()

    def is_zero(self, value: Any) -> bool:
        return (
            bool(value.contains(0))
            if not self.is_matrix(value)
            else all(entry.contains(0) for entry in value.entries())
        )
