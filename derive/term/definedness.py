"""TRUSTED: what has to hold for a term to be defined."""

from __future__ import annotations

from functools import lru_cache

from derive.term.terms import BINDERS, Term


@lru_cache(maxsize=50_000)
def needs(term: Term, inside: bool = False, natural: frozenset[str] = frozenset()) -> frozenset[tuple[str, Term]]:
    """Return what has to be "invertible", "nonzero" or "positive" for a term to be defined, as (condition, term).

    Terms with indices that are bound inside the term are left out (unless ``inside``): nothing is known of them from
    outside. A power with an exponent that is made of ``natural`` symbols may be whole: then nothing shows that its base
    is positive.
    """
    found: set[tuple[str, Term]] = set()
    for arg in term.args:
        if arg.__class__ is Term:
            found |= needs(arg, inside, natural)
    if term.op == "inv":
        found.add(("invertible", term.args[0]))
    elif term.op == "^":
        exponent = term.args[1]
        if exponent.op != "#":
            found |= set() if _may_be_whole(exponent, natural) else {("positive", term.args[0])}
        elif exponent.args[0].denominator != 1:
            found.add(("positive" if exponent.args[0] < 0 else "nonnegative", term.args[0]))
        elif exponent.args[0] < 0:
            found.add(("nonzero", term.args[0]))
    elif term.op == "fun" and term.args[0] == "log" and term.args[1] == 0:
        found.add(("positive", term.args[2]))
    if term.op in BINDERS and not inside:
        bound = term.args[0]
        found = {(kind, base) for kind, base in found if not base.has_index(bound)}
    if term.op == "at":
        name = term.args[0].args[0]
        found = {(kind, base) for kind, base in found if name not in base.names}
    return frozenset(found)


def _may_be_whole(exponent: Term, natural: frozenset[str]) -> bool:
    """Whether an exponent has whole numbers among its values: a polynomial of symbols that are whole."""
    if exponent.op in ("#", "ix", "size"):
        return bool(natural)
    if exponent.op == "s":
        return exponent.args[0] in natural
    return exponent.op in ("+", "*", "^") and all(_may_be_whole(arg, natural) for arg in exponent.args)
