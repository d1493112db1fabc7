"""What is said of one relation: its verdict, the evidence and the counterexample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from derive.views import Shown


class Verdict(Enum):
    """The answers of the contract, from best to worst."""

    PROVED = "proved"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"
    HOLDS = "holds"
    UNDECIDED = "undecided"
    UNREAD = "unread"
    CONDITIONAL = "conditional"
    MALFORMED = "malformed"
    REFUTED = "refuted"

    @property
    def severity(self) -> int:
        """Return the rank of the verdict; the worst of a chain is the one with the highest rank."""
        return _ORDER[self]


_ORDER = {verdict: rank for rank, verdict in enumerate(Verdict)}

TRUE = frozenset({Verdict.PROVED, Verdict.HOLDS})
ERRORS = frozenset({Verdict.REFUTED, Verdict.MALFORMED})
DOUBTS = frozenset({Verdict.CONDITIONAL, Verdict.UNDECIDED, Verdict.UNREAD})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a relation is answered as it is.

    ``kind`` is ``"identity-test"`` (exact values in finite fields), ``"ball-test"`` (interval arithmetic at
    random real points, used where values of logarithms have to be compared), ``"certificate"``,
    ``"counterexample"`` or ``"reading"``. ``dimensions`` lists the assignments of sizes that were tested and
    ``error_bound`` bounds the probability that a false identity passes; it is None where no bound is known.
    """

    kind: str
    dimensions: Sequence[Mapping[str, int]] = ()
    points: int = 0
    error_bound: float | None = 0.0
    rules: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the evidence as plain data."""
        return {
            "kind": self.kind,
            "rules": list(self.rules),
            "dimensions": [dict(assignment) for assignment in self.dimensions],
            "points": self.points,
            "error_bound": self.error_bound,
        }


Number = int | str
"""An exact number in a report: an integer, a fraction as text (``"-1/2"``) or a decimal with its radius."""


@dataclass(frozen=True, slots=True)
class Counterexample(Shown):
    """A point that satisfies the declarations and where the two sides differ.

    Arrays are nested lists, the family axes first; a scalar is a 1 × 1 matrix.
    """

    dimensions: Mapping[str, int]
    values: Mapping[str, Any]
    lhs: Any
    rhs: Any

    def to_json(self) -> dict[str, Any]:
        """Return the counterexample as plain data."""
        return {
            "dimensions": dict(self.dimensions),
            "values": dict(self.values),
            "lhs": self.lhs,
            "rhs": self.rhs,
        }


Splice = tuple[tuple[int, int], str]
"""A range of offsets of a source, and what takes its place."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The nearest true statement to a wrong relation that was found; it was itself read from its text and judged.

    Attributes
    ----------
    text : str
        The right side that makes the relation true, or the whole relation where its left side changes.
    verdict : Verdict
        What was found of it: it is proved or holds.
    code : str
        The diagnostic that says what the author did, ``E301`` where no single one says it.
    place : (int, int)
        The smallest part of the source that is wrong, as offsets.
    old, new : str
        That part, and what takes its place.
    edits : int
        How many edits it takes; 0 for a right side that is derived.
    rules : tuple of str
        The rules its proof rests on.
    splices : tuple of ((int, int), str)
        What changes in the source.
    on_right : bool
        Whether the right side alone changes.
    """

    text: str
    verdict: Verdict
    code: str
    place: tuple[int, int]
    old: str
    new: str
    edits: int
    rules: tuple[str, ...] = ()
    splices: tuple[Splice, ...] = ()
    on_right: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one relation with all that is said about it; ``code`` names an entry of the catalogue."""

    verdict: Verdict
    code: str | None = None
    message: str | None = None
    given: Sequence[str] = ()
    condition: str | None = None
    counterexample: Counterexample | None = None
    repair: Repair | None = None
    reading_verdict: Verdict | None = None
    """What was found of the reading that makes sense of a malformed relation, where no repair was found."""
    evidence: Evidence | None = None
    notes: Sequence[str] = field(default=())
    certificate: Any = field(default=None, compare=False, repr=False)
    """The `derive.certificate.Certificate` of a claim that is proved."""

    @property
    def repair_verdict(self) -> Verdict | None:
        """What was found of the repair or of the reading that makes sense."""
        return self.repair.verdict if self.repair is not None else self.reading_verdict


@dataclass(frozen=True, slots=True)
class Assumed:
    """A symbol that nothing declares, with what it is taken for.

    Attributes
    ----------
    key : str
        The symbol, as in declarations.
    latex : str
        The declaration, in the language of declarations.
    evidence : tuple of str
        What it is taken from, each with its line.
    line : int
        Where the symbol is met first.
    defined : bool
        Whether an equation of the document defines it, so that the declaration is only a fallback.
    """

    key: str
    latex: str
    evidence: tuple[str, ...]
    line: int
    defined: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what is assumed as plain data."""
        return {"symbol": self.key, "declaration": self.latex, "evidence": list(self.evidence), "line": self.line}


@dataclass(frozen=True, slots=True)
class RelationReport(Shown):
    """A judged relation with its place in the file.

    ``line`` and ``column`` are those of the relation sign, ``relation`` its ordinal among the signs of that
    line; ``underline`` is the range of columns to underline in ``source_line``, which is line ``shown`` (0: that of
    the sign). Both may be empty for claims. ``chain`` is the same for the relations of one chain of equations;
    ``assumed`` are the symbols in it that nothing declares.
    """

    judgement: Judgement
    lhs: str
    rhs: str
    read_as: str
    cell: int | None = None
    line: int = 1
    column: int = 1
    relation: int = 1
    source_line: str = ""
    underline: tuple[int, int] = (0, 0)
    shown: int = 0
    chain: int = 0
    assumed: tuple[Assumed, ...] = ()
    origin: Any = field(default=None, compare=False, repr=False)
    """The relation with its text, while a repair is looked for."""
    seconds: float = 0.0

    def to_json(self, *, timings: bool = False) -> dict[str, Any]:
        """Return the relation as in section 6 of the contract."""
        said = self.judgement
        record: dict[str, Any] = {
            "cell": self.cell,
            "line": self.line,
            "column": self.column,
            "relation": self.relation,
            "lhs": self.lhs,
            "rhs": self.rhs,
            "read_as": self.read_as,
            "verdict": said.verdict.value,
            "code": said.code,
            "message": said.message,
            "given": list(said.given),
            "condition": said.condition,
            "counterexample": said.counterexample.to_json() if said.counterexample else None,
            "repair": said.repair.text if said.repair else None,
            "repair_verdict": said.repair_verdict.value if said.repair_verdict else None,
            "evidence": said.evidence.to_json() if said.evidence else None,
        }
        if said.repair is not None:
            line, (first, last) = self.shown or self.line, self.underline
            record["wrong"] = {"text": said.repair.old, "instead": said.repair.new}
            if last > first > 0:
                record["wrong"] |= {"line": line, "column": first, "end_column": last}
        if said.notes:
            record["notes"] = list(said.notes)
        if self.assumed:
            record["assumed"] = [each.key for each in self.assumed]
        if timings:
            record["seconds"] = round(self.seconds, 6)
        return record


def assumed(reports: Iterable[RelationReport]) -> list[Assumed]:
    """Return what is assumed in a document, each once, in the order of the document."""
    found = dict.fromkeys(each for report in reports for each in report.assumed)
    return sorted(found, key=lambda each: each.line)
