"""A document to be judged, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.options import Options
from derive.pool import MEMORY
from derive.report.json import SCHEMA
from derive.verdict import ERRORS
from derive.version import VERSION

READING = 60.0
"""Limit in seconds for reading one document, before the first relation is judged."""


@dataclass(frozen=True)
class Settings:
    """How documents are judged.

    Attributes
    ----------
    options : Options
        Seed and conventions.
    preamble : (str, bytes) or None
        The name and the contents of a file with declarations that come first.
    timeout : float
        Limit in seconds for one relation.
    reading : float
        Limit in seconds for reading one document.
    memory : int
        Limit of the address space of a worker in bytes.
    """

    options: Options = field(default_factory=Options)
    preamble: tuple[str, bytes] | None = None
    timeout: float = 5.0
    reading: float = READING
    memory: int = MEMORY


@dataclass(frozen=True)
class Outcome:
    """What came of a document.

    Attributes
    ----------
    report : mapping
        The report as in section 6 of the contract; for a document that was not judged also ``error``, a sentence.
    origin : str
        ``"judged"``, ``"cached"`` (the verdicts of the same contents were known) or ``"kept"`` (it stood in the file
        of results already).
    complete : bool
        Whether no relation met a limit or an internal error, so that the same answer would be given again.
    faults : tuple of str
        Internal errors, for whoever watches.
    """

    report: Mapping[str, Any]
    origin: str = "judged"
    complete: bool = True
    faults: tuple[str, ...] = ()

    @property
    def error(self) -> str | None:
        """Why the document was not judged."""
        return self.report.get("error")

    @property
    def is_wrong(self) -> bool:
        """Whether a relation is refuted or malformed."""
        counts = self.report["counts"]
        return any(counts.get(verdict.value) for verdict in ERRORS)


@dataclass(frozen=True)
class Task:
    """A document to be judged; ``known`` is its outcome where nothing is left to do."""

    name: str
    data: bytes = b""
    key: str = ""
    known: Outcome | None = None


def not_judged(name: str, sentence: str, seed: int) -> dict[str, Any]:
    """Return the report on a document that was not judged.

    Examples
    --------
    >>> not_judged("a.md", "it is not text", 0)["error"]
    'it is not text'
    """
    return {
        "schema": SCHEMA,
        "file": name,
        "version": VERSION,
        "seed": seed,
        "counts": {},
        "first_error": None,
        "relations": [],
        "error": sentence,
    }
