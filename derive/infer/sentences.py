"""The prose of a document as sentences, in which a mark ``⟦7⟧`` stands for every formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from derive.brackets import prepare
from derive.infer.gather import Gathered, read_side
from derive.syntax import Name, Scripted
from derive.tokens import Token, Unreadable, tokenize

MARK = r"⟦(\d+)⟧"
"""What stands for a formula."""
_IID = re.compile(r"\bi\.? ?i\.? ?d\.(?=[\s\W])")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


class Sentences:
    """Reads the sentences of a document, and the symbols behind their marks.

    Parameters
    ----------
    gathered : Gathered
        The formulas and the prose.
    macros : mapping
        Macros of the document.
    """

    def __init__(self, gathered: Gathered, macros: Mapping[str, Any]) -> None:
        self.marks = gathered.marks
        self.macros = macros
        self.pieces = gathered.text

    def sentences(self) -> Iterator[tuple[str, int]]:
        """Yield the sentences that speak of symbols, each with the line where its paragraph begins."""
        whole, line = "", 1
        for text, start in self.pieces:
            at = 0
            for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
                at = text.index(paragraph, at)
                if number:
                    yield from self._cut(whole, line)
                    whole = ""
                if not whole.strip():
                    line = start + text.count("\n", 0, at + len(paragraph) - len(paragraph.lstrip()))
                whole += paragraph
                at += len(paragraph)
        yield from self._cut(whole, line)

    def _cut(self, text: str, line: int) -> Iterator[tuple[str, int]]:
        plain = " ".join(_IID.sub("iid", _LINK.sub(r"\1", text)).split())
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z⟦])", plain):
            if "⟦" in sentence or re.search(r"\bbe an?\b", sentence):
                yield sentence, line

    def shown(self, words: str) -> str:
        """Return words as they are shown, with the formulas behind their marks."""
        return " ".join(
            re.sub(MARK, lambda found: f"${self.marks[int(found.group(1))][0].text.strip()}$", words).split()
        )[:120]

    def tokens(self, number: int) -> list[Token]:
        """Return the tokens behind a mark; none of a displayed formula."""
        excerpt, displayed = self.marks[number]
        if displayed:
            return []
        try:
            return prepare(tokenize(excerpt, self.macros)).tokens
        except Unreadable:
            return []

    def symbols(self, number: int) -> Iterator[Name | Scripted]:
        """Yield the symbols of a mark: one, or several with commas between them."""
        tokens = list(takewhile(lambda token: token.text not in ("\\in", "\\sim"), self.tokens(number)))
        start, depth = 0, 0
        for at, token in enumerate([*tokens, None]):
            if token is not None:
                depth += (token.kind == "open") - (token.kind == "close")
            if token is None or (depth == 0 and token.text == ","):
                node = read_side(tokens[start:at])
                if isinstance(node, Name) or (
                    isinstance(node, Scripted)
                    and isinstance(node.base, Name)
                    and node.power is None
                    and not node.transposed
                ):
                    yield node
                start = at + 1
