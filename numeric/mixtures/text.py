"""Pieces of source: functions, and assignments within the width of a line."""

from __future__ import annotations

from numeric.source import indented

LONGEST = 120


def function(head: str, doc: list[str], body: list[str]) -> str:
    """Return the source of a function."""
    return "\n".join(["", "", *head.split("\n"), *indented([*doc, *body]), ""])


def wrapped(lines: list[str], indent: int) -> list[str]:
    """Return assignments; a sum that is too long at this indent has its terms on lines of their own."""
    found = []
    for line in lines:
        target, _, text = line.partition(" = ")
        parts = _terms(text) if indent + len(line) > LONGEST else []
        if len(parts) > 1:
            found += [f"{target} = (", *(f"    {part}" for part in parts), ")"]
        else:
            found.append(line)
    return found


def _terms(text: str) -> list[str]:
    """Return the terms of a sum with their signs."""
    depth, start, parts = 0, 0, []
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if not depth and text[place : place + 3] in (" + ", " - "):
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
