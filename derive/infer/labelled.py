r"""Densities of distributions that a document states: p(x) beside ``P: X \sim \mathcal{N}(\mu, \Sigma)``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from derive.distributions import Distributed
from derive.infer.gather import Formula, Gathered
from derive.infer.variables import Variables
from derive.infer.words import Said
from derive.opaque import written
from derive.source import Excerpt
from derive.syntax import Group, Name, Node, Product, Scripted, below
from derive.told import Implied
from derive.verdict import Assumed

_DENSITIES = {
    "normal": "\\mathcal{N}",
    "matrix normal": "\\mathcal{MN}",
    "gamma": "\\mathrm{Gam}",
    "wishart": "\\mathcal{W}",
}
"""How the density of a family is written."""
_COUNTS = {"normal": 2, "matrix normal": 3, "gamma": 2, "wishart": 2}
_LETTERS = ("p", "q")
_WORDS = re.compile(r"\b(densit(y|ies)|pdf|entropy|divergence|likelihood)\b", re.IGNORECASE)
"""Words that show that p(x) is a density, where it has no label."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The density of a distribution, with how it is reported and the equation that it is."""

    implied: Implied
    assumed: Assumed
    formula: Formula


def labelled(gathered: Gathered, variables: Variables, defined: Collection[str]) -> Iterator[Labelled]:
    r"""Yield the densities p(x), q(x) of which no equation of the document says what they are.

    The letter is that of the label: p(x) belongs to ``P: X \sim \dots``. Without a label, p(x) is the density of x or X
    if these have one distribution in the whole document. A distribution that is conditional, or joint, gives none.

    Parameters
    ----------
    gathered : Gathered
        The document.
    variables : Variables
        Its symbols.
    defined : collection of str
        Names that are defined or declared elsewhere.
    """
    for letter, x in _applied(gathered):
        key = f"{letter}({x})"
        found = [each for each in gathered.statements if _is_of(x, each[0])]
        of_label = [each for each in found if each[0].label.lower() == letter]
        chosen = of_label or ([] if any(law.label for law, _ in found) or letter != "p" else found)
        is_only = len(chosen) == 1 and (bool(of_label) or _has_one_density(x, gathered))
        law, at = chosen[0] if is_only else (None, 0)
        if law is None or _COUNTS.get(law.family) != len(law.parameters) or {key, letter, "\\mathcal{N}"} & {*defined}:
            continue
        if not any(key == written_left for written_left in _lefts(gathered)):
            yield _density(letter, x, law, at, gathered)


def values(gathered: Gathered, variables: Variables, words: Iterable[Said]) -> dict[str, str]:
    """Return the letters that stand for the values of random symbols: the x of X, if X has a distribution and x none.

    A letter that the prose calls random, or to which an equation gives a value, stands for itself.
    """
    random = {variables.key(each.symbol)[0] for each in words if each.random}
    distributed = {node.key for law, _ in gathered.statements for node in law.variables if isinstance(node, Name)}
    valued = {
        formula.sides[0].key
        for formula in gathered.formulas
        if formula.relation in ("equal", "define") and len(formula.sides) > 1 and isinstance(formula.sides[0], Name)
    }
    used = {key for key in variables.keys if len(key) == 1 and key.islower()}
    free = used - random - distributed - valued
    return {key: key.upper() for key in sorted(free) if key.upper() in distributed}


def _density(letter: str, x: str, law: Distributed, line: int, gathered: Gathered) -> Labelled:
    span = law.span
    variable, head = Name(span, x), _DENSITIES[law.family]
    left = Product(span, (Name(span, letter), Group(span, "(", (variable,))), ("", ""))
    items = (variable, *law.parameters)
    marks = (";", *("," for _ in law.parameters[1:]))
    right = Product(span, (Name(span, head), Group(span, "(", items, marks)), ("", ""))
    excerpt = next(
        excerpt
        for excerpt, _ in gathered.marks
        if excerpt.source.position(span.start)[0] == line and _within(span.start, excerpt)
    )
    text = excerpt.source.text
    parameters = ", ".join(text[node.span.start : node.span.end] for node in law.parameters)
    key, latex = f"{letter}({x})", f"{letter}({x}) = {head}({x}; {parameters})"
    of = f"{law.label}: " if law.label else ""
    evidence = f"line {line}: {of}it is the density of this distribution"
    place = excerpt.source.cell or 0, excerpt.span(0, 0).start
    formula = Formula((left, right), "equal", line, False, ((None, -1),), exponents=((), ()))
    return Labelled(Implied(left, right, place), Assumed(key, latex, (evidence,), line), formula)


def _within(at: int, excerpt: Excerpt) -> bool:
    span = excerpt.span(0, len(excerpt.text))
    return bool(span.start <= at <= span.end)


def _applied(gathered: Gathered) -> list[tuple[str, str]]:
    """Return the densities of one symbol that occur, also as what an average is taken over."""
    found: dict[tuple[str, str], None] = {}
    for side, _ in gathered.nodes():
        for node in below(side):
            pairs: list[tuple[Node, Node]] = []
            if isinstance(node, Product):
                pairs = list(pairwise(node.items))
            elif isinstance(node, Scripted) and len(node.sub) == 2:
                pairs = [(node.sub[0], node.sub[1])]
            for head, group in pairs:
                if isinstance(head, Name) and head.key in _LETTERS and isinstance(group, Group) and group.kind == "(":
                    names = [item.key for item in group.items if isinstance(item, Name)]
                    if len(names) == len(group.items) == 1:
                        found[head.key, names[0]] = None
    return list(found)


def _is_of(x: str, law: Distributed) -> bool:
    """Whether a distribution is that of a symbol alone; its value may be written in lower case."""
    return not law.conditional and len(law.variables) == 1 and _names(law, x)


def _names(law: Distributed, x: str) -> bool:
    keys = [node.key for node in law.variables if isinstance(node, Name)]
    return x in keys or (x.upper() in keys and len(x) == 1)


def _has_one_density(x: str, gathered: Gathered) -> bool:
    """Whether a symbol has one distribution in the whole document, and words speak of densities."""
    count = sum(_names(law, x) for law, _ in gathered.statements)
    return count == 1 and any(_WORDS.search(text) for text, _ in gathered.text)


def _lefts(gathered: Gathered) -> Iterator[str]:
    """Yield the applications that equations give a value."""
    for formula in gathered.formulas:
        left = formula.sides[0]
        if isinstance(left, Product) and len(left.items) == 2 and len(formula.sides) > 1:
            yield "".join(map(written, left.items))
