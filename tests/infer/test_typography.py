"""What a symbol may be by the way it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.infer.typography import Sort, costs, stem


def likely(key):
    return min(costs(key), key=costs(key).get)


@pytest.mark.parametrize(
    ("key", "sort"),
    [
        ("\\mathbf{x}", Sort.VECTOR),
        ("\\mathbf{X}", Sort.MATRIX),
        ("\\mathbf{\\Sigma}", Sort.MATRIX),
        ("\\mathbf{\\mu}", Sort.VECTOR),
        ("\\Sigma", Sort.MATRIX),
        ("\\sigma", Sort.SCALAR),
        ("\\lambda", Sort.SCALAR),
        ("\\beta", Sort.VECTOR),
        ("X", Sort.MATRIX),
        ("y", Sort.VECTOR),
        ("t", Sort.SCALAR),
        ("\\mathcal{L}", Sort.SCALAR),
    ],
)
def test_the_likely_sort_follows_the_type(key, sort):
    assert likely(key) is sort


@pytest.mark.parametrize("key", ["x", "X", "\\beta", "\\Sigma", "\\mathbf{x}", "\\mathbf{W}", "\\sigma"])
@pytest.mark.parametrize("accent", ["\\hat{%s}", "\\tilde{%s}", "\\bar{%s}", "%s^{*}", "\\hat{%s}^{(1)}"])
def test_accents_and_raised_marks_change_nothing(key, accent):
    assert stem(accent % key) == key
    assert costs(accent % key) == costs(key)


@given(
    st.lists(st.sampled_from(["\\hat{%s}", "\\tilde{%s}", "%s^{*}", "%s^{(2)}"]), max_size=4), st.sampled_from("xXaA")
)
def test_the_stem_is_that_of_the_letter_however_many_accents(accents, letter):
    key = letter
    for accent in accents:
        key = accent % key
    assert stem(key) == letter
    assert stem(stem(key)) == stem(key)


@given(st.sampled_from("abcdefghxyzABCDXYZ"))
def test_one_sort_costs_nothing_and_no_sort_less(letter):
    for key in (letter, f"\\mathbf{{{letter}}}", f"\\mathcal{{{letter}}}"):
        assert min(costs(key).values()) == 0
        assert set(costs(key)) == set(Sort)
