"""Repairs written into the text they belong to: right sides only, and nothing else changes."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from derive.containers.notebook import markdown_cells, notebook_splices
from derive.verdict import ERRORS, RelationReport, Splice, Verdict

_FIXED = ERRORS | {Verdict.UNREAD, Verdict.UNDECIDED}
"""Verdicts of lines that are wrong, or that make sense only as they may have been meant."""

Changes = Mapping[int | None, Sequence[Splice]]
"""What is replaced by what: in each cell of a notebook, or in a text, which has the number None."""


def fixes(reports: Iterable[RelationReport]) -> dict[int | None, tuple[Splice, ...]]:
    """Return what the repairs of wrong right sides change, by cell; of a chain only the first repair is taken.

    Right sides that are not understood are among them, where the reading that makes sense is true.

    A line after a repaired one has to be judged anew: it may be right now, or wrong in another way.
    """
    found: dict[int | None, tuple[Splice, ...]] = {}
    chains: set[int] = set()
    for report in reports:
        said = report.judgement
        if said.verdict not in _FIXED or (report.chain and report.chain in chains):
            continue
        chains.add(report.chain)
        if said.repair is not None and said.repair.on_right:
            found[report.cell] = (*found.get(report.cell, ()), *said.repair.splices)
    return found


def repaired(name: str, text: str, changes: Changes) -> str:
    r"""Return the text of a file with pieces replaced; everything else stays, letter by letter.

    Parameters
    ----------
    name : str
        The name of the file, which says whether it is a notebook.
    text : str
        Its text.
    changes : mapping
        What `fixes` returns.

    Raises
    ------
    UnreadableContainer
        If a cell of a notebook does not stand in the text as it is read.

    Examples
    --------
    >>> text = '{"cells": [{"cell_type": "markdown", "source": "$$a = -b$$"}]}'
    >>> repaired("notes.ipynb", text, {0: [((6, 8), "\\beta")]})
    '{"cells": [{"cell_type": "markdown", "source": "$$a = \\\\beta$$"}]}'
    """
    if not is_notebook(name):
        return applied(text, changes.get(None, ()))
    cells = {number: _apart(splices) for number, splices in changes.items() if number is not None}
    return applied(text, notebook_splices(name, text, cells))


def is_notebook(name: str) -> bool:
    """Whether a file is a notebook, by its name."""
    return PurePath(name).suffix.lower() == ".ipynb"


def applied(text: str, splices: Sequence[Splice]) -> str:
    """Return a text with pieces replaced; one that overlaps an earlier one is left out.

    Examples
    --------
    >>> applied("a = 2 b + c", [((4, 5), "3"), ((8, 9), "-")])
    'a = 3 b - c'
    """
    out, at = [], 0
    for (start, end), new in _apart(splices):
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])


def _apart(splices: Sequence[Splice]) -> list[Splice]:
    """Return splices in order, without those that overlap an earlier one."""
    found: list[Splice] = []
    for splice in sorted(splices, key=lambda each: each[0]):
        if not found or splice[0][0] >= found[-1][0][1]:
            found.append(splice)
    return found


def difference(name: str, before: str, after: str) -> str:
    """Return a unified diff of two versions of a file; of a notebook, of the source of each cell that differs."""
    if not is_notebook(name):
        return _unified(name, before, after)
    old, new = markdown_cells(name, before), markdown_cells(name, after)
    # Most cells have no line end behind their last line; nobody needs to be told so.
    return "".join(_unified(f"{name} cell {number}", _ended(old[number]), _ended(new[number])) for number in old)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _unified(title: str, before: str, after: str) -> str:
    old, new = (io.StringIO(text, newline="\n").readlines() for text in (before, after))
    pieces = difflib.unified_diff(old, new, title, f"{title} (repaired)")
    return "".join(piece if piece.endswith("\n") else f"{piece}\n\\ No newline at end of file\n" for piece in pieces)
