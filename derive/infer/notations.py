r"""Letters that a document says to be covariances by an equation, as in ``\Sigma(X) = \mathrm{Cov}(X)``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from derive.covariances import Covariances, subscript_pair
from derive.infer.gather import Formula, Gathered
from derive.opaque import operator_of, written
from derive.syntax import Group, Name, Node, Num, Product, Scripted, Terms, below
from derive.verdict import Assumed

_FIXED = frozenset({"E", "\\mathrm{E}", "\\mathbb{E}", "\\mathrm{Var}", "\\mathrm{Cov}", "p", "q", "P", "N"})
"""Letters that are never read as one for a covariance."""
_WORDS = re.compile(r"covarianc|varianc|dispersion", re.IGNORECASE)
REACH = 300
"""Letters before an equation in which words have to say what it is about."""


def covariances(gathered: Gathered, declared: Collection[str]) -> tuple[Covariances, tuple[Assumed, ...]]:
    r"""Return the letters that equations of a document say to be covariances, and how that is reported.

    A letter before a bracket is one if a chain of equations says so of two symbols, or of one, and the letter nowhere
    stands without a bracket or a subscript, so that ``\Sigma (x - \mu)`` is a product. With a subscript of two random
    symbols it is one if a chain says so of such a subscript.

    Parameters
    ----------
    gathered : Gathered
        The formulas.
    declared : collection of str
        Symbols that are declared: they are what they are declared as.
    """
    said = [
        (node, pair, formula.line)
        for formula in gathered.formulas
        for node, pair in (_said(formula) if _is_introduced(formula, gathered) else ())
    ]
    random = {key for _, pair, _ in said for key in pair}
    fixed = {*_FIXED, *declared}
    stated = {written(node) for law, _ in gathered.statements for each in law.parameters for node in below(each)}
    heads: set[str] = set()
    letters: set[str] = set()
    shown: dict[str, Assumed] = {}
    for node, pair, line in said:
        key, is_letter = _base(node), isinstance(node, Scripted)
        if is_letter and not (stated | fixed) & {*_names(key, random)}:
            letters.add(key)
        elif not is_letter and key not in fixed and not _stands_alone(key, gathered):
            heads.add(key)
        else:
            continue
        latex = (
            f"{written(node)}{'' if is_letter else f'({pair[0]})'} = \\mathrm{{Cov}}({', '.join(dict.fromkeys(pair))})"
        )
        shown.setdefault(f"{key}{is_letter}", Assumed(key, latex, (f"line {line}: an equation says so",), line))
    return Covariances(frozenset(heads), frozenset(letters), frozenset(random)), tuple(shown.values())


def spelled(gathered: Gathered, found: Covariances) -> None:
    """Write the covariances of a document as applications of the operator."""
    if found:
        gathered.heads -= found.heads
        gathered.formulas = [replace(each, sides=found.spelled(each.sides)) for each in gathered.formulas]


def _said(formula: Formula) -> Iterator[tuple[Node, tuple[str, str]]]:
    """Yield the letters with a bracket or a subscript that a chain of equations says to be covariances."""
    if formula.relation not in ("equal", "define"):
        return
    pairs = {pair for side in formula.sides if (pair := covariance_form(side)) is not None}
    for side in formula.sides:
        own = _applied(side)
        if own is not None and own[1] in pairs:
            yield own


def _applied(side: Node | None) -> tuple[Node, tuple[str, str]] | None:
    r"""Return a letter with the symbols behind it: ``\Sigma(X)``, ``\Sigma(X, Y)`` or ``\Sigma_{XY}``."""
    if isinstance(side, Scripted) and isinstance(side.base, Name) and side.power is None and not side.transposed:
        pair = subscript_pair(side)
        return None if pair is None else (side, pair)
    if not isinstance(side, Product) or len(side.items) != 2 or side.operators[1] != "":
        return None
    head, group = side.items
    if not isinstance(head, Name) or not isinstance(group, Group) or operator_of(head.key):
        return None
    names = [item.key for item in group.items if isinstance(item, Name)]
    if len(names) != len(group.items) or len(names) > 2 or any(mark != "," for mark in group.separators):
        return None
    return head, (names[0], names[-1])


def covariance_form(side: Node | None) -> tuple[str, str] | None:
    r"""Return the symbols X, Y of which an expression is the covariance as everybody writes it, or None.

    These are ``\mathrm{Cov}(X, Y)``, ``\mathrm{E}[(X - \mathrm{E}[X]) (Y - \mathrm{E}[Y])^\top]`` and
    ``\mathrm{E}[X Y^\top] - \mathrm{E}[X] \mathrm{E}[Y]^\top``, for numbers without the transposition.
    """
    if side is None:
        return None
    text = _text(side)
    names = sorted({node.key for node in below(side) if isinstance(node, Name) and operator_of(node.key) is None})
    if len(names) > 2:
        return None
    pairs = [(x, y) for x in names for y in names if len({x, y}) == len(names)]
    return next((pair for pair in pairs if text in _forms(*pair)), None)


def _forms(x: str, y: str) -> set[str]:
    """Return the ways in which the covariance of two symbols is written, as texts that are compared."""
    ex, ey = f"E({x})", f"E({y})"
    found = {f"Cov({x},{y})"}
    found |= {f"E(({x}-{ex})({y}-{ey}){mark})" for mark in ("", "^T")}
    found |= {f"E({x}{y}{mark})-{ex}{ey}{mark}" for mark in ("", "^T")}
    if x == y:
        found |= {f"Cov({x})", f"Var({x})", f"E(({x}-{ex})^2)", f"E({x}^2)-{ex}^2"}
    return found


def _text(node: Node) -> str:
    """Return a formula as a text in which brackets of all kinds are the same."""
    match node:
        case Name():
            return operator_of(node.key) or node.key
        case Num():
            return str(node.value)
        case Group():
            return f"({','.join(map(_text, node.items))})"
        case Product() if all(operator in ("", "\\cdot") for operator in node.operators):
            return "".join(map(_text, node.items))
        case Terms():
            signs = ["-" if sign < 0 else "+" if at else "" for at, (sign, _) in enumerate(node.items)]
            return "".join(sign + _text(item) for sign, (_, item) in zip(signs, node.items, strict=True))
        case Scripted() if not node.sub and not node.primes and node.above is None:
            power = "" if node.power is None else f"^{_text(node.power)}"
            return f"{_text(node.base)}{power}{'^T' if node.transposed else ''}"
    return written(node)


def _base(node: Node) -> str:
    base = node.base if isinstance(node, Scripted) else node
    return base.key if isinstance(base, Name) else ""


def _stands_alone(key: str, gathered: Gathered) -> bool:
    """Whether a letter stands somewhere without a subscript and without a bracket behind it."""
    nodes = [each for side, _ in gathered.nodes() for each in below(side)]
    bare = sum(isinstance(each, Name) and each.key == key for each in nodes)
    scripted = sum(isinstance(each, Scripted) and bool(each.sub) and _base(each) == key for each in nodes)
    applied = sum(
        _is_head(key, each, at) for each in nodes if isinstance(each, Product) for at in range(len(each.items))
    )
    return bare != scripted + applied


def _is_head(key: str, product: Product, at: int) -> bool:
    """Whether a factor is a letter with a bracket behind it."""
    head, behind = product.items[at], product.items[at + 1 : at + 2]
    group = behind[0].base if behind and isinstance(behind[0], Scripted) else behind[0] if behind else None
    is_bracket = isinstance(group, Group) and product.operators[at + 1] == ""
    return is_bracket and isinstance(head, Name) and head.key == key


def _is_introduced(formula: Formula, gathered: Gathered) -> bool:
    """Whether the words before a formula speak of a covariance or a variance."""
    cell, at = formula.place
    for number, (excerpt, _) in enumerate(gathered.marks):
        within = excerpt.span(0, len(excerpt.text))
        if excerpt.source.cell == cell and within.start <= at <= within.end:
            text = "".join(piece for piece, _ in gathered.text).partition(f"⟦{number}⟧")[0]
            return _WORDS.search(text[-REACH:]) is not None
    return False


def _names(key: str, random: Collection[str]) -> Iterator[str]:
    """Yield the keys that a letter has with two random symbols as its subscript."""
    for one in random:
        for other in random:
            yield f"{key}_{{{one}{other}}}"
            yield f"{key}_{{{one},{other}}}"
