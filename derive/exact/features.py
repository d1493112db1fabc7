"""What an equation contains: nodes, branches, degrees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational, Symbol, preorder_traversal
from sympy.matrices.expressions import MatMul, MatPow, MatrixSymbol, Trace

from derive.exact.equation import Equation
from derive.exact.functions import known_functions
from derive.exact.signs import is_definite, is_positive
from derive.expr import (
    Call,
    Density,
    Entry,
    IndexSum,
    MatrixCall,
    MatrixFunction,
    MatrixMember,
    Member,
    Norm,
    ScalarFunction,
    ScalarOf,
    is_matrix,
)
from derive.scope import Scope

BRANCHES = frozenset({"abs", "sqrt", "relu"})
TRANSCENDENTAL = frozenset({"log", "softplus", "gamma", "digamma"})
"""Functions with equations of which a finite field knows some only."""


def all_nodes(equation: Equation) -> Iterator[Any]:
    """Yield every node of both sides and of the definitions they refer to."""
    stack = [equation.lhs, equation.rhs]
    seen: set[str] = set()
    while stack:
        for node in preorder_traversal(stack.pop()):
            yield node
            definition = definition_of(node, equation.scope)
            if definition is not None and definition.ident not in seen:
                seen.add(definition.ident)
                stack.append(definition.body)


def magnitude(nodes: Iterable[Any]) -> float:
    """Return a bound on the bits of a number that is made of the numbers in some nodes by products and powers."""
    bits, power = 0.0, 1
    for node in nodes:
        if isinstance(node, Rational) and node != 0:
            bits += math.log2(abs(int(node.p)) + 1) - 1 + math.log2(int(node.q) + 1) - 1
        if isinstance(node, Pow | MatPow) and len(node.args) == 2 and isinstance(node.args[1], Integer):
            power *= max(1, abs(int(node.args[1])))
    return bits * power


def definition_of(node: Any, scope: Scope) -> Any:
    """Return the definition that a node refers to, or None."""
    if isinstance(node, Call | MatrixCall):
        return scope.definitions.get(node.args[0].name)
    if isinstance(node, MatrixFunction) and node.args[0].name.startswith("def:"):
        return scope.definitions.get(node.args[0].name[4:])
    return None


def has_branches(nodes: list[Any], scope: Scope) -> bool:
    """Whether an expression has roots or absolute values whose sign a finite field cannot see."""
    even = {
        id(node.args[0])
        for node in nodes
        if type(node).__name__ == "Pow"
        and isinstance(node.args[0], Norm)
        and getattr(node.args[1], "is_Integer", False)
        and int(node.args[1]) % 2 == 0
    }
    for node in nodes:
        if isinstance(node, Norm) and id(node) not in even:
            return True
        if isinstance(node, ScalarFunction | MatrixFunction) and node.args[0].name in BRANCHES:
            return True
        if isinstance(node, Density) and not is_definite(node.args[2], scope):
            return True
        if (
            type(node).__name__ == "Pow"
            and not getattr(node.args[1], "is_Integer", False)
            and not is_positive(node.args[0], scope)
        ):
            return True
    return False


def is_exponential(name: str) -> bool:
    """Whether a function of this name is made of exponentials."""
    return name in known_functions() - {"log", "sqrt", "abs", "relu", "gamma", "digamma"}


def word_length(arg: Any, definitions: Mapping[str, Any]) -> int:
    """Return the number of matrices in the longest product inside an argument."""
    if isinstance(arg, MatMul):
        return sum(word_length(inner, definitions) for inner in arg.args if is_matrix(inner))
    if type(arg) is MatPow and getattr(arg.args[1], "is_Integer", False):
        return abs(int(arg.args[1])) * word_length(arg.args[0], definitions)
    if isinstance(arg, MatrixCall):
        definition = definitions.get(arg.args[0].name)
        return 1 if definition is None else word_length(definition.body, _without(definitions, definition.ident))
    inner = [word_length(sub, definitions) for sub in arg.args if is_matrix(sub)]
    return max(inner, default=1) if arg.args and not isinstance(arg, MatrixSymbol | MatrixMember) else 1


def _without(definitions: Mapping[str, Any], ident: str) -> Mapping[str, Any]:
    return {key: value for key, value in definitions.items() if key != ident}


def satisfies(kind: str, left: Any, right: Any, assignment: Mapping[str, int]) -> bool:
    """Whether an assignment of sizes satisfies a restriction."""
    a, b = size_value(left, assignment), size_value(right, assignment)
    return {
        "even": a % 2 == 0,
        "odd": a % 2 == 1,
        "less": a < b,
        "greater": a > b,
        "less-equal": a <= b,
        "greater-equal": a >= b,
        "equal": a == b,
    }[kind]


def size_value(dim: Any, assignment: Mapping[str, int]) -> int:
    """Return the value of a size."""
    if isinstance(dim, Symbol):
        return assignment[dim.name]
    if isinstance(dim, Add | Mul | Pow):
        parts = [size_value(arg, assignment) for arg in dim.args]
        if isinstance(dim, Add):
            return sum(parts)
        return math.prod(parts) if isinstance(dim, Mul) else int(parts[0] ** parts[1])
    return int(dim)


def trace_degree(expr: Any, definitions: Mapping[str, Any]) -> int:
    """Return the degree of a product in which traces are multiplied, 1 where they are not."""
    total, count = _traces(expr, definitions)
    return total if count > 1 else 1


def _traces(expr: Any, definitions: Mapping[str, Any]) -> tuple[int, int]:
    """Return the total degree of traces, sums and matrices in a product, and their number."""
    if isinstance(expr, Trace):
        return word_length(expr.args[0], definitions), 1
    if isinstance(expr, ScalarOf):
        return 1, 1
    if isinstance(expr, IndexSum):
        return _entry_degree(expr.args[0]), 1
    if isinstance(expr, Call):
        return _traces(definitions[expr.args[0].name].body, definitions)
    if isinstance(expr, Mul | MatMul):
        scalars = [_traces(arg, definitions) for arg in expr.args if not is_matrix(arg)]
        words = sum(word_length(arg, definitions) for arg in expr.args if is_matrix(arg))
        total, count = sum(total for total, _ in scalars), sum(count for _, count in scalars)
        return total + words, count + int(words > 0)
    if isinstance(expr, Add):
        parts = [_traces(arg, definitions) for arg in expr.args]
        return max(total for total, _ in parts), max(count for _, count in parts)
    if type(expr) is Pow and getattr(expr.args[1], "is_Integer", False):
        total, count = _traces(expr.args[0], definitions)
        return total * abs(int(expr.args[1])), count * abs(int(expr.args[1]))
    return 0, 0


def _entry_degree(expr: Any) -> int:
    """Return the degree of a summand in entries and members."""
    if isinstance(expr, Entry | Member):
        return 1
    if isinstance(expr, Mul):
        return sum(_entry_degree(arg) for arg in expr.args)
    if isinstance(expr, Add):
        return max(_entry_degree(arg) for arg in expr.args)
    if isinstance(expr, Pow) and getattr(expr.args[1], "is_Integer", False):
        return _entry_degree(expr.args[0]) * abs(int(expr.args[1]))
    return 0
