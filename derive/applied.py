r"""Applications of what nothing is known of but its name, as ``\mathrm{KL}[p \| q]`` or ``p(y_i \mid \lambda)``.

Each is a number of its own. Two are the same if the names are the same and the arguments are: that functions have one
value at one place is all that is used. So what is proved is true whatever they are. Nothing is refuted that hangs on
them, and nothing is differentiated, integrated or averaged that may depend on the variable through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sympy import srepr

from derive.counting import Counting
from derive.facts import Declaration, Kind
from derive.names import FAMILY, leaf
from derive.opaque import MARK, Members, as_members, is_number_by_name, shown, written
from derive.scope import Dependencies
from derive.shape import ONE, Unknown
from derive.source import Span
from derive.syntax import Group, Name, Node, Scripted, below
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed


class Applied(Counting):
    """Elaboration of applications of unknown functions; a base of the elaborator."""

    def member(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return a member of a family of applications that an equation defines, as in ``p(y_i) = \\dots``."""
        found = as_members(head, group, self._is_member)
        if found is None:
            return None
        for definition in self.scope.overloads(found.key):
            if len(definition.ranges) == len(found.indices):
                pairs = zip(found.indices, definition.ranges, strict=True)
                return self._reference(definition, tuple(self.index(item, upper) for item, upper in pairs), span)
        return None

    def unknown(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return an application of an unknown function as a number of its own; None if it is none."""
        base = head.base if isinstance(head, Scripted) else head
        if not self.scope.undeclared or not isinstance(base, Name) or self.find_key(base.key) is not None:
            return None
        found = as_members(head, group, self._is_member)
        if found is not None:
            is_density = base.key in self.scope.densities and not isinstance(head, Scripted)
            return self._unknown_member(found, group, span) if is_density else None
        if not is_number_by_name(head, group):
            return None
        arguments = self._arguments(group)
        if arguments is None:
            identity, names = self._spelling(group), self._mentioned(group)
        else:
            used = Dependencies(self.scope.definitions)
            identity = " ".join(map(srepr, arguments))
            names = {name for argument in arguments for name in used.of(argument)}
        key = _key(f"{written(head)}{shown(group)}", f"{group.separators} {identity}", names)
        return self._number_of_its_own(key, (), (), span)

    # -- arguments ---------------------------------------------------------------------------------------------

    def _arguments(self, group: Group) -> list[Any] | None:
        """Return the values of the arguments; None where they are no values, as distributions are not."""
        inner = self.fresh()
        try:
            found = [inner.elaborate(item).expr for item in group.items]
        except (Unreadable, Malformed):
            return None
        if inner.indices.free:
            raise Unreadable("N106", "an index in an argument of an unknown function is not supported", group.span)
        return None if any(each.atoms(Unknown) for each in found) else found

    def _is_member(self, base: str, letter: Node) -> bool:
        """Whether a subscript is an index: a letter that is one here, at a symbol that has members or entries."""
        if (
            not isinstance(letter, Name)
            or len(letter.key) != 1
            or self.find_key(f"{base}_{{{letter.key}}}") is not None
        ):
            return False
        if self.indices.is_bound(letter.key) or letter.key in self.indices.free or letter.key in self.scope.ranges:
            return True
        is_plain = letter.key.islower() and self.find_key(letter.key) is None
        return is_plain and (self.find_key(base + FAMILY) is not None or self.find_key(base) is not None)

    def _mentioned(self, group: Group) -> set[str]:
        """Return what the symbols in a bracket are, and what they depend on."""
        used = Dependencies(self.scope.definitions)
        names = set(_keys(group))
        bodies = [definition.body for name in names for definition in self.scope.overloads(name)]
        return names.union(*(used.of(body) for body in bodies))

    def _spelling(self, group: Group) -> str:
        """Return the text of the arguments with what the symbols in it are declared or defined as."""
        names = sorted(set(_keys(group)))
        known = [(name, self.scope.declarations.get(name), self.scope.names.get(name)) for name in names]
        return f"{written(group)} {known}"

    # -- numbers -----------------------------------------------------------------------------------------------

    def _unknown_member(self, found: Members, group: Group, span: Span) -> Typed:
        names = self._mentioned(group)
        limits = [self._limit(base, position) for base, position in found.bases]
        values = tuple(self.index(item, limit) for item, limit in zip(found.indices, limits, strict=True))
        uppers = [self.indices.upper(item.key) for item in found.indices if isinstance(item, Name)]
        ranges = tuple(self.sizes.resolve(upper) for upper in uppers if upper is not None)
        if len(ranges) != len(values) or any(isinstance(each, Unknown) for each in ranges):
            raise Unreadable("N105", "the range of an index is not known", span)
        return self._number_of_its_own(_key(found.key, self._spelling(group), names), values, ranges, span)

    def _limit(self, base: str, position: int) -> Any:
        """Return where the indices of a family, or of the entries of an array, end."""
        family = self.scope.declarations.get(self.find_key(base + FAMILY) or "")
        if family is not None and position < len(family.ranges):
            return family.ranges[position]
        array = self.scope.declarations.get(self.find_key(base) or "")
        if array is None or array.shape is None:
            return None
        return array.shape[position] if array.shape[1] != ONE else array.shape[0]

    def _number_of_its_own(self, key: str, values: tuple[Any, ...], ranges: tuple[Any, ...], span: Span) -> Typed:
        key += FAMILY if values else ""
        letters = tuple(str(value) for value in values)
        declaration = Declaration(key, Kind.SCALAR, None, frozenset(), ranges, letters)
        self.scope.declarations.setdefault(key, declaration)
        return leaf(self.scope.declarations[key], span, values)


def _key(shown: str, identity: str, names: set[str]) -> str:
    """Return a key that tells values apart and names what they may depend on."""
    mark = sha256(identity.encode()).hexdigest()[:16]
    return f"{shown}{MARK}{mark}({' '.join(sorted(names))})"


def _keys(node: Node) -> Iterator[str]:
    """Yield the keys of the symbols in a formula, with and without subscripts."""
    for each in below(node):
        if isinstance(each, Name):
            yield each.key
        elif isinstance(each, Scripted) and isinstance(each.base, Name) and each.sub:
            yield f"{each.base.key}_{{{each.sub_text}}}"
            yield each.base.key + FAMILY
