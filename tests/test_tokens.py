"""LaTeX to tokens: kinds, exact spans, Unicode letters, macros with arguments, limits."""

import pytest

from derive.containers.block import Macro
from derive.limits import MAX_DIGITS, MAX_TOKENS
from derive.source import Excerpt, Source
from derive.tokens import Unreadable, tokenize


def texts(formula, macros=None):
    return [token.text for token in tokenize(Excerpt.of(formula), macros)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"x_n^\top", ["x", "_", "n", "^", r"\top"]),
        (r"\frac12", [r"\frac", "12"]),
        (r"2.5 .5 3.", ["2.5", ".5", "3", "."]),
        (r"a&=b\\c", ["a", "&", "=", "b", r"\\", "c"]),
        (r"a\\[2pt]b", ["a", r"\\[2pt]", "b"]),
        (r"x := y", ["x", ":=", "y"]),
        ("x'", ["x", "'"]),
        (r"a % remark = 1", ["a"]),
        ("a % remark\nb", ["a", "b"]),
        (r"a \% b", ["a", r"\%", "b"]),
        (r"\Sigma\mu", [r"\Sigma", r"\mu"]),
        (r"\operatorname*{tr}", [r"\operatorname*", "{", "t", "r", "}"]),
        (r"\beta* x", [r"\beta", "*", "x"]),
        (r"x\_n", ["x", "_", "n"]),
        (r"\|x\|", [r"\|", "x", r"\|"]),
        ("~ a\n b ", ["a", "b"]),
        ("", []),
    ],
)
def test_tokens(formula, expected):
    assert texts(formula) == expected


@pytest.mark.parametrize(
    ("letter", "macro"),
    [("Σ", r"\Sigma"), ("μ", r"\mu"), ("µ", r"\mu"), ("∂", r"\partial"), ("⊤", r"\top"), ("≔", ":=")],
)
def test_unicode_letters_are_their_macros(letter, macro):
    assert texts(letter) == [macro]


def test_the_real_numbers_typed_as_a_letter():
    assert texts("x ∈ ℝ") == ["x", r"\in", r"\mathbb", "{", "R", "}"]


@pytest.mark.parametrize(
    "formula", [r"\frac{\partial f}{\partial X} &= A^\top \\ x_{nk}' + 12.5", "Σ + a", r"\left( a \right)"]
)
def test_spans_are_exact(formula):
    for token in tokenize(Excerpt.of(formula)):
        written = formula[token.span.start : token.span.end]
        assert written == token.text or written in "Σ"


def test_spans_are_places_in_the_source_and_not_in_the_excerpt():
    source = Source("notes.md", "see $a + \\beta$")
    tokens = tokenize(Excerpt.slice(source, 5, len(source.text) - 1))
    assert [source.text[t.span.start : t.span.end] for t in tokens] == ["a", "+", r"\beta"]


def macro(name, parameters, body, default=None):
    return {name: Macro(name=name, parameters=parameters, body=body, default=default)}


@pytest.mark.parametrize(
    ("macros", "formula", "expected"),
    [
        (macro(r"\R", 0, r"\mathbb{R}"), r"\R^n", [r"\mathbb", "{", "R", "}", "^", "n"]),
        (macro(r"\tr", 1, r"\operatorname{tr}(#1)"), r"\tr{A}", [r"\operatorname", *"{tr}(", *"{A}", ")"]),
        (macro(r"\pd", 2, r"\frac{#1}{#2}"), r"\pd ab", [r"\frac", *"{{a}}", *"{{b}}"]),
        (macro(r"\pd", 2, r"#2#1"), r"\pd{x y}{z}", [*"{z}", *"{xy}"]),
        (macro(r"\n", 1, r"|#1|", "x"), r"\n + \n[y]", [*"|{x}|", "+", *"|{y}|"]),
        (macro(r"\a", 0, r"\b") | macro(r"\b", 0, "c"), r"\a", ["c"]),
        (macro(r"\a", 1, "#12"), r"\a{x}", [*"{x}", "2"]),
    ],
)
def test_macros(macros, formula, expected):
    assert texts(formula, macros) == expected


def test_tokens_of_a_macro_have_the_span_of_its_call():
    formula = r"1 + \R^n"
    tokens = tokenize(Excerpt.of(formula), macro(r"\R", 0, r"\mathbb{R}"))
    inside = [token for token in tokens if token.text in (r"\mathbb", "R")]
    assert {formula[t.span.start : t.span.end] for t in inside} == {r"\R"}
    assert formula[tokens[-1].span.start : tokens[-1].span.end] == "n"


@pytest.mark.parametrize(
    ("macros", "formula", "code"),
    [
        (macro(r"\a", 0, r"\a"), r"\a", "N104"),
        (macro(r"\a", 0, r"\a\a"), r"\a", "N104"),
        (macro(r"\a", 0, r"\b") | macro(r"\b", 0, r"\a"), r"\a", "N104"),
        (macro(r"\a", 2, "#1#2"), r"\a x", "N101"),
        (macro(r"\a", 1, "#2"), r"\a x", "N101"),
        (macro(r"\a", 1, "#1"), r"\a {x", "N102"),
    ],
)
def test_macros_that_fail(macros, formula, code):
    with pytest.raises(Unreadable) as problem:
        tokenize(Excerpt.of(formula), macros)
    assert problem.value.code == code


def test_limits():
    assert len(tokenize(Excerpt.of("a" * MAX_TOKENS))) == MAX_TOKENS
    with pytest.raises(Unreadable) as problem:
        tokenize(Excerpt.of("a" * (MAX_TOKENS + 1)))
    assert problem.value.code == "N104"
    (token,) = tokenize(Excerpt.of("9" * (MAX_DIGITS + 1)))
    assert token.kind != "number"
