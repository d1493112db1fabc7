"""Derivation records, as section 5 of the contract has them: every record gets an answer, and no record raises."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.records import answer, answer_line, ident_of, unsupported
from numeric.codegen import fields

FIELDS = {"id", "status", "message", "latex", "steps", "replayed", "verdict", "numpy", "function", "arguments"}
REAL = r"a \in \mathbb{R}"
VECTOR, SQUARE, FAMILY = (
    r"x \in \mathbb{R}^n",
    r"A \in \mathbb{R}^{n \times n}",
    r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
)


def record(declare, of, wrt, kind="gradient", **more):
    return {"id": "d-1", "declare": list(declare), "given": [], "of": of, "wrt": wrt, "kind": kind, **more}


@pytest.mark.parametrize(
    ("asked", "latex"),
    [
        (record([r"X \in \mathbb{R}^{m \times n}", r"A \in \mathbb{R}^{n \times m}"], r"\operatorname{tr}(A X)", "X"),
         r"A^\top"),
        (record([VECTOR, SQUARE], "A x", "x", "jacobian"), "A"),
        (record([VECTOR, SQUARE], r"x^\top A x", "x", "hessian"), r"A + A^\top"),
        (record([REAL], "a^3", "a"), "3 a^{2}"),
        (record([r"\sigma \in \mathbb{R}_{>0}"], r"\log \sigma", r"\sigma^2"), r"\frac{1}{2 \sigma^{2}}"),
        (record([FAMILY], r"\sum_{k=1}^K \mu_k^\top \mu_k", r"\mu_m"), r"2 \mu_{m}"),
        (record([VECTOR], "q^2", "x", given=[r"q = x^\top x"]), r"4 \left( x^\top x \right) x"),
        ({"declare": VECTOR, "of": r"x^\top x", "wrt": "x"}, "2 x"),
    ],
)  # fmt: skip
def test_answers(asked, latex):
    found = answer(dict(asked))
    assert set(found) >= FIELDS
    assert (found["id"], found["status"], found["message"]) == (asked.get("id"), "derived", None)
    assert (found["latex"], found["replayed"], found["verdict"]) == (latex, True, "proved")
    assert found["steps"] and all(set(step) == {"rule", "latex"} for step in found["steps"])
    assert found["steps"][-1]["rule"] == "identification" and found["steps"][-1]["latex"].endswith(f"= {latex}")
    assert json.loads(json.dumps(found)) == found


def test_steps_are_the_differentials_of_the_function():
    steps = answer(record([r"A \in \mathrm{GL}(n)"], r"\log |A|", "A"))["steps"]
    assert [step["rule"] for step in steps] == ["differential-of-log", "jacobi-formula", "identification"]


def test_the_constrained_derivative():
    asked = record([r"S \in \mathbb{S}_{++}^n"], r"\operatorname{tr}(B S)", "S")
    asked["declare"].append(r"B \in \mathbb{R}^{n \times n}")
    assert answer(asked)["latex"] == r"B^\top"
    constrained = answer({**asked, "symmetric_derivative": True})["latex"]
    assert set(constrained.split()) >= {"B", r"B^\top", "-"} and "diag" in constrained


def test_the_constrained_hessian_is_not_the_unconstrained_one():
    asked = record([r"S \in \mathbb{S}_{++}^n"], r"\log |S|", "S", "hessian")
    plain, constrained = (answer({**asked, "symmetric_derivative": flag}) for flag in (False, True))
    assert constrained["status"] == "unsupported" or constrained["latex"] != plain["latex"]


def test_names_of_the_field():
    found = answer(record([r"z_k \in \mathbb{R}, k = 1, \dots, K"], r"\log \sum_{j=1}^K e^{z_j}", "z_k"))
    assert found["named"] == "s_{k}"
    assert found["where"] == [{"name": "s_{k}", "latex": found["latex"]}]


BAD = (
    ({}, "“of”"),
    ({"of": "x"}, "“wrt”"),
    ({"of": 1, "wrt": "x"}, "“of”"),
    ({"of": "x", "wrt": ["x"]}, "“wrt”"),
    ({"of": "x", "wrt": "x", "kind": "curl"}, "“kind”"),
    ({"of": "x", "wrt": "x", "kind": 3}, "“kind”"),
    ({"of": "x", "wrt": "x", "declare": 3}, "“declare”"),
    ({"of": "x", "wrt": "x", "declare": [None]}, "“declare”"),
    ({"of": "x", "wrt": "x", "given": {"a": 1}}, "“given”"),
    ({"of": "x", "wrt": "x", "declare": [VECTOR] * 201}, "“declare”"),
    ({"of": "x", "wrt": "x", "declare": ["hello"]}, "hello"),
    ({"of": "x", "wrt": "x"}, "x is not declared"),
    (record([VECTOR], "x", "x"), "a gradient is that of a scalar"),
    (record([VECTOR], "x x", "x"), ""),
    (record([VECTOR], r"x^\top x", ""), "found nothing"),
    (record([VECTOR], r"x^\top x", "2"), "a derivative by"),
    (record([VECTOR], r"x^\top x", "x + x"), "a derivative by"),
    (record([VECTOR], "(" * 3000 + "x" + ")" * 3000, "x"), "nested"),
    (record([SQUARE], r"\operatorname{tr}(A^{1/2})", "A"), "a root of a matrix"),
    (record([REAL], r"\frac{a}{0}", "a"), "zero"),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "reason"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_derived_is_answered(asked, reason):
    found = answer({**asked, "id": [7]})
    assert (found["id"], found["status"], found["replayed"], found["verdict"]) == ([7], "unsupported", False, None)
    assert set(found) >= FIELDS and found["latex"] is None and found["steps"] == []
    assert reason in found["message"] and "\n" not in found["message"]


RAISES = {
    "a kind that cannot be hashed": {"of": "a", "wrt": "a", "kind": ["gradient"], "declare": [REAL]},
    "relu has no rule, and its derivative is evaluated as itself": record([REAL], r"\operatorname{relu}(a)", "a"),
    "sech has no rule, and its derivative is evaluated as itself": record([REAL], r"\operatorname{sech}(a)", "a"),
    "a variable with a symbolic exponent": record([REAL, r"b \in \mathbb{R}"], "a^2", "a^b"),
}  # fmt: skip


@pytest.mark.parametrize("asked", [pytest.param(asked) for why, asked in RAISES.items()])
def test_records_that_raise(asked):
    assert answer(dict(asked))["status"] in ("derived", "unsupported")


def test_the_answer_carries_a_numpy_function():
    found = answer(record([VECTOR, SQUARE], r"x^\top A x", "x"), emission=fields)
    names = {}
    exec(found["numpy"], names)  # what the answer promises: one function that imports NumPy and nothing else
    assert sorted(argument["name"] for argument in found["arguments"]) == ["A", "x"]
    values = {"x": np.array([1.0, 2.0]), "A": np.array([[1.0, 2.0], [3.0, 4.0]])}
    result = names[found["function"]](*(values[argument["name"]] for argument in found["arguments"]))
    assert np.allclose(result, (values["A"] + values["A"].T) @ values["x"])


def test_lines():
    line = json.dumps({"id": 4, "declare": [VECTOR, SQUARE], "of": "A x", "wrt": "x"})
    assert answer_line(line)["status"] == "unsupported"
    assert answer_line(line, kind="jacobian")["latex"] == "A"
    assert (
        answer_line(json.dumps({**json.loads(line), "kind": "jacobian"}))["latex"] == "A"
    )  # the record's own kind wins
    assert ident_of(line) == 4 and ident_of("[1]") is ident_of("{") is None


@pytest.mark.parametrize("line", ["", "{", "[]", "null", "3", '"x"', "\x00", "[" * 100_000, '{"a":' * 100_000, "{} {}"])
def test_lines_that_are_no_record(line):
    found = answer_line(line)
    assert (found["id"], found["status"]) == (None, "unsupported")
    assert "JSON object" in found["message"]


VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["x", "A x", r"x^\top x", VECTOR, "", "\\", "{", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(st.fixed_dictionaries({}, optional={key: VALUES for key in ("id", "declare", "given", "of", "wrt")}))
def test_any_values_are_answered(asked):
    found = answer(dict(asked))
    assert found["id"] == asked.get("id")
    assert found["status"] == "derived" or found == unsupported(asked.get("id"), found["message"])


def test_the_same_seed_gives_the_same_answer():
    asked = record([VECTOR, SQUARE], r"\log(1 + x^\top A x)", "x")
    assert answer(dict(asked), seed=3) == answer(dict(asked), seed=3)
