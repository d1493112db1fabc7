"""Counterexamples: real points, verified by other code, and the smallest."""

import json
from fractions import Fraction

import numpy as np
import pytest

from derive.checking import check_record
from derive.options import Options


def claim(text, *declare, **more):
    record = {"id": "w", "declare": list(declare), "claim": text, **more}
    return check_record(json.dumps(record), Options())


def fractions(nested):
    """Return a counterexample's value as an array of fractions."""
    return np.array([[Fraction(entry) for entry in row] for row in nested], dtype=object)


def inverse(matrix):
    """Return the inverse of an array of fractions, by Gauss and Jordan."""
    size = len(matrix)
    rows = [[*matrix[i], *(Fraction(int(i == j)) for j in range(size))] for i in range(size)]
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for r in range(size):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return np.array([row[size:] for row in rows], dtype=object)


def determinant(matrix):
    if len(matrix) == 0:
        return Fraction(1)
    return sum((-1) ** j * matrix[0, j] * determinant(np.delete(matrix[1:], j, axis=1)) for j in range(len(matrix)))


def scalar(value):
    return np.array([[value]], dtype=object)


MATRIX = r"{} \in \mathbb{{R}}^{{n \times n}}"
A, B = MATRIX.format("A"), MATRIX.format("B")
X = r"X \in \mathbb{R}^{m \times n}"
SIGMA = r"\Sigma \in \mathbb{S}_{++}^n"
VECTOR = r"x \in \mathbb{R}^n"

# LaTeX, declarations, the smallest sizes at which it can fail, both sides in other words.
FALSE = [
    (r"\operatorname{tr}(A B) = \operatorname{tr}(A) \operatorname{tr}(B)", (A, B), {"n": 2},
     lambda v: (scalar(np.trace(v["A"] @ v["B"])), scalar(np.trace(v["A"]) * np.trace(v["B"])))),
    ("A B = B A", (A, B), {"n": 2}, lambda v: (v["A"] @ v["B"], v["B"] @ v["A"])),
    (r"(A B)^{-1} = A^{-1} B^{-1}", (A, B), {"n": 2},
     lambda v: (inverse(v["A"] @ v["B"]), inverse(v["A"]) @ inverse(v["B"]))),
    (r"\det(A + B) = \det A + \det B", (A, B), {"n": 2},
     lambda v: (scalar(determinant(v["A"] + v["B"])), scalar(determinant(v["A"]) + determinant(v["B"])))),
    (r"\det(2 A) = 2 \det A", (A,), {"n": 2},
     lambda v: (scalar(determinant(2 * v["A"])), scalar(2 * determinant(v["A"])))),
    (r"\frac{\partial}{\partial x} (x^\top A x) = A x", (A, VECTOR), {"n": 1},
     lambda v: ((v["A"] + v["A"].T) @ v["x"], v["A"] @ v["x"])),
    (r"\frac{\partial \det A}{\partial A} = \det(A) A^{-1}", (A,), {"n": 2},
     lambda v: (determinant(v["A"]) * inverse(v["A"]).T, determinant(v["A"]) * inverse(v["A"]))),
    (r"\frac{\partial}{\partial \Sigma} \ln |\Sigma| = -\Sigma^{-1}", (SIGMA,), {"n": 1},
     lambda v: (inverse(v["\\Sigma"]).T, -inverse(v["\\Sigma"]))),
    (r"\operatorname{tr}(X^\top X) = \operatorname{tr}(X)^2", (r"X \in \mathbb{R}^{n \times n}",), {"n": 2},
     lambda v: (scalar(np.trace(v["X"].T @ v["X"])), scalar(np.trace(v["X"]) ** 2))),
    (r"\|x\|^2 = \|2 x\|^2", (VECTOR,), {"n": 1},
     lambda v: (v["x"].T @ v["x"], 4 * v["x"].T @ v["x"])),
    (r"\det(X X^\top) = \det(X^\top X)", (X,), {"m": 1, "n": 2},
     lambda v: (scalar(determinant(v["X"] @ v["X"].T)), scalar(determinant(v["X"].T @ v["X"])))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declare", "sizes", "sides"), FALSE, ids=[case[0] for case in FALSE])
def test_the_counterexample_is_one_and_is_the_smallest(text, declare, sizes, sides):
    said = claim(text, *declare)
    assert said["verdict"] in {"refuted", "conditional"}
    shown = said["counterexample"]
    assert shown["dimensions"] == sizes
    values = {name: fractions(value) for name, value in shown["values"].items()}
    assert all(abs(entry) <= 5 for value in values.values() for entry in value.ravel())
    left, right = sides(values)
    assert (left == fractions(shown["lhs"])).all()
    assert (right == fractions(shown["rhs"])).all()
    assert (left != right).any()


def test_a_counterexample_satisfies_the_declarations():
    said = claim(r"x^\top \Sigma x = x^\top x", SIGMA, VECTOR)
    sigma = fractions(said["counterexample"]["values"]["\\Sigma"])
    assert (sigma == sigma.T).all() and sigma[0, 0] > 0
    said = claim(r"Q = Q^\top", r"Q \in \mathrm{O}(n)")
    q = fractions(said["counterexample"]["values"]["Q"])
    assert said["counterexample"]["dimensions"] == {"n": 2}
    assert (q.T @ q == fractions([[1, 0], [0, 1]])).all() and (q != q.T).any()
    said = claim(r"\lambda = \lambda^2", r"\lambda \in \mathbb{R}_{>0}")
    assert Fraction(said["counterexample"]["values"]["\\lambda"][0][0]) > 0


def test_a_counterexample_satisfies_the_premises():
    said = claim(
        r"\sum_{k=1}^K \pi_k^2 = 1", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K", given=[r"\sum_{k=1}^K \pi_k = 1"]
    )
    assert said["verdict"] == "refuted"
    shown = said["counterexample"]
    weights = [Fraction(entry) for entry in shown["values"]["\\pi"]]
    assert shown["dimensions"] == {"K": 2} and sum(weights) == 1 and min(weights) > 0
    assert sum(weight**2 for weight in weights) == Fraction(shown["lhs"][0][0]) != 1


def test_restrictions_of_sizes_are_kept():
    said = claim(r"\operatorname{tr} A = 0", A, dims=r"n \ge 3")
    assert said["counterexample"]["dimensions"] == {"n": 3}


def test_families_are_shown_member_by_member():
    said = claim(r"\sum_{n=1}^N x_n = N x_1", r"x_n \in \mathbb{R}^D, n = 1, \dots, N")
    shown = said["counterexample"]
    assert shown["dimensions"] == {"D": 1, "N": 2}
    first, second = (Fraction(member[0][0]) for member in shown["values"]["x"])
    assert Fraction(shown["lhs"][0][0]) == first + second != 2 * first == Fraction(shown["rhs"][0][0])


def test_a_free_index_is_named():
    said = claim("x_n = 2 x_n", r"x_n \in \mathbb{R}^D, n = 1, \dots, N")
    shown = said["counterexample"]
    index = shown["values"]["n"]
    assert Fraction(shown["lhs"][0][0]) == Fraction(shown["values"]["x"][index - 1][0][0])


def test_functions_are_shown_as_polynomials():
    said = claim("f(a) f(b) = f(a b)", r"f : \mathbb{R} \to \mathbb{R}", r"a, b \in \mathbb{R}")
    assert said["verdict"] == "refuted"
    assert said["counterexample"]["values"]["f"].startswith("z ↦ ")


def test_irrational_values_are_decimals_that_differ():
    said = claim(r"e^{a + b} = e^a + e^b", r"a, b \in \mathbb{R}")
    shown = said["counterexample"]
    a, b = (float(Fraction(shown["values"][name][0][0])) for name in "ab")
    assert float(shown["lhs"][0][0]) == pytest.approx(np.exp(a + b), rel=1e-9)
    assert float(shown["rhs"][0][0]) == pytest.approx(np.exp(a) + np.exp(b), rel=1e-9)
    assert shown["lhs"] != shown["rhs"]


def test_a_true_claim_has_none():
    said = claim("A + B = B + A", A, B)
    assert said["verdict"] in {"holds", "proved"} and said["counterexample"] is None


def test_the_same_seed_gives_the_same_counterexample():
    record = json.dumps({"declare": [A, B], "claim": "A B = B A"})
    one, two = (check_record(record, Options(seed=3))["counterexample"] for _ in range(2))
    assert one == two
