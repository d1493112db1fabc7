"""Repairs in files: only where they are asked for, only the wrong part, and the places check clean afterwards."""

from click.testing import CliRunner

from derive.checking import check_text
from derive.cli.checking import check
from derive.fixing import applied, fixes
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
    assert len(fixes(reports)) == 2
    assert applied(NOTES.replace("\ufeff", ""), fixes(reports)) == WANTED.replace("\ufeff", "")


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
