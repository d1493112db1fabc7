"""The grading is itself tested on wrong input."""

import pytest
from grading import assert_share, assert_sound, grade


@pytest.mark.parametrize(
    ("expect", "verdict", "outcome"),
    [
        ("true", "proved", "right"),
        ("true", "holds", "right"),
        ("true", "refuted", "false-refute"),
        ("right", "malformed", "false-refute"),
        ("defined", "refuted", "false-refute"),
        ("true", "conditional", "other"),
        ("true", "undecided", "not-judged"),
        ("true", "missing", "not-judged"),
        ("false", "refuted", "right"),
        ("false", "malformed", "other"),
        ("false", "holds", "false-accept"),
        ("wrong", "malformed", "right"),
        ("conditional", "proved", "false-accept"),
        ("conditional", "refuted", "other"),
        ("ill-typed", "holds", "false-accept"),
        (["wrong", "conditional"], "conditional", "right"),
        (["wrong", "conditional"], "holds", "false-accept"),
        (["right", "conditional"], "holds", "right"),
        (["right", "conditional"], "refuted", "other"),
    ],
)
def test_grade(expect, verdict, outcome):
    assert grade(expect, verdict) == outcome


def test_a_false_accept_fails():
    assert_sound([("a", "true", "holds", ""), ("b", "false", "undecided", "")])
    with pytest.raises(AssertionError, match="false-accept: b"):
        assert_sound([("a", "true", "holds", ""), ("b", "false", "holds", "")])
    with pytest.raises(AssertionError, match="false-refute: b"):
        assert_sound([("b", "true", "refuted", "")])


def test_too_few_right_ones_fail():
    rows = [("a", "true", "holds", ""), ("b", "true", "unread", "why")]
    assert_share(rows, 0.5)
    with pytest.raises(AssertionError, match=r"50.0% judged right\nnot-judged: b: .*why"):
        assert_share(rows, 0.51)
