"""What a model is here: a problem statement, never its solution."""

from __future__ import annotations

from dataclasses import dataclass

from derive.problem import Problem
from derive.stationary import Stationary, stationary


@dataclass(frozen=True, slots=True)
class Model:
    r"""A function to be made stationary.

    Attributes
    ----------
    name : str
        What the model is called.
    declarations : tuple of str
        Declarations as LaTeX.
    objective : str
        The function, as LaTeX.
    unknowns : tuple of str
        What it is a function of.
    constraints : tuple of str
        Expressions that are zero.
    source : str
        Where the statement is found.

    Examples
    --------
    >>> from derive.models.regression import LEAST_SQUARES
    >>> print(LEAST_SQUARES.stationary()["w"].latex)
    w = \left( X^\top X \right)^{-1} X^\top y
    """

    name: str
    declarations: tuple[str, ...]
    objective: str
    unknowns: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    source: str = ""

    def problem(self) -> Problem:
        """Return the declarations."""
        return Problem(self.declarations)

    def stationary(self) -> Stationary:
        """Return the stationary points, as far as they are found.

        Raises
        ------
        NotDerived
            If a gradient cannot be derived.
        """
        problem = self.problem()
        unknowns = [problem.expr(text) for text in self.unknowns]
        constraints = [problem.expr(text) for text in self.constraints]
        return stationary(problem.expr(self.objective), unknowns, constraints, scope=problem.scope)
