"""Separation of variables: functions of the samples times functions of the parameters.

An expression in n and k that is a sum of products of a *feature*, which depends on n alone, and a *parameter*, which
does not depend on n, is one matrix product of features and parameters; the log-density of every exponential family is.
A sum over n of a weight times such words is made of *moments* Σ_n w_n F_n of features. Nothing here knows a density:
a quadratic form is a word, and the word is turned until what depends on n stands together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.program import Axis, Node

MAX_WORDS = 400


class NotSeparable(ValueError):
    """An expression in which samples and parameters do not meet in products only; the message says where."""


@dataclass(frozen=True, slots=True)
class Word:
    """``coefficient · numbers · chain``: a term with sums multiplied out; the chain is a product of matrices."""

    coefficient: Fraction
    numbers: tuple[Node, ...]
    chain: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A feature of the samples and its parameter, of one shape: their product is summed over the entries."""

    feature: Node
    parameter: Node


def separated(node: Node, axis: Axis) -> tuple[Pair, ...]:
    r"""Return a number as a sum of features times parameters.

    Parameters
    ----------
    node : Node
        A number for every sample and, as a rule, every component.
    axis : Axis
        The axis of the samples.

    Returns
    -------
    tuple of Pair
        Features that differ; their parameters added up. That of a symmetric feature is symmetric, so that entries
        (i, j) and (j, i) may be stored once.

    Raises
    ------
    NotSeparable
        If something depends on samples and parameters otherwise than as a product.
    """
    found: dict[Node, list[tuple[Fraction, Node]]] = {}
    for word in words(node, axis):
        feature, parameter = _pair(word, axis)
        if feature.shape and feature == c.transpose(feature):
            parameter = c.scale(Fraction(1, 2), c.add(parameter, c.transpose(parameter)))
        found.setdefault(feature, []).append((word.coefficient, parameter))
    return tuple(Pair(feature, c.combination(terms, feature.shape)) for feature, terms in found.items())


def joined(pairs: Iterable[Pair]) -> Node:
    """Return the number that pairs are the separation of."""
    return c.add(*(c.dot(pair.feature, pair.parameter) for pair in pairs))


def in_moments(node: Node, axis: Axis) -> Node:
    """Return a node in which sums over the samples are sums of a weight times a feature of the samples alone.

    Raises
    ------
    NotSeparable
        If a sum has a word in which parameters stand between functions of the samples.
    """
    return c.rewritten(node, lambda part: _moments(part, axis) if part.op == "sum" and part.data == (axis,) else part)


def words(node: Node, axis: Axis) -> list[Word]:
    """Return an expression with what depends on the samples multiplied out."""
    if axis not in node.axes:
        return [Word(Fraction(1), (node,), ()) if node.is_number else Word(Fraction(1), (), (node,))]
    if node.op == "add":
        return [
            Word(k * word.coefficient, word.numbers, word.chain)
            for k, term in zip(node.data, node.args, strict=True)
            for word in words(term, axis)
        ]
    if node.op in ("mul", "matmul"):
        numbers, arrays = c.numbers_of(node) if node.op == "mul" else ([], list(node.args))
        if node.op == "matmul" or len(arrays) <= 1:
            return _multiplied([words(factor, axis) for factor in (*numbers, *arrays)])
    if node.op == "transpose":
        turned = words(node.args[0], axis)
        return [Word(w.coefficient, w.numbers, tuple(map(c.transpose, reversed(w.chain)))) for w in turned]
    if node.op == "pow" and c.value_of(node.args[1]) == 2:
        return _multiplied([words(node.args[0], axis)] * 2)
    return [Word(Fraction(1), (node,), ()) if node.is_number else Word(Fraction(1), (), (node,))]


def _multiplied(factors: list[list[Word]]) -> list[Word]:
    found = [Word(Fraction(1), (), ())]
    for factor in factors:
        found = [
            Word(a.coefficient * b.coefficient, (*a.numbers, *b.numbers), (*a.chain, *b.chain))
            for a in found
            for b in factor
        ]
        if len(found) > MAX_WORDS:
            raise NotSeparable("multiplied out, the expression has too many terms")
    return found


def _is_of_samples(node: Node, axis: Axis) -> bool:
    """Whether a factor depends on the samples; it may then depend on nothing else that has an index.

    Raises
    ------
    NotSeparable
        If it depends on both.
    """
    if axis not in node.axes:
        return False
    if node.axes != (axis,):
        raise NotSeparable(f"{node.op} depends on samples and parameters together")
    return True


def _pair(word: Word, axis: Axis) -> tuple[Node, Node]:
    of_samples = [number for number in word.numbers if _is_of_samples(number, axis)]
    others = [number for number in word.numbers if number not in of_samples]
    feature, parameter = _turned(word.chain, axis)
    return c.mul(*of_samples, feature), c.mul(*others, parameter)


def _turned(chain: tuple[Node, ...], axis: Axis) -> tuple[Node, Node]:
    """Return a scalar word as feature and parameter: turned, as under a trace, until the samples stand together."""
    marks = [_is_of_samples(factor, axis) for factor in chain]
    if not any(marks):
        return c.one(), c.matmul(*chain)
    if all(marks):
        return c.matmul(*chain), c.one()
    starts = [i for i, mark in enumerate(marks) if mark and not marks[i - 1]]
    if len(starts) > 1:
        raise NotSeparable("parameters stand between functions of the samples")
    turned = chain[starts[0] :] + chain[: starts[0]]
    count = sum(marks)
    feature, rest = c.matmul(*turned[:count]), c.matmul(*turned[count:])
    if feature.is_row:
        return c.transpose(feature), rest
    return feature, c.transpose(rest)


def _moments(node: Node, axis: Axis) -> Node:
    terms = []
    for word in words(node.args[0], axis):
        inside = [number for number in word.numbers if axis in number.axes]
        outside = [number for number in word.numbers if axis not in number.axes]
        if node.is_number:
            feature, parameter = _turned(word.chain, axis)
            term = c.dot(c.total(c.mul(*inside, feature), axis), parameter)
        else:
            before, middle, after = _cut(word.chain, axis)
            kernel = c.total(c.mul(*inside, c.matmul(*middle)) if middle else c.mul(*inside), axis)
            term = c.matmul(*before, kernel, *after) if before or after else kernel
        terms.append((word.coefficient, c.mul(*outside, term)))
    return c.combination(terms, node.shape)


def _cut(chain: tuple[Node, ...], axis: Axis) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Node, ...]]:
    places = [i for i, factor in enumerate(chain) if _is_of_samples(factor, axis)]
    if not places:
        return chain, (), ()
    first, last = places[0], places[-1] + 1
    if len(places) != last - first:
        raise NotSeparable("parameters stand between functions of the samples")
    return chain[:first], chain[first:last], chain[last:]
