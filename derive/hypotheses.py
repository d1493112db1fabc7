"""Equations that are given, and the places in a term where one of them is used from left to right."""

from __future__ import annotations

from dataclasses import dataclass

from derive.kernel import HOLE, Use
from derive.term import Term, bound_indices, transform


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An equation that is given, with the indices that are free in it."""

    name: str
    lhs: Term
    rhs: Term
    free: tuple[Term, ...]

    @property
    def hole(self) -> Term:
        """The symbol that stands for a side in a context."""
        shape = self.lhs.shape
        return Term("s", (HOLE,)) if shape is None else Term("M", (HOLE, *shape))


def rewritten(term: Term, hypothesis: Hypothesis, lead: Term) -> list[Use]:
    """Return the uses of a hypothesis, read from left to right, in the places where its left side stands in a term."""
    found: dict[tuple[str, ...], tuple[Term, dict[str, Term]]] = {}

    def look(node: Term) -> None:
        indices = matched(lead, node, hypothesis.free)
        if indices is not None:
            found.setdefault(tuple(map(str, indices.values())), (node, indices))
        for arg in node.args:
            if isinstance(arg, Term):
                look(arg)

    look(term)
    uses = []
    for node, indices in found.values():
        context = transform(term, lambda each, node=node: hypothesis.hole if each == node else None)  # type: ignore[misc]
        uses.append(Use(hypothesis.name, indices, context))
    return uses


def matched(lead: Term, question: Term, free: tuple[Term, ...]) -> dict[str, Term] | None:
    """Return the values of free indices that make two terms equal."""
    found: dict[str, Term] = {}
    stack = [(lead, question)]
    while stack:
        one, two = stack.pop()
        if one in free and two.op == "ix" and two.args[1:] == one.args[1:]:
            if found.setdefault(one.args[0], two) != two:
                return None
        elif one.op != two.op or len(one.args) != len(two.args):
            return None
        else:
            for a, b in zip(one.args, two.args, strict=True):
                if isinstance(a, Term) and isinstance(b, Term):
                    stack.append((a, b))
                elif a != b:
                    return None
    return found


def free_indices_of(*terms: Term) -> tuple[Term, ...]:
    """Return the indices that are free in terms, each once."""
    found: dict[Term, None] = {}
    for term in terms:
        inside = bound_indices(term)
        for index in sorted(indices_in(term), key=str):
            if index.args[0] not in inside:
                found[index] = None
    return tuple(found)


def indices_in(term: Term) -> set[Term]:
    """Return the indices that occur in a term."""
    if term.op == "ix":
        return {term}
    return set().union(*(indices_in(arg) for arg in term.args if isinstance(arg, Term)))
