"""What notebooks show of every class that has something to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import derive
from derive.certificate import Certificate
from derive.checking import check_text
from derive.report.fragments import counterexample_html, value_latex
from derive.report.mathml import mathml
from derive.verdict import Counterexample, Judgement, RelationReport, Verdict
from derive.views import Shown

PROBLEM = derive.Problem([r"X \in \mathbb{R}^{m \times n}", r"y \in \mathbb{R}^m", r"w \in \mathbb{R}^n"])
LOSS = PROBLEM.expr(r"\|y - X w\|^2")


def examples():
    right, wrong = check_text(r"Let $a \in \mathbb{R}$. $$a + a = 2 a$$ $$a a = 2 a$$")
    yield right
    yield wrong
    yield right.judgement.certificate
    yield wrong.judgement.counterexample
    yield derive.gradient(LOSS, PROBLEM.expr("w"), PROBLEM.scope)
    yield derive.stationary(LOSS, [PROBLEM.expr("w")], scope=PROBLEM.scope)
    yield derive.check("$$1 = 1$$")


@pytest.mark.parametrize("shown", list(examples()), ids=lambda it: type(it).__name__)
def test_html_beside_text_that_stands_alone(shown):
    bundle = shown._repr_mimebundle_()
    assert bundle["text/html"] == shown._repr_html_()
    assert "<math" in bundle["text/html"] and "<script" not in bundle["text/html"]
    assert bundle["text/plain"].strip() and "<" not in bundle["text/plain"] and "object at" not in bundle["text/plain"]


def test_latex_is_given_where_it_says_everything():
    found = derive.gradient(LOSS, PROBLEM.expr("w"), PROBLEM.scope)
    assert found._repr_latex_() == found._repr_mimebundle_()["text/latex"] == f"$\\displaystyle {found.latex}$"
    (report,) = check_text("$$1 = 1$$")
    assert report._repr_latex_() is None and "text/latex" not in report._repr_mimebundle_()


def test_a_derivation_unfolds_step_by_step():
    html = derive.gradient(LOSS, PROBLEM.expr("w"), PROBLEM.scope)._repr_html_()
    assert "<summary>step by step</summary>" in html and "differential-of-" in html and "identification" in html


def test_a_class_without_views_shows_nothing():
    class Silent(Shown):
        pass

    assert Silent()._repr_html_() is None and Silent()._repr_mimebundle_() == {}


def test_values():
    assert value_latex([[1, 2], ["-1/2", 0]]) == r"\begin{pmatrix} 1 & 2 \\ -\frac{1}{2} & 0 \end{pmatrix}"
    assert value_latex([[["1/3"]], [[2]]]) == r"\left\{ \frac{1}{3}, \; 2 \right\}"
    assert value_latex("0e-95") == "0" and value_latex("-0.5") == "-0.5"


@given(
    st.recursive(
        st.integers() | st.sampled_from(["-1/2", "3/4", "0e-9", "1.5"]),
        lambda inner: st.lists(inner, min_size=1, max_size=3),
        max_leaves=8,
    )
)
def test_any_value_is_typeset(value):
    assert mathml(value_latex(value)) is not None


def test_names_of_a_counterexample_are_text():
    html = counterexample_html(Counterexample({"<b>": 1}, {"<script>": 1, r"\mu": [[1]]}, 1, 2))
    assert "<b>" not in html and "<script>" not in html and "μ" in html


def test_what_a_relation_says_is_text():
    report = RelationReport(
        Judgement(Verdict.MALFORMED, "S201", "<b>", notes=("<i>",), given=("<u>",)), "<a>", "<s>", "<p>x"
    )
    html = report._repr_html_()
    assert not any(tag in html for tag in ("<b>", "<i>", "<u>", "<a>", "<s>", "<p>x"))


def test_a_certificate_shows_that_it_was_replayed():
    (report,) = check_text(r"Let $A, B \in \mathbb{R}^{n \times n}$. $$(A B)^\top = B^\top A^\top$$")
    found = report.judgement.certificate
    assert isinstance(found, Certificate)
    assert "proof: 1 step, replayed" in found._repr_html_()
    assert found._repr_mimebundle_()["text/plain"] == "proved: (A B)ᵀ = Bᵀ Aᵀ\n  1 step by transpose-of-product"
