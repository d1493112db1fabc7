"""Prepared tokens: decoration dropped, brackets matched."""

import pytest

from derive.brackets import prepare
from derive.source import Excerpt
from derive.tokens import Unreadable, tokenize


def prepared(formula):
    return prepare(tokenize(Excerpt.of(formula)))


def texts(formula):
    return [token.text for token in prepared(formula).tokens]


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        (r"\displaystyle a \, \; \! + \ b", "a + b"),
        (r"\bigl( a \bigr)", r"\left( a \right)"),
        (r"a \label{eq:1} + b \nonumber", "a + b"),
        (r"a \hspace{2cm} b \phantom{c + d}", "a b"),
        (r"\color{red} a", "a"),
        (r"\textcolor{red}{a}", "{a}"),
        (r"\boxed{a = b}", "a = b"),
        (r"\underbrace{a = b}_{\text{why}}", "a = b"),
        (r"\underbrace{a}_{n} + b", "{a} + b"),
        (r"\begin{aligned} a &= b \end{aligned}", "a &= b"),
        (r"\begin{alignat}{2} a &= b \end{alignat}", "a &= b"),
        (r"a \stackrel{(1)}{=} b", "a = b"),
        (r"a \overset{!}{=} b", "a := b"),
        (r"a \stackrel{\text{def}}{=} b", "a := b"),
        (r"\underset{x}{\frac{a + b}{2}}", r"{ \frac { a + b } { 2 } }"),
        (r"\underset{x}{\arg\min} f", r"\arg \min _ { x } f"),
        (r"\underset{x}{\max} f", r"\max _ { x } f"),
        (r"a \overset{\triangle}{=} b", "a := b"),
        (r"\underset{i}{\overset{n}{\sum}} x_i", r"\sum^{n}_{i} x_i"),
        (r"\underset{n \times n}{A} + \overset{\text{noise}}{\mathbf{e}}", r"A + {\mathbf{e}}"),
        (r"\mathop{\nabla}_A f", r"\nabla_A f"),
        (r"\lvert a \rvert", r"\lvert a \rvert"),
    ],
)
def test_decoration(formula, plain):
    assert texts(formula) == texts(plain)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac12", [r"\frac", "1", "2"]),
        (r"\frac123", [r"\frac", "1", "2", "3"]),
        (r"\tfrac12 x", [r"\tfrac", "1", "2", "x"]),
        (r"x^12", ["x", "^", "1", "2"]),
        (r"x_12", ["x", "_", "1", "2"]),
        (r"x^{12}", ["x", "^", "{", "12", "}"]),
        (r"\frac{12}{34}", [r"\frac", "{", "12", "}", "{", "34", "}"]),
    ],
)
def test_numbers_are_split_as_tex_does(formula, expected):
    assert texts(formula) == expected


@pytest.mark.parametrize("formula", ["(a[b]{c})", r"\begin{pmatrix} a \end{pmatrix}", r"\left. a \right|"])
def test_brackets_have_partners(formula):
    found = prepared(formula)
    partners = {position: partner for position, partner in enumerate(found.match) if partner >= 0}
    assert partners
    for position, partner in partners.items():
        assert position < partner or found.match[partner] == position


@pytest.mark.parametrize(
    "formula",
    ["(a", "a)", "{a", "a}", r"\left( a", r"a \right)", r"\begin{pmatrix} a", r"a \end{pmatrix}", r"\left", "(a}"],
)
def test_brackets_without_partners(formula):
    with pytest.raises(Unreadable) as problem:
        prepared(formula)
    assert problem.value.code == "N102"


def test_the_place_of_a_bracket_without_partner():
    with pytest.raises(Unreadable) as problem:
        prepared("a + b)")
    assert problem.value.span.start == 5


def test_deep_nesting_is_no_recursion():
    depth = 3_000
    assert len(prepared("(" * depth + "a" + ")" * depth).tokens) == 2 * depth + 1


@pytest.mark.parametrize(
    "formula", [r"\overset{\sim}{A}", r"\overset{\circ}{\mathbf{A}}", r"\underset{k}{x}", r"\stackrel{*}{\beta}"]
)
def test_a_mark_on_a_symbol_is_not_left_out(formula):
    with pytest.raises(Unreadable, match="another symbol"):
        prepared(f"{formula} + B")
