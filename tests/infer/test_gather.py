"""The formulas of a document before anything is known about their symbols."""

import pytest
from undeclared import gathered

from derive.infer.gather import below, functions, is_application, is_index
from derive.syntax import Name, Product


def test_sides_relations_and_lines():
    found, _ = gathered("Some $a = b$ words.\n\n$$c = d = e$$\n\n$$f + g$$")
    assert [(len(each.sides), each.relation, each.line, each.displayed) for each in found.formulas] == [
        (2, "equal", 1, False),
        (3, "equal", 3, True),
        (1, "", 5, True),
    ]


def test_a_side_that_cannot_be_read_is_left_out():
    found, _ = gathered("$$a = \\frac{b}$$")
    assert all(each.sides[0] is not None for each in found.formulas)


def test_prose_keeps_the_places_of_formulas():
    found, _ = gathered("Let $X$ be a matrix. Then\n\n$$X = X$$")
    assert "Let  ⟦0⟧  be" in "".join(text for text, _ in found.text)
    assert [displayed for _, displayed in found.marks] == [False, True]


def test_index_letters_have_the_bounds_of_their_sums():
    found, _ = gathered("$$\\sum_{i=1}^n x_i = \\sum_k z_k$$")
    assert found.letters["i"].key == "n" and found.letters["k"] is None


def test_a_letter_where_others_are_indices_is_one():
    found, _ = gathered("$$w^T z = \\sum_{i=1}^n w_i z_i$$\n\n$$\\frac{\\partial}{\\partial w_j} w^T z = z_j$$")
    assert found.letters["j"].key == "n"


@pytest.mark.parametrize("text", ["$$\\sum_{i=1}^n x_i = x_n$$", "$$\\sum_{i=1}^m x_i = k x_k$$", "$$x_j = 1$$"])
def test_labels_sizes_and_numbers_are_no_indices(text):
    assert set(gathered(text)[0].letters) <= {"i"}


def test_functions_that_equations_define():
    assert gathered("$$g(x) = x^2$$\n\n$$a (b) c = 1$$")[0].heads == {"g"}


def test_unknown_functions_have_a_prime_or_are_differentiated():
    found, _ = gathered("$$f'(t) = 1$$\n\n$$\\frac{d}{dt} u(t) v(t) = 0$$\n\n$$a(t) = b$$")
    assert {
        head.base.key if hasattr(head, "base") else head.key for side, _ in found.nodes() for head, _ in functions(side)
    } == {"f", "u", "v"}


@pytest.mark.parametrize(
    ("text", "expected"), [("p(x)", True), ("a(x)", False), ("a(x + y)", False), ("a(x, y)", True)]
)
def test_applications_of_undeclared_letters(text, expected):
    product = next(
        each for side, _ in gathered(f"$$z = {text}$$")[0].nodes() for each in below(side) if isinstance(each, Product)
    )
    assert is_application(product, 0) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where\n\n$$a = b c$$", True),
        ("We set\n\n$$a = b c$$", True),
        ("$$a := b c$$", True),
        ("$$d = 2 a, \\quad \\text{with } a = b c$$", True),
        ("Hence\n\n$$a = b c$$", False),
        ("with care. Hence\n\n$$a = b c$$", False),
    ],
)
def test_words_that_announce_a_definition(text, expected):
    assert gathered(text)[0].formulas[-1].announced is expected


def test_index_expressions():
    found, _ = gathered("$$\\sum_{i=1}^n x_{i+1} = y_a$$")
    subscripts = [each.sub[0] for side, _ in found.nodes() for each in below(side) if getattr(each, "sub", ())]
    assert [is_index(item, found.letters) for item in subscripts] == [True, False]
    assert isinstance(subscripts[1], Name)
