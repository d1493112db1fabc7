"""Source for derived results: `generate` and what it returns."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from derive.certificate import Certificate
from derive.derivation import Derivation
from derive.latex import latex
from numeric.emit import NotEmitted
from numeric.identifiers import identifier
from numeric.lower import NotLowered, free_letters, lowered
from numeric.passes import literal, optimised
from numeric.program import Dim, Program
from numeric.source import Documentation, Function, Parameter, written

NAMESPACES = {"numpy": "np", "array-api": "xp"}


class NotGenerated(ValueError):
    """A result for which no source can be written; the message names what stands in the way."""


@dataclass(frozen=True)
class Generated:
    """A generated function with what it was made from.

    Attributes
    ----------
    function : Function
        Name, parameters and source of the function.
    program : Program
        The array program that the source computes.
    namespace : str
        ``"numpy"`` or ``"array-api"``.
    """

    function: Function
    program: Program
    namespace: str = "numpy"

    @property
    def source(self) -> str:
        """The source as a module of its own: it imports NumPy and nothing else."""
        if self.namespace != "numpy":
            lead = "import math\n\n\n" if "math." in self.function.source else ""
            return lead + self.function.source
        return ("import numpy as np\n\n\n" if "np." in self.function.source else "") + self.function.source

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The parameters, in order."""
        return self.function.parameters

    def compile(self) -> Any:
        """Return the function as an object.

        The source is made of operations from closed tables and of sanitised names; no text of a document is executed.
        """
        space: dict[str, Any] = {}
        exec(compile(self.source, f"<generated {self.function.name}>", "exec"), space)
        return space[self.function.name]


def generate(found: Derivation, name: str = "f", namespace: str = "numpy", *, stable: bool = True) -> Generated:
    r"""Return NumPy source for a derived result.

    Parameters
    ----------
    found : Derivation
        A gradient, Jacobian or Hessian. A free index of the variable becomes the first axis of the result.
    name : str
        The name of the function; what is not a Python name is made one.
    namespace : str
        ``"numpy"``, or ``"array-api"`` for a function that takes arrays of any library with the array API standard. It
        finds the namespace by its first array; where arrays do not name theirs, as PyTorch's do not, it is given by the
        keyword ``xp``: ``f(x, xp=array_api_compat.torch)``.
    stable : bool
        Whether the passes are applied. Without them the source says what the formula says, word for word.

    Returns
    -------
    Generated
        The source with its arguments: families carry their index axis first, vectors have one dimension.

    Raises
    ------
    NotGenerated
        If the result contains something without an array operation; the message names it.

    Examples
    --------
    >>> import derive
    >>> from derive.problem import Problem
    >>> problem = Problem([r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"w \in \mathbb{R}^D"])
    >>> loss = problem.expr(r"\sum_n \log(1 + \exp(w^\top x_n))")
    >>> made = generate(derive.gradient(loss, problem.expr("w"), problem.scope), "slope")
    >>> print(made.source.splitlines()[-1])
        return np.exp(-np.logaddexp(0.0, -(x @ w))) @ x
    """
    doc = Documentation(
        f"Return the {found.kind} by {latex(found.wrt)}.",
        f"The {found.kind}.",
        found.latex,
        (f"It rests on {', '.join(dict.fromkeys(step.rule for step in found.steps))}.", proved_by(found.certificate)),
    )
    return of_expression(
        found.result,
        found.scope,
        free_indices_of(found),
        identifier(name),
        doc,
        namespace,
        column=found.kind == "jacobian",
        stable=stable,
    )


def of_expression(
    expr: Any,
    scope: Any,
    free: tuple[tuple[str, Dim], ...],
    name: str,
    doc: Documentation,
    namespace: str = "numpy",
    *,
    column: bool = False,
    stable: bool = True,
) -> Generated:
    """Return NumPy source for an expression with free indices.

    Raises
    ------
    NotGenerated
        If something has no array operation, or the namespace is not known.
    """
    if namespace not in NAMESPACES:
        raise NotGenerated(f"the namespace is one of {', '.join(NAMESPACES)}, not {namespace}")
    try:
        program = (optimised if stable else literal)(lowered(expr, scope, free))
        return Generated(written(program, name, doc, NAMESPACES[namespace], column), program, namespace)
    except (NotLowered, NotEmitted) as problem:
        raise NotGenerated(str(problem)) from problem
    except RecursionError:
        raise NotGenerated("the expression is nested too deeply") from None


def free_indices_of(found: Derivation) -> tuple[tuple[str, Dim], ...]:
    """Return the free indices of a derivation with their ranges: those of the variable first."""
    letters = dict.fromkeys((*free_letters(found.wrt), *free_letters(found.equation.lhs), *free_letters(found.result)))
    ranges = dict(found.equation.free)
    return tuple((letter, ranges[letter]) for letter in letters if letter in ranges)


def proved_by(certificate: Certificate) -> str:
    """Return a sentence that names a certificate by its hash."""
    data = json.dumps(certificate.data, sort_keys=True, ensure_ascii=True).encode()
    return f"Certificate {hashlib.sha256(data).hexdigest()[:16]}."


def fields(found: Derivation) -> dict[str, Any]:
    """Return the fields ``numpy``, ``function`` and ``arguments`` of a derivation record."""
    try:
        made = generate(found)
    except NotGenerated:
        return {"numpy": None, "function": None, "arguments": []}
    arguments = [{"name": p.name, "latex": p.latex, "shape": list(p.shape)} for p in made.arguments]
    return {"numpy": made.source, "function": made.function.name, "arguments": arguments}
