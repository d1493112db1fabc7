"""Case distinctions, sets, and relations that stand inside brackets."""

import pytest
from undeclared import answers

from derive.brackets import prepare
from derive.parse import Parser
from derive.piecewise import is_set
from derive.relations import side_list
from derive.source import Excerpt
from derive.syntax import Cases, Stated, below
from derive.tokens import tokenize

LEFT_OPEN = (
    r"\left\{ \begin{array}{rl} %s \; , & \text{if} \; x > 0 \\ %s \; , & \text{if} \; x \leq 0 \end{array} \right."
)
ENVIRONMENT = r"\begin{cases} %s & \text{if } x > 0 \\ %s, & \text{if } x \leq 0 \end{cases}"
FORMS = pytest.mark.parametrize("form", [LEFT_OPEN, ENVIRONMENT])
DECLARED = r"Let $a \in \mathbb{R}$, $b \in \mathbb{R}$, $x \in \mathbb{R}$. "


def parse(text):
    prepared = side_list(prepare(tokenize(Excerpt.of(text), {})).tokens)
    return Parser(prepared, set()).expression(0, len(prepared.tokens))


def verdicts(text, infer=False):
    return [report.judgement.verdict.value for report in answers("a.md", text, infer=infer).values()]


@FORMS
def test_cases_are_read(form):
    node = parse(form % ("a + b", "0"))
    assert isinstance(node, Cases)
    assert node.conditions == ("i f x > 0", "i f x \\leq 0")


@FORMS
def test_the_first_equation_says_what_a_value_is_and_the_next_is_compared_with_it(form):
    first = f"{DECLARED} $$ f(x) = {form % ('(a + b)^2', '0')} $$"
    right = f"$$ f(x) = {form % ('a^2 + 2 a b + b^2', '0')} $$"
    wrong = f"$$ f(x) = {form % ('a^2 + a b + b^2', '0')} $$"
    assert verdicts(first + right) == ["definition", "proved"]
    assert verdicts(first + wrong) == ["definition", "undecided"]


def test_a_chain_of_cases_is_compared_case_by_case():
    one, other, wrong = (LEFT_OPEN % values for values in (("a + a", "b"), ("2 a", "b"), ("2 a", "b + x")))
    assert verdicts(f"{DECLARED} $$ f(x) = {one} = {other} $$") == ["definition", "proved"]
    assert verdicts(f"{DECLARED} $$ f(x) = {one} = {wrong} $$") == ["definition", "undecided"]


def test_what_holds_in_other_cases_only_is_not_proved():
    one, other = LEFT_OPEN % ("x", "-x"), LEFT_OPEN % (r"\sqrt{x^2}", r"\sqrt{x^2}")
    assert verdicts(f"{DECLARED} $$ f(x) = {one} = {other} $$")[1] == "undecided"


def test_other_conditions_make_other_values():
    one, other = LEFT_OPEN % ("a", "b"), LEFT_OPEN.replace("x > 0", "x < 0") % ("a", "b")
    assert verdicts(f"{DECLARED} $$ f(x) = {one} = {other} $$") == ["definition", "undecided"]
    swapped = LEFT_OPEN % ("b", "a")
    assert verdicts(f"{DECLARED} $$ f(x) = {one} = {swapped} $$") == ["definition", "undecided"]


def test_cases_are_forgotten_where_a_symbol_in_them_gets_another_meaning():
    form = ENVIRONMENT % ("c", "0")
    text = f"{DECLARED} $$ c := a $$ $$ f(x) = {form} $$ $$ c := b $$ $$ f(x) = {ENVIRONMENT % ('b', '0')} $$"
    assert verdicts(text)[-1] in ("undecided", "unread")


def test_cases_within_a_formula_are_not_compared():
    assert verdicts(f"{DECLARED} $$ a + {ENVIRONMENT % ('a', 'b')} = {ENVIRONMENT % ('2 a', 'a + b')} $$") == [
        "undecided"
    ]


def test_a_relation_inside_a_bracket_is_no_relation_of_its_own():
    text = r"$$ \mathrm{Pr}(X + Y = 0) = \frac{1}{2} $$ $$ \mathrm{Pr}(X + Y = 0) = \frac{1}{3} $$"
    assert verdicts(text, infer=True) in (["definition", "refuted"], ["definition", "undecided"])
    text = r"$$ \Pr(X = x) = \frac{1}{2} $$ $$ 2 \Pr(X = x) = 1 $$ $$ 2 \Pr(X = y) = 1 $$"
    found = verdicts(text, infer=True)
    assert found[:2] == ["definition", "proved"] and found[2] not in ("proved", "holds", "refuted")


def test_an_event_is_told_from_another_one():
    assert any(isinstance(node, Stated) for node in below(parse(r"\Pr(X = 0)")))
    text = r"$$ c = \Pr(X = 0) + \Pr(X \leq 0) $$ $$ c = 2 \Pr(X = 0) $$"
    assert verdicts(text, infer=True)[-1] not in ("proved", "holds", "refuted")


@pytest.mark.parametrize(
    "text", [r"\left\lbrace y = A x + b: x \in \mathcal{X} \right\rbrace", r"\{ x_1, x_2 \}", r"\{ x \mid x > 0 \}"]
)
def test_sets(text):
    assert is_set(parse(text))
    assert not is_set(parse(r"\{ a + b \}"))


def test_a_set_gets_a_name():
    text = r"$$ \mathcal{Y} = \left\lbrace y = a x + b: x \in \mathcal{X} \right\rbrace $$ $$ 2 a = a + a $$"
    assert verdicts(text, infer=True) == ["definition", "proved"]


def test_the_signs_of_a_line_keep_their_numbers():
    found = answers("a.md", r"$$ \Pr(X = 0) = p, \quad a + a = 2 a $$")
    assert [number for _, _, number in found] == [2, 3]
