"""Sums over an index, families and entries."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule("sum-of-ones", r"\sum_{i=1}^N 1 = N", (r"a_i \in \mathbb{R}, i = 1, \dots, N",)),
    Rule("sum-of-delta", r"\sum_{i=1}^N \delta_{ij} a_i = a_j", (r"a_i \in \mathbb{R}, i = 1, \dots, N",)),
    Rule(
        "sum-of-delta-array",
        r"\sum_{i=1}^N \delta_{ij} A_i = A_j",
        (r"A_i \in \mathbb{R}^{m \times n}, i = 1, \dots, N",),
    ),
    Rule("delta-replaces", r"\delta_{ij} a_i = \delta_{ij} a_j", (r"a_i \in \mathbb{R}, i = 1, \dots, N",)),
    Rule(
        "exchange-of-sums",
        r"\sum_{i=1}^N \sum_{j=1}^M a_{ij} = \sum_{j=1}^M \sum_{i=1}^N a_{ij}",
        (r"a_{ij} \in \mathbb{R}, i = 1, \dots, N, j = 1, \dots, M",),
    ),
    Rule(
        "exchange-of-sums-of-arrays",
        r"\sum_{i=1}^N \sum_{j=1}^M A_{ij} = \sum_{j=1}^M \sum_{i=1}^N A_{ij}",
        (r"A_{ij} \in \mathbb{R}^{m \times n}, i = 1, \dots, N, j = 1, \dots, M",),
    ),
    Rule(
        "entry-of-vector-product",
        r"(A x)_i = \sum_{j=1}^n A_{ij} x_j",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"x \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "entry-of-product",
        r"(A B)_{ij} = \sum_{k=1}^n A_{ik} B_{kj}",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{n \times p}",
        ),
    ),
    Rule("entry-of-transpose", r"(A^\top)_{ij} = A_{ji}", (r"A \in \mathbb{R}^{m \times n}",)),
    Rule(
        "entry-of-sum",
        r"(A + B)_{ij} = A_{ij} + B_{ij}",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "entry-of-scaled",
        r"(a A)_{ij} = a A_{ij}",
        (
            r"a \in \mathbb{R}",
            r"A \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule(
        "entry-of-hadamard",
        r"(A \odot B)_{ij} = A_{ij} B_{ij}",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"B \in \mathbb{R}^{m \times n}",
        ),
    ),
    Rule("entry-of-identity", r"(I_n)_{ij} = \delta_{ij}", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "entry-of-vector-sum",
        r"(x + y)_i = x_i + y_i",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "entry-of-scaled-vector",
        r"(a x)_i = a x_i",
        (
            r"a \in \mathbb{R}",
            r"x \in \mathbb{R}^n",
        ),
    ),
    Rule(
        "entry-of-vector-hadamard",
        r"(x \odot y)_i = x_i y_i",
        (
            r"x \in \mathbb{R}^n",
            r"y \in \mathbb{R}^n",
        ),
    ),
    Rule("trace-as-sum", r"\operatorname{tr}(A) = \sum_{i=1}^n A_{ii}", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule(
        "entry-of-function",
        r"(f(A))_{ij} = f(A_{ij})",
        (
            r"A \in \mathbb{R}^{m \times n}",
            r"f : \mathbb{R} \to \mathbb{R}",
        ),
    ),
    Rule(
        "entry-of-vector-function",
        r"(f(x))_i = f(x_i)",
        (
            r"x \in \mathbb{R}^{n}",
            r"f : \mathbb{R} \to \mathbb{R}",
        ),
    ),
    Rule("entry-of-ones", r"(\mathbf{1}_n)_i = 1", (r"x \in \mathbb{R}^{n}",)),
    Rule("entry-of-diagonal", r"(\operatorname{diag}(A))_i = A_{ii}", (r"A \in \mathbb{R}^{n \times n}",)),
    Rule("sum-of-entries", r"\sum_{i=1}^n x_i = \mathbf{1}^\top x", (r"x \in \mathbb{R}^n",)),
)
