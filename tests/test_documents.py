"""Labelled derivations: every relation sign has an answer, none accepted wrongly, none refuted wrongly.

Repairs change no verdict; `test_repairs` looks at those of the same documents.
"""

import json
from pathlib import Path

import pytest
from grading import assert_sound

from derive import checking, pool

FOLDER = Path(__file__).parent / "documents"
STEMS = sorted(path.name.removesuffix(".key.json") for path in FOLDER.glob("*.key.json"))
LIMIT = 300.0


def test_there_are_documents():
    assert len(STEMS) >= 7


def rows(stem):
    """Return (place, label, verdict, remark) for every relation of the key."""
    preamble = FOLDER / f"{stem}.preamble.md"
    (path,) = [each for suffix in (".md", ".tex", ".ipynb", ".txt") if (each := FOLDER / (stem + suffix)).exists()]

    def judge(_):
        declarations = preamble.read_text(encoding="utf-8") if preamble.exists() else None
        text, options = path.read_text(encoding="utf-8"), checking.Options(repair=False)
        return checking.check_text(text, name=path.name, preamble=declarations, options=options)

    # A worker of its own, so that one document that never ends does not stop all the tests.
    (reports,) = pool.run(1, judge, lambda index, seconds: [], timeout=LIMIT)
    found = {(report.cell, report.line, report.relation): report.judgement for report in reports}
    assert len(found) == len(reports), "two relations in one place"
    answers = []
    for entry in json.loads((FOLDER / f"{stem}.key.json").read_text(encoding="utf-8")):
        place = (entry.get("cell"), entry["line"], entry["relation"])
        said = found.get(place)
        answers.append(
            (
                ":".join(str(part) for part in (stem, *place) if part is not None),
                entry.get("accept", entry["expect"]),
                said.verdict.value if said else "missing",
                f"{entry.get('latex', '')[:110]} — {said.message if said else None}",
            )
        )
    return answers


@pytest.mark.parametrize("stem", STEMS)
def test_no_relation_is_missing_and_none_judged_wrongly(stem):
    answers = rows(stem)
    assert [name for name, _, verdict, _ in answers if verdict == "missing"] == []
    assert_sound(answers)
