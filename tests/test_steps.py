"""The steps of a proof as equations: each one is true, and no internal name is left in them."""

import re
from pathlib import Path

import pytest

import derive
from derive.checking import check_text
from derive.steps import claim_latex, claim_text, given_latex, known_facts, proof_steps

DOCUMENTS = Path(__file__).parent / "documents"


def certificate(text):
    (report,) = (each for each in check_text(text) if each.judgement.certificate is not None)
    return report.judgement.certificate


def test_differentials_come_in_the_order_of_the_proof():
    found = certificate(r"Let $X \in \mathrm{GL}(n)$. $$\frac{\partial \log\det X}{\partial X} = X^{-\top}$$")
    assert [step.rule for step in proof_steps(found)] == ["jacobi-formula", "differential-of-log"]
    assert proof_steps(found)[1].latex.endswith(
        r"= \frac{\mathrm{d}\left( \det\left( X \right) \right)}{\det\left( X \right)}"
    )
    assert known_facts(found) == [("X", "invertible")]
    assert claim_text(found) == "∂log(det(X))/∂X = X⁻¹ᵀ"
    assert claim_latex(found) == r"\frac{\partial}{\partial X} \log\left( \det\left( X \right) \right) = X^{-\top}"


def test_what_is_given_is_told():
    found = certificate(r"Let $A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$. Assume $A x = x$. $$A A x = x$$")
    assert given_latex(found) == ("A x = x",)


def test_the_derivative_by_a_symmetric_matrix_has_no_name_of_the_kernel():
    found = certificate(r"Let $S \in \mathbb{S}_{++}^n$. $$\frac{\partial \log\det S}{\partial S} = S^{-1}$$")
    assert any("\\mathrm{d}" in step.latex for step in proof_steps(found))
    assert not re.search("[°@%~]", "".join(step.latex for step in proof_steps(found)))


@pytest.mark.parametrize("name", [pytest.param("05_ridge_wls.md", marks=pytest.mark.slow), "12_jacobi_gp.md"])
def test_every_step_of_a_document_is_written_and_is_true(name):
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    steps = [
        step
        for report in check_text(text, name=name)
        if report.judgement.certificate is not None
        for step in proof_steps(report.judgement.certificate)
    ]
    assert len(steps) > 40 and all(step.latex for step in steps)
    assert not re.search("[°@%~]", "".join(step.latex for step in steps))
    plain = [step for step in steps if "\\mathrm{d}" not in step.latex and "\\sum" not in step.latex][:25]
    found = derive.check(
        "\n\n".join(f"$${step.latex}$$" for step in plain), preamble=declarations(text), name="steps.md"
    )
    assert len(plain) > 10 and not set(found.counts) & {"refuted", "malformed", "conditional"}
    assert len(found.shown) >= len(plain) * 3 // 4


def declarations(text):
    """Return the text of a document without its displayed formulas."""
    return re.sub(r"\$\$.*?\$\$|\\begin\{align\*?\}.*?\\end\{align\*?\}", "", text, flags=re.DOTALL)
