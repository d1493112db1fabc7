"""Sizes of matrices that tell products of matrices apart."""

import pytest
from sympy import Integer, Symbol, expand, factorial
from sympy.matrices.expressions import MatMul, MatrixSymbol
from sympy.printing.latex import latex

from derive.checking import check_text
from derive.exact.choices import MAX_SIZE, SizeChoices
from derive.expr import MatrixCall, build, word
from derive.facts import Declaration, Kind
from derive.scope import Definition, Scope
from derive.verdict import Verdict


def elementary(degree):
    """Return an elementary symmetric polynomial of the eigenvalues, in traces of powers (Newton's identities)."""
    powers = [Symbol(f"p{i}") for i in range(degree + 1)]
    found = [Integer(1)]
    for k in range(1, degree + 1):
        found.append(expand(sum((-1) ** (i - 1) * found[k - i] * powers[i] for i in range(1, k + 1)) / k))
    names = {powers[i]: rf"(\operatorname{{tr}}(A^{{{i}}}))" for i in range(1, degree + 1)}
    return latex(expand(found[degree] * factorial(degree)), symbol_names=names)


def judged(claim):
    return check_text(rf"Let $A \in \mathbb{{R}}^{{n \times n}}$. $${claim}$$")[-1].judgement


@pytest.mark.parametrize("degree", [3, 4])
def test_what_vanishes_at_smaller_sizes_only_is_refuted(degree):
    found = judged(rf"{elementary(degree)} = 0 \operatorname{{tr}} A")
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample.dimensions["n"] == degree


def test_what_vanishes_at_all_sizes_that_are_tested_is_not_decided():
    found = judged(rf"{elementary(MAX_SIZE + 1)} = 0 \operatorname{{tr}} A")
    assert (found.verdict, found.code) == (Verdict.UNDECIDED, "U611")


@pytest.mark.parametrize(
    "claim",
    [
        r"\operatorname{tr}(ABABABABABABABABABAB) = \operatorname{tr}(BABABABABABABABABABA)",
        "A B A B A B A B A B A B A B A (A + B) = A B A B A B A B A B A B A B A A + A B A B A B A B A B A B A B A B",
    ],
)
def test_long_products_that_are_equal_by_rules_are_proved(claim):
    declared = r"Let $A, B \in \mathbb{R}^{n \times n}$. "
    assert check_text(f"{declared}$${claim}$$")[-1].judgement.verdict is Verdict.PROVED


def test_products_in_definitions_count():
    n = Symbol("n")
    a = MatrixSymbol("A", n, n)
    power = build(MatrixCall, word("B#1"), n, n)
    scope = Scope(declarations={"n": Declaration("n", Kind.SIZE)})
    scope.definitions["B#1"] = Definition("B#1", "B", (), (), (), MatMul(a, a, a, a), None, False)
    product = build(MatMul, power, power, power)
    assert SizeChoices(["n"], [product], scope, {}, 0).least_size() == 7
    assert SizeChoices(["n"], [MatMul(a, a, a)], scope, {}, 0).least_size() == 2
