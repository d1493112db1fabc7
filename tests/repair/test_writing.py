"""The text of every candidate is read again as what it was written for."""

import pytest
from wrong_lines import FAMILIES, SQUARE, Workshop, corpus_lines, line, outline

from derive.repair.edit import MADE
from derive.repair.making import group, name, num, product, summed, terms, with_scripts
from derive.repair.search import KINDS
from derive.repair.writing import ATOM, FACTOR, OPEN, SUM, TERM, Writer, braced
from derive.syntax import Entrywise, Fraction_, FunctionCall, Scripted

STEP = 9
"""Of the lines of a corpus every ninth is tried by the fast tests."""


def misreadings(lines):
    """Yield the edits whose text is read as something else."""
    for ident, one in lines:
        shop = Workshop(one)
        for edit in shop.edits(*KINDS):
            text, tree = shop.text(edit), shop.tree(edit)
            again = None if text is None else shop.read(text)
            if again is None or not is_same(shop, tree, again):
                yield ident, edit.code, one.side(1), text


def is_same(shop, tree, again):
    """Whether two trees say the same: by themselves, by what they mean, or by their value at a point."""
    if outline(tree) == outline(again):
        return True
    meanings = shop.meaning(tree), shop.meaning(again)
    if meanings[0] is None or meanings[1] is None:
        return False
    return meanings[0] == meanings[1] or any(
        _have_one_value(shop.search.bench, point, *meanings) for point in shop.search.bench.points
    )


def _have_one_value(bench, point, *meanings):
    values = [bench.value(point, meaning) for meaning in meanings]
    return None not in values and point.numbers.equal(*values)


def test_candidates_are_read_again_as_they_were_meant():
    assert list(misreadings(corpus_lines()[::STEP])) == []


def test_candidates_of_wrong_lines_are_read_again_as_they_were_meant():
    assert list(misreadings(corpus_lines("repairs.jsonl", ("true", "false", "ill-typed"))[:: 3 * STEP])) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dev.jsonl", "repairs.jsonl"])
def test_all_candidates_are_read_again_as_they_were_meant(name):
    assert list(misreadings(corpus_lines(name, ("true", "false", "ill-typed")))) == []


def test_a_whole_side_is_written_as_its_author_wrote_it():
    for ident, one in corpus_lines()[::3]:
        text = Writer(one.text).write(one.right)
        assert "".join(text.split()) == "".join(one.side(1).split()), ident


A, B, X = name("A"), name("B"), name("x")
SUM_OF_TWO = terms((1, A), (-1, B))


@pytest.mark.parametrize(
    ("node", "least", "text"),
    [
        (SUM_OF_TWO, SUM, "A - B"),
        (SUM_OF_TWO, TERM, r"\left( A - B \right)"),
        (terms((-1, A)), SUM, "-A"),
        (product(A, B), TERM, "A B"),
        (product(A, B), FACTOR, r"\left( A B \right)"),
        (product(A, num(2)), TERM, r"A \cdot 2"),
        (product(SUM_OF_TWO, X), TERM, r"\left( A - B \right) x"),
        (num(-2), SUM, "-2"),
        (num(-2), TERM, r"\left( -2 \right)"),
        (Scripted(MADE, A, power=num(-1)), FACTOR, "A^{-1}"),
        (Scripted(MADE, A, power=num(-1), transposed=True), FACTOR, r"A^{-\top}"),
        (Scripted(MADE, A, power=num(2), transposed=True), FACTOR, r"\left( A^2 \right)^\top"),
        (Scripted(MADE, A, power=num(2), transposed=True), ATOM, r"\left( \left( A^2 \right)^\top \right)"),
        (Scripted(MADE, SUM_OF_TWO, power=num(-1)), FACTOR, r"\left( A - B \right)^{-1}"),
        (with_scripts(group(product(A, B)), power=None, transposed=True), FACTOR, r"\left( A B \right)^\top"),
        (Scripted(MADE, X, (name("i"), name("j")), "ij"), FACTOR, "x_{ij}"),
        (Scripted(MADE, X, (name("i"), num(12)), "i12"), FACTOR, "x_{i, 12}"),
        (Scripted(MADE, X, (name("\\alpha"), name("k")), "\\alphak"), FACTOR, r"x_{\alpha k}"),
        (Fraction_(MADE, SUM_OF_TWO, num(2)), FACTOR, r"\frac{A - B}{2}"),
        (FunctionCall(MADE, "trace", SUM_OF_TWO), FACTOR, r"\operatorname{tr}\left( A - B \right)"),
        (FunctionCall(MADE, "log", group(SUM_OF_TWO)), FACTOR, r"\log\left( A - B \right)"),
        (summed(X, "i", "N"), OPEN, r"\sum_{i=1}^N x"),
        (summed(X, "i", "N"), FACTOR, r"\left( \sum_{i=1}^N x \right)"),
        (product(summed(X, "i", "N"), A), TERM, r"\left( \sum_{i=1}^N x \right) A"),
        (Entrywise(MADE, "hadamard", product(A, B), SUM_OF_TWO), TERM, r"A B \odot \left( A - B \right)"),
    ],
)
def test_what_is_new_is_put_together(node, least, text):
    assert Writer("").write(node, least) == text


@pytest.mark.parametrize(
    ("text", "script"), [("2", "2"), ("\\top", "\\top"), ("-1", "{-1}"), ("12", "{12}"), ("ij", "{ij}")]
)
def test_a_script_of_more_than_one_sign_is_braced(text, script):
    assert braced(text) == script


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (r"a = \ln \det A + b", r"\ln"),
        (r"a = \log \det A + b", r"\log"),
        (r"a = \det A + b", r"\log"),
        (r"a = \mathrm{Tr}(A) + b", r"\mathrm{Tr}"),
        (r"a = b", r"\operatorname{tr}"),
    ],
)
def test_the_words_of_the_author_are_kept(claim, words):
    function = "log" if words in (r"\ln", r"\log") else "trace"
    assert Writer(claim).word(function) == words


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        # A script without braces gets them, a command does not run into a letter, and ^{-T} is one mark.
        ("a = a^2 b", "a^{-2} b"),
        (r"a = x^\top Ax", r"x^\top A^\top x"),
        (r"A = B^{-T} A", "B^{-1} A"),
        (r"A = B^{-T} A", "A B^{-T}"),
        (r"a = \|x\|^2 b", r"\|x\|^{-2} b"),
    ],
)
def test_pieces_of_text_fit_together(claim, wanted):
    assert wanted in Workshop(line(claim)).texts(*KINDS)


def test_a_sum_is_written_in_the_braces_of_its_place():
    shop = Workshop(line(r"c = \frac{x_i}{N}", [*FAMILIES, *SQUARE[1:]]))
    assert r"\frac{\sum_{i=1}^N x_i}{N}" in shop.texts(*KINDS)
