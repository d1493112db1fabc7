"""Fractions, derivatives and differentials."""

from __future__ import annotations

from derive.notation import (
    BARS,
    FONTS,
    GREEK,
    TEXT,
)
from derive.parsing.cursor import SIGNS, TIGHT
from derive.parsing.operators import Operators
from derive.source import Span
from derive.syntax import (
    Derivative,
    Differential,
    Fraction_,
    Name,
    Node,
    Num,
    Scripted,
)


class Derivatives(Operators):
    """The layer that reads derivatives in all their forms."""

    def _is_d(self, position: int, end: int) -> bool:
        """Whether a differential ``d`` stands here: upright always, italic where d is no declared symbol."""
        word = self.text(position)
        if position + 1 >= end:
            return False
        if word == "d" and self.tokens[position].kind == "letter":
            return (
                "d" not in self.declared
                and self.tokens[position + 1].kind not in ("sub", "prime", "sup")
                and not self._stops(position + 1, end)
                and self.text(position + 1) not in TIGHT
            )
        if FONTS.get(word) == "rm" or word in TEXT:
            start, stop, after = self._argument(position, end)
            return self.words(start, stop) == "d" and "\\mathrm{d}" not in self.declared and after < end
        return word in ("\\dd", "\\differential") and word not in self.declared

    def _after_d(self, position: int, end: int) -> int:
        if FONTS.get(self.text(position)) == "rm" or self.text(position) in TEXT:
            return self._argument(position, end)[2]
        return position + 1

    def _mark(self, position: int, end: int) -> str:
        while position < end and self.tokens[position].kind == "open" and position + 1 < end:
            position += 1
        if position >= end:
            return ""
        if self.text(position) == "\\partial":
            return "partial"
        if self.text(position) == "d" and self.tokens[position].kind == "letter":
            return "d"
        if FONTS.get(self.text(position)) == "rm" or self.text(position) in TEXT:
            start, stop, _ = self._argument(position, len(self.tokens))
            return "d" if self.words(start, stop) == "d" else ""
        return ""

    def _fraction(self, position: int, end: int) -> tuple[Node, int]:
        top, top_end, after = self._argument(position, end)
        bottom, bottom_end, after = self._argument(after - 1, end)
        span = self.span(position, after)
        mark = self._derivative_mark(top, top_end, bottom, bottom_end)
        if mark:
            return self._derivative(span, mark, (top, top_end), (bottom, bottom_end), after, end)
        return Fraction_(span, self.expression(top, top_end), self.expression(bottom, bottom_end)), after

    def _derivative_mark(self, top: int, top_end: int, bottom: int, bottom_end: int) -> str:
        upper, lower = self._mark(top, top_end), self._mark(bottom, bottom_end)
        if upper == "partial" and lower == "partial":
            return "partial"
        if upper == "d" and lower == "d" and bottom_end - bottom > 1:
            if "d" in self.declared and self.text(bottom) == "d" and self.text(top) == "d":
                return self._mark_beside_a_symbol(top, top_end, bottom, bottom_end)
            return "d"
        if lower == "partial":
            raise self.fail("N103", "expected ∂ in the numerator of a derivative", top)
        return ""

    def _mark_beside_a_symbol(self, top: int, top_end: int, bottom: int, bottom_end: int) -> str:
        """Return the mark where d is a declared symbol, too: nobody writes ``d / (d x)`` for ``1 / x``.

        ``\\frac{d y}{d x}`` may be either. Anything but d and one symbol in the denominator is a product or a sum.
        """
        if not self._is_letter(bottom + 1):
            return ""
        symbol, after = self.factor(bottom + 1, bottom_end)
        plain = symbol.base if isinstance(symbol, Scripted) else symbol
        if after != bottom_end or not isinstance(plain, Name):
            return ""
        if top + 1 == top_end:
            return "d"
        if self._is_letter(top + 1):
            raise self.fail("N106", "d is declared, and this may be a quotient; write \\mathrm{d} in a derivative", top)
        return ""

    def _is_letter(self, position: int) -> bool:
        return self.tokens[position].kind == "letter" or self.text(position) in (GREEK | FONTS.keys())

    def _derivative(
        self, span: Span, mark: str, top: tuple[int, int], bottom: tuple[int, int], after: int, end: int
    ) -> tuple[Node, int]:
        start, stop = top
        start = self._after_d(start, stop)
        order = 1
        if start < stop and self.tokens[start].kind == "sup":
            low, high, start = self._argument(start, stop)
            node = self.expression(low, high)
            if not (isinstance(node, Num) and node.value in (1, 2, 3)):
                raise self.fail("N106", "a derivative of this order is not supported", low)
            order = int(node.value)
        wrt = self._wrt(*bottom)
        if (
            len(wrt) == 1
            and order > 1
            and isinstance(wrt[0], Scripted)
            and isinstance(wrt[0].power, Num)
            and wrt[0].power.value == order
        ):
            old = wrt[0]
            stripped: Node = Scripted(
                old.span, old.base, old.sub, old.sub_text, None, old.transposed, old.primes, old.above
            )
            if not (old.sub or old.transposed or old.primes or old.above):
                stripped = old.base
            wrt = (stripped,) * order
        if len(wrt) != order:
            raise self.fail("N103", f"expected a derivative by {order} variables, found {len(wrt)}", bottom[0])
        empty = start >= stop or (
            self.tokens[start].kind == "open" and self.match[start] == start + 1 and start + 2 == stop
        )
        if empty:
            body, after = self.entrywise(after, end)
            span = self.span(self._position_of(span), after)
        else:
            body = self.expression(start, stop)
        return Derivative(span, body, wrt, order, total=mark == "d"), after

    def _position_of(self, span: Span) -> int:
        low = 0
        while low < len(self.tokens) and self.tokens[low].span.start < span.start:
            low += 1
        return low

    def _wrt(self, start: int, end: int) -> tuple[Node, ...]:
        marks = []
        at = start
        while at < end:
            if (
                self._mark(at, end)
                and self.tokens[at].kind != "open"
                and (at == start or self.text(at) == self.text(start))
            ):
                marks.append(at)
                at = self._after_d(at, end)
            else:
                at = self.skip(at)
        if not marks or marks[0] != start:
            raise self.fail("N103", "expected ∂ or d in the denominator of a derivative", start)
        found = []
        for mark, stop in zip(marks, [*marks[1:], end], strict=True):
            found.append(self.expression(self._after_d(mark, stop), stop))
        return tuple(found)

    def _partial(self, position: int, end: int) -> tuple[Node, int]:
        """Read ``∂f/∂x`` or ``df/dx`` in a line, or a differential."""
        mark = self._mark(position, end)
        after = self._after_d(position, end)
        order = 1
        if after < end and self.tokens[after].kind == "sup":
            low, high, after = self._argument(after, end)
            node = self.expression(low, high)
            order = int(node.value) if isinstance(node, Num) and node.value.denominator == 1 else 0
        slash = after
        while (
            slash < end
            and self.text(slash) not in SIGNS
            and self.text(slash) != "/"
            and not (self._stops(slash, end) and self.text(slash) not in BARS)
        ):
            slash = self.skip(slash)
        if slash < end and self.text(slash) == "/" and slash + 1 < end and self._mark(slash + 1, end) == mark:
            return self._slash_derivative(position, after, slash, order, mark, end)
        if after >= end or order != 1:
            raise self.fail("N103", "expected what the differential is taken of", after)
        inner, stop = self.factor(after, end)
        if inner is None:
            raise self.fail("N103", "expected what the differential is taken of", after)
        return Differential(self.span(position, stop), inner), stop

    def _slash_derivative(
        self, position: int, after: int, slash: int, order: int, mark: str, end: int
    ) -> tuple[Node, int]:
        wrt: list[Node] = []
        at = slash + 1
        while at < end and self._mark(at, end) == mark and self.tokens[at].kind != "open":
            node, at = self.factor(self._after_d(at, end), end)
            if node is None:
                raise self.fail("N103", "expected the variable of a derivative", at)
            wrt.append(node)
        body = self.expression(after, slash)
        if len(wrt) != order:
            raise self.fail("N103", f"expected a derivative by {order} variables, found {len(wrt)}", slash)
        return Derivative(self.span(position, at), body, tuple(wrt), order, total=mark == "d"), at

    def _nabla(self, position: int, end: int) -> tuple[Node, int]:
        wrt: tuple[Node, ...] = ()
        order = 1
        after = position + 1
        while after < end and self.tokens[after].kind in ("sub", "sup"):
            start, stop, behind = self._argument(after, end)
            if self.tokens[after].kind == "sub":
                wrt = (self.expression(start, stop),)
            else:
                node = self.expression(start, stop)
                if not (isinstance(node, Num) and node.value in (1, 2)):
                    raise self.fail("N106", "a derivative of this order is not supported", start)
                order = int(node.value)
            after = behind
        body, stop = self.entrywise(after, end)
        return Derivative(self.span(position, stop), body, wrt * order, order, nabla=True), stop
