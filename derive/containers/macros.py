r"""Definitions of user macros: ``\newcommand``, ``\def``, ``\let``, ``\DeclareMathOperator`` and their kin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.containers.block import Macro

_STARTS = re.compile(
    r"(?<!\\)\\(?:(?P<command>newcommand|renewcommand|providecommand|DeclareRobustCommand)\s*\*?"
    r"|(?P<operator>DeclareMathOperator)\s*(?P<star>\*?)"
    r"|(?P<paired>DeclarePairedDelimiter)"
    r"|(?:(?:long|global|outer)\s*\\){0,3}(?P<def>[gex]?def)"
    r"|(?P<let>let)"
    r"|(?P<require>require))(?![A-Za-z])\s*"
)
_NAME = re.compile(r"\{\s*(\\(?:[A-Za-z@]+|[^A-Za-z@\s]))\s*\}|(\\(?:[A-Za-z@]+|[^A-Za-z@\s]))")
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_DEFAULT = re.compile(r"\s*\[([^\[\]]*)\]")
_NUMBERED = re.compile(r"\s*((?:#\d\s*)*)(?=\{)")
_DELIMITED = re.compile(r"[^{}\n]{1,80}(?=\{)")
_TOKEN = re.compile(r"\s*(\\[A-Za-z@]+|\\[^\s]|[^\s{}\\])")
_ALIASED = re.compile(r"\s*=?\s*(\\(?:[A-Za-z@]+|[^\s])|[^\s\\{}])")
_BRACES = re.compile(r"\\[\s\S]|[{}]")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a definition stands, and the macro that it makes (None where it cannot be used in a formula)."""

    start: int
    end: int
    macro: Macro | None


def find_definitions(text: str) -> list[Definition]:
    r"""Return the macro definitions in a text, in order.

    Parameters
    ----------
    text : str
        A formula, a preamble or a whole file. NUL characters stand for characters that were left out.

    Returns
    -------
    list of Definition
        Offsets count from the start of ``text``. A definition that is cut off is not returned.

    Examples
    --------
    >>> [found.macro for found in find_definitions(r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}")]
    [Macro(name='\\pd', parameters=2, body='\\frac{\\partial #1}{\\partial #2}', default=None)]
    """
    found: list[Definition] = []
    start = _STARTS.search(text)
    if start is None:
        return found
    reader = _Reader(text)
    while start is not None:
        definition = reader.definition(start)
        if definition is not None:
            found.append(definition)
        start = _STARTS.search(text, start.end() if definition is None else definition.end)
    return found


def match_braces(text: str) -> dict[int, int]:
    r"""Return the offset of the closing brace for every opening brace that has one; ``\{`` is not a brace.

    Examples
    --------
    >>> match_braces(r"{a\}{b}}")
    {4: 6, 0: 7}
    """
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACES.finditer(text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            pairs[opened.pop()] = match.start()
    return pairs


class _Reader:
    """Reads the parts of definitions in one text; the braces are matched once, so that reading stays linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._braces = match_braces(text)

    def definition(self, start: re.Match[str]) -> Definition | None:
        if start["require"]:
            group = self._group(start.end())
            return None if group is None else Definition(start.start(), group[1], None)
        name = _NAME.match(self._text, start.end())
        if name is None:
            return None
        rest = self._rest(start, name[1] or name[2], name.end())
        return None if rest is None else Definition(start.start(), *rest)

    def _rest(self, start: re.Match[str], name: str, at: int) -> tuple[int, Macro | None] | None:
        if start["command"]:
            return self._command(name, at)
        if start["def"]:
            return self._def(name, at)
        if start["let"]:
            alias = _ALIASED.match(self._text, at)
            return None if alias is None else (alias.end(), Macro(name, 0, alias[1]))
        if start["operator"]:
            group = self._group(at)
            if group is None:
                return None
            return group[1], Macro(name, 0, rf"\operatorname{start['star']}{{{group[0]}}}")
        return self._paired(name, at)

    def _command(self, name: str, at: int) -> tuple[int, Macro | None] | None:
        count = _COUNT.match(self._text, at)
        default = _DEFAULT.match(self._text, count.end()) if count else None
        body = self._group(default.end() if default else count.end() if count else at)
        if body is None:
            return None
        return body[1], Macro(name, int(count[1]) if count else 0, body[0], default[1] if default else None)

    def _def(self, name: str, at: int) -> tuple[int, Macro | None] | None:
        numbered = _NUMBERED.match(self._text, at)
        if numbered:
            body = self._group(numbered.end())
            return None if body is None else (body[1], Macro(name, numbered[1].count("#"), body[0]))
        # A delimited parameter text such as \def\pair(#1,#2){…} has no counterpart in Macro.
        delimited = _DELIMITED.match(self._text, at)
        body = self._group(delimited.end()) if delimited else None
        return None if body is None else (body[1], None)

    def _paired(self, name: str, at: int) -> tuple[int, Macro | None] | None:
        left = self._group(at)
        right = None if left is None else self._group(left[1])
        if left is None or right is None:
            return None
        return right[1], Macro(name, 1, f"{left[0]} #1 {right[0]}")

    def _group(self, at: int) -> tuple[str, int] | None:
        """Return a braced group without its braces, or one token, and the offset behind it."""
        space = _SPACE.match(self._text, at)
        at = space.end() if space else at
        if at < len(self._text) and self._text[at] == "{":
            end = self._braces.get(at)
            return None if end is None else (self._text[at + 1 : end].replace("\0", ""), end + 1)
        token = _TOKEN.match(self._text, at)
        return None if token is None else (token[1], token.end())
