"""What cannot be read, and what makes no sense: notation (N), shapes and indices (S)."""

from __future__ import annotations

from derive.diagnosis.entry import FAMILY, PLAIN, SQUARE, VECTORS, WIDE, Diagnostic, document
from derive.limits import MAX_DEPTH

ENTRIES = (
    Diagnostic(
        "N101",
        "unknown-command",
        "a LaTeX command is not known",
        "The formula uses a command that is neither in the table of notation nor defined by a macro of the document. "
        "A formula is read as a whole or not at all, so nothing is guessed about the rest of it. "
        r"Define the command with \newcommand, or write what it stands for.",
        document(PLAIN, r"\frobnicate a = a \frobnicate"),
        document(PLAIN, "a + b = b + a"),
    ),
    Diagnostic(
        "N102",
        "unbalanced-brackets",
        "a bracket has no partner",
        "Every opening bracket, brace, bar and environment needs its closing partner within the same side of a "
        "relation. The place named is the bracket that is left over.",
        document(PLAIN, "(a + b = b + a"),
        document(PLAIN, "(a + b) = b + a"),
    ),
    Diagnostic(
        "N103",
        "unexpected-token",
        "a formula stops making sense at one sign",
        "Up to the place named the formula could be read; the sign there cannot follow what stands before it, such as "
        "an operator without an operand.",
        document(PLAIN, "a + {} * b = b"),
        document(PLAIN, "a + 2 b = 2 b + a"),
    ),
    Diagnostic(
        "N104",
        "too-large",
        "a formula is too long or nested too deeply",
        "Formulas are read up to a fixed length and depth of nesting, so that no input can exhaust the memory. "
        "Name parts of the formula by definitions and use the names.",
        document(PLAIN, "(" * (MAX_DEPTH + 10) + "a" + ")" * (MAX_DEPTH + 10) + " = a"),
        document(PLAIN, "((a)) = a"),
    ),
    Diagnostic(
        "N105",
        "undeclared-symbol",
        "a symbol is used and nothing says what it is",
        r"Nothing declares the symbol, and its use does not say what it is. Declare it before its first use, as in "
        r"$A \in \mathbb{R}^{m \times n}$, define it, or put its declaration into a preamble. In a claim record, and "
        "with --no-infer, every symbol has to be declared.",
        document(PLAIN, "a = g(a, 1) + b"),
        document(PLAIN + " Define $g(a, b) := a - b$.", "a = g(a, b) + b"),
    ),
    Diagnostic(
        "N106",
        "unsupported-notation",
        "this notation is known but not supported",
        "The notation was recognised, and there is no meaning for it here yet: limits and maxima, for example. "
        "The relation is left unread rather than read as something else.",
        document(PLAIN, r"\lim a = a"),
        document(PLAIN, r"1 \cdot a = a"),
    ),
    Diagnostic(
        "N107",
        "unreadable-record",
        "this line is not a claim record",
        'A claim record is one JSON object a line with the fields "id", "declare", "given" and "claim", where "claim" '
        'is a text and "declare" and "given" are lists of texts. The line is answered and the next one is read.',
        None,
        None,
    ),
    Diagnostic(
        "S201",
        "sides-differ",
        "the two sides have different shapes",
        "Two arrays are equal only if they have the same shape for every size that the declarations allow. Different "
        "size letters are different sizes. Often a transpose is missing.",
        document(WIDE, r"A^\top + A^\top = 2 A"),
        document(WIDE, r"A^\top + A^\top = 2 A^\top"),
    ),
    Diagnostic(
        "S202",
        "cannot-add",
        "terms of different shapes cannot be added",
        "Terms of a sum need one shape. A scalar is not added to every entry of an array: write $a I$ to add a scalar "
        r"to the diagonal, or $a \mathbf{1}$ to add it to every entry.",
        document(WIDE, "A x + x = x + A x"),
        document(WIDE, "A x + 2 A x = 3 A x"),
    ),
    Diagnostic(
        "S203",
        "cannot-multiply",
        "factors do not conform",
        "In a product the number of columns of each factor is the number of rows of the next one.",
        document(WIDE, "x A = 2 x A"),
        document(WIDE, r"x^\top A^\top A = (A^\top A x)^\top"),
    ),
    Diagnostic(
        "S204",
        "not-square",
        "the operation needs a square matrix",
        "Determinants, traces, inverses and powers exist for square matrices only.",
        document(WIDE, r"\det(2 A) = 2^n \det A"),
        document(SQUARE, r"\det(2 A) = 2^n \det A"),
    ),
    Diagnostic(
        "S205",
        "scalar-needed",
        "a scalar is needed here",
        "A denominator, an exponent or a limit of a sum is a scalar. To divide by a matrix, multiply by its inverse on "
        "the side that is meant.",
        document(SQUARE, r"\frac{A}{B} = \frac{2 A}{2 B}"),
        document(SQUARE, r"A B^{-1} = 2 A (2 B)^{-1}"),
    ),
    Diagnostic(
        "S210",
        "unused-index",
        "the index of a sum does not occur in it",
        "The summand is the same for every value of the index, which is almost always a slip in an index. Where a "
        "multiple is meant, write the factor.",
        document(FAMILY, r"\sum_{k=1}^K 2 x_n = 2 \sum_{k=1}^K x_n"),
        document(FAMILY, r"\sum_{k=1}^K 2 \mu_k = 2 \sum_{k=1}^K \mu_k"),
    ),
    Diagnostic(
        "S211",
        "free-index",
        "an index is free on one side only",
        'A free index means "for every", so it has to be free on both sides. Often a sum is missing.',
        document(FAMILY, r"\sum_{n=1}^N 2 x_n = 2 x_n"),
        document(FAMILY, r"\sum_{n=1}^N 2 x_n = 2 \sum_{n=1}^N x_n"),
    ),
    Diagnostic(
        "S212",
        "derivative-by-absent",
        "the derivative is by something that does not occur",
        "The gradient by a symbol that the function does not contain is zero, and nobody writes that on purpose. "
        "Often a letter was changed half-way.",
        document(VECTORS, r"\frac{\partial}{\partial y} (x^\top x) = 2 x"),
        document(VECTORS, r"\frac{\partial}{\partial x} (x^\top x) = 2 x"),
    ),
    Diagnostic(
        "S213",
        "index-out-of-range",
        "an index is outside its range",
        "An entry or a member of a family is taken that the declaration does not have.",
        document(r"Let $x \in \mathbb{R}^3$.", "x_1 + x_5 = x_5 + x_1"),
        document(r"Let $x \in \mathbb{R}^3$.", "x_1 + x_3 = x_3 + x_1"),
    ),
    Diagnostic(
        "S214",
        "wrong-arguments",
        "a function has the wrong arguments",
        "The number or the shapes of the arguments differ from the declaration or the definition of the function.",
        document(PLAIN + r" Let $f : \mathbb{R} \to \mathbb{R}$.", "f(a, b) + a = a + f(a, b)"),
        document(PLAIN + r" Let $f : \mathbb{R} \to \mathbb{R}$.", "f(a) + b = b + f(a)"),
    ),
)
