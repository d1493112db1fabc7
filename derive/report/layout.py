"""What a report says about one relation, as plain lines: places, carets, values. No colours here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from derive.diagnostics import CATALOGUE
from derive.verdict import Counterexample, Judgement, RelationReport, Repair, Verdict

WIDTH = 120
"""Columns of a source line that are shown around the place in question."""

MAX_RULES = 4
"""Rules that are named behind a repair."""

LABEL = 60
"""The longest message that is written behind the carets."""

_ZERO = re.compile(r"-?0e-?\d+")
"""A decimal that is zero as far as it is known."""

HEADLINES = {
    Verdict.PROVED: "this step is proved",
    Verdict.HOLDS: "this step holds",
    Verdict.DEFINITION: "this is a definition",
    Verdict.ASSUMPTION: "this is an assumption",
    Verdict.CONDITIONAL: "this step needs a condition that is not stated",
    Verdict.UNDECIDED: "this step was not decided",
    Verdict.UNREAD: "this formula was not understood",
    Verdict.MALFORMED: "this step makes no sense",
    Verdict.REFUTED: "this step is false",
}


def visible(text: str) -> str:
    r"""Return the text on one line, with a visible sign in place of every one that would move the cursor.

    Examples
    --------
    >>> visible("a\tb\x1b[31m")
    'a b␛[31m'
    """
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char == "\t":
        return " "
    if char < " ":
        return chr(0x2400 + ord(char))
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return "\N{REPLACEMENT CHARACTER}"
    return char


def headline(judgement: Judgement) -> tuple[str, str]:
    """Return the headline and what is left of the message.

    Examples
    --------
    >>> headline(Judgement(Verdict.REFUTED, "E301"))
    ('this step is false (step-refuted)', '')
    """
    entry = CATALOGUE.get(judgement.code or "")
    message = visible(judgement.message or "")
    if entry is None:
        return message or HEADLINES[judgement.verdict], ""
    return f"{entry.headline} ({entry.name})", "" if message == entry.headline else message


def place(name: str, report: RelationReport) -> str:
    """Return where the relation sign is: the file, for a notebook its cell, the line and the column."""
    cell = "" if report.cell is None else f"cell {report.cell}:"
    return f"{visible(name)}:{cell}{report.line}:{report.column}"


def excerpt(report: RelationReport) -> tuple[str, str]:
    """Return the source line and a line of carets below the part in question, which may be empty.

    ``underline`` counts columns from 1 and is half open. A long line is cut to a window around the carets.
    """
    start, end = (column - 1 for column in report.underline)
    line = report.source_line
    if not 0 <= start < end:
        start, end = (report.column - 1, report.column - 1) if report.column <= len(line) else (0, 0)
    left = max(0, min(start - WIDTH // 4, len(line) - WIDTH))
    right = min(len(line), left + WIDTH)
    end = min(end, right)
    before, shown = visible(line[left:start]), visible(line[start:end])
    mark = "…" if left else ""
    rest = visible(line[end:right]) + ("…" if right < len(line) else "")
    carets = " " * (_columns(mark) + _columns(before)) + "^" * _columns(shown) if shown else ""
    return (mark + before + shown + rest).rstrip(), carets


def _columns(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def notes(judgement: Judgement, readable: Mapping[str, str]) -> Iterator[str]:
    """Yield what is said below the source line after *read as*; ``readable`` maps LaTeX to readable text."""

    def text(latex: str) -> str:
        return readable.get(latex, latex)

    if judgement.given:
        yield "given: " + "; ".join(visible(given) for given in judgement.given)
    if judgement.condition:
        word = "true with" if judgement.verdict is Verdict.CONDITIONAL else "condition"
        yield f"{word}: {visible(judgement.condition)}"
    if judgement.counterexample:
        yield "counterexample: " + counterexample_text(judgement.counterexample, readable)
    if judgement.repair and judgement.code != "E316":  # there the wrong side is the left one
        yield f"repair: {repair_text(judgement.repair, readable)}"
    for note in judgement.notes:
        yield f"note: {visible(note)}"


def repair_text(repair: Repair, readable: Mapping[str, str]) -> str:
    """Return the repair in one line: what takes the place of what, and how far the step is then true."""
    old, new, whole = (visible(readable.get(text, text)) for text in (repair.old, repair.new, repair.text))
    said = "is proved" if repair.verdict is Verdict.PROVED else repair.verdict.value
    named = ", ".join(map(visible, repair.rules[:MAX_RULES]))
    rules = f" ({named}{', …' if len(repair.rules) > MAX_RULES else ''})" if named else ""
    if not repair.on_right:
        return f"{whole} {said}{rules}"
    if repair.edits and repair.old and repair.new and repair.new != repair.text:
        return f"with {new} in place of {old} the step {said}{rules}"
    return f"with the right side {whole} the step {said}{rules}"


def counterexample_text(example: Counterexample, readable: Mapping[str, str]) -> str:
    r"""Return the point and both values in one line.

    Examples
    --------
    >>> example = Counterexample({"D": 1}, {"\\mu": [[0]], "x": [[1], ["-1/2"]]}, [[1]], [[-1]])
    >>> counterexample_text(example, {"\\mu": "μ"})
    'D = 1, μ = 0, x = [1; −1/2]: left = 1, right = −1'
    """
    point = [f"{visible(readable.get(name, name))} = {size}" for name, size in example.dimensions.items()]
    point += [f"{visible(readable.get(name, name))} = {value_text(value)}" for name, value in example.values.items()]
    sides = f"left = {value_text(example.lhs)}, right = {value_text(example.rhs)}"
    return f"{', '.join(point)}: {sides}" if point else sides


def value_text(value: Any) -> str:
    """Return an exact value: a scalar bare, a matrix by rows, a family in braces.

    Examples
    --------
    >>> value_text([[1, 2], [3, "-1/2"]]), value_text([[[0]], [[1]]]), value_text(3)
    ('[1 2; 3 −1/2]', '{0, 1}', '3')
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        text = _ZERO.sub("0", str(value))
        return re.sub(r"^-", "\N{MINUS SIGN}", visible(text))
    if any(isinstance(row, Sequence) and not isinstance(row, str) for row in value):
        rows = [row for row in value if isinstance(row, Sequence)]
        if any(isinstance(entry, Sequence) and not isinstance(entry, str) for row in rows for entry in row):
            return "{" + ", ".join(value_text(member) for member in value) + "}"
        if len(rows) == 1 and len(rows[0]) == 1:
            return value_text(rows[0][0])
        return "[" + "; ".join(" ".join(value_text(entry) for entry in row) for row in rows) + "]"
    return "[" + " ".join(value_text(entry) for entry in value) + "]"
