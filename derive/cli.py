"""The command line: ``derive check`` and ``derive explain``."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import gc
import math
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO, Any, BinaryIO

import click

from derive import check as checking
from derive import pool
from derive.containers import read_document
from derive.containers.block import Document, UnreadableContainer
from derive.diagnostics import CATALOGUE, Diagnostic, lookup
from derive.report.json import encode, report_object
from derive.report.layout import visible
from derive.report.text import progress, write_report
from derive.verdict import DOUBTS, ERRORS, Judgement, RelationReport, Verdict
from derive.version import VERSION

MAX_FILE = 64 << 20
"""The largest file that is read, in bytes."""

MAX_LINE = 1 << 20
"""The longest claim record that is read, in bytes."""

RIGHT, WRONG, FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class _Refusal(click.ClickException):
    """The command cannot be carried out: one line on standard error, status 2."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"derive: {self.format_message()}", file=file or sys.stderr)


class _Seconds(click.ParamType[float]):
    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= 1e6:
            self.fail(f"{value!r} is not a positive number of seconds", param, ctx)
        return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    gc.freeze()  # what is imported stays; the workers share it
    gc.set_threshold(100_000, 20, 20)  # expressions are many and have no circles
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign shows its number instead.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Not `cli.main`, which has its own opinion of an interrupt and of a closed pipe.
        with cli.make_context("derive", list(sys.argv[1:] if arguments is None else arguments)) as context:
            status: int = cli.invoke(context)
        sys.stdout.flush()
        return status
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        print("derive: interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.errno != errno.EPIPE:
            print(f"derive: {_reason(error)}", file=sys.stderr)
            return FAILED
        # Whoever read the output has gone; the interpreter must not fail once more when it flushes at the end.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="derive")
def cli() -> None:
    """Proof-read matrix calculus: judge every step of a derivation written in LaTeX."""


@cli.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.option("--preamble", metavar="FILE", help="Declarations for a document that cannot be edited.")
@click.option("--claims", metavar="FILE", help="Judge claim records, one JSON object a line; - is standard input.")
@click.option("--inline", is_flag=True, help="Judge relations in inline maths too.")
@click.option(
    "--layout",
    type=click.Choice(["numerator", "denominator", "infer"]),
    default="infer",
    show_default=True,
    help="The layout of Jacobians.",
)
@click.option("--symmetric-derivative", is_flag=True, help="Derivatives by symmetric matrices are constrained ones.")
@click.option("--strict", is_flag=True, help="Exit status 1 for conditional, undecided and unread relations too.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the random points.")
@click.option("--timeout", type=_Seconds(), default=5.0, show_default=True, help="Limit of time for one relation.")
@click.option(
    "--jobs", type=click.IntRange(1, 1024), help="Number of workers (default: the cores, at most 4; 1 for claims)."
)
@click.option("--timings", is_flag=True, help="Report how long each relation took.")
@click.option("--verbose", is_flag=True, help="List relations that are right too.")
def check(
    files: tuple[str, ...],
    as_json: bool,
    preamble: str | None,
    claims: str | None,
    inline: bool,
    layout: str,
    symmetric_derivative: bool,
    strict: bool,
    seed: int,
    timeout: float,
    jobs: int | None,
    timings: bool,
    verbose: bool,
) -> int:
    """Judge every relation in displayed maths of Markdown, TeX or notebook FILEs.

    The exit status is 0 if no relation is refuted or malformed, 1 if one is, and 2 if the command could not be
    carried out.
    """
    if bool(files) == (claims is not None):
        raise click.UsageError("give either FILEs or --claims")
    if claims is not None and preamble is not None:
        raise click.UsageError("--preamble is for FILEs; a claim record has its declarations with it")
    options = checking.Options(seed=seed, layout=layout, symmetric_derivative=symmetric_derivative, inline=inline)
    wrong = ERRORS | DOUBTS if strict else ERRORS
    if claims is not None:
        return _check_claims(claims, options, wrong, timeout=timeout, jobs=jobs or 1)
    before = _read(preamble) if preamble is not None else None
    status = RIGHT
    for name in files:
        try:
            document = _read(name)
        except _Refusal as refusal:
            refusal.show()
            status = FAILED
            continue
        workers = jobs or min(4, os.cpu_count() or 1)
        reports = _judge(document, before, options, timeout=timeout, jobs=workers)
        if as_json:
            _write(encode(report_object(name, reports, seed=seed, timings=timings)))
        else:
            write_report(name, reports, sys.stdout, verbose=verbose, timings=timings, name_in_summary=len(files) > 1)
        status = max(status, WRONG if any(report.judgement.verdict in wrong for report in reports) else RIGHT)
    return status


@cli.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Print the page of a diagnostic CODE, or the list of codes."""
    if code is None:
        for entry in CATALOGUE.values():
            click.echo(f"{entry.code}  {entry.name:24}{entry.headline}")
        return RIGHT
    found = lookup(code)
    if found is None:
        raise _Refusal(f"there is no diagnostic {code!r}; `derive explain` lists them")
    click.echo(_page(found), nl=False)
    return RIGHT


def _page(entry: Diagnostic) -> str:
    parts = [f"{entry.code} {entry.name}: {entry.headline}", textwrap.fill(entry.reason, 100)]
    for title, example in (("Answered with this code:", entry.bad), ("Answered without it:", entry.good)):
        if example is not None:
            quoted = "\n".join(f"    {line}".rstrip() for line in example.rstrip().splitlines())
            parts.append(f"{title}\n\n{quoted}")
    return "\n\n".join(parts) + "\n"


def _read(name: str) -> Document:
    try:
        with _opened(name) as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _Refusal(f"cannot read {name!r}: {_reason(error)}") from error
    if len(data) > MAX_FILE:
        raise _Refusal(f"cannot read {name!r}: it has more than {MAX_FILE >> 20} MiB")
    try:
        return read_document(name, data)
    except UnreadableContainer as error:
        raise _Refusal(f"cannot read {name!r}: {error}") from error


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _judge(
    document: Document, preamble: Document | None, options: checking.Options, *, timeout: float, jobs: int
) -> list[RelationReport]:
    """Return the reports on a document; a relation that meets an internal error is undecided, the others are judged."""
    reading = checking.read_relations(document, preamble, options)
    total = len(reading.relations)

    def failed(index: int, trace: str) -> RelationReport:
        message = _complain(trace)
        report = checking.late_report(reading, index, timeout)
        return dataclasses.replace(report, judgement=Judgement(Verdict.UNDECIDED, message=message))

    judged = pool.run(
        total,
        partial(checking.judge_relation, reading),
        partial(checking.late_report, reading),
        timeout=timeout,
        jobs=jobs,
        failed=failed,
    )
    with contextlib.closing(judged), progress(total, sys.stderr) as counted:
        reports = list(counted(judged))
    return checking.settle(reading, reports)


def _check_claims(name: str, options: checking.Options, wrong: frozenset[Verdict], *, timeout: float, jobs: int) -> int:
    values = {verdict.value for verdict in wrong}
    status = RIGHT

    def failed(line: str, trace: str) -> dict[str, Any]:
        return {**checking.late_record(line, timeout), "code": None, "message": _complain(trace)}

    with _opened(name) as file:
        answers = pool.stream(
            _lines(file, name),
            partial(checking.check_record, options=options),
            checking.late_record,
            timeout=timeout,
            jobs=jobs,
            failed=failed,
        )
        with contextlib.closing(answers):
            for answer in answers:
                _write(encode(answer))
                if answer["verdict"] in values:
                    status = max(status, WRONG)
    return status


def _opened(name: str) -> contextlib.AbstractContextManager[BinaryIO]:
    if name == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return open(name, "rb")
    except (OSError, ValueError) as error:
        raise _Refusal(f"cannot read {name!r}: {_reason(error)}") from error


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines that are not blank; of one that is too long only the beginning and a mark, which is no JSON."""
    first = True
    while True:
        try:
            line = file.readline(MAX_LINE)
            rest = line
            whole = len(line) < MAX_LINE
            while len(rest) == MAX_LINE and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE)
        except OSError as error:
            raise _Refusal(f"cannot read {name!r}: {_reason(error)}") from error
        if not line:
            return
        text = line.decode("utf-8-sig" if first else "utf-8", "replace").strip()
        first = False
        if text:
            yield text if whole else f"{text}…"


def _complain(trace: str) -> str:
    """Say loudly that a task raised an exception, and go on; return the message for the report."""
    # The exception stands below its last frame, with a message that may have several lines.
    after = trace[trace.rfind('\n  File "') + 1 :].splitlines()
    message = f"internal error: {visible(next((line for line in after if line[:1].strip()), 'unknown'))}"
    print(f"derive: {message}", file=sys.stderr)
    return message


def _write(line: bytes) -> None:
    """Write a line to standard output at once: whoever waits for an answer gets it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
