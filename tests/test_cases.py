"""What counts in a case only, and what the text leaves when it introduces a symbol anew."""

import pytest
from undeclared import declared, verdict

from derive.checking import check_text

CASE = r"""%s

$$x^\top \Sigma^{-1} x = x^\top x$$

%s

$$x^\top \Sigma^{-2} x = x^\top \Sigma x$$
"""


@pytest.mark.parametrize(
    "first", ["If $\\Sigma = I_n$, then", "Case 1: Let $\\Sigma = I_n$.", "For $\\Sigma = I_n$, we have"]
)
@pytest.mark.parametrize(
    "then",
    [
        "In general, however,",
        "Case 2: Let now $\\Sigma$ be a general positive definite matrix.",
        "Without this assumption, we have",
        "Otherwise, we have",
    ],
)
def test_the_value_in_a_case_proves_nothing_outside_of_it(first, then):
    assert verdict(CASE % (first, "and therefore"), 0) == "proved"
    assert verdict(CASE % (first, "and therefore")) == "proved"
    assert verdict(CASE % (first, then)) == "undecided"


def test_what_is_supposed_counts_until_the_text_goes_back_on_it():
    start = "Suppose that $X^\\top X = I_p$. $$X^\\top X X^\\top y = X^\\top y$$"
    text = f"{start} %s $$(X^\\top X)^{{-1}} X^\\top y = X^\\top y$$"
    assert verdict(text % "and") == "proved"
    assert verdict(text % "In general, however,") == "undecided"
    assert verdict(text % "For an arbitrary vector $y$,") == "proved"


def test_a_notation_is_no_case():
    text = "Let $W = V^\\top V$. $$x^\\top W x = x^\\top V^\\top V x$$ In general, $$W^\\top = V^\\top V$$"
    assert verdict(text) == "proved"


ANEW = [
    ("Let $A = X^\\top X$.", "Let $A$ be an $n \\times n$ matrix."),
    ("Let $A = X^\\top X$.", "Consider now any matrix $A$."),
    ("Suppose that $A^\\top = A$.", "Let $A$ be a square matrix."),
    ("Let $A$ be a symmetric matrix.", "Let $A$ be any square matrix."),
    ("Let $A$ be a symmetric matrix.", "Now $A$ need not be symmetric."),
]


@pytest.mark.parametrize(("first", "then"), ANEW)
def test_what_is_introduced_anew_leaves_what_was_said_of_it(first, then):
    text = f"{first}\n\n$$x^\\top A^\\top = x^\\top A$$\n\n%s\n\n$$x^\\top A^\\top = x^\\top A$$\n"
    assert verdict(text % "and", 0) == verdict(text % "and") == "proved"
    assert verdict(text % then, 0) == "proved"
    assert verdict(text % then) == "undecided"


def test_what_is_introduced_again_with_its_property_keeps_it():
    text = (
        "Let $A$ be a symmetric matrix.\n\n$$A^\\top = A$$\n\nLet $A$ be a symmetric matrix.\n\n$$A x = A^\\top x$$\n"
    )
    assert verdict(text) == "proved"


def test_a_symbol_with_another_distribution_in_words_has_no_moments_of_the_first():
    moment = "$$\\mathrm{E}(x x^\\top) = \\Sigma$$"
    text = f"Let $x \\sim \\mathcal{{N}}(0, \\Sigma)$. {moment} Let $x$ be a random vector. {moment}"
    assert verdict(text, 0) == "proved"
    assert verdict(text) == "undecided"


@pytest.mark.parametrize(
    "words",
    [
        "We want to show that",
        "It is not true that",
        "To test the hypothesis that",
        "One might think that",
        "We ask whether",
    ],
)
def test_what_is_to_be_shown_or_is_false_says_nothing_of_its_symbols(words):
    text = f"{words} $a = b$. $$a^2 = a b$$"
    assert verdict(text) == "undecided"
    assert verdict(f"Let $a = b$. {words} $a = 2 b$. $$a^2 = a b$$") == "proved"


def test_an_equation_in_words_that_assert_it_counts():
    assert verdict("It was shown before, for $x = 2 y$, that $$x^2 = 4 y^2$$") == "proved"
    assert verdict("It was shown before that $x = 2 y$. $$x^2 = 4 y^2$$") == "proved"
    assert verdict("It was shown before that, for $x = 2 y$, all is well. $$x^2 = 4 y^2$$") == "undecided"


def test_a_contradiction_ends_what_led_to_it():
    text = "Suppose for contradiction that $a = 2 b$. $$a^2 = 4 b^2$$ %s $$a^3 = 8 b^3$$"
    assert verdict(text % "Hence") == "proved"
    assert verdict(text % "This is a contradiction.") == "undecided"


def test_a_shape_in_a_case_is_no_shape():
    text = "If $X$ is a square matrix, all is well. $$(X^\\top X)^{-1} X^\\top X = I$$"
    assert "n \\times n" not in declared(text)["X"]
    assert "n \\times n" in declared(text.replace("If", "Here"))["X"]


def test_a_special_value_counts_in_what_is_said_with_it():
    ridge = "$$(X^\\top X + \\lambda I) b = X^\\top X b$$"
    start = f"Let $X$ be an $n \\times p$ matrix. Setting $\\lambda = 0$, we have {ridge}"
    assert verdict(f"{start} Therefore, {ridge}") == "proved"
    assert verdict(f"{start} The same is true again: {ridge}") == "undecided"
    assert verdict(f"{start} If $\\lambda = 0$ again, {ridge}") == "proved"


@pytest.mark.parametrize("words", ["It is not true that", "One might think that", "We have to show that"])
def test_what_is_displayed_and_doubted_says_nothing_of_its_symbols(words):
    assert verdict(f"{words} $$A = B$$ First, note that $$A^\\top A = B^\\top A$$") == "undecided"
    assert verdict("This shows that $$A = B$$ It follows that $$A^\\top A = B^\\top A$$") == "proved"


def test_general_rules_are_no_general_case():
    text = (
        "Suppose that $X^\\top X = I_p$. In general rules the letter is $A$. $$(X^\\top X)^{-1} X^\\top y = X^\\top y$$"
    )
    assert verdict(text) == "proved"
    assert verdict(text.replace("In general rules the letter is $A$.", "In general we have")) == "undecided"


def test_a_doubted_condition_that_cannot_be_read_is_taken_as_stated():
    (report,) = check_text(
        "Let $C \\in \\mathbb{R}^{p \\times q}$ and $b \\in \\mathbb{R}^p$. The region that does not contain the null "
        "hypothesis\n\n$$\\mathrm{H}_0: \\, C^\\top b = 0$$\n\nis given."
    )
    assert report.judgement.verdict.value == "assumption"


def test_a_hypothesis_that_is_not_understood_is_taken_as_stated():
    assert verdict("We test the hypothesis that $$\\mathrm{H}_0: \\, C^\\top \\beta = 0$$") == "assumption"


@pytest.mark.parametrize(
    "text",
    [
        "$$x^T A x = x^T x$$\n\nWith white noise, $A = I_n$.",
        "$$x + b = x - b$$\n\nWith a flat prior, $b = 0_p$.",
        "$$\\mathrm{tr}(I_p - \\Lambda_0) = \\mathrm{tr}(I_p + \\Lambda_0)$$\n\nConsequently, with a flat prior, i.e. "
        "$\\Lambda_0 = 0_{pp}$, it is $p$.",
        "$$(\\mu - a)^2 = \\mu^3 - 2 a \\mu + a^2$$\n\nFinally, let $\\mu = 0$.",
        "Let $m_0$ be the model in which $\\mu = 0$.\n\n$$\\lambda (\\mu - a)^2 = \\lambda (\\mu^3 - 2 a \\mu + a^2)$$",
        "Evaluated at $t = 0$, this gives one.\n\n$$(t - a)^2 = t^3 - 2 a t + a^2$$",
        "$$M(t) = (1 - 2 t)^{-1}$$\n\nEvaluating at $t = 0$, we have one. The logarithm is\n\n"
        "$$\\log M(t) = \\log(1 - 2 t) + t$$",
        "Setting $m = 1$, we have the mean. The ratio of moments is\n\n$$\\frac{\\Gamma(m + 1)}{\\Gamma(m)} = m^2$$",
        "Let $C$ be a $p \\times q$ matrix, $b$ a $p \\times 1$ vector and $G$ be a $p \\times p$ matrix. Setting "
        "$q = 1$ and $C = c$, we have the old result. Moreover, let $A$ be an invertible $q \\times q$ matrix. Then\n\n"
        "$$b^T C A (C^T G C)^{-1} C^T b = b^T C (C^T G C)^{-1} A C^T b$$",
    ],
)
def test_a_special_value_counts_in_its_sentence_only(text):
    assert verdict(text) == "undecided"


@pytest.mark.parametrize(
    "text",
    [
        "Let $a = 0$. Then\n\n$$(a - b)^2 = b^2$$",
        "$$(a - b)^2 = b^2$$\n\nwhere $a = 0$.",
        "Setting $a = 0$, we have\n\n$$(a - b)^2 = b^2$$",
        "$$\\frac{a}{b} = 2 a$$\n\nwith $b = 1/2$.",
        "Assume that $a = 1$. We have\n\n$$a b = b$$",
    ],
)
def test_a_special_value_counts_where_the_text_sets_it(text):
    assert verdict(text) == "proved"


def test_another_value_takes_the_place_of_the_first():
    text = "Let $a = 2$.\n\n$$a b = 2 b$$\n\nNow let $a = 3$.\n\n$$a b = 2 b$$"
    assert verdict(text) == "undecided"


def test_a_contradiction_ends_what_was_supposed_of_matrices():
    text = "Assume to the contrary that $A B = B A$.\n\n$$A B A = A^2 B$$\n\n%s\n\n$$A B A = A^2 B$$"
    assert verdict(text % "Therefore,") == "proved"
    assert verdict(text % "This is a contradiction.") == "undecided"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $A$ be a symmetric $n \\times n$ matrix. Now let $A$ be an arbitrary $n \\times n$ matrix.", "undecided"),
        ("The $n \\times n$ matrix $A$ is symmetric. Let $A$ be any $n \\times n$ matrix.", "undecided"),
        ("Let $A$ be a symmetric $n \\times n$ matrix.", "proved"),
        ("Let $A$ be any $n \\times n$ matrix.\n\nLet $A$ be a symmetric $n \\times n$ matrix.", "proved"),
    ],
)
def test_a_property_ends_where_its_symbol_is_introduced_anew_in_the_same_line(text, expected):
    assert verdict(f"{text} $$A^T = A$$") == expected


def test_an_assumption_that_agrees_at_too_few_sizes_is_one():
    claim = "\\sum_{i=1}^n (i + 1)^{70} - \\sum_{i=1}^n i^{70} = (n + 1)^{70} - 1"
    (report,) = check_text(f"Let $n \\in \\mathbb{{N}}$. Assume that $${claim}$$")
    assert report.judgement.verdict.value == "assumption" and report.judgement.message is None
