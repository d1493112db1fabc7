"""Strings of a JSON text with their places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.containers.literals import Literal, Pieces, letters, read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\\"/\b\f\n\r\t{}[]:,é😀'))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def written(draw: Any) -> str:
    """Return a JSON text in one of many hands."""
    value = draw(VALUES)
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 0, 1, "\t"])))
    return draw(st.sampled_from(["", " ", "\r\n"])) + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def literals(value: Any) -> list[Literal]:
    """Return the strings of a value, keys left out."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [literal for item in value for literal in literals(item)]
    return [value] if isinstance(value, str) else []


@given(written())
def test_values_are_those_of_the_standard_library(text: str) -> None:
    assert read_json(text) == json.loads(text)


@given(written())
def test_every_string_knows_where_it_stands(text: str) -> None:
    for literal in literals(read_json(text)):
        assert json.loads(text[literal.start - 1 : literal.end + 1]) == literal
        places = letters(text, literal)
        assert [json.loads(f'"{text[start:end]}"') for start, end in places] == list(literal)
        assert "".join(text[start:end] for start, end in places) == text[literal.start : literal.end]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (r'["\ud83d\ude00"]', 1),  # one character of two units
        (r'["\ud83d\u00e9"]', 2),  # half a character and another one
        (r'["\ude00\ud83d"]', 2),
        (r'["\\ud83d\ude00"]', 7),  # a backslash, five letters and half a character
        (r'["\"\/\b\f\n\r\t\\"]', 8),
    ],
)
def test_characters_and_their_escapes(text: str, count: int) -> None:
    (literal,) = read_json(text)
    assert len(literal) == len(letters(text, literal)) == count


@pytest.mark.parametrize("text", ["", "[", '["a]', '["\\x"]', '["\\u12"]', '["a\nb"]', "[1] 2", "{1: 2}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_depth_is_bounded() -> None:
    with pytest.raises(RecursionError):
        read_json("[" * 100_000)


@given(st.data(), st.lists(TEXTS, min_size=1), TEXTS, st.booleans())
def test_a_replaced_range_is_read_again_and_nothing_else_changes(
    data: st.DataObject, parts: list[str], new: str, is_ascii: bool
) -> None:
    text = "".join(parts)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if not text:
        return
    before = json.dumps({"a": parts, "b": ["é", text]}, ensure_ascii=is_ascii)
    value = read_json(before)
    after = before
    for (first, last), piece in reversed(Pieces(before, value["a"]).splices((start, end), new)):
        after = after[:first] + piece + after[last:]
    again = json.loads(after)
    assert "".join(again["a"]) == text[:start] + new + text[end:]
    assert again["b"] == ["é", text] and len(again["a"]) == len(parts)
    assert after.isascii() or not is_ascii
    unchanged = [
        k for k, part in enumerate(parts) if sum(map(len, parts[: k + 1])) < start or sum(map(len, parts[:k])) > end
    ]
    assert all(again["a"][k] == parts[k] for k in unchanged)
