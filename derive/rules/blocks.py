"""Block matrices."""

from __future__ import annotations

from derive.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "block-times-block",
        r"\begin{pmatrix} A & B \\ C & D \end{pmatrix} \begin{pmatrix} E & F \\ G & H \end{pmatrix} = \begin{pmatrix} A E + B G & A F + B H \\ C E + D G & C F + D H \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
            r"C \in \mathbb{R}^{n \times p}",
            r"D \in \mathbb{R}^{n \times q}",
            r"E \in \mathbb{R}^{p \times r}",
            r"F \in \mathbb{R}^{p \times s}",
            r"G \in \mathbb{R}^{q \times r}",
            r"H \in \mathbb{R}^{q \times s}",
        ),
    ),
    Rule(
        "block-times-stack",
        r"\begin{pmatrix} A & B \\ C & D \end{pmatrix} \begin{pmatrix} E \\ G \end{pmatrix} = \begin{pmatrix} A E + B G \\ C E + D G \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
            r"C \in \mathbb{R}^{n \times p}",
            r"D \in \mathbb{R}^{n \times q}",
            r"E \in \mathbb{R}^{p \times r}",
            r"G \in \mathbb{R}^{q \times r}",
        ),
    ),
    Rule(
        "row-times-block",
        r"\begin{pmatrix} A & B \end{pmatrix} \begin{pmatrix} E & F \\ G & H \end{pmatrix} = \begin{pmatrix} A E + B G & A F + B H \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
            r"E \in \mathbb{R}^{p \times r}",
            r"F \in \mathbb{R}^{p \times s}",
            r"G \in \mathbb{R}^{q \times r}",
            r"H \in \mathbb{R}^{q \times s}",
        ),
    ),
    Rule(
        "row-times-stack",
        r"\begin{pmatrix} A & B \end{pmatrix} \begin{pmatrix} E \\ G \end{pmatrix} = A E + B G",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
            r"E \in \mathbb{R}^{p \times r}",
            r"G \in \mathbb{R}^{q \times r}",
        ),
    ),
    Rule(
        "stack-times-matrix",
        r"\begin{pmatrix} A \\ B \end{pmatrix} E = \begin{pmatrix} A E \\ B E \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{n \times p}",
            r"E \in \mathbb{R}^{p \times r}",
        ),
    ),
    Rule(
        "matrix-times-row",
        r"E \begin{pmatrix} A & B \end{pmatrix} = \begin{pmatrix} E A & E B \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{p \times m}",
            r"B \in \mathbb{R}^{p \times n}",
            r"E \in \mathbb{R}^{r \times p}",
        ),
    ),
    Rule(
        "transpose-of-block",
        r"\begin{pmatrix} A & B \\ C & D \end{pmatrix}^\top = \begin{pmatrix} A^\top & C^\top \\ B^\top & D^\top \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
            r"C \in \mathbb{R}^{n \times p}",
            r"D \in \mathbb{R}^{n \times q}",
        ),
    ),
    Rule(
        "transpose-of-stack",
        r"\begin{pmatrix} A \\ B \end{pmatrix}^\top = \begin{pmatrix} A^\top & B^\top \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{n \times p}",
        ),
    ),
    Rule(
        "transpose-of-row",
        r"\begin{pmatrix} A & B \end{pmatrix}^\top = \begin{pmatrix} A^\top \\ B^\top \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{m \times q}",
        ),
    ),
    Rule(
        "block-identity",
        r"\begin{pmatrix} I_m & 0 \\ 0 & I_n \end{pmatrix} = I_{m+n}",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "block-inverse-by-last",
        r"\begin{pmatrix} A & B \\ C & D \end{pmatrix}^{-1} = \begin{pmatrix} (A - B D^{-1} C)^{-1} & -(A - B D^{-1} C)^{-1} B D^{-1} \\ -D^{-1} C (A - B D^{-1} C)^{-1} & D^{-1} + D^{-1} C (A - B D^{-1} C)^{-1} B D^{-1} \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times m}",
            r"D \in \mathbb{R}^{n \times n}",
        ),
        (r"D \in \mathrm{GL}(n)",),
    ),
    Rule(
        "block-inverse-by-first",
        r"\begin{pmatrix} A & B \\ C & D \end{pmatrix}^{-1} = \begin{pmatrix} A^{-1} + A^{-1} B (D - C A^{-1} B)^{-1} C A^{-1} & -A^{-1} B (D - C A^{-1} B)^{-1} \\ -(D - C A^{-1} B)^{-1} C A^{-1} & (D - C A^{-1} B)^{-1} \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times m}",
            r"D \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(m)",),
    ),
    Rule(
        "block-determinant-by-first",
        r"\det \begin{pmatrix} A & B \\ C & D \end{pmatrix} = \det(A) \det(D - C A^{-1} B)",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times m}",
            r"D \in \mathbb{R}^{n \times n}",
        ),
        (r"A \in \mathrm{GL}(m)",),
    ),
    Rule(
        "block-determinant-by-last",
        r"\det \begin{pmatrix} A & B \\ C & D \end{pmatrix} = \det(D) \det(A - B D^{-1} C)",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times m}",
            r"D \in \mathbb{R}^{n \times n}",
        ),
        (r"D \in \mathrm{GL}(n)",),
    ),
    Rule(
        "trace-of-block",
        r"\operatorname{tr} \begin{pmatrix} A & B \\ C & D \end{pmatrix} = \operatorname{tr}(A) + \operatorname{tr}(D)",
        (
            r"A \in \mathbb{R}^{m \times m}",
            r"B \in \mathbb{R}^{m \times n}",
            r"C \in \mathbb{R}^{n \times m}",
            r"D \in \mathbb{R}^{n \times n}",
        ),
    ),
    Rule(
        "stack-times-row",
        r"\begin{pmatrix} A \\ B \end{pmatrix} \begin{pmatrix} C & D \end{pmatrix} = \begin{pmatrix} A C & A D \\ B C & B D \end{pmatrix}",
        (
            r"A \in \mathbb{R}^{m \times p}",
            r"B \in \mathbb{R}^{n \times p}",
            r"C \in \mathbb{R}^{p \times q}",
            r"D \in \mathbb{R}^{p \times r}",
        ),
    ),
)
