"""What the prose says of symbols: "Let $X$ be an $n \\times p$ matrix", "symmetric", "random vector"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive.brackets import prepare
from derive.facts import Fact
from derive.infer.gather import Gathered, read_side
from derive.infer.sentences import MARK, Sentences
from derive.infer.typography import Sort
from derive.opaque import written
from derive.source import Excerpt
from derive.syntax import Name, Node, Scripted
from derive.tokens import tokenize

_ADJECTIVES = {
    "positive[ -]definite": Fact.DEFINITE,
    "positive[ -]semi-?definite": Fact.SEMIDEFINITE,
    "(?<!conjugate )symmetric(?! in | about | around | under | function| with probability)": Fact.SYMMETRIC,
    "orthogonal(?! to| columns| rows| projection)": Fact.ORTHOGONAL,
    "(?<!block )(?<!blocks )diagonal(?! block| entries| elements| part)": Fact.DIAGONAL,
    "invertible": Fact.INVERTIBLE,
    "non-?singular": Fact.INVERTIBLE,
    "full rank": Fact.INVERTIBLE,
    "(?<!cross )(?<!sample )(?<!empirical )covariance (?:matrix|matrices|structures?)": Fact.DEFINITE,
    "(?:sample|empirical) covariance (?:matrix|matrices)": Fact.SEMIDEFINITE,
    "precision (?:matrix|matrices)": Fact.DEFINITE,
}
_FULL_RANK = re.compile(r"\bfull rank\b", re.IGNORECASE)
SQUARE = frozenset(
    {
        Fact.SYMMETRIC,
        Fact.SEMIDEFINITE,
        Fact.DEFINITE,
        Fact.ORTHOGONAL,
        Fact.DIAGONAL,
        Fact.INVERTIBLE,
    }
)
"""Properties of square matrices only."""
_ADJECTIVE = {re.compile(rf"(?<![\w-]){words}(?![\w-])"): fact for words, fact in _ADJECTIVES.items()}
_POSITIVE = re.compile(
    r"\b(positive (scalar|number|constant|real)|standard deviation|(noise|error)? ?precision(?! matri)|"
    r"(shape|rate|scale) parameter)s?\b|> 0",
    re.IGNORECASE,
)
_SORTS = (
    (re.compile(r"\b(matrix|matrices)\b", re.IGNORECASE), Sort.MATRIX),
    (re.compile(r"\bvectors?\b", re.IGNORECASE), Sort.VECTOR),
    (re.compile(r"\b(scalars?|real numbers?|constants?)\b", re.IGNORECASE), Sort.SCALAR),
)
_NOUN_BEFORE = re.compile(rf"(?:{MARK}\s?(-dimensional|-vector)?\s)?((?:[\w-]+\s){{1,6}})$")
_SIZE_NOUN = re.compile(
    r"\b(of|with|in) (the )?(common |same |full )?(length|dimension(ality)?|size|order|rank)\s*$", re.IGNORECASE
)
"""The end of words before a size, as in ``a vector of length $n$``."""
_MEAN = re.compile(
    r"\b(means?|averages?)\b(?! (vector|square|function|value|of (the )?(means|squares)))", re.IGNORECASE
)
_INDEPENDENT = re.compile(r"\bindependent(ly)?\b|\bi\.? ?i\.? ?d\b", re.IGNORECASE)
_DEPENDENT = re.compile(
    r"\b(not|non|no|never|nor|without|linearly|conditionally|pairwise|if|whether|independent(ly)? of)\b|\bdependent",
    re.IGNORECASE,
)
"""Words that take back that members of a family are independent of each other, or speak of something else."""
_PARTED = re.compile(r"\b(of|with|whose|having|for|from|by|than)\b", re.IGNORECASE)
"""Words before sizes that are those of a part of what is spoken of, as in ``a model with $n \\times p$ matrix``."""
_LIMITS = re.compile(r"\b(with|whose|having|that|which|for|from|by|than)\b", re.IGNORECASE)
"""Words behind which a noun phrase speaks of something else than of what it began with."""
_COMPLEMENT = re.compile(r"\b(of|between|from|than)\s+(the\s+)?$", re.IGNORECASE)
"""The end of words that speak of something of a symbol, as in ``the rows of $X$``."""
_SINGULAR = re.compile(r"\b(matrix|vector|scalar|number|constant|variable|factor)\s*$", re.IGNORECASE)
"""The end of a noun phrase that speaks of the first symbol behind it only."""
_VERB = re.compile(r"\s*(is|are|and|be|or|with|in|of|as|has|have)\b")
_NEXT = re.compile(r"\b(?:is|are|and|be|or|but|with|for|if|then|while|where|when)\b")
_INTRODUCED = re.compile(r"\b(let|is|are|be|where|with|suppose|consider|denotes?)\b", re.IGNORECASE)
_PLURAL = rf"{MARK}((?:\s*(?:,|and|,\s*and)\s*{MARK})*)"
_NEGATED = re.compile(
    r"\b(not|non|no|never|neither|nor|without|hardly|rarely|seldom|almost|nearly|approximately|usually|often|sometimes|"
    r"generally|typically|far from|anything but|if|iff|only|when|whenever|unless|provided|assuming|whether)\b"
)
"""Words that take back a property, or say it for a case only."""
_CASE = re.compile(
    r"\b(if|when|whenever|unless|provided|assuming|whether|were|case|cases|false|wrong|untrue|neither|not)\b[^,;:]*$",
    re.IGNORECASE,
)
"""Words before a statement that holds in a case only."""
_PART = re.compile(
    r"\b((?<!both )(?<!each )(?<!all )(?<!copies )of|but|or|except|unlike|between|from|than|besides)"
    r"\s+(the\s+)?((matrix|matrices)\s+)?$"
    r"|\b(none|which|mistake|mistaken|impossible|doubt\w*|think|believe|pretend)\b[^,;:]*$",
    re.IGNORECASE,
)
"""Words before symbols that speak of something else than these, as in ``one of $A$ and $B$ is symmetric``."""
_MORE = re.compile(
    r"\b((skew|anti|per|centro)-?symmetric|conjugate symmetric|projections?|projectors?|idempotent|involut\w+"
    r"|nilpotent|normal matri\w+|triangular|permutation|circulant|toeplitz|hankel|hermitian|unitary|orthonormal"
    r"|traceless|(doubly[ -])?stochastic matri\w+|unit (vectors?|norm|length)|centr?ing|cent(er|re)d|householder"
    r"|hadamard matri\w+|vandermonde|rank[ -](one|two|1|2|deficient)|singular|banded|commut\w+|reflections?|rotations?"
    r"|correlation matri\w+|laplacian|selection|indicator|duplication|(normal|standard)i[sz]ed|(column|row)[ -]sums?"
    r"|simplex|diagonali[sz]able)\b",
    re.IGNORECASE,
)
"""Words for properties that are not understood: nothing is refuted of what they are said of."""
_HEAD_ENDS = re.compile(r"\b(of(?! full)|to(?= an?\b)|with|whose|having|that|which|for|from|by|than|but)\b")
"""Words with which the part of a noun phrase ends whose adjectives speak of the symbol."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the prose says of a symbol.

    ``sort`` and ``dims`` are None where nothing is said of them; ``weak`` says that the sort is only likely; ``facts``
    are properties; ``random`` says that it is a random variable, ``square`` that it is a square matrix, ``mean`` that
    it is a mean of others, ``independent`` that it is one of several that are independent of each other, ``more`` that
    it has a property that is not understood; ``words`` are those it is read from.
    """

    symbol: Name | Scripted
    words: str
    line: int
    sort: Sort | None = None
    weak: bool = False
    dims: tuple[Node, ...] | None = None
    facts: frozenset[Fact] = frozenset()
    random: bool = False
    square: bool = False
    mean: bool = False
    independent: bool = False
    more: bool = False


def said(gathered: Gathered, macros: Mapping[str, Any]) -> list[Said]:
    """Return what the prose says, in its order."""
    reader = _Reader(gathered, macros)
    return list(reader.read())


class _Reader(Sentences):
    def read(self) -> Iterator[Said]:
        for sentence, line in self.sentences():
            yield from self._sentence(sentence, line)

    # -- sentences ---------------------------------------------------------------------------------------------

    def _sentence(self, text: str, line: int) -> Iterator[Said]:
        yield from self._before(text, line)
        yield from self._behind(text, line)
        yield from self._plain(text, line)

    def _before(self, text: str, line: int) -> Iterator[Said]:
        """Read ``an $n \\times p$ design matrix $X$`` and ``the covariance matrix $\\Sigma$``."""
        for found in re.finditer(_PLURAL, text):
            before = _NOUN_BEFORE.search(text[: found.start()])
            if before is None:
                continue
            symbols = [int(mark) for mark in re.findall(MARK, found.group(0))]
            dims_mark, dimensional, noun = before.groups()
            dims = None
            if dims_mark is not None:
                dims = self._single(int(dims_mark)) if dimensional else self._dims(int(dims_mark))
            *others, noun = _NEXT.split(noun)
            if others:
                dims = None  # what stands before belongs to another symbol
            elif dims_mark is not None and dims is None and _VERB.match(noun):
                continue
            words = before.group(0) + found.group(0)
            if dims is None and _SIZE_NOUN.search(noun):
                continue
            noun = _LIMITS.split(noun)[-1]
            if _SINGULAR.search(noun):
                symbols = symbols[:1]
            if dims is None and _COMPLEMENT.search(noun):
                yield from self._complement(symbols, noun, words, line)
                continue
            yield from self._describe(symbols, noun, dims, words, line, _facts(noun, behind=False))

    def _complement(self, symbols: list[int], noun: str, words: str, line: int) -> Iterator[Said]:
        """Read ``the covariance matrix of $X$``: the noun is no word for the symbol, which is likely a column."""
        if not re.search(r"\b(covariances?|cross-covariances?|mean vector)\b", noun, re.IGNORECASE):
            return
        for number in symbols:
            for symbol in self.symbols(number):
                yield Said(symbol, self.shown(words), line, Sort.VECTOR, True)

    def _behind(self, text: str, line: int) -> Iterator[Said]:
        """Read ``$X$ is an $n \\times p$ matrix``, ``let $A$ be symmetric``."""
        words = r"((?:(?!⟦)[^.;:]){0,60})"
        verb = r"(?:\b(?:is|are|be|denotes?|being)\b|,? which is\b|(?=an? ))"
        pattern = rf"{_PLURAL}\s*{verb}\s*{words}(?:{MARK}\s?(-dimensional|-vector)?{words})?"
        at, sought = 0, re.compile(pattern)
        while (found := sought.search(text, at)) is not None:
            first, dims_mark, dimensional, rest = (found.group(number) for number in (4, 5, 6, 7))
            dims = None
            if dims_mark is not None and not _PARTED.search(first):
                dims = self._single(int(dims_mark)) if dimensional else self._dims(int(dims_mark))
            at = found.end(4) if dims is None else found.end()  # what is no size is the next symbol
            stated = text[found.start() : found.start(4)]
            if stated.rstrip().endswith("⟧") and not _INTRODUCED.search(text[: found.start()]):
                continue
            symbols = [int(mark) for mark in re.findall(r"⟦(\d+)⟧", stated)]
            noun = _LIMITS.split(f"{first} {rest or ''}" if dims is not None else first)[0]
            is_case = _CASE.search(text[: found.start()]) is not None
            is_part = _PART.search(text[: found.start()]) is not None
            is_doubtful = is_case or is_part or _NEGATED.search(noun) is not None
            facts = frozenset() if is_doubtful else _facts(noun)
            noun = re.sub(r"\bsquare\b", "", noun) if is_doubtful else noun
            yield from self._describe(symbols, noun, dims, text[found.start() : at], line, facts)

    def _plain(self, text: str, line: int) -> Iterator[Said]:
        """Read ``Let X be an n x p matrix``, in letters without dollar signs."""
        pattern = (
            r"\b[Ll]et ([A-Za-z]) be an? ((?:[\w-]+ ){0,4}?)([A-Za-z0-9]) ?[x×] ?([A-Za-z0-9]) ((?:[\w-]+ ?){1,4})"
        )
        for found in re.finditer(pattern, text):
            nodes = [_parsed(found.group(number), self.macros) for number in (1, 3, 4)]
            if isinstance(nodes[0], Name) and nodes[1] is not None and nodes[2] is not None:
                noun = f"{found.group(2)} {found.group(5)}"
                dims = nodes[1], nodes[2]
                facts = _of_shape(_facts(noun), dims, False, noun)
                yield Said(nodes[0], found.group(0), line, Sort.MATRIX, False, dims, facts)

    def _describe(
        self,
        symbols: list[int],
        noun: str,
        dims: tuple[Node, ...] | None,
        words: str,
        line: int,
        facts: frozenset[Fact],
    ) -> Iterator[Said]:
        sort = next((sort for pattern, sort in _SORTS if pattern.search(noun)), None)
        if dims is not None and len(dims) == 2:
            sort = Sort.MATRIX
        elif dims is not None:
            sort = Sort.VECTOR if sort is None or sort is Sort.VECTOR else sort
            dims = dims if sort is Sort.VECTOR else (dims[0], dims[0])
        random = bool(re.search(r"\b(random|stochastic)\b", noun, re.IGNORECASE))
        weak = sort is None and bool(re.search(r"\brandom variables?", noun, re.IGNORECASE))
        if weak:
            sort = Sort.SCALAR
        square = sort is Sort.MATRIX and re.search(r"\bsquare\b(?! root)", noun, re.IGNORECASE) is not None
        facts = _of_shape(facts, dims, square, noun)
        mean = _MEAN.search(noun) is not None
        independent = _INDEPENDENT.search(noun) is not None and not _DEPENDENT.search(noun)
        more = _MORE.search(noun) is not None
        if sort is None and not facts and not random and not mean and not independent and not more:
            return
        found = [symbol for number in symbols for symbol in self.symbols(number)]
        several = independent and any(len(list(self.symbols(number))) > 1 for number in symbols)
        for symbol in found:
            yield Said(symbol, self.shown(words), line, sort, weak, dims, facts, random, square, mean, several, more)

    # -- what stands behind a mark -----------------------------------------------------------------------------

    def _dims(self, number: int) -> tuple[Node, ...] | None:
        tokens = self.tokens(number)
        cross = [at for at, token in enumerate(tokens) if token.text in ("\\times", "×")]
        if len(cross) != 1:
            return None
        nodes = tuple(read_side(part) for part in (tokens[: cross[0]], tokens[cross[0] + 1 :]))
        if any(node is None for node in nodes):
            return None
        return nodes  # type: ignore[return-value]

    def _single(self, number: int) -> tuple[Node, ...] | None:
        tokens = self.tokens(number)
        node = read_side(tokens) if len(tokens) <= 4 else None
        return None if node is None else (node,)


def _facts(noun: str, *, behind: bool = True) -> frozenset[Fact]:
    """Return the properties that a noun phrase gives to the symbol behind it, or to the one it is said of."""
    parts = _HEAD_ENDS.split(noun.lower())
    text = parts[0] if behind else parts[-1]
    found = set()
    for pattern, fact in _ADJECTIVE.items():
        at = pattern.search(text)
        if at is not None and not _NEGATED.search(text):
            found.add(fact)
    if _POSITIVE.search(text) and not _NEGATED.search(text):
        found.add(Fact.POSITIVE)
    return frozenset(found)


def _of_shape(facts: frozenset[Fact], dims: tuple[Node, ...] | None, square: bool, noun: str) -> frozenset[Fact]:
    """Return the properties that a matrix of the stated sizes can have.

    An n × p matrix that is called orthogonal has orthogonal columns only; full rank makes square matrices invertible.
    """
    if dims is not None and len(dims) == 2 and written(dims[0]) != written(dims[1]):
        return facts - SQUARE
    is_square = square or (dims is not None and len(dims) == 2)
    if not is_square and _FULL_RANK.search(noun) and not re.search(r"invertible|singular", noun, re.IGNORECASE):
        return facts - {Fact.INVERTIBLE}
    return facts


def _parsed(text: str, macros: Mapping[str, Any]) -> Node | None:
    return read_side(prepare(tokenize(Excerpt.of(text), macros)).tokens)
