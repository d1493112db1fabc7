"""The sources of cells as they are written in the JSON of a notebook, changed without touching anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from derive.containers.block import UnreadableContainer
from derive.containers.literals import Literal, letters
from derive.containers.notebook import source_parts

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


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
        If a cell does not stand in the text as it is read, as in some notebooks of old formats.

    Examples
    --------
    >>> replaced("a.ipynb", '{"cells": [ {"cell_type": "markdown", "source": ["so\\n", "x"]} ]}', {0: "so\nx\ny"})
    '{"cells": [ {"cell_type": "markdown", "source": ["so\\n", "x\\n", "y"]} ]}'
    """
    parts = source_parts(name, text)
    out, at = [], 0
    for cell in sorted(sources):
        literals = parts(cell)
        if not literals:
            raise UnreadableContainer(f"the source of cell {cell} does not stand in {name} as it is read")
        start, end = literals[0].start - 1, literals[-1].end + 1
        out += [text[at:start], _rewritten(text, literals, sources[cell])]
        at = end
    return "".join([*out, text[at:]])


def _rewritten(text: str, literals: Sequence[Literal], source: str) -> str:
    """Return the JSON of a new source, in the form of the old one: one string, or a string for each line."""
    before = text[: literals[0].start - 1].rstrip()
    old = [_Line(each, [text[start:end] for start, end in letters(text, each)]) for each in literals]
    if not before.endswith("["):
        return _spelled(old[0], source, text.isascii())
    gaps = [text[one.end + 1 : other.start - 1] for one, other in pairwise(literals)]
    gap = gaps[0] if gaps else f",{text[len(before) : literals[0].start - 1] or ' '}"
    out: list[str] = []
    for number, (spelled, kept) in enumerate(_lines(old, _LINES.findall(source), text.isascii())):
        if number:
            out.append(gaps[kept - 1] if kept is not None and kept > 0 else gap)
        out.append(spelled)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class _Line:
    """A text and how each of its characters is written in JSON."""

    text: str
    letters: list[str]

    @property
    def spelled(self) -> str:
        return f'"{"".join(self.letters)}"'


def _lines(old: Sequence[_Line], lines: Sequence[str], is_ascii: bool) -> Iterator[tuple[str, int | None]]:
    """Yield each line as JSON; one that was there before as it was written, with its number."""
    for kind, i, j, k, m in SequenceMatcher(None, [each.text for each in old], lines, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((old[n].spelled, n) for n in range(i, j))
        elif kind != "delete":
            for n in range(k, m):
                yield _spelled(old[i] if n == k and i < j else _Line("", []), lines[n], is_ascii), None


def _spelled(model: _Line, text: str, is_ascii: bool) -> str:
    """Return a text as JSON; what it has in common with a model, line by line, is written as there."""
    old, new = _by_line(model), _LINES.findall(text)
    out: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, [each.text for each in old], new, autojunk=False).get_opcodes():
        if kind == "equal":
            out += ["".join(line.letters) for line in old[i:j]]
        elif kind != "delete":
            out += [_like(old[i + n - k] if i + n - k < j else _Line("", []), new[n], is_ascii) for n in range(k, m)]
    return '"' + "".join(out) + '"'


def _like(model: _Line, text: str, is_ascii: bool) -> str:
    """Return a line as JSON; its beginning and its end are written as those of a line that has them too."""
    was = model.text
    start, end = 0, 0
    shortest = min(len(was), len(text))
    while start < shortest and was[start] == text[start]:
        start += 1
    while end < shortest - start and was[-1 - end] == text[-1 - end]:
        end += 1
    middle = json.dumps(text[start : len(text) - end], ensure_ascii=is_ascii)[1:-1]
    return "".join(model.letters[:start]) + middle + "".join(model.letters[len(was) - end :])


def _by_line(model: _Line) -> list[_Line]:
    found, at = [], 0
    for line in _LINES.findall(model.text):
        found.append(_Line(line, model.letters[at : at + len(line)]))
        at += len(line)
    return found
