"""The layout of ∂y/∂x: inferred by what holds, said, and held together over a document."""

from derive.checking import Options, check_text

DECLARED = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$." + "\n\n"
NUMERATOR = r"$$\frac{\partial (A x)}{\partial x} = A$$" + "\n\n"
DENOMINATOR = r"$$\frac{\partial (A x)}{\partial x} = A^\top$$" + "\n\n"


def verdicts(text, **options):
    return [report.judgement.verdict.value for report in check_text(DECLARED + text, options=Options(**options))]


def test_the_layout_that_holds_is_taken_and_said():
    for text, layout in ((NUMERATOR, "numerator"), (DENOMINATOR, "denominator")):
        (report,) = check_text(DECLARED + text)
        assert report.judgement.verdict.value == "proved"
        assert any(layout in note for note in report.judgement.notes)


def test_a_layout_that_is_asked_for_is_kept():
    assert verdicts(NUMERATOR, layout="numerator") == ["proved"]
    assert verdicts(NUMERATOR, layout="denominator") == ["malformed"]
    assert verdicts(DENOMINATOR, layout="numerator") == ["malformed"]


def test_a_document_that_needs_both_is_told_where():
    reports = check_text(DECLARED + NUMERATOR + DENOMINATOR + NUMERATOR)
    told = [any("not in one layout" in note for note in report.judgement.notes) for report in reports]
    assert told == [False, True, False]
