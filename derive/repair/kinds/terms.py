"""Signs, factors, terms and functions that are lost or too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.repair.edit import MADE, Edit
from derive.repair.making import group, inside, name, negative, num, product, replaced, terms, value_of, without
from derive.repair.sites import UNKNOWN, Around, Site, sign_splice
from derive.repair.writing import FACTOR, TERM
from derive.source import Span
from derive.syntax import (
    Bars,
    Fraction_,
    FunctionCall,
    Group,
    Name,
    Node,
    Num,
    Product,
    Reduction,
    Scripted,
    Terms,
)

HALF = Fraction(1, 2)


def signs(site: Site, around: Around) -> Iterator[Edit]:
    """The sign of a term."""
    node = site.node
    if site.exponent and value_of(node) in (1, -1):
        return  # an inverse
    if isinstance(node, Terms):
        for number in range(len(node.items)):
            yield negated(node, number, site, around)
        if len(node.items) == 2 and node.items[0][0] != node.items[1][0] and site.is_whole and not site.root:
            first, second = node.items if node.items[0][0] < 0 else node.items[::-1]
            yield site.edit(terms((1, first[1]), (-1, second[1])), "E303", 1.2)  # b - a for a - b
    elif site.is_whole and not (isinstance(node, Num) and node.value == 0):
        start = Span(node.span.start, node.span.start)
        splice = None if isinstance(node, Group) and node.kind == "{" else ((start, "-"),)
        yield replace(site.edit(negative(node), "E303"), splices=splice)


def negated(node: Terms, number: int, site: Site, around: Around) -> Edit:
    """Return the edit that turns the sign of one term."""
    items = [(-sign if at == number else sign, item) for at, (sign, item) in enumerate(node.items)]
    made: Node = items[0][1] if len(items) == 1 and items[0][0] > 0 else Terms(MADE, tuple(items))
    found = sign_splice(node, number, around)
    item = node.items[number][1].span
    if found is None:
        return site.edit(made, "E303", at=item)
    return replace(site.edit(made, "E303", at=item.cover(found[0])), splices=(found,))


def scaled(site: Site, factor: Fraction, symbol: Node | None, inverse: bool, around: Around, cost: float) -> Edit:
    """Return the edit that puts a factor before a term: a positive number, times or over a symbol."""
    node = site.node
    start = Span(node.span.start, node.span.start)
    made = _absorbed(node, factor) if symbol is None else None
    if made is not None:
        return site.edit(made, "E304", cost)
    if symbol is not None:
        first = node.items[0] if isinstance(node, Product) and node.operators[1] != "/" else node
        number = _with_symbol(first, factor, symbol, inverse)
        if number is not None:
            whole = replaced(node, 0, number) if first is not node and isinstance(node, Product) else number
            edit = site.edit(whole, "E304", cost, first.span)
            return replace(edit, splices=((first.span, around.writer.write(number)),))
    front = _front(factor, symbol, inverse)
    text = around.writer.write(front, FACTOR)
    new = product(front, node) if isinstance(node, Product) else product(front, _factor(node))
    edit = site.edit(new, "E304", cost)
    if isinstance(node, Terms) or (isinstance(node, Group) and node.kind == "{"):
        return edit
    if text[-1].isdigit() and around.text(node.span.start, node.span.start + 1).isdigit():
        return edit
    return replace(edit, splices=((start, f"{text} "),))


def _with_symbol(first: Node, factor: Fraction, symbol: Node, inverse: bool) -> Node | None:
    """Return the number at the front of a term with a symbol in it: ``\\frac{D}{2}`` for ``\\frac{1}{2}``."""
    value = value_of(first)
    if value is None or value < 0 or isinstance(first, Group):
        return None
    value *= factor
    top, bottom = num(value.numerator), num(value.denominator)
    over = product(*([bottom] if value.denominator != 1 else []), symbol) if inverse else bottom
    upper = top if inverse else symbol if value.numerator == 1 else product(top, symbol)
    return upper if isinstance(over, Num) and over.value == 1 else Fraction_(MADE, upper, over)


def _factor(node: Node) -> Node:
    return Group(MADE, "(", (node,)) if isinstance(node, Terms) else node


def _front(factor: Fraction, symbol: Node | None, inverse: bool) -> Node:
    if symbol is None:
        return num(factor)
    if inverse:
        over = symbol if factor.denominator == 1 else product(num(factor.denominator), symbol)
        return Fraction_(MADE, num(factor.numerator), over)
    return symbol if factor == 1 else product(num(factor), symbol)


def _absorbed(node: Node, factor: Fraction) -> Node | None:
    """Return the term with the factor taken into the number it begins with."""
    if isinstance(node, Num | Fraction_):
        value = value_of(node)
        return num(value * factor) if value is not None else None
    if not isinstance(node, Product) or (len(node.items) > 1 and node.operators[1] == "/"):
        return None
    value = value_of(node.items[0])
    if value is None or isinstance(node.items[0], Group):
        return None
    if value * factor == 1:
        return without(node, 0)
    return replaced(node, 0, num(value * factor))


def factors(site: Site, around: Around) -> Iterator[Edit]:
    """A factor 2 or ½ where the side is not linear, and a factor that is too many."""
    node = site.node
    if not site.linear and (site.least == TERM or site.holds_sum) and not isinstance(node, Terms):
        for factor in (Fraction(2), HALF):
            yield scaled(site, factor, None, False, around, 1.0)
    if not isinstance(node, Product):
        return
    for place, item in enumerate(node.items):
        is_last = place == len(node.items) - 1
        if node.operators[place] == "/" or (not is_last and node.operators[place + 1] == "/"):
            continue
        yield replace(site.edit(without(node, place), "E304", 1.2), at=item.span)


def additions(site: Site, around: Around) -> Iterator[Edit]:
    """A scalar that is added to a matrix for a multiple of the identity; a term that is too many."""
    node = site.node
    if not isinstance(node, Terms):
        return
    for number, (sign, item) in enumerate(node.items):
        if around.shape(item) is None and any(around.is_array(other) for _, other in node.items):
            one = name("I")
            made = one if isinstance(item, Num) and item.value == 1 else product(item, one)
            items = tuple((sign, made) if at == number else pair for at, pair in enumerate(node.items))
            edit = site.edit(Terms(MADE, items), "E304", 1.0, item.span)
            end = Span(item.span.end, item.span.end)
            if made is one:
                edit = replace(edit, splices=((item.span, "I"),))
            elif _is_closed(item):
                edit = replace(edit, splices=((end, " I"),))
            yield edit
        if len(node.items) > 1:
            rest = terms(*(pair for at, pair in enumerate(node.items) if at != number))
            yield site.edit(rest, "E314", 1.6, item.span)


def _is_closed(node: Node) -> bool:
    """Whether a factor behind a term is outside of it: a sum or a logarithm would take it in."""
    last = node.items[-1] if isinstance(node, Product) else node
    return isinstance(last, Num | Name | Scripted | Group | Fraction_ | Bars)


def functions(site: Site, around: Around) -> Iterator[Edit]:
    """A trace, determinant or logarithm that is lost or too many."""
    node = site.node
    if isinstance(node, FunctionCall) and node.power is None:
        if node.function in ("log", "exp", "trace", "det"):
            yield site.edit(_bare(node.argument), "E315", 1.5)
        if node.function in ("trace", "det"):
            other = "det" if node.function == "trace" else "trace"
            yield site.edit(replace(node, span=MADE, function=other, argument=group(node.argument)), "E315", 1.5)
        if node.function == "det":
            yield site.edit(FunctionCall(MADE, "log", group(node)), "E315", 1.5)
        return
    shape = around.shape(node)
    if isinstance(node, Bars) and shape is None:
        yield site.edit(FunctionCall(MADE, "log", group(node)), "E315", 1.5)
    if site.exponent or site.least > TERM or isinstance(node, Reduction | Bars):
        return
    if shape is not UNKNOWN and shape is not None and shape[0] == shape[1]:
        yield site.edit(FunctionCall(MADE, "trace", group(inside(node))), "E315", 1.5)
    elif shape is None and not isinstance(node, Num | Terms):
        yield site.edit(FunctionCall(MADE, "log", group(inside(node))), "E315", 1.7)


def _bare(argument: Node) -> Node:
    inner = inside(argument)
    return group(inner) if isinstance(inner, Terms) else inner
