"""Tokens prepared for reading: decoration dropped, environments named, every bracket matched to its partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.limits import MAX_DECORATIONS
from derive.line_breaks import without_breaks
from derive.notation import (
    ALIGNMENTS,
    BRACES_WITH_REMARK,
    CLOSING,
    DROPPED_WITH_ARGUMENT,
    FONTS,
    GREEK,
    OPENING,
    RELATIONS,
    SPACING,
    TEXT,
    TRANSPARENT,
    WIDE_SPACE,
)
from derive.source import Span
from derive.tokens import Token, Unreadable

_LEFT = frozenset({"\\left", "\\bigl", "\\Bigl", "\\biggl", "\\Biggl"})
_RIGHT = frozenset({"\\right", "\\bigr", "\\Bigr", "\\biggr", "\\Biggr"})
_FENCE_SPELLING = {
    "\\lvert": "|",
    "\\rvert": "|",
    "\\vert": "|",
    "\\lVert": "\\|",
    "\\rVert": "\\|",
    "\\Vert": "\\|",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "<": "\\langle",
    ">": "\\rangle",
}
_SPLIT_AFTER = frozenset({"\\frac", "\\tfrac", "\\dfrac", "\\cfrac", "_", "^"})
_STACKED = frozenset({"\\stackrel", "\\overset", "\\underset"})
_OPERATORS = ("min", "max", "\\sum", "\\prod")
_REMARK_ARGUMENT = frozenset({"\\xrightarrow", "\\xleftarrow", "\\intertext", "\\shortintertext"})


@dataclass(frozen=True, slots=True)
class TokenList:
    """Tokens and, for every opening bracket, the position of its partner (-1 for other tokens)."""

    tokens: list[Token]
    match: list[int]


def prepare(tokens: Sequence[Token]) -> TokenList:
    """Return the tokens without decoration, brackets matched.

    Raises
    ------
    Unreadable
        If brackets or environments do not match.
    """
    kept = _drop(_environments(_fences(_split_numbers(_arguments(without_breaks(list(tokens)))))))
    return TokenList(kept, matches(kept))


def _arguments(tokens: Sequence[Token]) -> list[Token]:
    """Join ``\\arg\\min`` to the name that ``\\operatorname{argmin}`` is."""
    done: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        behind = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if token.text == "\\arg" and behind in ("\\min", "\\max"):
            span = token.span.cover(tokens[position + 1].span)
            letters = [Token("letter", letter, span) for letter in f"arg{behind[1:]}"]
            done += [
                Token("macro", "\\operatorname", span),
                Token("open", "{", span),
                *letters,
                Token("close", "}", span),
            ]
            position += 2
        else:
            done.append(token)
            position += 1
    return done


def _split_numbers(tokens: list[Token]) -> list[Token]:
    """Split ``12`` in ``\\frac12`` and ``x^12`` into digits, as TeX does."""
    done: list[Token] = []
    wanted = 0
    for token in tokens:
        if wanted and token.kind == "number" and len(token.text) > 1 and "." not in token.text:
            digits = [Token("number", digit, token.span) for digit in token.text[:wanted]]
            done.extend(digits)
            rest = token.text[len(digits) :]
            if rest:
                done.append(Token("number", rest, token.span))
            wanted = 0
            continue
        wanted = max(0, wanted - 1)
        if token.text in _SPLIT_AFTER:
            wanted = 1 if token.kind in ("sub", "sup") else 2
        elif token.kind == "open":
            wanted = 0
        done.append(token)
    return done


def _fences(tokens: list[Token]) -> list[Token]:
    """Turn ``\\left(`` into an opening fence and ``\\right)`` into a closing one."""
    done: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text in _LEFT or token.text in _RIGHT:
            if position + 1 >= len(tokens):
                raise Unreadable("N102", f"expected a bracket after {token.text}", token.span)
            partner = tokens[position + 1]
            word = _FENCE_SPELLING.get(partner.text, partner.text)
            kind = "fence-open" if token.text in _LEFT else "fence-close"
            done.append(Token(kind, word, token.span.cover(partner.span)))
            position += 2
            continue
        done.append(token)
        position += 1
    return done


def _group(tokens: Sequence[Token], start: int) -> int:
    """Return the position behind the braced group (or the single token) at ``start``."""
    if start >= len(tokens) or tokens[start].kind != "open":
        return min(start + 1, len(tokens))
    depth = 0
    for position in range(start, len(tokens)):
        depth += (tokens[position].kind == "open") - (tokens[position].kind == "close")
        if depth == 0:
            return position + 1
    raise Unreadable("N102", "the brace is not closed", tokens[start].span)


def _environments(tokens: list[Token]) -> list[Token]:
    """Join ``\\begin{name}``; environments that only align are left out."""
    done: list[Token] = []
    aligned: set[int] = set()
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text not in ("\\begin", "\\end"):
            done.append(token)
            position += 1
            continue
        stop = _group(tokens, position + 1)
        name = "".join(part.text for part in tokens[position + 2 : stop - 1])
        span = token.span.cover(tokens[stop - 1].span)
        if name == "array" and token.text == "\\begin" and (end := _aligns(tokens, position, stop)) is not None:
            aligned.add(end)
            stop = _group(tokens, stop)
            done.append(Token("macro", "\\relax", span))
        elif position in aligned:
            pass
        elif name in ALIGNMENTS:
            if token.text == "\\begin" and name.startswith(("alignat", "alignedat", "IEEE")):
                stop = _group(tokens, stop)
            elif token.text == "\\begin" and stop < len(tokens) and tokens[stop].text == "[":
                stop += 3
            if done and token.text == "\\begin":
                done.append(Token("macro", "\\relax", span))
        else:
            done += [Token("macro", token.text, span), Token("env", name, span)]
        position = stop
    return done


def _aligns(tokens: Sequence[Token], position: int, start: int) -> int | None:
    """Return where an array ends that only aligns relations; None if it is a value, a matrix or a choice of cases.

    An array that is a value stands in brackets or behind something: a relation sign, an operator, a factor.
    """
    if not _begins(tokens[:position]):
        return None
    depth = braces = 0
    relation = False
    for at in range(start, len(tokens)):
        word, kind = tokens[at].text, tokens[at].kind
        depth += (word == "\\begin") - (word == "\\end")
        braces += (kind in ("open", "fence-open")) - (kind in ("close", "fence-close"))
        if depth < 0:
            return at if relation else None
        relation = relation or (depth == 0 and braces == 0 and word in RELATIONS)
    return None


def _begins(tokens: Sequence[Token]) -> bool:
    """Whether nothing but spacing, labels and marks of alignment stands before a place."""
    at = 0
    while at < len(tokens):
        word, kind = tokens[at].text, tokens[at].kind
        if word in DROPPED_WITH_ARGUMENT or word in ("\\begin", "\\end"):
            at = _group(tokens, at + 1)
        elif word in SPACING or word in WIDE_SPACE or kind in ("row", "column"):
            at += 1
        else:
            return False
    return True


def _drop(tokens: list[Token]) -> list[Token]:
    """Leave out spacing, labels and decoration; keep wide spaces, which separate statements."""
    done: list[Token] = []
    position = 0
    decorated = sum(token.text in TRANSPARENT or token.text in _STACKED for token in tokens)
    if decorated > MAX_DECORATIONS:
        raise Unreadable(
            "N104", f"the formula has more than {MAX_DECORATIONS} boxes and braces with remarks", tokens[0].span
        )
    while position < len(tokens):
        token = tokens[position]
        word = token.text
        if token.kind != "macro":
            done.append(token)
        elif word in WIDE_SPACE:
            done.append(Token("wide", word, token.span))
        elif word in DROPPED_WITH_ARGUMENT:
            stop = _group(tokens, position + 1)
            if word.startswith("\\tag"):
                done.append(Token("wide", "\\quad", token.span))
            position = stop - 1
        elif word in _REMARK_ARGUMENT:
            stop = _group(tokens, position + 1)
            done.append(
                Token("row", "\\\\", token.span) if "intertext" in word else Token("macro", "\\rightarrow", token.span)
            )
            position = stop - 1
        elif word == "\\textcolor":
            position = _group(tokens, position + 1) - 1
        elif word in BRACES_WITH_REMARK:
            stop = _group(tokens, position + 1)
            if stop < len(tokens) and tokens[stop].kind in ("sub", "sup"):
                tokens = tokens[:stop] + tokens[_group(tokens, stop + 1) :]
            tokens = _unwrapped(tokens, position)
        elif word in _STACKED:
            tokens = [*tokens[:position], *_stacked(tokens, position)]
            continue
        elif word == "\\mathop" or word == "\\mathrel":
            stop = _group(tokens, position + 1)
            if stop - position == 4:
                done.append(tokens[position + 2])
                position = stop - 1
        elif word in TRANSPARENT:
            tokens = _unwrapped(tokens, position)
        elif word in SPACING or word == "\\relax":
            pass
        else:
            done.append(token)
        position += 1
    return done


def _unwrapped(tokens: list[Token], position: int) -> list[Token]:
    """Return the tokens without the braces behind ``\\boxed``, if they hold a relation and not just an expression."""
    stop = _group(tokens, position + 1)
    inner = tokens[position + 2 : stop - 1]
    if tokens[position + 1 : position + 2] and tokens[position + 1].kind == "open" and _has_relation(inner):
        return [*tokens[: position + 1], *inner, *tokens[stop:]]
    return tokens


def _has_relation(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in RELATIONS and token.kind in ("sign", "macro"):
            return True
    return False


def _stacked(tokens: list[Token], position: int) -> list[Token]:
    """Return the tokens from ``\\stackrel{def}{=}`` on without it: a remark over ``def`` or a triangle defines.

    Any other remark is left out, but what stands under an operator such as ``\\min`` is its subscript, and what stands
    over a sum its upper limit. A mark on one symbol, which may make it another symbol, is not understood.
    """
    middle = _group(tokens, position + 1)
    stop = _group(tokens, middle)
    before = tokens[position + 1 : middle]
    remark = "".join(token.text for token in before)
    signs = [token for token in tokens[middle:stop] if token.kind not in ("open", "close")]
    is_operator = "".join(token.text for token in signs).endswith(_OPERATORS)
    if [token.text for token in signs] == ["="] and (
        "def" in remark or "triangle" in remark or remark in ("{.}", "{!}")
    ):
        kept = [Token("sign", ":=", signs[0].span)]
    elif is_operator:
        inner = tokens[middle + 1 : stop - 1] if tokens[middle].kind == "open" else signs
        script = ("sub", "_") if tokens[position].text == "\\underset" else ("sup", "^")
        kept = [*inner, Token(*script, tokens[position].span), *tokens[position + 1 : middle]]
    else:
        if _is_symbol(signs) and not any(token.text in TEXT or token.text == "\\times" for token in before):
            raise Unreadable("N106", f"“{remark}” on a symbol may make another symbol of it", tokens[position].span)
        kept = signs if len(signs) == 1 else tokens[middle:stop]
    return [*kept, *tokens[stop:]]


def _is_symbol(tokens: Sequence[Token]) -> bool:
    """Whether tokens are one letter, perhaps in a font."""
    last = tokens[-1:]
    named = bool(last) and (last[0].kind == "letter" or last[0].text in GREEK)
    return named and all(token.text in FONTS for token in tokens[:-1])


def matches(tokens: list[Token]) -> list[int]:
    """Return the position of the partner of every opening bracket."""
    match = [-1] * len(tokens)
    stack: list[int] = []
    for position, token in enumerate(tokens):
        word, kind = token.text, token.kind
        if kind in ("open", "fence-open") or word == "\\begin" or (word in OPENING and kind in ("sign", "macro")):
            stack.append(position)
        elif kind in ("close", "fence-close") or word == "\\end" or (word in CLOSING and kind in ("sign", "macro")):
            if not stack:
                raise Unreadable("N102", f"“{word}” closes nothing", token.span)
            first = stack.pop()
            if not _partners(tokens, first, position):
                raise Unreadable(
                    "N102",
                    f"“{tokens[first].text}” is closed by “{word}”",
                    Span(tokens[first].span.start, token.span.end),
                )
            match[first] = position + 1 if word == "\\end" else position
    if stack:
        raise Unreadable("N102", f"“{tokens[stack[-1]].text}” is not closed", tokens[stack[-1]].span)
    return match


def _partners(tokens: list[Token], first: int, last: int) -> bool:
    opening, closing = tokens[first], tokens[last]
    if opening.kind == "open" or closing.kind == "close":
        return opening.kind == "open" and closing.kind == "close"
    if opening.text == "\\begin" or closing.text == "\\end":
        return opening.text == "\\begin" and closing.text == "\\end" and tokens[first + 1].text == tokens[last + 1].text
    if opening.kind == "fence-open" or closing.kind == "fence-close":
        if opening.kind != "fence-open" or closing.kind != "fence-close":
            return False
        return opening.text == "." or closing.text == "." or OPENING.get(opening.text, opening.text) == closing.text
    return OPENING[opening.text] == closing.text


def is_words(tokens: Sequence[Token], position: int) -> bool:
    """Whether a text macro stands here (``\\text{…}``), as opposed to a font."""
    return tokens[position].text in TEXT and tokens[position].text not in FONTS
