"""``derive gradient``, ``jacobian``, ``hessian``, ``stationary``, ``prove``, ``replay`` and ``rules``."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from derive import pool, proofs, records, solved
from derive.cli.streams import MAX_FILE, RIGHT, WRONG, Refusal, Seconds, complain, lines, opened, reason, write
from derive.options import Options
from derive.report.json import encode
from derive.report.layout import visible
from derive.rules import CATALOGUE
from derive.rules_page import close_names, listing, page
from numeric.codegen import fields

WHERE = click.option(
    "--where", "where", multiple=True, metavar="DECLARATION", help="Declare a symbol, as in a document."
)
GIVEN = click.option("--given", "given", multiple=True, metavar="EQUATION", help="A definition or a condition.")
TIMEOUT = click.option(
    "--timeout", type=Seconds(), default=5.0, show_default=True, help="Limit of time for one record."
)
_SEED = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the random points."
)


def _deriving(kind: str, text: str) -> Any:
    """Return the command that derives one kind of derivative."""

    @click.command(kind, help=text)
    @click.argument("expression", required=False)
    @click.option("--wrt", metavar="LATEX", help="The variable.")
    @WHERE
    @GIVEN
    @click.option("--steps", is_flag=True, help="Show the rules that were applied, line by line.")
    @click.option("--format", "form", type=click.Choice(["text", "latex", "json"]), default="text", show_default=True)
    @click.option("--symmetric-derivative", is_flag=True, help="The constrained derivative by a symmetric matrix.")
    @click.option(
        "--records", metavar="FILE", help="Answer derivation records, one JSON object a line; - is standard input."
    )
    @_SEED
    @TIMEOUT
    def command(
        expression: str | None,
        wrt: str | None,
        where: tuple[str, ...],
        given: tuple[str, ...],
        steps: bool,
        form: str,
        symmetric_derivative: bool,
        records: str | None,
        seed: int,
        timeout: float,
    ) -> int:
        if (expression is None) == (records is None):
            raise click.UsageError("give either an expression or --records")
        if records is not None:
            return _answer_records(records, kind, seed, timeout)
        if wrt is None:
            raise click.UsageError("an expression needs --wrt")
        record = {
            "declare": list(where),
            "given": list(given),
            "of": expression,
            "wrt": wrt,
            "kind": kind,
            "symmetric_derivative": symmetric_derivative,
        }
        (answer,) = _answers([json.dumps(record)], kind, seed, timeout)
        if answer["status"] != "derived":
            raise Refusal(visible(answer["message"]))
        if form == "json":
            write(encode(answer))
        else:
            click.echo(_shown(answer, form, steps), nl=False)
        return RIGHT

    return command


def _shown(answer: dict[str, Any], form: str, steps: bool) -> str:
    parts = []
    if steps:
        width = max(len(step["rule"]) for step in answer["steps"])
        parts += [f"{step['rule']:{width}}  {step['latex']}" for step in answer["steps"]]
    if form == "latex":
        parts.append(answer["latex"])
    else:
        parts.append(answer["named"])
        parts += [f"  where {entry['name']} = {entry['latex']}" for entry in answer["where"]]
        parts.append(f"  {answer['verdict']}, certificate replayed, {len(answer['steps'])} steps")
    return "\n".join(parts) + "\n"


def _answer_records(name: str, kind: str, seed: int, timeout: float) -> int:
    with opened(name) as file, contextlib.closing(_answers(lines(file, name), kind, seed, timeout)) as answers:
        for answer in answers:
            write(encode(answer))
    return RIGHT


def _answers(texts: Any, kind: str, seed: int, timeout: float) -> Any:
    def failed(line: str, trace: str) -> dict[str, Any]:
        return records.unsupported(records.ident_of(line), complain(trace))

    def late(line: str, seconds: float) -> dict[str, Any]:
        return records.unsupported(
            records.ident_of(line), f"not derived within the limit of {seconds:g} s or of memory"
        )

    work = partial(records.answer_line, seed=seed, kind=kind, emission=fields)
    return pool.stream(texts, work, late, timeout=timeout, jobs=1, failed=failed)


gradient = _deriving(
    "gradient", "Derive the gradient of a scalar EXPRESSION, in the shape of the variable, with a replayed certificate."
)
jacobian = _deriving(
    "jacobian", "Derive the Jacobian of EXPRESSION in numerator layout; matrices are flattened column by column."
)
hessian = _deriving("hessian", "Derive the Hessian of a scalar EXPRESSION; a matrix is flattened column by column.")


@click.command("stationary")
@click.argument("expression")
@click.option("--wrt", metavar="LATEX", multiple=True, required=True, help="An unknown; may be repeated.")
@click.option("--subject-to", "constraints", metavar="LATEX", multiple=True, help="An expression that is zero.")
@WHERE
@GIVEN
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@TIMEOUT
def stationary(
    expression: str,
    wrt: tuple[str, ...],
    constraints: tuple[str, ...],
    where: tuple[str, ...],
    given: tuple[str, ...],
    form: str,
    timeout: float,
) -> int:
    """Find where the gradients of EXPRESSION by all unknowns are zero, under constraints if there are any."""
    record = {
        "declare": list(where),
        "given": list(given),
        "of": expression,
        "wrt": list(wrt),
        "subject_to": list(constraints),
    }

    def failed(_: str, trace: str) -> dict[str, Any]:
        return {"status": "unsupported", "message": complain(trace)}

    def late(_: str, seconds: float) -> dict[str, Any]:
        return {"status": "unsupported", "message": f"not solved within the limit of {seconds:g} s or of memory"}

    texts = [json.dumps(record)]
    (answer,) = pool.stream(texts, solved.answer_line, late, timeout=timeout, jobs=1, failed=failed)
    if answer["status"] != "derived":
        raise Refusal(visible(answer["message"]))
    if form == "json":
        write(encode(answer))
    else:
        click.echo(_points(answer), nl=False)
    return RIGHT


def _points(answer: dict[str, Any]) -> str:
    """Return stationary points as text: the Lagrangian, the conditions, the solutions and what they rest on."""
    parts = [f"L = {answer['lagrangian']}", "", *answer["conditions"], ""]
    for solution in answer["solutions"]:
        parts.append(solution["latex"])
        if solution["depends_on"]:
            parts.append(f"  fixed point: depends on {', '.join(solution['depends_on'])}")
        if solution["requires"]:
            parts.append(f"  where {', '.join(solution['requires'])}")
    parts += [f"  {name} = {value}" for name, value in _names(answer)]
    parts += [f"{condition}  (not solved)" for condition in answer["implicit"]]
    return "\n".join(parts) + "\n"


def _names(answer: dict[str, Any]) -> list[tuple[str, str]]:
    found = {entry["name"]: entry["latex"] for solution in answer["solutions"] for entry in solution["where"]}
    return list(found.items())


@click.command()
@click.argument("equation")
@WHERE
@GIVEN
@click.option(
    "--certificate", "target", metavar="FILE", help="Write the certificate there, as JSON; - is standard output."
)
@_SEED
@TIMEOUT
def prove(
    equation: str, where: tuple[str, ...], given: tuple[str, ...], target: str | None, seed: int, timeout: float
) -> int:
    """Prove an EQUATION, for every size.

    The exit status is 0 if it is proved, 1 if no proof was found or it is false, and 2 if it is not understood.
    """
    record = json.dumps({"declare": list(where), "given": list(given), "claim": equation})
    (answer,) = _run(partial(proofs.prove_line, options=Options(seed=seed)), record, timeout)
    relations = answer["relations"]
    for relation in relations:
        if relation["verdict"] == "unread":
            raise Refusal(visible(str(relation["message"])))
        if target == "-":
            continue
        said = f": {relation['message']}" if relation["message"] else ""
        click.echo(f"{relation['verdict']}{visible(said)}")
        click.echo(f"  read as {visible(relation['read_as'])}")
        if relation["certificate"] is not None:
            click.echo(f"  by {', '.join(relation['evidence']['rules']) or 'arithmetic'}")
        for name in relation["given"]:
            click.echo(f"  given {visible(name)}")
    proved = all(relation["certificate"] is not None for relation in relations)
    if target is not None and proved:
        found = [relation["certificate"] for relation in relations]
        _save(encode(found[0] if len(found) == 1 else found), target)
    return RIGHT if proved else WRONG


@click.command()
@click.argument("file")
@TIMEOUT
def replay(file: str, timeout: float) -> int:
    """Replay the certificate in FILE (- is standard input): check every step, believing nothing.

    The exit status is 0 if it proves its claim and 1 if it is rejected.
    """
    with opened(file) as source:
        try:
            data = source.read(MAX_FILE + 1)
        except OSError as error:
            raise Refusal(f"cannot read {file!r}: {reason(error)}") from error
    if len(data) > MAX_FILE:
        raise Refusal(f"cannot read {file!r}: it has more than {MAX_FILE >> 20} MiB")
    (answer,) = _run(proofs.replay_text, data.decode("utf-8", "replace"), timeout)
    status = RIGHT
    for result in answer["results"]:
        if result["rejected"] is not None:
            click.echo(f"rejected: {visible(result['rejected'])}")
            status = WRONG
        else:
            click.echo(f"proved: {visible(result['claim'])}")
            if result["facts"]:
                click.echo(f"  for {visible('; '.join(result['facts']))}")
            click.echo(f"  {result['steps']} steps by {', '.join(result['rules']) or 'arithmetic'}")
    return status


@click.command()
@click.argument("name", required=False)
def rules(name: str | None) -> int:
    """Print the page of the rule NAME, or the catalogue."""
    if name is None:
        click.echo(listing(), nl=False)
        return RIGHT
    rule = CATALOGUE.get(name)
    if rule is None:
        close = close_names(name)
        hint = f"did you mean {' or '.join(close)}?" if close else "`derive rules` lists them"
        raise Refusal(f"there is no rule {name!r}; {hint}")
    click.echo(page(rule), nl=False)
    return RIGHT


def _run(work: Callable[[str], dict[str, Any]], text: str, timeout: float) -> Any:
    """Do one task, enforcing the limit of time from outside."""

    def late(_: str, seconds: float) -> dict[str, Any]:
        raise Refusal(f"not done within the limit of {seconds:g} s or of memory")

    def failed(_: str, trace: str) -> dict[str, Any]:
        raise Refusal(complain(trace))

    return list(pool.stream([text], work, late, timeout=timeout, jobs=1, failed=failed))


def _save(data: bytes, target: str) -> None:
    if target == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        with open(target, "xb") as file:
            file.write(data)
    except FileExistsError:
        raise Refusal(f"{target!r} exists; it is not overwritten") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot write {target!r}: {reason(error)}") from error
