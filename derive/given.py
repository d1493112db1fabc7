"""What is given with a claim: restrictions of sizes, definitions of new symbols, and conditions."""

from __future__ import annotations

from derive.declarations import declare, restriction
from derive.definitions import define, is_known, target
from derive.relations import Failure, chains
from derive.scope import Condition, Scope
from derive.source import Excerpt
from derive.statement import Reading, Statement, parse_side, state
from derive.tokens import Unreadable, tokenize


def restrict(text: str, scope: Scope) -> None:
    r"""Read restrictions of sizes, separated by commas: ``m \ge n``."""
    for part in text.split(","):
        found = restriction(tokenize(Excerpt.of(part)), scope)
        if found is None:
            raise Unreadable("N103", f"expected a restriction of sizes, found “{part}”")
        scope.restrictions = (*scope.restrictions, found)


def add_given(text: str, scope: Scope, reading: Reading) -> None:
    """Read a premise: a definition of an undeclared symbol, a declaration, or a condition."""
    excerpt = Excerpt.of(text)
    if "\\in" in text.split("=")[0] and declare(text, scope):
        return
    for chain in chains(excerpt):
        if isinstance(chain, Failure):
            raise chain.problem
        sides = [parse_side(side or [], scope, chain.signs[0].span) for side in chain.sides]
        for left, right, sign in zip(sides, sides[1:], chain.signs, strict=False):
            if sign.kind not in ("equal", "define"):
                raise Unreadable("U604", "a premise that is not an equation is not supported", sign.span)
            found = target(left)
            if found is not None and (sign.kind == "define" or not is_known(found, scope, right)):
                define(found, right, scope, reading)
                continue
            statement = state(left, right, scope, reading)
            scope.conditions = (*scope.conditions, as_condition(statement, text))
            scope.declarations.update(
                {k: v for k, v in statement.scope.declarations.items() if k not in scope.declarations}
            )


def as_condition(statement: Statement, text: str, line: int = 0) -> Condition:
    """Return a stated relation as a condition that claims may rest on.

    Raises
    ------
    Unreadable
        If it holds up to terms of higher order only, or between differentials.
    """
    if statement.order is not None or statement.varying:
        raise Unreadable("U604", "a premise between differentials or up to higher orders is not supported")
    return Condition(text, statement.lhs, statement.rhs, statement.shape, statement.free, line)
