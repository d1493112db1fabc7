"""Expectations of what is equal are equal."""

import pytest

from derive import check

DECLARED = r"""Let $X \in \mathbb{R}^{n \times p}$ be a random matrix, let $x \in \mathbb{R}^n$ and
$Y \in \mathbb{R}^n$ be random vectors, let $M \in \mathbb{R}^{n \times p}$,
$A \in \mathbb{R}^{n \times n}$, $t, b \in \mathbb{R}^n$.

"""


def judged(claim):
    return check(f"{DECLARED}$${claim}$$\n").relations[-1].judgement


@pytest.mark.parametrize(
    "claim",
    [
        r"\mathrm{E}[\mathrm{tr}((X - M)^\top (X - M))] = \mathrm{E}[\mathrm{tr}((X - M) (X - M)^\top)]",
        r"\mathrm{E}[\mathrm{tr}((X - M) (X - M)^\top)] = \mathrm{tr}(\mathrm{E}[(X - M) (X - M)^\top])",
        r"\mathrm{tr}[\left\langle X X^\top \right\rangle] = \left\langle \mathrm{tr}[X X^\top] \right\rangle",
        r"b + \mathrm{E}[(x^\top x)^2 x] = b + \mathrm{E}[x^\top x \, x \, x^\top x]",
        r"\mathrm{E}[\exp(t^\top (A x + b))] = \mathrm{E}[\exp(t^\top A x) \exp(t^\top b)]",
        r"\mathrm{E}[(x^\top A x)^3|Y] = \mathrm{E}[(x^\top A^\top x)^3|Y]",
        r"\mathrm{Var}[(x^\top A x)^3] = \mathrm{Var}[(x^\top A^\top x)^3]",
    ],
)
def test_what_agrees_inside_holds(claim):
    assert judged(claim).verdict.value in ("proved", "holds")


@pytest.mark.parametrize(
    "claim",
    [
        r"\mathrm{E}[\mathrm{tr}((X - M)^\top (X - M))] = \mathrm{E}[\mathrm{tr}((X + M) (X - M)^\top)]",
        r"\mathrm{E}[\mathrm{tr}((X - M) (X - M)^\top)] = \mathrm{tr}(\mathrm{E}[(X - M) (X + M)^\top])",
        r"\mathrm{E}[(x^\top A x)^3|Y] = \mathrm{E}[(x^\top A x)^3]",
        r"\mathrm{E}[(x^\top A x)^3] = \mathrm{Var}[(x^\top A x)^3]",
        r"2 \mathrm{E}[(x^\top A x)^3|Y] = 2 \mathrm{E}[(x^\top A x)^3|A Y]",
        r"\mathrm{E}[(x^\top A x)^3] = \mathrm{E}[x^\top A x]^3",
        r"\mathrm{E}[(x^\top x)^3] = 2 \mathrm{E}[(x^\top x)^3]",
        r"\mathrm{Var}[\mathrm{tr}(X X^\top)] = \mathrm{tr}[\mathrm{Var}(X X^\top)]",
        r"\mathrm{E}[\exp(t^\top x)] = \exp(\mathrm{E}[t^\top x])",
    ],
)
def test_what_differs_is_not_true(claim):
    assert judged(claim).verdict.value not in ("proved", "holds")
