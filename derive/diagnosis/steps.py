"""Steps that are false (E), by what the author did."""

from __future__ import annotations

from derive.diagnosis.entry import DEFINITE, INDEXED, POSITIVE, SQUARE, SYMMETRIC, THREE, VECTORS, Diagnostic, document

ENTRIES = (
    Diagnostic(
        "E301",
        "step-refuted",
        "this step is false",
        "There is a point that satisfies every declaration and every assumption before the step, and there the two "
        "sides have different values. The point is shown; it can be checked by hand.",
        document(SQUARE, r"\operatorname{tr}(A \otimes B) = \operatorname{tr} A + \operatorname{tr} B"),
        document(SQUARE, r"\operatorname{tr}(A \otimes B) = \operatorname{tr}(A) \operatorname{tr}(B)"),
    ),
    Diagnostic(
        "E302",
        "lost-transpose",
        "a transpose is missing, or one is too many",
        "With one transpose put in or taken away, or an outer product transposed, the step is true. The derivative of "
        "tr(A X) by X is the transpose of A; that of a quadratic form has A and its transpose.",
        document(SQUARE + " " + VECTORS, r"\frac{\partial}{\partial A} x^\top A y = y x^\top"),
        document(SQUARE + " " + VECTORS, r"\frac{\partial}{\partial A} x^\top A y = x y^\top"),
    ),
    Diagnostic(
        "E303",
        "lost-sign",
        "a sign is wrong",
        "With the other sign of one term the step is true. Two minus signs are often lost together: that of the inner "
        "derivative and that of an inverse.",
        document(SYMMETRIC + " " + VECTORS, r"\frac{\partial}{\partial x} (y - x)^\top (y - x) = 2 (y - x)"),
        document(SYMMETRIC + " " + VECTORS, r"\frac{\partial}{\partial x} (y - x)^\top (y - x) = -2 (y - x)"),
    ),
    Diagnostic(
        "E304",
        "lost-factor",
        "a factor is missing, or one is too many",
        "With one factor put in or taken away the step is true: a 2 from a square, a half, a number of samples, the "
        "derivative of what stands inside a function, an identity matrix behind a scalar.",
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top x = x"),
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top x = 2 x"),
    ),
    Diagnostic(
        "E305",
        "factors-swapped",
        "two factors are in the wrong order",
        "Products of matrices do not commute. With two factors in the other order the step is true.",
        document(THREE, r"\operatorname{vec}(A C B) = (A \otimes B^\top) \operatorname{vec}(C)"),
        document(THREE, r"\operatorname{vec}(A C B) = (B^\top \otimes A) \operatorname{vec}(C)"),
    ),
    Diagnostic(
        "E306",
        "lost-inverse",
        "an inverse is missing, or one is too many",
        "With an inverse put in or taken away the step is true. Inverses are lost most often in the exponent of a "
        "density and behind the derivative of a log-determinant.",
        document(DEFINITE, r"\frac{\partial}{\partial A} \log |A| = A"),
        document(DEFINITE, r"\frac{\partial}{\partial A} \log |A| = A^{-1}"),
    ),
    Diagnostic(
        "E307",
        "wrong-index",
        "an index is another letter, missing or too many",
        "With another letter as an index, or as that of a sum, or with an index put in or taken away, the step is "
        "true.",
        document(INDEXED, "a_j (b_j + b_k) = a_j b_j + a_k b_k"),
        document(INDEXED, "a_j (b_j + b_k) = a_j b_j + a_j b_k"),
    ),
    Diagnostic(
        "E308",
        "missing-sum",
        "a sum is missing, or one is too many",
        "With a sum over an index put in or taken away, or reaching further, the step is true.",
        document(INDEXED, r"b_k + \sum_j a_j = b_k + a_k"),
        document(INDEXED, r"b_k + \sum_j a_j = b_k + \sum_i a_i"),
    ),
    Diagnostic(
        "E309",
        "wrong-power",
        "an exponent is missing or another one",
        "With another exponent the step is true. The normaliser of a density has the power of its dimension, a "
        "derivative lowers a power by one.",
        document(POSITIVE, r"\frac{d}{d a} \frac{1}{a} = -\frac{1}{a}"),
        document(POSITIVE, r"\frac{d}{d a} \frac{1}{a} = -\frac{1}{a^2}"),
    ),
    Diagnostic(
        "E310",
        "true-only-for-size",
        "this step is true for one size only",
        "The two sides agree for some sizes, such as D = 1, and differ for others. A derivation that was checked in "
        "one dimension often hides such a step: a determinant that lost an exponent, factors that do not commute.",
        document(SQUARE, r"\operatorname{tr}(A B) = \operatorname{tr}(A) \operatorname{tr}(B)"),
        document(SQUARE, r"\operatorname{tr}(A B) = \operatorname{tr}(B A)"),
    ),
    Diagnostic(
        "E311",
        "wrong-symbol",
        "a symbol stands in the place of another one",
        "With another symbol of the same kind the step is true: one without a hat, the other of two vectors, the size "
        "instead of the multiplier, the letter Sigma that was read as a sum.",
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top y = x"),
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top y = y"),
    ),
    Diagnostic(
        "E312",
        "one-direction-only",
        "this equivalence holds in one direction only",
        "One side of ⇔ follows from the other, but not the other way round: there is a point that satisfies the one "
        "and not the other. Write ⇒, or state what is missing.",
        document(SQUARE, r"A = B \iff A A = B A"),
        document(SQUARE, r"A = B \implies A A = B A"),
    ),
    Diagnostic(
        "E313",
        "bracket-moved",
        "a bracket or a fraction bar ends at the wrong place",
        "With a bracket that closes earlier or later, or a factor on the other side of a fraction bar, the step is "
        "true.",
        document(POSITIVE, r"\log(b a) = \log(a) b"),
        document(POSITIVE, r"\log(b a) = \log(a b)"),
    ),
    Diagnostic(
        "E314",
        "wrong-term",
        "a term is too many",
        "Without one of its terms the side is what the step says.",
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top y = y + x"),
        document(VECTORS, r"\frac{\partial}{\partial x} x^\top y = y"),
    ),
    Diagnostic(
        "E315",
        "wrong-function",
        "a trace, determinant, logarithm or exponential is missing, too many or another one",
        "With the function put in, taken away or exchanged the step is true.",
        document(DEFINITE, r"\log |A^2| = 2 |A|"),
        document(DEFINITE, r"\log |A^2| = 2 \log |A|"),
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
)
