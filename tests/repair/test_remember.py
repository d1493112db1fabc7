"""Remembered parts mean what they mean when they are read anew."""

from dataclasses import replace

import pytest
from wrong_lines import FAMILIES, Workshop, corpus_lines, line

from derive.elaborate import Elaborator
from derive.repair.edit import edited
from derive.repair.remember import Memory, Remembering
from derive.repair.search import KINDS
from derive.statement import stated_by
from derive.tokens import Unreadable
from derive.typed import Malformed


def stated(elaborator, left, right):
    """Return what a relation means, or the kind of its problem."""
    try:
        found = stated_by(elaborator, left, right)
    except (Malformed, Unreadable) as problem:
        return type(problem)
    return replace(found, scope=None, notes=tuple(sorted(found.notes)))


def assert_the_same(one, trees):
    """Check that each right side means the same with a memory that grows as without one."""
    memory = Memory((one.left, one.right))
    reading = one.reading
    for tree in trees:
        with_memory = Remembering(one.scope.copy(), reading.layout, reading.symmetric, memory)
        plain = Elaborator(one.scope.copy(), reading.layout, reading.symmetric)
        assert stated(with_memory, one.left, tree) == stated(plain, one.left, tree)
    return memory


def test_edited_lines_mean_the_same_with_a_memory():
    remembered = 0
    for _, one in corpus_lines()[::20]:
        edits = list(Workshop(one).edits(*KINDS))[::4]
        trees = [one.right, *(edited(one.right, [edit]) for edit in edits), one.right]
        remembered += len(assert_the_same(one, trees).parts)
    assert remembered > 100


@pytest.mark.parametrize(
    "claim",
    [
        r"c = \sum_{i=1}^N r_{ij} x_i",  # an index that is free on one side
        r"c = \sum_i r_{ii} x_i",  # a sum whose range is that of what it sums
        r"m = r_{ij} \frac{\partial}{\partial x_i} x_i^\top x_j",  # a layout, and free indices
        r"x_i = \sum_{j=1}^n r_{ij} x_j",  # an index that leaves its range
        r"c = m + m m",  # shapes that do not fit
    ],
)
def test_uses_of_indices_are_remembered(claim):
    one = line(claim, FAMILIES)
    assert_the_same(one, [one.right, one.right])


def test_what_is_not_part_of_a_known_tree_is_not_remembered():
    one, other = line("x = A x + B y"), line("x = B x")
    memory = Memory((one.left, one.right))
    stated(Remembering(one.scope.copy(), "numerator", False, memory), one.left, other.right)
    assert id(other.right) not in memory.parts and id(one.left) in memory.parts
    assert memory.shapes[id(one.left)] == memory.parts[id(one.left)].typed.shape
