"""Verdicts as comments: nothing else changes, the second time gives the same bytes, and they are read as comments."""

import io
import json
import re
from pathlib import Path

import pytest
import report_pages
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.checking import read_relations
from derive.cli import main
from derive.containers import read_text
from derive.options import Options
from derive.report.annotated import NotAnnotated, annotated
from derive.report.report import Report
from derive.verdict import Judgement, RelationReport, Repair, Verdict

DOCUMENTS = Path(__file__).parent.parent / "documents"
NAMES = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix in {".md", ".tex", ".txt", ".ipynb"})
NAMES = [name for name in NAMES if (DOCUMENTS / name).with_suffix(".key.json").exists()]


def pretended(name, text, judge=lambda number: Judgement(Verdict.PROVED)):
    """Return a report on a text whose relations were read, with verdicts that are made up."""
    document = read_text(name, text)
    reader = read_relations(document, None, Options(infer=False))
    relations = tuple(
        RelationReport(judge(number), item.lhs, item.rhs, "", *place)
        for number, (item, place) in enumerate(zip(reader.relations, reader.places, strict=True))
    )
    return Report(name, relations, document)


def without(name, text):
    """Return a text without annotations."""
    return annotated(text, Report(name, (), read_text(name, text)))


def roles(name, text):
    """Return what a reader makes of the relations of a text, but for spaces (those before a comment are of no account).

    Places are those of the text without annotations.
    """
    reader = read_relations(read_text(name, text), None, Options(inline=True, infer=False))
    sides = [[" ".join(side.split()) for side in (item.lhs, item.rhs)] for item in reader.relations]
    return [(item.role, *both, str(item.problem)) for item, both in zip(reader.relations, sides, strict=True)]


VARIED = [
    Judgement(Verdict.PROVED),
    Judgement(Verdict.REFUTED, "E303", repair=Repair("-b", Verdict.PROVED, "E303", (0, 1), "b", "-b", 1)),
    Judgement(Verdict.MALFORMED, "S201", "one side is a scalar and the other a vector of length n"),
    Judgement(Verdict.CONDITIONAL, "A401", r"false as declared, true where W \in \mathbb{S}^n", condition="W"),
    Judgement(Verdict.REFUTED, "E316", notes=("it agrees with line 3",)),
    Judgement(Verdict.UNDECIDED, "U601", "not decided within the limit"),
]


def varied(number):
    return VARIED[number % len(VARIED)]


@pytest.mark.parametrize(
    ("name", "line_end"),
    [(name, "\n") for name in NAMES]
    + [(name, "\r\n") for name in ("05_ridge_wls.md", "06_logistic_softmax.ipynb", "08_ppca.tex")],
)
def test_documents(name, line_end):
    text = (DOCUMENTS / name).read_text(encoding="utf-8").replace("\n", line_end)
    once = annotated(text, pretended(name, text, varied))
    assert once != text and once.count("derive: ") >= 8
    assert annotated(once, pretended(name, once, varied)) == once, "stable"
    assert without(name, once) == text, "nothing else is changed, byte for byte"
    assert roles(name, once) == roles(name, text), "annotations are not read"
    assert len(json.loads(once)["cells"]) == len(json.loads(text)["cells"]) if name.endswith(".ipynb") else True


def assert_verdicts_stay(name, text):
    report = derive.check(text, name=name, timeout=120)
    once = annotated(text, report)
    again = derive.check(once, name=name, timeout=120)
    said = [(each.judgement.verdict, each.judgement.code) for each in report]
    assert [(each.judgement.verdict, each.judgement.code) for each in again] == said
    assert annotated(once, again) == once


def test_the_verdicts_are_those_of_the_original():
    assert_verdicts_stay("forms.md", report_pages.TEXT)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_verdicts_of_documents_are_those_of_the_original(name):
    assert_verdicts_stay(name, (DOCUMENTS / name).read_text(encoding="utf-8"))


CASES = {
    "below a block": ("$$\na = b\n$$\n\nso", "$$\na = b\n$$\n<!-- derive: proved -->\n\nso"),
    "at the end of the file": ("$$a = b$$", "$$a = b$$\n<!-- derive: proved -->"),
    "where the line goes on": ("so $$a = b$$ holds", "so $$a = b$$ <!-- derive: proved --> holds"),
    "several relations": ("$$a = b = c$$\n", "$$a = b = c$$\n<!-- derive: proved; proved -->\n"),
    "in a quotation": ("> > $$a = b$$\n", "> > $$a = b$$\n> > <!-- derive: proved -->\n"),
    "in a list": ("- so\n\n  $$a = b$$\n", "- so\n\n  $$a = b$$\n  <!-- derive: proved -->\n"),
    "beside a list mark": ("1. $$a = b$$\n", "1. $$a = b$$\n   <!-- derive: proved -->\n"),
    "a fence": ("```math\na = b\n```\n", "```math\na = b\n```\n<!-- derive: proved -->\n"),
    "an environment": (
        "\\begin{align}\na &= b\n\\end{align}\n",
        "\\begin{align}\na &= b\n\\end{align}\n<!-- derive: proved -->\n",
    ),
    "brackets": ("\\[ a = b \\]\n", "\\[ a = b \\]\n<!-- derive: proved -->\n"),
    "spaces at the end": ("$$a = b$$  \nso", "$$a = b$$  \n<!-- derive: proved -->\nso"),
    "two formulas on a line": (
        "$$a = b$$ and $$b = c$$\n",
        "$$a = b$$ <!-- derive: proved --> and $$b = c$$\n<!-- derive: proved -->\n",
    ),
    "a table": ("| x |\n|---|\n| $$a = b$$ |\n", "| x |\n|---|\n| $$a = b$$ <!-- derive: proved --> |\n"),
    "other line ends": ("$$a = b$$\r\nso\r\n", "$$a = b$$\r\n<!-- derive: proved -->\r\nso\r\n"),
    "a formula up to the middle of a line end": (
        "<!-- x -->$$\na = b\n$$<!--\r\n",
        "<!-- x -->$$\na = b\n$$<!--\r\n<!-- derive: proved -->\r\n",
    ),
    "nothing to judge": ("a text $x$ `<!-- derive: proved -->`", "a text $x$ `<!-- derive: proved -->`"),
    "what looks like it in code": (
        "```\n<!-- derive: refuted -->\n```\n\n$$a = b$$\n",
        "```\n<!-- derive: refuted -->\n```\n\n$$a = b$$\n<!-- derive: proved -->\n",
    ),
    "what is left of an earlier time": (
        "so\n<!-- derive: refuted -->\n\n$$a = b$$ <!-- derive: refuted (E301 x): y --> so\n",
        "so\n\n$$a = b$$ <!-- derive: proved --> so\n",
    ),
    "an indented line behind it": (
        "$$a = b$$\n    $$b = c$$\n",
        "$$a = b$$ <!-- derive: proved -->\n    $$b = c$$\n    <!-- derive: proved -->\n",
    ),
    "an author's own comment": (
        "$$a = b$$\n<!-- derived -->\n",
        "$$a = b$$\n<!-- derive: proved -->\n<!-- derived -->\n",
    ),
}


@pytest.mark.parametrize(("text", "made"), CASES.values(), ids=CASES)
def test_markdown(text, made):
    assert annotated(text, pretended("a.md", text)) == made
    assert annotated(made, pretended("a.md", made)) == made


TEX_CASES = {
    "a display": ("\\[\n  a = b\n\\]\n", "\\[\n  a = b % derive: proved\n\\]\n"),
    "rows": (
        "\\begin{align}\n a &= b \\\\\n &= c\n\\end{align}\n",
        "\\begin{align}\n a &= b \\\\ % derive: proved\n &= c % derive: proved\n\\end{align}\n",
    ),
    "text behind it": ("\\[ a = b \\] and so\non", "\\[ a = b \\] and so % derive: proved\non"),
    "a comment behind it": ("$$ a = b % why\n$$", "$$ a = b % why % derive: proved\n$$"),
    "verbatim": (
        "\\begin{verbatim}\nx % derive: refuted\n\\end{verbatim}\n$$a = b$$\n",
        "\\begin{verbatim}\nx % derive: refuted\n\\end{verbatim}\n$$a = b$$ % derive: proved\n",
    ),
    "an escaped percent sign": ("50\\% derive: x $$a = b$$\n", "50\\% derive: x $$a = b$$ % derive: proved\n"),
    "other line ends": ("$$a = b$$\r\nso\r\n", "$$a = b$$ % derive: proved\r\nso\r\n"),
    "what is left of an earlier time": (
        "so % derive: refuted\n$$a = b$$ % derive: refuted (E301 x): 1 % 2\n",
        "so\n$$a = b$$ % derive: proved\n",
    ),
    "a control space": ("$$a = b\\ \n$$", "$$a = b\\  % derive: proved\n$$"),
}


@pytest.mark.parametrize(("text", "made"), TEX_CASES.values(), ids=TEX_CASES)
def test_tex(text, made):
    assert annotated(text, pretended("a.tex", text)) == made
    assert annotated(made, pretended("a.tex", made)) == made


def test_inline_formulas_are_annotated_where_they_are_judged():
    text = "Let $a := 1$, so $a + a = 2$ and $$a = 1$$\n"
    made = "Let $a := 1$, so $a + a = 2$ and $$a = 1$$\n<!-- derive: proved -->\n"
    assert annotated(text, derive.check(text)) == made
    report = derive.check(text, inline=True)
    assert annotated(text, report) == made.replace("= 2$", "= 2$ <!-- derive: proved -->")


def test_an_open_comment_is_not_closed():
    text = "<!-- open\n\n$$a = b$$\n"
    with pytest.raises(NotAnnotated, match="read in another way"):
        annotated(text, pretended("a.md", text))


def test_what_is_said():
    text = "".join(f"$$a = b_{number}$$\n\n" for number in range(6))
    said = re.findall("<!-- derive: (.*) -->", annotated(text, pretended("a.md", text, varied)))
    assert said == [
        "proved",
        "refuted (E303 lost-sign): with -b in place of b the step is proved",
        "malformed (S201 sides-differ): one side is a scalar and the other a vector of length n",
        r"conditional (A401 condition-needed): false as declared, true where W \in \mathbb{S}^n",
        "refuted (E316 agrees-with-earlier)",
        "undecided (U601 time-limit): not decided within the limit",
    ] or said[4].startswith("refuted (E316 ")


@pytest.mark.parametrize(
    "trap", ["-->", "--", "$$", r"\]", r"\begin{align}", "\n\n", "`", "<script>", "x" * 400, "\x1b"]
)
@pytest.mark.parametrize("name", ["a.md", "a.tex"])
def test_what_is_said_cannot_end_the_comment(trap, name):
    text = "$$a = b$$ and $$c = d$$\n\nthe rest $$e = f$$\n"
    repair = Repair(f"p{trap}q", Verdict.PROVED, "E303", (0, 1), trap, f"p{trap}q", 0)
    judgements = (Judgement(Verdict.REFUTED, "E303", repair=repair), Judgement(Verdict.MALFORMED, "S201", f"p{trap}q"))
    for judgement in judgements:
        once = annotated(text, pretended(name, text, lambda number, said=judgement: said))
        assert without(name, once) == text and roles(name, once) == roles(name, text)
        assert once.count("derive: ") == (2 if name == "a.tex" else 3)


def test_lines_are_those_of_the_annotated_document():
    note = Judgement(Verdict.MALFORMED, "S201", "as in line 7")
    text = "$$a = b$$\n\n$$b = c$$\n\n$$c = d$$\n\n$$d = e$$\n"
    once = annotated(text, pretended("a.md", text, lambda number: note))
    assert once.splitlines()[9] == "$$d = e$$" and "as in line 10 " in once
    moved = Judgement(Verdict.MALFORMED, "S201", "as in line 10")
    assert annotated(once, pretended("a.md", once, lambda number: moved)) == once


PIECES = st.sampled_from(
    [
        *(
            "$$a = b$$",
            "$$\na = b\n$$",
            "\\[a = b = c\\]",
            "$a = b$",
            "text",
            "\n",
            "\n\n",
            "> ",
            "- ",
            "  ",
            "```\n",
            "| ",
        ),
        *(
            "$",
            "\\",
            "<!-- x -->",
            "% c\n",
            "\\begin{align}\na &= b \\\\\n&= c\n\\end{align}",
            "\r\n",
            "`",
            "{",
            "<!--",
        ),
        *("\t", "1. ", "    "),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=12), st.sampled_from(["a.md", "a.tex"]))
def test_any_arrangement(pieces, name):
    text = "".join(pieces)
    try:
        once = annotated(text, pretended(name, text, varied))
    except NotAnnotated:  # it says so rather than change what is read; the cases above are all annotated
        return
    assert without(name, once) == text
    assert roles(name, once) == roles(name, text)
    assert annotated(once, pretended(name, once, varied)) == once


# -- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_bytes(b"\xef\xbb\xbfLet $a \\in \\mathbb{R}$.\r\n\r\n$$a + a = 3 a$$\r\n")
    return tmp_path


MADE = (
    b"\xef\xbb\xbfLet $a \\in \\mathbb{R}$.\r\n\r\n$$a + a = 3 a$$\r\n"
    b"<!-- derive: refuted (E304 lost-factor): with 2 a in place of 3 a the step is proved -->\r\n"
)


def test_the_command_writes_the_document_and_prints_the_report(notes, capsys):
    assert main(["check", "notes.md", "--annotate", "out.md"]) == 1
    assert "1 refuted" in capsys.readouterr().out
    made = (notes / "out.md").read_bytes()
    assert made.startswith(MADE[: MADE.index(b"<!--")]) and b"<!-- derive: refuted (" in made
    assert main(["check", "out.md", "--annotate", "again.md"]) == 1
    assert (notes / "again.md").read_bytes() == made


def test_in_place_only_if_forced(notes, capsys):
    before = (notes / "notes.md").read_bytes()
    assert main(["check", "notes.md", "--annotate", "notes.md"]) == 2
    assert capsys.readouterr() == ("", "derive: 'notes.md' was not generated by this command; --force overwrites it\n")
    assert (notes / "notes.md").read_bytes() == before
    assert main(["check", "notes.md", "--annotate", "notes.md", "--force"]) == 1
    made = (notes / "notes.md").read_bytes()
    assert made != before
    assert main(["check", "notes.md", "--annotate", "notes.md", "--force", "--html", "out.html"]) == 1
    assert (notes / "notes.md").read_bytes() == made
    assert sorted(path.name for path in notes.iterdir()) == ["notes.md", "out.html"]


def test_hints_hold_for_annotations(notes):
    assert main(["check", "notes.md", "--annotate", "out.md", "--hints", "place"]) == 1
    assert b"<!-- derive: refuted (E301 step-refuted) -->" in (notes / "out.md").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["notes.md", "other.md", "--annotate", "out.md"],
        ["notes.md", "--annotate", "out.md", "--fix"],
        ["-", "--annotate", "out.md"],
        ["bytes.md", "--annotate", "out.md"],
        ["old.ipynb", "--annotate", "out.ipynb"],
        ["notes.md", "--annotate", "missing/out.md"],
        ["notes.md", "--annotate", "."],
        ["notes.md", "--preamble", "p.md", "--annotate", "p.md", "--force"],
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(notes, capsys, monkeypatch, arguments):
    cells = [{"cell_type": "heading", "level": 1, "source": ["$$1 = 1$$"]}]
    (notes / "old.ipynb").write_text(json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}))
    (notes / "bytes.md").write_bytes(b"$$1 = 1$$ " + b"a" * 100 + b"\xff")
    (notes / "p.md").write_bytes(b"")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"$$1 = 1$$")))
    before = {path.name: path.read_bytes() for path in notes.iterdir()}
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert error and "Traceback" not in error
    assert {path.name: path.read_bytes() for path in notes.iterdir()} == before


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["a.md", "a.tex"]))
def test_many_arrangements(pieces, name):
    test_any_arrangement.hypothesis.inner_test(pieces, name)
