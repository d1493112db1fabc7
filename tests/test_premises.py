"""What may be taken for granted: implications, conditions and what is defined under them."""

import json

import pytest

from derive.checking import check_record, check_text
from derive.options import Options

TRUE = {"proved", "holds"}


def numbers(*names):
    return [rf"{name} \in \mathbb{{R}}" for name in names]


def square(*names):
    return [rf"{name} \in \mathbb{{R}}^{{n \times n}}" for name in names]


def verdict(declare, given, claim):
    record = {"id": 1, "declare": declare, "given": given, "claim": claim}
    return check_record(json.dumps(record), Options())["verdict"]


def relations(text):
    return [(report.lhs, report.judgement.verdict.value) for report in check_text(text)]


NOT_ACCEPTED = {
    "a premise that is no equation": (numbers("a", "b"), [], r"a \neq b \Rightarrow a = b"),
    "a premise that is an inequality": (numbers("a", "b"), [], r"a \le b \Rightarrow a = b"),
    "the rest of a conclusion": (numbers("a", "b"), [], r"a = 0 \Rightarrow a b = 0 = 1"),
    "beside an implication": (numbers("a", "b", "c"), [], r"a = 0 \Rightarrow a b = 0, \quad a c = 0"),
    "up to higher orders": (numbers("a", "b", r"\epsilon"), [r"a = b + O(\epsilon)"], "a = b"),
    "between differentials": (numbers("x", "y"), ["d(x y) = y"], "y = 0"),
    "a condition that divides by zero": (numbers("a", "c"), ["a = 0", r"\frac{1}{a} = c"], "c = 5"),
    "a negative positive number": ([r"a \in \mathbb{R}_{>0}", *numbers("t")], ["a + 1 = 0"], "a t = -t"),
    "a singular invertible matrix": ([r"A \in \mathrm{GL}(n)"], [r"\det A = 0"], r"\operatorname{tr} A = 7"),
    "nearly contradictory": (numbers("a", "y"), ["a^2 = 2", "a^2 = 2 + 10^{-80}"], "a^2 y = 7"),
    "a pivot that may vanish": (numbers("a", "x"), ["(a^2 - 2) x = a^2 - 2"], "x = 1"),
    "a pivot that may vanish, with symmetry": (
        [*square("A"), r"X \in \mathbb{S}^n"],
        ["X A = A"],
        "A X = A",
    ),
    "a declared I": (numbers("I"), [], "I = 1"),
}


@pytest.mark.parametrize("name", NOT_ACCEPTED)
def test_what_is_not_shown_is_not_accepted(name):
    assert verdict(*NOT_ACCEPTED[name]) not in TRUE


NOT_REFUTED = {
    "an invertible matrix takes nothing to zero": (
        [r"A \in \mathrm{GL}(n)", r"x \in \mathbb{R}^n"],
        ["A x = 0"],
        r"\|x\| = 0",
    ),
    "an invertible idempotent matrix is the identity": ([r"A \in \mathrm{GL}(n)"], ["A A = A"], r"\det A = 1"),
    "a definite orthogonal matrix is the identity": ([r"A \in \mathbb{S}_{++}^n"], [r"A^\top A = I"], "A = I"),
    "conditions on values that depend on one another": (
        numbers("a", "b", "x", "y"),
        ["x = y", "a b = y - x"],
        "|a b| = 0",
    ),
    "a product of factors": (
        [r"a \in \mathbb{R}_{>0}", *numbers("x", "y")],
        ["(2 a + 3)(- y - a) = 0", "(2 x + a - 2)(1 - 3 y) = 0"],
        "|y| = a",
    ),
}


@pytest.mark.parametrize("name", NOT_REFUTED)
def test_what_is_true_is_not_refuted(name):
    assert verdict(*NOT_REFUTED[name]) not in {"refuted", "conditional"}


def test_a_refuted_conclusion_is_no_assumption():
    text = "Let $a, b, c, d \\in \\mathbb{R}$. $$a b = c \\Rightarrow a = 0$$ $$a d = a$$"
    assert relations(text)[1] == ("a", "refuted")
    assert relations(text)[2][1] not in TRUE


def test_what_stands_inside_an_implication_is_neither_granted_nor_refuted():
    text = "Let $a, b, c \\in \\mathbb{R}$. $$a = b \\Rightarrow a - b = 0$$ $$a c = b c$$ $$a = c$$"
    assert relations(text)[1:] == [("a - b", "proved"), ("a c", "undecided"), ("a", "refuted")]


def test_an_equivalence_needs_both_directions():
    assert verdict([r"P \in \mathrm{GL}(n)", *square("A", "B")], [], r"A = B \iff P A = P B") == "proved"
    assert verdict(square("A", "B"), [], r"A = B \iff A A = B A") == "refuted"
    found = check_text("Let $a, b \\in \\mathbb{R}$. $$a = b \\iff a^2 = b^2$$")[1].judgement
    assert (found.verdict.value, found.code) == ("refuted", "E312") and "⇒ follows" in found.message


def test_a_hat_is_the_value_of_an_unknown():
    start = (
        "Let $X \\in \\mathbb{R}^{m \\times n}$, $y \\in \\mathbb{R}^m$ and $w \\in \\mathbb{R}^n$.\n\n"
        "$$\\frac{\\partial}{\\partial w} \\|y - X w\\|^2 = -2 X^\\top (y - X w) = 0$$\n\n"
    )
    right = check_text(
        start + "$$\\hat w = (X^\\top X)^{-1} X^\\top y$$\n\n$$X \\hat w = X (X^\\top X)^{-1} X^\\top y$$"
    )
    assert [r.judgement.verdict.value for r in right[2:]] == ["proved", "proved"] and right[2].judgement.given
    wrong = check_text(start + "$$\\hat w = (X^\\top X)^{-1} X^\\top y + w$$")
    assert wrong[2].judgement.verdict.value == "refuted"


def test_an_assumption_is_withdrawn_by_another_instead():
    text = (
        "Let $a \\in \\mathbb{R}$. Assume\n\n$$a = 1$$\n\nThen\n\n$$a + a = 2$$\n\n"
        "Now assume instead\n\n$$a = 2$$\n\nThen\n\n$$a + a = 4$$"
    )
    assert [verdict for _, verdict in relations(text)] == ["assumption", "proved", "assumption", "proved"]


def test_a_symbol_that_is_declared_anew_keeps_nothing():
    text = "Let $a \\in \\mathbb{R}$. Assume\n\n$$a = 3$$\n\nNow let $a, b \\in \\mathbb{R}^n$.\n\n$$a^\\top b = 3$$"
    assert relations(text) == [("a", "assumption"), (r"a^\top b", "refuted")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Let us compute the slope", "refuted"),
        ("Given that $W$ is square, we get", "refuted"),
        ("The constrained gradient is another", "refuted"),
        ("Let", "assumption"),
        ("Suppose that", "assumption"),
    ],
)
def test_words_that_make_a_premise(words, expected):
    text = f"Here $W \\in \\mathbb{{R}}^{{n \\times n}}$. {words}\n\n$$W W = 3 W$$"
    assert relations(text)[0][1] == expected


def test_a_label_in_words_is_no_index():
    text = (
        "Let $u, v \\in \\mathbb{R}^n$. $$\\frac{\\partial}{\\partial u} \\frac12 (u - v)^\\top (u - v) = u - v = 0$$ "
        "$$u_{\\mathrm{ML}} = v$$"
    )
    assert relations(text)[-1] == (r"u_{\mathrm{ML}}", "proved")


def test_an_undecided_conclusion_is_no_assumption():
    text = "Let $a, b \\in \\mathbb{R}$. $$a = b \\Rightarrow a^2 = b^2 \\Rightarrow a - b = 0$$"
    assert [verdict for _, verdict in relations(text)] == ["assumption", "proved", "undecided"]


def test_an_equivalence_with_the_display_before():
    text = (
        "Let $X \\in \\mathbb{R}^{m \\times n}$, $w \\in \\mathbb{R}^n$ and $y \\in \\mathbb{R}^m$.\n\n"
        "$$2 X^\\top (X w - y) = 0$$\n\n$$\\iff X^\\top X w = X^\\top y$$"
    )
    assert [verdict for _, verdict in relations(text)] == ["assumption", "proved"]


def test_roots_of_definite_matrices_under_a_condition():
    declare = [r"W \in \mathbb{S}_{++}^n", r"x, y \in \mathbb{R}^n"]
    assert verdict(declare, ["W x = y"], r"W^{1/2} x = W^{-1/2} y") != "refuted"


def test_the_words_that_set_a_derivative_to_zero():
    text = (
        "Let $X \\in \\mathbb{R}^{m \\times n}$, $w \\in \\mathbb{R}^n$ and $y \\in \\mathbb{R}^m$.\n\n"
        "$$\\nabla_w \\frac12 \\|y - X w\\|^2 = X^\\top (X w - y)$$\n\nSetting this to zero yields\n\n"
        "$$X^\\top X w = X^\\top y$$\n\nand hence\n\n$$w = (X^\\top X)^{-1} X^\\top y$$"
    )
    found = check_text(text)
    assert [report.judgement.verdict.value for report in found] == ["proved"] * 3
    assert found[2].judgement.given == (r"\nabla_w \frac12 \|y - X w\|^2 = 0",)
