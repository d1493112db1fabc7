"""Kronecker products and vec."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "kronecker-mixed-product",
        r"(A \otimes B)(C \otimes D) = (A C) \otimes (B D)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times k}",
            r"B \in \mathbb{R}^{p \times q}",
            r"D \in \mathbb{R}^{q \times r}",
        ),
    ),
    Rule(
        "kronecker-of-identities",
        r"I_m \otimes I_n = I",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "vec-of-product",
        r"(B^\top \otimes A) \operatorname{vec}(X) = \operatorname{vec}(A X B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"X \in \mathbb{R}^{n \times p}",
            r"B \in \mathbb{R}^{p \times q}",
        ),
    ),
    Rule("vec-of-vector", r"\operatorname{vec}(x) = x", (r"x \in \mathbb{R}^n",)),
    Rule(
        "vec-inner-product",
        r"\operatorname{vec}(A)^\top \operatorname{vec}(B) = \operatorname{tr}(A^\top B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "vec-of-outer",
        r"\operatorname{vec}(a b^\top) = b \otimes a",
        (
            r"a \in \mathbb{R}^m",
            r"b \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "vec-of-hadamard",
        r"\operatorname{vec}(A \odot B) = \operatorname{vec}(A) \odot \operatorname{vec}(B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "kronecker-with-one",
        r"A \otimes M = \operatorname{tr}(M) A",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"M \in \mathbb{R}^{1 \times 1}",
        ),
    ),
    Rule(
        "one-with-kronecker",
        r"M \otimes A = \operatorname{tr}(M) A",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"M \in \mathbb{R}^{1 \times 1}",
        ),
    ),
    Rule(
        "vec-of-transpose",
        r"\operatorname{vec}(X^\top) = K_{m, n} \operatorname{vec}(X)",
        (r"X \in \mathbb{R}^{m \times n}",),
    ),
    Rule(
        "vec-of-kronecker",
        r"\operatorname{vec}(A \otimes B) = (I_n \otimes K_{q, m} \otimes I_p) (\operatorname{vec}(A) \otimes \operatorname{vec}(B))",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{p \times q}",
        ),
    ),
    Rule(
        "vec-of-diag",
        r"\operatorname{vec}(\operatorname{diag}(x)) = \operatorname{vec}(I_n) \odot (\mathbf{1}_n \otimes x)",
        (r"x \in \mathbb{R}^{n}",),
    ),
    Rule(
        "kronecker-from-left",
        r"a \otimes b = (a \otimes I_n) b",
        (
            r"a \in \mathbb{R}^{m}",
            r"b \in \mathbb{R}^{n}",
        ),
    ),
    Rule(
        "kronecker-from-right",
        r"a \otimes b = (I_m \otimes b) a",
        (
            r"a \in \mathbb{R}^{m}",
            r"b \in \mathbb{R}^{n}",
        ),
    ),
    Rule(
        "diagonal-by-vec",
        r"\operatorname{diag}(A) = (\mathbf{1}_n^\top \otimes I_n) (\operatorname{vec}(I_n) \odot \operatorname{vec}(A))",
        (r"A \in \mathbb{R}^{n \times n}",),
    ),
    Rule(
        "inner-product-with-vec",
        r"w^\top \operatorname{vec}(X) = \operatorname{tr}((I_n \otimes w)^\top (\operatorname{vec}(I_n) \otimes I_m) X)",
        (
            r"w \in \mathbb{R}^{m n}",
            r"X \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "trace-with-kronecker",
        r"\operatorname{tr}(A B) = \operatorname{vec}(A^\top)^\top \operatorname{vec}(B)",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times m}",
        ),
    ),
    Rule("commutation-transpose", r"K_{m, n}^\top = K_{n, m}", (r"A \in \mathbb{R}^{m \times n}",)),
    Rule("commutation-twice", r"K_{n, m} K_{m, n} = I", (r"A \in \mathbb{R}^{m \times n}",)),
)
