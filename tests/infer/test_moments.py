"""Moments in words: what is read, and what is not."""

import pytest
from undeclared import gathered

from derive.infer.moments import MomentReader
from derive.opaque import written


def read(text):
    found, _ = gathered(text)
    return [
        (each.operator, *(written(symbol) for symbol in each.symbols), each.latex)
        for each in MomentReader(found, {}).read()
    ]


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        (
            r"Let $X$ be a random vector with mean $\mu$ and covariance matrix $\Sigma$.",
            [("E", "X", r"\mu"), ("Var", "X", r"\Sigma")],
        ),
        (
            r"Let $X$ and $Y$ be random vectors with means $\mu_X$, $\mu_Y$ and cross-covariance $\Sigma_{XY}$.",
            [("E", "X", r"\mu_X"), ("E", "Y", r"\mu_Y"), ("Cov", "X", "Y", r"\Sigma_{XY}")],
        ),
        (
            r"Let $X$ be an $n$-dimensional [random vector](/D/rvec) with [mean](/D/mean) $a$ and let $Y$ be one with "
            r"mean $b$.",
            [("E", "X", "a"), ("E", "Y", "b")],
        ),
        (
            r"Let $C$ be the cross-covariance matrix of $X$ and $Y$.",
            [("Cov", "X", "Y", "C")],
        ),
        (r"where $c$ is the covariance between $X$ and $Y$.", [("Cov", "X", "Y", "c")]),
        (
            r"The errors $\varepsilon$ have zero mean and covariance matrix $\sigma^2 I_n$.",
            [("E", r"\epsilon", "0"), ("Var", r"\epsilon", r"\sigma^2 I_n")],
        ),
        (r"where $e$ is noise with mean zero and unit variance", [("E", "e", "0"), ("Var", "e", "1")]),
        (
            r"Let $X$ be a random variable with expected value $m$ and standard deviation $s$.",
            [("E", "X", "m"), ("Var", "X", "(s)^2")],
        ),
        (
            r"Let $X_1, \ldots, X_n$ be independent random variables with means $\mu_1, \ldots, \mu_n$ and variance "
            r"$\sigma^2 < \infty$.",
            [("E", "X_{1}", r"\mu_1, \ldots, \mu_n"), ("Var", "X_{1}", r"\sigma^2")],
        ),
        (r"Let $X$ and $Y$ be random variables with zero mean.", [("E", "X", "0"), ("E", "Y", "0")]),
        (r"Suppose that $X$ and $Y$ are independent.", [("Cov", "X", "Y", "0")]),
        (r"Let $X$, $Y$ and $Z$ be mutually independent.", [("Cov", *pair, "0") for pair in ("XY", "XZ", "YZ")]),
        (r"The vector $z$ is uncorrelated with $x_2$.", [("Cov", "z", "x_{2}", "0")]),
        (r"Let $x \in \mathbb{R}^n$ be a random vector with mean $m$.", [("E", "x", "m")]),
        (r"the expected value $m$ of the random vector $X$", [("E", "X", "m")]),
    ],
)
def test_what_is_said_is_read(text, moments):
    assert read(text) == moments


@pytest.mark.parametrize(
    "text",
    [
        # for a case only, or taken back
        r"If $X$ is a random vector with mean $\mu$, then",
        r"Let $X$ be a random vector with mean $\mu$ if $n > 2$.",
        r"When $X$ and $Y$ are independent, more is true.",
        r"$X$ and $Y$ are not independent.",
        r"Here $X$ and $Y$ are independent given $Z$.",
        r"The vectors $X$ and $Y$ are independent conditional on $Z$.",
        r"$X$ and $Y$ are conditionally independent.",
        r"$X$ and $Y$ need not have zero mean.",
        r"Under the hypothesis, $X$ has mean $0$ only at $n = 1$.",
        r"The random vector $X$ has mean $\mu$ under the null hypothesis.",
        # what follows is not given
        r"Therefore, $X$ and $Y$ are uncorrelated.",
        r"This shows that $Y$ is a random vector with mean $A \mu$.",
        # something else
        r"The columns of $X$ and $Y$ are independent.",
        r"$X$ and $Y$ are linearly independent.",
        r"where $X$ and $Y$ are independent variables",
        r"The density of $X$ has mean $\mu$.",
        r"Let $\bar{y}$ be the mean of the random vector $y$.",
        r"where $m$ is the mean of $y$.",
        r"Let $x$ be data with mean $m$.",
        r"Let $x$ be a sample with mean $m$.",
        r"the posterior of $x$ is one with mean $m$",
        r"Let $X$ be a random variable with mean $\hat{\mu}$.",
        r"Let $X$ be a random vector with mean squared error $e$.",
        r"Let $X$ and $Y$ be random vectors with covariance $S$.",
        r"Let $S$ be the covariance matrix of $X$ and $Y$.",
        r"Let $X$ and $Y$ be random variables with means $a$.",
        r"Let $X$ be a random variable with mean $\mu = 2 a$.",
        r"Let $X|Y$ be a random vector with mean $\mu$.",
    ],
)
def test_what_is_not_said_is_not_read(text):
    assert read(text) == []


def test_a_moment_holds_from_its_sentence_on():
    found, _ = gathered("$a$ is a number.\n\nLet $X$ be a random vector with mean $m$.")
    (moment,) = MomentReader(found, {}).read()
    assert moment.place == (0, found.marks[1][0].span(0, 0).start)
    found, _ = gathered("$$ a = b $$\n\nwhere $X$ is a random vector with mean $m$.")
    (moment,) = MomentReader(found, {}).read()
    assert moment.place == (0, found.marks[0][0].span(0, 0).start)
