"""Transposes, inverses, powers, and the order of factors."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.repair.edit import MADE, Edit
from derive.repair.making import group, name, negative, num, power_of, product, replaced, value_of, with_scripts
from derive.repair.sites import UNKNOWN, Around, Site
from derive.repair.writing import ATOM
from derive.source import Span
from derive.syntax import Bars, Entrywise, Fraction_, FunctionCall, Group, Name, Node, Num, Product, Scripted

_FACTORS = (Name, Scripted, Group)
MAX_SWAPPED = 5
HALF = Fraction(1, 2)


def transposes(site: Site, around: Around) -> Iterator[Edit]:
    """A transpose that is lost or too many, on a factor, two neighbours or a whole product."""
    node = site.node
    if site.exponent:
        return
    if isinstance(node, _FACTORS) and site.least != ATOM and around.is_array(node):
        yield site.edit(_transposed(node, around), "E302")
    if isinstance(node, Product):
        arrays = [at for at, item in enumerate(node.items) if around.is_array(item)]
        for first, second in itertools.pairwise(arrays):
            if second == first + 1 and node.operators[second] != "/":
                swapped = (_transposed(node.items[second], around), _transposed(node.items[first], around))
                made = replaced(replace(node, items=node.items), first, swapped[0])
                made = replaced(made, second, swapped[1]) if isinstance(made, Product) else made
                yield site.edit(made, "E302", 1.5, _span(node, first, second))
        if len(arrays) > 2:
            turned = [_transposed(node.items[at], around) for at in reversed(arrays)]
            scalars = [item for at, item in enumerate(node.items) if at not in arrays]
            yield site.edit(product(*scalars, *turned), "E302", 1.5)


def _transposed(node: Node, around: Around) -> Node:
    """Return the transpose: of a bracketed or unscripted part by a mark, of a transposed one without it."""
    if isinstance(node, Scripted) and node.primes == 1:
        made = replace(node, span=MADE, primes=0)
        return made.base if not (made.sub or made.power or made.above or made.transposed) else made
    if not around.is_array(node):
        return node
    if isinstance(node, Scripted):
        return with_scripts(node, power=node.power, transposed=not node.transposed)
    return with_scripts(node if isinstance(node, _FACTORS) else group(node), power=None, transposed=True)


def _span(node: Product, first: int, last: int) -> Span:
    return node.items[first].span.cover(node.items[last].span)


def inverses(site: Site, around: Around) -> Iterator[Edit]:
    """An inverse that is lost or too many, and a fraction upside down."""
    node = site.node
    if isinstance(node, Fraction_) and value_of(node) is None:
        yield site.edit(Fraction_(MADE, node.denominator, node.numerator), "E306")
    if site.exponent or site.least == ATOM or not isinstance(node, (*_FACTORS, Product)) or not around.is_array(node):
        return
    shape = around.shape(node)
    if shape is not UNKNOWN and shape[0] != shape[1]:
        return
    if isinstance(node, Product):
        yield site.edit(with_scripts(group(node), power=num(-1), transposed=False), "E306", 1.2)
        return
    power, transposed = power_of(node), isinstance(node, Scripted) and node.transposed
    if power is None:
        yield site.edit(with_scripts(node, power=num(-1), transposed=transposed), "E306")
        yield site.edit(with_scripts(node, power=num(-1), transposed=not transposed), "E306", 1.8)
    elif value_of(power) == -1:
        yield site.edit(with_scripts(node, power=None, transposed=transposed), "E306")
        yield site.edit(with_scripts(node, power=None, transposed=not transposed), "E306", 1.8)


def orders(site: Site, around: Around) -> Iterator[Edit]:
    """Two factors in the wrong order."""
    node = site.node
    if isinstance(node, Entrywise) and node.operator != "hadamard":
        yield site.edit(replace(node, span=MADE, left=node.right, right=node.left), "E305")
        yield from _between_halves(site, node)
    if not isinstance(node, Product):
        return
    arrays = [at for at, item in enumerate(node.items) if around.is_array(item) and node.operators[at] != "/"]
    for i, first in enumerate(arrays):
        for second in arrays[i + 1 :]:
            if second != first + 1 and len(arrays) > MAX_SWAPPED:
                continue
            items = list(node.items)
            items[first], items[second] = items[second], items[first]
            made = Product(MADE, tuple(items), node.operators)
            yield site.edit(made, "E305", 1.0 if second == first + 1 else 1.2, _span(node, first, second))


def _between_halves(site: Site, node: Entrywise) -> Iterator[Edit]:
    """Swap the last factor on the left of a sign with the first one on its right: AB ⊗ xy for Ax ⊗ By."""
    left, right = node.left, node.right
    if isinstance(left, Product) and isinstance(right, Product) and "/" not in (*left.operators, *right.operators):
        made = replaced(left, len(left.items) - 1, right.items[0]), replaced(right, 0, left.items[-1])
        yield site.edit(replace(node, span=MADE, left=made[0], right=made[1]), "E305", 1.2)


def powers(site: Site, around: Around) -> Iterator[Edit]:
    """An exponent that is lost, too many or another one."""
    node = site.node
    if isinstance(node, Product):
        yield from _power_of_run(node, site, around)
    if not isinstance(node, Name | Scripted | Group | Bars | FunctionCall) or site.least == ATOM or site.exponent:
        return
    power = power_of(node)
    if power is None and isinstance(node, FunctionCall | Group) and around.shape(node) is not None:
        return
    transposed = isinstance(node, Scripted) and node.transposed
    known = Fraction(1) if power is None else value_of(power)
    is_scalar = around.shape(node) is None
    if known is not None:
        wanted = [Fraction(2), HALF, *([Fraction(-1)] if is_scalar else [])]
        if power is not None:
            wanted += [Fraction(1), -known, known - 1, known + 1, 2 * known, known / 2]
        for value in dict.fromkeys(wanted):
            is_inverse = {value, known} == {Fraction(1), Fraction(-1)} and not is_scalar
            if value in (0, known) or is_inverse or (value.denominator > 2 and not is_scalar):
                continue
            made = with_scripts(node, power=None if value == 1 else _exponent(value), transposed=transposed)
            yield site.edit(made, "E309")
    if is_scalar:
        for size in _exponents(around):
            raised = name(size) if known == 1 else _times_size(known, power, size)
            yield site.edit(with_scripts(node, power=raised, transposed=False), "E309", 1.1)


def _exponent(value: Fraction) -> Node:
    if value.denominator == 1:
        return num(value)
    quotient: Node = Product(MADE, (num(abs(value.numerator)), num(value.denominator)), ("", "/"))
    return quotient if value > 0 else negative(quotient)


def _times_size(known: Fraction | None, power: Node | None, size: str) -> Node:
    """Return an exponent times a size, as in ``D/2``."""
    if known is None:
        assert power is not None
        return product(name(size), group(power))
    top: Node = name(size) if abs(known.numerator) == 1 else product(num(abs(known.numerator)), name(size))
    whole: Node = top if known.denominator == 1 else Product(MADE, (top, num(known.denominator)), ("", "/"))
    return whole if known > 0 else negative(whole)


def _power_of_run(node: Product, site: Site, around: Around) -> Iterator[Edit]:
    """Raise the numbers in front of a product to a size: ``2 |A|`` for ``2^n |A|``, ``2\\pi`` for ``(2\\pi)^D``."""
    stop = 0
    while stop < len(node.items) and node.operators[stop] != "/" and _is_constant(node.items[stop]):
        stop += 1
    if not 0 < stop < len(node.items):
        return
    run = product(*node.items[:stop])
    for size in _exponents(around):
        raised = with_scripts(
            run if isinstance(run, Name | Num) else Group(MADE, "(", (run,)), power=name(size), transposed=False
        )
        rest = Product(MADE, (raised, *node.items[stop:]), ("", *node.operators[stop:]))
        where = _span(node, 0, stop - 1)
        splices = ((where, around.writer.write(raised)),)
        yield replace(site.edit(rest, "E309", 1.2, where), splices=splices)


def _exponents(around: Around) -> list[str]:
    """Return the sizes that may be exponents; a T there would be read as a transpose."""
    return [size for size in around.sizes if size != "T"]


def _is_constant(node: Node) -> bool:
    return isinstance(node, Num) or (isinstance(node, Name) and node.key == "\\pi")
