"""The documents of a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator

SUFFIXES = (".ipynb", ".latex", ".ltx", ".markdown", ".md", ".qmd", ".rmd", ".tex", ".text", ".txt")
"""Suffixes of documents, in any case."""


def documents(
    folder: str,
    suffixes: Collection[str] = SUFFIXES,
    *,
    unreadable: Callable[[OSError], None] = lambda error: None,
) -> Iterator[str]:
    """Yield the files of a folder and of the folders in it that are documents, in the order of their names.

    Files and folders whose names begin with a full stop are left out. A link to a file is read, one to a folder is
    not followed: so no link leads round in a circle, and no document is read twice through one.

    Parameters
    ----------
    folder : str
        The folder.
    suffixes : collection of str
        The suffixes, in lower case, of what is a document.
    unreadable : callable
        Is told of every folder that cannot be listed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for each in ("b.md", "a.TEX", "data.csv", ".hidden.md"):
    ...         _ = pathlib.Path(name, each).write_text("")
    ...     [os.path.relpath(each, name) for each in documents(name)]
    ['a.TEX', 'b.md']
    """
    for path, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            file = os.path.join(path, name)
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in suffixes and os.path.isfile(file):
                yield file
