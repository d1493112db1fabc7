"""What can be said of relations where symbols are not declared: nothing is decided that hangs on a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.facts import Fact, Kind
from derive.guessed_sizes import at_equal_sizes, hangs_on_sizes
from derive.items import Item
from derive.names import FAMILY
from derive.opaque import whole_key
from derive.options import Options
from derive.scope import Dependencies
from derive.statement import Reading, Statement, state
from derive.syntax import Derivative, FunctionCall, Group, Name, Node, Product, Scripted, below
from derive.tokens import Unreadable
from derive.typed import Malformed
from derive.verdict import TRUE, Judgement, Verdict
from derive.withdrawn import without_values

Judging = Callable[[Item], Judgement]
"""Judges the two sides of a relation."""


def _is_sure(item: Item, code: str | None) -> bool:
    """Whether a fault is one however the symbols are declared.

    An index that is not used is one. What does not occur in what is differentiated depends on definitions, ranges of
    indices are often left to words, shapes may have been guessed wrongly unless everything else fits, and a symbol has
    another shape where it has a value that only another place gives it.
    """
    if code == "S210":
        return True
    if code == "S212":
        return not item.failed and not any(_is_of_guess(side, item.guessed) for side in (item.left, item.right))
    if any(key in f"{item.lhs} {item.rhs}" for key in item.early):
        return False
    return item.fits and code != "S213" and item.role != "definition"


def _is_of_guess(side: Node | None, guessed: frozenset[str]) -> bool:
    """Whether a symbol of which only a use is known is differentiated: words may say on what it depends.

    So may its arguments, if it is a function of which nothing else is known, as in ``\\log p(y, \\beta)``.
    """
    for node in below(side):
        if isinstance(node, Derivative):
            body = _bare(node.body)
            if isinstance(body, Name) and any(key.split("_{")[0] == body.key for key in guessed):
                return True
            if any(key in guessed for inner in below(body) for key in _applied(inner)):
                return True
    return False


def _bare(body: Node) -> Node:
    """Return what stands under scripts, brackets and logarithms."""
    while True:
        if isinstance(body, Scripted):
            body = body.base
        elif isinstance(body, Group) and len(body.items) == 1:
            body = body.items[0]
        elif isinstance(body, FunctionCall) and body.function == "log":
            body = body.argument
        else:
            return body


def _applied(node: Node) -> Iterator[str]:
    """Yield the keys of what may be functions with their arguments."""
    for head, group in zip(node.items, node.items[1:], strict=False) if isinstance(node, Product) else ():
        group = group.base if isinstance(group, Scripted) else group
        if isinstance(group, Group) and (key := whole_key(head, group)) is not None:
            yield key


def as_guessed(item: Item, judgement: Judgement, options: Options, judge: Judging) -> Judgement:
    """Return what can be said where symbols are not declared: nothing is refuted that hangs on a guess alone.

    A symbol that occurs on one side only, and in formulas that are not understood, may be fixed by them. Shapes that do
    not fit may have been guessed wrongly, unless everything else fits.
    """
    if not item.guessed:
        return judgement
    if judgement.verdict is Verdict.MALFORMED and not _is_sure(item, judgement.code):
        message = f"{judgement.message}, if the shapes are those that were inferred; nothing declares them"
        return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)
    said = "true" if judgement.verdict in TRUE else "not an identity"
    if judgement.verdict in (*TRUE, Verdict.REFUTED, Verdict.CONDITIONAL) and item.called:
        message = f"{said} if {item.called[0]} is a factor of what stands in brackets behind it; it may be a function"
        return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)
    if judgement.verdict not in (Verdict.REFUTED, Verdict.CONDITIONAL):
        return judgement
    if hangs_on_sizes(item, judgement):
        again = at_equal_sizes(item, judgement, statement_of(item, options), judge)
    else:
        again = judgement
    if again is None:
        message = f"{judgement.message}, if the sizes are those that were inferred; nothing declares them"
        return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)
    loose = _loose(item, options) or _swapped(item) or _barred(item, options)
    if not loose:
        return _where_positive(item, again, judge)
    message = f"not an identity, and nothing says what {loose[0]} is, on which it hangs"
    return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)


def before_definitions(item: Item, judgement: Judgement, judge: Judging) -> Judgement:
    """Return a judgement that does not rest on what only a later line says of a symbol, or a case that was left.

    The author may take the symbol for anything there.
    """
    if not (item.early or item.weaker) or judgement.verdict not in TRUE:
        return judgement
    scope, resting = without_values(item.scope, item.early)
    weaker = [(key, facts) for key, facts in item.weaker if key in scope.declarations]
    for key, facts in weaker:
        declared = scope.declarations[key]
        scope.declarations[key] = replace(declared, facts=declared.facts - facts)
    if not resting and not weaker:
        return judgement
    again = judge(replace(item, scope=scope, early=frozenset(), weaker=()))
    if again.verdict in TRUE:
        return judgement
    names = sorted(item.early & set(resting)) or [key for key, _ in weaker]
    message = f"true only by what another line says of {', '.join(names)}"
    return Judgement(Verdict.UNDECIDED, "U607", message, notes=judgement.notes)


def _where_positive(item: Item, judgement: Judgement, judge: Judging) -> Judgement:
    """Return a refutation only if it stands where the numbers of which only a use is known are positive, too."""
    scope = item.scope
    numbers = [
        key
        for key in sorted(item.guessed)
        if (found := scope.declarations.get(key)) is not None
        and found.kind is Kind.SCALAR
        and Fact.POSITIVE not in found.facts
    ]
    if judgement.verdict is not Verdict.REFUTED or not numbers:
        return judgement
    for key in numbers:
        scope = scope.with_fact(key, Fact.POSITIVE)
    again = judge(replace(item, scope=scope))
    if again.verdict not in TRUE:
        return judgement
    used = [key for key in numbers if key in f"{item.lhs} {item.rhs}"] or numbers
    condition = r", ".join(used) + r" \in \mathbb{R}_{>0}"
    return replace(
        judgement,
        verdict=Verdict.CONDITIONAL,
        code="A401",
        message=f"false as inferred, true where {condition}",
        condition=condition,
    )


def _swapped(item: Item) -> list[str]:
    """Return symbols whose labels are those of others the other way round: of a correlation they are the same."""
    text = f"{item.lhs} {item.rhs}".replace(" ", "")
    pairs = {key for key in item.guessed if key[-4:-3] == "{" and key[-3:-1].isupper() and key in text}
    return sorted(key for key in pairs if key[:-3] + key[-2] + key[-3] + "}" in pairs - {key})


def _barred(item: Item, options: Options) -> list[str]:
    """Return symbols with a bar beside what stands under it: they may be means of it."""
    statement = statement_of(item, options)
    bars = {key: key[len("\\bar{") :].partition("}")[0] for key in item.guessed if key.startswith("\\bar{")}
    if statement is None or not bars:
        return []
    used = Dependencies(statement.scope.definitions)
    names = used.of(statement.lhs) | used.of(statement.rhs)
    letters = {name.removesuffix(FAMILY).partition("_{")[0] for name in names}
    return sorted(key for key, letter in bars.items() if key in names and letter in letters)


def _loose(item: Item, options: Options) -> list[str]:
    """Return the symbols that occur on one side only, and of which the document may say more than is understood."""
    statement = statement_of(item, options)
    if statement is None:
        return []
    used = Dependencies(statement.scope.definitions)
    left, right = used.of(statement.lhs), used.of(statement.rhs)
    return sorted((left ^ right) & item.loose | (left | right) & item.failed)


def statement_of(item: Item, options: Options) -> Statement | None:
    """Return what a relation states, or None if it cannot be read."""
    assert item.left is not None and item.right is not None
    reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
    try:
        return state(item.left, item.right, item.scope, reading)
    except (Unreadable, Malformed):
        return None
