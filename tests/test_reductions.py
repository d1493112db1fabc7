"""Sums whose terms do not use their index."""

import json

import pytest
from undeclared import answers, verdict

from derive.checking import check_text
from derive.claims import check_record
from derive.options import Options
from derive.verdict import Verdict

NUMBERS = "Let $x_i$ be numbers, $i = 1, \\dots, n$.\n\n"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\sum_{i=1}^n (x_i - a)^2 = \sum_{i=1}^n x_i^2 - 2 a \sum_{i=1}^n x_i + \sum_{i=1}^n a^2", "true"),
        (r"\frac{1}{n} \sum_{i=1}^n (a b + x_i) = a b + \frac{1}{n} \sum_{i=1}^n x_i", "true"),
        (r"\frac{1}{n} \sum_{i=1}^n a b + \sum_{i=1}^n x_i = a b + \sum_{i=1}^n x_i", "true"),
        (r"\left( \prod_{i=1}^n a \right) \prod_{i=1}^n x_i = a^n \prod_{i=1}^n x_i", "true"),
        (r"\prod_{i=1}^n a x_i \cdot b = b a^n \prod_{i=1}^n x_i", "true"),
        (r"\prod_{i=1}^n x_i \prod_{i=1}^n a = a^n \prod_{i=1}^n x_i", "true"),
        (r"\prod_{i=1}^n x_i \cdot b = b^n \prod_{i=1}^n x_i", "undecided"),
        (r"\sum_{i=1}^n (x_i - a)^2 = \sum_{i=1}^n x_i^2 - 2 a \sum_{i=1}^n x_i + \sum_{i=1}^n a", "malformed"),
        (r"\sum_{i=1}^n (x_i - a) = \sum_{i=1}^n x_i - \sum_i a", "malformed"),
    ],
)
def test_equal_terms_where_nothing_is_declared(claim, expected):
    found = verdict(f"{NUMBERS}$${claim}$$")
    assert ("true" if found in ("proved", "holds") else found) == expected


def test_where_symbols_are_declared_an_index_is_to_be_used():
    record = {
        "declare": [r"x_i \in \mathbb{R}, i = 1, \dots, n", r"a \in \mathbb{R}"],
        "claim": r"\sum_{i=1}^n (x_i - a) = \sum_{i=1}^n x_i - \sum_{i=1}^n a",
    }
    assert check_record(json.dumps(record), Options(repair=False))["code"] == "S210"


def test_an_index_in_the_name_of_a_density_is_no_unused_one():
    text = "The observations $y_1, \\dots, y_n$ are independent.\n\n$$p(y|\\lambda) = \\prod_{i=1}^n p(y_i|\\lambda)$$"
    (report,) = answers("text.md", text).values()
    assert report.judgement.verdict.value not in ("malformed", "refuted")


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\sum_{i=1}^n \sum_{j=1}^k 1 = n k", {"proved", "holds"}),
        (r"\sum_{i=1}^n \sum_{j=1}^i 1 = \frac{n (n + 1)}{2}", {"proved", "holds"}),
        (r"\sum_{i=1}^n \sum_{j=1}^n 1 = n^3", {"refuted"}),
        (r"\prod_{i=1}^n \prod_{j=1}^k 2 = 2^{n k}", {"proved", "holds"}),
        (r"\sum_{i=1}^n \sum_{j=1}^n x_j = n \sum_{j=1}^n x_j", {"malformed"}),
    ],
)
def test_sums_of_numbers_count(claim, verdicts):
    record = {"declare": [r"x_i \in \mathbb{R}, i = 1, \dots, n", r"n, k \in \mathbb{N}"], "claim": claim}
    assert check_record(json.dumps(record), Options(repair=False))["verdict"] in verdicts


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\sum_{i=1}^n -2 (x_i - a) = -2 \sum_{i=1}^n (x_i - a)", {"proved"}),
        (r"\sum_{i=1}^n - x_i + a = a - \sum_{i=1}^n x_i", {"proved"}),
        (r"\prod_{i=1}^n -x_i = (-1)^n \prod_{i=1}^n x_i", {"proved", "holds"}),
        (r"\sum_{i=1}^n -x_i = \sum_{i=1}^n x_i", {"refuted"}),
    ],
)
def test_a_minus_behind_the_sign_belongs_to_the_summand(claim, verdicts):
    record = {"declare": [r"x_i \in \mathbb{R}, i = 1, \dots, n", r"a \in \mathbb{R}"], "claim": claim}
    assert check_record(json.dumps(record), Options(repair=False))["verdict"] in verdicts


def test_the_condition_of_an_inner_sum_uses_an_outer_index():
    declared = r"Let $z_i \in \mathbb{R}$ for $i = 1, \dots, N$. "
    claim = r"\sum_{i=1}^N \sum_{j \ne i} z_j = %s \sum_i z_i"
    assert check_text(f"{declared}$${claim % '(N - 1)'}$$")[-1].judgement.verdict is Verdict.HOLDS
    assert check_text(f"{declared}$${claim % 'N'}$$")[-1].judgement.verdict is Verdict.REFUTED
