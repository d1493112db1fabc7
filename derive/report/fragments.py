"""Evidence as HTML: the steps of a proof, a counterexample, a repair. Everything from a document is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from derive.certificate import Certificate
from derive.containers.block import Macro
from derive.derivation import Derivation
from derive.report.layout import headline, repair_text, value_text, visible
from derive.report.marks import MARKS
from derive.report.mathml import expanded, formula, mathml
from derive.stationary import Stationary
from derive.steps import ProofStep, claim_latex, claim_text, fact_texts, known_facts, proof_steps
from derive.verdict import Assumed, Counterexample, Evidence, RelationReport, Repair, Verdict

MAX_STEPS = 25
"""Steps of one proof that are written out."""

MAX_STEP = 600
"""A longer equation is counted only."""

_BOOKKEEPING = frozenset(
    "transpose-of-product transpose-of-symmetric transpose-of-inverse transpose-of-identity transpose-of-diagonal "
    "trace-of-product-cyclic trace-of-transpose".split()
)
"""Rules that move transposes and turn traces: they are counted, not written out."""


def badge(verdict: Verdict, *, long: bool = True) -> str:
    """Return the sign of a verdict: a glyph, which screen readers skip, and its word.

    Examples
    --------
    >>> badge(Verdict.PROVED)
    '<span class="derive-badge derive-proved"><span aria-hidden="true">✓</span> proved</span>'
    """
    word = verdict.value
    shown = f" {word}" if long else f'<span class="derive-hidden">{word}</span>'
    return (
        f'<span class="derive-badge derive-{word}"><span aria-hidden="true">{MARKS[verdict].glyph}</span>{shown}</span>'
    )


def told(report: RelationReport) -> str:
    """Return the headline of a relation with its code, as HTML; empty where there is none."""
    said = report.judgement
    if said.code is None:
        return ""
    return f'{escape(headline(said)[0])} <span class="derive-code">{said.code}</span>'


def relation_latex(report: RelationReport, macros: Mapping[str, Macro]) -> str:
    """Return a relation as LaTeX with its macros expanded; a definition has the sign of one."""
    sign = ":=" if report.judgement.verdict is Verdict.DEFINITION else "="
    return expanded(f"{report.lhs} {sign} {report.rhs}", macros)


def evidence(report: RelationReport, macros: Mapping[str, Macro]) -> str:
    """Return everything that is said of a relation beside its verdict and its headline, as HTML."""
    said = report.judgement
    message = headline(said)[1] if said.code else visible(said.message or "")
    if said.condition and message.endswith(said.condition):
        message = message.removesuffix(said.condition).rstrip()
        shown = f"{escape(message)} {formula(expanded(said.condition, macros))}"
    else:
        shown = escape(message)
    parts = [f"<p>{shown}</p>"] if message else []
    rows = []
    if report.read_as:
        rows.append(("read as", f"<span>{escape(visible(report.read_as))}</span>"))
    if said.given:
        rows.append(("given", "; ".join(formula(expanded(given, macros)) for given in said.given)))
    if said.condition:
        word = "true with" if said.verdict is Verdict.CONDITIONAL else "condition"
        rows.append((word, formula(expanded(said.condition, macros))))
    if said.repair is not None and said.code != "E316":
        rows.append(("repair", _repair(said.repair, macros)))
    if said.evidence is not None and said.certificate is None:
        rows += _tested(said.evidence)
    rows += [("note", escape(visible(note))) for note in said.notes]
    parts.append(_list(rows))
    if said.counterexample is not None:
        parts.append(counterexample_html(said.counterexample))
    if isinstance(said.certificate, Certificate):
        parts.append(_proof(said.certificate))
    return "".join(parts)


def _repair(repair: Repair, macros: Mapping[str, Macro]) -> str:
    """Return what takes the place of what; the words stay when a piece is no formula by itself."""
    said = "is proved" if repair.verdict is Verdict.PROVED else repair.verdict.value
    old, new, whole = (mathml(expanded(text, macros)) for text in (repair.old, repair.new, repair.text))
    if repair.on_right and repair.edits and old and new and repair.old and repair.new != repair.text:
        return f"with <ins>{new}</ins> in place of <del>{old}</del> the step {said}"
    if whole is None:
        return escape(repair_text(repair, {}))
    return (
        f"with the right side <ins>{whole}</ins> the step {said}" if repair.on_right else f"<ins>{whole}</ins> {said}"
    )


def _tested(found: Evidence) -> list[tuple[str, str]]:
    rows = []
    if found.rules:
        rows.append(("rules", escape(", ".join(found.rules))))
    if found.kind in ("identity-test", "ball-test") and found.dimensions:
        sizes = "; ".join(", ".join(f"{name} = {size}" for name, size in each.items()) for each in found.dimensions)
        bound = (
            ""
            if not found.error_bound
            else f"; a false identity passes with a probability below {found.error_bound:.1g}"
        )
        rows.append(("tested at", escape(f"{visible(sizes)}{bound}")))
    return rows


def _list(rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return ""
    return (
        '<dl class="derive-said">'
        + "".join(f"<div><dt>{word}</dt><dd>{said}</dd></div>" for word, said in rows)
        + "</dl>"
    )


def assumed_html(taken: Sequence[Assumed], macros: Mapping[str, Macro]) -> str:
    """Return what is taken for granted of symbols that nothing declares, as a table; empty where there are none."""
    if not taken:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{formula(expanded(each.latex, macros))}</th>'
        f"<td>{escape(visible('; '.join(each.evidence)))}</td></tr>"
        for each in taken
    )
    caption = "Nothing declares these symbols; they are taken for"
    return f'<table class="derive-point derive-assumed"><caption>{caption}</caption><tbody>{rows}</tbody></table>'


# -- counterexamples ---------------------------------------------------------------------------------------------


def value_latex(value: Any) -> str:
    r"""Return an exact value as LaTeX: a scalar bare, a matrix by rows, a family in braces.

    Examples
    --------
    >>> value_latex([[1, 2], [3, "-1/2"]])
    '\\begin{pmatrix} 1 & 2 \\\\ 3 & -\\frac{1}{2} \\end{pmatrix}'
    """
    if not _is_array(value):
        text = value_text(value).replace("\N{MINUS SIGN}", "-")
        top, bar, bottom = text.partition("/")
        if bar and top.lstrip("-").isdigit() and bottom.isdigit():
            return f"{'-' if top.startswith('-') else ''}\\frac{{{top.lstrip('-')}}}{{{bottom}}}"
        return text
    rows = [row if _is_array(row) else [row] for row in value]
    if any(_is_array(entry) for row in rows for entry in row):
        return "\\left\\{ " + ", \\; ".join(value_latex(member) for member in value) + " \\right\\}"
    if len(rows) == 1 and len(rows[0]) == 1:
        return value_latex(rows[0][0])
    lines = " \\\\ ".join(" & ".join(value_latex(entry) for entry in row) for row in rows)
    return f"\\begin{{pmatrix}} {lines} \\end{{pmatrix}}"


def _is_array(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _value(value: Any) -> str:
    return mathml(value_latex(value)) or escape(value_text(value))


def counterexample_html(example: Counterexample) -> str:
    """Return a counterexample as a table: the point, and the values of both sides there."""
    rows = [(formula(name), str(size)) for name, size in example.dimensions.items()]
    rows += [(formula(name), _value(value)) for name, value in example.values.items()]
    point = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    sides = "".join(
        f'<tr class="derive-side"><th scope="row">{word}</th><td>{_value(value)}</td></tr>'
        for word, value in (("left side", example.lhs), ("right side", example.rhs))
    )
    return f'<table class="derive-point"><caption>counterexample</caption><tbody>{point}{sides}</tbody></table>'


# -- proofs ------------------------------------------------------------------------------------------------------


def _proof(certificate: Certificate) -> str:
    steps = proof_steps(certificate)
    if not steps:
        return "<p>proof: arithmetic alone, replayed</p>"
    return (
        f"<details><summary>proof: {_counted(len(steps))}, replayed</summary>{proof_html(certificate, steps)}</details>"
    )


def _counted(steps: int) -> str:
    return f"{steps} step{'s' if steps != 1 else ''}"


def proof_html(certificate: Certificate, steps: Sequence[ProofStep]) -> str:
    """Return the steps of a proof: what each rule says here; transpositions and turned traces are counted only."""
    told = [step for step in steps if 0 < len(step.latex) <= MAX_STEP]
    if len(told) > 6:
        told = [step for step in told if step.rule not in _BOOKKEEPING]
    shown = set(told[:MAX_STEPS])
    counts = Counter(step.rule for step in steps if step not in shown)
    items = [_step(step.rule, step.latex) for step in told[:MAX_STEPS]]
    listed = f'<ol class="derive-steps">{"".join(items)}</ol>' if items else ""
    more = ", ".join(f"{rule} × {count}" if count > 1 else rule for rule, count in counts.items())
    rest = f'<p class="derive-more">{"and " if items else ""}{escape(more)}</p>' if more else ""
    facts = [f"{formula(name.replace('_{·}', ''))} {escape(fact)}" for name, fact in known_facts(certificate)]
    known = f"<p>for {', '.join(facts)}</p>" if facts else ""
    return known + listed + rest


def _step(rule: str, latex: str) -> str:
    shown = formula(latex, display=True)
    return f'<li><span class="derive-rule">{escape(rule)}</span><div class="derive-wide">{shown}</div></li>'


def certificate_html(certificate: Certificate) -> str:
    """Return a certificate: its claim, and its steps to unfold."""
    text = claim_latex(certificate)
    claim = mathml(text, display=True) if text else None
    shown = claim or f"<p>{escape(visible(claim_text(certificate)))}</p>"
    return f"{badge(Verdict.PROVED)} {shown}{_proof(certificate)}"


def certificate_text(certificate: Certificate) -> str:
    """Return a certificate as plain text: the claim, what it takes for granted, the rules."""
    facts = fact_texts(certificate)
    lines = [f"proved: {claim_text(certificate)}"]
    lines += [f"  for {'; '.join(facts)}"] if facts else []
    return "\n".join(
        [*lines, f"  {_counted(len(certificate.steps))} by {', '.join(certificate.rules) or 'arithmetic'}"]
    )


def derivation_html(derivation: Derivation) -> str:
    """Return a derivation: the result with the names of the field, the differentials to unfold, and its proof."""
    shown, definitions = derivation.named
    steps = derivation.steps
    lhs = steps[-1].latex.removesuffix(f" = {derivation.latex}")
    parts = [formula(f"{lhs} = {shown}", display=True)]
    if definitions:
        parts.append(
            "<p>where</p>" + "".join(formula(f"{name} = {value}", display=True) for name, value in definitions)
        )
    items = "".join(_step(step.rule, step.latex) for step in steps)
    parts.append(f'<details><summary>step by step</summary><ol class="derive-steps">{items}</ol></details>')
    return "".join(parts) + _proof(derivation.certificate)


def stationary_html(found: Stationary) -> str:
    """Return stationary points: the Lagrangian, the conditions and the solutions, each with its proof to unfold."""
    lines = found.lines
    count = len(lines) - len(found.solutions)
    parts = [formula(line, display=True) for line in lines[:count]]
    for solution in found.solutions:
        parts.append(formula(solution.latex, display=True))
        if solution.depends_on:
            names = ", ".join(formula(name) for name in solution.depends_on)
            parts.append(f"<p>a fixed point: depends on {names}</p>")
        parts.append(_proof(solution.certificate))
    return "".join(parts)
