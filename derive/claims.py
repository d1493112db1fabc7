"""Claim records: one JSON object a line in, one a line out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.declarations import declare
from derive.given import add_given, as_condition, restrict
from derive.judging import both_directions, judge_nodes, problem_judgement
from derive.mending import is_mended, mended
from derive.options import Options
from derive.proportional import judge_up_to
from derive.relations import Chain, Failure, chains, failures
from derive.repair.garbled import sides_around
from derive.repair.line import Line, Written
from derive.scope import Condition, Scope
from derive.source import Excerpt, Span, closed
from derive.statement import Reading, parse_side, state
from derive.syntax import Node
from derive.tokens import Token, Unreadable
from derive.typed import Malformed
from derive.upto import UpTo, readings
from derive.verdict import Judgement, RelationReport, Verdict

_LISTS = ("declare", "given")
MAX_TEXTS = 200
MAX_SHOWN = 500
"""Letters of a claim that is not understood which stand in its answer."""


class RecordProblem(Exception):
    """A record that is not what the contract says; the sentence is for its author."""


def check_record(line: str, options: Options) -> dict[str, Any]:
    """Answer one claim record.

    Parameters
    ----------
    line : str
        One JSON object, as in section 5 of the contract.
    options : Options
        Seed and conventions; the record's own fields win.

    Returns
    -------
    dict
        The fields of a relation and ``id``; for a chain also ``relations``.

    Examples
    --------
    >>> record = '{"id": 1, "declare": ["a \\\\\\\\in \\\\\\\\mathbb{R}"], "claim": "a + a = 2a"}'
    >>> check_record(record, Options())["verdict"]
    'proved'
    """
    return list(record_answers(line, options))[-1]


def record_answers(line: str, options: Options) -> Iterator[dict[str, Any]]:
    """Yield the answer to a claim record and, where the claim is wrong, the answer with its repair."""
    ident: Any = None
    with contextlib.suppress(RecordProblem):
        ident = _parsed(line).get("id")
    reports = judge_line(line, options)
    yield _answer(ident, reports)
    if options.repair and any(map(_is_mended, reports)):
        yield _answer(ident, [_mended(report, options) if _is_mended(report) else report for report in reports])


def _is_mended(report: RelationReport) -> bool:
    return report.origin is not None and is_mended(report.judgement)


def _mended(report: RelationReport, options: Options) -> RelationReport:
    return replace(report, judgement=mended(report.judgement, report.origin, options))


def judge_line(line: str, options: Options) -> list[RelationReport]:
    """Judge the relations of one claim record."""
    try:
        return _judge_record(_parsed(line), options)
    except RecordProblem as problem:
        return [_unread("", "", "N107", str(problem))]


def _parsed(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise RecordProblem(
            f"expected one JSON object on the line, found something else ({type(problem).__name__})"
        ) from None
    if not isinstance(record, dict):
        raise RecordProblem(f"expected a JSON object, found a {type(record).__name__}")
    return record


def _field(record: dict[str, Any]) -> tuple[list[str], list[str], str, list[str]]:
    lists: list[list[str]] = []
    for name in _LISTS:
        value = record.get(name, [])
        if isinstance(value, str):
            value = [value]
        if value is None:
            value = []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or len(value) > MAX_TEXTS:
            raise RecordProblem(f"expected “{name}” to be a list of strings")
        lists.append(value)
    claim = record.get("claim")
    if not isinstance(claim, str):
        raise RecordProblem("expected “claim” to be a string")
    dims = record.get("dims") or []
    dims = [dims] if isinstance(dims, str) else dims
    if not isinstance(dims, list) or not all(isinstance(item, str) for item in dims):
        raise RecordProblem("expected “dims” to be a string")
    return lists[0], lists[1], claim, dims


def _judge_record(record: dict[str, Any], options: Options) -> list[RelationReport]:
    declare_texts, given_texts, claim, dims = _field(record)
    layout = record.get("layout") or options.layout
    if layout not in ("numerator", "denominator", "infer"):
        raise RecordProblem("expected “layout” to be numerator, denominator or infer")
    symmetric = bool(record.get("symmetric_derivative", options.symmetric_derivative))
    reading = Reading("numerator" if layout == "infer" else layout, symmetric)
    scope = Scope()
    try:
        for text in declare_texts:
            if not declare(text, scope):
                raise Unreadable("N103", f"expected a declaration, found “{text}”")
        for text in dims:
            restrict(text, scope)
        for text in given_texts:
            add_given(text, scope, reading)
        found = chains(Excerpt.of(claim))
    except (Unreadable, Malformed) as problem:
        return [_problem(claim, problem)]
    return _judge_chains(found, claim, scope, reading, layout == "infer", options)


def _judge_chains(
    found: Sequence[Chain | Failure], claim: str, scope: Scope, reading: Reading, infer: bool, options: Options
) -> list[RelationReport]:
    if not found:
        return [_unread(claim, "", "N103", "expected an equation, found none")]
    reports: list[RelationReport] = []
    last: list[Token] | None = None
    premise: _Premise | None = None
    given = scope.conditions
    failed = failures(found)
    for failure, around in zip(failed, sides_around(Excerpt.of(claim), [each.sign for each in failed]), strict=True):
        origin = None if around is None else Written(text=claim, sides=around, scope=scope, reading=reading)
        reports.append(replace(_problem(claim, failure.problem), origin=origin))
    for chain, later in zip(found, [*found[1:], None], strict=True):
        if isinstance(chain, Failure):
            continue
        sides = [side if side is not None else (last or []) for side in chain.sides]
        last = sides[-1]
        is_premise = isinstance(later, Chain) and later.arrow in ("implies", "iff")
        if chain.arrow is not None:
            reports += _conclusion(chain, sides, claim, scope, reading, premise, options)
        elif not is_premise:
            reports += _beside(chain, sides, claim, scope, reading, infer, given, options)
        if is_premise:
            scope.conditions = scope.conditions if chain.arrow is not None else given
            premise = _Premise(scope.conditions)
            try:
                _take(premise, chain, sides, claim, scope, reading)
            except (Unreadable, Malformed) as problem:
                return [*reports, _problem(claim, problem)]
    return reports or [_unread(claim, "", "N103", "expected a claim")]


def _beside(
    chain: Chain,
    sides: list[list[Token]],
    claim: str,
    scope: Scope,
    reading: Reading,
    infer: bool,
    given: tuple[Condition, ...],
    options: Options,
) -> list[RelationReport]:
    """Judge relations without an arrow; behind one, whether they are under its premise is open."""
    alone = scope.copy()
    alone.conditions = given
    reports = []
    for left, right, sign in zip(sides, sides[1:], chain.signs, strict=False):
        report = judge_sides(left, right, sign, claim, alone, reading, infer, options, sides[0])
        if scope.conditions != given and report.judgement.verdict is Verdict.REFUTED:
            under = judge_sides(left, right, sign, claim, scope, reading, infer, options)
            if under.judgement.verdict is not Verdict.REFUTED:
                message = "whether it stands under the premise before it is not clear; by itself it is false"
                report = replace(report, judgement=Judgement(Verdict.UNDECIDED, "J502", message))
        reports.append(report)
    return reports


@dataclass
class _Premise:
    """The left side of an arrow: what was given before it, and its equations."""

    before: tuple[Condition, ...]
    equations: list[tuple[Node, Node]] = field(default_factory=list)


def _take(
    premise: _Premise, chain: Chain, sides: list[list[Token]], claim: str, scope: Scope, reading: Reading
) -> None:
    """Take the left side of an arrow into a scope."""
    for left, right, sign in zip(sides, sides[1:], chain.signs, strict=False):
        if sign.kind not in ("equal", "define"):
            raise Unreadable("U604", "a premise that is not an equation is not supported", sign.span)
        nodes = parse_side(left, scope, sign.span), parse_side(right, scope, sign.span)
        premise.equations.append(nodes)
        text = _text(left, claim) + " = " + _text(right, claim)
        scope.conditions = (*scope.conditions, as_condition(state(*nodes, scope, reading), text))


def _conclusion(
    chain: Chain,
    sides: list[list[Token]],
    claim: str,
    scope: Scope,
    reading: Reading,
    premise: _Premise | None,
    options: Options,
) -> list[RelationReport]:
    """Judge the right side of an arrow under its left side, and the left under the right where it points there."""
    reports = []
    for left, right, sign in zip(sides, sides[1:], chain.signs, strict=False):
        report = judge_sides(left, right, sign, claim, scope, reading, False, options)
        if report.judgement.code == "J501":
            message = "whether this follows from its premise is not decided"
            report = replace(report, judgement=replace(report.judgement, code="J502", message=message))
        reports.append(report)
    if chain.arrow != "iff":
        return reports
    if premise is None or len(premise.equations) != 1 or len(reports) != 1:
        message = "an equivalence of more than two equations is not decided"
        return [replace(report, judgement=Judgement(Verdict.UNDECIDED, "J502", message)) for report in reports]
    report = reports[0]
    other = scope.copy()
    other.conditions = premise.before
    nodes = [parse_side(side, scope, chain.signs[0].span) for side in sides]
    try:
        condition = as_condition(state(nodes[0], nodes[1], other, reading), f"{report.lhs} = {report.rhs}")
        other.conditions = (*premise.before, condition)
        backward, _ = judge_nodes(*premise.equations[0], other, reading, False, options)
    except (Unreadable, Malformed) as problem:
        return [_problem(claim, problem)]
    return [replace(report, judgement=both_directions(report.judgement, backward))]


def judge_sides(
    left: list[Token],
    right: list[Token],
    sign: Any,
    text: str,
    scope: Scope,
    reading: Reading,
    infer: bool,
    options: Options,
    first: list[Token] | None = None,
) -> RelationReport:
    """Judge one relation as a claim; ``first`` is the left side of its chain."""
    lhs, rhs = _text(left, text), _text(right, text)
    if sign.kind == "propto":
        return _proportional(left, right, sign, text, scope, reading, options, first or left)
    if sign.kind not in ("equal", "define"):
        return _with(lhs, rhs, Judgement(Verdict.UNDECIDED, "U604", "only equations are judged"))
    origin = _origin(left, right, text, scope, reading)
    try:
        nodes = parse_side(left, scope, sign.span), parse_side(right, scope, sign.span)
    except (Unreadable, Malformed) as problem:
        return replace(_problem(text, problem, lhs, rhs), origin=origin)
    try:
        judgement, statement = judge_nodes(*nodes, scope, reading, infer, options)
        report = _with(lhs, rhs, judgement, statement.read_as)
    except (Unreadable, Malformed) as problem:
        report = _problem(text, problem, lhs, rhs)
    if origin is not None:
        origin = Line(left=nodes[0], right=nodes[1], text=text, sides=origin.sides, scope=scope, reading=reading)
    return replace(report, origin=origin)


def _proportional(
    left: list[Token],
    right: list[Token],
    sign: Any,
    text: str,
    scope: Scope,
    reading: Reading,
    options: Options,
    first: list[Token],
) -> RelationReport:
    """Judge a relation up to a factor, whose variables the left side of its chain names."""
    lhs, rhs = _text(left, text), _text(right, text)
    try:
        nodes = [parse_side(side, scope, sign.span) for side in (left, right, first)]
        upto = UpTo("factor", readings(nodes[2], nodes[1]))
        judgement, read_as = judge_up_to(nodes[0], nodes[1], scope, reading, upto, options)
    except (Unreadable, Malformed) as problem:
        return _problem(text, problem, lhs, rhs)
    return _with(lhs, rhs, judgement, read_as)


def _origin(left: list[Token], right: list[Token], text: str, scope: Scope, reading: Reading) -> Written | None:
    """Return a relation with its text; None where a side is empty."""
    if not left or not right:
        return None
    spans = [Span(side[0].span.start, max(token.span.end for token in side)) for side in (left, right)]
    return Written(text=text, sides=(spans[0], spans[1]), scope=scope, reading=reading)


def _text(tokens: list[Token], text: str) -> str:
    if not tokens:
        return ""
    return closed(text, tokens[0].span.start, max(token.span.end for token in tokens)).strip()


def _with(lhs: str, rhs: str, judgement: Judgement, read_as: str = "") -> RelationReport:
    return RelationReport(judgement, lhs, rhs, read_as)


def _unread(lhs: str, rhs: str, code: str, message: str) -> RelationReport:
    return _with(lhs, rhs, Judgement(Verdict.UNREAD, code, message))


def _problem(claim: str, problem: Unreadable | Malformed, lhs: str | None = None, rhs: str = "") -> RelationReport:
    return _with(claim[:MAX_SHOWN] if lhs is None else lhs, rhs, problem_judgement(problem))


def late_record(line: str, seconds: float) -> dict[str, Any]:
    """Answer a claim record whose time ran out."""
    try:
        ident = _parsed(line).get("id")
    except RecordProblem:
        ident = None
    judgement = Judgement(Verdict.UNDECIDED, "U601", f"not decided within the limit of {seconds:g} s or of memory")
    return _answer(ident, [_with("", "", judgement)])


def _answer(ident: Any, reports: list[RelationReport]) -> dict[str, Any]:
    worst = max(reports, key=lambda report: report.judgement.verdict.severity)
    answer = {"id": ident, **worst.to_json()}
    if len(reports) > 1:
        answer["relations"] = [report.to_json() for report in reports]
    return answer
