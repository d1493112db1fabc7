"""Files, records and messages of the command line."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import click

from derive.containers import read_document
from derive.containers.block import Document, UnreadableContainer
from derive.report.layout import visible

MAX_FILE = 64 << 20
"""The largest file that is read, in bytes."""

MAX_LINE = 1 << 20
"""The longest record that is read, in bytes."""

RIGHT, WRONG, FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class Refusal(click.ClickException):
    """The command cannot be carried out: one line on standard error, status 2."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"derive: {self.format_message()}", file=file or sys.stderr)


class Seconds(click.ParamType[float]):
    """A positive number of seconds."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= 1e6:
            self.fail(f"{value!r} is not a positive number of seconds", param, ctx)
        return seconds


def read(name: str) -> Document:
    """Return a document."""
    return as_document(name, contents(name))


def contents(name: str) -> bytes:
    """Return the bytes of a file."""
    try:
        with opened(name) as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise Refusal(f"cannot read {name!r}: {reason(error)}") from error
    if len(data) > MAX_FILE:
        raise Refusal(f"cannot read {name!r}: it has more than {MAX_FILE >> 20} MiB")
    return data


def as_document(name: str, data: bytes) -> Document:
    """Return the document that the bytes of a file are."""
    try:
        return read_document(name, data)
    except UnreadableContainer as error:
        raise Refusal(f"cannot read {name!r}: {error}") from error


def reason(error: Exception) -> str:
    """Return what an error says, without its number."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def opened(name: str) -> contextlib.AbstractContextManager[BinaryIO]:
    """Open a file for reading; ``-`` is standard input."""
    if name == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return open(name, "rb")
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot read {name!r}: {reason(error)}") from error


def lines(file: BinaryIO, name: str) -> Iterator[str]:
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
            raise Refusal(f"cannot read {name!r}: {reason(error)}") from error
        if not line:
            return
        text = line.decode("utf-8-sig" if first else "utf-8", "replace").strip()
        first = False
        if text:
            yield text if whole else f"{text}…"


def complain(trace: str) -> str:
    """Say loudly that a task raised an exception, and go on; return the message for the report."""
    # The exception stands below its last frame, with a message that may have several lines.
    after = trace[trace.rfind('\n  File "') + 1 :].splitlines()
    message = f"internal error: {visible(next((line for line in after if line[:1].strip()), 'unknown'))}"
    print(f"derive: {message}", file=sys.stderr)
    return message


def write(line: bytes) -> None:
    """Write a line to standard output at once: whoever waits for an answer gets it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
