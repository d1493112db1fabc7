"""Formulas in which covariances are written with a letter."""

import pytest

from derive.brackets import prepare
from derive.covariances import NO_COVARIANCES, Covariances
from derive.opaque import written
from derive.parse import Parser
from derive.source import Excerpt
from derive.tokens import tokenize

FOUND = Covariances(frozenset({"\\Sigma"}), frozenset({"\\Sigma"}), frozenset({"X", "Y"}))


def node(text):
    tokens = prepare(tokenize(Excerpt.of(text), {}))
    return Parser(tokens, set()).expression(0, len(tokens.tokens))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        (r"\Sigma(X)", r"\mathrm{Cov}(X)"),
        (r"A \Sigma(X + Y) A^\top", r"A \mathrm{Cov}(X + Y) A^\top"),
        (r"\Sigma(X, Y)", r"\mathrm{Cov}(X, Y)"),
        (r"\frac{\Sigma(X)}{2}", r"\frac{\mathrm{Cov}(X)}{2}"),
    ],
)
def test_heads(text, spelled):
    assert written(FOUND.spelled(node(text))) == written(node(spelled))


@pytest.mark.parametrize(
    "text", [r"\Sigma", r"\Sigma A", r"\Sigma_{ZX}", r"\Sigma_{X}", r"S(X)", r"2 \Sigma \cdot (X)"]
)
def test_what_stays(text):
    assert FOUND.spelled(node(text)) == node(text)
    assert NO_COVARIANCES.spelled(node(text)) == node(text)


def test_subscripts():
    pair = FOUND.spelled(node(r"\Sigma_{XY}"))
    assert written(pair) == written(node(r"\mathrm{Cov}(X, Y)"))
    transposed = FOUND.spelled(node(r"\Sigma_{XY}^\top"))
    assert transposed.transposed and written(transposed.base.items[0]) == written(pair)
