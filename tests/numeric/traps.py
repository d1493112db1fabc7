"""Functions and points at which a formula, computed word for word in doubles, fails.

A trap is a derivation record, the arguments by their LaTeX, and the same function in mpmath, of the arguments in their
order; `high_precision.derivative` differentiates that in 1500 digits. Where a determinant of 400 rows leaves no hope of
this, the derivative stands there as a closed form.
"""

from dataclasses import dataclass, field
from typing import Any

import high_precision as hp
import numpy as np
from mpmath import mp

RNG = np.random.default_rng(20)


@dataclass
class Trap:
    id: str
    declare: list[str]
    of: str
    wrt: str
    values: dict[str, Any]
    f: Any = None
    kind: str = "gradient"
    rtol: float = 1e-10
    wanted: Any = None
    atol: float = 0.0
    given: list[str] = field(default_factory=list)

    @property
    def record(self):
        parts = {"id": self.id, "declare": self.declare, "given": self.given}
        return {**parts, "of": self.of, "wrt": self.wrt, "kind": self.kind}

    def expected(self):
        if self.wanted is not None:
            return self.wanted
        return hp.derivative(self.f, self.values, self.wrt, self.kind)


def vectors(*names, size="n"):
    return [rf"{name} \in \mathbb{{R}}^{size}" for name in names]


def scalars(*names):
    return [rf"{name} \in \mathbb{{R}}" for name in names]


def positive(*names, size=""):
    return [rf"{name} \in \mathbb{{R}}_{{>0}}{size}" for name in names]


def conditioned(condition, size=4):
    """Return a symmetric positive definite matrix of a condition."""
    turn = np.linalg.qr(RNG.normal(size=(size, size)))[0]
    made = (turn * np.geomspace(1, 1 / condition, size)) @ turn.T
    return (made + made.T) / 2


X, XN, XP = scalars("x"), vectors("x"), positive("x")
GL = [r"X \in \mathrm{GL}(n)"]
PD = [r"S \in \mathbb{S}_{++}^n"]
FAR = np.array([800.0, 799.0, -800.0, 797.5])
LOW = FAR - 1600
SAMPLES = [r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"w \in \mathbb{R}^D", r"t_n \in \mathbb{R}, n = 1, \dots, N"]
POINTS = np.array([[400.0, 0.0], [-400.0, 10.0], [1.0, 1.0]])
LABELS = np.array([1.0, 0.0, 1.0])
MIX = [
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
]  # fmt: skip
MIXTURE = {
    "x_n": np.array([[0.0, 60.0], [3.0, -61.0], [1.0, 0.5]]), r"\mu_k": np.array([[0.0, 0.0], [3.0, 0.1]]),
    r"\Sigma_k": np.array([np.eye(2), [[1.0, 0.3], [0.3, 2.0]]]), r"\pi_k": np.array([0.4, 0.6]),
}  # fmt: skip
WIDE = 400


def tile(diagonal):
    return np.diag(np.resize(diagonal, WIDE))


def mixture(x, mu, sigma, pi):
    return sum(mp.log(sum(p * hp.gaussian(each, m, s) for p, m, s in zip(pi, mu, sigma, strict=True))) for each in x)


EXPONENTS = [
    Trap("lse", XN, r"\log \sum_{i=1}^n e^{x_i}", "x", {"x": FAR}, lambda x: mp.log(hp.exp(x).sum())),
    Trap("lse-low", XN, r"\log \sum_{i=1}^n \exp(x_i)", "x", {"x": LOW}, lambda x: mp.log(hp.exp(x).sum())),
    Trap("lse-ones", XN, r"\ln(\mathbf{1}^\top \exp(x))", "x", {"x": FAR}, lambda x: mp.log(hp.exp(x).sum())),
    Trap("lse-hessian", XN, r"\log \sum_{i=1}^n e^{x_i}", "x", {"x": FAR}, lambda x: mp.log(hp.exp(x).sum()), "hessian"),
    Trap("lse-weighted", [*XN, *positive("w", size="^n")], r"\log(w^\top \exp(x))", "x",
         {"x": LOW, "w": np.array([1e-300, 1e-290, 1e300, 1.0])}, lambda x, w: mp.log((w * hp.exp(x)).sum())),
    Trap("lse-weighted-by-weights", [*XN, *positive("w", size="^n")], r"\log(w^\top \exp(x))", "w",
         {"x": FAR, "w": np.array([1e-3, 2.0, 3.0, 1.0])}, lambda x, w: mp.log((w * hp.exp(x)).sum())),
    Trap("lse-weighted-sum", [*XN, *positive("w", size="^n")], r"\log \sum_{i=1}^n w_i e^{x_i}", "x",
         {"x": LOW, "w": np.array([1e-300, 1e-290, 1e300, 1.0])}, lambda x, w: mp.log((w * hp.exp(x)).sum())),
    Trap("lse-signed-weights", [*XN, *vectors("w")], r"\log(w^\top \exp(x))", "x",
         {"x": FAR, "w": np.array([1.0, -0.5, 3.0, 2.0])}, lambda x, w: mp.log((w * hp.exp(x)).sum())),
    Trap("lse-temperature", [*XN, *positive(r"\tau")], r"\tau \log \sum_{i=1}^n e^{x_i / \tau}", r"\tau",
         {"x": np.array([1.0, 2.0, 2.001]), r"\tau": 1e-3}, lambda x, tau: tau * mp.log(hp.exp(x / tau).sum())),
    Trap("lse-linear", [r"W \in \mathbb{R}^{m \times n}", *XN], r"\log(\mathbf{1}^\top \exp(W x))", "W",
         {"W": np.array([[400.0, 1], [399, 1], [-100, 2]]), "x": np.array([2.0, 3.0])},
         lambda w, x: mp.log(hp.exp(w @ x).sum())),
    Trap("lse-of-squares", [*XN, r"\mu_k \in \mathbb{R}^n, k = 1, \dots, K"],
         r"\log \sum_{k=1}^K \exp(-\frac12 \|x - \mu_k\|^2)", "x",
         {"x": np.array([60.0, 0.0]), r"\mu_k": np.array([[0.0, 0], [1, 0], [0, 1]])},
         lambda x, mu: mp.log(sum(mp.exp(-((x - m) ** 2).sum() / 2) for m in mu))),
    Trap("share", [r"a_k \in \mathbb{R}, k = 1, \dots, K"], r"\frac{e^{a_k}}{\sum_{j=1}^K e^{a_j}}", "a_1",
         {"a_k": FAR}, wanted=None, f=None),
    Trap("two-exponentials", scalars("x", "y"), r"\log(e^x + e^y)", "x", {"x": -800.0, "y": -801.0},
         lambda x, y: mp.log(mp.exp(x) + mp.exp(y))),
    Trap("two-exponentials-hessian", scalars("x", "y"), r"\log(e^x + e^y)", "x", {"x": 800.0, "y": 840.0},
         lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), "hessian"),
    Trap("log-difference", scalars("x", "y"), r"\log(e^x - e^y)", "x", {"x": 800.0, "y": 799.9999},
         lambda x, y: mp.log(mp.exp(x) - mp.exp(y))),
    Trap("log-difference-near", scalars("x", "y"), r"\log(e^x - e^y)", "y", {"x": 1e-9, "y": 0.5e-9},
         lambda x, y: mp.log(mp.exp(x) - mp.exp(y))),
    Trap("softmax", XN, r"\operatorname{softmax}(x)", "x", {"x": FAR}, hp.softmax, "jacobian", atol=1e-300),
    Trap("softmax-quotient", XN, r"\frac{\exp(x)}{\mathbf{1}^\top \exp(x)}", "x", {"x": LOW}, hp.softmax, "jacobian", atol=1e-300),
    Trap("softmax-weighted", [*XN, *vectors("c")], r"c^\top \operatorname{softmax}(x)", "x",
         {"x": FAR, "c": np.array([1.0, 2, 3, 4])}, lambda x, c: (c * hp.softmax(x)).sum(), atol=1e-300),
    Trap("cross-entropy", [*XN, *vectors("t")], r"-t^\top \log \operatorname{softmax}(x)", "x",
         {"x": FAR, "t": np.array([0.0, 0.1, 0.9, 0.0])}, lambda x, t: -(t * hp.log(hp.softmax(x))).sum()),
    Trap("cross-entropy-sum", [*XN, *vectors("t")], r"-\sum_{i=1}^n t_i \log \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}", "x",
         {"x": FAR, "t": np.array([0.0, 0.1, 0.9, 0.0])}, lambda x, t: -(t * hp.log(hp.softmax(x))).sum()),
    Trap("product-of-exponentials", scalars("x", "y"), r"e^x e^{-y}", "x", {"x": 800.0, "y": 799.0},
         lambda x, y: mp.exp(x) * mp.exp(-y)),
    Trap("ratio-of-exponentials", scalars("x", "y"), r"\frac{e^x}{e^y}", "y", {"x": -900.0, "y": -899.0},
         lambda x, y: mp.exp(x) / mp.exp(y)),
    Trap("power-of-exponential", X, r"\sqrt{\exp(x)}", "x", {"x": 900.0}, lambda x: mp.sqrt(mp.exp(x))),
    Trap("log-of-exponential", [*XN, *vectors("a")], r"\log \exp(a^\top x)", "x",
         {"x": np.array([800.0, 100]), "a": np.array([1.0, 2.0])}, lambda x, a: (a * x).sum()),
]

SIGMOIDS = [
    Trap("softplus", X, r"\log(1 + \exp(x))", "x", {"x": -800.0}, lambda x: mp.log(1 + mp.exp(x)), atol=1e-300),
    Trap("softplus-right", X, r"\log(1 + \exp(x))", "x", {"x": 800.0}, lambda x: mp.log(1 + mp.exp(x))),
    Trap("softplus-tail", X, r"\log(1 + e^{x})", "x", {"x": -40.0}, lambda x: mp.log(1 + mp.exp(x))),
    Trap("softplus-hessian", X, r"\log(1 + e^{-x})", "x", {"x": 45.0}, lambda x: mp.log(1 + mp.exp(-x)), "hessian"),
    Trap("sigmoid-right", X, r"\frac{1}{1 + e^{-x}}", "x", {"x": 41.0}, hp.sigmoid),
    Trap("sigmoid-left", X, r"\frac{1}{1 + e^{-x}}", "x", {"x": -720.0}, hp.sigmoid, atol=1e-300),
    Trap("sigmoid-hessian", X, r"\sigma(x)", "x", {"x": 38.0}, hp.sigmoid, "hessian"),
    Trap("sigmoid-form", X, r"\frac{e^x}{1 + e^x}", "x", {"x": 800.0}, hp.sigmoid, atol=1e-300),
    Trap("sigmoid-form-50", X, r"\frac{e^x}{1 + e^x}", "x", {"x": 50.0}, hp.sigmoid),
    Trap("log-sigmoid", X, r"\log \sigma(x)", "x", {"x": -800.0}, lambda x: mp.log(hp.sigmoid(x))),
    Trap("log-sigmoid-right", X, r"\log \sigma(x)", "x", {"x": 40.0}, lambda x: mp.log(hp.sigmoid(x))),
    Trap("log-one-minus-sigmoid", X, r"\log(1 - \sigma(x))", "x", {"x": 50.0}, lambda x: mp.log(1 - hp.sigmoid(x))),
    Trap("log-one-minus-sigmoid-left", X, r"\log(1 - \sigma(x))", "x", {"x": -50.0}, lambda x: mp.log(1 - hp.sigmoid(x))),
    Trap("logit", X, r"\log \frac{\sigma(x)}{1 - \sigma(x)}", "x", {"x": 60.0},
         lambda x: mp.log(hp.sigmoid(x) / (1 - hp.sigmoid(x)))),
    Trap("odds", X, r"\frac{\sigma(x)}{1 - \sigma(x)}", "x", {"x": 60.0}, lambda x: mp.exp(x)),
    Trap("bernoulli", [r"p \in \mathbb{R}_{>0}", *scalars("y", "x")],
         r"-y \log \sigma(x) - (1 - y) \log(1 - \sigma(x))", "x", {"y": 0.0, "x": -60.0},
         lambda y, x: -y * mp.log(hp.sigmoid(x)) - (1 - y) * mp.log(1 - hp.sigmoid(x))),
    Trap("logistic-regression", SAMPLES, r"\sum_n (\log(1 + \exp(w^\top x_n)) - t_n w^\top x_n)", "w",
         {"x_n": POINTS, "w": np.array([2.0, 0.5]), "t_n": LABELS},
         lambda x, w, t: (hp.log(1 + hp.exp(x @ w)) - t * (x @ w)).sum()),
    Trap("logistic-regression-labels", [r"X \in \mathbb{R}^{N \times D}", r"w \in \mathbb{R}^D", r"y \in \mathbb{R}^N"],
         r"-y^\top \log(\sigma(X w)) - (\mathbf{1} - y)^\top \log(\mathbf{1} - \sigma(X w))", "w",
         {"X": POINTS, "w": np.array([2.0, 0.5]), "y": LABELS},
         lambda x, w, y: -(y * hp.log(hp.sigmoid(x @ w)) + (1 - y) * hp.log(1 - hp.sigmoid(x @ w))).sum()),
    Trap("logistic-regression-hessian", SAMPLES, r"\sum_n (\log(1 + \exp(w^\top x_n)) - t_n w^\top x_n)", "w",
         {"x_n": POINTS / 10, "w": np.array([2.0, 0.5]), "t_n": LABELS},
         lambda x, w, t: (hp.log(1 + hp.exp(x @ w)) - t * (x @ w)).sum(), "hessian"),
    Trap("margin", SAMPLES, r"\sum_n \log(1 + \exp(-t_n w^\top x_n))", "w",
         {"x_n": POINTS, "w": np.array([2.0, 0.5]), "t_n": 2 * LABELS - 1},
         lambda x, w, t: hp.log(1 + hp.exp(-t * (x @ w))).sum()),
    Trap("tanh", X, r"\tanh(x)", "x", {"x": 30.0}, hp.tanh),
    Trap("tanh-far", X, r"\tanh(x)", "x", {"x": -400.0}, hp.tanh, atol=1e-300),
    Trap("tanh-hessian", X, r"\tanh(x)", "x", {"x": 25.0}, hp.tanh, "hessian"),
    Trap("tanh-spelled", X, r"\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}", "x", {"x": 30.0}, hp.tanh),
    Trap("tanh-spelled-far", X, r"\frac{e^{2x} - 1}{e^{2x} + 1}", "x", {"x": 400.0}, hp.tanh, atol=1e-300),
    Trap("tanh-spelled-30", X, r"\frac{e^{2x} - 1}{e^{2x} + 1}", "x", {"x": 30.0}, hp.tanh),
    Trap("tanh-layer", [r"W \in \mathbb{R}^{m \times n}", *XN], r"\tanh(W x)", "x",
         {"W": np.array([[20.0, 1], [-15, 2]]), "x": np.array([1.0, 1.5])}, lambda w, x: hp.tanh(w @ x), "jacobian"),
    Trap("log-cosh", X, r"\log(\cosh(x))", "x", {"x": 800.0}, lambda x: mp.log(mp.cosh(x))),
    Trap("log-cosh-left", X, r"\log(\cosh(x))", "x", {"x": -900.0}, lambda x: mp.log(mp.cosh(x))),
    Trap("log-cosh-hessian", X, r"\log(\cosh(x))", "x", {"x": 30.0}, lambda x: mp.log(mp.cosh(x)), "hessian"),
    Trap("log-sinh", XP, r"\log(\sinh(x))", "x", {"x": 800.0}, lambda x: mp.log(mp.sinh(x))),
    Trap("one-over-cosh", X, r"\frac{1}{\cosh(x)}", "x", {"x": 500.0}, lambda x: 1 / mp.cosh(x)),
    Trap("ratio-of-hyperbolics", X, r"\frac{\sinh(x)}{\cosh(x)}", "x", {"x": 31.0}, hp.tanh),
    Trap("log-one-minus-tanh-squared", X, r"\log(1 - \tanh(x)^2)", "x", {"x": 30.0},
         lambda x: mp.log(1 - mp.tanh(x) ** 2)),
    Trap("one-minus-tanh", X, r"\log(1 - \tanh(x))", "x", {"x": 30.0}, lambda x: mp.log(1 - mp.tanh(x))),
]

EXPM1 = [
    Trap("log-one-minus-exp", XP, r"\log(1 - e^{-x})", "x", {"x": 1e-12}, lambda x: mp.log(1 - mp.exp(-x))),
    Trap("log-one-minus-exp-far", XP, r"\log(1 - e^{-x})", "x", {"x": 50.0}, lambda x: mp.log(1 - mp.exp(-x))),
    Trap("log-one-minus-exp-hessian", XP, r"\log(1 - e^{-x})", "x", {"x": 40.0}, lambda x: mp.log(1 - mp.exp(-x)), "hessian"),
    Trap("log-one-minus-exp-hessian-near", XP, r"\log(1 - e^{-x})", "x", {"x": 1e-9}, lambda x: mp.log(1 - mp.exp(-x)), "hessian"),
    Trap("log-exp-minus-one", XP, r"\log(e^x - 1)", "x", {"x": 800.0}, lambda x: mp.log(mp.exp(x) - 1)),
    Trap("log-exp-minus-one-hessian", XP, r"\log(e^x - 1)", "x", {"x": 40.0}, lambda x: mp.log(mp.exp(x) - 1), "hessian"),
    Trap("bose", XP, r"\frac{1}{e^x - 1}", "x", {"x": 1e-8}, lambda x: 1 / (mp.exp(x) - 1)),
    Trap("bose-far", XP, r"\frac{1}{e^x - 1}", "x", {"x": 400.0}, lambda x: 1 / (mp.exp(x) - 1)),
    Trap("coth-minus-one", XP, r"\frac{1}{1 - e^{-x}} - 1", "x", {"x": 40.0}, lambda x: 1 / (1 - mp.exp(-x)) - 1),
    Trap("square-of-expm1", X, r"(1 - e^{-x})^2", "x", {"x": 1e-10}, lambda x: (1 - mp.exp(-x)) ** 2),
    Trap("power-of-expm1", [*XP, *positive("k")], r"(1 - e^{-x})^k", "k", {"x": 1e-10, "k": 2.0},
         lambda x, k: (1 - mp.exp(-x)) ** k),
    Trap("log1p", XP, r"\log(1 + x)^2", "x", {"x": 1e-14}, lambda x: mp.log(1 + x) ** 2),
    Trap("log1p-ratio", XP, r"\frac{\log(1 + x)}{y}", "y", {"x": 1e-14, "y": 2.0}, lambda x, y: mp.log(1 + x) / y),
    Trap("log1p-form", [*XN, *PD], r"(\log(1 + x^\top S x))^2", "x",
         {"x": np.array([1e-9, 2e-9]), "S": np.array([[2.0, 0.3], [0.3, 1.0]])},
         lambda x, s: mp.log(1 + x @ s @ x) ** 2),
]
EXPM1[12].declare = [*XP, *scalars("y")]

DETERMINANTS = [
    Trap("logdet-small", PD, r"\log |S|", "S", {"S": 1e-3 * np.eye(WIDE)}, wanted=1e3 * np.eye(WIDE), atol=1e-9),
    Trap("logdet-scalar", [*PD, *positive("t")], r"\log |t S|", "t", {"S": 1e3 * np.eye(WIDE), "t": 2.0, "n": WIDE},
         wanted=np.array(WIDE / 2.0)),
    Trap("logdet-of-square", [r"X \in \mathbb{R}^{n \times n}"], r"\ln\det(X)^2", "X", {"X": tile([1e-2, -3e-2])},
         wanted=2 * np.diag(1 / np.diag(tile([1e-2, -3e-2]))), atol=1e-9),
    Trap("logdet-times", [*PD, *scalars("t")], r"(\log |S| + t)^2", "t", {"S": 1e-2 * np.eye(WIDE), "t": 1.0},
         wanted=np.array(2 * (WIDE * np.log(1e-2) + 1))),
    Trap("root-of-determinant", [*PD, *scalars("t")], r"\frac{t^2 |S|}{|2 S|}", "t", {"S": 1e-3 * np.eye(WIDE), "t": 3.0, "n": WIDE},
         wanted=np.array(6 * 2.0**-WIDE)),
    Trap("determinant-ratio", [*PD, r"R \in \mathbb{S}_{++}^n", *scalars("t")], r"\frac{t |S|}{|R|}", "t",
         {"S": 1e-3 * np.eye(WIDE), "R": 1.001e-3 * np.eye(WIDE), "t": 3.0}, wanted=np.array(1.001**-WIDE)),
    Trap("determinant-ratio-general", [*GL, r"Y \in \mathrm{GL}(n)", *scalars("t")], r"\frac{t |X|}{|Y|}", "t",
         {"X": tile([-1e3, 1e3]), "Y": tile([1e3, 1.001e3]), "t": 3.0}, wanted=np.array(1.001**-200)),
    Trap("determinant-underflows", GL, r"\det X", "X", {"X": np.diag([1e-170, 1e-170, 1.0])},
         wanted=np.diag([1e-170, 1e-170, 0.0])),
    Trap("determinant-underflows-wide", GL, r"\det X", "X", {"X": np.diag(np.r_[[1e-2] * 170, [1.0] * 229, 1e-1])},
         wanted=np.diag(np.r_[[0.0] * 170, [0.0] * 229, 0.0]), atol=1e-300),
    Trap("determinant-overflows", GL, r"\det X", "X", {"X": np.diag(np.r_[[10.0] * 300, [1.0] * 98, 1e20, 1e-15])},
         wanted=np.diag(np.r_[[10.0**304] * 300, [1e305] * 98, 1e285, 1e320 / 1e-0 if False else np.inf])),
    Trap("determinant-symmetric", PD, r"|S|", "S", {"S": np.diag([1e200, 1e120, 1e-100])},
         wanted=np.diag([1e20, 1e100, np.inf])),
    Trap("inverse-determinant", [*PD, *scalars("t")], r"t |S|^{-1/2}", "t", {"S": 1e-2 * np.eye(WIDE), "t": 1.0},
         wanted=np.array(np.inf)),
    Trap("volume", [*PD, *scalars("t")], r"\frac{t}{\sqrt{(2\pi)^n |S|}}", "t", {"S": np.eye(WIDE) / (2 * np.pi), "t": 1.0},
         wanted=np.array(1.0)),
    Trap("gaussian-wide", [r"x \in \mathbb{R}^D", r"m \in \mathbb{R}^D", r"S \in \mathbb{S}_{++}^D"],
         r"\log \mathcal{N}(x \mid m, S)", "S",
         {"x": np.full(WIDE, 0.01), "m": np.zeros(WIDE), "S": 1e-4 * np.eye(WIDE)},
         wanted=0.5 * (np.full((WIDE, WIDE), 1e4) - 1e4 * np.eye(WIDE)), atol=1e-6),
    Trap("density-wide", [r"x \in \mathbb{R}^D", r"m \in \mathbb{R}^D", r"S \in \mathbb{S}_{++}^D"],
         r"\mathcal{N}(x \mid m, S)", "x",
         {"x": np.full(WIDE, 1e-3), "m": np.zeros(WIDE), "S": np.eye(WIDE) / (2 * np.pi)},
         wanted=np.full(WIDE, -2 * np.pi * 1e-3 * np.exp(-np.pi * WIDE * 1e-6))),
    Trap("log-sum-of-determinants", [*PD, r"R \in \mathbb{S}_{++}^n", *positive("t")], r"\log(t |S| + |R|)", "t",
         {"S": 1e3 * np.eye(WIDE), "R": 1e3 * np.eye(WIDE), "t": 3.0}, wanted=np.array(0.25)),
    Trap("wide-ridge", [*PD, *positive("t")], r"\log |S + t I|", "t", {"S": 1e-3 * np.eye(WIDE), "t": 1e-3},
         wanted=np.array(WIDE / 2e-3)),
    Trap("mixture-wide", MIX, r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)", r"\mu_k",
         {"x_n": np.full((2, WIDE), 0.1), r"\mu_k": np.zeros((2, WIDE)),
          r"\Sigma_k": np.array([1e-2 * np.eye(WIDE)] * 2), r"\pi_k": np.array([0.25, 0.75])},
         wanted=2 * np.array([[0.25], [0.75]]) * np.full((2, WIDE), 10.0)),
]

MATRICES = [
    Trap("mahalanobis", [*vectors("x", "m"), *PD], r"(x - m)^\top S^{-1} (x - m)", "x",
         {"x": np.array([1.0, 2, 3, 4]), "m": np.array([0.5, 2, 1, 0]), "S": conditioned(1e10)},
         lambda x, m, s: (x - m) @ hp.inv(s) @ (x - m), rtol=1e-5),
    Trap("mahalanobis-by-S", [*vectors("x", "m"), *PD], r"(x - m)^\top S^{-1} (x - m)", "S",
         {"x": np.array([1.0, 2, 3, 4]), "m": np.array([0.5, 2, 1, 0]), "S": conditioned(1e10)},
         lambda x, m, s: (x - m) @ hp.inv(s) @ (x - m), rtol=1e-5),
    Trap("log-mahalanobis", [*vectors("x", "m"), *PD], r"\log((x - m)^\top S^{-1} (x - m))", "m",
         {"x": np.array([1.0, 2, 3, 4]), "m": np.array([0.5, 2, 1, 0]), "S": conditioned(1e10)},
         lambda x, m, s: mp.log((x - m) @ hp.inv(s) @ (x - m)), rtol=1e-5),
    Trap("gaussian-conditioned", [*vectors("x", "m"), *PD], r"\log \mathcal{N}(x \mid m, S)", "S",
         {"x": np.array([1.0, 2, 3, 4]), "m": np.array([0.5, 2, 1, 0]), "S": conditioned(1e10)},
         lambda x, m, s: mp.log(hp.gaussian(x, m, s)), rtol=1e-5),
    Trap("gram", [r"X \in \mathbb{R}^{m \times n}", r"y \in \mathbb{R}^m"], r"y^\top X (X^\top X)^{-1} X^\top y", "y",
         {"X": np.vander(np.linspace(0, 1, 9), 7), "y": np.linspace(1, 2, 9) ** 3},
         lambda x, y: y @ x @ hp.inv(x.T @ x) @ x.T @ y, rtol=1e-9),
    Trap("student", [*vectors("x", "m"), *PD, *positive(r"\nu")], r"\log(1 + \frac{1}{\nu} (x - m)^\top S^{-1} (x - m))", "m",
         {"x": np.array([1e6, 2.0]), "m": np.array([0.0, 1.0]), "S": np.array([[1e-6, 0], [0, 1e3]]), r"\nu": 3.0},
         lambda x, m, s, nu: mp.log(1 + (x - m) @ hp.inv(s) @ (x - m) / nu)),
    Trap("mixture", MIX, r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)", r"\mu_k", MIXTURE, mixture),
    Trap("mixture-by-covariance", MIX, r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)", r"\Sigma_k", MIXTURE, mixture),
    Trap("mixture-by-weights", MIX, r"\sum_n \log \sum_k \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)", r"\pi_k", MIXTURE, mixture),
    Trap("quadratic-differences", [*vectors("x", "y"), *PD], r"\log(x^\top S x - 2 x^\top S y + y^\top S y)", "x",
         {"x": np.array([1e8, 1e8 + 1]), "y": np.array([1e8, 1e8]), "S": np.array([[2.0, 0.5], [0.5, 1.0]])},
         lambda x, y, s: mp.log((x - y) @ s @ (x - y))),
]

HUGE, TINY = np.array([3e200, 4e200]), np.array([3e-200, 4e-200])
NORMS = [
    *(
        Trap(f"norm-{name}", XN, r"\|x\|", "x", {"x": at}, hp.norm) for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"norm-hessian-{name}", XN, r"\|x\|", "x", {"x": at}, hp.norm, "hessian")
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"root-of-square-{name}", XN, r"\sqrt{x^\top x}", "x", {"x": at}, hp.norm)
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"direction-{name}", [*XN, *vectors("a")], r"\frac{x - a}{\|x - a\|}", "x", {"x": at, "a": at[::-1] / 7},
             lambda x, a: (x - a) / hp.norm(x - a), "jacobian")
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"cosine-{name}", [*XN, *vectors("y")], r"\frac{x^\top y}{\|x\| \|y\|}", "x", {"x": at, "y": at[::-1]},
             lambda x, y: (x @ y) / (hp.norm(x) * hp.norm(y)))
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"rayleigh-{name}", [*XN, r"A \in \mathbb{S}^n"], r"\frac{x^\top A x}{x^\top x}", "x",
             {"x": at, "A": np.array([[2.0, 1.0], [1.0, -1.0]])}, lambda x, a: (x @ a @ x) / (x @ x))
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    *(
        Trap(f"log-norm-{name}", XN, r"\log \|x\|^2", "x", {"x": at}, lambda x: mp.log(x @ x))
        for name, at in (("huge", HUGE), ("tiny", TINY))
    ),
    Trap("log-form-huge", [*XN, *PD], r"\log(x^\top S x)", "x", {"x": HUGE, "S": np.array([[2.0, 0.5], [0.5, 1.0]])},
         lambda x, s: mp.log(x @ s @ x)),
    Trap("frobenius-huge", [r"X \in \mathbb{R}^{m \times n}"], r"\|X\|_F", "X",
         {"X": np.array([[1e200, 2e200], [-3e200, 1e190], [0, 5e200]])}, lambda x: mp.sqrt((x * x).sum())),
    Trap("residual-tiny", [r"A \in \mathbb{R}^{m \times n}", *XN, r"b \in \mathbb{R}^m"], r"\|A x - b\|", "x",
         {"A": np.array([[1.0, 2], [3, 4], [5, 6]]), "x": TINY, "b": np.array([1e-200, 2e-200, -1e-200])},
         lambda a, x, b: hp.norm(a @ x - b)),
    Trap("sum-of-norms", [r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"m \in \mathbb{R}^D"], r"\sum_{n=1}^N \|x_n - m\|", "m",
         {"x_n": np.array([HUGE, TINY, [1.0, 2.0]]), "m": np.array([0.5, 0.25])},
         lambda x, m: sum(hp.norm(each - m) for each in x)),
    Trap("hypotenuse", scalars("x", "y"), r"\sqrt{x^2 + y^2}", "x", {"x": 3e200, "y": 4e200},
         lambda x, y: mp.sqrt(x * x + y * y)),
    Trap("hypotenuse-tiny", scalars("x", "y"), r"\sqrt{x^2 + y^2}", "x", {"x": 3e-200, "y": 4e-200},
         lambda x, y: mp.sqrt(x * x + y * y)),
    Trap("log-hypotenuse", scalars("x", "y"), r"\log(x^2 + y^2)", "x", {"x": 3e200, "y": 4e200},
         lambda x, y: mp.log(x * x + y * y)),
    Trap("pseudo-huber", X, r"\sqrt{1 + x^2}", "x", {"x": 1e200}, lambda x: mp.sqrt(1 + x * x)),
    Trap("distance-near", vectors("x", "y"), r"\sqrt{x^\top x - 2 x^\top y + y^\top y}", "x",
         {"x": np.array([1e9, 1.0]), "y": np.array([1e9, 3.0])}, lambda x, y: hp.norm(x - y)),
]

PRODUCTS = [
    Trap("log-of-product", positive("p", size="^n"), r"\log \prod_{i=1}^n p_i", "p", {"p": np.array([1e-200, 1e-150, 1e-3])},
         lambda p: sum(hp.log(p))),
    Trap("log-of-product-family", [r"p_n \in \mathbb{R}_{>0}, n = 1, \dots, N"], r"\log \prod_{n=1}^N p_n", "p_m",
         {"p_n": np.full(400, 1e-3)}, wanted=np.full(400, 1e3)),
    Trap("log-likelihood-product", [r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"m \in \mathbb{R}^D"],
         r"\log \prod_{n=1}^N \mathcal{N}(x_n \mid m, I)", "m",
         {"x_n": np.full((300, 2), 3.0), "m": np.zeros(2)}, wanted=np.full(2, 900.0)),
    Trap("geometric-mean", positive("p", size="^n"), r"\left( \prod_{i=1}^n p_i \right)^{1/3}", "p",
         {"p": np.array([1e-200, 1e-150, 1e-3])}, lambda p: mp.cbrt(p[0] * p[1] * p[2])),
    Trap("log-ratio", positive("x", "y"), r"\log \frac{x}{y}", "x", {"x": 1e-200, "y": 1e200}, lambda x, y: mp.log(x / y)),
    Trap("log-ratio-squared", positive("x", "y"), r"\left( \log \frac{x}{y} \right)^2", "x", {"x": 1e-200, "y": 1e200},
         lambda x, y: mp.log(x / y) ** 2),
    Trap("kullback-leibler", [*positive("p", size="^n"), *positive("q", size="^n")], r"\sum_{i=1}^n p_i \log \frac{p_i}{q_i}", "p",
         {"p": np.array([1e-200, 0.5]), "q": np.array([1e200, 1e-300])}, lambda p, q: (p * hp.log(p / q)).sum()),
    Trap("log-square", X, r"(\log x^2)^2", "x", {"x": 1e-200}, lambda x: mp.log(x * x) ** 2),
    Trap("log-product", positive("x", "y"), r"(\log (x y))^2", "x", {"x": 1e200, "y": 1e200}, lambda x, y: mp.log(x * y) ** 2),
    Trap("powers", positive("x", "y"), r"\frac{x^{50}}{y^{49}}", "x", {"x": 1e10, "y": 1.1e10},
         lambda x, y: x**50 / y**49),
    Trap("log-factorial-like", positive("a", "b"), r"\log \frac{a^{200}}{(a + b)^{201}}", "a", {"a": 1e3, "b": 2e3},
         lambda a, b: mp.log(a**200 / (a + b) ** 201)),
    Trap("poisson", [*positive(r"\lambda"), *scalars("k")], r"\lambda^k e^{-\lambda}", r"\lambda",
         {r"\lambda": 900.0, "k": 130.0}, lambda lam, k: lam**k * mp.exp(-lam)),
    Trap("gamma-density", positive("x", "a", "b"), r"b^a x^{a - 1} e^{-b x}", "x",
         {"x": 2.0, "a": 1000.0, "b": 500.0}, lambda x, a, b: b**a * x ** (a - 1) * mp.exp(-b * x)),
    Trap("binomial", positive("p"), r"p^{500} (1 - p)^{600}", "p", {"p": 0.5}, lambda p: p**500 * (1 - p) ** 600, atol=1e-300),
]

CANCELLATIONS = [
    Trap("one-minus-cos", X, r"(1 - \cos(x))^2", "x", {"x": 1e-6}, lambda x: (1 - mp.cos(x)) ** 2),
    Trap("log-one-minus-cos", X, r"\log(1 - \cos(x))", "x", {"x": 1e-9}, lambda x: mp.log(1 - mp.cos(x))),
    Trap("one-minus-cos-over-square", scalars("x", "y"), r"\frac{1 - \cos(x)}{y^2}", "y", {"x": 1e-9, "y": 1e-9},
         lambda x, y: (1 - mp.cos(x)) / y**2),
    Trap("sum-of-one-minus-cos", [*XN, *scalars("t")], r"t \sum_{i=1}^n (1 - \cos(x_i))", "t",
         {"x": np.array([1e-9, 2e-9]), "t": 1.0}, lambda x, t: t * (1 - hp.cos(x)).sum()),
    Trap("cosh-minus-one", X, r"(\cosh(x) - 1)^2", "x", {"x": 1e-7}, lambda x: (mp.cosh(x) - 1) ** 2),
    Trap("log-cosh-minus-one", X, r"\log(\cosh(x) - 1)", "x", {"x": 1e-9}, lambda x: mp.log(mp.cosh(x) - 1)),
    Trap("one-minus-square", X, r"\log(1 - x^2)", "x", {"x": 1 - 1e-13}, lambda x: mp.log(1 - x * x), rtol=1e-10),
    Trap("difference-of-squares", [*scalars("x", "y", "t")], r"t (x^2 - y^2)", "t", {"x": 1e8 + 1, "y": 1e8, "t": 1.0},
         lambda x, y, t: t * (x * x - y * y)),
    Trap("root-difference", positive("x", "t"), r"t (\sqrt{x + 1} - \sqrt{x})", "t", {"x": 1e14, "t": 1.0},
         lambda x, t: t * (mp.sqrt(x + 1) - mp.sqrt(x))),
    Trap("root-minus-one", positive("x", "t"), r"t (\sqrt{1 + x} - 1)", "t", {"x": 1e-13, "t": 1.0},
         lambda x, t: t * (mp.sqrt(1 + x) - 1)),
    Trap("reciprocal-difference", positive("x", "t"), r"t \left( \frac{1}{x} - \frac{1}{x + 1} \right)", "t", {"x": 1e12, "t": 1.0},
         lambda x, t: t * (1 / x - 1 / (x + 1))),
    Trap("root-difference-gradient", positive("x"), r"\sqrt{x + 1} - \sqrt{x}", "x", {"x": 1e13},
         lambda x: mp.sqrt(x + 1) - mp.sqrt(x)),
    Trap("log-difference-of-logs", positive("x", "t"), r"t (\log(x + 1) - \log(x))", "t", {"x": 1e14, "t": 1.0},
         lambda x, t: t * (mp.log(x + 1) - mp.log(x))),
    Trap("variance", [r"x_n \in \mathbb{R}, n = 1, \dots, N"],
         r"\log\left( \frac{1}{N} \sum_{n=1}^N x_n^2 - \left( \frac{1}{N} \sum_{n=1}^N x_n \right)^2 \right)", "x_m",
         {"x_n": 1e8 + np.array([1.0, 2.0, 4.0, 8.0])},
         rtol=1e-6, wanted=2 / 4 * (np.array([1.0, 2, 4, 8]) - 3.75) / np.var([1.0, 2, 4, 8])),
    Trap("variance-vector", XN, r"\log\left( \frac{1}{n} x^\top x - \left( \frac{1}{n} \mathbf{1}^\top x \right)^2 \right)", "x",
         {"x": 1e8 + np.array([1.0, 2.0, 4.0, 8.0])},
         lambda x: mp.log((x @ x) / 4 - (x.sum() / 4) ** 2), rtol=1e-6),
    Trap("variance-centred", [r"x_n \in \mathbb{R}, n = 1, \dots, N"],
         r"\log \sum_{n=1}^N (x_n - \frac{1}{N} \sum_{m=1}^N x_m)^2", "x_m",
         {"x_n": 1e8 + np.array([1.0, 2.0, 4.0, 8.0])}, rtol=1e-6,
         wanted=2 * (np.array([1.0, 2, 4, 8]) - 3.75) / (4 * np.var([1.0, 2, 4, 8]))),
    Trap("variance-factor", [r"x_n \in \mathbb{R}, n = 1, \dots, N", *scalars("t")],
         r"t \left( \sum_{n=1}^N x_n^2 - \frac{1}{N} \left( \sum_{n=1}^N x_n \right)^2 \right)", "t",
         {"x_n": 1e8 + np.array([1.0, 2.0, 4.0, 8.0]), "t": 1.0}, rtol=1e-6, wanted=np.array(4 * np.var([1.0, 2, 4, 8]))),
    Trap("squared-distance", [*vectors("x", "y"), *scalars("t")], r"t (x^\top x - 2 x^\top y + y^\top y)", "t",
         {"x": np.array([1e9, 1.0]), "y": np.array([1e9, 3.0]), "t": 1.0}, lambda x, y, t: t * ((x - y) @ (x - y))),
    Trap("one-over-one-minus", X, r"\frac{1}{1 - x} - 1", "x", {"x": 1e-17}, lambda x: 1 / (1 - x) - 1),
    Trap("exp-difference", [*scalars("x", "y", "t")], r"t (e^x - e^y)", "t", {"x": 1e-12, "y": 2e-12, "t": 1.0},
         lambda x, y, t: t * (mp.exp(x) - mp.exp(y))),
    Trap("sin-squared", [*scalars("x", "t")], r"t (1 - \sin(x)^2)", "t", {"x": np.pi / 2 + 1e-9, "t": 1.0},
         lambda x, t: t * (1 - mp.sin(x) ** 2)),
    Trap("entropy", positive("p", size="^n"), r"-\sum_{i=1}^n p_i \log p_i", "p", {"p": np.array([1e-300, 0.5, 1e-5])},
         lambda p: -(p * hp.log(p)).sum()),
    Trap("binary-entropy", positive("p"), r"-p \log p - (1 - p) \log(1 - p)", "p", {"p": 1e-18},
         lambda p: -p * mp.log(p) - (1 - p) * mp.log(1 - p)),
]

TRAPS = [
    trap for group in (EXPONENTS, SIGMOIDS, EXPM1, DETERMINANTS, MATRICES, NORMS, PRODUCTS, CANCELLATIONS) for trap in group
    if trap.id != "share"
]  # fmt: skip
