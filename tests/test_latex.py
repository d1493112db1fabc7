"""LaTeX of expressions: as short as precedence allows, and read again it means the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_oracle import TermOracle, Undefined

from derive.encode import Encoder
from derive.latex import latex
from derive.problem import Problem

DECLARED = (
    r"A, B, D \in \mathbb{R}^{n \times n}", r"C \in \mathbb{R}^{m \times n}", r"S \in \mathbb{S}^n",
    r"P \in \mathbb{S}_{++}^n", r"x, y \in \mathbb{R}^n", r"z \in \mathbb{R}^m", r"a, b, c \in \mathbb{R}_{>0}",
    r"p \in \mathbb{N}", r"f : \mathbb{R} \to \mathbb{R}", r"\Phi : \mathbb{R} \to \mathbb{S}_{++}^n",
    r"\mu_k \in \mathbb{R}^n, k = 1, \dots, K", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^n, k = 1, \dots, K", r"r_{ik} \in \mathbb{R}, i = 1, \dots, n, k = 1, \dots, K",
    r"\hat{\beta} \in \mathbb{R}^n", r"\mathbf{u} \in \mathbb{R}^n", r"x^* \in \mathbb{R}^n",
    r"W_{xh} \in \mathbb{R}^{n \times n}", r"v^{(i)} \in \mathbb{R}^n, i = 1, \dots, n", r"d_1 \in \mathbb{R}^n",
    r"g_\alpha \in \mathbb{R}^n, \alpha = 1, \dots, K",
    r"h_{\alpha k} \in \mathbb{R}, \alpha = 1, \dots, n, k = 1, \dots, K",
)  # fmt: skip

LARGE = 1e6
"""Values that are larger come from a division by nearly zero."""


def values(problem, expr):
    """Return the values of an expression at a few points."""
    free = tuple(problem.scope.ranges.items())
    encoder = Encoder(problem.scope, free)
    term = encoder.encode(expr)
    found = []
    for seed in range(4):
        try:
            found.append(TermOracle(encoder.facts, seed).value(term))
        except Undefined:
            found.append(None)
    return found


def compared(text):
    """Return at how many points what is printed has the value of what was read."""
    problem = Problem(DECLARED)
    expr = problem.expr(text)
    printed = latex(expr)
    points = 0
    for old, new in zip(values(problem, expr), values(problem, problem.expr(printed)), strict=True):
        if old is not None and new is not None and np.max(np.abs(old)) < LARGE:
            assert np.shape(old) == np.shape(new) and np.allclose(old, new, rtol=1e-6), printed
            points += 1
    return points


# Formulas in which each bracket matters, and what is written in a way of its own.
FORMULAS = r"""
x^\top A x | 2 A^{-\top} x | -(A + B) x | A (B - A) | (A B)^{-1} | (A^\top B)^\top | (A^\top)^{-1} | (A^\top)^2
(A + B)^2 | A^{-2} | (P^p)^\top | \frac{a + b}{c} x | \frac{1}{a^2} | \frac{1}{\sqrt{a}} | \sqrt{x^\top x} | \|x\|^3
\|C\|_F^3 | \frac{x}{\|x\|} | \operatorname{tr}(A^\top A)^{1/2} | \operatorname{tr}(A^\top A)^{3/2} | (x^\top x)^{-3/2}
\|x - y\|_1^2 | (a + b)^2 | (-a)^2 | -a^2 | (a^2)^3 | a^{b + c} | a^{b^c} | (a^b)^c | e^{a + b} | (e^a)^2
e^{-x^\top x} | a - (b - c) | a (b - c) | -(a - b) | a - (-b) | (-a) (-b) | a (-b) | 2 \cdot 3 a | a \cdot 2 | a 2^b
2^a | \left(\frac{1}{2}\right)^a | \frac{2}{3} a | -\frac{a}{b} - c | \frac{a}{\frac{b}{c}} | a / b / c | a (b / c)
\frac{-a}{b} | a + (-2) b | -2 x + y | A + (-B) | -(-A) | (-A)^\top | (-A)^{-1} | (a A)^\top | (2 A)^2
\frac{a b}{c} x^\top y | (x^\top y) z | a (x^\top y) C | \frac{x y^\top}{x^\top y} | (x^\top A x)^2 | (x^\top A x)^{-1}
\sqrt{x^\top P x} | \operatorname{tr}(A)^2 | \operatorname{tr}(A + B) x | |A|^2 | |A^{-1}| | |a|
\left| |a| - 1 \right| | \log|P| | (\log a)^2 | \log(a) b | \log(a b) | \log(1 + \exp(a)) | \exp(A) | A \odot B + A
(A \odot B) x | A (A \odot B) | A \odot (A B) | (A \odot B) \odot S | (A + B) \odot S | (A \odot B)^\top | -(A \odot B)
A - A \odot B | (A \otimes B)^{-1} | (A \otimes B) \operatorname{vec}(S) | A \otimes (B + S) | A B \otimes S
(A \odot B) \otimes S | (A \otimes B) \odot (B \otimes A) | \operatorname{vec}(A)^\top \operatorname{vec}(B)
\operatorname{diag}(x) A | \operatorname{diag}(\operatorname{diag}(A)) | x_i | x_1 | x_i^2 | A_{ij} | A_{12} | A_{ij}^2
(A^2)_{ij} | (A B)_{ij} | (A + B)_{ij} | (A^{-1})_{ij} | A^{-1}_{ij} | (a A)_{ij} | ((A B)^\top)_{ij} | (A x)_i (A x)_j
\mu_k^\top \mu_k | (\mu_k)_i^2 | \Sigma_k^{-1} \mu_k | r_{ik}^2 | g_\alpha | \delta_{ij} | \sum_{k=1}^K \pi_k \mu_k
\sum_{k=1}^K (\mu_k - x) | \left(\sum_{k=1}^K \pi_k\right)^2 | \sum_{k=1}^K \pi_k^2 | \sum_{j < k} \pi_j
\left(\sum_{k=1}^K \pi_k\right) \pi_k | \pi_k \sum_{j=1}^K \pi_j | \left(\sum_{k=1}^K \pi_k\right) + a
a - \sum_{k=1}^K \pi_k | \frac{\pi_k}{\sum_{j=1}^K \pi_j} | \sum_{j \ne k} \pi_j | \prod_{k=1}^K \pi_k
(\prod_{k=1}^K \pi_k)^2 | \prod_{k=1}^K (\pi_k + a) | (\prod_{k=1}^K \pi_k) a | \prod_{k=1}^K \pi_k^{r_{ik}}
\sum_{i=1}^n \sum_{k=1}^K r_{ik} | \sum_{k=1}^K (-\pi_k) | \log \prod_{k=1}^K \pi_k
(\sum_{k=1}^K \mu_k) (\sum_{k=1}^K \mu_k)^\top | \sum_{k=1}^K (\Sigma_k \odot A) | \sum_{i=1}^n A_{ii}
\sum_{i=2}^n x_i y_i | \mathcal{N}(x \mid \mu_k, \Sigma_k) | \mathcal{N}(x \mid y, a P)^2 | f(a)^2 | f(a) b
f''(a + b) | f(A x) | f'(x) \odot y | f(f(a)) | \Phi(a)^{-1} | \Phi'(a + b)^\top | x^\top \Phi(a) x | \Phi(a)_{ij}
\operatorname{softmax}(A x) | \sigma(a)^2 | \operatorname{relu}(a) | \begin{pmatrix} A & x \\ y^\top & a \end{pmatrix}
\begin{pmatrix} A & B \\ S & D \end{pmatrix}^{-1} | \begin{pmatrix} a + b & -c \end{pmatrix} | \pi a | 2 \pi | e^e
(2 \pi)^{-n/2} | \frac{n}{2} \log(2 \pi) | \mathbf{1}^\top A \mathbf{1} | A + a I | \hat{\beta}^\top x
\mathbf{u}^\top x^* | W_{xh} x | \frac{\partial (x^\top A x)}{\partial x} | \frac{\partial (A x)}{\partial x^\top}
\frac{\partial a^2}{\partial a} b
"""
TEXTS = [text.strip() for text in FORMULAS.replace("\n", " | ").split(" | ") if text.strip()]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_printed_is_read_again(text):
    assert compared(text)


DELICATE = {
    "a sum over an index takes in the array beside it": r"\left(\sum_{k=1}^K \pi_k\right) \mu_k",
    "a product over an index takes in the array beside it": r"\left(\prod_{k=1}^K \pi_k\right) x",
    "the upper index of a family is printed as a lower one": r"x^\top v^{(i)}",
    "a symbol that begins with d is printed as a differential": r"x^\top d_1",
    "a letter that is a command runs into the index after it (member)": r"h_{\alpha k}",
    "a letter that is a command runs into the index after it (entry)": r"A_{\alpha j}",
}


@pytest.mark.parametrize("text", DELICATE.values(), ids=DELICATE)
def test_what_is_easily_printed_wrong_reads_back(text):
    assert compared(text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (r"((x)^\top (A) (x))", r"x^\top A x"),
        (r"(A^{-1})^\top", r"A^{-\top}"),
        (r"(a) (b + c)", r"a \left( b + c \right)"),
        (r"(a b) + c", "a b + c"),
        (r"(A B) + (B A)", "A B + B A"),
        (r"-(-a)", r"-\left( -a \right)"),
        (r"a + (-b)", "a - b"),
        (r"\log(\det(A))", r"\log\left( \det\left( A \right) \right)"),
        (r"\frac{1}{2} a", r"\frac{a}{2}"),
        (r"\sqrt{x^\top x}", r"\left\| x \right\|"),
        (r"\sum_{k=1}^K (\pi_k)", r"\sum_{k=1}^{K} \pi_{k}"),
        (r"A_{i,j}", "A_{ij}"),
        (r"A_{10,j}", "A_{10, j}"),
    ],
)
def test_brackets_stand_only_where_they_matter(text, printed):
    assert latex(Problem(DECLARED).expr(text)) == printed


SCALARS, ARRAYS, COLUMNS = st.sampled_from("abc"), st.sampled_from("ABSP"), st.sampled_from("xy")


def larger(children):
    """Return strategies for larger formulas (scalars, square matrices, columns), every part in brackets."""
    s, m, v = (each.map(lambda text: f"({text})") for each in children)
    two = {kind: st.tuples(each, each) for kind, each in (("s", s), ("m", m), ("v", v))}
    scalars = st.one_of(
        *(two["s"].map(pattern.__mod__) for pattern in ("%s + %s", "%s - %s", "%s %s", r"\frac{%s}{%s}")),
        *(s.map(pattern.__mod__) for pattern in ("-%s", "%s^2", "%s^{-1}", r"\exp%s", r"|%s|")),
        *(m.map(pattern.__mod__) for pattern in (r"\operatorname{tr}%s", r"\det%s")),
        st.tuples(v, m, v).map(r"%s^\top %s %s".__mod__),
    )
    arrays = st.one_of(
        *(two["m"].map(pattern.__mod__) for pattern in ("%s + %s", "%s - %s", "%s %s", r"%s \odot %s")),
        *(m.map(pattern.__mod__) for pattern in ("-%s", "%s^2", "%s^{-1}", r"%s^\top")),
        st.tuples(s, m).map("%s %s".__mod__),
        two["v"].map(r"%s %s^\top".__mod__),
    )
    columns = st.one_of(
        *(two["v"].map(pattern.__mod__) for pattern in ("%s + %s", "%s - %s", r"%s \odot %s")),
        *(st.tuples(each, v).map("%s %s".__mod__) for each in (s, m)),
        st.tuples(v, s).map(r"\frac{%s}{%s}".__mod__),
    )
    return scalars, arrays, columns


def formulas():
    level = SCALARS, ARRAYS, COLUMNS
    for _ in range(3):
        level = tuple(old | new for old, new in zip(level, larger(level), strict=True))
    return st.one_of(*level)


@settings(deadline=None, max_examples=120)
@given(formulas())
def test_brackets_that_are_left_out_do_not_matter(text):
    compared(text)


@pytest.mark.parametrize(
    "text",
    [r"\Gamma(a)", r"\Gamma'(a + b)", r"\psi''(a) \Gamma(b)^2", r"\ln\Gamma(a)", r"\mathrm{Gam}(a; b, c)"],
)
def test_known_functions_are_read_again(text):
    problem = Problem(DECLARED)
    first = problem.expr(text)
    again = latex(problem.expr(latex(first)))
    assert again == latex(first)
