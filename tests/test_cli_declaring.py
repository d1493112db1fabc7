"""``derive declare`` and the table of what was assumed."""

import json
import subprocess
import sys

import pytest

NOTES = """We have $y \\sim \\mathcal{N}(X \\beta, V)$.

$$X \\beta + y = y + X \\beta$$

$$V^T X = V X$$

$$V X = 2 V X$$
"""
COMMAND = [sys.executable, "-c", "import sys; from derive.cli import main; sys.exit(main())"]


def run(*arguments):
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=120)


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes.md"
    path.write_text(NOTES, encoding="utf-8")
    return path


def test_declare_prints_a_preamble_that_check_takes(notes, tmp_path):
    printed = run("declare", notes)
    assert printed.returncode == 0 and "$V \\in \\mathbb{S}_{++}" in printed.stdout and "<!-- line 1:" in printed.stdout
    preamble = tmp_path / "preamble.md"
    preamble.write_text(printed.stdout, encoding="utf-8")
    found = [
        json.loads(run("check", notes, "--json", *more).stdout)["relations"]
        for more in ([], ["--preamble", preamble, "--no-infer"])
    ]
    assert (
        [each["verdict"] for each in found[0]]
        == [each["verdict"] for each in found[1]]
        == ["proved", "proved", "refuted"]
    )


def test_check_shows_what_it_assumed_above_the_verdicts(notes):
    shown = run("check", notes).stdout
    assert "\\mathbb{S}_{++}" in shown and "refuted" in shown
    assert shown.index("\\mathbb{S}_{++}") < shown.index("refuted")


def test_json_has_what_was_assumed(notes):
    assumed = json.loads(run("check", notes, "--json").stdout)["assumed"]
    assert {each["symbol"] for each in assumed} == {"X", "y", "\\beta", "V"}
    assert all(each["declaration"] and each["evidence"] and each["line"] for each in assumed)


def test_nothing_is_inferred_when_that_is_not_wanted(notes):
    found = json.loads(run("check", notes, "--json", "--no-infer").stdout)
    assert not found.get("assumed") and {each["verdict"] for each in found["relations"]} == {"unread"}


def test_a_document_that_declares_everything(tmp_path):
    path = tmp_path / "done.md"
    path.write_text("Let $a \\in \\mathbb{R}$. $$a + a = 2a$$\n", encoding="utf-8")
    printed = run("declare", path)
    assert printed.returncode == 0 and printed.stdout == "" and "nothing is left undeclared" in printed.stderr


def test_a_file_that_is_not_there(tmp_path):
    printed = run("declare", tmp_path / "none.md")
    assert printed.returncode == 2 and "Traceback" not in printed.stderr
