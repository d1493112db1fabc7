r"""Expectations of the same: ``\mathrm{E}[f] = \mathrm{E}[g]`` where f = g, whatever is random in them.

Two sides are compared as they are written. Where they differ, both have to be moments of the same kind, over the same
symbols and under the same condition; what stands in these has to be equal. The mean of a trace may stand against the
trace of a mean, as a trace is linear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from derive.judging import judge_nodes
from derive.opaque import moment_head, split_condition, written
from derive.options import Options
from derive.scope import Scope
from derive.statement import Reading
from derive.syntax import FunctionCall, Group, Node, Product, Scripted
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Verdict

NOTE = "the expectations agree because what they are taken of does"
Pair = tuple[Node, Node]


class _Differ(Exception):
    """Two sides differ outside of moments."""


def congruent(
    left: Node, right: Node, scope: Scope, reading: Reading, infer: bool, options: Options
) -> Judgement | None:
    """Return that two sides with moments are equal because what stands in the moments is; None if that is not found.

    Parameters
    ----------
    left, right : Node
        The sides.
    scope : Scope
        What is known.
    reading : Reading
        The layout of derivatives.
    infer : bool
        Whether the layout is open.
    options : Options
        Seed and conventions.
    """
    try:
        pairs = list(_pairs(left, right))
    except _Differ:
        return None
    given: dict[str, None] = {}
    evidence = None
    for one, other in pairs:
        try:
            found, _ = judge_nodes(one, other, scope, reading, infer, options)
        except (Unreadable, Malformed):
            return None
        if found.verdict not in TRUE:
            return None
        given.update(dict.fromkeys(found.given))
        evidence = evidence or found.evidence
    return Judgement(Verdict.HOLDS, given=tuple(given), evidence=evidence, notes=(NOTE,)) if pairs else None


def _pairs(left: Node, right: Node) -> Iterator[Pair]:
    """Yield what stands in the moments in which two sides differ.

    Raises
    ------
    _Differ
        If they differ elsewhere.
    """
    if written(left) == written(right):
        return
    one, other = _moment(left), _moment(right)
    if one is not None and other is not None and one[0] == other[0]:
        yield from zip(one[1], other[1], strict=True)
        return
    traces = _trace_of_mean(left), _trace_of_mean(right)
    means = _mean_of_trace(left), _mean_of_trace(right)
    for trace, mean in ((traces[0], means[1]), (traces[1], means[0])):
        if trace is not None and mean is not None and trace[0] == mean[0]:
            yield (trace[1], mean[1]) if trace is traces[0] else (mean[1], trace[1])
            return
    if one is not None or other is not None:
        raise _Differ
    yield from _parts(left, right)


def _parts(left: Node, right: Node) -> Iterator[Pair]:
    """Yield the pairs in the parts of two nodes of one kind."""
    if type(left) is not type(right):
        raise _Differ
    for entry in fields(left):
        if entry.name == "span":
            continue
        one, other = getattr(left, entry.name), getattr(right, entry.name)
        if isinstance(left, Product) and entry.name == "items":
            if left.operators != right.operators:  # type: ignore[attr-defined]
                raise _Differ
            one, other = _grouped(left), _grouped(right)  # type: ignore[arg-type]
        yield from _compared(one, other)


def _compared(one: object, other: object) -> Iterator[Pair]:
    if isinstance(one, Node) and isinstance(other, Node):
        yield from _pairs(one, other)
    elif isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            raise _Differ
        for a, b in zip(one, other, strict=True):
            yield from _compared(a, b)
    elif written(one) != written(other):
        raise _Differ


def _grouped(product: Product) -> tuple[Node, ...]:
    """Return the factors of a product, in which an operator and its bracket are one factor."""
    found: list[Node] = []
    at = 0
    while at < len(product.items):
        item, behind = product.items[at], product.items[at + 1 : at + 2]
        if behind and isinstance(behind[0], Group) and moment_head(item, behind[0]) is not None:
            found.append(Product(item.span.cover(behind[0].span), (item, behind[0]), ("", "")))
            at += 2
        else:
            found.append(item)
            at += 1
    return tuple(found)


def _moment(node: Node) -> tuple[str, tuple[Node, ...]] | None:
    """Return how a moment is taken, and what of."""
    if isinstance(node, Group) and node.kind == "\\langle" and len(node.items) == 1:
        return "\\langle", node.items
    if isinstance(node, Scripted) and isinstance(node.base, Group) and node.base.kind == "\\langle":
        if len(node.base.items) != 1 or node.power is not None or node.transposed or node.primes:
            return None
        return f"\\langle_{{{node.sub_text}}}", node.base.items
    if not isinstance(node, Product) or len(node.items) != 2 or node.operators[1] != "":
        return None
    head, group = node.items
    operator = moment_head(head, group) if isinstance(group, Group) else None
    if operator is None or not isinstance(group, Group):
        return None
    inside, condition = split_condition(group)
    sub = head.sub_text if isinstance(head, Scripted) else ""
    return f"{operator}_{{{sub}}}{len(inside)}|{written(condition)}", inside


def _trace_of_mean(node: Node) -> tuple[str, Node] | None:
    """Return how the mean in the trace of a mean is taken, and what of."""
    if not (isinstance(node, FunctionCall) and node.function == "trace" and node.power is None and not node.sub):
        return None
    found = _moment(_bare(node.argument))
    return None if found is None or found[0].startswith(("Var", "Cov")) else (found[0], found[1][0])


def _mean_of_trace(node: Node) -> tuple[str, Node] | None:
    """Return how the mean of a trace is taken, and what the trace is of."""
    found = _moment(node)
    inner = None if found is None else _bare(found[1][0])
    if found is None or found[0].startswith(("Var", "Cov")) or not isinstance(inner, FunctionCall):
        return None
    if inner.function != "trace" or inner.power is not None or inner.sub:
        return None
    return found[0], _bare(inner.argument)


def _bare(node: Node) -> Node:
    """Return what stands in brackets around it."""
    while isinstance(node, Group) and len(node.items) == 1 and node.kind in ("(", "[", "{", "\\{"):
        node = node.items[0]
    return node
