"""Integrals as syntax trees: where they end, over what they run."""

import pytest

from derive.parse import parse
from derive.source import Excerpt
from derive.syntax import Integral, Product, Terms, below
from derive.tokens import Unreadable, tokenize


def read(formula, declared=()):
    return parse(tokenize(Excerpt.of(formula)), declared)


def integrals(formula):
    return [node for node in below(read(formula)) if isinstance(node, Integral)]


@pytest.mark.parametrize(
    ("formula", "domain", "sizes", "is_line"),
    [
        (r"\int f \, \mathrm{d}x", "", 0, False),
        (r"\int f \, dx", "", 0, False),
        (r"\int_{\mathbb{R}^n} f \, dx", r"\mathbb R^n", 1, False),
        (r"\int_{\mathbb{R}^{n}} f \, dx", r"\mathbb R^n", 1, False),
        (r"\int_{\mathbb R^{m \times n}} f \, dX", r"\mathbb R^{m\times n}", 2, False),
        (r"\int_{\mathbb{R}} f \, dx", r"\mathbb R", 0, True),
        (r"\int_{\mathbb{R}^+} f \, dx", r"\mathbb R^+", 0, False),
        (r"\int_{\mathcal{X}} f \, dx", r"\mathcal X", 0, False),
        (r"\int_0^\infty f \, dx", r"0..\infty", 0, True),
        (r"\int_{0}^{\infty} f \, dx", r"0..\infty", 0, True),
        (r"\int\limits_{-\infty}^{\infty} f \, dx", r"-\infty..\infty", 0, True),
        (r"\int^b_a f \, dx", "a..b", 0, True),
    ],
)
def test_domains(formula, domain, sizes, is_line):
    (found,) = integrals(formula)
    assert (found.domain, len(found.space), found.is_line) == (domain, sizes, is_line)


def test_an_integral_ends_at_its_differential():
    whole = read(r"\int f \, dx + c")
    assert isinstance(whole, Terms) and isinstance(whole.items[0][1], Integral)
    whole = read(r"\int f \, dx \, g")
    assert isinstance(whole, Product) and len(whole.items) == 2
    (found,) = integrals(r"\int f + g \, dx")
    assert isinstance(found.body, Terms)


def test_nested_integrals_end_from_the_inside_out():
    outer, inner = integrals(r"\int_0^1 \int_0^2 f \, dx \, dy")
    assert (outer.variable.key, outer.domain, inner.variable.key, inner.domain) == ("y", "0..1", "x", "0..2")
    outer, inner = integrals(r"\int p \int f \, dx \, q \, dy")
    assert isinstance(outer.body, Product) and len(outer.body.items) == 3


def test_a_derivative_inside_is_no_differential_of_the_integral():
    (found,) = integrals(r"\int \frac{d f}{d x} \, dy")
    assert found.variable.key == "y"


@pytest.mark.parametrize(
    ("formula", "code"),
    [(r"\int f", "N103"), (r"\int f + g", "N103"), (r"\int dx", "N103"), (r"\int_0^1 \int_0^1 f dx", "N103"),
     (r"\int f dx dy", "N106"), (r"\int_0_1 f dx", "N103"), (r"\int f \, d(x)", "N103"), (r"\oint f dx", "N106"),
     (r"\int", "N103"), (r"\int f \, \mathrm{d}", "N103"), (r"\int_0^1 f \, d x^2", "N103")],
)  # fmt: skip
def test_what_is_no_integral(formula, code):
    with pytest.raises(Unreadable) as caught:
        read(formula)
    assert caught.value.code == code and caught.value.message


def test_a_declared_d_is_no_differential():
    with pytest.raises(Unreadable):
        read(r"\int f d x", {"d"})
    assert isinstance(read(r"\int f d \, \mathrm{d}x", {"d"}), Integral)
