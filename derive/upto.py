r"""Equality up to a factor or a term: which variables that factor may not depend on, as the text names them.

``p(\beta \mid y) \propto p(y \mid \beta) p(\beta)`` names β: the variables are those of the density on the left side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from derive.notation import CONSTANT_WORDS
from derive.opaque import written
from derive.syntax import FunctionCall, Group, Name, Node, Num, Product, Scripted, Terms, below

_DENSITIES = frozenset(r"p q P f \pi \mathrm{p} \mathrm{P} \mathrm{Pr} \mathrm{f}".split())
MAX_PARAMETERS = 3
"""Parameters behind a bar that are tried in all combinations."""
_BARS = frozenset({"|", "||", ";"})


@dataclass(frozen=True, slots=True)
class Named:
    """One reading of what varies: the variables, and the words for it where they are not plainly named.

    One that stands ``aside`` counts only where the relation is true under it.
    """

    variables: tuple[str, ...]
    note: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class UpTo:
    """What two sides may differ by.

    ``kind`` is ``"factor"`` or ``"term"``; ``readings`` are the ways in which the text names what varies, the likeliest
    first, none if it does not.
    """

    kind: str
    readings: tuple[Named, ...] = ()


def readings(first: Node, right: Node, words: tuple[str, ...] = ()) -> tuple[Named, ...]:
    r"""Return what varies in a relation up to a factor or a term.

    Parameters
    ----------
    first : Node
        The left side of the chain.
    right : Node
        The right side of the relation.
    words : tuple of str
        Variables that the text names, as in "as a function of β".
    """
    if words:
        return (Named(words),)
    groups = {written(group): group for group in _densities(first)}
    if len(groups) != 1:
        return ()
    (group,) = groups.values()
    keys = [variable(item) for item in group.items]
    if any(key is None for key in keys):
        return ()
    names = tuple(str(key) for key in keys)
    cut = next((at for at, mark in enumerate(group.separators) if mark in _BARS), None)
    if cut is not None:
        return Named(names[: cut + 1]), *_behind(tuple(dict.fromkeys(names[cut + 1 :])))
    if len(names) == 1:
        return (Named(names),)
    used = {key for node in below(right) if (key := variable(node)) is not None}
    shared = tuple(name for name in names if name in used)
    if not shared:
        return ()
    all_of = () if len(shared) == 1 else tuple(Named((name,), f"as functions of {name}") for name in shared)
    return Named(shared, "" if shared == names else f"as functions of {', '.join(shared)}"), *all_of


def _behind(names: tuple[str, ...]) -> Iterator[Named]:
    """Yield the readings as a function of what stands behind the bar: a likelihood is one of its parameters."""
    for count in range(len(names[:MAX_PARAMETERS]), 0, -1):
        for chosen in combinations(names[:MAX_PARAMETERS], count):
            yield Named(chosen, f"as functions of {', '.join(chosen)}", aside=True)


def _densities(node: Node) -> Iterator[Group]:
    """Yield the arguments of the densities in a formula; those of a function that is the whole formula, too."""
    while isinstance(node, FunctionCall) and node.function in ("log", "exp"):
        node = node.argument
        if isinstance(node, Group) and len(node.items) == 1:
            node = node.items[0]
    whole = isinstance(node, Product) and len(node.items) == 2
    for each in below(node):
        if not isinstance(each, Product):
            continue
        for head, group in zip(each.items, each.items[1:], strict=False):
            name = head.base if isinstance(head, Scripted) else head
            if not (isinstance(name, Name) and isinstance(group, Group) and group.kind in ("(", "[")):
                continue
            if name.key in _DENSITIES or (whole and each is node):
                yield group


def variable(node: Node) -> str | None:
    """Return the key of a symbol; that of σ where its square stands, None for anything else."""
    if isinstance(node, Name):
        return node.key
    if not (isinstance(node, Scripted) and isinstance(node.base, Name)) or node.transposed or node.primes or node.above:
        return None
    if node.power is not None and not (isinstance(node.power, Num) and node.power.value == 2):
        return None
    return f"{node.base.key}_{{{node.sub_text}}}" if node.sub else node.base.key


def is_constant(node: Node) -> bool:
    """Whether a term is the word "const"."""
    if not isinstance(node, Name) or not node.key.startswith("\\mathrm{"):
        return False
    return node.key[len("\\mathrm{") : -1].strip(" ~.,;").lower() in CONSTANT_WORDS


def without_constant(node: Node, letters: frozenset[str] = frozenset()) -> Node | None:
    """Return a sum without its term "const", or without one of some ``letters``; None if it has no such term."""
    if not isinstance(node, Terms):
        return None
    kept = tuple(
        (sign, item)
        for sign, item in node.items
        if not (is_constant(item) or (isinstance(item, Name) and item.key in letters))
    )
    if len(kept) == len(node.items) or not kept:
        return None
    if len(kept) == 1 and kept[0][0] > 0:
        return kept[0][1]
    return replace(node, items=kept)
