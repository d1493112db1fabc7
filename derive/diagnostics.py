r"""The catalogue of diagnostics: for every code its name, headline, reason, and two small documents.

``bad`` is a document in which some relation is answered with the code, ``good`` one like it in which no
relation has any code; tests run both. A code that no document can show has None. Codes are never reused.
The letter is that of the stage that speaks: N notation, S shapes and indices, E a step that is false,
A conditions, J consequences, U undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.limits import MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One entry of the catalogue; ``headline`` is one clause that stands alone."""

    code: str
    name: str
    headline: str
    reason: str
    bad: str | None
    good: str | None


_PLAIN = r"Let $a \in \mathbb{R}$ and $b \in \mathbb{R}$."
_POSITIVE = r"Let $a \in \mathbb{R}_{>0}$ and $b \in \mathbb{R}_{>0}$."
_SQUARE = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$."
_WIDE = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$."
_VECTORS = r"Let $x \in \mathbb{R}^n$ and $y \in \mathbb{R}^n$."
_SYMMETRIC = r"Let $A \in \mathbb{S}^n$ and $B \in \mathbb{S}^n$."
_THREE = r"Let $A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$ and $C \in \mathbb{R}^{n \times n}$."
_DEFINITE = r"Let $A \in \mathbb{S}_{++}^n$."
_INDEXED = r"Let $a_k \in \mathbb{R}$ and $b_k \in \mathbb{R}$ for $k = 1, \dots, K$."
_FAMILY = r"Let $x_n \in \mathbb{R}^D$ for $n = 1, \dots, N$ and $\mu_k \in \mathbb{R}^D$ for $k = 1, \dots, K$."


def _document(declarations: str, *formulas: str) -> str:
    return "\n\n".join([declarations, *(f"$${formula}$$" for formula in formulas)]) + "\n"


_ENTRIES = (
    Diagnostic(
        "N101",
        "unknown-command",
        "a LaTeX command is not known",
        "The formula uses a command that is neither in the table of notation nor defined by a macro of the document. "
        "A formula is read as a whole or not at all, so nothing is guessed about the rest of it. "
        r"Define the command with \newcommand, or write what it stands for.",
        _document(_PLAIN, r"\frobnicate a = a \frobnicate"),
        _document(_PLAIN, "a + b = b + a"),
    ),
    Diagnostic(
        "N102",
        "unbalanced-brackets",
        "a bracket has no partner",
        "Every opening bracket, brace, bar and environment needs its closing partner within the same side of a "
        "relation. The place named is the bracket that is left over.",
        _document(_PLAIN, "(a + b = b + a"),
        _document(_PLAIN, "(a + b) = b + a"),
    ),
    Diagnostic(
        "N103",
        "unexpected-token",
        "a formula stops making sense at one sign",
        "Up to the place named the formula could be read; the sign there cannot follow what stands before it, such as "
        "an operator without an operand.",
        _document(_PLAIN, "a + {} * b = b"),
        _document(_PLAIN, "a + 2 b = 2 b + a"),
    ),
    Diagnostic(
        "N104",
        "too-large",
        "a formula is too long or nested too deeply",
        "Formulas are read up to a fixed length and depth of nesting, so that no input can exhaust the memory. "
        "Name parts of the formula by definitions and use the names.",
        _document(_PLAIN, "(" * (MAX_DEPTH + 10) + "a" + ")" * (MAX_DEPTH + 10) + " = a"),
        _document(_PLAIN, "((a)) = a"),
    ),
    Diagnostic(
        "N105",
        "undeclared-symbol",
        "a symbol is used and nothing says what it is",
        r"Whether a letter is a scalar, a vector or a matrix decides what a formula means, and it is not guessed. "
        r"Declare the symbol before its first use, as in $A \in \mathbb{R}^{m \times n}$, define it, or put its "
        "declaration into a preamble.",
        _document(_PLAIN, "a + c = c + a"),
        _document(_PLAIN + r" Let $c \in \mathbb{R}$.", "a + c = c + a"),
    ),
    Diagnostic(
        "N106",
        "unsupported-notation",
        "this notation is known but not supported",
        "The notation was recognised, and there is no meaning for it here yet: integrals and limits, for example. "
        "The relation is left unread rather than read as something else.",
        _document(_PLAIN, r"\int_0^1 a \, dt = a"),
        _document(_PLAIN, r"1 \cdot a = a"),
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
        _document(_WIDE, r"A^\top + A^\top = 2 A"),
        _document(_WIDE, r"A^\top + A^\top = 2 A^\top"),
    ),
    Diagnostic(
        "S202",
        "cannot-add",
        "terms of different shapes cannot be added",
        "Terms of a sum need one shape. A scalar is not added to every entry of an array: write $a I$ to add a scalar "
        r"to the diagonal, or $a \mathbf{1}$ to add it to every entry.",
        _document(_WIDE, "A x + x = x + A x"),
        _document(_WIDE, "A x + 2 A x = 3 A x"),
    ),
    Diagnostic(
        "S203",
        "cannot-multiply",
        "factors do not conform",
        "In a product the number of columns of each factor is the number of rows of the next one.",
        _document(_WIDE, "x A = 2 x A"),
        _document(_WIDE, r"x^\top A^\top A = (A^\top A x)^\top"),
    ),
    Diagnostic(
        "S204",
        "not-square",
        "the operation needs a square matrix",
        "Determinants, traces, inverses and powers exist for square matrices only.",
        _document(_WIDE, r"\det(2 A) = 2^n \det A"),
        _document(_SQUARE, r"\det(2 A) = 2^n \det A"),
    ),
    Diagnostic(
        "S205",
        "scalar-needed",
        "a scalar is needed here",
        "A denominator, an exponent or a limit of a sum is a scalar. To divide by a matrix, multiply by its inverse on "
        "the side that is meant.",
        _document(_SQUARE, r"\frac{A}{B} = \frac{2 A}{2 B}"),
        _document(_SQUARE, r"A B^{-1} = 2 A (2 B)^{-1}"),
    ),
    Diagnostic(
        "S210",
        "unused-index",
        "the index of a sum does not occur in it",
        "The summand is the same for every value of the index, which is almost always a slip in an index. Where a "
        "multiple is meant, write the factor.",
        _document(_FAMILY, r"\sum_{k=1}^K 2 x_n = 2 \sum_{k=1}^K x_n"),
        _document(_FAMILY, r"\sum_{k=1}^K 2 \mu_k = 2 \sum_{k=1}^K \mu_k"),
    ),
    Diagnostic(
        "S211",
        "free-index",
        "an index is free on one side only",
        'A free index means "for every", so it has to be free on both sides. Often a sum is missing.',
        _document(_FAMILY, r"\sum_{n=1}^N 2 x_n = 2 x_n"),
        _document(_FAMILY, r"\sum_{n=1}^N 2 x_n = 2 \sum_{n=1}^N x_n"),
    ),
    Diagnostic(
        "S212",
        "derivative-by-absent",
        "the derivative is by something that does not occur",
        "The gradient by a symbol that the function does not contain is zero, and nobody writes that on purpose. "
        "Often a letter was changed half-way.",
        _document(_VECTORS, r"\frac{\partial}{\partial y} (x^\top x) = 2 x"),
        _document(_VECTORS, r"\frac{\partial}{\partial x} (x^\top x) = 2 x"),
    ),
    Diagnostic(
        "S213",
        "index-out-of-range",
        "an index is outside its range",
        "An entry or a member of a family is taken that the declaration does not have.",
        _document(r"Let $x \in \mathbb{R}^3$.", "x_1 + x_5 = x_5 + x_1"),
        _document(r"Let $x \in \mathbb{R}^3$.", "x_1 + x_3 = x_3 + x_1"),
    ),
    Diagnostic(
        "S214",
        "wrong-arguments",
        "a function has the wrong arguments",
        "The number or the shapes of the arguments differ from the declaration or the definition of the function.",
        _document(_PLAIN + r" Let $f : \mathbb{R} \to \mathbb{R}$.", "f(a, b) + a = a + f(a, b)"),
        _document(_PLAIN + r" Let $f : \mathbb{R} \to \mathbb{R}$.", "f(a) + b = b + f(a)"),
    ),
    Diagnostic(
        "E301",
        "step-refuted",
        "this step is false",
        "There is a point that satisfies every declaration and every assumption before the step, and there the two "
        "sides have different values. The point is shown; it can be checked by hand.",
        _document(_SQUARE, r"\operatorname{tr}(A \otimes B) = \operatorname{tr} A + \operatorname{tr} B"),
        _document(_SQUARE, r"\operatorname{tr}(A \otimes B) = \operatorname{tr}(A) \operatorname{tr}(B)"),
    ),
    Diagnostic(
        "E302",
        "lost-transpose",
        "a transpose is missing, or one is too many",
        "With one transpose put in or taken away, or an outer product transposed, the step is true. The derivative of "
        "tr(A X) by X is the transpose of A; that of a quadratic form has A and its transpose.",
        _document(_SQUARE + " " + _VECTORS, r"\frac{\partial}{\partial A} x^\top A y = y x^\top"),
        _document(_SQUARE + " " + _VECTORS, r"\frac{\partial}{\partial A} x^\top A y = x y^\top"),
    ),
    Diagnostic(
        "E303",
        "lost-sign",
        "a sign is wrong",
        "With the other sign of one term the step is true. Two minus signs are often lost together: that of the inner "
        "derivative and that of an inverse.",
        _document(_SYMMETRIC + " " + _VECTORS, r"\frac{\partial}{\partial x} (y - x)^\top (y - x) = 2 (y - x)"),
        _document(_SYMMETRIC + " " + _VECTORS, r"\frac{\partial}{\partial x} (y - x)^\top (y - x) = -2 (y - x)"),
    ),
    Diagnostic(
        "E304",
        "lost-factor",
        "a factor is missing, or one is too many",
        "With one factor put in or taken away the step is true: a 2 from a square, a half, a number of samples, the "
        "derivative of what stands inside a function, an identity matrix behind a scalar.",
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top x = x"),
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top x = 2 x"),
    ),
    Diagnostic(
        "E305",
        "factors-swapped",
        "two factors are in the wrong order",
        "Products of matrices do not commute. With two factors in the other order the step is true.",
        _document(_THREE, r"\operatorname{vec}(A C B) = (A \otimes B^\top) \operatorname{vec}(C)"),
        _document(_THREE, r"\operatorname{vec}(A C B) = (B^\top \otimes A) \operatorname{vec}(C)"),
    ),
    Diagnostic(
        "E306",
        "lost-inverse",
        "an inverse is missing, or one is too many",
        "With an inverse put in or taken away the step is true. Inverses are lost most often in the exponent of a "
        "density and behind the derivative of a log-determinant.",
        _document(_DEFINITE, r"\frac{\partial}{\partial A} \log |A| = A"),
        _document(_DEFINITE, r"\frac{\partial}{\partial A} \log |A| = A^{-1}"),
    ),
    Diagnostic(
        "E307",
        "wrong-index",
        "an index is another letter, missing or too many",
        "With another letter as an index, or as that of a sum, or with an index put in or taken away, the step is "
        "true.",
        _document(_INDEXED, "a_j (b_j + b_k) = a_j b_j + a_k b_k"),
        _document(_INDEXED, "a_j (b_j + b_k) = a_j b_j + a_j b_k"),
    ),
    Diagnostic(
        "E308",
        "missing-sum",
        "a sum is missing, or one is too many",
        "With a sum over an index put in or taken away, or reaching further, the step is true.",
        _document(_INDEXED, r"b_k + \sum_j a_j = b_k + a_k"),
        _document(_INDEXED, r"b_k + \sum_j a_j = b_k + \sum_i a_i"),
    ),
    Diagnostic(
        "E309",
        "wrong-power",
        "an exponent is missing or another one",
        "With another exponent the step is true. The normaliser of a density has the power of its dimension, a "
        "derivative lowers a power by one.",
        _document(_POSITIVE, r"\frac{d}{d a} \frac{1}{a} = -\frac{1}{a}"),
        _document(_POSITIVE, r"\frac{d}{d a} \frac{1}{a} = -\frac{1}{a^2}"),
    ),
    Diagnostic(
        "E310",
        "true-only-for-size",
        "this step is true for one size only",
        "The two sides agree for some sizes, such as D = 1, and differ for others. A derivation that was checked in "
        "one dimension often hides such a step: a determinant that lost an exponent, factors that do not commute.",
        _document(_SQUARE, r"\det(2 A) = 2 \det A"),
        _document(_SQUARE, r"\det(2 A) = 2^n \det A"),
    ),
    Diagnostic(
        "E311",
        "wrong-symbol",
        "a symbol stands in the place of another one",
        "With another symbol of the same kind the step is true: one without a hat, the other of two vectors, the size "
        "instead of the multiplier, the letter Sigma that was read as a sum.",
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top y = x"),
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top y = y"),
    ),
    Diagnostic(
        "E312",
        "one-direction-only",
        "this equivalence holds in one direction only",
        "One side of ⇔ follows from the other, but not the other way round: there is a point that satisfies the one "
        "and not the other. Write ⇒, or state what is missing.",
        _document(_SQUARE, r"A = B \iff A A = B A"),
        _document(_SQUARE, r"A = B \implies A A = B A"),
    ),
    Diagnostic(
        "E313",
        "bracket-moved",
        "a bracket or a fraction bar ends at the wrong place",
        "With a bracket that closes earlier or later, or a factor on the other side of a fraction bar, the step is "
        "true.",
        _document(_POSITIVE, r"\log(b a) = \log(a) b"),
        _document(_POSITIVE, r"\log(b a) = \log(a b)"),
    ),
    Diagnostic(
        "E314",
        "wrong-term",
        "a term is too many",
        "Without one of its terms the side is what the step says.",
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top y = y + x"),
        _document(_VECTORS, r"\frac{\partial}{\partial x} x^\top y = y"),
    ),
    Diagnostic(
        "E315",
        "wrong-function",
        "a trace, determinant, logarithm or exponential is missing, too many or another one",
        "With the function put in, taken away or exchanged the step is true.",
        _document(_DEFINITE, r"\log |A^2| = 2 |A|"),
        _document(_DEFINITE, r"\log |A^2| = 2 \log |A|"),
    ),
    Diagnostic(
        "E316",
        "after-an-error",
        "this side does not follow from the one before it, but agrees with an earlier one",
        "The chain went wrong in the line before and is right again here. The step is false as it stands; what needs "
        "to be corrected is the side before it.",
        None,
        None,
    ),
    Diagnostic(
        "A401",
        "condition-needed",
        "this step needs a condition that is not stated",
        "As declared the step is false, and the counterexample shows where. With the condition that is named it is "
        r"true. State it in the declaration, as in $W \in \mathbb{S}^n$ for a symmetric matrix.",
        _document(
            r"Let $x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{n \times n}$.",
            r"\frac{\partial}{\partial x} (x^\top W x) = 2 W x",
        ),
        _document(
            r"Let $x \in \mathbb{R}^n$ and $W \in \mathbb{S}^n$.",
            r"\frac{\partial}{\partial x} (x^\top W x) = 2 W x",
        ),
    ),
    Diagnostic(
        "A402",
        "unsatisfiable-assumption",
        "no point satisfies this assumption",
        "The assumption contradicts the declarations or the assumptions before it, so everything would follow from "
        "it. It is not used, and nothing follows from it.",
        _document(r"Let $x \in \mathbb{R}^n$. Assume that", r"x^\top x = -1"),
        _document(r"Let $x \in \mathbb{R}^n$. Assume that", r"x^\top x = 1"),
    ),
    Diagnostic(
        "J501",
        "may-follow",
        "this step may follow from an assumption, which was not decided",
        "The step is not an identity, so a point exists where the sides differ, and an assumption made earlier speaks "
        "about its symbols. No points that satisfy the assumption were found to test the step on, and it was not "
        "derived from it either. Show the steps between.",
        _document(_SYMMETRIC + " Assume that", "A^3 + A = B^3 + B") + "\nThen\n\n$$A = B$$\n",
        _document(_SYMMETRIC + " Assume that", "A = B") + "\nThen\n\n$$A + B = 2 B$$\n",
    ),
    Diagnostic(
        "J502",
        "implication",
        "this implication was not decided",
        "The equation on the right is not an identity, and it was neither derived from the one on the left nor was a "
        "point found that satisfies the left one and not the right one.",
        _document(_SYMMETRIC, r"A^3 + A = B^3 + B \implies A = B"),
        _document(_SYMMETRIC, r"A = B \implies A + B = 2 B"),
    ),
    Diagnostic(
        "U601",
        "time-limit",
        "the limit of time or memory was reached",
        "The computation was ended. A longer limit is given with --timeout; a step that is divided into smaller ones "
        "is usually decided at once.",
        None,
        None,
    ),
    Diagnostic(
        "U602",
        "not-evaluable",
        "the relation is understood but cannot be evaluated exactly",
        "Exact evaluation needs every operation to have exact values. For this one there is no such evaluation yet, "
        "so nothing was tested.",
        _document(
            r"Let $S \in \mathbb{S}_{++}^n$, $a \in \mathbb{R}$ and $b \in \mathbb{R}$.",
            "S^a S^b = S^{a + b}",
        ),
        _document(
            r"Let $S \in \mathbb{S}_{++}^n$, $p \in \mathbb{N}$ and $q \in \mathbb{N}$.",
            "S^p S^q = S^{p + q}",
        ),
    ),
    Diagnostic(
        "U603",
        "no-point",
        "no point was found where both sides are defined",
        "A relation is judged where both sides exist. At every point that was tried a matrix to be inverted was "
        "singular or a denominator was zero.",
        _document(_PLAIN, r"\frac{a}{b - b} = \frac{2 a}{b - b}"),
        _document(_PLAIN, r"\frac{a}{a - b} = \frac{2 a}{2 a - 2 b}"),
    ),
    Diagnostic(
        "U604",
        "unsupported-relation",
        "only equations are judged",
        "Approximations, proportionalities and inequalities are read, so that none is dropped silently, and are not "
        "decided.",
        _document(_PLAIN, r"\exp(a) \approx 1 + a"),
        _document(_PLAIN, r"\exp(a + b) = \exp(a) \exp(b)"),
    ),
    Diagnostic(
        "U605",
        "no-witness",
        "the sides seem to differ, and no counterexample was found",
        "In a finite field the two sides have different values, but no point with real numbers was found where they "
        "differ. A relation is refuted only by a point that can be shown.",
        None,
        None,
    ),
)

CATALOGUE = {entry.code: entry for entry in _ENTRIES}


def lookup(code: str) -> Diagnostic | None:
    """Return the entry with a code or a name, in upper or lower case, or None.

    Examples
    --------
    >>> lookup("E301").name
    'step-refuted'
    >>> lookup("Step-Refuted").code
    'E301'
    """
    wanted = code.strip()
    return CATALOGUE.get(wanted.upper()) or next((e for e in _ENTRIES if e.name == wanted.lower()), None)
