"""LaTeX maths to tokens with spans; user macros are expanded here, and comments and spacing fall away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from derive.containers.block import Macro
from derive.limits import MAX_DIGITS, MAX_EXPANSIONS, MAX_TOKENS
from derive.notation import LETTERS
from derive.source import Excerpt, Span


class Unreadable(Exception):
    """A formula that is not understood: the code of the diagnostic, the reason and the place."""

    def __init__(self, code: str, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span


class OpenValue(Unreadable):
    """A formula that is understood, but rests on a value of which nothing says what it depends on."""


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is one of: macro, letter, number, open, close, sub, sup, prime, sign, space, row, column."""

    kind: str
    text: str
    span: Span


_PATTERN = re.compile(
    r"""(?P<comment>(?<!\\)%[^\n]*\n?)
      | (?P<row>\\\\(?:\*)?(?:\[[-0-9. a-z]*\])?|\\cr\b|\\tabularnewline)
      | (?P<macro>\\(?:[A-Za-z]+\*?|[\s\S]))
      | (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<letter>[^\W\d_])
      | (?P<open>\{) | (?P<close>\})
      | (?P<sub>_) | (?P<sup>\^) | (?P<prime>')
      | (?P<column>&)
      | (?P<space>[\s~]+)
      | (?P<sign>:=|=:|:\s*&\s*=|[\s\S])
    """,
    re.VERBOSE,
)
_STAR = frozenset({"\\operatorname*", "\\tag*", "\\hspace*", "\\vspace*", "\\mbox*"})


@lru_cache(maxsize=4096)
def _scan(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """Return (kind, text, start, end) of every token; spaces are kept."""
    found = []
    for match in _PATTERN.finditer(text):
        kind, word, start = match.lastgroup or "sign", match.group(), match.start()
        if kind == "comment":
            continue
        if kind == "macro" and word.endswith("*") and len(word) > 2 and word not in _STAR:
            found.append((kind, word[:-1], start, match.end() - 1))
            found.append(("sign", "*", match.end() - 1, match.end()))
            continue
        if kind == "number" and len(word) > MAX_DIGITS:
            kind, word = "sign", "number too long"
        if kind == "sign" and word.startswith(":") and len(word) > 2:
            word = ":="
        found.append((kind, word, start, match.end()))
        if len(found) > MAX_TOKENS:
            break
    return tuple(found)


def _spell(kind: str, text: str) -> tuple[str, str]:
    """Return kind and text with a Unicode letter replaced by the macro it stands for."""
    if text in LETTERS:
        word = LETTERS[text]
        return ("macro", word) if word.startswith("\\") else ("prime" if word == "'" else "sign", word)
    if kind == "macro" and text in ("\\_", "\\*"):  # escapes of Markdown inside maths
        return ("sub", "_") if text == "\\_" else ("sign", "*")
    return kind, text


def tokenize(excerpt: Excerpt, macros: Mapping[str, Macro] | None = None) -> list[Token]:
    """Return the tokens of a formula, macros expanded, spaces left out (a wide space stays a macro).

    Tokens that come from the body of a macro carry the span of the call.

    Raises
    ------
    Unreadable
        If the formula is longer than the limits, or its macros expand without end.

    Examples
    --------
    >>> [token.text for token in tokenize(Excerpt.of(r"x_n^\\top"))]
    ['x', '_', 'n', '^', '\\\\top']
    """
    raw = _scan(excerpt.text)
    if len(raw) > MAX_TOKENS:
        raise Unreadable("N104", f"the formula has more than {MAX_TOKENS} tokens", excerpt.span(0, 0))
    tokens = []
    for kind, text, start, end in raw:
        if kind == "space":
            tokens.append(Token("space", " ", excerpt.span(start, end)))
            continue
        kind, text = _spell(kind, text)
        if text.startswith("\\mathbb{"):
            span = excerpt.span(start, end)
            tokens += [
                Token("macro", "\\mathbb", span),
                Token("open", "{", span),
                Token("letter", text[8], span),
                Token("close", "}", span),
            ]
            continue
        tokens.append(Token(kind, text, excerpt.span(start, end)))
    if macros and any(token.kind == "macro" and token.text in macros for token in tokens):
        tokens = _expand(tokens, macros)
    return [token for token in tokens if token.kind != "space"]


def _expand(tokens: list[Token], macros: Mapping[str, Macro]) -> list[Token]:
    pending = list(reversed(tokens))
    done: list[Token] = []
    calls = 0
    while pending:
        token = pending.pop()
        macro = macros.get(token.text) if token.kind == "macro" else None
        if macro is None:
            done.append(token)
        else:
            calls += 1
            if calls > MAX_EXPANSIONS or len(done) + len(pending) > MAX_TOKENS:
                raise Unreadable("N104", f"the macro {macro.name} expands without end", token.span)
            pending.extend(reversed(_call(macro, token, pending)))
        if len(done) > MAX_TOKENS:
            raise Unreadable("N104", f"the formula has more than {MAX_TOKENS} tokens after its macros", token.span)
    return done


def _call(macro: Macro, call: Token, pending: list[Token]) -> list[Token]:
    """Take the arguments of a macro from ``pending`` (a stack) and return its body with them filled in."""
    arguments: list[list[Token]] = []
    if macro.default is not None:
        given = _optional(pending)
        arguments.append(given if given is not None else [_at(call, *raw) for raw in _scan(macro.default)])
    while len(arguments) < macro.parameters:
        arguments.append(_argument(macro, call, pending))
    body: list[Token] = []
    raw = _scan(macro.body)
    position = 0
    while position < len(raw):
        _kind, text, *_ = raw[position]
        if text == "#" and position + 1 < len(raw) and raw[position + 1][1].isdigit():
            digits = raw[position + 1][1]
            number = int(digits[0])
            if number > len(arguments):
                raise Unreadable("N101", f"the macro {macro.name} has no parameter #{number}", call.span)
            body.append(Token("open", "{", call.span))
            body.extend(arguments[number - 1])
            body.append(Token("close", "}", call.span))
            if len(digits) > 1:
                body.append(Token("number", digits[1:], call.span))
            position += 2
            continue
        body.append(_at(call, *raw[position]))
        position += 1
    return body


def _at(call: Token, kind: str, text: str, start: int, end: int) -> Token:
    kind, text = _spell(kind, text)
    return Token(kind, text, call.span)


def _optional(pending: list[Token]) -> list[Token] | None:
    depth = len(pending)
    while depth and pending[depth - 1].kind == "space":
        depth -= 1
    if not depth or pending[depth - 1].text != "[":
        return None
    end = depth - 2
    while end >= 0 and pending[end].text != "]":
        end -= 1
    if end < 0:
        return None
    inner = list(reversed(pending[end + 1 : depth - 1]))
    del pending[end:]
    return inner


def _argument(macro: Macro, call: Token, pending: list[Token]) -> list[Token]:
    while pending and pending[-1].kind == "space":
        pending.pop()
    if not pending:
        raise Unreadable("N101", f"the macro {macro.name} needs {macro.parameters} arguments", call.span)
    first = pending.pop()
    if first.kind != "open":
        return [first]
    depth = 1
    inner: list[Token] = []
    while pending:
        token = pending.pop()
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return inner
        inner.append(token)
    raise Unreadable("N102", f"an argument of {macro.name} has no closing brace", first.span)
