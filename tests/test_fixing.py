"""Repairs in files: only where they are asked for, only the wrong part, and the places check clean afterwards."""

import json
import os
import stat
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import checking
from derive.checking import check_text
from derive.cli import repairing
from derive.cli.checking import check
from derive.containers.block import UnreadableContainer
from derive.fixing import applied, difference, fixes, repaired
from derive.report.hints import hinted

NOTES = (
    "\ufeffLet $x, s \\in \\mathbb{R}^n$ and $W \\in \\mathbb{S}^n$.\r\n\r\n"
    "\\begin{align}\r\n(x - s)^T W (x - s) &= x^T W x - s^T W x  +  s^T W s \\\\\r\n"
    "  &= x^T W x - 2 s^T W x + s^T W s\r\n\\end{align}\r\n"
    "$$\\frac{\\partial}{\\partial x} x^T W x = 2 W^{-1} x$$ end\r\n"
)
WANTED = NOTES.replace("x - s^T W x  +", "x - 2 s^T W x  +").replace("W^{-1}", "W")


def run(*arguments):
    return CliRunner().invoke(check, arguments, standalone_mode=False)


def test_diff_shows_and_writes_nothing(tmp_path):
    path = tmp_path / "notes.md"
    path.write_bytes(NOTES.encode())
    shown = run(str(path), "--diff").output
    assert "+(x - s)^T W (x - s) &= x^T W x - 2 s^T W x  +  s^T W s" in shown
    assert path.read_bytes() == NOTES.encode()


def test_fix_changes_only_what_is_wrong_and_checks_clean(tmp_path):
    path = tmp_path / "notes.md"
    path.write_bytes(NOTES.encode())
    run(str(path), "--fix")
    assert path.read_bytes() == WANTED.encode()
    assert list(tmp_path.iterdir()) == [path]
    assert run(str(path)).return_value == 0


def test_of_a_chain_only_the_first_repair_is_taken():
    reports = check_text(NOTES.replace("\ufeff", ""))
    first, second, _ = reports
    assert [report.judgement.code for report in (first, second)] == ["E304", "E316"]
    assert any("right again" in note for note in first.judgement.notes)
    changes = fixes(reports)[None]
    assert len(changes) == 2
    assert applied(NOTES.replace("\ufeff", ""), changes) == WANTED.replace("\ufeff", "")


def test_garbled_right_sides_are_written_as_they_were_meant(tmp_path):
    path = tmp_path / "notes.md"
    text = (
        "Let $x, v \\in \\mathbb{R}^n$ and $b \\in \\mathbb{R}$.\n\n"
        "$$ x^T v = \\sigma_{i=1}^n x_i v_i $$\n\n$$ b^2 + b = b (b + 1 $$\n"
    )
    path.write_text(text, encoding="utf-8")
    run(str(path), "--fix")
    assert path.read_text(encoding="utf-8") == text.replace("\\sigma", "\\sum").replace("+ 1 $", "+ 1) $")
    assert run(str(path), "--strict").return_value == 0


def test_what_cannot_be_repaired_is_refused(tmp_path):
    latin = tmp_path / "latin.md"
    latin.write_bytes(b"caf\xe9 $$1 = 2$$")
    for name in (str(latin), "-"):
        said = CliRunner().invoke(check, [name, "--fix"], standalone_mode=False, input=b"$$1 = 2$$")
        assert said.return_value == 2
    assert latin.read_bytes() == b"caf\xe9 $$1 = 2$$"


def test_hints_give_away_no_more_than_asked_for():
    wrong = check_text(NOTES.replace("\ufeff", ""))[2]
    assert wrong.judgement.repair is not None and wrong.judgement.code == "E306"
    kind, place, none = (hinted(wrong, level) for level in ("kind", "place", "none"))
    assert kind.judgement.code == "E306" and kind.judgement.repair is None
    assert place.judgement.code == "E301" and place.underline == wrong.underline != (0, 0)
    assert none.underline == (0, 0) and none.judgement.counterexample is None
    assert hinted(wrong, "full") is wrong


# -- files -------------------------------------------------------------------------------------------------------


def test_a_link_stays_a_link_and_permissions_stay(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.md"
    real.write_bytes(NOTES.encode())
    real.chmod(0o640)
    link = tmp_path / "notes.md"
    link.symlink_to(real)
    run(str(link), "--fix")
    assert link.is_symlink() and real.read_bytes() == WANTED.encode()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(tmp_path.rglob("*")) == [real.parent, real, link]


@pytest.mark.parametrize("step", ["replace", "fsync", "chown"])
def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch, step):
    path = tmp_path / "notes.md"
    path.write_bytes(NOTES.encode())

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repairing.os, step, fails)
    said = run(str(path), "--fix")
    if step == "chown":  # only root can, and nothing hangs on it
        assert path.read_bytes() == WANTED.encode()
    else:
        assert said.return_value == 2 and "No space left" in said.stderr
        assert path.read_bytes() == NOTES.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path):
    path = tmp_path / "notes.md"
    path.write_bytes(NOTES.encode())

    def judge(document):
        path.write_bytes(b"something new")
        return []

    reports = check_text(NOTES.replace("\ufeff", ""))
    with pytest.raises(repairing.Refusal, match="changed meanwhile"):
        repairing.repair_file(str(path), NOTES.encode(), reports, judge, write_it=True)
    assert path.read_bytes() == b"something new"


# -- notebooks ---------------------------------------------------------------------------------------------------

SPACES = {"A": "m \\times n", "B": "n \\times m", "C": "n \\times n", "x": "n"}
DECLARED = " ".join(f"${name} \\in \\mathbb{{R}}^{{{space}}}$" for name, space in SPACES.items()) + " “€ 😀”."
WRONG = {
    "$$(A B)^\\top = A^\\top B^\\top$$": "$$(A B)^\\top = B^\\top A^\\top$$",
    "\\begin{align}\n x^\\top C x\n &= - x^\\top C^\\top x\n\\end{align}": (
        "\\begin{align}\n x^\\top C x\n &= x^\\top C^\\top x\n\\end{align}"
    ),
    "Here: $$\\frac{\\partial}{\\partial x} x^\\top x =\n  3 x$$ “so”": (
        "Here: $$\\frac{\\partial}{\\partial x} x^\\top x =\n  2 x$$ “so”"
    ),
}
OTHERS = ["$$A B = A B$$", '# A\n\ttab, "quotes" and a back\\slash /', "", "\n\n", "$$A ="]
HANDS = {"indent": [None, 0, 1, 2, "\t"], "ensure_ascii": [True, False], "separators": [None, (",", ":")]}


def escaped(text, draw):
    """Return a JSON text with some of its letters written as escapes."""
    letter = draw(st.sampled_from(["A", "x", "=", "^", "$"]))
    return text.replace(letter, f"\\u{ord(letter):04x}") if draw(st.booleans()) else text


@st.composite
def notebooks(draw):
    """Return a notebook with wrong formulas in some hand, and the sources of its Markdown cells when repaired."""
    texts = draw(st.lists(st.sampled_from([*WRONG, *OTHERS]), min_size=1, max_size=4))
    cells, wanted = [], []
    for text in [DECLARED, *texts]:
        if draw(st.booleans()):
            code = {"cell_type": "code", "metadata": {}, "source": ["# $$A B = B A$$"], "outputs": [], "id": "c"}
            cells.append({**code, "execution_count": None})
        lines = draw(st.sampled_from([str, lambda each: each.splitlines(keepends=True), list]))(text)
        cells.append({"cell_type": "markdown", "metadata": {"x": 1.50}, "source": lines, "id": f"m{len(cells)}"})
        wanted.append(WRONG.get(text, text))
    notebook = {"cells": cells, "metadata": {"name": "A “é”"}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, **{key: draw(st.sampled_from(values)) for key, values in HANDS.items()})
    end = draw(st.sampled_from(["", "\n", "\r\n"]))
    return escaped(text, draw).replace("\n", draw(st.sampled_from(["\n", "\r\n"]))) + end, wanted


def sources(text):
    """Return the sources of the Markdown cells."""
    return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "markdown"]


def without_sources(text):
    """Return a notebook without the sources of its Markdown cells."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = "" if isinstance(cell["source"], str) else len(cell["source"])
    return notebook


@settings(max_examples=25, deadline=None)
@given(notebooks())
def test_of_a_notebook_only_the_wrong_places_change(made):
    text, wanted = made
    reports = check_text(text, name="notes.ipynb")
    after = repaired("notes.ipynb", text, fixes(reports))
    assert sources(after) == wanted
    assert without_sources(after) == without_sources(text)
    # What is replaced is a piece of the JSON: put back, it gives the file as it was, byte for byte.
    places = {report.cell: report.judgement.repair.splices for report in reports if report.judgement.repair}
    assert (after == text) == (not places)
    shown = difference("notes.ipynb", text, after)
    assert all(f"+++ notes.ipynb cell {cell} (repaired)" in shown for cell in places)
    assert shown.count("+++ ") == len(places)


BY_HAND = r"""{ "nbformat":4,"nbformat_minor":5 , "metadata": {"a": 1e2, "z": 0.10, "a": "\u00e9\/"},
	"cells": [
{"cell_type":"markdown","id":"a","metadata":{},"source":["Let $A \\in \\mathbb{R}^{n \\times p}$: é\r\n",
"\ud83d\ude00 \u0024$(A^\\top A A^\\top)^\\top =\n", "A", " A A^\\top$$\t\/"]}
] }"""


def test_a_notebook_is_repaired_byte_for_byte(tmp_path):
    text = "\ufeff" + BY_HAND.replace("\n", "\r\n")
    path = tmp_path / "notes.ipynb"
    path.write_bytes(text.encode())
    shown = run(str(path), "--fix").output
    wanted = text.replace('"A", " A A^', '"A A^').replace("A^\\\\top$$\\t", 'A^\\\\top A", "$$\\t')
    assert path.read_bytes().decode() == wanted
    assert "--- " + str(path) + " cell 0\n" in shown and "+A A^\\top A$$\t/\n" in shown
    assert run(str(path)).return_value == 0


def test_a_repair_through_several_strings():
    cells = [{"cell_type": "markdown", "source": ["$$a", " =", "\n ", "b$$"]}]
    text = json.dumps({"cells": cells})
    after = repaired("a.ipynb", text, {0: [((4, 8), "= d")]})
    assert json.loads(after)["cells"][0]["source"] == ["$$a", " = d", "", "$$"]


def test_a_planted_document_is_repaired_and_stays_a_notebook(tmp_path):
    original = (Path(__file__).parent / "documents" / "06_logistic_softmax.ipynb").read_text(encoding="utf-8")
    path = tmp_path / "notes.ipynb"
    path.write_text(original, encoding="utf-8")
    before = checking.check_text(original, name="notes.ipynb")
    assert run(str(path), "--fix").return_value == 1  # what was found is reported
    after = path.read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(after, as_version=4))
    assert without_sources(after) == without_sources(original)
    wrong = {(report.cell, report.line) for report in before if report.judgement.repair is not None}
    changed = [(old, new) for old, new in zip(original.splitlines(), after.splitlines(), strict=True) if old != new]
    assert len(changed) == len(wrong) == 7
    assert run(str(path)).return_value == 0


def test_an_old_notebook_is_repaired_where_its_cells_stand_as_they_are_read():
    cells = [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["$$1 = 2$$"]},
        {"cell_type": "markdown", "metadata": {}, "source": ["so\n", "$$1 = 2$$"]},
    ]
    sheets = [{"metadata": {}, "cells": cells[:1]}, {"metadata": {}, "cells": cells[1:]}]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets})
    after = json.loads(repaired("a.ipynb", text, {1: [((9, 10), "1")]}))
    assert after["worksheets"][1]["cells"][0]["source"] == ["so\n", "$$1 = 1$$"]
    with pytest.raises(UnreadableContainer, match="cell 0 does not stand"):
        repaired("a.ipynb", text, {0: [((9, 10), "1")]})


def test_a_deep_notebook_is_refused_and_left_as_it_is(tmp_path):
    deep = "[" * 600 + "]" * 600
    cells = json.dumps([{"cell_type": "markdown", "source": "$$1 = 2$$ and $$2 + 2 = 5$$"}])
    path = tmp_path / "notes.ipynb"
    path.write_text(f'{{"cells": {cells}, "metadata": {deep}}}', encoding="utf-8")
    before = path.read_bytes()
    said = run(str(path), "--fix")
    assert said.return_value in (1, 2) and path.read_bytes() == before
    assert not os.listdir(tmp_path)[1:]
