r"""Where the delimiters of maths stand in a text, found in one pass: ``$``, ``\[``, ``\(`` and environments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

DISPLAYS = frozenset(
    "equation align gather multline split aligned eqnarray displaymath alignat flalign gathered alignedat "
    "multlined xalignat xxalignat dmath IEEEeqnarray".split()
)
"""The environments that are displayed maths by themselves, without their star."""

ENVIRONMENT = r"\\(?:begin|end)\s{0,9}\{\s{0,9}(?P<name>[A-Za-z]{1,40}\*?)\s{0,9}\}"

_TOKENS = re.compile(ENVIRONMENT + r"|\\\\[\[\]()]|\\[A-Za-z]+|\\[\s\S]|\$")
_EMPTY_LINE = re.compile(r"\n[ \t\0>]*(?=\n)")
_FENCE = re.compile(r"\n[ \t>]*(?:```|~~~)")

_CLOSING = {"\\[": "\\]", "\\(": "\\)", "\\\\[": "\\\\]", "\\\\(": "\\\\)"}


def is_display(name: str) -> bool:
    """Return whether an environment is displayed maths by itself.

    Examples
    --------
    >>> is_display("align*"), is_display("pmatrix")
    (True, False)
    """
    return name.removesuffix("*") in DISPLAYS


class Delimiters:
    r"""The delimiters of a text by kind, so that the partner of each is found without reading the text again.

    Parameters
    ----------
    text : str
        The text.
    aliases : mapping of str to tuple of str
        Macros that stand for the ``\begin`` or the ``\end`` of an environment: ``{"\\be": ("begin", "equation")}``.

    Examples
    --------
    >>> Delimiters(r"\[ x = \$1 \] $$y$$", {}).closing(0, r"\[")
    11
    """

    def __init__(self, text: str, aliases: Mapping[str, tuple[str, str]]) -> None:
        self.aliases = aliases
        self.environment_ends: dict[int, int] = {}
        self._dollars: list[int] = []
        self._brackets: dict[str, list[int]] = {word: [] for pair in _CLOSING.items() for word in pair}
        self._read(text)
        self._double_dollars = [a for a, b in zip(self._dollars, self._dollars[1:], strict=False) if b == a + 1]
        self._empty_lines = [match.start() for match in _EMPTY_LINE.finditer(text)]
        self._fences = [match.start() for match in _FENCE.finditer(text)]

    def _read(self, text: str) -> None:
        opened: dict[str, list[int]] = {}
        for match in _TOKENS.finditer(text):
            word = match.group()
            name = match["name"]
            side = word[1:2]
            if word == "$":
                self._dollars.append(match.start())
                continue
            if word in self._brackets:
                self._brackets[word].append(match.start())
                continue
            if word in self.aliases:
                side, name = self.aliases[word]
            if name is None:
                continue
            if side[0] == "b":
                opened.setdefault(name, []).append(match.start())
            elif opened.get(name):
                self.environment_ends[opened[name].pop()] = match.end()

    def dollar(self, start: int) -> int | None:
        """Return the first unescaped dollar at or behind an offset."""
        return _first(self._dollars, start)

    def double_dollar(self, start: int) -> int | None:
        """Return the first unescaped ``$$`` at or behind an offset."""
        return _first(self._double_dollars, start)

    def closing(self, start: int, opening: str) -> int | None:
        """Return where the bracket opened at ``start`` closes; None if the same bracket is opened again before."""
        close = _first(self._brackets[_CLOSING[opening]], start)
        again = _first(self._brackets[opening], start + 1)
        return None if close is None or (again is not None and again < close) else close

    def empty_line(self, start: int) -> int | None:
        """Return the offset of the first line end, at or behind an offset, that an empty line follows."""
        return _first(self._empty_lines, start)

    def has_empty_line(self, start: int, end: int) -> bool:
        """Return whether an empty line lies between two offsets."""
        return _lies_between(self._empty_lines, start, end)

    def has_dollar(self, start: int, end: int) -> bool:
        """Return whether an unescaped dollar lies between two offsets."""
        return _lies_between(self._dollars, start, end)

    def has_fence(self, start: int, end: int) -> bool:
        """Return whether a code fence of Markdown stands between two offsets."""
        return _lies_between(self._fences, start, end)


def _first(offsets: Sequence[int], start: int) -> int | None:
    index = bisect_left(offsets, start)
    return offsets[index] if index < len(offsets) else None


def _lies_between(offsets: Sequence[int], start: int, end: int) -> bool:
    found = _first(offsets, start)
    return found is not None and found < end
