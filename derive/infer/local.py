"""Letters that are arguments of functions and nothing else: each function may have one of its own shape.

In ``M_X(t) = …`` and ``M_Y(t) = …`` t is what the function is applied to, and may be a vector of another length. Such a
letter belongs to the chains of its function; what is inferred of it there is in force there only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from derive.infer.gather import Formula, Gathered
from derive.infer.inferred import Inferred, Local
from derive.opaque import written
from derive.predefined import Place
from derive.syntax import Group, Name, Node, Product, Scripted, below, with_parts
from derive.verdict import Assumed

MARK = "\\mathrm{⟨%d⟩}"
"""The label that tells the letters of different functions apart while shapes are found."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with the functions that it is an argument of: the places of their chains, each list for one function."""

    key: str
    heads: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]


def local_letters(gathered: Gathered, random: Iterable[str]) -> list[Letter]:
    """Return the letters that may be different symbols in the chains of different functions.

    A letter is one of them if every formula that has it states what a function of it is, for two functions or more.
    """
    arguments: dict[str, dict[str, list[Place]]] = {}
    elsewhere: set[str] = set(random)
    for formula in gathered.formulas:
        head, letters = _applied(formula)
        for letter in letters:
            arguments.setdefault(letter, {}).setdefault(head, []).append(formula.place)
        used = {node.key for side in formula.sides for node in below(side) if isinstance(node, Name)}
        if formula.displayed:
            elsewhere |= used - letters
        if any(isinstance(node, Scripted) and node.sub for side in formula.sides for node in below(side)):
            elsewhere |= set(_indexed(formula))
    return [
        Letter(key, tuple(heads), tuple(tuple(places) for places in heads.values()))
        for key, heads in arguments.items()
        if len(heads) > 1 and key not in elsewhere
    ]


def _applied(formula: Formula) -> tuple[str, set[str]]:
    """Return the function that a chain begins with, and the letters that it is applied to."""
    left = formula.sides[0]
    if not formula.displayed or not isinstance(left, Product) or len(left.items) != 2 or left.operators[1] != "":
        return "", set()
    head, group = left.items
    if not isinstance(head, Name | Scripted) or not isinstance(group, Group) or group.kind not in ("(", "["):
        return "", set()
    letters = {item.key for item in group.items if isinstance(item, Name)}
    return written(head), letters if len(letters) == len(group.items) else set()


def _indexed(formula: Formula) -> Iterator[str]:
    """Yield the letters with subscripts: these are other symbols."""
    for side in formula.sides:
        for node in below(side):
            if isinstance(node, Scripted) and node.sub and isinstance(node.base, Name):
                yield node.base.key


def told_apart(gathered: Gathered, letters: Iterable[Letter]) -> Gathered:
    """Return the formulas with a symbol of its own for each function but the first."""
    marks = {
        place: (letter.key, number)
        for letter in letters
        for number, places in enumerate(letter.places[1:], start=2)
        for place in places
    }
    formulas = [
        formula
        if formula.place not in marks
        else replace(formula, sides=tuple(_marked(side, *marks[formula.place]) for side in formula.sides))
        for formula in gathered.formulas
    ]
    return replace(gathered, formulas=formulas)


def marked_key(key: str, number: int) -> str:
    """Return the key of the letter of the function with this number.

    Examples
    --------
    >>> marked_key("t", 2)
    't_{\\\\mathrm{⟨2⟩}}'
    """
    return f"{key}_{{{MARK % number}}}"


def _marked(node: Any, key: str, number: int) -> Any:
    label = MARK % number
    if isinstance(node, Name) and node.key == key:
        return Scripted(node.span, node, (Name(node.span, label),), label)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.base.key == key and not node.sub:
        changed = _marked(replace(node, base=Name(node.base.span, "")), key, number)
        return replace(changed, base=node.base, sub=(Name(node.base.span, label),), sub_text=label)
    return with_parts(node, lambda part: _marked(part, key, number)) if isinstance(node, Node | tuple) else node


def settled_letters(inferred: Inferred, letters: Iterable[Letter]) -> Inferred:
    """Return what is inferred, with what is assumed in the chains of one function put aside, under every reading."""
    letters = list(letters)
    kept, local = _parted(inferred.assumed, letters)
    others = tuple(settled_letters(other, letters) for other in inferred.others)
    return replace(inferred, assumed=tuple(kept), local=local, others=others)


def _parted(assumed: Iterable[Assumed], letters: Iterable[Letter]) -> tuple[list[Assumed], tuple[Local, ...]]:
    names = {
        marked_key(letter.key, number): (letter, number)
        for letter in letters
        for number in range(2, len(letter.heads) + 1)
    }
    kept: list[Assumed] = []
    local: list[Local] = []
    for each in assumed:
        if each.key not in names:
            kept.append(each)
            continue
        letter, number = names[each.key]
        latex = each.latex.replace(each.key, letter.key)
        evidence = (f"line {each.line}: as an argument of ${letter.heads[number - 1]}$",)
        local.append(Local(replace(each, key=letter.key, latex=latex, evidence=evidence), letter.places[number - 1]))
    return kept, tuple(local)
