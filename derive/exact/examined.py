"""An equation examined: what its expressions contain, and the sizes it depends on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Symbol
from sympy.matrices.expressions import MatPow, MatrixSymbol

from derive.exact.equation import Equation
from derive.exact.features import TRANSCENDENTAL, all_nodes, definition_of, has_branches, is_exponential
from derive.exact.shared import Shared
from derive.expr import Density, MatrixFunction, MatrixMember, ScalarFunction
from derive.facts import Declaration, Fact
from derive.indices import IndexSymbol
from derive.scope import Dependencies


class Examined:
    """An equation with what its expressions contain; its expressions are shared by all evaluations."""

    def __init__(self, equation: Equation) -> None:
        self.equation = equation
        self.dependencies = Dependencies(equation.scope.definitions)
        self.shared = Shared(equation.scope.definitions, self.dependencies)
        self.lhs, self.rhs = self.shared.copy(equation.lhs), self.shared.copy(equation.rhs)
        self.given = [
            replace(condition, lhs=self.shared.copy(condition.lhs), rhs=self.shared.copy(condition.rhs))
            for condition in equation.given
        ]
        self.nodes = list(all_nodes(equation))
        self.has_branches = has_branches(self.nodes, equation.scope)
        self.has_logs = (
            any(
                isinstance(node, ScalarFunction | MatrixFunction) and node.args[0].name in TRANSCENDENTAL
                for node in self.nodes
            )
            or self._has_fractional_powers()
        )
        self.roots = self._roots()
        self.extra = self._extra()
        self.depth = self._exponential_depth()
        self.is_discrete = self._is_discrete()

    def _has_fractional_powers(self) -> bool:
        return any(
            type(node).__name__ == "Pow" and not getattr(node.args[1], "is_Integer", False) for node in self.nodes
        )

    def _is_discrete(self) -> bool:
        """Whether points come in several components (signs of a determinant, ranks) that all have to be met."""
        names = set(self.equation.constraints.makers)
        for side in (self.equation.lhs, self.equation.rhs):
            names |= self.dependencies.of(side)
        declared = [
            self.equation.scope.declarations[name] for name in names if name in self.equation.scope.declarations
        ]
        return bool(self.equation.constraints.idempotents) or any(Fact.ORTHOGONAL in d.facts for d in declared)

    def _roots(self) -> frozenset[str]:
        found = set()
        for node in self.nodes:
            if (
                type(node) is MatPow
                and isinstance(node.args[0], MatrixSymbol | MatrixMember)
                and getattr(node.args[1], "is_Rational", False)
                and not node.args[1].is_Integer
            ):
                name = node.args[0].args[0].name
                declaration = self.equation.scope.declarations.get(name)
                if (
                    declaration is not None
                    and Fact.DEFINITE in declaration.facts
                    and Fact.DIAGONAL not in declaration.facts
                ):
                    found.add(name)
        return frozenset(found)

    def _extra(self) -> dict[str, Declaration]:
        """Return declarations for the differentials ``dX``; that of a symmetric matrix is symmetric."""
        found = {}
        for symbol, change in self.equation.varying.items():
            name = symbol.name if isinstance(symbol, Symbol) else symbol.args[0].name
            declared = self.equation.scope.declarations.get(name)
            if declared is None:
                continue
            kept = {Fact.DIAGONAL} & declared.facts
            if declared.facts & {Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE}:
                kept |= {Fact.SYMMETRIC}
            changed = change.name if isinstance(change, Symbol) else change.args[0].name
            found[changed] = Declaration(changed, declared.kind, declared.shape, frozenset(kept), declared.ranges)
        return found

    def _exponential_depth(self) -> int:
        depth = 0
        stack = [(self.equation.lhs, 0), (self.equation.rhs, 0)]
        for condition in self.equation.given:
            stack += [(condition.lhs, 0), (condition.rhs, 0)]
        seen: set[Any] = set()
        while stack:
            node, above = stack.pop()
            if (node, above) in seen or above > 3:
                continue
            seen.add((node, above))
            here = above
            if (
                isinstance(node, Density)
                or (isinstance(node, ScalarFunction | MatrixFunction) and is_exponential(node.args[0].name))
                or type(node).__name__ == "Exp1"
            ):
                here += 1
            depth = max(depth, here)
            definition = definition_of(node, self.equation.scope)
            if definition is not None:
                stack.append((definition.body, here))
            stack.extend((arg, here) for arg in node.args)
        return depth

    # -- sizes -------------------------------------------------------------------------------------------------

    def sizes(self) -> list[str]:
        """Return the sizes that the equation depends on, in order of their names."""
        found: set[str] = set()
        scope = self.equation.scope
        dims: list[Any] = [upper for _, upper in self.equation.free]
        names: set[str] = set()
        for side in (self.equation.lhs, self.equation.rhs):
            names |= self.dependencies.of(side)
        for condition in self.equation.given:
            names |= self.dependencies.of(condition.lhs) | self.dependencies.of(condition.rhs)
            dims += [upper for _, upper in condition.free]
        for name in names | set(self.equation.constraints.makers):
            declaration = scope.declarations.get(name)
            if declaration is not None:
                dims += [*(declaration.shape or ()), *declaration.ranges]
        for node in self.nodes:
            if (isinstance(node, Symbol) and scope.is_size(node.name) and not isinstance(node, IndexSymbol)) or (
                isinstance(node, IndexSymbol) and scope.is_size(node.name)
            ):
                found.add(node.name)
        for dim in dims:
            found |= {symbol.name for symbol in getattr(dim, "free_symbols", ())}
        for _, left, right in scope.restrictions:
            involved = {symbol.name for side in (left, right) for symbol in side.free_symbols}
            if involved & found:
                found |= involved
        return sorted(found)
