"""TRUSTED: canonical forms of sums, products and powers.

A subclass says what a step makes of a term (`Arithmetic.answer`); everything here is arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from derive.conditions_shown import Shown
from derive.kernel.steps import TooMuchWork
from derive.polynomial import (
    EULER,
    UNIT,
    Exponent,
    Mono,
    Poly,
    Word,
    add_into,
    atom,
    constant,
    product_term,
    split_number,
    sum_term,
)
from derive.term import ONE, Shape, Size, Term, number, replace_index, size_term

MAX_WORK = 60_000


class Arithmetic:
    """Canonical forms, as far as arithmetic goes."""

    read: ClassVar[Mapping[str, str]] = {
        "#": "_number", "+": "_sum", "*": "_product", ".": "_product", "@": "_product", "I": "_identity", "0": "_zero",
        "size": "_size", "ix": "_kept", "delta": "_delta", "1": "_ones", "unit": "_ones", "inv": "_inverse",
        "dens": "_density", "fun": "_function", "det": "_determinant", "var": "_kept", "cond": "_kept", "true": "_kept",
    }  # fmt: skip
    """The method that brings an operator into canonical form."""
    raw: Arithmetic
    """The arithmetic without steps."""
    shown: Shown
    memo: dict[Term, Poly]
    work: int

    def answer(self, question: Term) -> Poly | None:
        """Return what a step makes of a term, or None if there is none."""
        raise NotImplementedError

    def canon(self, term: Term) -> Term:
        """Return the canonical form of a term."""
        return self.term(self.poly(term), term.shape)

    def term(self, poly: Poly, shape: Shape | None) -> Term:
        """Return a polynomial as a term, which is then known to be canonical."""
        made = sum_term(poly, shape)
        self.memo.setdefault(made, poly)
        self.raw.memo.setdefault(made, poly)
        return made

    def poly(self, term: Term) -> Poly:
        """Return the canonical form of a term as a polynomial, which must not be changed."""
        found = self.memo.get(term)
        if found is None:
            self.work += 1
            if self.work > MAX_WORK:
                raise TooMuchWork
            found = getattr(self, self.read.get(term.op, "_node"))(term)
            self.memo[term] = found
        return found

    def _number(self, term: Term) -> Poly:
        return constant(term.args[0])

    def _sum(self, term: Term) -> Poly:
        total: Poly = {}
        for arg in term.args:
            add_into(total, self.poly(arg))
        return total

    def _product(self, term: Term) -> Poly:
        total = self.poly(term.args[0])
        for arg in term.args[1:]:
            total = self.multiply(total, self.poly(arg))
        return total

    def _density(self, term: Term) -> Poly:
        question = Term("dens", tuple(self.raw.canon(arg) for arg in term.args))
        answer = self.answer(question)
        return self._node(term) if answer is None else answer

    def _function(self, term: Term) -> Poly:
        name, order, argument = term.args
        if name in ("exp", "sqrt") and order == 0 and argument.shape is None:
            power = (EULER, argument) if name == "exp" else (argument, number(Fraction(1, 2)))
            return self.poly(Term("^", power))
        return self._node(term)

    def _identity(self, term: Term) -> Poly:
        return {((), ()): UNIT}

    def _zero(self, term: Term) -> Poly:
        return {}

    def _size(self, term: Term) -> Poly:
        return self.poly(size_term(term.args[0]))

    def _kept(self, term: Term) -> Poly:
        return atom(term)

    def _delta(self, term: Term) -> Poly:
        first, second = sorted(term.args, key=lambda arg: arg.key)
        if first == second:
            return constant(1)
        return {} if first.op == second.op == "#" else atom(Term("delta", (first, second)))

    def _node(self, term: Term) -> Poly:
        args = tuple(self.canon(arg) if isinstance(arg, Term) else arg for arg in term.args)
        return self.asked(Term(term.op, args))

    def asked(self, question: Term) -> Poly:
        """Return what a step makes of a term, or the term as an atom."""
        answer = self.answer(question)
        return atom(question) if answer is None else answer

    # -- products ----------------------------------------------------------------------------------------------

    def multiply(self, left: Poly, right: Poly) -> Poly:
        """Return the product of two polynomials, in this order."""
        total: Poly = {}
        self.work += len(left) * len(right) // 4
        for (mono, word), count in left.items():
            for (other, more), factor in right.items():
                joined = word if more is None else more if word is None else word + more
                asks = word and more
                if not other and not asks:
                    add_into(total, {(mono, joined): count * factor})
                else:
                    add_into(total, self._joined(mono, other, joined, bool(asks)), count * factor)
        return total

    def _joined(self, mono: Mono, other: Mono, word: Word, asks: bool) -> Poly:
        merged, extra = self._merged(mono, other) if mono and other else (mono or other, constant(1))
        found: Poly = {(merged, word): UNIT}
        if asks and word is not None and len(word) > 1:
            found = self._word(word)
            if merged:
                found = self.multiply({(merged, None): UNIT}, found)
        elif len(merged) > 1 and any(_is_reducible(*factor) for factor in merged):
            answer = self.answer(product_term(merged, None, None))
            if answer is not None:
                found = answer if word is None else self.multiply(answer, {((), word): UNIT})
        return found if extra == {((), None): UNIT} else self.multiply(extra, found)

    def _word(self, word: tuple[Term, ...]) -> Poly:
        for place, letter in enumerate(word):
            if letter.op == "sum":  # a sum takes the letters beside it in
                index, condition, body = letter.args
                before, after = word[:place], word[place + 1 :]
                fresh = fresh_index(index, (*before, *after, body))
                inner = Term("@", (*before, replace_index(body, index, fresh), *after))
                return self.poly(Term("sum", (fresh, replace_index(condition, index, fresh), inner)))
        cuts = [place for place, size in enumerate(_sizes(word)) if size == ONE]
        if len(cuts) > 1:  # what stands between two cuts is a scalar
            total: Poly = {((), word[: cuts[0]] + word[cuts[-1] :]): UNIT}
            for start, stop in pairwise(cuts):
                part = word[start:stop]
                turned = Term("@", (*part[1:], part[0])) if len(part) > 1 else part[0]
                scalar = self.poly(Term("tr", (turned,))) if len(part) > 1 else self.asked(Term("tr", part))
                total = self.multiply(scalar, total)
            return total
        answer = self.answer(Term("@", word))
        return {((), word): UNIT} if answer is None else answer

    def _ones(self, term: Term) -> Poly:
        return {((), ()): UNIT} if term.shape == (ONE, ONE) else atom(term)

    def _inverse(self, term: Term) -> Poly:
        if term.shape != (ONE, ONE):
            return self._node(term)
        scalar = self.poly(Term("^", (Term("tr", term.args), number(-1))))
        return self.multiply(scalar, {((), ()): UNIT})

    def _determinant(self, term: Term) -> Poly:
        return self.poly(Term("tr", term.args)) if term.args[0].shape == (ONE, ONE) else self._node(term)

    def _merged(self, mono: Mono, other: Mono) -> tuple[Mono, Poly]:
        """Return the product of commutative parts, and what has to be multiplied out with it."""
        exponents: dict[Term, Exponent] = dict(mono)
        for base, exponent in other:
            exponents[base] = self._plus(exponents[base], exponent) if base in exponents else exponent
        extra = constant(1)
        for base, exponent in list(exponents.items()):
            if base.op != "+" or isinstance(exponent, Term) or exponent < 1:
                continue
            exponents[base] = exponent % 1
            for _ in range(int(exponent)):
                extra = self.multiply(extra, self.poly(base))
        kept = tuple(sorted(((b, e) for b, e in exponents.items() if e != 0), key=lambda f: f[0].key))
        kept, count = split_number(kept)
        return kept, extra if count == 1 else self.multiply(constant(count), extra)

    def _plus(self, first: Exponent, second: Exponent) -> Exponent:
        if not (isinstance(first, Term) or isinstance(second, Term)):
            return first + second
        total = dict(self.poly(first if isinstance(first, Term) else number(first)))
        add_into(total, self.poly(second if isinstance(second, Term) else number(second)))
        return self._exponent(total)

    def _exponent(self, poly: Poly) -> Exponent:
        if not poly or (len(poly) == 1 and ((), None) in poly):
            return poly.get(((), None), 0)
        return self.term(poly, None)


def _is_reducible(base: Term, exponent: Exponent) -> bool:
    return base.op == "delta" or (base.op == "+" and not isinstance(exponent, Term) and exponent < 0)


def _sizes(word: tuple[Term, ...]) -> list[Size]:
    """Return the sizes at the ends of and between the letters of a word."""
    shapes = [letter.shape or (ONE, ONE) for letter in word]
    return [*(rows for rows, _ in shapes), shapes[-1][1]]


def fresh_index(index: Term, terms: tuple[Any, ...]) -> Term:
    """Return an index of the same range that no term has free and no sum inside them binds."""
    inside = [term for term in terms if isinstance(term, Term)]
    height = 1 + max((term.height for term in inside), default=0)
    while any(f"index %{height}" in term.names for term in inside):
        height += 1
    return Term("ix", (f"%{height}", *index.args[1:]))
