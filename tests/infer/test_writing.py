"""Declarations as text, which are read back as they were meant."""

import pytest
from sympy import Symbol

from derive.containers import read_text
from derive.document import read_blocks
from derive.facts import Fact
from derive.infer.variables import Variables
from derive.infer.writing import declaration
from derive.options import Options
from derive.shape import ONE

N, P = Symbol("n"), Symbol("p")
CASES = [
    (None, set(), "\\mathbb{R}"),
    (None, {Fact.POSITIVE}, "\\mathbb{R}_{>0}"),
    ((N, ONE), set(), "\\mathbb{R}^{n}"),
    ((N, P), set(), "\\mathbb{R}^{n \\times p}"),
    ((N, P), {Fact.SYMMETRIC, Fact.INVERTIBLE}, "\\mathbb{R}^{n \\times p}"),
    ((N, N), {Fact.SYMMETRIC}, "\\mathbb{S}^{n}"),
    ((N, N), {Fact.SEMIDEFINITE}, "\\mathbb{S}_{+}^{n}"),
    ((N, N), {Fact.DEFINITE}, "\\mathbb{S}_{++}^{n}"),
    ((N, N), {Fact.DEFINITE, Fact.DIAGONAL}, "\\mathbb{D}_{++}^{n}"),
    ((N, N), {Fact.DIAGONAL}, "\\mathbb{D}^{n}"),
    ((N, N), {Fact.ORTHOGONAL}, "\\mathrm{O}(n)"),
    ((N, N), {Fact.INVERTIBLE}, "\\mathrm{GL}(n)"),
]


@pytest.mark.parametrize(("shape", "facts", "expected"), CASES)
def test_a_declaration_is_written_and_read_back(shape, facts, expected):
    text = declaration("A", shape, frozenset(facts), (), Variables({}))
    assert text == f"A \\in {expected}"
    found = read_blocks(read_text("a.md", f"${text}$"), None, Options()).scope.declarations["A"]
    assert found.shape == shape
    if shape is None or shape[0] == shape[1]:
        assert facts <= found.facts


def test_families_have_their_letters_and_ranges():
    from undeclared import declared

    assert declared("$$\\sum_{n=1}^N \\sum_{k=1}^K r_{nk} = N$$")["r_{·}"] == (
        "r_{n k} \\in \\mathbb{R}, n = 1, \\dots, N, k = 1, \\dots, K"
    )
