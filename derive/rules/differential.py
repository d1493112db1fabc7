"""Differentials."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "differential-of-scalar-product",
        r"\mathrm{d}(a b) = b \, \mathrm{d}a + a \, \mathrm{d}b",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
    ),
    Rule(
        "differential-of-power",
        r"\mathrm{d}(a^b) = b a^{b - 1} \mathrm{d}a",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
    ),
    Rule(
        "differential-of-exponential",
        r"\mathrm{d}(a^b) = a^b \log(a) \, \mathrm{d}b",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
        (r"a \in \mathbb{R}_{>0}",),
    ),
    Rule("differential-of-exp", r"\mathrm{d}(e^b) = e^b \, \mathrm{d}b", (r"b \in \mathbb{R}",)),
    Rule("differential-of-log", r"\mathrm{d}\log(a) = a^{-1} \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule("differential-of-abs", r"\mathrm{d}|a| = a |a|^{-1} \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-function",
        r"\mathrm{d}(f(a)) = f'(a) \, \mathrm{d}a",
        (
            r"a \in \mathbb{R}",
            r"f : \mathbb{R} \to \mathbb{R}",
        ),
    ),
    Rule(
        "differential-of-elementwise-function",
        r"\mathrm{d}(f(A)) = f'(A) \odot \mathrm{d}A",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"f : \mathbb{R} \to \mathbb{R}",
        ),
    ),
    Rule(
        "differential-of-exp-elementwise",
        r"\mathrm{d}\exp(A) = \exp(A) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-scaled",
        r"\mathrm{d}(a A) = A \, \mathrm{d}a + a \, \mathrm{d}A",
        (
            r"a \in \mathbb{R}",
            r"A \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "differential-of-product",
        r"\mathrm{d}(A B) = (\mathrm{d}A) B + A \, \mathrm{d}B",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times p}",
        ),
    ),
    Rule(
        "differential-of-trace",
        r"\mathrm{d}\operatorname{tr}(A) = \operatorname{tr}(\mathrm{d}A)",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule(
        "differential-of-inverse",
        r"\mathrm{d}(A^{-1}) = -A^{-1} (\mathrm{d}A) A^{-1}",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "jacobi-formula",
        r"\mathrm{d}\det(A) = \det(A) \operatorname{tr}(A^{-1} \mathrm{d}A)",
        (r"A \in \mathbb{R}^{n \times n}",),
        (r"A \in \mathrm{GL}(n)",),
    ),
    Rule(
        "differential-of-hadamard",
        r"\mathrm{d}(A \odot B) = \mathrm{d}A \odot B + A \odot \mathrm{d}B",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "differential-of-kronecker",
        r"\mathrm{d}(A \otimes B) = \mathrm{d}A \otimes B + A \otimes \mathrm{d}B",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{p \times q}",
        ),
    ),
    Rule(
        "differential-of-vec",
        r"\mathrm{d}\operatorname{vec}(A) = \operatorname{vec}(\mathrm{d}A)",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-diag",
        r"\mathrm{d}\operatorname{diag}(x) = \operatorname{diag}(\mathrm{d}x)",
        (r"x \in \mathbb{R}^n",),
    ),
    Rule(
        "differential-of-diagonal",
        r"\mathrm{d}\operatorname{diag}(A) = \operatorname{diag}(\mathrm{d}A)",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule(
        "differential-of-curve",
        r"\mathrm{d}(Y(a)) = Y'(a) \, \mathrm{d}a",
        (
            r"a \in \mathbb{R}",
            r"Y : \mathbb{R} \to \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "differential-of-trace-of-power",
        r"\mathrm{d}\operatorname{tr}(A^p) = p \operatorname{tr}(A^{p-1} \mathrm{d}A)",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule("differential-of-entry", r"\mathrm{d}(A_{ij}) = (\mathrm{d}A)_{ij}", (r"A \in \mathbb{R}^{m \times n}",)),
    Rule("differential-of-vector-entry", r"\mathrm{d}(x_i) = (\mathrm{d}x)_i", (r"x \in \mathbb{R}^n",)),
    Rule("differential-of-tanh", r"\mathrm{d}(\tanh(a)) = (1 - \tanh(a)^2) \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-tanh-elementwise",
        r"\mathrm{d}(\tanh(A)) = (\mathbf{1}\mathbf{1}^\top - \tanh(A) \odot \tanh(A)) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule("differential-of-sin", r"\mathrm{d}(\sin(a)) = \cos(a) \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-sin-elementwise",
        r"\mathrm{d}(\sin(A)) = \cos(A) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule("differential-of-cos", r"\mathrm{d}(\cos(a)) = (-\sin(a)) \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-cos-elementwise",
        r"\mathrm{d}(\cos(A)) = (-\sin(A)) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule("differential-of-sinh", r"\mathrm{d}(\sinh(a)) = \cosh(a) \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-sinh-elementwise",
        r"\mathrm{d}(\sinh(A)) = \cosh(A) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule("differential-of-cosh", r"\mathrm{d}(\cosh(a)) = \sinh(a) \, \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-cosh-elementwise",
        r"\mathrm{d}(\cosh(A)) = \sinh(A) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-sigmoid",
        r"\mathrm{d}(\operatorname{sigmoid}(a)) = (\operatorname{sigmoid}(a) - \operatorname{sigmoid}(a)^2) \, \mathrm{d}a",
        (r"a \in \mathbb{R}",),
    ),
    Rule(
        "differential-of-sigmoid-elementwise",
        r"\mathrm{d}(\operatorname{sigmoid}(A)) = (\operatorname{sigmoid}(A) - \operatorname{sigmoid}(A) \odot \operatorname{sigmoid}(A)) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-softplus",
        r"\mathrm{d}(\operatorname{softplus}(a)) = \operatorname{sigmoid}(a) \, \mathrm{d}a",
        (r"a \in \mathbb{R}",),
    ),
    Rule(
        "differential-of-softplus-elementwise",
        r"\mathrm{d}(\operatorname{softplus}(A)) = \operatorname{sigmoid}(A) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-log-elementwise",
        r"\mathrm{d}(\log(A)) = \exp(-\log(A)) \odot \mathrm{d}A",
        (r"A \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "differential-of-gamma-function",
        r"\mathrm{d}(\Gamma(a)) = \Gamma(a) \psi(a) \, \mathrm{d}a",
        (r"a \in \mathbb{R}",),
        source="DLMF 5.2.2",
    ),
    Rule("differential-of-log-of-abs", r"\mathrm{d}\log|a| = a^{-1} \mathrm{d}a", (r"a \in \mathbb{R}",)),
    Rule(
        "differential-of-matrix-power",
        r"\mathrm{d}(A^p) = \sum_{j=1}^p A^{j-1} (\mathrm{d}A) A^{p-j}",
        (
            r"A \in \mathbb{R}^{n \times n}",
            r"p \in \mathbb{N}",
        ),
    ),
    Rule(
        "differential-of-general-power",
        r"\mathrm{d}(a^b) = a^b (b a^{-1} \mathrm{d}a + \log(a) \, \mathrm{d}b)",
        (
            r"a \in \mathbb{R}",
            r"b \in \mathbb{R}",
        ),
        (r"a \in \mathbb{R}_{>0}",),
    ),
)
