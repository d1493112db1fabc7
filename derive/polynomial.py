"""TRUSTED: sums of products of atoms, in which order, brackets and like terms no longer matter.

A polynomial maps a product to its rational coefficient. A product is a commutative part (scalar atoms with exponents)
and a word of array atoms, in order; the word of a scalar is None, the empty word is the identity.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.term import Shape, Term, number

Number = int | Fraction
"""Whole numbers are kept as such: they are faster."""
Exponent = Number | Term
Mono = tuple[tuple[Term, Any], ...]
Word = tuple[Term, ...] | None
Poly = dict[tuple[Mono, Word], Number]

UNIT = 1
EULER = Term("s", ("@e",))
"""Euler's number: the exponential of u is a power of it, so that exponentials multiply as powers do."""


def add_into(total: Poly, more: Poly, factor: Number = UNIT) -> None:
    """Add a multiple of a polynomial to another, in place."""
    for product, count in more.items():
        new = total.get(product, 0) + count * factor
        if new:
            total[product] = new
        else:
            total.pop(product, None)


def atom(term: Term) -> Poly:
    """Return an atom as a polynomial.

    Examples
    --------
    >>> from derive.term import make, size
    >>> atom(make("s", "x"))
    {((((s x), 1),), None): 1}
    """
    return {((), (term,)): UNIT} if term.shape is not None else {(((term, UNIT),), None): UNIT}


def whole(value: Number) -> Number:
    """Return a number as an int if it is one."""
    return value.numerator if value.denominator == 1 else value


def constant(value: Number) -> Poly:
    """Return a number as a polynomial."""
    return {((), None): whole(value)} if value else {}


def power_term(base: Term, exponent: Exponent) -> Term:
    """Return a power as a term."""
    if exponent == 1:
        return base
    return Term("^", (base, exponent if isinstance(exponent, Term) else number(exponent)))


def product_term(mono: Mono, word: Word, shape: Shape | None, count: Number = UNIT) -> Term:
    """Return one product as a term."""
    factors = [power_term(base, exponent) for base, exponent in mono]
    if count != 1 or not (factors or word is not None):
        factors.insert(0, number(count))
    scalar = None if not factors else factors[0] if len(factors) == 1 else Term("*", tuple(factors))
    if word is None:
        assert scalar is not None
        return scalar
    assert shape is not None
    array = word[0] if len(word) == 1 else Term("@", word) if word else Term("I", (shape[0],))
    return array if scalar is None else Term(".", (scalar, array))


def sort_key(product: tuple[Mono, Word]) -> tuple[Any, ...]:
    """Return what orders the terms of a sum: long words first."""
    mono, word = product
    letters = () if word is None else tuple(letter.key for letter in word)
    return (-len(letters), letters, tuple((base.key, str(exponent)) for base, exponent in mono))


def sum_term(poly: Poly, shape: Shape | None) -> Term:
    """Return a polynomial as a term: the canonical form of what it was read from."""
    if not poly:
        return number(0) if shape is None else Term("0", shape)
    items = sorted(poly.items(), key=lambda item: sort_key(item[0])) if len(poly) > 1 else list(poly.items())
    terms = [product_term(mono, word, shape, count) for (mono, word), count in items]
    return terms[0] if len(terms) == 1 else Term("+", tuple(terms))


def number_power(value: Number, exponent: Exponent) -> Mono | None:
    """Return a power of a positive number by its primes, or None if it does not split easily."""
    factors: dict[int, int] = {}
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        rest, prime = part, 2
        while rest > 1:
            if prime * prime > rest:
                prime = rest
            if prime > 10_000:
                return None
            while rest % prime == 0:
                factors[prime] = factors.get(prime, 0) + sign
                rest //= prime
            prime += 1
    if isinstance(exponent, Term):
        return None if any(count != 1 for count in factors.values()) else tuple((number(p), exponent) for p in factors)
    return tuple((number(p), exponent * count) for p, count in factors.items())


def split_number(mono: Mono) -> tuple[Mono, Number]:
    """Take whole powers of numbers out of a commutative product."""
    if not any(base.op == "#" for base, _ in mono):
        return mono, UNIT
    kept: list[tuple[Term, Exponent]] = []
    count: Number = UNIT
    for base, exponent in mono:
        if base.op == "#" and not isinstance(exponent, Term):
            power = exponent.numerator // exponent.denominator
            count *= base.args[0] ** power
            exponent -= power
        if exponent != 0:
            kept.append((base, exponent))
    return tuple(kept), count


def content(poly: Poly, integer_power: bool, is_positive: Any) -> tuple[Number, Mono]:
    """Return the number and the commutative product to divide out of a sum before it is made a base.

    After that the coefficients are whole and without common factor, and no exponent of a common atom is negative.
    """
    from_all: dict[Term, Number] = {}
    for place, (mono, _) in enumerate(poly):
        here = {base: exponent for base, exponent in mono if not isinstance(exponent, Term) and base.op != "#"}
        if place == 0:
            from_all = dict(here)
        for base in {*from_all, *here}:
            known = from_all.get(base, 0) if base in from_all or place else here[base]
            from_all[base] = min(known, here.get(base, 0))
    shared = tuple(
        sorted(((b, e) for b, e in from_all.items() if e and (integer_power or is_positive(b))), key=lambda f: f[0].key)
    )
    shared += _symbolic(poly)
    counts = list(poly.values())
    top, bottom = counts[0].numerator, counts[0].denominator
    for count in counts[1:]:
        top, bottom = _gcd(top, count.numerator), bottom * count.denominator // _gcd(bottom, count.denominator)
    found = whole(Fraction(abs(top), bottom))
    if integer_power and poly[min(poly, key=sort_key)] < 0:
        found = -found
    return found, shared


def _symbolic(poly: Poly) -> Mono:
    """Return the powers with symbolic exponents (of positive bases) of one term of a sum, chosen by the rest of it."""

    def is_symbolic(base: Term, exponent: Exponent) -> bool:
        return base == EULER or isinstance(exponent, Term)

    def rest(item: tuple[Mono, Word]) -> tuple[Any, ...]:
        return sort_key((tuple(f for f in item[0] if not is_symbolic(*f)), item[1]))

    first = min(poly, key=lambda item: (rest(item), sort_key(item)))
    return tuple(f for f in first[0] if is_symbolic(*f))


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)
