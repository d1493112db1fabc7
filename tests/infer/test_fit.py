"""The sorts under which the most of a document fits together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undeclared import declared, infer, verdict


def sets(text):
    """Return the sets of the symbols by their keys."""
    return {key: latex.partition(" \\in ")[2] for key, latex in declared(text).items()}


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("$$\\nabla_\\beta \\| y - X \\beta \\|^2 = -2 X^T (y - X \\beta)$$", "X", "\\mathbb{R}^{n \\times p}"),
        ("$$\\nabla_\\beta \\| y - X \\beta \\|^2 = -2 X^T (y - X \\beta)$$", "\\beta", "\\mathbb{R}^{p}"),
        ("$$x^T A x = x^T A^T x$$", "A", "\\mathbb{R}^{n \\times n}"),
        ("$$(\\lambda x)^T x = \\lambda x^T x$$", "\\lambda", "\\mathbb{R}"),
        ("$$\\operatorname{tr}(A B) = \\operatorname{tr}(B A)$$", "B", "\\mathbb{R}^{p \\times n}"),
        ("$$(A + U V)^{-1} U = A^{-1} U (I_k + V A^{-1} U)^{-1}$$", "U", "\\mathbb{R}^{n \\times k}"),
        ("$$\\sqrt{a^2 + b^2} = c$$", "a", "\\mathbb{R}"),
        ("Let $A$ and $B$ be scalars. $$A B = B A$$", "A", "\\mathbb{R}"),
        ("$$\\mathbf{w}^T \\mathbf{X} = (\\mathbf{X}^T \\mathbf{w})^T$$", "\\mathbf{w}", "\\mathbb{R}^{n}"),
    ],
)
def test_kinds_and_sizes_follow_from_use(text, key, expected):
    found = sets(text)
    assert found[key] == expected or found[key].translate(str.maketrans("pn", "np")) == expected


def test_the_sizes_of_a_law_are_those_of_its_variable():
    found = sets("We have $y \\sim \\mathcal{N}(X \\beta, V)$. $$X \\beta + y = y + X \\beta$$ $$V X = V X$$")
    rows = found["y"].removeprefix("\\mathbb{R}^{").removesuffix("}")
    assert found["V"] == f"\\mathbb{{S}}_{{++}}^{{{rows}}}"


def test_one_line_that_does_not_fit_is_named_and_bends_nothing():
    lines = ["Let $X$ be an $n \\times p$ matrix.", "$$X^T X w = X^T y$$", "$$y^T X w = w^T X^T y$$", "$$X y = w$$"]
    found = infer("\n\n".join(lines))
    assert found.misfits == (7,)
    declarations = {each.key: each.latex for each in found.assumed}
    assert declarations["w"] == "w \\in \\mathbb{R}^{p}" and declarations["y"] == "y \\in \\mathbb{R}^{n}"


def test_a_function_that_is_only_mentioned_says_nothing_of_its_letter():
    lines = ["$$x^T A x = x^T A^T x$$", "$$\\Gamma(a + 1) = a \\Gamma(a)$$", "where $\\Gamma(x)$ is the gamma function"]
    found = sets("\n\n".join(lines))
    assert found["x"].startswith("\\mathbb{R}^{") and found["a"] == "\\mathbb{R}"
    assert "\\Gamma" not in found


def test_a_declared_size_is_kept():
    found = declared("$$x^T A x = x^T A^T x$$", "$A \\in \\mathbb{R}^{k \\times k}$")
    assert found == {"x": "x \\in \\mathbb{R}^{k}"}


LETTERS = {"vector": "xyuvw", "matrix": "ABCGHMVW"}


@settings(max_examples=15, deadline=None)
@given(st.permutations(LETTERS["vector"]), st.permutations(LETTERS["matrix"]))
def test_other_letters_of_the_same_type_are_inferred_alike(vectors, matrices):
    lines = [
        "$$%(x)s^T %(A)s %(y)s = %(y)s^T %(A)s^T %(x)s$$",
        "$$\\operatorname{tr}(%(A)s %(B)s) = \\operatorname{tr}(%(B)s %(A)s)$$",
    ]
    text = "\n\n".join(lines)

    def kinds(names):
        found = sets(text % names)
        return [found[names[key]] for key in names]

    usual = {"x": "x", "y": "y", "A": "A", "B": "B"}
    assert kinds(dict(zip(usual, [*vectors[:2], *matrices[:2]], strict=True))) == kinds(usual)


def test_distributions_give_their_parameters_shapes():
    matrix = "Let $X$ be an $n \\times p$ matrix. $$X \\sim \\mathcal{MN}(M, U, V)$$ $$|V \\otimes U| = |V|^n |U|^p$$"
    found = declared(matrix)
    assert "^{n}" in found["U"] and "^{p}" in found["V"]
    assert verdict(matrix) == "proved"
    assert verdict(matrix.replace("|V|^n |U|^p", "|V|^p |U|^n")) == "refuted"
    wishart = "$$W \\sim \\mathcal{W}(V, \\nu)$$ $$W + a a^T = V$$"
    assert declared(wishart)["V"].partition("\\in")[2] == declared(wishart)["W"].partition("\\in")[2]


def test_factors_of_kronecker_products_fit_together():
    mixed = "$$(B \\otimes A) (V \\otimes U) = B V \\otimes A U$$"
    assert verdict(mixed) == "proved"
    assert verdict(mixed.replace("= B V", "= V B")) != "proved"


def test_sizes_that_may_agree_are_no_misfit():
    start = "Let $x$ be an $n$-dimensional vector and $y$ a $p$-dimensional vector. $$a = \\mathrm{vec}(x y^T)$$"
    assert verdict(start + " $$\\mathrm{vec}(A) = \\mathrm{vec}(x y^T) $$") != "malformed"


GAUSSIAN = (
    r"p(y|\beta) = \sqrt{\frac{1}{(2\pi)^{%s} |V|}} \exp\left[ -\frac12 (y - X\beta)^T V^{-1} (y - X\beta) \right]"
)
LOGARITHM = r"\log p(y|\beta) = -\frac{%s}{2} \log(2\pi) - \frac12 \log|V| - \frac12 (y - X\beta)^T V^{-1} (y - X\beta)"


def length(*formulas):
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    return declared(text)["y"]


def test_sizes_are_those_of_most_exponents():
    assert length(GAUSSIAN % "n", LOGARITHM % "n") == r"y \in \mathbb{R}^{n}"
    assert length(GAUSSIAN % "q", LOGARITHM % "n", LOGARITHM % "n") == r"y \in \mathbb{R}^{n}"
    assert length(GAUSSIAN % "q", LOGARITHM % "n") not in (r"y \in \mathbb{R}^{n}", r"y \in \mathbb{R}^{q}")


def test_a_wrong_exponent_is_not_proved_by_the_size_that_it_says():
    text = r"$y \sim \mathcal{N}(X\beta, V)$ $$ p(y|\beta) = \mathcal{N}(y; X\beta, V) $$ "
    right = [f"$$ {formula % 'n'} $$" for formula in (LOGARITHM, LOGARITHM)]
    assert verdict(text + " ".join(right) + f"$$ {GAUSSIAN % 'q'} $$") not in ("proved", "holds")
    assert verdict(text + " ".join(right) + f"$$ {GAUSSIAN % 'n'} $$") in ("proved", "holds")
