"""Derivations: gradients, Jacobians and Hessians by any variable, their proof, and what stands in the way."""

import dataclasses

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol
from term_oracle import TermOracle

from derive.certificate import replay
from derive.derivation import NotDerived, gradient, hessian, jacobian
from derive.kernel import Rejected
from derive.problem import Problem
from derive.term import make, number

DECLARED = (
    r"A, B \in \mathbb{R}^{n \times n}", r"C \in \mathbb{R}^{m \times n}", r"S \in \mathbb{S}^n",
    r"P \in \mathbb{S}_{++}^n", r"Q \in \mathrm{O}(n)", r"G \in \mathrm{GL}(n)", r"x, y \in \mathbb{R}^n",
    r"a, b \in \mathbb{R}", r"\sigma \in \mathbb{R}_{>0}", r"f : \mathbb{R} \to \mathbb{R}",
    r"\Phi : \mathbb{R} \to \mathbb{S}_{++}^n",
    r"\mu_k \in \mathbb{R}^n, k = 1, \dots, K", r"r_{ik} \in \mathbb{R}, i = 1, \dots, N, k = 1, \dots, K",
)  # fmt: skip
KINDS = {"gradient": gradient, "jacobian": jacobian, "hessian": hessian}


def derived(of, wrt, kind="gradient", given=(), **more):
    problem = Problem(DECLARED, given)
    variable = problem.expr(wrt)
    return KINDS[kind](problem.expr(of), variable, problem.scope, **more)


TRACE = r"\operatorname{tr}\left( \Phi(a)^{-1} \Phi'(a) \right)"
# What is known from the tables of Magnus and Neudecker, or from calculus of one variable.
TABLE = (
    (r"x^\top y", "x", "gradient", "y"),
    (r"x^\top x", "x", "gradient", "2 x"),
    (r"x^\top S x", "x", "gradient", "2 S x"),
    (r"x^\top A x", "x", "hessian", r"A + A^\top"),
    (r"\operatorname{tr}(A B)", "A", "gradient", r"B^\top"),
    (r"\operatorname{tr}(A^\top B)", "A", "gradient", "B"),
    (r"x^\top A y", "A", "gradient", r"x y^\top"),
    (r"\log |G|", "G", "gradient", r"G^{-\top}"),
    (r"\det G", "G", "gradient", r"\det\left( G \right) G^{-\top}"),
    (r"\operatorname{tr} G^{-1}", "G", "gradient", r"-G^{-\top} G^{-\top}"),
    (r"\mathbf{1}^\top f(x)", "x", "gradient", r"f'\left( x \right)"),
    ("C x", "x", "jacobian", "C"),
    (r"f(x)", "x", "jacobian", r"\operatorname{diag}\left( f'\left( x \right) \right)"),
    (r"A B", "B", "jacobian", r"I \otimes A"),
    (r"C^\top", "C", "jacobian", r"K_{m, n}"),
    (r"x", "x", "jacobian", "I"),
    (r"x^\top y", "x", "jacobian", r"y^\top"),
    (r"x^\top x", "x", "hessian", "2 I"),
    (r"y^\top x", "x", "hessian", "0"),
    (r"x^\top x", "y", "gradient", "0"),
    # a scalar parameter, a power of one
    ("a^3 + b", "a", "gradient", "3 a^{2}"),
    (r"\exp(2 a)", "a", "hessian", r"4 \exp\left( 2 a \right)"),
    ("a x", "a", "jacobian", "x"),
    (r"\Phi(a) y", "a", "jacobian", r"\Phi'(a) y"),
    (r"\log |\Phi(a)|", "a", "gradient", TRACE),
    (r"\sigma^4", r"\sigma^2", "gradient", r"2 \sigma^{2}"),
    (r"\log \sigma", r"\sigma^2", "gradient", r"\frac{1}{2 \sigma^{2}}"),
    (r"\frac{1}{\sigma^2}", r"\sigma^2", "gradient", r"-\frac{1}{\sigma^{4}}"),
    (r"\sigma^4", r"\sigma^2", "hessian", "2"),
    # members, entries and inverses
    (r"\sum_{k=1}^K \mu_k^\top x", r"\mu_k", "gradient", "x"),
    (r"\sum_{k=1}^K \mu_k^\top \mu_k", r"\mu_j", "gradient", r"2 \mu_{j}"),
    (r"\sum_{i=1}^N \sum_{k=1}^K r_{ik}^2", r"r_{ik}", "gradient", "2 r_{ik}"),
    (r"x^\top x", "x_i", "gradient", "2 x_{i}"),
    (r"\operatorname{tr}(G^{-1} B)", "G^{-1}", "gradient", r"B^\top"),
    # structured matrices: the unconstrained gradient at a structured point
    (r"\log |P|", "P", "gradient", "P^{-1}"),
    (r"\operatorname{tr}(Q B)", "Q", "gradient", r"B^\top"),
    (r"\operatorname{tr}(S S)", "S", "gradient", "2 S"),
)  # fmt: skip


@pytest.mark.parametrize(("of", "wrt", "kind", "known"), TABLE)
def test_known_derivatives(of, wrt, kind, known):
    found = derived(of, wrt, kind)
    assert (found.kind, found.latex) == (kind, known)
    replay(found.certificate)


@pytest.mark.parametrize(
    ("of", "wrt", "kind"),
    [
        (r"\frac{x^\top S x}{x^\top x}", "x", "gradient"),
        (r"\log(1 + \exp(y^\top x))", "x", "hessian"),
        (r"\operatorname{tr}(A G^{-1} B)", "G", "gradient"),
        (r"G^{-1} x", "G", "jacobian"),
        (r"\operatorname{tr}(A B)", "A_{ij}", "gradient"),
        (r"x^\top \Phi(a)^{-1} x", "a", "gradient"),
    ],
)
def test_derivatives_agree_with_central_differences(of, wrt, kind):
    certificate = derived(of, wrt, kind).certificate
    for seed in (1, 2):
        oracle = TermOracle(certificate.facts, seed)
        oracle.indices = {"i": 1, "j": 2}
        left, right = oracle.value(certificate.lhs), oracle.value(certificate.rhs)
        assert np.max(np.abs(left - right)) <= 1e-3 * (1 + np.max(np.abs(left)))


@pytest.mark.parametrize("name", ["S", "P"])
def test_the_constrained_derivative(name):
    found = derived(rf"\operatorname{{tr}}(B {name})", name, symmetric=True)
    oracle = TermOracle(found.certificate.facts, seed=1)
    b = oracle.value(make("M", "B", *found.certificate.rhs.shape))
    assert abs(oracle.value(found.certificate.rhs) - (b + b.T - np.diag(np.diag(b)))).max() < 1e-9
    assert derived(r"\operatorname{tr}(B A)", "A", symmetric=True).latex == r"B^\top"  # A is not symmetric


def test_steps():
    found = derived(r"\log |G|", "G")
    assert [step.rule for step in found.steps] == ["differential-of-log", "jacobi-formula", "identification"]
    assert found.steps[0].latex == (
        r"\mathrm{d}\left( \log\left( \det\left( G \right) \right) \right) = "
        r"\frac{\mathrm{d}\left( \det\left( G \right) \right)}{\det\left( G \right)}"
    )
    assert found.steps[-1].latex == r"\frac{\partial}{\partial G} \log\left( \det\left( G \right) \right) = G^{-\top}"
    assert found._repr_latex_() == r"$\displaystyle G^{-\top}$"


def test_a_certificate_is_for_its_result():
    certificate = derived(r"x^\top A x", "x").certificate
    twice = make(".", number(2), certificate.rhs)
    with pytest.raises(Rejected):
        replay(dataclasses.replace(certificate, rhs=twice))


def test_definitions_are_differentiated_through():
    assert derived("q^2", "x", given=[r"q = x^\top x"]).latex == r"4 \left( x^\top x \right) x"
    assert derived(r"\|v\|^2", "x", given=["v = C x"]).latex == r"2 C^\top C x"


def test_without_a_scope_nothing_is_known_of_the_symbols():
    n = Symbol("n")
    A, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    assert str(gradient(x.T * A * x, x)) == "(A + Aᵀ) x"
    assert str(jacobian(A * x, x)) == "A"


@pytest.mark.parametrize(
    ("of", "wrt", "kind", "reason"),
    [
        (r"\|x\|_1", "x", "gradient", "no rule differentiates ‖x‖₁"),
        (r"\prod_{k=1}^K r_{ik}", "r_{ik}", "gradient", "no rule differentiates Π_(k=1..K) r_ik"),
        ("C x", "x", "gradient", "use a Jacobian"),
        ("C x", "x", "hessian", "use a Jacobian"),
        (r"\operatorname{tr}(P^{1/2})", "P", "gradient", "a root of a matrix"),
        (r"x^\top x", "A x", "gradient", "a derivative by MatMul"),
        (r"x^\top x", r"x^\top x", "gradient", "a derivative by"),
    ],
)
def test_what_stands_in_the_way_is_named(of, wrt, kind, reason):
    with pytest.raises(NotDerived, match=reason.replace("(", r"\(").replace(")", r"\)").replace("..", r"\.\.")):
        derived(of, wrt, kind)
