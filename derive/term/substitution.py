"""TRUSTED: subterms, indices and symbols replaced in terms."""

from __future__ import annotations

from collections.abc import Callable

from derive.term.sizes import Size
from derive.term.terms import BINDERS, INDEX, Term


def transform(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """Return the term with subterms replaced from the outside in; an unchanged term is returned as it is."""
    found = change(term)
    if found is not None:
        return found
    args = [transform(arg, change) if arg.__class__ is Term else arg for arg in term.args]
    if all(new is old for new, old in zip(args, term.args, strict=True)):
        return term
    return Term(term.op, tuple(args))


def replace_index(term: Term, index: Term, value: Term) -> Term:
    """Return the term with a free index replaced. The value must not be bound inside the term."""
    name = INDEX + index.args[0]

    def change(node: Term) -> Term | None:
        if name not in node.names:
            return node
        return value if node.op == "ix" else None

    return transform(term, change)


def rename(term: Term, old: str, new: str) -> Term:
    """Return the term with a symbol, or all members of a family, renamed."""
    if old not in term.names:
        return term
    args = tuple(rename(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args)
    if term.op in ("s", "m", "M", "MM") and args[0] == old:
        args = (new, *args[1:])
    return Term(term.op, args)


def substitute(term: Term, symbol: Term, value: Term) -> Term:
    """Return the term with a symbol replaced by a value, or all members of a family by those of another."""
    name = symbol.args[0]
    if symbol.op in ("m", "MM"):
        return rename(term, name, value.args[0])

    def change(node: Term) -> Term | None:
        if name not in node.names:
            return node
        return value if node == symbol else None

    return transform(term, change)


def bound_indices(term: Term) -> dict[str, tuple[Size, Size]]:
    """Return the indices that are bound inside a term, with their ranges.

    Raises
    ------
    ValueError
        If one name is bound with two ranges, or occurs with another range than it is bound with.
    """
    found: dict[str, tuple[Size, Size]] = {}
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op in BINDERS:
            name, *ends = node.args[0].args
            if found.setdefault(name, (ends[0], ends[1])) != (ends[0], ends[1]):
                raise ValueError(f"the index {name} is bound with two ranges")
        stack.extend(arg for arg in node.args if isinstance(arg, Term))
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op == "ix" and found.get(node.args[0], node.args[1:]) != node.args[1:]:
            raise ValueError(f"the index {node.args[0]} occurs with two ranges")
        stack.extend(arg for arg in node.args if isinstance(arg, Term))
    return found
