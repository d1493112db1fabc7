"""Symbols that a document declares behind their first use."""

from undeclared import answers, declared

TEXT = r"""The residuals are orthogonal to the design matrix

$$X^\top (y - X (X^\top X)^{-1} X^\top y) = X^\top y - X^\top y$$

$$X y = y^\top X$$

where $X \in \mathbb{R}^{n \times p}$ and $y$ is an $n \times 1$ vector.

$$X^\top y - y^\top X = 0$$
"""


def test_the_declaration_holds_before_it_is_written():
    assert declared(TEXT)["X"] == r"X \in \mathbb{R}^{n \times p}"
    found = [report.judgement.verdict.value for report in answers("text.md", TEXT).values()]
    assert found[0] in ("proved", "holds")
    assert found[1] not in ("proved", "holds", "unread")


def test_what_is_declared_first_is_not_repeated():
    text = "Let $X \\in \\mathbb{R}^{n \\times p}$.\n\n" + TEXT.partition("where")[0]
    assert "X" not in declared(text)
