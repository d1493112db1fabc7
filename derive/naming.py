"""Names of the field for parts of a result: responsibility, softmax weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive.term import Term, number, replace_index

_TAKEN = "taken "

Definitions = list[tuple[Term, Term]]


def named(term: Term, taken: Iterable[str] = ()) -> tuple[Term, Definitions]:
    """Return a result with the parts that have a name in the field replaced, and the definitions of these names.

    A quotient ``a_k / Σ_j a_j`` of Gaussian densities is a responsibility, one of exponentials a softmax weight.
    Names that are ``taken`` are not given.
    """
    found: dict[str, tuple[Term, Term]] = {_TAKEN + key.split("_")[0]: (term, term) for key in taken}
    shown = _weights(term, found)
    return shown, [pair for key, pair in found.items() if not key.startswith(_TAKEN)]


def _weights(term: Term, found: dict[str, tuple[Term, Term]]) -> Term:
    if term.op in ("*", "."):
        scalar, array = (term.args[0], term.args[1]) if term.op == "." else (term, None)
        made = _inside_sum(_factors(scalar) + ([] if array is None else [array]), found)
        if made is not None:
            return _weights(made, found)
    if term.op == "*":
        made = _weight(list(term.args), found)
        if made is not None:
            return _weights(made, found)
    args = tuple(_weights(arg, found) if isinstance(arg, Term) and arg.op != "ix" else arg for arg in term.args)
    return term if args == term.args else Term(term.op, args)


def _weight(factors: list[Term], found: dict[str, tuple[Term, Term]]) -> Term | None:
    for factor in factors:
        if not (factor.op == "^" and factor.args[1] == number(-1) and factor.args[0].op == "sum"):
            continue
        index, _, body = factor.args[0].args
        for other in _indices(factors):
            if other == index or other.args[1:] != index.args[1:]:
                continue
            wanted = _factors(replace_index(body, index, other))
            rest = list(factors)
            rest.remove(factor)
            missing = [each for each in wanted if each not in rest]
            if not missing or (len(missing) == 1 < len(wanted) and missing[0].op in ("s", "m")):
                for each in wanted:
                    if each not in missing:
                        rest.remove(each)
                rest += [Term("^", (each, number(-1))) for each in missing]
                weight = Term("*", (*wanted, factor))
                name = _name(weight, other, found)
                return Term("*", (*rest, name)) if rest else name
    return None


def _inside_sum(factors: list[Term], found: dict[str, tuple[Term, Term]]) -> Term | None:
    """Return a product with a sum in which factors before the sum complete a weight inside it."""
    for total in factors:
        if total.op != "sum" or total.args[1].op != "true":
            continue
        index, condition, body = total.args
        scalar, array = (body.args[0], body.args[1]) if body.op == "." else (body, None)
        if scalar.shape is not None:
            continue
        outside = [factor for factor in factors if factor is not total and factor.shape is None]
        made = _weight(_factors(scalar) + outside, found)
        if made is None:
            continue
        inner = _factors(made)
        kept = [factor for factor in outside if factor in inner]
        for factor in kept:
            inner.remove(factor)
        weight = inner[0] if len(inner) == 1 else Term("*", tuple(inner))
        summed = Term("sum", (index, condition, weight if array is None else Term(".", (weight, array))))
        if not kept:
            return summed
        front = kept[0] if len(kept) == 1 else Term("*", tuple(kept))
        return Term("*", (*kept, summed)) if summed.shape is None else Term(".", (front, summed))
    return None


def _factors(term: Term) -> list[Term]:
    return list(term.args) if term.op == "*" else [term]


def _indices(factors: list[Term]) -> list[Term]:
    seen: dict[Term, None] = {}
    stack: list[Any] = list(factors)
    while stack:
        node = stack.pop()
        if not isinstance(node, Term):
            continue
        if node.op == "ix":
            seen[node] = None
        stack.extend(node.args)
    return list(seen)


def _name(weight: Term, index: Term, found: dict[str, tuple[Term, Term]]) -> Term:
    letter = "r" if "(dens " in weight.key else "s"
    free = [ix for ix in _indices([weight]) if weight.has_index(ix)]
    order = sorted(free, key=lambda ix: (ix == index, ix.key))
    shape = tuple(ix.args[1:] for ix in order)
    for mark in ("", "'", "''"):  # another quotient over the same ranges is another symbol
        if f"{_TAKEN}{letter}{mark}" in found:
            continue
        key = f"{letter}{mark}{shape}"
        name = Term("m", (f"{letter}{mark}_{{·}}", *order))
        if _at(found.setdefault(key, (name, weight)), order) == weight.key:
            break
    return name


def _at(known: tuple[Term, Term], order: list[Term]) -> str:
    """Return the meaning of a name at other indices."""
    name, weight = known
    marks = [Term("ix", (f"@{place}", *index.args[1:])) for place, index in enumerate(order)]
    for old, mark in zip(name.args[1:], marks, strict=True):
        weight = replace_index(weight, old, mark)
    for mark, new in zip(marks, order, strict=True):
        weight = replace_index(weight, mark, new)
    return weight.key
