"""What the equations of a document define itself: values of symbols, functions of a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.infer.fit import Fitted
from derive.infer.gather import Formula, Gathered, functions, head_key
from derive.infer.typography import stem
from derive.infer.variables import Variables
from derive.names import is_special_value
from derive.predefined import Place
from derive.scope import Scope
from derive.syntax import Derivative, Name, Node, Num, Product, Scripted, Terms, below


@dataclass(frozen=True)
class Equations:
    """The equations of a document.

    Parameters
    ----------
    gathered : Gathered
        The formulas.
    variables : Variables
        How symbols resolve.
    scope : Scope
        What is declared.
    """

    gathered: Gathered
    variables: Variables
    scope: Scope

    def values(self, random: dict[str, int], sizes: frozenset[str]) -> dict[str, Place]:
        """Return where the symbols are defined that nothing declares: at the first equation that gives their value.

        What the text supposes of a symbol that it has used is no value of it. What is differentiated by is an unknown
        and defined by no equation; what has a distribution, or is equal to an expression of what has one, is stated by
        its first equation (and put into ``random``). A size has its value in the case that the text speaks of
        (``for $p = 1$``), and everywhere else all values.
        """
        free = set(self.differentiated())
        found: dict[str, Place] = {}
        rests: dict[str, set[str]] = {}
        for formula in self.gathered.formulas:
            key = self._stated(formula)
            solved = free | self._in_condition(formula)
            known = key in free or key in self.scope.declarations or key in sizes
            if key is None or key in found or known or formula.doubted:
                free = solved
                continue
            free = solved
            if key in random or (formula.supposed and self._is_used_before(key, formula)):
                continue
            if any(self._has_noise(side, random) for side in formula.sides[1:] if side is not None):
                random[key] = formula.line
                continue
            used = self._used(formula, rests)
            if key not in used:  # a value that rests on the symbol itself is none
                found[key] = formula.place
                rests = {other: before | used if key in before else before for other, before in rests.items()}
                rests[key] = used
        return found

    def _is_used_before(self, key: str, formula: Formula) -> bool:
        """Whether a symbol stands in a formula above one: an assumption about it says nothing there."""
        first = self.variables.first.get(key)
        return first is not None and first.line < formula.line

    def _used(self, formula: Formula, rests: Mapping[str, set[str]]) -> set[str]:
        """Return the symbols that the value in an equation rests on, through the definitions so far."""
        sides = [side for side in formula.sides[1:2] if side is not None]
        used = {self.variables.key(symbol)[0] for side in sides for symbol in self.variables.symbols(side)}
        used |= {key for side in sides for key in self.variables.applications(side)}
        return used.union(*(rests[key] for key in used if key in rests))

    def functions(self, fitted: Fitted) -> dict[str, int]:
        """Return the letters that stand for unknown functions of a number: with a prime, or differentiated."""
        found: dict[str, int] = {}
        defined = self.gathered.heads
        for side, formula in self.gathered.nodes():
            for head, group in functions(side):
                key = head.base.key if isinstance(head, Scripted) and isinstance(head.base, Name) else head_key(head)
                if key is None or key in (*defined, *found, *self.scope.declarations, "\\sigma"):
                    continue
                if key in self.variables.special:
                    continue
                if key not in self.scope.names and fitted.shapes.shape(group) is None:
                    found[key] = formula.line
        return found

    def differentiated(self) -> frozenset[str]:
        """Return the symbols that are differentiated by."""
        nodes = (node for side, _ in self.gathered.nodes() for node in below(side))
        wrt = (each for node in nodes if isinstance(node, Derivative) for each in node.wrt)
        return frozenset(self.variables.key(symbol)[0] for each in wrt for symbol in self.variables.symbols(each))

    def _in_condition(self, formula: Formula) -> set[str]:
        """Return the symbols of a condition: what ends in ``= 0`` is solved for them from there on."""
        last = formula.sides[-1]
        if not (formula.displayed and isinstance(last, Num) and last.value == 0):
            return set()
        return {self.variables.key(symbol)[0] for side in formula.sides[:-1] for symbol in self.variables.symbols(side)}

    def _stated(self, formula: Formula) -> str | None:
        """Return the key of the symbol whose value an equation gives."""
        left = formula.sides[0]
        if formula.relation not in ("equal", "define") or len(formula.sides) < 2 or formula.sides[1] is None:
            return None
        if isinstance(left, Product):
            found = list(self.variables.applications(left)) if len(left.items) == 2 else []
            others = [key for side in formula.sides[1:] for key in self.variables.applications(side)]
            return found[0] if len(found) == 1 and found[0] not in others else None
        if isinstance(left, Scripted):
            squared = isinstance(left.power, Num) and left.power.value == 2
            if left.transposed or left.primes or not isinstance(left.base, Name):
                return None
            if left.power is not None and not (squared and self.only_squared(left)):
                return None
        elif not isinstance(left, Name):
            return None
        if not any(True for _ in self.variables.symbols(left)):
            return None
        key = self.variables.key(left)[0]
        used = {self.variables.key(symbol)[0] for side in formula.sides[1:] for symbol in self.variables.symbols(side)}
        return None if key in used else key

    def only_squared(self, left: Scripted) -> bool:
        """Whether a symbol occurs in even powers only, so that its square is what is defined."""
        key = self.variables.key(left)[0]
        for side, _ in self.gathered.nodes():
            for symbol in self.variables.symbols(side):
                if self.variables.key(symbol)[0] == key:
                    power = symbol.power if isinstance(symbol, Scripted) else None
                    if not (isinstance(power, Num) and power.value % 2 == 0):
                        return False
        return True

    def _has_noise(self, side: Node, random: Mapping[str, int]) -> bool:
        """Whether a term of a sum is a random symbol by itself, as in ``X \\beta + \\varepsilon``."""
        return isinstance(side, Terms) and any(
            isinstance(item, Name | Scripted)
            and any(self.variables.key(symbol)[0] in random for symbol in self.variables.symbols(item))
            for _, item in side.items
        )

    def _is_special(self, formula: Formula) -> bool:
        """Whether an equation gives a special value."""
        value = formula.sides[-1]
        return value is not None and is_special_value(value, self.scope)

    def unannounced(self, defined: Mapping[str, Place]) -> Iterator[Place]:
        """Yield the definitions of plain letters that no word announces: before them, the letter may be anything.

        A value such as 0 or I that words give belongs to a case, unless they stand right behind a displayed formula.
        """
        by_place = {formula.place: formula for formula in self.gathered.formulas}
        for key, place in defined.items():
            formula = by_place[place]
            is_case = not formula.displayed and not formula.trails and self._is_special(formula)
            is_plain = stem(key) == key and "_{" not in key
            if "(" not in key and (is_case or (is_plain and not formula.announced)):
                yield place
