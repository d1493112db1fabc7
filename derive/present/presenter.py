"""The presenter: rewrites canonical terms for reading."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from derive.kernel import Kernel
from derive.polynomial import power_term, sort_key
from derive.present.differences import counted_ones, instances, is_difference, with_indices
from derive.present.items import (
    Item,
    bases_of,
    best_factor,
    common_range,
    content,
    counted_range,
    inner_shape,
    length_of,
    sums_in,
    without,
)
from derive.present.writing import joined, product_of, rank, scaled, sum_of, terms_of, without_units
from derive.term import ONE, Term, number, replace_index, transform

_MARK = "@difference "
_OPAQUE = ("dens", "fun", "det", "inv", "^")


class Presenter:
    """Rewrites canonical terms for reading; what it returns is proved equal to them by whoever uses it.

    Parameters
    ----------
    kernel
        The kernel the terms are canonical in.
    originals
        Terms that may stand in a result as they are, such as the parts of the function that is differentiated.
    """

    def __init__(self, kernel: Kernel, originals: Iterable[Term] = ()) -> None:
        self.kernel = kernel
        self.known: dict[Term, Term] = {}
        self.marks: dict[str, tuple[Term, Term]] = {}
        self.differences: list[Term] = []
        for original in originals:
            if original.args and original.op not in ("s", "M", "m", "MM", "#", "I", "0", "1", "ix", "var"):
                bound = any("#" in name for name in original.names if name.startswith("index "))
                if not bound:
                    self.known.setdefault(kernel.canon(original), original)
                if original.op == "dens":
                    original = Term("+", (original.args[0], Term(".", (number(-1), original.args[1]))))
                if is_difference(original) and original not in self.differences:
                    self.differences.append(original)

    def present(self, term: Term) -> Term:
        """Return a canonical term as a person would write it."""
        return without_units(self._present(term))

    def _present(self, term: Term) -> Term:
        if term in self.known:
            return self.known[term]
        items = [(count, mono, word) for (mono, word), count in self.kernel.poly(term).items()]
        if not items:
            return term
        return self._sum(self._ordered(items), term)

    def _ordered(self, items: list[Item]) -> list[Item]:
        return sorted(items, key=lambda item: (item[0] < 0, sort_key(item[1:])))

    def _sum(self, items: list[Item], like: Term) -> Term:
        if len(items) == 1:
            return self._item(items[0], like)
        whole = self._known(items, like) or self._with_differences(items, like)
        if whole is not None:
            return whole
        count = content(items)
        if count != 1:
            rest: list[Item] = [(Fraction(c) / count, mono, word) for c, mono, word in items]
            return scaled(number(count), self._sum(rest, like))
        over = common_range(items)
        counted = counted_range(items)
        if over is not None or counted is not None:
            ways = [] if over is None else [self._under_sum(items, over, like)]
            if counted is not None:
                ways.append(self._under_sum(items, counted, like, True))
                ways += [self._factored(items, like)] if over is None else []
            return min(ways, key=lambda way: len(way.key))
        return self._factored(items, like)

    def _factored(self, items: list[Item], like: Term) -> Term:
        """Write a sum with the factor that most of its terms share taken out."""
        factor = best_factor(items)
        if factor is None:
            return sum_of([self._item(item, like) for item in items])
        kind, value = factor
        inside: list[Item] = []
        outside: list[Item] = []
        for item in items:
            taken = without(item, kind, value)
            (outside if taken is None else inside).append(item if taken is None else taken)
        inner = self._sum(inside, inner_shape(kind, value, like))
        made = self._with_factor(kind, value, inner)
        return made if not outside else sum_of([made, *terms_of(self._sum(outside, like))])

    def _known(self, items: list[Item], like: Term) -> Term | None:
        for sign in (1, -1):
            poly = {(mono, word): sign * count for count, mono, word in items}
            found = self.known.get(self.kernel.raw.term(poly, like.shape))
            if found is not None:
                return found if sign == 1 else scaled(number(-1), found)
        return None

    def _with_differences(self, items: list[Item], like: Term) -> Term | None:
        """Write a sum in terms of a difference of vectors that the function is written in, if that is shorter."""
        poly = {(mono, word): count for count, mono, word in items}
        whole = self.kernel.raw.term(poly, like.shape)
        for original in [found for each in self.differences for found in instances(each, whole)]:
            lead, rest = original.args[0], original.args[1:]
            if lead.args[0] not in whole.names:
                continue
            mark = Term(lead.op, (f"{_MARK}{lead.args[0]}", *lead.args[1:]))
            minus = [Term(".", (number(-1), term)) for term in rest]

            def change(node: Term, lead: Term = lead, mark: Term = mark, minus: list[Term] = minus) -> Term | None:
                if node.op in _OPAQUE:
                    return node
                if node.op != lead.op or node.args[0] != lead.args[0]:
                    return None
                if node == lead:
                    return Term("+", (mark, *minus))
                if lead.op != "MM":
                    return None
                pairs = list(zip(lead.args[3:], node.args[3:], strict=True))
                return Term("+", tuple(with_indices(term, pairs) for term in (mark, *minus)))

            moved = self.kernel.raw.canon(transform(whole, change))
            again = self.kernel.raw.poly(transform(moved, counted_ones))
            if 0 < len(again) < len(items) or (len(again) == 1 < len(items)):
                self.marks[mark.args[0]] = lead, original
                shorter = self._ordered([(count, mono, word) for (mono, word), count in again.items()])
                return self._unmarked(self._sum(shorter, like))
        return None

    def _unmarked(self, term: Term) -> Term:
        """Put the differences back in place of their marks."""

        def change(node: Term) -> Term | None:
            if node.op not in ("M", "MM") or node.args[0] not in self.marks:
                return None
            lead, original = self.marks[node.args[0]]
            return with_indices(original, list(zip(lead.args[3:], node.args[3:], strict=True)))

        return transform(term, change)

    # -- sums over an index ------------------------------------------------------------------------------------

    def _under_sum(self, items: list[Item], over: Any, like: Term, counts: bool = False) -> Term:
        """Write the terms that are sums over a range as one; with ``counts`` also those with its length as a factor."""
        height = 50 + like.height
        while any(f"(ix %{height} " in base.key for item in items for base in bases_of(item)):
            height += 1
        index = Term("ix", (f"%{height}", *over[0]))
        inside: list[Item] = []
        outside: list[Item] = []
        for item in items:
            sums = sums_in(item)
            if len(sums) == 1 and sums[0].args[0].args[1:] == over[0] and sums[0].args[1].op == "true":
                inside += self._opened(item, sums[0], index)
            elif counts and not sums and (length_of(index), 1) in item[1]:
                inside.append((item[0], tuple(f for f in item[1] if f != (length_of(index), 1)), item[2]))
            else:
                outside.append(item)
        inner = self._sum(inside, like)
        scalar, body = (inner.args[0], inner.args[1]) if inner.op == "." else (None, inner)
        factors = [] if scalar is None else list(scalar.args if scalar.op == "*" else (scalar,))
        out = [factor for factor in factors if not factor.has_index(index)]
        kept = [factor for factor in factors if factor.has_index(index)]
        body = scaled(product_of(kept), body) if kept else body
        if body.op == "*" and body.shape is None:
            out = [factor for factor in body.args if not factor.has_index(index)]
            body = product_of([factor for factor in body.args if factor.has_index(index)])
        made = Term("sum", (index, Term("true", ()), body))
        made = scaled(product_of(out), made) if out else made
        return made if not outside else sum_of([made, *terms_of(self._sum(outside, like))])

    def _opened(self, item: Item, found: Term, index: Term) -> list[Item]:
        count, mono, word = item
        body = replace_index(found.args[2], found.args[0], index)
        opened = []
        rest = tuple(f for f in mono if f[0] is not found)
        for (inner, letters), factor in self.kernel.raw.poly(body).items():
            merged = tuple(sorted((*rest, *inner), key=lambda f: f[0].key))
            opened.append((count * factor, merged, letters if word and word[0] is found else word))
        return opened

    # -- common factors ----------------------------------------------------------------------------------------

    def _with_factor(self, kind: str, value: Any, inner: Term) -> Term:
        if kind == "scalar":
            return scaled(self.present_power(*value), inner)
        letter = self.atom(value)
        scalar, array = (inner.args[0], inner.args[1]) if inner.op == "." else (None, inner)
        if array.op == "I":
            product = letter
        else:
            product = joined(letter, array) if kind == "left" else joined(array, letter)
        return product if scalar is None else scaled(scalar, product)

    # -- single terms ------------------------------------------------------------------------------------------

    def _item(self, item: Item, like: Term) -> Term:
        count, mono, word = item
        factors = sorted((self.present_power(base, exponent) for base, exponent in mono), key=rank)
        if word is None:
            return product_of(([number(count)] if count != 1 or not factors else []) + factors)
        if len(word) == 1 and word[0].op == "sum":
            array: Term = self.atom(word[0])
        else:
            letters = [self.atom(letter) for letter in word]
            size = like.shape[0] if like.shape else ONE
            array = letters[0] if len(letters) == 1 else Term("@", tuple(letters)) if letters else Term("I", (size,))
        scalars = ([number(count)] if count != 1 else []) + factors
        return scaled(product_of(scalars), array) if scalars else array

    def present_power(self, base: Term, exponent: Any) -> Term:
        """Return a power of an atom for reading."""
        whole = power_term(base, exponent)
        if whole in self.known:
            return self.known[whole]
        shown = self.present(exponent) if isinstance(exponent, Term) else exponent
        return power_term(self.atom(base), shown)

    def atom(self, term: Term) -> Term:
        """Return an atom for reading: its arguments presented, a trace of vectors as a product of them."""
        if term in self.known:
            return self.known[term]
        if term.op == "sum":
            index, condition, body = term.args
            return Term("sum", (index, condition, self.present(body)))
        if term.op == "tr" and term.args[0].op == "@":
            return self._trace(term.args[0].args)
        if term.op in ("s", "M", "m", "MM", "#", "I", "0", "1", "ix", "delta", "e", "unit"):
            return term
        if term.op == "+":
            return self.present(term)
        plain = ("ix", "var", "true", "cond")
        return Term(
            term.op, tuple(self.present(a) if isinstance(a, Term) and a.op not in plain else a for a in term.args)
        )

    def _trace(self, word: tuple[Term, ...]) -> Term:
        for place, letter in enumerate(word):
            if letter.shape is not None and letter.shape[0] == ONE:
                turned = word[place:] + word[:place]
                return Term("tr", (Term("@", tuple(self.atom(each) for each in turned)),))
        letters = tuple(self.atom(each) for each in word)
        return Term("tr", (Term("@", letters),))
