"""The sources of cells as they are written in the JSON of a notebook, changed without touching anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from derive.containers.block import UnreadableContainer

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)

Range = tuple[int, int]


Strings = list[Range]
"""Where the strings of a source stand: one, or one for each line."""


@dataclass(slots=True)
class _Open:
    """An object with the key, or an array with the number, of the value that is being read."""

    start: int
    key: str | int
    is_value: bool = False


def replaced(name: str, text: str, sources: Mapping[int, str]) -> str:
    r"""Return the JSON of a notebook with the sources of some cells replaced; all other bytes stay as they are.

    A source that is stored in lines stays in lines, and the lines that do not change stay as they are written.

    Parameters
    ----------
    name : str
        The name of the file.
    text : str
        The JSON of the notebook.
    sources : mapping of int to str
        The new sources, by the number of the cell.

    Raises
    ------
    UnreadableContainer
        If a cell is not found, as in notebooks of versions before 4.

    Examples
    --------
    >>> replaced("a.ipynb", '{"cells": [ {"source": ["so\\n", "x"]} ]}', {0: "so\nx\ny"})
    '{"cells": [ {"source": ["so\\n", "x\\n", "y"]} ]}'
    """
    places = dict(_places(text))
    out, at = [], 0
    for cell in sorted(sources):
        if cell not in places:
            raise UnreadableContainer(f"{name}: the source of cell {cell} is not where notebooks of version 4 have it")
        start, end, strings = places[cell]
        out += [text[at:start], _rewritten(text, start, end, strings, sources[cell])]
        at = end
    return "".join([*out, text[at:]])


def _places(text: str) -> Iterator[tuple[int, tuple[int, int, Strings]]]:
    """Yield the number of each cell, and the range and the strings of its source."""
    stack: list[_Open] = []
    strings: Strings = []
    for token in _TOKEN.finditer(text):
        word, start, end = token.group(), token.start(), token.end()
        top = stack[-1] if stack else None
        if word in ("{", "["):
            stack.append(_Open(start, "" if word == "{" else 0))
        elif top is None:
            continue
        elif word in ("}", "]"):
            stack.pop()
            if word == "]" and _is_source(stack):
                yield int(stack[1].key), (top.start, end, strings)
            strings = []
        elif word == ",":
            top.is_value = False
            top.key = top.key + 1 if isinstance(top.key, int) else top.key
        elif word == ":":
            top.is_value = True
        elif word.startswith('"') and isinstance(top.key, str) and not top.is_value:
            top.key = str(json.loads(word, strict=False))
        elif word.startswith('"') and _is_source(stack):
            yield int(stack[1].key), (start, end, [(start, end)])
        elif word.startswith('"') and isinstance(top.key, int) and _is_source(stack[:-1]):
            strings.append((start, end))


def _is_source(stack: list[_Open]) -> bool:
    """Whether what comes next is the source of a cell: its path is cells, a number, source."""
    keys = [each.key for each in stack]
    return len(keys) == 3 and keys[0] == "cells" and isinstance(keys[1], int) and keys[2] == "source"


def _rewritten(text: str, start: int, end: int, strings: Strings, source: str) -> str:
    """Return the JSON of a new source, in the form of the old one."""
    if not text.startswith("[", start):
        return _spelled(text[start:end], source)
    old = [text[first:last] for first, last in strings]
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    if not old:
        return "[" + ", ".join(map(json.dumps, lines)) + "]" if lines else text[start:end]
    before, after = text[start + 1 : strings[0][0]], text[strings[-1][1] : end - 1]
    gaps = [text[one[1] : other[0]] for one, other in pairwise(strings)]
    gap = gaps[0] if gaps else f",{before or ' '}"
    out: list[str] = []
    for number, (spelled, kept) in enumerate(_lines(old, lines)):
        if number:
            out.append(gaps[kept - 1] if kept is not None and kept > 0 else gap)
        out.append(spelled)
    return "[" + before + "".join(out) + after + "]"


def _lines(old: list[str], lines: list[str]) -> Iterator[tuple[str, int | None]]:
    """Yield each line as JSON; one that was there before as it was written, with its number."""
    was = [json.loads(each, strict=False) for each in old]
    for kind, i, j, k, m in SequenceMatcher(None, was, lines, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((old[n], n) for n in range(i, j))
        elif kind != "delete":
            for n in range(k, m):
                model = old[i] if n == k and i < j else old[max(0, min(i, len(old) - 1))]
                yield _spelled(model, lines[n]), None


def _spelled(model: str, text: str) -> str:
    """Return a text as JSON; what it has in common with a model, line by line, is written as there."""
    old, new = _by_line(_CHARACTER.findall(model[1:-1])), _by_line(text)
    was = ["".join(map(_read, line)) for line in old]
    out: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, was, ["".join(line) for line in new], autojunk=False).get_opcodes():
        if kind == "equal":
            out += ["".join(line) for line in old[i:j]]
        elif kind != "delete":
            for n in range(k, m):
                line: list[str] = old[i + n - k] if i + n - k < j else []
                out.append(_like(line, "".join(new[n]), model.isascii()))
    return '"' + "".join(out) + '"'


def _like(pieces: list[str], text: str, is_ascii: bool) -> str:
    """Return a line as JSON; its beginning and its end are written as those of a line that has them too."""
    was = [_read(piece) for piece in pieces]
    start, end = 0, 0
    shortest = min(len(was), len(text))
    while start < shortest and was[start] == text[start]:
        start += 1
    while end < shortest - start and was[-1 - end] == text[-1 - end]:
        end += 1
    middle = json.dumps(text[start : len(text) - end], ensure_ascii=is_ascii)[1:-1]
    return "".join(pieces[:start]) + middle + "".join(pieces[len(pieces) - end :])


def _by_line(pieces: Sequence[str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for piece in pieces:
        lines[-1].append(piece)
        if _read(piece) == "\n":
            lines.append([])
    return lines


def _read(piece: str) -> str:
    """Return the character that a piece of a string of JSON stands for."""
    return str(json.loads(f'"{piece}"', strict=False)) if piece.startswith("\\") and len(piece) > 1 else piece


_CHARACTER = re.compile(r"\\u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|\\u....|\\.|[^\\]", re.DOTALL)
