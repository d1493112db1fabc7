"""Relations up to a factor or a term that is free of named variables, judged by an equation at two of their values.

``L ∝ R`` as functions of v says that L(v) / R(v) is free of v: that L(v) / R(v) = L(w) / R(w) for any other value w.
Likewise ``L = R + const`` says that L(v) − R(v) = L(w) − R(w).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add, Integer, Mul, Pow, Symbol
from sympy.matrices.expressions import MatrixSymbol

from derive.expr import Instantiated, build
from derive.facts import Declaration, Kind
from derive.judge import Judge
from derive.names import Names
from derive.options import Options
from derive.printing import show
from derive.scope import INTEGRAL, Dependencies, Scope
from derive.statement import Reading, Statement, state
from derive.syntax import Node
from derive.ties import tied
from derive.upto import Named, UpTo
from derive.verdict import TRUE, Judgement, Verdict

_SIGNS = {"factor": "∝", "term": "="}
_NOT_SHOWN = "not shown; "
_MARK = "'"
"""Behind the key of a variable: its second value."""


@dataclass(frozen=True, slots=True)
class Varied:
    """What differs between two points: the variables that are named, and what is not known and may hang on them."""

    named: tuple[str, ...]
    hidden: tuple[str, ...] = ()


def judge_up_to(
    left: Node,
    right: Node,
    scope: Scope,
    reading: Reading,
    upto: UpTo,
    options: Options,
    doubtful: frozenset[str] = frozenset(),
) -> tuple[Judgement, str]:
    """Judge two sides that are said to be equal up to a factor or a term.

    Parameters
    ----------
    left, right : Node
        The sides, without the word "const".
    scope : Scope
        What is in force.
    reading : Reading
        The conventions for derivatives.
    upto : UpTo
        What the sides may differ by, and what varies.
    options : Options
        The seed.
    doubtful : frozenset of str
        Symbols whose value is not understood: they may depend on what varies.

    Returns
    -------
    Judgement, str
        The judgement, and how the relation was read.
    """
    statement = state(left, right, scope, reading)
    if statement.shape is not None or statement.free or any(statement.one_sided):
        return _open("only numbers without free indices are compared up to a factor or a term"), ""
    tail = " + const" if upto.kind == "term" else ""
    read_as = f"{show(statement.lhs)} {_SIGNS[upto.kind]} {show(statement.rhs)}{tail}"
    found: list[Judgement] = []
    for named in upto.readings:
        judgement = _judged(statement, named, upto.kind, options, doubtful)
        if judgement is None:
            continue
        if judgement.verdict in TRUE:
            notes = (f"read {named.note}",) if named.note else ()
            return replace(judgement, notes=(*judgement.notes, *notes)), read_as
        if not named.aside or _may_be_open(judgement):
            found.append(judgement)
    if not found:
        what = "factor" if upto.kind == "factor" else "term"
        return _open(f"nothing says of which variable the {what} is free"), read_as
    open_ones = [judgement for judgement in found if judgement.verdict is not Verdict.REFUTED]
    return (open_ones or found)[0], read_as


def _may_be_open(judgement: Judgement) -> bool:
    """Whether a reading that stands aside keeps the relation from being false: it could not be judged at all."""
    return judgement.verdict is not Verdict.REFUTED and not (judgement.message or "").startswith(_NOT_SHOWN)


def _open(message: str) -> Judgement:
    return Judgement(Verdict.UNDECIDED, "U608", message)


def _judged(
    statement: Statement, named: Named, kind: str, options: Options, doubtful: frozenset[str]
) -> Judgement | None:
    """Return the judgement under one reading of what varies; None if none of it is a symbol of the document."""
    scope = statement.scope
    found = {name: Names(scope).find_key(name) for name in named.variables}
    names = [name for name, key in found.items() if key is not None or _is_family(name, scope)]
    if not names:
        return None
    problem = next((name for name in names if not _varies(found[name], scope)), None)
    if problem is not None:
        return _open(f"{problem}, which the text names as what varies, is no declared number, vector or matrix")
    known = [key for key in found.values() if key is not None]
    used = Dependencies(scope.definitions)
    in_sides = used.of(statement.lhs) | used.of(statement.rhs)
    if INTEGRAL in in_sides:
        return _open("an integral in a relation up to a factor or a term is not compared")
    if not in_sides & set(known):
        return _open(f"neither side is known to depend on {', '.join(known)}")
    hanging = doubtful | tied(known, in_sides, scope, used)
    hidden = tuple(sorted(key for key in in_sides & scope.declarations.keys() if _may_hang(key, known, hanging)))
    varied = Varied(tuple(known), hidden)
    if not all(_varies(key, scope) for key in hidden):
        return _unknown(varied)
    moved = {*varied.named, *varied.hidden}
    conditions = tuple(c for c in scope.conditions if not moved & (used.of(c.lhs) | used.of(c.rhs)))
    judge = Judge(options.seed)
    zero = _zero_side(statement, judge) if kind == "factor" else ""
    if zero:
        return _open(f"the {zero} side is zero, or not known to be different from zero, so no factor is left")
    judgement = judge.claim(_compared(statement, varied, kind), conditions)
    if judgement.verdict in TRUE:
        return judgement
    return _doubted(judgement, varied, kind, len(conditions) < len(scope.conditions) or bool(scope.tentative))


def _is_family(name: str, scope: Scope) -> bool:
    return Names(scope).find_key(f"{name}_{{·}}") is not None


def _varies(key: str | None, scope: Scope) -> bool:
    """Whether a symbol can take another value: it is declared, and neither a size nor defined by others."""
    if key is None or key in scope.names:
        return False
    declaration = scope.declarations.get(key)
    return declaration is not None and declaration.kind in (Kind.SCALAR, Kind.ARRAY) and not declaration.ranges


def _may_hang(key: str, named: Iterable[str], doubtful: frozenset[str]) -> bool:
    """Whether what a symbol stands for may depend on the variables.

    That is so if it is not understood, or if it is an application to one of them that is known as a whole.
    """
    head, bracket, arguments = key.partition("(")
    applied = bool(bracket) and bool(head) and any(name in arguments for name in named)
    return key not in named and (applied or key in doubtful)


def _compared(statement: Statement, varied: Varied, kind: str) -> Statement:
    """Return the equation that says the same: the ratio or difference of the sides at two values of the variables."""
    scope = statement.scope.copy()
    values: list[tuple[Any, Any]] = []
    for key in (*varied.named, *varied.hidden):
        declaration = scope.declarations[key]
        second = _fresh(key, scope)
        scope.declarations[second] = replace(declaration, key=second)
        values.append((_symbol(declaration), _symbol(scope.declarations[second])))
    joined = _ratio if kind == "factor" else _difference
    first = joined(statement.lhs, statement.rhs)
    return replace(statement, lhs=first, rhs=_at(first, values), scope=scope)


def _unknown(varied: Varied) -> Judgement:
    hidden, names = ", ".join(varied.hidden), ", ".join(varied.named)
    return _open(f"{_NOT_SHOWN}{hidden} may depend on {names}, and nothing that is understood says how")


def _fresh(key: str, scope: Scope) -> str:
    second = key + _MARK
    while second in scope.declarations or second in scope.names:
        second += _MARK
    return second


def _symbol(declaration: Declaration) -> Any:
    if declaration.shape is None:
        return Symbol(declaration.key)
    return MatrixSymbol(declaration.key, *declaration.shape)


def _at(expr: Any, values: list[tuple[Any, Any]]) -> Any:
    """Return an expression at other values of some symbols, also where it depends on them through definitions."""
    for symbol, value in values:
        expr = build(Instantiated, expr, symbol, value)
    return expr


def _ratio(left: Any, right: Any) -> Any:
    return build(Mul, left, build(Pow, right, Integer(-1)))


def _difference(left: Any, right: Any) -> Any:
    return build(Add, left, build(Mul, Integer(-1), right))


def _zero_side(statement: Statement, judge: Judge) -> str:
    """Return the side that is zero everywhere, so that no factor other than zero could lead to it or away from it."""
    for side, name in ((statement.lhs, "left"), (statement.rhs, "right")):
        if judge.check(replace(statement, lhs=side, rhs=Integer(0)), witness=False).holds is not False:
            return name
    return ""


def _doubted(judgement: Judgement, varied: Varied, kind: str, has_conditions: bool) -> Judgement:
    """Return what can be said of a relation that was not found to be true.

    It is false only if nothing is left open: what may depend on the variables, and conditions on them.
    """
    names = ", ".join(varied.named)
    what = "ratio" if kind == "factor" else "difference"
    if varied.hidden:
        return _unknown(varied)
    if judgement.verdict is Verdict.CONDITIONAL and judgement.condition and _MARK in judgement.condition:
        return _open(f"the {what} of the sides is not the same at every value of {names} that is declared")
    if judgement.verdict not in (Verdict.REFUTED, Verdict.CONDITIONAL):
        return judgement
    if has_conditions:
        return _open(f"the {what} of the sides depends on {names}, unless what was assumed of them before says more")
    if judgement.verdict is Verdict.CONDITIONAL:
        return judgement
    return replace(judgement, message=f"the {what} of the sides is not the same at two values of {names}")
