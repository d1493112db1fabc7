"""What a relation defines: symbols, families, functions; what is known already."""

import pytest
from undeclared import answers

from derive.declarations import declare
from derive.definitions import define, is_known, target
from derive.parse import parse
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading
from derive.tokens import Unreadable, tokenize
from derive.typed import Malformed


def scope():
    found = Scope()
    for text in (
        r"A \in \mathbb{R}^{D \times D}", r"a, t \in \mathbb{R}", r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
        r"\pi_k \in \mathbb{R}, k = 1, \dots, K",
    ):  # fmt: skip
        declare(text, found)
    return found


def tree(text):
    return parse(tokenize(Excerpt.of(text)))


def defined(left, right, into=None):
    return define(target(tree(left)), tree(right), into or scope(), Reading())


@pytest.mark.parametrize(
    "text", ["C", r"\hat{w}", "C_k", "g(t)", r"\mathbf{C}", "N_k", r"\gamma_{nk}", "p(k)", "C_{0}"]
)
def test_targets(text):
    assert target(tree(text)) is not None


@pytest.mark.parametrize("text", ["A x", "A^{-1}", r"A^\top", "2", "a + t", r"g(2 t)", r"\det C", r"\frac{a}{t}"])
def test_what_cannot_be_defined(text):
    assert target(tree(text)) is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("A", True),
        ("C", False),
        ("x_n", True),
        ("x_i", True),
        ("y_n", False),
        ("g(t)", False),
        ("A_{ij}", True),
        ("I", True),
        (r"\pi_j", True),
    ],
)
def test_known(text, known):
    assert is_known(target(tree(text)), scope()) is known


def test_a_size_may_also_name_a_matrix():
    found = scope()
    assert not is_known(target(tree("D")), found, tree("A A"))
    assert is_known(target(tree("D")), found, tree("2"))


@pytest.mark.parametrize(
    ("left", "right", "known"),
    [
        (r"\Gamma(a)", "2", True),  # a condition on a
        (r"\Gamma(a)", r"(a - 1) \Gamma(a - 1)", True),  # the recurrence
        (r"\Gamma(a)", r"a^2", False),  # another function of this name
        (r"\Gamma(z)", "2", False),
        (r"\psi(a)", r"\psi(a + 1) - \frac{1}{a}", True),
        ("g(a)", "2", False),
        (r"\Gamma", "2", False),
    ],
)
def test_values_of_known_functions_are_no_definitions(left, right, known):
    assert is_known(target(tree(left)), scope(), tree(right)) is known


def test_a_symbol():
    found = defined("C", r"A A^\top")
    assert [str(dim) for dim in found.shape] == ["D", "D"] and not found.called and found.parameters == ()


def test_a_family():
    found = defined("y_n", "A x_n")
    assert [p.symbol.name for p in found.parameters] == ["n"] and found.parameters[0].is_index
    assert [str(upper) for upper in found.ranges] == ["N"]


def test_a_function():
    found = defined("g(t)", "t^2 + a")
    assert found.called and [p.symbol.name for p in found.parameters] == ["t"] and found.shape is None


def test_a_label_that_is_no_index_is_part_of_the_name():
    assert defined("C_b", "A A").parameters == ()


def test_a_later_definition_leaves_earlier_ones_alone():
    into = scope()
    first, second = defined("C", "A", into), defined("C", "2 A", into)
    assert first.ident != second.ident and next(iter(into.overloads("C"))) is second
    assert into.definitions[first.ident] is first


def test_an_index_that_is_free_on_the_right_only():
    with pytest.raises(Malformed) as problem:
        defined("C", "A x_n")
    assert problem.value.code == "S211"


def test_undeclared_symbols_on_the_right():
    with pytest.raises(Unreadable) as problem:
        defined("C", "A Z")
    assert problem.value.code == "N105"


def test_a_label_is_part_of_the_name_of_a_function():
    text = "Let $a, x \\in \\mathbb{R}$. $$f_X(x) := a x^2$$ $$f_X(2 x) = 4 f_X(x)$$ $$f_X(2 x) = 2 f_X(x)$$"
    found = [report.judgement.verdict.value for report in answers("a.md", text, infer=False).values()]
    assert found == ["definition", "proved", "refuted"]


def test_the_value_of_a_function_with_a_label_is_compared_with_its_definition():
    text = "Let $a, x \\in \\mathbb{R}$. $$f_X(x) = (a + x)^2$$ $$f_X(x) = a^2 + 2 a x + x^2$$ $$f_X(x) = a^2 + x^2$$"
    found = [report.judgement.verdict.value for report in answers("a.md", text, infer=False).values()]
    assert found == ["definition", "proved", "refuted"]
