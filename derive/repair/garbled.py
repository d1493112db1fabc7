r"""What a garbled line may have meant: ``frac``, ``\sigma_{i=1}`` for a sum, ``vT``, ``^-1``, a lost bracket."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from derive.notation import FUNCTIONS, GREEK
from derive.relations import Sign
from derive.source import Excerpt, Span

Change = tuple[int, int, str]
"""The text that takes the place of ``text[start:end]``."""

MAX_BRACKETS = 40
"""Places that are tried for one bracket that is lost."""
MAX_FORMULA = 5_000
"""Letters of a formula that is looked into."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What two sides may have meant: the changes of the left one and of the right one."""

    left: tuple[Change, ...]
    right: tuple[Change, ...]


_COMMANDS = (
    "frac dfrac tfrac sqrt sum prod partial nabla mathrm mathbf mathcal mathbb boldsymbol bm operatorname hat bar "
    "tilde cdot times odot otimes top left right lVert rVert mid dots ldots cdots".split()
)
_OPERATORS = {name for name in FUNCTIONS if name.isalpha() and len(name) > 1}
_PLAIN = frozenset("det log ln exp sin cos tan sinh cosh tanh".split())
_LETTERS = sorted(name[1:] for name in GREEK if name[1:].isalpha() and len(name) > 2)
_WORDS = {word: f"\\{word}" for word in [*_COMMANDS, *_LETTERS]} | {
    word: f"\\{word}" if word in _PLAIN else f"\\operatorname{{{word}}}" for word in _OPERATORS
}
_LOST = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![A-Za-z])")
_NAMED = re.compile(r"\\(?:operatorname\*?|mathrm|mathsf|mathit|text\w*|mbox|begin|end|label|tag)\s*\{[^{}]*\}")
_SUM = re.compile(r"(?:\\(?:sigma|Sigma)(?![A-Za-z])|[σΣ])(?=\s*_\s*\{[^{}=]*=)")
_PRODUCT = re.compile(r"(?:\\(?:pi|Pi)(?![A-Za-z])|[πΠ])(?=\s*_\s*\{[^{}=]*=)")
_TRANSPOSE = re.compile(r"(?<=[A-Za-z)\]}])T(?![A-Za-z_^'])|\^\s*(?:t(?![A-Za-z])|\{\s*t\s*\})")
_SCRIPT = re.compile(
    r"\^\s*(?P<power>-\s*(?:\d+(?:\s*/\s*\d+)?|T(?![A-Za-z])|\\top(?![A-Za-z]))|\d+\s*/\s*\d+|\d{2,})"
    r"|_\s*(?P<index>[A-Za-z]\s*[-+]\s*1(?!\d)|[A-Za-z0-9]{2,}(?![A-Za-z0-9]))"
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]|\d+|\S", re.DOTALL)
_FENCE = re.compile(r"\\(?:left|right)(?![A-Za-z])\.?")
_PARTNERS = {"(": ")", "[": "]", "{": "}"}
_EDGE = re.compile(
    r"\\\\|(?<!\\)&|\\begin\s*\{[^{}]*\}(?:\{[^{}]*\})?|\\end\s*\{[^{}]*\}|\\q?quad(?![A-Za-z])"
    r"|\\(?:implies|Rightarrow|iff|Leftrightarrow)(?![A-Za-z])"
)
_BLANK = " \t\r\n&"


# -- one class of slips at a time --------------------------------------------------------------------------------------


def _found(pattern: re.Pattern[str], text: str, new: Callable[[re.Match[str]], str]) -> tuple[Change, ...]:
    named = [match.span() for match in _NAMED.finditer(text)]
    return tuple(
        (match.start(), match.end(), new(match))
        for match in pattern.finditer(text)
        if not any(start <= match.start() < end for start, end in named)
    )


def _lost_backslashes(text: str) -> tuple[Change, ...]:
    return _found(_LOST, text, lambda match: _WORDS[match.group()])


def _sum_signs(text: str) -> tuple[Change, ...]:
    return _found(_SUM, text, lambda match: "\\sum") + _found(_PRODUCT, text, lambda match: "\\prod")


def _transposes(text: str) -> tuple[Change, ...]:
    return _found(_TRANSPOSE, text, lambda match: "^T")


def _scripts(text: str) -> tuple[Change, ...]:
    def braced(match: re.Match[str]) -> str:
        return f"^{{{match['power']}}}" if match["power"] else f"_{{{match['index']}}}"

    return _found(_SCRIPT, text, braced)


CLASSES = (_lost_backslashes, _sum_signs, _transposes, _scripts)


# -- brackets ----------------------------------------------------------------------------------------------------------


def _brackets(text: str) -> Iterator[tuple[Change, ...]]:
    """Yield what closes the one bracket that is not closed, opens the one that is not opened, or leaves it out."""
    tokens = list(_TOKEN.finditer(text))
    opened: list[re.Match[str]] = []
    lonely: list[re.Match[str]] = []
    for token in tokens:
        if token.group() in _PARTNERS:
            opened.append(token)
        elif token.group() in _PARTNERS.values():
            if opened and _PARTNERS[opened[-1].group()] == token.group():
                opened.pop()
            else:
                lonely.append(token)
    fences = [match.group()[:5] for match in _FENCE.finditer(text)]
    if fences.count("\\left") != fences.count("\\righ"):
        yield tuple((match.start(), match.end(), "") for match in _FENCE.finditer(text))
    if len(opened) == 1 and not lonely:
        (token,) = opened
        closing = _PARTNERS[token.group()]
        for place in _ends(tokens, token.end())[:MAX_BRACKETS]:
            yield ((place, place, closing),)
        yield ((token.start(), token.end(), ""),)
    elif len(lonely) == 1 and not opened:
        (token,) = lonely
        opening = next(left for left, right in _PARTNERS.items() if right == token.group())
        for place in [each.start() for each in reversed(tokens) if each.end() <= token.start()][:MAX_BRACKETS]:
            yield ((place, place, opening),)
        yield ((token.start(), token.end(), ""),)


def _ends(tokens: list[re.Match[str]], start: int) -> list[int]:
    return [token.end() for token in tokens if token.start() >= start]


# -- readings ----------------------------------------------------------------------------------------------------------


def readings(left: str, right: str) -> Iterator[Reading]:
    r"""Yield what two sides may have meant, the likeliest first.

    Of one class of slips all are undone at once, on both sides, then one at a time; then those of all classes at once;
    then a bracket that is lost or too many is put right. Nothing is yielded where nothing looks garbled.

    Examples
    --------
    >>> list(readings("a", "frac{1}{2} b"))
    [Reading(left=(), right=((0, 4, '\\frac'),))]
    """
    if len(left) + len(right) > MAX_FORMULA:
        return
    classes = [(each(left), each(right)) for each in CLASSES]
    seen: set[Reading] = set()
    for reading in _readings(classes, (left, right)):
        if reading not in seen and (reading.left or reading.right):
            seen.add(reading)
            yield reading


def _readings(
    classes: list[tuple[tuple[Change, ...], tuple[Change, ...]]], sides: tuple[str, str]
) -> Iterator[Reading]:
    for on_left, on_right in classes:
        yield Reading(on_left, on_right)
    for on_left, on_right in classes:
        yield Reading(on_left, ())
        yield Reading((), on_right)
        yield from (Reading((change,), ()) for change in on_left)
        yield from (Reading((), (change,)) for change in on_right)
    everything = tuple(_apart(change for each in classes for change in each[side]) for side in (0, 1))
    yield Reading(*everything)
    yield from (Reading(changes, ()) for changes in _brackets(sides[0]))
    yield from (Reading((), changes) for changes in _brackets(sides[1]))


def _apart(changes: Iterator[Change]) -> tuple[Change, ...]:
    """Return changes in order, without those that overlap an earlier one."""
    kept: list[Change] = []
    for change in sorted(changes):
        if not kept or change[0] >= kept[-1][1]:
            kept.append(change)
    return tuple(kept)


# -- formulas that are not cut into sides ------------------------------------------------------------------------------


def sides_around(excerpt: Excerpt, signs: Sequence[Sign]) -> list[tuple[Span, Span] | None]:
    """Return where the sides of each sign stand in the source, in a formula whose brackets do not match.

    Parameters
    ----------
    excerpt : Excerpt
        The formula.
    signs : sequence of Sign
        All its relation signs, in order.

    Returns
    -------
    list
        The sides reach to the next sign, the end of the row or of the formula; None where one of them is empty.
    """
    text = excerpt.text
    if len(text) > MAX_FORMULA:
        return [None] * len(signs)
    places = [tuple(bisect_left(excerpt.offsets, at) for at in (sign.span.start, sign.span.end)) for sign in signs]
    edges = sorted([*(match.span() for match in _EDGE.finditer(text)), *places])
    starts, stops = [edge[0] for edge in edges], [edge[1] for edge in edges]
    found: list[tuple[Span, Span] | None] = []
    for start, end in places:
        last = len(text[:start].rstrip(_BLANK)) if start else 0
        before = bisect_right(stops, last)
        behind = bisect_left(starts, end)
        left = _trimmed(excerpt, stops[before - 1] if before else 0, last)
        right = _trimmed(excerpt, end, starts[behind] if behind < len(starts) else len(text))
        found.append((left, right) if left is not None and right is not None else None)
    return found


def _trimmed(excerpt: Excerpt, start: int, end: int) -> Span | None:
    piece = excerpt.text[start:end]
    kept = piece.strip(_BLANK).rstrip(".,;" + _BLANK)
    start += len(piece) - len(piece.lstrip(_BLANK))
    return excerpt.span(start, start + len(kept)) if kept else None
