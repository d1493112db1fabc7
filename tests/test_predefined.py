"""Definitions that hold before they are written."""

from undeclared import answers


def verdicts(text):
    return [report.judgement.verdict.value for report in answers("a.md", text).values()]


def test_a_definition_is_used_before_it_stands():
    text = "$$X^T X \\hat\\beta = X^T y$$\n\nwhere\n\n$$\\hat\\beta = (X^T X)^{-1} X^T y$$"
    assert verdicts(text) == ["proved", "definition"]


def test_definitions_that_rest_on_others_wait_for_them():
    text = "where\n\n$$\\hat{y} = X \\hat\\beta$$\n\n$$\\hat\\beta = (X^T X)^{-1} X^T y$$\n\n$$X^T \\hat{y} = X^T y$$"
    assert verdicts(text) == ["definition", "definition", "proved"]


def test_a_second_equation_is_no_definition():
    assert verdicts("$$c = a + b$$\n\n$$c = b + a$$\n\n$$c = a - b$$") == ["definition", "proved", "undecided"]


def test_a_new_definition_is_one():
    text = "$$c := a + b$$\n\n$$c := a - b$$\n\n$$2 c = 2 a - 2 b$$"
    assert verdicts(text)[2] == "proved"


def test_definitions_wait_for_declarations_of_the_document():
    text = "Let $x \\in \\mathbb{R}^n$. $$g = x^T A x$$\n\n$$2 g = x^T A x + x^T A^T x$$\n\n$$2 g = x^T A x$$"
    assert verdicts(text) == ["definition", "proved", "refuted"]
