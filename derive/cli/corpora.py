"""``derive corpus``: all documents of a folder."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from derive.cli.streams import FAILED, INTERRUPTED, RIGHT, WRONG, Refusal, Seconds, as_document, contents, reason
from derive.corpus import cluster, crew, pages
from derive.corpus.cache import Cache
from derive.corpus.files import SUFFIXES, documents
from derive.corpus.keys import Keys, fingerprint
from derive.corpus.outcome import Outcome, Settings
from derive.corpus.results import Refused, Results, may_replace
from derive.corpus.run import Judge, run
from derive.corpus.summary import Summary
from derive.options import Options
from derive.report.text import progress
from derive.verdict import DOUBTS, ERRORS

_LOCAL = "local"
_ADDRESS = re.compile(r"[a-z]+://.+|.+:\d+")


class Address(click.ParamType[str]):
    """The address of a Dask scheduler."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != _LOCAL and not _ADDRESS.fullmatch(value):
            self.fail(
                f"{value!r} is not the address of a scheduler, such as tcp://host:8786; "
                "for a cluster on this machine write --dask after FOLDER",
                param,
                ctx,
            )
        return str(value)


@click.command()
@click.argument("folder")
@click.option("--out", metavar="FILE", help="Write the reports there, one JSON object a line, as each is finished.")
@click.option("--summary", "summaries", metavar="FILE", multiple=True, help="Write a summary: .html, .md, else text.")
@click.option("--suffix", "suffixes", metavar="SUFFIX", multiple=True, help="Read files with this suffix only.")
@click.option("--preamble", metavar="FILE", help="Declarations that come before every document.")
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
@click.option("--jobs", type=click.IntRange(1, 1024), help="Number of workers (default: the cores).")
@click.option("--repair/--no-repair", default=True, help="Look for the nearest true statement to a wrong one.")
@click.option("--cache", metavar="FOLDER", help="Where verdicts are remembered (default: the user's cache folder).")
@click.option("--no-cache", is_flag=True, help="Neither take verdicts from the cache nor put them there.")
@click.option(
    "--dask",
    metavar="[ADDRESS]",
    type=Address(),
    is_flag=False,
    flag_value=_LOCAL,
    help="Judge on the Dask cluster of this scheduler or, without an address, on one of this machine.",
)
def corpus(
    folder: str,
    out: str | None,
    summaries: tuple[str, ...],
    suffixes: tuple[str, ...],
    preamble: str | None,
    inline: bool,
    layout: str,
    symmetric_derivative: bool,
    strict: bool,
    seed: int,
    timeout: float,
    jobs: int | None,
    repair: bool,
    cache: str | None,
    no_cache: bool,
    dask: str | None,
) -> int:
    """Judge all documents in FOLDER and in the folders in it, and sum up.

    Documents are Markdown, TeX, notebooks and text. Hidden files and folders are left out; links to folders are not
    followed. With --out a run that was ended goes on where it stopped when the same command is given again; documents
    whose contents have changed are judged anew. A document that was judged before, under any name and with the same
    options and version, is taken from the cache.

    The exit status is 0 if no relation is refuted or malformed, 1 if one is, and 2 if a document could not be read
    or the command could not be carried out.
    """
    if cache is not None and no_cache:
        raise click.UsageError("--cache and --no-cache exclude each other")
    options = Options(seed, layout, symmetric_derivative, inline, repair)
    settings = Settings(options, _contents(preamble), timeout)
    written = [each for each in (out, *summaries) if each is not None]
    names, is_complete = _names(folder, suffixes, written)
    _check_targets(summaries)
    workers = jobs or os.cpu_count() or 1
    summary = Summary()
    keys = Keys(fingerprint(), settings.preamble, options)
    with contextlib.ExitStack() as stack:
        results = stack.enter_context(_opened(out)) if out is not None else None
        judge = stack.enter_context(_judge(dask, settings, workers))
        remembered = None if no_cache else Cache(cache or _user_cache())
        if remembered is not None:
            remembered.prune()
        outcomes = run(names, judge, keys, settings, cache=remembered, results=results)
        try:
            with progress(len(names), sys.stderr, least=2, numbers=True) as counted:
                for outcome in counted(outcomes):
                    _complain(outcome)
                    summary.add(outcome)
        except KeyboardInterrupt:
            rest = "; the same command goes on from here" if out is not None else ""
            print(f"derive: interrupted after {len(summary.rows)} of {len(names)} documents{rest}", file=sys.stderr)
            return INTERRUPTED
    for name in summaries:
        _write(name, pages.page(summary, name))
    click.echo(pages.text(summary), nl=False)
    return _status(summary, strict=strict) if is_complete else FAILED


def _contents(preamble: str | None) -> tuple[str, bytes] | None:
    """Return the name and the contents of a preamble, which can be read."""
    if preamble is None:
        return None
    data = contents(preamble)
    as_document(preamble, data)
    return preamble, data


def _names(folder: str, suffixes: Sequence[str], written: Sequence[str]) -> tuple[list[str], bool]:
    """Return the documents of a folder but for those that this run writes, and whether all folders could be listed."""
    if not os.path.isdir(folder):
        if os.path.exists(folder):
            raise Refusal(f"{folder!r} is not a folder; `derive check` judges single files")
        raise Refusal(f"there is no folder {folder!r}")
    looked_for = {f".{suffix.lower().lstrip('.')}" for suffix in suffixes} or set(SUFFIXES)
    problems: list[OSError] = []
    own = {os.path.realpath(name) for name in written}
    found = documents(folder, looked_for, unreadable=problems.append)
    names = [name for name in found if os.path.realpath(name) not in own]
    for problem in problems:
        print(f"derive: cannot list {str(problem.filename)!r}: {reason(problem)}", file=sys.stderr)
    if not names:
        print(f"derive: there is no document ({', '.join(sorted(looked_for))}) in {folder!r}", file=sys.stderr)
    return names, not problems


def _check_targets(summaries: Sequence[str]) -> None:
    """Refuse what could not be written at the end of a long run, and what would overwrite a file of the user's."""
    for name in summaries:
        folder = os.path.dirname(name) or "."
        if not os.path.isdir(folder):
            raise Refusal(f"cannot write {name!r}: there is no folder {folder!r}")
        try:
            ours = may_replace(name, pages.MARK)
        except OSError as error:
            raise Refusal(f"cannot write {name!r}: {reason(error)}") from error
        if not ours:
            raise Refusal(f"cannot write {name!r}: it exists and is not a summary of `derive corpus`")


@contextlib.contextmanager
def _opened(out: str) -> Generator[Results, None, None]:
    try:
        results = Results(out)
    except Refused as problem:
        raise Refusal(str(problem)) from None
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot write {out!r}: {reason(error)}") from error
    with results:
        yield results


@contextlib.contextmanager
def _judge(dask: str | None, settings: Settings, jobs: int) -> Generator[Judge, None, None]:
    """Give the function that judges documents: in processes of this machine, or on a cluster."""
    if dask is None:
        yield partial(crew.judged, settings=settings, jobs=jobs)
        return
    try:
        with cluster.connected(None if dask == _LOCAL else dask, jobs) as client:
            yield partial(cluster.judged, settings=settings, client=client)
    except cluster.ClusterProblem as problem:
        raise Refusal(str(problem)) from None


def _user_cache() -> str:
    import platformdirs

    return os.path.join(platformdirs.user_cache_dir("derive", appauthor=False), "verdicts")


def _complain(outcome: Outcome) -> None:
    if outcome.origin == "judged":
        for sentence in outcome.faults:
            print(f"derive: {sentence}", file=sys.stderr)
    if outcome.error and outcome.error not in outcome.faults:
        print(f"derive: {outcome.error}", file=sys.stderr)


def _write(name: str, text: str) -> None:
    """Write a page as a whole or not at all."""
    target = os.path.realpath(name)
    try:
        with tempfile.TemporaryDirectory(dir=os.path.dirname(target), prefix=".summary-") as folder:
            new = Path(folder, "page")
            new.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            os.replace(new, target)
    except OSError as error:
        raise Refusal(f"cannot write {name!r}: {reason(error)}") from error


def _status(summary: Summary, *, strict: bool) -> int:
    if summary.errors:
        return FAILED
    total = summary.total
    return WRONG if any(total[verdict] for verdict in (ERRORS | DOUBTS if strict else ERRORS)) else RIGHT
