"""Markdown to blocks: prose and formulas of notes, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from derive.containers.block import Block, BlockKind, Macro
from derive.containers.page import BlockList, Page, Range
from derive.containers.passages import Passage, find_passages
from derive.containers.scan import Scanner
from derive.source import Source

_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t\0]*\n"
    r"(?=[ \t]*(?:\#|[\w\"'.-]+[\w \"'.-]*:))"  # the first line is a key or a comment: else it is a rule
    r"(?:.*\n)*?(?:---|\.\.\.)[ \t\0]*(?=\n|\Z)"
)


def read_markdown(source: Source, macros: dict[str, Macro]) -> tuple[Block, ...]:
    r"""Return the blocks of a Markdown text.

    Parameters
    ----------
    source : Source
        The text as it lies on disk.
    macros : dict of str to Macro
        The definitions found in the text are added to it.

    Returns
    -------
    tuple of Block
        Code, comments, HTML attributes of scripts and YAML front matter are in no block.

    Examples
    --------
    >>> blocks = read_markdown(Source("notes.md", "Let $x > 0$.\n\n> $$\n> x = 1\n> $$\n"), {})
    >>> [(block.kind.value, block.excerpt.text) for block in blocks]
    [('text', 'Let '), ('inline', 'x > 0'), ('text', '.\n\n'), ('display', 'x = 1')]
    """
    page = Page.of(source)
    front = _FRONT_MATTER.match(page.text)
    if front:
        page = page.without([front.span()])
    scanner = Scanner(page.text, markdown=True)
    # Of the characters that are crossed out here only line ends matter to markdown-it.
    passages = find_passages(_with_line_ends(page.text, source.text), scanner)
    page = page.without(_prefixes(page.text, passages))
    blocks = BlockList(page, macros)
    before: Passage | None = None
    for passage in passages:
        if before is not None:
            blocks.add_break(before.end, passage.start, heading="heading" in (before.kind, passage.kind))
        _add_passage(blocks, passage, scanner)
        before = passage
    return blocks.finish()


def find_comments(source: Source) -> list[Range]:
    r"""Return the ranges of the HTML comments of a Markdown text; what looks like one in code is none.

    Examples
    --------
    >>> find_comments(Source("notes.md", "a <!-- b --> `<!-- c -->`"))
    [(2, 12)]
    """
    page = Page.of(source)
    scanner = Scanner(page.text, markdown=True)
    passages = find_passages(_with_line_ends(page.text, source.text), scanner)
    marks = (mark for passage in passages for mark in scanner.marks(passage.start, passage.end) if mark.kind is None)
    return [(mark.start, mark.end) for mark in marks if page.text.startswith("<!--", mark.start)]


def _with_line_ends(text: str, original: str) -> str:
    spaced = text.replace("\0", " ")
    front = len(text) - len(text.lstrip("\0"))
    return "".join(char if char == "\n" else " " for char in original[:front]) + spaced[front:]


def _prefixes(text: str, passages: Sequence[Passage]) -> list[Range]:
    """Return where the quote marks between the lines of passages stand."""
    found: list[Range] = []
    for passage in passages:
        for (_, end), (start, _) in pairwise(passage.lines):
            line_end = text.find("\n", end, start)
            if line_end >= 0 and ">" in text[line_end:start]:
                found.append((line_end + 1, start))
    return found


def _add_passage(blocks: BlockList, passage: Passage, scanner: Scanner) -> None:
    if passage.kind == "maths":
        blocks.add_maths(BlockKind.DISPLAY, passage.start, passage.end, passage.outer or (passage.start, passage.end))
        return
    position = passage.start
    for mark in scanner.marks(passage.start, passage.end):
        blocks.add_prose(position, mark.start)
        if mark.kind is not None:
            blocks.add_maths(mark.kind, mark.inner, mark.inner_end, (mark.start, mark.end))
        position = mark.end
    blocks.add_prose(position, passage.end)
