"""TRUSTED: differentials of what varies, and derivatives read off differentials.

The first identification theorem (Magnus and Neudecker, chapter 9): if df = tr(GᵀdX) for every change dX, then G is the
gradient; if dy = J dx, then J is the Jacobian.
"""

from __future__ import annotations

from typing import Any, ClassVar

from derive.kernel.operators import Operators, names_of
from derive.kernel.steps import CHANGE, Rejected
from derive.polynomial import Mono, Poly, Word, add_into, atom, product_term
from derive.term import ONE, Shape, Term, number


class Identification(Operators):
    """Derivatives: the differential by a change, and what multiplies the change."""

    read: ClassVar = {**Operators.read, "grad": "_derivative", "jac": "_derivative", "part": "_derivative"}

    def _differential_of_leaf(self, variables: Term, leaf: Term) -> Term | None:
        return differential_of_leaf(variables, leaf)

    def _derivative(self, term: Term) -> Poly:
        """Read a derivative off the differential: df = tr(GᵀdX), dy = J dx (first identification theorem)."""
        body, wrt = term.args[0], term.args[1]
        variable = wrt.args[0] if wrt.op == "vec" else wrt
        shape = variable.shape
        change = Term("M", (CHANGE, *shape)) if shape is not None else Term("s", (CHANGE,))
        if CHANGE in term.names:
            raise Rejected("a derivative inside a derivative by the same change")
        total: Poly = {}
        kind = "vec" if wrt.op == "vec" and term.op == "jac" else term.op
        differential = Term("d", (Term("var", (variable, change)), body))
        if kind == "vec":
            differential = Term("vec", (differential,))
        for (mono, word), count in self.poly(differential).items():
            found = self._coefficient(kind, mono, word, change, body.shape)
            if found is None:
                return atom(Term(term.op, (self.canon(body), *term.args[1:])))
            if wrt.op == "vec" and term.op == "grad":
                found = Term("vec", (found,))
            add_into(total, self.poly(found), count)
        if term.op == "jac" and term.args[2] == "denominator":
            return self.poly(Term("t", (self.term(total, term.shape and term.shape[::-1]),)))
        return total

    def _coefficient(self, kind: str, mono: Mono, word: Word, change: Term, shape: Shape | None) -> Term | None:
        """Return what multiplies the change in one term of a differential, or None if it is not in that form."""
        name = change.args[0]
        moving = [f for f in mono if name in names_of(f)]
        rest = tuple(f for f in mono if name not in names_of(f))
        letters = [] if word is None else [letter for letter in word if name in letter.names]
        found: Term | None = None
        if len(moving) + len(letters) != 1:
            return None
        if letters and word is not None:
            found = self._coefficient_of_word(kind, word, change, shape)
            return found and _times(rest, found)
        (base, exponent), prefix = moving[0], None if word is None else product_term((), word, shape)
        if exponent != 1:
            return None
        if base.op == "sum":
            found = self._coefficient_of_sum("grad" if kind == "vec" else kind, base, change)
        elif kind == "part":
            found = number(1) if base == change else None
        elif base.op == "tr":
            found = _gradient_of_trace(base.args[0].args if base.args[0].op == "@" else base.args, change)
        if found is None or kind == "grad":
            return found and _times(rest, found)
        if kind == "part":
            return _times(rest, found if prefix is None else Term(".", (found, prefix)))
        column = Term("vec", (found,)) if kind == "vec" else found
        return prefix and _times(rest, Term("@", (prefix, Term("t", (column,)))))

    def _coefficient_of_word(self, kind: str, word: tuple[Term, ...], change: Term, shape: Any) -> Term | None:
        name = change.args[0]
        if len(word) == 1 and word[0].op == "sum":
            return self._coefficient_of_sum(kind, word[0], change)
        target = Term("vec", (change,)) if kind == "vec" else change
        if kind not in ("jac", "vec") or word[-1] != target or any(name in letter.names for letter in word[:-1]):
            return None
        return Term("@", word[:-1]) if len(word) > 1 else Term("I", (target.shape[0],))  # type: ignore[index]

    def _coefficient_of_sum(self, kind: str, total: Term, change: Term) -> Term | None:
        index, condition, body = total.args
        parts = []
        for (mono, word), count in self.poly(body).items():
            part = self._coefficient(kind, mono, word, change, body.shape)
            if part is None:
                return None
            parts.append(Term("*" if part.shape is None else ".", (number(count), part)))
        return Term("sum", (index, condition, Term("+", tuple(parts)))) if parts else None


def _gradient_of_trace(word: tuple[Term, ...], change: Term) -> Term | None:
    """Return G for tr(word) = tr(Gᵀ change), where the change occurs once, bare or transposed."""
    places = [place for place, letter in enumerate(word) if change.args[0] in letter.names]
    if len(places) != 1 or word[places[0]] not in (change, Term("t", (change,))):
        return None
    (place,) = places
    rest = word[place + 1 :] + word[:place]
    rows, _ = change.shape  # type: ignore[misc]
    product = Term("@", rest) if rest else Term("I", (rows,))
    return Term("t", (product,)) if word[place] == change else product


def _times(mono: Mono, term: Term) -> Term:
    if not mono:
        return term
    scalar = product_term(mono, None, None)
    return Term("*", (scalar, term)) if term.shape is None else Term(".", (scalar, term))


def differential_of_leaf(variables: Term, leaf: Term) -> Term | None:
    """Return the differential of a constant (zero) or of what varies itself, or None."""
    pairs = list(zip(variables.args[::2], variables.args[1::2], strict=True))
    if not any(core_name(variable) in leaf.names for variable, _ in pairs):
        return number(0) if leaf.shape is None else Term("0", leaf.shape)
    for variable, change in pairs:
        if leaf == variable:
            return change
        core = variable.args[0] if variable.op in ("e", "inv", "^") else variable
        if leaf.op in ("m", "MM") and leaf.op == core.op and leaf.args[0] == core.args[0]:
            start = 1 if leaf.op == "m" else 3
            deltas = tuple(Term("delta", pair) for pair in zip(leaf.args[start:], core.args[start:], strict=True))
            if variable is core:
                return Term("*" if leaf.shape is None else ".", (Term("*", deltas), change))
            deltas_term: Term | None = Term("*", deltas)
        else:
            deltas_term = None if leaf.op in ("m", "MM") else number(1)
        matches = leaf == core or (leaf.op == "MM" and deltas_term is not None)
        if variable.op == "inv" and leaf == core:
            return Term(".", (number(-1), Term("@", (core, change, core))))
        if variable.op == "^" and leaf == core:
            power = variable.args[1]
            rest = Term("^", (core, Term("+", (number(1), Term("*", (number(-1), power))))))
            return Term("*", (Term("^", (power, number(-1))), rest, change))
        if variable.op == "e" and deltas_term is not None:
            if matches:
                rows, cols = leaf.shape or (ONE, ONE)
                pair = Term("unit", (variable.args[1], rows)), Term("t", (Term("unit", (variable.args[2], cols)),))
                return Term(".", (Term("*", (deltas_term, change)), Term("@", pair)))
            if leaf.op == "e" and leaf.args[0].op == core.op and leaf.args[0].args[0] == core.args[0]:
                start = 3
                inner = zip(leaf.args[0].args[start:], core.args[start:], strict=True)
                pairs_of_indices = (*inner, *zip(leaf.args[1:], variable.args[1:], strict=True))
                return Term("*", (*(Term("delta", pair) for pair in pairs_of_indices), change))
    return None


def core_name(variable: Term) -> str:
    """Return the name of the symbol that varies."""
    core = variable.args[0] if variable.op in ("e", "inv", "^", "vec") else variable
    return str(core.args[0])
