"""The repair of one relation: the nearest true statement, in the order of the size of the change."""

import pytest
from wrong_lines import FAMILIES, SQUARE, line

from derive.judge import Judge
from derive.repair import mend as mending
from derive.repair.mend import mend
from derive.statement import state
from derive.verdict import TRUE

SYMMETRIC = [r"W \in \mathbb{S}_{++}^n", r"x, s \in \mathbb{R}^n"]
DESIGN = [r"X \in \mathbb{R}^{N \times n}", r"w \in \mathbb{R}^n", r"y \in \mathbb{R}^N"]


@pytest.mark.parametrize(
    ("claim", "declared", "given", "right", "code", "edits"),
    [
        (r"(A B)^\top = A^\top B^\top", SQUARE, (), r"B^\top A^\top", "E305", 1),
        (r"(x - s)^\top W (x - s) = x^\top W x - s^\top W x + s^\top W s", SYMMETRIC, (), "", "E304", 1),
        # malformed: the right side makes no sense as it stands
        (r"\frac{\partial}{\partial w} w^\top X^\top y = X y", DESIGN, (), r"X^\top y", "E302", 1),
        # two edits
        (r"(A B)^{-\top} = A^{-1} B^{-1}", SQUARE, (), r"A^{-\top} B^{-\top}", "E302", 2),
        # far off: worked out by rules
        (r"\frac{\partial}{\partial x} x^\top W x = 5 s^\top s + x", SYMMETRIC, (), "2 W x", "E301", 0),
        # isolated from a condition
        (r"w = X y + 3 w", DESIGN, (r"X^\top X w - X^\top y = 0",), r"(X^\top X)^{-1} X^\top y", "E301", 0),
    ],
)
def test_the_repair_of_a_line(claim, declared, given, right, code, edits):
    one = line(claim, declared, given)
    repair = mend(one)
    assert repair is not None and repair.on_right and repair.verdict in TRUE
    assert not right or _bare(repair.text) == _bare(right)
    assert (repair.code, repair.edits) == (code, edits)
    again = line(f"{one.side(0)} = {repair.text}", declared, given)
    found = state(again.left, again.right, again.scope, again.reading)
    assert Judge(7).claim(found, again.scope.conditions).verdict in TRUE


def _bare(text):
    return "".join(text.replace("\\left", "").replace("\\right", "").replace("{", "").replace("}", "").split())


def test_what_is_true_and_what_is_far_off_has_no_repair():
    assert mend(line(r"A B x = y")) is None


def test_only_single_edits_where_no_more_is_asked_for():
    two = line(r"(A B)^{-\top} = A^{-1} B^{-1}")
    assert mend(two, largest=1.5) is None and mend(two) is not None


def test_the_left_side_is_changed_last():
    repair = mend(line(r"A B x = (B^\top A^\top)^\top y"))
    assert repair is not None and repair.edits == 1
    repair = mend(line(r"q_{ij} x_i = r_{ij} x_i", FAMILIES))  # the left side makes no sense: q is not declared
    assert repair is None or not repair.on_right


def test_sums_lost_on_both_sides_are_found():
    repair = mend(line(r"\frac{\partial}{\partial m} x_i^\top m = x_j", FAMILIES))
    assert repair is not None


def test_one_letter_of_all_sums_is_changed_where_the_relation_follows_from_a_condition():
    given = (r"\sum_{i=1}^N r_{ii} (x_i - m) = 0",)
    claim = r"m = \frac{\sum_{i=1}^N r_{jj} x_j}{\sum_{i=1}^N r_{jj}}"
    repair = mend(line(claim, FAMILIES, given))
    assert repair is not None and repair.edits == 2 and repair.verdict in TRUE
    assert repair.text == r"\frac{\sum_{j=1}^N r_{jj} x_j}{\sum_{j=1}^N r_{jj}}" and repair.code == "E307"


def test_a_long_relation_is_left_alone(monkeypatch):
    monkeypatch.setattr(mending, "MAX_PLACES", 3)
    assert mend(line(r"(A B)^\top = A^\top B^\top")) is None


def test_few_candidates_are_judged(monkeypatch):
    judged = []
    judge = Judge.claim
    monkeypatch.setattr(Judge, "claim", lambda *args, **named: judged.append(args) or judge(*args, **named))
    monkeypatch.setattr(mending, "MAX_CONFIRMED", 1)
    mend(line(r"x^\top (A + A^\top) x = x^\top A x"), largest=1.5)
    assert len(judged) == 1


def test_the_same_line_has_the_same_repair():
    claim = r"\frac{\partial}{\partial x} x^\top A x = A x"
    assert mend(line(claim)) == mend(line(claim))
