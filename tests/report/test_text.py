"""What users see: blocks, carets, summaries and JSON, also for text that tries to be something else."""

import io
import json
from dataclasses import replace

import pytest

from derive.report.json import encode, report_object
from derive.report.layout import WIDTH, excerpt, value_text
from derive.report.text import progress, summary, write_report
from derive.verdict import Counterexample, Judgement, RelationReport, Repair, Verdict

LINE = r"  &= -\tfrac12 \Sigma^{-1}"
REPAIR = Repair(
    r"-\frac{N}{2} \Sigma^{-1}", Verdict.PROVED, "E304", (5, 12), r"\frac{1}{2}", r"\frac{N}{2}", 1, ("rule",)
)
REFUTED = RelationReport(
    Judgement(
        Verdict.REFUTED,
        "E301",
        given=("Σ_k π_k = 1",),
        counterexample=Counterexample({"D": 1}, {r"\Sigma": [[1]]}, [["-1/2"]], [[0]]),
        repair=REPAIR,
        notes=("the sum runs over n",),
    ),
    "a",
    "b",
    "∂ℓ/∂Σ = −½ Σ⁻¹",
    line=42,
    column=4,
    source_line=LINE,
    underline=(6, len(LINE) + 1),
)
HOLDS = RelationReport(Judgement(Verdict.HOLDS), "a", "b", "a = b", line=7, seconds=0.25)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def text_of(*reports, file=None, **options):
    file = file or io.StringIO()
    write_report("notes.md", reports, file, **options)
    return file.getvalue()


def with_judgement(verdict, code=None, **fields):
    return replace(REFUTED, judgement=Judgement(verdict, code, **fields))


def test_error_block():
    assert text_of(REFUTED) == (
        "error[E301] this step is false (step-refuted)\n"
        "  --> notes.md:42:4\n"
        "   |\n"
        "42 |   &= -\\tfrac12 \\Sigma^{-1}\n"
        "   |      ^^^^^^^^^^^^^^^^^^^^^\n"
        "   |\n"
        "   = read as: ∂ℓ/∂Σ = −½ Σ⁻¹\n"
        "   = given: Σ_k π_k = 1\n"
        "   = counterexample: D = 1, Σ = 1: left = −1/2, right = 0\n"
        "   = repair: with N/2 in place of 1/2 the step is proved (rule)\n"
        "   = note: the sum runs over n\n"
        "\n"
        "1 relation: 1 refuted\n"
    )


def test_warning_blocks_are_shorter():
    text = text_of(with_judgement(Verdict.CONDITIONAL, "A401", condition=r"W = W^\top"))
    assert text.startswith("warning[A401] this step needs a condition that is not stated (condition-needed)\n")
    assert "   = true with: W = W^\\top\n" in text and "   |\n" not in text
    assert text_of(with_judgement(Verdict.UNDECIDED, "U601")).startswith("note[U601] ")
    text = text_of(with_judgement(Verdict.UNDECIDED, message="internal error: x"))
    assert text.startswith("note: internal error: x\n")
    text = text_of(with_judgement(Verdict.UNREAD, "N103", message="expected a factor after “+”"))
    assert text.startswith("warning[N103] ") and "^^^ expected a factor after “+”\n" in text and "read as" not in text


def test_a_long_message_goes_below():
    text = text_of(with_judgement(Verdict.MALFORMED, "S202", message="cannot add " + "a matrix " * 20))
    assert "\n   = cannot add a matrix" in text


def test_right_relations_are_listed_on_demand():
    assert text_of(HOLDS) == "1 relation: 1 holds\n"
    assert text_of(HOLDS, verbose=True).startswith("holds  notes.md:7:1  a = b\n")
    assert text_of(HOLDS, timings=True) == "1 relation: 1 holds, 0.25 s\n"
    assert text_of(HOLDS, name_in_summary=True) == "notes.md: 1 relation: 1 holds\n"


def test_notebook_cells_are_named():
    assert "--> notes.md:cell 0:42:4\n" in text_of(replace(REFUTED, cell=0))


def test_summary():
    proved = replace(HOLDS, judgement=Judgement(Verdict.PROVED))
    defined = replace(HOLDS, judgement=Judgement(Verdict.DEFINITION))
    assert summary([HOLDS, HOLDS, REFUTED]) == "3 relations: 2 hold, 1 refuted"
    assert summary([defined, proved]) == "2 relations: 1 proved, 1 definition"
    assert summary([defined, defined]) == "2 relations: 2 definitions"


def test_every_verdict_has_a_block_or_a_line():
    for verdict in Verdict:
        text = text_of(with_judgement(verdict), verbose=True)
        assert len(text.splitlines()) >= 2, verdict


@pytest.mark.parametrize("evil", ["[red]x[/red]", "[/]", "[bold", ":smile:", "\\[x]", "{0}", "%s"])
def test_markup_in_a_document_is_text(evil):
    report = replace(REFUTED, source_line=evil, underline=(0, 0), read_as=evil)
    report = replace(report, judgement=replace(REFUTED.judgement, notes=(evil,), given=(evil,), message=evil))
    for file in (io.StringIO(), Terminal()):
        assert text_of(report, file=file).count(evil) >= 4
    assert evil in text_of(replace(HOLDS, read_as=evil), verbose=True)


@pytest.mark.parametrize("evil", ["\x1b]0;title\x07", "\x1b[2J", "\r", "\u202e", "\x9b", "\u2028", "\ud800"])
def test_control_characters_do_not_reach_the_terminal(evil):
    report = replace(REFUTED, source_line=f"a{evil}b", underline=(1, 9), read_as=evil)
    wicked = Repair(evil, Verdict.PROVED, "E304", (0, 1), evil, f"{evil}{evil}", 1, (evil,))
    report = replace(report, judgement=replace(REFUTED.judgement, notes=(evil,), repair=wicked, condition=evil))
    file = io.StringIO()
    write_report(f"{evil}.md", [report, replace(HOLDS, read_as=evil)], file, verbose=True, name_in_summary=True)
    assert evil not in file.getvalue()


def test_colours_only_on_a_terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" not in text_of(REFUTED)
    assert "\x1b[" in text_of(REFUTED, file=Terminal())


def test_formulas_are_not_broken():
    formula = "x + " * 200
    assert f"= read as: {formula.strip()}" in text_of(replace(REFUTED, read_as=formula))


@pytest.mark.parametrize(
    ("line", "underline", "expected"),
    [
        ("a = b", (5, 6), ("a = b", "    ^")),
        ("a = b", (0, 0), ("a = b", "")),
        ("a = b", (5, 99), ("a = b", "    ^")),
        ("a = b", (50, 60), ("a = b", "")),
        ("\ta = b", (6, 7), (" a = b", "     ^")),
        ("漢 = b", (5, 6), ("漢 = b", "     ^")),
        ("x\u0302 = b", (6, 7), ("x\u0302 = b", "    ^")),
        ("", (0, 0), ("", "")),
    ],
)
def test_carets_stand_below(line, underline, expected):
    assert excerpt(replace(HOLDS, source_line=line, underline=underline)) == expected


@pytest.mark.parametrize("start", [1, 500, 990])
def test_long_lines_are_cut_around_the_carets(start):
    line = "x" * (start - 1) + "WRONG" + "y" * (996 - start)
    shown, carets = excerpt(replace(HOLDS, source_line=line, underline=(start, start + 5)))
    assert len(shown) <= WIDTH + 2
    assert shown[len(carets) - 5 : len(carets)] == "WRONG" and carets.strip() == "^^^^^"


def test_values():
    assert value_text([]) == "[]"
    assert value_text([[]]) == "[]"
    assert value_text("-1/2") == "−1/2"
    assert value_text([[[1, 0], [0, 1]], [[2, 0], [0, 2]]]) == "{[1 0; 0 1], [2 0; 0 2]}"
    assert value_text([1, 2]) == "[1 2]"


def test_json_is_the_same_every_time():
    reports = [HOLDS, replace(HOLDS, judgement=Judgement(Verdict.DEFINITION)), REFUTED, REFUTED]
    first = encode(report_object("notes.md", reports, seed=3))
    assert first == encode(report_object("notes.md", reports, seed=3))
    data = json.loads(first)
    assert list(data) == ["schema", "file", "version", "seed", "counts", "first_error", "relations"]
    assert data["schema"] == "derive.report/1" and data["seed"] == 3 and data["first_error"] == 2
    assert data["counts"] == {"definition": 1, "holds": 1, "refuted": 2}
    assert list(data["counts"]) == sorted(data["counts"])
    assert "seconds" not in first.decode()
    assert json.loads(encode(report_object("n", reports, timings=True)))["relations"][0]["seconds"] == 0.25


def test_malformed_is_an_error_too():
    malformed = with_judgement(Verdict.MALFORMED, "S201")
    assert report_object("n", [HOLDS, malformed])["first_error"] == 1
    assert report_object("n", [HOLDS, with_judgement(Verdict.UNREAD)])["first_error"] is None


def test_json_takes_any_value():
    record = {"id": [float("inf"), {"a": float("nan")}], "text": "\ud800é"}
    assert json.loads(encode(record)) == {"id": ["inf", {"a": "nan"}], "text": "\ud800é"}


def test_progress_passes_items_through():
    for file in (io.StringIO(), Terminal()):
        for total in (3, 100):
            with progress(total, file) as counted:
                assert list(counted(range(total))) == list(range(total))
        assert bool(file.getvalue()) == file.isatty()
