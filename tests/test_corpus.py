"""Labelled claims: none accepted wrongly, none refuted wrongly, nearly all judged right."""

import json
from functools import partial
from pathlib import Path

import pytest
from grading import assert_share, assert_sound

from derive import checking, pool

PUBLIC = {"id", "declare", "given", "claim", "layout", "symmetric_derivative", "dims"}
LIMIT = 5.0
LEAST_RIGHT = {"dev.jsonl": 0.93, "attacks.jsonl": 0.89}


def answers_to(path):
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = [json.dumps({key: record[key] for key in record.keys() & PUBLIC}) for record in records]
    judge = partial(checking.check_record, options=checking.Options(repair=False))
    answers = list(pool.stream(lines, judge, checking.late_record, timeout=LIMIT, jobs=2))
    assert [answer["id"] for answer in answers] == [record["id"] for record in records]
    return [
        (record["id"], record["expect"], answer["verdict"], f"{record['claim'][:110]} — {answer.get('message')}")
        for record, answer in zip(records, answers, strict=True)
    ]


@pytest.mark.parametrize("name", sorted(LEAST_RIGHT))
def test_none_is_judged_wrongly_and_nearly_all_right(name):
    rows = answers_to(Path(__file__).parent / "corpus" / name)
    assert_sound(rows)
    assert_share(rows, LEAST_RIGHT[name])
