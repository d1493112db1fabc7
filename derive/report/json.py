"""The report as JSON, schema ``derive.report/1``: the same input, version and seed give the same bytes."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from derive.verdict import ERRORS, RelationReport, assumed
from derive.version import VERSION

SCHEMA = "derive.report/1"


def report_object(
    name: str, reports: Sequence[RelationReport], *, seed: int = 0, timings: bool = False
) -> dict[str, Any]:
    """Return the report on one document as plain data.

    ``counts`` has an entry for every verdict that occurs, in alphabetical order; ``first_error`` is the index in
    ``relations`` of the first one that is refuted or malformed, or None; ``assumed`` is what is taken for granted of
    symbols that nothing declares, where there are any.

    Examples
    --------
    >>> report_object("notes.md", [])["first_error"] is None
    True
    """
    counts = Counter(report.judgement.verdict.value for report in reports)
    errors = (index for index, report in enumerate(reports) if report.judgement.verdict in ERRORS)
    taken = assumed(reports)
    return {
        "schema": SCHEMA,
        "file": name,
        "version": VERSION,
        "seed": seed,
        "counts": dict(sorted(counts.items())),
        "first_error": next(errors, None),
        **({"assumed": [each.to_json() for each in taken]} if taken else {}),
        "relations": [report.to_json(timings=timings) for report in reports],
    }


def encode(record: Mapping[str, Any] | Sequence[Any]) -> bytes:
    r"""Return one line of JSON in UTF-8, with its line end.

    Half a surrogate pair, which UTF-8 cannot express, is written as its JSON escape; a number that JSON does
    not have is written as text.

    Examples
    --------
    >>> encode({"read_as": "a \u2212 b", "id": float("nan")}).decode()
    '{"read_as": "a − b", "id": "nan"}\n'
    >>> encode({"id": "\ud800"})
    b'{"id": "\\ud800"}\n'
    """
    try:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(record), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value
