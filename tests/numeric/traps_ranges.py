"""Traps of squares and products out of range, and of differences of near values."""

# fmt: off

import high_precision as hp
import numpy as np
from mpmath import mp
from trap import Trap, positive, scalars, vectors

X, XN, XP = scalars("x"), vectors("x"), positive("x")
PD = [r"S \in \mathbb{S}_{++}^n"]

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
    Trap("log-ratio", positive("x", "y"), r"\log \frac{x}{y}", "x", {"x": 1e-200, "y": 1e200}, lambda x, y: mp.log(x / y)),
    Trap("log-ratio-squared", positive("x", "y"), r"\left( \log \frac{x}{y} \right)^2", "x", {"x": 1e-200, "y": 1e200},
         lambda x, y: mp.log(x / y) ** 2),
    Trap("kullback-leibler", [*positive("p", size="^n"), *positive("q", size="^n")], r"\sum_{i=1}^n p_i (\log p_i - \log q_i)", "p",
         {"p": np.array([1e-200, 0.5]), "q": np.array([1e200, 1e-300])}, lambda p, q: (p * hp.log(p / q)).sum()),
    Trap("log-of-three", positive("x", "y", "z"), r"(\log \frac{x y}{z})^2", "z", {"x": 1e200, "y": 1e200, "z": 1e-100},
         lambda x, y, z: mp.log(x * y / z) ** 2),
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
