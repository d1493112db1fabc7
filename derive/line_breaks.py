r"""Brackets that are open over the end of a line: ``\left[ a + \right. \\ & \left. b \right]`` is ``[a + b]``."""

from __future__ import annotations

from derive.notation import DROPPED_WITH_ARGUMENT, SPACING, WIDE_SPACE
from derive.tokens import Token

_SIGNS = frozenset({"+", "-", "\\cdot", "\\times"})
"""What may stand at the beginning of a line before what goes on there."""


def without_breaks(tokens: list[Token]) -> list[Token]:
    r"""Return tokens without the empty brackets that TeX needs where a bracket is open over the end of a line.

    As many ``\left.`` have to stand behind the break as ``\right.`` before it. What is invisible between them
    (``\hphantom{…}``) is left out with them.

    Examples
    --------
    >>> from derive.source import Excerpt
    >>> from derive.tokens import tokenize
    >>> text = r"\left[ a \right. \\ & \hphantom{= \left[ \right.} \left. + b \right]"
    >>> " ".join(token.text for token in without_breaks(tokenize(Excerpt.of(text))))
    '\\left [ a \\\\ & + b \\right ]'
    """
    if not any(_is_empty(tokens, at, "\\right") for at in range(len(tokens))):
        return tokens
    done: list[Token] = []
    at = 0
    while at < len(tokens):
        found = _break(tokens, at) if _is_empty(tokens, at, "\\right") else None
        if found is None:
            done.append(tokens[at])
            at += 1
        else:
            kept, at = found
            done += kept
    return done


def _break(tokens: list[Token], at: int) -> tuple[list[Token], int] | None:
    """Return what stays of a break that begins at a place, and where it ends; None if there is none."""
    at, closed, kept = _run(tokens, at, "\\right")
    has_end = False
    while at < len(tokens) and not _is_empty(tokens, at, "\\left"):
        token = tokens[at]
        if token.text in DROPPED_WITH_ARGUMENT:
            at = _behind_argument(tokens, at + 1)
            continue
        if not (_is_space(token) or token.kind in ("row", "column") or token.text in _SIGNS):
            return None
        has_end = has_end or token.kind == "row"
        kept.append(token)
        at += 1
    at, opened, spaces = _run(tokens, at, "\\left")
    return ([*kept, *spaces], at) if has_end and opened == closed else None


def _run(tokens: list[Token], at: int, macro: str) -> tuple[int, int, list[Token]]:
    """Return the place behind a run of empty brackets, their number and the space between them."""
    count, spaces = 0, []
    while at < len(tokens):
        if _is_empty(tokens, at, macro):
            count, at = count + 1, at + 2
        elif _is_space(tokens[at]):
            spaces.append(tokens[at])
            at += 1
        else:
            break
    return at, count, spaces


def _is_empty(tokens: list[Token], at: int, macro: str) -> bool:
    return tokens[at].text == macro and at + 1 < len(tokens) and tokens[at + 1].text == "."


def _is_space(token: Token) -> bool:
    return (token.text in SPACING or token.text in WIDE_SPACE) and token.text not in ("\\left", "\\right")


def _behind_argument(tokens: list[Token], at: int) -> int:
    """Return the place behind a braced argument."""
    depth = 0
    while at < len(tokens):
        depth += (tokens[at].kind == "open") - (tokens[at].kind == "close")
        at += 1
        if depth <= 0:
            break
    return at
