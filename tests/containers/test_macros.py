"""Definitions of macros."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.containers.block import Macro
from derive.containers.macros import find_definitions, match_braces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", Macro(r"\R", 0, r"\mathbb{R}")),
        (r"\newcommand\R{\mathbb{R}}", Macro(r"\R", 0, r"\mathbb{R}")),
        (r"\newcommand*{\R} {\mathbb R}", Macro(r"\R", 0, r"\mathbb R")),
        (r"\renewcommand{\L}{\mathcal{L}}", Macro(r"\L", 0, r"\mathcal{L}")),
        (r"\providecommand{\set}[1]{\{#1\}}", Macro(r"\set", 1, r"\{#1\}")),
        (r"\newcommand{\E}[2][x]{\mathbb{E}_{#1}[#2]}", Macro(r"\E", 2, r"\mathbb{E}_{#1}[#2]", "x")),
        (r"\newcommand{\b} [1] {\mathbf{#1}}", Macro(r"\b", 1, r"\mathbf{#1}")),
        ("\\newcommand{\\x}\n  {y}", Macro(r"\x", 0, "y")),
        (r"\newcommand\a\alpha", Macro(r"\a", 0, r"\alpha")),
        (r"\def\R{\mathbb{R}}", Macro(r"\R", 0, r"\mathbb{R}")),
        (r"\def\pd#1#2{\frac{\partial #1}{\partial #2}}", Macro(r"\pd", 2, r"\frac{\partial #1}{\partial #2}")),
        (r"\long\gdef\x{y}", Macro(r"\x", 0, "y")),
        (r"\let\eps=\epsilon", Macro(r"\eps", 0, r"\epsilon")),
        (r"\let\eps\epsilon", Macro(r"\eps", 0, r"\epsilon")),
        (r"\DeclareMathOperator{\tr}{tr}", Macro(r"\tr", 0, r"\operatorname{tr}")),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", Macro(r"\argmin", 0, r"\operatorname*{arg\,min}")),
        (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}", Macro(r"\abs", 1, r"\lvert #1 \rvert")),
        (r"\def\pair(#1,#2){#1}", None),
        (r"\require{cancel}", None),
    ],
)
def test_definitions(text: str, expected: Macro | None) -> None:
    (found,) = find_definitions(f"a {text} b")
    assert found.macro == expected
    assert f"a {text} b"[found.start : found.end] == text


@pytest.mark.parametrize(
    "text", [r"\newcommand", r"\newcommand{\x}{", r"\define{x}", r"\left(", r"\def x{y}", r"\\def\x{y}"]
)
def test_no_definition(text: str) -> None:
    assert find_definitions(text) == []


@given(st.text(alphabet="{}\\a", max_size=60))
def test_braces_enclose_balanced_text(text: str) -> None:
    for start, end in match_braces(text).items():
        assert text[start] == "{" and text[end] == "}"
        assert match_braces(text[start : end + 1]) == {
            a - start: b - start for a, b in match_braces(text).items() if start <= a <= end
        }
