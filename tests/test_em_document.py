"""EM for Gaussian mixtures from the density to the updates: every claim is proved, and slips are found."""

from pathlib import Path

import pytest

from derive.certificate import replay
from derive.checking import check_text, judge_relation, read_relations
from derive.containers import read_text
from derive.options import Options

TEXT = (Path(__file__).parent / "documents" / "em_gmm.md").read_text(encoding="utf-8")
UPDATES = (r"\mu_k", r"\Sigma_k", r"\lambda", r"\pi_k")


def test_the_document():
    reports = check_text(TEXT, name="em_gmm.md")
    assert_every_claim_is_proved_and_its_certificate_replays(reports)
    assumed = [report.rhs for report in reports if report.judgement.verdict.value == "assumption"]
    assert assumed == ["1", "0", "0", "0", "r_{nk}"], "only conditions are assumed"
    for name in UPDATES:
        assert_it_rests_on_what_was_assumed(name, reports)


def assert_every_claim_is_proved_and_its_certificate_replays(reports):
    claims = [r for r in reports if r.judgement.verdict.value not in ("definition", "assumption")]
    assert len(claims) >= 27
    for report in claims:
        assert report.judgement.verdict.value == "proved", (report.line, report.judgement.message)
        replay(report.judgement.certificate)


def assert_it_rests_on_what_was_assumed(name, reports):
    (update,) = [
        r
        for r in reports
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


def read(text):
    return read_relations(read_text("em_gmm.md", text), None, Options(repair=False))


def stated(relations):
    return [(each.role, each.lhs, each.rhs, each.scope) for each in relations]


def verdicts(reader, wanted):
    """Return the verdicts on the relations of some lines."""
    places = enumerate(reader.places)
    return {judge_relation(reader, at).judgement.verdict.value for at, (_, line, *_) in places if line in wanted}


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_a_slip_is_refuted(right, wrong):
    assert TEXT.count(right) == 1
    line = TEXT[: TEXT.index(right)].count("\n") + 1
    reader, original = read(TEXT.replace(right, wrong)), read(TEXT)
    first = [place[1] for place in reader.places].index(line)
    # What stands before the slip is read as in the original, where all of it is proved.
    assert stated(reader.relations[:first]) == stated(original.relations[:first])
    found = verdicts(reader, {line})
    assert found & {"refuted", "conditional", "malformed"}
    assert not found & {"proved", "holds"}


def test_the_first_line_that_is_wrong_is_the_slip():
    right, wrong = min(SLIPS, key=lambda slip: TEXT.index(slip[0]))
    above = TEXT[: TEXT.index(right)].count("\n")
    reader = read(TEXT.replace(right, wrong))
    assert verdicts(reader, range(above + 1)) <= {"proved", "definition", "assumption"}
    assert verdicts(reader, {above + 1}) & {"refuted", "conditional", "malformed"}
