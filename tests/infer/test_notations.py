"""Letters that equations say to be covariances."""

import pytest
from undeclared import answers, declared, gathered

from derive.brackets import prepare
from derive.infer.gather import read_side
from derive.infer.notations import covariance_form, covariances
from derive.source import Excerpt
from derive.tokens import tokenize

TEXT = r"""The covariance matrix of $X$ can be expressed as

$$\Sigma_{XX} = \Sigma(X) = \mathrm{E}\left[ (X-\mathrm{E}[X]) (X-\mathrm{E}[X])^\mathrm{T} \right]$$

and the cross-covariance matrix of $X$ and $Y$ as

$$\Sigma_{XY} = \Sigma(X,Y) = \mathrm{E}\left[ (X-\mathrm{E}[X]) (Y-\mathrm{E}[Y])^\mathrm{T} \right] \; .$$

"""


def verdict(claim, text=TEXT):
    found = answers("t.md", f"{text}\n\n$${claim}$$\n")
    return found[max(found, key=lambda place: place[1:])].judgement.verdict.value


def node(text):
    return read_side(prepare(tokenize(Excerpt.of(text), {})).tokens)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (r"\mathrm{Cov}(X, Y)", ("X", "Y")),
        (r"\mathrm{Var}(X)", ("X", "X")),
        (r"\mathbb{E}[(X - \mathbb{E}(X)) (Y - \mathbb{E}(Y))^\top]", ("X", "Y")),
        (r"\mathrm{E}[(X - \mathrm{E}X)^2]", None),
        (r"\mathrm{E}[(X - \mathrm{E}[X])^2]", ("X", "X")),
        (r"\mathrm{E}(X Y^\top) - \mathrm{E}(X) \mathrm{E}(Y)^\top", ("X", "Y")),
        (r"\mathrm{E}(X^2) - \mathrm{E}(X)^2", ("X", "X")),
        (r"\mathrm{E}[(X - \mathrm{E}[X]) (Y + \mathrm{E}[Y])^\top]", None),
        (r"\mathrm{E}[(X - \mathrm{E}[Y]) (Y - \mathrm{E}[X])^\top]", None),
        (r"\mathrm{E}[(X - \mathrm{E}[X])^\top (Y - \mathrm{E}[Y])]", None),
        (r"\mathrm{E}[(X - m) (X - m)^\top]", None),
        (r"2 \mathrm{Var}(X)", None),
    ],
)
def test_what_a_covariance_looks_like(text, pair):
    assert covariance_form(node(text)) == pair


@pytest.mark.parametrize(
    "claim",
    [
        r"\Sigma(X+Y) = \Sigma_{XX} + \Sigma_{YY} + \Sigma_{XY} + \Sigma_{YX}",
        r"\Sigma(X) = \Sigma(X, X)",
        r"\Sigma_{YX} = \Sigma_{XY}^\mathrm{T}",
        r"\Sigma(X, Y) = \mathrm{Cov}(X, Y)",
        r"\Sigma(X - Y) = \Sigma_{XX} + \Sigma_{YY} - \Sigma_{XY} - \Sigma_{XY}^\mathrm{T}",
    ],
)
def test_they_are_read_as_the_operator(claim):
    assert verdict(claim) == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        r"\Sigma(X+Y) = \Sigma_{XX} + \Sigma_{YY}",
        r"\Sigma(X+Y) = \Sigma_{XX} + \Sigma_{YY} + 2 \Sigma_{XY}",
        r"\Sigma_{YX} = \Sigma_{XY}",
        r"\Sigma(X - Y) = \Sigma_{XX} - \Sigma_{YY}",
    ],
)
def test_what_is_wrong_is_not_true(claim):
    assert verdict(claim) not in ("proved", "holds")


def test_how_they_are_read_is_reported():
    found = answers("t.md", TEXT)
    shown = {each.latex for report in found.values() for each in report.assumed}
    assert {r"\Sigma_{XX} = \mathrm{Cov}(X)", r"\Sigma(X) = \mathrm{Cov}(X)"} <= shown
    assert not any("Cov" in latex for latex in declared(TEXT).values())


@pytest.mark.parametrize(
    "text",
    [
        # a matrix and a bracket
        r"The covariance is $\Sigma (x - m)$. $$\Sigma = \Sigma(X) = \mathrm{Cov}(X)$$",
        # no words
        r"We have $$R(X) = \mathrm{Var}(X)$$",
        # a function of something else
        r"The variance is $$g(X) = 2 \mathrm{Var}(X)$$",
        # the covariance of other symbols
        r"The covariance is $$\Sigma(X) = \mathrm{Cov}(Y)$$",
        # a parameter of a distribution
        r"The covariance of $$Z \sim \mathcal{N}(0, \Sigma_{XX})$$ is $$\Sigma_{XX} = \mathrm{Cov}(X)$$",
    ],
)
def test_other_letters_stay_what_they_are(text):
    found, _ = gathered(text)
    assert not covariances(found, ())[0]


def test_a_declared_letter_stays_what_it_is():
    found, _ = gathered(TEXT)
    assert covariances(found, ())[0].heads == {"\\Sigma"}
    assert not covariances(found, ("\\Sigma", "\\Sigma_{XX}"))[0]
