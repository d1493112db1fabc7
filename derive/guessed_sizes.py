"""Refutations that hang on the sizes of arrays that nothing declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Symbol

from derive.exact.dependence import size_numbers
from derive.items import Item
from derive.statement import Statement
from derive.verdict import Judgement, Verdict

_SIZE_LETTERS = frozenset("nmpqkdNMDK")


def hangs_on_sizes(item: Item, judgement: Judgement) -> bool:
    """Whether a size to which the document gives no name may be the same as another one."""
    if _is_of_one_size(item, judgement):
        return True
    example = judgement.counterexample
    sizes = set() if example is None else set(example.dimensions)
    return bool(sizes & item.invented and (len(sizes) > 1 or _numbers(item, judgement)))


def _is_of_one_size(item: Item, judgement: Judgement) -> bool:
    return judgement.code == "E310" and bool(item.invented & set((judgement.message or "").replace("=", " ").split()))


def _numbers(item: Item, judgement: Judgement) -> set[str]:
    """Return the numbers in a counterexample that may be sizes, by their letters."""
    example = judgement.counterexample
    return set() if example is None else {key for key in example.values if key in _SIZE_LETTERS & item.guessed}


def at_equal_sizes(
    item: Item, judgement: Judgement, statement: Statement | None, judge: Callable[[Item], Judgement]
) -> Judgement | None:
    """Return a refutation at a point where all sizes are the same; None if there is none, or it would say nothing.

    A size that was invented may be any other one; a point at which all of them are the same is
    one for each choice. It may also be one more than a named one, or another expression of it: that can matter only
    where a size is used as a number, as in ``\\operatorname{tr} H = p + 1``.
    """
    example = judgement.counterexample
    if example is None or statement is None or _is_of_one_size(item, judgement) or _numbers(item, judgement):
        return None
    if any(size_numbers(side, statement.scope) for side in (statement.lhs, statement.rhs)):
        return None
    first, *others = sorted(example.dimensions)
    scope = item.scope.copy()
    scope.restrictions += tuple(("equal", Symbol(other), Symbol(first)) for other in others)
    again = judge(replace(item, scope=scope))
    return again if again.verdict is Verdict.REFUTED and again.code != "E310" else None
