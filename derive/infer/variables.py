"""The symbols of a document that nothing declares: which of them are families, which have entries, which labels."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.infer.gather import INDEX_LETTERS, Formula, Gathered, derived_by, is_application, is_index
from derive.infer.typography import Sort, costs
from derive.known import SPECIAL, is_beta, withheld
from derive.names import FAMILY, above_key
from derive.notation import FUNCTIONS
from derive.opaque import BY_NAME, NUMBERS, whole_key, written
from derive.syntax import (
    Derivative,
    Differential,
    FunctionCall,
    Group,
    Integral,
    Listed,
    Name,
    Node,
    Num,
    Product,
    Reduction,
    Scripted,
    Terms,
    below,
)

CONSTANTS = frozenset(
    r"\pi e I \mathbf{I} \mathbf{1} \mathbf{0} \mathbb{1} \mathrm{e} \mathrm{I} \mathrm{d} \mathrm{Id} \infty".split()
)
OPERATORS = frozenset(
    r"\mathrm{E} \mathbb{E} \mathrm{Var} \mathrm{Cov} \mathrm{Corr} \mathrm{const} \mathrm{rk} "
    r"\mathrm{argmin} \mathrm{argmax} \mathrm{min} \mathrm{max} \mathrm{sup} \mathrm{inf} \mathrm{lim} \mathrm{sgn} "
    r"\mathrm{sign} \mathrm{supp} \mathrm{dim} \mathrm{ker} \mathrm{span} \mathrm{var} \mathrm{cov} \mathrm{corr} "
    r"\mathbb{V} \mathbb{P} \mathrm{Pr} \mathrm{plim}".split()
    + [f"\\mathrm{{{name}}}" for name in FUNCTIONS]
)
"""Names in roman type that are no variables."""


@dataclass
class Use:
    """How a letter is used with its scripts.

    ``bare`` counts its uses without subscript, ``arrays`` indexed ones that are transposed or are capitals with one
    index, so that a member is an array, ``indexed`` those with index letters (by their number), ``labels`` are
    the whole keys it has with labels.
    """

    bare: int = 0
    arrays: int = 0
    indexed: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)
    labels: dict[str, Node] = field(default_factory=dict)
    line: int = 0


@dataclass
class Variables:
    """The symbols of a document by their base.

    Attributes
    ----------
    uses : dict of str to Use
        Every base and how it is used.
    letters : mapping
        Index letters with their upper bounds.
    heads : frozenset of str
        Functions that equations define.
    families : dict of str to int
        Bases that are families, with the number of their indices.
    uppers : frozenset of str
        Sizes that ranges of indices end with; they are members of families, too.
    densities : frozenset of str
        Letters that stand for densities.
    special : frozenset of str
        Letters that stand for known functions, Γ and ψ.
    applied : dict of str to Formula
        Applications that are numbers and known as a whole, such as densities, with where they are met first.
    first : dict of str to Formula
        The formula in which a key is met first.
    """

    letters: Mapping[str, Any]
    heads: frozenset[str] = frozenset()
    uses: dict[str, Use] = field(default_factory=dict)
    families: dict[str, int] = field(default_factory=dict)
    uppers: frozenset[str] = frozenset()
    densities: frozenset[str] = frozenset()
    special: frozenset[str] = frozenset()
    applied: dict[str, Formula] = field(default_factory=dict)
    first: dict[str, Formula] = field(default_factory=dict)

    def key(self, node: Name | Scripted) -> tuple[str, int]:
        """Return the key that a symbol resolves to, and how many of its subscript items are indices of a family."""
        base = node if isinstance(node, Name) else node.base
        assert isinstance(base, Name)
        if isinstance(node, Name):
            return base.key, 0
        if node.above is not None:
            return above_key(base.key, node.above) + (f"_{{{node.sub_text}}}" if node.sub_text else ""), 0
        if not node.sub:
            return base.key, 0
        if all(is_index(item, self.letters) for item in node.sub):
            count = self.families.get(base.key)
            return (base.key + FAMILY, count) if count is not None else (base.key, 0)
        if base.key in self.families and all(self._is_place(item) or is_index(item, self.letters) for item in node.sub):
            return base.key + FAMILY, self.families[base.key]
        label = f"{base.key}_{{{node.sub_text}}}"
        use = self.uses.get(base.key)
        entries = use is not None and use.bare and all(map(self._is_place, node.sub)) and use.indexed
        return (base.key, 0) if entries else (label, 0)

    def _is_place(self, item: Node) -> bool:
        """Whether a subscript is that of one entry: a number, or a size at which indices end."""
        return isinstance(item, Num) or (isinstance(item, Name) and item.key in self.uppers)

    def symbols(self, node: Any) -> Iterator[Name | Scripted]:
        """Yield the symbols of a formula."""
        return symbols(node, self.heads)

    def applications(self, node: Any) -> Iterator[str]:
        """Yield the applications in a formula that are numbers known as a whole."""
        return applications(node, self.densities, self.letters)

    @property
    def ambiguous(self) -> list[str]:
        """Return the bases whose indices may be those of entries or of members of a family."""
        return [
            base
            for base, use in self.uses.items()
            if use.indexed and use.bare and base not in self.families and max(use.indexed) == 1
        ]

    @property
    def keys(self) -> list[str]:
        """Return all keys, in the order in which they are met."""
        return list(self.first)


def variables(gathered: Gathered, letters: Mapping[str, Any], families: Container[str] = ()) -> Variables:
    """Return the symbols of the formulas; ``families`` are bases that are families although they occur bare, too."""
    found = Variables(letters, heads=frozenset(gathered.heads))
    for node, formula in gathered.nodes():
        for symbol in found.symbols(node):
            _note(symbol, formula, found)
    for base, use in found.uses.items():
        if use.indexed and (not use.bare or base in families or (use.arrays and max(use.indexed) == 1)):
            found.families[base] = max(use.indexed)
    found.densities = densities(gathered)
    texts = [*(text for text, _ in gathered.text), *(excerpt.text for excerpt, _ in gathered.marks)]
    found.special = SPECIAL - withheld(texts)
    found.uppers = frozenset(
        item.key for upper in letters.values() if upper is not None for item in below(upper) if isinstance(item, Name)
    )
    for node, formula in gathered.nodes():
        for symbol in found.symbols(node):
            key, _ = found.key(symbol)
            if key not in found.heads or key in found.densities:  # the p of p(x) may be a size elsewhere
                found.first.setdefault(key, formula)
        for key in found.applications(node):
            found.applied.setdefault(key, formula)
    return found


def _note(symbol: Name | Scripted, formula: Formula, found: Variables) -> None:
    base = symbol if isinstance(symbol, Name) else symbol.base
    assert isinstance(base, Name)
    use = found.uses.setdefault(base.key, Use(line=formula.line))
    if isinstance(symbol, Name) or (not symbol.sub and symbol.above is None):
        use.bare += 1
    elif symbol.above is None and all(is_index(item, found.letters) for item in symbol.sub):
        names = tuple(item.key if isinstance(item, Name) else "" for item in symbol.sub)
        use.indexed.setdefault(len(symbol.sub), []).append(names)
        likely = costs(base.key)
        use.arrays += symbol.transposed or (len(names) == 1 and min(likely, key=likely.__getitem__) is Sort.MATRIX)
    elif symbol.above is None and not all(isinstance(item, Num) for item in symbol.sub):
        use.labels[f"{base.key}_{{{symbol.sub_text}}}"] = symbol


_LETTERS = ("p", "q", "P")
"""Letters that may stand for densities."""


def densities(gathered: Gathered) -> frozenset[str]:
    """Return the heads that stand for another function with every list of arguments.

    A letter does if it is conditioned on something, or has several lists of symbols as its arguments; one that is
    applied to a number or a sum, or defined by ``:=``, is a function.
    """
    lists: dict[str, set[str]] = {letter: set() for letter in _LETTERS}
    conditioned: set[str] = set()
    functions_: set[str] = set()
    for node, _ in gathered.nodes():
        conditioned |= {head for each in below(node) if isinstance(each, Integral) for head in _of_variable(each)}
        for each in below(node):
            if not isinstance(each, Product):
                continue
            for head, group in zip(each.items, each.items[1:], strict=False):
                group = group.base if isinstance(group, Scripted) else group
                if not isinstance(head, Name) or head.key not in lists or not isinstance(group, Group):
                    continue
                lists[head.key].add(written(group))
                if any(isinstance(item, Num | Terms) for item in group.items):
                    functions_.add(head.key)
                if {"|", "||", ";"} & set(group.separators):
                    conditioned.add(head.key)
    for formula in gathered.formulas:
        left = formula.sides[0]
        if formula.relation == "define" and isinstance(left, Product) and isinstance(left.items[0], Name):
            functions_.add(left.items[0].key)
    several = {letter for letter, found in lists.items() if len(found) > 1}
    return frozenset((several - functions_) | conditioned | (BY_NAME - frozenset(_LETTERS)))


def _of_variable(integral: Integral) -> Iterator[str]:
    """Yield the letters that are applied to the variable of an integral, as p is in ``\\int p(x) \\, dx``."""
    for each in below(integral.body):
        for head, group in zip(each.items, each.items[1:], strict=False) if isinstance(each, Product) else ():
            if not (isinstance(head, Name) and isinstance(group, Group) and head.key in _LETTERS):
                continue
            if written(integral.variable) in map(written, group.items):
                yield head.key


def applications(node: Any, densities: Container[str] = (), letters: Container[str] = ()) -> Iterator[str]:
    """Yield the applications in a formula that are numbers known as a whole.

    ``densities`` are letters that stand for densities elsewhere: ``p(x)`` by itself may be a product. One with an index
    in it, of ``letters``, is a member of a family and no number by itself.
    """
    for each in below(node):
        if isinstance(each, Product):
            for head, group in zip(each.items, each.items[1:], strict=False):
                group = group.base if isinstance(group, Scripted) else group
                name = head.base if isinstance(head, Scripted) else head
                if isinstance(group, Group) and isinstance(name, Name) and name.key in NUMBERS:
                    if _has_index(group, letters) or "[" in written(group):
                        continue  # what is written of a formula is no name that can be declared
                    key = whole_key(head, group)
                    if key is not None and name.key in densities:
                        yield key


def _has_index(group: Group, letters: Container[str]) -> bool:
    """Whether an index stands in the arguments of an application."""
    return any(
        isinstance(item, Name) and item.key in letters
        for each in below(group)
        if isinstance(each, Scripted)
        for item in each.sub
    )


def symbols(node: Any, heads: Container[str] = ()) -> Iterator[Name | Scripted]:
    """Yield the symbols of a formula; names of functions, bound letters, subscripts and sizes are left out."""
    match node:
        case Name():
            if node.key not in CONSTANTS and node.key not in OPERATORS:
                yield node
        case Scripted():
            if isinstance(node.base, Name):
                key = node.base.key
                is_delta = key == "\\delta" and len(node.sub) == 2
                is_constant = key in CONSTANTS and not (key == "\\pi" and node.sub) and not _is_labelled(node)
                if not is_constant and key not in OPERATORS and not is_delta:
                    yield node
            else:
                yield from symbols(node.base, heads)
            if node.power is not None and not isinstance(node.power, Name):
                yield from symbols(node.power, heads)
            elif isinstance(node.power, Name):
                yield node.power
        case Product():
            for position, item in enumerate(node.items):
                if not is_application(node, position, heads) and not _is_special(node, position):
                    yield from symbols(item, heads)
        case Reduction():
            yield from symbols(node.body, heads)
        case Listed():
            yield from symbols(node.template, heads)
        case Integral():
            yield from symbols(node.body, heads)
            yield from symbols(node.variable, heads)
        case Derivative():
            yield from symbols(node.body, heads)
            yield from symbols(node.wrt, heads)
        case Differential():
            yield from symbols(node.inner, heads)
        case FunctionCall():
            yield from symbols(node.argument, heads)
        case Terms():
            for _, item in node.items:
                yield from symbols(item, heads)
        case Group():
            yield from symbols(node.items, heads)
        case tuple():
            for item in node:
                yield from symbols(item, heads)
        case Node():
            for name in node.__dataclass_fields__:
                yield from symbols(getattr(node, name), heads)


def _is_labelled(node: Scripted) -> bool:
    """Whether an e has a label, as in ``e_y = y - X \\beta``: ``e_1`` and ``e_i`` may be unit vectors."""
    names = [item for item in node.sub if isinstance(item, Name) and item.key not in INDEX_LETTERS]
    return isinstance(node.base, Name) and node.base.key == "e" and len(names) == len(node.sub) > 0


_SPECIAL = frozenset(r"\sigma O \mathcal{O} o \Gamma \psi".split())


def _is_special(node: Product, position: int) -> bool:
    """Whether a factor has a meaning of its own before a bracket, declared or not: σ(·), O(·), Γ(·), ψ(·)."""
    item = node.items[position]
    behind = node.items[position + 1] if position + 1 < len(node.items) else None
    base = item.base if isinstance(item, Scripted) else item
    group = behind.base if isinstance(behind, Scripted) else behind
    if isinstance(item, Name) and behind is not None and is_beta(item, behind):
        return True
    return isinstance(base, Name) and base.key in _SPECIAL and isinstance(group, Group)


__all__ = ["CONSTANTS", "OPERATORS", "Use", "Variables", "derived_by", "symbols", "variables"]
