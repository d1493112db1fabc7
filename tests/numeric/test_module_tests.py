"""The tests that ``derive codegen --tests`` writes pass, and fail where the derivative is wrong."""

import json

import numpy as np
import pytest
from test_derivation_corpus import CORPUS

from numeric.modules import answer_line

RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
ASKED = {"name": "slope", "namespace": "numpy", "program": False, "tests": True}


def answered(record):
    return answer_line(json.dumps({"given": [], **record, **ASKED}))


def run(source):
    space = {}
    exec(compile(source, "generated", "exec"), space)
    with np.errstate(all="ignore"):
        space["test_slope"]()


def assert_passes(record):
    answer = answered(record)
    if answer["status"] != "generated" or record.get("symmetric_derivative"):
        pytest.skip(answer.get("message", "the constrained derivative"))
    try:
        run(answer["source"])
    except AssertionError as failure:
        if "not defined at the point" not in str(failure):
            raise
        pytest.skip(str(failure))


@pytest.mark.parametrize("record", RECORDS[2::37], ids=lambda record: record["id"])
def test_written_tests_pass(record):
    assert_passes(record)


@pytest.mark.slow
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_all_written_tests_pass(record):
    assert_passes(record)


FAMILY = [r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K"]
KINDS = {
    "members of a family": (FAMILY, r"\sum_n \log \sum_k \exp(-\|x_n - \mu_k\|^2)", r"\mu_k", "gradient"),
    "a number": ([*FAMILY, r"s \in \mathbb{R}_{>0}"], r"\sum_n \|x_n\|^2 / s", "s", "gradient"),
    "a power": ([*FAMILY, r"s \in \mathbb{R}_{>0}"], r"\sum_n \|x_n\|^2 / s^2", "s^2", "gradient"),
    "an entry": ([r"A \in \mathbb{R}^{m \times n}"], r"\operatorname{tr}(A^\top A)", "A_{11}", "gradient"),
    "a Jacobian": ([r"W \in \mathbb{R}^{m \times n}", r"x \in \mathbb{R}^n"], r"\tanh(W x)", "x", "jacobian"),
    "a Jacobian of matrices": ([r"X \in \mathrm{GL}(n)"], r"X^{-1}", "X", "jacobian"),
    "a Jacobian by members": (FAMILY, r"\sum_k \mu_k \mu_k^\top x_1", r"\mu_k", "jacobian"),
    "a Hessian": ([r"x \in \mathbb{R}^n"], r"\log \sum_{i=1}^n e^{x_i}", "x", "hessian"),
    "a symmetric matrix": ([r"S \in \mathbb{S}_{++}^n"], r"\log |S| + \operatorname{tr}(S^{-1})", "S", "gradient"),
    "a Hessian by a matrix": ([r"S \in \mathbb{S}_{++}^n"], r"\log |S|", "S", "hessian"),
    "an inverse": ([r"S \in \mathbb{S}_{++}^n", r"a \in \mathbb{R}^n"], r"a^\top S^{-1} a", "S^{-1}", "gradient"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_test_fails_where_the_derivative_is_wrong(name):
    declare, of, wrt, kind = KINDS[name]
    answer = answered({"declare": declare, "of": of, "wrt": wrt, "kind": kind})
    assert answer["status"] == "generated", answer["message"]
    run(answer["source"])
    head, body = answer["source"].split("def slope_of", 1)
    place = head.rindex("    return ")
    wrong = f"{head[:place]}    return 1.01 * ({head[place + 11 :].strip()})\n\n\ndef slope_of{body}"
    with pytest.raises(AssertionError):
        run(wrong)


@pytest.mark.parametrize(
    ("wrt", "of", "message"),
    [("X_{ii}", r"\operatorname{tr}(X)", "different letters"), ("t", r"f(t)", "declared function")],
)
def test_what_has_no_test_says_so(wrt, of, message):
    declare = [r"X \in \mathbb{R}^{n \times n}", r"t \in \mathbb{R}", r"f : \mathbb{R} \to \mathbb{R}"]
    answer = answered({"declare": declare, "of": of, "wrt": wrt, "kind": "gradient"})
    assert answer["status"] == "unsupported" and message in answer["message"]
