"""TRUSTED: terms read from their JSON form."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.term.sizes import size_of
from derive.term.terms import SHAPES, Term, make


def from_data(data: Any) -> Term:
    """Read a term from its JSON form.

    Raises
    ------
    ValueError
        If it is not one, or does not conform.

    Examples
    --------
    >>> from_data(["+", ["#", {"number": "1/2"}], ["s", "x"]])
    (+ (# 1/2) (s x))
    """
    if not (isinstance(data, list) and data and isinstance(data[0], str) and data[0] in SHAPES):
        raise ValueError(f"a term was expected, found {str(data)[:60]}")
    try:
        return make(data[0], *(_read(arg) for arg in data[1:]))
    except (TypeError, IndexError, AttributeError, KeyError, ZeroDivisionError) as problem:
        raise ValueError(f"the arguments of {data[0]!r} do not fit it") from problem


def _read(arg: Any) -> Any:
    if isinstance(arg, list):
        return from_data(arg)
    if isinstance(arg, dict):
        if "number" in arg:
            return Fraction(arg["number"])
        return size_of({tuple(names): int(count) for names, count in arg["size"]})
    if isinstance(arg, str) or (isinstance(arg, int) and not isinstance(arg, bool)):
        return arg
    raise ValueError(f"an argument cannot be {str(arg)[:40]}")
