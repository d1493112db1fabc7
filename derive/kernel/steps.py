"""TRUSTED: what a step is, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.polynomial import Mono
from derive.term import Term

CHANGE = "d@"
"""The name of the change by which a derivative is read off."""


class Rejected(Exception):
    """A step, or a certificate, that proves nothing; the message says why."""


class NotShown(Rejected):
    """A step whose side condition is not shown."""

    def __init__(self, message: str, condition: str, value: Term) -> None:
        super().__init__(message)
        self.condition = condition
        self.value = value


class TooMuchWork(Exception):
    """The budget of the kernel is spent."""


@dataclass(frozen=True, slots=True)
class Step:
    """An instance of a rule, or of a lemma, in a context.

    ``given`` maps the letters of the rule to terms; the left side of the equation, ``left`` · left side · ``right``
    for a word, or times ``times`` for scalars, is what the step replaces, after the equation was solved for it.
    """

    rule: str
    given: Mapping[str, Any]
    left: tuple[Term, ...] = ()
    right: tuple[Term, ...] = ()
    times: Mono = ()


HOLE = "@hole"
"""The symbol in whose place a context takes the sides of a hypothesis."""


@dataclass(frozen=True, slots=True)
class Use:
    """A hypothesis in a context: from ``lhs = rhs`` follows ``context[lhs] = context[rhs]``.

    ``indices`` maps free indices of the hypothesis, which holds for every value of them, to other indices.
    """

    name: str
    indices: Mapping[str, Term]
    context: Term


Ask = Callable[[Term], Step | None]


def never(question: Term) -> Step | None:
    """Propose nothing: the canonical form of arithmetic alone."""
    return None
