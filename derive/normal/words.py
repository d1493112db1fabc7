"""Steps for products of arrays, transposes, traces, Hadamard and Kronecker products, diagonals and vec."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derive.kernel import Step
from derive.normal.finder import FinderBase, Found, is_vector, letters_of, step, word_of
from derive.term import ONE, Term


class Words(FinderBase):
    """Steps for words of arrays and for what is applied to them."""

    # -- products ----------------------------------------------------------------------------------------------

    def word(self, q: Term) -> Found:
        """Propose a step for a product of arrays."""
        word = tuple(q.args)
        return self._pairs(word) or self.inverse_in_word(word)

    def inverse_in_word(self, word: tuple[Term, ...]) -> Found:
        """Propose a relation of an inverse of a sum (`derive.normal.inverses`)."""
        raise NotImplementedError

    def _pairs(self, word: tuple[Term, ...]) -> Found:
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

    def _columns(self, column: Term, row: Term, a: Term) -> Found:
        """Propose a step for the inner product of two columns, tr(column rowᵀ)."""
        if self.moves(row) or self.moves(column):
            moving, fixed = (column, row) if self.moves(column) else (row, column)
            if moving.op not in ("dg", "vec"):
                return None
            return self._moving_column(moving, fixed) if moving is column else step("trace-of-transpose", A=a)
        found = self._inner_product(column, row)
        if found is None and self._inner_product(row, column) is not None:
            return step("trace-of-transpose", A=a)
        return found

    def _inner_product(self, column: Term, row: Term) -> Found:
        if row.op == "1" and column.op == "1":
            return step("inner-product-of-ones", x=column)
        if row.op == "1" and column.op == "had" and len(column.args) == 2:
            return step("hadamard-sum", x=column.args[0], y=column.args[1])
        if row.op == "1" and column.op == "dg":
            return step("ones-times-diagonal", A=column.args[0])
        if column.op == "had" and row.op != "1":
            rest = column.args[1] if len(column.args) == 2 else Term("had", column.args[1:])
            return step("hadamard-of-vectors-sum", y=row, x=column.args[0], z=rest)
        if row.op == "vec" and column.op == "vec":
            return step("vec-inner-product", A=row.args[0], B=column.args[0])
        return None

    def _moving_column(self, moving: Term, fixed: Term) -> Found:
        if moving.op == "dg":
            return step("trace-with-diagonal", x=fixed, A=moving.args[0])
        if fixed.op == "vec":
            return step("vec-inner-product", A=fixed.args[0], B=moving.args[0])
        return step("inner-product-with-vec", w=fixed, X=moving.args[0])

    # -- transposes --------------------------------------------------------------------------------------------

    def transpose(self, q: Term) -> Found:
        """Propose a step for a transpose."""
        (a,) = q.args
        if a.op == "inv":
            if a.args[0].op in ("M", "MM", "val", "blocks") and not self.shown("symmetric", a.args[0]):
                return None
            return step("transpose-of-inverse", A=a.args[0])
        if a.op == "blocks":
            return self._transpose_of_blocks(a)
        if a.op == "@":
            return step("transpose-of-product", A=a.args[0], B=word_of(a.args[1:], None))
        if a.op in ("had", "kron"):
            if a.op == "had" and is_vector(a):
                return None
            rest = a.args[1] if len(a.args) == 2 else Term(a.op, a.args[1:])
            return step(f"transpose-of-{'hadamard' if a.op == 'had' else 'kronecker'}", A=a.args[0], B=rest)
        if a.op == "fun" and not is_vector(a):
            return step("transpose-of-function", A=a.args[2], f=(a.args[0], a.args[1]))
        if a.op == "mp":
            return step("transpose-of-power", A=a.args[0], p=a.args[1])
        rule = {
            "I": ("transpose-of-identity", "A", a),
        }.get(a.op)
        if rule is not None:
            return step(rule[0], **{rule[1]: rule[2]})
        if a.op == "diag":
            return step("transpose-of-diag", x=a.args[0])
        if a.shape[0] == a.shape[1] and self.shown("symmetric", a):
            return step("transpose-of-symmetric", A=a)
        return None

    def _transpose_of_blocks(self, a: Term) -> Found:
        name, letters = {
            (2, 2): ("transpose-of-block", "ABCD"),
            (2, 1): ("transpose-of-stack", "AB"),
            (1, 2): ("transpose-of-row", "AB"),
        }.get(a.args[:2], (None, ""))
        if name is None or any(block.shape is None for block in a.args[2:]):
            return None
        return step(name, **dict(zip(letters, a.args[2:], strict=True)))

    # -- traces ------------------------------------------------------------------------------------------------

    def trace(self, q: Term) -> Found:
        """Propose a step for a trace."""
        (a,) = q.args
        if a.op == "I":
            return step("trace-of-identity", A=a)
        if a.op == "kron":
            return step("trace-of-kronecker", A=a.args[0], B=a.args[1])
        if a.op == "diag":
            return step("trace-of-diag", x=a.args[0])
        if a.op == "blocks" and a.args[:2] == (2, 2):
            return step("trace-of-block", **dict(zip("ABCD", a.args[2:], strict=True)))
        if a.op == "had" and not is_vector(a) and self.moves(a):
            rest = a.args[1] if len(a.args) == 2 else Term("had", a.args[1:])
            return step("trace-of-plain-hadamard", A=a.args[0], B=rest)
        word = letters_of(a)
        if self.by_entries and not self.moves(a) and a.shape != (ONE, ONE):
            return step("trace-as-sum", A=a)
        if len(word) == 1:
            turned = letters_of(self.kernel.canon(Term("t", (a,))))
            shorter = len(turned) == 1 and turned[0].key < a.key and turned[0].op not in ("+", ".")
            return step("trace-of-transpose", A=a) if shorter else None
        return self._trace_of_word(word, a)

    def _trace_of_word(self, word: tuple[Term, ...], a: Term) -> Found:
        if len(word) == 2 and is_vector(word[0]) and word[1].op == "t":
            found = self._columns(word[0], word[1].args[0], a)
            if found is not None:
                return found
        if any(self.moves(letter) for letter in word):
            return self._moving(word, a)
        for place, letter in enumerate(word):
            if letter.op == "diag":
                if place:
                    return _rotated(word, place)
                if len(word) > 1:
                    return step("trace-of-diag-product", x=letter.args[0], A=word_of(word[1:], None))
        for place in range(1, len(word)):
            turned = word[place:] + word[:place]
            if _size_at(turned, 0) != ONE and self.word_rewrites(turned, a.shape):
                return _rotated(word, place)
        return self._least(word, a)

    def word_rewrites(self, word: tuple[Term, ...], shape: Any) -> bool:
        """Whether a step is known for a rotation of a trace's word, other than for the 1 × 1 parts it always has."""
        term = Term("@", word)
        if self.kernel.memo.get(term) is not None and term in self.kernel.answers:
            return self.kernel.answers[term] is not None
        return (self._pairs(word) or self.inverse_in_word(word)) is not None

    def _least(self, word: tuple[Term, ...], a: Term) -> Found:
        back = letters_of(self.kernel.canon(Term("t", (a,))))
        best, rule = _key(word), None
        for place in range(len(word)):
            turned = word[place:] + word[:place]
            if _size_at(turned, 0) != ONE and _key(turned) < best:
                best, rule = _key(turned), place
        if len(back) == len(word) and not any(letter.op in ("+", ".") for letter in back):
            for place in range(len(back)):
                turned = back[place:] + back[:place]
                if _size_at(turned, 0) != ONE and _key(turned) < best:
                    return step("trace-of-transpose", A=a)
        return None if rule is None else _rotated(word, rule)

    def _moving(self, word: tuple[Term, ...], a: Term) -> Found:
        """Bring what changes to the end of the trace, untransposed and bare."""
        places = [place for place, letter in enumerate(word) if self.moves(letter)]
        if len(places) != 1:
            return None
        (place,) = places
        if word[place].op == "t" and word[place].args[0].op not in ("M", "MM"):
            return step("trace-of-transpose", A=a)
        if word[place].op in ("M", "MM", "t"):
            return None
        if place != len(word) - 1 and _size_at(word, place + 1) != ONE:
            return _rotated(word, place + 1)
        last, before = word[-1], word_of(word[:-1], None)
        if last.op == "had" and is_vector(last):
            return None
        if last.op == "had":
            moving = next((arg for arg in last.args if self.moves(arg)), None)
            others = tuple(arg for arg in last.args if arg is not moving)
            other = others[0] if len(others) == 1 else Term("had", others)
            return step("trace-of-hadamard", C=before, A=other, B=moving)
        if last.op == "kron" and len(word) > 1:
            return step("trace-with-kronecker", A=before, B=last)
        if last.op == "diag":
            return step("trace-of-product-diag", A=before, x=last.args[0])
        return None

    # -- entry by entry ----------------------------------------------------------------------------------------

    def hadamard(self, q: Term) -> Found:
        """Propose a step for a Hadamard product."""
        for place, arg in enumerate(q.args):
            others = q.args[:place] + q.args[place + 1 :]
            other = others[0] if len(others) == 1 else Term("had", others)
            if arg.op == "1":
                return step("hadamard-with-one-vector", x=other)
            if arg.op == "I" and not self.moves(q):
                return step("hadamard-with-identity", A=other)
            if is_vector(q) and self.moves(arg) and not self.moves(other):
                return step("diag-times-vector", x=other, y=arg)
            cut = _thin(arg)
            if cut and not is_vector(q) and not self.moves(arg):
                left, right = arg.args[:cut], arg.args[cut:]
                row = self.kernel.canon(Term("t", (word_of(right, None),)))
                if row.op not in ("+", "."):
                    return step("hadamard-with-outer", A=other, x=word_of(left, None), y=row)
        return None

    def kronecker(self, q: Term) -> Found:
        """Propose a step for a Kronecker product."""
        a, b = q.args
        if is_vector(a) and is_vector(b) and self.moves(a) is not self.moves(b):
            return step("kronecker-from-left" if self.moves(b) else "kronecker-from-right", a=a, b=b)
        if a.op == "I" and b.op == "I":
            return step("kronecker-of-identities", A=a, B=b)
        return None

    def diagonal_matrix(self, q: Term) -> Found:
        """Propose a step for the diagonal matrix of a vector."""
        return step("diag-of-ones", x=q.args[0]) if q.args[0].op == "1" else None

    def diagonal(self, q: Term) -> Found:
        """Propose a step for the diagonal of a matrix."""
        (a,) = q.args
        if self.jacobian and self.moves(a):
            return step("diagonal-by-vec", A=a)
        if a.op == "diag":
            return step("diagonal-of-diag", x=a.args[0])
        if a.op == "I":
            return step("diagonal-of-identity", A=a)
        if a.op == "t":
            return step("diagonal-of-transpose", A=a.args[0])
        if a.op != "@":
            return None
        if a.args[0].op == "diag":
            return step("diagonal-of-diag-product", x=a.args[0].args[0], A=word_of(a.args[1:], None))
        if a.args[-1].op == "diag":
            return step("diagonal-of-product-diag", x=a.args[-1].args[0], A=word_of(a.args[:-1], None))
        cut = _thin(a)
        if cut:
            row = self.kernel.canon(Term("t", (word_of(a.args[cut:], None),)))
            if row.op not in ("+", "."):
                return step("diagonal-of-outer", x=word_of(a.args[:cut], None), y=row)
        back = self.kernel.canon(Term("t", (a,)))
        if back.op == "@" and _key(back.args) < _key(a.args):
            return step("diagonal-of-transpose", A=back)
        return None

    def vec(self, q: Term) -> Found:
        """Propose a step for vec."""
        (a,) = q.args
        places = [k for k, letter in enumerate(a.args) if self.moves(letter)] if a.op == "@" else []
        if is_vector(a) and not (
            len(places) == 1 and not is_vector(a.args[places[0]]) and a.args[places[0]].op != "kron"
        ):
            return step("vec-of-vector", x=a)
        if a.op == "t" and self.moves(a):
            return step("vec-of-transpose", X=a.args[0])
        if a.op == "kron" and self.moves(a):
            return step("vec-of-kronecker", A=a.args[0], B=a.args[1])
        if a.op == "diag" and self.moves(a):
            return step("vec-of-diag", x=a.args[0])
        if len(places) == 1:
            (place,) = places
            before, after, last = a.args[:place], a.args[place + 1 :], a.args[place]
            left = word_of(before, last.shape[0])
            right = word_of(after, last.shape[1])
            return step("vec-of-product", A=left, X=last, B=right)
        if a.op == "had" and self.moves(a):
            rest = a.args[1] if len(a.args) == 2 else Term("had", a.args[1:])
            return step("vec-of-hadamard", A=a.args[0], B=rest)
        cut = _thin(a)
        if cut and not self.moves(a):
            row = self.kernel.canon(Term("t", (word_of(a.args[cut:], None),)))
            if row.op not in ("+", "."):
                return step("vec-of-outer", a=word_of(a.args[:cut], None), b=row)
        return None


_BLOCK_PRODUCTS: dict[Any, tuple[str, str, str]] = {
    ((2, 2), (2, 2)): ("block-times-block", "ABCD", "EFGH"), ((2, 2), (2, 1)): ("block-times-stack", "ABCD", "EG"),
    ((1, 2), (2, 2)): ("row-times-block", "AB", "EFGH"), ((1, 2), (2, 1)): ("row-times-stack", "AB", "EG"),
    ((2, 1), (1, 2)): ("stack-times-row", "AB", "CD"),
    ((2, 1), None): ("stack-times-matrix", "AB", "E"), (None, (1, 2)): ("matrix-times-row", "E", "AB"),
}  # fmt: skip


def _rotated(word: tuple[Term, ...], place: int) -> Step:
    return step("trace-of-product-cyclic", A=word_of(word[:place], None), B=word_of(word[place:], None))


def _key(word: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(letter.key for letter in word)


def _size_at(word: tuple[Term, ...], place: int) -> Any:
    shape = word[place].shape if place < len(word) else word[-1].shape
    assert shape is not None
    return shape[0] if place < len(word) else shape[1]


def _next_cut(word: tuple[Term, ...], place: int, way: int) -> Any:
    """Return the next place from here where a size is one, or None."""
    while 0 <= place <= len(word):
        if _size_at(word, place) == ONE:
            return place
        place += way
    return None


def _thin(term: Term) -> int:
    """Return the first inner place of a word where its parts are a column and a row, or 0."""
    if term.op != "@":
        return 0
    return next((place for place in range(1, len(term.args)) if _size_at(term.args, place) == ONE), 0)
