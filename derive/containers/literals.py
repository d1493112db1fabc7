"""JSON read with the places of its strings, so that one can be changed and everything else stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

Range = tuple[int, int]

_LETTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # one character of two units
    r"|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)


class Literal(str):
    """A string of a JSON text, with the offsets of its literal between the quotes."""

    start: int
    end: int


class _Decoder(json.JSONDecoder):
    """The decoder of the standard library, whose strings know where they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.parse_string = _literal
        self.scan_once = py_make_scanner(self)


def _literal(text: str, start: int, strict: bool = True) -> tuple[Literal, int]:
    value, end = scanstring(text, start, strict)
    literal = Literal(value)
    literal.start, literal.end = start, end - 1
    return literal, end


def read_json(text: str) -> Any:
    r"""Return the value of a JSON text; every string in it is a `Literal`, except the keys of objects.

    Raises
    ------
    ValueError
        If the text is not JSON.
    RecursionError
        If it is nested too deeply.

    Examples
    --------
    >>> found = read_json('{"source": ["a\\n", "b"]}')["source"]
    >>> found, [(each.start, each.end) for each in found]
    (['a\n', 'b'], [(13, 16), (20, 21)])
    """
    return _Decoder().decode(text)


def letters(text: str, literal: Literal) -> list[Range]:
    r"""Return for every character of a string the offsets at which it is written.

    Examples
    --------
    >>> text = '["a\\u00e9\\\\b"]'
    >>> letters(text, read_json(text)[0])
    [(2, 3), (3, 9), (9, 11), (11, 12)]
    """
    return [match.span() for match in _LETTER.finditer(text, literal.start, literal.end)]


class Pieces:
    r"""A text that is written as several JSON strings, one behind the other.

    Parameters
    ----------
    text : str
        The JSON.
    literals : iterable of Literal
        The strings.

    Examples
    --------
    >>> text = '["a = \\u0062\\n", "c"]'
    >>> Pieces(text, read_json(text)).splices((4, 5), "\\beta")
    [((6, 12), '\\\\beta')]
    """

    def __init__(self, text: str, literals: Iterable[Literal]) -> None:
        self._is_ascii = text.isascii()
        self._letters: list[Range] = []
        self._owner: list[int] = []
        for number, literal in enumerate(literals):
            found = letters(text, literal)
            self._letters += found
            self._owner += [number] * len(found)

    def splices(self, span: Range, new: str) -> list[tuple[Range, str]]:
        """Return what changes in the JSON where a range of the text is replaced.

        A range that goes through several strings is replaced in the first one and taken out of the others.
        """
        start, end = span
        written = json.dumps(new, ensure_ascii=self._is_ascii)[1:-1]
        if start == end:
            at = self._letters[start][0] if start < len(self._letters) else self._letters[-1][1]
            return [((at, at), written)]
        found: list[tuple[Range, str]] = []
        for first, last in self._runs(start, end):
            found.append(((self._letters[first][0], self._letters[last][1]), "" if found else written))
        return found

    def _runs(self, start: int, end: int) -> Sequence[Range]:
        """Return the first and the last character of the range in each string that it goes through."""
        owners = self._owner[start:end]
        firsts = [at for at in range(len(owners)) if at == 0 or owners[at] != owners[at - 1]]
        return [(start + a, start + b - 1) for a, b in zip(firsts, [*firsts[1:], len(owners)], strict=True)]
