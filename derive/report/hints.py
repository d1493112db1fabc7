"""Hints for learners: where a line is wrong, then what kind of mistake it is, then what would be right."""

from __future__ import annotations

from dataclasses import replace

from derive.mending import MEANT
from derive.verdict import DOUBTS, ERRORS, RelationReport, Verdict

LEVELS = ("none", "place", "kind", "full")


def hinted(report: RelationReport, level: str) -> RelationReport:
    """Return a report that gives away no more than a level allows.

    Parameters
    ----------
    report : RelationReport
        The report.
    level : str
        ``"none"`` says which lines are wrong, ``"place"`` underlines the wrong part, ``"kind"`` names the mistake too,
        ``"full"`` adds the repair.

    Examples
    --------
    >>> from derive.verdict import Judgement
    >>> hinted(RelationReport(Judgement(Verdict.REFUTED, "E303"), "a", "b", ""), "place").judgement.code
    'E301'
    """
    said = report.judgement
    if level == "full" or said.verdict not in (*ERRORS, *DOUBTS):
        return report
    said = replace(said, notes=tuple(note for note in said.notes if not note.startswith(MEANT)))
    code, message = said.code, said.message
    if level != "kind" and said.verdict is Verdict.REFUTED:
        code, message = "E301", None
    judgement = replace(said, code=code, message=message, repair=None, reading_verdict=None, condition=None)
    if said.verdict is Verdict.CONDITIONAL:
        judgement = replace(judgement, message="true under a condition that is not stated")
    if level != "none":
        return replace(report, judgement=judgement)
    judgement = replace(judgement, counterexample=None, notes=())
    return replace(report, judgement=judgement, underline=(0, 0), shown=report.line, source_line="")
