"""Sizes that show in exponents: the n of (2π)^n |Σ|, of n log 2π + log |Σ| and of c^n |V|."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.opaque import written
from derive.syntax import Bars, Fraction_, FunctionCall, Group, Name, Node, Num, Product, Scripted, Terms, below


def exponents(node: Node | None) -> Iterator[tuple[Bars, Node]]:
    """Yield determinants with the exponent that stands beside them: the size of the matrix, or twice that."""
    for each in below(node):
        if isinstance(each, Product | Fraction_) and not any(_both(part) for part in _parts(each)):
            bars, powers = _bars(each), _powers(each)
            if bars and len(powers) == 1:
                for bar in bars:
                    yield bar, powers[0]
        elif isinstance(each, Terms):
            found = [size for _, item in each.items if (size := _logarithm(item)) is not None]
            bars = [bar for _, item in each.items for bar in _log_determinants(item)]
            if len(found) == 1:
                for bar in bars:
                    yield bar, found[0]


def multiples(sides: Sequence[Node | None]) -> Iterator[tuple[Node, Node]]:
    """Yield matrices with their sizes, from ``|c A| = c^n |A|`` and ``log |c A| = n log c + log |A|``.

    The determinant of the multiple stands on one side, and a product (or a sum of logarithms) of the power and the
    determinant of the matrix on another.
    """
    read = [side for side in sides if side is not None]
    for at, side in enumerate(read):
        others = [each for other in (*read[:at], *read[at + 1 :]) for each in below(other)]
        for inner in _determined(side):
            if not (isinstance(inner, Product) and len(inner.items) == 2 and inner.operators[1] in ("", "\\cdot")):
                continue
            factor, matrix = (written(_bare(item)) for item in inner.items)
            for each in others:
                items = each.items if isinstance(each, Product) else ()
                terms = tuple(item for _, item in each.items) if isinstance(each, Terms) else ()
                sizes = [size for item in items if (size := _power_of(item, factor)) is not None]
                sizes += [size for item in terms if (size := _multiple_of_log(item, factor)) is not None]
                is_beside = any(written(_bare(found)) == matrix for item in (*items, *terms) for found in _top(item))
                if len(sizes) == 1 and is_beside:
                    yield inner.items[1], sizes[0]


def _bare(node: Node) -> Node:
    return _bare(node.items[0]) if isinstance(node, Group) and len(node.items) == 1 else node


def _determined(node: Node) -> Iterator[Node]:
    """Yield what determinants are taken of."""
    for each in below(node):
        if isinstance(each, Bars):
            yield _bare(each.inner)
        elif isinstance(each, FunctionCall) and each.function == "det":
            yield _bare(each.argument)


def _top(item: Node) -> Iterator[Node]:
    """Yield what a factor is the determinant of, or a term the logarithm of the determinant of."""
    if isinstance(item, FunctionCall) and item.function == "log":
        yield from _determined(item.argument)
    elif isinstance(item, Bars) or (isinstance(item, FunctionCall) and item.function == "det"):
        yield from _determined(item)


def _power_of(item: Node, factor: str) -> Node | None:
    if not isinstance(item, Scripted) or item.power is None or isinstance(item.power, Num):
        return None
    plain = replace(item, power=None) if item.sub else item.base
    return _bare(item.power) if written(_bare(plain)) == factor else None


def _multiple_of_log(item: Node, factor: str) -> Node | None:
    """Return the n of ``n log c``."""
    if not (isinstance(item, Product) and len(item.items) == 2 and isinstance(item.items[1], FunctionCall)):
        return None
    size, log = item.items
    is_log = log.function == "log" and written(_bare(log.argument)) == factor  # type: ignore[attr-defined]
    return _bare(size) if is_log and not isinstance(size, Num) else None


def _parts(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Product) else (node.numerator, node.denominator)  # type: ignore[attr-defined]


def _both(node: Node) -> bool:
    return bool(_bars(node)) and bool(_powers(node))


def _bars(node: Node) -> list[Bars]:
    return [each for each in below(node) if isinstance(each, Bars)]


def _powers(node: Node) -> list[Node]:
    """Return the exponents of (2π)^n, with halves taken off."""
    found: list[Node] = []
    for each in below(node):
        if not (isinstance(each, Scripted) and isinstance(each.base, Group) and each.power is not None):
            continue
        if any(isinstance(inner, Name) and inner.key == "\\pi" for inner in below(each.base)):
            size = whole(each.power)
            if size is not None and all(same(size, other) is False for other in found):
                found.append(size)
    return found


def same(left: Node, right: Node) -> bool:
    """Whether two sizes are written alike."""
    return [_leaf(each) for each in below(left)] == [_leaf(each) for each in below(right)]


def _leaf(node: Node) -> str:
    return node.key if isinstance(node, Name) else str(node.value) if isinstance(node, Num) else type(node).__name__


def whole(node: Node) -> Node | None:
    """Return the n of n, n/2 and ½ n."""
    match node:
        case Terms(items=((_, item),)):
            return whole(item)
        case Name() | Terms():
            return node
        case Scripted() if node.power is None:
            return node
        case Group() if len(node.items) == 1:
            return whole(node.items[0])
        case Fraction_(numerator=above, denominator=Num()):
            return whole(above)
        case Product(items=(first, Num()), operators=(_, "/")):
            return whole(first)
        case Product(items=(Fraction_() | Num(), second)):
            return whole(second)
    return None


def _logarithm(item: Node) -> Node | None:
    """Return the n of a term (n/2) log 2π."""
    if not isinstance(item, Product) or len(item.items) < 2:
        return None
    last = item.items[-1]
    if not (isinstance(last, FunctionCall) and last.function == "log"):
        return None
    inside = list(below(last.argument))
    if not any(isinstance(each, Name) and each.key == "\\pi" for each in inside) or _bars(last):
        return None
    size = whole(item.items[0]) if len(item.items) == 2 else whole(item.items[1])
    return None if isinstance(size, Num) else size


def _log_determinants(item: Node) -> list[Bars]:
    if isinstance(item, FunctionCall) and item.function == "log":
        return _bars(item)
    if isinstance(item, Product) and isinstance(item.items[-1], FunctionCall) and item.items[-1].function == "log":
        return _bars(item.items[-1])
    return []
