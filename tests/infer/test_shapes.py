"""Shapes of formulas whose symbols have guessed sorts."""

import pytest
from sympy import Symbol
from undeclared import gathered

from derive.infer.shapes import OPEN, Misfit, Open, Shapes
from derive.shape import ONE

N, P = Symbol("n"), Symbol("p")
KNOWN = {"X": (N, P), "y": (N, ONE), "w": (P, ONE), "c": None, "A": (N, N), "u": OPEN}


def shape(text):
    found, symbols = gathered(f"$$q = {text}$$")
    shapes = Shapes(symbols, dict(KNOWN))
    *_, (side, _) = found.nodes()
    return shapes.shape(side)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X w", (N, ONE)),
        ("X^T y", (P, ONE)),
        ("y^T X w", None),
        ("c X", (N, P)),
        ("A^{-1} y", (N, ONE)),
        ("|A|", None),
        ("\\operatorname{tr}(X^T X)", None),
        ("\\log |A|", None),
        ("X \\odot X", (N, P)),
        ("X \\otimes X", (N**2, P**2)),
        ("\\frac{y}{c}", (N, ONE)),
        ("y^T y + \\sum_{i=1}^n y_i", None),
        ("\\operatorname{tr}(X X^T) + \\sum_{i=1}^n \\sum_{j=1}^p X_{ij}", None),
        ("\\frac{\\partial}{\\partial w} y^T X w", (P, ONE)),
        ("I_n y", (N, ONE)),
        ("0_n", (N, ONE)),
        ("\\mathbf{1}_n^T y", None),
        ("\\operatorname{diag}(y)", (N, N)),
        ("\\begin{pmatrix} y & A \\end{pmatrix}", (N, N + 1)),
    ],
)
def test_shapes_that_fit(text, expected):
    assert shape(text) == expected


@pytest.mark.parametrize(
    "text",
    ["X y", "X + y", "y y", "\\frac{c}{y}", "X^{-1}", "|X|", "c + \\sum_{i=1}^n c_i", "y + c", "\\log X", "\\sqrt{y}"],
)
def test_shapes_that_do_not_fit(text):
    with pytest.raises(Misfit):
        shape(text)


@pytest.mark.parametrize("text", ["u", "u X", "0", "f(X, y)"])
def test_what_is_not_understood_fits_everywhere(text):
    assert isinstance(shape(text), Open)


def test_a_gaussian_has_a_mean_like_its_variable_and_a_square_covariance():
    assert shape("\\mathcal{N}(y \\mid X w, A)") is None
    for wrong in ("\\mathcal{N}(y \\mid w, A)", "\\mathcal{N}(y \\mid X w, c)", "\\mathcal{N}(y \\mid X w, X)"):
        with pytest.raises(Misfit):
            shape(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "\\Gamma(c + 1)",
        "\\Gamma(c) + \\psi\\left(\\frac{c}{2}\\right)",
        "\\Gamma_p(c)",
        "\\mathrm{Gam}(c; c, c + 1)",
        "\\mathcal{W}(A; A, c)",
        "\\mathcal{MN}(X \\mid X, A, X^T X)",
        "t(y; X w, A, c)",
    ],
)
def test_known_functions_and_densities_are_numbers(text):
    assert shape(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "\\Gamma(y)",
        "\\mathrm{Gam}(y; c, c)",
        "\\mathcal{W}(X; X, c)",
        "\\mathcal{W}(A; A, y)",
        "\\mathcal{MN}(X; X, X^T X, A)",
        "t(y; w, A, c)",
        "t(y; y, A, A)",
    ],
)
def test_arguments_of_known_functions_and_densities_have_their_shapes(text):
    with pytest.raises(Misfit):
        shape(text)


def test_other_writing_is_no_density():
    assert isinstance(shape("\\mathrm{Gam}(y, c, c)"), Open) and isinstance(shape("t(y; c)"), Open)


def test_a_matrix_of_one_entry_is_a_number():
    assert Shapes(gathered("$$a = b$$")[1], {}).plain((ONE, ONE)) is None
