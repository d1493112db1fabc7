"""Long lines of generated source, broken as a formatter breaks them: at operators, else at the arguments of a call."""

from __future__ import annotations

import re

_OPERATORS = (re.compile(r" ([+-]) "), re.compile(r" (\*|/|@) "))


def broken(line: str, width: int) -> list[str]:
    """Return a statement as lines that are no longer than a width, where it can be broken.

    Examples
    --------
    >>> for line in broken("total = first + second * third + fourth", 25):
    ...     print(line)
    total = (
        first
        + second * third
        + fourth
    )
    """
    if len(line) <= width:
        return [line]
    head, text = _head(line)
    if len(text) <= width - 4 and any(len(_at_operators(text, each)) > 1 for each in _OPERATORS):
        return [f"{head}(", f"    {text}", ")"]
    for operators in _OPERATORS:
        parts = _at_operators(text, operators)
        if len(parts) > 1:
            return [f"{head}(", *(piece for part in parts for piece in _inside(part, width)), ")"]
    return _call(head, text, width) or [line]


def _inside(part: str, width: int) -> list[str]:
    return [f"    {line}" for line in broken(part, width - 4)]


def _head(line: str) -> tuple[str, str]:
    """Return what stands before the expression of a statement, and the expression."""
    if line.startswith("return "):
        return "return ", line.removeprefix("return ")
    match = re.match(r"[\w, ]+ = |[+*/@-] ", line)
    return (match.group(), line[match.end() :]) if match else ("", line)


def _depths(text: str) -> list[int]:
    found, depth = [], 0
    for char in text:
        depth -= char in ")]"
        found.append(depth)
        depth += char in "(["
    return found


def _at_operators(text: str, operators: re.Pattern[str]) -> list[str]:
    """Return the operands outside of all brackets, each with the operator before it."""
    depths = _depths(text)
    places = [match.start() for match in operators.finditer(text) if not depths[match.start()]]
    ends = [*places, len(text)]
    return [text[start:end].strip() for start, end in zip([0, *places], ends, strict=True)]


def _call(head: str, text: str, width: int) -> list[str] | None:
    """Return a call with its arguments on lines of their own; what follows the call stays on the last line."""
    depths = _depths(text)
    opens = text.find("(")
    if opens < 0:
        return None
    closes = next((i for i in range(opens + 1, len(text)) if text[i] == ")" and not depths[i]), None)
    if closes is None or closes == opens + 1:
        return None
    inner, start, parts = text[opens + 1 : closes], 0, []
    for place, depth in enumerate(_depths(inner)):
        if inner[place] == "," and not depth:
            parts.append(inner[start:place].strip())
            start = place + 1
    parts.append(inner[start:].strip())
    comma = "," if len(parts) > 1 or opens else ""
    lines = [f"{head}{text[: opens + 1]}"]
    for part in parts:
        pieces = _inside(part, width - 1)
        lines += [*pieces[:-1], pieces[-1] + comma]
    return [*lines, text[closes:]]
