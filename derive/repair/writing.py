"""Syntax trees as LaTeX: what was read stands as its author wrote it, what is new is put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from derive.counting import COUNTS
from derive.repair.edit import MADE
from derive.repair.making import value_of
from derive.source import closed
from derive.syntax import (
    Bars,
    Derivative,
    Differential,
    Entrywise,
    EvaluatedAt,
    Fraction_,
    FunctionCall,
    Group,
    Name,
    Node,
    Num,
    Product,
    Reduction,
    Root,
    Scripted,
    Terms,
)

SUM, TERM, OPEN, FACTOR, ATOM = range(5)
"""How tightly a text binds; OPEN is a factor that takes everything behind it (a sum, ``\\log A``)."""

_FUNCTIONS = {"trace": "\\operatorname{tr}", "sigmoid": "\\sigma"}
_HANDS = {
    "trace": re.compile(r"\\(?:operatorname|mathrm|text|mathsf)\s*\{\s*[Tt]r(?:ace)?\s*\}|\\[Tt]r(?![A-Za-z])"),
    "log": re.compile(r"\\(?:ln|log)(?![A-Za-z])"),
}
"""The words for a function between which authors choose."""


class Writer:
    """Writes trees that were read from one text.

    Parameters
    ----------
    text : str
        The text that spans count in.
    transpose : str
        The mark of a transpose, as the author writes it.
    """

    def __init__(self, text: str, transpose: str = "\\top") -> None:
        self.text = text
        self.transpose = transpose
        self._words: dict[str, str] = {}

    def word(self, function: str) -> str:
        """Return the command for a function, as the author writes it where the text has it."""
        if function not in self._words:
            hand = _HANDS[function].search(self.text) if function in _HANDS else None
            self._words[function] = hand.group() if hand else _FUNCTIONS.get(function, f"\\{function}")
        return self._words[function]

    def write(self, node: Node, least: int = SUM) -> str:
        """Return a node as LaTeX, in brackets if it binds less tightly than asked for."""
        text, level = self._written(node)
        return text if level >= least else f"\\left( {text} \\right)"

    def _written(self, node: Node) -> tuple[str, int]:
        if node.span == MADE:
            return _MADE[type(node)](self, node)
        text = " ".join(closed(self.text, node.span.start, node.span.end).split())
        return text, self._level(node, text)

    def _level(self, node: Node, text: str) -> int:
        """Return how tightly something binds that stands in the text."""
        if isinstance(node, Terms):
            return SUM
        if isinstance(node, Product | Entrywise | Differential | EvaluatedAt):
            return TERM
        if isinstance(node, Reduction) or (isinstance(node, Derivative) and not self._is_quotient(node)):
            return OPEN
        if isinstance(node, FunctionCall):
            return OPEN if not isinstance(node.argument, Group) or node.bare else FACTOR
        return FACTOR if isinstance(node, Scripted) else ATOM

    def _is_quotient(self, node: Derivative) -> bool:
        """Whether the body of a derivative stands inside it, as in ``\\frac{\\partial f}{\\partial x}``."""
        return not node.nabla and bool(node.wrt) and node.body.span.end <= node.wrt[0].span.start

    # -- what is new -------------------------------------------------------------------------------------------

    def _num(self, node: Num) -> tuple[str, int]:
        value = node.value
        if value.denominator != 1:
            return f"{'-' if value < 0 else ''}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", (
                ATOM if value > 0 else SUM
            )
        return str(value), ATOM if value >= 0 else SUM

    def _name(self, node: Name) -> tuple[str, int]:
        return node.key, ATOM

    def _group(self, node: Group) -> tuple[str, int]:
        opening = "(" if node.kind in ("{", ".") else node.kind
        closing = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle"}.get(opening, ")")
        inner = f" {', '.join(self.write(item) for item in node.items)} "
        return f"\\left{opening}{inner}\\right{closing}", ATOM

    def _bars(self, node: Bars) -> tuple[str, int]:
        return f"\\left| {self.write(node.inner)} \\right|", ATOM

    def _scripted(self, node: Scripted) -> tuple[str, int]:
        base = self.write(node.base, ATOM)
        out = base + self._sub(node)
        if node.primes:
            out += "'" * node.primes
        if node.above is not None:
            out += f"^{{({self.write(node.above)})}}"
        power = "" if node.power is None else self._exponent(node.power)
        if power and node.transposed and power.replace(" ", "") != "-1":
            return f"\\left( {out}^{braced(power)} \\right)^{braced(self.transpose)}", FACTOR
        if power and node.transposed:
            power = f"-{self.transpose}"
        elif node.transposed:
            power = self.transpose
        return (out + (f"^{braced(power)}" if power else "")), FACTOR

    def _exponent(self, power: Node) -> str:
        """Return an exponent; that of ``A^{-T}`` was read from a text that says more."""
        return "-1" if value_of(power) == -1 else self.write(power)

    def _sub(self, node: Scripted) -> str:
        if not node.sub:
            return ""
        texts = [self.write(item) for item in node.sub]
        plain = all(len(text) == 1 or text.startswith("\\") for text in texts)
        inner = "".join(f"{text} " if text[-1].isalpha() and len(text) > 1 else text for text in texts).strip()
        return f"_{braced(inner)}" if plain else f"_{{{', '.join(texts)}}}"

    def _terms(self, node: Terms) -> tuple[str, int]:
        out = ""
        for sign, item in node.items:
            text = self.write(item, TERM)
            mark = "-" if sign < 0 else "+"
            out = f"{out} {mark} {text}" if out else f"-{text}" if sign < 0 else text
        return out, SUM

    def _product(self, node: Product) -> tuple[str, int]:
        out = ""
        for position, (operator, item) in enumerate(zip(node.operators, node.items, strict=True)):
            text = self.write(item, OPEN if position == len(node.items) - 1 else FACTOR)
            if not out:
                out = text
                continue
            if operator == "" and text[0].isdigit():
                operator = "\\cdot"
            out += f" {operator} {text}" if operator else f" {text}"
        return out, TERM

    def _fraction(self, node: Fraction_) -> tuple[str, int]:
        return f"\\frac{{{self.write(node.numerator)}}}{{{self.write(node.denominator)}}}", ATOM

    def _root(self, node: Root) -> tuple[str, int]:
        degree = "" if node.degree is None else f"[{self.write(node.degree)}]"
        return f"\\sqrt{degree}{{{self.write(node.inner)}}}", ATOM

    def _function(self, node: FunctionCall) -> tuple[str, int]:
        if node.function in COUNTS:
            return self._count(node)
        name = self.word(node.function)
        power = "" if node.power is None else f"^{braced(self.write(node.power))}"
        argument = node.argument
        if isinstance(argument, Group) and argument.kind in ("(", "["):
            return f"{name}{power}{self.write(argument)}", FACTOR
        return f"{name}{power}\\left( {self.write(argument)} \\right)", FACTOR

    def _count(self, node: FunctionCall) -> tuple[str, int]:
        power = "" if node.power is None else f"^{braced(self.write(node.power))}"
        if node.function == "factorial":
            return f"{self.write(node.argument, ATOM)}!{power}", FACTOR
        assert isinstance(node.argument, Group)
        upper, lower = map(self.write, node.argument.items)
        return f"\\binom{{{upper}}}{{{lower}}}{power}", FACTOR

    def _reduction(self, node: Reduction) -> tuple[str, int]:
        out = f"\\{node.operator}"
        letters = ", ".join(self.write(index) for index in node.indices)
        if node.condition is not None:
            sign, left, right = node.condition
            out += f"_{{{self.write(left)} {sign} {self.write(right)}}}"
        elif letters:
            lower = "" if node.lower is None else f"={self.write(node.lower)}"
            out += f"_{{{letters}{lower}}}"
        if node.upper is not None:
            out += f"^{braced(self.write(node.upper))}"
        return f"{out} {self.write(node.body, TERM)}", OPEN

    def _entrywise(self, node: Entrywise) -> tuple[str, int]:
        sign = "\\odot" if node.operator == "hadamard" else "\\otimes"
        least = FACTOR if isinstance(node.right, Entrywise) else TERM
        return f"{self.write(node.left, TERM)} {sign} {self.write(node.right, least)}", TERM


_MADE: dict[type, Callable[[Writer, Any], tuple[str, int]]] = {
    Num: Writer._num,
    Name: Writer._name,
    Group: Writer._group,
    Bars: Writer._bars,
    Scripted: Writer._scripted,
    Terms: Writer._terms,
    Product: Writer._product,
    Fraction_: Writer._fraction,
    Root: Writer._root,
    FunctionCall: Writer._function,
    Reduction: Writer._reduction,
    Entrywise: Writer._entrywise,
}


def braced(text: str) -> str:
    """Return a script, in braces unless it is one sign."""
    is_one = len(text) == 1 or (text.startswith("\\") and text[1:].isalpha())
    return text if is_one else f"{{{text}}}"
