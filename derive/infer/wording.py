"""What the words of a document say of random symbols: moments, densities, values, and letters for covariances."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.covariances import NO_COVARIANCES, Covariances
from derive.infer.gather import Formula, Gathered
from derive.infer.labelled import Labelled, labelled, values
from derive.infer.telling import Telling, tellings
from derive.infer.variables import Variables
from derive.infer.words import Said
from derive.predefined import Granted
from derive.verdict import Assumed


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of a document say of random symbols.

    Attributes
    ----------
    told : tuple of Telling
        Moments.
    labelled : tuple of Labelled
        The densities of distributions that are stated.
    values : mapping of str to str
        Letters that stand for the values of random symbols.
    covariances : Covariances
        How covariances are written with a letter.
    notations : tuple of Assumed
        How that is reported.
    """

    told: tuple[Telling, ...] = ()
    labelled: tuple[Labelled, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    covariances: Covariances = NO_COVARIANCES
    notations: tuple[Assumed, ...] = ()

    @property
    def assumed(self) -> list[Assumed]:
        """The moments and densities, as they are reported."""
        return [*(each.assumed for each in self.told), *(each.assumed for each in self.labelled)]

    @property
    def formulas(self) -> list[Formula]:
        """The equations that the moments and densities are."""
        return [*(each.formula for each in self.told), *(each.formula for each in self.labelled)]

    def granted(self, **known: Any) -> Granted:
        """Return what is taken for granted, together with what else is known."""
        return Granted(
            moments=tuple(each.told for each in self.told),
            implied=tuple(each.implied for each in self.labelled),
            values=self.values,
            covariances=self.covariances,
            **known,
        )


NOTHING_SAID = Wording()
"""What is known where no words speak of random symbols."""


def wording(
    gathered: Gathered,
    macros: Mapping[str, Any],
    variables: Variables,
    words: Collection[Said],
    random: Collection[str],
    defined: Collection[str],
    notation: tuple[Covariances, tuple[Assumed, ...]] = (NO_COVARIANCES, ()),
) -> Wording:
    """Return what the words of a document say of its random symbols.

    Parameters
    ----------
    gathered : Gathered
        The document.
    macros : mapping
        Its macros.
    variables : Variables
        Its symbols.
    words : collection of Said
        What the prose says of symbols.
    random : collection of str
        Symbols that are random.
    defined : collection of str
        Names that are defined or declared elsewhere.
    notation : tuple
        How covariances are written with a letter, and how that is reported.
    """
    return Wording(
        tuple(tellings(gathered, macros, variables, random)),
        tuple(labelled(gathered, variables, defined)),
        values(gathered, variables, words),
        *notation,
    )
