"""What a text takes for granted of derivatives and of models."""

import pytest
from undeclared import answers, verdict

LAGRANGE = r"""Let $S$, $T$ be symmetric $n \times n$ matrices and $a$, $b$ be $n \times 1$ vectors. The derivatives of

$$L(a, b) = a^\top C b - \frac{\lambda}{2} a^\top S a - \frac{\mu}{2} b^\top T b$$

are

$$\frac{\partial L(a, b)}{\partial a} = C b - \lambda S a$$

$$\frac{\partial L(a, b)}{\partial b} = C^\top a - \mu T b \; .$$

WORDS

$$C b = \lambda S a$$

$$C^\top a = \mu T b$$
"""


def last(words, at):
    return verdict(LAGRANGE.replace("WORDS", words), at)


@pytest.mark.parametrize("words", ["Setting both derivatives to zero, we have", "Setting them to zero gives"])
def test_several_derivatives_are_set_to_zero(words):
    assert last(words, -2) in ("proved", "holds")
    assert last(words, -1) in ("proved", "holds")


def test_the_last_one_is_set_to_zero_where_the_text_speaks_of_one():
    words = "Setting this derivative to zero, we have"
    assert last(words, -1) in ("proved", "holds")
    assert last(words, -2) not in ("proved", "holds", "refuted")


def test_the_first_one_is_set_to_zero_where_the_text_says_so():
    words = "Setting the first one to zero, we have"
    assert last(words, -2) in ("proved", "holds")
    assert last(words, -1) not in ("proved", "holds", "refuted")
    assert verdict(LAGRANGE.replace("WORDS", words).replace("$$C b = \\lambda", "$$C b = 2 \\lambda"), -2) == "refuted"


MODEL = r"""Consider the model $y = X \beta + \varepsilon$ with the $n \times p$ design matrix $X$. The squares add to

$$S(\beta) = \varepsilon^\top \varepsilon = (y - X \beta)^\top (y - X \beta) \; .$$

$$\frac{\partial S(\beta)}{\partial \beta} = - 2 X^\top y + 2 X^\top X \beta$$

$$\frac{\partial S(\beta)}{\partial \beta} = - 2 X^\top y + X^\top X \beta$$
"""


def test_an_error_and_what_it_disturbs_are_no_functions_of_the_parameters():
    found = [report.judgement.verdict.value for report in answers("text.md", MODEL).values()]
    assert found[0] == "definition"
    assert all(each in ("proved", "holds") for each in found[1:3])
    assert found[3] == "refuted"
