"""Stationary points: the Lagrangian, its gradients, and what they are solved for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Add, Mul, Symbol
from sympy.matrices.expressions import MatMul, MatrixSymbol, Trace, Transpose

from derive.contexts import free_indices_of
from derive.curvature import curvature
from derive.derivation import Derivation, NotDerived, free_indices, gradient
from derive.encode import Encoder
from derive.expr import build, is_matrix
from derive.facts import Declaration, Kind
from derive.latex import latex
from derive.scope import Scope
from derive.solver import Solution, Solver
from derive.views import Shown

__all__ = ["Solution", "Stationary", "stationary"]

MULTIPLIERS = (r"\lambda", r"\nu", r"\eta", r"\kappa")


@dataclass(frozen=True)
class Stationary(Shown):
    """The stationary points of a function, as far as they were found.

    Attributes
    ----------
    lagrangian : sympy.Expr
        The function with a multiplier times each constraint.
    multipliers : tuple of sympy.Symbol
        The multipliers, in the order of the constraints.
    conditions : tuple of Derivation
        The gradients by the unknowns, which are zero.
    solutions : tuple of Solution
        The unknowns and multipliers that were isolated.
    implicit : tuple of Derivation
        The conditions that could not be solved for their unknown; they are equations to be solved numerically.
    """

    lagrangian: Any
    multipliers: tuple[Any, ...]
    conditions: tuple[Derivation, ...]
    solutions: tuple[Solution, ...]
    implicit: tuple[Derivation, ...]
    scope: Scope

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The way from the Lagrangian to the solutions, a line of LaTeX each."""
        found = [rf"\mathcal{{L}} = {latex(self.lagrangian)}"]
        found += [f"{condition.named[0]} = 0" for condition in self.conditions]
        return (*found, *(solution.latex for solution in self.solutions))

    def __str__(self) -> str:
        lines = list(self.lines)
        for solution in self.solutions:
            if solution.depends_on:
                lines.append(f"({solution.latex.split(' = ')[0]} depends on {', '.join(solution.depends_on)})")
        return "\n".join(lines)

    def __getitem__(self, name: str) -> Solution:
        """Return the solution for an unknown by its LaTeX, as in ``found[r"\\mu_k"]``."""
        for solution in self.solutions:
            if latex(solution.unknown).replace("{", "").replace("}", "") == name.replace("{", "").replace("}", ""):
                return solution
        raise KeyError(name)

    def second_order(self) -> dict[str, str]:
        """Return what the second derivative by each unknown says of the function there.

        Returns
        -------
        dict
            ``"convex"`` where the Hessian by this unknown, the others fixed, is shown to be positive semidefinite
            wherever it is defined, ``"concave"`` where negative semidefinite; else ``"not shown"``. On the tangent
            space of a linear constraint it is so as well. Of several unknowns together nothing is said.
        """
        return {
            latex(condition.wrt): curvature(self.lagrangian, condition.wrt, self.scope) for condition in self.conditions
        }


def stationary(
    f: Any, unknowns: Sequence[Any], subject_to: Iterable[Any] = (), *, scope: Scope | None = None
) -> Stationary:
    r"""Return the stationary points of a function, under constraints if there are any.

    Each constraint gets a Lagrange multiplier. An unknown is isolated where its condition is linear in it (from the
    left, from the right, or by ``vec``), a power, a logarithm or an exponential; what it occurs in under a name of the
    field, such as a responsibility, stays as it is, so that the value is a fixed-point equation.

    Parameters
    ----------
    f : sympy.Expr
        A scalar function.
    unknowns : sequence of sympy.Basic
        Symbols or members of families.
    subject_to : iterable of sympy.Basic
        Expressions that are zero; a matrix constraint has a matrix of multipliers.
    scope : Scope, optional
        What is declared of the symbols.

    Returns
    -------
    Stationary
        The Lagrangian, the conditions and the solutions, each with a certificate.

    Raises
    ------
    NotDerived
        If a gradient cannot be derived; the message names the expression that stands in the way.

    Examples
    --------
    >>> from derive.problem import Problem
    >>> problem = Problem([r"X \in \mathbb{R}^{m \times n}", r"y \in \mathbb{R}^m", r"w \in \mathbb{R}^n"])
    >>> w = problem.expr("w")
    >>> found = stationary(problem.expr(r"\|y - X w\|^2"), [w], scope=problem.scope)
    >>> print(found["w"].latex)
    w = \left( X^\top X \right)^{-1} X^\top y
    """
    scope = (scope or Scope()).copy()
    constraints = tuple(subject_to)
    for constraint in constraints:
        for index in free_indices_of(Encoder(scope, free_indices([constraint], scope)).encode(constraint)):
            name = index.args[0]
            raise NotDerived(f"a constraint for every {name} needs a multiplier for each: add it up with weights")
    used = {str(atom) for expr in (f, *constraints, *unknowns) for atom in expr.free_symbols}
    multipliers = tuple(_multiplier(constraint, place, scope, used) for place, constraint in enumerate(constraints))
    lagrangian = Add(f, *(_paired(m, c) for m, c in zip(multipliers, constraints, strict=True)), evaluate=False)
    conditions = tuple(gradient(lagrangian if multipliers else f, wrt, scope) for wrt in unknowns)
    solver = Solver(conditions, constraints, multipliers, scope)
    solutions = solver.solve()
    solved = {solution.unknown for solution in solutions}
    implicit = tuple(condition for condition in conditions if not _is_solved(condition.wrt, solved))
    return Stationary(lagrangian if multipliers else f, multipliers, conditions, solutions, implicit, scope)


def _is_solved(wrt: Any, solved: set[Any]) -> bool:
    return wrt in solved or any(type(one).__name__ == "Vec" and one.args[0] == wrt for one in solved)


def _multiplier(constraint: Any, place: int, scope: Scope, used: set[str]) -> Any:
    """Return a symbol of the shape of a constraint: a new one, or a declared number that is used for nothing else."""
    base = MULTIPLIERS[place % len(MULTIPLIERS)]
    key = base
    while key in scope.declarations or key in scope.names:
        if scope.declarations.get(key) == Declaration(key, Kind.SCALAR) and key not in used:
            break
        key = f"{base}_{{{place}}}" if key == base else key + "'"
    if is_matrix(constraint):
        scope.declare(Declaration(key, Kind.ARRAY, tuple(constraint.shape)))
        return MatrixSymbol(key, *constraint.shape)
    scope.declare(Declaration(key, Kind.SCALAR))
    return Symbol(key)


def _paired(multiplier: Any, constraint: Any) -> Any:
    if is_matrix(constraint):
        return build(Trace, build(MatMul, build(Transpose, multiplier), constraint))
    return Mul(multiplier, constraint, evaluate=False)
