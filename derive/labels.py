r"""Labels in front of a relation: the ``m`` of ``m: \; y = X\beta + \varepsilon`` names a model."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from derive.notation import ARROWS, FONTS, GREEK, RELATIONS, REMARK_ARROWS, TEXT
from derive.tokens import Token

_MAPPINGS = REMARK_ARROWS | {"\\mapsto", "\\longmapsto", "\\in", ":"}
"""What a declaration of a function has behind its colon."""
_HYPOTHESES = frozenset({"H", "\\mathcal{H}", "\\mathrm{H}"})
"""What is labelled by these is a statement to be tested, and nobody says that it is true."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its text, and the position behind its colon."""

    text: str
    stop: int


def label_at(tokens: Sequence[Token], match: Sequence[int], start: int, arrays: Container[str] = ()) -> Label | None:
    """Return the label that a row begins with, or None.

    A label is one symbol, perhaps with a subscript, before a colon; behind it stands a relation with ``=`` or a
    distribution statement. What has an arrow or a membership sign behind the colon declares a function, and a letter
    that stands behind the colon again is a factor: ``A : B = \\operatorname{tr}(A^\\top B)`` is an inner product, and
    so is what begins with one of the declared ``arrays``.

    Examples
    --------
    >>> from derive.brackets import prepare
    >>> from derive.source import Excerpt
    >>> from derive.tokens import tokenize
    >>> found = prepare(tokenize(Excerpt.of(r"m_1: y = X b")))
    >>> label_at(found.tokens, found.match, 0).text
    'm_1'
    """
    base = _symbol(tokens, match, start)
    colon = base
    if colon < len(tokens) and tokens[colon].kind == "sub":
        colon = _skip(match, colon + 1)
    if base == start or colon >= len(tokens) or tokens[colon].text != ":":
        return None
    name = "".join(token.text for token in tokens[start:base])
    stop = colon + 1
    while stop < len(tokens) and tokens[stop].kind in ("wide", "column"):
        stop += 1
    if name in _HYPOTHESES or name in arrays or not _has_statement(tokens, match, stop, tokens[start:base]):
        return None
    return Label("".join(token.text for token in tokens[start:colon]), stop)


def _skip(match: Sequence[int], at: int) -> int:
    """Return the position behind a token or a group."""
    return match[at] + 1 if at < len(match) and match[at] > at else at + 1


def _symbol(tokens: Sequence[Token], match: Sequence[int], start: int) -> int:
    """Return the position behind the symbol that begins here, or ``start`` if none does."""
    if start >= len(tokens):
        return start
    token = tokens[start]
    if token.kind == "letter" or token.text in GREEK:
        return start + 1
    is_named = token.text in FONTS or token.text in TEXT
    return _skip(match, start + 1) if is_named and start + 1 < len(tokens) else start


def _has_statement(tokens: Sequence[Token], match: Sequence[int], start: int, name: Sequence[Token]) -> bool:
    """Whether a row goes on with one statement that does not speak of the label itself."""
    stop = start
    signs: list[int] = []
    while stop < len(tokens) and tokens[stop].kind != "row":
        word = tokens[stop].text
        if not signs and (word in _MAPPINGS or word in ARROWS or word in (",", ";")):
            return False
        if word in RELATIONS or word == "\\sim":
            signs.append(stop)
        stop = _skip(match, stop)
    if not signs or signs[0] == start or tokens[signs[0]].text not in ("=", "\\sim"):
        return False
    row = [token.text for token in tokens[start:stop]]
    wanted = [token.text for token in name]
    if ":" in row or any(row[at : at + len(wanted)] == wanted for at in range(len(row) - len(wanted) + 1)):
        return False
    return "".join(row[signs[0] - start :]).rstrip(",.;") != "=0"
