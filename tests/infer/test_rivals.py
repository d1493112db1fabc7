"""Other readings that fit a document, and what a single line says of a symbol."""

import pytest

from derive.containers import read_text
from derive.infer import inferred
from derive.options import Options


def read(*formulas):
    return inferred(read_text("text.md", "\n\n".join(f"$${formula}$$" for formula in formulas)), None, Options())


def declared(found):
    return {each.key: each.latex.partition(r"\in ")[2] for each in found.assumed}


def test_letters_for_numbers_or_vectors_are_read_as_vectors_too_all_of_them_first():
    found = read(r"a \otimes b = b \otimes a", "a + b = b + a")
    assert declared(found) == {"a": r"\mathbb{R}", "b": r"\mathbb{R}"}
    assert [declared(other)["a"] for other in found.others] == [r"\mathbb{R}^{n}"]
    assert declared(found.others[0])["b"] == r"\mathbb{R}^{n}"


def test_a_smaller_sort_is_no_reading_of_its_own():
    """A vector is a matrix with one column: what is true of matrices is true of it."""
    assert read(r"X^\top X \beta = X^\top y").others == ()


@pytest.mark.parametrize("formula", [r"\frac{d}{dx} x^2 = 2 x", r"\log c + \log d = \log(c d)", r"a^\top b = b^\top a"])
def test_what_fits_one_way_only_has_no_other_reading(formula):
    assert read(formula).others == ()


def test_an_index_may_pick_an_entry_or_a_member():
    found = read(r"z = x", r"\sum_{i=1}^n x_i = \sum_{i=1}^n x_i")
    other = next(each for each in found.others if declared(each).get("x_{·}", "").startswith(r"\mathbb{R}"))
    assert "x_{·}" not in declared(found) and declared(found)["x"] == r"\mathbb{R}^{n}"
    assert other.others == ()


@pytest.mark.parametrize(
    ("formulas", "keys"),
    [
        ([r"\mu \Sigma = \Sigma \mu"], {r"\mu"}),
        ([r"\mu \Sigma = \Sigma \mu", r"\mu \Sigma + \Sigma \mu = 2 \mu \Sigma"], set()),  # two lines say so
        ([r"\mu^2 \Sigma = \Sigma \mu^2"], set()),  # a square is one of a number
        ([r"\frac{\Sigma}{\mu} = \mu^{-1} \Sigma"], set()),
        ([r"\lambda \Sigma = \Sigma \lambda"], set()),  # the letter of a number
        ([r"\frac{d}{dx} x^2 = 2 x"], set()),
        ([r"\log X + \log Y = \log(X Y)"], set()),  # both sides say so
    ],
)
def test_one_line_alone_speaks_for_a_symbol_that_looks_larger(formulas, keys):
    found = read(*formulas)
    assert {key for keys in found.alone.values() for key in keys} == keys


def test_the_table_says_which_line_speaks_for_a_symbol():
    found = read(r"\lambda \Sigma = \Sigma \lambda", r"\mu \Sigma = \Sigma \mu")
    assert [each.evidence for each in found.assumed if each.key == r"\mu"] == [
        ("line 3: taken as a number, which is what fits",)
    ]
