"""Values at which a function is said to be smallest or largest."""

import pytest

from derive import check
from derive.brackets import prepare
from derive.extrema import extremum
from derive.infer.gather import read_side
from derive.opaque import written
from derive.source import Excerpt
from derive.tokens import tokenize

DECLARED = r"""Let $X \in \mathbb{R}^{n \times p}$, $y \in \mathbb{R}^n$, $\beta \in \mathbb{R}^p$,
$X^\top X$ invertible, $\lambda \in \mathbb{R}_{>0}$, $W \in \mathbb{S}_{++}^n$.
"""


def found(text):
    return check(text).relations


def verdicts(text):
    return [each.judgement.verdict.value for each in found(text)]


def side(text):
    return read_side(prepare(tokenize(Excerpt.of(text), {})).tokens)


@pytest.mark.parametrize(
    "text",
    [
        r"\arg\min_x f(x)",
        r"\operatorname{argmin}_{x} f(x)",
        r"\operatorname*{arg\,min}_x f(x)",
        r"\mathop{\mathrm{arg\,min}}_{x} f(x)",
        r"\underset{x}{\arg\min} f(x)",
        r"\underset{x}{\operatorname{argmin}} f(x)",
        r"\underset{x}{\mathrm{arg\,min}} \; f(x)",
    ],
)
def test_ways_to_write_it(text):
    goal = extremum(side(text))
    assert (goal.operator, written(goal.variable)) == (r"\mathrm{argmin}", "x")
    assert written(goal.function) == written(side("f(x)"))


@pytest.mark.parametrize(
    ("text", "function"),
    [
        (r"\arg\max_x a x^2 + b x", "a x^2 + b x"),
        (r"\arg\max_x -x^2 + b", "-x^2 + b"),
        (r"\arg\max_x [a - x]", "[a - x]"),
        (r"\arg\max_x a", "a"),
    ],
)
def test_it_extends_to_the_end(text, function):
    assert written(extremum(side(text)).function) == written(side(function))


@pytest.mark.parametrize(
    "text", ["x", r"\arg\max_{x, z} a", r"2 \arg\max_x a", r"-\arg\max_x a", r"\max_x a", r"\arg\max_x"]
)
def test_anything_else_is_none(text):
    node = side(text)
    assert node is None or extremum(node) is None


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (r"(X^\top X)^{-1} X^\top y", r"\arg\min_\beta \|y - X\beta\|^2", "holds"),
        (r"(X^\top X)^{-1} X^\top y", r"\arg\min_\beta \frac{1}{2} (y - X\beta)^\top (y - X\beta)", "holds"),
        (r"(X^\top X)^{-1} X^\top y", r"\arg\max_\beta -\|y - X\beta\|^2", "holds"),
        (r"(X^\top X)^{-1} X^\top y", r"\arg\max_\beta \|y - X\beta\|^2", "undecided"),
        (r"(X^\top X)^{-1} X^\top y", r"\arg\min_\beta \|y - X\beta\|^2 + \|\beta\|^2", "undecided"),
        (r"(X^\top X + \lambda I)^{-1} X^\top y", r"\arg\min_\beta \|y - X\beta\|^2 + \lambda \|\beta\|^2", "holds"),
        (r"(X^\top X)^{-1} X^\top", r"\arg\min_\beta \|y - X\beta\|^2", "undecided"),
    ],
)
def test_a_value_is_judged(value, goal, verdict):
    assert verdicts(f"{DECLARED}\n$${value} = {goal}$$") == [verdict]


def test_what_minimises_is_known_from_there_on():
    text = (
        DECLARED
        + r"""$$\hat\beta = \arg\min_\beta (y - X\beta)^\top W (y - X\beta)$$
    $$X^\top W X \hat\beta = X^\top W y$$
    $$X^\top W X \hat\beta = X^\top y$$"""
    )
    assert verdicts(text) == ["assumption", "proved", "refuted"]


@pytest.mark.parametrize(
    "words", [r"\quad \text{s.t.} \quad \beta^\top \beta = 1", r"\quad \text{subject to } \beta \ge 0"]
)
def test_under_constraints_nothing_is_taken(words):
    text = DECLARED + (
        rf"$$\hat\beta = \arg\min_\beta \|y - X\beta\|^2 {words}$$" + "\n" + r"$$X^\top X \hat\beta = X^\top y$$"
    )
    assert verdicts(text)[-1] in ("undecided", "unread")


def test_a_stationary_point_may_be_no_minimum():
    text = "Let $x, \\hat x \\in \\mathbb{R}$.\n$$\\hat x = \\arg\\min_x (x^2 - 1)^2 (x - 4)^2$$\n$$\\hat x^2 = 1$$"
    assert verdicts(text)[-1] == "undecided"


def test_multiples_are_not_pulled_out():
    """An arg min is no factor: nothing is proved by moving a number out of it."""
    least = "\\arg\\min_\\beta"
    text = f"{DECLARED}$$\\hat\\beta = {least} \\|y - X\\beta\\|^2$$\n$$2 \\hat\\beta = {least} 2 \\|y - X\\beta\\|^2$$"
    assert verdicts(text)[-1] == "undecided"
    assert verdicts("$$a = \\operatorname{argmin}_b f(b)$$\n$$2 a = \\operatorname{argmin}_b 2 f(b)$$")[-1] in (
        "undecided",
        "unread",
    )


OTHERS = r"""Let $s \in \mathbb{R}_{>0}$, $\lambda \in \mathbb{R}_{\geq 0}$, $t, c, u \in \mathbb{R}$,
$x, a \in \mathbb{R}^n$,
$\Sigma, S \in \mathbb{S}_{++}^n$, $A \in \mathbb{R}^{n \times n}$, $Q \in \mathrm{O}(n)$, $D \in \mathbb{D}^n$.
"""


@pytest.mark.parametrize(
    "claim",
    [
        r"-1 = \arg\min_s (s + 1)^2",
        r"c + 0 = \arg\min_s (s - c)^2",
        r"A + 0 = \arg\min_\Sigma \|\Sigma - A\|_F^2",
        r"A + 0 = \arg\min_Q \|Q - A\|_F^2",
        r"c = \arg\min_t -(t - c)^2",
        r"S = \arg\min_\Sigma -\log |\Sigma| - \operatorname{tr}(\Sigma^{-1} S)",
    ],
)
def test_a_value_outside_the_domain_or_of_the_wrong_kind_is_not_accepted(claim):
    assert verdicts(f"{OTHERS}\n$${claim}$$") == ["undecided"]


@pytest.mark.parametrize("claim", [r"s + 1 = \arg\min_t (t - s - 1)^2", r"1 = \arg\min_s s - \log s"])
def test_a_value_in_the_domain_is_accepted(claim):
    assert verdicts(f"{OTHERS}\n$${claim}$$") == ["holds"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (r"\hat\lambda = \arg\min_\lambda (\lambda - c)^2", r"\hat\lambda = c"),
        (r"\hat Q = \arg\min_Q \|Q - A\|_F^2", r"\hat Q = A"),
        (r"\hat D = \arg\min_D \|D - A\|_F^2", r"\hat D = A"),
        (r"\hat\Sigma = \arg\min_\Sigma \operatorname{tr}(A \Sigma) - \log |\Sigma|", r"\hat\Sigma^{-1} = A"),
        (r"\hat t = \arg\max_t (t - c)^2", r"\hat t = c"),
    ],
)
def test_on_a_boundary_the_gradient_need_not_vanish(first, then):
    assert verdicts(f"{OTHERS}\n$${first}$$\n$${then}$$") == ["assumption", "undecided"]


@pytest.mark.parametrize(
    "claim", [r"\hat x = \arg\min_x \|x - a\|^2$$ $$\hat x = a", r"t = c$$ $$a + 0 = \arg\min_x \|x - a\|^2"]
)
def test_an_earlier_condition_on_the_variable_holds_it(claim):
    found = verdicts(f"{OTHERS}\nAssume $$x^\\top x = 1.$$\n$${claim}$$")
    assert found[-1] == "undecided"


def test_what_is_tied_to_the_variable_moves_with_it():
    assert verdicts(f"{OTHERS}\nAssume $$u = 2 t.$$\n$$c + 0 = \\arg\\min_t (t - c)^2 + u$$")[-1] == "undecided"
