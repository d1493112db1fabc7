"""Displayed formulas cut into rows."""

import pytest

from derive.report.rows import rows
from derive.source import Excerpt, Source


def latex(text):
    return [row.latex for row in rows(Excerpt.of(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = b", ["a = b"]),
        (r"\begin{align} a &= b \\ c &= d \end{align}", ["a = b", "c = d"]),
        (r"\begin{align*} a &= b \\[2pt] c &= d \\ \end{align*}", ["a = b", "c = d"]),
        (r"\begin{equation} \begin{split} a &= b \\ &= c \end{split} \end{equation}", ["a = b", "= c"]),
        (r"\begin{alignat}{2} a &= b \\ &= c \end{alignat}", ["a = b", "= c"]),
        (r"A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}", [r"A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}"]),
        (r"a = \text{x \\ y} \\ b", [r"a = \text{x \\ y}", "b"]),
        (r"\begin{aligned} a \end{aligned} + \begin{aligned} b \end{aligned}", None),
        (r"a \& b & c", [r"a \& b  c"]),
    ],
)
def test_rows(text, found):
    assert latex(text) == (found if found is not None else [text])


def test_rows_know_where_they_stand():
    source = Source("a.tex", "so\n\\begin{align}\n  a &= b \\\\\n  &= c\n\\end{align}\n")
    start = source.text.index("\\begin")
    first, second = rows(Excerpt.slice(source, start, source.text.index("{align}\n", start + 20) + 7))
    assert [source.position(row.start) for row in (first, second)] == [(3, 3), (4, 3)]
    assert source.text[first.start : first.end].strip() == "a &= b"
    assert not first.goes_on and second.goes_on


def test_words_between_rows():
    first, second = rows(Excerpt.of(r"\begin{align} a &= b \\ \intertext{and then} c &= d \end{align}"))
    assert (first.words, second.words, second.latex) == ("", "and then", "c = d")
