"""The notebook on Jacobi's formula: every displayed line is accepted, wrong ones are not, and the code runs."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from derive.checking import Options, check_text, judge_relation, read_relations
from derive.containers import read_text

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "02_why_is_the_gradient_of_a_determinant.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]

# Section: the number of claims at least that are proved or hold, definitions, assumptions.
SECTIONS = {
    r"2. Why is the gradient of $|\Sigma|$ just $|\Sigma| \, \Sigma^{-1}$?": (1, 0, 0),
    "What is to be shown": (4, 0, 0),
    "First proof: cofactor expansion": (8, 1, 1),
    r"Second proof: $\det(I + \epsilon H)$ to first order": (8, 0, 0),
    "Third proof: the differential of Leibniz's formula": (9, 0, 0),
    "What symmetry changes": (10, 2, 0),
    "Why the stationary points agree": (3, 3, 1),
}
ACCEPTED = {"proved", "holds", "definition", "assumption"}
PROOFS = [title for title in SECTIONS if "proof" in title]


def source(cell):
    return "".join(cell["source"])


def section(number):
    """Return the last heading up to the end of a cell."""
    text = "\n".join(source(cell) for cell in CELLS[: number + 1] if cell["cell_type"] == "markdown")
    return re.findall(r"^##? (.*)$", text, re.MULTILINE)[-1]


@cache
def reports():
    return check_text(NOTEBOOK.read_text(encoding="utf-8"), name=NOTEBOOK.name)


def answers(title):
    return [report for report in reports() if section(report.cell) == title]


def test_every_relation_stands_in_a_section_that_is_listed():
    assert {section(report.cell) for report in reports()} == set(SECTIONS)


@pytest.mark.parametrize("title", SECTIONS)
def test_every_line_is_accepted(title):
    claims, definitions, assumptions = SECTIONS[title]
    found = Counter(report.judgement.verdict.value for report in answers(title))
    assert set(found) <= ACCEPTED
    assert found["proved"] + found["holds"] >= claims
    assert (found["definition"], found["assumption"]) == (definitions, assumptions)


def test_no_claim_was_taken_for_a_premise():
    only = [report.lhs for report in reports() if report.judgement.message == "true without being assumed"]
    assert only == [r"\begin{pmatrix} q & M \end{pmatrix} u"], "a line that ends in = 0"


def test_the_prose_says_nothing_wrong():
    inline = check_text(NOTEBOOK.read_text(encoding="utf-8"), name=NOTEBOOK.name, options=Options(inline=True))
    assert {report.judgement.verdict.value for report in inline} <= ACCEPTED


def test_assumptions_are_what_the_text_calls_premise_and_condition():
    assumed = [(report.lhs, report.rhs) for report in reports() if report.judgement.verdict.value == "assumption"]
    assert assumed == [(r"X C^\top", r"\det(X) \, I"), (r"\Psi", "0")]
    rest = {report.lhs: list(report.judgement.given) for report in reports() if report.judgement.given}
    assert rest == {"C": [r"X C^\top = \det(X) \, I"], r"\Sigma": [r"\Psi = 0"]}


@pytest.mark.parametrize("title", PROOFS)
def test_no_step_of_a_proof_cites_what_is_to_be_shown(title):
    citing = [
        (report.lhs, report.rhs)
        for report in answers(title)
        if report.judgement.evidence is not None and "jacobi-formula" in report.judgement.evidence.rules
    ]
    conclusion = (r"\frac{\partial \det X}{\partial X}", r"\det(X) \, X^{-\top}")
    assert [pair for pair in citing if (pair[0], pair[1].split(" \\qquad")[0]) != conclusion] == []


# A slip in one line, and the section in which it has to be found.
SLIPS = [
    (r"&= a \det M + \det", r"&= a \det M - \det", PROOFS[0]),
    (r"= - \det \begin{pmatrix} B_{21}", r"= \det \begin{pmatrix} B_{21}", PROOFS[0]),
    ("C = \\det(X) \\, X^{-\\top}\n", "C = \\det(X) \\, X^{-1}\n", PROOFS[0]),
    (r"1 + \epsilon \operatorname{tr} H", r"1 + \epsilon \det H", PROOFS[1]),
    (r"\epsilon \det(X) \operatorname{tr}(X^{-1} H)", r"\epsilon \operatorname{tr}(X^{-1} H)", PROOFS[1]),
    (r"\left( \det(X) \, X^{-\top} \right)^\top H", r"\left( \det(X) \, X^{-1} \right)^\top H", PROOFS[1]),
    (r"- A_{21} \, \mathrm{d} A_{12}", r"+ A_{21} \, \mathrm{d} A_{12}", PROOFS[2]),
    (r"(B_{13} B_{32} - B_{12} B_{33})", r"(B_{12} B_{33} - B_{13} B_{32})", PROOFS[2]),
    (r"\left( 2 \Sigma^{-1} - \Sigma^{-1} \circ I \right)", r"\left( 2 \Sigma^{-1} \right)", "What symmetry changes"),
    (r"R = \tfrac{1}{2} (\Phi + \Phi \circ I)", r"R = \tfrac{1}{2} \Phi", "Why the stationary points agree"),
]


@pytest.mark.parametrize(("right", "wrong", "title"), SLIPS)
def test_a_slip_is_found(right, wrong, title):
    cells = [{**cell, "source": source(cell)} for cell in CELLS]
    places = [number for number, cell in enumerate(cells) if right in cell["source"] and section(number) == title]
    assert len(places) == 1
    last = places[0]
    cells[last]["source"] = cells[last]["source"].replace(right, wrong)
    # What comes later is not needed, and declarations come first.
    text = json.dumps({"cells": cells[: last + 1], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    reader = read_relations(read_text(NOTEBOOK.name, text), None, Options(repair=False))
    found = [judge_relation(reader, at) for at, place in enumerate(reader.places) if place[0] == last]
    assert {report.judgement.verdict.value for report in found} & {"refuted", "conditional"}


def test_the_summary_has_the_four_derivatives():
    (table,) = [source(cell) for cell in CELLS if source(cell).startswith("## Summary")]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")][2:]
    assert [(row[0].split(",")[0].strip(), row[2].strip()) for row in rows] == [
        ("by a general $X$", r"$\det(X) \, X^{-\top}$"),
        ("unconstrained", r"$\det(\Sigma) \, \Sigma^{-1}$"),
        ("constrained", r"$\det(\Sigma) \, (2 \Sigma^{-1} - \Sigma^{-1} \circ I)$"),
        ("gradient in the space of symmetric matrices", r"$\det(\Sigma) \, \Sigma^{-1}$"),
    ]
