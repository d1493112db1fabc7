"""Right sides that are derived by rules, and unknowns isolated from conditions."""

import pytest
from wrong_lines import line

from derive.judge import Judge
from derive.repair.derived import from_conditions, is_derivative, is_unfolded, left_side
from derive.statement import state
from derive.verdict import TRUE

SYMMETRIC = [
    r"W \in \mathbb{S}_{++}^n",
    r"X \in \mathbb{R}^{N \times n}",
    r"w, x \in \mathbb{R}^n",
    r"y \in \mathbb{R}^N",
]


def statement(claim, declared=SYMMETRIC, given=()):
    """Return a relation as it is understood."""
    one = line(claim, declared, given)
    return state(one.left, one.right, one.scope, one.reading)


def holds(left, right, declared=SYMMETRIC, given=()):
    """Whether a relation is true."""
    one = line(f"{left} = {right}", declared, given)
    found = state(one.left, one.right, one.scope, one.reading)
    return Judge(0).claim(found, one.scope.conditions).verdict in TRUE


@pytest.mark.parametrize(
    "left",
    [
        r"\frac{\partial}{\partial x} x^\top W x",
        r"\frac{\partial}{\partial W} \ln \det W",
        r"\nabla_w (y - X w)^\top (y - X w)",
        r"\frac{\partial W x}{\partial x^\top}",
    ],
)
def test_a_derivative_is_worked_out(left):
    right = left_side(statement(f"{left} = {left}"))
    assert right is not None and "partial" not in right and "nabla" not in right
    assert holds(left, right)


def test_what_can_be_worked_out():
    assert is_derivative(statement(r"\frac{\partial}{\partial x} x^\top x = x"))
    assert not is_derivative(statement("W x = x")) and not is_unfolded(statement("W x = x"))
    assert left_side(statement("W x = x")) is None


def test_a_definition_is_unfolded():
    given = [r"f(x) = x^\top W x"]
    left = r"\frac{\partial f(x)}{\partial x}"
    found = statement(f"{left} = x", given=given)
    assert is_unfolded(found) and is_derivative(found)
    assert "f" not in left_side(found) and holds(left, left_side(found), given=given)


def test_an_unknown_is_isolated_from_a_condition():
    given = [r"X^\top X w - X^\top y = 0"]
    texts = list(
        from_conditions(statement("w = X^\\top y", given=given), line("w = w", SYMMETRIC, given).scope.conditions)
    )
    assert len(texts) == 1 and "^{-1}" in texts[0]
    assert holds("w", texts[0], given=given)


def test_nothing_is_isolated_where_the_left_side_is_no_symbol():
    one = line("W w = x", SYMMETRIC, [r"X^\top X w - X^\top y = 0"])
    assert list(from_conditions(state(one.left, one.right, one.scope, one.reading), one.scope.conditions)) == []


def test_long_texts_are_left_out(monkeypatch):
    monkeypatch.setattr("derive.repair.derived.MAX_LETTERS", 3)
    assert left_side(statement(r"\frac{\partial}{\partial x} x^\top W x = x")) is None
