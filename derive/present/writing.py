"""Sums, products and words of terms, flat and with their numbers in front."""

from __future__ import annotations

from fractions import Fraction

from derive.term import ONE, Term, number

_RANKS = {"#": 0, "s": 1, "m": 1, "^": 1, "e": 2, "delta": 2, "dens": 5, "sum": 6}


def terms_of(term: Term) -> list[Term]:
    """Return the terms of a sum."""
    return list(term.args) if term.op == "+" else [term]


def rank(factor: Term) -> tuple[int, str]:
    """Return the place of a factor among scalars: numbers, symbols, traces, densities, sums."""
    base = factor.args[0] if factor.op == "^" and factor.args[0].op != "s" else factor
    return _RANKS.get(base.op, 3), factor.key


def sum_of(terms: list[Term]) -> Term:
    """Return a sum, without sums among its terms."""
    flat = [part for term in terms for part in terms_of(term)]
    return flat[0] if len(flat) == 1 else Term("+", tuple(flat))


def product_of(factors: list[Term]) -> Term:
    """Return a product of scalars, its number in front."""
    flat = [part for factor in factors for part in (factor.args if factor.op == "*" else (factor,))]
    count = Fraction(1)
    rest = []
    for part in flat:
        if part.op == "#":
            count *= part.args[0]
        else:
            rest.append(part)
    if count != 1 or not rest:
        rest.insert(0, number(count))
    return rest[0] if len(rest) == 1 else Term("*", tuple(rest))


def scaled(scalar: Term, term: Term) -> Term:
    """Return a scalar times a term."""
    if scalar == number(1):
        return term
    if term.shape is None:
        return product_of([scalar, term])
    if term.op == ".":
        return scaled(product_of([scalar, term.args[0]]), term.args[1])
    return Term(".", (scalar, term))


def joined(*terms: Term) -> Term:
    """Return a product of arrays, without products among its letters."""
    return Term("@", tuple(part for term in terms for part in (term.args if term.op == "@" else (term,))))


def without_units(term: Term) -> Term:
    """Return a term in which factors of shape 1 × 1 are numbers: x (a I) is a x."""
    args = tuple(without_units(arg) if isinstance(arg, Term) and arg.op != "ix" else arg for arg in term.args)
    term = term if args == term.args else Term(term.op, args)
    if term.op != "@" or len(args) < 2 or term.shape == (ONE, ONE):
        return term
    numbers = [scalar for arg in args if arg.shape == (ONE, ONE) and (scalar := _as_number(arg)) is not None]
    if not numbers:
        return term
    rest = tuple(arg for arg in args if arg.shape != (ONE, ONE) or _as_number(arg) is None)
    return scaled(product_of(numbers), rest[0] if len(rest) == 1 else Term("@", rest))


def _as_number(term: Term) -> Term | None:
    """Return the number that a 1 × 1 array is written with, if it is written with one."""
    if term.op == "I":
        return number(1)
    if term.op == ".":
        inner = _as_number(term.args[1])
        return None if inner is None else product_of([term.args[0], inner])
    if term.op == "+":
        parts = [_as_number(arg) for arg in term.args]
        return None if any(part is None for part in parts) else sum_of([part for part in parts if part is not None])
    return None
