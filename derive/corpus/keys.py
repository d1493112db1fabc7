"""What the answer to a document depends on, in one number."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import astuple
from pathlib import Path, PurePath

from derive.options import Options
from derive.version import VERSION

_PACKAGE = Path(__file__).parent.parent
_LIBRARIES = ("sympy", "python-flint", "markdown-it-py")
"""Libraries whose version may show in an answer."""


def fingerprint() -> str:
    """Return a number that changes with the program: its version, its rules and all its other sources, its libraries.

    Examples
    --------
    >>> len(fingerprint())
    64
    """
    # Importing it takes longer than a whole command that does not need it.
    from importlib.metadata import PackageNotFoundError, version

    digest = hashlib.sha256(f"{VERSION} {sys.version_info[:2]}".encode())
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{library}\n".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        if path.relative_to(_PACKAGE).parts[0] != "cli":  # the command line judges nothing
            data = path.read_bytes()
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


class Keys:
    """The keys of documents under one program, one preamble and one set of options.

    Examples
    --------
    >>> keys = Keys("fingerprint", None, Options())
    >>> keys.of("a.md", b"$$a = a$$") == keys.of("b.md", b"$$a = a$$")
    True
    >>> keys.of("a.md", b"$$a = a$$") == keys.of("a.tex", b"$$a = a$$")
    False
    """

    def __init__(self, program: str, preamble: tuple[str, bytes] | None, options: Options) -> None:
        before = b"" if preamble is None else _suffix(preamble[0]) + b"\n" + preamble[1]
        first = f"{program}\n{astuple(options)!r}\n{preamble is not None} {len(before)}\n".encode() + before
        self._start = hashlib.sha256(first)

    def of(self, name: str, data: bytes) -> str:
        """Return the key of a document; of its name only the suffix counts, which says how it is read."""
        digest = self._start.copy()
        digest.update(_suffix(name) + b"\n" + data)
        return digest.hexdigest()


def _suffix(name: str) -> bytes:
    return PurePath(name).suffix.lower().encode("utf-8", "surrogateescape")
