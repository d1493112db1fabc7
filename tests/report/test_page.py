"""The page of a report: complete, self-contained, and safe whatever the document contains."""

import base64
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_pages import HOSTILE, TEXT, Elements, html, report

import derive
from derive.checking import read_relations
from derive.cli import main
from derive.containers import read_document
from derive.options import Options
from derive.report.body import relation_id
from derive.report.page import START, page
from derive.report.report import Report
from derive.verdict import Judgement, RelationReport, Verdict

DOCUMENTS = Path(__file__).parent.parent / "documents"
NAMES = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix in {".md", ".tex", ".txt", ".ipynb"})
NAMES = [name for name in NAMES if (DOCUMENTS / name).with_suffix(".key.json").exists()]


def unjudged(name, data):
    """Return a report on a document whose relations were read and not judged."""
    document = read_document(name, data)
    reader = read_relations(document, None, Options(infer=False))
    relations = tuple(
        RelationReport(Judgement(Verdict.UNDECIDED, "U601"), item.lhs, item.rhs, "", *place)
        for item, place in zip(reader.relations, reader.places, strict=True)
    )
    return Report(name, relations, document)


@pytest.mark.parametrize("name", NAMES)
def test_every_relation_and_every_line_stands_on_the_page(name):
    found = unjudged(name, (DOCUMENTS / name).read_bytes())
    elements = Elements(page(found))
    assert elements.faults == []
    assert len(set(elements.ids)) == len(elements.ids), "an anchor stands for one place"
    assert len(found.relations) > 9
    for each in found.relations:
        assert elements.ids.count(relation_id(each)) == 1
    lines = {each["href"] for each in elements.named("a") if each.get("class") == "number"}
    assert lines <= {f"#{each}" for each in elements.ids}


def test_the_rows_tell_the_verdicts():
    found = html()
    for verdict, glyph in (("proved", "✓"), ("malformed", "#"), ("conditional", "!"), ("definition", "≔")):
        assert f'<span class="glyph derive-{verdict}">{glyph}</span>' in found
        assert report().counts[verdict] >= 1
    assert "<h3>Quadratic forms</h3>" in found and "<h4>Wrong</h4>" in found
    assert "<em>all fixed</em>" in found and '<p class="item">A form:' in found
    assert '<pre tabindex="0"><code>```python\nx = &quot;$y = 1$&quot;\n```</code></pre>' in found
    assert '<code class="derive-tex">' in found and "\\unheard" in found, "what is unknown is shown as it is"


def test_evidence_unfolds():
    elements = Elements(html())
    said = {each["id"]: "open" in each for tag, each in elements.found if tag == "details" and "id" in each}
    by_id = {relation_id(each): each.judgement.verdict.value for each in report().relations}
    for name, is_open in said.items():
        assert is_open == (by_id[name] not in {"proved", "holds", "definition", "assumption"})
    assert "proof: " in elements.text and "jacobi-formula" in elements.text
    assert "counterexample" in elements.text and "left side" in elements.text
    assert "repair" in elements.text and "is proved" in elements.text


def test_what_nothing_declares_is_told():
    text = "$$(A B)^\\top = B^\\top A^\\top$$"
    found = report(text, "a.md")
    assert [each.key for each in found.assumed] == ["A", "B"]
    elements = Elements(html(text, "a.md"))
    assert elements.faults == [] and "Taken for granted" in elements.text
    assert found.assumed[0].evidence[0] in elements.text
    assert "Nothing declares these symbols" in found._repr_html_() and "Nothing declares these symbols" in str(found)
    assert "Taken for granted" not in html()


def test_landmarks_and_headings():
    elements = Elements(html())
    tags = [tag for tag, _ in elements.found]
    assert [tags.count(tag) for tag in ("h1", "header", "main", "nav", "footer", "title")] == [1] * 6
    assert elements.named("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    targets = {each["href"].removeprefix("#") for each in elements.named("a")}
    assert targets <= set(elements.ids)


def test_nothing_is_loaded_and_only_this_script_may_run():
    elements = Elements(html())
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"}
    assert all("src" not in each and "style" not in each for _, each in elements.found)
    assert not [name for _, each in elements.found for name in each if name.startswith("on")]
    (policy,) = [each["content"] for each in elements.named("meta") if "http-equiv" in each]
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "http://" not in html() and "https://" not in html()


def test_the_same_document_gives_the_same_bytes():
    assert page(derive.check(TEXT, name="forms.md")) == html()


def test_a_hostile_document_stays_text():
    elements = Elements(html(HOSTILE, "<b>.md"))
    assert elements.faults == []
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"img", "a href", "i", "b", "style>"} and len(elements.named("script")) == 1
    assert len(elements.named("style")) == 1 and len(elements.named("svg")) == 1, "the bar"
    assert {each["href"][0] for each in elements.named("a")} == {"#"}
    for number in (1, 2, 3, 4, 7, 8, 9, 10, 11):
        assert re.search(rf"pwned ?= ?{number}\b", elements.text), "shown as it is"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>&\"'`*#-\\$[](){}%|~ \n\r\tab=\0\x0b\u2028\u202e\ud800", max_size=80), st.booleans())
def test_any_text_gives_a_well_formed_page(text, is_tex):
    name = "a.tex" if is_tex else "a.md"
    relations = unjudged(name, text.replace("\0", "").encode("utf-8", "replace"))
    elements = Elements(page(relations))
    assert elements.faults == [] and len(set(elements.ids)) == len(elements.ids)
    assert len(elements.named("script")) == 1


def test_half_a_surrogate_pair(tmp_path):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "so \ud800 $$1 = 1$$"}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    assert main(["check", str(tmp_path / "a.ipynb"), "--html", str(tmp_path / "a.html")]) == 0
    assert "so ?" in (tmp_path / "a.html").read_text(encoding="utf-8")


# -- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("Let $a \\in \\mathbb{R}$.\n\n$$a + a = 3 a$$\n")
    return tmp_path


def test_the_command_writes_the_page_and_prints_the_report(notes, capsys):
    assert main(["check", "notes.md", "--html", "out.html"]) == 1
    assert "1 refuted" in capsys.readouterr().out
    assert (notes / "out.html").read_text().startswith(START)
    assert main(["check", "notes.md", "--html", "out.html", "--json"]) == 1, "a page is overwritten by a page"
    assert json.loads(capsys.readouterr().out)["counts"] == {"refuted": 1}
    assert sorted(path.name for path in notes.iterdir()) == ["notes.md", "out.html"]


def test_the_page_gives_away_no_more_than_asked_for(notes):
    assert main(["check", "notes.md", "--html", "out.html", "--hints", "none"]) == 1
    found = (notes / "out.html").read_text()
    assert "repair" not in found and "counterexample" not in found


@pytest.mark.parametrize("target", ["notes.md", "./notes.md", "link.html", "preamble.md"])
def test_what_is_read_is_never_overwritten(notes, capsys, target):
    (notes / "link.html").symlink_to(notes / "notes.md")
    (notes / "preamble.md").write_text("")
    before = {path.name: path.read_bytes() for path in notes.iterdir()}
    assert main(["check", "notes.md", "--preamble", "preamble.md", "--html", target, "--force"]) == 2
    assert "is read by this command; it is not overwritten" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in notes.iterdir()} == before


def test_a_file_of_someone_else_is_kept_unless_forced(notes, capsys):
    (notes / "out.html").write_text("<p>mine</p>")
    assert main(["check", "notes.md", "--html", "out.html"]) == 2
    assert capsys.readouterr() == ("", "derive: 'out.html' was not generated by this command; --force overwrites it\n")
    assert (notes / "out.html").read_text() == "<p>mine</p>"
    assert main(["check", "notes.md", "--html", "out.html", "--force"]) == 1
    assert (notes / "out.html").read_text().startswith(START)


@pytest.mark.parametrize(
    "arguments",
    [
        ["notes.md", "notes.md", "--html", "out.html"],
        ["--claims", "notes.md", "--html", "out.html"],
        ["notes.md", "--force"],
        ["notes.md", "--html", "missing/out.html"],
        ["notes.md", "--html", "."],
        ["notes.md", "--html", "a\0b"],
        ["notes.md", "--html", ""],
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(notes, capsys, arguments):
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert error and "Traceback" not in error
    assert sorted(path.name for path in notes.iterdir()) == ["notes.md"]
