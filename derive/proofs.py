"""Proofs of single claims, and the replay of certificates from files, as plain data."""

from __future__ import annotations

import json
from typing import Any

from derive.certificate import from_json, replay
from derive.claims import judge_line
from derive.kernel import Rejected
from derive.options import Options
from derive.steps import claim_text, fact_texts


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
