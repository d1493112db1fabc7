"""EM for Gaussian mixtures from the density to the updates: every claim is proved, and slips are found."""

from functools import cache
from pathlib import Path

import pytest

from derive.certificate import replay
from derive.checking import check_text, judge_relation, read_relations
from derive.containers import read_text
from derive.options import Options

TEXT = (Path(__file__).parent / "documents" / "em_gmm.md").read_text(encoding="utf-8")
UPDATES = (r"\mu_k", r"\Sigma_k", r"\lambda", r"\pi_k")


@cache
def reports():
    return check_text(TEXT, name="em_gmm.md")


def test_every_claim_is_proved_and_its_certificate_replays():
    claims = [r for r in reports() if r.judgement.verdict.value not in ("definition", "assumption")]
    assert len(claims) >= 27
    for report in claims:
        assert report.judgement.verdict.value == "proved", (report.line, report.judgement.message)
        replay(report.judgement.certificate)


def test_only_conditions_are_assumed():
    assumed = [report.rhs for report in reports() if report.judgement.verdict.value == "assumption"]
    assert assumed == ["1", "0", "0", "0", "r_{nk}"]


@pytest.mark.parametrize("name", UPDATES)
def test_the_updates_rest_on_what_was_assumed(name):
    (update,) = [
        r
        for r in reports()
        if (r.lhs == name and r.rhs in ("-N", r"\frac{N_k}{N}"))
        or (r.lhs == name and r.rhs.startswith(r"\frac{1}{N_k}"))
    ]
    assert update.judgement.given
    if name in (r"\lambda", r"\pi_k"):
        assert r"\sum_{k=1}^K \pi_k = 1" in update.judgement.given


SLIPS = [
    (r"\lambda = -N", r"\lambda = N"),
    (r"\pi_k = \frac{N_k}{N}", r"\pi_k = \frac{N_k}{K}"),
    (r"\mu_k = \frac{1}{N_k} \sum_{n=1}^N r_{nk} \, x_n", r"\mu_k = \frac{1}{N} \sum_{n=1}^N r_{nk} \, x_n"),
    (r"N_k = -\lambda \, \pi_k", r"N_k = \lambda \, \pi_k"),
    (r"(x - \mu) (x - \mu)^\top - \Sigma \right)", r"(x - \mu) (x - \mu)^\top + \Sigma \right)"),
    (r"-\frac{D}{2} \ln 2\pi - \frac12 \ln", r"-\frac{1}{2} \ln 2\pi - \frac12 \ln"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_a_slip_is_refuted(right, wrong):
    assert TEXT.count(right) == 1
    line = TEXT[: TEXT.index(right)].count("\n") + 1
    reader, original = (
        read_relations(read_text("em_gmm.md", text), None, Options(repair=False))
        for text in (TEXT.replace(right, wrong), TEXT)
    )
    lines = [place[1] for place in reader.places]
    # What stands before the slip is read as in the original, where all of it is proved.
    before = [
        [(r.role, r.lhs, r.rhs, r.scope) for r in read.relations[: lines.index(line)]] for read in (reader, original)
    ]
    assert before[0] == before[1]
    found = [judge_relation(reader, at).judgement.verdict.value for at in range(len(lines)) if lines[at] == line]
    assert set(found) & {"refuted", "conditional", "malformed"}
    assert not set(found) & {"proved", "holds"}


def test_the_first_line_that_is_wrong_is_the_slip():
    right, wrong = SLIPS[0]
    line = TEXT[: TEXT.index(right)].count("\n") + 1
    found = check_text(TEXT.replace(right, wrong), name="em_gmm.md")
    assert line == min(r.line for r in found if r.judgement.verdict.value in ("refuted", "conditional", "malformed"))
