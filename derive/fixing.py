"""Repairs written into the text they belong to: right sides only, and nothing else changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from derive.verdict import ERRORS, RelationReport, Splice


def fixes(reports: Iterable[RelationReport]) -> tuple[Splice, ...]:
    """Return what the repairs of wrong right sides change in the source; of a chain only the first.

    A line after a repaired one has to be judged anew: it may be right now, or wrong in another way.
    """
    found: list[Splice] = []
    chains: set[int] = set()
    for report in reports:
        said = report.judgement
        if said.verdict not in ERRORS or report.chain in chains:
            continue
        chains.add(report.chain)
        if said.repair is not None and said.repair.on_right:
            found += said.repair.splices
    return tuple(found)


def applied(text: str, splices: Sequence[Splice]) -> str:
    """Return a text with pieces replaced; one that overlaps an earlier one is left out.

    Examples
    --------
    >>> applied("a = 2 b + c", [((4, 5), "3"), ((8, 9), "-")])
    'a = 3 b - c'
    """
    out, at = [], 0
    for (start, end), new in sorted(splices):
        if start >= at:
            out += [text[at:start], new]
            at = end
    return "".join([*out, text[at:]])


def difference(name: str, before: str, after: str) -> str:
    """Return a unified diff of two versions of a file."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces = difflib.unified_diff(old, new, name, f"{name} (repaired)")
    return "".join(piece if piece.endswith("\n") else f"{piece}\n\\ No newline at end of file\n" for piece in pieces)
