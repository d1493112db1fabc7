"""What a symbol may be by the way it is written: the weakest evidence, and the last to be asked."""

from __future__ import annotations

import re
from enum import Enum

_ACCENT = re.compile(r"\\(?:hat|tilde|bar|check|breve|dot|ddot|acute|grave|underline)\{(.*)\}$")
_FONT = re.compile(r"\\(mathbf|mathrm|mathcal|mathsf|mathtt|mathfrak|mathbb|mathit)\{(.*)\}$")
_RAISED = re.compile(r"(.+?)\^\{[^{}]*\}$")


class Sort(Enum):
    """What a symbol can be."""

    SCALAR = "scalar"
    VECTOR = "vector"
    MATRIX = "matrix"


_S, _V, _M = Sort.SCALAR, Sort.VECTOR, Sort.MATRIX
_SCALAR_GREEK = frozenset(r"\gamma \kappa \lambda \nu \rho \sigma \tau \pi \chi \zeta \psi \delta".split())
_EITHER_GREEK = frozenset(r"\alpha \beta \theta \mu \epsilon \varepsilon \eta \xi \phi \varphi \omega".split())


def stem(key: str) -> str:
    r"""Return a key without accents and marks behind it.

    Examples
    --------
    >>> stem(r"\hat{\beta}"), stem(r"\tilde{\mathbf{x}}"), stem("w^{*}")
    ('\\beta', '\\mathbf{x}', 'w')
    """
    while True:
        found = _RAISED.match(key) or _ACCENT.match(key)
        if found is None:
            return key
        key = found.group(1)


def costs(key: str) -> dict[Sort, float]:
    """Return how unlikely each sort is for a symbol, judged by its letter and its type; 0 is the most likely one.

    Examples
    --------
    >>> min(costs("X"), key=costs("X").get), min(costs("\\\\mathbf{x}"), key=costs("\\\\mathbf{x}").get)
    (<Sort.MATRIX: 'matrix'>, <Sort.VECTOR: 'vector'>)
    """
    name = stem(key)
    font = _FONT.match(name)
    if font is not None:
        kind, inner = font.groups()
        if kind == "mathbf":
            upper = inner[:1].isupper() or (inner[:1] == "\\" and inner[1:2].isupper())
            return {_S: 3.0, _V: 1.0, _M: 0.0} if upper else {_S: 3.0, _V: 0.0, _M: 3.0}
        return {_S: 0.0, _V: 1.5, _M: 1.5}
    letter = name.lstrip("\\")
    if name.startswith("\\"):
        if letter[:1].isupper():
            return {_S: 1.2, _V: 2.0, _M: 0.0}
        if name in _EITHER_GREEK:
            return {_S: 0.5, _V: 0.0, _M: 3.0}
        return {_S: 0.0, _V: 0.8 if name in _SCALAR_GREEK else 0.5, _M: 3.0}
    if letter.isupper():
        return {_S: 1.5, _V: 1.0, _M: 0.0}
    if letter in ("x", "y", "z", "u", "v", "w"):
        return {_S: 0.6, _V: 0.0, _M: 3.0}
    if letter in ("b", "a", "c", "s", "r", "d", "g", "h", "q"):
        return {_S: 0.0, _V: 0.3, _M: 3.0}
    return {_S: 0.0, _V: 1.0, _M: 3.0}
