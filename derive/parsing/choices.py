"""Binomial coefficients, case distinctions, and relations that stand inside brackets."""

from __future__ import annotations

from derive.notation import RELATIONS, TEXT
from derive.parsing.scripts import Scripts
from derive.syntax import Cases, FunctionCall, Group, Node, Stated

CASES = frozenset({"cases", "dcases", "cases*", "dcases*"})
"""Environments whose rows are cases."""
_INNER = frozenset(RELATIONS) | frozenset(r"\in \notin \subset \subseteq \sim".split())
"""Signs between the sides of what is said inside brackets."""
_MARKS = frozenset({",", ";", "."})


class Choices(Scripts):
    """The layer that reads what is written in rows or above one another and is no matrix."""

    # -- binomial coefficients ---------------------------------------------------------------------------------

    def _binomial(self, position: int, end: int) -> tuple[Node, int]:
        """Read ``\\binom{n}{k}``."""
        start, stop, middle = self._argument(position, end)
        upper = self.expression(start, stop)
        start, stop, after = self._argument(middle - 1, end)
        return self._coefficient(position, after, upper, self.expression(start, stop)), after

    def _chosen(self, start: int, end: int) -> Node | None:
        """Read what stands in the braces of ``{n \\choose k}``; None if they hold something else."""
        at = start
        while at < end and self.text(at) != "\\choose":
            at = self.skip(at)
        if at >= end:
            return None
        return self._coefficient(start - 1, end + 1, self.expression(start, at), self.expression(at + 1, end))

    def _coefficient(self, start: int, end: int, upper: Node, lower: Node) -> Node:
        span = self.span(start, end)
        return FunctionCall(span, "binomial", Group(span, "(", (upper, lower), (",",)))

    # -- what is said inside brackets --------------------------------------------------------------------------

    def _is_inner_sign(self, position: int) -> bool:
        return self.text(position) in _INNER and self.tokens[position].kind in ("sign", "macro")

    def _said(self, left: Node, stop: int, start: int, end: int) -> tuple[Node, int]:
        """Read the relations behind the first side of what is said in a bracket, as in ``\\Pr(X + Y = 0)``."""
        while stop < end and self._is_inner_sign(stop):
            sign = self.text(stop)
            right, stop = self.terms(stop + 1, end)
            left = Stated(self.span(start, stop), left, sign, right)
        return left, stop

    # -- case distinctions -------------------------------------------------------------------------------------

    def _begins_cases(self, position: int, close: int) -> bool:
        """Whether a brace that is closed by nothing holds rows of cases, as in ``\\left\\{ \\begin{array}…``."""
        inner = position + 1
        is_open = self.text(position) == "\\{" and self.tokens[position].kind == "fence-open"
        return is_open and self.text(close) == "." and self.text(inner) == "\\begin" and self.match[inner] == close - 1

    def _cases(self, begin: int) -> Node:
        """Read the rows of cases of the environment that begins at a position."""
        close = self.match[begin] - 1
        start = begin + 2
        if self.text(begin + 1) == "array" and self.tokens[start].kind == "open":
            start = self.match[start] + 1
        rows = [self._case(*row) for row in self._rows(start, close)]
        if not rows:
            raise self.fail("N103", "expected a case", begin)
        return Cases(self.span(begin, close + 2), tuple(rows))

    def _rows(self, start: int, close: int) -> list[tuple[int, int]]:
        found, at, first = [], start, start
        while at <= close:
            if at == close or self.tokens[at].kind == "row":
                if at > first:
                    found.append((first, at))
                first = at + 1
            at = at + 1 if at == close else self.skip(at)
        return found

    def _case(self, start: int, end: int) -> tuple[Node, str]:
        """Read the value of a row and the text of its condition."""
        stop = start
        while stop < end and not (self.tokens[stop].kind == "column" or self.text(stop) in TEXT | {",", ";"}):
            stop = self.skip(stop)
        condition = [
            token.text
            for token in self.tokens[stop:end]
            if token.kind not in ("column", "wide", "open", "close") and token.text not in TEXT
        ]
        while condition and condition[-1] in _MARKS:
            condition.pop()
        while condition and condition[0] in _MARKS:
            condition.pop(0)
        return self.expression(start, stop), " ".join(condition)
