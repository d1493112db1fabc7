"""Jupyter notebooks to blocks: their Markdown cells, in order, each a source of its own; and changes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derive.containers.block import Block, Macro, UnreadableContainer
from derive.containers.literals import Literal, Pieces, Range, read_json
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
    for number, source in markdown_cells(name, text).items():
        blocks += read_markdown(Source(name, source, number), macros)
    return tuple(blocks)


def markdown_cells(name: str, text: str) -> dict[int, str]:
    """Return the sources of the Markdown cells of a notebook by the number of the cell, from 0.

    Raises
    ------
    UnreadableContainer
        If the text is not JSON, or not a notebook.
    """
    cells = enumerate(cells_of(name, text))
    return {
        number: source_of(cell)
        for number, cell in cells
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    }


def notebook_splices(
    name: str, text: str, changes: Mapping[int, Sequence[tuple[Range, str]]]
) -> list[tuple[Range, str]]:
    r"""Return what changes in the JSON of a notebook where pieces of its cells are replaced.

    Parameters
    ----------
    name : str
        The name of the file.
    text : str
        The notebook as JSON.
    changes : mapping of int to sequence of ((int, int), str)
        For the number of a cell the ranges of its source that are replaced, none overlapping another.

    Raises
    ------
    UnreadableContainer
        If a cell does not stand in the text as it is read, as in some notebooks of old formats.

    Examples
    --------
    >>> text = '{"cells": [{"cell_type": "markdown", "source": ["so\\n", "$$1 = 3$$"]}]}'
    >>> notebook_splices("a.ipynb", text, {0: [((9, 10), "1")]})
    [((63, 64), '1')]
    """
    parts = source_parts(name, text)
    found: list[tuple[Range, str]] = []
    for number, splices in changes.items():
        pieces = Pieces(text, parts(number))
        for span, new in splices:
            found += pieces.splices(span, new)
    return found


def source_parts(name: str, text: str) -> Callable[[int], list[Literal]]:
    """Return where the strings of the source of a Markdown cell stand, as a function of its number.

    Raises
    ------
    UnreadableContainer
        By the function, if a cell does not stand in the text as it is read, as in some notebooks of old formats.
    """
    sources = markdown_cells(name, text)
    cells = _located_cells(name, text)

    def parts(number: int) -> list[Literal]:
        found = _parts(cells[number]) if number < len(cells) else []
        if "".join(found) != sources[number]:
            raise UnreadableContainer(f"the source of cell {number} does not stand in {name} as it is read")
        return found

    return parts


def _located_cells(name: str, text: str) -> list[Any]:
    """Return the cells as they stand in the text; in old formats they are those of all worksheets."""
    try:
        notebook = read_json(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableContainer(f"{name} is nested too deeply to be changed") from error
    if isinstance(notebook.get("cells"), list):
        return list(notebook["cells"])
    sheets = [sheet.get("cells") for sheet in notebook.get("worksheets", ()) if isinstance(sheet, dict)]
    return [cell for cells in sheets if isinstance(cells, list) for cell in cells]


def _parts(cell: Any) -> list[Literal]:
    source = cell.get("source") if isinstance(cell, dict) else None
    parts = source if isinstance(source, list) else [source]
    return [part for part in parts if isinstance(part, Literal)]


def cells_of(name: str, text: str) -> list[Any]:
    """Return the cells of a notebook as they lie in its file, those of an old version upgraded.

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
