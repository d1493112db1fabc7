r"""Values at which a function is smallest or largest: ``\hat\beta = \arg\min_\beta f(\beta)``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Symbol

from derive.curvature import curvature
from derive.elaborate import Elaborator
from derive.exact.signs import is_definite, is_nonnegative, is_positive, is_semidefinite
from derive.facts import Fact
from derive.judge import Judge
from derive.options import Options
from derive.scope import Dependencies, Scope
from derive.statement import Reading, state
from derive.syntax import Derivative, EvaluatedAt, Name, Node, Num, Product, Scripted, Terms, below
from derive.terms import leaf_name
from derive.ties import is_constrained
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import Judgement, Verdict

_SHAPES = {"\\mathrm{argmin}": "convex", "\\mathrm{argmax}": "concave"}
_OPEN = frozenset({Fact.POSITIVE, Fact.INVERTIBLE})
_SYMMETRIC = frozenset({Fact.SYMMETRIC, Fact.DEFINITE})


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

    def shape(self, scope: Scope) -> str:
        """Return what is shown of the function: that it is ``"convex"``, ``"concave"``, or ``"not shown"``."""
        elaborator = Elaborator(scope.copy())
        try:
            function, variable = elaborator.elaborate(self.function), elaborator.elaborate(self.variable)
        except (Unreadable, Malformed):
            return "not shown"
        scalar = elaborator.scalar(function)
        return "not shown" if scalar is None else curvature(scalar.expr, variable.expr, elaborator.scope)

    def bends(self, scope: Scope) -> int:
        """Return 1 if the function is shown to be convex (concave), so that it is smallest where its gradient is zero.

        It is -1 for the opposite: then it is smallest inside an open domain only if it is constant there.
        """
        shape, wanted = self.shape(scope), _SHAPES[self.operator]
        return 0 if shape == "not shown" else 1 if shape == wanted else -1

    def uses(self, key: str) -> bool:
        """Whether the function speaks of a symbol, other than as its variable."""
        own = {node.key for node in below(self.variable) if isinstance(node, Name)}
        return key not in own and any(isinstance(node, Name) and node.key == key for node in below(self.function))

    def moves_freely(self, scope: Scope) -> bool:
        """Whether no condition holds the variable: it can take every value that it is declared to have."""
        elaborator = Elaborator(scope.copy())
        try:
            function, variable = elaborator.elaborate(self.function), elaborator.elaborate(self.variable)
        except (Unreadable, Malformed):
            return False
        used = Dependencies(scope.definitions)
        own = used.of(variable.expr) & scope.declarations.keys()
        return not is_constrained(own, used.of(function.expr) | own, scope, used)

    def has_open_domain(self, scope: Scope, reading: Reading) -> bool:
        """Whether the gradient has to vanish where the function is smallest: there is no boundary to be on.

        Among symmetric matrices, that is so if the gradient is symmetric: of another one, only the symmetric part has
        to vanish.
        """
        facts = _facts(self.variable, scope)
        if facts is None or facts - _OPEN - _SYMMETRIC:
            return False
        if not facts & _SYMMETRIC:
            return True
        gradient = Derivative(self.function.span, self.function, (self.variable,))
        try:
            statement = state(gradient, Scripted(gradient.span, gradient, transposed=True), scope, reading)
        except (Unreadable, Malformed):
            return False
        return Judge(0).check(statement, witness=False).holds is True

    def is_in_domain(self, value: Node, scope: Scope) -> bool:
        """Whether a value is shown to have the properties that are declared of the variable."""
        facts = _facts(self.variable, scope)
        elaborator = Elaborator(scope.copy())
        try:
            expr = elaborator.elaborate(value).expr
        except (Unreadable, Malformed):
            return False
        return facts is not None and all(_has(fact, expr, scope) for fact in facts)


def _facts(variable: Node, scope: Scope) -> frozenset[Fact] | None:
    """Return what is declared of a variable, or of the number whose square it is; None of anything else."""
    try:
        expr = Elaborator(scope.copy()).elaborate(variable).expr
    except (Unreadable, Malformed):
        return None
    name = leaf_name(expr)
    if name is not None:
        known = scope.declarations.get(name)
        return None if known is None else known.facts
    if expr.is_Pow and isinstance(expr.args[0], Symbol) and expr.args[1] == 2:
        known = scope.declarations.get(expr.args[0].name)
        if known is not None:
            return frozenset({Fact.POSITIVE if Fact.POSITIVE in known.facts else Fact.NONNEGATIVE})
    return None


def _has(fact: Fact, expr: Any, scope: Scope) -> bool:
    """Whether a property is shown of a value: by its form, or because it is declared."""
    known = scope.declarations.get(leaf_name(expr) or "")
    if known is not None and fact in known.facts:
        return True
    is_shown = {
        Fact.POSITIVE: is_positive,
        Fact.NONNEGATIVE: is_nonnegative,
        Fact.DEFINITE: is_definite,
        Fact.SEMIDEFINITE: is_semidefinite,
        Fact.SYMMETRIC: is_semidefinite,
    }.get(fact)
    return is_shown is not None and is_shown(expr, scope)


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
    if not found.moves_freely(scope):
        message = "what was assumed of the variable before may keep it from moving freely"
        return Judgement(Verdict.UNDECIDED, "U604", message, notes=statement.notes)
    if not found.is_in_domain(value, scope):
        message = "the gradient vanishes there; that the value is one which the variable can have is not shown"
        return Judgement(Verdict.UNDECIDED, "U604", message, notes=statement.notes)
    if found.bends(scope) != 1:
        message = f"the gradient vanishes there; that the function is {wanted} is not shown"
        return Judgement(Verdict.UNDECIDED, "U604", message, notes=statement.notes)
    notes = (*statement.notes, f"the gradient vanishes there, and the function is {wanted}")
    return Judgement(Verdict.HOLDS, evidence=checked.evidence, notes=notes)
