"""Sample means that only the prose explains: the x̄ of “where $\\bar{x}$ is the sample mean” beside x_i."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sympy import Symbol

from derive.infer.fit import Fitted
from derive.infer.shapes import Open
from derive.infer.variables import Variables
from derive.infer.words import Said
from derive.infer.writing import shown_size
from derive.names import FAMILY
from derive.shape import Dim
from derive.verdict import Assumed

_BARRED = re.compile(r"\\bar\{(.+)\}")


def barred(key: str) -> str | None:
    r"""Return the letter under a bar.

    Examples
    --------
    >>> barred(r"\bar{x}"), barred("x")
    ('x', None)
    """
    found = _BARRED.fullmatch(key)
    return None if found is None else found.group(1)


def means(
    words: Sequence[Said], fitted: Fitted, variables: Variables, names: Mapping[Dim, Symbol]
) -> Iterator[tuple[str, Assumed]]:
    """Yield the letters with a bar that the prose calls means, with the equations that say so.

    The letter below the bar has to be a family of numbers, or a column, of a known number of members.

    Parameters
    ----------
    words : sequence of Said
        What the prose says.
    fitted : Fitted
        The sorts and shapes.
    variables : Variables
        The symbols.
    names : mapping
        Names of sizes.
    """
    for each in words:
        key, _ = variables.key(each.symbol)
        base = barred(key)
        if not each.mean or base is None or fitted.shapes.plain(fitted.shapes.known.get(key)) is not None:
            continue
        size = count_of(base, fitted, names)
        if size is not None and key in variables.first:
            count, index = shown_size(size), _index(base, variables)
            latex = rf"{key} = \frac{{1}}{{{count}}} \sum_{{{index}=1}}^{{{count}}} {base}_{{{index}}}"
            yield key, Assumed(key, latex, (f"line {each.line}: “{each.words}”",), variables.first[key].line)


def count_of(base: str, fitted: Fitted, names: Mapping[Dim, Symbol]) -> Dim | None:
    """Return the number of members of a family of numbers, or of entries of a column, with the names of sizes."""
    size = _count(base, fitted)
    return None if size is None else size.xreplace({dim: names[dim] for dim in size.free_symbols if dim in names})


def _count(base: str, fitted: Fitted) -> Dim | None:
    shapes = fitted.shapes
    if base + FAMILY in fitted.sorts:
        ranges = shapes.ranges.get(base + FAMILY, ())
        is_number = shapes.plain(shapes.known[base + FAMILY]) is None
        return shapes.sizes.resolve(ranges[0]) if is_number and len(ranges) == 1 else None
    shape = shapes.plain(shapes.known.get(base))
    return None if shape is None or isinstance(shape, Open) or shape[1] != 1 else shape[0]


def _index(base: str, variables: Variables) -> str:
    use = variables.uses.get(base)
    found = [letters[0] for letters in use.indexed.get(1, ()) if letters[0].isalpha()] if use is not None else []
    return found[0] if found else next(letter for letter in "ijklmn" if letter not in variables.uses)
