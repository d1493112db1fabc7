"""Subscripts, superscripts, primes, and values at a place."""

from __future__ import annotations

from fractions import Fraction

from derive.notation import (
    BARS,
    RELATIONS,
)
from derive.parsing.cursor import TRANSPOSES, Cursor
from derive.syntax import (
    EvaluatedAt,
    FunctionCall,
    Group,
    Name,
    Node,
    Num,
    Product,
    Scripted,
    Terms,
)
from derive.tokens import Unreadable


class Scripts(Cursor):
    """The layer that reads what is written above and below a symbol."""

    def scripts(self, base: Node, start: int, position: int, end: int) -> tuple[Node, int]:
        """Read the subscripts, superscripts and primes behind a base."""
        sub: tuple[Node, ...] = ()
        sub_text, primes, transposed = "", 0, False
        power: Node | None = None
        above: Node | None = None
        key_suffix = ""
        while position < end and self.tokens[position].kind in ("sub", "sup", "prime"):
            token = self.tokens[position]
            if token.kind == "prime":
                primes, position = primes + 1, position + 1
                continue
            inner_start, inner_end, after = self._argument(position, end)
            if inner_start >= inner_end:
                position = after
                continue
            if token.kind == "sub":
                if isinstance(base, Group) and base.kind == "." and self._has_equal(inner_start, inner_end):
                    return self._at(base.items[0], start, inner_start, inner_end, after)
                if sub:
                    raise self.fail("N103", "found a second subscript", position)
                sub, sub_text = self._subscript(inner_start, inner_end)
            else:
                mark, value = self._superscript(inner_start, inner_end)
                if mark == "transpose":
                    transposed = not transposed
                elif mark == "prime":
                    primes += inner_end - inner_start
                elif mark == "above":
                    above = value
                elif mark == "name":
                    key_suffix += "^{" + self.words(inner_start, inner_end) + "}"
                elif mark == "inverse-transpose":
                    power, transposed = value, not transposed
                elif power is not None:
                    raise self.fail("N103", "found a second superscript", position)
                else:
                    power = value
            position = after
        if isinstance(base, Group) and base.kind == ".":
            base = base.items[0]
        if key_suffix and isinstance(base, Name):
            base = Name(base.span, base.key + key_suffix)
        elif key_suffix and isinstance(base, Scripted) and isinstance(base.base, Name):
            base = Scripted(
                base.span,
                Name(base.base.span, base.base.key + key_suffix),
                base.sub,
                base.sub_text,
                base.power,
                base.transposed,
                base.primes,
                base.above,
            )
        if not (sub or power or transposed or primes or above):
            return base, position
        if isinstance(base, Scripted) and not (base.power or base.transposed) and not (sub and base.sub):
            return Scripted(
                self.span(start, position),
                base.base,
                sub or base.sub,
                sub_text or base.sub_text,
                power,
                transposed,
                primes + base.primes,
                above or base.above,
            ), position
        return Scripted(self.span(start, position), base, sub, sub_text, power, transposed, primes, above), position

    def factorial(self, base: Node, position: int, start: int, end: int) -> tuple[Node, int]:
        """Read the ``!`` behind a factor that begins at ``start``, and the scripts of the whole."""
        if position >= end or self.text(position) != "!":
            return base, position
        if position + 1 < end and self.text(position + 1) == "!":
            raise self.fail("N106", "a double factorial is not supported", position)
        if isinstance(base, Scripted) and (base.power is not None or base.transposed or base.primes):
            raise self.fail("N106", "a factorial behind a power means two things; write brackets", position)
        whole = FunctionCall(self.span(start, position + 1), "factorial", base)
        return self.scripts(whole, start, position + 1, end)

    def _subscript(self, start: int, end: int) -> tuple[tuple[Node, ...], str]:
        text = "".join(token.text for token in self.tokens[start:end])
        items: list[Node] = []
        at = start
        try:
            while at < end:
                node, stop = self.terms(at, end)
                if isinstance(node, Product) and all(operator == "" for operator in node.operators):
                    items.extend(node.items)
                else:
                    items.append(node)
                if stop < end and self.text(stop) not in (",", ";", "|", "\\mid"):
                    items = [] if self.text(stop) in RELATIONS else items
                    break
                at = stop + 1
        except Unreadable:
            items = []
        if not items:  # a label such as {1:n} or {+}
            return (Name(self.span(start, end), f"\\mathrm{{{text}}}"),), text
        return tuple(items), text

    def _superscript(self, start: int, end: int) -> tuple[str, Node | None]:
        texts = [self.text(at) for at in range(start, end)]
        if texts and all(text == "\\prime" for text in texts):
            return "prime", None
        if len(texts) == 1 and texts[0] in (
            "*",
            "\\star",
            "\\ast",
            "\\dagger",
            "+",
            "-",
            "\\dag",
            "\\circ",
            "\\sharp",
            "\\perp",
            "\\bullet",
        ):
            return "name", None
        try:
            node = self.expression(start, end)
        except Unreadable as problem:
            if len(texts) == 2 and texts[0] == "-" and texts[1] in TRANSPOSES:
                return "inverse-transpose", Num(self.span(start, end), Fraction(-1))
            if texts and texts[-1] in ("\\top", "\\intercal"):
                if len(texts) == 1:
                    return "transpose", None
                try:
                    return "inverse-transpose", self.expression(start, end - 1)
                except Unreadable:
                    raise problem from None
            raise
        if isinstance(node, Name):
            if node.key in TRANSPOSES:
                return "transpose", node
            if node.key.startswith("\\mathrm{") and node.key != "\\mathrm{d}":
                return "name", None
        if (
            isinstance(node, Terms)
            and len(node.items) == 1
            and isinstance(node.items[0][1], Name)
            and node.items[0][0] < 0
            and node.items[0][1].key in TRANSPOSES
        ):
            return "inverse-transpose", Num(node.span, Fraction(-1))
        if (
            isinstance(node, Product)
            and isinstance(node.items[-1], Name)
            and node.items[-1].key in TRANSPOSES
            and isinstance(node.items[0], Num)
            and len(node.items) == 2
        ):
            return "inverse-transpose", node.items[0]
        if isinstance(node, Terms) and len(node.items) == 1 and isinstance(node.items[0][1], Product):
            product = node.items[0][1]
            last = product.items[-1]
            if isinstance(last, Name) and last.key in TRANSPOSES and isinstance(product.items[0], Num):
                return "inverse-transpose", Num(node.span, product.items[0].value * node.items[0][0])
        if isinstance(node, Group) and node.kind == "(" and len(node.items) == 1:
            return "above", node.items[0]
        return "power", node

    def _has_equal(self, start: int, end: int) -> bool:
        return any(self.text(at) == "=" for at in range(start, end))

    def _at_mark(self, position: int, end: int) -> bool:
        if self.text(position) not in BARS or position + 1 >= end or self.tokens[position + 1].kind != "sub":
            return False
        start, stop, _ = self._argument(position + 1, end)
        return self._has_equal(start, stop)

    def _evaluated(self, inner: Node, start: int, position: int, end: int) -> tuple[Node, int]:
        low, high, after = self._argument(position + 1, end)
        return self._at(inner, start, low, high, after)

    def _at(self, inner: Node, start: int, low: int, high: int, after: int) -> tuple[Node, int]:
        equal = next(at for at in range(low, high) if self.text(at) == "=")
        symbol, value = self.expression(low, equal), self.expression(equal + 1, high)
        return EvaluatedAt(self.span(start, after), inner, symbol, value), after
