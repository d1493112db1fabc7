r"""Values at which a function is smallest or largest: ``\hat\beta = \arg\min_\beta f(\beta)``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.curvature import curvature
from derive.elaborate import Elaborator
from derive.judge import Judge
from derive.options import Options
from derive.scope import Scope
from derive.statement import Reading, state
from derive.syntax import Derivative, EvaluatedAt, Name, Node, Num, Product, Scripted, Terms
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import Judgement, Verdict

_SHAPES = {"\\mathrm{argmin}": "convex", "\\mathrm{argmax}": "concave"}


@dataclass(frozen=True, slots=True)
class Extremum:
    """``\\arg\\min_v f``: the name of the operator, the variable and the function."""

    operator: str
    variable: Node
    function: Node

    def condition(self, value: Node) -> Node:
        """Return the gradient of the function at a value, which is zero inside the domain of a differentiable one."""
        gradient = Derivative(self.function.span, self.function, (self.variable,))
        return EvaluatedAt(self.function.span, gradient, self.variable, value)

    def is_stationary(self, scope: Scope) -> bool:
        """Whether the function is shown to be convex (concave), so that it is smallest where its gradient is zero."""
        elaborator = Elaborator(scope.copy())
        try:
            function, variable = elaborator.elaborate(self.function), elaborator.elaborate(self.variable)
        except (Unreadable, Malformed):
            return False
        scalar = elaborator.scalar(function)
        shape = _SHAPES[self.operator]
        return scalar is not None and curvature(scalar.expr, variable.expr, elaborator.scope) == shape


def extremum(side: Node) -> Extremum | None:
    """Return a side as an extremum over one variable, or None; it extends to the end of the side."""
    terms = side.items if isinstance(side, Terms) else ((1, side),)
    sign, first = terms[0]
    items = first.items if isinstance(first, Product) else (first,)
    head = items[0]
    if sign < 0 or not isinstance(head, Scripted) or not isinstance(head.base, Name) or len(head.sub) != 1:
        return None
    if head.base.key not in _SHAPES or head.power is not None or head.transposed or head.primes:
        return None
    parts = list(terms[1:])
    if len(items) == 2:
        parts.insert(0, (1, items[1]))
    elif len(items) > 2 and isinstance(first, Product):
        parts.insert(0, (1, Product(first.span, items[1:], ("", *first.operators[2:]))))
    if not parts:
        return None
    sign, only = parts[0]
    function = only if len(parts) == 1 and sign > 0 else Terms(side.span, tuple(parts))
    return Extremum(head.base.key, head.sub[0], function)


def judge_extremum(value: Node, side: Node, scope: Scope, options: Options) -> Judgement:
    """Judge whether a value is where a function is smallest (or largest).

    It holds where the gradient vanishes at the value and the function is convex (concave). Nothing is refuted: the
    domain may have a boundary.
    """
    found = extremum(side)
    assert found is not None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    zero = Num(side.span, Fraction(0))
    try:
        statement = state(found.condition(value), zero, scope, reading)
    except Unreadable as problem:
        return Judgement(Verdict.UNREAD, problem.code, problem.message)
    except Malformed as problem:
        return Judgement(Verdict.UNDECIDED, "U604", f"the gradient makes no sense: {problem.message}")
    checked = Judge(options.seed).check(statement, witness=False)
    if not checked.holds:
        message = "that the gradient vanishes there is not shown"
        return Judgement(Verdict.UNDECIDED, "U604", message, notes=statement.notes)
    wanted = _SHAPES[found.operator]
    if not found.is_stationary(scope):
        message = f"the gradient vanishes there; that the function is {wanted} is not shown"
        return Judgement(Verdict.UNDECIDED, "U604", message, notes=statement.notes)
    notes = (*statement.notes, f"the gradient vanishes there, and the function is {wanted}")
    return Judgement(Verdict.HOLDS, evidence=checked.evidence, notes=notes)
