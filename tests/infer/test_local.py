"""Letters that are arguments of functions: each function may have one of its own shape."""

import pytest
from undeclared import answers, gathered, infer

from derive.infer.local import local_letters

TWO = (
    r"Let $A$ be an $m \times n$ matrix, let $b$ be an $m$-dimensional vector, "
    r"let $\mu$ be an $n$-dimensional vector and let $\Sigma$ be an $n \times n$ matrix. "
    r"$$ M_X(t) = \exp\left[ t^T \mu + \frac{1}{2} t^T \Sigma t \right] $$ "
)
RIGHT = (
    r"$$ M_Y(t) = \exp[ t^T b ] \cdot M_X(A^T t) "
    r"= \exp\left[ t^T (A \mu + b) + \frac{1}{2} t^T A \Sigma A^T t \right] $$ "
)


def verdicts(text):
    return [report.judgement.verdict.value for report in answers("a.md", text).values()]


def test_each_function_has_its_own_argument():
    assert verdicts(TWO + RIGHT) == ["definition", "definition", "proved"]
    (local,) = infer(TWO + RIGHT).local
    assert local.assumed.latex == r"t \in \mathbb{R}^{m}"
    assert "t \\in \\mathbb{R}^{m}" in infer(TWO + RIGHT).text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A \\mu + b", "A \\mu - b"),
        ("A \\Sigma A^T", "A^T \\Sigma A"),
        ("M_X(A^T t)", "M_X(t)"),
        ("t^T b ]", "b^T b ]"),
    ],
)
def test_what_is_wrong_is_not_proved(old, new):
    found = verdicts(TWO + RIGHT.replace(old, new))
    assert RIGHT.replace(old, new) != RIGHT
    assert found[-1] not in ("proved", "holds")


def test_behind_the_chain_the_letter_is_what_it_was():
    behind = r"$$ M_X(t) = \exp\left[ \mu^T t + \frac{1}{2} t^T \Sigma t \right] $$ "
    assert verdicts(TWO + RIGHT + behind) == ["definition", "definition", "proved", "proved"]
    mixed = r"$$ M_X(t) = M_Y(t) $$"
    assert verdicts(TWO + RIGHT + mixed)[-1] not in ("proved", "holds", "refuted", "malformed")


def test_the_functions_are_not_mixed_up():
    mixed = RIGHT + r"$$ M_Y(A \mu) = M_X(A^T A \mu) \exp[\mu^T A^T b] $$ $$ M_Y(\mu) = M_X(\mu) $$"
    assert verdicts(TWO + mixed)[-2:-1] == ["proved"]
    assert verdicts(TWO + mixed)[-1] not in ("proved", "holds", "refuted")


@pytest.mark.parametrize(
    "text",
    [
        r"$$ f(t) = a^T t $$ $$ f(t) = t^T a $$",
        r"$$ f(t) = a^T t $$ $$ g(t) = b^T t $$ $$ c = a^T t $$",
        r"$$ f(t) = a^T t $$ $$ g(t) = b^T t $$ $$ c = \sum_i t_i $$",
        r"$$ f(t) = a^T t $$ $$ a^T t = g(t) $$",
    ],
)
def test_a_letter_that_stands_elsewhere_is_one_symbol(text):
    assert not local_letters(gathered(text)[0], ())


def test_a_random_letter_is_one_symbol():
    text = r"$$ f(t) = a^T t $$ $$ g(t) = b^T t $$"
    assert local_letters(gathered(text)[0], ())
    assert not local_letters(gathered(text)[0], ("t",))
