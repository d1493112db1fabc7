"""What the running kernel knows: the shell, the calling cell, the file of the notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derive.report.progress import shell


class NotebookNotFound(ValueError):
    """The file of the notebook, or the calling cell in it, was not found; the message says what to give."""


def calling_cell() -> tuple[str | None, str | None, int]:
    """Return the id of the calling cell, its text, and how often that text has been run; None where it is unknown.

    JupyterLab and VS Code send the id with each request; nbclient does not.
    """
    running = shell()
    if running is None:
        return None, None, 0
    history = running.user_ns.get("In") or [""]
    return cell_id(), history[-1].strip(), sum(text.strip() == history[-1].strip() for text in history)


def cell_id() -> str | None:
    """Return the id of the calling cell, where the frontend tells it."""
    kernel = getattr(shell(), "kernel", None)
    request: Any = kernel.get_parent("shell") if kernel is not None else {}
    metadata = request.get("metadata", {}) if isinstance(request, Mapping) else {}
    found = metadata.get("cellId") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, str) else None


def notebook_path() -> Path:
    """Return the file of the running notebook.

    Jupyter servers put its path into ``JPY_SESSION_NAME``, VS Code into ``__vsc_ipynb_file__``.

    Raises
    ------
    NotebookNotFound
        If neither names a file.
    """
    running = shell()
    named = [] if running is None else [running.user_ns.get("__vsc_ipynb_file__"), running.user_ns.get("__session__")]
    for name in (*named, os.environ.get("JPY_SESSION_NAME")):
        if not isinstance(name, str) or not name.endswith(".ipynb"):
            continue
        for path in (Path(name), Path(Path(name).name)):
            if path.is_file():
                return path
    raise NotebookNotFound(
        "the file of this notebook is not known here: give its path, as in derive.check_notebook('exercise.ipynb')"
    )
