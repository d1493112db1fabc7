"""Integrals with their domain and their differential."""

from __future__ import annotations

from derive.parsing.cursor import SIGNS
from derive.parsing.derivatives import Derivatives
from derive.syntax import Integral, Name, Node, Scripted

LINES = frozenset({"\\mathbb R", "\\mathbb R_{>0}", "\\mathbb R_+"})
"""Domains of numbers."""


class Integrals(Derivatives):
    """The layer that reads integrals."""

    def _integral(self, position: int, end: int) -> tuple[Node, int]:
        """Read from the sign to the differential that belongs to it; between them stands the integrand."""
        start, domain, space, has_upper = self._domain(position + 1, end)
        stop = self._differential_of(position, start, end)
        variable, after = self.factor(self._after_d(stop, end), end)
        if not _is_symbol(variable):
            raise self.fail("N103", "expected the variable of an integral behind its d", stop)
        assert variable is not None
        if stop == start:
            raise self.fail("N103", "expected the integrand between the integral sign and its differential", stop)
        if after < end and self._is_d(after, end):
            raise self.fail("N106", "an integral over several variables under one sign is not supported", after)
        body = self.expression(start, stop)
        is_line = bool(domain) and not space and (has_upper or domain in LINES)
        return Integral(self.span(position, after), body, variable, domain, space, is_line), after

    def _domain(self, position: int, end: int) -> tuple[int, str, tuple[Node, ...], bool]:
        """Return the position of the integrand, the domain as text, its sizes, and whether there is an upper bound.

        It has sizes if it is a space of real vectors or matrices.
        """
        texts = {"sub": "", "sup": ""}
        space: tuple[Node, ...] = ()
        while position < end and (self.tokens[position].kind in texts or self.text(position) in ("\\limits", "\\!")):
            if self.tokens[position].kind not in texts:
                position += 1
                continue
            start, stop, after = self._argument(position, end)
            kind = self.tokens[position].kind
            if texts[kind]:
                raise self.fail("N103", "found a second bound of an integral at the same place", position)
            texts[kind] = self._plain(start, stop)
            if kind == "sub":
                space = self._space(start, stop)
            position = after
        upper = f"..{texts['sup']}" if texts["sup"] else ""
        return position, texts["sub"] + upper, space, bool(upper)

    def _plain(self, start: int, stop: int) -> str:
        """Return bounds in one spelling: without braces around one sign."""
        text = ""
        for at in range(start, stop):
            if self._is_idle_brace(at, start, stop):
                continue
            word = self.text(at)
            text += f" {word}" if text[-1:].isalpha() and "\\" in text and word.isalpha() else word
        return text

    def _is_idle_brace(self, at: int, start: int, stop: int) -> bool:
        """Whether a brace holds one token, or the whole."""
        if self.tokens[at].kind == "open":
            return self.match[at] == at + 2 or (at == start and self.match[at] == stop - 1)
        opening = next((o for o in range(start, at) if self.match[o] == at), None)
        return self.tokens[at].kind == "close" and opening is not None and self._is_idle_brace(opening, start, stop)

    def _space(self, start: int, stop: int) -> tuple[Node, ...]:
        """Return n of ``\\mathbb{R}^n``, or m and n of ``\\mathbb{R}^{m \\times n}``."""
        if start >= stop or self.text(start) not in ("\\mathbb", "\\mathds"):
            return ()
        low, high, after = self._argument(start, stop)
        if self.words(low, high) != "R" or after >= stop or self.tokens[after].kind != "sup":
            return ()
        low, high, after = self._argument(after, stop)
        if not all(token.kind in ("letter", "number") or token.text == "\\times" for token in self.tokens[low:high]):
            return ()
        times = next((at for at in range(low, high) if self.text(at) == "\\times"), None)
        if after != stop:
            return ()
        if times is None:
            return (self.expression(low, high),)
        return self.expression(low, times), self.expression(times + 1, high)

    def _differential_of(self, sign: int, start: int, end: int) -> int:
        """Return the position of the differential that belongs to an integral sign."""
        position, depth = start, 1
        while position < end:
            if self.text(position) == "\\int":
                depth += 1
            elif self._is_d(position, end) and self.text(position - 1) not in SIGNS:
                depth -= 1
                if depth == 0:
                    return position
                position = self._after_d(position, end)
                continue
            position = self.skip(position)
        raise self.fail("N103", "expected the differential of an integral, such as dx, found the end", sign)


def _is_symbol(node: Node | None) -> bool:
    return isinstance(node, Name) or (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and node.power is None
        and not (node.transposed or node.primes or node.above)
    )
