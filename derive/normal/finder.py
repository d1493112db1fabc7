"""The normal form: which rule to apply to a term, operator by operator.

A finder proposes at most one step for a term whose arguments are in normal form. It may be wrong or miss something:
the kernel checks what it proposes. The normal form of a product has traces rotated and transposed to one place,
inverses of sums reduced to one atom for each cyclic word (`derive.normal.inverses`), vectors multiplied entry by entry
in one order, and scalars out of the words (`derive.normal.words`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.axioms import Family
from derive.kernel import CHANGE, Kernel, Step
from derive.polynomial import EULER, add_into, product_term, sort_key
from derive.term import ONE, Term, number, replace_index

Found = Step | None


def step(rule: str, **given: Any) -> Step:
    """Return a step without context."""
    return Step(rule, given)


class FinderBase:
    """What the parts of the finder share: the kernel they propose to, and small questions about terms."""

    kernel: Kernel

    def __init__(self) -> None:
        self.changes: frozenset[str] = frozenset((CHANGE,))
        self.by_entries = False
        self.literal = False
        self.jacobian = False
        self.swapped: set[Term] = set()

    def moves(self, term: Term) -> bool:
        """Whether a change occurs in a term."""
        return not self.changes.isdisjoint(term.names)

    def shown(self, condition: str, term: Term) -> bool:
        """Whether a condition is shown."""
        return self.kernel.shown.is_shown(condition, term)


def letters_of(term: Term) -> tuple[Term, ...]:
    """Return the letters of a word."""
    if term.op == "I":
        return ()
    return tuple(term.args) if term.op == "@" else (term,)


def word_of(letters: tuple[Term, ...], size: Any) -> Term:
    """Return letters as a term; ``size`` is that of the identity where there are none."""
    if not letters:
        return Term("I", (size,))
    return letters[0] if len(letters) == 1 else Term("@", letters)


def factors_of(term: Term) -> tuple[Term, ...]:
    """Return the factors of a scalar product."""
    return tuple(term.args) if term.op == "*" else (term,)


def product_of(factors: tuple[Term, ...]) -> Term:
    """Return factors as a term."""
    return number(1) if not factors else factors[0] if len(factors) == 1 else Term("*", factors)


def is_vector(term: Term) -> bool:
    """Whether a term is a column."""
    return term.shape is not None and term.shape[1] == ONE


class Sums(FinderBase):
    """Steps for sums over an index, entries and functions of numbers."""

    def sum(self, q: Term) -> Found:
        """Propose a step for a sum over an index."""
        index, condition, body = q.args
        if condition.op != "true":
            return None
        if body.op == "#":
            return step("sum-of-ones", N=index) if body.args[0] == 1 else None
        found = self._delta(index, body)
        if found is not None:
            return found
        if body.op == "sum" and body.args[1].op == "true":
            return self._exchange(q)
        found = self._shared_total(index, body)
        if found is not None:
            return found
        if body.shape is None and not self.by_entries:
            vectors = [self._as_vector(factor, index) for factor in factors_of(body)]
            if all(vector is not None for vector in vectors):
                return step("sum-of-entries", x=vectors[0] if len(vectors) == 1 else Term("had", tuple(vectors)))
        return None

    def _as_vector(self, factor: Term, index: Term) -> Term | None:
        """Return the vector whose entry at the index a scalar is."""
        if factor.op == "e" and factor.args[1] == index and is_vector(factor.args[0]):
            return None if factor.args[0].has_index(index) else factor.args[0]
        if factor.op == "^" and factor.args[0] == EULER:
            scalar, rest = self._scaled(factor.args[1], index)
            inner = None if rest is None else self._as_vector(rest, index)
            return (
                None
                if inner is None
                else Term("fun", ("exp", 0, inner if scalar is None else Term(".", (scalar, inner))))
            )
        if factor.op == "^" and factor.args[1].op == "#" and factor.args[1].args[0] in (2, 3):
            inner = self._as_vector(factor.args[0], index)
            return None if inner is None else Term("had", (inner,) * int(factor.args[1].args[0]))
        if factor.op == "fun":
            inner = self._as_vector(factor.args[2], index)
            return None if inner is None else Term("fun", (*factor.args[:2], inner))
        return None

    def _scaled(self, term: Term, index: Term) -> tuple[Term | None, Term | None]:
        parts = factors_of(term)
        inside = tuple(part for part in parts if part.has_index(index))
        outside = tuple(part for part in parts if not part.has_index(index))
        return (product_of(outside) if outside else None), (inside[0] if len(inside) == 1 else None)

    def _delta(self, index: Term, body: Term) -> Found:
        scalar, array = (body.args[0], body.args[1]) if body.op == "." else (body, None)
        if scalar.shape is not None:
            return None
        factors = factors_of(scalar)
        for place, factor in enumerate(factors):
            if factor.op != "delta" or index not in factor.args:
                continue
            other = factor.args[1] if factor.args[0] == index else factor.args[0]
            if other.op != "ix" or other.args[1:] != index.args[1:]:
                continue
            rest = product_of(factors[:place] + factors[place + 1 :])
            if array is None:
                return step("sum-of-delta", **{"a_{·}": Family((index,), rest), "j": other})
            value = array if rest.op == "#" else Term(".", (rest, array))
            return step("sum-of-delta-array", **{"A_{·}": Family((index,), value), "j": other})
        return None

    def _exchange(self, q: Term) -> Found:
        outer, _, inner = q.args
        second, _, body = inner.args
        marks = Term("ix", ("@@o", *outer.args[1:])), Term("ix", ("@@i", *second.args[1:]))
        moved = replace_index(replace_index(body, outer, marks[0]), second, marks[1])
        new_inner = Term("ix", (second.args[0], *outer.args[1:]))
        new_outer = Term("ix", (outer.args[0], *second.args[1:]))
        swapped = self.kernel.raw.canon(replace_index(replace_index(moved, marks[0], new_inner), marks[1], new_outer))
        now = (str(outer.args[1:]), body.key)
        then = (str(new_outer.args[1:]), swapped.key)
        if then >= now or q in self.swapped:
            return None
        self.swapped.add(q)
        if body.shape is None:
            return step("exchange-of-sums", **{"a_{·}": Family((outer, second), body)})
        return step("exchange-of-sums-of-arrays", **{"A_{·}": Family((outer, second), body)})

    def _shared_total(self, index: Term, body: Term) -> Found:
        """Propose to exchange Σ_k a_k Σ_n b_nk / s_n where s_n is a sum over the values of k: it is divided by last."""
        if body.shape is not None or body.op != "*":
            return None
        for place, factor in enumerate(body.args):
            if factor.op != "sum" or factor.args[1].op != "true" or not factor.has_index(index):
                continue
            inner, _, summand = factor.args
            if any(_divides_by_total(each, index) for each in factors_of(summand)):
                whole = Term("*", (*body.args[:place], *body.args[place + 1 :], summand))
                return step("exchange-of-sums", **{"a_{·}": Family((index, inner), whole)})
        return None

    def product(self, q: Term) -> Found:
        """Propose a step for a product of scalars: δ_ij a_i = δ_ij a_j, and a / (a + b) = 1 - b / (a + b)."""
        factors = factors_of(q)
        if not any(factor.op == "delta" for factor in factors):
            return self._fraction(q)
        for place, factor in enumerate(factors):
            if factor.op != "delta" or any(arg.op != "ix" for arg in factor.args):
                continue
            first, second = sorted(factor.args, key=lambda arg: arg.key)
            rest = product_of(factors[:place] + factors[place + 1 :])
            if first.args[1:] == second.args[1:] and rest.has_index(second):
                return step("delta-replaces", i=second, j=first, **{"a_{·}": Family((second,), rest)})
        return None

    def _fraction(self, q: Term) -> Found:
        (mono, _), *more = self.kernel.raw.poly(q)
        if more:
            return None
        for base, exponent in mono:
            if base.op != "+" or isinstance(exponent, Term) or exponent >= 0:
                continue
            terms = self.kernel.poly(base)
            lead = max((product for product in terms if product[0]), key=sort_key, default=None)
            rest = None if lead is None else self._divided(mono, lead[0], base)
            if rest is None or lead is None:
                against = self._against_exponential(mono, terms, base)
                if against is not None:
                    return against
                continue
            count = terms[lead]
            first = product_term(lead[0], None, None, count)
            others = {product: c for product, c in self.kernel.poly(base).items() if product != lead}
            return Step("fraction-of-sum", {"a": first, "b": self.kernel.raw.term(others, None)}, times=rest)
        return None

    def _against_exponential(self, mono: Any, terms: Any, base: Term) -> Found:
        """Propose c / (1 + b) = c - c b / (1 + b) where c has the reciprocal of the exponential in b."""
        others = {product: count for product, count in terms.items() if product != ((), None)}
        if len(others) != 1 or terms.get(((), None)) != 1:
            return None
        here, there = (dict(each).get(EULER) for each in (mono, next(iter(others))[0]))
        if not (isinstance(here, Term) and isinstance(there, Term)):
            return None
        opposite = self.kernel.raw.poly(Term("*", (number(-1), there)))
        if self._less(here, self.kernel.raw.term(opposite, None)) is None:
            return None
        left = self._divided(mono, (), base)
        return step("division-by-sum", b=self.kernel.raw.term(others, None), c=product_term(left, None, None))

    def _divided(self, mono: Any, lead: Any, base: Term) -> Any:
        """Return mono / (lead / base), if every power of lead is in mono."""
        left = dict(mono)
        for factor, exponent in lead:
            if factor not in left or isinstance(left[factor], Term) is not isinstance(exponent, Term):
                return None
            if isinstance(exponent, Term):
                rest = self._less(left[factor], exponent)
                if rest is None:
                    return None
            else:
                rest = left[factor] - exponent
                if rest != 0 and (rest > 0) is not (exponent > 0):
                    return None
            left[factor] = rest
        left[base] = left[base] + 1
        return tuple(sorted(((b, e) for b, e in left.items() if e != 0), key=lambda f: f[0].key))

    def _less(self, exponent: Term, lead: Term) -> Any:
        """Return exponent - lead, if the first term of lead is in the exponent at least once."""
        terms, wanted = self.kernel.raw.poly(exponent), self.kernel.raw.poly(lead)
        first = min(wanted, key=sort_key)
        if Fraction(terms.get(first, 0)) / wanted[first] < 1:
            return None
        total = dict(terms)
        add_into(total, wanted, -1)
        return self.kernel.raw._exponent(total)

    def entry(self, q: Term) -> Found:
        """Propose a step for an entry: down to entries of symbols."""
        matrix, i, j = q.args
        vector = is_vector(matrix) and j.op == "#"
        at = {"i": i} if vector else {"i": i, "j": j}
        if any(index.op != "ix" for index in at.values()):
            return None
        if matrix.op == "@":
            first, rest = matrix.args[0], word_of(matrix.args[1:], None)
            if first.shape[1] == ONE:
                return None
            return step(
                "entry-of-vector-product" if vector else "entry-of-product",
                A=first,
                **{"x" if vector else "B": rest},
                **at,
            )
        if matrix.op == "t" and not vector:
            return step("entry-of-transpose", A=matrix.args[0], **at)
        if matrix.op == "+":
            first, rest = matrix.args[0], matrix.args[1] if len(matrix.args) == 2 else Term("+", matrix.args[1:])
            return (
                step("entry-of-vector-sum", x=first, y=rest, **at)
                if vector
                else step("entry-of-sum", A=first, B=rest, **at)
            )
        if matrix.op == ".":
            name = "entry-of-scaled-vector" if vector else "entry-of-scaled"
            return step(name, a=matrix.args[0], **{"x" if vector else "A": matrix.args[1]}, **at)
        if matrix.op == "had":
            first, rest = matrix.args[0], matrix.args[1] if len(matrix.args) == 2 else Term("had", matrix.args[1:])
            if vector:
                return step("entry-of-vector-hadamard", x=first, y=rest, **at)
            return step("entry-of-hadamard", A=first, B=rest, **at)
        if matrix.op == "I":
            return step("entry-of-identity", A=matrix, **at)
        if matrix.op == "fun":
            name, order, argument = matrix.args
            return step(
                "entry-of-vector-function" if vector else "entry-of-function",
                f=(name, order),
                **{"x" if vector else "A": argument},
                **at,
            )
        if matrix.op == "1" and vector:
            return step("entry-of-ones", x=matrix, **at)
        if matrix.op == "dg":
            return step("entry-of-diagonal", A=matrix.args[0], **at)
        return None

    def function(self, q: Term) -> Found:
        """Propose a step for a function of a number."""
        name, order, u = q.args
        if name == "gamma" and order == 1 and u.shape is None:
            return step("derivative-of-gamma-function", a=u)
        if order or u.shape is not None:
            return self._of_array(q)
        if name == "log":
            return self._log(u)
        if name == "abs":
            return self._abs(u)
        if name == "sigmoid":
            return step("logistic", a=u)
        return None

    def _of_array(self, q: Term) -> Found:
        name, order, u = q.args
        if order == 0 and name == "log" and u is not None:
            if u.op == "fun" and u.args[0] == "exp" and u.args[1] == 0:
                return step("log-of-exp-elementwise", A=u.args[2])
            if u.op == "." and self.shown("positive", u.args[0]):
                return step("log-of-scaled-elementwise", a=u.args[0], A=u.args[1])
        if order == 0 and name == "sigmoid":
            return None
        return None

    def _log(self, u: Term) -> Found:
        if u.op == "dens":
            return step("log-of-gaussian-density", **dict(zip("xmA", u.args, strict=True)))
        if u == EULER:
            return step("log-of-e", a=u)
        if u.op == "#":
            return step("log-of-one", a=u) if u.args[0] == 1 else None
        if u.op == "^":
            if self.shown("positive", u.args[0]):
                return step("log-of-power", a=u.args[0], b=u.args[1])
            return None
        if u.op == "*":
            positive = tuple(arg for arg in u.args if self.shown("positive", arg))
            rest = tuple(arg for arg in u.args if arg not in positive)
            if (positive and len(rest) <= 1) or (positive and self.shown("positive", product_of(rest))):
                first = positive[0]
                others = product_of(tuple(arg for arg in u.args if arg is not first))
                if self.shown("positive", others):
                    return step("log-of-product", a=first, b=others)
        return None

    def _abs(self, u: Term) -> Found:
        if self.shown("non-negative", u):
            return step("absolute-value-of-positive", a=u)
        if u.op == "*":
            return step("absolute-value-of-product", a=u.args[0], b=product_of(tuple(u.args[1:])))
        if u.op == "^" and u.args[1] == number(-1):
            return step("absolute-value-of-reciprocal", a=u.args[0])
        return None

    def power(self, q: Term) -> Found:
        """Propose a step for a power: e^{b log a} = a^b."""
        base, exponent = q.args
        if base == EULER:
            for term in exponent.args if exponent.op == "+" else (exponent,):
                for place, factor in enumerate(factors_of(term)):
                    if factor.op == "fun" and factor.args[0] == "log" and factor.args[1] == 0:
                        rest = product_of(factors_of(term)[:place] + factors_of(term)[place + 1 :])
                        others = tuple(arg for arg in exponent.args if arg is not term) if exponent.op == "+" else ()
                        left = others[0] if len(others) == 1 else Term("+", others) if others else None
                        times: tuple[Any, ...] = ((EULER, left if left.op != "#" else left.args[0]),) if left else ()
                        return Step("exp-of-log", {"a": factor.args[2], "b": rest}, times=times)
        if base.op == "^" and base.args[1].op == "#":
            half = (
                Term("^", (base.args[0], number(base.args[1].args[0] / 2)))
                if base.args[1].args[0] != 2
                else base.args[0]
            )
            return step("root-of-square", a=half, b=exponent)
        if base.op == "fun" and base.args[0] == "abs" and exponent.op == "#" and exponent.args[0] == 2:
            return step("absolute-value-squared", a=base.args[2])
        return None


Method = Callable[[Any, Term], Found]


def _divides_by_total(factor: Term, index: Term) -> bool:
    """Whether a factor is a negative power of a sum over the range of an index, but not of the index itself."""
    return (
        factor.op == "^"
        and factor.args[0].op == "sum"
        and factor.args[1].op == "#"
        and bool(factor.args[1].args[0] < 0)
        and factor.args[0].args[0].args[1:] == index.args[1:]
        and not factor.has_index(index)
    )
