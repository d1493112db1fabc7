"""Stationary points as plain data: what is asked for as one JSON object, the solutions as another."""

from __future__ import annotations

import json
from typing import Any

from derive.derivation import NotDerived
from derive.problem import Problem
from derive.records import RecordProblem, texts_of
from derive.stationary import Solution, stationary
from derive.tokens import Unreadable
from derive.typed import Malformed


def answer(record: dict[str, Any]) -> dict[str, Any]:
    r"""Return the stationary points that a record asks for.

    Parameters
    ----------
    record : dict
        ``declare``, ``given``, ``of``, ``wrt`` (one or a list) and ``subject_to`` (expressions that are zero).

    Returns
    -------
    dict
        ``status`` is ``"derived"`` or ``"unsupported"``, then with a ``message``; ``lagrangian``, ``conditions``,
        ``solutions`` (with what they depend on and require) and ``implicit``, all as LaTeX.

    Examples
    --------
    >>> record = {"declare": [r"a \in \mathbb{R}_{>0}", r"t \in \mathbb{R}"], "of": "a t^2 - 2 t", "wrt": "t"}
    >>> [solution["latex"] for solution in answer(record)["solutions"]]
    ['t = \\frac{1}{a}']
    """
    try:
        if not isinstance(record.get("of"), str):
            raise RecordProblem("expected “of” to be a string")
        unknowns = texts_of(record, "wrt")
        if not unknowns:
            raise RecordProblem("expected “wrt” to name an unknown at least")
        problem = Problem(texts_of(record, "declare"), texts_of(record, "given"))
        wrt = [problem.expr(text) for text in unknowns]
        constraints = [problem.expr(text) for text in texts_of(record, "subject_to")]
        found = stationary(problem.expr(record["of"]), wrt, constraints, scope=problem.scope)
    except (RecordProblem, NotDerived, Unreadable, Malformed) as problem_:
        return {"status": "unsupported", "message": getattr(problem_, "message", None) or str(problem_)}
    except RecursionError:
        return {"status": "unsupported", "message": "the expression is nested too deeply"}
    return {
        "status": "derived",
        "message": None,
        "lagrangian": found.lines[0].removeprefix(r"\mathcal{L} = "),
        "conditions": [f"{condition.named[0]} = 0" for condition in found.conditions],
        "solutions": [_solution(solution) for solution in found.solutions],
        "implicit": [f"{condition.named[0]} = 0" for condition in found.implicit],
        "second_order": found.second_order(),
    }


def answer_line(line: str) -> dict[str, Any]:
    """Answer a record that is written as one line of JSON."""
    record = json.loads(line)
    return answer(record)


def _solution(solution: Solution) -> dict[str, Any]:
    return {
        "latex": solution.latex,
        "where": [{"name": name, "latex": value} for name, value in solution.where],
        "closed": solution.is_closed,
        "depends_on": list(solution.depends_on),
        "requires": list(solution.requires),
        "certificate": solution.certificate.data,
    }
