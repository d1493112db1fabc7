"""Steps for inverses and determinants of sums.

An inverse of a two-term sum is reduced to J = (I + w)⁻¹ for one word w of each class of cyclic rotations and
transposes, by taking an invertible term out and by (I + AB)⁻¹ = I - A (I + BA)⁻¹ B. Woodbury's identity,
Sherman–Morrison, push-through and Searle's identities then are equalities of normal forms, because both sides reduce
to the same J with J w = I - J. Determinants go the same way, by Sylvester's identity.
"""

from __future__ import annotations

from typing import Any

from derive.kernel import Step
from derive.normal.finder import FinderBase, Found, letters_of, step, word_key, word_of
from derive.polynomial import Mono, Number, product_term
from derive.term import ONE, Shape, Term, number, size

Item = tuple[Number, Mono, tuple[Term, ...]]


class Inverses(FinderBase):
    """Steps for inverses, determinants, and inverses inside words."""

    def items(self, term: Term) -> list[Item]:
        """Return a sum as coefficients and words."""
        return [(count, mono, word or ()) for (mono, word), count in self.kernel.poly(term).items()]

    # -- inverses ----------------------------------------------------------------------------------------------

    def inverse(self, q: Term) -> Found:
        """Propose a step for an inverse."""
        (a,) = q.args
        if a.op == "I":
            return step("inverse-of-identity", A=a)
        if a.op == "inv":
            return step("inverse-of-inverse", A=a.args[0])
        if a.op == ".":
            return step("inverse-of-scaled", a=a.args[0], A=a.args[1])
        if a.op == "kron":
            return step("inverse-of-kronecker", A=a.args[0], B=a.args[1]) if _squares(a.args) else None
        if a.op == "t" and a.args[0].op in ("M", "MM", "val"):
            return step("transpose-of-inverse", A=a.args[0])
        if a.op == "@":
            cut = _square_cut(a.args)
            return (
                step("inverse-of-product", A=word_of(a.args[:cut], None), B=word_of(a.args[cut:], None))
                if cut
                else None
            )
        if a.op == "blocks" and a.args[:2] == (2, 2):
            return self._of_blocks("block-inverse-by-", a)
        if self.shown("orthogonal", a):
            return step("inverse-of-orthogonal", Q=a)
        return self._of_sum(a, "inverse") if a.op == "+" else None

    def _of_blocks(self, name: str, a: Term) -> Found:
        blocks = dict(zip("ABCD", a.args[2:], strict=True))
        if any(block.shape is None for block in blocks.values()):
            return None
        for letter, end in (("D", "last"), ("A", "first")):
            if _squares((blocks[letter],)) and self.shown("invertible", blocks[letter]):
                return step(name + end, **blocks)
        return None

    def _of_sum(self, a: Term, kind: str) -> Found:
        if self.literal:
            return None
        items = self.items(a)
        identity = next((item for item in items if not item[2]), None)
        if identity is not None:
            return self._with_identity(a, items, identity, kind)
        best: tuple[Any, Term, Term] | None = None
        for item in items:
            pivot = product_term(item[1], item[2], a.shape, item[0])
            if len(items) != 2 or not self.shown("invertible", pivot):
                continue
            (other,) = [each for each in items if each is not item]
            rest = product_term(other[1], other[2], a.shape, other[0])
            cycle = self.kernel.canon(Term("@", (Term("inv", (pivot,)), rest)))
            word = letters_of(cycle.args[1] if cycle.op == "." else cycle)
            if cycle.op == "+":
                continue
            score = (min(len(word), 99), self._least_rotation(word))
            if best is None or score < best[0]:
                best = score, pivot, rest
        return None if best is None else step(f"{kind}-factor-out", A=best[1], B=best[2])

    def _least_rotation(self, word: tuple[Term, ...]) -> tuple[str, ...]:
        back = letters_of(self.kernel.canon(Term("t", (word_of(word, None),)))) if word else ()
        return min(word_key(each[k:] + each[:k]) for each in (word, back) for k in range(max(len(each), 1)))

    def _with_identity(self, a: Term, items: list[Item], identity: Item, kind: str) -> Found:
        count, mono, _ = identity
        if count != 1 or mono:
            scale = product_term(mono, None, None, count)
            if not self.shown("positive", scale) and not self.kernel.shown.is_nonzero(scale):
                return None
            inner = self.kernel.canon(Term(".", (Term("^", (scale, number(-1))), a)))
            return step(f"{kind}-of-scaled", a=scale, A=inner)
        others = [item for item in items if item[2]]
        if len(others) != 1:
            return None
        ((factor, scalars, word),) = others
        place, back = self._turn(word)
        if self._invertible(word) and all(self.kernel.shown.is_nonzero(b) for b, _ in scalars):
            other = tuple(_inverse(letter) for letter in reversed(word))
            if (len(other), self._least_rotation(other)) < (len(word), self._least_rotation(word)):
                return step(f"{kind}-complement", A=product_term(scalars, word, a.shape, factor))
        if back:
            return self._transposed(a, kind)
        if place == 0:
            return None
        head = product_term(scalars, word[:place], _shape(word[:place]), factor)
        return step(f"{kind}-rotate", A=head, B=word_of(word[place:], None))

    def _transposed(self, a: Term, kind: str) -> Found:
        back = self.kernel.canon(Term("t", (a,)))
        return step("transpose-of-inverse", A=back) if kind == "inverse" else step("determinant-of-transpose", A=a)

    def _turn(self, word: tuple[Term, ...]) -> tuple[int, bool]:
        """Return where to cut a word so that its rotation is the least, and whether to transpose it first."""
        back = letters_of(self.kernel.canon(Term("t", (word_of(word, None),))))
        best = (self._score(word, 0), False, 0)
        for place in range(1, len(word)):
            best = min(best, (self._score(word, place), False, place))
        if len(back) == len(word) and all(letter.op not in ("+", ".") for letter in back):
            for place in range(len(back)):
                best = min(best, (self._score(back, place), True, 0))
        return best[2], best[1]

    def _score(self, word: tuple[Term, ...], place: int) -> tuple[Any, ...]:
        turned = word[place:] + word[:place]
        size = turned[0].shape[0] if turned[0].shape else ONE
        return (size != ONE, self.moves(turned[0]), word_key(turned))

    # -- inverses in words -------------------------------------------------------------------------------------

    def inverse_in_word(self, word: tuple[Term, ...]) -> Found:
        """Propose a relation of an inverse of a sum with the letters beside it."""
        for place, letter in enumerate(word):
            if letter.op != "inv" or letter.args[0].op not in ("+", "@"):
                continue
            items = [item for item in self.items(letter.args[0]) if item[2]]
            if not items:
                continue
            found = self._lead(word, place, letter.args[0], items) or self._shifted(word, place, letter.args[0], items)
            if found is not None:
                return found
        return None

    def _lead(self, word: tuple[Term, ...], place: int, inner: Term, items: list[Item]) -> Found:
        usable = [item for item in items if all(self.kernel.shown.is_nonzero(b) for b, _ in item[1])]
        if not usable:
            return None
        lead = max((item[2] for item in usable), key=lambda w: (len(w), word_key(w)))
        size = len(lead)
        if word[place + 1 : place + 1 + size] == lead:
            return Step("inverse-left", {"A": inner}, word[:place], word[place + 1 + size :])
        if place >= size and word[place - size : place] == lead:
            return Step("inverse-right", {"A": inner}, word[: place - size], word[place + 1 :])
        return None

    def _shifted(self, word: tuple[Term, ...], place: int, inner: Term, items: list[Item]) -> Found:
        """Use (I + AB)⁻¹ A = B⁻¹ - (I + AB)⁻¹ B⁻¹, from the longer or larger word to the other."""
        if len(items) != 1 or len(self.kernel.poly(inner)) != 2 or ((), ()) not in self.kernel.poly(inner):
            return None
        ((count, mono, w),) = items
        if not all(self.kernel.shown.is_nonzero(b) for b, _ in mono):
            return None
        for cut in range(len(w) - 1, -1, -1):
            head, tail = w[:cut], w[cut:]
            if not (self._invertible(tail) and cut):
                break
            found = self._shift_right(word, place, inner, (count, mono), head, tail)
            if found is not None:
                return found
        for cut in range(1, len(w)):
            head, tail = w[:cut], w[cut:]
            if not self._invertible(head):
                break
            found = self._shift_left(word, place, inner, (count, mono), head, tail)
            if found is not None:
                return found
        return None

    def _invertible(self, letters: tuple[Term, ...]) -> bool:
        return all(_squares((letter,)) and self.shown("invertible", letter) for letter in letters)

    def _shift_right(self, word: Any, place: int, inner: Term, scale: Any, head: Any, tail: Any) -> Found:
        other = tuple(_inverse(letter) for letter in reversed(tail))
        big, small = (head, other) if len(head) > len(other) else (other, head)
        if word[place + 1 : place + 1 + len(big)] != big or len(big) < len(small):
            return None
        value = product_term(scale[1], head, _shape(head), scale[0])
        given = {"A": value, "B": word_of(tail, None)}
        return Step("inverse-shift-left", given, word[:place], word[place + 1 + len(big) :])

    def _shift_left(self, word: Any, place: int, inner: Term, scale: Any, head: Any, tail: Any) -> Found:
        other = tuple(_inverse(letter) for letter in reversed(head))
        big, small = (tail, other) if len(tail) > len(other) else (other, tail)
        if place < len(big) or word[place - len(big) : place] != big or len(big) < len(small):
            return None
        value = product_term(scale[1], head, _shape(head), scale[0])
        given = {"A": value, "B": word_of(tail, None)}
        return Step("inverse-shift-right", given, word[: place - len(big)], word[place + 1 :])

    # -- determinants ------------------------------------------------------------------------------------------

    def determinant(self, q: Term) -> Found:
        """Propose a step for a determinant."""
        (a,) = q.args
        if a.op == "@":
            cut = _square_cut(a.args)
            if cut:
                return step("determinant-of-product", A=word_of(a.args[:cut], None), B=word_of(a.args[cut:], None))
            back = self.kernel.canon(Term("t", (a,)))
            return (
                step("determinant-of-transpose", A=a)
                if back.op == "@" and word_key(back.args) < word_key(a.args)
                else None
            )
        if a.op == ".":
            return step("determinant-of-scaled", a=a.args[0], A=a.args[1])
        if a.op == "kron":
            return step("determinant-of-kronecker", A=a.args[0], B=a.args[1]) if _squares(a.args) else None
        if a.op == "blocks" and a.args[:2] == (2, 2):
            return self._of_blocks("block-determinant-by-", a)
        if a.op == "+" and a.shape == (size(2), size(2)) and self.kernel.poly(a).get(((), ())) == 1:
            rest = {product: count for product, count in self.kernel.poly(a).items() if product != ((), ())}
            return step("determinant-of-two", A=self.kernel.raw.term(rest, a.shape))
        if a.op == "+":
            return self._of_sum(a, "determinant")
        if a.op == "diag":
            return step("determinant-of-diagonal", x=a.args[0])
        if a.op == "mp":
            return step("determinant-of-power", A=a.args[0], p=a.args[1])
        name = {"I": "identity", "inv": "inverse", "t": "transpose"}.get(a.op)
        return None if name is None else step(f"determinant-of-{name}", A=a if a.op == "I" else a.args[0])


def _inverse(letter: Term) -> Term:
    if letter.op == "inv":
        inner: Term = letter.args[0]
        return inner
    if letter.op == "t" and letter.args[0].op == "inv":
        return Term("t", (letter.args[0].args[0],))
    return Term("t", (Term("inv", (letter.args[0],)),)) if letter.op == "t" else Term("inv", (letter,))


def _squares(terms: Any) -> bool:
    return all(term.shape is not None and term.shape[0] == term.shape[1] for term in terms)


def _square_cut(word: tuple[Term, ...]) -> int:
    """Return the first inner place where both parts of a square word are square, or 0."""
    size = word[0].shape[0] if word[0].shape else None
    return next((place for place in range(1, len(word)) if word[place].shape[0] == size), 0)  # type: ignore[index]


def _shape(word: tuple[Term, ...]) -> Shape:
    first, last = word[0].shape, word[-1].shape
    assert first is not None and last is not None
    return first[0], last[1]
