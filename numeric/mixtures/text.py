"""Pieces of source: functions, and assignments within the width of a line."""

from __future__ import annotations

from numeric.line_breaks import broken
from numeric.source import indented

LONGEST = 120


def function(head: str, doc: list[str], body: list[str]) -> str:
    """Return the source of a function."""
    return "\n".join(["", "", *head.split("\n"), *indented([*doc, *body]), ""])


def wrapped(lines: list[str], indent: int) -> list[str]:
    """Return assignments, broken where they are too long at this indent."""
    return [piece for line in lines for piece in broken(line, LONGEST - indent)]
