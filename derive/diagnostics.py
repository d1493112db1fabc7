r"""The catalogue of diagnostics: for every code its name, headline, reason, and two small documents.

``bad`` is a document in which some relation is answered with the code, ``good`` one like it in which no
relation has any code; tests run both. A code that no document can show has None. Codes are never reused.
The letter is that of the stage that speaks: N notation, S shapes and indices, E a step that is false,
A conditions, J consequences, U undecided.
"""

from __future__ import annotations

from derive.diagnosis import doubts, reading, steps
from derive.diagnosis.entry import Diagnostic

__all__ = ["CATALOGUE", "Diagnostic", "lookup"]

CATALOGUE = {entry.code: entry for entry in (*reading.ENTRIES, *steps.ENTRIES, *doubts.ENTRIES)}


def lookup(code: str) -> Diagnostic | None:
    """Return the entry with a code or a name, in upper or lower case, or None.

    Examples
    --------
    >>> lookup("E301").name
    'step-refuted'
    >>> lookup("Step-Refuted").code
    'E301'
    """
    wanted = code.strip()
    return CATALOGUE.get(wanted.upper()) or next((e for e in CATALOGUE.values() if e.name == wanted.lower()), None)
