"""The sign of each verdict: a glyph and a word beside the colour, so that colour is never the only sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from derive.verdict import RelationReport, Verdict


@dataclass(frozen=True, slots=True)
class Mark:
    """A glyph, the colour of its badge (white on it has a contrast of 4.5 or more), and the plural of its word."""

    glyph: str
    colour: str
    words: tuple[str, str]


MARKS = {
    Verdict.PROVED: Mark("\N{CHECK MARK}", "#1a7037", ("proved", "proved")),
    Verdict.HOLDS: Mark("\N{ALMOST EQUAL TO}", "#2e6b55", ("holds", "hold")),
    Verdict.DEFINITION: Mark("\N{COLON EQUALS}", "#56606b", ("definition", "definitions")),
    Verdict.ASSUMPTION: Mark("\N{RIGHT TACK}", "#56606b", ("assumption", "assumptions")),
    Verdict.REFUTED: Mark("\N{BALLOT X}", "#a3291f", ("refuted", "refuted")),
    Verdict.MALFORMED: Mark("#", "#a3291f", ("malformed", "malformed")),
    Verdict.CONDITIONAL: Mark("!", "#8a5300", ("conditional", "conditional")),
    Verdict.UNDECIDED: Mark("?", "#4a5aa8", ("undecided", "undecided")),
    Verdict.UNREAD: Mark("\N{HORIZONTAL ELLIPSIS}", "#6b4fa0", ("unread", "unread")),
}


def counted(reports: Sequence[RelationReport]) -> list[tuple[Verdict, int, str]]:
    """Return the verdicts that occur, with their numbers and their words, those that are right first.

    Examples
    --------
    >>> from derive.verdict import Judgement
    >>> report = RelationReport(Judgement(Verdict.DEFINITION), "a", "b", "")
    >>> counted([report, report])
    [(<Verdict.DEFINITION: 'definition'>, 2, 'definitions')]
    """
    counts = Counter(report.judgement.verdict for report in reports)
    return [(each, counts[each], mark.words[counts[each] > 1]) for each, mark in MARKS.items() if counts[each]]
