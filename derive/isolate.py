"""An equation solved for an unknown in which it is linear, a power, a logarithm or an exponential.

Nothing here is trusted: whoever uses a value proves it from the equation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from derive.kernel import HOLE, Kernel
from derive.polynomial import (
    EULER,
    Mono,
    Number,
    Poly,
    Word,
    add_into,
    constant,
    power_term,
    product_term,
    sum_term,
    whole,
)
from derive.term import Term, number

MAX_CLEARED = 4


@dataclass(frozen=True, slots=True)
class Isolated:
    """What an unknown (or its columns one below the other, ``vec``) equals.

    ``context`` takes the equation, in the place of the hole, to the unknown, where that is more than multiplication.
    """

    unknown: Term
    value: Term
    context: Term | None = None


def isolated(kernel: Kernel, expression: Term, unknown: Term) -> Isolated | None:
    """Return an unknown from ``expression = 0``, or None if it cannot be isolated.

    Parameters
    ----------
    kernel
        Brings expressions into canonical form.
    expression
        What is zero.
    unknown
        A symbol or a member of a family. Where it occurs inside a symbol that stands for something else it is not seen.
    """
    poly = kernel.poly(expression)
    if expression.shape is None:
        value = _of_numbers(kernel, poly, unknown)
    else:
        poly = _cleared(kernel, poly, unknown)
        value = _of_arrays(kernel, poly, unknown) if poly else None
    return value


def coefficients(expression: Poly, unknown: Term) -> list[Term]:
    """Return what an unknown is multiplied by from the left or the right, where that is all it is multiplied by."""
    found = _split(expression, unknown)
    if found is None or unknown.shape is None:
        return []
    linear = found[0]
    sides = []
    for side, other in (("left", "right"), ("right", "left")):
        if all(getattr(item, other) == () for item in linear) and any(getattr(item, side) for item in linear):
            sides.append(_coefficient(linear, side, unknown.shape))
    return sides


def holds_in(term: Term, part: Term) -> bool:
    """Whether a term is or has a part."""
    return term == part or any(holds_in(arg, part) for arg in term.args if isinstance(arg, Term))


# -- scalars -----------------------------------------------------------------------------------------------------


def _of_numbers(kernel: Kernel, poly: Poly, unknown: Term) -> Isolated | None:
    powers: dict[Number, Poly] = {}
    logs: Poly = {}
    exponentials: Poly = {}
    rest: Poly = {}
    for (mono, _), count in poly.items():
        factors = tuple(factor for factor in mono if factor[0] != unknown)
        exponent = next((exponent for base, exponent in mono if base == unknown), 0)
        hidden = [factor for factor in factors if _mentions(factor, unknown)]
        others = tuple(factor for factor in factors if factor not in hidden)
        if isinstance(exponent, Term) or len(hidden) > 1 or (hidden and exponent):
            return None
        if not hidden:
            add_into(powers.setdefault(exponent, {}) if exponent else rest, {(others, None): count})
        elif hidden[0] == (Term("fun", ("log", 0, unknown)), 1):
            add_into(logs, {(others, None): count})
        elif hidden[0][0] == EULER:
            add_into(exponentials, {(factors, None): count})
        else:
            return None
    kinds = [bool(powers), bool(logs), bool(exponentials)]
    if sum(kinds) != 1:
        return None
    if logs:
        return Isolated(unknown, Term("^", (EULER, _quotient(kernel, rest, logs))))
    if exponentials:
        return _exponent(kernel, exponentials, rest, unknown)
    return _root(kernel, powers, rest, unknown)


def _mentions(factor: tuple[Term, object], unknown: Term) -> bool:
    base, exponent = factor
    return holds_in(base, unknown) or (isinstance(exponent, Term) and holds_in(exponent, unknown))


def _root(kernel: Kernel, powers: dict[Number, Poly], rest: Poly, unknown: Term) -> Isolated | None:
    """Solve a u^p + b u^q = 0, or a u^p + b = 0."""
    if rest:
        powers = {**powers, 0: rest}
    if len(powers) != 2:
        return None
    low, high = sorted(powers)
    value = _quotient(kernel, powers[low], powers[high])
    gap = high - low
    if gap == 1:
        return Isolated(unknown, value)
    if not kernel.shown.is_positive(unknown):
        return None
    divisor = kernel.multiply(powers[high], kernel.poly(power_term(unknown, low)))
    root = number(Fraction(1) / gap)
    return Isolated(unknown, Term("^", (value, root)), Term("^", (_with_hole(value, divisor), root)))


def _exponent(kernel: Kernel, exponentials: Poly, rest: Poly, unknown: Term) -> Isolated | None:
    """Solve e^(u + c) b + d = 0 for u."""
    if len(exponentials) != 1 or not rest:
        return None
    ((mono, _), count) = next(iter(exponentials.items()))
    exponent = dict(mono)[EULER]
    others: Poly = {(tuple(factor for factor in mono if factor[0] != EULER), None): count}
    inside = kernel.poly(exponent if isinstance(exponent, Term) else number(exponent))
    rate = inside.get((((unknown, 1),), None))
    left = {product: c for product, c in inside.items() if product != (((unknown, 1),), None)}
    if rate is None or any(_mentions(factor, unknown) for mono_, _ in left for factor in mono_):
        return None
    quotient = _quotient(kernel, rest, others)
    logarithm = Term("fun", ("log", 0, quotient))

    def at(logarithm: Term) -> Term:
        total = Term("+", (logarithm, Term("*", (number(-1), sum_term(left, None))))) if left else logarithm
        return Term("*", (number(Fraction(1) / rate), total))

    return Isolated(unknown, at(logarithm), at(Term("fun", ("log", 0, _with_hole(quotient, others)))))


def _with_hole(value: Term, divisor: Poly) -> Term:
    """Return hole / divisor + value: what is zero on one side of the equation, and the unknown's part on the other."""
    hole = Term("s", (HOLE,))
    return Term("+", (Term("*", (hole, power_term(sum_term(divisor, None), -1))), value))


def _quotient(kernel: Kernel, rest: Poly, divisor: Poly) -> Term:
    """Return -rest / divisor."""
    top = Term("*", (number(-1), sum_term(rest, None)))
    if divisor == constant(1):
        return top
    return Term("*", (top, power_term(sum_term(divisor, None), -1)))


# -- arrays ------------------------------------------------------------------------------------------------------


def _cleared(kernel: Kernel, poly: Poly, unknown: Term) -> Poly:
    """Return an equation without inverses of the unknown at the ends of its words, by multiplying by it."""
    inverse = Term("inv", (unknown,)) if unknown.shape is not None and unknown.shape[0] == unknown.shape[1] else None
    for _ in range(MAX_CLEARED):
        words = [word for _, word in poly if word]
        if inverse is None:
            break
        if any(inverse in _ends(word[0], 0) for word in words):
            poly = kernel.multiply(kernel.poly(unknown), poly)
        elif any(inverse in _ends(word[-1], -1) for word in words):
            poly = kernel.multiply(poly, kernel.poly(unknown))
        else:
            break
    return poly


def _ends(letter: Term, end: int) -> frozenset[Term]:
    """Return the first (0) or last (-1) letters of what a letter stands for: itself, or what it sums."""
    if letter.op == "sum":
        return _ends(letter.args[2], end)
    if letter.op == ".":
        return _ends(letter.args[1], end)
    if letter.op == "@":
        return _ends(letter.args[end], end)
    if letter.op == "+":
        return frozenset().union(*(_ends(arg, end) for arg in letter.args))
    return frozenset((letter,))


@dataclass(frozen=True, slots=True)
class _Linear:
    count: Number
    mono: Mono
    left: tuple[Term, ...]
    right: tuple[Term, ...]


def _of_arrays(kernel: Kernel, poly: Poly, unknown: Term) -> Isolated | None:
    shape = unknown.shape
    assert shape is not None
    found = _split(poly, unknown)
    if found is None:
        turned = kernel.poly(Term("t", (sum_term(poly, _shape_of(poly, shape)),)))  # type: ignore[arg-type]
        found = _split(turned, unknown)
    if found is None or not found[1]:  # a homogeneous equation says nothing of the size of its solution
        return None
    linear, rest = _without_content(*found)
    lefts, rights = {item.left for item in linear}, {item.right for item in linear}
    target = _minus(rest, _equation_shape(linear[0], shape))
    if len(rights) == 1:
        return Isolated(unknown, _divided(_coefficient(linear, "left", shape), target, rights.pop(), True))
    if len(lefts) == 1:
        return Isolated(unknown, _divided(_coefficient(linear, "right", shape), target, lefts.pop(), False))
    return _by_vec(linear, target, unknown)


def _without_content(linear: list[_Linear], rest: Poly) -> tuple[list[_Linear], Poly]:
    """Return an equation divided by the number that all its linear terms share."""
    top, bottom = 0, 1
    for item in linear:
        count = Fraction(item.count)
        top, bottom = gcd(top, abs(count.numerator)), lcm(bottom, count.denominator)
    scale = Fraction(bottom, top) * (-1 if linear[0].count < 0 else 1)
    scaled = [replace(item, count=whole(item.count * scale)) for item in linear]
    return scaled, {product: whole(count * scale) for product, count in rest.items()}


def _split(poly: Poly, unknown: Term) -> tuple[list[_Linear], Poly] | None:
    """Return the terms that are linear in an unknown and the others, or None where it occurs otherwise."""
    linear: list[_Linear] = []
    rest: Poly = {}
    for (mono, word), count in poly.items():
        letters = word or ()
        places = [place for place, letter in enumerate(letters) if holds_in(letter, unknown)]
        if any(_mentions(factor, unknown) for factor in mono) or len(places) > 1:
            return None
        if not places:
            rest[mono, word] = count
        elif letters[places[0]] != unknown:
            return None
        else:
            linear.append(_Linear(count, mono, letters[: places[0]], letters[places[0] + 1 :]))
    return (linear, rest) if linear else None


def _shape_of(poly: Poly, unknown: tuple[object, object]) -> tuple[object, object]:
    word: Word = next((word for _, word in poly if word), None)
    if not word:
        return unknown
    return word[0].shape[0], word[-1].shape[1]  # type: ignore[index]


def _equation_shape(item: _Linear, shape: tuple[object, object]) -> tuple[object, object]:
    rows = item.left[0].shape[0] if item.left else shape[0]  # type: ignore[index]
    cols = item.right[-1].shape[1] if item.right else shape[1]  # type: ignore[index]
    return rows, cols


def _minus(rest: Poly, shape: tuple[object, object]) -> Term:
    return sum_term({product: -count for product, count in rest.items()}, shape)  # type: ignore[arg-type]


def _coefficient(linear: list[_Linear], side: str, shape: tuple[object, object]) -> Term:
    """Return what an unknown is multiplied by from one side: a number or a matrix."""
    words = {getattr(item, side) for item in linear}
    if words == {()}:
        total: Poly = {}
        for item in linear:
            add_into(total, {(item.mono, None): item.count})
        return sum_term(total, None)
    total = {}
    for item in linear:
        add_into(total, {(item.mono, getattr(item, side)): item.count})
    size = shape[0] if side == "left" else shape[1]
    return sum_term(total, (size, size))  # type: ignore[arg-type]


def _divided(coefficient: Term, target: Term, word: tuple[Term, ...], is_left: bool) -> Term:
    """Return C⁻¹ target W⁻¹ for the equation C u W = target, or the mirror image."""
    if coefficient.shape is None:
        found = target if coefficient == number(1) else Term(".", (power_term(coefficient, -1), target))
    else:
        inverse = Term("inv", (coefficient,))
        found = Term("@", (inverse, target) if is_left else (target, inverse))
    if word:
        inverse = Term("inv", (product_term((), word, (word[0].shape[0], word[-1].shape[1])),))  # type: ignore[index]
        found = Term("@", (found, inverse) if is_left else (inverse, found))
    return found


def _by_vec(linear: list[_Linear], target: Term, unknown: Term) -> Isolated:
    """Solve Σ A_i u B_i = target by vec(A u B) = (Bᵀ ⊗ A) vec(u)."""
    rows, cols = unknown.shape  # type: ignore[misc]
    terms = []
    for item in linear:
        left = product_term((), item.left, (rows, rows)) if item.left else Term("I", (rows,))
        right = product_term((), item.right, (cols, cols)) if item.right else Term("I", (cols,))
        product = Term("kron", (Term("t", (right,)), left))
        scale = product_term(item.mono, None, None, item.count)
        terms.append(product if scale == number(1) else Term(".", (scale, product)))
    matrix = terms[0] if len(terms) == 1 else Term("+", tuple(terms))
    return Isolated(Term("vec", (unknown,)), Term("@", (Term("inv", (matrix,)), Term("vec", (target,)))))
