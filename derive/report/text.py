"""The report for a terminal."""

from __future__ import annotations

import contextlib
import errno
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, TypeVar

from derive.report.layout import LABEL, excerpt, headline, notes, place, visible
from derive.report.marks import counted
from derive.verdict import DOUBTS, ERRORS, Assumed, Counterexample, RelationReport, Repair, Verdict, assumed

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

LONG = 20
"""The number of relations from which on a document is worth a progress bar."""

_KINDS = {
    Verdict.CONDITIONAL: ("warning", "yellow"),
    Verdict.UNREAD: ("warning", "yellow"),
    Verdict.UNDECIDED: ("note", "cyan"),
    Verdict.REFUTED: ("error", "red"),
    Verdict.MALFORMED: ("error", "red"),
}


def write_report(
    name: str,
    reports: Sequence[RelationReport],
    file: IO[str],
    *,
    verbose: bool = False,
    timings: bool = False,
    name_in_summary: bool = False,
) -> None:
    """Write a block for every relation that is not right, and a summary; with ``verbose`` one for the others too.

    Colours are used only if ``file`` is a terminal. Everything that comes from the document is written as it is,
    never interpreted as markup.
    """
    console = _console(file)
    _write_assumed(console, name, assumed(reports))
    for report in reports:
        verdict = report.judgement.verdict
        if verdict in ERRORS or verdict in DOUBTS:
            _write_block(console, name, report, full=verdict in ERRORS)
            console.print()
        elif verbose:
            _write_right(console, name, report, timings=timings)
    text = summary(reports)
    if timings:
        text += f", {sum(report.seconds for report in reports):.2f} s"
    console.out(f"{visible(name)}: {text}" if name_in_summary else text, highlight=False)


def _write_assumed(console: Console, name: str, taken: Sequence[Assumed]) -> None:
    """Write what is taken for granted of symbols that nothing declares, as a table."""
    if not taken:
        return
    console.out("Nothing declares these symbols; they are taken for", highlight=False)
    width = min(60, max(len(each.latex) for each in taken))
    for each in taken:
        console.out(f"  {visible(each.latex).ljust(width)}  {visible('; '.join(each.evidence))}", highlight=False)
    console.out(f"`derive declare {visible(name)}` prints them, to be corrected and given back.\n", highlight=False)


def summary(reports: Sequence[RelationReport]) -> str:
    """Return the counts in words.

    Examples
    --------
    >>> summary([])
    'no relations'
    """
    if not reports:
        return "no relations"
    parts = [f"{count} {word}" for _, count, word in counted(reports)]
    return f"{len(reports)} relation{'s' if len(reports) > 1 else ''}: {', '.join(parts)}"


def relation_text(name: str, report: RelationReport) -> str:
    """Return what is said of one relation as text."""
    file = io.StringIO()
    console = _console(file)
    verdict = report.judgement.verdict
    if verdict in ERRORS or verdict in DOUBTS:
        _write_block(console, name, report, full=verdict in ERRORS)
    else:
        _write_right(console, name, report, timings=False)
    return file.getvalue().rstrip("\n")


@contextlib.contextmanager
def progress(
    total: int, file: IO[str], *, least: int = LONG, numbers: bool = False
) -> Iterator[Callable[[Iterable[T]], Iterator[T]]]:
    """Give a function that passes items through and shows how many have come, if ``file`` is a terminal.

    Fewer than ``least`` items are not worth it; ``numbers`` asks for their number beside the bar.
    """
    if total < least or not file.isatty():
        yield iter
        return
    from rich.progress import MofNCompleteColumn, Progress

    columns = (*Progress.get_default_columns(), *((MofNCompleteColumn(),) if numbers else ()))
    # No thread refreshes the bar: workers are forked while it is shown.
    with Progress(*columns, console=_console(file), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("judging", total=total)

        def judged(items: Iterable[T]) -> Iterator[T]:
            for item in items:
                bar.update(task, advance=1, refresh=True)
                yield item

        yield judged


def _console(file: IO[str]) -> Console:
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Leave a closed pipe to the command line: rich would end the program with status 1."""
            raise BrokenPipeError(errno.EPIPE, "the reader has gone")

    # Neither the variables of a kernel nor its display decide what a text is.
    return Quiet(
        file=file,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
        force_terminal=file.isatty(),
        force_jupyter=False,
    )


def _write_block(console: Console, name: str, report: RelationReport, *, full: bool) -> None:
    judgement = report.judgement
    kind, colour = _KINDS[judgement.verdict]
    title, message = headline(judgement)
    number = str(report.shown or report.line)
    gutter = " " * len(number) + " "
    code = f"[{judgement.code}]" if judgement.code else ""
    _print(console, (kind + code, f"bold {colour}"), (": " if not code else " ", ""), (title, "bold"))
    _print(console, (" " * len(number) + "--> ", "blue"), (place(name, report), ""))
    line, carets = excerpt(report)
    bar = (gutter + "|", "blue")
    if line:
        if full:
            _print(console, bar)
        _print(console, (number + " | ", "blue"), (line, ""))
        if carets:
            label = f" {message}" if 0 < len(message) <= LABEL else ""
            message = "" if label else message
            _print(console, (gutter + "| ", "blue"), (carets + label, colour))
        if full:
            _print(console, bar)
    said = [message] if message else []
    if report.read_as and judgement.verdict is not Verdict.UNREAD:
        said.append(f"read as: {visible(report.read_as)}")
    said += notes(judgement, readable(judgement.counterexample, judgement.repair))
    for text in said:
        _print(console, (gutter + "= ", "blue"), (text, ""))


def _write_right(console: Console, name: str, report: RelationReport, *, timings: bool) -> None:
    judgement = report.judgement
    given = f"  (given {'; '.join(visible(each) for each in judgement.given)})" if judgement.given else ""
    seconds = f"  [{report.seconds * 1000:.0f} ms]" if timings else ""
    text = f"  {place(name, report)}  {visible(report.read_as)}{given}{seconds}"
    _print(console, (judgement.verdict.value, "green"), (text, ""))
    for note in judgement.notes:
        _print(console, (f"  = note: {visible(note)}", ""))


def _print(console: Console, *parts: tuple[str, str]) -> None:
    from rich.text import Text

    console.print(Text.assemble(*parts), soft_wrap=True)


_WANTS_ARGUMENT = re.compile(r"\\(?:[dt]?frac|sqrt|math[a-z]+|operatorname|boldsymbol|bm|hat|bar|tilde|text\w*)\s*$")
"""A piece of LaTeX that ends before the argument of its last command stays as it is."""


def readable(example: Counterexample | None, repair: Repair | None = None) -> dict[str, str]:
    """Return the names of a counterexample, and a repair, as readable text."""
    names = [*example.dimensions, *example.values] if example else []
    parts = [repair.old, repair.new, repair.text] if repair is not None else []
    latex = [text for text in [*names, *parts] if "\\" in text and not _WANTS_ARGUMENT.search(text)]
    if not latex:
        return {}
    from pylatexenc.latex2text import LatexNodes2Text

    convert = LatexNodes2Text(math_mode="text", strict_latex_spaces=False)
    return {text: convert.latex_to_text(text).strip() or text for text in latex}
