"""``derive check`` and ``derive explain``."""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from functools import partial
from typing import Any

import click

from derive import checking, pool
from derive.cli.repairing import repair_file
from derive.cli.streams import (
    FAILED,
    RIGHT,
    WRONG,
    Refusal,
    Seconds,
    as_document,
    complain,
    contents,
    lines,
    opened,
    read,
    write,
)
from derive.cli.writing import Written
from derive.containers.block import Document
from derive.diagnostics import CATALOGUE, Diagnostic, lookup
from derive.proofreading import judged
from derive.report.hints import LEVELS, hinted
from derive.report.json import encode, report_object
from derive.report.report import Report
from derive.report.text import progress, write_report
from derive.verdict import DOUBTS, ERRORS, RelationReport, Verdict


@click.command()
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
@click.option("--timeout", type=Seconds(), default=5.0, show_default=True, help="Limit of time for one relation.")
@click.option(
    "--jobs", type=click.IntRange(1, 1024), help="Number of workers (default: the cores, at most 4; 1 for claims)."
)
@click.option("--timings", is_flag=True, help="Report how long each relation took.")
@click.option("--verbose", is_flag=True, help="List relations that are right too.")
@click.option("--repair/--no-repair", default=True, help="Look for the nearest true statement to a wrong one.")
@click.option("--infer/--no-infer", default=True, help="Infer what the document uses and does not declare.")
@click.option(
    "--hints", type=click.Choice(LEVELS), default="full", show_default=True, help="How much to say of a wrong line."
)
@click.option("--html", metavar="OUT", help="Write the report as a page of HTML, too (one FILE).")
@click.option("--annotate", metavar="OUT", help="Write the document with the verdicts as comments (one FILE).")
@click.option("--force", is_flag=True, help="Overwrite a file that --html has not written, or OUT of --annotate.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would write; write nothing.")
@click.option("--fix", is_flag=True, help="Write repaired right sides into the FILEs, after showing them as a diff.")
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
    repair: bool,
    infer: bool,
    hints: str,
    html: str | None,
    annotate: str | None,
    force: bool,
    show_diff: bool,
    fix: bool,
) -> int:
    """Judge every relation in displayed maths of Markdown, TeX or notebook FILEs.

    The exit status is 0 if no relation is refuted or malformed, 1 if one is, and 2 if the command could not be
    carried out.
    """
    if bool(files) == (claims is not None):
        raise click.UsageError("give either FILEs or --claims")
    if claims is not None and preamble is not None:
        raise click.UsageError("--preamble is for FILEs; a claim record has its declarations with it")
    if (fix or show_diff) and (claims is not None or as_json or not repair):
        raise click.UsageError("--fix and --diff are for FILEs, and go neither with --json nor with --no-repair")
    out = Written(html, annotate, force)
    if out and len(files) != 1:
        raise click.UsageError("--html and --annotate are for one FILE")
    if annotate is not None and (fix or show_diff):
        raise click.UsageError("--annotate goes neither with --fix nor with --diff")
    if force and not out:
        raise click.UsageError("--force is for --html and --annotate")
    options = checking.Options(seed, layout, symmetric_derivative, inline, repair, infer)
    wrong = ERRORS | DOUBTS if strict else ERRORS
    if claims is not None:
        return _check_claims(claims, options, wrong, timeout=timeout, jobs=jobs or 1)
    before = read(preamble) if preamble is not None else None
    for name in files:  # before the work, not after it
        out.keep_own(name, preamble)
    status = RIGHT
    for name in files:
        try:
            data = contents(name)
            document = as_document(name, data)
        except Refusal as refusal:
            refusal.show()
            status = FAILED
            continue
        workers = jobs or min(4, os.cpu_count() or 1)
        judge = partial(_judge, preamble=before, options=options, timeout=timeout, jobs=workers)
        reports = judge(document)
        if fix or show_diff:
            try:
                repair_file(name, data, reports, judge, write_it=fix)
            except Refusal as refusal:
                refusal.show()
                status = FAILED
                continue
        reports = [hinted(report, hints) for report in reports]
        out.write(data, Report(name, tuple(reports), document, seed=seed))
        if as_json:
            write(encode(report_object(name, reports, seed=seed, timings=timings)))
        else:
            write_report(name, reports, sys.stdout, verbose=verbose, timings=timings, name_in_summary=len(files) > 1)
        status = max(status, WRONG if any(report.judgement.verdict in wrong for report in reports) else RIGHT)
    return status


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Print the page of a diagnostic CODE, or the list of codes."""
    if code is None:
        for entry in CATALOGUE.values():
            click.echo(f"{entry.code}  {entry.name:24}{entry.headline}")
        return RIGHT
    found = lookup(code)
    if found is None:
        raise Refusal(f"there is no diagnostic {code!r}; `derive explain` lists them")
    click.echo(_page(found), nl=False)
    return RIGHT


def _page(entry: Diagnostic) -> str:
    parts = [f"{entry.code} {entry.name}: {entry.headline}", textwrap.fill(entry.reason, 100)]
    for title, example in (("Answered with this code:", entry.bad), ("Answered without it:", entry.good)):
        if example is not None:
            quoted = "\n".join(f"    {line}".rstrip() for line in example.rstrip().splitlines())
            parts.append(f"{title}\n\n{quoted}")
    return "\n\n".join(parts) + "\n"


def _judge(
    document: Document, preamble: Document | None, options: checking.Options, *, timeout: float, jobs: int
) -> list[RelationReport]:
    watch = partial(progress, file=sys.stderr)
    return judged(document, preamble, options, timeout=timeout, jobs=jobs, watch=watch, complain=complain)


def _check_claims(name: str, options: checking.Options, wrong: frozenset[Verdict], *, timeout: float, jobs: int) -> int:
    values = {verdict.value for verdict in wrong}
    status = RIGHT

    def failed(line: str, trace: str) -> dict[str, Any]:
        return {**checking.late_record(line, timeout), "code": None, "message": complain(trace)}

    with opened(name) as file:
        answers = pool.stream(
            lines(file, name),
            partial(checking.record_answers, options=options),
            checking.late_record,
            timeout=timeout,
            jobs=jobs,
            failed=failed,
        )
        with contextlib.closing(answers):
            for answer in answers:
                write(encode(answer))
                if answer["verdict"] in values:
                    status = max(status, WRONG)
    return status
