"""Steps for words: products of arrays, letter by letter."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derive.kernel import Step
from derive.normal.finder import FinderBase, Found, size_at, step, word_of
from derive.term import ONE, Term


class Words(FinderBase):
    """Steps for words of arrays."""

    def word(self, q: Term) -> Found:
        """Propose a step for a product of arrays."""
        word = tuple(q.args)
        return self.pairs(word) or self.inverse_in_word(word)

    def inverse_in_word(self, word: tuple[Term, ...]) -> Found:
        """Propose a relation of an inverse of a sum (`derive.normal.inverses`)."""
        raise NotImplementedError

    def pairs(self, word: tuple[Term, ...]) -> Found:
        """Propose a step for two neighbours in a word, or for a column at a diagonal matrix."""
        for place, (first, second) in enumerate(pairwise(word)):
            found = self._pair(first, second)
            if found is not None:
                return Step(found.rule, found.given, word[:place], word[place + 2 :])
        return self._vectors(word)

    def _pair(self, first: Term, second: Term) -> Found:
        if first.op == "inv" and first.args[0] == second:
            return step("inverse-left", A=second)
        if second.op == "inv" and second.args[0] == first:
            return step("inverse-right", A=first)
        if (first.op == "t" and second.op in ("t", "inv")) or (first.op == "inv" and second.op == "t"):
            found = self._transposed_pair(first, second)
            if found is not None:
                return found
        if first.op == "t" and first.args[0] == second and self.shown("orthogonal", second):
            return step("orthogonal-left", Q=second)
        if second.op == "t" and second.args[0] == first and self.shown("orthogonal", first):
            return step("orthogonal-right", Q=first)
        if first == second and self.shown("orthogonal", first) and self.shown("symmetric", first):
            return None
        if first.op == "kron" and second.op == "kron" and first.args[0].shape[1] == second.args[0].shape[0]:
            (a, b), (c, d) = first.args, second.args
            if b.shape[1] == d.shape[0]:
                return step("kronecker-mixed-product", A=a, B=b, C=c, D=d)
        if first.op == "kron" and second.op == "vec":
            return self._kron_vec(first, second)
        if first.op == "t" and first.args[0].op == "vec" and second.op == "kron":
            return None
        if first.op == "diag" and second.op == "diag" and not self.moves(first) and not self.moves(second):
            return step("diag-times-diag", x=first.args[0], y=second.args[0])
        if first.op == "blocks" or second.op == "blocks":
            return self._blocks(first, second)
        if "mp" in (first.op, second.op):
            return self._powers(first, second)
        return None

    def _transposed_pair(self, first: Term, second: Term) -> Found:
        # (A')^{-1} is written (A^{-1})' for symbols: A' (A^{-1})' = I
        if first.op == "t" and second.op == "t":
            a, b = first.args[0], second.args[0]
            if b.op == "inv" and b.args[0] == a:
                return step("inverse-right-transposed", A=a)
            if a.op == "inv" and a.args[0] == b:
                return step("inverse-left-transposed", A=b)
        return None

    def _kron_vec(self, first: Term, second: Term) -> Found:
        (b, a), x = first.args, second.args[0]
        if self.moves(x) or a.shape[1] != x.shape[0] or b.shape[1] != x.shape[1]:
            return None
        return step("vec-of-product", A=a, X=x, B=self.kernel.canon(Term("t", (b,))))

    def _blocks(self, first: Term, second: Term) -> Found:
        shape = [(t.args[0], t.args[1]) if t.op == "blocks" else None for t in (first, second)]
        blocks = [t.args[2:] if t.op == "blocks" else () for t in (first, second)]
        if any(block.shape is None for each in blocks for block in each):
            return None
        rule = _BLOCK_PRODUCTS.get((shape[0], shape[1]))
        if rule is None:
            return None
        name, one, two = rule
        given: dict[str, Any] = dict(zip(one, blocks[0] or (first,), strict=True))
        given.update(zip(two, blocks[1] or (second,), strict=True))
        if (
            shape[0]
            and shape[1]
            and [b.shape[1] for b in blocks[0][: shape[0][1]]] != [b.shape[0] for b in blocks[1][:: shape[1][1]]]
        ):
            return None
        return step(name, **given)

    def _powers(self, first: Term, second: Term) -> Found:
        if first.op == "mp" and second.op == "mp" and first.args[0] == second.args[0]:
            return step("product-of-powers", X=first.args[0], p=first.args[1], q=second.args[1])
        if first.op == "mp" and first.args[0] == second:
            return step("power-times-letter", X=second, p=first.args[1])
        if second.op == "mp" and second.args[0] == first:
            return step("letter-times-power", X=first, p=second.args[1])
        return None

    def _vectors(self, word: tuple[Term, ...]) -> Found:
        """Propose steps for a column behind, or a row before, a diagonal matrix: entry by entry."""
        for place, letter in enumerate(word):
            if letter.op != "diag":
                continue
            stop = _next_cut(word, place + 1, 1)
            after = word[place + 1 : stop]
            if stop and after and not any(self.moves(a) for a in after):
                return Step(
                    "diag-times-vector", {"x": letter.args[0], "y": word_of(after, None)}, word[:place], word[stop:]
                )
            start = _next_cut(word, place, -1)
            before = word[start:place] if start is not None else ()
            if before and not any(self.moves(a) for a in before):
                row = self.kernel.canon(Term("t", (word_of(before, None),)))
                if row.op not in (".", "+"):
                    return Step("row-times-diag", {"x": letter.args[0], "y": row}, word[:start], word[place + 1 :])
        return None


_BLOCK_PRODUCTS: dict[Any, tuple[str, str, str]] = {
    ((2, 2), (2, 2)): ("block-times-block", "ABCD", "EFGH"), ((2, 2), (2, 1)): ("block-times-stack", "ABCD", "EG"),
    ((1, 2), (2, 2)): ("row-times-block", "AB", "EFGH"), ((1, 2), (2, 1)): ("row-times-stack", "AB", "EG"),
    ((2, 1), (1, 2)): ("stack-times-row", "AB", "CD"),
    ((2, 1), None): ("stack-times-matrix", "AB", "E"), (None, (1, 2)): ("matrix-times-row", "E", "AB"),
}  # fmt: skip


def _next_cut(word: tuple[Term, ...], place: int, way: int) -> Any:
    """Return the next place from here where a size is one, or None."""
    while 0 <= place <= len(word):
        if size_at(word, place) == ONE:
            return place
        place += way
    return None
