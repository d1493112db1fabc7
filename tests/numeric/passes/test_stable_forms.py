"""Each pass removes the hazard it is named after."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.problem import Problem
from numeric import construct as c
from numeric.lower import lowered
from numeric.passes import optimised
from numeric.passes.contraction import contracted
from numeric.passes.quotients import collected
from numeric.program import nodes
from numeric.source import Documentation, written


def operations(text, *declared):
    problem = Problem(declared)
    made = optimised(lowered(problem.expr(text), problem.scope))
    return [node.op for node in nodes(*made.outputs)], written(made, "f", Documentation("f", "f")).source


def run(source, *values):
    space = {"np": np}
    exec(source, space)
    return space["f"](*values)


DEFINITE = r"S \in \mathbb{S}_{++}^D"


def test_definite_matrices_have_one_factor_and_no_inverse():
    ops, source = operations(r"x^\top S^{-1} x + \log |S|", DEFINITE, r"x \in \mathbb{R}^D")
    assert ops.count("chol") == 1 and not {"inv", "det", "cinv"} & set(ops)
    assert source.count("cholesky") == 1


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_log_determinant_of_a_large_matrix_is_finite(scale):
    _, source = operations(r"\log |S|", DEFINITE)
    assert np.isclose(run(source, scale * np.eye(400)), 400 * np.log(scale))
    with np.errstate(all="ignore"):
        assert not np.isfinite(np.log(np.linalg.det(scale * np.eye(400))))


def test_general_matrices_are_solved_for():
    ops, _ = operations(r"A^{-1} x", r"A \in \mathrm{GL}(n)", r"x \in \mathbb{R}^n")
    assert "solve" in ops and "inv" not in ops


def test_an_inverted_gram_matrix_is_not_formed():
    X = np.vander(np.linspace(0, 1, 12), 8)  # its square has a condition near 1e12
    ops, source = operations(r"(X^\top X)^{-1} X^\top y", r"X \in \mathbb{R}^{m \times n}", r"y \in \mathbb{R}^m")
    assert "qr" in ops
    truth = np.ones(8)
    assert np.allclose(run(source, X, X @ truth), truth, atol=1e-5)


def test_a_trace_of_a_product_is_a_sum_of_products():
    ops, _ = operations(r"\operatorname{tr}(A B)", r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{n \times m}")
    assert "matmul" not in ops and "mul" in ops


def test_squares_are_completed():
    _, source = operations(
        r"x^\top S x + y^\top S y - 2 x^\top S y", DEFINITE, r"x \in \mathbb{R}^D", r"y \in \mathbb{R}^D"
    )
    x = np.array([1e8, 1e8])
    values = {"x": x + np.array([1.0, 0.0]), "y": x, "S": np.eye(2)}
    order = source.split("(", 1)[1].split(")", 1)[0].split(", ")
    assert run(source, *[values[part.split(":")[0]] for part in order]) == 1.0


def test_matrices_associate_with_vectors_first():
    _, source = operations(
        r"A B x", r"A \in \mathbb{R}^{n \times n}", r"B \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"
    )
    assert "A @ (B @ x)" in source


def test_a_row_times_a_column_within_a_product_is_a_number():
    _, source = operations(r"x x^\top x", r"x \in \mathbb{R}^n")
    assert np.array_equal(run(source, np.array([1.0, 2.0])), [5.0, 10.0])


def test_diagonal_matrices_are_not_made():
    _, source = operations(r"\operatorname{diag}(d) A", r"d \in \mathbb{R}^n", r"A \in \mathbb{R}^{n \times n}")
    assert "diag" not in source and "d[:, None] * A" in source


def test_contraction_leaves_other_sums_alone():
    made = c.one((c.ONE, c.ONE))
    assert contracted(made) == made


TERMS = st.lists(
    st.tuples(st.integers(-3, 3).filter(bool).map(Fraction), st.tuples(st.integers(-2, 3), st.integers(-3, 2))),
    min_size=1,
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(TERMS, st.fractions(Fraction(1, 9), 9))
def test_fractions_of_exponentials_keep_their_value(terms, E):
    def value(parts):
        return sum((k * E**p * (1 + E) ** q for k, (p, q) in parts), Fraction(0))

    found = collected(terms)
    if found is not None:
        assert len(found) <= 1 and value(found) == value(terms)
