"""A wrong relation answered with its repair: which code, which place, and what is said of both."""

from __future__ import annotations

from dataclasses import replace

from derive.exact.domain import NotEvaluable
from derive.judge import Contradiction
from derive.options import Options
from derive.repair.line import Line
from derive.repair.mend import mend
from derive.verdict import Judgement, Repair, Verdict

SINGLE = 1.5
"""The largest change that is offered beside a missing condition: one edit."""
_MENDED = (Verdict.REFUTED, Verdict.MALFORMED, Verdict.CONDITIONAL)
_GENERAL = ("E301", "E310")


def is_mended(judgement: Judgement) -> bool:
    """Whether a repair is looked for."""
    return judgement.verdict in _MENDED and judgement.code not in ("A402", "E312")


def mended(judgement: Judgement, line: Line, options: Options) -> Judgement:
    """Return the judgement of a wrong relation with the nearest true statement, if one is found.

    Beside a condition that is missing only a single edit is offered; the condition comes first.
    """
    largest = SINGLE if judgement.verdict is Verdict.CONDITIONAL else 4.0
    try:
        repair = mend(line, options.seed, largest=largest)
    except (Contradiction, NotEvaluable, RecursionError):
        return judgement
    return judgement if repair is None else with_repair(judgement, repair)


def with_repair(judgement: Judgement, repair: Repair) -> Judgement:
    """Return a judgement with a repair, and with the code that says what the author did."""
    code, message = judgement.code, judgement.message
    if judgement.verdict is Verdict.REFUTED and code in _GENERAL and repair.code not in _GENERAL:
        message = None if code == "E301" else message
        code = repair.code
    return replace(judgement, repair=repair, code=code, message=message)
