r"""Functions and densities that are known without a declaration: Γ, Γ_p, ψ, and densities by their family.

A name that a document declares or defines keeps its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from sympy import Integer
from sympy.matrices.expressions import ZeroMatrix

from derive.densities import (
    CONVENTIONS,
    DENSITIES,
    bernoulli_mass,
    beta_density,
    beta_function,
    binomial_mass,
    free_letter,
    gamma_density,
    is_written_as_density,
    matrix_normal_density,
    multivariate_gamma,
    poisson_mass,
    t_density,
    wishart_density,
)
from derive.expectations import Expectations
from derive.expr import Blocks, ScalarFunction, build, word
from derive.names import FAMILY
from derive.shape import ONE
from derive.source import Span
from derive.syntax import Group, Name, Node, Num, Scripted
from derive.tokens import Unreadable
from derive.typed import Typed

_FUNCTIONS = {"\\Gamma": "gamma", "\\psi": "digamma"}
BETA = frozenset({"B", "\\mathrm{B}", "\\mathrm{Beta}", "\\Beta"})
"""Letters of the beta function of two numbers."""
SPECIAL = frozenset(_FUNCTIONS)
"""Letters of known functions of a number."""


_SIGNS = re.compile(
    r"\\Gamma(?![A-Za-z])|Γ|\\mathrm\{Gam|"
    r"(?<![\\\w])(?i:(?:di|poly|tri)?gamma\b|Wishart\b|Dirichlet\b|beta (?:function|distribution))"
)
"""What shows that ψ may be the digamma function."""
_BETA_SIGNS = re.compile(r"(?i:\bbeta (?:function|distribut|density|prior|posterior|random))|\\mathrm\{Beta?\}")
"""What shows that B may be the beta function."""


def withheld(texts: Iterable[str]) -> frozenset[str]:
    """Return the letters that are no known functions in a document: ψ where nothing speaks of gamma functions, and B.

    Examples
    --------
    >>> "\\\\psi" in withheld(["the map", "\\\\psi(\\\\gamma)"]), "\\\\psi" in withheld(["the digamma function"])
    (True, False)
    """
    read = list(texts)
    gamma = frozenset() if any(map(_SIGNS.search, read)) else frozenset({"\\psi"})
    return gamma if any(map(_BETA_SIGNS.search, read)) else gamma | BETA


def is_beta(head: Node, group: Node) -> bool:
    """Whether a head with the bracket behind it is written like B(a, b)."""
    inner = group.base if isinstance(group, Scripted) else group
    return isinstance(head, Name) and head.key in BETA and isinstance(inner, Group) and inner.separators == (",",)


def is_special(head: Node, group: Node) -> bool:
    """Whether a head with the bracket behind it is written like Γ, Γ_p or ψ of one argument."""
    base = head.base if isinstance(head, Scripted) else head
    inner = group.base if isinstance(group, Scripted) else group
    return isinstance(base, Name) and base.key in SPECIAL and isinstance(inner, Group) and len(inner.items) == 1


class Known(Expectations):
    """Elaboration of applications of known functions; a base of the elaborator."""

    def known(self, head: Node, base: Name, group: Group, span: Span) -> Typed | None:
        """Return an application of a known function or density, or None if it is not one.

        Powers and primes of the head are taken here.
        """
        if not self._is_free(base.key):
            return None
        if is_special(head, group):
            return self._special(head, base, group, span)
        if is_beta(head, group):
            return self._beta(group, span)
        if not isinstance(head, Scripted) and is_written_as_density(base.key, group.separators):
            return self._known_density(DENSITIES[base.key], group, span)
        return None

    def is_another(self, head: Node, group: Node) -> bool:
        """Whether Γ or ψ stands for an undeclared function with matrices as its values: one of them is transposed."""
        if not (isinstance(group, Scripted) and (group.transposed or group.primes) and is_special(head, group)):
            return False
        base = head.base if isinstance(head, Scripted) else head
        return isinstance(base, Name) and self._is_free(base.key)

    def _is_free(self, key: str) -> bool:
        """Whether a letter is no symbol, family, function or index of the document."""
        if key in self.scope.withheld:
            return False
        bound = self.indices.is_bound(key) or key in self.indices.free or key in self.scope.ranges
        return not bound and self.find_key(key) is None and self.find_key(key + FAMILY) is None

    # -- functions ---------------------------------------------------------------------------------------------

    def _special(self, head: Node, base: Name, group: Group, span: Span) -> Typed | None:
        sub = head.sub if isinstance(head, Scripted) else ()
        order = head.primes if isinstance(head, Scripted) else 0
        if isinstance(head, Scripted) and (head.transposed or head.above is not None):
            return None
        if sub and (base.key != "\\Gamma" or order or not self._is_order(sub, head)):
            return None
        argument = self.scalar(self.elaborate(group.items[0]))
        if argument is None:
            return None
        power = head.power if isinstance(head, Scripted) else None
        if power is not None and not (isinstance(power, Num) and power.value > 0):
            raise Unreadable(
                "N106", "this power of a function may mean its inverse; write it behind the argument", span
            )
        if base.key == "\\psi":
            self.notes.append("ψ(·) is read as the digamma function")
        if sub:
            value = multivariate_gamma(self.size(sub[0]), argument.expr, self._letter_beside(argument.expr))
        else:
            value = build(ScalarFunction, word(_FUNCTIONS[base.key]), Integer(order), argument.expr)
        whole = Typed(value, None, span)
        return whole if power is None else self.power(whole, self.elaborate(power), span)

    def _beta(self, group: Group, span: Span) -> Typed | None:
        numbers = [self.scalar(self.elaborate(item)) for item in group.items]
        if any(number is None for number in numbers):
            return None
        self.notes.append("B(·, ·) is read as the beta function")
        return Typed(beta_function(*(number.expr for number in numbers if number is not None)), None, span)

    def _is_order(self, sub: tuple[Node, ...], head: Node) -> bool:
        """Whether a subscript of Γ is the order of the multivariate function: a size, or a positive integer."""
        assert isinstance(head, Scripted)
        if len(sub) != 1 or self.find_key(f"\\Gamma_{{{head.sub_text}}}") is not None:
            return False
        item = sub[0]
        if isinstance(item, Num):
            return item.value.denominator == 1 and item.value > 0
        if not isinstance(item, Name) or not (item.key.isalpha() and len(item.key) == 1):
            return False
        is_index = (
            self.indices.is_bound(item.key)
            or item.key in self.indices.free
            or item.key in self.scope.ranges
            or item.key in self.outside
        )
        return self.scope.is_size(item.key) or (not is_index and self.find_key(item.key) is None)

    def _letter_beside(self, *parts: Any) -> Any:
        """Return a letter for an index of our own, which nothing inside it may use."""
        inside = {symbol.name for part in parts for symbol in part.free_symbols}
        return free_letter({*inside, *self.scope.declarations, *self.scope.ranges, *self.indices.free})

    # -- densities ---------------------------------------------------------------------------------------------

    def _known_density(self, family: str, group: Group, span: Span) -> Typed | None:
        """Return a density; None where the shapes of its arguments are others: the name means something else."""
        made = self._DENSITIES[family](self, [self.elaborate(item) for item in group.items])
        if made is None:
            return None
        self.notes.append(CONVENTIONS[family])
        return Typed(made, None, span)

    def count(self, value: Any) -> None:
        """Take note of what stands in a factorial; the elaborator answers."""
        raise NotImplementedError

    def _of_numbers(self, made: Callable[..., Any], items: list[Typed]) -> Any:
        numbers = [self.scalar(item) for item in items]
        if any(number is None for number in numbers):
            return None
        return made(*(number.expr for number in numbers if number is not None))

    def _gamma_density(self, items: list[Typed]) -> Any:
        return self._of_numbers(gamma_density, items)

    def _beta_density(self, items: list[Typed]) -> Any:
        return self._of_numbers(beta_density, items)

    def _poisson_mass(self, items: list[Typed]) -> Any:
        self.count(items[0].expr)
        return self._of_numbers(poisson_mass, items)

    def _binomial_mass(self, items: list[Typed]) -> Any:
        for item in items[:2]:
            self.count(item.expr)
        return self._of_numbers(binomial_mass, items)

    def _bernoulli_mass(self, items: list[Typed]) -> Any:
        return self._of_numbers(bernoulli_mass, items)

    def _wishart_density(self, items: list[Typed]) -> Any:
        matrix, scale, freedom = items[0], self._array(items[1]), self.scalar(items[2])
        if freedom is None or matrix.shape is None:
            return None
        if not self._fit([(matrix, matrix.shape[::-1]), (scale, matrix.shape)]):
            return None
        letter = self._letter_beside(freedom.expr, matrix.expr, scale.expr)
        return wishart_density(matrix.expr, scale.expr, freedom.expr, letter)

    def _matrix_normal_density(self, items: list[Typed]) -> Any:
        matrix, mean, rows, columns = (self._array(item, items[0]) for item in items)
        if items[0].shape is None:
            return None
        n, p = matrix.shape
        if not self._fit([(mean, (n, p)), (rows, (n, n)), (columns, (p, p))]):
            return None
        return matrix_normal_density(matrix.expr, mean.expr, rows.expr, columns.expr)

    def _t_density(self, items: list[Typed]) -> Any:
        x, location, scale = items[:3]
        freedom = self.scalar(items[3])
        if freedom is None or x.shape is None or scale.shape is None:
            return None  # the scale of a number is a standard deviation for some, a variance for others
        location = self._array(location, x)
        n = x.shape[0]
        if not self._fit([(x, (n, ONE)), (location, (n, ONE)), (scale, (n, n))]):
            return None
        return t_density(x.expr, location.expr, scale.expr, freedom.expr)

    def _array(self, item: Typed, like: Typed | None = None) -> Any:
        """Return a term as an array: a number is a 1 × 1 matrix, a zero in place of an array is one of zeros."""
        if item.shape is not None:
            return item
        if item.expr == 0 and like is not None and like.shape is not None:
            return Typed(build(ZeroMatrix, *like.shape), like.shape, item.span)
        return Typed(build(Blocks, ONE, ONE, item.expr), (ONE, ONE), item.span)

    def _fit(self, wanted: list[tuple[Any, Any]]) -> bool:
        return all(self.same(item.shape, shape) for item, shape in wanted)

    _DENSITIES: ClassVar = {
        "gamma": _gamma_density,
        "beta": _beta_density,
        "poisson": _poisson_mass,
        "binomial": _binomial_mass,
        "bernoulli": _bernoulli_mass,
        "wishart": _wishart_density,
        "matrix normal": _matrix_normal_density,
        "t": _t_density,
    }
