"""The file of results: one line of JSON a document, added as it is judged, so that a run can be taken up again."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from derive.corpus.outcome import Outcome
from derive.report.json import SCHEMA, encode

_BEGINNING = b'{"schema": "' + SCHEMA.encode() + b'"'
_CHUNK = 1 << 20


class Refused(Exception):
    """The file cannot be used; the sentence says why."""


class _Place(NamedTuple):
    """Where a line stands, and under which key and limit it was judged; no limit: none was met."""

    offset: int
    length: int
    key: str
    limit: float | None


class Results:
    """A file of results, opened to go on with it.

    Every line is a report with two more fields: ``key``, of the contents and options that it speaks of, and, where a
    relation met the limit of time, ``limit`` in seconds. A line that was cut off is removed when the file is opened.

    Parameters
    ----------
    path : str
        The file; it is made if there is none.

    Raises
    ------
    Refused
        If it holds anything else, or if another run writes into it.
    OSError
        If it cannot be read or written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
        self._places: dict[str, _Place] = {}
        self._in_place = True
        try:
            self._lock()
            self._begin()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, which gives up the lock."""
        os.close(self._descriptor)

    def kept(self, name: str, key: str, timeout: float) -> Outcome | None:
        """Return what the file says of a document, if the contents are the same and a longer limit is not asked for."""
        place = self._places.get(name)
        if place is None or place.key != key or (place.limit is not None and place.limit < timeout):
            return None
        record = _record(os.pread(self._descriptor, place.length, place.offset))
        if record is None:
            return None
        report = {field: value for field, value in record.items() if field not in ("key", "limit")}
        return Outcome(report, "kept", complete=place.limit is None)

    def add(self, outcome: Outcome, key: str, timeout: float) -> None:
        """Write the line of a document at once."""
        limit = None if outcome.complete else timeout
        record = {**outcome.report, "key": key} | ({} if limit is None else {"limit": limit})
        line = encode(record)
        offset = os.lseek(self._descriptor, 0, os.SEEK_END)
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self._places[outcome.report["file"]] = _Place(offset, len(line), key, limit)

    def arrange(self, names: Sequence[str]) -> None:
        """Leave the lines of these documents only, in this order, so that two runs over the same give the same file."""
        places = [self._places[name] for name in names if name in self._places]
        size = os.fstat(self._descriptor).st_size
        if sum(place.length for place in places) == size and all(
            one.offset < other.offset for one, other in pairwise(places)
        ):
            return
        folder = os.path.dirname(os.path.realpath(self.path))
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".results-", delete=False) as file:
            try:
                for place in places:
                    file.write(os.pread(self._descriptor, place.length, place.offset))
                file.flush()
                shutil.copymode(self.path, file.name)
                os.replace(file.name, os.path.realpath(self.path))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(file.name)
                raise

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # a platform without it has no workers either
            return
        try:
            # Not `flock`, which a worker that outlives a killed run would hold.
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                raise Refused(f"another run writes its results to {self.path!r}") from None
            # A file system without locks: two runs at once are then for the user to avoid.

    def _begin(self) -> None:
        """Read where the lines are, and remove what comes after the last whole one."""
        first = os.pread(self._descriptor, len(_BEGINNING), 0)
        if first != _BEGINNING[: len(first)]:
            raise Refused(f"{self.path!r} holds something else than results of `derive corpus`")
        end = 0
        for offset, line in self._lines():
            end = offset + len(line)
            record = _record(line)
            if record is None:
                continue
            key, limit = record.get("key"), record.get("limit")
            if isinstance(key, str) and isinstance(limit, int | float | None) and not record.get("error"):
                self._places[record["file"]] = _Place(offset, len(line), key, limit)
        os.ftruncate(self._descriptor, end)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the whole lines with their offsets."""
        offset, rest, position = 0, b"", 0
        while chunk := os.pread(self._descriptor, _CHUNK, position):
            position += len(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield offset, line + b"\n"
                offset += len(line) + 1


def _record(line: bytes) -> dict[str, Any] | None:
    """Return a line as data, or None if it is not a report."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("file"), str):
        return None
    if not isinstance(record.get("counts"), dict) or not isinstance(record.get("relations"), list):
        return None
    return record


def may_replace(path: str, mark: str) -> bool:
    """Return whether a file is missing, empty, or one that this program wrote.

    Examples
    --------
    >>> may_replace("/no/such/file.html", "derive corpus")
    True
    """
    try:
        with Path(path).open("rb") as file:
            beginning = file.read(400)
    except FileNotFoundError:
        return True
    return not beginning or mark.encode() in beginning
