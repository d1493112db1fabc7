r"""Sizes that stand behind a symbol: “$A$ ($n \times n$)”, “$x$ and $y$ are vectors of length $n$”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from derive.brackets import prepare
from derive.infer.gather import Gathered, read_side
from derive.infer.samples import paragraphs
from derive.infer.typography import Sort
from derive.infer.words import Said
from derive.syntax import Name, Node, Num, Scripted
from derive.tokens import Token, Unreadable, tokenize

_SIZED = re.compile(r"⟦(\d+)⟧\s*\(\s*(?:an?\s+|of\s+(?:size|order|dimension)\s+)?⟦(\d+)⟧\s*(?:matrix\s*)?(?=[),;])")
_LONG = re.compile(
    r"((?:⟦\d+⟧\s*(?:,|and|,\s*and)?\s*)+)(?:is|are|be|denotes?)\s+(?:an?\s+|the\s+)?(?:[a-z-]+\s+){0,3}?"
    r"vectors?\s+of\s+(?:length|dimension|size)\s+⟦(\d+)⟧"
)
_CROSS = frozenset({"\\times", "×"})


def bracketed(gathered: Gathered, macros: Mapping[str, Any]) -> Iterator[Said]:
    """Yield the symbols that have a size behind them."""
    for text, line in paragraphs(gathered):
        yield from _long(gathered, macros, text, line)
        for found in _SIZED.finditer(text):
            symbol, dims = (_tokens(gathered, int(number), macros) for number in found.groups())
            node, sizes = read_side(symbol) if symbol else None, _sizes(dims)
            if sizes is None or not _is_symbol(node):
                continue
            words = re.sub(r"⟦(\d+)⟧", lambda each: f"${_text(gathered, int(each.group(1)))}$", found.group(0))
            sort = Sort.VECTOR if isinstance(sizes[1], Num) and sizes[1].value == 1 else Sort.MATRIX
            kept = sizes[:1] if sort is Sort.VECTOR else sizes
            yield Said(node, f"{words})", line, sort, False, kept, square=_are_same(sizes))  # type: ignore[arg-type]


def _long(gathered: Gathered, macros: Mapping[str, Any], text: str, line: int) -> Iterator[Said]:
    """Yield the vectors whose length is stated."""
    for found in _LONG.finditer(text):
        size = read_side(_tokens(gathered, int(found.group(2)), macros))
        if not isinstance(size, Name | Num):
            continue
        words = re.sub(r"⟦(\d+)⟧", lambda each: f"${_text(gathered, int(each.group(1)))}$", found.group(0))
        for number in re.findall(r"⟦(\d+)⟧", found.group(1)):
            for node in _listed(_tokens(gathered, int(number), macros)):
                yield Said(node, words, line, Sort.VECTOR, False, (size,))  # type: ignore[arg-type]


def _listed(tokens: list[Token]) -> Iterator[Node]:
    """Yield the symbols of a formula with commas between them."""
    start = 0
    for at in range(len(tokens) + 1):
        if at == len(tokens) or tokens[at].text == ",":
            node = read_side(tokens[start:at])
            if _is_symbol(node) and node is not None:
                yield node
            start = at + 1


def _is_symbol(node: Node | None) -> bool:
    return isinstance(node, Name) or (
        isinstance(node, Scripted) and isinstance(node.base, Name) and node.power is None and not node.transposed
    )


def _sizes(tokens: list[Token]) -> tuple[Node, Node] | None:
    """Return the two sizes of ``n \\times p``."""
    cross = [at for at, token in enumerate(tokens) if token.text in _CROSS]
    if len(cross) != 1:
        return None
    rows, cols = read_side(tokens[: cross[0]]), read_side(tokens[cross[0] + 1 :])
    return None if rows is None or cols is None else (rows, cols)


def _are_same(sizes: tuple[Node, Node]) -> bool:
    rows, cols = sizes
    return isinstance(rows, Name) and isinstance(cols, Name) and rows.key == cols.key


def _tokens(gathered: Gathered, mark: int, macros: Mapping[str, Any]) -> list[Token]:
    excerpt, displayed = gathered.marks[mark]
    try:
        return [] if displayed else prepare(tokenize(excerpt, macros)).tokens
    except Unreadable:
        return []


def _text(gathered: Gathered, mark: int) -> str:
    return gathered.marks[mark][0].text.strip()
