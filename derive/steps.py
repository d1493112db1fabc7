"""The steps of a certificate as equations for reading: what each rule says of the terms it is applied to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.axioms import axiom
from derive.certificate import Certificate
from derive.decode import Decoder, NoNotation
from derive.kernel import Step, core_name
from derive.latex import latex
from derive.printing import show
from derive.term import Term, number, transform

_BY = ("grad", "jac", "part")
"""The operators whose second argument is a variable."""


@dataclass(frozen=True, slots=True)
class ProofStep:
    """A rule, and the equation that it gives here as LaTeX; empty where the notation has no word for a term of it."""

    rule: str
    latex: str


def proof_steps(certificate: Certificate) -> tuple[ProofStep, ...]:
    r"""Return the steps of a certificate in the order in which they are used, each equation once.

    Examples
    --------
    >>> from derive.checking import check_text
    >>> (report,) = check_text(r"Let $A, X \in \mathbb{R}^{n \times n}$. $$(A X)^\top = X^\top A^\top$$")
    >>> proof_steps(report.judgement.certificate)
    (ProofStep(rule='transpose-of-product', latex='\\left( A X \\right)^\\top = X^\\top A^\\top'),)
    """
    decoder = Decoder(wrt=_variable(certificate.lhs) or _variable(certificate.rhs))
    found = (ProofStep(step.rule, _equation(step, decoder)) for step in certificate.steps.values())
    return tuple(dict.fromkeys(found))


def claim_latex(certificate: Certificate) -> str:
    """Return the claim of a certificate as LaTeX; empty where it has no notation."""
    return _written(certificate.lhs, certificate.rhs, Decoder())


def given_latex(certificate: Certificate) -> tuple[str, ...]:
    """Return the assumptions that a proof rests on as LaTeX, those without notation left out."""
    decoder = Decoder()
    found = (_written(lhs, rhs, decoder) for lhs, rhs in certificate.given.values())
    return tuple(text for text in found if text)


def claim_text(certificate: Certificate) -> str:
    """Return the claim of a certificate as plain text."""
    return f"{_text(certificate.lhs)} = {_text(certificate.rhs)}"


def known_facts(certificate: Certificate) -> list[tuple[str, str]]:
    """Return the symbols of a certificate of which something is taken for granted, and what."""
    found = []
    for name, facts in sorted(certificate.facts.items()):
        plain = sorted(fact for fact in facts if not fact.startswith("near ") and fact != "natural")
        if plain and "°" not in name:
            found.append((name, ", ".join(plain)))
    return found


def fact_texts(certificate: Certificate) -> list[str]:
    """Return what a certificate takes for granted of its symbols."""
    found = [f"{name} {facts}" for name, facts in known_facts(certificate)]
    return found + [f"{_text(lhs)} = {_text(rhs)}" for lhs, rhs in certificate.given.values()]


def rule_equation(step: Step) -> tuple[Term, Term]:
    """Return the sides of the equation that a step gives, differentials of the variables as their changes."""
    instance = axiom(step.rule).instance(step.given)
    variables = step.given.get("@")
    if not isinstance(variables, Term):
        return instance.lhs, instance.rhs
    pairs = dict(zip(variables.args[::2], variables.args[1::2], strict=True))
    lhs, rhs = (transform(side, lambda term: _settled(term, pairs)) for side in (instance.lhs, instance.rhs))
    return _without_zeros(lhs), _without_zeros(rhs)


def _equation(step: Step, decoder: Decoder) -> str:
    try:
        return _written(*rule_equation(step), decoder)
    except (KeyError, AttributeError):  # a lemma of the kernel, which is no entry of the catalogue
        return ""


def _written(lhs: Term, rhs: Term, decoder: Decoder) -> str:
    try:
        return f"{latex(decoder.decode(lhs))} = {latex(decoder.decode(rhs))}"
    except (NoNotation, TypeError):
        return ""


def _text(term: Term) -> str:
    try:
        return str(show(Decoder().decode(term)))
    except (NoNotation, TypeError):
        return term.key


def _variable(term: Term) -> Term | None:
    """Return the variable of the first derivative in a term."""
    return next(_variables(term), None)


def _variables(term: Term) -> Iterator[Term]:
    if term.op in _BY and isinstance(term.args[1], Term):
        yield term.args[1]
    for arg in term.args:
        if isinstance(arg, Term):
            yield from _variables(arg)


def _settled(term: Term, pairs: Mapping[Term, Term]) -> Term | None:
    """Return the differential of the variable itself as its change, that of a constant as zero."""
    if term.op != "d":
        return None
    body = term.args[1]
    if not any(core_name(variable) in body.names for variable in pairs):
        return number(0) if body.shape is None else Term("0", body.shape)
    return pairs.get(body)


def _without_zeros(term: Term) -> Term:
    """Return a term without what is multiplied by zero."""
    args = tuple(_without_zeros(arg) if isinstance(arg, Term) and arg.op != "ix" else arg for arg in term.args)
    if term.op == "+":
        kept = tuple(arg for arg in args if not _is_zero(arg))
        return args[0] if not kept else kept[0] if len(kept) == 1 else Term("+", kept)
    if term.op in ("*", ".", "@", "had", "kron", "t", "tr", "vec", "diag", "dg") and any(map(_is_zero, args)):
        return number(0) if term.shape is None else Term("0", term.shape)
    return term if args == term.args else Term(term.op, args)


def _is_zero(term: object) -> bool:
    return isinstance(term, Term) and (term.op == "0" or term == number(0))
