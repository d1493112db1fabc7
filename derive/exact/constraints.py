"""Constraints that are met by construction: commuting and idempotent matrices, unit sums, orthonormal columns."""

from __future__ import annotations

import random
from typing import Any

from derive.exact.domain import Domain, NoPoint
from derive.exact.sample import DEFINITE, Constraints, SampledPoint, diagonal_matrix, polynomial_in
from derive.facts import Fact


def commuting(first: str, second: str) -> Constraints:
    """Return the constraint that two square matrices commute: the second is a polynomial in the first.

    Pairs of this form are dense among the commuting pairs (Motzkin and Taussky, Trans. AMS 80, 1955).
    """

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        base = point.value(first, indices, domain)
        rng = random.Random(f"{point.seed}/{second}/commuting")
        signed = point.declaration(second).facts & DEFINITE
        draw = point.positive if signed else point.number
        return polynomial_in(base, [draw(rng, domain) for _ in range(base.nrows())], domain)

    return Constraints({second: make}, bases=frozenset((first,)))


def unit_sum(name: str, axis: int | None) -> Constraints:
    """Return the constraint that the entries of a vector, or the members of a family along an axis, add up to one."""

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        if axis is None:
            vector = point.draw(name, indices, domain)
            total = sum(vector.entries(), domain.number(0))
            return vector * domain.inverse(total)
        upper = point.size(point.declaration(name).ranges[axis])
        total = sum(
            (point.draw(name, (*indices[:axis], i, *indices[axis + 1 :]), domain) for i in range(1, upper + 1)),
            domain.number(0),
        )
        return point.draw(name, indices, domain) * domain.inverse(total)

    return Constraints({name: make})


def idempotent(name: str, basis_of: str | None = None) -> Constraints:
    """Return the constraint A² = A: a matrix similar (for a symmetric A: orthogonally similar) to a zero-one diagonal.

    Matrices with the same ``basis_of`` share their eigenvectors: they commute.
    """

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        declaration = point.declaration(name)
        assert declaration.shape is not None
        size = point.size(declaration.shape[0])
        rng = random.Random(f"{point.seed}/{name}/idempotent")
        rank = rng.randint(0, size)
        chosen = set(rng.sample(range(size), rank))
        zero_one = diagonal_matrix(domain, [domain.number(int(i in chosen)) for i in range(size)])
        if basis_of is not None:
            rng = random.Random(f"{point.seed}/{basis_of}/idempotent")
        if declaration.facts:
            turn = point.array(size, size, frozenset((Fact.ORTHOGONAL,)), rng, domain)
            return turn * zero_one * turn.transpose()
        basis = point.array(size, size, frozenset(), rng, domain)
        return basis * zero_one * domain.inverse(basis)

    return Constraints({name: make}, idempotents=frozenset((name,)))


def orthonormal_columns(name: str) -> Constraints:
    """Return the constraint WᵀW = I: the first columns of an orthogonal matrix."""

    def make(point: SampledPoint, indices: tuple[int, ...], domain: Domain) -> Any:
        declaration = point.declaration(name)
        assert declaration.shape is not None
        rows, cols = point.size(declaration.shape[0]), point.size(declaration.shape[1])
        if cols > rows:
            raise NoPoint("more orthonormal columns than rows")
        rng = random.Random(f"{point.seed}/{name}/{indices}/orthonormal")
        whole = point.array(rows, rows, frozenset((Fact.ORTHOGONAL,)), rng, domain)
        return domain.matrix(rows, cols, [whole[i, j] for i in range(rows) for j in range(cols)])

    return Constraints({name: make})
