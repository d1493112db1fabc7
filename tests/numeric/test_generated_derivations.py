"""Generated functions beside an independent evaluation, and at points where the formula word for word fails."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numeric_oracle import Undefined
from test_derivation_corpus import Values, assignments, point

from derive import records
from derive.exact.evaluate import operators as evaluated
from numeric.codegen import free_indices_of, generate
from numeric.emit import Emitter
from numeric.emit import operations as written
from numeric.lower import UNLOWERED, operators
from numeric.program import OPERATIONS

CORPUS = Path(__file__).parent.parent / "corpus" / "derivations.jsonl"
RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
SAMPLE = RECORDS[::9]


def test_every_operator_that_can_be_evaluated_is_lowered_or_has_a_reason():
    names = {kind.__name__ for kind in evaluated()} - {"Integer"}
    assert names - operators() == set(UNLOWERED)


def test_every_operation_is_written():
    assert set(OPERATIONS) == written()


def value_of(argument, parameter, numeric, place):
    """Return the value of an argument in the layout that a generated function takes."""
    if argument is None:
        return numeric.sizes[parameter.latex]
    if parameter.kind == "function":
        return lambda x: numeric.functions[argument.key](argument.order, x)
    spans = [range(1, numeric.size(upper, {}) + 1) for upper in argument.ranges]
    members = np.array([place.values[argument.key, index] for index in product(*spans)], float)
    shape = [
        numeric.sizes[size] if size in numeric.sizes else eval(size, dict(numeric.sizes)) for size in parameter.shape
    ]
    return members.reshape(shape) if shape else float(members.ravel()[0])


def expected(found, numeric, place):
    letters = [letter for letter, _ in free_indices_of(found)]
    spans = [range(1, numeric.size(upper, {}) + 1) for _, upper in free_indices_of(found)]
    values = [numeric.value(found.result, place.at(**dict(zip(letters, at, strict=True)))) for at in product(*spans)]
    return np.array(values, float)


def assert_same(record):
    found = records.derivation(record)
    made = generate(found)
    function = made.compile()
    names = Emitter(made.program).names
    by_name = {names[a.key, a.order]: a for a in made.program.arguments}
    done = 0
    for sizes in assignments(found.scope):
        for seed in range(12):
            numeric = Values(found.scope, sizes)
            try:
                place = point(found.scope, numeric, seed)
                wanted = expected(found, numeric, place)
            except (Undefined, np.linalg.LinAlgError):
                continue
            values = [value_of(by_name.get(p.name), p, numeric, place) for p in made.arguments]
            given = np.asarray(function(*values), float)
            assert np.allclose(given.ravel(), wanted.ravel(), rtol=1e-7, atol=1e-9), (sizes, made.source)
            done += 1
            break
        if done == 2:
            return
    assert done, "no point"


@pytest.mark.parametrize("record", SAMPLE, ids=lambda record: record["id"])
def test_generated_code_computes_the_formula(record):
    assert_same(record)


@pytest.mark.slow
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_all_generated_code_computes_the_formula(record):
    assert_same(record)


# -- stability: the code without passes fails, that with passes does not --------------------------------------------

N, D = 7, 400
RNG = np.random.default_rng(0)


def made(declare, of, wrt, *values, stable=True):
    found = records.derivation({"declare": declare, "of": of, "wrt": wrt, "kind": "gradient"})
    generated = generate(found, stable=stable)
    by_latex = dict(zip([p.latex for p in generated.arguments], generated.arguments, strict=True))
    with np.errstate(all="ignore"):
        return generated.compile()(*[dict(values)[latex] for latex in by_latex])


SIGMOID = [r"x \in \mathbb{R}"]
TRAPS = {
    "logsumexp": (
        [r"x \in \mathbb{R}^n"],
        r"\log \sum_{i=1}^n e^{x_i}",
        "x",
        {"x": np.array([800.0, -800.0])},
        [1.0, 0.0],
    ),
    "weighted": (
        [r"x \in \mathbb{R}^n", r"w \in \mathbb{R}_{>0}^n"],
        r"\log(w^\top \exp(x))",
        "x",
        {"x": np.array([-900.0, -901.0]), "w": np.array([1e-200, 1e-200])},
        [1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))],
    ),
    "logistic": (SIGMOID, r"\log(1 + \exp(x))", "x", {"x": -40.0}, np.exp(-40)),
    "sigmoid tail": (SIGMOID, r"\sigma(x)", "x", {"x": 40.0}, np.exp(-40)),
    "tanh tail": (SIGMOID, r"\tanh(x)", "x", {"x": 30.0}, 4 * np.exp(-60)),
    "ratio of determinants": (
        [r"A \in \mathbb{S}_{++}^n", r"B \in \mathbb{S}_{++}^n", r"t \in \mathbb{R}"],
        r"\frac{t^2 |A|}{2 |B|}",
        "t",
        {"A": 1e-3 * np.eye(D), "B": 1e-3 * np.eye(D), "t": 3.0},
        3.0,
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_passes_remove_what_the_literal_translation_fails_at(name):
    declare, of, wrt, values, wanted = TRAPS[name]
    assert np.allclose(made(declare, of, wrt, *values.items()), wanted, rtol=1e-12, atol=0)
    naive = made(declare, of, wrt, *values.items(), stable=False)
    assert not np.allclose(naive, wanted, rtol=1e-6, atol=0)


FAR = np.array([800.0, 799.0, -800.0])
SHARE = 1 / (1 + np.exp(-1.0))
OUTER = SHARE * (1 - SHARE) * np.array([[1, -1, 0], [-1, 1, 0], [0, 0, 0]])
SECOND = {
    "logsumexp": ([r"x \in \mathbb{R}^n"], r"\log \sum_{i=1}^n e^{x_i}", {"x": FAR}, OUTER),
    "sigmoid": ([r"x \in \mathbb{R}"], r"\frac{1}{1 + e^{-x}}", {"x": 40.0}, -np.exp(-40)),
    "log cosh": ([r"x \in \mathbb{R}"], r"\log(\cosh(x))", {"x": 30.0}, 4 * np.exp(-60)),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_far_out(name):
    declare, of, values, wanted = SECOND[name]
    found = records.derivation({"declare": declare, "of": of, "wrt": "x", "kind": "hessian"})
    given = generate(found).compile()(values["x"])
    assert np.allclose(given, wanted, rtol=1e-10, atol=0)
