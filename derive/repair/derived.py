"""Right sides that are derived: the left side worked out by rules, an unknown isolated from a condition."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import preorder_traversal

from derive.decode import Decoder, NoNotation
from derive.derivation import NotDerived, worked_out
from derive.encode import Encoder, NotEncodable
from derive.expr import Call, Density, Gradient, Jacobian, MatrixCall, MatrixPartial, ScalarPartial
from derive.isolate import holds_in, isolated
from derive.kernel import Rejected, TooMuchWork
from derive.latex import latex
from derive.naming import named
from derive.normal.search import Finder
from derive.present import Presenter
from derive.prove import Attempt
from derive.scope import Condition
from derive.statement import Statement
from derive.term import Term, number, transform

_WORKED = (Gradient, Jacobian, ScalarPartial, MatrixPartial)
_UNFOLDED = (Call, MatrixCall, Density)
MAX_LETTERS = 400


def is_derivative(statement: Statement) -> bool:
    """Whether the left side has a derivative that can be worked out."""
    return any(isinstance(node, _WORKED) for node in preorder_traversal(statement.lhs))


def is_unfolded(statement: Statement) -> bool:
    """Whether working out the left side says more than it does: it has a definition or a density in it."""
    return any(isinstance(node, _UNFOLDED) for node in preorder_traversal(statement.lhs))


def left_side(statement: Statement) -> str | None:
    """Return the left side worked out by rules, as LaTeX; None where no rule leads on."""
    encoder = Encoder(statement.scope, statement.free, statement.varying)
    try:
        lhs = encoder.encode(statement.lhs)
        certificate, _ = worked_out(lhs, encoder.facts)
        if certificate.rhs == lhs:
            return None
        text = latex(_decoder(encoder, statement, lhs).decode(certificate.rhs))
    except (NotEncodable, NotDerived, NoNotation, Rejected, TooMuchWork, RecursionError, TypeError):
        return None
    return text if len(text) <= MAX_LETTERS else None


def _decoder(encoder: Encoder, statement: Statement, lhs: Term) -> Decoder:
    scope = statement.scope
    ranges = {name: encoder.size(upper) for name, upper in scope.ranges.items()}
    taken = {name for name in scope.declarations if name not in ranges}
    return Decoder(ranges, taken | {name for name, _ in statement.free if f"index {name}" in lhs.names})


def from_conditions(statement: Statement, conditions: tuple[Condition, ...]) -> Iterator[str]:
    """Yield what the symbol on the left side is by one of the conditions, as LaTeX."""
    encoder = Encoder(statement.scope, statement.free)
    try:
        unknown = encoder.encode(statement.lhs)
    except NotEncodable:
        return
    if unknown.op not in ("s", "m", "M", "MM"):
        return
    for condition in reversed(conditions):
        value = _isolated(statement, condition, unknown)
        if value is not None:
            yield value


def _isolated(statement: Statement, condition: Condition, unknown: Term) -> str | None:
    encoder = Encoder(statement.scope, tuple({**dict(condition.free), **dict(statement.free)}.items()))
    try:
        sides = encoder.encode(condition.lhs), encoder.encode(condition.rhs)
        if (sides[0].shape is None) != (unknown.shape is None):
            return None
        canonical = _attempt(encoder, sides).canon(_difference(*sides))
        shown, names = named(canonical, statement.scope.declarations)
        found = isolated(_attempt(encoder, (shown,)), shown, unknown)
        if found is None or found.unknown != unknown or holds_in(found.value, unknown):
            return None
        value = found.value
        for name, meaning in names:
            value = transform(value, lambda node, n=name, m=meaning: m if node == n else None)  # type: ignore[misc]
        attempt = _attempt(encoder, (value,))
        presented = Presenter(attempt, sides).present(attempt.canon(value))
        text = latex(_decoder(encoder, statement, unknown).decode(presented))
    except (NotEncodable, NoNotation, Rejected, TooMuchWork, RecursionError, ValueError, TypeError, KeyError):
        return None
    return text if len(text) <= MAX_LETTERS else None


def _attempt(encoder: Encoder, sides: tuple[Term, ...]) -> Attempt:
    attempt = Attempt(encoder.facts, Finder(literal=True))
    attempt.define(sides)
    return attempt


def _difference(lhs: Term, rhs: Term) -> Term:
    minus = number(-1)
    return Term("+", (lhs, Term("*", (minus, rhs)) if rhs.shape is None else Term(".", (minus, rhs))))
