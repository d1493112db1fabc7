"""TRUSTED: linear and multilinear operators, sums over an index, values at a symbol."""

from __future__ import annotations

from typing import Any, ClassVar

from derive.kernel.arithmetic import fresh_index
from derive.kernel.powers import Powers
from derive.kernel.steps import Rejected
from derive.polynomial import UNIT, Exponent, Mono, Poly, add_into, atom, constant, product_term
from derive.term import ONE, Term, number, replace_index, substitute


class Operators(Powers):
    """Operators: sums and scalars are taken out of their arguments, sums over an index as well."""

    read: ClassVar = {
        **Powers.read, "t": "_linear", "tr": "_linear", "vec": "_linear", "diag": "_linear", "dg": "_linear",
        "d": "_linear", "had": "_multilinear", "kron": "_multilinear", "sum": "_index_sum", "at": "_at",
    }  # fmt: skip

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
            fresh = fresh_index(index, (body, *before))
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
            leaf = self._differential_of_leaf(before[0], inner)
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
                fresh = fresh_index(index, (*terms, body))
                args = (*terms[:place], replace_index(body, index, fresh), *terms[place + 1 :])
                return self.poly(Term("sum", (fresh, replace_index(condition, index, fresh), Term(op, args))))
        return self.asked(Term(op, terms))

    # -- sums over an index ------------------------------------------------------------------------------------

    def _index_sum(self, term: Term) -> Poly:
        index, condition, body = term.args
        taken = body.key + condition.key
        free = Term("ix", (next(f"~{k}" for k in range(99) if f"(ix ~{k} " not in taken), *index.args[1:]))
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

    def _differential_of_leaf(self, variables: Term, leaf: Term) -> Term | None:
        """Return the differential of what varies itself or not at all, or None."""
        raise NotImplementedError


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


def names_of(factor: tuple[Term, Exponent]) -> frozenset[str]:
    """Return the names in a power."""
    base, exponent = factor
    return base.names | exponent.names if isinstance(exponent, Term) else base.names


def _mentions(factor: tuple[Term, Exponent], index: Term) -> bool:
    return "index " + index.args[0] in names_of(factor)


def _key(term: Term) -> str:
    return term.key


def _differentiates(term: Term, name: str) -> bool:
    if name not in term.names:
        return False
    return term.op in ("d", "grad", "jac", "part") or any(
        _differentiates(arg, name) for arg in term.args if isinstance(arg, Term)
    )
