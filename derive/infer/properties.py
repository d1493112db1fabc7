"""Properties that distributions give to their parameters: covariances are positive definite, scales positive."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TypeGuard

from derive.distributions import HEADS, Distributed
from derive.facts import Fact
from derive.infer.gather import Gathered
from derive.infer.variables import Variables
from derive.infer.words import Said
from derive.names import FAMILY
from derive.opaque import moment_head, split_condition
from derive.syntax import Fraction_, FunctionCall, Group, Name, Node, Num, Product, Scripted, Terms, below

Scalar = Callable[[str], bool]
"""Whether the symbol of a key is a number."""


def properties(gathered: Gathered, variables: Variables, is_scalar: Scalar) -> Iterator[tuple[str, Fact, str, int]]:
    """Yield symbols with a property, the words for the evidence and the line."""
    for statement, line in gathered.statements:
        for node, words in _positive(statement):
            for key, fact in _of_positive(node, variables, is_scalar):
                yield key, fact, words, line
    for side, formula in gathered.nodes():
        for node in _weights(side):
            key = variables.key(node)[0]
            if is_scalar(key):
                yield key, Fact.POSITIVE, "weight of a density in a mixture", formula.line
        for head, group in _applications(side):
            law = Distributed(group.items[:1], HEADS.get(head.key, ""), group.items[1:], False, group.span)
            for node, words in _positive(law):
                for key, fact in _of_positive(node, variables, is_scalar):
                    yield key, fact, words, formula.line


def random_symbols(gathered: Gathered, variables: Variables) -> dict[str, int]:
    """Return the symbols that distribution statements make random, with the line."""
    found: dict[str, int] = {}
    for statement, line in gathered.statements:
        for node in statement.variables:
            if isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(node.base, Name)):
                found.setdefault(variables.key(node)[0], line)
    for side, formula in gathered.nodes():
        for node in _averaged(side):
            found.setdefault(variables.key(node)[0], formula.line)
    return found


_INDEX = re.compile(r"\d+|[a-z]([+-]\d+)?")


def siblings(random: Container[str], gathered: Gathered, variables: Variables) -> Iterator[str]:
    """Yield the symbols that are indexed like random ones of the same letter, as y_{t-1} beside y_t.

    What a distribution has as its parameter is none of them.
    """
    parameters = {
        variables.key(symbol)[0]
        for statement, _ in gathered.statements
        for node in statement.parameters
        for symbol in variables.symbols(node)
    }
    keys = {key: key.removesuffix("}").partition("_{") for key in variables.keys if key.endswith("}")}
    letters = {base for key, (base, _, label) in keys.items() if key in random and _INDEX.fullmatch(label)}
    for key, (base, _, label) in keys.items():
        if base in letters and key not in random and key not in parameters and _INDEX.fullmatch(label):
            yield key


def independent(gathered: Gathered, variables: Variables, words: Iterable[Said]) -> frozenset[str]:
    """Return the families whose members are said to be independent, in words or by "i.i.d." over a sign."""
    found = {variables.key(each.symbol)[0] for each in words if each.independent}
    for statement, _ in gathered.statements:
        for node in statement.variables if statement.independent else ():
            if _is_symbol(node) and isinstance(node, Scripted) and node.sub:
                found.add(variables.key(node)[0])
    return frozenset(key for key in found if key.endswith(FAMILY))


def errors(gathered: Gathered, variables: Variables) -> Iterator[tuple[str, int]]:
    """Yield the errors of models with the line: an ε that is added to what a symbol is equal to, and has no value.

    ``y = X \\beta + \\varepsilon`` states a model of y, and defines neither y nor ε.
    """
    valued = {
        variables.key(formula.sides[0])[0]
        for formula in gathered.formulas
        if formula.relation in ("equal", "define") and _is_symbol(formula.sides[0])
    }
    for formula in gathered.formulas:
        if formula.relation != "equal" or len(formula.sides) < 2 or not _is_symbol(formula.sides[0]):
            continue
        right = formula.sides[1]
        for sign, item in right.items if isinstance(right, Terms) else ():
            if sign == 1 and _is_symbol(item) and _letter(item) == "\\epsilon":
                key = variables.key(item)[0]
                if key not in valued:
                    yield key, formula.line


def _letter(node: Name | Scripted) -> str:
    base = node.base if isinstance(node, Scripted) else node
    return base.key if isinstance(base, Name) else ""


def _is_symbol(node: Node | None) -> TypeGuard[Name | Scripted]:
    return isinstance(node, Name) or (
        isinstance(node, Scripted) and isinstance(node.base, Name) and not _is_changed(node)
    )


def _averaged(side: Node) -> Iterator[Name | Scripted]:
    """Yield the symbols whose moments occur by themselves, as in ``\\mathrm{E}[X]`` and ``\\mathrm{Cov}(X, Y)``."""
    for each in below(side):
        items: tuple[Node, ...] = ()
        if isinstance(each, Group) and each.kind == "\\langle" and len(each.items) == 1:
            items = each.items
        elif isinstance(each, Scripted) and isinstance(each.base, Group) and each.base.kind == "\\langle":
            items = tuple(
                node for item in each.sub for inner in below(item) if isinstance(inner, Group) for node in inner.items
            )
        elif isinstance(each, Product):
            for head, group in zip(each.items, each.items[1:], strict=False):
                group = group.base if isinstance(group, Scripted) else group
                if isinstance(group, Group) and moment_head(head, group) is not None:
                    items += split_condition(group)[0]
        for item in items:
            if isinstance(item, Name) or (
                isinstance(item, Scripted) and isinstance(item.base, Name) and not _is_changed(item)
            ):
                yield item


def _is_changed(item: Scripted) -> bool:
    return item.power is not None or item.transposed or item.primes > 0


def _positive(law: Distributed) -> Iterator[tuple[Node, str]]:
    """Yield what a distribution makes positive (definite)."""
    match law.family, len(law.parameters):
        case "normal", 2:
            yield law.parameters[1], "covariance of a normal distribution"
        case "matrix normal", 3:
            yield law.parameters[1], "covariance of a matrix normal distribution"
            yield law.parameters[2], "covariance of a matrix normal distribution"
        case "gamma", 2:
            for node in (*law.variables, *law.parameters):
                yield node, "gamma distribution"
        case "beta", 2:
            yield from ((node, "beta distribution") for node in (*law.variables, *law.parameters))
        case "poisson", 1:
            yield law.parameters[0], "rate of a Poisson distribution"
        case "wishart", 2:
            yield from ((node, "Wishart distribution") for node in (*law.variables, law.parameters[0]))
        case "t", 3:
            yield law.parameters[1], "scale of a t distribution"
            yield law.parameters[2], "degrees of freedom"


def _of_positive(node: Node, variables: Variables, is_scalar: Scalar) -> Iterator[tuple[str, Fact]]:
    """Yield the symbols that are positive (definite) because an expression made of one matrix and numbers is."""
    match node:
        case Name():
            key = variables.key(node)[0]
            yield key, Fact.POSITIVE if is_scalar(key) else Fact.DEFINITE
        case Scripted(transposed=False, primes=0):
            if isinstance(node.base, Name):
                key = variables.key(node)[0]
                yield key, Fact.POSITIVE if is_scalar(key) else Fact.DEFINITE
            elif node.power is not None:
                yield from _of_positive(node.base, variables, is_scalar)
        case Group() if len(node.items) == 1:
            yield from _of_positive(node.items[0], variables, is_scalar)
        case Product() if all(operator in ("", "\\cdot", "/") for operator in node.operators):
            found = [list(_of_positive(item, variables, is_scalar)) for item in node.items if not isinstance(item, Num)]
            matrices = [pairs for pairs in found if any(fact is not Fact.POSITIVE for _, fact in pairs)]
            if len(matrices) <= 1 and all(found):
                for pairs in found:
                    yield from pairs
        case Fraction_():
            for part in (node.numerator, node.denominator):
                yield from _of_positive(part, variables, is_scalar)


def _weights(side: Node) -> Iterator[Name | Scripted]:
    """Yield the factors of densities in the logarithm of a sum: the weights of a mixture."""
    for call in below(side):
        if not (isinstance(call, FunctionCall) and call.function == "log"):
            continue
        for node in below(call.argument):
            if isinstance(node, Product) and any(True for _ in _applications(node)):
                yield from (item for item in node.items if _is_factor(item))


def _is_factor(item: Node) -> TypeGuard[Name | Scripted]:
    base = item.base if isinstance(item, Scripted) else item
    return isinstance(base, Name) and base.key not in HEADS and not (isinstance(item, Scripted) and item.transposed)


def _applications(side: Node) -> Iterator[tuple[Name, Group]]:
    for each in below(side):
        if isinstance(each, Product):
            for head, group in zip(each.items, each.items[1:], strict=False):
                head = head.base if isinstance(head, Scripted) else head
                if isinstance(head, Name) and isinstance(group, Group) and head.key in HEADS and len(group.items) >= 3:
                    yield head, group
