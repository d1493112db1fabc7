"""What a document has stated so far: definitions, assumptions and premises, each of which changes the scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.definitions import Target, define, is_known, target
from derive.given import as_condition
from derive.hats import declare_values, differentiated
from derive.items import Converse, Item, place
from derive.opaque import written
from derive.options import Options
from derive.prose import Prose
from derive.readings import family_reading
from derive.relations import Sign
from derive.scope import Condition, Scope
from derive.source import Excerpt
from derive.statement import Reading, state
from derive.syntax import Derivative, Node, Num
from derive.tokens import OpenValue, Unreadable
from derive.typed import Malformed

GAUSSIAN = frozenset({"N", "\\mathcal{N}", "\\mathrm{N}"})


@dataclass
class Stated:
    """The relations of a document so far, and the scope that they leave behind.

    Attributes
    ----------
    macros : mapping
        Macros of the document.
    options : Options
        Conventions.
    scope : Scope
        What is declared, defined and assumed; it is copied before it changes, so that items keep theirs.
    items : list of Item
        The relations.
    prose : Prose
        The sentence being read.
    judging : bool
        Whether relations are to be judged: those of a preamble are not.
    premises : tuple of Condition
        The left side of an implication, while its right side is read.
    unknowns : frozenset of str
        Symbols that a condition was differentiated by.
    gradients : tuple of (Derivative, str, int)
        The derivative that was stated last, its text and its line, behind those of the same expression before it.
    labelled : set of str
        The left sides of the equations of models that bear a label.
    """

    macros: Mapping[str, Any]
    options: Options
    scope: Scope = field(default_factory=Scope)
    items: list[Item] = field(default_factory=list)
    prose: Prose = field(default_factory=Prose)
    judging: bool = True
    premises: tuple[Condition, ...] = ()
    unknowns: frozenset[str] = frozenset()
    gradients: tuple[tuple[Derivative, str, int], ...] = ()
    labelled: set[str] = field(default_factory=set)

    @property
    def reading(self) -> Reading:
        """Return the conventions for definitions; the layout of claims is tried out later."""
        return Reading(
            "denominator" if self.options.layout == "denominator" else "numerator", self.options.symmetric_derivative
        )

    def add(self, item: Item) -> None:
        """Add a relation to those to judge, unless it is one of a preamble, or an inline one that nobody asked for."""
        if self.judging and (not item.inline or self.options.inline):
            self.items.append(item)

    def add_ranges(self, signs: Sequence[Sign], excerpt: Excerpt) -> None:
        """Add signs that only say where an index runs."""
        for sign in signs:
            self.add(Item("range", sign, excerpt, None, None, "", "", self.scope))

    def is_definition(self, nodes: list[Node | Unreadable], sign: Sign) -> bool:
        """Whether the first two sides of a chain define a symbol."""
        left, right = (nodes[1], nodes[0]) if sign.kind == "define-right" else nodes[:2]
        found = target(left) if isinstance(left, Node) else None
        return found is not None and self.defines(found, sign, 0, right)

    def defines(self, found: Target, sign: Sign, position: int, right: Any) -> bool:
        """Whether an equation defines its left side: by its sign, or because nothing is known of it yet."""
        if sign.kind != "equal":
            return True
        if position > 0 or not isinstance(right, Node):
            return False
        if self._is_density(found):
            return True
        return not is_known(found, self.scope, right)

    def _is_density(self, found: Target) -> bool:
        return (
            found.group is not None
            and found.base.key in GAUSSIAN
            and len(found.group.items) == 3
            and found.base.key not in self.scope.names
            and found.base.key not in self.scope.declarations
            and not found.sub
            and len({str(item) for item in found.group.items}) == 3
        )

    def add_definition(self, found: Target, right: Node, item: Any, sign: Sign) -> None:
        """Define a symbol, or say why that is not possible."""
        if sign.kind == "equal" and self._is_density(found):
            self.add(item("density"))
            return
        before = self.scope
        self.scope = before.copy()
        try:
            define(found, right, self.scope, self.reading)
        except OpenValue:
            self.scope = before
            self.add(item("named"))  # it has a name, and no value that could be used
            return
        except (Unreadable, Malformed) as problem:
            self.scope = before
            self.add(item("definition", problem))
            return
        self.add(item("definition", None, self.scope))

    def add_stationary(
        self, nodes: list[Node | Unreadable], position: int, item: Any, texts: tuple[str, str], role: str
    ) -> None:
        """Take ``E = 0`` as a condition; where E is garbled, what it was said to equal takes its place."""
        read = tuple(node for node in nodes[: position + 1] if isinstance(node, Node))
        self.unknowns |= differentiated(read)
        self.scope = self.scope.copy()
        declare_values(read, self.scope)
        made = item(role)
        statement = None
        for earlier in range(position, -1, -1):
            node = nodes[earlier]
            if isinstance(node, Unreadable):
                continue
            for reading in (node, family_reading(node, self.scope)):
                if reading is None:
                    continue
                try:
                    statement = state(reading, nodes[position + 1], self.scope, self.reading)  # type: ignore[arg-type]
                    break
                except (Unreadable, Malformed):
                    continue
            if statement is not None:
                if earlier != position or reading is not node:
                    made = Item(
                        "assumption",
                        made.sign,
                        made.excerpt,
                        reading,
                        made.right,
                        *texts,
                        self.scope,
                        None,
                        made.words,
                        made.arrow,
                        made.inline,
                    )
                break
        if statement is None:
            left = nodes[position]
            made = item("assumption", left if isinstance(left, Unreadable) else None)
        self.add(made)
        if statement is not None and role == "assumption":
            self._condition(statement, " = ".join(texts), made)

    def add_assumption(self, item: Any, texts: tuple[str, str]) -> None:
        """Take an equation as given."""
        made = item("assumption")
        self.add(made)
        try:
            statement = state(made.left, made.right, self.scope, self.reading)
        except (Unreadable, Malformed):
            return
        self._condition(statement, " = ".join(texts), made)

    def add_labelled(self, item: Any, texts: tuple[str, str], is_rival: bool) -> None:
        """Take the equation of a labelled model as given; a rival says something else of the same left side.

        Nothing is proved from that one, and nothing refuted that follows from it.
        """
        before = self.scope.conditions
        self.add_assumption(item, texts)
        if is_rival:
            added = tuple(condition for condition in self.scope.conditions if condition not in before)
            self.scope = self.scope.copy()
            self.scope.conditions, self.scope.tentative = before, (*self.scope.tentative, *added)

    def _condition(self, statement: Any, text: str, made: Item) -> None:
        line = made.excerpt.source.position(made.sign.span.start)[0]
        try:
            condition = as_condition(statement, text, line)
        except Unreadable:
            return
        self.scope = self.scope.copy()
        self.scope.adopt(statement.scope)
        if self.prose.withdraws():  # drops what was said of the same expression
            self.scope.conditions = tuple(c for c in self.scope.conditions if c.lhs != statement.lhs)
        self.scope.conditions = (*self.scope.conditions, condition)

    def note_gradient(self, node: Node | Unreadable, text: str, line: int) -> None:
        """Take note of the first side of a chain: a derivative may be set to zero, with those of the same before it."""
        if not (isinstance(node, Derivative) and node.order == 1 and len(node.wrt) == 1):
            self.gradients = ()
            return
        before = tuple(
            each for each in self.gradients if written(each[0].body) == written(node.body) and each[1] != text
        )
        self.gradients = (*before, (node, text, line))

    def set_to_zero(self) -> None:
        """Take the derivative that was stated last as zero from here on, or several, or the first: as the text says.

        Nothing is refuted that follows where the others are zero, too: the words may mean them.
        """
        gradients, self.gradients = self.gradients, ()
        chosen = gradients[:1] if self.prose.speaks_of_first() else gradients[-1:]
        if self.prose.speaks_of_several():
            chosen = gradients
        for gradient in chosen:
            if (condition := self._zero(*gradient)) is not None:
                self.scope.conditions = (*self.scope.conditions, condition)
        for gradient in gradients:
            if gradient not in chosen and (condition := self._zero(*gradient)) is not None:
                self.scope.tentative = (*self.scope.tentative, condition)

    def _zero(self, node: Derivative, text: str, line: int) -> Condition | None:
        zero = Num(node.span, Fraction(0))
        try:
            statement = state(node, zero, self.scope, self.reading)
            condition = as_condition(statement, f"{text} = 0", line)
        except (Unreadable, Malformed):
            return None
        self.unknowns |= differentiated(node)
        self.scope = self.scope.copy()
        self.scope.adopt(statement.scope)
        return condition

    def remember(self, items: list[Item]) -> None:
        """Keep what is said inside an implication: what follows from it is not refuted later."""
        self.scope = self.scope.copy()
        for item in items:
            if item.left is None or item.right is None or item.problem is not None or item.role == "assumption":
                continue
            try:
                statement = state(item.left, item.right, item.scope, self.reading)
                condition = as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1])
            except (Unreadable, Malformed):
                continue
            self.scope.adopt(statement.scope)
            self.scope.tentative = (*self.scope.tentative, condition)

    def with_converse(self, item: Item, previous: tuple[Item, tuple[Condition, ...]] | None) -> Item:
        """Return the right side of an equivalence with its converse; ``previous`` is the left side."""
        if previous is None or item.left is None or item.right is None:
            return item
        premise, conditions = previous
        if premise.left is None or premise.right is None:
            return item
        try:
            statement = state(item.left, item.right, item.scope, self.reading)
            condition = as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1])
        except (Unreadable, Malformed):
            return item
        scope = self.scope.copy()
        scope.adopt(statement.scope)
        scope.conditions = (*conditions, condition)
        return replace(item, converse=Converse(premise.left, premise.right, scope))

    def take_premise(self, items: list[Item]) -> None:
        """Remember the left side of an implication: its right side is judged under it, and nothing else is."""
        self.premises = ()
        for item in items[-1:]:
            if (
                item.role not in ("claim", "conclusion")
                or item.left is None
                or item.right is None
                or item.problem is not None
            ):
                continue
            try:
                statement = state(item.left, item.right, item.scope, self.reading)
                self.scope.adopt(statement.scope)
                self.premises = (as_condition(statement, f"{item.lhs} = {item.rhs}", place(item)[1]),)
            except (Unreadable, Malformed):
                continue
