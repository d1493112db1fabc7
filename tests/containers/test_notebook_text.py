"""Sources of cells replaced in the JSON of a notebook: the rest stays byte for byte."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.containers.block import UnreadableContainer
from derive.containers.notebook import markdown_cells
from derive.containers.notebook_text import replaced

LINES = st.lists(st.text(alphabet='ab $\\"é𝟏\n\t', max_size=6), max_size=5)


def notebook(sources, **form):
    cells = [
        {"cell_type": "markdown", "id": f"c{n}", "metadata": {"source": ["x"]}, "source": s}
        for n, s in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {"cells": [{"source": "y"}]}, "nbformat": 4}, **form)


def lines(text):
    return (
        text.splitlines(keepends=True) if not any(c in text for c in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029") else [text]
    )


@settings(max_examples=150, deadline=None)
@given(LINES, LINES, st.booleans(), st.booleans(), st.sampled_from([None, 1, 4]))
def test_nothing_else_changes(before, after, in_lines, is_ascii, indent):
    old, new = "\n".join(before) or "x", "\n".join(after) or "y"
    text = notebook([lines(old) if in_lines else old, "other"], ensure_ascii=is_ascii, indent=indent)
    made = replaced("a.ipynb", text, {0: new})
    assert markdown_cells("a.ipynb", made) == {0: new, 1: "other"}
    assert replaced("a.ipynb", text, {0: old}) == text
    start, end = text.index('"source": ', text.index('"c0"')), text.index('"c1"')
    assert made.startswith(text[:start]) and made.endswith(text[end:])


@settings(max_examples=150, deadline=None)
@given(LINES, st.integers(0, 40), st.sampled_from([" <!-- n -->", "\n<!-- n -->"]), st.booleans(), st.booleans())
def test_there_and_back(before, at, note, in_lines, is_ascii):
    old = "\n".join(before) or "x"
    at = old.find("\n", at) if note[0] == "\n" else at
    at = len(old) if at < 0 else min(at, len(old))
    new = old[:at] + note + old[at:]
    text = notebook([lines(old) if in_lines else old, "other"], ensure_ascii=is_ascii, indent=1)
    made = replaced("a.ipynb", text, {0: new})
    assert markdown_cells("a.ipynb", made) == {0: new, 1: "other"}
    assert replaced("a.ipynb", made, {0: old}) == text


def test_lines_that_stay_are_written_as_they_were():
    text = '{"cells": [{"cell_type": "markdown", "source": ["\\u00e9\\n",\n   "a\\/b\\n" ,\n   "c"]}]}'
    made = replaced("a.ipynb", text, {0: "é\na/b\nnew\nc"})
    assert (
        made
        == '{"cells": [{"cell_type": "markdown", "source": ["\\u00e9\\n",\n   "a\\/b\\n",\n   "new\\n" ,\n   "c"]}]}'
    )
    assert replaced("a.ipynb", made, {0: "é\na/b\nc"}) == text


def test_a_cell_that_is_not_where_it_is_read_from():
    cells = [{"cell_type": "heading", "level": 1, "source": ["x"]}]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})
    with pytest.raises(UnreadableContainer, match="cell 0 does not stand"):
        replaced("a.ipynb", text, {0: "y"})
