"""Γ, Γ_p, ψ and the densities that are known by name: what is true of them, what is false, and when they are others."""

import json

import pytest
from undeclared import answers

from derive.claims import check_record, judge_line
from derive.options import Options

A = [r"a \in \mathbb{R}_{>0}"]
FAMILY = [r"a_k \in \mathbb{R}_{>0}, k = 1, \dots, K"]
GAM = [r"y, a, b \in \mathbb{R}_{>0}"]
WISHART = [r"X, V \in \mathbb{S}_{++}^p", r"\nu \in \mathbb{R}_{>0}"]
NORMAL = [r"X, M \in \mathbb{R}^{n \times p}", r"U \in \mathbb{S}_{++}^n", r"V \in \mathbb{S}_{++}^p"]
STUDENT = [r"x, \mu \in \mathbb{R}^n", r"\Sigma \in \mathbb{S}_{++}^n", r"\nu \in \mathbb{R}_{>0}"]


def answer(claim, declare, given=()):
    record = {"declare": declare, "claim": claim, "given": list(given)}
    return check_record(json.dumps(record), Options(repair=False))


TRUE = [
    (r"\Gamma(a+1) = a \Gamma(a)", A),
    (r"\Gamma\left(a + \frac{5}{2}\right) = (a + 3/2) (a + 1/2) \Gamma[a + 1/2]", A),
    (r"\psi(a+1) = \psi(a) + \frac{1}{a}", A),
    (r"\psi''(a+1) = \psi''(a) + \frac{2}{a^3}", A),
    (r"\frac{d}{da} \ln\Gamma(a) = \psi(a)", A),
    (r"\Gamma'(a) = \Gamma(a) \psi(a)", A),
    (r"\frac{d^2}{da^2} \Gamma(a) = \Gamma(a) (\psi(a)^2 + \psi'(a))", A),
    (r"\ln \Gamma(a+1) = \ln a + \ln \Gamma(a)", A),
    (r"\Gamma(1/2) = \sqrt{\pi}", A),
    (r"\Gamma^2(a) = \Gamma(a) \Gamma(a)", A),
    (r"\prod_{k=1}^K \Gamma(a_k+1) = \prod_{k=1}^K a_k \Gamma(a_k)", FAMILY),
    # equations that no recurrence gives: real balls alone tell
    (r"\Gamma(a) \Gamma(a + 1/2) = 2^{1 - 2a} \sqrt{\pi} \Gamma(2a)", A),
    (r"\psi(2a) = \frac12 \psi(a) + \frac12 \psi(a + 1/2) + \ln 2", A),
    (r"\Gamma(a) \Gamma(1 - a) = \frac{\pi}{\sin(\pi a)}", A),
    # the multivariate function
    (r"\Gamma_1(a) = \Gamma(a)", A),
    (r"\Gamma_3(a) = \pi^{3/2} \Gamma(a) \Gamma(a - 1/2) \Gamma(a - 1)", A),
    (r"\Gamma_p(a + 1/2) = \Gamma_p(a) \frac{\Gamma(a + 1/2)}{\Gamma(a + (1 - p)/2)}", [*A, r"p \in \mathbb{N}"]),
    # densities
    (r"\mathrm{Gam}(y; a, b) = \frac{b^a}{\Gamma(a)} y^{a-1} \exp[-b y]", GAM),
    (r"\mathrm{Gam}(y \mid a + 1, b) = \frac{b y}{a} \mathrm{Gam}(y \mid a, b)", GAM),
    (r"\ln \mathrm{Gam}(y; a, b) = a \ln b - \ln\Gamma(a) + (a-1) \ln y - b y", GAM),
    (r"\frac{\partial}{\partial a} \ln \mathrm{Gam}(y; a, b) = \ln b - \psi(a) + \ln y", GAM),
    (
        r"\mathcal{W}(Y; A, a) = \mathrm{Gam}\left(Y; \frac{a}{2}, \frac12 A^{-1}\right)",
        [*A, r"Y, A \in \mathbb{S}_{++}^1"],
    ),
    (
        r"\ln \mathcal{W}(X \mid V, \nu) = \frac{\nu-p-1}{2} \ln|X| - \frac12 \mathrm{tr}(V^{-1} X)"
        r" - \frac{\nu p}{2} \ln 2 - \frac{\nu}{2} \ln|V| - \ln \Gamma_p\left(\frac{\nu}{2}\right)",
        WISHART,
    ),
    (r"\mathcal{MN}(X; 0, U, V) = \mathcal{MN}(X^\top; 0, V, U)", NORMAL),
    (r"t(x; 0, \Sigma, \nu) = t(-x; 0, \Sigma, \nu)", STUDENT),
    (
        r"t(x; \mu, \Sigma, \nu) = \sqrt{\frac{1}{(\nu\pi)^n |\Sigma|}} \frac{\Gamma([\nu+n]/2)}{\Gamma(\nu/2)}"
        r" \left[1 + \frac{1}{\nu} (x-\mu)^\top \Sigma^{-1} (x-\mu)\right]^{-(\nu+n)/2}",
        STUDENT,
    ),
]
FALSE = [
    (r"\Gamma(a+1) = (a+1) \Gamma(a)", A),
    (r"\Gamma(a + 1/3) = \Gamma(a)", A),
    (r"\Gamma(5) = 120", A),
    (r"\psi(a+1) = \psi(a) - \frac{1}{a}", A),
    (r"\frac{d}{da} \Gamma(a) = \psi(a)", A),
    (r"\psi(2a) = \psi(a) + \psi(a + 1/2)", A),
    (r"\Gamma(a) \Gamma(a + 1/2) = 2^{2a - 1} \sqrt{\pi} \Gamma(2a)", A),
    (r"\Gamma_2(a) = \Gamma(a) \Gamma(a - 1/2)", A),
    (r"\mathrm{Gam}(y; a, b) = \frac{b^a}{\Gamma(a)} y^{a} \exp[-b y]", GAM),
    (r"\mathrm{Gam}(y; a, b) = \mathrm{Gam}(y; b, a)", GAM),
    (r"\frac{\partial}{\partial a} \ln \mathrm{Gam}(y; a, b) = \ln b + \psi(a) + \ln y", GAM),
    (r"t(x; \mu, \Sigma, \nu) = t(2x; 2\mu, 2\Sigma, \nu)", STUDENT),
]


@pytest.mark.parametrize(("claim", "declare"), TRUE, ids=[claim[:40] for claim, _ in TRUE])
def test_true_claims(claim, declare):
    assert answer(claim, declare)["verdict"] in ("proved", "holds")


@pytest.mark.parametrize(("claim", "declare"), FALSE, ids=[claim[:40] for claim, _ in FALSE])
def test_false_claims_are_refuted_at_a_real_point(claim, declare):
    found = answer(claim, declare)
    assert found["verdict"] == "refuted"
    assert found["counterexample"]["lhs"] != found["counterexample"]["rhs"]


@pytest.mark.parametrize(
    ("covariances", "verdict"),
    [
        (r"V \otimes U", {"proved", "holds"}),
        pytest.param(r"U \otimes V", {"refuted"}, marks=pytest.mark.slow),
    ],
)
def test_the_matrix_normal_density_is_that_of_the_stacked_columns(covariances, verdict):
    claim = rf"\mathcal{{MN}}(X; M, U, V) = \mathcal{{N}}(\mathrm{{vec}}(X); \mathrm{{vec}}(M), {covariances})"
    assert answer(claim, NORMAL)["verdict"] in verdict


@pytest.mark.parametrize(
    ("claim", "declare"),
    [
        (r"\Gamma(a + 1) x = \Gamma x + a \Gamma x", [r"\Gamma \in \mathbb{R}^{n \times n}"]),
        (r"\psi(a) x = a \psi x", [r"\psi \in \mathbb{R}^{n \times n}"]),
        (r"t(a + 1) = t a + t", [r"t \in \mathbb{R}"]),
        (r"\psi(a + 1) = \psi(1 + a)", [r"\psi : \mathbb{R} \to \mathbb{R}"]),
    ],
)
def test_a_declared_name_keeps_its_meaning(claim, declare):
    assert answer(claim, [*A, r"x \in \mathbb{R}^n", *declare])["verdict"] == "proved"


def test_a_declared_function_has_no_recurrence():
    found = answer(r"\psi(a+1) = \psi(a) + \frac{1}{a}", [*A, r"\psi : \mathbb{R} \to \mathbb{R}"])
    assert found["verdict"] == "refuted"


def test_a_defined_function_keeps_its_meaning():
    found = answer(r"\psi(a+1) = \psi(a) + 2a + 1", A, [r"\psi(a) = a^2"])
    assert found["verdict"] in ("proved", "holds")
    found = answer(r"t(a; 1, 2, 3) = 6a", A, [r"t(x; u, v, w) := u v w x"])
    assert found["verdict"] in ("proved", "holds")


def test_a_value_of_gamma_is_a_condition_and_no_definition():
    assert answer(r"\Gamma(a+1) = 2 a", A, [r"\Gamma(a) = 2"])["verdict"] != "refuted"


@pytest.mark.parametrize(
    ("claim", "declare", "code"),
    [
        (r"\Gamma = \Gamma^\top", A, "N105"),
        (r"\Gamma(x) = \Gamma(x)", [r"x \in \mathbb{R}^n"], "N105"),  # of no number
        (r"\Gamma^{-1}(a) = a", A, "N106"),  # the inverse function, perhaps
        (r"t(a; a, a, a) = a", A, "N105"),  # of numbers: the third may be a variance or its root
        (r"\mathrm{Gam}(a, a, a) = a", A, "N105"),
        (r"\mathrm{Gam}(y; a) = a", [*A, r"y \in \mathbb{R}"], "N105"),
        (r"\mathcal{W}^{-1}(X; V, \nu) = a", [*A, *WISHART], "N105"),  # the inverse Wishart density
        (r"\mathrm{Gam}(x; a, a) = a", [*A, r"x \in \mathbb{R}^n"], "N105"),
        (r"\mathcal{W}(a; a, a) = a", A, "N105"),  # of numbers: the Weibull density, perhaps
        (r"\mathrm{MN}(a; a, a, a) = a", A, "N105"),
        (r"\Gamma(a) = \Gamma(-a)^\top", A, "N105"),  # an autocovariance, perhaps
    ],
)
def test_what_is_not_known_is_unread(claim, declare, code):
    found = answer(claim, declare)
    assert (found["verdict"], found["code"]) == ("unread", code)


def test_a_density_has_no_value_outside_its_support():
    """The formula with |y| differs from the density for y < 0 alone, where the density is another formula."""
    declared = [r"y \in \mathbb{R}", r"b \in \mathbb{R}_{>0}"]
    found = answer(r"\mathrm{Gam}(y; 3, b) = \frac{b^3}{2} |y|^2 \exp[-b |y|]", declared)
    assert found["verdict"] != "refuted"


def test_poles_are_no_points():
    assert answer(r"\Gamma(-2) = 0", A)["verdict"] == "undecided"


@pytest.mark.parametrize(
    ("claim", "declare", "words"),
    [
        (r"\psi(a + 1) = \psi(a) + \frac1a", A, "digamma"),
        (r"\mathrm{Gam}(y; a, b) = \mathrm{Gam}(y; a, b)", GAM, "shape a and rate b"),
    ],
)
def test_a_reading_is_reported(claim, declare, words):
    record = json.dumps({"declare": declare, "claim": claim})
    (report,) = judge_line(record, Options(repair=False))
    assert any(words in note for note in report.judgement.notes)


def verdicts(text):
    return [report.judgement.verdict.value for report in answers("text.md", text).values()]


def test_psi_is_the_digamma_function_only_where_a_document_speaks_of_gamma_functions():
    lines = [r"Let $a \in \mathbb{R}_{>0}$.", r"$$\psi(a + 1) = \psi(a) + \frac{1}{a}$$"]
    assert verdicts("\n\n".join(lines)) == ["unread"]
    assert verdicts("\n\n".join([*lines, "Here ψ is the digamma function."])) == ["holds"]
    assert verdicts("\n\n".join([*lines, r"$$\Gamma(a + 1) = a \Gamma(a)$$"])) == ["holds", "holds"]


def test_a_document_without_declarations_has_its_densities_read():
    lines = [
        r"Let $y \sim \mathrm{Gam}(a, b)$. The density is",
        r"$$p(y) = \mathrm{Gam}(y; a, b)$$",
        r"and its logarithm",
        r"$$\ln p(y) = a \ln b - \ln \Gamma(a) + (a - 1) \ln y - b y$$",
        r"is differentiated by the shape:",
        r"$$\frac{\partial}{\partial a} \ln p(y) = \ln b - \psi(a) + \ln y$$",
        r"$$\frac{\partial}{\partial a} \ln p(y) = \ln b + \psi(a) + \ln y$$",
    ]
    assert verdicts("\n\n".join(lines)) == ["definition", "proved", "proved", "refuted"]


def test_what_a_document_defines_is_its_own():
    lines = [
        r"Let $x, a \in \mathbb{R}_{>0}$ and $\theta \in \mathbb{R}$.",
        r"$$\mathrm{Gam}(x; a, \theta) := x^{a - 1} e^{-x / \theta}$$",  # with a scale, and not normalised
        r"$$\mathrm{Gam}(x; 2, \theta) = x e^{-x / \theta}$$",
    ]
    assert verdicts("\n\n".join(lines)) == ["definition", "proved"]
