"""Claim records: verdicts, codes, conventions, premises and chains."""

import json

import numpy as np
import pytest

from derive.claims import check_record
from derive.options import Options

TRUE = {"holds", "proved"}
SQUARE = tuple(f"{name} \\in \\mathbb{{R}}^{{n \\times n}}" for name in "ABX")
WIDE = (r"W \in \mathbb{R}^{m \times n}", r"x \in \mathbb{R}^n", r"y \in \mathbb{R}^n", r"z \in \mathbb{R}^m")
SCALARS = (r"a, b, c \in \mathbb{R}", r"u \in \mathbb{R}_{>0}")
DEFINITE = (r"\Sigma \in \mathbb{S}_{++}^n", r"V \in \mathbb{S}^n", r"Q \in \mathrm{O}(n)", r"\Lambda \in \mathbb{D}^n")
FAMILIES = (
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
    r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
)
ALL = (*SQUARE, *WIDE, *SCALARS, *DEFINITE)


def claim(text, *declare, given=(), **more):
    record = {"id": 7, "declare": list(declare or ALL), "given": list(given), "claim": text, **more}
    answer = check_record(json.dumps(record), Options())
    assert answer["id"] == 7
    return answer


def verdict(text, *declare, **more):
    return claim(text, *declare, **more)["verdict"]


@pytest.mark.parametrize(
    "text",
    [
        "A' = A^T",
        r"A^{-T} = (A^{-1})^\top",
        r"|A| = \det A",
        r"|a|^2 = a^2",
        r"\|x\|^2 = x^T x",
        r"\|W\|_F^2 = \operatorname{tr}(W^\top W)",
        r"\|W\|^2 = \sum_{i=1}^m \sum_{j=1}^n W_{ij}^2",
        r"\|a\|^2 = a^2",
        r"\langle A, B \rangle = \operatorname{tr}(A^\top B)",
        r"x \cdot y = x^\top y",
        r"x^\top y A = A x^\top y",
        r"A B \odot B A = (A B) \odot (B A)",
        r"\operatorname{diag}(x) y = x \odot y",
        r"\operatorname{vec}(A X B) = (B^\top \otimes A) \operatorname{vec}(X)",
        r"\frac12 a + \tfrac12 a = a",
        r"\ln 2a - \ln a = \ln 2",
        r"\ln u^2 = 2 \ln u",
        r"e^a = \exp(a)",
        r"I x = x",
        r"\mathbf{1}^\top x = \sum_{i=1}^n x_i",
        r"Q^\top Q = I",
        r"\Lambda \Lambda = \Lambda \odot \Lambda",
        r"V^\top = V",
        r"\Sigma^{1/2} \Sigma^{1/2} = \Sigma",
        r"\begin{pmatrix} A & B \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} = A x + B y",
        r"\nabla_x (x^\top A x) = (A + A^\top) x",
        r"\frac{\partial^2 (x^\top A x)}{\partial x \partial x^\top} = A + A^\top",
        r"\mathrm{d}(X^{-1}) = - X^{-1} (\mathrm{d}X) X^{-1}",
        r"\frac{\partial}{\partial X_{ij}} \operatorname{tr} X = \delta_{ij}",
        r"\left. \frac{\partial (x^\top x)}{\partial x} \right|_{x = y} = 2 y",
        r"(1 + a)^2 = 1 + 2 a + O(a^2)",
        r"\sum_{i=1}^n 1 = n",
    ],
)
def test_true_claims_in_every_notation(text):
    answer = claim(text)
    assert answer["verdict"] in TRUE, answer["message"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A B = B A", "A401"),
        (r"A^\top = A", "A401"),
        ("Q^2 = I", "A401"),
        (r"\frac{\partial}{\partial x} (x^\top A x) = 2 A x", "A401"),
        ("A + A = 3 A", "E304"),
        (r"(A B)^\top = A^\top + B^\top", "E301"),
        (r"\frac{\partial \ln |A|}{\partial A} = -A^{-\top}", "E303"),
        ("W x = 0 z", "E301"),
        (r"\operatorname{tr}(A I_n) = \operatorname{tr}(A) \operatorname{tr}(I_n)", "E304"),
        ("A = z", "S201"),
        ("A + x = x", "S202"),
        ("A + a = A", "S202"),
        ("W A + W W = W", "S203"),
        (r"x \odot z = x", "S203"),
        (r"\det W = 1", "S204"),
        (r"W^{-1} = W", "S204"),
        (r"\frac{x}{y} = 1", "S205"),
        (r"a^x = 1", "S205"),
        (r"\frac{\partial (x^\top x)}{\partial y} = 0", "S212"),
        ("x_0 = 1", "S213"),
        ("A + D = D + A", "N105"),
        (r"\foo = 1", "N101"),
        ("(A = A", "N102"),
        (r"\int a = 1", "N103"),
        (r"\hat{x} = x", "N105"),
        (r"a \approx b", "U604"),
        (r"a \le b", "U604"),
        ("a + b", "N103"),
        (r"(A - A)^{-1} = A", "U603"),
    ],
)
def test_codes(text, code):
    answer = claim(text)
    assert answer["code"] == code, answer["message"]


def test_families_and_indices():
    assert verdict(r"\sum_{n=1}^N x_n = \sum_i x_i", *FAMILIES) in TRUE
    assert verdict(r"\frac{\partial}{\partial \mu_k} \sum_{j=1}^K \mu_j^\top \mu_j = 2 \mu_k", *FAMILIES) in TRUE
    assert verdict(r"\frac{\partial}{\partial \mu_k} \sum_k \mu_k^\top \mu_k = 2 \mu_k", *FAMILIES) in TRUE
    assert verdict(r"\sum_{k=1}^K \pi_k \mu_k = \sum \pi_k \mu_k", *FAMILIES) in TRUE
    assert claim(r"\sum_n x_n = x_n", *FAMILIES)["code"] == "S211"
    assert claim(r"\sum_{n=1}^N 2 \mu_k = \mu_k", *FAMILIES)["code"] == "S210"
    assert claim(r"x_n = \mu_n", *FAMILIES)["code"] == "S213"


def test_pi_is_the_number_beside_a_declared_family():
    assert verdict(r"\pi_k \ln(2 \pi) = \pi_k \ln 2 + \pi_k \ln \pi", *FAMILIES) in TRUE


def test_bold_and_plain_letters():
    declare = (r"\mathbf{x} \in \mathbb{R}^n", r"x \in \mathbb{R}")
    assert claim(r"\mathbf{x} = x", *declare)["code"] == "S201"
    assert verdict(r"x \mathbf x = \boldsymbol{x} x", *declare) in TRUE
    assert verdict(r"\mathbf{X} = X", r"X \in \mathbb{R}^n") in TRUE


def test_hats_are_other_symbols():
    declare = (r"\hat{x} \in \mathbb{R}^n", r"x \in \mathbb{R}^n")
    assert verdict(r"\hat{x} = x", *declare) == "refuted"
    assert verdict(r"\hat x = \widehat{x}", *declare) in TRUE


def test_a_prime_on_a_function_is_a_derivative():
    declare = (r"f : \mathbb{R} \to \mathbb{R}", r"a \in \mathbb{R}", r"x \in \mathbb{R}^n")
    assert verdict(r"\frac{d}{d a} f(a^2) = 2 a f'(a^2)", *declare) in TRUE
    assert verdict(r"\frac{d}{d a} f(a^2) = f'(a^2)", *declare) == "refuted"
    assert verdict(r"\frac{\partial f(x)}{\partial x^\top} = \operatorname{diag}(f'(x))", *declare) in TRUE


def test_the_gaussian_density_is_known():
    text = r"(2 \pi)^{-n/2} |\Sigma|^{-1/2} \exp\left( -\tfrac12 (x - y)^\top \Sigma^{-1} (x - y) \right)"
    for spelled in (
        r"\mathcal{N}(x \mid y, \Sigma)",
        r"N(x | y, \Sigma)",
        r"\mathcal{N}(x ; y, \Sigma)",
        r"\mathcal{N}(x, y, \Sigma)",
    ):
        assert verdict(f"{spelled} = {text}") in TRUE, spelled


# -- conventions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "layout"), [("W", "numerator"), (r"W^\top", "denominator")])
def test_layout(text, layout):
    other = {"numerator": "denominator", "denominator": "numerator"}[layout]
    relation = rf"\frac{{\partial W x}}{{\partial x}} = {text}"
    assert verdict(relation) in TRUE
    assert verdict(relation, layout=layout) in TRUE
    assert verdict(relation, layout=other) == "malformed"
    assert verdict(r"\frac{\partial W x}{\partial x^\top} = W", layout=other) in TRUE


def test_symmetric_derivative():
    full, plain = r"2 \Sigma^{-1} - \Sigma^{-1} \odot I", r"\Sigma^{-1}"
    left = r"\frac{\partial \ln |\Sigma|}{\partial \Sigma}"
    assert verdict(f"{left} = {plain}") in TRUE and verdict(f"{left} = {full}") == "refuted"
    assert verdict(f"{left} = {full}", symmetric_derivative=True) in TRUE
    assert verdict(f"{left} = {plain}", symmetric_derivative=True) == "refuted"


def test_dims():
    text = r"\det(X X^\top) = 0"
    declare = (r"X \in \mathbb{R}^{m \times n}",)
    assert verdict(text, *declare) == "refuted"
    assert verdict(text, *declare, dims="m > n") in TRUE
    assert verdict(r"(-1)^n = 1", r"X \in \mathbb{R}^n", dims="n even") in TRUE


# -- premises ----------------------------------------------------------------------------------------------------


def test_a_premise_for_an_undeclared_symbol_is_a_definition():
    assert verdict("C = A + B", *SQUARE, given=["C = A + B"]) in TRUE
    assert verdict("C - B = A", *SQUARE, given=["C = A + B"]) in TRUE
    assert verdict("C = A", *SQUARE, given=["C = A + B"]) == "refuted"


def test_a_premise_for_a_declared_symbol_is_a_constraint():
    answer = claim(r"\sum_{k=1}^K 2 \pi_k = 2", *FAMILIES, given=[r"\sum_{k=1}^K \pi_k = 1"])
    assert answer["verdict"] in TRUE and answer["given"] == [r"\sum_{k=1}^K \pi_k = 1"]
    answer = claim("A^3 = A", *SQUARE, given=["A^2 = A"])
    assert answer["verdict"] in TRUE and answer["given"] == ["A^2 = A"]
    assert verdict("A B A = A A B", *SQUARE, given=["A B = B A"]) in TRUE


def test_a_premise_that_is_not_needed_is_not_named():
    answer = claim("A + A = 2 A", *SQUARE, given=["A^2 = A"])
    assert answer["verdict"] in TRUE and answer["given"] == []


def test_what_may_follow_is_refuted_at_points_that_satisfy_the_condition_only():
    given = r"x^\top A x = e^{y^\top y} x^\top A A x"
    for text in (r"x^\top A x = 1", r"x^\top A x = 2", r"\operatorname{tr}(x x^\top A) = 1"):
        answer = claim(text, *SQUARE, *WIDE, given=[given])
        assert answer["verdict"] in {"refuted", "undecided"}
        if answer["verdict"] == "undecided":
            assert answer["code"] in {"J501", "U602", "U603"}
            continue
        A, x, y = (np.array(answer["counterexample"]["values"][name], dtype=float) for name in "Axy")
        quadratic = (x.T @ A @ x).item()
        assert quadratic == pytest.approx(np.exp((y.T @ y).item()) * (x.T @ A @ A @ x).item(), rel=1e-6)
        assert answer["given"] == [given] and abs(quadratic - int(text[-1])) > 1e-6


def test_implications():
    assert verdict(r"A^\top = A \Rightarrow (A^2)^\top = A^2", *SQUARE) in TRUE
    answer = claim(r"A^\top = A \iff A = A^\top", *SQUARE)
    assert answer["verdict"] == "proved"


def test_a_condition_is_named():
    answer = claim(r"A^\top = A", *SQUARE)
    assert answer["verdict"] == "conditional" and answer["condition"] == r"A \in \mathbb{S}^{n}"
    assert answer["counterexample"]["dimensions"] == {"n": 2}


# -- the form of answers -----------------------------------------------------------------------------------------


def test_a_chain_has_the_worst_verdict_and_lists_its_relations():
    answer = claim("A + A = 2 A = 3 A = A + 2 A", *SQUARE)
    assert answer["verdict"] == "refuted" and answer["code"] == "E301"
    assert [relation["verdict"] in TRUE for relation in answer["relations"]] == [True, False, True]
    assert [(r["lhs"], r["rhs"]) for r in answer["relations"]] == [("A + A", "2 A"), ("2 A", "3 A"), ("3 A", "A + 2 A")]


def test_the_evidence_of_what_holds():
    statement = r"\sum_{k=1}^{n} \frac{\partial \det(A)}{\partial A_{ik}} A_{jk} = \delta_{ij} \det(A)"
    evidence = claim(statement, *SQUARE)["evidence"]
    assert evidence["kind"] == "identity-test" and evidence["points"] >= 3
    assert {1} < {assignment["n"] for assignment in evidence["dimensions"]}
    assert 0 < evidence["error_bound"] < 1e-12


def test_the_evidence_of_what_is_proved():
    answer = claim(r"(A B)^\top = B^\top A^\top", *SQUARE)
    assert answer["verdict"] == "proved"
    assert answer["evidence"]["kind"] == "certificate" and answer["evidence"]["rules"] == ["transpose-of-product"]


def test_read_as():
    assert claim(r"A^\top x = \Sigma^{-1} y")["read_as"] == "Aᵀ x = Σ⁻¹ y"


def test_the_same_record_gives_the_same_answer():
    for text in ("A B = B A", "A + B = B + A", r"\ln |A B| = \ln |A| + \ln |B|"):
        assert claim(text) == claim(text)


@pytest.mark.parametrize("field", ["declare", "given", "dims"])
def test_fields_that_are_no_lists_of_texts(field):
    for value in (3, {"a": 1}, [1]):
        answer = check_record(json.dumps({"id": 1, "claim": "1 = 1", field: value}), Options())
        assert (answer["id"], answer["verdict"], answer["code"]) == (1, "unread", "N107")
