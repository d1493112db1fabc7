"""What is known of a value from the declarations: symmetric, positive definite, positive. False means not known."""

from __future__ import annotations

from numeric.construct import SYMMETRIC, facts_of, transpose, value_of
from numeric.program import Node

_ALWAYS_POSITIVE = frozenset({"exp", "cosh", "sech", "sigmoid", "softplus"})
_NEVER_NEGATIVE = frozenset({"abs", "sqrt", "relu"})


def is_integer(node: Node) -> bool:
    """Whether a number is made of sizes, indices and integers."""
    if node.op in ("size", "index", "one"):
        return node.is_number
    if node.op == "add":
        return all(c.denominator == 1 for c in node.data) and all(map(is_integer, node.args)) and node.is_number
    return False


def is_symmetric(node: Node) -> bool:
    """Whether a matrix is symmetric."""
    if node.op in ("eye", "diagm", "cinv"):
        return True
    if node.op in ("symbol", "call"):
        return bool(facts_of(node) & SYMMETRIC)
    if node.op == "add":
        return all(term.is_number or is_symmetric(term) for term in node.args)
    if node.op in ("inv", "transpose"):
        return is_symmetric(node.args[0])
    return is_semidefinite(node)


def is_positive(node: Node) -> bool:
    """Whether every entry is positive."""
    value = value_of(node)
    if value is not None:
        return value > 0
    if node.op in ("one", "size", "constant", "index"):
        return True
    if node.op in ("symbol", "call"):
        facts = facts_of(node)
        return "positive" in facts or (node.is_number and "positive definite" in facts)
    if node.op == "fn":
        return node.data[0] in _ALWAYS_POSITIVE
    if node.op == "mul":
        return all(map(is_positive, node.args))
    if node.op == "add":
        return (
            min(node.data, default=0) > 0 and any(map(is_positive, node.args)) and all(map(is_nonnegative, node.args))
        )
    if node.op == "pow":
        return is_positive(node.args[0])
    if node.op in ("sum", "max", "prod", "entry"):
        return is_positive(node.args[0])
    if node.op == "det":
        return is_definite(node.args[0])
    if node.op == "matmul":
        return all(map(is_positive, node.args)) or (node.is_number and is_form(node) and is_definite(node.args[1]))
    return False


def is_nonnegative(node: Node) -> bool:
    """Whether no entry is negative."""
    if is_positive(node):
        return True
    if node.op == "zero" or (node.op == "add" and not node.args):
        return True
    if node.op in ("symbol", "call"):
        return bool(facts_of(node) & {"non-negative", "positive"})
    if node.op == "fn":
        return node.data[0] in _NEVER_NEGATIVE
    if node.op == "add":
        return min(node.data) >= 0 and all(map(is_nonnegative, node.args))
    if node.op == "mul":
        return all(map(is_nonnegative, node.args))
    if node.op == "pow":
        exponent = value_of(node.args[1])
        even = exponent is not None and exponent.denominator == 1 and exponent.numerator % 2 == 0
        return even or is_nonnegative(node.args[0])
    if node.op in ("sum", "max", "prod", "entry", "where"):
        return is_nonnegative(node.args[-1])
    if node.op == "det":
        return is_semidefinite(node.args[0])
    if node.op == "matmul":
        return node.is_number and is_form(node)
    return False


def is_form(node: Node) -> bool:
    """Whether a product is B, or Cᵀ C, or Cᵀ B C with B semidefinite (a number or a matrix)."""
    chain = node.args
    half = len(chain) // 2
    if any(chain[i] != transpose(chain[-1 - i]) for i in range(half)):
        return False
    return len(chain) % 2 == 0 or is_semidefinite(chain[half])


def is_semidefinite(node: Node) -> bool:
    """Whether a matrix is symmetric and positive semidefinite."""
    if node.is_number:
        return is_nonnegative(node)
    if node.op in ("eye", "cinv"):
        return True
    if node.op in ("symbol", "call"):
        facts = facts_of(node)
        return bool(facts & {"positive semidefinite", "positive definite"}) or (
            "diagonal" in facts and bool(facts & {"positive", "non-negative"})
        )
    if node.op == "add":
        return min(node.data, default=0) > 0 and all(map(is_semidefinite, node.args))
    if node.op == "mul":
        arrays = [factor for factor in node.args if not factor.is_number]
        return all(is_nonnegative(f) for f in node.args if f.is_number) and all(map(is_semidefinite, arrays))
    if node.op == "matmul":
        return is_form(node)
    if node.op == "diagm":
        return is_nonnegative(node.args[0])
    if node.op in ("inv", "transpose", "sum", "kron"):
        return all(map(is_semidefinite, node.args))
    return False


def is_definite(node: Node) -> bool:
    """Whether a matrix is symmetric and positive definite."""
    if node.is_number:
        return is_positive(node)
    if node.op == "eye":
        return True
    if node.op in ("symbol", "call"):
        facts = facts_of(node)
        return "positive definite" in facts or {"diagonal", "positive"} <= facts
    if node.op == "add":
        return is_semidefinite(node) and any(map(is_definite, node.args))
    if node.op == "mul":
        return is_semidefinite(node) and all(is_positive(f) if f.is_number else is_definite(f) for f in node.args)
    if node.op == "diagm":
        return is_positive(node.args[0])
    if node.op == "inv":
        return is_semidefinite(node.args[0])
    if node.op == "cinv":
        return True
    if node.op in ("transpose", "kron"):
        return all(map(is_definite, node.args))
    return False
