"""What formulas mean: operators by shape, shapes and their conflicts."""

import pytest
from sympy import Symbol
from undeclared import answers

from derive.declarations import declare
from derive.elaborate import Elaborator
from derive.given import add_given
from derive.parse import parse
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading
from derive.tokens import Unreadable, tokenize
from derive.typed import Malformed

m, n = Symbol("m"), Symbol("n")
DECLARED = (
    r"A, B \in \mathbb{R}^{n \times n}", r"W \in \mathbb{R}^{m \times n}", r"x, y \in \mathbb{R}^n",
    r"z \in \mathbb{R}^m", r"a, b \in \mathbb{R}", r"f : \mathbb{R} \to \mathbb{R}",
)  # fmt: skip


def elaborated(text, *, layout="numerator", given=()):
    scope = Scope()
    for one in DECLARED:
        declare(one, scope)
    for premise in given:
        add_given(premise, scope, Reading())
    elaborator = Elaborator(scope, layout)
    node = parse(tokenize(Excerpt.of(text)), scope.declarations)
    found = elaborator.elaborate(node)
    return found.expr, elaborator.resolve(found.shape), elaborator


@pytest.mark.parametrize(
    ("text", "kind", "shape"),
    [
        ("|A|", "Determinant", None),
        ("|a|", "ScalarFunction", None),
        (r"|x^\top y|", "ScalarFunction", None),
        (r"\|x\|", "Norm", None),
        (r"\|W\|_F", "Norm", None),
        (r"\|a\|", "ScalarFunction", None),
        (r"x^\top y", "ScalarOf", None),
        (r"x y^\top", "MatMul", (n, n)),
        ("W x", "MatMul", (m, 1)),
        ("A'", "Transpose", (n, n)),
        (r"A^{-1}", "Inverse", (n, n)),
        (r"A^{-T}", "Transpose", (n, n)),
        (r"A \odot B", "HadamardProduct", (n, n)),
        (r"W \otimes A", "KroneckerProduct", (m * n, n**2)),
        (r"a \odot A", "MatMul", (n, n)),
        (r"\operatorname{vec} W", "Vec", (m * n, 1)),
        (r"\operatorname{diag}(x)", "DiagonalMatrix", (n, n)),
        (r"\operatorname{diag}(A)", "DiagonalOf", (n, 1)),
        (r"\frac{\partial a^2}{\partial a}", "ScalarPartial", None),
        (r"\frac{\partial \operatorname{tr} W W^\top}{\partial W}", "Gradient", (m, n)),
        (r"\frac{\partial x^\top y}{\partial x^\top}", "Transpose", (1, n)),
        (r"\frac{\partial W x}{\partial x^\top}", "Jacobian", (m, n)),
        (r"\frac{\partial a A}{\partial a}", "MatrixPartial", (n, n)),
        (r"\nabla_x^2 (x^\top A x)", "Jacobian", (n, n)),
        (r"\exp(x)", "MatrixFunction", (n, 1)),
        (r"e^{a}", "ScalarFunction", None),
        (r"f(x)", "MatrixFunction", (n, 1)),
        (r"f'(a)", "ScalarFunction", None),
        ("x_i", "Entry", None),
        ("A_{ij}", "Entry", None),
        (r"A^{-1}_{ij}", "Entry", None),
        (r"\begin{pmatrix} W \\ x^\top \end{pmatrix}", "Blocks", (m + 1, n)),
        (r"\begin{vmatrix} a & b \\ b & a \end{vmatrix}", "Determinant", None),
        ("dA", "MatrixSymbol", (n, n)),
        (r"d(A^2)", "MatrixDifferentiated", (n, n)),
        (r"\sum_{i=1}^n x_i y", "MatrixIndexSum", (n, 1)),
        (r"\sigma(a)", "ScalarFunction", None),
        (r"\delta_{ij}", "Delta", None),
    ],
)
def test_meaning(text, kind, shape):
    expr, found, _ = elaborated(text)
    assert type(expr).__name__ == kind and found == shape


def test_the_layout_of_a_jacobian():
    assert elaborated(r"\frac{\partial W x}{\partial x}")[1] == (m, n)
    assert elaborated(r"\frac{\partial W x}{\partial x}", layout="denominator")[1] == (n, m)


def test_readings_are_reported():
    assert "σ(·) is read as the logistic function" in elaborated(r"\sigma(a)")[2].notes
    assert any("Frobenius" in note for note in elaborated(r"\|W\|")[2].notes)
    assert elaborated(r"\|x\|")[2].notes == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("A + a", "S202", "cannot add a matrix of shape n × n and a scalar"),
        ("W + A", "S202", "cannot add a matrix of shape m × n and a matrix of shape n × n"),
        ("A W", "S203", "cannot multiply a matrix of shape n × n and a matrix of shape m × n"),
        ("W^{-1}", "S204", "the inverse needs a square matrix"),
        (r"\operatorname{tr} W", "S204", "a trace needs a square matrix"),
        (r"\frac{A}{B}", "S205", "the divisor has to be a scalar"),
        ("f", "S214", "without an argument"),
        (r"\frac{\partial a}{\partial n}", "S212", "is a size"),
    ],
)
def test_conflicts_in_words(text, code, words):
    with pytest.raises(Malformed) as problem:
        elaborated(text)
    assert problem.value.code == code and words in problem.value.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (r"\frac{\partial A}{\partial B} A", "S212"),
        (r"\frac{\partial A^2}{\partial A}", "U602"),
        (r"\|W\|_2", "N106"),
        (r"x \dots y", "N106"),
        ("c", "N105"),
    ],
)
def test_what_has_no_meaning(text, code):
    with pytest.raises((Malformed, Unreadable)) as problem:
        elaborated(text)
    assert problem.value.code == code


def test_the_place_of_a_conflict():
    text = "A x + W y + a"
    with pytest.raises(Malformed) as problem:
        elaborated(text)
    span = problem.value.span
    assert text[span.start : span.end] in {"W y", "a"}


def test_a_subscript_of_several_sizes_is_their_product():
    declared = "Let $A \\in \\mathbb{R}^{n \\times n}$ and $B \\in \\mathbb{R}^{p \\times p}$. "
    wanted = {
        "(A \\otimes B) I_{np} = A \\otimes B": "proved",
        "I_n \\otimes I_p = I_{np}": "proved",
        "A I_{np} = A": "malformed",
        "A_{ij} I_{ij} = A_{ij}": "unread",
    }
    for relation, verdict in wanted.items():
        (report,) = answers("a.md", f"{declared} $$ {relation} $$", infer=False).values()
        assert report.judgement.verdict.value == verdict
