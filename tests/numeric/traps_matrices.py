"""Traps of determinants out of range, of ill-conditioned matrices and of mixtures far out."""

# fmt: off

import high_precision as hp
import numpy as np
from mpmath import mp
from trap import Trap, positive, scalars, vectors

RNG = np.random.default_rng(20)
XN = vectors("x")
GL = [r"X \in \mathrm{GL}(n)"]
PD = [r"S \in \mathbb{S}_{++}^n"]
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




def conditioned(condition, size=4):
    """Return a symmetric positive definite matrix of a condition."""
    turn = np.linalg.qr(RNG.normal(size=(size, size)))[0]
    made = (turn * np.geomspace(1, 1 / condition, size)) @ turn.T
    return (made + made.T) / 2

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
    Trap("determinant-overflows", GL, r"\det X", "X", {"X": np.diag([1e110, -1e110, 1e110])},
         wanted=np.diag([-1e220, 1e220, -1e220])),
    Trap("determinant-symmetric", PD, r"|S|", "S", {"S": np.diag([1e110, 1e110, 1e110])},
         wanted=np.diag([1e220, 1e220, 1e220])),
    Trap("determinant-symmetric-small", PD, r"|S|", "S", {"S": np.diag([1e-120, 2e-120, 1e-120])},
         wanted=np.diag([2e-240, 1e-240, 2e-240])),
    Trap("determinant-of-square", GL, r"\det(X)^2", "X", {"X": np.diag([1e-90, -1e-90])},
         wanted=np.diag([2e-270, -2e-270])),
    Trap("inverse-determinant", [*PD, *scalars("t")], r"t |S|^{-1/2}", "t", {"S": 0.05 * np.eye(WIDE), "t": 1.0},
         wanted=np.array(0.05**-200)),
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
