"""Relations with integrals: what follows from integrands and normalised densities, and nothing else."""

import pytest

from derive.checking import check_text
from derive.options import Options

LET = (
    r"Let $y \in \mathbb{R}^n$, $\beta, m \in \mathbb{R}^k$, $X \in \mathbb{R}^{n \times k}$, $\Sigma \in "
    r"\mathbb{S}_{++}^n$, $\Lambda \in \mathbb{S}_{++}^k$, $a, c, t, x, z \in \mathbb{R}$, $s, w \in \mathbb{R}_{>0}$ "
    r"and $g : \mathbb{R} \to \mathbb{R}$, $h : \mathbb{R} \to \mathbb{R}$."
)
MODEL = (
    r"$$ p(y|\beta) = \mathcal{N}(y; X \beta, \Sigma) $$ $$ p(\beta) = \mathcal{N}(\beta; m, \Lambda) $$ "
    r"$$ p(y, \beta) = p(y|\beta) p(\beta) $$ "
)


def last(text, let=LET):
    return check_text(f"{let}\n\n{text}", options=Options(repair=False))[-1].judgement


def verdict(text, let=LET):
    return last(text, let).verdict.value


TRUE = [
    r"\int g(x) \, dx = \int g(x) \, dx",
    r"\int_0^1 (a g(x) + c h(x)) \, dx = a \int_0^1 g(x) \, dx + c \int_0^1 h(x) \, dx",
    r"a \int_0^1 g(x) \, dx - \int_0^1 (a g(x) + h(x)) \, dx = - \int_0^1 h(x) \, dx",
    r"\int_{\mathcal{X}} g(x) (1 - g(x)) \, dx = \int_{\mathcal{X}} g(x) \, dx - \int_{\mathcal{X}} g(x)^2 \, dx",
    r"\int_0^1 g(x) \, dx = \int_0^1 g(z) \, dz",
    r"\int_0^\infty \sqrt{x^2} g(x) \, dx = \int_0^\infty x g(x) \, dx",
    r"\int_0^1 \int_0^2 (a g(x) + h(z)) \, dx \, dz = a \int_0^1 \int_0^2 g(x) \, dx \, dz "
    r"+ \int_0^1 \int_0^2 h(z) \, dx \, dz",
    r"\int_0^1 \int_0^2 g(x) h(z) \, dx \, dz = \int_0^1 h(z) \int_0^2 g(x) \, dx \, dz",
    r"\int p(\beta) \, d\beta = 1",
    r"\int_{\mathbb{R}^k} p(\beta) \, d\beta = 1",
    r"\int_{\mathbb{R}^n} p(y, \beta) \, \mathrm{d}y = p(\beta)",
    r"\int a p(\beta) \, d\beta = a",
    r"\int \mathcal{N}(x; a, s^2) \, dx = 1",
    r"\int_{-\infty}^\infty \mathcal{N}(x; a, s^2) \, dx = 1",
    r"\int \int p(y, \beta) \, dy \, d\beta = 1",
    r"\log \int a^2 p(\beta) \, d\beta = \log a^2",
    r"\int_{\mathbb{R}^k} \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m)) \, d\beta "
    r"= (2\pi)^{k/2} |\Lambda|^{1/2}",
    r"\log \int_{\mathbb{R}^k} \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m)) \, d\beta "
    r"= \frac{k}{2} \log (2\pi) + \frac12 \log |\Lambda|",
]


@pytest.mark.parametrize("relation", TRUE)
def test_what_follows(relation):
    found = last(f"{MODEL} $$ {relation} $$")
    assert found.verdict.value == "holds"
    assert "the integrals are taken to exist" in found.notes


TRUE += [
    r"\int_0^\infty \mathrm{Gam}(x; s, w) \, dx = 1",
    r"\int \mathrm{Gam}(x; s, w) \, dx = 1",
    r"\int_0^\infty a \, \mathrm{Gam}(x; s, w) \, dx = a",
]
FALSE = [
    r"\int_0^1 \mathrm{Gam}(x; s, w) \, dx = 1",
    r"\int_0^\infty \mathrm{Gam}(s; x, w) \, dx = 1",
    r"\int_0^\infty \mathrm{Gam}(x; s, x^2) \, dx = 1",
    r"\int_0^\infty x \, \mathrm{Gam}(x; s, w) \, dx = x",
    r"\int_0^1 g(x) \, dx = \int_0^1 h(x) \, dx",
    r"\int_0^1 g(x) \, dx = \int_0^2 g(x) \, dx",
    r"\int g(x) \, dx = \int_0^1 g(x) \, dx",
    r"\int_0^1 a g(x) \, dx = c \int_0^1 g(x) \, dx",
    r"x \int_0^1 g(x) \, dx = \int_0^1 x g(x) \, dx",
    r"\int_0^1 g(x) \, dx = x \int_0^1 g(x) \, dx",
    r"\int_0^1 g(x) h(z) \, dx = \int_0^1 g(z) h(z) \, dz",
    r"\int_0^1 \sqrt{x^2} g(x) \, dx = \int_0^1 - x g(x) \, dx",
    r"\int_{-\infty}^\infty \sqrt{x^2} g(x) \, dx = \int_{-\infty}^\infty x g(x) \, dx",
    r"\int_{-1}^1 \sqrt{w^2} g(w) \, dw = \int_{-1}^1 w g(w) \, dw",
    r"\int_0^1 \int_0^2 g(x) \, dx \, dz = \int_0^2 \int_0^1 g(x) \, dx \, dz",
    r"\int_0^1 \mathcal{N}(x; a, s^2) \, dx = 1",
    r"\int_0^\infty \mathcal{N}(x; a, s^2) \, dx = 1",
    r"\int_{\mathcal{X}} \mathcal{N}(x; a, s^2) \, dx = 1",
    r"\int \mathcal{N}(w; a, s^2) \, dw = 1",
    r"\int \mathcal{N}(a; x, s^2) \, dx = 2",
    r"\int \mathcal{N}(x; x, s^2) \, dx = 1",
    r"\int \mathcal{N}(x; a, x^2) \, dx = 1",
    r"\int \mathcal{N}(2 x; a, s^2) \, dx = 1",
    r"\int x \mathcal{N}(x; a, s^2) \, dx = x",
    r"\int p(\beta) \, d\beta = 2",
    r"\int p(y, \beta) \, d\beta = p(\beta)",
    r"\int p(\beta)^2 \, d\beta = 1",
    r"\int_{\mathbb{R}^k} \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m)) \, d\beta = (2\pi)^{k/2} |\Lambda|",
    r"(\int_0^1 g(x) \, dx)^2 = \int_0^1 g(x)^2 \, dx",
    r"\int_0^1 g(x) \, dx \int_0^1 h(x) \, dx = \int_0^1 g(x) h(x) \, dx",
    r"\exp(\int_0^1 g(x) \, dx) = \int_0^1 \exp(g(x)) \, dx",
    r"\frac{\partial}{\partial a} \int_0^1 a x \, dx = \int_0^1 x^2 \, dx",
    r"\log \int p(\beta) \, d\beta = 1",
    r"\log \int \exp(-\frac12 (\beta - m)^\top \Lambda^{-1} (\beta - m)) \, d\beta = \frac12 \log |\Lambda|",
    r"\int_{\mathbb{R}^n} p(\beta) \, d\beta = 1",
]


@pytest.mark.parametrize("relation", FALSE)
def test_what_does_not_follow_is_left_open(relation):
    found = last(f"{MODEL} $$ {relation} $$")
    assert found.verdict.value in {"undecided", "unread"}
    assert found.code == "U609" and found.message


def test_definitions_by_integrals():
    text = MODEL + r"$$ p(y) = \int p(y|\beta) p(\beta) \, d\beta $$ "
    assert verdict(text) == "definition"
    assert verdict(text + r"$$ p(y) = \int p(y, \beta) \, d\beta $$") == "holds"
    assert verdict(text + r"$$ 2 p(y) = \int 2 p(y, \beta) \, d\beta $$") == "holds"
    assert verdict(text + r"$$ p(y) = \int p(\beta) \, d\beta $$") == "undecided"
    assert (
        verdict(text + r"$$ \int p(y) \beta^\top \beta \, d\beta = \int \beta^\top \beta p(y) \, d\beta $$")
        == "undecided"
    )


def test_the_variable_is_captured_by_no_definition():
    inside = r"$$ q := x^2 $$ "
    assert verdict(inside + r"$$ \int_0^1 q \, dx = \int_0^1 x^2 \, dx $$") == "holds"
    assert verdict(inside + r"$$ \int_0^1 q g(x) \, dx = q \int_0^1 g(x) \, dx $$") == "undecided"
    assert verdict(inside + r"$$ \int q \mathcal{N}(x; a, s) \, dx = q $$") == "undecided"


def test_what_may_depend_on_the_variable_does_not_come_out():
    known = r"$$ p(x|z) = \mathcal{N}(x; z, s) $$ "
    assert verdict(known + r"$$ \int p(x|z) p(z) \, dx = p(z) $$") == "holds"
    assert verdict(known + r"$$ \int p(x|z) p(x, z) \, dx = p(x, z) $$") == "undecided"
    assert verdict(known + r"$$ \int p(x, z) g(x) \, dx = \int g(z) p(x, z) \, dz $$") == "undecided"
    tied = r"Assume that $$ t = x^2 $$ Then $$ \int t \mathcal{N}(x; a, s) \, dx = t $$"
    assert verdict(tied) == "undecided"


def test_conditions_on_the_variable_are_not_used_inside():
    assert verdict(r"Assume that $$ x = a $$ Then $$ \int_0^1 g(x) \, dx = \int_0^1 g(a) \, dx $$") == "undecided"
    assert verdict(r"Assume that $$ c = a $$ Then $$ \int_0^1 c g(x) \, dx = \int_0^1 a g(x) \, dx $$") == "holds"


def test_densities_that_were_written_before_lead_to_values():
    exponent = r"\exp(-\frac12 \beta^\top \Lambda \beta + \beta^\top m)"
    value = r"(2\pi)^{k/2} |\Lambda|^{-1/2} \exp(\frac12 m^\top \Lambda^{-1} m)"
    claim = rf"$$ \int_{{\mathbb{{R}}^k}} {exponent} \, d\beta = {value} $$"
    before = rf"$$ {exponent} = {value} \mathcal{{N}}(\beta; \Lambda^{{-1}} m, \Lambda^{{-1}}) $$ "
    assert verdict(before + claim) == "holds"
    assert verdict(claim) == "undecided"
    assert verdict(before + claim.replace(r"\frac12 m", "m")) == "undecided"


@pytest.mark.parametrize(
    ("relation", "code"),
    [(r"\int g(x) = a", "N103"), (r"\int g(a) \, dn = a", "U609"),
     (r"\iint g(x) \, dx = a", "N106"), (r"\int \beta \, dx = a", "N106")],
)  # fmt: skip
def test_what_is_no_integral_of_a_number(relation, code):
    assert last(f"$$ {relation} $$").code == code
