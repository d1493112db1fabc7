"""``derive corpus``: all documents of a folder, runs that are taken up again, the cache, one clear line for trouble."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter

import pytest

from derive import cli
from derive.cli import corpora

DECLARED = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$." + "\n\n"
RIGHT = DECLARED + r"$$(A B)^\top = B^\top A^\top$$" + "\n"
WRONG = DECLARED + r"$$(A B)^\top = A B + B$$" + "\n"
DOUBTFUL = DECLARED + "$$A + B = B + A$$\n\n$$A + C = C + A$$\n\n$$\\exp(A) \\approx I + A$$\n"
CELLS = [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": RIGHT}]
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS})


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Keep the user's cache out of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))


@pytest.fixture
def folder(tmp_path):
    files = {
        "a.md": RIGHT,
        "sub/b.tex": WRONG,
        "sub/deeper/Übung α.txt": DOUBTFUL,
        "sub/n.ipynb": NOTEBOOK,
        ".hidden/c.md": WRONG,
        "sub/.d.md": WRONG,
        "data.csv": "1,2\n",
    }
    write(tmp_path / "notes", files)
    return tmp_path / "notes"


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def run(*arguments):
    return cli.main(["corpus", *map(str, arguments), "--jobs", "1"])


def records(path):
    return [json.loads(line) for line in path.read_bytes().decode().splitlines()]


def test_answers_are_those_of_check(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    assert run(folder, "--out", out) == 1
    capsys.readouterr()
    found = records(out)
    names = ["a.md", "sub/b.tex", "sub/n.ipynb", "sub/deeper/Übung α.txt"]
    assert [os.path.relpath(each["file"], folder) for each in found] == names
    for each in found:
        cli.main(["check", each["file"], "--json"])
        expected = json.loads(capsys.readouterr().out)
        assert {key: value for key, value in each.items() if key not in ("key", "limit")} == expected


def test_exit_status(tmp_path, capsys):
    write(tmp_path / "right", {"a.md": RIGHT})
    write(tmp_path / "doubtful", {"a.md": DOUBTFUL})
    write(tmp_path / "wrong", {"a.md": WRONG})
    write(tmp_path / "unreadable", {"a.md": b"\0\0", "b.md": WRONG, "c.ipynb": "{"})
    assert run(tmp_path / "right") == 0
    assert run(tmp_path / "doubtful") == 0
    assert run(tmp_path / "doubtful", "--strict") == 1
    assert run(tmp_path / "wrong") == 1
    assert capsys.readouterr().err == ""
    out = tmp_path / "out.jsonl"
    assert run(tmp_path / "unreadable", "--out", out) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 2
    assert "it contains NUL bytes" in captured.err and "not a notebook" in captured.err
    assert "3 documents (1 from the cache): 1 claim, 1 of them judged; 2 documents not read" in captured.out
    assert [bool(each.get("error")) for each in records(out)] == [True, False, True]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing"], "there is no folder 'missing'"),
        (["notes/a.md"], "'notes/a.md' is not a folder; `derive check` judges single files"),
        (["notes", "--out", "notes/a.md"], "'notes/a.md' holds something else than results of `derive corpus`"),
        (["notes", "--out", "no/such/place"], "cannot write 'no/such/place': No such file or directory"),
        (["notes", "--summary", "notes/a.md"], "cannot write 'notes/a.md': it exists and is not a summary"),
        (["notes", "--summary", "no/such/place.md"], "cannot write 'no/such/place.md': there is no folder"),
        (["notes", "--preamble", "missing.md"], "cannot read 'missing.md': No such file or directory"),
        (["notes", "--dask", "elsewhere"], "'elsewhere' is not the address of a scheduler"),
        (["notes", "--no-cache", "--cache", "x"], "--cache and --no-cache exclude each other"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_one_line(folder, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    before = (folder / "a.md").read_bytes()
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and said in captured.err.splitlines()[-1] and "Traceback" not in captured.err
    assert (folder / "a.md").read_bytes() == before


def test_empty_folder(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    out, page = tmp_path / "out.jsonl", tmp_path / "page.html"
    assert run(tmp_path / "empty", "--out", out, "--summary", page) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("derive: there is no document (") and captured.out == "no documents\n"
    assert out.read_bytes() == b"" and "no documents" in page.read_text()


def test_suffixes(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    assert run(folder, "--out", out, "--suffix", "md", "--suffix", ".TXT") == 0
    assert [os.path.basename(each["file"]) for each in records(out)] == ["a.md", "Übung α.txt"]


def test_preamble_and_options_reach_the_documents(tmp_path, capsys):
    write(tmp_path / "notes", {"a.md": "$$A b = b A$$\n\n$$A = A^\\top + b$$\n"})
    write(tmp_path, {"preamble.md": DECLARED.replace("$B \\in \\mathbb{R}^{n \\times n}$", "$b \\in \\mathbb{R}$")})
    out = tmp_path / "out.jsonl"
    run(tmp_path / "notes", "--out", out, "--no-repair", "--seed", 3)
    (before,) = records(out)
    assert run(tmp_path / "notes", "--out", out, "--no-repair", "--preamble", tmp_path / "preamble.md") == 1
    (found,) = records(out)
    assert (before["seed"], found["seed"]) == (3, 0) and before["key"] != found["key"]
    assert [each["verdict"] for each in found["relations"]] == ["proved", "malformed"]


def test_what_a_run_writes_is_no_document_of_the_next(folder, capsys):
    page = folder / "summary.md"
    for _ in range(2):
        assert run(folder, "--summary", page, "--out", folder / "results.txt") == 1
    assert "| all | 6 |" in page.read_text() and len(records(folder / "results.txt")) == 4


def test_cache(folder, tmp_path, capsys, monkeypatch):
    outs = [tmp_path / f"{index}.jsonl" for index in range(4)]
    run(folder, "--out", outs[0])
    assert "(" not in capsys.readouterr().out.splitlines()[0]
    run(folder, "--out", outs[1])
    assert "4 documents (4 from the cache)" in capsys.readouterr().out
    (folder / "a.md").rename(folder / "renamed.md")
    (folder / "sub" / "b.tex").write_text(RIGHT)
    assert run(folder, "--out", outs[2]) == 0
    assert "(3 from the cache)" in capsys.readouterr().out
    run(folder, "--seed", 1)
    assert "(" not in capsys.readouterr().out.splitlines()[0]
    run(folder, "--no-cache", "--out", outs[3])
    assert "(" not in capsys.readouterr().out.splitlines()[0]
    assert outs[0].read_bytes() == outs[1].read_bytes() and outs[2].read_bytes() == outs[3].read_bytes()


def test_corrupt_cache_is_ignored_and_mended(folder, tmp_path, capsys):
    outs = [tmp_path / f"{index}.jsonl" for index in range(3)]
    cache = tmp_path / "cache"
    run(folder, "--out", outs[0], "--cache", cache)
    entries = sorted(cache.rglob("*.verdicts"))
    assert len(entries) == 4
    entries[0].write_bytes(b"")
    entries[1].write_bytes(entries[1].read_bytes()[:-9])
    entries[2].write_bytes(entries[3].read_bytes())  # whole, and of another document
    capsys.readouterr()
    for out, known in ((outs[1], 1), (outs[2], 4)):
        run(folder, "--out", out, "--cache", cache)
        captured = capsys.readouterr()
        assert f"({known} from the cache)" in captured.out and captured.err == ""
        assert out.read_bytes() == outs[0].read_bytes()


def test_cache_that_cannot_be_written(folder, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert run(folder, "--cache", tmp_path / "file") == 1
    assert capsys.readouterr().err == "" and (tmp_path / "file").read_text() == ""


def test_results_are_kept(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    run(folder, "--out", out, "--no-cache")
    whole = out.read_bytes()
    capsys.readouterr()
    lines = whole.splitlines(keepends=True)
    for cut, kept in ((whole, 4), (b"".join(lines[:2]) + lines[2][:-30], 2), (lines[0][:9], 0), (b"", 0)):
        out.write_bytes(cut)
        assert run(folder, "--out", out, "--no-cache") == 1
        first = capsys.readouterr().out.splitlines()[0]
        assert (f"({kept} in the results already)" in first) == (kept > 0)
        assert out.read_bytes() == whole


def test_results_of_what_has_changed_are_not_kept(folder, tmp_path, capsys):
    out, fresh = tmp_path / "results.jsonl", tmp_path / "fresh.jsonl"
    run(folder, "--out", out, "--no-cache")
    (folder / "a.md").write_text(WRONG)
    (folder / "sub" / "b.tex").unlink()
    write(folder, {"0.md": RIGHT})
    capsys.readouterr()
    run(folder, "--out", out, "--no-cache")
    assert "(2 in the results already)" in capsys.readouterr().out
    run(folder, "--out", fresh, "--no-cache")
    assert out.read_bytes() == fresh.read_bytes()


def test_damaged_line_is_judged_again(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    run(folder, "--out", out, "--no-cache")
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (b"{}\n", b"\xff\xfe\n", lines[1].replace(b'"key": "', b'"key": "x')):
        out.write_bytes(lines[0] + damaged + b"".join(lines[2:]))
        run(folder, "--out", out, "--no-cache")
        assert out.read_bytes() == whole


def test_link_that_leads_in_a_circle(folder, tmp_path, capsys):
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "self.md").symlink_to(folder / "self.md")
    (folder / "linked.md").symlink_to(folder / "a.md")
    os.mkfifo(folder / "pipe.md")
    out = tmp_path / "results.jsonl"
    assert run(folder, "--out", out) == 1
    assert Counter(os.path.basename(each["file"]) for each in records(out))["a.md"] == 1
    assert len(records(out)) == 5 and capsys.readouterr().err == ""


def test_name_that_is_not_unicode(tmp_path, capsys):
    folder = tmp_path / "notes"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/\xff.md", "wb") as file:
        file.write(DOUBTFUL.encode())
    out = tmp_path / "results.jsonl"
    pages = [tmp_path / f"page{suffix}" for suffix in (".html", ".md", ".txt")]
    assert run(folder, "--out", out, *(word for page in pages for word in ("--summary", page))) == 0
    assert os.fsencode(records(out)[0]["file"]).endswith(b"/\xff.md")
    assert all(page.read_text(encoding="utf-8") for page in pages)
    assert run(folder, "--out", out) == 0
    assert "1 in the results already" in capsys.readouterr().out


def test_file_that_vanishes(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(corpora, "documents", lambda *a, **k: [str(folder / "a.md"), str(folder / "gone.md")])
    assert run(folder) == 2
    captured = capsys.readouterr()
    assert captured.err == f"derive: cannot read {str(folder / 'gone.md')!r}: No such file or directory\n"
    assert captured.out.startswith("2 documents: 1 claim, 1 of them judged; 1 document not read")


def test_internal_error_costs_one_relation_and_is_not_remembered(folder, tmp_path, monkeypatch, capsys):
    from derive.corpus import document

    answers = document.relation_answers

    def broken(reading, index):
        if reading.relations[index].excerpt.source.name.endswith("α.txt") and index == 1:
            raise RuntimeError("boom\nwith more lines")
        return answers(reading, index)

    monkeypatch.setattr(document, "relation_answers", broken)
    out = tmp_path / "results.jsonl"
    assert run(folder, "--out", out) == 1
    assert capsys.readouterr().err == "derive: internal error: RuntimeError: boom\n"
    assert [each["verdict"] for each in records(out)[-1]["relations"]] == ["proved", "undecided", "undecided"]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))
    assert run(folder) == 1
    assert "(3 from the cache)" in capsys.readouterr().out


SLOW = """
    import sys, time
    from derive import cli
    from derive.corpus import document
    answers = document.relation_answers
    def slow(reading, index):
        time.sleep(0.15)
        return answers(reading, index)
    document.relation_answers = slow
    sys.exit(cli.main())
"""


def interrupted(folder, out, number, lines):
    """Start a slow run, send it a signal as soon as some lines are written, and return it when it has ended."""
    command = [sys.executable, "-c", textwrap.dedent(SLOW), "corpus", folder, "--out", out, "--no-cache", "--jobs", "2"]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (not out.exists() or out.read_bytes().count(b"\n") < lines):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    return process.returncode, error.decode()


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "the same command goes on from here\n"),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_ended_run_is_taken_up_again(tmp_path, capsys, number, status, said):
    folder = tmp_path / "notes"
    write(folder, {f"{index}.md": (RIGHT, WRONG)[index % 2].replace("B", "CDEFGH"[index // 2]) for index in range(12)})
    out, fresh = tmp_path / "results.jsonl", tmp_path / "fresh.jsonl"
    returned, error = interrupted(folder, out, number, 3)
    assert returned == status and error.endswith(said) and error.count("\n") <= 1
    written = out.read_bytes().count(b"\n")
    assert 3 <= written < 12
    assert run(folder, "--out", out, "--no-cache") == 1
    assert f"({written} in the results already)" in capsys.readouterr().out
    assert run(folder, "--out", fresh, "--no-cache") == 1
    assert out.read_bytes() == fresh.read_bytes()


def test_jobs_do_not_show_in_the_results(folder, tmp_path, capsys):
    outs = [tmp_path / f"{jobs}.jsonl" for jobs in (1, 3)]
    for jobs, out in zip((1, 3), outs, strict=True):
        assert cli.main(["corpus", str(folder), "--out", str(out), "--jobs", str(jobs), "--no-cache"]) == 1
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_help_reads_well(capsys):
    assert cli.main(["corpus", "--help"]) == 0
    out = capsys.readouterr().out
    assert "goes on where it stopped" in out and "--dask [ADDRESS]" in out and "exit status" in out
