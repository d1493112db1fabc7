"""A formula cut at its relation signs."""

import pytest

from derive.relations import Failure, chains, loose_signs
from derive.source import Excerpt


def split(formula):
    """Return the sides of every chain as text without spaces, None for a side that continues the one before."""
    found = []
    for chain in chains(Excerpt.of(formula)):
        found.append([None if side is None else "".join(token.text for token in side) for side in chain.sides])
    return found


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a = b", [["a", "b"]]),
        ("a = b = c", [["a", "b", "c"]]),
        (r"a &= b \\ &= c", [["a", "b", "c"]]),
        (r"a &= b \\ c &= d", [["a", "b"], ["c", "d"]]),
        (r"a =& b \\ =& c", [["a", "b", "c"]]),
        (r"a = b \\ = c", [["a", "b", "c"]]),
        (r"a &= b \\ &\quad + c \\ &= d", [["a", "b+c", "d"]]),
        (r"a &= b + \\ & c", [["a", "b+c"]]),
        (r"a = b, \quad c = d", [["a", "b"], ["c", "d"]]),
        (r"a = b \qquad c = d", [["a", "b"], ["c", "d"]]),
        (r"a = b \text{ and } c = d", [["a", "b"], ["c", "d"]]),
        (r"a = b \quad\text{and}\quad c = d", [["a", "b"], ["c", "d"]]),
        (r"a = b \quad \text{(from eq. (2))}", [["a", "b"]]),
        (r"a = b \tag{3}", [["a", "b"]]),
        (r"a = b \label{x}", [["a", "b"]]),
        (r"a = b.", [["a", "b"]]),
        (r"a = b,", [["a", "b"]]),
        (r"\boxed{a = b}", [["a", "b"]]),
        (r"a := b", [["a", "b"]]),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", [["a", "b", "c"]]),
        (r"= b", [[None, "b"]]),
        (r"f(x, y) = g(x, y)", [["f(x,y)", "g(x,y)"]]),
        (r"\sum_{n=1}^N x_n = b", [[r"\sum_{n=1}^Nx_n", "b"]]),
        (r"a \text{ if } b", []),
        ("a + b", []),
    ],
)
def test_sides(formula, expected):
    assert split(formula) == expected


@pytest.mark.parametrize("arrow", [r"\Rightarrow", r"\implies", r"\Longrightarrow", "⇒"])
def test_implications_join_chains_and_are_no_signs(arrow):
    first, second = chains(Excerpt.of(f"a = b {arrow} c = d"))
    assert (first.arrow, second.arrow) == (None, "implies")
    assert len(first.signs) == len(second.signs) == 1


def test_equivalences():
    assert chains(Excerpt.of(r"a = b \iff c = d"))[1].arrow == "iff"


def test_words_before_a_chain_are_kept():
    _, second = chains(Excerpt.of(r"a = b \quad\text{where}\quad c = d"))
    assert second.words == "where"


def test_a_range_is_no_claim():
    (found,) = [chain for chain in chains(Excerpt.of(r"n = 1, \dots, N")) if chain.signs]
    assert found.is_range


@pytest.mark.parametrize(
    ("sign", "kind"),
    [("=", "equal"), (":=", "define"), (r"\equiv", "define"), (r"\triangleq", "define"), (r"\doteq", "define"),
     (r"\stackrel{\text{def}}{=}", "define"), (r"\approx", "approx"), (r"\propto", "propto"), (r"\le", "less-equal"),
     (r"\neq", "not-equal"), ("≈", "approx"), ("=:", "define-right")],
)  # fmt: skip
def test_kinds_of_signs(sign, kind):
    (chain,) = chains(Excerpt.of(f"a {sign} b"))
    assert [found.kind for found in chain.signs] == [kind]


def test_signs_have_exact_spans():
    formula = r"a &= b \\ &:= c \approx d"
    signs = [sign for chain in chains(Excerpt.of(formula)) for sign in chain.signs]
    assert [formula[sign.span.start : sign.span.end] for sign in signs] == ["=", ":=", r"\approx"]


def test_unbalanced_brackets_fail_sign_by_sign():
    found = chains(Excerpt.of("(a = b = c"))
    assert len(found) == 2 and all(isinstance(failure, Failure) for failure in found)
    assert {failure.problem.code for failure in found} == {"N102"}


@pytest.mark.parametrize(
    ("formula", "count"),
    [("a = b = c", 2), (r"\sum_{n=1}^N a = b", 1), (r"\text{a = b} c", 0), (r"a^{b = c}", 0), (r"{a = b}", 1),
     (r"a = (b", 1), (r"a \Rightarrow b", 0), (r"\tag{a = b} c = d", 1)],
)  # fmt: skip
def test_signs_that_are_counted(formula, count):
    assert len(loose_signs(Excerpt.of(formula))) == count
