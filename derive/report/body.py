"""The text of a document with its formulas typeset, line numbers, and the verdicts in the margin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from derive.containers.block import Block, BlockKind, Macro
from derive.report.fragments import badge, evidence, told
from derive.report.marks import MARKS
from derive.report.mathml import expanded, formula
from derive.report.prose import COMMAND, ITEM, heading, inline
from derive.report.rows import rows
from derive.source import Source
from derive.verdict import DOUBTS, ERRORS, TRUE, RelationReport

_FENCE = re.compile(r"\s*(```+|~~~+)")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?")
_BEGIN_DOCUMENT = re.compile(r"\s*\\begin\s*\{document\}")


def relation_id(report: RelationReport) -> str:
    """Return the name of a relation in a page."""
    return f"{_prefix(report.cell)}L{report.line}-{report.relation}"


def _prefix(cell: int | None) -> str:
    return "" if cell is None else f"C{cell}-"


class Body:
    """The rows of one source: a file, or one cell of a notebook.

    Parameters
    ----------
    source : Source
        The text.
    blocks : sequence of Block
        Its formulas, in order.
    reports : sequence of RelationReport
        What was judged in it.
    macros : mapping
        The macros of the document.
    """

    def __init__(
        self, source: Source, blocks: Sequence[Block], reports: Sequence[RelationReport], macros: Mapping[str, Macro]
    ) -> None:
        self.source = source
        self.macros = macros
        self.language = (
            "tex" if source.cell is None and source.name.lower().endswith((".tex", ".ltx", ".latex")) else "markdown"
        )
        self._waiting = sorted(
            ((source.offset(each.line, each.column), each) for each in reports), key=lambda it: it[0]
        )
        self._rows: list[str] = []
        self._lines: set[int] = set()
        self._parts: list[str] = []
        self._said: list[RelationReport] = []
        self._first = 1
        self._class = ""
        self._fence = ""
        self._pre: list[str] = []
        self._is_front = self.language == "tex" and any(map(_BEGIN_DOCUMENT.match, source.text.splitlines()))
        self._read(blocks)

    @property
    def html(self) -> str:
        """The rows."""
        return "".join(self._rows)

    def _read(self, blocks: Sequence[Block]) -> None:
        at = 0
        for block in blocks:
            if block.kind is BlockKind.TEXT or block.outer is None:
                continue
            start, end = max(at, block.outer[0]), block.outer[1]
            self._text(at, start)
            if block.kind is BlockKind.DISPLAY:
                self._display(block)
            else:
                self._inline(block)
            at = max(at, end)
        self._text(at, len(self.source.text))
        self._flush()
        self._close_pre()
        self._leftover()

    # -- text ----------------------------------------------------------------------------------------------------

    def _text(self, start: int, end: int) -> None:
        text = self.source.text[start:end]
        at = start
        for piece in text.splitlines(keepends=True):
            self._line(piece.rstrip("\r\n"), at, ended=piece.endswith(("\n", "\r")))
            at += len(piece)

    def _line(self, text: str, at: int, *, ended: bool) -> None:
        number, column = self.source.position(at)
        if column > 1:  # what stands behind a formula, on its line
            if text.strip():
                self._add(inline(text, self.language), number)
            if ended and self._parts:
                self._parts.append(" ")
            return
        if self._kept_as_is(text, number):
            return
        quote = _QUOTE.match(text) if self.language == "markdown" else None
        text = text[quote.end() :] if quote else text
        if not text.strip():
            if ended:
                self._flush()
            return
        found = heading(text, self.language)
        if found is not None and ended:
            self._flush()
            self._heading(*found, number)
            return
        item = ITEM[self.language].match(text)
        if item is not None:
            self._flush()
            text, self._class = text[item.end() :], "item"
        elif self.language == "tex" and COMMAND.match(text) and ended:
            self._flush()
            style = "comment" if text.lstrip().startswith("%") else "command"
            self._row(f'<code class="{style}">{escape(text.strip())}</code>', number)
            return
        elif quote is not None:
            self._class = "quote"
        self._add(inline(text, self.language) + (" " if ended else ""), number)

    def _kept_as_is(self, text: str, number: int) -> bool:
        """Keep code, and what stands before the text of a TeX file, as it is."""
        if self._is_front:
            if not self._pre:
                self._first = number
            self._pre.append(text)
            if _BEGIN_DOCUMENT.match(text):
                self._is_front = False
                self._close_pre("what stands before the text")
            return True
        fence = _FENCE.match(text) if self.language == "markdown" else None
        if self._fence:
            self._pre.append(text)
            if fence and fence[1].startswith(self._fence):
                self._fence = ""
                self._close_pre()
            return True
        if fence:
            self._flush()
            self._fence, self._pre, self._first = fence[1], [text], number
            return True
        return False

    def _close_pre(self, title: str = "") -> None:
        if not self._pre:
            return
        code = f'<pre tabindex="0"><code>{escape(chr(10).join(self._pre))}</code></pre>'
        first, self._pre = self._first, []
        self._row(f"<details><summary>{title}</summary>{code}</details>" if title else code, first)

    def _heading(self, level: int, text: str, number: int) -> None:
        tag = f"h{min(6, level + 2)}"
        self._row(f"<{tag}>{inline(text, self.language)}</{tag}>", number)

    # -- formulas ------------------------------------------------------------------------------------------------

    def _inline(self, block: Block) -> None:
        assert block.outer is not None
        number = self.source.position(block.outer[0])[0]
        found = self._taken(block.outer[1])
        marks = "".join(_link(report) for report in found)
        self._said += found
        self._add(formula(expanded(block.excerpt.text, self.macros)) + marks, number)

    def _display(self, block: Block) -> None:
        assert block.outer is not None
        self._flush()
        found = rows(block.excerpt)
        for position, row in enumerate(found):
            last = position == len(found) - 1
            number = self.source.position(row.start)[0]
            if row.words:
                self._row(f"<p>{inline(row.words, self.language)}</p>", number)
            shown = formula(expanded(row.latex, self.macros), display=True)
            relations = self._taken(block.outer[1] if last else found[position + 1].start)
            style = "formula goes-on" if row.goes_on else "formula"
            self._row(f'<div class="{style}" tabindex="0">{shown}</div>', number, relations)

    def _taken(self, end: int) -> list[RelationReport]:
        """Take the relations whose signs stand before an offset."""
        count = next((i for i, (at, _) in enumerate(self._waiting) if at >= end), len(self._waiting))
        found = [report for _, report in self._waiting[:count]]
        del self._waiting[:count]
        return found

    def _leftover(self) -> None:
        for _, report in self._waiting:
            self._row(f"<p>{escape(report.source_line)}</p>", report.line, [report])

    # -- rows ----------------------------------------------------------------------------------------------------

    def _add(self, html: str, number: int) -> None:
        if not self._parts:
            self._first = number
        else:
            html = self._anchors(number, skip=self._first) + html
        self._parts.append(html)

    def _flush(self) -> None:
        if "".join(self._parts).strip():
            style = f' class="{self._class}"' if self._class else ""
            self._row(f"<p{style}>{''.join(self._parts).strip()}</p>", self._first, self._said)
        self._parts, self._said, self._class = [], [], ""

    def _anchors(self, number: int, skip: int = 0) -> str:
        """Return the anchor of a line, once."""
        if number in self._lines or number == skip:
            return ""
        self._lines.add(number)
        return f'<span id="{_prefix(self.source.cell)}L{number}"></span>'

    def _row(self, html: str, number: int, relations: Sequence[RelationReport] = ()) -> None:
        name = f"{_prefix(self.source.cell)}L{number}"
        first = number not in self._lines
        self._lines.add(number)
        identity = f' id="{name}"' if first else ""
        label = f"line {number}" if self.source.cell is None else f"cell {self.source.cell}, line {number}"
        link = (
            f'<a class="number" href="#{name}" aria-label="{label}">{number if first else ""}</a>'
            if first
            else "<span></span>"
        )
        worst = max(relations, key=lambda it: it.judgement.verdict.severity, default=None)
        style = f"row {worst.judgement.verdict.value}" if worst is not None else "row"
        glyphs = "".join(_glyph(report) for report in relations)
        said = "".join(_said(each, self.macros, _among(place, relations)) for place, each in enumerate(relations, 1))
        self._rows.append(
            f'<div class="{style}"{identity}>{link}<div class="margin" aria-hidden="true">{glyphs}</div>'
            f'<div class="text">{html}{said}</div></div>'
        )


def _glyph(report: RelationReport) -> str:
    verdict = report.judgement.verdict
    return f'<span class="glyph derive-{verdict.value}">{MARKS[verdict].glyph}</span>'


def _link(report: RelationReport) -> str:
    verdict = report.judgement.verdict
    word = f'<span class="derive-hidden">{verdict.value}</span>'
    return f'<a class="note" href="#{relation_id(report)}">{word}{MARKS[verdict].glyph}</a>'


def _said(report: RelationReport, macros: Mapping[str, Macro], among: str) -> str:
    """Return what is said of a relation beside its line, or below it; what is wrong or in doubt is unfolded."""
    verdict = report.judgement.verdict
    name = relation_id(report)
    if verdict not in ERRORS and verdict not in DOUBTS:
        said = evidence(report, macros) if verdict in TRUE or report.judgement.message else ""
        if not said:
            return f'<p class="said" id="{name}">{verdict.value}{among}</p>'
        return (
            f'<details class="said" id="{name}"><summary>{verdict.value}{_rests(report)}{among}</summary>'
            f'<div class="evidence">{said}</div></details>'
        )
    head = f"{badge(verdict)} {told(report)}{among}"
    said = _source(report) + evidence(report, macros)
    return (
        f'<details class="said" id="{name}" open><summary>{head}</summary><div class="evidence">{said}</div></details>'
    )


def _among(place: int, relations: Sequence[RelationReport]) -> str:
    """Return which of several relations of a row is meant, for those who do not see where it stands."""
    if len(relations) == 1:
        return ""
    return f'<span class="derive-hidden">, relation {place} of {len(relations)} in this row</span>'


def _rests(report: RelationReport) -> str:
    return " from what is given" if report.judgement.given else ""


def _source(report: RelationReport) -> str:
    """Return the source line with the wrong part marked."""
    first, last = (column - 1 for column in report.underline)
    verdict = report.judgement.verdict
    if (verdict not in ERRORS and verdict not in DOUBTS) or not report.source_line or not 0 <= first < last:
        return ""
    line = report.source_line
    marked = f"{escape(line[:first])}<mark>{escape(line[first:last])}</mark>{escape(line[last:])}"
    return f'<pre class="source" tabindex="0"><span class="number">{report.shown or report.line}</span> {marked}</pre>'
