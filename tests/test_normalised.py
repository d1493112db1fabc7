"""Densities that integrate to one, and the domains over which they do."""

import pytest
from sympy import Symbol
from sympy.matrices.expressions import MatrixSymbol

from derive.expr import Blocks, Density, build
from derive.facts import Declaration, Fact, Kind
from derive.normalised import POSITIVE, UNIT, WHOLE, domain_of, normalised
from derive.shape import ONE

N = Symbol("n")
NUMBER = Declaration("x", Kind.SCALAR)
COLUMN = Declaration("x", Kind.ARRAY, (N, ONE))


def having(declaration, fact):
    return Declaration(declaration.key, declaration.kind, declaration.shape, frozenset({fact}))


@pytest.mark.parametrize(
    ("text", "declaration", "expected"),
    [
        ("", NUMBER, WHOLE),
        ("", COLUMN, WHOLE),
        ("", having(NUMBER, Fact.POSITIVE), POSITIVE),
        ("", having(COLUMN, Fact.POSITIVE), POSITIVE),
        ("", having(NUMBER, Fact.NONNEGATIVE), None),
        (r"\mathbb R", NUMBER, WHOLE),
        (r"\mathbb R", COLUMN, None),
        (r"\mathbb R^n", COLUMN, WHOLE),
        (r"\mathbb R^+", COLUMN, None),
        (r"\mathbb R^n_+", COLUMN, None),
        (r"\mathbb R^{m\times n}", COLUMN, WHOLE),
        (r"-\infty..\infty", NUMBER, WHOLE),
        (r"0..\infty", NUMBER, POSITIVE),
        (r"0..\infty", COLUMN, None),
        ("0..1", NUMBER, UNIT),
        ("0..1", COLUMN, None),
        ("0..2", NUMBER, None),
        (r"\mathcal X", NUMBER, None),
    ],
)
def test_domains(text, declaration, expected):
    assert domain_of(text, declaration) == expected


def test_a_gaussian_is_a_density_of_its_first_argument():
    x, m, s = MatrixSymbol("x", N, 1), MatrixSymbol("m", N, 1), MatrixSymbol("S", N, N)
    found = normalised(build(Density, x, m, s))
    assert (found.variable, found.parameters, found.domain) == (x, (m, s), WHOLE)
    number = [build(Blocks, ONE, ONE, Symbol(name)) for name in "xms"]
    assert normalised(build(Density, *number)).variable == Symbol("x")
    assert normalised(build(Density, x + m, m, s)) is None
    assert normalised(x) is None
