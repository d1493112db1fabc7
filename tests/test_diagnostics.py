"""Every entry of the catalogue is executed: its bad example has exactly its code, its good one has none."""

import re

import pytest

from derive import checking
from derive.diagnostics import CATALOGUE, lookup
from derive.verdict import Verdict

ENTRIES = list(CATALOGUE.values())
SHOWN = [entry for entry in ENTRIES if entry.bad is not None]
BANNED = re.compile(r"illegal|obviously|simpl[ey]|invalid|could not simplify|please", re.IGNORECASE)
LETTERS = {
    Verdict.UNREAD: "N",
    Verdict.MALFORMED: "S",
    Verdict.REFUTED: "EA",
    Verdict.CONDITIONAL: "A",
    Verdict.UNDECIDED: "JU",
}


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.code)
def test_bad_example_has_the_code(entry):
    judgements = [report.judgement for report in checking.check_text(entry.bad)]
    assert entry.code in {said.code for said in judgements}, [(said.verdict, said.code) for said in judgements]
    # One diagnostic a root cause.
    assert {said.code for said in judgements} <= {entry.code, None}


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.code)
def test_the_letter_is_that_of_the_verdict(entry):
    for report in checking.check_text(entry.bad):
        said = report.judgement
        assert (said.code is None) == (said.verdict not in LETTERS)
        assert said.code is None or said.code[0] in LETTERS[said.verdict]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.code)
def test_good_example_has_no_code(entry):
    judgements = [report.judgement for report in checking.check_text(entry.good)]
    assert judgements
    assert [(said.verdict, said.code, said.message) for said in judgements if said.code is not None] == []


@pytest.mark.parametrize("line", ["", "{", "[]", "null", "1", '"a"', "{}", '{"claim": 1}', "\x00\ufffd", "[" * 100_000])
def test_unreadable_record(line):
    answer = checking.check_record(line, checking.Options())
    assert (answer["verdict"], answer["code"]) == ("unread", "N107")


def test_time_limit():
    record = '{"id": "slow", "declare": [], "given": [], "claim": "1 = 1"}'
    answer = checking.late_record(record, 5.0)
    assert (answer["id"], answer["verdict"], answer["code"]) == ("slow", "undecided", "U601")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_wording(entry):
    assert re.fullmatch(r"[NSEAJU]\d{3}", entry.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.name)
    assert not re.search(r"\.$", entry.headline)
    assert entry.headline[0].islower() or entry.headline.startswith("LaTeX")
    assert entry.reason[0].isupper() and entry.reason.endswith(".")
    assert not BANNED.search(entry.headline + entry.reason)
    assert (entry.bad is None) == (entry.good is None)


def test_codes_and_names_are_unique_and_sorted():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    stages = [entry.code[0] for entry in ENTRIES]
    assert [letter for i, letter in enumerate(stages) if i == 0 or stages[i - 1] != letter] == list("NSEAJU")
    for letter in "NSEAJU":
        codes = [entry.code for entry in ENTRIES if entry.code[0] == letter]
        assert codes == sorted(set(codes))


def test_lookup():
    assert lookup(" e301 ").name == "step-refuted"
    assert lookup("STEP-REFUTED").code == "E301"
    assert lookup("E999") is None and lookup("") is None
