"""Steps for entries, and for what is defined entry by entry: Hadamard and Kronecker products, diagonals and vec."""

from __future__ import annotations

from derive.normal.finder import FinderBase, Found, is_vector, step, thin_place, word_key, word_of
from derive.term import ONE, Term


class Entries(FinderBase):
    """Steps for entries and for what is defined entry by entry."""

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
            cut = thin_place(arg)
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
        cut = thin_place(a)
        if cut:
            row = self.kernel.canon(Term("t", (word_of(a.args[cut:], None),)))
            if row.op not in ("+", "."):
                return step("diagonal-of-outer", x=word_of(a.args[:cut], None), y=row)
        back = self.kernel.canon(Term("t", (a,)))
        if back.op == "@" and word_key(back.args) < word_key(a.args):
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
        cut = thin_place(a)
        if cut and not self.moves(a):
            row = self.kernel.canon(Term("t", (word_of(a.args[cut:], None),)))
            if row.op not in ("+", "."):
                return step("vec-of-outer", a=word_of(a.args[:cut], None), b=row)
        return None
