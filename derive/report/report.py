"""The report on one document as an object: what was judged, and whether it is right."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from derive.containers.block import Document
from derive.report.fragments import assumed_html, badge, evidence, relation_latex, told
from derive.report.json import report_object
from derive.report.layout import visible
from derive.report.marks import counted
from derive.report.mathml import formula
from derive.report.shown import framed
from derive.report.text import summary, write_report
from derive.verdict import DOUBTS, ERRORS, TRUE, Assumed, RelationReport, Verdict, assumed

_STATED = frozenset({Verdict.DEFINITION, Verdict.ASSUMPTION})


@dataclass(frozen=True, repr=False)
class Report:
    r"""The relations of a document with their verdicts.

    Parameters
    ----------
    name : str
        The name of the document.
    relations : tuple of RelationReport
        The judged relations, in the order of the document.
    document : Document
        The document as it was read.
    strict : bool
        Whether conditional, undecided and unread relations count as wrong too.
    expected : int
        The number of claims that a complete answer has at least.
    seed : int
        The seed of the random points.

    Examples
    --------
    >>> import derive
    >>> report = derive.check(r"Let $a \in \mathbb{R}$. $$a + a = 2 a$$ $$a \cdot a = 2 a$$")
    >>> report
    <Report of text.md: 2 relations: 1 proved, 1 refuted>
    >>> report.ok, report.score
    (False, 0.5)
    """

    name: str
    relations: tuple[RelationReport, ...]
    document: Document
    strict: bool = False
    expected: int = 0
    seed: int = 0

    @property
    def claims(self) -> tuple[RelationReport, ...]:
        """The relations that had to be judged: all but definitions and assumptions."""
        return tuple(each for each in self.relations if each.judgement.verdict not in _STATED)

    @property
    def wrong(self) -> tuple[RelationReport, ...]:
        """The relations that are refuted or malformed; in a strict report also those that are in doubt."""
        bad = ERRORS | DOUBTS if self.strict else ERRORS
        return tuple(each for each in self.relations if each.judgement.verdict in bad)

    @property
    def shown(self) -> tuple[RelationReport, ...]:
        """The claims that are proved or hold."""
        return tuple(each for each in self.claims if each.judgement.verdict in TRUE)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong and at least one claim, or as many as are expected, is proved or holds."""
        return not self.wrong and len(self.shown) >= max(1, self.expected)

    @property
    def score(self) -> float:
        """The share of claims that are proved or hold, from 0 to 1; of those expected, if there are fewer."""
        total = max(len(self.claims), self.expected)
        return len(self.shown) / total if total else 0.0

    @property
    def assumed(self) -> tuple[Assumed, ...]:
        """What is taken for granted of symbols that nothing declares."""
        return tuple(assumed(self.relations))

    @property
    def counts(self) -> dict[str, int]:
        """How often each verdict occurs."""
        return {verdict.value: count for verdict, count, _ in counted(self.relations)}

    @property
    def summary(self) -> str:
        """The counts in words."""
        return summary(self.relations)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data, schema ``derive.report/1``."""
        return report_object(self.name, self.relations, seed=self.seed)

    def __len__(self) -> int:
        return len(self.relations)

    def __iter__(self) -> Iterator[RelationReport]:
        return iter(self.relations)

    def __repr__(self) -> str:
        return f"<Report of {visible(self.name)}: {self.summary}>"

    def __str__(self) -> str:
        file = io.StringIO()
        write_report(self.name, self.relations, file, verbose=True, name_in_summary=True)
        return file.getvalue().rstrip("\n")

    def _repr_html_(self) -> str:
        return framed(report_html(self))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def report_html(report: Report) -> str:
    """Return a report as a fragment of HTML: a summary, and the relations with their evidence to unfold."""
    parts = [f"<p><strong>{escape(visible(report.name))}</strong>: {_counts(report.relations)}</p>"]
    parts.append(assumed_html(report.assumed, report.document.macros))
    items = "".join(f"<li>{_item(each, report)}</li>" for each in report.relations)
    if items:
        parts.append(f'<ol class="derive-relations">{items}</ol>')
    return "".join(parts)


def _counts(relations: Sequence[RelationReport]) -> str:
    found = [f"{badge(verdict, long=False)} {count} {word}" for verdict, count, word in counted(relations)]
    return " &ensp; ".join(found) or "no relations"


def _item(report: RelationReport, whole: Report) -> str:
    """Return one relation; what is wrong or in doubt is unfolded."""
    verdict = report.judgement.verdict
    cell = "" if report.cell is None else f"cell {report.cell}, "
    head = f"{badge(verdict)} {cell}line {report.line} {formula(relation_latex(report, whole.document.macros))}"
    said = evidence(report, whole.document.macros)
    if report.judgement.code is not None:
        head += f" {told(report)}"
    if not said:
        return head
    unfolded = " open" if verdict in ERRORS or verdict in DOUBTS else ""
    return f"<details{unfolded}><summary>{head}</summary>{said}</details>"
