"""TRUSTED: side conditions, from what is declared and from what the claim itself divides by.

Three answers would be honest (true, false, unknown); only *shown* counts, so that unknown is never taken for true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.polynomial import EULER
from derive.term import ONE, Term, rename

PI = Term("s", ("@pi",))

_INVERTIBLE = frozenset(("invertible", "positive definite", "orthogonal"))
_SYMMETRIC = frozenset(("symmetric", "positive semidefinite", "positive definite", "diagonal"))
_SEMIDEFINITE = frozenset(("positive semidefinite", "positive definite"))


class Shown:
    """What can be shown of canonical terms.

    Parameters
    ----------
    facts
        What is declared of each symbol, in the words of `derive.facts.Fact`.
    canon
        The canonical form of arithmetic.
    """

    def __init__(self, facts: Mapping[str, frozenset[str]], canon: Callable[[Term], Term]) -> None:
        self.facts = facts
        self.canon = canon
        self.defined: set[Term] = set()
        self.positive: set[Term] = set()
        self.nonnegative: set[Term] = set()

    def define(self, kind: str, term: Term) -> None:
        """Take note that a claim inverts an array, divides by a scalar, or takes a root or a logarithm of it."""
        known = {"positive": self.positive, "nonnegative": self.nonnegative}
        known.get(kind, self.defined).add(term)
        if term.op == "t":
            self.define(kind, term.args[0])
        if kind == "invertible" and term.op in (".", "@") and all(a.shape is None or is_square(a) for a in term.args):
            for arg in term.args:
                self.define("invertible" if arg.shape is not None else "nonzero", arg)
        if kind == "nonzero" and term.op == "*":
            for arg in term.args:
                self.define("nonzero", arg)
        if kind in ("nonzero", "positive") and term.op == "det":
            self.define("invertible", term.args[0])
        if kind in ("nonzero", "positive") and term.op == "fun" and term.args[:2] == ("abs", 0):
            self.define("nonzero", term.args[2])
        if kind == "nonzero" and term.op == "^":
            self.define("nonzero", term.args[0])
        if kind == "positive":
            self.define("nonzero", term)

    def is_defined(self, kind: str, term: Term) -> bool:
        """Whether a term may be inverted, divided by, or be given to a logarithm."""
        term = self.canon(term)
        if kind in ("positive", "nonnegative"):
            return self.is_positive(term) if kind == "positive" else self.is_nonnegative(term)
        return self.is_invertible(term) if kind == "invertible" else self.is_nonzero(term)

    def is_shown(self, condition: str, term: Term) -> bool:
        """Whether a condition from the vocabulary of declarations is shown of a term."""
        test = {
            "symmetric": self.is_symmetric,
            "positive semidefinite": self.is_semidefinite,
            "positive definite": self.is_definite,
            "invertible": self.is_invertible,
            "positive": self.is_positive,
            "non-negative": self.is_nonnegative,
            "orthogonal": self.is_orthogonal,
            "diagonal": self.is_diagonal,
            "natural": self.is_natural,
        }.get(condition)
        return test is not None and test(self.canon(term))

    def _declared(self, term: Term) -> frozenset[str]:
        if term.op == "val" and term.args[3]:  # the derivatives of a curve keep its linear structure only
            known = self.facts.get(term.args[0], frozenset())
            return known & {"diagonal"} | ({"symmetric"} if known & _SYMMETRIC else frozenset())
        return self.facts.get(term.args[0], frozenset()) if term.op in ("s", "m", "M", "MM", "val") else frozenset()

    def is_symmetric(self, term: Term) -> bool:
        """Whether a matrix equals its transpose."""
        if term.op in ("I", "diag") or (term.shape is not None and term.shape[0] == term.shape[1] and term.op in "01"):
            return True
        if self._declared(term) & {"symmetric", "positive semidefinite", "positive definite", "diagonal"}:
            return True
        if term.op in ("inv", "mp"):
            return self.is_symmetric(term.args[0])
        if term.op in ("+", "had", "kron"):
            return all(self.is_symmetric(arg) for arg in term.args)
        if term.op == ".":
            return self.is_symmetric(term.args[1])
        if term.op == "sum":
            return self.is_symmetric(term.args[2])
        if term.op == "@":
            return all(self._transposes(a, b) for a, b in zip(term.args, reversed(term.args), strict=True))
        return False

    def _transposes(self, first: Term, second: Term) -> bool:
        if first.op == "t" or second.op == "t":
            return (first.op == "t" and first.args[0] == second) or (second.op == "t" and second.args[0] == first)
        return first == second and self.is_symmetric(first)

    def is_definite(self, term: Term) -> bool:
        """Whether a matrix is positive definite."""
        if term.op == "I" or "positive definite" in self._declared(term):
            return True
        if term.op == "inv":
            return self.is_definite(term.args[0])
        if term.op == ".":
            return self.is_positive(term.args[0]) and self.is_definite(term.args[1])
        if term.op == "+":
            return all(self.is_semidefinite(arg) for arg in term.args) and any(map(self.is_definite, term.args))
        if term.op == "kron":
            return all(map(self.is_definite, term.args))
        return self.is_semidefinite(term) and self.is_invertible(term)

    def is_semidefinite(self, term: Term) -> bool:
        """Whether a matrix is positive semidefinite."""
        if term.op == "I" or self._declared(term) & _SEMIDEFINITE:
            return True
        if term.op == "inv":
            return self.is_semidefinite(term.args[0])
        if term.op == ".":
            return self.is_nonnegative(term.args[0]) and self.is_semidefinite(term.args[1])
        if term.op in ("+", "had", "kron"):
            return all(self.is_semidefinite(arg) for arg in term.args)
        if term.op == "sum":
            return self.is_semidefinite(term.args[2])
        if term.op != "@":
            return False
        half, odd = divmod(len(term.args), 2)
        if not all(self._transposes(term.args[i], term.args[-1 - i]) for i in range(half)):
            return False
        return not odd or self.is_semidefinite(term.args[half])

    def is_invertible(self, term: Term) -> bool:
        """Whether a square matrix has an inverse: declared, structural, or because the claim takes it."""
        if term.shape is None:
            return self.is_nonzero(term)
        if term.op in ("I", "inv") or term in self.defined or self._declared(term) & _INVERTIBLE:
            return True
        if "°" in term.key and self._near(term) in self.defined:
            return True
        if term.op == "t":
            return self.is_invertible(term.args[0])
        if term.op == ".":
            return self.is_nonzero(term.args[0]) and self.is_invertible(term.args[1])
        if not self.defined.isdisjoint((self.canon(Term("t", (term,))), self.canon(self._transposed(term)))):
            return True
        if term.op == "@":
            return all(is_square(arg) and self.is_invertible(arg) for arg in term.args)
        return term.op == "+" and self.is_definite(term)

    def _transposed(self, term: Term) -> Term:
        """Return a product or sum as the transpose of one, with the transposes at the letters."""
        if term.op == "@":
            return Term("@", tuple(map(self._transposed, reversed(term.args))))
        if term.op == "+":
            return Term("+", tuple(map(self._transposed, term.args)))
        if term.op == ".":
            return Term(".", (term.args[0], self._transposed(term.args[1])))
        return term.args[0] if term.op == "t" else term if self.is_symmetric(term) else Term("t", (term,))

    def _near(self, term: Term) -> Term:
        """Return the term at the structured symbols that general ones stand for: what is open there is open near."""
        for name in sorted(term.names):
            for fact in self.facts.get(name, ()):
                if fact.startswith("near "):
                    term = rename(term, name, fact.removeprefix("near "))
        return self.canon(term)

    def is_orthogonal(self, term: Term) -> bool:
        """Whether the transpose is the inverse."""
        return (
            term.op == "I"
            or "orthogonal" in self._declared(term)
            or (term.op == "t" and self.is_orthogonal(term.args[0]))
        )

    def is_diagonal(self, term: Term) -> bool:
        """Whether a matrix is diagonal."""
        return term.op in ("I", "diag") or "diagonal" in self._declared(term)

    def is_natural(self, term: Term) -> bool:
        """Whether a scalar is a positive integer."""
        if term.op == "#":
            return bool(term.args[0].denominator == 1 and term.args[0] >= 1)
        return all(map(self.is_natural, term.args)) if term.op in "+*" else "natural" in self._declared(term)

    def is_whole(self, term: Term) -> bool:
        """Whether a scalar is an integer."""
        if term.op == "#":
            return bool(term.args[0].denominator == 1)
        return all(map(self.is_whole, term.args)) if term.op in "+*" else self.is_natural(term)

    def is_positive(self, term: Term) -> bool:
        """Whether a scalar is positive."""
        if term.op == "#":
            return bool(term.args[0] > 0)
        if term in self.positive:
            return True
        if term in (EULER, PI) or self._declared(term) & {"positive", "natural"} or term.op == "dens":
            return True
        if term.op == "^" or term.op == "prod" or (term.op == "sum" and _has_terms(term)):
            return self.is_positive(term.args[0] if term.op == "^" else term.args[2])
        if term.op in ("*", "+"):
            return all(self.is_positive(arg) for arg in term.args) or (
                term.op == "+" and all(map(self.is_nonnegative, term.args)) and any(map(self.is_positive, term.args))
            )
        if term.op == "det":
            return self._has_positive_determinant(term.args[0])
        if term.op == "tr" and self._has_positive_entries(term.args[0]):
            return True
        return term.op in ("tr", "norm") and term in self.defined and self._is_square(term)

    def _has_positive_determinant(self, term: Term) -> bool:
        """Whether a determinant is positive: X is definite, or X P or P X is for a definite P."""
        if self.is_definite(term) or "positive determinant" in self._declared(term):
            return True
        words = [arg.args for arg in term.args if arg.op == "@"] if term.op == "+" else []
        for letter in {word[end] for word in words for end in (0, -1)}:
            if self.is_definite(letter) and any(
                self.is_definite(self.canon(Term("@", pair))) for pair in ((term, letter), (letter, term))
            ):
                return True
        return False

    def _has_positive_entries(self, term: Term) -> bool:
        if term.op in ("@", "t", "had", "kron"):
            return all(self._has_positive_entries(arg) for arg in term.args)
        if term.op == "fun":
            return bool(term.args[:2] == ("exp", 0))
        return term.op == "1" or (term.shape is not None and "positive" in self._declared(term))

    def is_nonnegative(self, term: Term) -> bool:
        """Whether a scalar is not negative."""
        if term in self.nonnegative or self.is_positive(term) or "non-negative" in self._declared(term):
            return True
        if term.op == "#":
            return bool(term.args[0] >= 0)
        if term.op == "^":
            power = term.args[1]
            return power.op == "#" and power.args[0].denominator == 1 and power.args[0] % 2 == 0
        if term.op in ("*", "+"):
            return all(self.is_nonnegative(arg) for arg in term.args)
        if term.op == "sum":
            return self.is_nonnegative(term.args[2])
        return self._is_square(term)

    def _is_square(self, term: Term) -> bool:
        return term.op == "norm" or (term.op == "tr" and self.is_semidefinite(_symmetric_rotation(term.args[0], self)))

    def is_nonzero(self, term: Term) -> bool:
        """Whether a scalar is not zero: positive, or because the claim divides by it."""
        if term.op in ("#", "^"):
            return term.args[0] != 0 if term.op == "#" else self.is_nonzero(term.args[0])
        if term.op == "det":
            return self.is_invertible(term.args[0])
        if term.op == "*":
            return all(self.is_nonzero(arg) for arg in term.args)
        return self.is_positive(term) or term in self.defined


def is_square(term: Term) -> bool:
    """Whether a term is a square array."""
    return term.shape is not None and term.shape[0] == term.shape[1]


def _has_terms(term: Term) -> bool:
    """Whether a sum over an index has a term at every size."""
    return bool(term.args[1].op == "true" and term.args[0].args[1] == ONE)


def _symmetric_rotation(word: Term, shown: Shown) -> Term:
    """Return the rotation of a trace's word that reads as PᵀSP, if there is one (a trace is what its rotations are)."""
    if word.op != "@":
        return word
    for turn in range(len(word.args)):
        turned = Term("@", (*word.args[turn:], *word.args[:turn]))
        if shown.is_semidefinite(turned):
            return turned
    return word
