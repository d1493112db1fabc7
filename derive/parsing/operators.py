"""Functions, and sums and products over indices."""

from __future__ import annotations

from derive.notation import (
    BARS,
    DOUBLE_BARS,
    FONTS,
    FUNCTIONS,
    GREEDY,
    OPENING,
    TEXT,
)
from derive.parsing.atoms import Atoms
from derive.syntax import (
    FunctionCall,
    Node,
    Reduction,
    Terms,
)

_REDUCTIONS = frozenset({"\\sum", "\\prod", "\\int"})


class Operators(Atoms):
    """The layer that reads functions and reductions."""

    def _function_name(self, position: int) -> tuple[str, int] | None:
        """Return the name of a known function written here and the position behind the name."""
        word = self.text(position)
        token = self.tokens[position]
        if token.kind == "macro" and word[1:] in FUNCTIONS and word not in FONTS and word not in TEXT:
            return word[1:], position + 1
        if (word in FONTS and FONTS[word] in ("rm", "sf", "it")) or word in TEXT:
            if position + 1 >= len(self.tokens):
                return None
            start, stop, after = self._argument(position, len(self.tokens))
            name = self.words(start, stop).strip()
            return (name, after) if name in FUNCTIONS else None
        if token.kind == "letter" and position + 2 < len(self.tokens):  # tr( and ln( typed without a backslash
            for name in ("tr", "ln", "log", "exp", "det", "Tr"):
                stop = position + len(name)
                if (
                    stop < len(self.tokens)
                    and self.text(stop) in ("(", "[")
                    and name[0] not in self.declared
                    and all(
                        self.text(position + i) == name[i] and self.tokens[position + i].kind == "letter"
                        for i in range(len(name))
                    )
                ):
                    return name, stop
        return None

    def _function(self, function: str, position: int, after: int, end: int) -> tuple[Node, int]:
        power: Node | None = None
        transposed = False
        sub: tuple[Node, ...] = ()
        while after < end and self.tokens[after].kind in ("sub", "sup"):
            start, stop, behind = self._argument(after, end)
            if self.tokens[after].kind == "sup":
                mark, value = self._superscript(start, stop)
                power, transposed = value if mark in ("power", "inverse-transpose") else power, "transpose" in mark
            else:
                sub = self._subscript(start, stop)[0]
            after = behind
        if after >= end:
            raise self.fail("N103", f"expected the argument of {function}", after)
        word, kind = self.text(after), self.tokens[after].kind
        if (
            kind in ("open", "fence-open")
            or word in OPENING
            or word in BARS
            or word in DOUBLE_BARS
            or word == "\\begin"
        ):
            argument, stop = self.atom(after, end)
            if argument is None:
                return self._function(function, position, stop, end)
            node: Node = FunctionCall(self.span(position, stop), function, argument, power, transposed, sub)
            if word in BARS or word in DOUBLE_BARS or kind == "open" or word == "\\begin" or self.text(after) in BARS:
                argument, stop = self.scripts(argument, after, stop, end)
                return FunctionCall(self.span(position, stop), function, argument, power, transposed, sub), stop
            return self.scripts(node, position, stop, end)
        if function in GREEDY or self._function_name(after) is not None:
            argument, stop = self._simple_product(after, end)
        else:
            argument, stop = self.factor(after, end)
            if argument is None:
                raise self.fail("N103", f"expected the argument of {function}", after)
        return FunctionCall(self.span(position, stop), function, argument, power, transposed, sub, True), stop

    def _simple_product(self, start: int, end: int) -> tuple[Node, int]:
        """Read the unbracketed argument of a function: factors up to a sign, a dot or another function."""
        items: list[Node] = []
        position = start
        while (
            position < end and not self._stops(position, end) and self.text(position) not in ("\\cdot", "\\times", "*")
        ):
            if items and (self._function_name(position) is not None or self.text(position) in _REDUCTIONS):
                break
            if items and self.text(position) == "/":
                break
            node, position = self.factor(position, end)
            if node is not None:
                items.append(node)
        if not items:
            raise self.fail("N103", "expected the argument of a function", position)
        return self._joined(start, position, items, [""] * len(items)), position

    def _reduction(self, position: int, end: int) -> tuple[Node, int]:
        operator = self.text(position)[1:]
        indices: tuple[Node, ...] = ()
        lower: Node | None = None
        upper: Node | None = None
        condition: tuple[str, Node, Node] | None = None
        after = position + 1
        while after < end and self.tokens[after].kind in ("sub", "sup"):
            start, stop, behind = self._argument(after, end)
            if self.tokens[after].kind == "sup":
                upper = self.expression(start, stop)
            else:
                indices, lower, condition = self._limits(start, stop)
            after = behind
        body, stop = self._summand(after, end)
        return Reduction(self.span(position, stop), operator, indices, lower, upper, condition, body), stop

    def _summand(self, position: int, end: int) -> tuple[Node, int]:
        r"""Read what a sum or a product runs over; a minus right behind the sign belongs to it: ``\sum_i -2 x_i``."""
        if position >= end or self.text(position) != "-":
            return self.entrywise(position, end)
        body, stop = self.entrywise(position + 1, end)
        return Terms(self.span(position, stop), ((-1, body),)), stop

    def _limits(self, start: int, end: int) -> tuple[tuple[Node, ...], Node | None, tuple[str, Node, Node] | None]:
        for at in range(start, end):
            word = self.text(at)
            if word in ("=", "\\neq", "\\ne", "<", "\\lt", "\\le", "\\leq", ">", "\\gt", "\\ge", "\\geq"):
                left, right = self._subscript(start, at)[0], self.expression(at + 1, end)
                if word == "=":
                    return left, right, None
                name = {
                    "\\neq": "!=",
                    "\\ne": "!=",
                    "\\lt": "<",
                    "\\le": "<=",
                    "\\leq": "<=",
                    "\\gt": ">",
                    "\\ge": ">=",
                    "\\geq": ">=",
                }.get(word, word)
                return left, None, (name, left[0], right)
            if word == "\\in":
                return self._subscript(start, at)[0], None, None
        return self._subscript(start, end)[0], None, None
