"""What the answers to many documents say together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from derive.corpus.outcome import Outcome
from derive.diagnostics import CATALOGUE
from derive.verdict import Verdict

SHARED = (
    Verdict.PROVED,
    Verdict.HOLDS,
    Verdict.CONDITIONAL,
    Verdict.REFUTED,
    Verdict.MALFORMED,
    Verdict.UNDECIDED,
    Verdict.UNREAD,
)
"""The verdicts on relations that claim something: their shares add up to the whole."""

APART = (Verdict.DEFINITION, Verdict.ASSUMPTION)
"""What is not claimed and is counted apart."""

NOT_JUDGED = (Verdict.UNDECIDED, Verdict.UNREAD)
"""Verdicts whose reasons are listed."""

MAX_REASONS = 10_000
"""Reasons that are told apart; more are counted as one."""

_WORD = re.compile(r"[(]?[A-Za-z][a-z’'-]+[).,;:]*|a|an|of|–|=")


@dataclass(frozen=True)
class Counts:
    """How many relations have each verdict."""

    by_verdict: Mapping[str, int]

    @property
    def claims(self) -> int:
        """Return how many relations claim something."""
        return sum(self.by_verdict.get(verdict.value, 0) for verdict in SHARED)

    @property
    def judged(self) -> int:
        """Return how many of them are neither undecided nor unread."""
        return self.claims - sum(self[verdict] for verdict in NOT_JUDGED)

    def __getitem__(self, verdict: Verdict) -> int:
        return self.by_verdict.get(verdict.value, 0)

    def share(self, verdict: Verdict) -> float | None:
        """Return the share of a verdict among the claims, None where there are none.

        Examples
        --------
        >>> Counts({"proved": 3, "unread": 1, "definition": 7}).share(Verdict.PROVED)
        0.75
        """
        return self[verdict] / self.claims if self.claims else None


class Row(NamedTuple):
    """A document: its name, its counts, and why it was not judged."""

    name: str
    counts: Counts
    error: str | None


@dataclass(frozen=True)
class Reason:
    """Why relations are undecided or unread, how often, and the place and the message of one of them."""

    verdict: Verdict
    code: str | None
    name: str
    text: str
    count: int
    place: str
    message: str


@dataclass
class _Reasons:
    count: int = 0
    place: str = ""
    message: str = ""
    first: tuple[str, int] = ("", 0)


@dataclass
class Summary:
    """The sums over the documents that were added, in whatever order they come.

    Of a document only its counts are kept, of the reasons one example each.
    """

    rows: list[Row] = field(default_factory=list)
    origins: Counter[str] = field(default_factory=Counter)
    _reasons: dict[tuple[Verdict, str, str], _Reasons] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count a document."""
        report = outcome.report
        self.rows.append(Row(report["file"], Counts(dict(report["counts"])), outcome.error))
        self.origins[outcome.origin] += 1
        for position, relation in enumerate(report["relations"]):
            if relation["verdict"] in (Verdict.UNDECIDED.value, Verdict.UNREAD.value):
                self._count(report["file"], position, relation)

    def _count(self, name: str, position: int, relation: Mapping[str, Any]) -> None:
        message, code = relation["message"] or "", relation["code"] or ""
        key = Verdict(relation["verdict"]), code, pattern(message)
        if key not in self._reasons and len(self._reasons) >= MAX_REASONS:
            key = key[0], "", "other reasons"
        found = self._reasons.setdefault(key, _Reasons())
        found.count += 1
        # The example does not depend on who was faster.
        if found.count == 1 or (name, position) < found.first:
            cell = "" if relation["cell"] is None else f"cell {relation['cell']}:"
            found.place = f"{name}:{cell}{relation['line']}:{relation['column']}"
            found.message, found.first = message, (name, position)

    @property
    def total(self) -> Counts:
        """Return the counts of all documents together."""
        counts: Counter[str] = Counter()
        for row in self.rows:
            counts.update(row.counts.by_verdict)
        return Counts(dict(counts))

    @property
    def sorted_rows(self) -> list[Row]:
        """Return the documents by name."""
        return sorted(self.rows, key=lambda row: row.name)

    @property
    def errors(self) -> list[Row]:
        """Return the documents that were not judged."""
        return [row for row in self.sorted_rows if row.error]

    def reasons(self) -> list[Reason]:
        """Return the reasons, the most frequent ones first."""
        found = [
            Reason(verdict, code or None, _name(code), text, each.count, each.place, each.message)
            for (verdict, code, text), each in self._reasons.items()
        ]
        return sorted(found, key=lambda each: (-each.count, each.verdict.value, each.code or "", each.text))


def _name(code: str) -> str:
    return CATALOGUE[code].name if code in CATALOGUE else ""


def pattern(message: str) -> str:
    r"""Return a message with an ellipsis for every name or formula in it, so that messages of one kind are alike.

    Examples
    --------
    >>> pattern(r"\mu_{n} is not declared"), pattern("expected an operator, found “:”")
    ('… is not declared', 'expected an operator, found …')
    >>> pattern("a is not declared"), pattern(r"a sum (\sum) without a range")
    ('… is not declared', 'a sum … without a range')
    """
    words: list[str] = []
    # An article begins a sentence, but in “a is not declared” it is a name.
    start = 1 if re.match(r"an? (?!is |has )", message) else 0
    for position, word in enumerate(message.split()):
        kept = _WORD.fullmatch(word) is not None and (position + start > 0 or len(word) > 1)
        if kept or not words or words[-1] != "…":
            words.append(word if kept else "…")
    return " ".join(words)
