"""Certificates: plain data that replay, and do not when they are forged or damaged."""

import copy
import json
import random
from pathlib import Path

import numpy as np
import pytest
from numeric_oracle import statements
from term_oracle import TermOracle, Undefined, has_derivative

from derive.axioms import Family, axiom
from derive.certificate import Certificate, from_json, replay
from derive.kernel import Kernel, Rejected, Step
from derive.prove import prove, prove_terms
from derive.term import ONE, Term, make, number, size

CORPUS = Path(__file__).parent / "corpus"
N = size("n")
A, B, X = (make("M", name, N, N) for name in "ABX")
S = make("M", "S", N, N)
A_INVERSE = make("inv", A)
a, b = make("s", "a"), make("s", "b")


def records(name):
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def proofs():
    for record in records("dev.jsonl"):
        if record["expect"] != "true" or "Rightarrow" in record["claim"] or "implies" in record["claim"]:
            continue
        found, conditions = next(statements(record))
        for statement in found:
            certificate = prove(statement, conditions)
            if certificate is not None:
                yield record["id"], certificate


@pytest.fixture(scope="module")
def proved():
    found = list(proofs())
    assert len(found) > 150
    return found


def test_certificates_survive_json(proved):
    for name, certificate in proved:
        again = from_json(json.loads(json.dumps(certificate.data)))
        assert again.data == certificate.data, name
        replay(again)


def test_every_step_is_true_in_floating_point(proved):
    looked_at = set()
    for name, certificate in proved:
        oracle = TermOracle(certificate.facts, seed=5)
        for step in certificate.steps.values():
            if step.rule in certificate.given:
                continue
            instance = axiom(step.rule).instance(step.given)
            try:
                left, right = oracle.value(instance.lhs), oracle.value(instance.rhs)
            except Undefined:
                continue
            looked_at.add(step.rule)
            tolerance = 1e-3 if has_derivative(instance.lhs) else 1e-6
            assert np.max(abs(left - right)) <= tolerance * (1 + np.max(abs(left))), (name, step.rule)
    assert len(looked_at) > 80


def test_a_certificate_is_for_its_claim_only(proved):
    """With twice the left side instead, no certificate replays, but for sides that are zero."""
    for name, certificate in proved:
        lhs = certificate.lhs
        twice = Term("*" if lhs.shape is None else ".", (number(2), lhs))
        forged = Certificate(twice, certificate.rhs, certificate.facts, certificate.steps, certificate.multipliers)
        if certificate.given:
            continue
        oracle = TermOracle(certificate.facts, seed=3)
        try:
            if np.max(abs(oracle.value(lhs))) < 1e-6:
                continue
        except Undefined:
            continue
        with pytest.raises(Rejected):
            replay(forged)
        assert name


def test_certificates_without_their_facts_are_rejected(proved):
    """What rests on a declared property does not replay without it."""
    rejected = 0
    for _, certificate in proved:
        bare = {name: frozenset() for name in certificate.facts}
        try:
            replay(Certificate(certificate.lhs, certificate.rhs, bare, certificate.steps, certificate.multipliers))
        except Rejected:
            rejected += 1
    assert rejected > 20


FACTS = {"A": frozenset(), "B": frozenset(), "S": frozenset(("symmetric",))}


def forged(lhs, rhs, *steps, facts=FACTS, **more):
    return Certificate(lhs, rhs, facts, {at.key: step for at, step in steps}, **more)


AT = make("t", A)
PRODUCT = make("@", A, B)
FORGERIES = {
    "no rule": (forged(AT, A, (AT, Step("transpose-is-nothing", {"A": A}))), "no rule"),
    "another term": (forged(AT, A, (AT, Step("transpose-of-symmetric", {"A": S}))), "does not speak of"),
    "condition": (forged(AT, A, (AT, Step("transpose-of-symmetric", {"A": A}))), "needs A to be symmetric"),
    "letter missing": (forged(AT, A, (AT, Step("transpose-of-symmetric", {}))), "A"),
    "letter of another shape": (
        forged(AT, A, (AT, Step("transpose-of-symmetric", {"A": make("M", "v", N, size(1))}))),
        "sizes do not fit",
    ),
    "nothing to rewrite": (forged(PRODUCT, make("@", B, A)), "is left"),
    "inverse of what may be singular": (
        forged(make("@", A, A_INVERSE), make("I", N), multipliers=(("left", make("+", A, B)),)),
        "not shown to be invertible",
    ),
    "multiplied by zero": (
        forged(a, b, multipliers=(("times", number(0)),)),
        "not shown to be invertible",
    ),
    "multiplied by what may be zero": (forged(a, b, multipliers=(("times", a),)), "not shown to be invertible"),
    "side of no name": (forged(a, b, multipliers=(("above", number(1)),)), "above"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_certificates_are_rejected_for_the_right_reason(name):
    certificate, reason = FORGERIES[name]
    with pytest.raises(Rejected, match=reason):
        replay(certificate)


def damaged(data, rng):
    """Return a copy of the data with one value replaced, removed or moved."""
    data = copy.deepcopy(data)
    places = []

    def walk(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(data)
    node, key = rng.choice(places)
    change = rng.randrange(4)
    if change == 0:
        del node[key]
    elif change == 1:
        node[key] = rng.choice(
            [None, True, -1, 10**9, 0.5, "", "A", "x" * 3000, [], {}, ["s", "q"], ["inv", ["s", "q"]]]
        )
    elif change == 2:
        other, place = rng.choice(places)
        node[key] = copy.deepcopy(other[place])
    else:
        other, place = rng.choice(places)
        node[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(node[key])
    return data


def outcome(data):
    try:
        certificate = from_json(data)
    except Rejected:
        return None
    try:
        replay(certificate)
    except Rejected:
        return None
    return certificate


def test_damaged_certificates_are_rejected_or_prove_something_true(proved):
    rng = random.Random(1)
    survivors = 0
    for _, certificate in proved[::3]:
        for _ in range(6):
            found = outcome(damaged(certificate.data, rng))
            if found is None or found.given:
                continue
            survivors += 1
            oracle = TermOracle(found.facts, seed=7)
            try:
                left, right = oracle.value(found.lhs), oracle.value(found.rhs)
            except (Undefined, ValueError, AttributeError, KeyError):
                continue
            assert np.shape(left) == np.shape(right)
            assert np.max(abs(left - right)) <= 1e-3 * (1 + np.max(abs(left))), found.data
    assert survivors


@pytest.mark.parametrize(
    "data", (None, [], 3, "x", {}, {"schema": "derive.certificate/2"}, {"schema": "derive.certificate/1"})
)
def test_data_that_are_no_certificate(data):
    with pytest.raises(Rejected):
        from_json(data)


def test_steps_that_do_not_end_are_stopped():
    """Sums that are exchanged again and again are stopped by the kernel's budget."""
    rows, columns = (make("ix", name, ONE, upper) for name, upper in (("i", N), ("j", size("m"))))
    true = make("true")
    facts = {"r": frozenset()}
    member = make("m", "r", rows, columns)
    sums = [
        Kernel(facts).canon(make("sum", outer, true, make("sum", inner, true, member)))
        for outer, inner in ((rows, columns), (columns, rows))
    ]
    steps = [
        (
            total,
            Step("exchange-of-sums", {"a_{·}": Family((total.args[0], total.args[2].args[0]), total.args[2].args[2])}),
        )
        for total in sums
    ]
    replay(forged(sums[0], sums[1], steps[0], facts=facts))
    with pytest.raises(Rejected, match=r"do not come to an end|nested too deeply"):
        replay(forged(sums[0], number(0), *steps, facts=facts))


def test_proofs_of_terms():
    certificate = prove_terms(make("t", PRODUCT), make("@", make("t", B), make("t", A)), FACTS)
    assert certificate is not None and certificate.rules == ("transpose-of-product",)
    assert prove_terms(make("t", PRODUCT), make("@", make("t", A), make("t", B)), FACTS) is None
