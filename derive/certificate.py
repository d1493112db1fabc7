"""Certificates: a claim and the steps that prove it, as plain data; and their replay.

A certificate says which symbols have which properties, the two sides of the claim, what the difference of the sides is
multiplied by (if anything), and for each term that is rewritten the rule and the values of its letters. `replay` knows
nothing of how it was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derive.axioms import Family
from derive.kernel import HOLE, Kernel, Rejected, Step, TooMuchWork, Use
from derive.term import Term, from_data
from derive.views import Shown

SCHEMA = "derive.certificate/1"


@dataclass(frozen=True)
class Certificate(Shown):
    """A claim with its proof.

    Parameters
    ----------
    lhs, rhs
        The two sides.
    facts
        What is known of each symbol.
    steps
        The step for each term that is rewritten, by the key of the term.
    multipliers
        What the difference is multiplied by: ("left" | "right" | "times", term).
    given
        Hypotheses by name, as equations.
    uses
        Contexts in which hypotheses are subtracted from the difference.
    """

    lhs: Term
    rhs: Term
    facts: Mapping[str, frozenset[str]]
    steps: Mapping[str, Step]
    multipliers: tuple[tuple[str, Term], ...] = ()
    given: Mapping[str, tuple[Term, Term]] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules used, each once, in the order of their first use."""
        return tuple(dict.fromkeys(step.rule for step in self.steps.values()))

    @property
    def data(self) -> dict[str, Any]:
        """The certificate as plain data for JSON."""
        return {
            "schema": SCHEMA,
            "facts": {name: sorted(facts) for name, facts in sorted(self.facts.items()) if facts},
            "given": {name: [lhs.data, rhs.data] for name, (lhs, rhs) in self.given.items()},
            "lhs": self.lhs.data,
            "rhs": self.rhs.data,
            "multiply": [[side, term.data] for side, term in self.multipliers],
            "steps": [{"at": at, **_step_data(step)} for at, step in self.steps.items()],
            "uses": [
                {"given": use.name, "with": {name: ix.data for name, ix in use.indices.items()}, "in": use.context.data}
                for use in self.uses
            ],
        }


def replay(certificate: Certificate) -> None:
    """Check a certificate.

    Raises
    ------
    Rejected
        If it does not prove its claim; the message says why.
    """
    steps = certificate.steps
    if certificate.lhs.shape != certificate.rhs.shape:
        raise Rejected("the two sides are not of one shape")
    _reserved(certificate)
    kernel = Kernel(certificate.facts, lambda question: steps.get(question.key), certificate.given)
    try:
        left = kernel.difference(certificate.lhs, certificate.rhs, certificate.multipliers, certificate.uses)
    except TooMuchWork:
        raise Rejected("the steps do not come to an end within the kernel's budget") from None
    except RecursionError:
        raise Rejected("the terms are nested too deeply") from None
    except (AttributeError, TypeError, ValueError, IndexError, KeyError) as problem:
        raise Rejected(f"the certificate is damaged: {problem}") from problem
    if left:
        rest = kernel.term(left, certificate.lhs.shape)
        raise Rejected(f"the steps do not make the two sides equal: {str(rest)[:120]} is left")


def _reserved(certificate: Certificate) -> None:
    """Reject names that the kernel gives itself."""
    sides = [certificate.lhs, certificate.rhs, *(side for pair in certificate.given.values() for side in pair)]
    if HOLE in certificate.facts or any(HOLE in side.names for side in sides):
        raise Rejected(f"{HOLE} stands in a claim; it is the place of a hypothesis in its context")
    if any("(ix ~" in term.key for term in (*sides, *(use.context for use in certificate.uses))):
        raise Rejected("an index has a name that the kernel gives to free ones")


def from_json(data: Any) -> Certificate:
    """Read a certificate from its plain data.

    Raises
    ------
    Rejected
        If the data are not a certificate.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Rejected(f"a certificate of schema {SCHEMA} was expected")
    try:
        return Certificate(
            from_data(data["lhs"]),
            from_data(data["rhs"]),
            {str(name): frozenset(map(str, facts)) for name, facts in data["facts"].items()},
            {str(entry["at"]): _step(entry) for entry in data["steps"]},
            tuple((str(side), from_data(term)) for side, term in data["multiply"]),
            {str(name): (from_data(lhs), from_data(rhs)) for name, (lhs, rhs) in data["given"].items()},
            tuple(map(_use, data["uses"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise Rejected(f"the certificate is damaged: {problem}") from problem


def _step_data(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"rule": step.rule, "with": {name: _value_data(v) for name, v in step.given.items()}}
    if step.left:
        found["left"] = [letter.data for letter in step.left]
    if step.right:
        found["right"] = [letter.data for letter in step.right]
    if step.times:
        found["times"] = [[base.data, e.data if isinstance(e, Term) else str(e)] for base, e in step.times]
    return found


def _value_data(value: Any) -> Any:
    if isinstance(value, Term):
        return value.data
    if isinstance(value, Family):
        return {"indices": [index.data for index in value.indices], "body": value.body.data}
    name, order, *shape = value
    return {"function": name, "order": order, "shape": [[[list(names), n] for names, n in size] for size in shape]}


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(
        str(entry["rule"]),
        {str(name): _value(value) for name, value in entry["with"].items()},
        tuple(map(from_data, entry.get("left", ()))),
        tuple(map(from_data, entry.get("right", ()))),
        tuple(
            (from_data(base), from_data(e) if isinstance(e, list) else Fraction(e))
            for base, e in entry.get("times", ())
        ),
    )


def _use(entry: Mapping[str, Any]) -> Use:
    indices = {str(name): from_data(index) for name, index in entry["with"].items()}
    return Use(str(entry["given"]), indices, from_data(entry["in"]))


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return from_data(value)
    if "body" in value:
        return Family(tuple(map(from_data, value["indices"])), from_data(value["body"]))
    shape = (tuple((tuple(map(str, names)), int(n)) for names, n in size) for size in value["shape"])
    return (str(value["function"]), int(value["order"]), *shape)
