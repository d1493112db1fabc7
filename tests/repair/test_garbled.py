"""What garbled sides may have meant; text that is not garbled has no readings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_lines import corpus_lines

from derive.relations import loose_signs
from derive.repair.edit import spliced
from derive.repair.garbled import MAX_BRACKETS, readings, sides_around
from derive.source import Excerpt, Source, Span


def texts(left, right):
    """Return the pairs of sides that two sides may have meant."""
    found = []
    for reading in readings(left, right):
        pairs = zip((left, right), (reading.left, reading.right), strict=True)
        made = tuple(spliced(text, [(Span(a, b), new) for a, b, new in changes]) for text, changes in pairs)
        assert None not in made
        found.append(made)
    return found


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("frac{1}{2} b", r"\frac{1}{2} b"),
        (r"\frac{partial f}{partial x}", r"\frac{\partial f}{\partial x}"),
        ("sum_{i=1}^n x_i", r"\sum_{i=1}^n x_i"),
        ("2pi + 3 mu_k", r"2\pi + 3 \mu_k"),
        ("ln det(A)", r"\ln \det(A)"),
        ("tr(A B)", r"\operatorname{tr}(A B)"),
        ("x^top A x", r"x^\top A x"),
        ("left( a + b right)", r"\left( a + b \right)"),
        (r"\sigma_{i=1}^D a_i", r"\sum_{i=1}^D a_i"),
        (r"\Sigma_{i = 1}^{D} a_i", r"\sum_{i = 1}^{D} a_i"),
        ("Σ_{i=1}^D a_i", r"\sum_{i=1}^D a_i"),
        (r"\pi_{i=1}^D a_i", r"\prod_{i=1}^D a_i"),
        ("v vT v", "v v^T v"),
        ("(x - m)T A", "(x - m)^T A"),
        (r"\mathbf{v}T \muT x", r"\mathbf{v}^T \mu^T x"),
        ("A^t B^{t}", "A^T B^T"),
        ("A^-1 b", "A^{-1} b"),
        ("A^-T b^-1/2", "A^{-T} b^{-1/2}"),
        (r"|A|^1/2 s^10", r"|A|^{1/2} s^{10}"),
        ("a_ij x_t-1", "a_{ij} x_{t-1}"),
        (r"\frac{1{2}", r"\frac{1}{2}"),
        ("a (b + c", "a (b + c)"),
        ("a b + c)", "a (b + c)"),
        (r"\left( a + b ) c", "( a + b ) c"),
        ("frac{1}{2} vT A^-1 v", r"\frac{1}{2} v^T A^{-1} v"),  # everything at once
    ],
)
def test_what_may_have_been_meant(garbled, meant):
    assert ("y", meant) in texts("y", garbled)
    assert (meant, "y") in texts(garbled, "y")


def test_both_sides_at_once_come_first():
    assert texts("(A B)^-1", "B^-1 A^-1")[0] == ("(A B)^{-1}", "B^{-1} A^{-1}")


@pytest.mark.parametrize(
    "text",
    [
        r"\sigma(a) + \sigma^2 + \Sigma_k + \pi_k",
        r"\operatorname{tr}(A) + \mathrm{det}(B) + \text{sum of T}",
        r"x^T A^{-T} x_{ij} + x^\top y^2 + T_k A T",
        r"\sum_{i=1}^T x_i \exp(-t) \frac{1}{2}",
        r"\left( a + [b \cdot c] \right)",
        r"\begin{pmatrix} a & b \end{pmatrix}",
    ],
)
def test_what_is_not_garbled_has_no_reading(text):
    assert texts("y", text) == []


def test_few_true_lines_look_garbled():
    """Where a true line looks garbled, its text allows two readings to a person as well."""
    looks = [ident for ident, one in corpus_lines() if texts(one.side(0), one.side(1))]
    assert len(looks) <= 0.06 * len(corpus_lines()), looks


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("aT(){}[]^_-1/2=\\ ijsum"), max_size=30), st.text(max_size=10))
def test_any_text_is_answered(left, right):
    found = texts(left, right)
    assert len(found) == len(set(map(tuple, found))) or len(found) < 400
    assert len(found) <= 2 * (MAX_BRACKETS + 2) + 4 * 70


# -- formulas whose brackets do not match ------------------------------------------------------------------------------


def cut(text, which=0):
    """Return the sides around a relation sign of a formula."""
    excerpt = Excerpt.of(text)
    spans = sides_around(excerpt, loose_signs(excerpt))[which]
    return None if spans is None else tuple(text[span.start : span.end] for span in spans)


@pytest.mark.parametrize(
    ("text", "which", "sides"),
    [
        ("b (b + 1 = b^2 + b.", 0, ("b (b + 1", "b^2 + b")),
        (r"\begin{align} (a &= b \\ c &= d, \end{align}", 0, ("(a", "b")),
        (r"\begin{align} (a &= b \\ c &= d, \end{align}", 1, ("c", "d")),
        ("(a = b = c", 0, ("(a", "b")),
        ("(a = b = c", 1, ("b", "c")),
        (r"(a = b \quad c = d", 1, ("c", "d")),
        ("(a \\\\ &= b", 0, None),
        ("(a =", 0, None),
    ],
)
def test_sides_are_cut_by_signs_and_rows(text, which, sides):
    assert cut(text, which) == sides


def test_sides_stand_in_the_source():
    source = Source("notes.md", "> (a\n> = b")
    offsets = [2, 3, 4, *range(7, 11)]
    excerpt = Excerpt(source, "".join(source.text[at] for at in offsets[:-1]), tuple(offsets))
    ((left, right),) = sides_around(excerpt, loose_signs(excerpt))
    assert source.text[left.start : left.end] == "(a" and source.text[right.start : right.end] == "b"


def test_long_formulas_are_not_looked_into():
    excerpt = Excerpt.of("(" + "a = b, " * 5000)
    signs = loose_signs(excerpt)
    assert len(signs) == 5000 and set(sides_around(excerpt, signs)) == {None}
    assert list(readings("a^-1 " * 5000, "b")) == []
