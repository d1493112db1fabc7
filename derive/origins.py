"""Relations of a document with the text they were read from, and with what their chain said before."""

from __future__ import annotations

from collections.abc import Sequence

from derive.exact.domain import NotEvaluable
from derive.items import Item
from derive.judge import Contradiction, Judge
from derive.options import Options
from derive.repair.line import Line
from derive.scope import Scope
from derive.statement import Reading, state
from derive.syntax import Node
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE


def line_of(item: Item, options: Options) -> Line | None:
    """Return a relation of a document with its text; None if its sides are not in one piece."""
    if item.left is None or item.right is None or item.origin is None or item.sign.kind == "define-right":
        return None
    origin = item.origin
    return Line(
        item.left,
        item.right,
        item.excerpt.source.text,
        origin.sides,
        item.scope,
        Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative),
        origin.macros,
        origin.unknowns,
    )


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
