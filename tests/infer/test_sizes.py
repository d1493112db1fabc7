"""Letters that are sizes, and names for sizes that have none."""

import pytest
from undeclared import declared, gathered, infer

from derive.infer.sizes import size_letters
from derive.infer.words import said


def letters(text):
    found, _ = gathered(text)
    return set(size_letters(found, said(found, {})))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$\\sum_{i=1}^n x_i = 1$$", {"n"}),
        ("$$A + I_m = B$$", {"m"}),
        ("$$x + 0_d = x$$", {"d"}),
        ("Let $X$ be an $n \\times p$ matrix.", {"n", "p"}),
        ("$$(2\\pi)^k |S| = c$$", {"k"}),
        ("$$\\Gamma_p(a) = b$$", {"p"}),
        ("$$\\sum_k \\Gamma_k(a) = b$$", set()),
        ("$$a x = b$$", set()),
    ],
)
def test_letters_that_are_sizes(text, expected):
    assert letters(text) == expected


def test_a_size_without_a_name_gets_one_that_is_not_taken():
    found = infer("$$n X w = n X w$$")
    assert found.invented and "n" not in found.invented
    declarations = " ".join(each.latex for each in found.assumed)
    assert all(name in declarations for name in found.invented)


def test_sizes_with_a_name_are_not_invented():
    found = infer("Let $X$ be an $n \\times p$ matrix. $$X w = X w$$")
    assert found.invented == frozenset()
    assert declared("Let $X$ be an $n \\times p$ matrix. $$X w = X w$$")["w"] == "w \\in \\mathbb{R}^{p}"


def test_a_size_is_not_named_like_the_letter_of_a_density():
    text = "Let $p(y) = q(y)$. $$A^T A y = \\frac{p}{2} y$$ $$\\log p(y, a) = \\log p(y|a) + \\log p(a)$$"
    assert "^{p" not in declared(text)["y"] and declared(text)["p"].endswith("\\mathbb{R}")
