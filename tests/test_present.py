"""Results as a person writes them: common factors, parts of the question, names of the field; the value is the same."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_oracle import TermOracle, Undefined

from derive.decode import Decoder
from derive.derivation import gradient
from derive.kernel import Kernel
from derive.naming import named
from derive.present import Presenter
from derive.printing import show
from derive.problem import Problem
from derive.term import ONE, Term, make, number, size

N = size("n")
A, B, C = (make("M", name, N, N) for name in "ABC")
x, y, z = (make("M", name, N, ONE) for name in "xyz")
a, b = make("s", "a"), make("s", "b")
FACTS = {"a": frozenset(("positive",)), "b": frozenset(("positive",))}


def same(left, right, facts=FACTS, seeds=3):
    for seed in range(seeds):
        oracle = TermOracle(facts, seed)
        try:
            expected = oracle.value(left)
        except Undefined:
            continue
        if not np.allclose(oracle.value(right), expected, rtol=1e-8):
            return False
    return left.shape == right.shape


def plus(*terms):
    return make("+", *terms)


def minus(term):
    return make("." if term.shape else "*", number(-1), term)


def shown(term, *originals):
    kernel = Kernel(FACTS)
    return show(Decoder().decode(Presenter(kernel, originals).present(kernel.canon(term))))


def word(*letters):
    return make("@", *letters)


SCALED = st.tuples(
    st.integers(-3, 3).filter(bool), st.sampled_from([number(1), a, make("*", a, b), make("^", b, number(-1))])
)
LETTERS = st.lists(st.sampled_from([A, B, make("t", A), make("inv", C)]), min_size=1, max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(SCALED, LETTERS), min_size=1, max_size=4))
def test_a_sum_of_words_keeps_its_value(items):
    terms = [make(".", make("*", number(count), scalar), word(*letters)) for (count, scalar), letters in items]
    term, kernel = plus(*terms), Kernel(FACTS)
    found = Presenter(kernel).present(kernel.canon(term))
    assert same(term, found)
    assert not kernel.difference(term, found)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(SCALED, SCALED), min_size=1, max_size=4))
def test_a_sum_of_scalars_keeps_its_value(items):
    terms = [make("*", *(part for count, scalar in pair for part in (number(count), scalar))) for pair in items]
    term, kernel = plus(*terms), Kernel(FACTS)
    found = Presenter(kernel).present(kernel.canon(term))
    assert same(term, found) and not kernel.difference(term, found)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (plus(word(A, x), word(A, y)), "A (x + y)"),
        (plus(word(A, x), word(B, x)), "(A + B) x"),
        (plus(word(A, B, x), minus(word(A, C, x))), "A (B − C) x"),
        (plus(make(".", a, x), make(".", a, y)), "a (x + y)"),
        (plus(make(".", number(2), x), make(".", number(4), y)), "2 (x + 2 y)"),
        (plus(minus(x), minus(y)), "−(x + y)"),
        (plus(word(A, B), A), "A (B + I)"),
        (plus(word(A, x), y), "A x + y"),
        (plus(make("*", a, a), make("*", a, b)), "a (b + a)"),
        (plus(minus(x), y), "y − x"),
    ],
)  # fmt: skip
def test_common_factors_are_taken_out(term, text):
    assert shown(term) == text
    assert same(term, Presenter(kernel := Kernel(FACTS)).present(kernel.canon(term)))


def test_a_result_does_not_depend_on_the_seed_of_hashes():
    source = "import sys; from derive.records import answer_line; print(answer_line(sys.argv[1])['latex'])"
    record = {"declare": [r"A \in \mathbb{R}^{n \times n}"], "of": r"\operatorname{tr}(2 A^3 + 3 A^2)", "wrt": "A"}
    printed = set()
    for seed in ("0", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", source, json.dumps(record)]
        printed.add(subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout)
    assert len(printed) == 1


def test_parts_of_the_question_stand_as_they_were():
    residual = plus(word(A, x), minus(y))
    assert shown(make(".", number(2), residual), residual) == "2 (A x − y)"
    assert shown(minus(residual), residual) == "−(A x − y)"
    difference = plus(x, minus(y))
    assert shown(plus(word(B, y), minus(word(B, x))), difference) == "−B (x − y)"
    square = make("^", plus(a, b), number(2))
    assert shown(square, square) == "(a + b)²"


def test_a_trace_is_turned_to_begin_with_a_row():
    trace = make("tr", word(A, x, make("t", y)))
    assert shown(make("*", trace, a)) == "a (yᵀ A x)"


DECLARED = (
    r"A \in \mathbb{R}^{m \times n}", r"S \in \mathbb{S}^n", r"P \in \mathbb{S}_{++}^n", r"x, y \in \mathbb{R}^n",
    r"b \in \mathbb{R}^m", r"\lambda \in \mathbb{R}_{>0}",
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"z_k \in \mathbb{R}, k = 1, \dots, K", r"s_k \in \mathbb{R}, k = 1, \dots, K",
)  # fmt: skip
LIKELIHOOD = r"\sum_{n=1}^N \log \sum_{k=1}^K \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)"
SOFTPLUS = r"\log \sum_{j=1}^K e^{z_j}"


def derived(of, wrt):
    problem = Problem(DECLARED)
    variable = problem.expr(wrt)
    return gradient(problem.expr(of), variable, problem.scope)


@pytest.mark.parametrize(
    ("of", "wrt", "textbook"),
    [
        (r"\|A x - b\|^2", "x", r"2 A^\top \left( A x - b \right)"),
        (r"\|A x - b\|^2", "A", r"2 \left( A x - b \right) x^\top"),
        (r"\frac{1}{2} (x - y)^\top P (x - y)", "x", r"P \left( x - y \right)"),
        (r"\|x - y\|", "x", r"\frac{1}{\left\| x - y \right\|} \left( x - y \right)"),
        (r"x^\top S x + \lambda y^\top x", "x", r"2 S x + \lambda y"),
        (r"\log \mathcal{N}(x \mid y, P)", "y", r"P^{-1} \left( x - y \right)"),
    ],
)
def test_results_of_textbooks(of, wrt, textbook):
    assert derived(of, wrt).latex == textbook


def assert_named(found, letters):
    """Assert that a result with names is the result, where the names have the values of their definitions."""
    term, (shown_term, definitions) = found.certificate.rhs, named(found.certificate.rhs)
    assert [name.args[0] for name, _ in definitions] == letters
    oracle = TermOracle(found.certificate.facts, seed=1)
    for name, weight in definitions:
        ranges = [range(1, oracle.size(index.args[2]) + 1) for index in name.args[1:]]
        for place in np.ndindex(*map(len, ranges)):
            values = tuple(i + 1 for i in place)
            oracle.indices.update(zip((index.args[0] for index in name.args[1:]), values, strict=True))
            oracle.values[name.args[0], values] = oracle.value(weight)
    for k in (1, 2):
        oracle.indices = {"k": k}
        assert np.allclose(oracle.value(shown_term), oracle.value(term))
    assert letters == [] or shown_term != term


@pytest.mark.parametrize("wrt", [r"\mu_k", r"\pi_k", r"\Sigma_k"])
def test_responsibilities(wrt):
    found = derived(LIKELIHOOD, wrt)
    assert_named(found, ["r_{·}"])
    shown_latex, ((name, _),) = found.named
    assert name == "r_{nk}" and r"\mathcal{N}" not in shown_latex


def test_softmax_weights():
    found = derived(SOFTPLUS, "z_k")
    assert_named(found, ["s_{·}"])
    weight = r"\frac{\exp\left( z_{k} \right)}{\sum_{j=1}^{K} \exp\left( z_{j} \right)}"
    name = "s'_{k}"  # s is another symbol here
    assert found.named == (name, ((name, weight),)) and found.latex == weight


def test_what_is_no_weight_has_no_name():
    assert named(derived(r"\sum_{j=1}^K z_j^2", "z_k").certificate.rhs)[1] == []
    quotient = Term("*", (a, make("^", plus(a, b), number(-1))))
    assert named(quotient) == (quotient, [])


def test_two_softmax_weights_have_two_names():
    found = derived(rf"{SOFTPLUS} + \log \sum_{{j=1}}^K e^{{2 z_j}}", "z_k")
    assert_named(found, ["s_{·}", "s'_{·}"])


def test_the_name_of_a_weight_is_not_taken():
    found = derived(rf"{SOFTPLUS} + \sum_{{j=1}}^K s_j z_j", "z_k")
    assert found.named[1][0][0] != "s_{k}"
