r"""Relations of a document up to a factor or a term: read with what the text says of the variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from derive.cases import Cases
from derive.definitions import Target, is_known, target
from derive.facts import Declaration, Kind
from derive.items import Item
from derive.names import Names
from derive.readings import rewrite
from derive.relations import Sign, chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import parse_side
from derive.syntax import Group, Name, Node, Product, below
from derive.tokens import Unreadable, tokenize
from derive.upto import UpTo, is_constant, readings, variable, without_constant

CONST = "\\mathrm{const}"
"""What the key of an unknown constant begins with: ``+ const`` in the definition of a function."""
_LETTERS = ("C", "c")
MAX_WRITTEN = 12
"""Densities that are remembered, the latest first."""


@dataclass
class Varying(Cases):
    """The relations of a document, some of which hold up to a factor or a term.

    Attributes
    ----------
    named : tuple of str
        Variables that the sentence names, as in "as a function of β".
    up_to_factor : set of str
        What a proportionality introduced.
    """

    named: tuple[str, ...] = ()
    up_to_factor: set[str] = field(default_factory=set)

    def name_variables(self, excerpt: Excerpt) -> None:
        """Take note of variables that stand behind "as a function of"."""
        if not self.prose.names_variables():
            return
        if chains(excerpt, self.macros):
            return
        try:
            node = parse_side(tokenize(excerpt, self.macros), self.scope, excerpt.span(0, 0))
        except Unreadable:
            return
        key = variable(node)
        if key is not None:
            self.named = (*self.named, key) if self.prose.has_named_variables() and self.named else (key,)

    def note_densities(self, nodes: list[Node | Unreadable]) -> None:
        """Take note of the densities that are written out, such as ``\\mathcal{N}(x; \\mu, \\Sigma)``."""
        found = [density for node in nodes if isinstance(node, Node) for density in written_densities(node)]
        if found:
            self.scope = self.scope.copy()
            self.scope.written = tuple(dict.fromkeys((*found, *self.scope.written)))[:MAX_WRITTEN]

    def words_for_variables(self) -> tuple[str, ...]:
        """Return the variables that the sentence before a displayed formula names."""
        return self.named if self.prose.has_named_variables() else ()

    def add_proportional(
        self, nodes: list[Node | Unreadable], position: int, item: Callable[..., Item], first: Node
    ) -> None:
        """Add a relation up to a factor; it introduces what stands on its left side if nothing is known of that."""
        left, right = nodes[position], nodes[position + 1]
        for node in (left, right):
            if isinstance(node, Unreadable):
                self.add(item("claim", node))
                return
        assert isinstance(left, Node) and isinstance(right, Node)
        found = target(left)
        if position == 0 and found is not None and self._is_new(found, right):
            self.up_to_factor.add(str(found.whole or found.base.key))
            self.add(replace(item("definition"), upto=UpTo("factor")))
            return
        upto = UpTo("factor", readings(first, right, self.words_for_variables()))
        self.add(replace(item("up-to"), upto=upto))

    def _is_new(self, found: Target, right: Node) -> bool:
        """Whether nothing is known of what a proportionality speaks of: no value, and no proportionality before."""
        key = str(found.whole or found.base.key)
        if key in self.up_to_factor or key in self.scope.names:
            return False
        return found.group is not None and (not is_known(found, self.scope, right) or key in self.granted.guessed)

    def add_up_to_term(
        self, nodes: list[Node | Unreadable], position: int, item: Callable[..., Item], first: Node, sign: Sign
    ) -> bool:
        """Add an equation up to a term "const"; return whether it is one."""
        left, right = nodes[position], nodes[position + 1]
        if not isinstance(left, Node) or not isinstance(right, Node):
            return False
        found = readings(first, right, self.words_for_variables())
        letters = frozenset(letter for letter in _LETTERS if found and self._is_loose(letter, left))
        sides = without_constant(left, letters) or left, without_constant(right, letters) or right
        if sides == (left, right):
            return False
        introduced = target(left)
        if position == 0 and introduced is not None and self.defines(introduced, sign, position, right):
            self.scope = self.scope.copy()
            whole = _with_symbols(right, self.scope)
            self.add_definition(introduced, whole, item, sign)
        else:
            self.add(replace(item("up-to"), left=sides[0], right=sides[1], upto=UpTo("term", found)))
        return True

    def _is_loose(self, letter: str, left: Node) -> bool:
        """Whether a letter at the end of a sum is a constant that nothing else speaks of."""
        key = Names(self.scope).find_key(letter)
        is_open = key is None or (key in self.granted.guessed and key not in self.scope.names)
        return is_open and variable(left) != letter


def written_densities(node: Node) -> Iterator[Product]:
    """Yield applications to lists that begin with a variable and a semicolon or a bar, as densities are written."""
    for each in below(node):
        if not isinstance(each, Product):
            continue
        for head, group in zip(each.items, each.items[1:], strict=False):
            is_list = isinstance(group, Group) and len(group.items) > 2 and group.separators[0] in (";", "|", ",")
            if is_list and isinstance(head, Name) and head.key.startswith("\\"):
                yield Product(head.span.cover(group.span), (head, group), ("", ""))


def _with_symbols(node: Node, scope: Scope) -> Node:
    """Return a formula with an unknown number in place of every "const", declared in the scope."""

    def change(part: Node) -> Node:
        if not is_constant(part):
            return part
        key = f"{CONST}_{{{sum(known.startswith(CONST) for known in scope.declarations) + 1}}}"
        scope.declare(Declaration(key, Kind.SCALAR))
        return Name(part.span, key)

    return rewrite(node, change)
