"""Generated code for any namespace of the array API standard, run by array-api-strict and by PyTorch on the CPU."""

import json

import numpy as np
import pytest
from numeric_oracle import Undefined
from test_derivation_corpus import CORPUS, Values, assignments, point
from test_generated_derivations import expected, value_of

from derive import records
from numeric.codegen import NotGenerated, generate
from numeric.emit import Emitter

RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
TOLERANCE = 1e-9


def strict():
    namespace = pytest.importorskip("array_api_strict")
    return None, lambda value: namespace.asarray(value, dtype=namespace.float64)


def torch():
    namespace = pytest.importorskip("array_api_compat.torch", exc_type=ImportError)
    return namespace, lambda value: namespace.asarray(value, dtype=namespace.float64)


NAMESPACES = {"array-api-strict": strict, "torch": torch}


def arguments(made, numeric, place):
    names = Emitter(made.program).names
    by_name = {names[a.key, a.order]: a for a in made.program.arguments}
    return [value_of(by_name.get(p.name), p, numeric, place) for p in made.arguments]


def assert_same(record, namespace):
    """The function gives what that for NumPy gives; a function of numbers alone has no namespace."""
    xp, converted = NAMESPACES[namespace]()
    found = records.derivation(record)
    plain = generate(found)
    try:
        portable = generate(found, namespace="array-api")
    except NotGenerated as reason:
        pytest.skip(str(reason))
    if any(p.kind == "function" for p in plain.arguments):
        pytest.skip("a declared function")
    for sizes in assignments(found.scope):
        for seed in range(12):
            numeric = Values(found.scope, sizes)
            try:
                place = point(found.scope, numeric, seed)
                formula = expected(found, numeric, place)
                values = arguments(plain, numeric, place)
            except (Undefined, np.linalg.LinAlgError):
                continue
            wanted = np.asarray(plain.compile()(*values), float)
            assert np.allclose(wanted.ravel(), formula.ravel(), rtol=1e-7, atol=1e-9)
            inputs = [converted(v) if isinstance(v, np.ndarray) else v for v in values]
            assert [p.name for p in portable.arguments] == [p.name for p in plain.arguments]
            given = portable.compile()(*inputs, **({} if xp is None else {"xp": xp}))
            given = np.asarray(given, float)
            assert given.shape == wanted.shape
            assert np.allclose(given, wanted, rtol=TOLERANCE, atol=1e-12, equal_nan=True), portable.source
            return
    pytest.skip("no point")


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("record", RECORDS[4::60], ids=lambda record: record["id"])
def test_other_namespaces_compute_the_same(record, namespace):
    assert_same(record, namespace)


@pytest.mark.slow
@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_other_namespaces_compute_the_same_for_all_records(record, namespace):
    assert_same(record, namespace)


def test_the_namespace_is_taken_from_the_first_array_or_given():
    found = records.derivation(
        {"declare": [r"x \in \mathbb{R}^n"], "of": r"\log \sum_{i=1}^n e^{x_i}", "wrt": "x", "kind": "gradient"}
    )
    source = generate(found, namespace="array-api").source
    assert "import" not in source and "x.__array_namespace__() if xp is None else xp" in source
