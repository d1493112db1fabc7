"""The search finds each kind of slip, orders what it finds, and stops on large input."""

import pytest
from wrong_lines import FAMILIES, SQUARE, Workshop, line

from derive.repair import search as searching

SYMMETRIC = [
    r"W \in \mathbb{S}^n",
    r"A, B \in \mathbb{R}^{n \times n}",
    r"x, s \in \mathbb{R}^n",
    r"a, b \in \mathbb{R}",
]
HATS = [r"\hat{x} \in \mathbb{R}^n", r"x \in \mathbb{R}^n", r"A \in \mathbb{R}^{n \times n}"]
SLIPS = {
    "E302": [(r"(A B)^\top = B^\top A", r"B^\top A^\top", SQUARE)],
    "E303": [(r"-(a - b) = -a - b", "-a + b", SQUARE)],
    "E304": [
        (r"\frac{\partial}{\partial x} x^\top W x = W x", "2 W x", SYMMETRIC),
        (r"a + a = 3 a", "2 a", SQUARE),
        (r"\sum_{i=1}^N (x_i + c) = \sum_{i=1}^N x_i + c", r"\sum_{i=1}^N x_i + N c", FAMILIES),
        (r"\frac{1}{N} \sum_{i=1}^N (x_i + c) = \frac{1}{N} \sum_{i=1}^N x_i + N c", None, FAMILIES),
    ],
    "E305": [(r"(A B)^{-1} = A^{-1} B^{-1}", "B^{-1} A^{-1}", SQUARE)],
    "E306": [(r"A^{-1} (A + B) = I + A B", "I + A^{-1} B", SQUARE)],
    "E307": [(r"\sum_{i=1}^N r_{ij} x_i = \sum_{i=1}^N r_{ij} x_j", r"\sum_{i=1}^N r_{ij} x_i", FAMILIES)],
    "E308": [(r"\frac{\partial}{\partial m} \sum_{i=1}^N x_i^\top m = x_i", r"\sum_{i=1}^N x_i", FAMILIES)],
    "E309": [(r"a a^2 = a^2", "a^3", SQUARE), (r"|2 A| = 2 |A|", "2^n |A|", SQUARE)],
    "E311": [(r"A \hat{x} + 0 x = A x", r"A \hat{x}", HATS)],
    "E313": [(r"A (x - y) = A x - y", r"A \left( x - y \right)", SQUARE), ("a (a - b) = a a - b", None, SQUARE)],
    "E314": [(r"A x = A x + a x", "A x", SQUARE)],
    "E315": [(r"\ln \det A = \det A", r"\ln \left( \det A \right)", SQUARE)],
}


@pytest.mark.parametrize(("code", "slip"), [(code, slip) for code, slips in SLIPS.items() for slip in slips])
def test_each_kind_of_slip_is_found(code, slip):
    claim, wanted, declared = slip
    shop = Workshop(line(claim, declared))
    found = shop.search.singles()
    texts = [" ".join(shop.text(*each.edits).split()) for each in found]
    assert code in {edit.code for each in found for edit in each.edits}, texts
    assert wanted is None or any(_bare(text) == _bare(wanted) for text in texts), texts
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    assert all(shop.search.agrees(each.edits) for each in found)


def _bare(text):
    return "".join(text.replace("\\left", "").replace("\\right", "").split())


def test_an_edit_of_several_places_at_once_is_found():
    claim = r"\sum_{i=1}^N x_i^\top x_i + m^\top \sum_{i=1}^N x_i = \sum_{j=1}^N x_i^\top x_i + m^\top \sum_{j=1}^N x_i"
    shop = Workshop(line(claim, FAMILIES))
    assert any(len(each.edits) == 2 for each in shop.search.singles())


def test_a_true_relation_is_left_as_it_is():
    shop = Workshop(line(r"(A B)^\top = B^\top A^\top"))
    assert shop.search.agrees(())
    assert not any("C" in shop.text(*each.edits) for each in shop.search.singles())


def test_the_smallest_edit_comes_first():
    shop = Workshop(line(r"x^\top (A + A^\top) x = x^\top A^\top x"))
    costs = [(each.cost, each.size) for each in shop.search.singles()]
    assert costs and costs == sorted(costs)


def vast(terms):
    """Return a claim with many terms, the last of which is wrong."""
    right = " + ".join(f"a^{{{k}}} A B x" for k in range(2, terms + 2))
    return line(rf"A B x = {right} + A x")


def test_what_is_tried_is_bounded(monkeypatch):
    monkeypatch.setattr(searching, "MAX_TRIED", 60)
    search = Workshop(vast(12)).search
    search.singles()
    assert len(search.tried) <= 61 and search.count <= 60 + 2 * len(search.sites)


def test_a_search_whose_work_is_spent_stops(monkeypatch):
    monkeypatch.setattr(searching, "MAX_STEPS", 50)
    search = Workshop(vast(5)).search
    search.singles()
    assert search.is_spent and search.count < 40


def test_the_same_line_gives_the_same_candidates():
    claim = r"\frac{\partial}{\partial x} x^\top A x = A x"
    texts = []
    for _ in range(2):
        shop = Workshop(line(claim))
        texts.append([shop.text(*each.edits) for each in shop.search.singles()])
    assert texts[0] == texts[1]
