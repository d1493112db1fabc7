"""Stationary points of small functions: each kind of isolation, multipliers, and what is left implicit."""

import json

import numpy as np
import pytest
from numeric_oracle import Numeric, Place

import derive
from derive import solved
from derive.certificate import replay

A = r"A \in \mathbb{S}_{++}^n"
B = r"B \in \mathbb{S}_{++}^m"
C = r"C \in \mathbb{R}^{n \times m}"
X = r"X \in \mathbb{R}^{n \times m}"
VECTORS = (r"b \in \mathbb{R}^n", r"x \in \mathbb{R}^n")
POSITIVE = (r"a \in \mathbb{R}_{>0}", r"c \in \mathbb{R}_{>0}", r"t \in \mathbb{R}_{>0}", r"u \in \mathbb{R}")


def found(declare, f, *unknowns, subject_to=()):
    problem = derive.Problem(declare)
    exprs = [problem.expr(text) for text in unknowns]
    return derive.stationary(problem.expr(f), exprs, [problem.expr(text) for text in subject_to], scope=problem.scope)


SOLVED = {
    "from the left": ((A, *VECTORS), r"x^\top A x - 2 b^\top x", "x", "x = A^{-1} b"),
    "from the right": (
        (B, C, X),
        r"\operatorname{tr}(X B X^\top) - 2 \operatorname{tr}(C^\top X)",
        "X",
        "X = C B^{-1}",
    ),
    "from both sides": (
        (A, B, C, X),
        r"\operatorname{tr}(X^\top A X B) - 2 \operatorname{tr}(C^\top X)",
        "X",
        "X = A^{-1} C B^{-1}",
    ),
    "a sum of two powers": (POSITIVE, r"a \log t - c t", "t", r"t = \frac{a}{c}"),
    "a power": (POSITIVE, r"a t^3 - 3 c t", "t", r"t = \frac{\sqrt{c}}{\sqrt{a}}"),
    "a logarithm": (POSITIVE, r"t \log t - t - a t", "t", r"t = \exp\left( a \right)"),
    "an exponential": (POSITIVE, r"e^u - a u", "u", r"u = \log\left( a \right)"),
    "a determinant and an inverse": (
        (A, r"S \in \mathbb{S}_{++}^n"),
        r"\log \det A + \operatorname{tr}(A^{-1} S)",
        "A",
        "A = S",
    ),
}


@pytest.mark.parametrize("name", SOLVED)
def test_unknowns_are_isolated(name):
    declare, f, unknown, _ = SOLVED[name]
    result = found(declare, f, unknown)
    (solution,) = result.solutions
    assert solution.is_closed and result.implicit == ()
    assert solution.latex == SOLVED[name][3]
    replay(solution.certificate)


def test_a_value_that_its_declaration_excludes_is_no_solution():
    result = found(POSITIVE, r"a \log t + c t", "t")  # t is positive, and -a / c is not
    assert result.solutions == () and len(result.implicit) == 1


def test_sylvesters_equation_is_solved_by_vec():
    f = r"\operatorname{tr}(X^\top A X) + \operatorname{tr}(X B X^\top) - 2 \operatorname{tr}(C^\top X)"
    result = found((A, B, C, X), f, "X")
    (solution,) = result.solutions
    rng = np.random.default_rng(1)
    a, b = (half @ half.T + np.eye(len(half)) for half in (rng.normal(size=(3, 3)), rng.normal(size=(2, 2))))
    c = rng.normal(size=(3, 2))
    values = Place({("A", ()): a, ("B", ()): b, ("C", ()): c})
    vec = Numeric(result.scope, {"n": 3, "m": 2}).value(solution.value, values)
    x = vec.reshape(3, 2, order="F")
    assert np.allclose(a @ x + x @ b, c)


def test_a_multiplier_is_eliminated():
    result = found(
        (r"S \in \mathbb{S}_{++}^n", r"w \in \mathbb{R}^n", r"m \in \mathbb{R}^n"),
        r"w^\top S w",
        "w",
        subject_to=[r"m^\top w - 1"],
    )
    assert result["w"].latex == r"w = \frac{1}{m^\top S^{-1} m} S^{-1} m"
    assert result["w"].requires == (r"m^\top S^{-1} m \neq 0",)
    assert result.second_order() == {"w": "convex"}
    assert len(result.multipliers) == 1


def test_a_declared_multiplier_is_used_unless_it_stands_for_something_else():
    declare = (r"x \in \mathbb{R}^n", r"b \in \mathbb{R}^n", r"\lambda \in \mathbb{R}")
    plain = found(declare, r"b^\top x", "x", subject_to=[r"x^\top x - 1"])
    assert [str(m) for m in plain.multipliers] == [r"\lambda"]
    used = found(declare, r"\lambda b^\top x", "x", subject_to=[r"x^\top x - 1"])
    assert [str(m) for m in used.multipliers] != [r"\lambda"]


def test_what_cannot_be_isolated_is_left_as_an_equation():
    result = found((A, r"x \in \mathbb{R}^n"), r"x^\top A x", "x", subject_to=[r"x^\top x - 1"])
    (condition,) = result.implicit
    assert "A" in condition.latex and r"\lambda" in condition.latex and str(condition.wrt) == "x"
    assert result[r"\lambda"].depends_on == ("x",)
    with pytest.raises(KeyError):
        result["x"]


def test_a_stationary_point_that_is_no_best_point_is_not_called_one():
    result = found((r"M \in \mathbb{S}^n", *VECTORS), r"x^\top M x - 2 b^\top x", "x")
    assert result.second_order() == {"x": "not shown"}
    assert result["x"].requires == (r"M \text{ invertible}",)


@pytest.mark.parametrize(
    ("record", "part"),
    [
        ({}, "of"),
        ({"of": "x", "wrt": []}, "wrt"),
        ({"of": "x", "wrt": 3}, "wrt"),
        ({"of": "x", "wrt": "y", "declare": [r"x \in \mathbb{R}"]}, "y is not declared"),
        ({"of": "x x", "wrt": "x", "declare": [r"x \in \mathbb{R}^n"]}, "multiply"),
        ({"of": r"\operatorname{relu}(x)", "wrt": "x", "declare": [r"x \in \mathbb{R}"]}, "relu"),
    ],
)
def test_records_that_cannot_be_answered_say_why(record, part):
    answer = solved.answer(record)
    assert answer["status"] == "unsupported" and part in answer["message"]


def test_records():
    record = {"declare": [A, *VECTORS], "of": r"x^\top A x - 2 b^\top x", "wrt": ["x"], "subject_to": []}
    answer = json.loads(json.dumps(solved.answer(record)))
    assert answer["solutions"][0]["latex"] == "x = A^{-1} b" and answer["solutions"][0]["closed"]
    assert answer["second_order"] == {"x": "convex"} and answer["implicit"] == []


def test_what_is_declared_of_an_unknown_is_required_of_its_value():
    result = found((r"S \in \mathbb{S}^n", r"G \in \mathbb{R}^{n \times n}"), r"\|S - G\|_F^2", "S")
    assert result["S"].latex == "S = G" and result["S"].requires == (r"G \text{ symmetric}",)


def test_a_value_in_terms_of_a_multiplier_is_not_closed():
    declare = (r"W \in \mathbb{S}_{++}^n", r"w, g, h \in \mathbb{R}^n", r"m \in \mathbb{R}")
    result = found(declare, r"w^\top W w", "w", subject_to=[r"g^\top w - m", r"h^\top w - 1"])
    assert all(not s.is_closed for s in result.solutions if r"\lambda" in s.latex or r"\nu" in s.latex)


def test_a_constraint_for_every_index_is_refused_by_name():
    declare = (r"q_{nk} \in \mathbb{R}, n = 1, \dots, N, k = 1, \dots, K",)
    with pytest.raises(derive.NotDerived, match="for every n"):
        found(declare, r"\sum_n \sum_k q_{nk}^2", "q_{nk}", subject_to=[r"\sum_k q_{nk} - 1"])
