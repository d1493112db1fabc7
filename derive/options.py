"""Options of a check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a check: the seed of the random points, and the conventions.

    ``layout`` is ``"numerator"``, ``"denominator"`` or ``"infer"``; ``inline`` asks for inline relations, too;
    ``repair`` for the nearest true statement to what is wrong, ``infer`` for declarations of what the document uses
    and does not declare.
    """

    seed: int = 0
    layout: str = "infer"
    symmetric_derivative: bool = False
    inline: bool = False
    repair: bool = True
    infer: bool = True
