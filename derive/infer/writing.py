"""Declarations as text."""

from __future__ import annotations

from typing import Any

from sympy import latex

from derive.facts import Fact
from derive.infer.variables import Variables
from derive.names import FAMILY
from derive.shape import Dim

_SYMMETRIC = {Fact.DEFINITE: r"\mathbb{S}_{++}", Fact.SEMIDEFINITE: r"\mathbb{S}_{+}", Fact.SYMMETRIC: r"\mathbb{S}"}


def declaration(
    key: str, shape: tuple[Dim, ...] | None, facts: frozenset[Fact], ranges: tuple[Dim, ...], variables: Variables
) -> str:
    r"""Return the membership statement of a symbol.

    Examples
    --------
    >>> from sympy import Symbol
    >>> declaration("X", (Symbol("n"), Symbol("p")), frozenset(), (), Variables({}))
    'X \\in \\mathbb{R}^{n \\times p}'
    """
    text = f"{_symbol(key, ranges, variables)} \\in {_set(shape, facts)}"
    if ranges:
        letters = _letters(key, len(ranges), variables)
        text += "".join(
            f", {letter} = 1, \\dots, {shown_size(upper)}" for letter, upper in zip(letters, ranges, strict=True)
        )
    return text


def _symbol(key: str, ranges: tuple[Dim, ...], variables: Variables) -> str:
    if not ranges:
        return key
    return f"{key.removesuffix(FAMILY)}_{{{' '.join(_letters(key, len(ranges), variables))}}}"


def _letters(key: str, count: int, variables: Variables) -> tuple[str, ...]:
    """Return the letters that the indices of a family are written with."""
    for letters in variables.uses[key.removesuffix(FAMILY)].indexed.get(count, ()):
        if all(letter.isalpha() for letter in letters) and len(set(letters)) == len(letters):
            return letters
    unused = [letter for letter in "ijklmn" if letter not in variables.uses]
    return tuple(unused[:count])


def _set(shape: tuple[Dim, ...] | None, facts: frozenset[Fact]) -> str:
    if shape is None:
        return r"\mathbb{R}_{>0}" if Fact.POSITIVE in facts else r"\mathbb{R}"
    rows, cols = shape
    if cols == 1:
        return rf"\mathbb{{R}}^{{{shown_size(rows)}}}"
    if rows == cols:
        size = shown_size(rows)
        for fact, name in _SYMMETRIC.items():
            if fact in facts:
                if Fact.DIAGONAL in facts:
                    return rf"\mathbb{{D}}_{{++}}^{{{size}}}" if fact is Fact.DEFINITE else rf"\mathbb{{D}}^{{{size}}}"
                return f"{name}^{{{size}}}"
        if Fact.DIAGONAL in facts:
            return rf"\mathbb{{D}}^{{{size}}}"
        if Fact.ORTHOGONAL in facts:
            return rf"\mathrm{{O}}({size})"
        if Fact.INVERTIBLE in facts:
            return rf"\mathrm{{GL}}({size})"
    return rf"\mathbb{{R}}^{{{shown_size(rows)} \times {shown_size(cols)}}}"


def shown_size(dim: Any) -> str:
    """Return a size as it is written in a declaration."""
    return str(dim) if dim.is_Symbol else latex(dim, mul_symbol=" ")
