r"""Lists and matrices that are written with dots: ``(x_1, \dots, x_n)``, ``[a_1 \cdots a_n]``, diagonal matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from derive.opaque import written
from derive.syntax import (
    Array,
    Ellipsis_,
    Group,
    Listed,
    Name,
    Node,
    Num,
    Product,
    Scripted,
    Terms,
    below,
    with_parts,
)


def undotted(node: Any) -> Any:
    """Return a formula with what is written with dots as `Listed`; what has no clear pattern stays as it is.

    What follows the dots has to be the first element with another number in the place of 1, and every element between
    them has to fit. A list behind a name is a list of arguments.
    """
    if isinstance(node, Product):
        items = list(node.items)
        for at, item in enumerate(items):
            if not (_is_list(item) and at and node.operators[at] == "" and item.kind == "("):  # type: ignore[attr-defined]
                items[at] = undotted(item)
        return replace(node, items=tuple(items))
    if isinstance(node, Group) and _is_list(node):
        return _list(node) or node
    if isinstance(node, Array) and any(isinstance(cell, Ellipsis_) for row in node.rows for cell in row):
        return _array(node) or node
    return with_parts(node, undotted)


def _is_list(node: Node) -> bool:
    return (
        isinstance(node, Group)
        and node.kind in ("(", "[")
        and len(node.items) > 2
        and any(isinstance(item, Ellipsis_) for item in node.items)
        and all(mark == "," for mark in node.separators)
    )


def _list(node: Group) -> Node | None:
    """Return a list as a row of what stands in it."""
    return _run(node.items, "row", "i")


def _run(cells: Sequence[Node], kind: str, letter: str) -> Listed | None:
    """Return cells with one place of dots before the last as one node."""
    dots = [at for at, cell in enumerate(cells) if isinstance(cell, Ellipsis_)]
    if len(dots) != 1 or dots[0] != len(cells) - 2 or dots[0] < 1:
        return None
    found = _pattern(cells[0], cells[-1], letter)
    if found is None:
        return None
    template, name, upper = found
    if upper is not None and not isinstance(upper, Name) and dots[0] < 2:
        return None  # (1, …, n²) may be squares
    for number, cell in enumerate(cells[1 : dots[0]], start=2):
        if _key(cell) != _key(_filled(template, name, Num(cell.span, Fraction(number)))):
            return None
    return Listed(cells[0].span.cover(cells[-1].span), kind, template, name, upper)


def _array(node: Array) -> Node | None:
    rows, columns = list(node.rows), list(zip(*node.rows, strict=True))
    places = [(i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if isinstance(cell, Ellipsis_)]
    if len(places) == 1 and _is_cross(rows, *places[0]):  # only the diagonal is written, the rest is left empty
        return _both_ways(node, *places[0])
    dotted_rows = [at for at, row in enumerate(rows) if _all_dots(row)]
    dotted_columns = [at for at, column in enumerate(columns) if _all_dots(column)]
    if node.kind == "vmatrix" or len(dotted_rows) > 1 or len(dotted_columns) > 1:
        return None
    if dotted_rows and dotted_columns:
        return _both_ways(node, dotted_rows[0], dotted_columns[0])
    if dotted_rows:
        columns_read = _runs(columns, "column")
        return None if columns_read is None else _joined(node, columns_read, (tuple(columns_read),))
    rows_read = _runs(rows, "row")
    return None if rows_read is None else _joined(node, rows_read, tuple((each,) for each in rows_read))


def _runs(lines: Sequence[Sequence[Node]], kind: str) -> list[Node] | None:
    found = [_run(line, kind, "i") for line in lines]
    return None if any(each is None for each in found) else [each for each in found if each is not None]


def _joined(node: Array, lines: list[Node], rows: tuple[tuple[Node, ...], ...]) -> Node:
    """Return lines beside one another or below one another; one line by itself."""
    return lines[0] if len(lines) == 1 else replace(node, rows=rows)


def _all_dots(cells: Sequence[Node]) -> bool:
    return all(isinstance(cell, Ellipsis_) for cell in cells)


def _both_ways(node: Array, row: int, column: int) -> Node | None:
    """Return a matrix with dots in both directions: diagonal, or by the pattern of its corners."""
    kept = [
        [cell for at, cell in enumerate(cells) if at != column] for place, cells in enumerate(node.rows) if place != row
    ]
    if row != len(node.rows) - 2 or column != len(node.rows[0]) - 2 or any(map(_has_dots, kept)):
        return None
    corner, end = kept[0][0], kept[-1][-1]
    off = [cell for i, cells in enumerate(kept) for j, cell in enumerate(cells) if not _on_diagonal(i, j, kept)]
    if len(kept) == len(kept[0]) and all(map(_is_zero, off)):
        diagonal = [kept[i][i] for i in range(len(kept))]
        return _run([*diagonal[:-1], Ellipsis_(node.span), end], "diagonal", "i")
    if len(kept) != 2 or len(kept[0]) != 2:
        return None
    left = _pattern(corner, kept[1][0], "i")
    right = _pattern(kept[0][1], end, "i")
    if left is None or right is None or left[2] is None or right[2] is None or _key(left[2]) != _key(right[2]):
        return _beside_diagonal(node, kept)
    across = _pattern(left[0], right[0], "j")
    if across is None:
        return _beside_diagonal(node, kept)
    return Listed(node.span, "row", Listed(node.span, "column", across[0], *left[1:]), *across[1:])


def _beside_diagonal(node: Array, kept: Sequence[Sequence[Node]]) -> Node | None:
    """Return a matrix whose diagonal is written in another way than what stands beside it.

    The corners beside the diagonal are an entry with 1 and n as its subscripts, and the same with n and 1, perhaps with
    factors or terms in another order. What depends on n in another way may depend on the distance from the diagonal.
    """
    diagonal = _pattern(kept[0][0], kept[1][1], "i")
    upper = None if diagonal is None else diagonal[2]
    if diagonal is None or not isinstance(upper, Name):
        return None
    template, row = diagonal[:2]
    column = Name(row.span, row.key.replace("i_", "j_", 1))
    one = Num(row.span, Fraction(1))
    entry = _with_subscripts(kept[0][1], one, row, upper, column)
    mirrored = _with_subscripts(kept[1][0], upper, row, one, column)
    if entry is None or mirrored is None or _in_order(entry) != _in_order(mirrored):
        return None
    corners = (kept[0][0], kept[1][1])
    if _has_power(entry, upper.key) or any(_count(entry, upper.key) > _count(each, upper.key) for each in corners):
        return None
    around = Listed(node.span, "row", Listed(node.span, "column", entry, row, upper), column, upper)
    change = Terms(node.span, ((1, template), (-1, _filled(entry, column, row))))
    return Terms(node.span, ((1, around), (1, Listed(node.span, "diagonal", change, row, upper))))


def _with_subscripts(cell: Node, first: Node, row: Name, second: Node, column: Name) -> Node | None:
    """Return an entry with letters in the place of two subscripts; None unless it has both of them."""
    found: set[str] = set()

    def change(node: Any) -> Any:
        if not isinstance(node, Scripted) or not node.sub:
            return with_parts(node, change)
        sub = []
        for item in node.sub:
            letter = row if _key(item) == _key(first) else column if _key(item) == _key(second) else None
            found.update(() if letter is None else (letter.key,))
            sub.append(item if letter is None else letter)
        return _retold(replace(node, sub=tuple(sub)))

    made = change(cell)
    return made if len(found) == 2 else None


def _in_order(node: Any) -> str:
    """Return a text that is the same for sums and products in any order."""
    match node:
        case Terms():
            return "+".join(sorted(f"{sign}{_in_order(item)}" for sign, item in node.items))
        case Product() if "/" not in node.operators:
            return "*".join(sorted(map(_in_order, node.items)))
        case Group() if len(node.items) == 1:
            return f"({_in_order(node.items[0])})"
    return written(node)


def _count(node: Any, key: str) -> int:
    """Return how often a letter stands in a formula, subscripts left out."""
    if isinstance(node, Name):
        return node.key == key
    if isinstance(node, Scripted):
        return _count(node.base, key) + _count(node.power, key)
    if isinstance(node, tuple):
        return sum(_count(item, key) for item in node)
    return sum(_count(getattr(node, entry.name), key) for entry in fields(node)) if isinstance(node, Node) else 0


def _has_power(node: Any, key: str) -> bool:
    """Whether a letter stands in an exponent."""
    return any(isinstance(each, Scripted) and _count(each.power, key) for each in below(node))


def _is_cross(rows: Sequence[Sequence[Node]], i: int, j: int) -> bool:
    """Whether only zeros stand above, below and beside a place."""
    beside = [cell for at, cell in enumerate(rows[i]) if at != j] + [row[j] for at, row in enumerate(rows) if at != i]
    return len(rows) > 1 and len(rows[0]) > 1 and all(map(_is_zero, beside))


def _is_zero(node: Node) -> bool:
    return isinstance(node, Num) and node.value == 0


def _has_dots(cells: Sequence[Node]) -> bool:
    return any(isinstance(cell, Ellipsis_) for cell in cells)


def _on_diagonal(i: int, j: int, kept: Sequence[Sequence[Node]]) -> bool:
    return i == j or (i == len(kept) - 1 and j == len(kept[0]) - 1)


# -- patterns ----------------------------------------------------------------------------------------------------


def _pattern(first: Node, last: Node, letter: str) -> tuple[Node, Name, Node | None] | None:
    """Return what two elements have in common, with the letter of the index in it, and the number of elements.

    That number is None where the elements are the same.
    """
    uppers: list[Node] = []
    try:
        name = Name(first.span, letter)
        template = _common(first, last, name, uppers)
    except _Different:
        return None
    if not uppers:
        return template, name, None
    keys = {_key(upper) for upper in uppers}
    if len(keys) > 1 or isinstance(uppers[0], Num):
        return None
    own = Name(first.span, f"{letter}_{{{written(uppers[0])}}}")
    return _filled(template, name, own), own, uppers[0]


class _Different(Exception):
    """Two elements have no common pattern."""


def _common(first: Any, last: Any, name: Name, uppers: list[Node]) -> Any:
    if isinstance(first, Num) and first.value == 1 and _key(first) != _key(last) and isinstance(last, Node):
        uppers.append(last)
        return name
    if type(first) is not type(last):
        raise _Different
    if isinstance(first, Scripted):
        first, last = _with_digits(first, last), _with_digits(last, first)
    if isinstance(first, Node):
        changed = {
            entry.name: _common(getattr(first, entry.name), getattr(last, entry.name), name, uppers)
            for entry in fields(first)
            if entry.name not in ("span", "sub_text")
        }
        made = replace(first, **changed)
        return _retold(made) if isinstance(made, Scripted) else made
    if isinstance(first, tuple):
        if len(first) != len(last):
            raise _Different
        return tuple(_common(a, b, name, uppers) for a, b in zip(first, last, strict=True))
    if first != last:
        raise _Different
    return first


def _with_digits(node: Scripted, other: Scripted) -> Scripted:
    """Return ``p_{11}`` with two indices where the other symbol has two."""
    if len(node.sub) == 1 and len(other.sub) == 2 and isinstance(node.sub[0], Num) and 11 <= node.sub[0].value <= 99:
        digits = divmod(int(node.sub[0].value), 10)
        return replace(node, sub=tuple(Num(node.sub[0].span, Fraction(digit)) for digit in digits))
    return node


def _retold(node: Scripted) -> Scripted:
    """Return a symbol whose subscript was changed, with the text of it."""
    return replace(node, sub_text="".join(map(written, node.sub)))


def _filled(node: Any, name: Name, value: Node) -> Any:
    """Return a template with a value in the place of its index."""
    if isinstance(node, Name):
        return value if node.key == name.key else node
    if isinstance(node, Node):
        made = replace(
            node,
            **{
                entry.name: _filled(getattr(node, entry.name), name, value)
                for entry in fields(node)
                if entry.name not in ("span", "sub_text")
            },
        )
        return _retold(made) if isinstance(made, Scripted) else made
    if isinstance(node, tuple):
        return tuple(_filled(item, name, value) for item in node)
    return node


def _key(node: Node) -> str:
    return written(node)
