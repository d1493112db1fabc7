"""One claim to its judgement: identity test, conditions in scope, counterexample, missing condition."""

from __future__ import annotations

from dataclasses import replace

from derive.conditions import Met, candidates, differentiated_by
from derive.exact.domain import NotEvaluable
from derive.exact.equation import Equation
from derive.exact.identity import Test
from derive.exact.sample import Constraints
from derive.exact.witness import search_among, search_near
from derive.expr import Call, MatrixCall
from derive.premises import Premises
from derive.prove import prove
from derive.scope import Condition, Dependencies
from derive.statement import Statement
from derive.tester import Checked
from derive.verdict import Evidence, Judgement, Verdict


class Contradiction(RuntimeError):
    """A claim both proved and refuted: an error of this program, never of the claim."""


MAX_CANDIDATES = 24


class Judge(Premises):
    """Judges statements with one seed."""

    def claim(
        self, statement: Statement, conditions: tuple[Condition, ...] = (), *, try_conditions: bool = True
    ) -> Judgement:
        """Judge a claim under the conditions stated before it."""
        first = self.check(statement)
        if first.agrees:
            return self.accept(statement, first)
        if first.code == "S213":
            return Judgement(
                Verdict.MALFORMED, "S213", f"an index leaves its range: {first.reason}", notes=statement.notes
            )
        if all(statement.one_sided):
            return self._one_sided(statement, first)
        applicable = self.applicable(statement, conditions)
        if applicable:
            return self._under_conditions(statement, applicable, first)
        if first.holds is False:
            return self._false(statement, first, try_conditions)
        return Judgement(Verdict.UNDECIDED, first.code, first.reason, notes=statement.notes)

    def accept(self, statement: Statement, checked: Checked, given: tuple[Condition, ...] = ()) -> Judgement:
        """Answer a claim that passed the identity test, be it at too few sizes: proved, if a certificate is found."""
        names = tuple(condition.text for condition in given)
        certificate = prove(statement, given)
        if certificate is None and not checked.holds:
            return Judgement(Verdict.UNDECIDED, checked.code, checked.reason, given=names, notes=statement.notes)
        if certificate is None:
            return Judgement(Verdict.HOLDS, given=names, evidence=checked.evidence, notes=statement.notes)
        evidence = Evidence("certificate", error_bound=0, rules=certificate.rules)
        return Judgement(Verdict.PROVED, given=names, evidence=evidence, notes=statement.notes, certificate=certificate)

    def _under_conditions(self, statement: Statement, conditions: tuple[Condition, ...], first: Checked) -> Judgement:
        met, used, unmet = self.met(statement, conditions)
        if unmet or met.constraints.solved:
            proved = self._proved_from(statement, conditions)
            if proved is not None:
                return proved
        checked = self.check(statement, met) if used else first
        if checked.agrees and used and (not met.constraints.solved or self._is_plain(checked)):
            if not self._can_be_met(statement, tuple(used)):
                message = "it holds in a finite field, but no real point was found that satisfies the conditions"
                return Judgement(Verdict.UNDECIDED, "J501", message, notes=statement.notes)
            if not met.constraints.solved:
                return self.accept(statement, checked, self._needed(statement, used, checked))
            return self._refuted_or_open(
                statement,
                conditions,
                "it follows where what is solved for is determined, but not wherever the conditions are satisfied",
            )
        if used and met.constraints.solved and checked.holds is not False:
            unmet = unmet or used
        if unmet:
            named = ", ".join(dict.fromkeys(f"line {c.line}" if c.line else c.text for c in unmet))
            message = f"not an identity; it may follow from what was assumed before ({named})"
            return self._refuted_or_open(statement, conditions, message)
        if checked.holds is False:
            return self._false(statement, checked, True, met, tuple(condition.text for condition in used))
        return Judgement(Verdict.UNDECIDED, checked.code, checked.reason, notes=statement.notes)

    def _refuted_or_open(self, statement: Statement, conditions: tuple[Condition, ...], message: str) -> Judgement:
        """Refute a claim at a point that satisfies all conditions, or leave it open."""
        refuted = self._refuted_on_solutions(statement, conditions)
        if refuted is not None:
            return self._false(statement, refuted, False, None, tuple(condition.text for condition in conditions))
        return Judgement(Verdict.UNDECIDED, "J501", message, notes=statement.notes)

    def _proved_from(self, statement: Statement, conditions: tuple[Condition, ...]) -> Judgement | None:
        """Answer a claim that is proved to follow from conditions that cannot be met by construction."""
        certificate = prove(statement, conditions)
        if certificate is None:
            return None
        rested_on = tuple(condition for condition in conditions if f"given {condition.text}" in certificate.given)
        if not self._can_be_met(statement, rested_on):
            return None
        names = tuple(dict.fromkeys(condition.text for condition in rested_on))
        evidence = Evidence("certificate", error_bound=0, rules=certificate.rules)
        return Judgement(Verdict.PROVED, given=names, evidence=evidence, notes=statement.notes, certificate=certificate)

    def _refuted_on_solutions(self, statement: Statement, conditions: tuple[Condition, ...]) -> Checked | None:
        """Look for a point that is proved to satisfy all conditions and tells the sides apart."""
        found = search_among(Test(replace(statement.equation(), given=conditions), self.seed))
        test = self._near_solutions(statement, conditions) if found is None else None
        if test is not None:
            found = search_near(test)
        return None if found is None else Checked(False, counterexample=found)

    def _needed(self, statement: Statement, used: list[Condition], checked: Checked) -> tuple[Condition, ...]:
        """Return the conditions without which the claim fails."""
        needed = list(used)
        for condition in used:
            fewer = [other for other in needed if other is not condition]
            met, _, _ = self.met(statement, tuple(fewer))
            if self.check(statement, met, witness=False).holds:
                needed = fewer
        return tuple(needed)

    # -- false claims ------------------------------------------------------------------------------------------

    def _false(
        self,
        statement: Statement,
        checked: Checked,
        try_conditions: bool,
        met: Met | None = None,
        given: tuple[str, ...] = (),
    ) -> Judgement:
        if any(statement.one_sided) and not self._is_constant_side(statement):
            return self._one_sided(statement, checked)
        self._contradicted(statement, met)
        if try_conditions:
            condition = self._missing_condition(statement, met)
            if condition is not None:
                text, evidence = condition
                return Judgement(
                    Verdict.CONDITIONAL,
                    "A401",
                    f"false as declared, true where {text}",
                    given=given,
                    condition=text,
                    counterexample=checked.counterexample,
                    evidence=evidence,
                    notes=statement.notes,
                )
        only = self._only_size(statement, met, checked)
        evidence = Evidence("counterexample", (checked.counterexample.dimensions,) if checked.counterexample else ())
        if only:
            return Judgement(
                Verdict.REFUTED,
                "E310",
                f"true only for {only}",
                given=given,
                counterexample=checked.counterexample,
                evidence=evidence,
                notes=statement.notes,
            )
        return Judgement(
            Verdict.REFUTED,
            "E301",
            "the two sides differ",
            given=given,
            counterexample=checked.counterexample,
            evidence=evidence,
            notes=statement.notes,
        )

    def _contradicted(self, statement: Statement, met: Met | None) -> None:
        """Fail loudly if what was refuted is also proved: one of the two opinions is wrong."""
        certificate = prove(statement, () if met is None else met.given)
        if certificate is not None:
            raise Contradiction(f"proved by {', '.join(certificate.rules)} and refuted: {statement.read_as}")

    def _one_sided(self, statement: Statement, checked: Checked) -> Judgement:
        """Answer a relation that is not true for every value of an index that only one side has."""
        left, right = statement.one_sided
        places = [
            *(f"{left[0]} is free on the left side only" for _ in left[:1]),
            *(f"{right[0]} is free on the right side only" for _ in right[:1]),
        ]
        message = "the index " + " and ".join(places)
        return Judgement(
            Verdict.MALFORMED, "S211", message, counterexample=checked.counterexample, notes=statement.notes
        )

    def _is_constant_side(self, statement: Statement) -> bool:
        """Whether a side has no symbols: ``Σ_k γ_{nk} = 1`` is meant for every n."""
        dependencies = Dependencies(statement.scope.definitions)
        return any(
            all(statement.scope.is_size(name) for name in dependencies.of(side)) and not side.atoms(Call, MatrixCall)
            for side in (statement.lhs, statement.rhs)
        )

    def _missing_condition(self, statement: Statement, met: Met | None) -> tuple[str, Evidence | None] | None:
        dependencies = Dependencies({})
        mentioned = sorted(self._plainly_mentioned(statement, dependencies))
        scope = statement.scope if met is None else met.scope
        constraints = Constraints() if met is None else met.constraints
        variables = frozenset().union(*(differentiated_by(side) for side in (statement.lhs, statement.rhs)))
        for number, candidate in enumerate(candidates(scope, mentioned, variables, constraints)):
            if number >= MAX_CANDIDATES:
                break
            if set(candidate.constraints.makers) & set(constraints.makers) - constraints.idempotents:
                continue
            trial = Met(candidate.scope, constraints.merged(candidate.constraints))
            try:
                checked = self.check(statement, trial, witness=False)
            except NotEvaluable:
                continue
            if checked.holds and self._is_plain(checked):
                return candidate.text, checked.evidence
        return None

    def _plainly_mentioned(self, statement: Statement, dependencies: Dependencies) -> frozenset[str]:
        """Return the symbols that a claim mentions itself and that nothing it mentions is defined by.

        A condition on a symbol would change what is defined by it, too: with a symmetric A, C = |A| A^{-\\top} is
        another C.
        """
        names = dependencies.of(statement.lhs) | dependencies.of(statement.rhs)
        through = Dependencies(statement.scope.definitions)
        defined: set[str] = set()
        for name in names:
            if name.startswith("def:"):
                definition = statement.scope.definitions[name[4:]]
                if not definition.called:
                    defined |= through.of(definition.body)
        return names - defined

    def _is_plain(self, checked: Checked) -> bool:
        """Whether the test under a condition saw more than sizes equal to one."""
        assert checked.evidence is not None
        return any(all(size > 1 for size in assignment.values()) for assignment in checked.evidence.dimensions)

    def _agrees_at(self, equation: Equation, names: list[str], name: str, size: int) -> bool:
        """Whether an equation holds where one size is fixed, whatever the others are."""
        test = Test(equation, self.seed)
        test.pinned = {name: size}
        outcome = test.exact()
        others = [value for tested in outcome.assignments for key, value in tested.items() if key != name]
        return outcome.kind == "agree" and (len(names) == 1 or max(others) > 1)

    def _only_size(self, statement: Statement, met: Met | None, checked: Checked) -> str:
        """Return the size (such as D = 1) under which a false claim is true, or nothing."""
        equation = statement.equation()
        if met is not None:
            equation = replace(equation, scope=met.scope, constraints=met.constraints, given=met.given)
        if checked.outcome is None or not checked.outcome.failing:
            return ""
        names = Test(equation, self.seed).sizes()
        for name in names:
            largest = 0
            while largest < 4 and self._agrees_at(equation, names, name, largest + 1):
                largest += 1
            shown = checked.counterexample.dimensions.get(name, 0) if checked.counterexample else 0
            beyond = (largest + 2, largest + 3)  # (-1)ⁿ = -1 is true for every odd n
            if largest and any(self._agrees_at(equation, names, name, size) for size in beyond):
                continue
            if largest and not 0 < shown <= largest:
                return f"{name} = 1" if largest == 1 else f"{name} ≤ {largest}"
        return ""
