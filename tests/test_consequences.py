"""What follows from what is given: uses of hypotheses in contexts, and uses that would be wrong."""

import json

import pytest

from derive.certificate import Certificate, from_json, replay
from derive.claims import check_record
from derive.hypotheses import Hypothesis, free_indices_of, matched, rewritten
from derive.kernel import HOLE, Rejected, Use
from derive.options import Options
from derive.term import ONE, make, number, size

N, M, K = size("n"), size("m"), size("K")
A, B, X = (make("M", name, N, N) for name in "ABX")
a, b, c = (make("s", name) for name in "abc")
HOLE_NUMBER = make("s", HOLE)
HOLE_MATRIX = make("M", HOLE, N, N)
TRUE = make("true")


def answer(claim, declare, given=()):
    record = {"id": 1, "declare": list(declare), "given": list(given), "claim": claim}
    return check_record(json.dumps(record), Options())


SQUARE = (
    r"A \in \mathbb{R}^{n \times n}",
    r"X \in \mathbb{R}^{n \times n}",
    r"P \in \mathrm{GL}(n)",
    r"b \in \mathbb{R}^n",
    r"x \in \mathbb{R}^n",
    r"a \in \mathbb{R}",
    r"c \in \mathbb{R}_{>0}",
    r"t \in \mathbb{R}",
)
FAMILIES = (
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
    r"m_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"S_k \in \mathbb{S}_{++}^D, k = 1, \dots, K",
    r"r_{nk} \in \mathbb{R}_{>0}, n = 1, \dots, N, k = 1, \dots, K",
    r"w_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"\lambda \in \mathbb{R}",
)

FOLLOWS = {
    "a linear system": (r"P x = b", "x = P^{-1} b", SQUARE),
    "from the right": (r"X P = A", "X = A P^{-1}", SQUARE),
    "from both sides": (r"P X P = A", "X = P^{-1} A P^{-1}", SQUARE),
    "by the inverse": (r"P^{-1} x = b", "x = P b", SQUARE),
    "a positive factor": (r"c t = a", r"t = \frac{a}{c}", SQUARE),
    "in a quadratic form": (r"P x = b", r"x^\top P^\top P x = b^\top b", SQUARE),
    "in a trace": (r"A X = I", r"\operatorname{tr}(X A P X A) = \operatorname{tr}(X A P)", SQUARE),
    "the transpose": (r"A X = P", r"X^\top A^\top = P^\top", SQUARE),
    "normal equations": (r"P^\top (P x - b) = 0", r"x = P^{-1} b", SQUARE),
    "a weighted mean": (
        r"\sum_{n=1}^N r_{nk} S_k^{-1} (x_n - m_k) = 0",
        r"m_k = \frac{\sum_{n=1}^N r_{nk} x_n}{\sum_{n=1}^N r_{nk}}",
        FAMILIES,
    ),
    "a weighted covariance": (
        r"\sum_{n=1}^N r_{nk} (S_k^{-1} (x_n - m_k) (x_n - m_k)^\top S_k^{-1} - S_k^{-1}) = 0",
        r"S_k = \frac{\sum_{n=1}^N r_{nk} (x_n - m_k) (x_n - m_k)^\top}{\sum_{n=1}^N r_{nk}}",
        FAMILIES,
    ),
}


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_follows_is_proved_and_names_its_condition(name):
    given, claim, declare = FOLLOWS[name]
    said = answer(claim, declare, [given])
    assert said["verdict"] == "proved", said["message"]
    assert said["given"] == [given]


def test_a_multiplier_is_found_by_summing_over_the_index():
    given = [
        r"\sum_{k=1}^K w_k = 1",
        r"\sum_{k=1}^K r_{nk} = 1",
        r"\frac{1}{w_k} \sum_{n=1}^N r_{nk} + \lambda = 0",
    ]
    for claim in (r"\lambda = -N", r"w_k = \frac{1}{N} \sum_{n=1}^N r_{nk}"):
        said = answer(claim, FAMILIES, given)
        assert said["verdict"] == "proved" and said["given"] == given
    assert answer(r"\lambda = N", FAMILIES, given)["verdict"] == "refuted"


NOT_FOLLOWING = {
    "a factor that may be zero": (r"a t = 0", "t = 0", SQUARE),
    "a matrix that may be singular": (r"A x = 0", "x = 0", SQUARE),
    "the wrong side": (r"X P = A", "X = P^{-1} A", SQUARE),
    "a lost inverse": (r"P x = b", "x = P b", SQUARE),
    "a sum without its weights": (
        r"\sum_{n=1}^N r_{nk} (x_n - m_k) = 0",
        r"m_k = \frac{1}{N} \sum_{n=1}^N x_n",
        FAMILIES,
    ),
}


@pytest.mark.parametrize("name", NOT_FOLLOWING)
def test_what_does_not_follow_is_not_accepted(name):
    given, claim, declare = NOT_FOLLOWING[name]
    assert answer(claim, declare, [given])["verdict"] in {"refuted", "undecided", "conditional", "malformed"}


def test_what_is_known_at_a_point_says_nothing_of_derivatives():
    said = answer(r"\frac{\partial}{\partial a} (a t) = 0", SQUARE, ["a = 3"])
    assert said["verdict"] not in {"proved", "holds"}
    assert answer(r"a t = 3 t", SQUARE, ["a = 3"])["verdict"] == "proved"


def test_nothing_follows_from_conditions_that_cannot_be_met():
    assert answer("a = t", SQUARE, ["a = 1", "a = 2"])["verdict"] not in {"proved", "holds"}
    assert answer(r"\frac{1}{a} = t", SQUARE, ["a = 0"])["verdict"] not in {"proved", "holds"}


# -- certificates ------------------------------------------------------------------------------------------------

FACTS = {name: frozenset() for name in ("A", "B", "X", "a", "b", "c")}


def test_a_use_of_a_hypothesis_replays_and_survives_json():
    use = Use("h", {}, make("@", A, HOLE_MATRIX, B))
    certificate = Certificate(
        make("@", A, X, B), make("@", A, B), FACTS, {}, given={"h": (X, make("I", N))}, uses=(use,)
    )
    replay(certificate)
    again = from_json(json.loads(json.dumps(certificate.data)))
    assert again.data == certificate.data
    replay(again)
    with pytest.raises(Rejected, match="is left"):
        replay(Certificate(make("@", A, X, B), make("@", A, B), FACTS, {}, given={"h": (X, make("I", N))}))


def index(name, upper):
    return make("ix", name, ONE, upper)


def summed(name, upper, body):
    return make("sum", index(name, upper), TRUE, body)


I_N, I_M = index("i", N), index("i", M)
AT_I = make("m", "v", I_N)


def gradient_of_hole():
    return make("grad", make("*", HOLE_NUMBER, a), a)


FORGED = {
    "what is not given": (a, b, Use("g", {}, HOLE_NUMBER), (a, b), "not given"),
    "another shape": (a, b, Use("h", {}, HOLE_MATRIX), (A, B), "another shape"),
    "under a derivative": (
        make("grad", make("*", a, a), a),
        make("grad", make("*", b, a), a),
        Use("h", {}, gradient_of_hole()),
        (a, b),
        "derivative",
    ),
    "divided by what may be zero": (
        make("*", a, make("^", c, number(-1))),
        make("*", b, make("^", c, number(-1))),
        Use("h", {}, make("*", HOLE_NUMBER, make("^", a, number(-1)))),
        (a, b),
        "not shown to be nonzero",
    ),
    "an index of another range": (
        summed("i", M, AT_I),
        number(0),
        Use("h", {}, summed("i", M, HOLE_NUMBER)),
        (AT_I, number(0)),
        "range",
    ),
    "an index that is none of it": (a, b, Use("h", {"j": I_N}, HOLE_NUMBER), (a, b), "no index"),
    "an index set to one of another range": (a, b, Use("h", {"i": I_M}, HOLE_NUMBER), (AT_I, number(0)), "no index"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_uses_are_rejected_for_the_right_reason(name):
    lhs, rhs, use, hypothesis, reason = FORGED[name]
    facts = {**FACTS, "v": frozenset()}
    with pytest.raises(Rejected, match=reason):
        replay(Certificate(lhs, rhs, facts, {}, given={"h": hypothesis}, uses=(use,)))


# -- matching ----------------------------------------------------------------------------------------------------


def test_free_indices_are_those_that_no_sum_binds():
    assert free_indices_of(AT_I) == (I_N,)
    assert free_indices_of(summed("i", N, AT_I)) == ()


def test_a_member_matches_its_family():
    other = index("j", N)
    assert matched(AT_I, make("m", "v", other), (I_N,)) == {"i": other}
    assert matched(AT_I, make("m", "v", index("j", M)), (I_N,)) is None
    assert matched(AT_I, make("m", "w", other), (I_N,)) is None


def test_a_definition_is_used_wherever_its_left_side_stands():
    hypothesis = Hypothesis("h", AT_I, number(1), (I_N,))
    term = make("+", make("m", "v", index("j", N)), make("m", "v", index("k", N)))
    assert {use.indices["i"].args[0] for use in rewritten(term, hypothesis, AT_I)} == {"j", "k"}
