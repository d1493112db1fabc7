"""TRUSTED: rewriting by instances of rules, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from derive.axioms import RuleMisused, axiom
from derive.conditions_shown import Shown
from derive.kernel.identification import Identification
from derive.kernel.steps import HOLE, Ask, NotShown, Rejected, Step, Use, never
from derive.polynomial import UNIT, Mono, Poly, Word, add_into, constant, power_term, product_term, sum_term, whole
from derive.term import Shape, Term, bound_indices, needs, number, replace_index, substitute, transform

_KEPT = ("ix", "var", "true", "cond")
_NOT_OF_VALUES = ("grad", "jac", "part", "d", "at", "var", "val")


class Kernel(Identification):
    """Canonical forms under the facts of one claim.

    Parameters
    ----------
    facts
        What is declared of each symbol.
    ask
        Proposes a step for a term, or None.
    lemmas
        Equations that were proved before under the same facts and definedness.
    """

    def __init__(
        self,
        facts: Mapping[str, frozenset[str]],
        ask: Ask = never,
        lemmas: Mapping[str, tuple[Term, Term]] | None = None,
    ) -> None:
        self.facts = facts
        self.ask = ask
        self.lemmas = lemmas or {}
        self.work = 0
        self.memo: dict[Term, Poly] = {}
        self.answers: dict[Term, Poly | None] = {}
        self.used: dict[str, Step] = {}
        self.raw = self if ask is never else Kernel(facts)
        self.shown: Shown = Shown(facts, self.canon) if ask is never else self.raw.shown

    def answer(self, question: Term) -> Poly | None:
        """Return what the step proposed for a term makes of it."""
        if question in self.answers:
            return self.answers[question]
        step = self.ask(question)
        found = None if step is None else self.apply(step, question)
        if step is not None and found is not None:
            self.used[question.key] = step
        self.answers[question] = found
        return found

    def apply(self, step: Step, question: Term) -> Poly | None:
        """Return what a step makes of a term.

        Raises
        ------
        Rejected
            If there is no such rule, a condition is not shown, or the equation is not about this term.
        """
        lhs, rhs = self.equation(step, question)
        first = self._half(lhs)
        if len(first) == 1:
            ((product, count),) = first.items()
            if count == 1 and self._target(step, product, question) == question:
                return self._in_context(step, self.poly(rhs), step.times)
        difference = dict(first)
        add_into(difference, self._half(rhs), -1)
        for product, count in difference.items():
            mono, word = product
            for scale in ((), mono) if word is not None and mono and not step.times else ((),):
                target = self._target(step, ((), word) if scale else product, question)
                if target == question and all(self.shown.is_nonzero(base) for base, _ in scale):
                    rest = {other: whole(Fraction(-c) / count) for other, c in difference.items() if other != product}
                    solved = self.poly(sum_term(rest, lhs.shape))
                    inverse = tuple((base, self._times(exponent, -1)) for base, exponent in scale)
                    return self._in_context(step, solved, inverse or step.times)
        raise Rejected(f"{step.rule} does not speak of {question}")

    def _half(self, term: Term) -> Poly:
        """Return a side of an equation with canonical arguments, itself only brought into order."""
        if term.op in ("+", "*", ".", "@"):
            total: Poly | None = None
            for arg in term.args:
                part = self.poly(arg) if term.op == "@" else self._half(arg)
                if term.op != "+":
                    total = part if total is None else self.raw.multiply(total, part)
                elif total is None:
                    total = dict(part)
                else:
                    add_into(total, part)
            return total or {}
        if term.op == "tr":
            return self.raw.poly(Term("tr", (sum_term(self._half(term.args[0]), term.args[0].shape),)))
        canon = self.raw.canon if term.op == "dens" else self.canon
        args = (canon(arg) if isinstance(arg, Term) and arg.op not in _KEPT else arg for arg in term.args)
        return self.raw.poly(Term(term.op, tuple(args)))

    def _target(self, step: Step, product: tuple[Mono, Word], question: Term) -> Term | None:
        mono, word = product
        if step.times:
            mono, extra = self.raw._merged(mono, step.times)
            if extra != constant(1):
                return None
        whole = word if word is None else (*step.left, *word, *step.right)
        if (whole is None) != (question.shape is None):
            return None
        return product_term(mono, whole, question.shape)

    def _in_context(self, step: Step, found: Poly, scalar: Mono) -> Poly:
        for base, exponent in scalar:
            found = self.multiply(self.poly(power_term(base, exponent)), found)
        if step.left:
            found = self.multiply(self.poly(Term("@", step.left)), found)
        return self.multiply(found, self.poly(Term("@", step.right))) if step.right else found

    def define(self, terms: Iterable[Term]) -> None:
        """Take note of what a claim divides by: it is judged where that can be done."""
        natural = frozenset(name for name, facts in self.shown.facts.items() if "natural" in facts) | {
            ""
        }  # and indices
        found = sorted(
            {need for term in terms for need in needs(term, natural=natural)},
            key=lambda need: (len(need[1].key), need[1].key),
        )
        for canon in (self.raw.canon, self.canon):
            for kind, value in found:
                self.shown.define(kind, canon(value))

    def hypothesis(self, name: str, indices: Mapping[str, Term]) -> tuple[Term, Term]:
        """Return what is given, which holds for every value of its free indices, at some of them."""
        if name not in self.lemmas:
            raise Rejected(f"{name} is not given")
        lhs, rhs = self.lemmas[name]
        if lhs.shape != rhs.shape:
            raise Rejected(f"the sides of {name} are not of one shape")
        inside = bound_indices(lhs) | bound_indices(rhs)
        free = _free_indices(lhs) | _free_indices(rhs)
        if len({index.args[0] for index in free}) < len(free):
            raise Rejected(f"{name} has an index of two ranges")
        for letter, value in indices.items():
            index = next((ix for ix in free if ix.args[0] == letter), None)
            if index is None or value.op != "ix" or value.args[1:] != index.args[1:] or value.args[0] in inside:
                raise Rejected(f"{name} has no index {letter} that can be {value}")
            lhs, rhs = replace_index(lhs, index, value), replace_index(rhs, index, value)
        return lhs, rhs

    def consequence(self, use: Use, shape: Shape | None) -> Poly:
        """Return the difference of two sides that are equal by a hypothesis: context[lhs] - context[rhs]."""
        lhs, rhs = self.hypothesis(use.name, use.indices)
        hole = Term("M", (HOLE, *lhs.shape)) if lhs.shape is not None else Term("s", (HOLE,))
        if use.context.shape != shape:
            raise Rejected(f"{use.name} is used in a context of another shape")
        if any(f"({op} " in use.context.key for op in _NOT_OF_VALUES):
            raise Rejected(f"{use.name} is used under a derivative: it is known where it is stated only")
        ranges = bound_indices(use.context)
        for index in _free_indices(lhs) | _free_indices(rhs):
            if ranges.get(index.args[0], index.args[1:]) != index.args[1:]:
                raise Rejected(f"{use.name} is used for an index {index.args[0]} of another range")
        total: Poly = {}
        for side, sign in ((lhs, 1), (rhs, -1)):
            value = substitute(use.context, hole, side)
            for kind, base in needs(_with_bounds_apart(value), inside=True):
                if not (self.shown.is_defined(kind, base) or self.shown.is_defined(kind, self.canon(base))):
                    raise NotShown(f"{use.name} is used with {base}, which is not shown to be {kind}", kind, base)
            add_into(total, self.poly(value), sign)
        return total

    def difference(
        self, lhs: Term, rhs: Term, multipliers: Iterable[tuple[str, Term]] = (), uses: Iterable[Use] = ()
    ) -> Poly:
        """Return left side minus right side, multiplied through by what is invertible, less what hypotheses say.

        The sides are equal wherever both are defined if nothing is left.
        """
        self.define((lhs, rhs, *(side for lemma in self.lemmas.values() for side in lemma)))
        total = dict(self.poly(lhs))
        add_into(total, self.poly(rhs), -1)
        for side, term in multipliers:
            total = self.multiplied(total, side, term)
        for use in uses:
            add_into(total, self.consequence(use, lhs.shape), -1)
        return total

    def multiplied(self, total: Poly, side: str, term: Term) -> Poly:
        """Return a difference multiplied by an invertible matrix on one side, or by a scalar that is not zero."""
        if side not in ("left", "right", "times"):
            raise Rejected(f"multiplied on a side that is called {side}")
        if not self.shown.is_invertible(self.raw.canon(term)):
            raise Rejected(f"multiplied by {term}, which is not shown to be invertible")
        if side == "times":
            base, exponent = term.args if term.op == "^" else (term, number(1))
            return self.multiply({(((base, exponent.args[0]),), None): UNIT}, total)
        factor = self.poly(term)
        return self.multiply(factor, total) if side == "left" else self.multiply(total, factor)

    def equation(self, step: Step, question: Term) -> tuple[Term, Term]:
        """Return the equation a step states, after its conditions were shown and its values are seen to be defined."""
        try:
            rule = axiom(step.rule)
            instance = rule.instance(step.given)
        except RuleMisused as problem:
            raise Rejected(str(problem)) from problem
        for letter, condition, value in instance.conditions:
            if not self.shown.is_shown(condition, value):
                message = f"{step.rule} needs {letter} to be {condition}: not shown of {value}"
                raise NotShown(message, condition, value)
        for value in step.given.values():
            body = getattr(value, "body", value)
            for kind, base in needs(body) - needs(question) if isinstance(body, Term) else ():
                if not self.shown.is_defined(kind, base):
                    raise NotShown(f"{step.rule} with {base}, which is not shown to be {kind}", kind, base)
        if rule.same_domain and all(self.shown.is_defined(*need) for need in needs(instance.lhs)):
            self.define((instance.rhs,))
        return instance.lhs, instance.rhs


def _free_indices(term: Term) -> set[Term]:
    """Return the indices that are free in a term; bound ones have names of their own."""
    if term.op == "ix":
        return {term}
    found: set[Term] = set().union(*(_free_indices(arg) for arg in term.args if isinstance(arg, Term)))
    return {index for index in found if term.op not in ("sum", "prod") or index.args[0] != term.args[0].args[0]}


def _with_bounds_apart(term: Term) -> Term:
    """Return a term whose bound indices share no name with free ones: what is known of these is not known of those."""
    bound = bound_indices(term)

    def change(node: Term) -> Term | None:
        if node.op == "ix" and node.args[0] in bound:
            return Term("ix", (f"{node.args[0].lstrip('%~')}@bound", *node.args[1:]))
        return None

    return transform(term, change) if bound else term
