"""Relations of a document with the text they were read from, and with what their chain said before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.exact.domain import NotEvaluable
from derive.items import Item
from derive.judge import Contradiction, Judge
from derive.options import Options
from derive.repair.line import Line, Written
from derive.scope import Scope
from derive.statement import Reading, state
from derive.syntax import Node
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE


def line_of(item: Item, options: Options) -> Written | None:
    """Return a relation of a document with its text, and with its sides if they were read.

    None if its sides are not in one piece, or if it is no equation.
    """
    origin = item.origin
    if origin is None or item.upto is not None or item.sign.kind not in ("equal", "define"):
        return None
    known: dict[str, Any] = {
        "text": item.excerpt.source.text,
        "sides": origin.sides,
        "scope": item.scope,
        "reading": Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative),
        "macros": origin.macros,
        "unknowns": origin.unknowns,
        "guessed": item.guessed,
    }
    if item.left is None or item.right is None:
        return Written(**known)
    return Line(left=item.left, right=item.right, **known)


def agrees_with(item: Item, options: Options) -> int | None:
    """Return the line of a side before the left one that the right side equals, if there is one."""
    if item.origin is None or item.right is None:
        return None
    earlier: Sequence[tuple[Node, int]] = item.origin.earlier
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    for node, line in reversed(earlier):
        if _is_true(node, item.right, item.scope, reading, options.seed):
            return line
    return None


def _is_true(left: Node, right: Node, scope: Scope, reading: Reading, seed: int) -> bool:
    try:
        said = Judge(seed).claim(state(left, right, scope, reading), scope.conditions, try_conditions=False)
    except (Unreadable, Malformed, Contradiction, NotEvaluable):
        return False
    return said.verdict in TRUE
