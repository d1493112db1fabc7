"""``derive declare``: what a document takes for granted, as a preamble."""

from __future__ import annotations

import click

from derive import checking
from derive.cli.streams import FAILED, RIGHT, Refusal, read
from derive.infer import inferred
from derive.report.layout import visible


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--preamble", metavar="FILE", help="Declarations that are known already.")
def declare(files: tuple[str, ...], preamble: str | None) -> int:
    """Print declarations of the symbols that FILEs use and do not declare, each with its evidence.

    What is printed is a preamble: correct it and give it back with `derive check FILE --preamble`.
    """
    before = read(preamble) if preamble is not None else None
    status = RIGHT
    for name in files:
        try:
            document = read(name)
        except Refusal as refusal:
            refusal.show()
            status = FAILED
            continue
        found = inferred(document, before, checking.Options())
        if len(files) > 1:
            click.echo(f"<!-- {visible(name)} -->\n")
        if found.text():
            click.echo(found.text(), nl=len(files) > 1)
        else:
            click.echo(f"{visible(name)}: nothing is left undeclared", err=True)
    return status
