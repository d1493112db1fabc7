"""Two edits at once: those that arithmetic finds, and those that are tried one pair after the other."""

import pytest
from wrong_lines import SQUARE, Workshop, line

from derive.repair import pairs as pairing
from derive.repair.pairs import pairs

COMPLETED = [r"A \in \mathbb{S}^n", r"x, y \in \mathbb{R}^n", r"a, b \in \mathbb{R}"]


def found(claim, declared=SQUARE):
    """Return the texts that pairs of edits give; no single edit makes the claim true."""
    shop = Workshop(line(claim, declared))
    assert shop.search.singles() == []
    some = list(pairs(shop.search))
    assert all(shop.search.agrees(each.edits) and len(each.edits) == 2 for each in some)
    assert all(each.cost == sum(edit.cost for edit in each.edits) for each in some)
    return {"".join(shop.text(*each.edits).split()) for each in some}


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        # a sign and a factor, in two terms
        (r"(x - y)^\top (x - y) = x^\top x + x^\top y + y^\top y", r"x^\top x - 2 x^\top y + y^\top y"),
        # a transpose in one term and a factor in another one
        (r"(A + B)^\top + B^\top = A + B^\top", r"A^\top + 2 B^\top"),
        # two in one factor
        (r"(A B)^{-\top} = A^{-1} B^{-1}", r"A^{-\top} B^{-\top}"),
        # an order and an inverse
        (r"(A B)^{-1} = A^{-1} B", r"B^{-1} A^{-1}"),
    ],
)
def test_pairs_are_found(claim, wanted):
    assert "".join(wanted.split()) in found(claim)


def test_an_edit_is_not_paired_with_one_of_what_it_throws_away():
    shop = Workshop(line(r"A = A (B + A)"))
    shop.search.singles()
    for each in pairs(shop.search):
        one, two = each.edits
        assert one.old is not two.old


def test_pairs_are_counted(monkeypatch):
    tried = []
    monkeypatch.setattr(pairing, "MAX_PAIRS", 25)
    monkeypatch.setattr(pairing, "_pair", lambda search, edits: tried.append(edits))
    shop = Workshop(line(r"A = B A^\top B A^{-1} B^\top + A"))
    shop.search.singles()
    assert list(pairing._in_one_term(shop.search)) == [] and len(tried) == 25


def test_without_a_value_of_the_side_nothing_is_added_to_it():
    shop = Workshop(line(r"A x = x A + y"))
    shop.search.singles()
    assert list(pairing._in_two_terms(shop.search)) == [] and list(pairing._with_a_sign(shop.search)) == []
