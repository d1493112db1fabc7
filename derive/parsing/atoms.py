"""Symbols, numbers, brackets, bars, roots and matrices."""

from __future__ import annotations

from fractions import Fraction

from derive.notation import (
    ACCENT_NAMES,
    ACCENTS,
    BARS,
    CONSTANT_WORDS,
    DOTS,
    DOUBLE_BARS,
    FONTS,
    FUNCTIONS,
    GREEK,
    MATRICES,
    OPENING,
    TEXT,
    UNSUPPORTED,
)
from derive.parsing.choices import CASES, Choices
from derive.parsing.cursor import BINOMIALS, ENTRYWISE, FRACTIONS, SEPARATORS, SIGNS, TIGHT
from derive.syntax import (
    Array,
    Bars,
    Derivative,
    Ellipsis_,
    Entrywise,
    FunctionCall,
    Group,
    Name,
    Node,
    NormBars,
    Num,
    Product,
    Reduction,
    Root,
    Scripted,
    Terms,
)


def font_key(font: str, body: str) -> str:
    """Return the canonical key of a symbol in a font."""
    if font == "it" and len(body.lstrip("\\")) == 1:
        return body
    macro = {
        "bold": "\\mathbf",
        "cal": "\\mathcal",
        "frak": "\\mathfrak",
        "bb": "\\mathbb",
        "rm": "\\mathrm",
        "sf": "\\mathsf",
        "tt": "\\mathtt",
        "it": "\\mathit",
    }[font]
    return f"{macro}{{{body}}}"


class Atoms(Choices):
    """The layer that reads what cannot be taken apart."""

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
        if word in FRACTIONS:
            return self._fraction(position, end)
        if word in BINOMIALS:
            return self._binomial(position, end)
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
        if word == "\\Pr":
            return Name(token.span, "\\mathrm{Pr}"), position + 1
        if word in GREEK:
            return Name(
                token.span, "\\epsilon" if word == "\\varepsilon" and word not in self.declared else word
            ), position + 1
        if word in ACCENTS:
            start, stop, after = self._argument(position, end)
            inner = self.expression(start, stop)
            accent = ACCENT_NAMES.get(word, word)
            if isinstance(inner, Name):
                return Name(self.span(position, after), f"{accent}{{{inner.key}}}"), after
            if isinstance(inner, Scripted) and isinstance(inner.base, Name):
                base = Name(inner.base.span, f"{accent}{{{inner.base.key}}}")
                return Scripted(
                    self.span(position, after),
                    base,
                    inner.sub,
                    inner.sub_text,
                    inner.power,
                    inner.transposed,
                    inner.primes,
                    inner.above,
                ), after
            raise self.fail("N106", f"the accent {word} over a whole expression is not supported", position)
        if word in FONTS:
            return self._font(position, end)
        if word in TEXT:
            start, stop, after = self._argument(position, end)
            name = self.words(start, stop)
            plain = name.strip("~.,;")
            if name.isalpha() or plain.lower() in CONSTANT_WORDS:
                return Name(self.span(position, after), f"\\mathrm{{{plain}}}"), after
            raise self.fail("N106", f"words inside a formula: “{name}”", position)
        if token.kind == "macro":
            raise self.fail("N101", f"the command {word} is not known", position)
        raise self.fail("N103", f"expected a symbol, a number or a bracket, found “{word}”", position)

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
            return Scripted(
                span, base, inner.sub, inner.sub_text, inner.power, inner.transposed, inner.primes, inner.above
            ), after
        if isinstance(inner, Num):
            return Name(span, font_key(font, str(inner.value))), after
        return inner, after

    def _brace(self, position: int) -> tuple[Node | None, int]:
        close = self.match[position]
        after = close + 1
        while self.tokens[position + 1].kind == "open" and self.match[position + 1] == close - 1:
            position, close = position + 1, close - 1  # redundant braces cost no depth
        if position + 1 == close:
            return None, after
        chosen = self._chosen(position + 1, close)
        if chosen is not None:
            return chosen, after
        inner = self.expression(position + 1, close)
        if isinstance(inner, (Terms, Product, Entrywise, Reduction, Derivative, FunctionCall, Scripted)):
            return Group(self.span(position, close + 1), "{", (inner,)), after
        return inner, after

    def _bracket(self, position: int) -> tuple[Node, int]:
        opening, close = self.text(position), self.match[position]
        span = self.span(position, close + 1)
        if self._begins_cases(position, close):
            return self._cases(position + 1), close + 1
        if opening == ".":
            inner = self.expression(position + 1, close)
            return (inner if self.text(close) not in BARS else Group(span, ".", (inner,))), close + 1
        if opening in BARS or opening == "\\lvert":
            inner = self.expression(position + 1, close)
            if isinstance(inner, Bars) and self.text(position + 1) in ("\\lvert", "|"):
                return NormBars(span, inner.inner), close + 1
            return Bars(span, inner), close + 1
        if opening in DOUBLE_BARS or opening == "\\lVert":
            return NormBars(span, self.expression(position + 1, close)), close + 1
        items: list[Node] = []
        separators: list[str] = []
        start = position + 1
        if start == close:
            raise self.fail("N103", "expected something between the brackets", position)
        while True:
            node, stop = self._said(*self.terms(start, close), start, close)
            items.append(node)
            if stop >= close:
                break
            separator = SEPARATORS.get(self.text(stop))
            if separator is None or self.tokens[stop].kind == "column":
                raise self.fail(
                    "N103", f"expected an operator or “{self.text(close)}”, found “{self.text(stop)}”", stop
                )
            if separator == "|" and stop + 1 < close and self.text(stop + 1) in BARS:
                separator, stop = "||", stop + 1
            separators.append(separator)
            start = stop + 1
        kind = {"\\{": "{", "\\lbrace": "{", "\\lbrack": "[", "\\lparen": "("}.get(opening, opening)
        if kind == "{":
            kind = "(" if len(items) == 1 else "\\{"  # a set is no list
        return Group(span, kind, tuple(items), tuple(separators)), close + 1

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
            operand = (
                word in SIGNS or word in ENTRYWISE or word in TIGHT or word.lstrip("\\") in FUNCTIONS or word == ","
            )
            at = self.skip(at)
        raise self.fail("N102", f"“{self.text(position)}” is not closed", position)

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
        if kind in CASES:
            return self._cases(position), close + 2
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
                elif any(each.text == "\\ddots" for each in self.tokens[position:close]):
                    cells.append(Num(token.span, Fraction(0)))  # off the diagonal, nothing is written
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
