"""Another symbol of the same kind in the place of the one meant: a hat, a bold letter, a neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.names import FAMILY, Names
from derive.repair.edit import MADE, Edit
from derive.repair.making import name, num, product
from derive.repair.sites import UNKNOWN, Around, Site
from derive.repair.writing import ATOM
from derive.source import Span
from derive.syntax import Name, Node, Reduction, Scripted, is_symbol

_DRESS = re.compile(r"\\(?:mathbf|boldsymbol|bm|hat|bar|tilde|widehat|mathcal|mathrm)\{(.+)\}$")
_DRESSES = ("{}", "\\mathbf{{{}}}", "\\hat{{{}}}", "\\bar{{{}}}", "\\tilde{{{}}}", "\\hat{{\\mathbf{{{}}}}}")
MAX_OTHERS = 8


def symbols(site: Site, around: Around) -> Iterator[Edit]:
    """Another symbol of the relation with the same shape, or one that only a hat or a font tells apart."""
    node = site.node
    if isinstance(node, Reduction):
        yield from _sigma(site, node, around)
    base = node.base if isinstance(node, Scripted) else node
    if not isinstance(base, Name) or site.least == ATOM:
        return
    for other in _dressed(base.key, around):
        new = name(other)
        made = replace(node, span=MADE, base=new) if isinstance(node, Scripted) else new
        yield site.edit(made, "E311", 1.0)
    plain = _plain(node)
    shape = around.shape(plain if plain is not None else node)
    if shape is UNKNOWN:
        return
    for symbol in around.symbols[:MAX_OTHERS]:
        if around.shape(symbol) == shape and around.writer.write(symbol) != around.writer.write(plain or node):
            yield site.edit(_in_place(node, symbol), "E311", 1.2)
    if shape is None:
        for size in around.sizes:
            if size != base.key:
                yield site.edit(_in_place(node, name(size)), "E311", 1.4)


def _plain(node: Node) -> Node | None:
    """Return the symbol without its power and transpose, where it is a node of the tree."""
    if is_symbol(node):
        return node
    return node.base if isinstance(node, Scripted) and not node.sub else None


def _in_place(node: Node, symbol: Node) -> Node:
    """Return another symbol with the power and transpose of a node."""
    if not isinstance(node, Scripted) or is_symbol(node):
        return symbol
    if isinstance(symbol, Scripted):
        return replace(symbol, span=MADE, power=node.power, transposed=node.transposed, primes=node.primes)
    return Scripted(MADE, symbol, (), "", node.power, node.transposed, node.primes)


def _dressed(key: str, around: Around) -> Iterator[str]:
    """Yield the known symbols that are the same letter in another dress."""
    stem = key
    while (found := _DRESS.match(stem)) is not None:
        stem = found.group(1)
    names = Names(around.scope)
    mine = names.find_key(key) or names.find_key(key + FAMILY)
    seen = {mine}
    for dress in _DRESSES:
        other = dress.format(stem)
        known = names.find_key(other) or names.find_key(other + FAMILY)
        if other != key and known is not None and known not in seen:
            seen.add(known)
            yield other


def _sigma(site: Site, node: Reduction, around: Around) -> Iterator[Edit]:
    r"""A sum sign without limits for the letter: ``\sum_k`` for ``\Sigma_k`` or its inverse."""
    if node.lower is not None or node.upper is not None or node.condition is not None or not node.indices:
        return
    letter = "\\Sigma" if node.operator == "sum" else "\\Pi"
    key = Names(around.scope).find_key(letter + FAMILY)
    if key is None:
        return
    text = "".join(item.key for item in node.indices if isinstance(item, Name))
    first = Span(node.span.start, node.body.span.start)
    for power, cost in ((None, 1.2), (num(-1), 1.3)):
        symbol = Scripted(MADE, name(letter), node.indices, text, power)
        edit = site.edit(product(symbol, node.body), "E311", cost, first)
        yield replace(edit, splices=((first, around.writer.write(symbol) + " "),))
