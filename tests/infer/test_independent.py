"""Families whose members are said to be independent."""

import pytest
from undeclared import answers, infer

from derive.names import FAMILY

TEXT = r"""FIRST

$$X_i SIGN \mathcal{N}(\mu, \sigma^2), \quad i = 1, \ldots, n \; .$$

$$\mathrm{Var}\left( \sum_{i=1}^n a_i X_i \right) = \sigma^2 \sum_{i=1}^n a_i^2$$

$$\mathrm{Var}\left( \frac{1}{n} \sum_{i=1}^n X_i \right) = \frac{\sigma^2}{n}$$

$$\mathrm{E}\left( \left( \sum_{i=1}^n X_i \right)^2 \right) = n \sigma^2 + n^2 \mu^2$$

$$\mathrm{Var}\left( \sum_{i=1}^n X_i \right) = n^2 \sigma^2$$
"""
SAID = r"Let $X_1, \ldots, X_n$ be WORDS random variables."


def text(words, sign=r"\sim"):
    return TEXT.replace("FIRST", SAID.replace("WORDS", words)).replace("SIGN", sign)


def verdicts(written):
    return [report.judgement.verdict.value for report in answers("text.md", written).values()][1:]


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        ("independent", r"\sim"),
        ("independent and identically distributed", r"\sim"),
        ("i.i.d.", r"\sim"),
        ("some", r"\overset{\mathrm{i.i.d.}}{\sim}"),
        ("some", r"\stackrel{iid}{\sim}"),
    ],
)
def test_variances_of_sums(words, sign):
    *right, wrong = verdicts(text(words, sign))
    assert all(each in ("proved", "holds") for each in right)
    assert wrong not in ("proved", "holds")


@pytest.mark.parametrize(
    "words", ["some", "dependent", "not independent", "linearly independent", "conditionally independent"]
)
def test_nothing_is_known_where_the_text_does_not_say_so(words):
    assert not infer(text(words)).independent
    assert not {"proved", "holds", "refuted", "malformed"} & set(verdicts(text(words)))


def test_two_symbols_that_are_independent_are_no_family():
    assert not infer(r"Let $X$ and $Y$ be independent. $$\mathrm{E}(X_i) = a$$ $$\sum_{i=1}^n X_i = b$$").independent
    assert infer(text("independent")).independent == {f"X{FAMILY}"}
