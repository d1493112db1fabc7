"""The summary of a run as text, as Markdown and as a page for a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from derive.corpus.summary import APART, NOT_JUDGED, SHARED, Counts, Reason, Row, Summary
from derive.report.layout import visible
from derive.verdict import Verdict
from derive.version import VERSION

MARK = "derive corpus"
"""Stands near the beginning of every page, so that only such a page is ever replaced."""

SHOWN = 20
"""Reasons that are shown on a terminal; a page has them all."""

_COLUMNS = ("document", "claims", *(verdict.value for verdict in SHARED), "definitions", "assumptions")

Table = tuple[Sequence[str], list[list[str]]]


def page(summary: Summary, path: str) -> str:
    """Return the summary in the form that the suffix of a file asks for: HTML, Markdown, else text.

    Examples
    --------
    >>> page(Summary(), "summary.md").splitlines()[0]
    '<!-- derive corpus 0.1.0 -->'
    """
    suffix = PurePath(path).suffix.lower()
    if suffix in (".html", ".htm"):
        return _html(summary)
    return _markdown(summary) if suffix in (".md", ".markdown") else text(summary, everything=True)


def shares(summary: Summary) -> Table:
    """Return the share of each verdict among the claims of all documents, and what is counted apart."""
    total = summary.total
    rows = [[verdict.value, f"{total[verdict]:,}", _percent(total.share(verdict))] for verdict in SHARED]
    rows.append(["judged (all but undecided and unread)", f"{total.judged:,}", _part(total.judged, total.claims)])
    rows += [[f"{verdict.value}s, apart", f"{total[verdict]:,}", ""] for verdict in APART]
    return ("verdict", "relations", "share of the claims"), rows


def reasons(summary: Summary, limit: int | None = None) -> Table:
    """Return why relations are undecided or unread, the most frequent reason first, each with an example."""
    head = ("relations", "share", "verdict", "code", "reason", "for example")
    amount = sum(summary.total[verdict] for verdict in NOT_JUDGED)
    return head, [_reason(each, amount) for each in summary.reasons()[:limit]]


def documents(summary: Summary) -> Table:
    """Return the counts of each document, with shares, and of all."""
    rows = [_row(row) for row in summary.sorted_rows]
    return _COLUMNS, [*rows, _row(Row("all", summary.total, None))]


def headline(summary: Summary) -> str:
    """Return the amounts in one sentence.

    Examples
    --------
    >>> headline(Summary())
    'no documents'
    """
    if not summary.rows:
        return "no documents"
    total, origins = summary.total, summary.origins
    sources = (("kept", "in the results already"), ("cached", "from the cache"))
    known = ", ".join(f"{origins[origin]:,} {words}" for origin, words in sources if origins[origin])
    amount = _number(len(summary.rows), "document") + (f" ({known})" if known else "")
    sentence = f"{amount}: {_number(total.claims, 'claim')}, {total.judged:,} of them judged"
    return f"{sentence}; {_number(len(summary.errors), 'document')} not read" if summary.errors else sentence


def text(summary: Summary, *, everything: bool = False) -> str:
    """Return the summary as text: the shares and the reasons and, if all is asked for, the documents, too."""
    parts = [f"{MARK} {VERSION}: {headline(summary)}" if everything else headline(summary)]
    if summary.total.claims or any(summary.total[verdict] for verdict in APART):
        parts.append(_aligned(shares(summary), right=(1, 2)))
    found = reasons(summary, None if everything else SHOWN)
    if found[1]:
        more = len(summary.reasons()) - len(found[1])
        rest = f"\n… and {_number(more, 'other reason')}" if more else ""
        parts.append("Why relations are undecided or unread\n" + _aligned(found, right=(0, 1)) + rest)
    if everything:
        parts.append("Documents\n" + _aligned(documents(summary), right=range(1, len(_COLUMNS))))
        parts += [each.error for each in summary.errors if each.error]
    return "\n\n".join(parts) + "\n"


def _markdown(summary: Summary) -> str:
    parts = [f"<!-- {MARK} {VERSION} -->\n# Corpus run", f"{headline(summary)}."]
    parts.append("## Shares\n\n" + _pipes(shares(summary)))
    if summary.reasons():
        parts.append("## Why relations are undecided or unread\n\n" + _pipes(reasons(summary)))
    parts.append("## Documents\n\n" + _pipes(documents(summary)))
    if summary.errors:
        parts.append("## Not read\n\n" + "\n".join(f"- {_inert(each.error or '')}" for each in summary.errors))
    return "\n\n".join(parts) + "\n"


def _html(summary: Summary) -> str:
    sections = [("Shares", shares(summary)), ("Documents", documents(summary))]
    if summary.reasons():
        sections.insert(1, ("Why relations are undecided or unread", reasons(summary)))
    body = "\n".join(f"<h2>{title}</h2>\n{_tags(table)}" for title, table in sections)
    if summary.errors:
        listed = "\n".join(f"<li>{_escaped(each.error or '')}</li>" for each in summary.errors)
        body += f"\n<h2>Not read</h2>\n<ul>\n{listed}\n</ul>"
    return _PAGE.format(mark=f"{MARK} {VERSION}", headline=_escaped(headline(summary)), body=body)


# -- cells -------------------------------------------------------------------------------------------------------


def _row(row: Row) -> list[str]:
    if row.error:
        return [row.name, "not read", *[""] * (len(_COLUMNS) - 2)]
    counts = row.counts
    cells = [_cell(counts, verdict) for verdict in SHARED]
    return [
        row.name,
        f"{counts.claims:,}",
        *cells,
        *(f"{counts[verdict]:,}" if counts[verdict] else "" for verdict in APART),
    ]


def _cell(counts: Counts, verdict: Verdict) -> str:
    return f"{counts[verdict]:,} ({_percent(counts.share(verdict))})" if counts[verdict] else ""


def _reason(reason: Reason, amount: int) -> list[str]:
    code = f"{reason.code} {reason.name}".strip() if reason.code else ""
    example = reason.place if reason.message == reason.text else f"{reason.place} {reason.message}"
    return [f"{reason.count:,}", _part(reason.count, amount), reason.verdict.value, code, reason.text, example]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _part(count: int, amount: int) -> str:
    return _percent(count / amount if amount else None)


def _number(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


# -- tables ------------------------------------------------------------------------------------------------------


def _aligned(table: Table, *, right: Iterable[int]) -> str:
    head, rows = table
    lines = [[visible(cell) for cell in line] for line in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    to_right = set(right)

    def justified(line: Sequence[str]) -> str:
        cells = (
            cell.rjust(width) if column in to_right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return "\n".join(map(justified, lines))


def _pipes(table: Table) -> str:
    head, rows = table
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_inert(cell) for cell in line) + " |" for line in lines)


def _inert(cell: str) -> str:
    """Return text that Markdown shows as it is."""
    shown = visible(cell)
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>|#$~&" else char for char in shown)


def _tags(table: Table) -> str:
    head, rows = table

    def line(tag: str, cells: Sequence[str], escaped: Callable[[str], str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escaped(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "\n".join(line("td", cells, _escaped) for cells in rows)
    return f"<table>\n<thead>{line('th', head, _escaped)}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _escaped(cell: str) -> str:
    import html  # its table of entities is long, and few commands write a page

    return html.escape(visible(cell))


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="{mark}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Corpus run</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .2rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }}
th {{ position: sticky; top: 0; background: #fff; }}
tbody tr:hover {{ background: #f4f6f8; }}
</style>
</head>
<body>
<h1>Corpus run</h1>
<p>{headline}</p>
{body}
</body>
</html>
"""
