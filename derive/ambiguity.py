"""Verdicts that hang on how a document is read that declares nothing: every reading that fits it is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.infer import Inferred, speaks_of, spoken
from derive.items import Item
from derive.options import Options
from derive.predefined import Place
from derive.roles import judge_item
from derive.verdict import TRUE, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Other:
    """Another reading of a document.

    Attributes
    ----------
    items : mapping of (int or None, int) to Item
        Its relations, by the places of their signs.
    here, there : mapping of str to str
        The declarations of the symbols that are read otherwise, in the first reading and in this one.
    """

    items: Mapping[Place, Item]
    here: Mapping[str, str]
    there: Mapping[str, str]


def place_of(item: Item) -> Place:
    """Return the place of the sign of a relation."""
    return item.excerpt.source.cell, item.sign.span.start


def other(items: Iterable[Item], first: Inferred, second: Inferred) -> Other:
    """Return a second reading beside the first one."""
    here, there = ({each.key: each.latex for each in inferred.assumed} for inferred in (first, second))
    changed = sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key))
    readings = ({key: found[key] for key in changed if key in found} for found in (here, there))
    return Other({place_of(item): item for item in items}, *readings)


def weighed(
    item: Item, judgement: Judgement, inferred: Inferred, others: Sequence[Other], options: Options
) -> Judgement:
    """Return a judgement that does not hang on one of several readings without saying so.

    What is true under one reading and false under another is ``conditional``, with the declaration that makes it true;
    what a reading rests on that nothing else than this very relation speaks for is not decided.
    """
    if judgement.verdict not in (*TRUE, Verdict.REFUTED, Verdict.CONDITIONAL, Verdict.UNDECIDED):
        return judgement
    judgement = _unless_alone(item, judgement, inferred)
    for each in others:
        again = each.items.get(place_of(item))
        if again is None or not speaks_of(item, {*each.here, *each.there}):
            continue
        shown = spoken(item, [*each.here, *each.there])
        here, there = (_listed(found, shown) for found in (each.here, each.there))
        found = _as_true(judgement, again, here, there, options) if judgement.verdict in TRUE else None
        if judgement.verdict not in TRUE:
            found = _as_false(judgement, again, here, there, options)
        if found is not None:
            return found
    return judgement


def _as_true(first: Judgement, again: Item, here: str, there: str, options: Options) -> Judgement | None:
    """Return what is said of a relation that is true, but not under another reading; None if nothing is."""
    second, _, _ = judge_item(replace(again, invented=frozenset()), options)  # its sizes are any
    if second.verdict is Verdict.REFUTED:
        return _conditional(second, there, here)
    if second.verdict not in (Verdict.MALFORMED, Verdict.CONDITIONAL):
        return None
    return replace(first, notes=(*first.notes, f"true where {here}; it is not found to be true where {there}"))


def _as_false(first: Judgement, again: Item, here: str, there: str, options: Options) -> Judgement | None:
    """Return what is said of a relation that is not found to be true, but is under another reading."""
    second, _, _ = judge_item(again, options)
    if second.verdict not in TRUE:
        return None
    if first.verdict is Verdict.REFUTED:
        return _conditional(first, here, there)
    return replace(first, notes=(*first.notes, f"this is where {here}; it is true where {there}"))


def _conditional(refuted: Judgement, false: str, true: str) -> Judgement:
    """Return a refutation under one reading as a judgement that hangs on a declaration."""
    message = f"false where {false}, true where {true}; nothing declares which"
    return replace(refuted, verdict=Verdict.CONDITIONAL, code="A403", message=message, condition=true)


def _listed(declarations: Mapping[str, str], keys: Collection[str]) -> str:
    return ", ".join(latex for key, latex in declarations.items() if key in keys or not keys)


def _unless_alone(item: Item, judgement: Judgement, inferred: Inferred) -> Judgement:
    """Return a judgement that does not rest on what only this relation says of a symbol."""
    keys = inferred.alone.get(place_of(item), ())
    if not keys or judgement.verdict is Verdict.UNDECIDED:
        return judgement
    declared = {each.key: each.latex for each in inferred.assumed}
    taken = ", ".join(declared[key] for key in keys if key in declared)
    if not taken:
        return judgement
    said = {Verdict.REFUTED: "false", Verdict.CONDITIONAL: "not an identity"}.get(judgement.verdict, "true")
    message = f"{said} where {taken}, for which this line alone speaks: it fits no other way"
    return Judgement(Verdict.UNDECIDED, "U610", message, notes=judgement.notes)
