"""Conditional densities by joint ones: the product rule and Bayes' theorem."""

import pytest

from derive.checking import check_text
from derive.verdict import Verdict

RIGHT = [
    r"p(x \mid y) = \frac{p(y \mid x) p(x)}{p(y)}",
    r"p(x \mid y) p(y) = p(y \mid x) p(x)",
    r"p(x, z \mid y) = p(x \mid y, z) p(z \mid y)",
    r"p(x \mid y, z) = \frac{p(y \mid x, z) p(x \mid z)}{p(y \mid z)}",
    r"\log p(x \mid y) = \log p(y \mid x) + \log p(x) - \log p(y)",
    r"q(z \mid y) q(y) = q(y, z)",
    r"p(x, y) p(x \mid y) = p(y, x) p(x \mid y)",
]
WRONG = [
    r"p(x \mid y) p(y) = p(y \mid x)",
    r"p(x \mid y) = \frac{p(y \mid x) p(y)}{p(x)}",
    r"p(x, z \mid y) = p(x \mid y) p(z \mid y)",  # only if x and z are independent given y
    r"p(x, y) = p(x) p(y)",
    r"p(x \mid y) = p(y \mid x)",
    r"p(x \mid y) p(y) = q(y \mid x) q(x)",
    r"p(x; y) p(y) = p(y; x) p(x)",  # what stands behind a semicolon is no random variable
]
DECLARED = "".join(
    rf"${letter}({arguments}) \in \mathbb{{R}}_{{>0}}$ "
    for letter in "pq"
    for arguments in (
        *"xyz",
        *("x, y", "y, x", "y, z", "x, z"),
        *(r"x \mid y", r"y \mid x", r"z \mid y", r"x \mid z", r"y \mid z"),
        *(r"x, z \mid y", r"x \mid y, z", r"y \mid x, z", "x; y", "y; x"),
    )
)


@pytest.mark.parametrize("formula", RIGHT)
def test_rules_for_conditional_densities_are_proved(formula):
    (report,) = check_text(f"Let {DECLARED}.\n\n$${formula}$$")
    assert report.judgement.verdict in (Verdict.PROVED, Verdict.HOLDS), report.judgement


@pytest.mark.parametrize("formula", WRONG)
def test_wrong_rules_are_not(formula):
    (report,) = check_text(f"Let {DECLARED}.\n\n$${formula}$$")
    assert report.judgement.verdict not in (Verdict.PROVED, Verdict.HOLDS), report.judgement


@pytest.mark.parametrize(("rule", "expected"), [("p(x) p(y \\mid x)", True), ("p(y) p(y \\mid x)", False)])
def test_a_joint_density_has_the_value_that_the_text_gives_its_factors(rule, expected):
    text = (
        r"Let $x, y \in \mathbb{R}$, $p(x, y) \in \mathbb{R}_{>0}$ and $p(y) \in \mathbb{R}_{>0}$. "
        r"$$p(x) := \exp(-x^2)$$ $$p(y \mid x) := \exp(-(y - x)^2)$$ "
        rf"$$p(x, y) = {rule}$$ $$p(x, y) = \exp(-x^2 - (y - x)^2)$$"
    )
    found = [report.judgement.verdict for report in check_text(text)][2:]
    assert (found[0] in (Verdict.PROVED, Verdict.HOLDS)) is expected
    assert found[1] in (Verdict.PROVED, Verdict.HOLDS)


@pytest.mark.parametrize(
    "text",
    [
        r"Let $x, y \in \mathbb{R}$. $$p(x, y) := x - 2y$$ $$p(x, y) = p(y, x)$$",
        r"$$p(x, y) := x - 2y$$ $$p(x, y) = p(y, x)$$",
        r"$$q(x, y) = x^2 y$$ $$q(x, y) = q(y, x)$$",
        r"Let $x, y \in \mathbb{R}$ and let $q$ be a function. $$c = q(x, y)$$ $$c = q(y, x)$$",
        r"Let $p \in \mathbb{R}$ and $p(x \mid y) \in \mathbb{R}$. $$q(x, y) = x^2 y$$ $$q(x, y) = q(y, x)$$",
        r"$$P(a, b) = a - b$$ $$P(a, b) = P(b, a)$$",
    ],
)
def test_a_function_that_is_no_density_is_not_symmetric(text):
    assert check_text(text)[-1].judgement.verdict not in (Verdict.PROVED, Verdict.HOLDS)
