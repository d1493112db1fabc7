"""What all evaluations of one equation share: each expression once, with what it depends on."""

from __future__ import annotations

from typing import Any, NamedTuple

from sympy import Basic, Symbol
from sympy.core.symbol import Str

from derive.exact.domain import NotEvaluable
from derive.expr import IndexProduct, IndexSum, MatrixIndexSum, build
from derive.indices import IndexSymbol
from derive.scope import Definition, Dependencies

MAX_STEPS = 2_000_000
"""Operations in the test of one equation; counted, not timed, so that the same input gives the same answer."""


class TooCostly(NotEvaluable):
    """The operations allowed for one equation are used up."""


class Info(NamedTuple):
    """What is known of an expression: the one copy of it, the names it depends on, its free indices."""

    expr: Any
    names: frozenset[str]
    free: tuple[str, ...]


class Shared:
    """Keeps one copy of every expression, so that identity is equality and values can be remembered by identity.

    The copies are kept alive, so no identity is used twice.
    """

    def __init__(self, definitions: dict[str, Definition], dependencies: Dependencies | None = None) -> None:
        self.definitions = definitions
        self.dependencies = dependencies or Dependencies(definitions)
        self.infos: dict[int, Info] = {}
        self.derived: dict[Any, Any] = {}
        self.signs: dict[int, set[int]] = {}
        """Signs seen of the arguments of roots of squares, of powers that may be roots and of absolute values."""
        self.steps = 0
        self.limit = MAX_STEPS
        self._copies: dict[Any, Any] = {}
        self._bodies: dict[str, Any] = {}

    def info(self, expr: Any) -> Info:
        """Return what is known of an expression; it need not be the copy."""
        found = self.infos.get(id(expr))
        if found is not None:
            return found
        return self.infos[id(self.copy(expr))]

    def note_sign(self, expr: Any, value: Any) -> None:
        """Note the sign of a real value (or of the entries of a matrix)."""
        seen = self.signs.setdefault(id(self.copy(expr)), set())
        for entry in value.entries() if hasattr(value, "entries") else (value,):
            if entry > 0:
                seen.add(1)
            elif entry < 0:
                seen.add(-1)

    def body(self, ident: str) -> Any:
        """Return the one copy of the body of a definition."""
        found = self._bodies.get(ident)
        if found is None:
            found = self.copy(self.definitions[ident].body)
            self._bodies[ident] = found
        return found

    def copy(self, expr: Any) -> Any:
        """Return the one copy of an expression."""
        if id(expr) in self.infos:
            return expr
        if not expr.args or isinstance(expr, Symbol | Str):
            kept = self._copies.setdefault(expr, expr)
        else:
            args = tuple(self.copy(arg) for arg in expr.args)
            key = (type(expr), *(id(arg) for arg in args))
            kept = self._copies.get(key)
            if kept is None:
                same = all(new is old for new, old in zip(args, expr.args, strict=True))
                kept = expr if same else build(type(expr), *args)
                self._copies[key] = kept
        if id(kept) not in self.infos:
            self.infos[id(kept)] = Info(kept, self.dependencies.of(kept), self._free(kept))
        return kept

    def _free(self, expr: Basic) -> tuple[str, ...]:
        """Return the indices that occur free in an expression, sorted."""
        if isinstance(expr, IndexSymbol):
            return (expr.name,)
        if isinstance(expr, Str):
            return ()
        if not isinstance(expr, IndexSum | IndexProduct | MatrixIndexSum):
            names = {name for arg in expr.args for name in self.info(arg).free}
        else:
            parts = [set(self.info(arg).free) for arg in expr.args]
            names = parts[0].union(*parts[4:]) - {expr.args[1].name} | parts[2] | parts[3]
        return tuple(sorted(names)) if names else ()
