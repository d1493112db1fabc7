"""TRUSTED: rewriting by instances of rules, and nothing else.

The kernel brings a term into a canonical form. Arithmetic, linearity, renaming of bound indices, the differential of a
leaf and the identification of a gradient are its own; whatever else happens to a term is an instance of a rule of the
catalogue, named by a *step* that somebody else proposes. A step is believed only if it is an instance of a true rule
whose conditions are shown (unknown is not shown) and whose left side is what it replaces. Two terms with one
canonical form are equal wherever both are defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.axioms import RuleMisused, axiom
from derive.conditions_shown import Shown
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
    content,
    number_power,
    power_term,
    product_term,
    split_number,
    sum_term,
)
from derive.term import ONE, Shape, Size, Term, needs, number, replace_index, size_term, substitute

MAX_WORK = 60_000
MAX_POWER = 6
CHANGE = "d@"
"""The name of the change by which a derivative is read off."""
_KEPT = ("ix", "var", "true", "cond")


class Rejected(Exception):
    """A step, or a certificate, that proves nothing; the message says why."""


class NotShown(Rejected):
    """A step whose side condition is not shown."""

    def __init__(self, message: str, condition: str, value: Term) -> None:
        super().__init__(message)
        self.condition = condition
        self.value = value


class TooMuchWork(Exception):
    """The budget of the kernel is spent."""


@dataclass(frozen=True, slots=True)
class Step:
    """An instance of a rule, or of a lemma, in a context.

    ``given`` maps the letters of the rule to terms; the left side of the equation, ``left`` · left side · ``right``
    for a word, or times ``times`` for scalars, is what the step replaces, after the equation was solved for it.
    """

    rule: str
    given: Mapping[str, Any]
    left: tuple[Term, ...] = ()
    right: tuple[Term, ...] = ()
    times: Mono = ()


Ask = Callable[[Term], Step | None]


def never(question: Term) -> Step | None:
    """Propose nothing: the canonical form of arithmetic alone."""
    return None


class Kernel:
    """Canonical forms under the facts of one claim.

    Parameters
    ----------
    facts
        What is declared of each symbol.
    ask
        Proposes a step for a term, or None.
    lemmas
        Equations that were proved before under the same facts and definedness.
    """

    def __init__(
        self,
        facts: Mapping[str, frozenset[str]],
        ask: Ask = never,
        lemmas: Mapping[str, tuple[Term, Term]] | None = None,
    ) -> None:
        self.facts = facts
        self.ask = ask
        self.lemmas = lemmas or {}
        self.work = 0
        self.memo: dict[Term, Poly] = {}
        self.answers: dict[Term, Poly | None] = {}
        self.used: dict[str, Step] = {}
        self.raw = self if ask is never else Kernel(facts)
        self.shown: Shown = Shown(facts, self.canon) if ask is never else self.raw.shown

    # -- canonical forms ---------------------------------------------------------------------------------------

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
            found = getattr(self, _READ.get(term.op, "_node"))(term)
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

    def _index(self, term: Term) -> Poly:
        return atom(term)

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
                fresh = _fresh(index, (*before, *after, body))
                inner = Term("@", (*before, replace_index(body, index, fresh), *after))
                return self.poly(Term("sum", (fresh, replace_index(condition, index, fresh), inner)))
        cuts = [place for place, size in enumerate(_sizes(word)) if size == ONE]
        if len(cuts) > 1:  # what stands between two cuts is a scalar
            total: Poly = {((), word[: cuts[0]] + word[cuts[-1] :]): UNIT}
            for start, stop in zip(cuts, cuts[1:], strict=False):
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
        for base in [b for b, e in exponents.items() if b.op == "+" and isinstance(e, Fraction) and e >= 1]:
            whole = int(exponents[base])  # type: ignore[arg-type]
            exponents[base] = exponents[base] - whole  # type: ignore[operator]
            for _ in range(whole):
                extra = self.multiply(extra, self.poly(base))
        kept = tuple(sorted(((b, e) for b, e in exponents.items() if e != 0), key=lambda f: f[0].key))
        kept, count = split_number(kept)
        return kept, extra if count == 1 else self.multiply(constant(count), extra)

    def _plus(self, first: Exponent, second: Exponent) -> Exponent:
        if isinstance(first, Fraction) and isinstance(second, Fraction):
            return first + second
        total = dict(self.poly(first if isinstance(first, Term) else number(first)))
        add_into(total, self.poly(second if isinstance(second, Term) else number(second)))
        return self._exponent(total)

    def _exponent(self, poly: Poly) -> Exponent:
        if not poly or (len(poly) == 1 and ((), None) in poly):
            return poly.get(((), None), Fraction(0))
        return self.term(poly, None)

    def _power(self, term: Term) -> Poly:
        base, exponent = self.poly(term.args[0]), self._exponent(self.poly(term.args[1]))
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1
        if exponent == 0:
            return constant(1)
        if not base:
            if not (isinstance(exponent, Fraction) and exponent > 0):
                raise Rejected("zero to a power that is not known to be positive")
            return {}
        if len(base) == 1:
            return self._power_of_product(next(iter(base.items())), exponent, whole)
        assert isinstance(exponent, Fraction | Term)
        if isinstance(exponent, Fraction) and whole and 0 < exponent <= MAX_POWER:
            total = base
            for _ in range(int(exponent) - 1):
                total = self.multiply(total, base)
            return total
        count, shared = content(base, whole, self.shown.is_positive)
        outside: Poly = {(shared, None): count}
        if outside == {((), None): UNIT}:
            answer = self.answer(power_term(self.term(base, None), exponent))
            return {(((self.term(base, None), exponent),), None): UNIT} if answer is None else answer
        inverse: Poly = {(tuple((b, self._times(e, Fraction(-1))) for b, e in shared), None): 1 / count}
        inner = self.term(self.multiply(inverse, base), None)
        left = self._power_of_product(((shared, None), count), exponent, whole)
        return self.multiply(left, self.poly(power_term(inner, exponent)))

    def _power_of_product(self, item: tuple[tuple[Mono, Word], Fraction], exponent: Exponent, whole: bool) -> Poly:
        (mono, _), count = item
        if not whole:
            squares = tuple(f for f in mono if not self.shown.is_nonnegative(f[0]) and _is_even(f[1]))
            signed = tuple(f for f in mono if f not in squares and not self.shown.is_nonnegative(f[0]))
            alone = len(signed) == 1 and count > 0 and signed[0][1] == 1
            if squares or (not alone and (signed or count < 0)):
                rest = tuple(f for f in mono if f not in signed and f not in squares)
                found = self._power_of_product(((rest, None), abs(count)), exponent, whole)
                for factor in squares:
                    found = self.multiply(found, self._asked_power(power_term(*factor), exponent))
                if not signed and count > 0:
                    return found
                inner = self.term({(signed, None): Fraction(1 if count > 0 else -1)}, None)
                return self.multiply(found, self._asked_power(inner, exponent))
        total = constant(1)
        if count != 1:
            if whole:
                total = constant(count**exponent)  # type: ignore[operator]
            else:
                split = number_power(count, exponent)
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
        if isinstance(first, Fraction) and isinstance(second, Fraction):
            return first * second
        terms = [self.poly(each if isinstance(each, Term) else number(each)) for each in (first, second)]
        return self._exponent(self.multiply(*terms))

    # -- linear operators --------------------------------------------------------------------------------------

    def _linear(self, term: Term) -> Poly:
        """Take sums, numbers and (but for the differential) scalars out of an operator's last argument."""
        total: Poly = {}
        body = term.args[-1]
        for (mono, word), count in self.poly(body).items():
            if term.op == "d":
                mono, inner = (), product_term(mono, word, body.shape)
            else:
                inner = product_term((), word, body.shape)
            found = self._operator(term.op, term.args[:-1], inner)
            add_into(total, found if not mono else self.multiply({(mono, None): UNIT}, found), count)
        return total

    def _operator(self, op: str, before: tuple[Any, ...], inner: Term) -> Poly:
        if inner.op == "sum":
            index, condition, body = inner.args
            fresh = _fresh(index, (body, *before))
            moved = Term(op, (*before, replace_index(body, index, fresh)))
            return self.poly(Term("sum", (fresh, replace_index(condition, index, fresh), moved)))
        if op == "t" and (inner.op == "t" or inner.shape == (ONE, ONE)):
            return self.poly(inner.args[0] if inner.op == "t" else inner)
        if op == "tr" and inner.op == "I" and inner.shape == (ONE, ONE):
            return constant(1)
        if op == "tr" and inner.op == "@":
            entry = _entry_of_trace(inner.args)
            if entry is not None:
                return self.poly(entry)
        if op == "d" and inner.op == "t":
            return self.poly(Term("t", (Term("d", (*before, inner.args[0])),)))
        if op == "d":
            leaf = _differential_of_leaf(before[0], inner)
            if leaf is not None:
                return self.poly(leaf)
        return self.asked(Term(op, (*before, inner)))

    def _multilinear(self, term: Term) -> Poly:
        total: list[tuple[Poly, tuple[Term, ...]]] = [(constant(1), ())]
        for arg in term.args:
            items = self.poly(arg).items()
            total = [
                (self.multiply(scalar, {(mono, None): count}), (*terms, product_term((), word, arg.shape)))
                for scalar, terms in total
                for (mono, word), count in items
            ]
        found: Poly = {}
        for scalar, terms in total:
            add_into(found, self.multiply(scalar, self._multilinear_term(term.op, terms)))
        return found

    def _multilinear_term(self, op: str, terms: tuple[Term, ...]) -> Poly:
        if op == "had":
            terms = tuple(sorted((t for arg in terms for t in (arg.args if arg.op == "had" else (arg,))), key=_key))
        for place, each in enumerate(terms):
            if each.op == "sum":
                index, condition, body = each.args
                fresh = _fresh(index, (*terms, body))
                args = (*terms[:place], replace_index(body, index, fresh), *terms[place + 1 :])
                return self.poly(Term("sum", (fresh, replace_index(condition, index, fresh), Term(op, args))))
        return self.asked(Term(op, terms))

    # -- sums over an index ------------------------------------------------------------------------------------

    def _index_sum(self, term: Term) -> Poly:
        index, condition, body = term.args
        taken = {name for name in body.names | condition.names if name.startswith("index ~")}
        free = Term("ix", (next(f"~{k}" for k in range(99) if f"index ~{k}" not in taken), *index.args[1:]))
        condition = replace_index(condition, index, free)
        total: Poly = {}
        for (mono, word), count in self.poly(replace_index(body, index, free)).items():
            mono = tuple(part for factor in mono for part in self._by_index(factor, free))
            outside = tuple(f for f in mono if not _mentions(f, free))
            inside = tuple(f for f in mono if _mentions(f, free))
            has_word = word is not None and any(letter.has_index(free) for letter in word)
            inner = product_term(inside, word if has_word else None, body.shape)
            found = self._summed(free, condition, inner)
            rest: Poly = {(outside, None if has_word else word): count}
            add_into(total, self.multiply(rest, found))
        return total

    def _by_index(self, factor: tuple[Term, Exponent], index: Term) -> Mono:
        """Return a power whose exponent is a sum as two: b^(u + v) = b^u b^v, the index being in v only."""
        base, exponent = factor
        if not isinstance(exponent, Term) or exponent.op != "+" or base.has_index(index):
            return (factor,)
        parts = ([arg for arg in exponent.args if arg.has_index(index) is has] for has in (False, True))
        sums = [self.poly(Term("+", tuple(part))) for part in parts if part]
        return tuple((base, self._exponent(each)) for each in sums)

    def _summed(self, free: Term, condition: Term, inner: Term) -> Poly:
        name = f"%{inner.height + 1}"
        if "index " + name in inner.names | condition.names:
            raise Rejected("bound indices of one name")
        bound = Term("ix", (name, *free.args[1:]))
        body = self.canon(replace_index(inner, free, bound))
        if body.op == "+" or (not body.has_index(bound) and inner.has_index(free)):
            return self._index_sum(Term("sum", (bound, replace_index(condition, free, bound), body)))
        return self.asked(Term("sum", (bound, replace_index(condition, free, bound), body)))

    # -- evaluation at a symbol and identification -------------------------------------------------------------

    def _at(self, term: Term) -> Poly:
        symbol, value, body = term.args
        inner = self.canon(body)
        if _differentiates(inner, symbol.args[0]):
            return atom(Term("at", (symbol, value, inner)))
        if inner.height and any(name.startswith("index %") for name in value.names):
            raise Rejected("a value with a bound index inside a sum")
        return self.poly(substitute(inner, symbol, value))

    def _derivative(self, term: Term) -> Poly:
        """Read a derivative off the differential: df = tr(GᵀdX), dy = J dx (first identification theorem)."""
        body, wrt = term.args[0], term.args[1]
        variable = wrt.args[0] if wrt.op == "vec" else wrt
        change = Term("M", (CHANGE, *wrt.shape)) if wrt.shape is not None else Term("s", (CHANGE,))
        if wrt.op == "vec":
            change = Term("M", (CHANGE, *variable.shape))  # type: ignore[misc]
        if CHANGE in term.names:
            raise Rejected("a derivative inside a derivative by the same change")
        total: Poly = {}
        kind = "vec" if wrt.op == "vec" and term.op == "jac" else term.op
        differential = Term("d", (Term("var", (variable, change)), body))
        if kind == "vec":
            differential = Term("vec", (differential,))
        for (mono, word), count in self.poly(differential).items():
            found = self._coefficient(kind, mono, word, change, body.shape)
            if found is None:
                return atom(Term(term.op, (self.canon(body), *term.args[1:])))
            if wrt.op == "vec" and term.op == "grad":
                found = Term("vec", (found,))
            add_into(total, self.poly(found), count)
        if term.op == "jac" and term.args[2] == "denominator":
            return self.poly(Term("t", (self.term(total, term.shape and term.shape[::-1]),)))
        return total

    # -- steps -------------------------------------------------------------------------------------------------

    def answer(self, question: Term) -> Poly | None:
        """Return what the step proposed for a term makes of it."""
        if question in self.answers:
            return self.answers[question]
        step = self.ask(question)
        found = None if step is None else self.apply(step, question)
        if step is not None and found is not None:
            self.used[question.key] = step
        self.answers[question] = found
        return found

    def apply(self, step: Step, question: Term) -> Poly | None:
        """Return what a step makes of a term.

        Raises
        ------
        Rejected
            If there is no such rule, a condition is not shown, or the equation is not about this term.
        """
        lhs, rhs = self.equation(step, question)
        first = self._half(lhs)
        if len(first) == 1:
            ((product, count),) = first.items()
            if count == 1 and self._target(step, product, question) == question:
                return self._in_context(step, self.poly(rhs), step.times)
        difference = dict(first)
        add_into(difference, self._half(rhs), Fraction(-1))
        for product, count in difference.items():
            mono, word = product
            for scale in ((), mono) if word is not None and mono and not step.times else ((),):
                target = self._target(step, ((), word) if scale else product, question)
                if target == question and all(self.shown.is_nonzero(base) for base, _ in scale):
                    rest = {other: -c / count for other, c in difference.items() if other != product}
                    solved = self.poly(sum_term(rest, lhs.shape))
                    return self._in_context(step, solved, tuple((base, -e) for base, e in scale) or step.times)
        raise Rejected(f"{step.rule} does not speak of {question}")

    def _half(self, term: Term) -> Poly:
        """Return a side of an equation with canonical arguments, itself only brought into order."""
        if term.op in ("+", "*", ".", "@"):
            total: Poly | None = None
            for arg in term.args:
                part = self.poly(arg) if term.op == "@" else self._half(arg)
                if term.op != "+":
                    total = part if total is None else self.raw.multiply(total, part)
                elif total is None:
                    total = dict(part)
                else:
                    add_into(total, part)
            return total or {}
        if term.op == "tr":
            return self.raw.poly(Term("tr", (sum_term(self._half(term.args[0]), term.args[0].shape),)))
        canon = self.raw.canon if term.op == "dens" else self.canon
        args = (canon(arg) if isinstance(arg, Term) and arg.op not in _KEPT else arg for arg in term.args)
        return self.raw.poly(Term(term.op, tuple(args)))

    def _target(self, step: Step, product: tuple[Mono, Word], question: Term) -> Term | None:
        mono, word = product
        if step.times:
            mono, extra = self.raw._merged(mono, step.times)
            if extra != constant(1):
                return None
        whole = word if word is None else (*step.left, *word, *step.right)
        if (whole is None) != (question.shape is None):
            return None
        return product_term(mono, whole, question.shape)

    def _in_context(self, step: Step, found: Poly, scalar: Mono) -> Poly:
        if scalar:
            found = self.multiply({(scalar, None): UNIT}, found)
        if step.left:
            found = self.multiply(self.poly(Term("@", step.left)), found)
        return self.multiply(found, self.poly(Term("@", step.right))) if step.right else found

    def define(self, terms: Iterable[Term]) -> None:
        """Take note of what a claim divides by: it is judged where that can be done."""
        found = sorted(
            {need for term in terms for need in needs(term)}, key=lambda need: (len(need[1].key), need[1].key)
        )
        for canon in (self.raw.canon, self.canon):
            for kind, value in found:
                self.shown.define(kind, canon(value))

    def difference(self, lhs: Term, rhs: Term, multipliers: Iterable[tuple[str, Term]] = ()) -> Poly:
        """Return left side minus right side, multiplied through by what is shown to be invertible.

        The sides are equal wherever both are defined if nothing is left.
        """
        self.define((lhs, rhs))
        total = dict(self.poly(lhs))
        add_into(total, self.poly(rhs), Fraction(-1))
        for side, term in multipliers:
            total = self.multiplied(total, side, term)
        return total

    def multiplied(self, total: Poly, side: str, term: Term) -> Poly:
        """Return a difference multiplied by an invertible matrix on one side, or by a scalar that is not zero."""
        if not self.shown.is_invertible(self.raw.canon(term)):
            raise Rejected(f"multiplied by {term}, which is not shown to be invertible")
        if side == "times":
            base, exponent = term.args if term.op == "^" else (term, number(1))
            return self.multiply({(((base, exponent.args[0]),), None): UNIT}, total)
        factor = self.poly(term)
        return self.multiply(factor, total) if side == "left" else self.multiply(total, factor)

    def equation(self, step: Step, question: Term) -> tuple[Term, Term]:
        """Return the equation a step states, after its conditions were shown and its values are seen to be defined."""
        if step.rule in self.lemmas:
            lhs, rhs = self.lemmas[step.rule]
            for name, value in step.given.items():  # what is given holds for every value of its free indices
                index = next((ix for ix in _free_indices(lhs) | _free_indices(rhs) if ix.args[0] == name), None)
                if index is None or value.op != "ix" or value.args[1:] != index.args[1:]:
                    raise Rejected(f"{step.rule} has no index {name} that can be {value}")
                lhs, rhs = replace_index(lhs, index, value), replace_index(rhs, index, value)
            return lhs, rhs
        try:
            instance = axiom(step.rule).instance(step.given)
        except RuleMisused as problem:
            raise Rejected(str(problem)) from problem
        for letter, condition, value in instance.conditions:
            if not self.shown.is_shown(condition, value):
                message = f"{step.rule} needs {letter} to be {condition}: not shown of {value}"
                raise NotShown(message, condition, value)
        for value in step.given.values():
            body = getattr(value, "body", value)
            for kind, base in needs(body) - needs(question) if isinstance(body, Term) else ():
                if not self.shown.is_defined(kind, base):
                    raise NotShown(f"{step.rule} with {base}, which is not shown to be {kind}", kind, base)
        return instance.lhs, instance.rhs

    # -- reading off -------------------------------------------------------------------------------------------

    def _coefficient(self, kind: str, mono: Mono, word: Word, change: Term, shape: Shape | None) -> Term | None:
        """Return what multiplies the change in one term of a differential, or None if it is not in that form."""
        name = change.args[0]
        moving = [f for f in mono if _names(f, name)]
        rest = tuple(f for f in mono if not _names(f, name))
        letters = [] if word is None else [letter for letter in word if name in letter.names]
        found: Term | None = None
        if len(moving) + len(letters) != 1:
            return None
        if letters and word is not None:
            found = self._coefficient_of_word(kind, word, change, shape)
            return found and _times(rest, found)
        (base, exponent), prefix = moving[0], None if word is None else product_term((), word, shape)
        if exponent != 1:
            return None
        if base.op == "sum":
            index, condition, body = base.args
            ((inner, _),) = self.poly(body) if len(self.poly(body)) == 1 else ((None, None),)
            part = (
                None
                if inner is None
                else self._coefficient("grad" if kind == "vec" else kind, inner, None, change, None)
            )
            found = None if part is None else Term("sum", (index, condition, part))
        elif kind == "part":
            found = number(1) if base == change else None
        elif base.op == "tr":
            found = _gradient_of_trace(base.args[0].args if base.args[0].op == "@" else base.args, change)
        if found is None or kind == "grad":
            return found and _times(rest, found)
        if kind == "part":
            return _times(rest, found if prefix is None else Term(".", (found, prefix)))
        column = Term("vec", (found,)) if kind == "vec" else found
        return prefix and _times(rest, Term("@", (prefix, Term("t", (column,)))))

    def _coefficient_of_word(self, kind: str, word: tuple[Term, ...], change: Term, shape: Any) -> Term | None:
        name = change.args[0]
        if len(word) == 1 and word[0].op == "sum":
            index, condition, body = word[0].args
            items = self.poly(body)
            ((inner, letters),) = items if len(items) == 1 else ((None, None),)
            part = None if inner is None else self._coefficient(kind, inner, letters, change, body.shape)
            return part and Term("sum", (index, condition, part))
        target = Term("vec", (change,)) if kind == "vec" else change
        if kind not in ("jac", "vec") or word[-1] != target or any(name in letter.names for letter in word[:-1]):
            return None
        return Term("@", word[:-1]) if len(word) > 1 else Term("I", (target.shape[0],))  # type: ignore[index]


def _free_indices(term: Term) -> set[Term]:
    """Return the indices that are free in a term; bound ones have names of their own."""
    if term.op == "ix":
        return {term}
    found: set[Term] = set().union(*(_free_indices(arg) for arg in term.args if isinstance(arg, Term)))
    return {index for index in found if term.op not in ("sum", "prod") or index.args[0] != term.args[0].args[0]}


def _is_even(exponent: Exponent) -> bool:
    return isinstance(exponent, Fraction) and exponent % 2 == 0


def _is_reducible(base: Term, exponent: Exponent) -> bool:
    return base.op == "delta" or (base.op == "+" and isinstance(exponent, Fraction) and exponent < 0)


def _gradient_of_trace(word: tuple[Term, ...], change: Term) -> Term | None:
    """Return G for tr(word) = tr(Gᵀ change), where the change occurs once, bare or transposed."""
    places = [place for place, letter in enumerate(word) if change.args[0] in letter.names]
    if len(places) != 1 or word[places[0]] not in (change, Term("t", (change,))):
        return None
    (place,) = places
    rest = word[place + 1 :] + word[:place]
    rows, cols = change.shape  # type: ignore[misc]
    product = Term("@", rest) if rest else Term("I", (rows,))
    return Term("t", (product,)) if word[place] == change else product


def _entry_of_trace(word: tuple[Term, ...]) -> Term | None:
    """Return tr(A e_j e_iᵀ) as the entry A_ij."""
    for place, letter in enumerate(word):
        rest = word[place + 1 :] + word[:place]
        if letter.op == "t" and letter.args[0].op == "unit" and rest and rest[-1].shape[1] == ONE:  # type: ignore[index]
            product = Term("@", rest) if len(rest) > 1 else rest[0]
            return Term("e", (product, letter.args[0].args[0], number(1)))
        if letter.op == "unit" and rest and rest[0].shape[0] == ONE:  # type: ignore[index]
            product = Term("t", (Term("@", rest) if len(rest) > 1 else rest[0],))
            return Term("e", (product, letter.args[0], number(1)))
    for place, letter in enumerate(word):
        follower = word[(place + 1) % len(word)]
        if letter.op == "unit" and follower.op == "t" and follower.args[0].op == "unit" and len(word) > 1:
            rest = word[place + 2 :] + word[:place] if place + 1 < len(word) else word[1:place]
            product = Term("@", rest) if len(rest) > 1 else rest[0] if rest else Term("I", (letter.args[1],))
            return Term("e", (product, follower.args[0].args[0], letter.args[0]))
    return None


def _sizes(word: tuple[Term, ...]) -> list[Size]:
    """Return the sizes at the ends of and between the letters of a word."""
    shapes = [letter.shape or (ONE, ONE) for letter in word]
    return [*(rows for rows, _ in shapes), shapes[-1][1]]


def _times(mono: Mono, term: Term) -> Term:
    if not mono:
        return term
    scalar = product_term(mono, None, None)
    return Term("*", (scalar, term)) if term.shape is None else Term(".", (scalar, term))


def _names(factor: tuple[Term, Exponent], name: str) -> bool:
    base, exponent = factor
    return name in base.names or (isinstance(exponent, Term) and name in exponent.names)


def _mentions(factor: tuple[Term, Exponent], index: Term) -> bool:
    return _names(factor, "index " + index.args[0])


def _key(term: Term) -> str:
    return term.key


def _fresh(index: Term, terms: tuple[Any, ...]) -> Term:
    """Return an index of the same range that no term has free and no sum inside them binds."""
    inside = [term for term in terms if isinstance(term, Term)]
    height = 1 + max((term.height for term in inside), default=0)
    while any(f"index %{height}" in term.names for term in inside):
        height += 1
    return Term("ix", (f"%{height}", *index.args[1:]))


def _differentiates(term: Term, name: str) -> bool:
    if name not in term.names:
        return False
    return term.op in ("d", "grad", "jac", "part") or any(
        _differentiates(arg, name) for arg in term.args if isinstance(arg, Term)
    )


def _differential_of_leaf(variables: Term, leaf: Term) -> Term | None:
    """Return the differential of a constant (zero) or of what varies itself, or None."""
    pairs = list(zip(variables.args[::2], variables.args[1::2], strict=True))
    if not any(core_name(variable) in leaf.names for variable, _ in pairs):
        return number(0) if leaf.shape is None else Term("0", leaf.shape)
    for variable, change in pairs:
        if leaf == variable:
            return change
        core = variable.args[0] if variable.op in ("e", "inv", "^") else variable
        if leaf.op in ("m", "MM") and leaf.op == core.op and leaf.args[0] == core.args[0]:
            start = 1 if leaf.op == "m" else 3
            deltas = tuple(Term("delta", pair) for pair in zip(leaf.args[start:], core.args[start:], strict=True))
            if variable is core:
                return Term("*" if leaf.shape is None else ".", (Term("*", deltas), change))
            deltas_term: Term | None = Term("*", deltas)
        else:
            deltas_term = None if leaf.op in ("m", "MM") else number(1)
        matches = leaf == core or (leaf.op == "MM" and deltas_term is not None)
        if variable.op == "inv" and leaf == core:
            return Term(".", (number(-1), Term("@", (core, change, core))))
        if variable.op == "^" and leaf == core:
            power = variable.args[1]
            rest = Term("^", (core, Term("+", (number(1), Term("*", (number(-1), power))))))
            return Term("*", (Term("^", (power, number(-1))), rest, change))
        if variable.op == "e" and deltas_term is not None:
            if matches:
                rows, cols = leaf.shape or (ONE, ONE)
                pair = Term("unit", (variable.args[1], rows)), Term("t", (Term("unit", (variable.args[2], cols)),))
                return Term(".", (Term("*", (deltas_term, change)), Term("@", pair)))
            if leaf.op == "e" and leaf.args[0].op == core.op and leaf.args[0].args[0] == core.args[0]:
                start = 3
                inner = zip(leaf.args[0].args[start:], core.args[start:], strict=True)
                pairs_of_indices = (*inner, *zip(leaf.args[1:], variable.args[1:], strict=True))
                return Term("*", (*(Term("delta", pair) for pair in pairs_of_indices), change))
    return None


def core_name(variable: Term) -> str:
    """Return the name of the symbol that varies."""
    core = variable.args[0] if variable.op in ("e", "inv", "^", "vec") else variable
    return str(core.args[0])


_READ = {
    "#": "_number", "+": "_sum", "*": "_product", ".": "_product", "@": "_product", "^": "_power", "I": "_identity",
    "0": "_zero", "size": "_size", "ix": "_index", "delta": "_delta", "t": "_linear", "tr": "_linear",
    "vec": "_linear", "diag": "_linear", "dg": "_linear", "d": "_linear", "1": "_ones", "inv": "_inverse", "dens": "_density", "fun": "_function", "det": "_determinant", "had": "_multilinear",
    "kron": "_multilinear", "sum": "_index_sum", "at": "_at", "grad": "_derivative", "jac": "_derivative",
    "part": "_derivative", "var": "_kept", "cond": "_kept", "true": "_kept",
}  # fmt: skip
