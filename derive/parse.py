"""LaTeX maths to syntax trees with spans: the whole formula or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from derive.brackets import TokenList, prepare
from derive.limits import MAX_DEPTH
from derive.notation import (
    ACCENT_NAMES, ACCENTS, BARS, CLOSING, DOTS, DOUBLE_BARS, FONTS, FUNCTIONS, GREEDY, GREEK, MATRICES, OPENING,
    TEXT, UNSUPPORTED,
)
from derive.source import Span
from derive.syntax import (
    Array, Bars, Derivative, Differential, Ellipsis_, Entrywise, EvaluatedAt, Fraction_, FunctionCall, Group, Name, Node,
    NormBars, Num, Product, Reduction, Root, Scripted, Terms,
)
from derive.tokens import Token, Unreadable

_SIGNS = {"+": 1, "-": -1}
_ENTRYWISE = {"\\odot": "hadamard", "\\circ": "hadamard", "\\ast": "hadamard", "\\otimes": "kronecker",
              "\\dotstar": "hadamard"}
_TIGHT = {"\\cdot": "\\cdot", "\\times": "\\times", "*": "*", "/": "/", "\\div": "/", "\\bullet": "\\cdot"}
_SEPARATORS = {",": ",", ";": ";", "\\mid": "|", "|": "|", "\\vert": "|", ":": ":", "\\colon": ":", "&": "&"}
_FRACTIONS = frozenset({"\\frac", "\\tfrac", "\\dfrac", "\\cfrac", "\\nicefrac", "\\sfrac"})
_TRANSPOSES = frozenset({"\\top", "\\intercal", "\\mathsf{T}", "\\mathrm{T}", "T", "\\mathit{T}", "\\mathrm{t}",
                         "\\mathtt{T}", "\\mathrm{tr}", "\\prime", "\\mathrm{transpose}", "\\mathbf{T}", "\\mathcal{T}"})


class Parser:
    """Recursive descent over prepared tokens; every method reads within ``[start, end)``."""

    def __init__(self, tokens: TokenList, declared: Collection[str] = ()) -> None:
        self.tokens = tokens.tokens
        self.match = tokens.match
        self.declared = declared
        self.depth = 0

    # -- places and errors -------------------------------------------------------------------------------------

    def span(self, start: int, end: int) -> Span:
        """Return the span of the tokens ``[start, end)``."""
        if not self.tokens:
            return Span(0, 0)
        if start >= end:
            last = self.tokens[min(start, len(self.tokens) - 1)].span
            return Span(last.start, last.start) if start < len(self.tokens) else Span(last.end, last.end)
        return Span(self.tokens[start].span.start, max(self.tokens[end - 1].span.end, self.tokens[start].span.end))

    def fail(self, code: str, message: str, at: int) -> Unreadable:
        """Return the error for the token at a position."""
        return Unreadable(code, message, self.span(at, at + 1) if at < len(self.tokens) else self.span(at, at))

    def text(self, position: int) -> str:
        """Return the text of a token."""
        return self.tokens[position].text

    def skip(self, position: int) -> int:
        """Return the position behind the token or bracketed group that starts here."""
        return self.match[position] + 1 if self.match[position] > position else position + 1

    # -- sums, entrywise products, products ----------------------------------------------------------------------

    def expression(self, start: int, end: int) -> Node:
        """Read ``[start, end)`` whole as one expression."""
        node, position = self.terms(start, end)
        if position < end:
            raise self.fail("N103", f"expected an operator or the end of the formula, found “{self.text(position)}”", position)
        return node

    def terms(self, start: int, end: int) -> tuple[Node, int]:
        """Read a sum of signed terms."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("N104", f"the formula is nested more than {MAX_DEPTH} levels deep", start)
        items: list[tuple[int, Node]] = []
        position = start
        while True:
            sign, position = self._signs(position, end)
            node, position = self.entrywise(position, end)
            items.append((sign, node))
            if position >= end or self.text(position) not in _SIGNS:
                break
        self.depth -= 1
        if len(items) == 1 and items[0][0] == 1:
            return items[0][1], position
        return Terms(self.span(start, position), tuple(items)), position

    def _signs(self, position: int, end: int) -> tuple[int, int]:
        sign = 1
        while position < end and self.text(position) in _SIGNS:
            sign *= _SIGNS[self.text(position)]
            position += 1
        return sign, position

    def entrywise(self, start: int, end: int) -> tuple[Node, int]:
        """Read products joined by Hadamard and Kronecker signs."""
        node, position = self.product(start, end)
        while position < end and self.text(position) in _ENTRYWISE:
            operator = _ENTRYWISE[self.text(position)]
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
            if word in _TIGHT and items:
                operator = _TIGHT[word]
                position += 1
                sign, position = self._signs(position, end)
                if sign < 0:
                    items.append(Num(self.span(position - 1, position), Fraction(-1)))
                    operators.append("\\cdot")
                if position >= end:
                    raise self.fail("N103", f"expected a factor after “{word}”", position)
                continue
            node, position = self.factor(position, end)
            if node is not None:
                items.append(node)
                operators.append(operator)
                operator = ""
        if not items:
            found = f"found “{self.text(position)}”" if position < end else "found the end"
            raise self.fail("N103", f"expected a symbol, a number or a bracket, {found}", position)
        return self._joined(start, position, items, operators), position

    def _joined(self, start: int, end: int, items: list[Node], operators: list[str]) -> Node:
        if len(items) == 1:
            return items[0]
        return Product(self.span(start, end), tuple(items), tuple(operators))

    def _stops(self, position: int, end: int) -> bool:
        token = self.tokens[position]
        word = token.text
        if word in _SIGNS or word in _ENTRYWISE or token.kind in ("close", "fence-close", "row", "column"):
            return True
        if word in BARS and token.kind != "fence-open":
            return self._bars_left(position, end) % 2 == 1
        return word in _SEPARATORS and word not in BARS or word in CLOSING

    def _bars_left(self, position: int, end: int) -> int:
        count = 0
        while position < end:
            count += self.tokens[position].text in BARS and self.tokens[position].kind in ("sign", "macro")
            position = self.skip(position)
        return count

    # -- factors -----------------------------------------------------------------------------------------------

    def factor(self, position: int, end: int) -> tuple[Node | None, int]:
        """Read one factor with its scripts; None for something without meaning (an empty group)."""
        token = self.tokens[position]
        word = token.text
        if word in ("\\sum", "\\prod"):
            return self._reduction(position, end)
        if word == "\\nabla":
            return self._nabla(position, end)
        if word == "\\partial" or self._is_d(position, end):
            return self._partial(position, end)
        function = self._function_name(position)
        if function is not None and FUNCTIONS[function[0]] not in ("sqrt",) and function[0] not in self.declared:
            return self._function(FUNCTIONS[function[0]], position, function[1], end)
        base, after = self.atom(position, end)
        if base is None:
            return None, after
        return self.scripts(base, position, after, end)

    def atom(self, position: int, end: int) -> tuple[Node | None, int]:
        """Read a symbol, number, bracket, fraction, root or matrix, without scripts."""
        token = self.tokens[position]
        word, kind = token.text, token.kind
        if kind == "number":
            return Num(token.span, Fraction(word)), position + 1
        if kind == "open":
            return self._brace(position)
        if kind == "fence-open" or (word in OPENING and kind != "fence-close"):
            return self._bracket(position)
        if word in BARS or word in DOUBLE_BARS:
            return self._bars(position, end)
        if word in _FRACTIONS:
            return self._fraction(position, end)
        if word == "\\sqrt":
            return self._root(position, end)
        if word == "\\begin":
            return self._array(position)
        if word in DOTS:
            return Ellipsis_(token.span), position + 1
        if word in UNSUPPORTED:
            raise self.fail("N106", f"{UNSUPPORTED[word]} ({word}) is not supported", position)
        return self.name(position, end)

    def name(self, position: int, end: int) -> tuple[Node, int]:
        """Read a symbol: a letter, a Greek letter, a font or an accent with its argument, or a word."""
        token = self.tokens[position]
        word = token.text
        if token.kind == "letter":
            return Name(token.span, word), position + 1
        if word in GREEK:
            return Name(token.span, "\\epsilon" if word == "\\varepsilon" and word not in self.declared else word), position + 1
        if word in ACCENTS:
            start, stop, after = self._argument(position, end)
            inner = self.expression(start, stop)
            accent = ACCENT_NAMES.get(word, word)
            if isinstance(inner, Name):
                return Name(self.span(position, after), f"{accent}{{{inner.key}}}"), after
            if isinstance(inner, Scripted) and isinstance(inner.base, Name):
                base = Name(inner.base.span, f"{accent}{{{inner.base.key}}}")
                return Scripted(self.span(position, after), base, inner.sub, inner.sub_text, inner.power,
                                inner.transposed, inner.primes, inner.above), after
            raise self.fail("N106", f"the accent {word} over a whole expression is not supported", position)
        if word in FONTS:
            return self._font(position, end)
        if word in TEXT:
            start, stop, after = self._argument(position, end)
            name = self.words(start, stop)
            if name.isalpha():
                return Name(self.span(position, after), f"\\mathrm{{{name}}}"), after
            raise self.fail("N106", f"words inside a formula: “{name}”", position)
        if token.kind == "macro":
            raise self.fail("N101", f"the command {word} is not known", position)
        raise self.fail("N103", f"expected a symbol, a number or a bracket, found “{word}”", position)

    def words(self, start: int, stop: int) -> str:
        """Return the text of tokens as plain words."""
        return "".join(token.text for token in self.tokens[start:stop] if token.kind not in ("open", "close"))

    def _font(self, position: int, end: int) -> tuple[Node, int]:
        font = FONTS[self.text(position)]
        start, stop, after = self._argument(position, end)
        span = self.span(position, after)
        tokens = self.tokens[start:stop]
        if all(token.kind in ("letter", "number", "sign", "space") for token in tokens):
            body = "".join(token.text for token in tokens).replace("-", "").strip()
            if body:
                return Name(span, font_key(font, body)), after
        inner = self.expression(start, stop)
        if isinstance(inner, Name):
            return Name(span, font_key(font, inner.key)), after
        if isinstance(inner, Scripted) and isinstance(inner.base, Name):
            base = Name(inner.base.span, font_key(font, inner.base.key))
            return Scripted(span, base, inner.sub, inner.sub_text, inner.power, inner.transposed, inner.primes,
                            inner.above), after
        if isinstance(inner, Num):
            return Name(span, font_key(font, str(inner.value))), after
        return inner, after

    def _argument(self, position: int, end: int) -> tuple[int, int, int]:
        """Return start, stop and the position behind the argument of the macro at ``position``."""
        first = position + 1
        if first >= end:
            raise self.fail("N103", f"expected an argument after {self.text(position)}", position)
        if self.tokens[first].kind == "open":
            return first + 1, self.match[first], self.match[first] + 1
        if self.text(first) in FONTS or self.text(first) in ACCENTS or self.text(first) in TEXT:
            return first, self._argument(first, end)[2], self._argument(first, end)[2]
        if self.text(first) in _FRACTIONS:
            stop = self._argument(self._argument(first, end)[2] - 1, end)[2]
            return first, stop, stop
        return first, first + 1, first + 1

    def _brace(self, position: int) -> tuple[Node | None, int]:
        close = self.match[position]
        after = close + 1
        while self.tokens[position + 1].kind == "open" and self.match[position + 1] == close - 1:
            position, close = position + 1, close - 1  # redundant braces cost no depth
        if position + 1 == close:
            return None, after
        inner = self.expression(position + 1, close)
        if isinstance(inner, (Terms, Product, Entrywise, Reduction, Derivative, FunctionCall, Scripted)):
            return Group(self.span(position, close + 1), "{", (inner,)), after
        return inner, after

    def _bracket(self, position: int) -> tuple[Node, int]:
        opening, close = self.text(position), self.match[position]
        span = self.span(position, close + 1)
        if opening == ".":
            inner = self.expression(position + 1, close)
            return (inner if self.text(close) not in BARS else Group(span, ".", (inner,))), close + 1
        if opening in BARS or opening == "\\lvert":
            return Bars(span, self.expression(position + 1, close)), close + 1
        if opening in DOUBLE_BARS or opening == "\\lVert":
            return NormBars(span, self.expression(position + 1, close)), close + 1
        items: list[Node] = []
        separators: list[str] = []
        start = position + 1
        if start == close:
            raise self.fail("N103", "expected something between the brackets", position)
        while True:
            node, stop = self.terms(start, close)
            items.append(node)
            if stop >= close:
                break
            separator = _SEPARATORS.get(self.text(stop))
            if separator is None or self.tokens[stop].kind == "column":
                raise self.fail("N103", f"expected an operator or “{self.text(close)}”, found “{self.text(stop)}”", stop)
            separators.append(separator)
            start = stop + 1
        kind = {"\\{": "{", "\\lbrace": "{", "\\lbrack": "[", "\\lparen": "("}.get(opening, opening)
        return Group(span, kind if kind != "{" else "(", tuple(items), tuple(separators)), close + 1

    def _bars(self, position: int, end: int) -> tuple[Node, int]:
        double = self.text(position) in DOUBLE_BARS
        width = 1
        if not double and position + 1 < end and self.text(position + 1) in BARS:
            double, width = True, 2
        close = self._closing_bar(position, end, double, width)
        inner = self.expression(position + width, close)
        span = self.span(position, close + width)
        return (NormBars(span, inner) if double else Bars(span, inner)), close + width

    def _closing_bar(self, position: int, end: int, double: bool, width: int) -> int:
        wanted = DOUBLE_BARS if double and width == 1 else BARS
        operand, open_bars, at = True, 0, position + width
        while at < end:
            word = self.text(at)
            if word in wanted and self.tokens[at].kind not in ("fence-open", "fence-close"):
                if operand and width == 1:
                    open_bars, operand = open_bars + 1, True
                elif open_bars:
                    open_bars, operand = open_bars - 1, False
                elif width == 1 or (at + 1 < end and self.text(at + 1) in BARS):
                    return at
                at += 1
                continue
            if self.tokens[at].kind in ("sub", "sup") and at + 1 < end:
                at, operand = self.skip(at + 1), False
                continue
            operand = word in _SIGNS or word in _ENTRYWISE or word in _TIGHT or word.lstrip("\\") in FUNCTIONS or word == ","
            at = self.skip(at)
        raise self.fail("N102", f"“{self.text(position)}” is not closed", position)

    def _fraction(self, position: int, end: int) -> tuple[Node, int]:
        top, top_end, after = self._argument(position, end)
        bottom, bottom_end, after = self._argument(after - 1, end)
        span = self.span(position, after)
        mark = self._derivative_mark(top, top_end, bottom, bottom_end)
        if mark:
            return self._derivative(span, mark, (top, top_end), (bottom, bottom_end), after, end)
        return Fraction_(span, self.expression(top, top_end), self.expression(bottom, bottom_end)), after

    def _root(self, position: int, end: int) -> tuple[Node, int]:
        degree = None
        if position + 1 < end and self.text(position + 1) == "[":
            close = self.match[position + 1]
            degree = self.expression(position + 2, close)
            start, stop, after = self._argument(close, end)
        else:
            start, stop, after = self._argument(position, end)
        return Root(self.span(position, after), self.expression(start, stop), degree), after

    def _array(self, position: int) -> tuple[Node, int]:
        close = self.match[position] - 1
        kind = self.tokens[position + 1].text
        if kind not in MATRICES:
            raise self.fail("N106", f"the environment {kind} is not supported inside a formula", position)
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        start = at = position + 2
        if kind == "array" and self.tokens[start].kind == "open":
            start = at = self.match[start] + 1
        while at <= close:
            token = self.tokens[at]
            if at == close or token.kind in ("row", "column"):
                if at > start:
                    cells.append(self.expression(start, at))
                elif token.kind == "column" or cells:
                    raise self.fail("N103", "expected an entry of the matrix", at)
                if cells and (at == close or token.kind == "row"):
                    rows.append(tuple(cells))
                    cells = []
                start = at + 1
                at += 1
            else:
                at = self.skip(at)
        if not rows or len({len(row) for row in rows}) != 1:
            raise self.fail("N103", "expected rows of the same number of entries", position)
        return Array(self.span(position, close + 2), kind, tuple(rows)), close + 2

    # -- scripts -----------------------------------------------------------------------------------------------

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
            base = Scripted(base.span, Name(base.base.span, base.base.key + key_suffix), base.sub, base.sub_text, base.power,
                            base.transposed, base.primes, base.above)
        if not (sub or power or transposed or primes or above):
            return base, position
        if isinstance(base, Scripted) and not (base.power or base.transposed) and not (sub and base.sub):
            return Scripted(self.span(start, position), base.base, sub or base.sub, sub_text or base.sub_text, power,
                            transposed, primes + base.primes, above or base.above), position
        return Scripted(self.span(start, position), base, sub, sub_text, power, transposed, primes, above), position

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
                    break
                at = stop + 1
        except Unreadable:
            items = []
        if not items:  # a label such as {1:n} or {+}
            return (Name(self.span(start, end), f"\\mathrm{{{text}}}"),), text
        return tuple(items), text

    def _superscript(self, start: int, end: int) -> tuple[str, Node | None]:
        texts = [self.text(at) for at in range(start, end)]
        if len(texts) == 1 and texts[0] in ("*", "\\star", "\\ast", "\\dagger", "+", "-", "\\dag", "\\circ", "\\prime",
                                             "\\sharp", "\\perp", "\\bullet"):
            return ("transpose", None) if texts[0] == "\\prime" else ("name", None)
        try:
            node = self.expression(start, end)
        except Unreadable as problem:
            if len(texts) == 2 and texts[0] == "-" and texts[1] in _TRANSPOSES:
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
            if node.key in _TRANSPOSES:
                return "transpose", node
            if node.key.startswith("\\mathrm{") and node.key != "\\mathrm{d}":
                return "name", None
        if isinstance(node, Terms) and len(node.items) == 1 and isinstance(node.items[0][1], Name) and node.items[0][0] < 0 \
                and node.items[0][1].key in _TRANSPOSES:
            return "inverse-transpose", Num(node.span, Fraction(-1))
        if isinstance(node, Product) and isinstance(node.items[-1], Name) and node.items[-1].key in _TRANSPOSES \
                and isinstance(node.items[0], Num) and len(node.items) == 2:
            return "inverse-transpose", node.items[0]
        if isinstance(node, Terms) and len(node.items) == 1 and isinstance(node.items[0][1], Product):
            product = node.items[0][1]
            last = product.items[-1]
            if isinstance(last, Name) and last.key in _TRANSPOSES and isinstance(product.items[0], Num):
                return "inverse-transpose", Num(node.span, product.items[0].value * node.items[0][0])
        if isinstance(node, Group) and node.kind == "(" and len(node.items) == 1:
            return "above", node.items[0]
        return "power", node

    # -- functions and operators -------------------------------------------------------------------------------

    def _function_name(self, position: int) -> tuple[str, int] | None:
        """Return the name of a known function written here and the position behind the name."""
        word = self.text(position)
        token = self.tokens[position]
        if token.kind == "macro" and word[1:] in FUNCTIONS and word not in FONTS and word not in TEXT:
            return word[1:], position + 1
        if word in FONTS and FONTS[word] in ("rm", "sf", "it") or word in TEXT:
            if position + 1 >= len(self.tokens):
                return None
            start, stop, after = self._argument(position, len(self.tokens))
            name = self.words(start, stop).strip()
            return (name, after) if name in FUNCTIONS else None
        if token.kind == "letter" and position + 2 < len(self.tokens):  # tr( and ln( typed without a backslash
            for name in ("tr", "ln", "log", "exp", "det", "Tr"):
                stop = position + len(name)
                if stop < len(self.tokens) and self.text(stop) in ("(", "[") and name[0] not in self.declared \
                        and all(self.text(position + i) == name[i] and self.tokens[position + i].kind == "letter"
                                for i in range(len(name))):
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
        if kind in ("open", "fence-open") or word in OPENING or word in BARS or word in DOUBLE_BARS or word == "\\begin":
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
            argument, stop = self.factor(after, end)  # type: ignore[assignment]
            if argument is None:
                raise self.fail("N103", f"expected the argument of {function}", after)
        return FunctionCall(self.span(position, stop), function, argument, power, transposed, sub), stop

    def _simple_product(self, start: int, end: int) -> tuple[Node, int]:
        """Read the unbracketed argument of a function: factors up to a sign, a dot or another function."""
        items: list[Node] = []
        position = start
        while position < end and not self._stops(position, end) and self.text(position) not in ("\\cdot", "\\times", "*"):
            if items and (self._function_name(position) is not None or self.text(position) in ("\\sum", "\\prod")):
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
        body, stop = self.entrywise(after, end)
        return Reduction(self.span(position, stop), operator, indices, lower, upper, condition, body), stop

    def _limits(self, start: int, end: int) -> tuple[tuple[Node, ...], Node | None, tuple[str, Node, Node] | None]:
        for at in range(start, end):
            word = self.text(at)
            if word in ("=", "\\neq", "\\ne", "<", "\\lt", "\\le", "\\leq", ">", "\\gt", "\\ge", "\\geq"):
                left, right = self._subscript(start, at)[0], self.expression(at + 1, end)
                if word == "=":
                    return left, right, None
                name = {"\\neq": "!=", "\\ne": "!=", "\\lt": "<", "\\le": "<=", "\\leq": "<=", "\\gt": ">", "\\ge": ">=",
                        "\\geq": ">="}.get(word, word)
                return left, None, (name, left[0], right)
            if word == "\\in":
                return self._subscript(start, at)[0], None, None
        return self._subscript(start, end)[0], None, None

    # -- derivatives -------------------------------------------------------------------------------------------

    def _is_d(self, position: int, end: int) -> bool:
        """Whether a differential ``d`` stands here: upright always, italic where d is no declared symbol."""
        word = self.text(position)
        if position + 1 >= end:
            return False
        if word == "d" and self.tokens[position].kind == "letter":
            return "d" not in self.declared and self.tokens[position + 1].kind not in ("sub", "prime", "sup") \
                and not self._stops(position + 1, end) and self.text(position + 1) not in _TIGHT
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

    def _derivative_mark(self, top: int, top_end: int, bottom: int, bottom_end: int) -> str:
        upper, lower = self._mark(top, top_end), self._mark(bottom, bottom_end)
        if upper == "partial" and lower == "partial":
            return "partial"
        if upper == "d" and lower == "d" and bottom_end - bottom > 1:
            return "" if "d" in self.declared and self.text(bottom) == "d" and self.text(top) == "d" else "d"
        if lower == "partial":
            raise self.fail("N103", "expected ∂ in the numerator of a derivative", top)
        return ""

    def _derivative(self, span: Span, mark: str, top: tuple[int, int], bottom: tuple[int, int], after: int, end: int
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
        if len(wrt) == 1 and order > 1 and isinstance(wrt[0], Scripted) and isinstance(wrt[0].power, Num) \
                and wrt[0].power.value == order:
            old = wrt[0]
            stripped: Node = Scripted(old.span, old.base, old.sub, old.sub_text, None, old.transposed, old.primes, old.above)
            if not (old.sub or old.transposed or old.primes or old.above):
                stripped = old.base
            wrt = (stripped,) * order
        if len(wrt) != order:
            raise self.fail("N103", f"expected a derivative by {order} variables, found {len(wrt)}", bottom[0])
        empty = start >= stop or (self.tokens[start].kind == "open" and self.match[start] == start + 1 and start + 2 == stop)
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
            if self._mark(at, end) and self.tokens[at].kind != "open" and (at == start or self.text(at) == self.text(start)):
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
        while slash < end and self.text(slash) not in _SIGNS and self.text(slash) != "/" and not (
                self._stops(slash, end) and self.text(slash) not in BARS):
            slash = self.skip(slash)
        if slash < end and self.text(slash) == "/" and slash + 1 < end and self._mark(slash + 1, end) == mark:
            return self._slash_derivative(position, after, slash, order, mark, end)
        if after >= end or order != 1:
            raise self.fail("N103", "expected what the differential is taken of", after)
        inner, stop = self.factor(after, end)
        if inner is None:
            raise self.fail("N103", "expected what the differential is taken of", after)
        return Differential(self.span(position, stop), inner), stop

    def _slash_derivative(self, position: int, after: int, slash: int, order: int, mark: str, end: int) -> tuple[Node, int]:
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

    # -- evaluation at a value ---------------------------------------------------------------------------------

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


def font_key(font: str, body: str) -> str:
    """Return the canonical key of a symbol in a font."""
    if font == "it" and len(body.lstrip("\\")) == 1:
        return body
    macro = {"bold": "\\mathbf", "cal": "\\mathcal", "frak": "\\mathfrak", "bb": "\\mathbb", "rm": "\\mathrm",
             "sf": "\\mathsf", "tt": "\\mathtt", "it": "\\mathit"}[font]
    return f"{macro}{{{body}}}"


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
