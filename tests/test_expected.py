"""Integrals of densities times polynomials, against numerical integrals."""

import mpmath
import pytest

from derive import check

DECLARED = r"""Let $x, m, k \in \mathbb{R}$, $v, w \in \mathbb{R}_{>0}$, $y, a, b \in \mathbb{R}_{>0}$.
Let $t, \mu, \nu \in \mathbb{R}^n$, $S, T \in \mathbb{S}_{++}^n$, $A \in \mathbb{R}^{n \times n}$.

"""
LINE, HALF = r"\int_{-\infty}^{\infty}", r"\int_0^\infty"
NORMAL, GAMMA = r"\mathcal{N}(x; m, v)", r"\mathrm{Gam}(y; a, b)"


def verdict(claim):
    return check(f"{DECLARED}$${claim}$$\n").relations[-1].judgement.verdict.value


@pytest.mark.parametrize(
    "claim",
    [
        rf"{LINE} x {NORMAL} \, dx = m",
        rf"{LINE} {NORMAL} (x - k)^2 \, dx = v + (m - k)^2",
        rf"{LINE} {NORMAL} \ln {NORMAL} \, dx = -\frac{{1}}{{2}} \ln(2 \pi v) - \frac{{1}}{{2}}",
        rf"{LINE} {NORMAL} \ln \frac{{{NORMAL}}}{{\mathcal{{N}}(x; k, w)}} \, dx = "
        r"\frac{1}{2} \left( \frac{(m - k)^2}{w} + \frac{v}{w} - \ln \frac{v}{w} - 1 \right)",
        rf"{HALF} y \, {GAMMA} \, dy = \frac{{a}}{{b}}",
        rf"{HALF} y^2 \, {GAMMA} \, dy = \frac{{a (a + 1)}}{{b^2}}",
        rf"{HALF} \ln(y) \, {GAMMA} \, dy = \psi(a) - \ln b",
        r"\int_{\mathbb{R}^n} t^\top A t \, \mathcal{N}(t; \mu, S) \, dt = \mu^\top A \mu + \mathrm{tr}(A S)",
        r"\int_{\mathbb{R}^n} \mathcal{N}(t; \mu, S) (t - \nu)^\top T^{-1} (t - \nu) \, dt = "
        r"\mathrm{tr}(T^{-1} S) + (\mu - \nu)^\top T^{-1} (\mu - \nu)",
    ],
)
def test_true_integrals_hold(claim):
    assert verdict(claim) == "holds"


@pytest.mark.parametrize(
    "claim",
    [
        rf"{LINE} x {NORMAL} \, dx = v",
        rf"{LINE} {NORMAL} (x - k)^2 \, dx = v",
        rf"{LINE} {NORMAL} \ln {NORMAL} \, dx = -\frac{{1}}{{2}} \ln(2 \pi v)",
        rf"{HALF} y \, {GAMMA} \, dy = \frac{{b}}{{a}}",
        rf"{HALF} \ln(y) \, {GAMMA} \, dy = \ln \frac{{a}}{{b}}",
        rf"{HALF} x {NORMAL} \, dx = m",  # not over the whole line
        rf"{LINE} x^3 {NORMAL} \, dx = m^3",
        r"\int_{\mathbb{R}^n} t^\top A t \, \mathcal{N}(t; \mu, S) \, dt = \mu^\top A \mu",
    ],
)
def test_what_is_wrong_or_not_known_is_open(claim):
    assert verdict(claim) == "undecided"


def test_the_oracle_agrees():
    m, v, k, w = 0.3, 1.7, -0.4, 0.8

    def divergence(x):
        p = mpmath.npdf(x, m, mpmath.sqrt(v))
        return p * mpmath.log(p / mpmath.npdf(x, k, mpmath.sqrt(w)))

    expected = ((m - k) ** 2 / w + v / w - mpmath.log(v / w) - 1) / 2
    assert mpmath.almosteq(mpmath.quad(divergence, [-15, -5, 0, 5, 15]), expected, 1e-8)


@pytest.mark.parametrize("between", [r"p(x, k)", r"g(x)"])
def test_what_may_depend_on_the_variable_is_no_constant(between):
    known = r"$$ g(x) = h(x) $$ " if between.startswith("g") else ""
    claim = rf"{LINE} {NORMAL} {between} \, dx = {between}"
    found = check(f"{DECLARED}Let $h : \\mathbb{{R}} \\to \\mathbb{{R}}$. {known}$${claim}$$\n")
    assert found.relations[-1].judgement.verdict.value not in ("proved", "holds")


def test_a_density_of_what_is_averaged_is_no_constant():
    text = DECLARED + r"$$ p(x) = \mathcal{N}(x; m, v) $$ $$ \left\langle q(x, k) \right\rangle_{p(x)} = q(x, k) $$"
    assert check(text).relations[-1].judgement.verdict.value not in ("proved", "holds")
