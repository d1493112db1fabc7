"""Garbled lines come back with the reading that makes sense, and with what was found of it."""

import json

import pytest
from wrong_lines import SQUARE, line

from derive.checking import check_text
from derive.claims import check_record
from derive.mending import MEANT
from derive.options import Options
from derive.repair import reread as rereading
from derive.repair.reread import reread
from derive.report.hints import hinted
from derive.verdict import TRUE, Verdict

NOTES = r"Let $A, B \in \mathbb{R}^{n \times n}$, $x, v \in \mathbb{R}^n$ and $b \in \mathbb{R}$."


def answer(claim, declare=SQUARE):
    """Return the answer to a claim record."""
    return check_record(json.dumps({"declare": declare, "claim": claim}), Options())


def report(formula):
    """Return the report on the only relation of a document."""
    (found,) = check_text(f"{NOTES}\n\n$$ {formula} $$\n")
    return found


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        (r"(A B)^T = BT AT", "B^T A^T"),
        (r"(A B)^T = B^t A^t", "B^T A^T"),
        (r"x^T v = \sigma_{i=1}^n x_i v_i", r"\sum_{i=1}^n x_i v_i"),
        (r"x^T v = sum_{i=1}^n x_i v_i", r"\sum_{i=1}^n x_i v_i"),
        (r"b = frac{1}{2} b + \frac{b}{2}", r"\frac{1}{2} b + \frac{b}{2}"),
        (r"b = \frac{1{2} b + \frac{b}{2}", r"\frac{1}{2} b + \frac{b}{2}"),
        (r"e^b b = b e^{b", "b e^{b}"),
        (r"b (b + 1 = b^2 + b", "b (b + 1) = b^2 + b"),
        (r"b b + 1) = b^2 + b", "b (b + 1) = b^2 + b"),
        (r"\left( b + 1 ) b = b^2 + b", "( b + 1 ) b = b^2 + b"),
        (r"(A B)^-1 = B^-1 A^-1", "(A B)^{-1} = B^{-1} A^{-1}"),
        (r"\frac{\partial}{partial x} x^T x = 2 x", r"\frac{\partial}{\partial x} x^T x = 2 x"),
        (r"x^top A x = x^T A^T x", r"x^\top A x = x^T A^T x"),
        (r"\ln det(A B) = ln |A B|", r"\ln \det(A B) = \ln |A B|"),
    ],
)
def test_the_reading_that_is_true_is_the_repair(garbled, meant):
    said = report(garbled).judgement
    assert said.verdict not in TRUE and said.repair is not None
    assert said.repair.text == meant and said.repair.verdict in TRUE


def test_claims_are_read_anew_as_well():
    found = answer(r"x^\top y = \sigma_{i=1}^n x_i y_i")
    assert (found["verdict"], found["repair_verdict"]) == ("unread", "proved")
    assert found["repair"] == r"\sum_{i=1}^n x_i y_i" and found["wrong"]["text"] == r"\sigma"
    found = answer("a (b + a = a b + a^2")
    assert (found["verdict"], found["code"], found["repair"]) == ("unread", "N102", "a (b + a) = a b + a^2")


def test_an_undeclared_letter_may_be_one_that_lost_its_hat():
    found = answer(r"\hat{x} + y = y + x", [r"\hat{x}, y \in \mathbb{R}^n"])
    assert found["verdict"] == "unread" and found["repair"] == r"y + \hat{x}"


def test_a_reading_that_is_not_true_is_said_and_is_no_repair():
    said = report(r"b = frac{1}{2} b + b^2 )").judgement
    assert said.repair is None
    found = answer("a = frac{1}{2} b")
    assert found["repair"] is None and found["repair_verdict"] == "refuted"
    assert found["notes"] == [f"{MEANT} “\\frac{{1}}{{2}} b”? read so it is false"]


@pytest.mark.parametrize("claim", ["a = q + b", "a = \\unknown b", "a = ) b (", "q = (r", "A B x = B A x"])
def test_what_only_its_author_can_say_is_left_alone(claim):
    assert answer(claim)["repair"] is None


def test_hints_do_not_give_the_reading_away():
    wrong = report(r"x^T v = \sigma_{i=1}^n x_i v_i")
    for level in ("none", "place", "kind"):
        said = hinted(wrong, level).judgement
        assert said.repair is None and said.reading_verdict is None
        assert not any(note.startswith(MEANT) for note in said.notes)
    unread = report("b (b + 1 = b^2 + b")
    assert unread.judgement.verdict is Verdict.UNREAD and unread.judgement.repair is not None
    assert hinted(unread, "kind").judgement.repair is None


def test_few_readings_are_judged(monkeypatch):
    monkeypatch.setattr(rereading, "MAX_JUDGED", 2)
    judged = []
    claim = rereading.Confirmer._judgement
    monkeypatch.setattr(rereading.Confirmer, "_judgement", lambda *args: judged.append(args) or claim(*args))
    assert reread(line("a = (b + a b + b^2 + b a)", SQUARE)) is None
    garbled = reread(
        line("a b = a_ij b b^12 + a^-1 b^-1", [*SQUARE, r"a_{ij} \in \mathbb{R}, i = 1, \dots, n, j = 1, \dots, n"])
    )
    assert garbled is None or garbled.repair is None
    assert len(judged) <= 8


def test_nothing_garbled_costs_nothing(monkeypatch):
    monkeypatch.setattr(rereading.Confirmer, "by_changes", lambda *args: pytest.fail("a reading is tried"))
    assert reread(line(r"(A B)^\top = A^\top B^\top")) is None
