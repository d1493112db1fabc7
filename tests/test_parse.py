"""Syntax trees of all the notations that authors use; the whole formula or nothing."""

from dataclasses import fields
from fractions import Fraction

import pytest

from derive.limits import MAX_DEPTH
from derive.parse import parse
from derive.source import Excerpt
from derive.syntax import (
    Array,
    Bars,
    Derivative,
    Differential,
    Entrywise,
    EvaluatedAt,
    Fraction_,
    FunctionCall,
    Name,
    Node,
    NormBars,
    Num,
    Product,
    Reduction,
    Root,
    Scripted,
    Terms,
    below,
)
from derive.tokens import Unreadable, tokenize


def tree(formula, declared=()):
    return parse(tokenize(Excerpt.of(formula)), declared)


def plain(node):
    """Return a tree without spans, for comparison."""
    if isinstance(node, tuple):
        return tuple(plain(item) for item in node)
    if not isinstance(node, Node):
        return node
    return (type(node).__name__, *(plain(getattr(node, f.name)) for f in fields(node) if f.name != "span"))


def assert_same(one, two, declared=()):
    assert plain(tree(one, declared)) == plain(tree(two, declared))


@pytest.mark.parametrize(
    "formula",
    ["A^T", "A^{T}", r"A^\top", r"A^{\top}", r"A^\mathrm{T}", r"A^\text{T}", r"A^\mathsf{T}", r"A^{\mathsf T}",
     r"A^\intercal", r"A^{\intercal}", r"A^{\mathrm T}"],
)  # fmt: skip
def test_every_transpose(formula):
    found = tree(formula)
    assert isinstance(found, Scripted) and found.transposed and found.power is None and found.base.key == "A"


def test_an_index_behind_the_transpose():
    for formula in ("K^T_k", "K_k^T", r"K^{\top}_{k}"):
        found = tree(formula)
        assert found.transposed and found.sub_text == "k", formula


def test_a_prime_is_kept_for_the_elaborator():
    assert tree("A'").primes == 1 and tree("f''").primes == 2


@pytest.mark.parametrize("formula", ["A^{-T}", r"A^{-\top}", r"A^{-\mathsf{T}}", r"A^{-1\top}", r"{A^{-1}}^\top"])
def test_inverse_transposes(formula):
    found = tree(formula)
    while not isinstance(found, Scripted):
        (found,) = found.items
    assert found.transposed


@pytest.mark.parametrize(
    "formula", [r"\frac12", r"\tfrac12", r"\dfrac{1}{2}", r"\frac{1}2", r"\frac1{2}", r"\frac 1 2"]
)
def test_fractions(formula):
    found = tree(formula)
    assert isinstance(found, Fraction_) and found.numerator.value == 1 and found.denominator.value == 2


def test_numbers_are_exact():
    assert tree("0.1").value == Fraction(1, 10)


@pytest.mark.parametrize("formula", [r"\|x\|", r"\Vert x \Vert", r"\lVert x \rVert", "||x||", r"\left\| x \right\|"])
def test_every_norm(formula):
    assert isinstance(tree(formula), NormBars)


def test_scripts_of_a_norm():
    found = tree(r"\|A\|_F^2")
    assert isinstance(found.base, NormBars) and found.sub_text == "F" and found.power.value == 2
    assert plain(tree(r"\|A\|_\mathrm{F}^2").base) == plain(found.base)


@pytest.mark.parametrize("formula", ["|A|", r"\vert A \vert", r"\lvert A \rvert", r"\left| A \right|"])
def test_every_determinant_by_bars(formula):
    assert isinstance(tree(formula), Bars)


def test_bars_beside_and_inside_one_another():
    product = tree("|A||B|")
    assert isinstance(product, Product) and all(isinstance(item, Bars) for item in product.items)
    assert isinstance(tree("|A|^{1/2}"), Scripted)
    assert isinstance(tree(r"\left| |a| - b \right|"), Bars)


@pytest.mark.parametrize(
    "formula",
    [r"\det(A)", r"\det A", r"\text{det}(A)", r"\operatorname{det} A", r"\det{A}", "det(A)", r"\mathrm{det}A"],
)
def test_every_determinant_by_name(formula):
    found = tree(formula)
    assert isinstance(found, FunctionCall) and found.function == "det"


@pytest.mark.parametrize(
    "formula",
    [
        r"\mathrm{tr}(A)",
        r"\text{tr}(A)",
        r"\operatorname{tr}(A)",
        r"\operatorname{trace}(A)",
        "tr(A)",
        r"\mathrm{Tr} A",
        r"\operatorname{tr}[A]",
    ],
)
def test_every_trace(formula):
    found = tree(formula)
    assert isinstance(found, FunctionCall) and found.function == "trace"


def test_a_function_without_brackets_takes_the_rest_of_its_product():
    found = tree(r"\ln 2\pi + 1")
    assert isinstance(found, Terms) and isinstance(found.items[0][1].argument, Product)
    assert tree(r"\ln |\Sigma| a") and isinstance(tree(r"\ln|\Sigma|").argument, Bars)
    assert isinstance(tree(r"\log \det \Sigma").argument, FunctionCall)


def test_declared_letters_are_not_a_function():
    assert isinstance(tree("tr(A)", declared={"t"}), Product)


@pytest.mark.parametrize(
    ("formula", "order"),
    [
        (r"\frac{\partial f}{\partial X}", 1),
        (r"\frac{\partial}{\partial X} f", 1),
        (r"\frac{\partial}{\partial X} \left( f \right)", 1),
        (r"\frac{d f}{d X}", 1),
        (r"\frac{d}{dX} f", 1),
        (r"\frac{\mathrm d f}{\mathrm d X}", 1),
        (r"\frac{\mathrm{d}}{\mathrm{d}X} f", 1),
        (r"\partial f / \partial X", 1),
        (r"\nabla_X f", 1),
        (r"\mathop{\nabla}_{X} f", 1),
        (r"\nabla_X^2 f", 2),
        (r"\frac{\partial^2 f}{\partial X \partial X^\top}", 2),
        (r"\frac{\partial^2}{\partial X^2} f", 2),
        (r"\frac{\partial^2 f}{\partial X^2}", 2),
    ],
)
def test_every_derivative(formula, order):
    found = tree(formula)
    assert isinstance(found, Derivative) and found.order == order
    assert any(isinstance(part, Name) and part.key == "f" for part in _names(found.body))
    assert all(_names(item)[0].key == "X" for item in found.wrt)


def _names(node):
    if isinstance(node, Name):
        return [node]
    found = []
    parts = node if isinstance(node, tuple) else [getattr(node, entry.name) for entry in fields(node)]
    for part in parts:
        found += _names(part) if isinstance(part, Node | tuple) else []
    return found


def test_a_derivative_acts_on_the_rest_of_its_term():
    found = tree(r"\frac{\partial}{\partial x} a b + c")
    assert isinstance(found, Terms) and isinstance(found.items[0][1], Derivative)
    assert isinstance(found.items[0][1].body, Product)
    assert isinstance(tree(r"\nabla f"), Derivative) and tree(r"\nabla f").wrt == ()


@pytest.mark.parametrize("formula", ["dX", r"\mathrm dX", r"\mathrm{d}X", r"d\mathbf{X}", "d(X Y)", r"(d X)", r"dx^T"])
def test_every_differential(formula):
    found = tree(formula)
    while not isinstance(found, Differential) and not isinstance(found, Name):
        found = found.items[0] if hasattr(found, "items") else found.base
    assert isinstance(found, Differential)


def test_a_declared_d_is_no_differential():
    assert isinstance(tree("d X", declared={"d"}), Product)


@pytest.mark.parametrize(
    ("bold", "key"),
    [
        (r"\mathbf x", r"\mathbf{x}"),
        (r"\mathbf{x}", r"\mathbf{x}"),
        (r"\boldsymbol{x}", r"\mathbf{x}"),
        (r"\bm{x}", r"\mathbf{x}"),
        (r"\pmb x", r"\mathbf{x}"),
        (r"\boldsymbol\mu", r"\mathbf{\mu}"),
        (r"\vec{x}", r"\mathbf{x}"),
    ],
)
def test_bold_letters(bold, key):
    assert tree(bold).key == key != tree("x").key


@pytest.mark.parametrize(
    ("formula", "key"),
    [
        (r"\hat x", r"\hat{x}"),
        (r"\hat{\mu}", r"\hat{\mu}"),
        (r"\widehat{x}", r"\hat{x}"),
        (r"\bar{x}", r"\bar{x}"),
        (r"\overline{x}", r"\bar{x}"),
        (r"\tilde{\mathbf{x}}", r"\tilde{\mathbf{x}}"),
    ],
)
def test_accents_make_symbols_of_their_own(formula, key):
    assert tree(formula).key == key


def test_an_accent_over_an_index():
    found = tree(r"\hat{\mu_k}")
    assert found.base.key == r"\hat{\mu}" and found.sub_text == "k"


def test_indices():
    assert [item.key for item in tree("x_{nk}").sub] == ["n", "k"]
    assert [item.key for item in tree("x_{n,k}").sub] == ["n", "k"]
    assert tree("x^{(t)}").above.key == "t" and tree("x^{(t)}").power is None
    assert tree("x^{(t)}_n").sub_text == "n"
    assert tree("w^*").key == "w^{*}"


@pytest.mark.parametrize(
    ("formula", "indices", "condition"),
    [
        (r"\sum_{n=1}^N x_n", ["n"], None),
        (r"\sum_n x_n", ["n"], None),
        (r"\sum_k^K x_k", ["k"], None),
        (r"\sum x_n", [], None),
        (r"\sum\limits_{n=1}^{N} x_n", ["n"], None),
        (r"\sum_{n,k} x_{nk}", ["n", "k"], None),
        (r"\sum_{j \neq k} x_j", ["j"], "!="),
        (r"\prod_{n=1}^N x_n", ["n"], None),
        (r"∑_{n=1}^N x_n", ["n"], None),
    ],
)
def test_sums_and_products(formula, indices, condition):
    found = tree(formula)
    assert isinstance(found, Reduction) and [item.key for item in found.indices] == indices
    assert (found.condition[0] if found.condition else None) == condition


def test_a_sum_acts_on_the_rest_of_its_term():
    found = tree(r"\sum_n a x_n - b")
    assert isinstance(found, Terms) and isinstance(found.items[0][1].body, Product)


def test_a_matrix_product_binds_tighter_than_hadamard_and_kronecker():
    for sign, operator in ((r"\odot", "hadamard"), (r"\circ", "hadamard"), (r"\otimes", "kronecker")):
        found = tree(f"A B {sign} C D")
        assert isinstance(found, Entrywise) and found.operator == operator
        assert isinstance(found.left, Product) and isinstance(found.right, Product)


@pytest.mark.parametrize("kind", ["pmatrix", "bmatrix", "vmatrix", "matrix", "smallmatrix"])
def test_block_matrices(kind):
    found = tree(rf"\begin{{{kind}}} A & B \\ C & D \end{{{kind}}}")
    assert isinstance(found, Array) and [len(row) for row in found.rows] == [2, 2]


def test_matrices_in_fences_and_arrays():
    assert_same(
        r"\left[\begin{array}{cc} A & B \end{array}\right] x", r"\left[\begin{array}{ll} A & B \end{array}\right] x"
    )
    with pytest.raises(Unreadable):
        tree(r"\begin{pmatrix} A & B \\ C \end{pmatrix}")


def test_roots_and_marks():
    assert isinstance(tree(r"\sqrt{a}"), Root) and tree(r"\sqrt[3]{a}").degree.value == 3
    for formula in (r"f \big|_{x = a}", r"\left. f \right|_{x = a}", r"f |_{x = 0}"):
        assert isinstance(tree(formula), EvaluatedAt), formula


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (r"\left( a + b \right) c", "(a + b) c"),
        ("a {b} c", "a b c"),
        ("{{{a}}}", "a"),
        (r"\tfrac{a}{b}", r"\frac{a}{b}"),
        (r"\bigl[ a \bigr]", "[a]"),
        ("Σ^{-1} μ", r"\Sigma^{-1} \mu"),
        ("- - a", "+ a"),
        (r"\mathbf X^\mathrm{T}", r"\boldsymbol{X}^{\top}"),
    ],
)
def test_spellings_of_the_same(one, two):
    assert_same(one, two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("a b", "b a"), ("A^T", "A"), ("a - b", "b - a"), (r"\hat a", "a"), ("x_n", "x_k"), ("a + b c", "(a + b) c")],
)
def test_what_is_not_the_same(one, two):
    assert plain(tree(one)) != plain(tree(two))


# -- nothing is skipped ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        (r"a + \foo", "N101"),
        ("a +", "N103"),
        ("a + ) b", "N102"),
        ("(a", "N102"),
        ("a * * ", "N103"),
        ("()", "N103"),
        (r"\frac{a}", "N103"),
        (r"\int f", "N103"),
        (r"\lim f", "N106"),
        (r"\hat{a + b}", "N106"),
        ("x_a_b", "N103"),
        ("x^a^b", "N103"),
        ("a ; b", "N103"),
        ("", "N103"),
    ],
)
def test_what_is_not_understood_is_an_error(formula, code):
    with pytest.raises(Unreadable) as problem:
        tree(formula)
    assert problem.value.code == code


def test_the_place_of_an_error():
    formula = r"a + b \foo c"
    with pytest.raises(Unreadable) as problem:
        tree(formula)
    span = problem.value.span
    assert formula[span.start : span.end] == r"\foo"


def test_spans_of_nodes_are_exact():
    formula = r"a + \frac{\partial f}{\partial X_k} B^\top"
    found = tree(formula)
    second = found.items[1][1]
    first = second.items[0] if isinstance(second, Product) else second
    assert formula[found.span.start : found.span.end] == formula
    assert formula[first.span.start :].startswith(r"\frac")
    last = _names(found)[-1]
    assert formula[last.span.start : last.span.end] == last.key


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("(", ")"),
        (r"\frac{1}{", "}"),
        (r"\sqrt{", "}"),
        ("a^{", "}"),
        (r"\exp(", ")"),
        (r"\ln ", ""),
        (r"\sum_i ", ""),
        (r"\nabla_x ", ""),
        (r"\hat{", "}"),
        (r"\hat", ""),
        ("|", "|"),
        ("d", ""),
    ],
)
def test_deep_nesting_is_answered(opening, closing):
    depth = 3_000
    with pytest.raises(Unreadable) as problem:
        tree(opening * depth + " a" + closing * depth)
    assert problem.value.code in {"N104", "N106", "N102", "N103"}


def test_nesting_up_to_the_limit_is_read():
    depth = MAX_DEPTH - 5
    assert isinstance(tree("(" * depth + "a" + ")" * depth), Node)
    assert isinstance(tree("{" * 1000 + "a" + "}" * 1000), Node)
    with pytest.raises(Unreadable) as problem:
        tree("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))
    assert problem.value.code == "N104"


def test_literals():
    assert isinstance(tree("2"), Num) and tree("a b / c").operators == ("", "", "/")


def test_a_derivative_where_d_is_a_symbol_too():
    known = ("d", "x", "n")
    derivative = tree(r"\frac{d}{dx} x^2", known)
    assert any(isinstance(node, Derivative) for node in below(derivative))
    quotients = [
        r"\frac{d}{d + 1}",
        r"\frac{d - 1}{d n}",
        r"\frac{d (d + 1)}{d n}",
        r"\frac{d}{d n + 2}",
        r"\frac{d}{2}",
    ]
    for quotient in quotients:
        assert not any(isinstance(node, Derivative) for node in below(tree(quotient, known)))
    with pytest.raises(Unreadable, match="may be a quotient"):
        tree(r"\frac{d n}{d x}", known)
