"""Pages of rules, and claims and certificates as text."""

import json

import pytest

from derive.certificate import from_json
from derive.options import Options
from derive.proofs import claim_text, fact_texts, prove_line, replay_text
from derive.rules import CATALOGUE, CHAPTERS, source
from derive.rules_page import close_names, listing, needed, page, without

SQUARE = [r"A, B \in \mathbb{R}^{n \times n}", r"S \in \mathbb{S}^n", r"x \in \mathbb{R}^n"]


def proved(claim, given=()):
    return prove_line(json.dumps({"declare": SQUARE, "given": list(given), "claim": claim}), Options())["relations"]


# -- rules -------------------------------------------------------------------------------------------------------


def test_the_listing_has_every_rule_once_under_its_chapter():
    chapters = [part.splitlines() for part in listing().split("\n\n")]
    assert [lines[0] for lines in chapters] == [name for name, rules in CHAPTERS.items() if rules]
    for title, *lines in chapters:
        assert [line.split()[0] for line in lines] == [rule.name for rule in CHAPTERS[title]]
        assert all(line.endswith(rule.statement) for line, rule in zip(lines, CHAPTERS[title], strict=True))
        assert len({line.index(rule.statement) for line, rule in zip(lines, CHAPTERS[title], strict=True)}) == 1
    assert sum(len(lines) - 1 for lines in chapters) == len(CATALOGUE)


@pytest.mark.parametrize("name", ["transpose-of-product", "jacobi-formula", "transpose-of-symmetric", "log-of-product"])
def test_a_page_says_what_a_rule_says(name):
    rule = CATALOGUE[name]
    text = page(rule)
    assert text.startswith(f"{name}\n\n    {rule.statement}\n\nwhere {', '.join(rule.declare)}\n")
    assert [line[3:] for line in text.splitlines() if line.startswith("if ")] == list(rule.given)
    assert text.endswith(f"source: {source(name)}\n")


def test_a_condition_is_needed_by_a_point():
    rule = CATALOGUE["transpose-of-symmetric"]
    (condition,) = rule.given
    found = without(rule, condition)
    point = found["counterexample"]
    (matrix,) = point["values"].values()
    assert found["verdict"] in ("refuted", "conditional")
    assert matrix != [list(row) for row in zip(*matrix, strict=True)]  # indeed not symmetric
    said = needed(rule, condition)
    assert said.startswith("it is needed: with ") and json.dumps(matrix) in said


def test_a_condition_is_needed_for_a_meaning():
    rule = CATALOGUE["log-of-product"]
    assert all(needed(rule, condition) == "it is needed for both sides to be defined" for condition in rule.given)


def test_names_that_are_close():
    assert "transpose-of-product" in close_names("transpose-of-produkt")
    assert "jacobi-formula" in close_names("jacobi-formla")
    assert close_names("????") == []


# -- proofs ------------------------------------------------------------------------------------------------------


def test_a_proof_carries_its_certificate():
    (relation,) = proved(r"(A B)^\top = B^\top A^\top")
    assert relation["verdict"] == "proved" and relation["evidence"]["rules"] == ["transpose-of-product"]
    certificate = from_json(json.loads(json.dumps(relation["certificate"])))
    assert claim_text(certificate) == "(A B)ᵀ = Bᵀ Aᵀ"


def test_each_relation_of_a_chain_has_its_own_certificate():
    first, second = proved(r"(A B)^\top = B^\top A^\top = A B")
    assert first["certificate"] is not None
    assert second["certificate"] is None and second["verdict"] in ("refuted", "conditional")


def test_a_claim_that_is_not_understood():
    for line in ("{", json.dumps({"claim": 3}), json.dumps({"claim": r"\frobnicate = 1"})):
        (relation,) = prove_line(line, Options())["relations"]
        assert relation["verdict"] == "unread" and relation["certificate"] is None and relation["message"]


def test_what_a_certificate_takes_for_granted():
    (relation,) = proved(r"S^\top = S")
    assert fact_texts(from_json(relation["certificate"])) == ["S symmetric"]
    (relation,) = proved(r"x^\top A x = 1", given=["A x = x", r"x^\top x = 1"])
    assert fact_texts(from_json(relation["certificate"])) == ["A x = x", "xᵀ x = 1"]


def test_replaying_a_file_of_certificates():
    certificates = [proved(claim)[0]["certificate"] for claim in (r"S^\top = S", r"(A B)^\top = B^\top A^\top")]
    first, second = replay_text(json.dumps(certificates))["results"]
    assert (first["claim"], first["facts"], first["rejected"]) == ("Sᵀ = S", ["S symmetric"], None)
    assert first["rules"] == ["transpose-of-symmetric"] and first["steps"] == 1
    assert (second["claim"], second["facts"], second["rejected"]) == ("(A B)ᵀ = Bᵀ Aᵀ", [], None)
    (alone,) = replay_text(json.dumps(certificates[0]))["results"]
    assert alone == first


def test_a_certificate_for_another_claim_is_rejected():
    (relation,) = proved(r"S^\top = S")
    forged = {**relation["certificate"], "facts": {}}
    (result,) = replay_text(json.dumps(forged))["results"]
    assert result["claim"] == "Sᵀ = S" and "symmetric" in result["rejected"]
    twice = {**relation["certificate"], "rhs": [".", ["#", {"number": "2"}], relation["certificate"]["rhs"]]}
    (result,) = replay_text(json.dumps(twice))["results"]
    assert result["claim"] == "Sᵀ = 2 S" and "is left" in result["rejected"]


@pytest.mark.parametrize(
    "text", ["", "{", "nan", "3", "null", "{}", "[[]]", '"x"', "[" * 100_000, '{"schema": "derive.certificate/1"}']
)
def test_what_is_no_certificate_is_rejected(text):
    (result,) = replay_text(text)["results"]
    assert result["rejected"] and result["claim"] is None and result["steps"] == 0


def test_a_false_claim_about_numbers_has_no_certificate():
    odd, zero, five = ["s", "x) (# 1"], ["#", {"number": "0"}], ["#", {"number": "5"}]

    def side(body):
        return ["at", ["s", "x"], zero, ["at", odd, five, body]]

    lhs, rhs = side(["+", odd]), side(["+", ["s", "x"], ["#", {"number": "1"}]])  # 5, and 0 + 1
    plain = {"facts": {}, "given": {}, "multiply": [], "steps": [], "uses": []}
    (result,) = replay_text(json.dumps({"schema": "derive.certificate/1", "lhs": lhs, "rhs": rhs, **plain}))["results"]
    assert result["rejected"]
