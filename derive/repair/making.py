"""Nodes that are not read but made, and what can be told of a node without knowing its symbols."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.repair.edit import MADE
from derive.syntax import Fraction_, Group, Name, Node, Num, Product, Reduction, Scripted, Terms


def num(value: Fraction | int) -> Num:
    """Return a number."""
    return Num(MADE, Fraction(value))


def name(key: str) -> Name:
    """Return a symbol."""
    return Name(MADE, key)


def terms(*items: tuple[int, Node]) -> Node:
    """Return a sum; sums among the items are taken in, and one term without a sign is no sum."""
    flat: list[tuple[int, Node]] = []
    for sign, item in items:
        flat += [(sign * inner, part) for inner, part in item.items] if isinstance(item, Terms) else [(sign, item)]
    return flat[0][1] if len(flat) == 1 and flat[0][0] > 0 else Terms(MADE, tuple(flat))


def product(*factors: Node) -> Node:
    """Return a product by juxtaposition; products among the factors are taken in."""
    items: list[Node] = []
    operators: list[str] = []
    for factor in factors:
        if isinstance(factor, Product):
            items += factor.items
            operators += ["", *factor.operators[1:]]
        else:
            items.append(factor)
            operators.append("")
    return items[0] if len(items) == 1 else Product(MADE, tuple(items), tuple(operators))


def without(whole: Product, *places: int) -> Node:
    """Return a product without some of its factors."""
    kept = [at for at in range(len(whole.items)) if at not in places]
    if not kept:
        return num(1)
    if len(kept) == 1 and whole.operators[kept[0]] != "/":
        return whole.items[kept[0]]
    operators = ["" if at == kept[0] else whole.operators[at] for at in kept]
    return Product(MADE, tuple(whole.items[at] for at in kept), tuple(operators))


def replaced(whole: Product, place: int, *factors: Node) -> Node:
    """Return a product with one factor replaced by others."""
    items = (*whole.items[:place], *factors, *whole.items[place + 1 :])
    operators = (
        *whole.operators[:place],
        *((whole.operators[place], *("" for _ in factors[1:])) if factors else ()),
        *whole.operators[place + 1 :],
    )
    return items[0] if len(items) == 1 else Product(MADE, items, operators)


def group(node: Node) -> Node:
    """Return a node in brackets, if it is not one symbol."""
    return node if isinstance(node, Name | Num | Group) else Group(MADE, "(", (node,))


def inside(node: Node) -> Node:
    """Return what stands in a bracket, or the node itself."""
    is_bracket = isinstance(node, Group) and len(node.items) == 1 and node.kind in ("(", "[", "{", "\\{")
    return node.items[0] if is_bracket and isinstance(node, Group) else node


def summed(body: Node, letter: str, upper: str) -> Node:
    """Return a sum over an index from 1."""
    return Reduction(MADE, "sum", (name(letter),), num(1), name(upper), None, body)


def with_scripts(node: Node, *, power: Node | None, transposed: bool) -> Node:
    """Return a symbol or bracket with another power and transpose; what it has below stays."""
    base = node if isinstance(node, Scripted) else Scripted(MADE, node)
    made = replace(base, span=MADE, power=power, transposed=transposed)
    bare = not (made.sub or made.primes or made.above or power or transposed)
    return made.base if bare else made


def power_of(node: Node) -> Node | None:
    """Return the exponent of a node."""
    return node.power if isinstance(node, Scripted) else None


def value_of(node: Node | None) -> Fraction | None:
    """Return the value of a number as it may be written: ``-1``, ``1/2``, ``\\frac{1}{2}``."""
    match node:
        case Num():
            return node.value
        case Terms(items=((sign, item),)):
            inner = value_of(item)
            return None if inner is None else sign * inner
        case Group(items=(item,)):
            return value_of(item)
        case Fraction_():
            top, bottom = value_of(node.numerator), value_of(node.denominator)
            return top / bottom if top is not None and bottom else None
        case Product():
            total = Fraction(1)
            for operator, item in zip(node.operators, node.items, strict=True):
                factor = value_of(item)
                if factor is None or (operator == "/" and not factor):
                    return None
                total = total / factor if operator == "/" else total * factor
            return total
    return None


def negative(node: Node) -> Node:
    """Return minus a node."""
    return terms(*((-sign, item) for sign, item in node.items)) if isinstance(node, Terms) else terms((-1, node))
