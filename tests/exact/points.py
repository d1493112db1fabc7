"""Expressions evaluated at one point whose values are read back as NumPy arrays or exact fractions."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np

from derive.declarations import declare
from derive.exact.domain import Balls, Rationals
from derive.exact.identity import Test
from derive.facts import Kind
from derive.given import add_given
from derive.relations import chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, parse_side, state


def scope_of(*texts):
    """Return a scope with some declarations."""
    scope = Scope()
    for text in texts:
        assert declare(text, scope), text
    return scope


def statement_of(text, declarations, *, layout="numerator", symmetric=False, given=()):
    """Return an elaborated relation, or ``text = text`` for an expression."""
    reading = Reading(layout, symmetric)
    scope = scope_of(*declarations)
    for premise in given:
        add_given(premise, scope, reading)
    (chain,) = chains(Excerpt.of(text)) or chains(Excerpt.of(f"{text} = {text}"))
    left, right = (parse_side(side, scope, chain.signs[0].span) for side in chain.sides)
    return state(left, right, scope, reading)


class Sample:
    """One point in one domain, for an expression.

    Parameters
    ----------
    text : str
        LaTeX of an expression (its value is `value`) or of an equation (whose sides are `sides`).
    sizes : dict of str to int
        The sizes.
    """

    def __init__(self, text, declarations, sizes, *, domain=None, seed="0", spread=-1, **options):
        self.domain = domain or Balls()
        self.statement = statement_of(text, declarations, **options)
        self.test = Test(self.statement.equation())
        self.sizes = sizes
        for attempt in range(60):
            self.evaluator = self.test.evaluator([self.domain], sizes, f"{seed}/{attempt}", spread)
            if spread >= 0 or self._is_well_conditioned():
                break

    def _is_well_conditioned(self):
        """Whether finite differences can be trusted here."""
        for held in vars(self.values()).values():
            matrices = held if np.ndim(held) == 3 else [held]
            for matrix in matrices:
                if np.ndim(matrix) == 2 and len(matrix) == matrix.shape[1] and np.linalg.cond(matrix) > 15:
                    return False
            if np.abs(held).max() > 4 or (np.abs(held).min() < 0.02 and np.ndim(held) != 2):
                return False
        return True

    def value(self, **env):
        """Return the value of the left side, with free indices at some values."""
        return plain(self.evaluator.value(self.test.lhs, env))

    def sides(self, **env):
        """Return both sides."""
        return tuple(plain(self.evaluator.value(side, env)) for side in (self.test.lhs, self.test.rhs))

    def values(self):
        """Return the values of the declared symbols; families have their axes first, scalars are numbers."""
        found = {}
        for key, declaration in self.statement.scope.declarations.items():
            if declaration.kind not in (Kind.SCALAR, Kind.ARRAY):
                continue
            ranges = [range(1, self.evaluator.size(upper, {}) + 1) for upper in declaration.ranges]
            found[spelled(key)] = self._collect(key, ranges, ())
        return SimpleNamespace(**found)

    def _collect(self, key, ranges, indices):
        if len(indices) == len(ranges):
            return plain(self.evaluator.point.value(key, indices, self.domain))
        inner = [self._collect(key, ranges, (*indices, i)) for i in ranges[len(indices)]]
        return np.array(inner)


def spelled(key):
    """Return the name of a key as an attribute: ``\\mu_{·}`` is ``mu``."""
    return "".join(char for char in key if char.isalnum())


def plain(value):
    """Return a value as a float or fraction, or an array of them."""
    if hasattr(value, "nrows"):
        entries = [number(entry) for entry in value.entries()]
        kind = object if isinstance(entries[0], Fraction) else float
        return np.array(entries, dtype=kind).reshape(value.nrows(), value.ncols())
    return number(value)


def number(entry):
    """Return a number of a domain as a float (from a ball) or a fraction."""
    if hasattr(entry, "p"):
        return Fraction(int(entry.p), int(entry.q))
    return float(entry.mid())


__all__ = ["Rationals", "Sample", "number", "plain", "scope_of", "spelled", "statement_of"]
