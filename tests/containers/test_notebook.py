"""The notebook reader: Markdown cells in order, positions in cells, and files that are no notebooks."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.containers import read_document, read_text
from derive.containers.block import BlockKind, UnreadableContainer


def formulas(notebook: dict[str, Any]) -> list[tuple[int | None, str]]:
    blocks = read_text("notes.ipynb", json.dumps(notebook)).blocks
    return [(block.excerpt.source.cell, block.excerpt.text) for block in blocks if block.kind is not BlockKind.TEXT]


def test_markdown_cells_only_and_their_numbers_among_all_cells() -> None:
    cells = [
        nbformat.v4.new_code_cell("# $$a$$"),
        nbformat.v4.new_markdown_cell("so\n\n$$\nb = 1\n$$"),
        nbformat.v4.new_raw_cell("$$c$$"),
        nbformat.v4.new_markdown_cell("$d$"),
    ]
    text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    blocks = [block for block in read_text("a.ipynb", text).blocks if block.kind is not BlockKind.TEXT]
    assert [(block.excerpt.source.cell, block.excerpt.text) for block in blocks] == [(1, "b = 1"), (3, "d")]
    assert blocks[0].excerpt.source.position(blocks[0].excerpt.offsets[0]) == (4, 1)


def test_an_old_notebook_is_upgraded() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Notes"]},
                    {"cell_type": "markdown", "metadata": {}, "source": ["so\n", "$x = 1$"]},
                ],
            }
        ],
    }
    assert formulas(old) == [(1, "x = 1")]


def test_macros_of_one_cell_serve_the_others() -> None:
    cells = [
        {"cell_type": "markdown", "source": "$\\def\\R{\\mathbb{R}}$"},
        {"cell_type": "markdown", "source": "$\\R$"},
    ]
    document = read_text("a.ipynb", json.dumps({"cells": cells}))
    assert document.macros["\\R"].body == "\\mathbb{R}"
    assert [block.excerpt.text for block in document.blocks] == ["\\R"]


def test_odd_cells_are_passed_over() -> None:
    odd = [None, 7, {}, {"cell_type": "markdown"}, {"cell_type": "markdown", "source": [1, "$x$"]}]
    assert formulas({"cells": [*odd, {"cell_type": "markdown", "source": {"a": 1}}]}) == [(4, "x")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"cells": 3}',
        '{"worksheets": []}',
        '{"worksheets": [{"cells": 3}], "nbformat": 3}',
        "[" * 100000,
        '{"nbformat": 4, "worksheets": [1]}',
        "9" * 10000,
    ],
)
def test_no_notebook(text: str) -> None:
    with pytest.raises(UnreadableContainer, match=r"^a\.ipynb is not a notebook: [^\n]*[^.\n]$"):
        read_text("a.ipynb", text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "nbformat", "source", "cell_type", "metadata"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_answered(value: Any) -> None:
    try:
        read_document("a.ipynb", json.dumps(value).encode())
    except UnreadableContainer as error:
        assert "\n" not in str(error)
