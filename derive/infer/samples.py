r"""Sample variances and covariances that only the prose explains: “where $s_x^2$ is the sample variance of $x$”.

They are taken with the divisor n − 1, or n where the text calls them biased. Authors differ in that, so nothing is
refuted that speaks of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sympy import Symbol

from derive.brackets import prepare
from derive.infer.fit import Fitted
from derive.infer.gather import Gathered, read_side
from derive.infer.means import count_of
from derive.infer.variables import Variables
from derive.infer.writing import shown_size
from derive.shape import Dim
from derive.syntax import Name, Node, Num, Scripted
from derive.tokens import Unreadable, tokenize
from derive.verdict import Assumed

_MARK = r"⟦(\d+)⟧"
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_KIND = r"((?:(?:unbiased|biased|corrected|uncorrected|empirical|sample)\s+)+)(co)?variances?\b(?!\s*(?:matri|func))"
_OF = rf"(?:\s+(?:of|between)\s+(?:the\s+)?{_MARK}(?:\s+and\s+{_MARK}(?!\s*(?:is|are|denotes?)\b))?)?"
_IS = r"(?:(?:is|are|denotes?|be)\s+(?:the|an?)?|the|an?)"
_SAID = re.compile(rf"((?:{_MARK}\s*(?:,|and|,\s*and)?\s*)+){_IS}\s*{_KIND}{_OF}", re.I)
_BEHIND = re.compile(rf"(){_KIND}\s+((?:{_MARK}\s*(?:,|and|,\s*and)?\s*)+)", re.I)
_BIASED = re.compile(r"\b(biased|uncorrected)\b", re.I)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A symbol with the letters that it is the sample variance, or the sample covariance, of."""

    symbol: Scripted | Name
    letters: tuple[str, str]
    biased: bool
    words: str
    line: int


def sampled(gathered: Gathered, macros: Mapping[str, object]) -> Iterator[Sampled]:
    """Yield what the prose calls sample variances and covariances."""
    for text, line in paragraphs(gathered):
        for found in _SAID.finditer(text):
            symbols, kind, is_co = found.group(1), found.group(3), bool(found.group(4))
            others = [int(each) for each in found.groups()[4:] if each is not None]
            yield from _each(gathered, macros, symbols, kind, is_co, others, found.group(0), line)
        for found in _BEHIND.finditer(text):
            kind, is_co, symbols = found.group(2), bool(found.group(3)), found.group(4)
            yield from _each(gathered, macros, symbols, kind, is_co, [], found.group(0), line)


def paragraphs(gathered: Gathered) -> Iterator[tuple[str, int]]:
    """Yield the paragraphs of the prose, a mark in the place of every formula, with their lines."""
    whole, line = "", 1
    for text, start in gathered.text:
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                yield _LINK.sub(r"\1", whole), line
                whole = ""
            if not whole.strip():
                line = start
            whole += paragraph.replace("\n", " ")
    yield _LINK.sub(r"\1", whole), line


def _each(
    gathered: Gathered,
    macros: Mapping[str, object],
    symbols: str,
    kind: str,
    is_co: bool,
    others: list[int],
    words: str,
    line: int,
) -> Iterator[Sampled]:
    if not re.search(r"sample|biased|empirical", kind, re.I):
        return
    marks = [int(each) for each in re.findall(_MARK, symbols)]
    named = [_letter(_node(gathered, macros, each)) for each in others]
    for mark in marks:
        node = _node(gathered, macros, mark)
        if not isinstance(node, Name | Scripted):
            continue
        letters = _of_subscript(node, is_co)
        if letters is None and len(marks) == 1 and all(named) and len(named) == (2 if is_co else 1):
            letters = (str(named[0]), str(named[-1]))
        is_square = isinstance(node, Scripted) and isinstance(node.power, Num) and node.power.value == 2
        if letters is not None and is_square != is_co:
            shown = re.sub(_MARK, lambda each: f"${gathered.marks[int(each.group(1))][0].text.strip()}$", words)
            yield Sampled(node, letters, _BIASED.search(kind) is not None, " ".join(shown.split())[:120], line)


def _of_subscript(node: Name | Scripted, is_co: bool) -> tuple[str, str] | None:
    """Return the letters in the subscript of s_x or s_{xy}."""
    items = node.sub if isinstance(node, Scripted) else ()
    names = [item.key for item in items if isinstance(item, Name)]
    if len(names) != len(items) or len(names) != (2 if is_co else 1):
        return None
    return names[0], names[-1]


def _node(gathered: Gathered, macros: Mapping[str, object], mark: int) -> Node | None:
    excerpt, displayed = gathered.marks[mark]
    if displayed:
        return None
    try:
        return read_side(prepare(tokenize(excerpt, macros)).tokens)  # type: ignore[arg-type]
    except Unreadable:
        return None


def _letter(node: Node | None) -> str | None:
    return node.key if isinstance(node, Name) else None


def sample_equations(
    found: Iterator[Sampled],
    fitted: Fitted,
    variables: Variables,
    names: Mapping[Dim, Symbol],
    is_free: Callable[[Name | Scripted], bool],
) -> Iterator[tuple[str, Assumed]]:
    """Yield the equations of sample variances and covariances, with the key of the symbol.

    Parameters
    ----------
    found : iterator of Sampled
        What the prose says.
    fitted, variables, names
        The shapes, the symbols and the names of sizes.
    is_free : callable
        Whether nothing else gives a symbol its value.
    """
    for each in found:
        key = variables.key(each.symbol)[0]
        sizes = [count_of(letter, fitted, names) for letter in each.letters]
        if key not in variables.first or sizes[0] is None or sizes[0] != sizes[1] or not is_free(each.symbol):
            continue
        count = shown_size(sizes[0])
        left = key
        if isinstance(each.symbol, Scripted) and each.symbol.power is not None:
            left = f"{key}^{{2}}"
        index = next(letter for letter in "ijklm" if letter not in variables.uses and letter != count)
        total = rf"\sum_{{{index}=1}}^{{{count}}}"
        members = [f"{letter}_{{{index}}}" for letter in each.letters]
        factors = [rf"\left( {member} - \frac{{1}}{{{count}}} {total} {member} \right)" for member in members]
        divisor = count if each.biased else f"{count} - 1"
        latex = rf"{left} = \frac{{1}}{{{divisor}}} {total} {factors[0]} {factors[1]}"
        yield key, Assumed(key, latex, (f"line {each.line}: “{each.words}”",), variables.first[key].line)
