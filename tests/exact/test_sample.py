"""Every fact that is declared, and every constraint, is really satisfied at the points drawn, over the rationals."""

import math
from fractions import Fraction

import numpy as np
import pytest
from points import Rationals, Sample, plain, scope_of

from derive.exact.constraints import commuting, idempotent, orthonormal_columns, unit_sum
from derive.exact.domain import Field, NoPoint, NotEvaluable
from derive.exact.sample import Constraints, SampledPoint

SIZES = {"n": 3, "m": 2, "K": 3, "N": 2}
SPREADS = (-1, 1, 3)
SEEDS = range(6)
DOMAIN = Rationals()


def point(*texts, seed=0, spread=-1, sizes=SIZES, **options):
    scope = scope_of(*texts)
    return SampledPoint(scope, lambda dim: int(dim.subs(sizes)), str(seed), spread, **options)


def draws(text, name, **options):
    """Yield arrays of fractions that were drawn for a declaration."""
    for seed in SEEDS:
        for spread in SPREADS:
            try:
                yield plain(point(text, seed=seed, spread=spread, **options).value(name, (), DOMAIN))
            except NoPoint:
                continue


def matrices(text, name="A", **options):
    found = list(draws(text, name, **options))
    assert len(found) >= len(SEEDS)
    return found


def determinant(matrix):
    """Return the determinant of an array of fractions, by expansion."""
    if len(matrix) == 0:
        return Fraction(1)
    return sum((-1) ** j * matrix[0, j] * determinant(np.delete(matrix[1:], j, axis=1)) for j in range(len(matrix)))


def minors(matrix):
    return [determinant(matrix[:k, :k]) for k in range(1, len(matrix) + 1)]


def identity(size):
    return np.array([[Fraction(int(i == j)) for j in range(size)] for i in range(size)])


def test_values_are_not_all_alike():
    found = {str(matrix) for matrix in matrices(r"A \in \mathbb{R}^{n \times m}")}
    assert len(found) > len(SEEDS)


def test_symmetric():
    for matrix in matrices(r"A \in \mathbb{S}^n"):
        assert (matrix == matrix.T).all()


def test_a_general_matrix_is_neither_symmetric_nor_diagonal():
    assert any((matrix != matrix.T).any() for matrix in matrices(r"A \in \mathbb{R}^{n \times n}"))
    assert any((np.diag(np.diag(m)) != m).any() for m in matrices(r"A \in \mathbb{S}^n"))


def test_positive_definite():
    for matrix in matrices(r"A \in \mathbb{S}_{++}^n"):
        assert (matrix == matrix.T).all()
        assert min(minors(matrix)) > 0


def test_positive_definite_with_a_root():
    for seed in SEEDS:
        drawn = point(r"A \in \mathbb{S}_{++}^n", seed=seed, roots=frozenset("A"))
        whole, root = plain(drawn.value("A", (), DOMAIN)), plain(drawn.root("A", (), DOMAIN))
        assert (root @ root == whole).all() and (root == root.T).all()
        assert min(minors(root)) > 0


def test_the_root_of_a_matrix_that_has_none_is_not_invented():
    with pytest.raises(NotEvaluable):
        point(r"A \in \mathbb{S}^n").root("A", (), DOMAIN)


def test_positive_semidefinite():
    found = matrices(r"A \in \mathbb{S}_{+}^n")
    for matrix in found:
        assert (matrix == matrix.T).all()
        for rows in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]):
            assert determinant(matrix[np.ix_(rows, rows)]) >= 0
    assert any(determinant(matrix) == 0 for matrix in found), "semidefinite matrices may be singular"


def test_orthogonal():
    found = matrices(r"A \in \mathrm{O}(n)")
    for matrix in found:
        assert (matrix.T @ matrix == identity(3)).all()
    assert {determinant(matrix) for matrix in found} == {1, -1}


def test_orthogonal_and_symmetric():
    from derive.facts import Fact

    drawn = point(r"A \in \mathrm{O}(n)")
    scope = drawn.scope.with_fact("A", Fact.SYMMETRIC)
    both = SampledPoint(scope, drawn.size, "1", -1)
    matrix = plain(both.value("A", (), DOMAIN))
    assert (matrix == matrix.T).all() and (matrix @ matrix == identity(3)).all()


def test_diagonal():
    found = matrices(r"A \in \mathbb{D}^n")
    for matrix in found:
        assert (matrix == np.diag(np.diag(matrix))).all()
    assert any(len(set(np.diag(matrix))) > 1 for matrix in found)


def test_invertible():
    for matrix in matrices(r"A \in \mathrm{GL}(n)"):
        assert determinant(matrix) != 0


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (r"A \in \mathbb{R}_{>0}", lambda value: value > 0),
        (r"A \in \mathbb{R}_{\geq 0}", lambda value: value >= 0),
        (r"A \in \mathbb{R}_{>0}^n", lambda value: (value > 0).all()),
        (r"A \in \mathbb{R}_{\ge 0}^{n \times m}", lambda value: (value >= 0).all()),
    ],
)
def test_signs(text, holds):
    for value in draws(text, "A"):
        assert holds(value)


def test_members_of_a_family_differ_and_are_within_range():
    drawn = point(r"\Sigma_k \in \mathbb{S}_{++}^n, k = 1, \dots, K")
    values = [plain(drawn.value("\\Sigma_{·}", (k,), DOMAIN)) for k in (1, 2, 3)]
    assert len({str(value) for value in values}) == 3
    assert all(min(minors(value)) > 0 for value in values)
    for index in (0, 4):
        with pytest.raises(IndexError):
            drawn.value("\\Sigma_{·}", (index,), DOMAIN)


def test_equal_seeds_give_equal_points_whatever_is_asked_for_first():
    texts = (r"A \in \mathbb{R}^{n \times n}", r"B \in \mathbb{S}^n", r"c \in \mathbb{R}")
    one, two = point(*texts), point(*texts)
    first = [str(one.value(name, (), DOMAIN)) for name in "ABc"]
    second = [str(two.value(name, (), DOMAIN)) for name in "cBA"][::-1]
    assert first == second
    assert str(point(*texts, seed=1).value("A", (), DOMAIN)) != first[0]


def test_a_point_is_the_same_in_every_domain():
    """An integer point over the rationals is the same point modulo a prime."""
    text = r"\Sigma \in \mathbb{S}_{++}^n"
    field = Field(0, 1)
    over_field = point(text, spread=4).value("\\Sigma", (), field)
    over_rationals = plain(point(text, spread=4).value("\\Sigma", (), DOMAIN))
    assert [int(entry) for entry in over_field.entries()] == [
        int(entry) % field.modulus for entry in over_rationals.ravel()
    ]


def test_undeclared_symbols_have_no_value():
    with pytest.raises(NotEvaluable):
        point(r"A \in \mathbb{R}").value("B", (), DOMAIN)


# -- constraints -------------------------------------------------------------------------------------------------


def constrained(constraints, *texts, seed=0):
    return point(*texts, seed=seed, constraints=constraints)


def test_unit_sum_of_a_vector():
    for seed in SEEDS:
        drawn = constrained(unit_sum("p", None), r"p \in \mathbb{R}_{>0}^n", seed=seed)
        vector = plain(drawn.value("p", (), DOMAIN))
        assert vector.sum() == 1 and (vector > 0).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_unit_sum_of_a_family_along_an_axis(axis):
    text = r"r_{nk} \in \mathbb{R}_{>0}, n = 1, \dots, N, k = 1, \dots, K"
    for seed in SEEDS:
        drawn = constrained(unit_sum("r_{·}", axis), text, seed=seed)
        table = np.array([[plain(drawn.value("r_{·}", (n, k), DOMAIN)) for k in (1, 2, 3)] for n in (1, 2)])
        assert (table.sum(axis=axis) == 1).all() and (table > 0).all()
        assert len(set(table.ravel())) > 2


@pytest.mark.parametrize("space", [r"\mathbb{R}^{n \times n}", r"\mathbb{S}^n", r"\mathbb{S}_{++}^n", r"\mathbb{D}^n"])
def test_commuting_pairs(space):
    for seed in SEEDS:
        drawn = constrained(commuting("A", "B"), rf"A \in {space}", rf"B \in {space}", seed=seed)
        a, b = (plain(drawn.value(name, (), DOMAIN)) for name in "AB")
        assert (a @ b == b @ a).all()
        assert (a != b).any()
        if "++" in space:
            assert min(minors(a)) > 0 and min(minors(b)) > 0


def test_idempotent():
    ranks = set()
    for seed in range(20):
        drawn = constrained(idempotent("A"), r"A \in \mathbb{R}^{n \times n}", seed=seed)
        matrix = plain(drawn.value("A", (), DOMAIN))
        assert (matrix @ matrix == matrix).all()
        ranks.add(np.trace(matrix))
    assert {1, 2} <= ranks <= {0, 1, 2, 3}


def test_symmetric_idempotents_with_common_eigenvectors_commute():
    both = idempotent("A", "pair").merged(idempotent("B", "pair"))
    for seed in SEEDS:
        drawn = constrained(both, r"A \in \mathbb{S}^n", r"B \in \mathbb{S}^n", seed=seed)
        a, b = (plain(drawn.value(name, (), DOMAIN)) for name in "AB")
        for matrix in (a, b):
            assert (matrix @ matrix == matrix).all() and (matrix == matrix.T).all()
        assert (a @ b == b @ a).all()


def test_orthonormal_columns():
    for seed in SEEDS:
        drawn = constrained(orthonormal_columns("W"), r"W \in \mathbb{R}^{n \times m}", seed=seed)
        matrix = plain(drawn.value("W", (), DOMAIN))
        assert matrix.shape == (3, 2) and (matrix.T @ matrix == identity(2)).all()
    with pytest.raises(NoPoint):
        constrained(orthonormal_columns("W"), r"W \in \mathbb{R}^{m \times n}").value("W", (), DOMAIN)


def test_constraints_merge_and_the_second_wins():
    first, second = unit_sum("p", None), Constraints({"p": lambda *_: "second"}, {"f": "commuting"})
    merged = first.merged(second)
    assert merged.makers["p"](None, (), None) == "second"
    assert merged.functions == {"f": "commuting"}


# -- functions ---------------------------------------------------------------------------------------------------


def test_a_positive_function_is_positive():
    for seed in SEEDS:
        drawn = point(r"f : \mathbb{R} \to \mathbb{R}_{>0}", seed=seed, spread=2)
        for argument in range(-5, 6):
            assert drawn.function("f", 0, DOMAIN.number(argument), DOMAIN) > 0


def test_the_derivative_of_a_function_is_that_of_its_values():
    drawn = point(r"f : \mathbb{R} \to \mathbb{R}")
    coefficients = [plain(c) for c in drawn.coefficients(drawn.declaration("f"), DOMAIN)]
    assert len(coefficients) > 2 and any(coefficients[2:])
    for order in range(len(coefficients) + 1):
        wanted = Fraction(0)
        for power, coefficient in enumerate(coefficients):
            wanted += coefficient * math.perm(power, order) * Fraction(3) ** (power - order) if power >= order else 0
        assert plain(drawn.function("f", order, DOMAIN.number(3), DOMAIN)) == wanted


def test_a_curve_of_definite_matrices_is_definite_everywhere():
    for seed in SEEDS:
        drawn = point(r"K : \mathbb{R} \to \mathbb{S}_{++}^n", seed=seed, spread=2)
        for argument in (-3, 0, 2):
            matrix = plain(drawn.function("K", 0, DOMAIN.number(argument), DOMAIN))
            assert (matrix == matrix.T).all() and min(minors(matrix)) > 0


def test_in_a_field_a_function_depends_on_its_argument_alone():
    field = Field(0, 1)
    drawn = point(r"f : \mathbb{R} \to \mathbb{R}", spread=0)
    values = [drawn.function("f", order, field.number(n), field) for order in (0, 1) for n in (1, 2)]
    assert len({int(value) for value in values}) == 4
    assert drawn.function("f", 0, field.number(1), field) == values[0]


def test_a_condition_solved_for_its_unknown_is_satisfied():
    from derive.exact.solve import solved_for
    from derive.scope import Condition

    sample = Sample(r"A X = B", (r"A \in \mathbb{R}^{n \times n}", r"X \in \mathbb{R}^{n \times m}",
                                 r"B \in \mathbb{R}^{n \times m}"), SIZES, domain=Rationals(), spread=3)  # fmt: skip
    statement = sample.statement
    condition = Condition("A X = B", statement.lhs, statement.rhs, statement.shape, statement.free)
    sample.evaluator.point.constraints = solved_for("X", condition)
    a, x, b = (plain(sample.evaluator.point.value(name, (), sample.domain)) for name in "AXB")
    assert (a @ x == b).all() and (x != 0).any()
