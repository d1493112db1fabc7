"""Cells that are judged one after the other."""

from derive.jupyter.magic import Cells, options


def test_a_cell_sees_those_before_it():
    cells = Cells()
    assert cells.judge(r"Let $A \in \mathbb{S}^n$. $$B := A A$$", key="1").counts == {"definition": 1}
    assert cells.judge(r"$$B^\top = B$$", key="2").ok
    assert cells.judge(r"$$C := B A$$", key="3").counts == {"definition": 1}
    assert cells.judge(r"$$C^\top = A B$$").ok


def test_a_cell_that_is_run_again_takes_its_place():
    cells = Cells()
    cells.judge(r"Let $a \in \mathbb{R}$. $$b = a$$", key="1")
    assert cells.judge("$$2 b = 2 a$$", key="2").ok
    assert cells.judge(r"Let $a \in \mathbb{R}$. $$b = a + 1$$", key="1").counts == {"definition": 1}, "not a claim"
    assert not cells.judge("$$2 b = 2 a$$", key="2").ok
    cells.clear()
    assert cells.judge("$$b = 3$$", key="3").counts == {"definition": 1}, "b is not known"


def test_cells_without_an_id_come_one_after_the_other():
    cells = Cells()
    cells.judge(r"Let $a \in \mathbb{R}$.")
    assert cells.judge("$$a + a = 2 a$$").ok
    cells.judge("$$b := a$$")
    assert cells.judge("$$a + a = 2 a$$").ok and cells.judge("$$b = a$$").ok


def test_the_preamble_comes_first():
    assert Cells().judge("$$a + a = 2 a$$", preamble=r"Let $a \in \mathbb{R}$.").ok


def test_defaults_are_those_of_the_command():
    given = options.main([], standalone_mode=False)
    assert (given["layout"], given["hints"], given["strict"], given["repair"]) == ("infer", "full", False, True)
