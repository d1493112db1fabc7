"""Proofs of single claims, and the replay of certificates from files, as plain data."""

from __future__ import annotations

import json
from typing import Any

from derive.certificate import Certificate, from_json, replay
from derive.claims import judge_line
from derive.decode import Decoder, NoNotation
from derive.kernel import Rejected
from derive.options import Options
from derive.printing import show
from derive.term import Term


def prove_line(line: str, options: Options) -> dict[str, Any]:
    """Judge a claim record and return its relations with their certificates.

    Parameters
    ----------
    line : str
        One JSON object, as in section 5 of the contract.
    options : Options
        Seed and conventions.

    Returns
    -------
    dict
        ``relations``, each with the fields of a relation and ``certificate``, which is null unless it is proved.
    """
    reports = judge_line(line, options)
    relations = []
    for report in reports:
        certificate = report.judgement.certificate
        relations.append({**report.to_json(), "certificate": certificate.data if certificate is not None else None})
    return {"relations": relations}


def replay_text(text: str) -> dict[str, Any]:
    """Replay a certificate, or each one of a list, that is read from JSON.

    Returns
    -------
    dict
        ``results``: for each certificate the claim as text, the rules and, if it is rejected, the reason.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:
        return {
            "results": [{"claim": None, "rules": [], "steps": 0, "rejected": f"not JSON ({type(problem).__name__})"}]
        }
    found = data if isinstance(data, list) else [data]
    if not found:
        none: dict[str, Any] = {
            "claim": None,
            "facts": [],
            "rules": [],
            "steps": 0,
            "rejected": "the list holds no certificate",
        }
        return {"results": [none]}
    return {"results": [_replayed(one) for one in found]}


def _replayed(data: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"claim": None, "facts": [], "rules": [], "steps": 0, "rejected": None}
    try:
        certificate = from_json(data)
        result["claim"] = claim_text(certificate)
        result["facts"] = fact_texts(certificate)
        result["rules"] = list(certificate.rules)
        result["steps"] = len(certificate.steps)
        replay(certificate)
    except Rejected as problem:
        result["rejected"] = str(problem)
    return result


def claim_text(certificate: Certificate) -> str:
    """Return the claim of a certificate as plain text."""
    return f"{_text(certificate.lhs)} = {_text(certificate.rhs)}"


def fact_texts(certificate: Certificate) -> list[str]:
    """Return what a certificate takes for granted of its symbols."""
    found = []
    for name, facts in sorted(certificate.facts.items()):
        plain = sorted(fact for fact in facts if not fact.startswith("near ") and fact != "natural")
        if plain and "°" not in name:
            found.append(f"{name} {', '.join(plain)}")
    return found + [f"{_text(lhs)} = {_text(rhs)}" for lhs, rhs in certificate.given.values()]


def _text(term: Term) -> str:
    try:
        return str(show(Decoder().decode(term)))
    except (NoNotation, TypeError):
        return term.key
