"""Expressions multiplied out: sums of monomials, in which like terms meet and cancel.

A monomial is ``coefficient · numbers · chain``, summed over axes; the chain is a product of matrices. Only what
contains a symbol that is asked for is opened, everything else stays one factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.program import Axis, Node, make, nodes

MAX_EXPONENT = 4
MAX_TERMS = 400


class NotSeparable(ValueError):
    """An expression in which samples and parameters do not meet in products only; the message says where."""


@dataclass(frozen=True, slots=True)
class Monomial:
    """A term with sums multiplied out; ``over`` are the axes that it is summed over, the innermost first."""

    coefficient: Fraction
    numbers: tuple[Node, ...] = ()
    chain: tuple[Node, ...] = ()
    over: tuple[Axis, ...] = ()

    @property
    def product(self) -> Node:
        """What is summed, without the coefficient."""
        return c.mul(*self.numbers, c.matmul(*self.chain)) if self.chain else c.mul(*self.numbers)


class Expansion:
    """Multiplies out.

    Parameters
    ----------
    symbols : iterable of str
        The keys of the symbols whose factors are opened.
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = frozenset(symbols)
        self._touched: dict[Node, bool] = {}

    def touches(self, node: Node) -> bool:
        """Whether a node contains one of the symbols."""
        if node not in self._touched:
            for part in nodes(node):
                if part not in self._touched:
                    mine = part.op == "symbol" and part.data[0] in self.symbols
                    self._touched[part] = mine or any(self._touched[arg] for arg in part.args)
        return self._touched[node]

    def monomials(self, node: Node) -> list[Monomial]:
        """Return an expression multiplied out.

        Raises
        ------
        NotSeparable
            If there are too many terms.
        """
        rule = _RULES.get(node.op) if self.touches(node) else None
        found = rule(self, node) if rule is not None else None
        if found is None:
            atom = _canonical(node)
            found = [Monomial(Fraction(1), (atom,)) if node.is_number else Monomial(Fraction(1), (), (atom,))]
        if len(found) > MAX_TERMS:
            raise NotSeparable("multiplied out, the expression has too many terms")
        return found

    def expanded(self, node: Node) -> Node:
        """Return an expression as a sum of monomials; like terms are collected."""
        return c.combination([(m.coefficient, summed(m)) for m in self.monomials(node)], node.shape)

    # -- rules -------------------------------------------------------------------------------------------------

    def _add(self, node: Node) -> list[Monomial]:
        found = []
        for k, term in zip(node.data, node.args, strict=True):
            spread = term if term.shape == node.shape else c.mul(term, c.one(node.shape))
            for m in self.monomials(spread):
                found.append(Monomial(k * m.coefficient, m.numbers, m.chain, m.over))
        return found

    def _mul(self, node: Node) -> list[Monomial]:
        numbers, arrays = c.numbers_of(node)
        if len(arrays) > 1:
            return _hadamard([self.monomials(array) for array in arrays], _multiplied(map(self.monomials, numbers)))
        return _multiplied(self.monomials(factor) for factor in (*numbers, *arrays))

    def _matmul(self, node: Node) -> list[Monomial]:
        return [_closed(m) if node.is_number else m for m in _multiplied(map(self.monomials, node.args))]

    def _pow(self, node: Node) -> list[Monomial] | None:
        exponent = c.value_of(node.args[1])
        if exponent is None or exponent.denominator != 1 or not 1 < exponent <= MAX_EXPONENT:
            return None
        factors = [self.monomials(node.args[0])] * int(exponent)
        return _multiplied(factors) if node.is_number else _hadamard(factors, [Monomial(Fraction(1))])

    def _transpose(self, node: Node) -> list[Monomial]:
        inner = self.monomials(node.args[0])
        return [Monomial(m.coefficient, m.numbers, tuple(map(c.transpose, m.chain[::-1])), m.over) for m in inner]

    def _sum(self, node: Node) -> list[Monomial] | None:
        over = node.data[0]
        if isinstance(over, Axis):
            inner = self.monomials(node.args[0])
            return [Monomial(m.coefficient, m.numbers, m.chain, (*m.over, over)) for m in inner]
        if not node.is_number:
            return None
        found = []
        for m in self.monomials(node.args[0]):
            if m.over:
                return None
            inside = c.total(c.matmul(*m.chain), 0)
            found.append(Monomial(m.coefficient, (*m.numbers, inside)))
        return found


_RULES: Mapping[str, Callable[[Expansion, Node], list[Monomial] | None]] = {
    "add": Expansion._add, "mul": Expansion._mul, "matmul": Expansion._matmul, "pow": Expansion._pow,
    "transpose": Expansion._transpose, "sum": Expansion._sum,
}  # fmt: skip


def _multiplied(factors: Iterable[list[Monomial]]) -> list[Monomial]:
    found = [Monomial(Fraction(1))]
    for factor in factors:
        found = [_product(a, b, (*a.chain, *b.chain)) for a in found for b in factor]
        if len(found) > MAX_TERMS:
            raise NotSeparable("multiplied out, the expression has too many terms")
    return found


def _hadamard(arrays: list[list[Monomial]], found: list[Monomial]) -> list[Monomial]:
    """Return products of arrays entry by entry: each is one link of a chain."""
    for factor in arrays:
        found = [
            _product(a, b, (c.mul(c.matmul(*a.chain), c.matmul(*b.chain)),) if a.chain else (c.matmul(*b.chain),))
            for a in found
            for b in factor
        ]
    return found


def _product(a: Monomial, b: Monomial, chain: tuple[Node, ...]) -> Monomial:
    for one, other in ((a, b), (b, a)):
        if any(axis in factor.axes for axis in one.over for factor in (*other.numbers, *other.chain)) or (
            set(one.over) & set(other.over)
        ):
            raise NotSeparable("an index is summed over twice in one product")
    return Monomial(a.coefficient * b.coefficient, (*a.numbers, *b.numbers), chain, (*a.over, *b.over))


def _closed(m: Monomial) -> Monomial:
    """Return a monomial whose chain is a number, with the chain among its numbers."""
    coefficient, rest = c.split(c.matmul(*m.chain)) if m.chain else (Fraction(1), c.one())
    numbers, arrays = c.numbers_of(rest)
    return Monomial(m.coefficient * coefficient, (*m.numbers, *map(_canonical, (*numbers, *arrays))), (), m.over)


def _canonical(node: Node) -> Node:
    """Return a number that is a product of matrices in one of its two readings: uᵀ A v or vᵀ Aᵀ u."""
    if node.op != "matmul" or not node.is_number:
        return node
    turned = tuple(c.transpose(factor) for factor in reversed(node.args))
    other = c.matmul(*turned)
    return min(node, other, key=lambda each: each.digest) if other.op == "matmul" else node


def summed(m: Monomial) -> Node:
    """Return a monomial summed over its axes; what a sum does not run over stands outside it."""
    numbers, chain = list(m.numbers), m.chain
    for axis in m.over:
        inside = [number for number in numbers if axis in number.axes]
        outside = [number for number in numbers if axis not in number.axes]
        places = [i for i, factor in enumerate(chain) if axis in factor.axes]
        if not places:
            numbers = [*outside, c.total(c.mul(*inside), axis)]
            continue
        first, last = places[0], places[-1] + 1
        middle = chain[first:last]
        if len(middle) == 1 and middle[0].op == "mul" and len(chain) == 1:
            within = [factor for factor in middle[0].args if axis in factor.axes]
            without = [factor for factor in middle[0].args if axis not in factor.axes]
            chain = (c.mul(*without, c.total(c.mul(*inside, *within), axis)),)
        else:
            chain = (*chain[:first], c.total(c.mul(*inside, c.matmul(*middle)), axis), *chain[last:])
        numbers = outside
    return c.mul(*numbers, c.matmul(*chain)) if chain else c.mul(*numbers)


def substituted(node: Node, values: Callable[[Node], Node | None]) -> Node:
    """Return a node with symbols replaced, once; ``values`` returns None for those that stay."""
    done: dict[Node, Node] = {}
    for part in nodes(node):
        if part.op == "symbol":
            found = values(part)
            done[part] = part if found is None else found
        else:
            args = tuple(done[arg] for arg in part.args)
            same = all(new is old for new, old in zip(args, part.args, strict=True))
            done[part] = part if same else c.rebuilt(part, args)
    return done[node]


def like(symbol: Node, key: str, facts: tuple[str, ...] | None = None) -> Node:
    """Return a symbol at the same place under another name."""
    known = symbol.data[1] if facts is None else facts
    return make("symbol", data=(key, known, *symbol.data[2:]), shape=symbol.shape, axes=symbol.axes)


def occurs(node: Node, key: str) -> bool:
    """Whether a symbol occurs."""
    return any(part.op == "symbol" and part.data[0] == key for part in nodes(node))
