"""``derive check --diff`` and ``--fix``: repairs shown, and written into files that are replaced as a whole."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from derive.cli.streams import Refusal, reason
from derive.containers import read_text
from derive.containers.block import Document, UnreadableContainer
from derive.fixing import difference, fixes, repaired
from derive.verdict import RelationReport

MAX_PASSES = 6
"""How often a file is judged again after repairs: a line after a repaired one may need one, too."""

Judge = Callable[[Document], Sequence[RelationReport]]


def repair_file(name: str, data: bytes, reports: Sequence[RelationReport], judge: Judge, *, write_it: bool) -> None:
    """Show the repairs of a file as a diff and, if asked for, write them.

    Parameters
    ----------
    name : str
        The file.
    data : bytes
        Its contents, which were judged.
    reports : sequence of RelationReport
        What was found.
    judge : callable
        Judges the document again after repairs.
    write_it : bool
        Whether the repairs are written.
    """
    before = text = _decoded(name, data)
    try:
        for _ in range(MAX_PASSES):
            changes = fixes(reports)
            if not changes:
                break
            text = repaired(name, text, changes)
            reports = judge(read_text(name, text))
        shown = difference(name, before, text)
    except UnreadableContainer as error:
        raise Refusal(f"cannot repair {name!r}: {error}") from error
    click.echo(shown, nl=False)
    if write_it and text != before:
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        _replace(name, data, mark + text.encode("utf-8"))


def _decoded(name: str, data: bytes) -> str:
    if name == "-":
        raise Refusal("cannot repair standard input: repairs are written into files")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"cannot repair {name!r}: it is not UTF-8 throughout") from None


def _replace(name: str, before: bytes, after: bytes) -> None:
    """Replace the contents of a file that was not changed meanwhile.

    They are written beside it first, so that at every moment one of the two versions is there; a link stays a link,
    and the permissions stay.
    """
    try:
        path = Path(name).resolve(strict=True)
        if path.read_bytes() != before:
            raise Refusal(f"cannot repair {name!r}: it was changed meanwhile")
        if not os.access(path, os.W_OK):
            raise Refusal(f"cannot write {name!r}: it is read-only")
        number, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".repaired", dir=path.parent)
        try:
            with open(number, "wb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            _keep_owner(path, beside)
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as error:
        raise Refusal(f"cannot write {name!r}: {reason(error)}") from error


def _keep_owner(path: Path, beside: str) -> None:
    """Give a file the permissions of another one and, where that is allowed, its owner."""
    status = path.stat()
    with contextlib.suppress(OSError, AttributeError):
        os.chown(beside, status.st_uid, status.st_gid)
    shutil.copymode(path, beside)
