"""Labels in front of a relation name a model and are no part of it."""

import pytest

from derive.brackets import prepare
from derive.checking import check_text
from derive.labels import label_at
from derive.source import Excerpt
from derive.tokens import tokenize

LET = (
    r"Let $X \in \mathbb{R}^{n \times p}$, $y, \varepsilon \in \mathbb{R}^n$, $\beta \in \mathbb{R}^p$ "
    r"and $A, B \in \mathbb{R}^{n \times n}$."
)


def label(formula, arrays=()):
    found = prepare(tokenize(Excerpt.of(formula)))
    label = label_at(found.tokens, found.match, 0, arrays)
    return None if label is None else label.text


def verdicts(text, let=LET):
    return [report.judgement.verdict.value for report in check_text(f"{let}\n\n{text}")]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"m: \; y = X\beta + \varepsilon", "m"),
        (r"m_1: \; Y = X B + E", "m_1"),
        (r"m_{12}: Y = X B + E", "m_{12}"),
        (r"\mathcal{M}: & y = X b", r"\mathcal{M}"),
        (r"m: y \sim \mathcal{N}(\mu, \Sigma)", "m"),
        (r"f : \mathbb{R}^n \to \mathbb{R}", None),
        (r"f : \mathbb{R}^n \to \mathbb{R}, f(x) = x^\top x", None),
        (r"x : x \in C, y = 2", None),
        (r"A : B = \operatorname{tr}(A^\top B)", None),
        (r"A : B = 0", None),
        (r"a : b = c : d", None),
        (r"H_0: \mu = \mu_0", None),
        (r"m: = 3", None),
        (r"m := 3", None),
        (r"a b: y = x", None),
        (r"m: y", None),
        (r"m: y \le x", None),
        ("m", None),
        ("", None),
    ],
)
def test_what_is_a_label(formula, expected):
    assert label(formula) == expected


def test_a_declared_array_is_no_label():
    assert label("A : B = c") == "A"
    assert label("A : B = c", {"A"}) is None
    assert verdicts("$$ A : B = x $$ ") == ["unread"]


def test_a_labelled_equation_is_a_model():
    model = r"$$ m: \; y = X\beta + \varepsilon $$"
    assert verdicts(model + r" $$ y - X\beta = \varepsilon $$") == ["assumption", "proved"]
    assert verdicts(model + r" $$ y + X\beta = \varepsilon $$") == ["assumption", "refuted"]
    two = r"$$\begin{aligned} m: & \; z = X\beta \\ k: & \; w = z + y \end{aligned}$$ $$w - y = X\beta $$"
    assert verdicts(two) == ["definition", "definition", "proved"]


def test_rival_models_are_not_put_together():
    both = r"$$ m_1: \; y = X\beta + \varepsilon $$ $$ m_2: \; y = \varepsilon $$ "
    assert verdicts(both + r"$$ X \beta = 0 $$ so $$ y - X\beta = \varepsilon $$")[-1] == "proved"
    found = check_text(f"{LET}\n\n{both} $$ X \\beta + y = y $$ $$ y = \\varepsilon $$ $$ y = X\\beta $$")
    assert [report.judgement.verdict.value for report in found[2:]] == ["undecided", "undecided", "refuted"]
    assert "not given here" in found[3].judgement.message
    defined = r"$$ m_1: \; z = X\beta $$ $$ m_2: \; z = y $$ "
    assert verdicts(defined + r"$$ z = X\beta $$ $$ X\beta + z = y + z $$")[2:] == ["proved", "undecided"]
