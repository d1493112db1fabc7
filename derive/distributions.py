r"""Distribution statements: ``y \sim \mathcal{N}(X \beta, \sigma^2 V)``, and what they say of their symbols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.brackets import TokenList
from derive.notation import ARROWS, RELATIONS, TEXT
from derive.parse import Parser
from derive.relations import side_list
from derive.source import Span
from derive.syntax import Group, Name, Node, Product, Scripted
from derive.tokens import Token, Unreadable

HEADS = {
    "N": "normal",
    "\\mathcal{N}": "normal",
    "\\mathrm{N}": "normal",
    "\\mathrm{Normal}": "normal",
    "\\mathsf{N}": "normal",
    "\\mathcal{MN}": "matrix normal",
    "\\mathrm{MN}": "matrix normal",
    "\\mathrm{Gam}": "gamma",
    "\\mathrm{Gamma}": "gamma",
    "\\mathcal{G}": "gamma",
    "\\mathrm{Bet}": "beta",
    "\\mathrm{Beta}": "beta",
    "\\mathrm{Poiss}": "poisson",
    "\\mathrm{Pois}": "poisson",
    "\\mathrm{Poisson}": "poisson",
    "\\mathcal{W}": "wishart",
    "\\mathrm{W}": "wishart",
    "\\mathrm{Wishart}": "wishart",
    "\\mathrm{NG}": "normal gamma",
    "\\mathrm{NW}": "normal wishart",
    "t": "t",
    "\\mathrm{t}": "t",
    "\\chi": "chi-squared",
}
"""Families of distributions by the name they are written with."""
_BARS = frozenset({"|", "\\mid", "\\vert"})


@dataclass(frozen=True, slots=True)
class Distributed:
    """Variables that follow a distribution.

    Attributes
    ----------
    variables : tuple of Node
        What stands before the sign; several are joint.
    family : str
        The family, a value of `HEADS`, or ``""`` where it is not known.
    parameters : tuple of Node
        What stands in the brackets.
    independent : bool
        Whether the members of a family are said to be independent (i.i.d.).
    span : Span
        Where the sign stands.
    conditional : bool
        Whether the variables are conditioned on something.
    label : str
        What stands before a colon in front of the statement, as P in ``P: X \\sim \\dots``.
    """

    variables: tuple[Node, ...]
    family: str
    parameters: tuple[Node, ...]
    independent: bool
    span: Span
    conditional: bool = False
    label: str = ""


def distributed(prepared: TokenList) -> Iterator[Distributed]:
    """Yield the distribution statements of a formula."""
    tokens, match = prepared.tokens, prepared.match
    start = at = 0
    aligned = {at for at, token in enumerate(tokens[1:]) if token.text == "\\sim" and tokens[at].kind == "column"}
    label = ""
    while at < len(tokens):
        token = tokens[at]
        if token.text == "\\sim":
            stop = _end(tokens, match, at + 1)
            made = _statement(tokens[start : at - (at - 1 in aligned)], tokens[at + 1 : stop], token)
            if made is not None:
                yield replace(made, label=label)
            start = at = stop
            label = ""
        elif _ends(tokens, at) and at not in aligned:
            label = tokens[start].text if token.text == ":" and at == start + 1 else ""
            at += 1
            start = at
        else:
            at = match[at] + 1 if match[at] > at else at + 1


def _ends(tokens: list[Token], at: int) -> bool:
    """Whether a token separates statements: a sign, an arrow, a wide space, words."""
    token = tokens[at]
    return (
        token.text in RELATIONS
        or token.text in ARROWS
        or token.kind in ("row", "wide", "column")
        or token.text in TEXT
        or token.text in (";", ":")
        or (token.text == "," and any(later.text == "=" for later in tokens[:at]))
    )


def _end(tokens: list[Token], match: list[int], at: int) -> int:
    while at < len(tokens) and not _ends(tokens, at) and tokens[at].text not in (",", "\\sim"):
        at = match[at] + 1 if match[at] > at else at + 1
    return at


def _statement(left: list[Token], right: list[Token], sign: Token) -> Distributed | None:
    variables = [node for node in map(_read, _split(left)) if node is not None]
    law = _read(right)
    if not variables or not isinstance(law, Product) or len(law.items) != 2:
        return None
    head, group = law.items
    head = head.base if isinstance(head, Scripted) else head
    group = group.base if isinstance(group, Scripted) else group
    if not isinstance(head, Name) or not isinstance(group, Group):
        return None
    bars = any(token.text in _BARS for token in left)
    return Distributed(tuple(variables), HEADS.get(head.key, ""), group.items, False, sign.span, bars)


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield what stands between commas outside brackets; what is conditioned on is left out."""
    depth, start = 0, 0
    for at, token in enumerate(tokens):
        depth += (token.kind in ("open", "fence-open") or token.text in "([") - (
            token.kind in ("close", "fence-close") or token.text in ")]"
        )
        if depth == 0 and token.text in _BARS:
            yield tokens[start:at]
            return
        if depth == 0 and token.text == ",":
            yield tokens[start:at]
            start = at + 1
    yield tokens[start:]


def _read(tokens: list[Token]) -> Node | None:
    while tokens and tokens[-1].text in (".", ",", ";"):
        tokens = tokens[:-1]
    try:
        prepared = side_list(tokens)
        return Parser(prepared, set()).expression(0, len(prepared.tokens)) if prepared.tokens else None
    except (Unreadable, RecursionError):
        return None
