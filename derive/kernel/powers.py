"""TRUSTED: powers of sums and products, with what has to be known of signs."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from derive.kernel.arithmetic import Arithmetic
from derive.kernel.steps import Rejected, TooMuchWork
from derive.polynomial import (
    EULER,
    UNIT,
    Exponent,
    Mono,
    Number,
    Poly,
    Word,
    constant,
    content,
    number_power,
    power_term,
)
from derive.term import Term, number

MAX_POWER = 6
MAX_NUMBER_POWER = 1000


class Powers(Arithmetic):
    """Powers: b^s b^t = b^(s+t) wherever both are defined; roots only of what is not negative."""

    read: ClassVar = {**Arithmetic.read, "^": "_power"}

    def _power(self, term: Term) -> Poly:
        base, exponent = self.poly(term.args[0]), self._exponent(self.poly(term.args[1]))
        whole = self.shown.is_whole(exponent) if isinstance(exponent, Term) else exponent.denominator == 1
        if exponent == 0:
            return constant(1)
        if not base:
            if not (not isinstance(exponent, Term) and exponent > 0):
                raise Rejected("zero to a power that is not known to be positive")
            return {}
        if len(base) == 1:
            return self._power_of_product(next(iter(base.items())), exponent, whole)
        if not isinstance(exponent, Term) and whole and 0 < exponent <= MAX_POWER:
            total = base
            for _ in range(int(exponent) - 1):
                total = self.multiply(total, base)
            return total
        count, shared = content(base, whole, self.shown.is_positive)
        outside: Poly = {(shared, None): count}
        if outside == {((), None): UNIT}:
            answer = self.answer(power_term(self.term(base, None), exponent))
            return {(((self.term(base, None), exponent),), None): UNIT} if answer is None else answer
        merged, extra = self._merged((), tuple((b, self._times(e, -1)) for b, e in shared))
        inverse = self.multiply({(merged, None): Fraction(1) / count}, extra)
        inner = self.term(self.multiply(inverse, base), None)
        left = self._power_of_product(((shared, None), count), exponent, whole)
        return self.multiply(left, self.poly(power_term(inner, exponent)))

    def _power_of_product(self, item: tuple[tuple[Mono, Word], Number], exponent: Exponent, whole: bool) -> Poly:
        (mono, _), count = item
        if not whole:
            squares = tuple(f for f in mono if not self.shown.is_nonnegative(f[0]) and _is_even(f[1]))
            signed = tuple(f for f in mono if f not in squares and not self.shown.is_nonnegative(f[0]))
            alone = len(signed) == 1 and count > 0 and signed[0][1] == 1
            if squares or (not alone and (signed or count < 0)):
                rest = tuple(f for f in mono if f not in signed and f not in squares)
                found = self._power_of_product(((rest, None), max(count, -count)), exponent, whole)
                for factor in squares:
                    found = self.multiply(found, self._asked_power(power_term(*factor), exponent))
                if not signed and count > 0:
                    return found
                inner = self.term({(signed, None): 1 if count > 0 else -1}, None)
                return self.multiply(found, self._asked_power(inner, exponent))
        total = constant(1)
        if count != 1:
            if whole and not isinstance(exponent, Term):
                if not -MAX_NUMBER_POWER <= exponent <= MAX_NUMBER_POWER:
                    raise TooMuchWork
                total = constant(Fraction(count) ** int(exponent))
            else:
                split = number_power(count, exponent) if count > 0 else None
                total = {(split if split is not None else ((number(count), exponent),), None): UNIT}
                total = self.multiply(total, {((), None): UNIT})
        for base, power in mono:
            total = self.multiply(total, self._asked_power(base, self._times(power, exponent)))
        return total

    def _asked_power(self, base: Term, exponent: Exponent) -> Poly:
        if exponent == 0:
            return constant(1)
        if base == EULER or isinstance(exponent, Term) or base.op == "^":
            answer = self.answer(power_term(base, exponent))
            if answer is not None:
                return answer
        merged, extra = self._merged((), ((base, exponent),))
        return self.multiply({(merged, None): UNIT}, extra) if extra != constant(1) else {(merged, None): UNIT}

    def _times(self, first: Exponent, second: Exponent) -> Exponent:
        if not (isinstance(first, Term) or isinstance(second, Term)):
            return first * second
        terms = [self.poly(each if isinstance(each, Term) else number(each)) for each in (first, second)]
        return self._exponent(self.multiply(*terms))


def _is_even(exponent: Exponent) -> bool:
    return not isinstance(exponent, Term) and exponent % 2 == 0
