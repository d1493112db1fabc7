"""Products of a canonical sum, and what several of them share: a number, a factor, the range of a sum."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

from derive.polynomial import Mono, Number
from derive.term import ONE, Term

Item = tuple[Number, Mono, tuple[Term, ...] | None]
"""A coefficient, scalar factors with their exponents, and the letters of a word."""


def content(items: list[Item]) -> Fraction:
    """Return the number that is taken out of a sum: negative if all its terms are."""
    top, bottom = 0, 1
    for count, _, _ in items:
        top, bottom = gcd(top, abs(count.numerator)), bottom * count.denominator // gcd(bottom, count.denominator)
    sign = -1 if all(count < 0 for count, _, _ in items) else 1
    return Fraction(sign * top, bottom)


def common_range(items: list[Item]) -> Any:
    """Return the range over which at least two terms are summed, if there is one."""
    ranges: dict[Any, int] = {}
    for item in items:
        sums = sums_in(item)
        if len(sums) == 1:
            index, condition, _ = sums[0].args
            key = index.args[1:], condition.op, condition.key if condition.op == "cond" else ""
            ranges[key] = ranges.get(key, 0) + 1
    best = max(ranges, key=lambda key: ranges[key], default=None)
    return best if best is not None and ranges[best] > 1 and best[1] == "true" else None


def counted_range(items: list[Item]) -> Any:
    """Return the range of a sum whose length is a factor of another term: N a is a sum, too."""
    for item in items:
        for total in sums_in(item):
            index, condition, _ = total.args
            length = length_of(index)
            if condition.op == "true" and length and any((length, 1) in mono for _, mono, _ in items):
                return index.args[1:], "true", ""
    return None


def best_factor(items: list[Item]) -> tuple[str, Any] | None:
    """Return the factor that most terms share, a scalar or a letter at an end, if two of them share one."""
    votes: dict[tuple[str, Any], int] = {}
    for _, mono, word in items:
        found: set[tuple[str, Any]] = set()
        for base, exponent in mono:
            if not isinstance(exponent, Term) and exponent.denominator == 1:
                found |= {("scalar", (base, power)) for power in powers(int(exponent))}
            else:
                found.add(("scalar", (base, exponent)))
        if word:
            found |= {("left", word[0]), ("right", word[-1])}
        for each in found:
            votes[each] = votes.get(each, 0) + 1
    best = max(votes, key=lambda key: (votes[key], key[0] != "scalar", str(key[1]), key[0]), default=None)
    return best if best is not None and votes[best] > 1 else None


def bases_of(item: Item) -> list[Term]:
    """Return the atoms of a product."""
    return [*(base for base, _ in item[1]), *(e for _, e in item[1] if isinstance(e, Term)), *(item[2] or ())]


def length_of(index: Term) -> Term | None:
    """Return the number of values of an index as an atom, if it is one."""
    lower, upper = index.args[1:]
    if lower != ONE or len(upper) != 1 or upper[0][1] != 1 or len(upper[0][0]) != 1:
        return None
    return Term("s", (upper[0][0][0],))


def inner_shape(kind: str, value: Any, like: Term) -> Term:
    """Return a term of the shape that is left when a factor is taken out of a sum."""
    if kind == "scalar" or like.shape is None:
        return like
    rows, cols = like.shape
    return Term("0", (value.shape[1], cols) if kind == "left" else (rows, value.shape[0]))


def powers(exponent: int) -> list[Fraction]:
    """Return the powers that can be taken out of one with an exponent."""
    step = 1 if exponent > 0 else -1
    return [Fraction(power) for power in range(step, exponent + step, step)]


def sums_in(item: Item) -> list[Term]:
    """Return the sums over an index among the factors of a product."""
    _, mono, word = item
    found = [base for base, exponent in mono if base.op == "sum" and exponent == 1]
    return found + [letter for letter in (word or ()) if letter.op == "sum"]


def without(item: Item, kind: str, value: Any) -> Item | None:
    """Return a product without a factor, or nothing if it does not have it."""
    count, mono, word = item
    if kind == "scalar":
        base, exponent = value
        held = dict(mono).get(base)
        if held is None or (isinstance(exponent, Term) is not isinstance(held, Term)):
            return None
        if not isinstance(exponent, Term) and exponent.denominator == 1:
            if Fraction(held) / exponent < 1:
                return None
            rest = held - exponent
        elif held != exponent:
            return None
        else:
            rest = Fraction(0)
        return count, tuple((b, rest if b == base else e) for b, e in mono if b != base or rest != 0), word
    if not word:
        return None
    if kind == "left":
        return (count, mono, word[1:]) if word[0] == value else None
    return (count, mono, word[:-1]) if word[-1] == value else None
