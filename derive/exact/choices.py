"""Which sizes a claim is tested at."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from sympy import Mul, Pow
from sympy.matrices.expressions import Determinant, MatMul, MatrixSymbol

from derive.exact.features import satisfies, trace_degree, word_length
from derive.expr import MatrixMember, is_matrix
from derive.scope import Scope

MAX_SIZE = 8
"""The largest size at which matrices are tried."""
ENOUGH = 4


def is_allowed(assignment: Mapping[str, int], scope: Scope) -> bool:
    """Whether an assignment satisfies the restrictions of sizes."""
    for kind, left, right in scope.restrictions:
        names = {symbol.name for side in (left, right) for symbol in side.free_symbols}
        if names <= set(assignment) and not satisfies(kind, left, right, assignment):
            return False
    return True


class SizeChoices:
    """Assignments of sizes: distinct ones in two orders, all ones, and ones large enough for the degree."""

    def __init__(
        self, names: Sequence[str], nodes: Sequence[Any], scope: Scope, pinned: Mapping[str, int], seed: int
    ) -> None:
        self.names = names
        self.nodes = nodes
        self.scope = scope
        self.pinned = pinned
        self.seed = seed

    def assignments(self) -> list[dict[str, int]]:
        """Return the assignments, at least one unless the restrictions cannot be met at small sizes."""
        if not self.names:
            return [{}]
        found: list[dict[str, int]] = []
        for pattern in self._patterns():
            assignment = {**dict(zip(self.names, pattern, strict=True)), **self.pinned}
            if assignment not in found and is_allowed(assignment, self.scope):
                found.append(assignment)
        if len(found) < 3 and len(self.names) > len(self.pinned):
            found += self._others(found)
        return found

    def _patterns(self) -> list[list[int]]:
        count = len(self.names)
        patterns = [[2 + i % 3 for i in range(count)], [3 - i % 3 for i in range(count)], [1] * count]
        if count == 2:
            patterns.append([4, 3])
        least = min(MAX_SIZE, self.least_size())
        if least > 3:
            patterns += (
                [[least] * count]
                if count <= 2
                else [[least if i == large else 2 for i in range(count)] for large in range(count)]
            )
        return patterns

    def _others(self, found: list[dict[str, int]]) -> list[dict[str, int]]:
        """Return assignments that the restrictions allow: the smallest, and larger ones of both parities."""
        free = [name for name in self.names if name not in self.pinned]
        more: list[dict[str, int]] = []
        if len(free) <= 2:
            grid = sorted(product(range(1, 10), repeat=len(free)), key=lambda sizes: (sum(sizes), sizes))
        else:
            rng = random.Random(self.seed)
            grid = [tuple(rng.randint(1, 6) for _ in free) for _ in range(300)]
        for sizes in grid:
            assignment = {**dict(zip(free, sizes, strict=True)), **self.pinned}
            if assignment not in found and assignment not in more and is_allowed(assignment, self.scope):
                more.append(assignment)
            if len(found) + len(more) >= ENOUGH:
                break
        return more

    def least_size(self) -> int:
        """Return a size at which an identity of this degree that fails somewhere fails generically.

        No polynomial identity of degree below 2n holds for n × n matrices (Amitsur and Levitzki 1950), and none in
        which traces are multiplied of degree up to n (Procesi 1976); determinants of sums are tried up to 4 × 4.
        """
        least, definitions = 1, self.scope.definitions
        for node in self.nodes:
            if isinstance(node, MatMul):
                words = sum(word_length(arg, definitions) for arg in node.args if is_matrix(arg))
                least = max(least, words // 2 + 1, trace_degree(node, definitions))
            elif isinstance(node, Mul | Pow):
                least = max(least, trace_degree(node, definitions))
            elif isinstance(node, Determinant) and not isinstance(node.args[0], MatrixSymbol | MatrixMember):
                least = max(least, 4)
        return least

    def doubt(self) -> str:
        """Return what the matrices that are tried are too small for, or nothing."""
        least = self.least_size()
        if least <= MAX_SIZE or not set(self.names).difference(self.pinned):
            return ""
        return f"products so long may be equal at sizes below {least} only, and sizes up to {MAX_SIZE} are tested"
