"""Garbled lines: the reading that makes sense, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.judge import Judge
from derive.repair.confirm import Confirmer
from derive.repair.edit import spliced
from derive.repair.garbled import Reading, readings
from derive.repair.line import Written
from derive.repair.mend import author
from derive.source import Span
from derive.verdict import Judgement, Repair

MAX_READINGS = 60
"""Readings that are tried; of those that make sense, `MAX_JUDGED` are judged."""
MAX_JUDGED = 12


@dataclass(frozen=True)
class Reread:
    """The reading of a garbled line: a repair, if it is true, and else the text and what was found of it."""

    repair: Repair | None
    text: str
    judgement: Judgement


def reread(line: Written, seed: int = 0) -> Reread | None:
    """Return the reading of a line that is true or, where there is none, the likeliest one that makes sense.

    Parameters
    ----------
    line : Written
        The relation; it need not be understood as it stands.
    seed : int
        The seed of the points.
    """
    found = None
    if line.guessed:  # the letters of a garbled word were guessed with the others
        scope = line.scope.copy()
        scope.declarations = {key: each for key, each in scope.declarations.items() if key not in line.guessed}
        found = _reread(replace(line, scope=scope), seed)
    if found is not None and found.repair is not None:
        return found
    return _reread(line, seed) or found


def _reread(line: Written, seed: int) -> Reread | None:
    confirmer = Confirmer(line, Judge(seed), author(line))
    first: Reread | None = None
    for number, reading in enumerate(readings(line.side(0), line.side(1))):
        if number >= MAX_READINGS or confirmer.count >= MAX_JUDGED:
            break
        repair, judgement = confirmer.by_changes(reading.left, reading.right)
        if judgement is None:
            continue
        found = Reread(repair, _text(line, reading), judgement)
        if repair is not None:
            return found
        first = first or found
    return first


def _text(line: Written, reading: Reading) -> str:
    """Return the side that changes, or the relation where both do, as it is read."""
    texts = []
    for side, changes in enumerate((reading.left, reading.right)):
        made = spliced(line.side(side), [(Span(start, end), new) for start, end, new in changes])
        texts.append(" ".join((made or "").split()))
    return texts[1] if not reading.left else texts[0] if not reading.right else " = ".join(texts)
