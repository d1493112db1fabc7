"""Sizes that stand behind a symbol, in brackets or as the length of a vector."""

import pytest
from undeclared import declared, verdict

BLOCKS = r"\begin{bmatrix} n & \mathbf{1}^T x \\ x^T \mathbf{1} & x^T %s \end{bmatrix}"


@pytest.mark.parametrize(
    ("text", "key", "latex"),
    [
        (r"Let $A$ ($n \times p$) be given. $$ B = A A^T $$", "A", r"A \in \mathbb{R}^{n \times p}"),
        (r"The matrix $A$ ($n \times n$, full rank) is used. $$ B = A^T A $$", "A", r"A \in \mathbb{R}^{n \times n}"),
        (r"Let $a$ (of size $n \times 1$) be given. $$ B = a a^T $$", "a", r"a \in \mathbb{R}^{n}"),
        (r"Here $x$, $y$ and $z$ are vectors of length $n$. $$ B = y z^T $$", "z", r"z \in \mathbb{R}^{n}"),
        (r"Here $x, y$ are random vectors of dimension $n$. $$ B = y x^T $$", "y", r"y \in \mathbb{R}^{n}"),
    ],
)
def test_sizes_are_read(text, key, latex):
    assert declared(text)[key] == latex


@pytest.mark.parametrize(
    "text",
    [
        r"The product $A B$ ($n \times p$) is used. $$ C = A B $$",
        r"Here $A$ ($n + p$) is used. $$ C = A B $$",
        r"The rows of $A$ (there are $n \times p$ entries) are used. $$ C = A B $$",
    ],
)
def test_other_brackets_say_nothing(text):
    assert "n \\times p" not in declared(text).get("A", "")


def test_columns_in_square_brackets_are_a_matrix():
    text = r"Let $x$ and $y$ be vectors of length $n$. $$ X = [\mathbf{1}, x] $$ $$ X^T X = %s $$"
    assert verdict(text % (BLOCKS % "x")) in ("proved", "holds")
    assert verdict(text % (BLOCKS % "y")) not in ("proved", "holds")


@pytest.mark.parametrize("listed", ["[0, 1]", "(x, y)", "[x; y]"])
def test_other_lists_are_no_matrix(listed):
    text = rf"Let $x$ and $y$ be vectors of length $n$. $$ c = x^T y $$ $$ {listed} x = {listed} x $$"
    assert verdict(text) == "unread"
