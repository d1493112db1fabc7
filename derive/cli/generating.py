"""``derive codegen``: NumPy source for a derivative, or for a function as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from derive import pool
from derive.cli.deriving import GIVEN, TIMEOUT, WHERE
from derive.cli.streams import RIGHT, Refusal, complain
from derive.cli.writing import save
from derive.report.layout import visible
from numeric.mixtures import command
from numeric.modules import HEADER, answer_line

SECONDS = 60.0
"""The limit for a mixture module where none is given: it is a derivation for every parameter, with its proofs."""


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
@click.option(
    "--covariances",
    type=click.Choice(["full", "tied", "diagonal", "spherical"]),
    help="With EXPRESSION gaussian-mixture: the structure of its covariances (default: full).",
)
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
    covariances: str | None,
    out: str | None,
    force: bool,
    program: bool,
    tests: bool,
    namespace: str,
    timeout: float,
) -> int:
    """Write NumPy source that computes a derivative of EXPRESSION, fast and without overflow.

    For the EXPRESSION gaussian-mixture a module is written, with the E-step and the M-step of expectation maximisation.
    """
    if expression == command.NAME:
        others = ("wrt", "where", "given", "kind", "name", "tests", "namespace")
        given_too = [option for option in others if _is_given(option)]
        if given_too:
            raise click.UsageError(f"{command.NAME} has no --{given_too[0]}")
        seconds = timeout if _is_given("timeout") else max(timeout, SECONDS)
        wanted = {"covariances": covariances or "full", "program": program}
        return _deliver(wanted, command.answer_line, out, force, seconds, start=f"r{HEADER}")
    if covariances is not None:
        raise click.UsageError(f"--covariances is for {command.NAME}")
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
    return _deliver(record, answer_line, out, force, timeout, start=HEADER)


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


def _deliver(
    record: dict[str, Any],
    answer: Callable[[str], dict[str, Any]],
    out: str | None,
    force: bool,
    timeout: float,
    *,
    start: str,
) -> int:
    """Have a request answered within its limits, and write the source where it is wanted."""

    def failed(_: str, trace: str) -> dict[str, Any]:
        return {"status": "unsupported", "message": complain(trace)}

    def late(_: str, seconds: float) -> dict[str, Any]:
        return {"status": "unsupported", "message": f"not generated within the limit of {seconds:g} s or of memory"}

    (found,) = pool.stream([json.dumps(record)], answer, late, timeout=timeout, jobs=1, failed=failed)
    if found["status"] != "generated":
        raise Refusal(visible(found["message"]))
    if out is None:
        click.echo(found["source"], nl=False)
    else:
        save(found["source"], Path(out), force=force, start=start)
    return RIGHT
