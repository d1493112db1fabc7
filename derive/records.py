"""Derivation records: what is asked for as one JSON object, the derivative and its steps as another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from derive.derivation import Derivation, NotDerived, gradient, hessian, jacobian
from derive.exact.identity import Test
from derive.judge import Contradiction
from derive.problem import Problem
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import Verdict

KINDS: dict[str, Callable[..., Derivation]] = {"gradient": gradient, "jacobian": jacobian, "hessian": hessian}
MAX_TEXTS = 200


class RecordProblem(ValueError):
    """A record that is not what the contract says; the sentence is for its author."""


Emission = Callable[[Derivation], dict[str, Any]]
"""Gives the fields ``numpy``, ``function`` and ``arguments`` of a derivation."""


def answer(record: dict[str, Any], seed: int = 0, emission: Emission | None = None) -> dict[str, Any]:
    r"""Answer one derivation record.

    Parameters
    ----------
    record : dict
        ``declare``, ``given``, ``of``, ``wrt``, ``kind`` and ``symmetric_derivative``, as in section 5 of the contract.
    seed : int
        Seed of the points at which the result is evaluated.
    emission : callable, optional
        Writes the source of the result; without it the record has none.

    Returns
    -------
    dict
        ``status`` is ``"derived"`` or ``"unsupported"``, then with a ``message``. ``named`` is the result with the
        names of the field, ``where`` their definitions.

    Examples
    --------
    >>> record = {"declare": [r"x \in \mathbb{R}^n"], "of": r"x^\top x", "wrt": "x", "kind": "gradient"}
    >>> answer(record)["latex"], answer(record)["verdict"]
    ('2 x', 'proved')
    """
    ident = record.get("id")
    try:
        found = derivation(record)
    except (RecordProblem, NotDerived, Unreadable, Malformed) as problem:
        return unsupported(ident, getattr(problem, "message", None) or str(problem))
    except RecursionError:
        return unsupported(ident, "the expression is nested too deeply")
    shown, where = found.named
    return {
        "id": ident,
        "status": "derived",
        "message": None,
        "latex": found.latex,
        "named": shown,
        "where": [{"name": name, "latex": value} for name, value in where],
        "steps": [{"rule": step.rule, "latex": step.latex} for step in found.steps],
        "replayed": True,
        "verdict": evaluated(found, seed).value,
        **(emission(found) if emission is not None else {"numpy": None, "function": None, "arguments": []}),
    }


def ident_of(line: str) -> Any:
    """Return the ``id`` of a record, or None."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record.get("id") if isinstance(record, dict) else None


def answer_line(line: str, seed: int = 0, kind: str = "gradient", emission: Emission | None = None) -> dict[str, Any]:
    """Answer one line of a file of records; a line that is not a record is answered, too."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return unsupported(None, "expected one JSON object on the line, found something else")
    if not isinstance(record, dict):
        return unsupported(None, f"expected a JSON object, found a {type(record).__name__}")
    record.setdefault("kind", kind)
    return answer(record, seed, emission)


def unsupported(ident: Any, message: str) -> dict[str, Any]:
    """Return the answer to a record that could not be derived."""
    return {
        "id": ident,
        "status": "unsupported",
        "message": message,
        "latex": None,
        "named": None,
        "where": [],
        "steps": [],
        "replayed": False,
        "verdict": None,
        "numpy": None,
        "function": None,
        "arguments": [],
    }


def derivation(record: dict[str, Any]) -> Derivation:
    """Return the derivation a record asks for.

    Raises
    ------
    RecordProblem, Unreadable, Malformed, NotDerived
        If a field is missing or not understood, or no rule applies; the message says which and why.
    """
    kind = record.get("kind") or "gradient"
    if not isinstance(kind, str) or kind not in KINDS:
        raise RecordProblem(f"expected “kind” to be gradient, jacobian or hessian, found {str(kind)[:40]!r}")
    texts = {name: record.get(name) for name in ("of", "wrt")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise RecordProblem(f"expected “{name}” to be a string")
    problem = Problem(texts_of(record, "declare"), texts_of(record, "given"))
    wrt = problem.expr(str(texts["wrt"]))
    of = problem.expr(str(texts["of"]))
    symmetric = bool(record.get("symmetric_derivative"))
    if symmetric and kind != "gradient":
        raise RecordProblem(f"the derivative by a symmetric matrix is known for gradients, not for a {kind}")
    if kind == "gradient":
        return gradient(of, wrt, problem.scope, symmetric=symmetric)
    return KINDS[kind](of, wrt, problem.scope)


def texts_of(record: dict[str, Any], name: str) -> list[str]:
    """Return a field that is a list of strings, or one string.

    Raises
    ------
    RecordProblem
        If it is something else.
    """
    value = record.get(name) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value) or len(value) > MAX_TEXTS:
        raise RecordProblem(f"expected “{name}” to be a list of strings")
    return value


def evaluated(found: Derivation, seed: int = 0) -> Verdict:
    """Evaluate a derivation exactly: what was asked for against the result.

    Raises
    ------
    Contradiction
        If they differ although the certificate was replayed.
    """
    test = Test(found.equation, seed)
    outcome = test.exact()
    if outcome.kind != "agree" and (outcome.kind != "differ" or test.has_logs or test.has_branches):
        outcome = test.balls(3)
    if outcome.kind == "differ":
        raise Contradiction(f"derived and refuted: {found.latex}")
    return Verdict.PROVED if outcome.kind == "agree" else Verdict.UNDECIDED
