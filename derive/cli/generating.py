"""``derive codegen``: NumPy source for a derivative, or for a function as it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from derive import pool
from derive.cli.deriving import GIVEN, TIMEOUT, WHERE
from derive.cli.streams import RIGHT, Refusal, complain
from derive.cli.writing import save
from derive.report.layout import visible
from numeric.modules import HEADER, answer_line


@click.command()
@click.argument("expression")
@WHERE
@GIVEN
@click.option("--wrt", metavar="LATEX", help="The variable; not with --kind value.")
@click.option(
    "--kind",
    type=click.Choice(["gradient", "jacobian", "hessian", "value"]),
    default="gradient",
    show_default=True,
    help="What is generated: a derivative of EXPRESSION, or its value.",
)
@click.option("--name", default="f", show_default=True, help="The name of the function.")
@click.option("--out", metavar="FILE", help="Write the module there instead of on standard output.")
@click.option("--force", is_flag=True, help="Overwrite a file that this command has not written.")
@click.option("--program", is_flag=True, help="Print the array program instead of its source.")
@click.option("--tests", is_flag=True, help="Add a test by central differences.")
@click.option(
    "--namespace",
    type=click.Choice(["numpy", "array-api"]),
    default="numpy",
    show_default=True,
    help="For which arrays.",
)
@TIMEOUT
def codegen(
    expression: str,
    where: tuple[str, ...],
    given: tuple[str, ...],
    wrt: str | None,
    kind: str,
    name: str,
    out: str | None,
    force: bool,
    program: bool,
    tests: bool,
    namespace: str,
    timeout: float,
) -> int:
    """Write NumPy source that computes a derivative of EXPRESSION, fast and without overflow."""
    if (wrt is None) != (kind == "value"):
        raise click.UsageError("a derivative needs --wrt" if wrt is None else "a value has no --wrt")
    record = {
        "declare": list(where),
        "given": list(given),
        "of": expression,
        "wrt": wrt,
        "kind": kind,
        "name": name,
        "namespace": namespace,
        "program": program,
        "tests": tests,
    }

    def failed(_: str, trace: str) -> dict[str, Any]:
        return {"status": "unsupported", "message": complain(trace)}

    def late(_: str, seconds: float) -> dict[str, Any]:
        return {"status": "unsupported", "message": f"not generated within the limit of {seconds:g} s or of memory"}

    (answer,) = pool.stream([json.dumps(record)], answer_line, late, timeout=timeout, jobs=1, failed=failed)
    if answer["status"] != "generated":
        raise Refusal(visible(answer["message"]))
    if out is None:
        click.echo(answer["source"], nl=False)
    else:
        save(answer["source"], Path(out), force=force, start=HEADER)
    return RIGHT
