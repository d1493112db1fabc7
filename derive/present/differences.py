"""Differences of vectors, such as x_n - μ_k, in which a result is shorter."""

from __future__ import annotations

from derive.present.items import length_of
from derive.term import Term, number, replace_index


def is_difference(term: Term) -> bool:
    """Whether a term is a sum of arrays that starts with a symbol of its own."""
    if term.op != "+" or term.shape is None or term.args[0].op not in ("M", "MM") or len(term.args) > 3:
        return False
    lead = term.args[0]
    return not any(lead.args[0] in rest.names for rest in term.args[1:])


def instances(difference: Term, whole: Term) -> list[Term]:
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


def with_indices(term: Term, pairs: list[tuple[Term, Term]]) -> Term:
    """Return a term with indices replaced."""
    for old, new in pairs:
        if old.op == "ix":
            term = replace_index(term, old, new)
    return term


def counted_ones(term: Term) -> Term | None:
    """Return the number of terms for a sum of ones."""
    if term.op == "sum" and term.args[1].op == "true" and term.args[2] == number(1):
        return length_of(term.args[0])
    return None
