"""The commands that derive: exit status, what is printed in each format, and one clear line for bad input."""

import io
import json
import sys

import pytest

from derive import cli, proofs, records
from derive.rules import CATALOGUE
from derive.rules_page import listing, page
from numeric.codegen import fields

WHERE = [
    "--where",
    r"x \in \mathbb{R}^n",
    "--where",
    r"A \in \mathbb{R}^{n \times n}",
    "--where",
    r"S \in \mathbb{S}^n",
]
QUADRATIC = [r"x^\top A x", "--wrt", "x", *WHERE]
RESULT = r"\left( A + A^\top \right) x"


def run(*arguments):
    return cli.main(list(arguments))


def fed(data, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return run(*arguments)


def assert_refused(capsys, reason, *arguments):
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and reason in captured.err and "Traceback" not in captured.err
    return captured.err


# -- gradient, jacobian, hessian ---------------------------------------------------------------------------------


def test_formats(capsys):
    assert run("gradient", *QUADRATIC, "--format", "latex") == 0
    assert capsys.readouterr().out == RESULT + "\n"
    assert run("gradient", *QUADRATIC) == 0
    result, evidence = capsys.readouterr().out.splitlines()
    assert result == RESULT and evidence.split(",")[0].strip() == "proved"
    assert run("gradient", *QUADRATIC, "--format", "json") == 0
    captured = capsys.readouterr()
    asked = {"declare": WHERE[1::2], "of": QUADRATIC[0], "wrt": "x"}
    assert json.loads(captured.out) == records.answer(asked, emission=fields) and captured.err == ""


def test_steps(capsys):
    steps = records.answer({"declare": WHERE[1::2], "of": QUADRATIC[0], "wrt": "x"})["steps"]
    assert run("gradient", *QUADRATIC, "--steps", "--format", "latex") == 0
    *lines, result = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [[step["rule"], step["latex"]] for step in steps]
    assert result == RESULT


@pytest.mark.parametrize(
    ("command", "expression", "wrt", "latex"),
    [("jacobian", "A x", "x", "A"), ("hessian", r"x^\top A x", "x", r"A + A^\top"),
     ("gradient", r"\operatorname{tr}(A S)", "S", r"A^\top")],
)  # fmt: skip
def test_commands(command, expression, wrt, latex, capsys):
    assert run(command, expression, "--wrt", wrt, *WHERE, "--format", "latex") == 0
    assert capsys.readouterr().out == latex + "\n"


def test_what_is_given_and_the_constrained_derivative(capsys):
    assert run("gradient", "q^2", "--wrt", "x", *WHERE, "--given", r"q = x^\top x", "--format", "latex") == 0
    assert capsys.readouterr().out == r"4 \left( x^\top x \right) x" + "\n"
    assert run("gradient", r"\operatorname{tr}(S S)", "--wrt", "S", *WHERE, "--symmetric-derivative") == 0
    assert "diag" in capsys.readouterr().out  # 4 S - 2 S ∘ I


def test_names_of_the_field_are_explained(capsys):
    family = r"z_k \in \mathbb{R}, k = 1, \dots, K"
    assert run("gradient", r"\log \sum_{j=1}^K e^{z_j}", "--wrt", "z_k", "--where", family) == 0
    first, where, _ = capsys.readouterr().out.splitlines()
    assert first == "s_{k}" and where.startswith(r"  where s_{k} = \frac{\exp\left( z_{k} \right)}")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["gradient", "x", "--wrt", "x", *WHERE], "derive: a gradient is that of a scalar"),
        (["gradient", r"\|x\|_1", "--wrt", "x", *WHERE], "derive: no rule differentiates ‖x‖₁"),
        (["gradient", "a", "--wrt", "x", *WHERE], "derive: a is not declared"),
        (["gradient", "(", "--wrt", "x", *WHERE], "derive: "),
        (["gradient", "x", "--wrt", "x", "--where", "hello"], "derive: expected a declaration, found “hello”"),
        (["hessian", "A x", "--wrt", "x", *WHERE], "derive: "),
    ],
)
def test_what_cannot_be_derived(arguments, reason, capsys):
    assert assert_refused(capsys, reason, *arguments).count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["gradient"], ["gradient", "x", *WHERE], ["gradient", "x", "--wrt", "x", "--records", "-"], ["prove"], ["replay"],
     *(["gradient", *QUADRATIC, *more] for more in (["--format", "xml"], ["--timeout", "0"], ["--seed", "-1"])),
     ["gradient", "--records", "missing.jsonl"], ["replay", "missing.json"]],
)  # fmt: skip
def test_options_that_make_no_sense(arguments, capsys):
    assert_refused(capsys, "", *arguments)


def test_records(monkeypatch, capsys):
    good = {"id": "good", "declare": WHERE[1::2], "of": "A x", "wrt": "x", "kind": "jacobian"}
    plain = {**good, "id": "plain", "of": r"x^\top x"}
    del plain["kind"]
    data = "\n".join([json.dumps(good), "", "{", json.dumps({"id": 7}), json.dumps(plain)]).encode() + b"\n\xff\n"
    assert fed(data, monkeypatch, "gradient", "--records", "-") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in answers] == ["good", None, 7, "plain", None]
    statuses = [answer["status"] for answer in answers]
    assert statuses == ["derived", "unsupported", "unsupported", "derived", "unsupported"]
    assert (answers[0]["latex"], answers[3]["latex"]) == ("A", "2 x")
    assert fed(json.dumps(plain).encode(), monkeypatch, "hessian", "--records", "-") == 0
    assert json.loads(capsys.readouterr().out)["latex"] == "2 I"


def test_a_record_that_hangs_or_fails_costs_one_answer(tmp_path, monkeypatch, capsys):
    derivation = records.derivation

    def planted(record):
        while record["id"] == "slow":
            pass
        assert record["id"] != "broken", "two opinions"
        return derivation(record)

    monkeypatch.setattr(records, "derivation", planted)
    file = tmp_path / "records.jsonl"
    common = {"declare": WHERE[1::2], "of": r"x^\top x", "wrt": "x"}
    file.write_text("".join(json.dumps({"id": name, **common}) + "\n" for name in ("slow", "broken", "good")))
    assert run("gradient", "--records", str(file), "--timeout", "0.5") == 0
    captured = capsys.readouterr()
    slow, broken, good = map(json.loads, captured.out.splitlines())
    assert (slow["id"], slow["status"]) == ("slow", "unsupported") and "limit of 0.5 s" in slow["message"]
    assert broken["message"] == "internal error: AssertionError: two opinions" in captured.err
    assert (good["id"], good["latex"]) == ("good", "2 x")


# -- prove, replay, rules ----------------------------------------------------------------------------------------


def test_prove(capsys):
    assert run("prove", r"(A S)^\top = S A^\top", *WHERE) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["proved", "  read as (A S)ᵀ = S Aᵀ"] and "transpose-of-symmetric" in lines[2]
    assert run("prove", r"x^\top A x = 1", *WHERE, "--given", "A x = x", "--given", r"x^\top x = 1") == 0
    assert capsys.readouterr().out.splitlines()[3:] == ["  given A x = x", r"  given x^\top x = 1"]


@pytest.mark.parametrize(("equation", "verdict"), [(r"A^\top = A", "conditional"), ("A S = S A", "refuted")])
def test_what_is_not_proved(equation, verdict, capsys):
    assert run("prove", equation, *WHERE) == 1
    assert capsys.readouterr().out.startswith(verdict)


@pytest.mark.parametrize("equation", ["A x", "A =", r"\frobnicate = 1", "z = A x"])
def test_an_equation_that_is_not_understood(equation, capsys):
    assert assert_refused(capsys, "derive: ", "prove", equation, *WHERE).count("\n") == 1


def test_a_certificate_is_written_once_and_replayed(tmp_path, monkeypatch, capsys):
    file = str(tmp_path / "proof.json")
    claim = [r"(A S)^\top = S A^\top", *WHERE]
    assert run("prove", *claim, "--certificate", file) == 0
    capsys.readouterr()
    assert run("replay", file) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["proved: (A S)ᵀ = S Aᵀ", "  for S symmetric"]
    assert run("prove", *claim, "--certificate", file) == 2
    assert "it is not overwritten" in capsys.readouterr().err
    assert run("prove", *claim, "--certificate", "-") == 0
    data = capsys.readouterr().out
    forged = json.dumps({**json.loads(data), "facts": {}}).encode()
    assert fed(forged, monkeypatch, "replay", "-") == 1
    assert capsys.readouterr().out.startswith("rejected: transpose-of-symmetric needs")
    assert proofs.replay_text(data)["results"][0]["rejected"] is None


def test_nothing_is_written_for_what_is_not_proved(tmp_path):
    file = tmp_path / "proof.json"
    assert run("prove", r"A^\top = A", *WHERE, "--certificate", str(file)) == 1
    assert not file.exists()


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"[[]]", b"[" * 100_000])
def test_replay_of_garbage(data, monkeypatch, capsys):
    assert fed(data, monkeypatch, "replay", "-") == 1
    assert capsys.readouterr().out.startswith("rejected: ")


def test_replay_of_no_certificate(monkeypatch):
    assert fed(b"[]", monkeypatch, "replay", "-") == 1


def test_rules(capsys):
    assert run("rules") == 0
    assert capsys.readouterr().out == listing()
    assert run("rules", "jacobi-formula") == 0
    assert capsys.readouterr().out == page(CATALOGUE["jacobi-formula"])
    assert_refused(capsys, "did you mean jacobi-formula", "rules", "jacobi-formla")
    assert_refused(capsys, "there is no rule '????'; `derive rules` lists them", "rules", "????")


# -- stationary points --------------------------------------------------------------------------------------------

COUNTS = [
    r"\sum_k c_k \log p_k",
    "--wrt",
    "p_k",
    "--subject-to",
    r"\sum_k p_k - 1",
    "--where",
    r"c_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    "--where",
    r"p_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
]


def test_stationary_points_are_shown_from_the_lagrangian_to_the_solutions(capsys):
    assert run("stationary", *COUNTS) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(r"L = \sum_{k=1}^{K} c_{k} \log\left( p_{k} \right) + \lambda")
    assert lines[-1] == r"p_{k} = \frac{c_{k}}{\sum_{j=1}^{K} c_{j}}"


def test_stationary_points_as_json_carry_certificates_that_replay(capsys, tmp_path):
    assert run("stationary", *COUNTS, "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    file = tmp_path / "certificates.json"
    file.write_text(json.dumps([solution["certificate"] for solution in answer["solutions"]]))
    assert run("replay", str(file)) == 0


def test_stationary_points_that_cannot_be_found(capsys):
    assert_refused(capsys, "q is not declared", "stationary", "x", "--wrt", "q")
    assert run("stationary", "x") == 2
