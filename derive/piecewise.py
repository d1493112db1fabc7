"""Case distinctions: equal if their cases are the same and the values are, case by case.

No condition is used: values that are equal everywhere are so where it holds. Nothing is refuted, as values may differ
where the condition does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from derive.opaque import written
from derive.scope import Scope
from derive.syntax import Cases, Group, Name, Node, Scripted, Stated, below
from derive.verdict import TRUE, Judgement, Verdict

_DIFFERENT = "the cases are not the same ones in the same words"


@dataclass(frozen=True, slots=True)
class Piecewise:
    """A case distinction with what its symbols stood for where it was written."""

    cases: Cases
    meaning: tuple[Any, ...]


def meaning(cases: Cases, scope: Scope) -> tuple[Any, ...]:
    """Return what the symbols of a case distinction stand for at a place."""
    keys = set()
    for node in below(cases):
        if isinstance(node, Name):
            keys |= {node.key, node.key + "_{·}"}
        elif isinstance(node, Scripted) and isinstance(node.base, Name):
            keys.add(f"{node.base.key}_{{{node.sub_text}}}")
    return tuple((key, scope.declarations.get(key), scope.names.get(key)) for key in sorted(keys))


def is_set(node: Any) -> bool:
    """Whether a formula is the set of what is listed, or of what satisfies a condition.

    Examples
    --------
    >>> from derive.source import Span
    >>> at = Span(0, 1)
    >>> is_set(Group(at, "\\\\{", (Name(at, "a"), Name(at, "b")), (",",))), is_set(Name(at, "a"))
    (True, False)
    """
    return isinstance(node, Group) and (node.kind == "\\{" or any(isinstance(item, Stated) for item in node.items))


def judge_cases(left: Cases, right: Cases, judge: Callable[[Node, Node], Judgement]) -> Judgement:
    """Judge two case distinctions.

    Parameters
    ----------
    left, right : Cases
        The sides.
    judge : callable
        Judges an equation of two values.
    """
    if left.conditions != right.conditions:
        return Judgement(Verdict.UNDECIDED, "U604", _DIFFERENT)
    pairs = [(one, other) for (one, _), (other, _) in zip(left.rows, right.rows, strict=True)]
    found = [judge(one, other) for one, other in pairs if written(one) != written(other)] or [judge(*pairs[0])]
    worst = max(found, key=lambda judgement: judgement.verdict.severity)
    if worst.verdict in TRUE:
        return replace(worst, given=tuple(dict.fromkeys(name for judgement in found for name in judgement.given)))
    return Judgement(Verdict.UNDECIDED, "U604", f"in one of the cases: {worst.message or 'the values seem to differ'}")
