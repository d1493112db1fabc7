"""The command line: exit status, one clear line for what cannot be carried out, answers at once, no tracebacks."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from derive import checking, cli
from derive.cli import streams
from derive.diagnostics import CATALOGUE

DECLARED = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$." + "\n\n"
RIGHT = DECLARED + r"$$(A B)^\top = B^\top A^\top$$" + "\n"
WRONG = DECLARED + r"$$(A B)^\top = A B + B$$" + "\n"
MIXED = DECLARED + r"$$A + B = B + A$$" + "\n\n" + r"$$(A B)^\top = A B + B$$" + "\n"


@pytest.fixture
def path(tmp_path):
    def write(text, name="notes.md"):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return write


def run(*arguments):
    return cli.main(list(arguments))


def claim(name, text):
    declare = [r"A \in \mathbb{R}^{n \times n}", r"B \in \mathbb{R}^{n \times n}"]
    return json.dumps({"id": name, "declare": declare, "given": [], "claim": text}) + "\n"


GOOD_CLAIM = claim("good", r"(A B)^\top = B^\top A^\top")
BAD_CLAIM = claim("bad", r"(A B)^\top = A B + B")


def test_exit_status(path, capsys):
    assert run("check", path(RIGHT)) == 0
    assert run("check", path(WRONG)) == 1
    assert run("check", path("")) == 0
    assert capsys.readouterr().err == ""


def test_report_for_people(path, capsys):
    assert run("check", path(MIXED), "--verbose") == 1
    out = capsys.readouterr().out
    assert "error[E301] this step is false (step-refuted)\n" in out
    assert "notes.md:5:14\n" in out and "counterexample: n = " in out
    assert out.splitlines()[-1].startswith("2 relations: 1 ") and out.splitlines()[-1].endswith("1 refuted")
    assert "\x1b" not in out


def test_report_for_programs(path, capsys):
    name = path(MIXED)
    assert run("check", name, "--json", "--seed", "5") == 1
    out = capsys.readouterr().out
    data = json.loads(out)
    assert data["file"] == name and data["seed"] == 5 and data["first_error"] == 1
    assert data["relations"][1]["verdict"] == "refuted"
    for jobs in ("1", "2"):
        run("check", name, "--json", "--seed", "5", "--jobs", jobs)
        assert capsys.readouterr().out == out
    run("check", name, "--json", "--timings")
    assert all("seconds" in each for each in json.loads(capsys.readouterr().out)["relations"])


def test_several_files(path, capsys):
    names = [path(RIGHT, "a.md"), path(WRONG, "b.md")]
    assert run("check", *names, "--json") == 1
    assert [json.loads(line)["file"] for line in capsys.readouterr().out.splitlines()] == names
    assert run("check", names[0], "missing.md", names[1], "--json") == 2
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2 and captured.err.count("\n") == 1


def test_preamble(path):
    declarations = path(DECLARED, "preamble.md")
    text = WRONG.removeprefix(DECLARED)
    assert run("check", path(text), "--preamble", declarations) == 1


def test_strict(path):
    name = path(DECLARED + r"$$\frobnicate A = B$$")
    assert run("check", name) == 0
    assert run("check", name, "--strict") == 1
    assert run("check", path(RIGHT), "--strict") == 0


@pytest.mark.parametrize(
    ("name", "content"), [("notes.ipynb", b"not json"), ("notes.ipynb", b"[1]"), ("notes.md", b"\xff\xfe\x00\x81$$")]
)
def test_unreadable_container(path, capsys, name, content):
    assert_refused(capsys, "check", path(content, name))


def test_file_that_cannot_be_read(path, tmp_path, capsys):
    assert_refused(capsys, "check", str(tmp_path / "missing.md"))
    assert_refused(capsys, "check", str(tmp_path))
    assert_refused(capsys, "check", path(RIGHT), "--preamble", str(tmp_path / "missing.md"))
    assert_refused(capsys, "check", "--claims", str(tmp_path / "missing.jsonl"))
    assert_refused(capsys, "check", "--claims", str(tmp_path))
    assert_refused(capsys, "check", "a\0b.md")
    assert_refused(capsys, "check", "line\nbreak.md")


def test_no_permission(path, capsys, monkeypatch):
    # Root may read every file, so the refusal is planted.
    def refuse(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    name = path(RIGHT)
    monkeypatch.setattr(streams, "open", refuse, raising=False)
    assert_refused(capsys, "check", name)


def test_file_that_is_too_large(path, capsys, monkeypatch):
    monkeypatch.setattr(streams, "MAX_FILE", 10)
    assert_refused(capsys, "check", path(RIGHT))


def assert_refused(capsys, *arguments):
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("derive: cannot read ") and captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "notes.md", "--claims", "-"],
        ["check", "--claims", "-", "--preamble", "p.md"],
        ["check", "notes.md", "--layout", "diagonal"],
        *(["check", "notes.md", "--timeout", each] for each in ("0", "-1", "nan", "inf", "soon", "1e300")),
        ["check", "notes.md", "--jobs", "0"],
        ["check", "notes.md", "--seed", "x"],
        ["chekc"],
        ["explain", "E999"],
        [],
    ],
)
def test_options_that_make_no_sense(arguments, capsys):
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err and "Traceback" not in captured.err


def test_version_and_pages(capsys):
    assert run("--version") == 0
    assert capsys.readouterr().out == f"derive, version {cli.VERSION}\n"
    assert run("explain") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(CATALOGUE)
    for code in CATALOGUE:
        assert run("explain", code.lower()) == 0
        assert capsys.readouterr().out.startswith(f"{code} {CATALOGUE[code].name}: ")
    assert run("--help") == run("check", "--help") == run("explain", "--help") == 0


def answers_to(data, monkeypatch, capsys, *options):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    status = run("check", "--claims", "-", *options)
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_claims(monkeypatch, capsys):
    status, answers = answers_to((GOOD_CLAIM + "\n \n" + BAD_CLAIM).encode(), monkeypatch, capsys)
    assert status == 1
    assert [answer["id"] for answer in answers] == ["good", "bad"]
    assert answers[0]["verdict"] in {"holds", "proved"} and answers[1]["verdict"] == "refuted"
    assert answers_to(GOOD_CLAIM.encode(), monkeypatch, capsys, "--json")[0] == 0
    assert answers_to(b"", monkeypatch, capsys) == (0, [])


def test_claims_in_a_file(path, capsys):
    assert run("check", "--claims", path("\ufeff" + GOOD_CLAIM.rstrip().replace("\n", "\r\n"), "claims.jsonl")) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "good"


GARBAGE = [b"\xff\xfe\x00\x80", b"{", b"\x00", b"[" * 200_000, b'"' + b"x" * (3 << 20) + b'"']


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_does_not_stop_the_stream(garbage, monkeypatch, capsys):
    data = garbage + b"\n" + GOOD_CLAIM.encode()
    status, answers = answers_to(data, monkeypatch, capsys)
    assert answers[0]["verdict"] == "unread"
    assert len(answers) == 2 and answers[1]["id"] == "good" and status == 0
    assert answers_to(data, monkeypatch, capsys, "--strict")[0] == 1


def test_a_relation_that_hangs_is_undecided(path, monkeypatch, capsys):
    judge = checking.judge_relation

    def hang(reading, index):
        while index == 0:
            pass
        return judge(reading, index)

    monkeypatch.setattr(checking, "judge_relation", hang)
    assert run("check", path(MIXED), "--json", "--timeout", "0.3") == 1
    relations = json.loads(capsys.readouterr().out)["relations"]
    assert [(each["verdict"], each["code"]) for each in relations] == [("undecided", "U601"), ("refuted", "E301")]


def test_an_internal_error_is_loud_and_costs_one_answer(path, monkeypatch, capsys):
    judge, record = checking.judge_relation, checking.record_answers

    def fail(reading, index):
        assert index, "two opinions"
        return judge(reading, index)

    def fail_for_bad(line, options):
        assert '"bad"' not in line, "two opinions"
        return record(line, options)

    monkeypatch.setattr(checking, "judge_relation", fail)
    assert run("check", path(MIXED), "--json") == 1
    captured = capsys.readouterr()
    relations = json.loads(captured.out)["relations"]
    assert [each["verdict"] for each in relations] == ["undecided", "refuted"]
    assert relations[0]["message"] == captured.err.strip().removeprefix("derive: ")
    assert relations[0]["message"] == "internal error: AssertionError: two opinions"
    monkeypatch.setattr(checking, "record_answers", fail_for_bad)
    status, answers = answers_to((BAD_CLAIM + GOOD_CLAIM).encode(), monkeypatch, capsys)
    assert status == 0 and answers[0]["verdict"] == "undecided" and len(answers) == 2


def start(*arguments, **options):
    command = [sys.executable, "-c", "import sys; from derive.cli import main; sys.exit(main())", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, **options)


def test_claims_are_answered_at_once():
    running = start("check", "--claims", "-")
    for _ in range(3):
        running.stdin.write(GOOD_CLAIM.encode())
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["id"] == "good"
    running.stdin.close()
    assert running.wait(20) == 0
    running.stdout.close()
    running.stderr.close()


def test_interrupt():
    running = start("check", "--claims", "-")
    running.stdin.write(GOOD_CLAIM.encode())
    running.stdin.flush()
    running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (130, b"derive: interrupted\n")


@pytest.mark.parametrize("options", [["--json"], ["--verbose"]])
def test_closed_pipe_is_quiet(path, options):
    running = start("check", path(DECLARED + "$$A + B = B + A$$\n\n" * 300), *options)
    running.stdin.close()
    running.stdout.close()
    err = running.stderr.read()
    assert (running.wait(60), err) == (141, b"")
    running.stderr.close()


def test_a_terminal_without_unicode(path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", "import sys; from derive.cli import main; sys.exit(main())", "check", path(WRONG)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"")


def test_version_is_quick():
    begin = time.perf_counter()
    start("--version").communicate(timeout=20)
    assert time.perf_counter() - begin < 5
