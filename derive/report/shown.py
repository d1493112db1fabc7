"""What notebooks show of derivations, proofs, counterexamples and judged relations."""

from __future__ import annotations

from typing import Any

from derive.certificate import Certificate
from derive.derivation import Derivation
from derive.report.fragments import (
    badge,
    certificate_html,
    certificate_text,
    counterexample_html,
    derivation_html,
    evidence,
    relation_latex,
    stationary_html,
    told,
)
from derive.report.layout import counterexample_text
from derive.report.mathml import formula
from derive.report.style import FRAGMENT
from derive.report.text import readable, relation_text
from derive.stationary import Stationary
from derive.verdict import Counterexample, RelationReport
from derive.views import View, register


def framed(html: str) -> str:
    """Return a fragment that carries its style with it."""
    return f'<div class="derive-view"><style>{FRAGMENT}</style>{html}</div>'


def _derivation_text(derivation: Derivation) -> str:
    name = derivation.kind.capitalize() if derivation.kind != "gradient" else "gradient"
    lines = [f"{name}: {derivation}", f"  {derivation.latex}"]
    lines += [f"  {step.rule}: {step.latex}" for step in derivation.steps]
    return "\n".join(lines)


def _relation_html(report: RelationReport) -> str:
    said = formula(relation_latex(report, {}), display=True)
    return framed(f"{badge(report.judgement.verdict)} {told(report)}{said}{evidence(report, {})}")


def _latex(shown: Any) -> str:
    return f"$\\displaystyle {shown.latex}$"


register(Derivation, View(_derivation_text, lambda it: framed(derivation_html(it)), _latex))
register(Certificate, View(certificate_text, lambda it: framed(certificate_html(it))))
register(
    Counterexample, View(lambda it: counterexample_text(it, readable(it)), lambda it: framed(counterexample_html(it)))
)
register(RelationReport, View(lambda it: relation_text("", it), _relation_html))
register(Stationary, View(str, lambda it: framed(stationary_html(it))))
