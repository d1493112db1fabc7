"""Letters that are sizes, and names for sizes that the document gives none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Symbol

from derive.infer.fit import Fitted
from derive.infer.gather import Gathered
from derive.infer.shapes import AnyShape, Open
from derive.infer.variables import Variables
from derive.infer.words import Said
from derive.known import is_special
from derive.shape import Dim, Unknown
from derive.syntax import Integral, Name, Node, Num, Product, Reduction, Scripted, below

_LETTERS = ("n", "p", "m", "d", "q", "k", "r", "s", "D", "K", "N", "M", "P", "Q", "R", "S")
_SIZED = frozenset({"I", "\\mathbf{I}", "\\mathrm{I}", "\\mathbf{1}", "\\mathbb{1}", "\\mathbf{0}"})


def size_letters(gathered: Gathered, words: Iterable[Said]) -> Iterator[str]:
    """Yield the letters that are used as sizes: bounds of sums, indices of identities, stated dimensions."""
    for upper in gathered.letters.values():
        if upper is not None:
            yield from _names(upper)
    for each in words:
        for node in each.dims or ():
            yield from _names(node)
    for side, _ in gathered.nodes():
        for node in below(side):
            if isinstance(node, Scripted) and _is_sized(node.base):
                for item in node.sub:
                    yield from _names(item)
            elif isinstance(node, Product):
                for head, group in zip(node.items, node.items[1:], strict=False):
                    if isinstance(head, Scripted) and is_special(head, group) and _is_gamma(head):
                        yield from (name for name in _names(head.sub[0]) if name not in gathered.letters)
            elif isinstance(node, Reduction) and node.upper is not None:
                yield from _names(node.upper)
            elif isinstance(node, Integral):
                for item in node.space:
                    yield from _names(item)
    for formula in gathered.formulas:
        for beside in (*formula.exponents, formula.multiples):
            for _, exponent in beside:
                yield from _names(exponent)


def _is_sized(base: Node) -> bool:
    """Whether the subscript of a symbol is its size: identities, ones and zeros."""
    return (isinstance(base, Name) and base.key in _SIZED) or (isinstance(base, Num) and base.value in (0, 1))


def _is_gamma(head: Scripted) -> bool:
    """Whether Γ has one letter as its subscript: the order of the multivariate function."""
    letter = isinstance(head.base, Name) and head.base.key == "\\Gamma"
    return letter and len(head.sub) == 1 and isinstance(head.sub[0], Name)


def _names(node: Node) -> Iterator[str]:
    for each in below(node):
        if isinstance(each, Scripted) and isinstance(each.base, Name) and each.sub:
            yield f"{each.base.key}_{{{each.sub_text}}}"
            return
        if isinstance(each, Name):
            yield each.key


def named(fitted: Fitted, variables: Variables, used: Iterable[str]) -> Mapping[Dim, Symbol]:
    """Return names for the sizes that have none, in the order in which they are met."""
    taken = set(used) | {key.split("_{")[0] for key in used} | set(variables.letters)
    taken |= variables.densities | variables.heads
    for upper in variables.letters.values():
        if upper is not None:
            taken |= set(_names(upper))
    found: dict[Dim, Symbol] = {}
    shapes = fitted.shapes
    open_sizes: dict[Dim, None] = {}
    for key in sorted(variables.keys, key=lambda key: not _is_matrix(shapes.plain(shapes.known.get(key)))):
        value = shapes.plain(shapes.known.get(key))
        dims = () if value is None or isinstance(value, Open) else value
        for dim in (*dims, *(shapes.sizes.resolve(dim) for dim in shapes.ranges.get(key, ()))):
            taken |= {symbol.name for symbol in dim.free_symbols if not isinstance(symbol, Unknown)}
            open_sizes.update(dict.fromkeys(sorted(dim.atoms(Unknown), key=str)))
    for dim in open_sizes:
        letter = next((letter for letter in _letters() if letter not in taken), "n")
        taken.add(letter)
        found[dim] = Symbol(letter)
    return found


def shaping(fitted: Fitted, variables: Variables) -> frozenset[str]:
    """Return the letters that are sizes of symbols, or that indices end with."""
    found = {name for upper in variables.letters.values() if upper is not None for name in _names(upper)}
    shapes = fitted.shapes
    for key in variables.keys:
        value = shapes.plain(shapes.known.get(key))
        dims = () if value is None or isinstance(value, Open) else value
        for dim in (*dims, *(shapes.sizes.resolve(dim) for dim in shapes.ranges.get(key, ()))):
            found |= {symbol.name for symbol in dim.free_symbols if not isinstance(symbol, Unknown)}
    return frozenset(found)


def _is_matrix(value: AnyShape) -> bool:
    """Whether a shape has two sizes: the rows of a matrix are named before its columns, and before vectors."""
    return value is not None and not isinstance(value, Open) and 1 not in value


def _letters() -> Iterator[str]:
    yield from _LETTERS
    for number in range(1, 100):
        yield f"n_{{{number}}}"
