"""Containers: Markdown, TeX and notebooks, read into blocks of text and of maths in reading order."""

from __future__ import annotations

from pathlib import PurePath

from derive.containers.block import Block, Document, Macro, UnreadableContainer
from derive.containers.markdown import read_markdown
from derive.containers.notebook import read_notebook
from derive.containers.tex import read_tex
from derive.source import Source

__all__ = ["read_document", "read_text"]

_TEX = frozenset({".tex", ".ltx", ".latex"})
_MAX_UNDECODED = 0.1


def read_document(name: str, data: bytes) -> Document:
    r"""Return the blocks of a file, read as the suffix of its name says (anything unknown is Markdown).

    Parameters
    ----------
    name : str
        The name of the file; the file is not opened.
    data : bytes
        Its contents, UTF-8 with or without a byte order mark. Single bytes that are not UTF-8 are replaced.

    Raises
    ------
    UnreadableContainer
        If the contents are not text, or not what the suffix says.

    Examples
    --------
    >>> [block.excerpt.text for block in read_document("notes.md", b"so $$x = 1$$").blocks]
    ['so ', 'x = 1']
    """
    return read_text(name, _decode(name, data))


def read_text(name: str, text: str) -> Document:
    r"""Return the blocks of a text, read as the suffix of its name says.

    Raises
    ------
    UnreadableContainer
        If the text is not what the suffix says.

    Examples
    --------
    >>> read_text("notes.tex", r"\newcommand{\R}{\mathbb{R}} Let $x \in \R$.").macros
    {'\\R': Macro(name='\\R', parameters=0, body='\\mathbb{R}', default=None)}
    """
    macros: dict[str, Macro] = {}
    suffix = PurePath(name).suffix.lower()
    blocks: tuple[Block, ...]
    if suffix == ".ipynb":
        blocks = read_notebook(name, text, macros)
    elif suffix in _TEX:
        blocks = read_tex(Source(name, text), macros)
    else:
        blocks = read_markdown(Source(name, text), macros)
    return Document(name, blocks, macros)


def _decode(name: str, data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableContainer(f"{name} is not text: it contains NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
    if text.count("\ufffd") > _MAX_UNDECODED * len(text):
        raise UnreadableContainer(f"{name} is not text in UTF-8")
    return text
