"""One relation of a document judged by its role: a claim, a definition, an assumption, a side of an implication."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from derive.congruence import congruent
from derive.extrema import judge_extremum
from derive.guesses import as_guessed, before_definitions, statement_of
from derive.items import Item
from derive.joints import with_joints
from derive.judge import Judge
from derive.judging import both_directions, judge_nodes, problem_judgement
from derive.known_moments import RATE, UNRELATED
from derive.options import Options
from derive.piecewise import judge_cases
from derive.proportional import judge_up_to
from derive.random_symbols import AS_VALUE
from derive.readings import family_reading, sum_over
from derive.reductions import CONSTANT_SUMMAND, PRODUCT_ENDS
from derive.satisfiable import contradiction
from derive.scope import Dependencies
from derive.source import Span
from derive.statement import Reading, Statement, state
from derive.syntax import Cases, Node
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.varying import CONST
from derive.verdict import TRUE, Judgement, Verdict


def judge_item(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Return the judgement, how the relation was read, and the place it speaks of."""

    def judge(other: Item) -> Judgement:
        return _sides(other, options)[0]

    if item.role == "range":
        return Judgement(Verdict.DEFINITION, message="declares the range of an index"), "", None
    if item.role == "unsupported":
        return Judgement(Verdict.UNDECIDED, "U604", "only equations are judged"), "", None
    if item.role == "assumption":
        return _assumption(item, options)
    if item.problem is not None:
        return as_guessed(item, problem_judgement(item.problem), options, judge), "", item.problem.span
    if item.role == "named":
        return Judgement(Verdict.DEFINITION), f"{item.lhs} := {item.rhs}", None
    if item.role == "cases" and isinstance(item.left, Cases) and isinstance(item.right, Cases):
        return judge_cases(item.left, item.right, partial(_case, item, options)), "", None
    if item.role == "extremum" and item.left is not None and item.right is not None:
        return judge_extremum(item.left, item.right, item.scope, options), "", None
    if item.role == "definition":
        sign, message = ("∝", "known up to a factor") if item.upto is not None else (":=", None)
        return Judgement(Verdict.DEFINITION, message=message), f"{item.lhs} {sign} {item.rhs}", None
    judgement, read_as, span = _sides(item, options)
    judgement = _as_open(item, judgement, options)
    judgement = _of_equal_terms(as_guessed(item, judgement, options, judge))
    judgement = before_definitions(item, judgement, judge)
    if item.role == "conclusion" and judgement.verdict is Verdict.REFUTED and not judgement.given:
        message = "whether this follows from its premise is not decided"
        judgement = Judgement(Verdict.UNDECIDED, "J502", message, notes=judgement.notes)
    if item.role == "restated" and judgement.verdict in (Verdict.REFUTED, Verdict.MALFORMED, Verdict.CONDITIONAL):
        message = "it says something else than the equation that this symbol is taken from; nothing declares it"
        judgement = Judgement(Verdict.UNDECIDED, "U606", message, notes=judgement.notes)
    if item.role == "solution" and judgement.verdict not in (*TRUE, Verdict.REFUTED):
        return Judgement(Verdict.DEFINITION), f"{item.lhs} := {item.rhs}", None
    if item.role == "density" and judgement.verdict in TRUE:
        return Judgement(Verdict.DEFINITION, evidence=judgement.evidence, message="the Gaussian density"), read_as, span
    return judgement, read_as, span


def _case(item: Item, options: Options, left: Node, right: Node) -> Judgement:
    """Judge the values of two case distinctions in one case."""
    return _claim(replace(item, left=left, right=right, role="claim"), options)[0]


def _of_equal_terms(judgement: Judgement) -> Judgement:
    """Return a judgement in which a sum that does not use its index makes no sense unless it is one of equal terms.

    Nothing is refuted that hangs on where a product over an index ends.
    """
    if PRODUCT_ENDS in judgement.notes and judgement.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL):
        return Judgement(Verdict.UNDECIDED, "U607", f"not an identity, if {PRODUCT_ENDS}", notes=judgement.notes)
    noted = [note for note in judgement.notes if note.startswith(CONSTANT_SUMMAND)]
    if not noted or judgement.verdict not in (Verdict.REFUTED, Verdict.CONDITIONAL):
        return judgement
    letter = noted[0].rpartition(" ")[2]
    message = f"the sum runs over {letter}, which the summand does not use; {judgement.message} if it is constant"
    return Judgement(Verdict.MALFORMED, "S210", message, notes=judgement.notes)


def _as_open(item: Item, judgement: Judgement, options: Options) -> Judgement:
    """Return a judgement in which nothing is refuted that rests on a moment or an extremum which nothing gives.

    The text may say in words that symbols are independent, centred or of the same distribution, and what is smallest
    may be more than stationary.
    """
    if judgement.verdict not in (Verdict.REFUTED, Verdict.CONDITIONAL):
        return judgement
    statement = statement_of(item, options)
    if statement is None:
        return judgement
    if RATE in statement.notes:
        return Judgement(Verdict.UNDECIDED, "U607", f"not an identity, if {RATE}", notes=judgement.notes)
    taken = next((note for note in statement.notes if note.startswith(UNRELATED) or AS_VALUE in note), None)
    if taken is not None:
        return Judgement(Verdict.UNDECIDED, "U607", f"not an identity, if this is so: {taken}", notes=judgement.notes)
    used = Dependencies(statement.scope.definitions)
    found = sorted(statement.scope.open_values(used.of(statement.lhs) | used.of(statement.rhs)))
    if not found:
        return judgement
    message = f"not an identity, and nothing says what {found[0].partition('#')[0]} is, on which it hangs"
    return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)


def _claim(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    assert item.left is not None and item.right is not None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        judgement, statement = judge_nodes(
            item.left, item.right, item.scope, reading, options.layout == "infer", options
        )
    except (Unreadable, Malformed) as problem:
        again = _of_equal_insides(item, reading, options) if isinstance(problem, Unreadable) else None
        if again is not None:
            return again, "", item.right.span
        return _with_reading(problem_judgement(problem), item, reading, problem, options), "", problem.span
    span = item.right.span
    if judgement.verdict is Verdict.UNDECIDED or (judgement.verdict not in TRUE and _has_open_moments(statement)):
        judgement = _of_equal_insides(item, reading, options) or judgement
    if judgement.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL) and item.scope.tentative:
        judgement = _under_implications(item, judgement, reading, options)
    if item.arrow == "iff":
        judgement = _equivalence(item, judgement, reading, options)
    elif item.arrow == "implies" and judgement.code == "J501":
        judgement = replace(judgement, code="J502", message="whether this follows from its premise is not decided")
    if judgement.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL) and _has_constant(statement):
        message = "not an identity, and nothing says what the constant is that a symbol was defined with"
        judgement = Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)
    if item.premise and judgement.verdict is Verdict.REFUTED and not statement.is_derived:
        judgement = Judgement(Verdict.ASSUMPTION, message="the premise of an implication; taken for that step only")
    return judgement, statement.read_as, span


def _has_open_moments(statement: Statement) -> bool:
    """Whether a relation hangs on moments that nothing gives."""
    used = Dependencies(statement.scope.definitions)
    return bool(statement.scope.open_moments(used.of(statement.lhs) | used.of(statement.rhs)))


def _of_equal_insides(item: Item, reading: Reading, options: Options) -> Judgement | None:
    """Return that two sides with moments are equal because what stands in the moments is."""
    assert item.left is not None and item.right is not None
    if item.arrow is not None or item.premise:
        return None
    return congruent(item.left, item.right, item.scope, reading, options.layout == "infer", options)


def _has_constant(statement: Statement) -> bool:
    """Whether a side rests on a term that was written as "const"."""
    used = Dependencies(statement.scope.definitions)
    return any(name.startswith(CONST) for name in used.of(statement.lhs) | used.of(statement.rhs))


def _sides(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Judge the two sides of a relation; what is not true by itself may be by the rules for conditional densities."""
    found = _both_sides(item, options)
    if found[0].verdict in TRUE:
        return found
    scope = with_joints((item.left, item.right), item.scope)
    if scope is None:
        return found
    again = _both_sides(replace(item, scope=scope), options)
    return again if again[0].verdict in TRUE else found


def _both_sides(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Judge the two sides of a relation."""
    return _up_to(item, options) if item.role == "up-to" else _claim(item, options)


def _up_to(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Judge a relation up to a factor or a term."""
    assert item.left is not None and item.right is not None and item.upto is not None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        judgement, read_as = judge_up_to(item.left, item.right, item.scope, reading, item.upto, options, item.unsettled)
    except (Unreadable, Malformed) as problem:
        return problem_judgement(problem), "", problem.span
    return judgement, read_as, item.right.span


def _under_implications(item: Item, judgement: Judgement, reading: Reading, options: Options) -> Judgement:
    """Return a refutation only if it stands under what implications before it have said, too."""
    assert item.left is not None and item.right is not None
    scope = item.scope.copy()
    scope.conditions = (*scope.conditions, *scope.tentative)
    again, _ = judge_nodes(item.left, item.right, scope, reading, options.layout == "infer", options)
    if again.verdict is Verdict.REFUTED:
        return judgement
    lines = ", ".join(dict.fromkeys(f"line {condition.line}" for condition in item.scope.tentative))
    message = f"false by itself; it may follow from what is not given here ({lines})"
    return Judgement(Verdict.UNDECIDED, "J501", message, notes=judgement.notes)


def _equivalence(item: Item, forward: Judgement, reading: Reading, options: Options) -> Judgement:
    """Return the judgement of an equivalence from that of its right side under its left side."""
    if item.converse is None:
        return Judgement(Verdict.UNDECIDED, "J502", "the other side of the equivalence is not understood")
    other = item.converse
    try:
        backward, _ = judge_nodes(other.left, other.right, other.scope, reading, options.layout == "infer", options)
    except (Unreadable, Malformed):
        return Judgement(Verdict.UNDECIDED, "J502", "the other side of the equivalence is not understood")
    return both_directions(forward, backward)


def _with_reading(
    judgement: Judgement, item: Item, reading: Reading, problem: Unreadable | Malformed, options: Options
) -> Judgement:
    """Add the reading that makes sense of a malformed relation, if one is found."""
    hint = getattr(problem, "reading", None)
    if hint is None or item.left is None or item.right is None:
        return judgement
    if problem.code == "S210":
        left, right = (sum_over(side, *hint) for side in (item.left, item.right))
        words = f"read over {hint[1]}"
    else:
        left, right = ((family_reading(side, item.scope) or side) for side in (item.left, item.right))
        words = f"read as {hint[0]}_{hint[1]}"
    try:
        again, _ = judge_nodes(left, right, item.scope, reading, options.layout == "infer", options)
    except (Unreadable, Malformed):
        return judgement
    said = {
        Verdict.PROVED: "it is proved",
        Verdict.HOLDS: "it holds",
        Verdict.REFUTED: "it is false as well",
        Verdict.CONDITIONAL: f"it holds where {again.condition}",
    }
    if again.verdict not in said:
        return judgement
    return replace(
        judgement, message=f"{judgement.message}; {words} {said[again.verdict]}", reading_verdict=again.verdict
    )


def _assumption(item: Item, options: Options) -> tuple[Judgement, str, Span | None]:
    """Answer a stated condition: true anyway, impossible, or taken as an assumption."""
    if item.left is None or item.right is None or item.problem is not None:
        if item.problem is not None:
            return (
                Judgement(Verdict.ASSUMPTION, message=f"taken as stated; it is not understood: {item.problem.message}"),
                "",
                None,
            )
        return Judgement(Verdict.ASSUMPTION, message="taken as stated"), "", None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        statement = state(item.left, item.right, item.scope, reading)
    except (Unreadable, Malformed) as problem:
        if isinstance(problem, Malformed) and not item.guessed:
            return problem_judgement(problem), "", problem.span
        message = f"taken as stated; it is not understood: {problem.message}"
        return Judgement(Verdict.ASSUMPTION, message=message), "", problem.span
    return _stated(statement, item, options), statement.read_as, None


def _stated(statement: Statement, item: Item, options: Options) -> Judgement:
    judge = Judge(options.seed)
    checked = judge.check(statement, witness=False)
    accepted = judge.accept(statement, checked) if checked.agrees and not item.is_extreme else None
    if accepted is not None and accepted.verdict in TRUE:
        return replace(accepted, message="true without being assumed")
    impossible = contradiction(statement, item.scope.conditions, options.seed)
    if impossible:
        return Judgement(Verdict.REFUTED, "A402", impossible, evidence=None)
    return Judgement(Verdict.ASSUMPTION)
