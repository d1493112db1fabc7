"""Verdicts on documents that were judged before, on disk, by the key of what they depend on."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = 60 * 86_400
"""Seconds after which an entry that was not used is removed."""

_ENTRY = re.compile(r"[0-9a-f]{64}\.verdicts")


class Cache:
    """A folder of reports, one file each; whatever is not what this program wrote is no entry.

    Entries are written beside and renamed, so that runs at the same time see whole ones only. Nothing is said of a
    folder that cannot be written: a cache that does not work costs time and nothing else.

    Parameters
    ----------
    folder : str or Path
        The folder, which is made when something is put into it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as name:
    ...     cache = Cache(name)
    ...     cache.put("0" * 64, {"file": "a.md", "counts": {}, "relations": []})
    ...     cache.get("0" * 64, "b.md"), cache.get("1" * 64, "b.md")
    ({'file': 'b.md', 'counts': {}, 'relations': []}, None)
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def get(self, key: str, name: str) -> dict[str, Any] | None:
        """Return the report on the document of a key, under the name that it has now."""
        path = self._path(key)
        try:
            found, report = json.loads(zlib.decompress(path.read_bytes()))
            if found != key or not isinstance(report["relations"], list) or not isinstance(report["counts"], dict):
                return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError, MemoryError, zlib.error):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return {**report, "file": name}

    def put(self, key: str, report: Mapping[str, Any]) -> None:
        """Remember a report."""
        path = self._path(key)
        data = zlib.compress(json.dumps([key, report]).encode(), 1)
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                temporary = file.name
                file.write(data)
            os.replace(temporary, path)
        except OSError:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)

    def prune(self) -> None:
        """Remove the entries that were not used for a long time."""
        oldest = time.time() - KEPT
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*.verdicts"):
            with contextlib.suppress(OSError):
                if _ENTRY.fullmatch(path.name) and path.stat().st_mtime < oldest:
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.verdicts"
