"""Steps for transposes and traces."""

from __future__ import annotations

from typing import Any

from derive.kernel import Step
from derive.normal.finder import Found, is_vector, letters_of, size_at, step, word_key, word_of
from derive.normal.words import Words
from derive.term import ONE, Term


class Traces(Words):
    """Steps for transposes and traces; the word of a trace is one for `Words`, however it is rotated."""

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
            if size_at(turned, 0) != ONE and self.word_rewrites(turned, a.shape):
                return _rotated(word, place)
        return self._least(word, a)

    def word_rewrites(self, word: tuple[Term, ...], shape: Any) -> bool:
        """Whether a step is known for a rotation of a trace's word, other than for the 1 × 1 parts it always has."""
        term = Term("@", word)
        if self.kernel.memo.get(term) is not None and term in self.kernel.answers:
            return self.kernel.answers[term] is not None
        return (self.pairs(word) or self.inverse_in_word(word)) is not None

    def _least(self, word: tuple[Term, ...], a: Term) -> Found:
        back = letters_of(self.kernel.canon(Term("t", (a,))))
        best, rule = word_key(word), None
        for place in range(len(word)):
            turned = word[place:] + word[:place]
            if size_at(turned, 0) != ONE and word_key(turned) < best:
                best, rule = word_key(turned), place
        if len(back) == len(word) and not any(letter.op in ("+", ".") for letter in back):
            for place in range(len(back)):
                turned = back[place:] + back[:place]
                if size_at(turned, 0) != ONE and word_key(turned) < best:
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
        if place != len(word) - 1 and size_at(word, place + 1) != ONE:
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


def _rotated(word: tuple[Term, ...], place: int) -> Step:
    return step("trace-of-product-cyclic", A=word_of(word[:place], None), B=word_of(word[place:], None))
