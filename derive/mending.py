"""A wrong relation answered with its repair: which code, which place, and what is said of both."""

from __future__ import annotations

from dataclasses import replace

from derive.diagnostics import CATALOGUE
from derive.exact.domain import NotEvaluable
from derive.judge import Contradiction
from derive.options import Options
from derive.repair.line import Line, Written
from derive.repair.mend import mend
from derive.repair.reread import Reread, reread
from derive.verdict import Judgement, Repair, Verdict

SINGLE = 1.5
"""The largest change that is offered beside a missing condition: one edit."""
MEANT = "did you mean"
"""How a note begins that says what a garbled line may have meant."""
_MENDED = (Verdict.REFUTED, Verdict.MALFORMED, Verdict.CONDITIONAL)
_GARBLED = (Verdict.REFUTED, Verdict.MALFORMED, Verdict.UNREAD, Verdict.UNDECIDED)
_UNREAD = ("N101", "N102", "N103", "N105", "N106", "U602", "U607")
_GENERAL = ("E301", "E310")


def is_mended(judgement: Judgement) -> bool:
    """Whether a repair is looked for, or the reading that makes sense."""
    if judgement.verdict in (Verdict.UNREAD, Verdict.UNDECIDED):
        return judgement.code in _UNREAD
    return judgement.verdict in _MENDED and judgement.code not in ("A402", "E312")


def mended(judgement: Judgement, line: Written, options: Options) -> Judgement:
    """Return the judgement of a wrong relation with the nearest true statement, if one is found.

    A line that looks garbled is read as it may have been meant first. Beside a condition that is missing, and for
    what is not understood, only a single edit is offered; the condition comes first.
    """
    try:
        found = reread(line, options.seed) if judgement.verdict in _GARBLED else None
        if found is not None and found.repair is not None:
            return replace(judgement, repair=found.repair)
        repair = None
        if isinstance(line, Line) and judgement.verdict is not Verdict.UNDECIDED:
            largest = SINGLE if judgement.verdict in (Verdict.CONDITIONAL, Verdict.UNREAD) else 4.0
            repair = mend(line, options.seed, largest=largest)
    except (Contradiction, NotEvaluable, RecursionError):
        return judgement
    if repair is not None:
        return with_repair(judgement, repair)
    return judgement if found is None else _with_reading(judgement, found)


def _with_reading(judgement: Judgement, found: Reread) -> Judgement:
    """Add the reading that makes sense of a line that makes none."""
    said = {
        Verdict.REFUTED: "read so it is false",
        Verdict.CONDITIONAL: f"read so it holds where {found.judgement.condition}",
        Verdict.UNDECIDED: "read so it is not decided",
    }
    if judgement.verdict is Verdict.REFUTED or found.judgement.verdict not in said:
        return judgement
    note = f"{MEANT} “{found.text}”? {said[found.judgement.verdict]}"
    return replace(judgement, reading_verdict=found.judgement.verdict, notes=(*judgement.notes, note))


def with_repair(judgement: Judgement, repair: Repair) -> Judgement:
    """Return a judgement with a repair, and with the code that says what the author did."""
    code, message = judgement.code, judgement.message
    if judgement.verdict is Verdict.REFUTED and code in _GENERAL and repair.code not in _GENERAL:
        code = repair.code
        message = CATALOGUE[code].headline if judgement.code == "E301" else message
    return replace(judgement, repair=repair, code=code, message=message)
