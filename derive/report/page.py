"""The report as one page of HTML: self-contained, without network, for readers, printers and screen readers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import PurePath

from derive.containers.block import Block
from derive.report.body import Body, relation_id
from derive.report.fragments import assumed_html
from derive.report.layout import headline, visible
from derive.report.marks import MARKS, counted
from derive.report.report import Report
from derive.report.style import PAGE, SCRIPT
from derive.source import Source
from derive.verdict import DOUBTS, ERRORS, RelationReport
from derive.version import VERSION

START = "<!DOCTYPE html>\n<!-- written by derive check --html -->\n"
"""How a page begins; a file that begins in another way is not overwritten without being asked."""


def page(report: Report) -> str:
    r"""Return the report on a document as a page of HTML.

    Examples
    --------
    >>> import derive
    >>> text = page(derive.check(r"# Sums\n\nLet $a \in \mathbb{R}$. $$a + a = 2 a$$", name="sums.md"))
    >>> text.startswith("<!DOCTYPE html>"), "<h1>sums.md</h1>" in text
    (True, True)
    """
    name = escape(visible(PurePath(report.name).name))
    made = (
        f'{START}<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_policy())}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="derive {VERSION}">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{name}: {escape(report.summary)}</title>\n<style>{PAGE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#document">Skip to the document</a>\n'
        f"<header><h1>{name}</h1>{_buttons()}</header>\n"
        f"<main>\n{_summary(report)}{_findings(report)}{_assumed(report)}"
        '<section id="document" aria-labelledby="text" tabindex="-1"><h2 id="text">The document</h2>\n'
        f"{_text(report)}</section>\n"
        f"</main>\n<footer><p>{_legend()}</p><p>derive {VERSION}, seed {report.seed}</p></footer>\n"
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
    return made.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair has no place in a file


def _policy() -> str:
    """Return what a browser may run and load: the style and the script of this page, and nothing else."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

    return (
        f"default-src 'none'; style-src 'sha256-{digest(PAGE)}'; script-src 'sha256-{digest(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _buttons() -> str:
    return (
        '<div class="buttons" hidden><button type="button" id="unfold">Unfold all</button>'
        '<button type="button" id="fold">Fold all</button>'
        '<button type="button" id="theme" aria-pressed="false">Dark</button></div>'
    )


def _summary(report: Report) -> str:
    """Return the bar of verdicts, and each count as a link to the first relation of its kind."""
    total = len(report.relations)
    found = counted(report.relations)
    bars, at = [], 0.0
    for verdict, count, _ in found:
        width = 100 * count / total
        bars.append(f'<rect class="{verdict.value}" x="{at:.3f}" y="0" width="{width:.3f}" height="4"/>')
        at += width
    bar = (
        f'<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{"".join(bars)}</svg>'
        if bars
        else ""
    )
    items = []
    for verdict, count, word in found:
        first = next(each for each in report.relations if each.judgement.verdict is verdict)
        glyph = f'<span class="glyph derive-{verdict.value}" aria-hidden="true">{MARKS[verdict].glyph}</span>'
        items.append(f'<li>{glyph} <a href="#{relation_id(first)}">{count} {word}</a></li>')
    told = f"{total} relation{'s' if total != 1 else ''}" if total else "no relations"
    return (
        f'<section aria-labelledby="summary"><h2 id="summary">{told}</h2>{bar}'
        f'<ul class="counts">{"".join(items)}</ul></section>\n'
    )


def _findings(report: Report) -> str:
    """Return the list of what is wrong or in doubt, as links."""
    found = [each for each in report.relations if each.judgement.verdict in ERRORS | DOUBTS]
    if not found:
        return ""
    items = "".join(f"<li>{_finding(each)}</li>" for each in found)
    head = '<h2 id="findings">What to look at</h2>'
    return f'<nav aria-labelledby="findings">{head}<ol class="findings">{items}</ol></nav>\n'


def _assumed(report: Report) -> str:
    table = assumed_html(report.assumed, report.document.macros)
    head = '<h2 id="assumed">Taken for granted</h2>'
    return f'<section aria-labelledby="assumed">{head}{table}</section>\n' if table else ""


def _finding(report: RelationReport) -> str:
    verdict = report.judgement.verdict
    place = f"line {report.line}" if report.cell is None else f"cell {report.cell}, line {report.line}"
    glyph = f'<span class="glyph derive-{verdict.value}" aria-hidden="true">{MARKS[verdict].glyph}</span>'
    title = escape(headline(report.judgement)[0])
    return f'{glyph} <a href="#{relation_id(report)}">{place}: {verdict.value}</a> <span>{title}</span>'


def _text(report: Report) -> str:
    """Return the text of the document; of a notebook its Markdown cells."""
    parts = []
    sources: dict[int | None, Source] = {}
    blocks: dict[int | None, list[Block]] = {}
    for block in report.document.blocks:
        cell = block.excerpt.source.cell
        sources.setdefault(cell, block.excerpt.source)
        blocks.setdefault(cell, []).append(block)
    for cell, source in sources.items():
        body = Body(source, blocks[cell], _of(report.relations, cell), report.document.macros)
        parts.append(body.html if cell is None else _cell(cell, body.html))
    return "\n".join(parts) or "<p>Nothing was read.</p>"


def _cell(cell: int, html: str) -> str:
    return f'<section class="cell" aria-label="cell {cell}"><p class="cell-name">cell {cell}</p>{html}</section>'


def _of(relations: Sequence[RelationReport], cell: int | None) -> list[RelationReport]:
    return [each for each in relations if each.cell == cell]


def _legend() -> str:
    return " ".join(
        f'<span class="sign"><span class="glyph derive-{verdict.value}" aria-hidden="true">{mark.glyph}</span> '
        f"{verdict.value}</span>"
        for verdict, mark in MARKS.items()
    )
