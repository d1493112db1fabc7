"""Derived terms as a person would write them: common factors taken out, parts of the question left as they were."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from typing import Any

from derive.kernel import Kernel
from derive.polynomial import Mono, Number, power_term, sort_key
from derive.term import ONE, Term, number, replace_index, transform

_MARK = "@difference "

Item = tuple[Number, Mono, tuple[Term, ...] | None]


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
                if _is_difference(original) and original not in self.differences:
                    self.differences.append(original)

    def present(self, term: Term) -> Term:
        """Return a canonical term as a person would write it."""
        return _without_units(self._present(term))

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
        count = self._content(items)
        if count != 1:
            rest: list[Item] = [(Fraction(c) / count, mono, word) for c, mono, word in items]
            return _times(number(count), self._sum(rest, like))
        over = self._common_index(items)
        counted = self._counted(items)
        if over is not None or counted is not None:
            ways = [] if over is None else [self._under_sum(items, over, like)]
            if counted is not None:
                ways.append(self._under_sum(items, counted, like, True))
                ways += [self._factored(items, like)] if over is None else []
            return min(ways, key=lambda way: len(way.key))
        return self._factored(items, like)

    def _factored(self, items: list[Item], like: Term) -> Term:
        """Write a sum with the factor that most of its terms share taken out."""
        factor = self._best_factor(items)
        if factor is None:
            return _total([self._item(item, like) for item in items])
        kind, value = factor
        inside: list[Item] = []
        outside: list[Item] = []
        for item in items:
            taken = _without(item, kind, value)
            (outside if taken is None else inside).append(item if taken is None else taken)
        inner = self._sum(inside, _inner_shape(kind, value, like))
        made = self._with_factor(kind, value, inner)
        return made if not outside else _total([made, *_terms(self._sum(outside, like))])

    def _known(self, items: list[Item], like: Term) -> Term | None:
        for sign in (1, -1):
            poly = {(mono, word): sign * count for count, mono, word in items}
            found = self.known.get(self.kernel.raw.term(poly, like.shape))
            if found is not None:
                return found if sign == 1 else _times(number(-1), found)
        return None

    def _with_differences(self, items: list[Item], like: Term) -> Term | None:
        """Write a sum in terms of a difference of vectors that the function is written in, if that is shorter."""
        poly = {(mono, word): count for count, mono, word in items}
        whole = self.kernel.raw.term(poly, like.shape)
        for original in [found for each in self.differences for found in _instances(each, whole)]:
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
                return Term("+", tuple(_with_indices(term, pairs) for term in (mark, *minus)))

            moved = self.kernel.raw.canon(transform(whole, change))
            again = self.kernel.raw.poly(transform(moved, _counted_ones))
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
            return _with_indices(original, list(zip(lead.args[3:], node.args[3:], strict=True)))

        return transform(term, change)

    def _content(self, items: list[Item]) -> Fraction:
        top, bottom = 0, 1
        for count, _, _ in items:
            top, bottom = gcd(top, abs(count.numerator)), bottom * count.denominator // gcd(bottom, count.denominator)
        sign = -1 if all(count < 0 for count, _, _ in items) else 1
        return Fraction(sign * top, bottom)

    # -- sums over an index ------------------------------------------------------------------------------------

    def _common_index(self, items: list[Item]) -> Any:
        """Return the range over which at least two terms are summed, if there is one."""
        ranges: dict[Any, int] = {}
        for item in items:
            sums = _sums(item)
            if len(sums) == 1:
                index, condition, _ = sums[0].args
                key = index.args[1:], condition.op, condition.key if condition.op == "cond" else ""
                ranges[key] = ranges.get(key, 0) + 1
        best = max(ranges, key=lambda key: ranges[key], default=None)
        return best if best is not None and ranges[best] > 1 and best[1] == "true" else None

    def _counted(self, items: list[Item]) -> Any:
        """Return the range of a sum whose length is a factor of another term: N a is a sum, too."""
        for item in items:
            for total in _sums(item):
                index, condition, _ = total.args
                length = _length(index)
                if condition.op == "true" and length and any((length, 1) in mono for _, mono, _ in items):
                    return index.args[1:], "true", ""
        return None

    def _under_sum(self, items: list[Item], over: Any, like: Term, counts: bool = False) -> Term:
        """Write the terms that are sums over a range as one; with ``counts`` also those with its length as a factor."""
        height = 50 + like.height
        while any(f"(ix %{height} " in base.key for item in items for base in _bases(item)):
            height += 1
        index = Term("ix", (f"%{height}", *over[0]))
        inside: list[Item] = []
        outside: list[Item] = []
        for item in items:
            sums = _sums(item)
            if len(sums) == 1 and sums[0].args[0].args[1:] == over[0] and sums[0].args[1].op == "true":
                inside += self._opened(item, sums[0], index)
            elif counts and not sums and (_length(index), 1) in item[1]:
                inside.append((item[0], tuple(f for f in item[1] if f != (_length(index), 1)), item[2]))
            else:
                outside.append(item)
        inner = self._sum(inside, like)
        scalar, body = (inner.args[0], inner.args[1]) if inner.op == "." else (None, inner)
        factors = [] if scalar is None else list(scalar.args if scalar.op == "*" else (scalar,))
        out = [factor for factor in factors if not factor.has_index(index)]
        kept = [factor for factor in factors if factor.has_index(index)]
        body = _times(_product(kept), body) if kept else body
        if body.op == "*" and body.shape is None:
            out = [factor for factor in body.args if not factor.has_index(index)]
            body = _product([factor for factor in body.args if factor.has_index(index)])
        made = Term("sum", (index, Term("true", ()), body))
        made = _times(_product(out), made) if out else made
        return made if not outside else _total([made, *_terms(self._sum(outside, like))])

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

    def _best_factor(self, items: list[Item]) -> tuple[str, Any] | None:
        votes: dict[tuple[str, Any], int] = {}
        for _, mono, word in items:
            found: set[tuple[str, Any]] = set()
            for base, exponent in mono:
                if not isinstance(exponent, Term) and exponent.denominator == 1:
                    found |= {("scalar", (base, power)) for power in _powers(int(exponent))}
                else:
                    found.add(("scalar", (base, exponent)))
            if word:
                found |= {("left", word[0]), ("right", word[-1])}
            for each in found:
                votes[each] = votes.get(each, 0) + 1
        best = max(votes, key=lambda key: (votes[key], key[0] != "scalar", str(key[1]), key[0]), default=None)
        return best if best is not None and votes[best] > 1 else None

    def _with_factor(self, kind: str, value: Any, inner: Term) -> Term:
        if kind == "scalar":
            return _times(self.present_power(*value), inner)
        letter = self.atom(value)
        scalar, array = (inner.args[0], inner.args[1]) if inner.op == "." else (None, inner)
        if array.op == "I":
            product = letter
        else:
            product = _word(letter, array) if kind == "left" else _word(array, letter)
        return product if scalar is None else _times(scalar, product)

    # -- single terms ------------------------------------------------------------------------------------------

    def _item(self, item: Item, like: Term) -> Term:
        count, mono, word = item
        factors = sorted((self.present_power(base, exponent) for base, exponent in mono), key=_rank)
        if word is None:
            return _product(([number(count)] if count != 1 or not factors else []) + factors)
        if len(word) == 1 and word[0].op == "sum":
            array: Term = self.atom(word[0])
        else:
            letters = [self.atom(letter) for letter in word]
            size = like.shape[0] if like.shape else ONE
            array = letters[0] if len(letters) == 1 else Term("@", tuple(letters)) if letters else Term("I", (size,))
        scalars = ([number(count)] if count != 1 else []) + factors
        return _times(_product(scalars), array) if scalars else array

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


def _bases(item: Item) -> list[Term]:
    return [*(base for base, _ in item[1]), *(e for _, e in item[1] if isinstance(e, Term)), *(item[2] or ())]


def _counted_ones(term: Term) -> Term | None:
    """Return the number of terms for a sum of ones."""
    if term.op == "sum" and term.args[1].op == "true" and term.args[2] == number(1):
        return _length(term.args[0])
    return None


def _length(index: Term) -> Term | None:
    """Return the number of values of an index as an atom, if it is one."""
    lower, upper = index.args[1:]
    if lower != ONE or len(upper) != 1 or upper[0][1] != 1 or len(upper[0][0]) != 1:
        return None
    return Term("s", (upper[0][0][0],))


def _without_units(term: Term) -> Term:
    """Return a term in which factors of shape 1 × 1 are numbers: x (a I) is a x."""
    args = tuple(_without_units(arg) if isinstance(arg, Term) and arg.op != "ix" else arg for arg in term.args)
    term = term if args == term.args else Term(term.op, args)
    if term.op != "@" or len(args) < 2 or term.shape == (ONE, ONE):
        return term
    numbers = [scalar for arg in args if arg.shape == (ONE, ONE) and (scalar := _as_number(arg)) is not None]
    if not numbers:
        return term
    rest = tuple(arg for arg in args if arg.shape != (ONE, ONE) or _as_number(arg) is None)
    return _times(_product(numbers), rest[0] if len(rest) == 1 else Term("@", rest))


def _as_number(term: Term) -> Term | None:
    """Return the number that a 1 × 1 array is written with, if it is written with one."""
    if term.op == "I":
        return number(1)
    if term.op == ".":
        inner = _as_number(term.args[1])
        return None if inner is None else _product([term.args[0], inner])
    if term.op == "+":
        parts = [_as_number(arg) for arg in term.args]
        return None if any(part is None for part in parts) else _total([part for part in parts if part is not None])
    return None


def _is_difference(term: Term) -> bool:
    """Whether a term is a sum of arrays that starts with a symbol of its own."""
    if term.op != "+" or term.shape is None or term.args[0].op not in ("M", "MM") or len(term.args) > 3:
        return False
    lead = term.args[0]
    return not any(lead.args[0] in rest.names for rest in term.args[1:])


def _instances(difference: Term, whole: Term) -> list[Term]:
    """Return a difference with the indices that its first symbol does not have set to those of a result."""
    lead = difference.args[0]
    found = [difference]
    for index in _indices(difference):
        if index in lead.args:
            continue
        others = [other for other in _indices(whole) if other.args[1:] == index.args[1:]]
        found = [replace_index(each, index, other) for each in found for other in others or [index]]
    return found


def _indices(term: Term) -> list[Term]:
    seen: dict[Term, None] = {}
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op == "ix":
            seen[node] = None
        else:
            stack.extend(arg for arg in node.args if isinstance(arg, Term))
    return list(seen)


def _with_indices(term: Term, pairs: list[tuple[Term, Term]]) -> Term:
    for old, new in pairs:
        if old.op == "ix":
            term = replace_index(term, old, new)
    return term


def _inner_shape(kind: str, value: Any, like: Term) -> Term:
    """Return a term of the shape that is left when a factor is taken out of a sum."""
    if kind == "scalar" or like.shape is None:
        return like
    rows, cols = like.shape
    return Term("0", (value.shape[1], cols) if kind == "left" else (rows, value.shape[0]))


def _powers(exponent: int) -> list[Fraction]:
    step = 1 if exponent > 0 else -1
    return [Fraction(power) for power in range(step, exponent + step, step)]


def _sums(item: Item) -> list[Term]:
    _, mono, word = item
    found = [base for base, exponent in mono if base.op == "sum" and exponent == 1]
    return found + [letter for letter in (word or ()) if letter.op == "sum"]


def _without(item: Item, kind: str, value: Any) -> Item | None:
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


def _terms(term: Term) -> list[Term]:
    return list(term.args) if term.op == "+" else [term]


def _rank(factor: Term) -> tuple[int, str]:
    """Return the place of a factor among scalars: numbers, symbols, traces, densities, sums."""
    base = factor.args[0] if factor.op == "^" and factor.args[0].op != "s" else factor
    return _RANKS.get(base.op, 3), factor.key


_OPAQUE = ("dens", "fun", "det", "inv", "^")
_RANKS = {"#": 0, "s": 1, "m": 1, "^": 1, "e": 2, "delta": 2, "dens": 5, "sum": 6}


def _total(terms: list[Term]) -> Term:
    flat = [part for term in terms for part in _terms(term)]
    return flat[0] if len(flat) == 1 else Term("+", tuple(flat))


def _product(factors: list[Term]) -> Term:
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


def _times(scalar: Term, term: Term) -> Term:
    if scalar == number(1):
        return term
    if term.shape is None:
        return _product([scalar, term])
    if term.op == ".":
        return _times(_product([scalar, term.args[0]]), term.args[1])
    return Term(".", (scalar, term))


def _word(*terms: Term) -> Term:
    return Term("@", tuple(part for term in terms for part in (term.args if term.op == "@" else (term,))))
