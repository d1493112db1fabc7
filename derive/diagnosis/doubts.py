"""Conditions (A), consequences (J), and what is not decided (U)."""

from __future__ import annotations

from derive.diagnosis.entry import PLAIN, SYMMETRIC, Diagnostic, document

ENTRIES = (
    Diagnostic(
        "A401",
        "condition-needed",
        "this step needs a condition that is not stated",
        "As declared the step is false, and the counterexample shows where. With the condition that is named it is "
        r"true. State it in the declaration, as in $W \in \mathbb{S}^n$ for a symmetric matrix.",
        document(
            r"Let $x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{n \times n}$.",
            r"\frac{\partial}{\partial x} (x^\top W x) = 2 W x",
        ),
        document(
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
        document(r"Let $x \in \mathbb{R}^n$. Assume that", r"x^\top x = -1"),
        document(r"Let $x \in \mathbb{R}^n$. Assume that", r"x^\top x = 1"),
    ),
    Diagnostic(
        "A403",
        "two-readings",
        "this step is true under one reading of the document only",
        "Nothing declares the symbols, and two readings fit all that is written: a letter may be a number or a vector, "
        "or an index may pick an entry or a member of a family. Both were tried. The declaration that is named makes "
        "the step true; the counterexample is one under the other reading.",
        "$$a \\otimes b = b \\otimes a$$\n",
        "Let $a, b \\in \\mathbb{R}$.\n\n$$a \\otimes b = b \\otimes a$$\n",
    ),
    Diagnostic(
        "J501",
        "may-follow",
        "this step may follow from an assumption, which was not decided",
        "The step is not an identity, so a point exists where the sides differ, and an assumption made earlier speaks "
        "about its symbols. No points that satisfy the assumption were found to test the step on, and it was not "
        "derived from it either. Show the steps between.",
        document(SYMMETRIC + " Assume that", "A^3 + A = B^3 + B") + "\nThen\n\n$$A = B$$\n",
        document(SYMMETRIC + " Assume that", "A = B") + "\nThen\n\n$$A + B = 2 B$$\n",
    ),
    Diagnostic(
        "J502",
        "implication",
        "this implication was not decided",
        "The equation on the right is not an identity, and it was neither derived from the one on the left nor was a "
        "point found that satisfies the left one and not the right one.",
        document(SYMMETRIC, r"A^3 + A = B^3 + B \implies A = B"),
        document(SYMMETRIC, r"A = B \implies A + B = 2 B"),
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
        document(
            r"Let $S \in \mathbb{S}_{++}^n$, $a \in \mathbb{R}$ and $b \in \mathbb{R}$.",
            "S^a S^b = S^{a + b}",
        ),
        document(
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
        document(PLAIN, r"\frac{a}{b - b} = \frac{2 a}{b - b}"),
        document(PLAIN, r"\frac{a}{a - b} = \frac{2 a}{2 a - 2 b}"),
    ),
    Diagnostic(
        "U604",
        "unsupported-relation",
        "only equations are judged",
        "Approximations and inequalities are read, so that none is dropped silently, and are not decided.",
        document(PLAIN, r"\exp(a) \approx 1 + a"),
        document(PLAIN, r"\exp(a + b) = \exp(a) \exp(b)"),
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
    Diagnostic(
        "U606",
        "restated-symbol",
        "a symbol that nothing declares is given another value",
        "Nothing declares the symbol, so it is taken from the first equation that gives its value. This one gives "
        "another value: it may be wrong, or the same letter may stand for something else. A declaration decides.",
        "$$P = X (X^\\top X)^{-1} X^\\top$$\n\n$$P = 2 X (X^\\top X)^{-1} X^\\top$$\n",
        "$$P = X (X^\\top X)^{-1} X^\\top$$\n\n$$P = P^2$$\n",
    ),
    Diagnostic(
        "U607",
        "only-guessed",
        "what a symbol is, is only guessed",
        "Nothing declares the symbol, and the answer hangs on what it is: it stands on one side only, or the shapes "
        "that were inferred for it do not fit here. A declaration, as `derive declare` proposes it, decides.",
        "$$A x = b$$\n",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ and $x, b \\in \\mathbb{R}^n$. Assume that\n\n$$A x = b$$\n",
    ),
    Diagnostic(
        "U608",
        "open-proportion",
        "equality up to a factor or a term was not decided",
        "Two sides are equal up to a factor if their ratio does not depend on what varies. What varies is named by the "
        "density on the left side, as β is by p(β | y), or by words, as in “as a function of β”. It has to be "
        "declared, and what may depend on it has to be understood.",
        document(PLAIN, r"\exp(a + b) \propto \exp(b)"),
        document(PLAIN + " As a function of $b$", r"\exp(a + b) \propto \exp(b)"),
    ),
    Diagnostic(
        "U609",
        "open-integral",
        "a relation with an integral was not decided",
        "Nothing is integrated here. Sums of integrals over the same variable and domain are equal if their integrands "
        "are; a factor that is free of the variable comes out; a Gaussian or Gamma density in the variable, over its "
        "whole domain, integrates to one. Integrals may agree for other reasons, so nothing is refuted.",
        document(PLAIN + r" Let $t \in \mathbb{R}$.", r"\int_0^1 2 a t \, dt = a"),
        document(PLAIN + r" Let $t \in \mathbb{R}$.", r"\int_0^1 2 a t \, dt = 2 a \int_0^1 t \, dt"),
    ),
    Diagnostic(
        "U610",
        "speaks-for-itself",
        "only this line says that a symbol is a number",
        "By its letter the symbol looks like a vector or a matrix, and it is taken for something smaller because this "
        "line fits no other way. A wrong line fits no other way either: factors in the wrong order do if one of them "
        "is a number. A declaration, or another line with the symbol, decides.",
        "$$\\mu \\Sigma = \\Sigma \\mu$$\n",
        "Let $\\mu \\in \\mathbb{R}$.\n\n$$\\mu \\Sigma = \\Sigma \\mu$$\n",
    ),
    Diagnostic(
        "U611",
        "few-sizes",
        "the sides agree, at too few sizes to say more",
        "Two sides in which sizes are numbers, or in which products of matrices are long, may agree at small sizes and "
        "nowhere else. How many sizes tell them apart is known from their degrees; so many were not tested, and no "
        "proof was found.",
        r"$$\sum_{i=1}^n (i + 1)^{70} - \sum_{i=1}^n i^{70} = (n + 1)^{70} - 1$$",
        r"$$\sum_{i=1}^n (i + 1)^7 - \sum_{i=1}^n i^7 = (n + 1)^7 - 1$$",
    ),
)
