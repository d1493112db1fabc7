"""What a line becomes by edits: its text, what is said of it, and nothing that is not true."""

from dataclasses import replace

import pytest
from wrong_lines import FAMILIES, SQUARE, Workshop, corpus_lines, line, outline

from derive.judge import Judge
from derive.repair.confirm import Confirmer
from derive.repair.edit import spliced
from derive.repair.kinds.indices import on_both_sides
from derive.repair.search import KINDS
from derive.repair.writing import Writer
from derive.source import Span
from derive.verdict import Verdict


def confirmer(claim, declared=SQUARE):
    """Return the confirmer of a line."""
    one = line(claim, declared)
    return Confirmer(one, Judge(0), Writer(one.text))


def test_pieces_that_change_give_the_text_of_the_changed_tree():
    """An edit that says what changes in the text changes the same as one that is written whole."""
    checked = 0
    for ident, one in corpus_lines()[::5]:
        shop = Workshop(one)
        for edit in shop.edits(*KINDS):
            if edit.splices is None:
                continue
            checked += 1
            (written,) = shop.mender.confirmer.splices((replace(edit, splices=None),))
            whole = spliced(one.side(1), [written], one.sides[1].start)
            same = outline(shop.read(shop.text(edit))) == outline(shop.read(whole))
            assert same or shop.meaning(shop.read(shop.text(edit))) == shop.meaning(shop.read(whole)), ident
    assert checked > 120


def test_a_repair_says_where_what_and_how():
    shop = Workshop(line(r"x^\top (A + A^\top) x = x^\top A x"))
    candidates = {shop.text(*each.edits): each for each in shop.search.singles()}
    repair = shop.mender.confirmer.by_edits(candidates[r"2 x^\top A x"].edits, False)
    assert repair.text == r"2 x^\top A x" and repair.verdict is Verdict.PROVED and repair.on_right
    assert repair.code == "E304" and repair.edits == 1 and repair.rules
    text = shop.line.text
    assert text[slice(*repair.place)] == repair.old == r"x^\top A x" and repair.new == repair.text
    assert spliced(text, [(Span(*span), new) for span, new in repair.splices]) == text.replace("= ", "= 2 ")


def test_what_is_not_true_is_not_offered():
    claim = line(r"A B = B A")
    judged = Confirmer(claim, Judge(0), Writer(claim.text))
    assert judged.by_text("A B B") is None and judged.count == 1


def test_nothing_is_judged_twice():
    judged = confirmer(r"A B x = B A x")
    assert judged.by_text(r"A A x") is None and judged.count == 1
    assert judged.by_text(r"A A x") is None and judged.count == 1


@pytest.mark.parametrize("text", [None, "A B x", "A  B x", "(A B) x", "A +", r"\unknown x", "A B", "q"])
def test_what_says_nothing_or_makes_no_sense_is_not_offered(text):
    judged = confirmer(r"A B x = B A x")
    assert judged.by_text(text) is None and judged.count == 0


def test_edits_of_both_sides():
    shop = Workshop(line(r"2 r_{ij} x_i = r_{ij} (x_i + x_i)", FAMILIES))
    left, right = next(on_both_sides(shop.line.left, shop.line.right, shop.around))
    repair = shop.mender.confirmer.on_both(left, right)
    assert repair.text == r"2 \sum_{i=1}^N r_{ij} x_i = \sum_{i=1}^N r_{ij} (x_i + x_i)"
    assert repair.verdict is Verdict.PROVED and not repair.on_right and repair.edits == 2
