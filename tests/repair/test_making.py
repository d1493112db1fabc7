"""Nodes that are made, and numbers that are read from nodes."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_lines import line, outline

from derive.repair.edit import MADE
from derive.repair.making import (
    group,
    inside,
    name,
    negative,
    num,
    product,
    replaced,
    summed,
    terms,
    value_of,
    with_scripts,
    without,
)
from derive.syntax import Group, Num, Product, Reduction, Scripted, Terms, is_symbol

A, B, C = map(name, "ABC")
SIDES = {"a": r"a \in \mathbb{R}"}


def read(text):
    """Return the tree of a text."""
    return line(f"a = {text}").right


def test_sums_and_products_are_taken_in():
    assert terms((-1, terms((1, A), (-1, B))), (1, C)) == Terms(MADE, ((-1, A), (1, B), (1, C)))
    assert terms((1, A)) is A and isinstance(terms((-1, A)), Terms)
    assert product(product(A, B), C) == Product(MADE, (A, B, C), ("", "", "")) and product(A) is A


def test_negative_twice_is_the_same():
    for node in (A, terms((1, A), (-1, B)), product(A, B)):
        assert outline(negative(negative(node))) == outline(node)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("ABC"), min_size=2, max_size=5), st.data())
def test_factors_are_replaced_and_left_out(letters, data):
    whole = product(*map(name, letters))
    place = data.draw(st.integers(0, len(letters) - 1))
    rest = without(whole, place)
    kept = [letter for at, letter in enumerate(letters) if at != place]
    assert outline(rest) == outline(product(*map(name, kept)))
    made = replaced(whole, place, name("D"), name("E"))
    wanted = [*letters[:place], "D", "E", *letters[place + 1 :]]
    assert outline(made) == outline(product(*map(name, wanted)))
    assert without(whole, *range(len(letters))) == num(1)


def test_a_divisor_stays_one():
    whole = read("a / b")
    assert isinstance(without(whole, 0), Product) or without(whole, 0).operators == ("/",)
    assert without(whole, 1) == whole.items[0]
    assert replaced(whole, 1, A).operators == ("", "/")


def test_brackets():
    assert group(A) is A and isinstance(group(product(A, B)), Group) and inside(group(product(A, B))) == product(A, B)
    assert inside(A) is A
    pair = Group(MADE, "(", (A, B))
    assert inside(pair) is pair


def test_scripts():
    squared = with_scripts(A, power=num(2), transposed=True)
    assert squared == Scripted(MADE, A, power=num(2), transposed=True)
    assert with_scripts(squared, power=None, transposed=False) == A
    member = Scripted(MADE, A, (name("k"),), "k")
    assert with_scripts(member, power=num(-1), transposed=False).sub == (name("k"),)
    assert with_scripts(member, power=None, transposed=False) == member


def test_sums():
    made = summed(A, "i", "N")
    assert isinstance(made, Reduction) and made.operator == "sum" and made.lower == num(1) and made.upper == name("N")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-1", -1),
        (r"\frac{1}{2}", Fraction(1, 2)),
        (r"-\frac{3}{4}", Fraction(-3, 4)),
        ("1/2", Fraction(1, 2)),
        ("(2)", 2),
        ("2 \\cdot 3", 6),
        ("1/0", None),
        (r"\frac{1}{0}", None),
        ("a", None),
        ("2 a", None),
        ("1 + 1", None),
    ],
)
def test_values_of_numbers(text, value):
    assert value_of(read(text)) == value


def test_no_node_has_no_value():
    assert value_of(None) is None and value_of(Num(MADE, Fraction(5))) == 5


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a", True), ("a_k", True), (r"\hat{a}", True), ("a^2", False), ("a'", False), ("2", False), ("a b", False)],
)
def test_what_is_a_symbol(text, is_one):
    assert is_symbol(read(text)) is is_one
