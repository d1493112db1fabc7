"""Brackets that are open over the end of a line."""

import pytest
from undeclared import answers

from derive.line_breaks import without_breaks
from derive.source import Excerpt
from derive.tokens import tokenize

OPEN = "Let $a \\in \\mathbb{R}$, $b \\in \\mathbb{R}$.\n\n$$\n\\begin{split}\n%s\n\\end{split}\n$$\n"


def verdicts(lines):
    return [report.judgement.verdict.value for report in answers("text.md", OPEN % lines).values()]


@pytest.mark.parametrize(
    "lines",
    [
        r"a (b + a + 1) = \; & a \left[ \left( b + \right. \right. \\ & \left. \left. a \right) + 1 \right]",
        r"a (b + a + 1) &= a \left[ b + \right. \\ &\hphantom{= a \left[ \right.} \left. a + 1 \right]",
        r"a (b + a + 1) &= a \left[ b \right. \\ &\quad + \left. a + 1 \right]",
        r"a (b + a + 1) &= a \left\{ b + \right. \\[2pt] & \; \left. a + 1 \right\}",
    ],
)
def test_a_bracket_goes_on_in_the_next_line(lines):
    assert all(each in ("proved", "holds") for each in verdicts(lines))
    assert all(each in ("proved", "holds") for each in verdicts(lines + r" \\ &= a b + a^2 + a"))
    assert verdicts("+ 2".join(lines.rsplit("+ 1", 1)))[0] == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        r"\left. f \right|_{x = 0} \\ & \left. g \right.",
        r"\left[ a \right. \\ & b \left. c \right]",
        r"\left[ a \right. \left. c \right]",
    ],
)
def test_other_empty_brackets_stay(text):
    tokens = tokenize(Excerpt.of(text))
    assert without_breaks(tokens) == tokens
