"""Gradients, Jacobians and Hessians, derived by rules, with their steps and a replayed certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derive.certificate import Certificate, replay
from derive.decode import Decoder, NoNotation
from derive.encode import Encoder, NotEncodable
from derive.exact.equation import Equation
from derive.indices import IndexSymbol
from derive.kernel import CHANGE, Rejected, Step, TooMuchWork
from derive.latex import latex
from derive.naming import named
from derive.normal.search import Finder
from derive.present import Presenter
from derive.printing import show
from derive.prove import Attempt
from derive.scope import Scope
from derive.shape import Dim
from derive.steps import rule_equation
from derive.term import Term
from derive.views import Shown

KINDS = ("gradient", "jacobian", "hessian")
_OPS = {"gradient": "grad", "jacobian": "jac"}
MAX_ROUNDS = 6


class NotDerived(ValueError):
    """A derivative that could not be found; the message names the expression that stands in the way."""


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """One line of a derivation: the rule of the catalogue and the equation it gives, as LaTeX."""

    rule: str
    latex: str


@dataclass(frozen=True)
class Derivation(Shown):
    """A derivative with the way to it.

    Attributes
    ----------
    kind : str
        ``"gradient"``, ``"jacobian"`` or ``"hessian"``.
    result : sympy.Basic
        The derivative: a gradient has the shape of the variable, a Jacobian of m functions by n variables is m × n
        (numerator layout).
    certificate : Certificate
        The proof that the derivative is the result, replayed before this object was made.
    scope : Scope
        What was declared of the symbols.
    wrt : sympy.Basic
        The variable.
    decoder : Decoder
        Turns terms of the certificate into expressions.
    """

    kind: str
    result: Any
    certificate: Certificate
    scope: Scope
    wrt: Any
    decoder: Decoder
    _order: tuple[str, ...]

    @property
    def latex(self) -> str:
        """The result as LaTeX in the documents' language."""
        return latex(self.result)

    @cached_property
    def named(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The result with the names of the field (responsibility, softmax …) and the definitions of these names."""
        shown, definitions = named(self.certificate.rhs, self.scope.declarations)
        lines = tuple((self._tex(name), self._tex(value)) for name, value in definitions)
        return self._tex(shown), lines

    @cached_property
    def steps(self) -> tuple[DerivationStep, ...]:
        """The differentials that were taken, outermost first, and the identification of the result."""
        return (*self._differentials(), DerivationStep("identification", self._conclusion()))

    @cached_property
    def equation(self) -> Equation:
        """What was asked for and the result, for exact evaluation."""
        sides = self.decoder.decode(self.certificate.lhs), self.result
        shape = tuple(self.decoder.size(size) for size in self.certificate.lhs.shape or ())
        free = free_indices(sides, self.scope)
        return Equation(*sides, shape or None, free, self.scope)

    def __str__(self) -> str:
        return show(self.result)

    def _tex(self, term: Term) -> str:
        return latex(self.decoder.decode(term))

    def _conclusion(self) -> str:
        lhs = self.certificate.lhs
        while lhs.op == "at":
            lhs = lhs.args[2]
        return f"{self._tex(lhs)} = {self.latex}"

    def _differentials(self) -> Iterator[DerivationStep]:
        seen = set()
        for key in self._order:
            step = self.certificate.steps.get(key)
            if step is None or not (step.rule.startswith("differential") or step.rule == "jacobi-formula"):
                continue
            try:
                line = self._equation(step)
            except NoNotation:
                continue
            if line not in seen:
                seen.add(line)
                yield DerivationStep(step.rule, line)

    def _equation(self, step: Step) -> str:
        return " = ".join(self._tex(side) for side in rule_equation(step))


def gradient(f: Any, wrt: Any, scope: Scope | None = None, *, symmetric: bool = False) -> Derivation:
    r"""Derive the gradient of a scalar function.

    Parameters
    ----------
    f : sympy.Expr
        The function; a 1 × 1 matrix counts as a scalar.
    wrt : sympy.Basic
        A symbol, a matrix symbol, a member of a family, an entry, an inverse of a symbol, or a power of a scalar.
    scope : Scope, optional
        What is declared of the symbols (see `derive.problem.Problem`). Without it a matrix symbol has no properties.
    symmetric : bool
        Whether the derivative by a symmetric matrix is the constrained one, :math:`G + G^T - G \circ I`.

    Returns
    -------
    Derivation
        The gradient, in the shape of ``wrt``, with its steps and its certificate.

    Raises
    ------
    NotDerived
        If the function contains something that no rule differentiates; the message names it.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Symbol, Trace
    >>> n = Symbol("n")
    >>> A, X = MatrixSymbol("A", n, n), MatrixSymbol("X", n, n)
    >>> str(gradient(Trace(A * X), X))
    'Aᵀ'
    """
    return _derive("gradient", f, wrt, scope, symmetric=symmetric)


def jacobian(y: Any, wrt: Any, scope: Scope | None = None) -> Derivation:
    r"""Derive the Jacobian of an array by an array, in numerator layout.

    Arrays of more than one column are flattened column by column: the Jacobian of an m × n by a p × q matrix is the
    mn × pq matrix :math:`\partial \mathrm{vec}\,Y / \partial (\mathrm{vec}\,X)^T` (Magnus and Neudecker).

    Parameters
    ----------
    y, wrt : sympy.Basic
        The function and the variable.
    scope : Scope, optional
        What is declared of the symbols.

    Returns
    -------
    Derivation
        The Jacobian with its steps and its certificate.

    Raises
    ------
    NotDerived
        If the function contains something that no rule differentiates; the message names it.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Symbol
    >>> m, n = Symbol("m"), Symbol("n")
    >>> str(jacobian(MatrixSymbol("A", m, n) * MatrixSymbol("x", n, 1), MatrixSymbol("x", n, 1)))
    'A'
    """
    return _derive("jacobian", y, wrt, scope)


def hessian(f: Any, wrt: Any, scope: Scope | None = None) -> Derivation:
    """Derive the Hessian of a scalar function: the Jacobian of its gradient.

    Parameters
    ----------
    f : sympy.Expr
        The function.
    wrt : sympy.Basic
        The variable; a matrix is flattened column by column.
    scope : Scope, optional
        What is declared of the symbols.

    Returns
    -------
    Derivation
        The Hessian with its steps and its certificate.

    Raises
    ------
    NotDerived
        If the function contains something that no rule differentiates; the message names it.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Symbol
    >>> n = Symbol("n")
    >>> A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    >>> str(hessian(x.T * A * x, x))
    'A + Aᵀ'
    """
    return _derive("hessian", f, wrt, scope)


def _derive(kind: str, f: Any, wrt: Any, scope: Scope | None = None, *, symmetric: bool = False) -> Derivation:
    scope = scope or Scope()
    free = free_indices((f, wrt), scope)
    encoder = Encoder(scope, free)
    try:
        lhs = _stated(kind, encoder, f, wrt, symmetric)
    except NotEncodable as problem:
        raise NotDerived(str(problem)) from problem
    ranges = {name: encoder.size(upper) for name, upper in scope.ranges.items()}
    variable = encoder.encode(wrt)
    taken = {name for name in scope.declarations if name not in ranges}
    decoder = Decoder(ranges, taken | {name for name, _ in free if f"index {name}" in lhs.names}, variable)
    certificate, order = worked_out(lhs, encoder.facts)
    try:
        expr = decoder.decode(certificate.rhs)
    except NoNotation as problem:
        raise NotDerived(str(problem)) from problem
    return Derivation(kind, expr, certificate, scope, wrt, decoder, order)


def free_indices(exprs: Iterable[Any], scope: Scope) -> tuple[tuple[str, Dim], ...]:
    """Return the index letters in expressions whose range is known, with their upper bounds."""
    letters = {atom.name for expr in exprs for atom in expr.atoms(IndexSymbol)}
    return tuple((name, scope.ranges[name]) for name in sorted(letters) if name in scope.ranges)


def _stated(kind: str, encoder: Encoder, f: Any, wrt: Any, symmetric: bool) -> Term:
    """Return the derivative that is asked for, as a term."""
    body = encoder.encode(f)
    variable = encoder.variable(wrt)
    if kind != "jacobian" and body.shape is not None:
        if body.shape != ((((), 1),), (((), 1),)):
            raise NotEncodable("a gradient is that of a scalar; the function is an array: use a Jacobian")
        body = Term("tr", (body,))
    return encoder.derivative(kind, body, variable, symmetric)


def worked_out(lhs: Term, facts: Mapping[str, frozenset[str]]) -> tuple[Certificate, tuple[str, ...]]:
    """Return a term without derivatives, for reading, with its proof, and the order in which steps were asked for.

    Raises
    ------
    NotDerived
        If something in it is not differentiated by a rule.
    """
    assumed: list[tuple[str, Term]] = []
    for _ in range(MAX_ROUNDS):
        attempt = Attempt(facts, Finder(literal=True, jacobian="(jac " in lhs.key))
        for kind, value in assumed:
            attempt.shown.define(kind, value)
        try:
            attempt.define((lhs,))
            canonical = attempt.canon(lhs)
        except Rejected as problem:
            raise NotDerived(str(problem)) from problem
        except (TooMuchWork, RecursionError):
            raise NotDerived("the expression is too large") from None
        left = _underived(canonical)
        if left is None:
            return _proved(lhs, canonical, attempt, facts)
        wanted = [need for need in attempt.not_shown if need not in assumed]
        if not wanted:
            raise NotDerived(_reason(left, attempt))
        assumed += wanted
    raise NotDerived("the expression is too large")


def _proved(
    lhs: Term, canonical: Term, attempt: Attempt, facts: Mapping[str, frozenset[str]]
) -> tuple[Certificate, tuple[str, ...]]:
    shown = Presenter(attempt, _parts(lhs)).present(canonical)
    for result in (shown, canonical):
        for proof in (attempt, Attempt(facts, Finder(literal=True, jacobian="(jac " in lhs.key))):
            try:
                if proof.difference(lhs, result):
                    continue
                certificate = Certificate(lhs, result, facts, dict(proof.used))
                replay(certificate)
                return certificate, tuple(proof.asked_for)
            except (Rejected, TooMuchWork, RecursionError):
                continue
    raise NotDerived("where the derivative exists could not be shown")


def _parts(term: Term) -> Iterator[Term]:
    """Yield the parts of a function that may stand in its derivative, largest first."""
    stack = [term]
    while stack:
        node = stack.pop(0)
        if node.op == "at":
            stack.append(node.args[2])
            continue
        if not any(f"({op} " in node.key for op in ("grad", "jac", "part", "d", "var")):
            yield node
        stack.extend(arg for arg in node.args if isinstance(arg, Term) and arg.op != "ix")


def _underived(term: Term) -> Term | None:
    """Return a derivative or differential that is left in a term."""
    if term.op in ("d", "grad", "jac", "part") or CHANGE in term.names:
        inner = next((found for arg in term.args if isinstance(arg, Term) and (found := _underived(arg))), None)
        return inner if inner is not None and inner.op == "d" else term
    return next((found for arg in term.args if isinstance(arg, Term) and (found := _underived(arg))), None)


def _reason(left: Term, attempt: Attempt) -> str:
    stuck = next((q for q in attempt.unanswered if q.op == "d"), left)
    body = stuck.args[1] if stuck.op == "d" else stuck.args[0]
    try:
        shown = show(Decoder().decode(body))
    except (NoNotation, TypeError):
        shown = body.op
    return (
        f"no rule differentiates {shown}"
        if stuck.op == "d"
        else f"no rule brings the differential of {shown} into the form of a derivative"
    )
