"""Sample variances and covariances that only the prose explains."""

import pytest
from undeclared import answers, declared

MODEL = (
    r"Let $x$ and $y$ be vectors of length $n$. We set $$ b = \frac{s_{xy}}{s_x^2} $$ "
    r"where %s. $$ c = \sum_{i=1}^n (x_i + y_i) $$ "
)
WORDS = [
    r"$s_x^2$ is the [sample variance](/D/var-samp) of $x$ and $s_{xy}$ is the sample covariance between $x$ and $y$",
    r"$s_x^2$ is the unbiased sample variance and $s_{xy}$ the sample covariance; $s_{xy}$ is the sample covariance",
    r"$\bar{x}$ is the sample mean and $s_x^2$ the sample variance of $x$, $s_{xy}$ the sample covariance",
]
BIASED = r"$s_x^2$ is the biased sample variance of $x$ and $s_{xy}$ is the biased sample covariance of $x$ and $y$"
CENTRED = r"\sum_{i=1}^n \left(x_i - \frac{1}{n} \sum_{i=1}^n x_i \right)^2"


def verdict(text):
    return list(answers("a.md", text).values())[-1].judgement.verdict.value


@pytest.mark.parametrize("words", WORDS)
def test_their_equations_are_in_force(words):
    assert verdict(MODEL % words + f"$$ (n-1) s_x^2 = {CENTRED} $$") in ("proved", "holds")
    assert verdict(
        MODEL % words + r"$$ (n-1) s_{xy} = \sum_{i=1}^n x_i y_i - \frac{1}{n} \sum_i x_i \sum_j y_j $$"
    ) in (
        "proved",
        "holds",
    )


def test_the_text_says_with_which_divisor():
    assert verdict(MODEL % BIASED + f"$$ n s_x^2 = {CENTRED} $$") in ("proved", "holds")
    assert verdict(MODEL % BIASED + f"$$ (n-1) s_x^2 = {CENTRED} $$") == "undecided"


@pytest.mark.parametrize("relation", [f"n s_x^2 = {CENTRED}", f"(n-1) s_x^2 = 2 {CENTRED}", f"1 + s_x^2 = n {CENTRED}"])
def test_nothing_is_refuted_that_hangs_on_the_divisor(relation):
    assert verdict(MODEL % WORDS[0] + f"$$ {relation} $$") == "undecided"


@pytest.mark.parametrize(
    "words",
    [
        r"$s_x^2$ is the variance of $x$ and $s_{xy}$ the covariance",
        r"$s_x^2$ is the sample variance function",
        r"$s_x$ is the sample variance of $x$",
    ],
)
def test_other_words_say_nothing(words):
    assert "sum" not in declared(MODEL % words).get("s_{x}", "")


def test_what_an_equation_gives_is_not_given_anew():
    text = MODEL % WORDS[0] + rf"$$ s_x^2 = \frac{{1}}{{n}} {CENTRED} $$ $$ n s_x^2 = {CENTRED} $$"
    assert verdict(text) in ("proved", "holds")


def test_a_standard_deviation_beside_the_variance_is_not_left_behind():
    text = MODEL % WORDS[0] + rf"$$ r = s_x $$ $$ (n-1) s_x^2 = {CENTRED} $$"
    assert verdict(text) == "undecided"
