"""Files, records and messages of the command line."""

from __future__ import annotations

import codecs
import contextlib
import math
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
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
    try:
        with opened(name) as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise Refusal(f"cannot read {name!r}: {reason(error)}") from error
    if len(data) > MAX_FILE:
        raise Refusal(f"cannot read {name!r}: it has more than {MAX_FILE >> 20} MiB")
    try:
        return read_document(name, data)
    except UnreadableContainer as error:
        raise Refusal(f"cannot read {name!r}: {error}") from error


def source_text(name: str) -> str:
    """Return the text of a file that repairs can be written into."""
    if name == "-" or name.lower().endswith(".ipynb"):
        raise Refusal(f"cannot repair {name!r}: repairs are written into Markdown, TeX and text files only")
    return exact_text(name, "repair").removeprefix(MARK)


MARK = codecs.BOM_UTF8.decode("utf-8")
"""The byte order mark, which stands before the text that is judged."""


def exact_text(name: str, verb: str) -> str:
    """Return the text of a file, its byte order mark included, so that it can be written back byte for byte."""
    if name == "-":
        raise Refusal(f"cannot {verb} standard input: give the name of a file")
    try:
        return Path(name).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(f"cannot {verb} {name!r}: it is not UTF-8 throughout") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot read {name!r}: {reason(error)}") from error


def replace_text(name: str, before: str, after: str) -> None:
    """Replace the contents of a file that still has a text; a byte order mark and the line ends stay as they are."""
    path = Path(name)
    try:
        data = path.read_bytes()
        if data.decode("utf-8-sig") != before:
            raise Refusal(f"cannot repair {name!r}: it was changed meanwhile")
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        new = path.with_name(f".{path.name}.repaired")
        new.write_bytes(mark + after.encode("utf-8"))
        shutil.copymode(path, new)
        os.replace(new, path.resolve())
    except OSError as error:
        raise Refusal(f"cannot write {name!r}: {reason(error)}") from error


def save(text: str, target: Path, *, force: bool, start: str) -> None:
    """Write a file that is made by a command; one that was not made is kept, and what is written is written whole.

    Parameters
    ----------
    text : str
        The contents.
    target : Path
        The file.
    force : bool
        Whether someone's own file is overwritten.
    start : str
        How a file begins that the command has made; empty where nothing tells it from others.

    Raises
    ------
    Refusal
        If the file is someone's own, or cannot be written.
    """
    keep_own(target, force=force, start=start)
    made = None
    try:
        handle, made = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
        os.chmod(made, stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644)
        os.replace(made, target.resolve())
        made = None
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot write {str(target)!r}: {reason(error)}") from error
    finally:
        if made is not None:
            with contextlib.suppress(OSError):
                os.unlink(made)


def keep_own(target: Path, *, force: bool, start: str, sources: Iterable[str] = ()) -> None:
    """Refuse to write a file that is someone's own, and one that is read, whatever is forced."""
    try:
        for name in sources:
            if name != "-" and target.exists() and os.path.samefile(name, target):
                raise Refusal(f"{str(target)!r} is read by this command; it is not overwritten")
        if target.exists() and not force:
            made = target.is_file() and start and target.read_bytes().startswith(start.encode("utf-8"))
            if not made:
                raise Refusal(f"{str(target)!r} was not generated by this command; --force overwrites it")
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot write {str(target)!r}: {reason(error)}") from error


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
