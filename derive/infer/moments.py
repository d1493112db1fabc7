"""Moments that the prose gives: "a random vector $X$ with mean $\\mu$ and covariance $\\Sigma$", "zero mean"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile

from derive.infer.gather import read_side
from derive.infer.sentences import MARK, Sentences
from derive.notation import DOTS, RELATIONS
from derive.source import Span
from derive.syntax import Group, Name, Node, Num, Scripted

Symbol = Name | Scripted
_LIST = r"⟦\d+⟧(?:(?:,? and |, ?)⟦\d+⟧)*"
_ADJECTIVE = (
    r"(?:(?:an?|the|its|their|common|same|finite|known|unknown|constant|respective|population|true|corresponding|"
    r"expected|mathematical|equal) )*"
)
_NOUNS = {
    "mean": r"means?(?: vectors?| values?)?|expected values?|expectations?(?: values?)?",
    "variance": r"(?:variance-?)?covariance matri(?:x|ces)|covariances?|variances?|variance matri(?:x|ces)|"
    r"dispersion matri(?:x|ces)",
    "deviation": r"standard deviations?",
    "cross": r"cross-?covariances?(?: matri(?:x|ces))?",
}
_NOUN = "|".join(f"(?P<{kind}>{words})" for kind, words in _NOUNS.items())
_ITEM = re.compile(
    rf"(?:{_ADJECTIVE}(?:{_NOUN})(?: (?:is|are|equal to|of|=))? "
    rf"(?:(?P<values>{_LIST})|(?P<word>zero|one|unity|0|1)(?![\w⟦]))"
    rf"|(?P<count>zero|unit) (?P<what>means?|variances?|expectations?)(?!\w))"
)
_AND = re.compile(r",? and |, ?")
_WORD = r"(?:(?!(?:let|where|be|is|are|that|which|while)\b)[\w-]+ )"
_SIZES = rf"(?:⟦\d+⟧ ?(?:-dimensional|-vectors?)? ?{_WORD}{{0,4}}?)?"
_KIND = rf"(?:is|be|are|being|follows?) (?:an? |the )?{_WORD}{{0,8}}?{_SIZES}"
_WITH = re.compile(
    rf"(?P<subject>{_LIST}),? (?:(?:{_KIND})?(?:each )?(?:with|having|whose)|(?:both )?(?:has|have))(?: both)? "
)
_IS = re.compile(
    rf"(?P<value>⟦\d+⟧) (?:be|is|denotes?) (?:the )?(?:[\w-]+ )?(?:{_NOUN}) (?:of|between) (?:the )?(?:random )?"
    rf"(?:(?:vectors?|variables?) )?(?P<subject>{_LIST})"
)
_HAS = re.compile(
    rf"\bthe (?:{_NOUN}) (?P<value>⟦\d+⟧) (?:of|between) (?:the )?(?:random )?(?:(?:vectors?|variables?) )?"
    rf"(?P<subject>{_LIST})"
)
_APART = (
    re.compile(
        rf"\b(?P<kind>independent|uncorrelated),? (?:(?:normal|normally distributed|Gaussian|real|scalar) )?"
        rf"(?:random )(?:vectors?|variables?) (?P<subject>{_LIST})"
    ),
    re.compile(
        rf"(?P<subject>{_LIST}) (?:be|are)(?: two| three)?(?: mutually| jointly| pairwise| statistically)? "
        rf"(?P<kind>independent|uncorrelated)(?! (?:of|from|if|when|conditional|variables?|predictors?|regressors?)\b)"
    ),
    re.compile(
        r"(?P<one>⟦\d+⟧) (?:be|is)(?: statistically)? (?P<kind>independent of|uncorrelated with) (?P<two>⟦\d+⟧)"
    ),
)
_CASE = re.compile(
    r"\b(if|iff|when|whenever|unless|provided|assuming|whether|were|not|no|never|neither|nor|cannot|without|given|"
    r"conditional(ly)?|posterior|prior|sample|empirical|estimate[ds]?|estimator|would|could|might|may|need|hypothes\w+|"
    r"drop(s|ped|ping)?|lift(s|ed|ing)?|relax\w*|abandon\w*|remov\w+|longer|in case|e\.g\.|for example|"
    r"counterexample|instead)\b",
    re.IGNORECASE,
)
"""Words that say something for a case only, or of something else."""
_CASE_BEHIND = re.compile(
    r"\b(if|iff|when|whenever|unless|provided|assuming|given|conditional(ly)?|only|under|otherwise)\b", re.IGNORECASE
)
_COMPLEMENT = re.compile(r"\b(of|between|from|than|on|by|for|under|to|in|over)\s+(the\s+)?$", re.IGNORECASE)
_CONCLUDES = re.compile(
    r"\b(therefore|hence|thus|then|so|consequently|implies|follows that|shows?|demonstrates?|proves?|conclude)\b",
    re.IGNORECASE,
)
"""Words behind which something is said to follow: it is not given."""
_PLURAL = re.compile(r"(means|values|vectors|expectations|covariances|variances|matrices|deviations)$")
_OF_DATA = re.compile(r"\\(bar|overline|hat|widehat|tilde)\b")
"""How sample means and estimates are written."""
_DATA = re.compile(r"\b(data|observations?|measurements?|values?|points?|scores?|samples?)\b", re.IGNORECASE)
_RANDOM = re.compile(r"\b(random|independent(ly)?|iid|distributed|stochastic)\b", re.IGNORECASE)
"""Words that tell random variables from data, of which means are sample means."""
_AVERAGE = re.compile(r"means?(?: values?)?")
_SPACED = re.compile(r" ([,;:.])")
_BEHIND = re.compile(r"^(where|with|here|in which|and)\b")


@dataclass(frozen=True, slots=True)
class SaidMoment:
    """A moment that the prose gives.

    Attributes
    ----------
    operator : str
        ``"E"``, ``"Var"`` or ``"Cov"``.
    symbols : tuple of Name or Scripted
        One symbol, or the two of a covariance.
    value : Node
        The value.
    words : str
        The words it is read from.
    line : int
        The line where their paragraph begins.
    place, last : tuple
        The cell and the offset from which on it holds, and of the last formula in the sentence that says it.
    latex : str
        The value as it is written.
    dotted : bool
        Whether the symbol is the first of several that are listed with dots; so is the value then, if it has an index.
    independent : bool
        Whether the two symbols are said to be independent, so that their covariance is zero.
    """

    operator: str
    symbols: tuple[Symbol, ...]
    value: Node
    words: str
    line: int
    place: tuple[int, int]
    last: tuple[int, int] = (0, 0)
    latex: str = ""
    dotted: bool = False
    independent: bool = False


@dataclass(frozen=True, slots=True)
class _Value:
    """A value with the text it is read from."""

    node: Node
    latex: str


class MomentReader(Sentences):
    """Reads the moments that the prose gives."""

    def read(self) -> Iterator[SaidMoment]:
        """Yield the moments, in the order of the sentences."""
        for text, line in self.sentences():
            sentence = _SPACED.sub(r"\1", text)
            for made in self._sentence(sentence):
                yield replace(made, line=line, place=self._place(sentence), last=self._last(sentence))

    def introduced(self) -> Iterator[tuple[Symbol, tuple[int, int]]]:
        """Yield the symbols that sentences introduce as random, with their places: what was said before ends there."""
        for sentence, _ in self.sentences():
            if re.search(r"\brandom\b", sentence) and re.search(r"\b([Ll]et|[Cc]onsider|[Ss]uppose)\b", sentence):
                for mark in re.findall(MARK, sentence):
                    for symbol in self.symbols(int(mark)):
                        yield symbol, self._place(sentence)

    def _place(self, sentence: str) -> tuple[int, int]:
        """Return where a sentence begins; one that explains a displayed formula before it begins with that."""
        marks = [int(mark) for mark in re.findall(MARK, sentence)]
        if not marks:
            return 0, 0
        first = marks[0]
        if _BEHIND.match(sentence) and first > 0 and self.marks[first - 1][1]:
            first -= 1
        excerpt = self.marks[first][0]
        return excerpt.source.cell or 0, excerpt.span(0, 0).start

    def _last(self, sentence: str) -> tuple[int, int]:
        """Return where the last formula of a sentence stands."""
        excerpt = self.marks[int(re.findall(MARK, sentence)[-1])][0]
        return excerpt.source.cell or 0, excerpt.span(0, 0).start

    def _sentence(self, text: str) -> Iterator[SaidMoment]:
        for found in _WITH.finditer(text):
            if _is_stated(found, text) and not _COMPLEMENT.search(text[: found.start()]):
                yield from self._items(found, text)
        for pattern in (_IS, _HAS):
            for found in pattern.finditer(text):
                if _is_stated(found, text) and (_RANDOM.search(text) or not _AVERAGE.fullmatch(found["mean"] or "")):
                    yield from self._value(found)
        for pattern in _APART:
            for found in pattern.finditer(text):
                if _is_stated(found, text) and not _COMPLEMENT.search(text[: found.start()]):
                    yield from self._apart(found)

    # -- patterns ----------------------------------------------------------------------------------------------

    def _items(self, found: re.Match[str], text: str) -> Iterator[SaidMoment]:
        """Read the list behind "with": "mean $\\mu$ and variance $\\sigma^2$", "zero mean"."""
        at, stop = found.end(), found.end()
        items = []
        while (item := _ITEM.match(text, at)) is not None:
            items.append(item)
            stop = item.end()
            between = _AND.match(text, stop)
            if between is None:
                break
            at = between.end()
        words = self.shown(text[found.start() : stop])
        if _DATA.search(found.group(0)) and not _RANDOM.search(found.group(0)):
            return
        marks = [int(mark) for mark in re.findall(MARK, found["subject"])]
        dotted = len(marks) == 1 and self._has_dots(marks[0])
        subjects = self._subjects(found["subject"])
        for item in items:
            made = self._counted(item, subjects) if item["count"] else self._named(item, subjects)
            yield from (replace(each, words=words, dotted=dotted) for each in made)

    def _counted(self, item: re.Match[str], subjects: list[Symbol]) -> Iterator[SaidMoment]:
        """Read "zero mean" and "unit variance"."""
        is_unit, is_variance = item["count"] == "unit", item["what"].startswith("variance")
        if is_variance or not is_unit:
            value = _number(int(is_unit))
            yield from (_moment("Var" if is_variance else "E", (each,), value) for each in subjects)

    def _named(self, item: re.Match[str], subjects: list[Symbol]) -> Iterator[SaidMoment]:
        """Read "means $\\mu_X$ and $\\mu_Y$", "variance one"."""
        noun = _noun(item)
        if item["values"] is None:
            values = [_number(int(item["word"] in ("one", "unity", "1")))] * len(subjects)
        else:
            values = self._values(item["values"])
            if not _PLURAL.search(item[noun]) and (noun == "cross" or 1 in (len(values), len(subjects))):
                values = values[:1] * (1 if noun == "cross" else len(subjects))
        if noun == "cross":
            if len(subjects) == 2 and len(values) == 1:
                yield _moment("Cov", tuple(subjects), values[0])
        elif len(values) == len(subjects) and not (len(subjects) > 1 and item[noun].startswith("covarianc")):
            for subject, value in zip(subjects, values, strict=True):  # “X and Y with covariance c” speaks of the pair
                yield _moment("E" if noun == "mean" else "Var", (subject,), _squared(value, noun))

    def _value(self, found: re.Match[str]) -> Iterator[SaidMoment]:
        """Read "$\\Sigma_{XY}$ is the cross-covariance of $X$ and $Y$", "the mean $\\mu$ of $X$"."""
        subjects, values, noun = self._subjects(found["subject"]), self._values(found["value"]), _noun(found)
        words = self.shown(found.group(0))
        is_pair = noun == "cross" or (
            noun == "variance" and found[noun].startswith("covariance") and " " not in found[noun]
        )
        if len(values) == 1 and is_pair and len(subjects) == 2:
            yield replace(_moment("Cov", tuple(subjects), values[0]), words=words)
        elif len(values) == 1 and noun in ("mean", "variance") and len(subjects) == 1:
            yield replace(_moment("E" if noun == "mean" else "Var", tuple(subjects), values[0]), words=words)

    def _apart(self, found: re.Match[str]) -> Iterator[SaidMoment]:
        """Read "$X$ and $Y$ are independent"."""
        groups = found.groupdict()
        subjects = self._subjects(groups.get("subject") or f"{groups['one']}, {groups['two']}")
        words, is_independent = self.shown(found.group(0)), found["kind"].startswith("independent")
        for at, one in enumerate(subjects):
            for other in subjects[at + 1 :]:
                yield replace(_moment("Cov", (one, other), _number(0)), words=words, independent=is_independent)

    # -- what stands behind marks ------------------------------------------------------------------------------

    def _subjects(self, text: str) -> list[Symbol]:
        """Return the symbols of a list of marks; the first one of those that are listed with dots stands for all."""
        found: list[Symbol] = []
        for mark in map(int, re.findall(MARK, text)):
            symbols = list(self.symbols(mark))
            found += symbols[:1] if self._has_dots(mark) else symbols
        return found

    def _has_dots(self, number: int) -> bool:
        return any(token.text in DOTS for token in self.tokens(number))

    def _values(self, text: str) -> list[_Value]:
        """Return the expressions of a list of marks; none if one of them is something else."""
        found: list[_Value] = []
        for mark in map(int, re.findall(MARK, text)):
            tokens, latex = self.tokens(mark), self.marks[mark][0].text.strip()
            if self._has_dots(mark):
                tokens = list(takewhile(lambda token: token.text != ",", tokens))
            elif [token.text for token in tokens[-2:]] == ["<", "\\infty"]:
                tokens, latex = tokens[:-2], latex.partition("<")[0].strip()
            is_formula = any(token.text in RELATIONS or token.text in ("\\in", "\\sim", ",") for token in tokens)
            node = None if is_formula else read_side(tokens)
            if node is None or _OF_DATA.search(latex):
                return []
            found.append(_Value(node, latex))
        return found


def _is_stated(found: re.Match[str], text: str) -> bool:
    """Whether words are said without a condition, and not as what follows from something."""
    before, behind = text[: found.end()], text[found.end() :]
    return not (_CASE.search(before) or _CONCLUDES.search(text[: found.start()]) or _CASE_BEHIND.search(behind))


def _noun(found: re.Match[str]) -> str:
    return next(kind for kind in _NOUNS if found[kind] is not None)


def _squared(value: _Value, noun: str) -> _Value:
    """Return the variance that belongs to a standard deviation."""
    if noun != "deviation":
        return value
    span = value.node.span
    square = Scripted(span, Group(span, "(", (value.node,)), power=Num(span, Fraction(2)))
    return _Value(square, f"({value.latex})^2")


def _moment(operator: str, symbols: tuple[Symbol, ...], value: _Value) -> SaidMoment:
    return SaidMoment(operator, symbols, value.node, "", 0, (0, 0), latex=value.latex)


def _number(value: int) -> _Value:
    return _Value(Num(Span(0, 0), Fraction(value)), str(value))
