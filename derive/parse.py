"""LaTeX maths to syntax trees with spans: the whole formula or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from derive.brackets import prepare
from derive.notation import (
    BARS,
    CLOSING,
    FUNCTIONS,
)
from derive.parsing.cursor import ENTRYWISE, SEPARATORS, SIGNS, TIGHT
from derive.parsing.integrals import Integrals
from derive.syntax import (
    Entrywise,
    Node,
    Num,
    Product,
    Terms,
)
from derive.tokens import Token


class Parser(Integrals):
    """Recursive descent over prepared tokens; every method reads within ``[start, end)``."""

    # -- places and errors -------------------------------------------------------------------------------------

    # -- sums, entrywise products, products ----------------------------------------------------------------------

    def expression(self, start: int, end: int) -> Node:
        """Read ``[start, end)`` whole as one expression."""
        node, position = self.terms(start, end)
        if position < end:
            raise self.fail(
                "N103", f"expected an operator or the end of the formula, found “{self.text(position)}”", position
            )
        return node

    def terms(self, start: int, end: int) -> tuple[Node, int]:
        """Read a sum of signed terms."""
        items: list[tuple[int, Node]] = []
        position = start
        while True:
            sign, position = self._signs(position, end)
            node, position = self.entrywise(position, end)
            items.append((sign, node))
            if position >= end or self.text(position) not in SIGNS:
                break
        if len(items) == 1 and items[0][0] == 1:
            return items[0][1], position
        return Terms(self.span(start, position), tuple(items)), position

    def _signs(self, position: int, end: int) -> tuple[int, int]:
        sign = 1
        while position < end and self.text(position) in SIGNS:
            sign *= SIGNS[self.text(position)]
            position += 1
        return sign, position

    def entrywise(self, start: int, end: int) -> tuple[Node, int]:
        """Read products joined by Hadamard and Kronecker signs."""
        node, position = self.product(start, end)
        while position < end and self.text(position) in ENTRYWISE:
            operator = ENTRYWISE[self.text(position)]
            right, position = self.product(position + 1, end)
            node = Entrywise(self.span(start, position), operator, node, right)
        return node, position

    def product(self, start: int, end: int) -> tuple[Node, int]:
        """Read juxtaposed, dotted and divided factors."""
        items: list[Node] = []
        operators: list[str] = []
        position = start
        operator = ""
        while position < end:
            if items and self._at_mark(position, end):
                node, position = self._evaluated(self._joined(start, position, items, operators), start, position, end)
                items, operators, operator = [node], [""], ""
                continue
            if self._stops(position, end):
                break
            word = self.text(position)
            if word in TIGHT and items:
                operator = TIGHT[word]
                position += 1
                sign, position = self._signs(position, end)
                if sign < 0:
                    items.append(Num(self.span(position - 1, position), Fraction(-1)))
                    operators.append("\\cdot")
                if position >= end:
                    raise self.fail("N103", f"expected a factor after “{word}”", position)
                continue
            found, position = self.factor(position, end)
            if found is not None:
                items.append(found)
                operators.append(operator)
                operator = ""
        if not items:
            instead = f"found “{self.text(position)}”" if position < end else "found the end"
            raise self.fail("N103", f"expected a symbol, a number or a bracket, {instead}", position)
        return self._joined(start, position, items, operators), position

    def _joined(self, start: int, end: int, items: list[Node], operators: list[str]) -> Node:
        if len(items) == 1:
            return items[0]
        return Product(self.span(start, end), tuple(items), tuple(operators))

    def _stops(self, position: int, end: int) -> bool:
        token = self.tokens[position]
        word = token.text
        if word in SIGNS or word in ENTRYWISE or token.kind in ("close", "fence-close", "row", "column"):
            return True
        if word in BARS and token.kind != "fence-open":
            left = self._bars_left(position, end)
            double = position + 2 < end and self.text(position + 1) in BARS
            return left % 2 == 1 or (double and left == 2)  # KL[p || q]; the bars of a norm have partners
        return (word in SEPARATORS and word not in BARS) or word in CLOSING or self._is_inner_sign(position)

    def _bars_left(self, position: int, end: int) -> int:
        count = 0
        while position < end:
            count += self.tokens[position].text in BARS and self.tokens[position].kind in ("sign", "macro")
            position = self.skip(position)
        return count

    # -- factors -----------------------------------------------------------------------------------------------

    def factor(self, position: int, end: int) -> tuple[Node | None, int]:
        """Read one factor with its scripts; None for something without meaning (an empty group)."""
        self.enter(position)
        found = self._factor(position, end)
        self.depth -= 1
        return found

    def _factor(self, position: int, end: int) -> tuple[Node | None, int]:
        token = self.tokens[position]
        word = token.text
        if word in ("\\sum", "\\prod"):
            return self._reduction(position, end)
        if word == "\\int":
            return self._integral(position, end)
        if word == "\\nabla":
            return self._nabla(position, end)
        function = self._function_name(position)
        if function is not None and word != "\\sqrt" and function[0] not in self.declared:
            return self._function(FUNCTIONS[function[0]], position, function[1], end)
        if word == "\\partial" or self._is_d(position, end):
            return self._partial(position, end)
        base, after = self.atom(position, end)
        if base is None:
            return None, after
        return self.factorial(*self.scripts(base, position, after, end), position, end)

    # -- scripts -----------------------------------------------------------------------------------------------

    # -- functions and operators -------------------------------------------------------------------------------

    # -- derivatives -------------------------------------------------------------------------------------------

    # -- evaluation at a value ---------------------------------------------------------------------------------


def parse(tokens: Sequence[Token], declared: Collection[str] = ()) -> Node:
    """Read one expression.

    Parameters
    ----------
    tokens : sequence of Token
        The tokens of the whole expression.
    declared : collection of str
        Keys of declared symbols; a declared ``d`` is no differential.

    Raises
    ------
    Unreadable
        With the code, the reason and the place, if any part is not understood.

    Examples
    --------
    >>> from derive.source import Excerpt
    >>> from derive.tokens import tokenize
    >>> type(parse(tokenize(Excerpt.of(r"A^\\top x")))).__name__
    'Product'
    """
    prepared = prepare(tokens)
    return Parser(prepared, declared).expression(0, len(prepared.tokens))
