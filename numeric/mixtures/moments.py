r"""Sums over the samples as moments Σ_n r_nk F(x_n), and moments about another centre.

Every sum over the samples in an M-step or a gradient is made of moments of *features* of the data. Where data and a
location parameter may be moved together, the moments are taken about the location that the pass was run at: what data
far from the origin have in common is then never formed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from numeric import construct as c
from numeric.mixtures.expansion import Expansion, Monomial, NotSeparable, substituted, summed
from numeric.program import Axis, Node, Place, make, merged, nodes

MOMENT = "moment of "


class Moments:
    """Collects the features of which moments are taken.

    Parameters
    ----------
    samples, components : Axis
        The axes n and k.
    data : iterable of str
        The keys of the data.
    weight : str
        The key of the responsibilities.

    Attributes
    ----------
    features : dict
        The features by the key of their moment, in the order in which they were met.
    """

    def __init__(self, samples: Axis, components: Axis, data: Iterable[str], weight: str) -> None:
        self.samples, self.components = samples, components
        self.data = tuple(data)
        self.weight = weight
        self.features: dict[str, Node] = {}

    def key(self, feature: Node) -> str:
        """Return the key of the moment of a feature."""
        key = MOMENT + feature.digest.hex()
        self.features.setdefault(key, feature)
        return key

    def symbol(self, feature: Node) -> Node:
        """Return the moment of a feature, one for every component."""
        if feature.is_row:
            return c.transpose(self.symbol(c.transpose(feature)))
        is_symmetric = feature.rank == 2 and c.transpose(feature) == feature
        facts = ("symmetric",) if is_symmetric else ("positive",) if feature == c.one() else ()
        place = Place(self.components, c.ONE * 0)
        return make("symbol", data=(self.key(feature), facts, place), shape=feature.shape, axes=(self.components,))

    def taken(self, node: Node) -> Node:
        """Return a node with its sums over the samples as moments.

        Raises
        ------
        NotSeparable
            If a sum is none over a responsibility times functions of the samples alone.
        """
        expansion = Expansion((*self.data, self.weight))

        def rule(part: Node) -> Node:
            if part.op != "sum" or part.data != (self.samples,):
                return part
            terms = [(m.coefficient, self.of_monomial(m)) for m in expansion.monomials(part)]
            return c.combination(terms, part.shape)

        return c.rewritten(node, rule)

    def of_monomial(self, m: Monomial) -> Node:
        """Return a monomial that is summed over the samples, with its sum as a moment."""
        inside = [number for number in m.numbers if self.samples in number.axes]
        numbers = [number for number in m.numbers if self.samples not in number.axes]
        weights = [number for number in inside if self._is_weight(number)]
        plain = [number for number in inside if number.axes == (self.samples,)]
        mixed = [number for number in inside if number not in weights and number not in plain]
        if len(weights) != 1 or len(mixed) > 1:
            raise NotSeparable("a sum over the samples has other factors than one responsibility and features")
        rest = tuple(axis for axis in m.over if axis != self.samples)
        if mixed:
            feature, parameter = apart(mixed[0], self.samples)
            moment = self.symbol(c.mul(*plain, feature))
            return summed(Monomial(Fraction(1), (*numbers, c.dot(moment, parameter)), m.chain, rest))
        chain = list(m.chain)
        places = [i for i, factor in enumerate(chain) if self.samples in factor.axes]
        if not places:
            return summed(Monomial(Fraction(1), (*numbers, self.symbol(c.mul(*plain))), m.chain, rest))
        first, last = places[0], places[-1] + 1
        middle, others = chain[first:last], []
        if len(chain) == 1 and middle[0].op == "mul":
            others = [factor for factor in middle[0].args if self.samples not in factor.axes]
            middle = [c.mul(*(factor for factor in middle[0].args if self.samples in factor.axes))]
        if any(factor.axes != (self.samples,) for factor in middle):
            raise NotSeparable("parameters stand between functions of the samples")
        moment = self.symbol(c.mul(*plain, c.matmul(*middle)))
        chain[first:last] = [c.mul(*others, moment)]
        return summed(Monomial(Fraction(1), tuple(numbers), tuple(chain), rest))

    def _is_weight(self, number: Node) -> bool:
        return number.op == "symbol" and number.data[0] == self.weight

    def about(self, move: Callable[[Node], Node | None]) -> Callable[[Node], Node | None]:
        """Return how a moment is made of moments of moved data: ``move`` returns what a data symbol is replaced by."""
        known: dict[Node, Node] = {}

        def value(symbol: Node) -> Node | None:
            feature = self.features.get(symbol.data[0])
            if feature is None:
                return None
            if symbol not in known:
                known[symbol] = made(feature)
            return known[symbol]

        def made(feature: Node) -> Node:
            weight = make("symbol", data=(self.weight, ()), axes=merged((self.samples, self.components)))
            return self.taken(c.total(c.mul(weight, substituted(feature, move)), self.samples))

        return value


def apart(number: Node, samples: Axis) -> tuple[Node, Node]:
    """Return a number as feature and parameter: the sum of the products of their entries.

    Raises
    ------
    NotSeparable
        If it is none.
    """
    if number.op == "matmul":
        chain = number.args
        marks = [samples in factor.axes for factor in chain]
        if any(mark and factor.axes != (samples,) for mark, factor in zip(marks, chain, strict=True)):
            raise NotSeparable("something depends on samples and parameters together")
        starts = [i for i, mark in enumerate(marks) if mark and not marks[i - 1]]
        if len(starts) > 1:
            raise NotSeparable("parameters stand between functions of the samples")
        turned = chain[starts[0] :] + chain[: starts[0]]
        count = sum(marks)
        feature, rest = c.matmul(*turned[:count]), c.matmul(*turned[count:])
        return (c.transpose(feature), rest) if feature.is_row else (feature, c.transpose(rest))
    if number.op == "sum" and number.data == (0,):
        factors = list(number.args[0].args) if number.args[0].op == "mul" else [number.args[0]]
        mine = [factor for factor in factors if samples in factor.axes]
        if all(factor.axes == (samples,) and factor.shape for factor in mine):
            return c.mul(*mine), c.mul(*(factor for factor in factors if samples not in factor.axes))
    raise NotSeparable(f"{number.op} depends on samples and parameters together")


def separated_joint(joint: Node, samples: Axis, data: Iterable[str], others: Iterable[str]) -> dict[Node, Node]:
    """Return features and their parameters, of which the log-joint density is the sum of products.

    Raises
    ------
    NotSeparable
        If it is none.
    """
    found: dict[Node, list[tuple[Fraction, Node]]] = {}
    for m in Expansion((*data, *others)).monomials(joint):
        if m.over or m.chain:
            raise NotSeparable("the log-density of a component is no number")
        plain = [number for number in m.numbers if number.axes == (samples,)]
        mixed = [number for number in m.numbers if samples in number.axes and number.axes != (samples,)]
        rest = [number for number in m.numbers if samples not in number.axes]
        if len(mixed) > 1:
            raise NotSeparable("functions of samples and parameters are multiplied")
        # A form xᵀ A x without an index of the components depends on samples alone, but A is a parameter.
        feature, parameter = apart(mixed[0], samples) if mixed else (c.one(), c.one())
        kept = []
        for number in plain:
            if _has_parameters(number, data):
                if feature != c.one():
                    raise NotSeparable("functions of samples and parameters are multiplied")
                feature, parameter = apart(number, samples)
            else:
                kept.append(number)
        feature = c.mul(*kept, feature)
        if feature.rank == 2 and feature == c.transpose(feature):
            parameter = c.scale(Fraction(1, 2), c.add(parameter, c.transpose(parameter)))
        found.setdefault(feature, []).append((m.coefficient, c.mul(*rest, parameter)))
    return {feature: c.combination(terms, feature.shape) for feature, terms in found.items()}


def _has_parameters(node: Node, data: Iterable[str]) -> bool:
    keys = set(data)
    return any(part.op == "symbol" and part.data[0] not in keys for part in nodes(node))


def degree(feature: Node, data: Iterable[str]) -> int:
    """Return how often the data occur in a feature as factors."""
    keys = set(data)
    if feature.op == "symbol":
        return int(feature.data[0] in keys)
    if feature.op == "pow" and (exponent := c.value_of(feature.args[1])) is not None and exponent > 0:
        return int(exponent * degree(feature.args[0], keys))
    return sum(degree(arg, keys) for arg in feature.args)
