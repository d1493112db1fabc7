"""Conditions that can be met by construction, and the vocabulary of conditions that a false claim is tried under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from sympy import Integer, Pow, Symbol, preorder_traversal
from sympy.matrices.expressions import Identity, MatMul, MatPow, MatrixSymbol, OneMatrix, Transpose

from derive.exact.constraints import commuting, idempotent, orthonormal_columns, unit_sum
from derive.exact.sample import Constraints
from derive.expr import (
    Entry,
    Gradient,
    IndexSum,
    Jacobian,
    MatrixMember,
    MatrixPartial,
    MatrixValued,
    Member,
    Norm,
    ScalarOf,
    ScalarPartial,
)
from derive.facts import Declaration, Fact, Kind
from derive.names import ABOVE, FAMILY
from derive.scope import Condition, Dependencies, Scope

_DEFINITE = frozenset({Fact.SYMMETRIC, Fact.SEMIDEFINITE, Fact.DEFINITE, Fact.DIAGONAL})


@dataclass(frozen=True, slots=True)
class Met:
    """A condition met by construction: by facts of symbols, or by constraints on the sample."""

    scope: Scope
    constraints: Constraints
    given: tuple[Condition, ...] = ()

    def taken(self) -> frozenset[str]:
        """Return the names whose values are made by constraints."""
        made = frozenset(self.constraints.makers) | frozenset(self.constraints.functions)
        return made | self.constraints.bases

    def joined(self, found: Met, condition: Condition) -> Met:
        """Return both met together."""
        return Met(found.scope, self.constraints.merged(found.constraints), (*self.given, condition))


def name_of(expr: Any) -> str | None:
    """Return the name of a symbol or family member."""
    if isinstance(expr, MatrixSymbol | Member | MatrixMember | MatrixValued):
        return str(expr.args[0].name)
    return expr.name if isinstance(expr, Symbol) else None


def meet(condition: Condition, scope: Scope) -> Met | None:
    """Return how to meet a condition by construction, or None.

    Recognised are: a sum that is one, symmetric, orthogonal and idempotent matrices, orthonormal columns, commuting
    pairs, and a declared symbol given by an expression without it.
    """
    for lhs, rhs in ((condition.lhs, condition.rhs), (condition.rhs, condition.lhs)):
        found = _by_fact(lhs, rhs, scope) or _by_constraint(lhs, rhs, scope)
        if found is not None:
            return found
    return None


def _by_fact(lhs: Any, rhs: Any, scope: Scope) -> Met | None:
    name = name_of(lhs)
    unit = _unit_vector(lhs) if rhs == Integer(1) else None
    if unit is not None and not scope.declarations[unit].facts:
        return Met(scope, orthonormal_columns(unit))
    if name is not None and isinstance(rhs, Transpose) and rhs.args[0] == lhs and _only(name, scope, _DEFINITE):
        return Met(scope.with_fact(name, Fact.SYMMETRIC), Constraints())
    if isinstance(rhs, Identity) and isinstance(lhs, MatMul) and len(lhs.args) == 2:
        first, second = lhs.args
        if isinstance(second, Transpose) and second.args[0] == first and first.shape[0] == first.shape[1]:
            first, second = second, first
        name = name_of(second)
        if isinstance(first, Transpose) and first.args[0] == second and name is not None:
            shape = second.shape
            if shape[0] == shape[1] and _only(name, scope, frozenset({Fact.INVERTIBLE, Fact.ORTHOGONAL})):
                return Met(scope.with_fact(name, Fact.ORTHOGONAL), Constraints())
            if shape[0] == shape[1]:
                return None
            return Met(scope, orthonormal_columns(name)) if not scope.declarations[name].facts else None
    return None


def _only(name: str, scope: Scope, facts: frozenset[Fact]) -> bool:
    """Whether a symbol has no other properties than these, so that another one of the kind can be met with them."""
    declaration = scope.declarations.get(name)
    return declaration is not None and declaration.facts <= facts


def _unit_vector(expr: Any) -> str | None:
    """Return the vector whose length is set to one by this expression."""
    if isinstance(expr, Pow) and expr.args[1] == 2:
        expr = expr.args[0]
    if isinstance(expr, Norm) and expr.args[1].name == "2":
        vector = expr.args[0]
    elif isinstance(expr, ScalarOf) and isinstance(expr.args[0], MatMul) and len(expr.args[0].args) == 2:
        row, vector = expr.args[0].args
        if not (isinstance(row, Transpose) and row.args[0] == vector):
            return None
    else:
        return None
    return str(vector.name) if isinstance(vector, MatrixSymbol) and vector.shape[1] == 1 else None


def _by_constraint(lhs: Any, rhs: Any, scope: Scope) -> Met | None:
    if rhs == Integer(1):
        summed = _summed(lhs, scope)
        if summed is not None:
            return Met(scope, unit_sum(*summed))
    if type(lhs) is MatPow and lhs.args[1] == 2 and lhs.args[0] == rhs and isinstance(rhs, MatrixSymbol):
        facts = scope.declarations[rhs.name].facts
        if facts <= {Fact.SYMMETRIC}:
            return Met(scope, idempotent(rhs.name))
    if isinstance(lhs, MatMul) and isinstance(rhs, MatMul) and len(lhs.args) == 2 and lhs.args == rhs.args[::-1]:
        first, second = (name_of(arg) for arg in lhs.args)
        if first and second and first != second and _may_commute(scope, first, second):
            return Met(scope, commuting(first, second))
    return None


def _summed(expr: Any, scope: Scope) -> tuple[str, int | None] | None:
    """Return the family and axis (or the vector and None) whose entries are summed, if that is all the sum does."""
    if isinstance(expr, IndexSum) and len(expr.args) == 4 and expr.args[2] == 1:
        body, index = expr.args[:2]
        if isinstance(body, Member):
            places = [i for i, arg in enumerate(body.args[1:]) if arg == index]
            declaration = scope.declarations.get(body.args[0].name)
            if len(places) == 1 and declaration is not None and declaration.ranges[places[0]] == expr.args[3]:
                return body.args[0].name, places[0]
        if (
            isinstance(body, Entry)
            and isinstance(body.args[0], MatrixSymbol)
            and body.args[1] == index
            and body.args[2] == 1
            and body.args[0].shape[0] == expr.args[3]
        ):
            return body.args[0].name, None
    if isinstance(expr, ScalarOf) and isinstance(expr.args[0], MatMul) and len(expr.args[0].args) == 2:
        first, second = expr.args[0].args
        for row, column in ((first, second), (second, first)):
            ones = row.args[0] if isinstance(row, Transpose) else row
            vector = column.args[0] if isinstance(column, Transpose) else column
            if isinstance(ones, OneMatrix) and isinstance(vector, MatrixSymbol):
                return vector.name, None
    return None


def _may_commute(scope: Scope, first: str, second: str) -> bool:
    """Whether a polynomial in the first satisfies what is declared of the second."""
    one, two = scope.declarations.get(first), scope.declarations.get(second)
    if one is None or two is None or one.ranges or two.ranges or one.shape is None or two.shape is None:
        return False
    return bool(
        one.shape == two.shape
        and one.shape[0] == one.shape[1]
        and one.facts == two.facts
        and one.facts <= _DEFINITE | {Fact.INVERTIBLE}
    )


def unknowns(condition: Condition, scope: Scope, dependencies: Dependencies) -> list[str]:
    """Return the symbols that a condition may be solved for: as many numbers as it has equations, or fewer.

    What it was differentiated by comes first, then a symbol that is one of its sides.
    """
    names = dependencies.of(condition.lhs) | dependencies.of(condition.rhs)
    variables = [name for side in (condition.lhs, condition.rhs) for name in sorted(differentiated_by(side))]
    sides = [name for name in (name_of(condition.lhs), name_of(condition.rhs)) if name]
    ordered = [*sides, *variables, *sorted(names)]
    found = []
    for name in dict.fromkeys(ordered):
        declaration = scope.declarations.get(name)
        if declaration is None or declaration.kind not in (Kind.SCALAR, Kind.ARRAY):
            continue
        same_shape = (declaration.shape or (1, 1)) == (condition.shape or (1, 1))
        if same_shape and set(declaration.ranges) <= {upper for _, upper in condition.free}:
            found.append(name)
    return found


_SOLVED_FOR = frozenset(
    {Fact.POSITIVE, Fact.NONNEGATIVE, Fact.SYMMETRIC, Fact.DEFINITE, Fact.SEMIDEFINITE, Fact.INVERTIBLE}
)


def solvable(conditions: Sequence[Condition], met: Met, dependencies: Dependencies) -> list[str]:
    """Return the symbols that several conditions may be solved for together, those they say most of first."""
    found: dict[str, None] = {}
    for condition in conditions:
        found |= dict.fromkeys(unknowns(condition, met.scope, dependencies))
    for condition in conditions:
        found |= dict.fromkeys(sorted(dependencies.of(condition.lhs) | dependencies.of(condition.rhs)))
    return [name for name in found if name not in met.taken() and _is_free(met.scope.declarations.get(name))]


def _is_free(declaration: Declaration | None) -> bool:
    """Whether the values of a symbol can be numbers as they are found, which are looked at afterwards."""
    return (
        declaration is not None and declaration.kind in (Kind.SCALAR, Kind.ARRAY) and declaration.facts <= _SOLVED_FOR
    )


def differentiated_by(side: Any) -> frozenset[str]:
    """Return the names of what is differentiated by."""
    found: set[str] = set()
    for node in preorder_traversal(side):
        if isinstance(node, Gradient | ScalarPartial | MatrixPartial | Jacobian):
            for inner in preorder_traversal(node.args[1]):
                name = name_of(inner)
                if name is not None:
                    found.add(name)
    return frozenset(found)


# -- the vocabulary ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A condition to try: how it is written, and what meets it."""

    text: str
    scope: Scope
    constraints: Constraints


def candidates(
    scope: Scope, mentioned: list[str], variables: frozenset[str] = frozenset(), constraints: Constraints | None = None
) -> Iterator[Candidate]:
    """Yield conditions on the symbols that a claim mentions, the weakest first.

    What is differentiated by (``variables``) has to stay free to vary: it is not tried as diagonal or orthogonal.
    """
    idempotents = constraints.idempotents if constraints is not None else frozenset()
    declared = [scope.declarations[name] for name in mentioned if name in scope.declarations]
    squares = [
        d
        for d in declared
        if d.kind is Kind.ARRAY and d.shape is not None and d.shape[0] == d.shape[1] and d.shape[0] != 1
    ]
    curves = [d for d in declared if d.kind is Kind.CURVE and d.shape is not None and d.shape[0] == d.shape[1]]
    for d in [*squares, *curves]:
        if not d.facts & _DEFINITE:
            yield Candidate(
                f"{spell(d)} \\in \\mathbb{{S}}^{{{_rows(d)}}}", scope.with_fact(d.key, Fact.SYMMETRIC), Constraints()
            )
    for d in declared:
        yield from _sums(d, scope)
    for one, two in permutations(squares, 2):
        if one.key < two.key and _may_commute(scope, one.key, two.key):
            a, b = spell(one), spell(two)
            both = {one.key, two.key} <= idempotents
            pair = (
                idempotent(one.key, "pair").merged(idempotent(two.key, "pair")) if both else commuting(one.key, two.key)
            )
            yield Candidate(f"{a} {b} = {b} {a}", scope, pair)
    for d in curves:
        if d.facts <= _DEFINITE:
            a = spell(d)
            yield Candidate(f"{a} {a}' = {a}' {a}", scope, Constraints(functions={d.key: "commuting"}))
    for d in squares:
        if not d.facts & _DEFINITE and Fact.ORTHOGONAL not in d.facts and d.key not in variables:
            yield Candidate(
                f"{spell(d)} \\in \\mathrm{{O}}({_rows(d)})", scope.with_fact(d.key, Fact.ORTHOGONAL), Constraints()
            )
    for d in declared:
        if (
            d.kind is Kind.ARRAY
            and not d.ranges
            and d.shape is not None
            and d.shape[0] != d.shape[1]
            and d.shape[1] != 1
            and not d.facts
        ):
            yield Candidate(f"{spell(d)}^\\top {spell(d)} = I", scope, orthonormal_columns(d.key))
    for d in [*squares, *curves]:
        if not d.facts & {Fact.DIAGONAL, Fact.ORTHOGONAL, Fact.DEFINITE, Fact.SEMIDEFINITE} and d.key not in variables:
            yield Candidate(
                f"{spell(d)} \\in \\mathbb{{D}}^{{{_rows(d)}}}", scope.with_fact(d.key, Fact.DIAGONAL), Constraints()
            )
    for d in declared:
        if d.kind is Kind.SCALAR and not d.facts:
            yield Candidate(
                f"{spell(d)} \\in \\mathbb{{R}}_{{>0}}", scope.with_fact(d.key, Fact.POSITIVE), Constraints()
            )
    for d in squares:
        if not d.facts & {Fact.DEFINITE, Fact.SEMIDEFINITE, Fact.ORTHOGONAL, Fact.DIAGONAL}:
            yield Candidate(
                f"{spell(d)} \\in \\mathbb{{S}}_{{++}}^{{{_rows(d)}}}",
                scope.with_fact(d.key, Fact.DEFINITE),
                Constraints(),
            )


def _rows(declaration: Declaration) -> Any:
    assert declaration.shape is not None
    return declaration.shape[0]


def _sums(declaration: Declaration, scope: Scope) -> Iterator[Candidate]:
    if declaration.kind is Kind.SCALAR and declaration.ranges:
        for axis, (letter, upper) in enumerate(zip(declaration.letters, declaration.ranges, strict=True)):
            yield Candidate(
                f"\\sum_{{{letter}=1}}^{{{upper}}} {spell(declaration)} = 1", scope, unit_sum(declaration.key, axis)
            )
    elif (
        declaration.kind is Kind.ARRAY
        and not declaration.ranges
        and declaration.shape is not None
        and declaration.shape[1] == 1
        and declaration.shape[0] != 1
    ):
        yield Candidate(
            f"\\sum_{{i=1}}^{{{declaration.shape[0]}}} {spell(declaration)}_i = 1",
            scope,
            unit_sum(declaration.key, None),
        )


def spell(declaration: Declaration) -> str:
    """Return a symbol as LaTeX, a family with its index letters."""
    key = declaration.key
    if ABOVE in key:
        return key.replace(ABOVE, "^{(" + declaration.letters[0] + ")}").replace(FAMILY, "")
    return key.replace(FAMILY, "_{" + "".join(declaration.letters) + "}")


def relevant(condition: Condition, names: frozenset[str], dependencies: Dependencies, scope: Scope) -> bool:
    """Whether a condition speaks of a symbol that a claim depends on."""
    used = dependencies.of(condition.lhs) | dependencies.of(condition.rhs)
    own = {name for name in used if not name.startswith("def:") and not scope.is_size(name)}
    if not own:  # a condition on numbers alone is met or not, whatever the claim
        return True
    shared = own & names
    return bool({name for name in shared if name in scope.declarations})
