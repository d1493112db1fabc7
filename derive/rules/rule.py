"""What a rule is: a statement in the documents' own notation, with its conditions and source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue.

    ``declare`` gives the letters their sizes, ``given`` the side conditions, in the vocabulary of declarations. In a
    rule of differentials every letter whose differential is written may vary. ``domain`` is an equation between
    determinants that shows that what the two sides invert is invertible at the same points.
    """

    name: str
    statement: str
    declare: tuple[str, ...]
    given: tuple[str, ...] = ()
    source: str = ""
    domain: str = ""
