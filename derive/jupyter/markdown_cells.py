"""The Markdown cells of a notebook judged from within it, for authors, learners and graders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from derive.containers.block import Document, Macro
from derive.containers.markdown import read_markdown
from derive.containers.notebook import cells_of, source_of
from derive.jupyter.kernel import NotebookNotFound, calling_cell, notebook_path
from derive.proofreading import check
from derive.report.report import Report
from derive.source import Source


def check_notebook(
    path: str | os.PathLike[str] | None = None,
    *,
    last: int | None = None,
    preamble: str | None = None,
    **options: Any,
) -> Report:
    """Judge the Markdown cells above the calling cell, as they are in the saved file.

    Parameters
    ----------
    path : str or path, optional
        The file of the notebook. It may be left out in a kernel that JupyterLab, Notebook or VS Code has started;
        nbconvert, nbclient and graders built on them need it. Of a notebook that has no such cell, or outside of a
        kernel, all Markdown cells are judged.
    last : int, optional
        How many of the Markdown cells directly above are judged; those before them declare, define and assume.
    preamble : str, optional
        Declarations that come first.
    **options
        Those of `derive.check`: ``hints``, ``strict``, ``expected``, ``layout``, ``seed``, ``timeout`` …

    Returns
    -------
    Report
        The verdicts, for ``assert report.ok``, or ``report.score`` for partial credit.

    Raises
    ------
    NotebookNotFound
        If the file is not known, or the calling cell is not in it because it was not saved.
    UnreadableContainer
        If the file is not a notebook.
    OSError
        If the file cannot be read.
    """
    file = Path(path) if path is not None else notebook_path()
    name = file.name
    cells = cells_of(name, file.read_text(encoding="utf-8-sig", errors="replace"))
    end = _calling_index(cells)
    if end is None:
        if path is None:
            raise NotebookNotFound(
                f"this cell is not in {name} as it was saved last: save the notebook, then run the cell"
            )
        end = len(cells)
    numbers = [
        at for at, cell in enumerate(cells[:end]) if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    ]
    judged = numbers if last is None else numbers[max(0, len(numbers) - last) :]
    macros: dict[str, Macro] = {}
    before = _document("preamble.md", preamble or "", macros)
    earlier = _cells(name, cells, numbers[: len(numbers) - len(judged)], macros)
    context = Document(name, (*before.blocks, *earlier.blocks), macros)
    return check(_cells(name, cells, judged, macros), preamble=context, **options)


def _calling_index(cells: list[Any]) -> int | None:
    """Return which cell is being run: the one with its id, else the one with its text."""
    identity, text, runs = calling_cell()
    if identity is not None:
        for number, cell in enumerate(cells):
            if isinstance(cell, dict) and cell.get("id") == identity:
                return number
    if not text:
        return None
    same = [
        number
        for number, cell in enumerate(cells)
        if isinstance(cell, dict) and cell.get("cell_type") == "code" and source_of(cell).strip() == text
    ]
    return same[min(runs, len(same)) - 1] if same else None


def _cells(name: str, cells: list[Any], numbers: list[int], macros: dict[str, Macro]) -> Document:
    blocks = [
        block for number in numbers for block in read_markdown(Source(name, source_of(cells[number]), number), macros)
    ]
    return Document(name, tuple(blocks), macros)


def _document(name: str, text: str, macros: dict[str, Macro]) -> Document:
    return Document(name, read_markdown(Source(name, text), macros), macros)
