"""Letters with a bar that the prose calls means."""

import pytest
from undeclared import declared, gathered, verdict

from derive.infer.words import said

TEXT = r"""Consider the observations $y_1, \ldots, y_n$, where $\bar{y}$ is {}.

$$\sum_{{i=1}}^n (y_i - \mu)^2 = \sum_{{i=1}}^n (y_i - \bar{{y}})^2 + n (\bar{{y}} - \mu)^2$$

$$\sum_{{i=1}}^n y_i = n \bar{{y}}$$

$$\sum_{{i=1}}^n y_i = 2 n \bar{{y}}$$
"""


def text(words):
    return TEXT.replace("{}", words).replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("words", ["the sample mean", "the mean of the observations", "their average"])
def test_a_mean_has_an_equation(words):
    assert declared(text(words))["\\bar{y}"] == r"\bar{y} = \frac{1}{n} \sum_{i=1}^{n} y_{i}"
    assert verdict(text(words), 0) in ("proved", "holds")
    assert verdict(text(words), 1) in ("proved", "holds")
    assert verdict(text(words), 2) == "refuted"


@pytest.mark.parametrize("words", ["a number", "the mean square", "the mean value of the prior"])
def test_what_is_called_otherwise_is_open_and_nothing_is_refuted(words):
    assert r"\in" in declared(text(words))["\\bar{y}"]
    assert [verdict(text(words), at) for at in range(3)] == ["undecided"] * 3


def test_the_equation_of_the_document_stands():
    own = text("the mean") + "\n\nwhere\n\n$$\\bar{y} = \\frac{2}{n} \\sum_{i=1}^n y_i \\; .$$\n"
    assert verdict(own, 1) == "refuted"


def test_a_mean_vector_is_none():
    found, _ = gathered(r"Let $\bar{m}$ be the mean vector. Let $\bar{x}$ be the mean.")
    assert [each.mean for each in said(found, {})] == [False, True]
