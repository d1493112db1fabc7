"""Every equation that the kernel remembers while it works on a claim, true or false, is true in floating point."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numeric_oracle import statements
from term_oracle import TermOracle, Undefined, has_derivative

from derive.encode import Encoder, NotEncodable
from derive.kernel import Rejected, TooMuchWork
from derive.normal.search import Finder
from derive.polynomial import sum_term
from derive.prove import Attempt
from derive.tokens import Unreadable
from derive.typed import Malformed

CORPUS = Path(__file__).parent.parent / "corpus"
EXACT, BY_DIFFERENCES = 1e-6, 1e-3
MOST_LETTERS = 6000
"""Terms that are longer are left out: they are sums of what is looked at anyway."""


def records(name):
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def attempts(record):
    """Yield kernels that worked on a claim."""
    try:
        found, _ = next(statements(record))
    except (Unreadable, Malformed):
        return
    for statement in found:
        encoder = Encoder(statement.scope, statement.free, statement.varying)
        try:
            lhs, rhs = encoder.encode(statement.lhs), encoder.encode(statement.rhs)
        except NotEncodable:
            continue
        keys = lhs.key + rhs.key
        for by_entries in (False, True) if "(e " in keys else (False,):
            attempt = Attempt(encoder.facts, Finder(by_entries, jacobian="(jac " in keys))
            with suppress(Rejected, TooMuchWork, RecursionError):
                attempt.difference(lhs, rhs)
            yield attempt


def equations(attempt):
    for kernel in (attempt, attempt.raw):
        for known in (kernel.memo, kernel.answers):
            for term, poly in known.items():
                if poly is not None and term.op not in ("var", "true", "cond") and len(term.key) < MOST_LETTERS:
                    yield term, sum_term(poly, term.shape)


def faults(record, seeds):
    """Yield the equations that are false at a point."""
    for attempt in attempts(record):
        for seed in seeds:
            oracle = TermOracle(attempt.facts, seed)
            for term, canonical in equations(attempt):
                if term != canonical and not agree(oracle, term, canonical):
                    yield record["id"], seed, f"{term} is not {canonical}"


def agree(oracle, term, canonical):
    assert term.shape == canonical.shape
    try:
        left, right = oracle.value(term), oracle.value(canonical)
    except Undefined:
        return True
    tolerance = BY_DIFFERENCES if has_derivative(term) or has_derivative(canonical) else EXACT
    return np.shape(left) == np.shape(right) and np.max(abs(left - right)) <= tolerance * (1 + np.max(abs(left)))


def test_equations_of_the_kernel_on_claims():
    assert [fault for record in records("dev.jsonl")[::2] for fault in faults(record, (1,))] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", (1, 2, 3, 4))
def test_equations_of_the_kernel_on_all_claims(seed):
    everything = records("dev.jsonl") + records("attacks.jsonl")
    assert [fault for record in everything for fault in faults(record, (seed,))] == []
