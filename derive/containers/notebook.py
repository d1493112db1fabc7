"""Jupyter notebooks to blocks: their Markdown cells, in order, each a source of its own."""

from __future__ import annotations

import json
from typing import Any

from derive.containers.block import Block, Macro, UnreadableContainer
from derive.containers.markdown import read_markdown
from derive.source import Source


def read_notebook(name: str, text: str, macros: dict[str, Macro]) -> tuple[Block, ...]:
    r"""Return the blocks of the Markdown cells of a notebook.

    Parameters
    ----------
    name : str
        The name of the file, for positions.
    text : str
        The notebook as JSON.
    macros : dict of str to Macro
        The definitions found in the cells are added to it.

    Returns
    -------
    tuple of Block
        The source of each block carries the number of its cell among all cells, from 0.

    Raises
    ------
    UnreadableContainer
        If the text is not JSON, or not a notebook.

    Examples
    --------
    >>> cells = [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": ["so\n", "$x = 1$"]}]
    >>> blocks = read_notebook("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}), {})
    >>> [(block.excerpt.source.cell, block.excerpt.text) for block in blocks]
    [(1, 'so\n'), (1, 'x = 1')]
    """
    blocks: list[Block] = []
    for number, cell in enumerate(cells_of(name, text)):
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            blocks += read_markdown(Source(name, source_of(cell), number), macros)
    return tuple(blocks)


def cells_of(name: str, text: str) -> list[Any]:
    """Return the cells of a notebook as they lie in its file.

    Raises
    ------
    UnreadableContainer
        If the text is not JSON, or not a notebook.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
        raise UnreadableContainer(f"{name} is not a notebook: it is not JSON ({reason})") from error
    if not isinstance(notebook, dict):
        raise UnreadableContainer(f"{name} is not a notebook: its JSON is not an object")
    if not isinstance(notebook.get("cells"), list):
        notebook = _upgraded(name, notebook)
    # Cells are read as they lie there: validation takes longer than everything else and would refuse
    # notebooks whose Markdown can be read.
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableContainer(f"{name} is not a notebook: it has no list of cells")
    return cells


def _upgraded(name: str, notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook of an old version in the current one."""
    if not isinstance(notebook.get("worksheets"), list):
        return notebook
    # Importing nbformat takes 100 ms, and notebooks this old are rare.
    import nbformat

    try:
        upgraded: dict[str, Any] = nbformat.reads(json.dumps(notebook), as_version=4)
    except Exception as error:  # nbformat meets odd input with whatever exception happens to arise
        raise UnreadableContainer(f"{name} is not a notebook: its old version cannot be upgraded") from error
    return upgraded


def source_of(cell: dict[str, Any]) -> str:
    """Return the text of a cell, which may be stored in lines."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""
