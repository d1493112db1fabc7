"""Relations up to a factor or a term: judged by their ratio or difference at two values of what varies."""

import json
import random

import pytest

from derive.checking import check_text
from derive.claims import check_record
from derive.options import Options

LET = (
    r"Let $y, \varepsilon \in \mathbb{R}^n$, $\beta, m \in \mathbb{R}^d$, $X \in \mathbb{R}^{n \times d}$, "
    r"$\Sigma \in \mathbb{S}_{++}^n$, $\Lambda \in \mathbb{S}_{++}^d$, $x, a, b, t \in \mathbb{R}$ and "
    r"$s \in \mathbb{R}_{>0}$."
)
GIVEN = r"$$ p(y|\beta) = \mathcal{N}(y; X \beta, \Sigma) $$ $$ p(\beta) = \mathcal{N}(\beta; m, \Lambda) $$ "
MODEL = GIVEN + r"$$ p(\beta | y) = \frac{p(y|\beta) p(\beta)}{p(y)} $$ "
TRUE = {"proved", "holds"}


def last(text, let=LET):
    return check_text(f"{let}\n\n{text}", options=Options(repair=False))[-1]


def verdict(text, let=LET):
    return last(text, let).judgement.verdict.value


@pytest.mark.parametrize(
    "relation",
    [
        r"p(\beta|y) \propto p(y|\beta) p(\beta)",
        r"p(\beta|y) \propto \exp(-\frac12 (y - X\beta)^\top \Sigma^{-1} (y - X\beta) "
        r"- \frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(\beta|y) \propto \exp(-\frac12 \beta^\top (X^\top \Sigma^{-1} X + \Lambda^{-1}) \beta "
        r"+ \beta^\top (X^\top \Sigma^{-1} y + \Lambda^{-1} m))",
        r"p(\beta) \propto - \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(y|\beta) \propto \exp(-\frac12 (y - X\beta)^\top \Sigma^{-1} (y - X\beta))",
        r"p(y|\beta) \propto \exp(\beta^\top X^\top \Sigma^{-1} y - \frac12 \beta^\top X^\top \Sigma^{-1} X \beta)",
        r"\log p(\beta) = m^\top \Lambda^{-1} \beta - \frac12 \beta^\top \Lambda^{-1} \beta + \mathrm{const}",
        r"\log p(\beta) = m^\top \Lambda^{-1} \beta - \frac12 \beta^\top \Lambda^{-1} \beta + \text{const.}",
        r"\log p(\beta) + \text{const} = m^\top \Lambda^{-1} \beta - \frac12 \beta^\top \Lambda^{-1} \beta + C",
    ],
)
def test_true_relations(relation):
    assert verdict(f"{MODEL} $$ {relation} $$") in TRUE


@pytest.mark.parametrize(
    "relation",
    [
        r"p(\beta) \propto \exp(\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(\beta) \propto \exp(-(\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(\beta) \propto \exp(-\frac12 (\beta - m)^\top \Lambda (\beta - m))",
        r"p(\beta) \propto 1 + \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(\beta) \propto \beta^\top \beta \, \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m))",
        r"p(y|\beta) \propto \exp(\beta^\top X^\top \Sigma^{-1} y - \beta^\top X^\top \Sigma^{-1} X \beta)",
        r"\log p(\beta) = - m^\top \Lambda^{-1} \beta - \frac12 \beta^\top \Lambda^{-1} \beta + \mathrm{const}",
        r"\log p(\beta) = 2 m^\top \Lambda^{-1} \beta - \beta^\top \Lambda^{-1} \beta + \mathrm{const}",
    ],
)
def test_false_relations(relation):
    report = last(f"{GIVEN} $$ {relation} $$")
    assert report.judgement.verdict.value == "refuted"
    assert "at two values of" in report.judgement.message
    example = report.judgement.counterexample
    assert example.lhs != example.rhs


def test_the_counterexample_shows_both_values():
    found = last(r"$$ f(x) = x^2 $$ $$ f(x) \propto x $$").judgement
    assert found.verdict.value == "refuted"
    example = found.counterexample
    assert [example.lhs, example.rhs] == [example.values["x"], example.values["x'"]]  # x² / x at both


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (r"\exp(a + b) \propto \exp(a)", "undecided"),
        (r"p(\beta) \propto 0 \cdot \exp(\beta^\top \beta)", "undecided"),
        (r"p(y|\beta) p(\beta) \propto p(\beta)", "undecided"),
        (r"X \propto X", "undecided"),
    ],
)
def test_what_is_left_open(relation, expected):
    report = last(f"{MODEL} $$ {relation} $$")
    assert report.judgement.verdict.value == expected
    assert report.judgement.message


def test_words_name_what_varies():
    product = r"$$ \exp(a + b) \propto \exp(b) $$"
    assert verdict(f"As a function of $b$, we have {product}") in TRUE
    assert verdict(f"Up to a factor independent of $b$, we have {product}") in TRUE
    assert verdict(f"As a function of $a$, we have {product}") == "refuted"
    assert verdict(f"As a function of $b$ it is large. But {product}") == "undecided"
    assert verdict(rf"As a function of $b$ $$ a = a $$ and {product}") == "undecided"


def test_variables_are_replaced_in_definitions():
    text = r"$$ g := x^2 $$ $$ h := g + a $$ "
    assert verdict(text + r"As a function of $x$ $$ \exp(h) \propto \exp(x^2) $$") in TRUE
    assert verdict(text + r"As a function of $x$ $$ \exp(h) \propto \exp(a) $$") == "refuted"
    assert verdict(text + r"As a function of $x$ $$ \exp(h) \propto \exp(2 g) $$") == "refuted"


def test_a_parameter_of_the_same_name_is_another_variable():
    text = r"$$ f(x) := x^2 $$ As a function of $x$ "
    assert verdict(text + r"$$ f(a) x \propto x $$") in TRUE
    assert verdict(text + r"$$ f(x) \propto x^2 $$") in TRUE
    assert verdict(text + r"$$ f(x) \propto f(a) $$") == "refuted"


def test_what_conditions_tie_to_the_variable_moves_with_it():
    tied = r"Assume that $$ t = x^2 $$ Then, as a function of $x$, $$ \exp(t) x \propto x $$"
    assert verdict(tied) == "undecided"
    model = r"$$ M_1: y = X \beta + \varepsilon $$ As a function of $\beta$, "
    assert verdict(model + r"$$ \exp(y^\top y) \beta^\top m \propto \beta^\top m $$") in TRUE
    assert verdict(model + r"$$ \exp(y^\top \varepsilon) \beta^\top m \propto \beta^\top m $$") == "undecided"


def test_densities_of_which_nothing_is_known_may_depend_on_the_variable():
    known = r"$$ p(\beta) = \mathcal{N}(\beta; m, \Lambda) $$ "
    assert verdict(known + r"$$ p(\beta) \propto p(\beta) p(\beta, y) $$") == "undecided"
    assert verdict(known + r"$$ p(\beta) \propto p(\beta) p(y) $$") in TRUE
    assert verdict(known + r"$$ p(\beta) p(y|\beta) = p(y|\beta) p(\beta) $$") in TRUE


def test_what_is_not_known_yet_is_introduced():
    (first, second) = check_text(f"{LET}\n\n" + r"$$ p(\beta) \propto \exp(\beta^\top m) $$ $$ p(\beta) \propto 1 $$")
    assert first.judgement.verdict.value == "definition"
    assert second.judgement.verdict.value in {"undecided", "unread"}


def test_a_function_that_is_defined_with_a_constant():
    text = r"$$ \ell(\beta) = -\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m) + \mathrm{const} $$ "
    gradient = r"$$ \frac{\partial \ell(\beta)}{\partial \beta} = - \Lambda^{-1} (\beta - m) $$"
    assert verdict(text + gradient) in TRUE
    assert verdict(text + r"$$ \ell(\beta) = -\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m) $$") == "undecided"
    rest = r"m^\top \Lambda^{-1} \beta - \frac12 \beta^\top \Lambda^{-1} \beta + \mathrm{const} $$"
    assert verdict(text + r"$$ \ell(\beta) = " + rest) in TRUE
    assert verdict(text + r"$$ \ell(\beta) = -" + rest) == "refuted"


def test_a_declared_letter_is_no_constant():
    let = LET + r" Let $C \in \mathbb{R}$."
    text = r"$$ f(x) = x^2 + a $$ $$ f(x) = x^2 + C $$"
    assert verdict(text, let) == "refuted"
    assert verdict(r"$$ f(x) = x^2 + a $$ $$ f(x) = x^2 + C $$") in TRUE


def test_a_chain_goes_on_with_an_equation():
    text = MODEL + r"$$ p(y, \beta) = p(y|\beta) p(\beta) $$ $$ p(\beta|y) \propto p(y|\beta) p(\beta) = p(y,\beta) $$"
    found = [report.judgement.verdict.value for report in check_text(f"{LET}\n\n{text}")[-2:]]
    assert set(found) <= TRUE


def test_claim_records():
    record = {"id": 1, "declare": [r"x \in \mathbb{R}"], "given": ["f(x) = 3 x^2"], "claim": r"f(x) \propto x^2"}
    assert check_record(json.dumps(record), Options())["verdict"] in TRUE
    assert check_record(json.dumps({**record, "claim": r"f(x) \propto x"}), Options())["verdict"] == "refuted"
    assert check_record(json.dumps({**record, "claim": r"x^2 \propto x"}), Options())["verdict"] == "undecided"


def test_the_name_of_an_operator_at_the_end_of_a_product_is_no_internal_error():
    assert verdict(r"$$ 2 u \mathrm{const} = 2 $$") in {"unread", "undecided"}


@pytest.mark.parametrize("seed", range(12))
def test_polynomials_are_proportional_if_their_coefficients_are(seed):
    rng = random.Random(seed)
    first = [rng.randint(-3, 3) or 1 for _ in range(3)]
    factor = rng.choice((-2, -1, 2, 3))
    second = [factor * c for c in first] if seed % 2 else [factor * c for c in first[:2]] + [factor * first[2] + 1]
    left, right = (" + ".join(f"({c}) x^{power}" for power, c in enumerate(each, 1)) for each in (first, second))
    found = verdict(rf"$$ f(x) = {left} $$ $$ f(x) \propto {right} $$")
    assert (found in TRUE) if seed % 2 else (found == "refuted")
