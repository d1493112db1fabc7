"""The cell magic ``%%derive``: LaTeX or Markdown in a cell is judged, and what it declares is kept for the next one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from derive.containers.block import UnreadableContainer
from derive.jupyter.kernel import cell_id
from derive.proofreading import LAYOUTS, TIMEOUT, check
from derive.report.hints import LEVELS
from derive.report.report import Report


class Cells:
    r"""The cells judged so far: each is read with what the ones before it declare, define and assume.

    Examples
    --------
    >>> cells = Cells()
    >>> cells.judge(r"Let $a \in \mathbb{R}$.").ok, cells.judge("$$a + a = 2 a$$").ok
    (False, True)
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def clear(self) -> None:
        """Forget all cells."""
        self._texts.clear()

    def judge(self, text: str, *, key: str | None = None, preamble: str = "", **options: Any) -> Report:
        """Judge a cell; one that was judged before under the same key takes the place it had."""
        before = []
        for other, earlier in self._texts.items():
            if other == key:
                break
            before.append(earlier)
        report = check(text, name="cell.md", preamble="\n\n".join([preamble, *before]), **options)
        self._texts[key or text] = text
        return report


@click.command(add_help_option=False)
@click.option("--preamble", metavar="FILE", help="Declarations that come first.")
@click.option("--inline", is_flag=True, help="Judge relations in inline maths too.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="infer", help="The layout of Jacobians.")
@click.option("--symmetric-derivative", is_flag=True, help="Derivatives by symmetric matrices are constrained ones.")
@click.option("--strict", is_flag=True, help="Count conditional, undecided and unread relations as wrong too.")
@click.option("--hints", type=click.Choice(LEVELS), default="full", help="How much to say of a wrong line.")
@click.option("--repair/--no-repair", default=True, help="Look for the nearest true statement to a wrong one.")
@click.option("--expected", type=click.IntRange(0), default=0, help="The claims of a complete answer.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the random points.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=TIMEOUT, help="Seconds for one relation.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Number of workers.")
@click.option("--reset", is_flag=True, help="Forget the cells before.")
@click.option("--alone", is_flag=True, help="Neither use the cells before nor keep this one.")
@click.option("--into", metavar="NAME", help="Give the report this name, besides `_`.")
def options(**given: Any) -> dict[str, Any]:
    """Read the options of the magic."""
    return given


def derive_magic(shell: Any, cells: Cells, line: str, cell: str | None) -> Report | None:
    """Judge a cell as its options say, and return the report; as a line magic only ``--reset`` has a meaning."""
    try:
        given = options.main(shlex.split(line), prog_name="%%derive", standalone_mode=False)
        path = given.pop("preamble")
        preamble = Path(path).read_text(encoding="utf-8-sig") if path is not None else ""
    except (click.ClickException, ValueError, OSError) as error:
        raise _usage(str(getattr(error, "message", error))) from None
    into, alone = given.pop("into"), given.pop("alone")
    if into is not None and not into.isidentifier():
        raise _usage(f"expected a name behind --into, found {into!r}")
    if given.pop("reset"):
        cells.clear()
    if cell is None:
        return None
    try:
        judge = Cells().judge if alone else cells.judge
        report = judge(cell, key=cell_id(), preamble=preamble, **given)
    except UnreadableContainer as error:
        raise _usage(str(error)) from None
    if into is not None:
        shell.user_ns[into] = report
    return report


def _usage(message: str) -> Exception:
    from IPython.core.error import UsageError  # shown as one line, without a traceback

    return UsageError(f"%%derive: {message}")


def load_ipython_extension(shell: Any) -> None:
    """Register ``%%derive``; IPython calls this for ``%load_ext derive``."""
    cells = Cells()

    def derive(line: str, cell: str | None = None) -> Report | None:
        return derive_magic(shell, cells, line, cell)

    derive.__doc__ = _help()
    shell.register_magic_function(derive, magic_kind="line_cell")


def unload_ipython_extension(shell: Any) -> None:
    """Remove ``%%derive``."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("derive", None)


def _help() -> str:
    with click.Context(options, info_name="%%derive") as context:
        return f"Judge every relation in the displayed maths of a cell.\n\n{options.get_help(context)}"
