"""Conditions met by construction, and the vocabulary of missing conditions."""

import pytest
from test_statement import stated

from derive.conditions import candidates, meet, relevant, spell
from derive.declarations import declare
from derive.facts import Fact
from derive.given import as_condition
from derive.scope import Dependencies, Scope


def met(text):
    statement = stated(text)
    return meet(as_condition(statement, text), statement.scope)


@pytest.mark.parametrize(
    ("text", "fact"),
    [(r"A = A^\top", Fact.SYMMETRIC), (r"A^\top = A", Fact.SYMMETRIC), (r"A^\top A = I", Fact.ORTHOGONAL)],
)
def test_facts(text, fact):
    assert fact in met(text).scope.declarations["A"].facts


@pytest.mark.parametrize(("text", "name"), [("A^2 = A", "A"), (r"\mathbf{1}^\top x = 1", "x")])
def test_constraints(text, name):
    assert name in met(text).taken()


@pytest.mark.parametrize("text", ["a = 1", "A x = x", "A^2 = I", r"\det A = 1"])
def test_what_is_not_met_by_construction(text):
    assert met(text) is None


def scope(*texts):
    found = Scope()
    for text in texts:
        declare(text, found)
    return found


def offered(found, mentioned, **options):
    return [candidate.text for candidate in candidates(found, mentioned, **options)]


def test_the_weakest_condition_comes_first():
    texts = offered(scope(r"A \in \mathbb{R}^{n \times n}"), ["A"])
    order = [r"\mathbb{S}^{n}", r"\mathrm{O}(n)", r"\mathbb{D}^{n}", r"\mathbb{S}_{++}^{n}"]
    assert [rf"A \in {space}" for space in order] == texts


def test_what_is_declared_is_not_offered_again():
    texts = offered(scope(r"A \in \mathbb{S}_{++}^n", r"a \in \mathbb{R}_{>0}"), ["A", "a"])
    assert not any(r"\mathbb{S}" in text or ">0" in text for text in texts)


def test_what_is_differentiated_by_stays_free():
    texts = offered(scope(r"A \in \mathbb{R}^{n \times n}"), ["A"], variables=frozenset("A"))
    assert not any(r"\mathrm{O}" in text or r"\mathbb{D}" in text for text in texts)


def test_pairs_and_sums_and_signs():
    found = scope(r"A, B \in \mathbb{R}^{n \times n}", r"t \in \mathbb{R}", r"\pi_k \in \mathbb{R}, k = 1, \dots, K")
    texts = offered(found, ["A", "B", "t", r"\pi_{·}"])
    assert {"A B = B A", r"t \in \mathbb{R}_{>0}", r"\sum_{k=1}^{K} \pi_{k} = 1"} <= set(texts)


def test_families_are_spelled_with_their_indices():
    found = scope(r"\pi_k \in \mathbb{R}, k = 1, \dots, K")
    assert spell(found.declarations[r"\pi_{·}"]) == r"\pi_{k}"


def test_relevance():
    statement = stated(r"A^\top = A")
    condition = as_condition(statement, "…")
    dependencies = Dependencies({})
    assert relevant(condition, frozenset("A"), dependencies, statement.scope)
    assert not relevant(condition, frozenset(("x", "n")), dependencies, statement.scope)
