"""Builds ``notebooks/*.ipynb`` from ``notebooks/source/*.md``: ``python -m tests.build_notebooks [NAME …]``.

A source is Markdown. A fence of Python is a code cell; what stands between two fences is a Markdown cell, and a line
``+++`` ends one and begins another. A notebook is executed from a clean kernel, in the folder where it is stored.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbclient
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDER = Path(__file__).parent.parent / "notebooks"
SOURCES = FOLDER / "source"
PARTS = re.compile(r"^```python\n(.*?)^```$|^\+\+\+$", re.MULTILINE | re.DOTALL)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def cells_of(text: str) -> list[Any]:
    """Return the cells that a source describes; a cell is called by its number."""
    cells, at = [], 0
    for part in (*PARTS.finditer(text), None):
        prose = text[at : part.start() if part else len(text)].strip()
        if prose:
            cells.append(new_markdown_cell(prose))
        if part and part[1] is not None:
            cells.append(new_code_cell(part[1].rstrip("\n")))
        at = part.end() if part else len(text)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return cells


def unexecuted(source: Path) -> Any:
    """Return the notebook that a source describes, without outputs."""
    return new_notebook(cells=cells_of(source.read_text(encoding="utf-8")), metadata=METADATA)


def executed(book: Any, name: str, timeout: int = 120) -> Any:
    """Execute a notebook from a clean kernel in a folder of its own, and return it with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(book, Path(folder) / name)  # derive.check_notebook reads the file
        resources = {"metadata": {"path": folder}}
        nbclient.NotebookClient(book, timeout=timeout, kernel_name="python3", resources=resources).execute()
    for cell in book.cells:
        cell.metadata = {}  # the times of the execution
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    book.metadata = METADATA
    return book


def joined(outputs: list[Any]) -> list[Any]:
    """Return outputs in which printed text is one output; how a kernel cuts it depends on the time it takes."""
    found: list[Any] = []
    for output in outputs:
        if found and output["output_type"] == "stream" and found[-1].get("name") == output["name"]:
            found[-1]["text"] += output["text"]
        else:
            found.append(output)
    return found


def build(source: Path) -> Path:
    """Execute the notebook of a source, and store it with its outputs."""
    target = FOLDER / f"{source.stem}.ipynb"
    nbformat.write(executed(unexecuted(source), target.name), target)
    return target


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for each in sorted(SOURCES.glob("*.md")):
        if not wanted or any(name in each.stem for name in wanted):
            print(build(each))
