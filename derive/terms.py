"""Expressions as sums of products of constants and random symbols, as far as they are polynomials in these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sympy import Add, Integer, Mul, Pow, Symbol
from sympy.matrices.expressions import MatAdd, MatMul, MatPow, MatrixSymbol, Trace, Transpose

from derive.expr import (
    Call,
    Density,
    Entry,
    IndexSum,
    MatrixCall,
    MatrixIndexSum,
    MatrixMember,
    Member,
    Norm,
    Restricted,
    ScalarFunction,
    ScalarOf,
    UnitVector,
    build,
    is_matrix,
    rebuild,
    word,
)
from derive.indices import IndexSymbol
from derive.scope import Dependencies

MAX_TERMS = 400
"""Products that one expression may be expanded into."""


class NotExpanded(Exception):
    """An expression is no polynomial that can be expanded; the message says why."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A random number: a chain of arrays that is 1 × 1, the trace of one, one symbol, or (``opaque``) anything else."""

    chain: tuple[Any, ...]
    kind: str = "number"


@dataclass(frozen=True, slots=True)
class Term:
    """A product, summed over indices.

    Attributes
    ----------
    numbers : tuple of expression
        Constant numbers.
    factors : tuple of Factor
        Random numbers.
    chain : tuple of expression
        Arrays that are multiplied; empty if the term is a number.
    binders : tuple of tuple
        What `IndexSum` has behind its body.
    """

    numbers: tuple[Any, ...] = ()
    factors: tuple[Factor, ...] = ()
    chain: tuple[Any, ...] = ()
    binders: tuple[tuple[Any, ...], ...] = ()


def leaf_name(expr: Any) -> str | None:
    """Return the name of a symbol or of a member of a family, or None."""
    if isinstance(expr, IndexSymbol):
        return None
    if isinstance(expr, Symbol):
        return str(expr.name)
    if isinstance(expr, MatrixSymbol | Member | MatrixMember):
        return str(expr.args[0].name)
    return None


def core(factor: Any) -> Any:
    """Return a factor without the sign of transposition."""
    return factor.args[0] if isinstance(factor, Transpose) else factor


def transposed(factor: Any) -> Any:
    """Return the transpose of an array."""
    return factor.args[0] if isinstance(factor, Transpose) else build(Transpose, factor)


def reversed_chain(chain: Sequence[Any]) -> tuple[Any, ...]:
    """Return the transpose of a product."""
    return tuple(transposed(factor) for factor in reversed(chain))


class Expansion:
    """Expands expressions in the symbols that are random.

    Parameters
    ----------
    random : set of str
        The names of the random symbols.
    dependencies : Dependencies
        What expressions depend on.
    unfold : callable
        Returns what a call, or a symbol that is modelled by an equation, stands for, or None.
    log_density : callable
        Returns the logarithm of a density as a polynomial.
    is_positive : callable
        Whether a symbol has positive values only.
    """

    def __init__(
        self,
        random: set[str],
        dependencies: Dependencies,
        unfold: Callable[[Any], Any],
        log_density: Callable[[Any], Any],
        is_positive: Callable[[Any], bool] = lambda symbol: False,
    ) -> None:
        self.random = random
        self.dependencies = dependencies
        self.unfold = unfold
        self.log_density = log_density
        self.is_positive = is_positive
        self.renamed = 0
        self.unfolding: list[Any] = []

    def is_random(self, expr: Any) -> bool:
        """Whether an expression depends on a random symbol."""
        return not self.random.isdisjoint(self.dependencies.of(expr))

    def terms(self, expr: Any) -> list[Term]:
        """Return the terms of an expression.

        Raises
        ------
        NotExpanded
            If an array is no polynomial in the random symbols, or there are too many terms.
        """
        if not self.is_random(expr):
            return [Term(chain=(expr,)) if is_matrix(expr) else Term(numbers=(expr,))]
        found = self._expanded(expr)
        if len(found) > MAX_TERMS:
            raise NotExpanded("it has too many terms")
        return found

    def _expanded(self, expr: Any) -> list[Term]:
        inner = self.unfold(expr)
        if inner is not None:
            return self._unfolded(expr, inner)
        match expr:
            case Add() | MatAdd():
                return [term for arg in expr.args for term in self.terms(arg)]
            case Mul() | MatMul():
                return self._product(expr.args)
            case Pow() | MatPow() if len(expr.args) == 2 and expr.args[1] == 2:  # an inverse is a MatPow, too
                if isinstance(expr.args[0], Norm) and expr.args[0].args[1] == word("2"):
                    return self._squared(expr.args[0].args[0])
                return self._product((expr.args[0], expr.args[0]))
            case Transpose():
                return [replace(term, chain=reversed_chain(term.chain)) for term in self.terms(expr.args[0])]
            case Trace():
                return [self._number(term, "trace") for term in self.terms(expr.args[0])]
            case ScalarOf():
                return [self._number(term, "number") for term in self.terms(expr.args[0])]
            case Entry():
                return self._entry(*expr.args)
            case IndexSum() | MatrixIndexSum():
                binder = expr.args[1:]
                return [replace(term, binders=(binder, *term.binders)) for term in self.terms(expr.args[0])]
            case ScalarFunction() if expr.args[1] == 0 and expr.args[0].name in ("exp", "log"):
                return self._exponential(expr) if expr.args[0].name == "exp" else self._logarithm(expr)
            case Call() | MatrixCall():
                raise NotExpanded("a defined function of a random symbol stands in it")
        if leaf_name(expr) in self.random:
            return [Term(chain=(expr,)) if is_matrix(expr) else Term(factors=(Factor((expr,)),))]
        return [Term(factors=(self._opaque(expr),))]

    def _unfolded(self, expr: Any, inner: Any) -> list[Term]:
        """Return the terms of what an expression stands for; two symbols may be modelled by one another."""
        if expr in self.unfolding:
            raise NotExpanded("random symbols are modelled by one another")
        self.unfolding.append(expr)
        try:
            return self.terms(inner)
        finally:
            self.unfolding.pop()

    def _opaque(self, expr: Any) -> Factor:
        if is_matrix(expr):
            raise NotExpanded("it is not a polynomial in what is random")
        return Factor((expr,), "opaque")

    def _number(self, term: Term, kind: str) -> Term:
        """Return a term that is the trace of an array, or the number that a 1 × 1 array is."""
        if not any(self.is_random(factor) for factor in term.chain):
            product = term.chain[0] if len(term.chain) == 1 else build(MatMul, *term.chain)
            number = build(Trace if kind == "trace" else ScalarOf, product)
            return replace(term, numbers=(*term.numbers, number), chain=())
        return replace(term, factors=(*term.factors, Factor(term.chain, kind)), chain=())

    def _entry(self, array: Any, i: Any, j: Any) -> list[Term]:
        if leaf_name(array) in self.random and not is_column(array):
            raise NotExpanded("an entry of a random matrix stands in it")
        rows, cols = array.shape
        left = () if rows == 1 else (build(Transpose, build(UnitVector, i, rows)),)
        right = () if cols == 1 else (build(UnitVector, j, cols),)
        return [self._number(replace(term, chain=(*left, *term.chain, *right)), "number") for term in self.terms(array)]

    def _squared(self, array: Any) -> list[Term]:
        """Return the terms of the squared norm of an array."""
        product = self._product((build(Transpose, array), array))
        return [self._number(term, "trace") for term in product]

    def _product(self, args: Sequence[Any]) -> list[Term]:
        return reduce(self._times, [self.terms(arg) for arg in args])

    def _times(self, left: list[Term], right: list[Term]) -> list[Term]:
        if len(left) * len(right) > MAX_TERMS:
            raise NotExpanded("it has too many terms")
        return [self._joined(a, b) for a in left for b in right]

    def _joined(self, a: Term, b: Term) -> Term:
        b = self._with_own_indices(a, b)
        a = self._with_own_indices(b, a) if a.binders else a
        return Term((*a.numbers, *b.numbers), (*a.factors, *b.factors), (*a.chain, *b.chain), (*a.binders, *b.binders))

    def _with_own_indices(self, a: Term, b: Term) -> Term:
        """Return the second term with other letters for what it sums over, if the first uses these, too."""
        if not b.binders:
            return b
        used = {symbol.name for part in _parts(a) for symbol in part.atoms(IndexSymbol)}
        replaced: dict[Any, Any] = {}
        for binder in b.binders:
            if binder[0].name in used:
                self.renamed += 1
                replaced[binder[0]] = IndexSymbol(f"{binder[0].name}'{self.renamed}")
        return _renamed(b, replaced) if replaced else b

    def _exponential(self, expr: Any) -> list[Term]:
        """Take constant terms of the exponent out."""
        terms = self.terms(expr.args[2])
        if any(term.binders for term in terms):
            return [Term(factors=(self._opaque(expr),))]
        constant = [term for term in terms if not term.factors]
        moving = [term for term in terms if term.factors]
        inner = build(ScalarFunction, word("exp"), Integer(0), _sum(sorted(map(number, moving), key=str)))
        if not constant:
            return [Term(factors=(self._opaque(inner),))]
        outer = build(ScalarFunction, word("exp"), Integer(0), _sum([number(term) for term in constant]))
        return [Term((outer,), (self._opaque(inner),))]

    def _logarithm(self, expr: Any) -> list[Term]:
        """Split the logarithm of a product of a constant, densities, exponentials and powers of positive symbols."""
        constant, moving = self._positive_factors(expr.args[2])
        if moving is None or moving == [expr]:
            return [Term(factors=(self._opaque(expr),))]
        log = [] if constant is None else [_log(constant)]
        return [term for part in [*log, *moving] for term in self.terms(part)]

    def _positive_factors(self, expr: Any) -> tuple[Any, list[Any] | None]:
        """Return the constant factor of a product and the logarithms of its random factors, None if these are open."""
        constants, logs = [], []
        stack: list[tuple[Any, Any]] = [(expr, Integer(1))]
        while stack:
            part, exponent = stack.pop()
            inner = self.unfold(part)
            log = self._log_of(part)
            if not self.is_random(part):
                constants.append(part if exponent == 1 else build(Pow, part, exponent))
            elif inner is not None:
                stack.append((inner, exponent))
            elif log is not None:
                logs.append((log, exponent))
            elif isinstance(part, Mul) and exponent in (1, -1):
                stack += [(arg, exponent) for arg in reversed(part.args)]
            elif isinstance(part, Restricted):
                stack.append((part.args[0], exponent))  # inside its support
            elif isinstance(part, Pow) and self._may_be_raised(*part.args):
                stack.append((part.args[0], part.args[1] if exponent == 1 else build(Mul, exponent, part.args[1])))
            else:
                return None, None
        constant = None if not constants else constants[0] if len(constants) == 1 else build(Mul, *constants)
        return constant, [part if power == 1 else build(Mul, power, part) for part, power in logs]

    def _log_of(self, part: Any) -> Any:
        """Return the logarithm of a positive factor, or None."""
        if isinstance(part, Density):
            return self.log_density(part)
        if isinstance(part, ScalarFunction) and part.args[0].name == "exp" and part.args[1] == 0:
            return part.args[2]
        if leaf_name(part) in self.random and not is_matrix(part) and self.is_positive(part):
            return _log(part)
        return None

    def _may_be_raised(self, base: Any, exponent: Any) -> bool:
        """Whether log(b^c) = c log b: c is −1, or it is constant and b a positive factor."""
        return bool(exponent == -1) or (not self.is_random(exponent) and self._log_of(base) is not None)


def _log(argument: Any) -> Any:
    return build(ScalarFunction, word("log"), Integer(0), argument)


def is_column(array: Any) -> bool:
    """Whether an array has one column."""
    return bool(array.shape[1] == 1)


def number(term: Term) -> Any:
    """Return a term that is a number as an expression; what it sums over is left out."""
    parts = [*sorted(term.numbers, key=str)]
    for factor in term.factors:
        if factor.kind == "opaque" or not is_matrix(factor.chain[0]):
            parts.append(factor.chain[0])
        else:
            product = factor.chain[0] if len(factor.chain) == 1 else build(MatMul, *factor.chain)
            parts.append(build(Trace if factor.kind == "trace" else ScalarOf, product))
    return parts[0] if len(parts) == 1 else build(Mul, *parts)


def _sum(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else build(Add, *parts)


def _parts(term: Term) -> list[Any]:
    inside = [part for factor in term.factors for part in factor.chain]
    return [*term.numbers, *inside, *term.chain, *(part for binder in term.binders for part in binder)]


def _renamed(term: Term, replaced: dict[Any, Any]) -> Term:
    def renew(parts: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(rebuild(part, replaced) for part in parts)

    return Term(
        renew(term.numbers),
        tuple(Factor(renew(factor.chain), factor.kind) for factor in term.factors),
        renew(term.chain),
        tuple(renew(binder) for binder in term.binders),
    )
