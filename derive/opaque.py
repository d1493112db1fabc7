r"""Applications that are known by their arguments as a whole: ``p(y \mid \beta)``, ``\mathrm{KL}[P \| Q]``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from derive.syntax import Group, Name, Node, NormBars, Num, Scripted

_MOMENTS = {
    "\\mathrm{E}": "E",
    "\\mathbb{E}": "E",
    "\\mathrm{Var}": "Var",
    "\\mathrm{var}": "Var",
    "\\mathbb{V}": "Var",
    "\\mathrm{Cov}": "Cov",
    "\\mathrm{cov}": "Cov",
}
"""Operators on random symbols, however they are written."""
BY_NAME = frozenset(
    r"p q P \mathrm{p} \mathrm{P} \mathrm{Pr} \mathrm{KL} \mathrm{h} \mathrm{H} \mathrm{I} \hat{\mathrm{I}} "
    r"\mathrm{Corr} \mathrm{corr}".split()
) | frozenset(_MOMENTS)
"""Heads that stand for another quantity with every list of arguments: densities, divergences, entropies, moments."""
NUMBERS = BY_NAME - frozenset(_MOMENTS)
"""Those of them that are numbers."""


def is_moment(key: str) -> bool:
    """Whether the key of a declaration is that of a moment, which is declared only where nothing gives it.

    Examples
    --------
    >>> is_moment("\\\\mathrm{E}(X)"), is_moment("X")
    (True, False)
    """
    return key.startswith(_MOMENT_KEYS)


_MOMENT_KEYS = tuple(f"\\mathrm{{{name}}}{mark}" for name in ("E", "Var", "Cov") for mark in ("(", "_{"))


def depends_on(key: str, names: Iterable[str]) -> bool:
    r"""Whether a key is that of a density whose arguments are among some names: it depends on their values.

    Examples
    --------
    >>> depends_on("q(x,z)", ["x"]), depends_on("q(z)", ["x"]), depends_on(r"\mathrm{E}(x)", ["x"])
    (True, False, False)
    """
    head, bracket, arguments = key.partition("(")
    return bool(bracket) and head in _DENSITIES and any(name in arguments for name in names)


_DENSITIES = frozenset(r"p q P f \mathrm{p} \mathrm{q} \mathrm{P} \mathrm{f}".split())


def under(key: str, density: str) -> str:
    """Return the key of a moment under a density of its own.

    Examples
    --------
    >>> under("\\\\mathrm{E}(x)", "q(x)")
    '\\\\mathrm{E}_{q(x)}(x)'
    """
    return key.replace("}(", f"}}_{{{density}}}(", 1) if density else key


def operator_of(key: str) -> str | None:
    """Return the operator that a name is, however it is written: ``"E"``, ``"Var"`` or ``"Cov"``.

    Examples
    --------
    >>> operator_of("\\\\mathbb{E}"), operator_of("X")
    ('E', None)
    """
    return _MOMENTS.get(key)


def conditioned(key: str, condition: Sequence[str]) -> str:
    r"""Return the key of a moment under a condition.

    Examples
    --------
    >>> conditioned(r"\mathrm{E}(X)", ["Y", "Z"])
    '\\mathrm{E}(X|Y,Z)'
    """
    if not condition:
        return key
    whole, mark, number = key.partition("#")
    return f"{whole.removesuffix(')')}|{','.join(condition)}){mark}{number}"


def split_condition(group: Group) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Return what stands before and behind the bar in a bracket; all of it stands before if there is none."""
    at = group.separators.index("|") + 1 if "|" in group.separators else len(group.items)
    return group.items[:at], group.items[at:]


def is_operator(head: Node) -> bool:
    """Whether a head is that of moments, as E and Var are."""
    name = head.base if isinstance(head, Scripted) else head
    return isinstance(name, Name) and name.key in _MOMENTS


def moment_head(head: Node, group: Group) -> str | None:
    """Return the operator that a head before a bracket is: ``"E"``, ``"Var"`` or ``"Cov"``; None if it is none."""
    name = head.base if isinstance(head, Scripted) else head
    if not isinstance(name, Name) or group.kind not in ("(", "[", "\\{"):
        return None
    if isinstance(head, Scripted) and (head.power is not None or head.transposed or head.primes):
        return None
    operator = _MOMENTS.get(name.key)
    if operator is None or set(group.separators) - {",", "|"} or group.separators.count("|") > 1:
        return None
    count = len(split_condition(group)[0])
    return operator if count == 1 or (operator == "Cov" and count == 2) else None


def whole_key(head: Node, group: Group) -> str | None:
    """Return the key of an application that is no function of its arguments, or None.

    Densities are told apart by the names of their arguments: ``p(x)`` and ``p(y)`` are two functions. So is what is
    applied to anything but symbols, as ``\\mathrm{LL}(\\beta, \\sigma^2)``.
    """
    operator = moment_head(head, group)
    if operator is not None and not isinstance(head, Scripted):
        inner = "".join(written(item) + mark for item, mark in zip(group.items, (*group.separators, ""), strict=True))
        return f"\\mathrm{{{operator}}}({inner})"
    name = head.base if isinstance(head, Scripted) else head
    if not isinstance(name, Name) or (isinstance(head, Scripted) and (head.power is not None or head.transposed)):
        return None
    plain = all(_is_plain(item) for item in group.items)
    if plain and name.key not in BY_NAME:
        return None
    if not plain and len(group.items) == 1 and not name.key.startswith(("\\mathrm{", "\\hat{\\mathrm{")):
        return None  # a letter before a bracket is a factor
    marks = [*group.separators, ""]
    inner = "".join(written(item) + mark for item, mark in zip(group.items, marks, strict=True))
    return f"{written(head)}({inner})"


def _is_plain(node: Node) -> bool:
    return isinstance(node, Name) or (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and node.power is None
        and not node.transposed
        and not node.primes
    )


def written(node: Any) -> str:
    """Return a text by which equal trees are known, however they were spaced.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from derive.source import Span
    >>> written(Scripted(Span(0, 3), Name(Span(0, 1), "x"), power=Num(Span(2, 3), Fraction(2))))
    'x^{2}'
    """
    match node:
        case Name():
            return node.key
        case Num():
            return str(node.value)
        case Scripted():
            text = written(node.base) + (f"_{{{node.sub_text}}}" if node.sub else "")
            text += f"^{{({written(node.above)})}}" if node.above is not None else ""
            text += f"^{{{written(node.power)}}}" if node.power is not None else ""
            return text + "^T" * node.transposed + "'" * node.primes
        case Group():
            marks = [*node.separators, ""]
            return "(" + "".join(written(item) + mark for item, mark in zip(node.items, marks, strict=True)) + ")"
        case NormBars():
            return f"|{written(node.inner)}|"
        case Node():
            inner = ",".join(written(getattr(node, entry.name)) for entry in fields(node) if entry.name != "span")
            return f"{type(node).__name__}[{inner}]"
        case tuple():
            return ",".join(written(item) for item in node)
    return str(node)


__all__ = ["BY_NAME", "NUMBERS", "whole_key", "written"]
