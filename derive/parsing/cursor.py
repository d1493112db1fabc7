"""Prepared tokens with a place in them: what all layers of the parser share."""

from __future__ import annotations

from collections.abc import Collection

from derive.brackets import TokenList
from derive.limits import MAX_DEPTH
from derive.notation import (
    ACCENTS,
    FONTS,
    TEXT,
)
from derive.source import Span
from derive.syntax import (
    Node,
)
from derive.tokens import Unreadable

SIGNS = {"+": 1, "-": -1}
ENTRYWISE = {
    "\\odot": "hadamard",
    "\\circ": "hadamard",
    "\\ast": "hadamard",
    "\\otimes": "kronecker",
    "\\dotstar": "hadamard",
}
TIGHT = {"\\cdot": "\\cdot", "\\times": "\\times", "*": "*", "/": "/", "\\div": "/", "\\bullet": "\\cdot"}
SEPARATORS = {",": ",", ";": ";", "\\mid": "|", "|": "|", "\\vert": "|", ":": ":", "\\colon": ":", "&": "&"}
FRACTIONS = frozenset({"\\frac", "\\tfrac", "\\dfrac", "\\cfrac", "\\nicefrac", "\\sfrac"})
BINOMIALS = frozenset({"\\binom", "\\dbinom", "\\tbinom"})
TRANSPOSES = frozenset(
    {
        "\\top",
        "\\intercal",
        "\\mathsf{T}",
        "\\mathrm{T}",
        "T",
        "\\mathit{T}",
        "\\mathrm{t}",
        "\\mathtt{T}",
        "\\mathrm{tr}",
        "\\mathrm{transpose}",
        "\\mathbf{T}",
        "\\mathcal{T}",
    }
)


class Cursor:
    """Prepared tokens; every method reads within ``[start, end)``."""

    def __init__(self, tokens: TokenList, declared: Collection[str] = ()) -> None:
        self.tokens = tokens.tokens
        self.match = tokens.match
        self.declared = declared
        self.depth = 0

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

    def enter(self, position: int) -> None:
        """Go one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("N104", f"the formula is nested more than {MAX_DEPTH} levels deep", position)

    def text(self, position: int) -> str:
        """Return the text of a token."""
        return self.tokens[position].text

    def skip(self, position: int) -> int:
        """Return the position behind the token or bracketed group that starts here."""
        return self.match[position] + 1 if self.match[position] > position else position + 1

    def words(self, start: int, stop: int) -> str:
        """Return the text of tokens as plain words."""
        return "".join(token.text for token in self.tokens[start:stop] if token.kind not in ("open", "close"))

    def _argument(self, position: int, end: int) -> tuple[int, int, int]:
        """Return start, stop and the position behind the argument of the macro at ``position``."""
        first = position + 1
        if first >= end:
            raise self.fail("N103", f"expected an argument after {self.text(position)}", position)
        if self.tokens[first].kind == "open":
            return first + 1, self.match[first], self.match[first] + 1
        if self.text(first) in FONTS or self.text(first) in ACCENTS or self.text(first) in TEXT:
            self.enter(first)
            stop = self._argument(first, end)[2]
            self.depth -= 1
            return first, stop, stop
        if self.text(first) in FRACTIONS:
            stop = self._argument(self._argument(first, end)[2] - 1, end)[2]
            return first, stop, stop
        return first, first + 1, first + 1

    # -- answered by the layers above --------------------------------------------------------------------------

    def expression(self, start: int, end: int) -> Node:
        """Read ``[start, end)`` whole as one expression."""
        raise NotImplementedError

    def terms(self, start: int, end: int) -> tuple[Node, int]:
        """Read a sum of signed terms."""
        raise NotImplementedError

    def entrywise(self, start: int, end: int) -> tuple[Node, int]:
        """Read products joined by Hadamard and Kronecker signs."""
        raise NotImplementedError

    def factor(self, position: int, end: int) -> tuple[Node | None, int]:
        """Read one factor with its scripts."""
        raise NotImplementedError

    def _stops(self, position: int, end: int) -> bool:
        raise NotImplementedError

    def _joined(self, start: int, end: int, items: list[Node], operators: list[str]) -> Node:
        raise NotImplementedError

    def _fraction(self, position: int, end: int) -> tuple[Node, int]:
        raise NotImplementedError
