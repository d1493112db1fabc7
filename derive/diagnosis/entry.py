"""What an entry of the catalogue of diagnostics is, and the declarations its examples begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One entry of the catalogue; ``headline`` is one clause that stands alone."""

    code: str
    name: str
    headline: str
    reason: str
    bad: str | None
    good: str | None


PLAIN = r"Let $a \in \mathbb{R}$ and $b \in \mathbb{R}$."
POSITIVE = r"Let $a \in \mathbb{R}_{>0}$ and $b \in \mathbb{R}_{>0}$."
SQUARE = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$."
WIDE = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$."
VECTORS = r"Let $x \in \mathbb{R}^n$ and $y \in \mathbb{R}^n$."
SYMMETRIC = r"Let $A \in \mathbb{S}^n$ and $B \in \mathbb{S}^n$."
THREE = r"Let $A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$ and $C \in \mathbb{R}^{n \times n}$."
DEFINITE = r"Let $A \in \mathbb{S}_{++}^n$."
INDEXED = r"Let $a_k \in \mathbb{R}$ and $b_k \in \mathbb{R}$ for $k = 1, \dots, K$."
FAMILY = r"Let $x_n \in \mathbb{R}^D$ for $n = 1, \dots, N$ and $\mu_k \in \mathbb{R}^D$ for $k = 1, \dots, K$."


def document(declarations: str, *formulas: str) -> str:
    """Return a document with declarations and displayed formulas."""
    return "\n\n".join([declarations, *(f"$${formula}$$" for formula in formulas)]) + "\n"
