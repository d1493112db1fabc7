"""What is known at one place of a document: declarations, index ranges, definitions, assumptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Basic, Symbol
from sympy.core.symbol import Str

from derive.covariances import NO_COVARIANCES, Covariances
from derive.expr import Call, DefiniteIntegral, MatrixCall, is_matrix
from derive.facts import Declaration, Kind
from derive.opaque import is_moment
from derive.shape import Dim, Shape


def square_key(key: str) -> str:
    """Return the key of a symbol of which only the square is defined, as in ``R^2 = 1 - \\dots``."""
    return f"{key}^{{2}}"


INTEGRAL = "∫"
"""What stands among the names that an expression depends on if it has an integral."""
_SYMBOL = re.compile(r"\\[A-Za-z]+(?:_\{[^{}]*\})?|[A-Za-z](?:_\{[^{}]*\})?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a definition: the symbol it binds and its shape; an index is a scalar symbol.

    One that is ``guessed`` is taken as a number because nothing declares it.
    """

    symbol: Any
    shape: Shape | None
    is_index: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """``key(parameters) := body``; the indices of a defined family are parameters, too.

    ``ident`` is unique in a document, so that a later definition of the same name leaves earlier lines alone.
    """

    ident: str
    key: str
    parameters: tuple[Parameter, ...]
    separators: tuple[str, ...]
    ranges: tuple[Dim, ...]
    body: Any
    shape: Shape | None
    called: bool
    node: Any = None
    """The right side as written, where a size in it is found only by use (the identity in ``H = I - P``)."""
    group: Any = None
    """The bracket of an application that is known as a whole."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A stated condition ``lhs = rhs`` that claims may rest on; ``text`` is how it is named in a report."""

    text: str
    lhs: Any
    rhs: Any
    shape: Shape | None
    free: tuple[tuple[str, Dim], ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Law:
    """What is said of a random symbol.

    Attributes
    ----------
    family : str
        The family of its distribution, or ``""``.
    parameters : tuple of node
        The parameters of the distribution, as they are written.
    letters : tuple of str
        The index letters of a family of symbols.
    model : node, optional
        What the symbol is equal to, as in ``y = X \\beta + \\varepsilon``.
    """

    family: str = ""
    parameters: tuple[Any, ...] = ()
    letters: tuple[str, ...] = ()
    model: Any = None


@dataclass(frozen=True, slots=True)
class GivenMoment:
    """A mean, a variance or a covariance that the text gives.

    Attributes
    ----------
    value : node
        The value, as it is written.
    letters : tuple of str
        The index letters of a family of symbols.
    said : str
        How it is named in a report, with its line.
    """

    value: Any
    letters: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A conditional moment that nothing gives: of one symbol or of two, given others by their names."""

    operator: str
    symbols: tuple[Any, ...]
    given: frozenset[str]


@dataclass
class Scope:
    """Everything in force at one place; copied where it changes."""

    declarations: dict[str, Declaration] = field(default_factory=dict)
    ranges: dict[str, Dim] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    restrictions: tuple[tuple[str, Any, Any], ...] = ()
    extended: bool = False
    """Whether undeclared ``K_{m,n}`` is the commutation matrix and ``e_i`` a unit vector, as in rules and results."""
    tentative: tuple[Condition, ...] = ()
    """What stands inside implications: nothing is proved from it, and nothing refuted that follows from it."""
    densities: frozenset[str] = frozenset()
    """Heads that stand for another function with every list of arguments, as p does in ``p(x, y) = p(x) p(y)``."""
    random: frozenset[str] = frozenset()
    """Symbols that are random, whether or not a distribution is stated."""
    independent: frozenset[str] = frozenset()
    """Families whose members are said to be independent."""
    laws: dict[str, Law] = field(default_factory=dict)
    """What is said of random symbols."""
    moments: dict[str, GivenMoment] = field(default_factory=dict)
    """Moments that the text gives, by the key under which they would be new symbols."""
    conditional: dict[str, Conditional] = field(default_factory=dict)
    """Conditional moments that were met, by their keys."""
    unrelated: dict[frozenset[str], str] = field(default_factory=dict)
    """Pairs of symbols that are said to be independent of each other, with where that is said."""
    covariances: Covariances = NO_COVARIANCES
    """How covariances are written with a letter."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Letters that stand for the values of random symbols, as x does for X."""
    spaces: Mapping[str, str] = field(default_factory=dict)
    """Names of the sets of all values of a symbol, as they stand under integral signs, with the symbol."""
    unsettled: frozenset[str] = frozenset()
    """Symbols of which more is said than the conditions state: nothing is refuted that speaks of them."""
    conventions: frozenset[str] = frozenset()
    """Defined symbols whose values hang on a convention: authors differ, and nothing is refuted that speaks of them."""
    withheld: frozenset[str] = frozenset()
    """Letters of known functions that stand for something else for all that the document says."""
    undeclared: bool = False
    """Whether the document leaves what its symbols are to be inferred."""
    written: tuple[Any, ...] = ()
    """Densities with all their arguments that were written before, as syntax trees."""

    def copy(self) -> Scope:
        """Return a scope that can grow without changing this one."""
        return replace(
            self,
            declarations=dict(self.declarations),
            ranges=dict(self.ranges),
            definitions=dict(self.definitions),
            names=dict(self.names),
            laws=dict(self.laws),
            moments=dict(self.moments),
            conditional=dict(self.conditional),
            unrelated=dict(self.unrelated),
        )

    def declare(self, declaration: Declaration) -> None:
        """Add a declaration; it hides a definition of the same name, and withdraws conditions on what had it before."""
        known = self.declarations.get(declaration.key)
        if known is not None and known != declaration and self.conditions:
            used = Dependencies(self.definitions)
            self.conditions = tuple(
                c for c in self.conditions if declaration.key not in used.of(c.lhs) | used.of(c.rhs)
            )
        self.declarations[declaration.key] = declaration
        if declaration.kind is not Kind.FUNCTION:
            self.names.pop(declaration.key, None)
        self.names.pop(square_key(declaration.key), None)

    def define(self, definition: Definition) -> None:
        """Add a definition; one with the same pattern is hidden, and so is one of the square of the same symbol."""
        self.definitions[definition.ident] = definition
        self.names.pop(square_key(definition.key), None)
        same = [
            ident
            for ident in self.names.get(definition.key, ())
            if not _same_pattern(self.definitions[ident], definition)
        ]
        self.names[definition.key] = (definition.ident, *same)

    def overloads(self, key: str) -> Iterator[Definition]:
        """Yield the definitions of a name, the latest first."""
        for ident in self.names.get(key, ()):
            yield self.definitions[ident]

    def fresh_ident(self, key: str) -> str:
        """Return an identifier for a new definition of a name."""
        return f"{key}#{len(self.definitions) + 1}"

    def size(self, key: str) -> Symbol:
        """Return the size of this name, declared by its first use."""
        if key not in self.declarations:
            self.declarations[key] = Declaration(key, Kind.SIZE)
        return Symbol(key)

    def is_size(self, key: str) -> bool:
        """Whether the name is that of a size."""
        return key in self.declarations and self.declarations[key].kind is Kind.SIZE

    def adopt(self, other: Scope) -> None:
        """Add the moments that were met in another scope and that nothing gives."""
        for key, declaration in other.declarations.items():
            if is_moment(key):
                self.declarations.setdefault(key, declaration)
        for key, moment in other.conditional.items():
            self.conditional.setdefault(key, moment)

    def open_moments(self, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are moments which nothing gives."""
        return frozenset(key for key in names if is_moment(key) and key in self.declarations)

    def open_values(self, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names of which the document says more than is stated of them."""
        defined = {name.removeprefix("def:").partition("#")[0].replace("^{2}", "") for name in names if "def:" in name}
        return self.open_moments(names) | (names & self.unsettled) | (defined & self.conventions)

    def with_fact(self, key: str, fact: Any) -> Scope:
        """Return a copy in which one symbol has one more fact."""
        scope = self.copy()
        scope.declarations[key] = replace(scope.declarations[key], facts=scope.declarations[key].facts | {fact})
        return scope


def _same_pattern(old: Definition, new: Definition) -> bool:
    if old.called != new.called or old.separators != new.separators or len(old.parameters) != len(new.parameters):
        return False
    return all(
        a.is_index == b.is_index and (a.shape is None) == (b.shape is None)
        for a, b in zip(old.parameters, new.parameters, strict=True)
    )


class Dependencies:
    """The leaves an expression depends on, through definitions; remembered for one set of definitions."""

    def __init__(self, definitions: dict[str, Definition]) -> None:
        self.definitions = definitions
        self._known: dict[Basic, frozenset[str]] = {}

    def of(self, expr: Basic) -> frozenset[str]:
        """Return the names of symbols, families, functions and definitions (``def:…``) used."""
        found = self._known.get(expr)
        if found is None:
            found = self._find(expr)
            self._known[expr] = found
        return found

    def _find(self, expr: Basic) -> frozenset[str]:
        if isinstance(expr, Symbol):
            return frozenset((expr.name,))
        if isinstance(expr, Str):
            return frozenset()
        names: set[str] = set()
        kind = type(expr).__name__
        if kind in ("Member", "MatrixMember", "MatrixSymbol", "MatrixValued", "ScalarFunction", "MatrixFunction"):
            names.add(str(expr.args[0].name))
        if isinstance(expr, DefiniteIntegral):
            body, variable, domain = expr.args
            within = frozenset(_SYMBOL.findall(domain.name))
            return (self.of(body) - {variable.name}) | within | {INTEGRAL}
        if isinstance(expr, Call | MatrixCall):
            ident = expr.args[0].name
            names.add("def:" + ident)
            definition = self.definitions.get(ident)
            if definition is not None:
                bound = {parameter.symbol.name for parameter in definition.parameters}
                names |= self.of(definition.body) - bound
        for arg in expr.args:
            if kind == "MatrixSymbol" or (isinstance(arg, Symbol) and kind in ("Identity", "ZeroMatrix", "OneMatrix")):
                continue
            names |= self.of(arg)
        return frozenset(names)


def is_array(expr: Basic) -> bool:
    """Whether an expression is an array."""
    return is_matrix(expr)
