"""What the text between formulas says of them: premises, what is concluded, what is withdrawn."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASSUMES = re.compile(
    r"\b(assum(e|es|ing|ption)|suppos(e|es|ing)|subject to|constraints?(?! (gradient|derivative|m[ai][xn]im))"
    r"|constrained (by|to)|premise|(consider|choose|pick|take|find|exists?)\b[^.;]{0,80}\bsuch that(?=\s*$)"
    r"|provided( that)?|given( that)?\s*$|given that\b|let(?!\s+us\b|['’]s\b))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(we (then )?(get|have|obtain|find|see|arrive|conclude)|then|therefore|hence|thus|it follows"
    r"|this (gives|yields))\b",
    re.IGNORECASE,
)
"""Words behind which an equation is said to follow from a premise, and is none."""
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)(?<!e\.g\.)(?<!i\.e\.)(?<!w\.r\.t\.)(?<!cf\.)")
_TO_ZERO = re.compile(
    r"\b(set(ting)?|equat(e|ing)|put(ting)?)\b[^.]{0,80}\bzero\b|\b(gradients?|derivatives?)\b[^.]{0,40}\bvanish(es)?\b"
    r"|\bat (a|the) (stationary point|m[ai][xn]im\w+|optimum)\b",
    re.IGNORECASE,
)
"""Words by which the derivative that was just found is made zero."""
_SEVERAL = re.compile(r"\b(them|both|these|all|gradients|derivatives|each)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(the first|former)\b(?! (order\b|(partial )?derivatives?\b))", re.IGNORECASE)
_WITHDRAWS = re.compile(r"\binstead\b", re.IGNORECASE)
_VARIES = re.compile(
    r"\b(as (a )?functions? of|(free|independent) of|(not|n['’]t) depend(ing)? (up)?on|viewed as .{0,30} of|"
    r"proportional(ity)? (in|with respect to))(?=\s*($|\$))",
    re.IGNORECASE,
)
"""Words behind which the text names what varies in a relation up to a factor or a term."""
_CASE = re.compile(
    r"\b(if|for|when|whenever|unless|case( of| that| where)?|(assum|suppos|provid|sett?)\w*[^.;:$]{0,40})"
    r"\s+((both|all|that|the)\s+)?(\$\s*(,|and|or)?\s*)*$",
    re.IGNORECASE,
)
"""Words before an equation that holds in a case."""
_NARROW = re.compile(
    r"\b(if|for|when|whenever|unless|setting|case( of| that| where)?)\s+((both|all|that|the)\s+)?"
    r"(\$\s*(,|and|or)?\s*)*$",
    re.IGNORECASE,
)
"""Words before an equation that holds in what is said with it only."""
_FOR_GOOD = re.compile(
    r"\b([Ll]et|[Aa]ssum\w+|[Ss]uppos\w+|[Ff]ix|[Tt]ake|[Pp]ut|[Cc]hoose|[Dd]efine)(\s+(us|that|now|again|also|here|further|simply"
    r"|without loss of generality,?|for simplicity,?))*\s*(\$\s*(,|and)?\s*)*$"
    r"|^[\s*_,;]*(where|with|and|for)\b[^.;:]*$"
    r"|^[\s*_]*(Let|Assume|Suppose|Consider|Given)\b[^.;:]*\b(with|where)\s+(\$\s*(,|and)?\s*)*$"
)
"""Words before an equation that gives a symbol its value from there on, and not in what is said beside it only."""
_CASE_INSIDE = re.compile(r"\b(if|for|when|whenever|unless|case|assum\w+|suppos\w+|provided)\b", re.IGNORECASE)
_THAT = "(?:this|that|these|those)"
_CONDITION = r"(?:assumption|condition|restriction|constraint|requirement)s?\b"
_STOPS = r"(?=\s*(?:[,:]|$|(?:however|but|we|this|it|one|only|for|with)\b))"
_GENERAL = re.compile(
    rf"\bin general{_STOPS}|\bmore generally\b|\bgeneral case\b"
    r"|\b(be|is|are|for|with|of) (now |again )?(a |an |any )?(general|arbitrary)\b(?! linear)"
    rf"|\bwithout (the|any|{_THAT}) (\w+ )?{_CONDITION}|\b(drop|relax|lift|remov)\w* (the|{_THAT}) (\w+ )?{_CONDITION}"
    r"|\b(?<!for )(?<!by )(a )?contradiction\b|\bno longer\b|\botherwise\b"
    r"|\b(second|third|other|next|last|remaining|opposite) case\b"
    r"|\bcase \(?(2|3|4|ii|iii|iv|b|c|two|three)\b|\bnot necessarily\b",
    re.IGNORECASE,
)
"""Words with which a text leaves the case that it spoke of."""
_ANEW = re.compile(r"[\s*#_]*[A-Z]")
_GOES_ON = re.compile(
    r"[\s*#_]*(Then|Thus|Therefore|Thereby|Hence|So|In (this|that) case|Here|This|These|It|Consequently|Together"
    r"|Accordingly|Plugging|Using|Inserting|Substituting|Combining|Applying|And|Finally|Moreover|Further\w*|Again|Next|We|Now"
    r"|Because|Since|Note|As|With|Similarly|Likewise|Analogously|Also|Equivalently|Specifically|From|By|Under|Let)\b"
)
"""Words with which a sentence goes on with the case that was spoken of before."""
_LIFTED = re.compile(
    rf"\bIn general{_STOPS}|\b[Ii]n the (more )?general case\b|\b[Mm]ore generally\b"
    rf"|\b[Ww]ithout {_THAT} (\w+ )?{_CONDITION}"
    rf"|\b([Dd]rop|[Rr]elax|[Ll]ift|[Rr]emov)\w* (the|{_THAT}) (\w+ )?{_CONDITION}"
    rf"|{_CONDITION} (is|are) (now |hereafter )?(dropped|relaxed|lifted|removed|abandoned)\b"
    r"|\b(?<!for )(?<!by )(a )?contradiction\b|\b([Ww]hich|[Tt]his) contradicts\b"
)
"""Words with which a text goes back on what it supposed."""
_WITHOUT = re.compile(r"\bwithout \w+ (\w+ )?(assumption|constraint|premise)s?\b", re.IGNORECASE)
_DOUBTED = re.compile(
    r"\b(show|prove|verify|check|claim|assert|demonstrate|establish|test|ask|wonder|decide|question|whether|never"
    r"|hypothes[ei]s\w*|conjectur\w+|(might|could|may|would) (think|expect|guess|believe|be|mean|imply|suggest)"
    r"|not (true|the case|hold|mean)|false|wrong\w*|mistaken\w*|incorrect\w*|contradict\w*|cannot|can['’]t|does not"
    r"|do not|impossible)\b[^.;:]{0,60}$",
    re.IGNORECASE,
)
"""Words before an equation that is to be shown, or is said to be false: it says nothing of its symbols."""
_DENIED = re.compile(
    r"\b(((want|wish|have|need|remains?|is|are|aim|try|like|suffices) to|will( now)?|shall|must)"
    r" (show|prove|verify|check)"
    r"|hypothes[ei]s|conjectur\w+|(might|could|may|would) (think|expect|guess|believe|suggest)|whether"
    r"|not (true|the case|hold|mean)|false|wrong\w*|mistaken\w*|incorrect\w*|cannot|can['’]t|impossible"
    r")\b[^.;:]{0,60}$",
    re.IGNORECASE,
)
"""Words before a displayed equation that is to be shown, or is said to be false."""
REACH = 200
"""Letters before a formula that are looked at."""


def doubts(sentence: str, displayed: bool = False) -> bool:
    """Whether a formula behind these words, in which formulas are dollar signs, is to be shown or said to be false.

    A displayed formula often stands behind ``show`` as the beginning of what is shown.

    >>> doubts("It is not true that "), doubts("Let "), doubts("This shows that ", displayed=True)
    (True, False, False)
    """
    tail, sought = sentence[-REACH:], _DENIED if displayed else _DOUBTED
    return sought.search(tail) is not None and _CASE.search(tail) is None


@dataclass
class Prose:
    """The sentence that a formula stands in, as far as it was read."""

    sentence: str = ""
    gap: bool = False

    def formula(self, displayed: bool) -> None:
        """Take note of a formula: a displayed one ends what is said of it."""
        if displayed:
            self.clear()
        else:
            self.sentence += " $ "

    def clear(self) -> None:
        """Forget what was read."""
        self.sentence, self.gap = "", False

    def read(self, text: str) -> None:
        """Read the text between two formulas."""
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                self.gap = True
            if not paragraph.strip():
                continue
            if self.gap:
                self.clear()
            self.sentence += paragraph
        pieces = _SENTENCE_END.split(self.sentence)
        self.sentence = pieces[-1] if pieces[-1].strip() or len(pieces) == 1 else ""
        if "\n#" in self.sentence or self.sentence.lstrip().startswith("#"):
            self.sentence = self.sentence.rsplit("\n", 1)[-1] if "\n" in self.sentence.strip() else ""

    def assumes(self, words: str = "") -> bool:
        """Whether the formula that comes, with words inside it, is a premise."""
        if _ASSUMES.search(words) or words.strip().lower().startswith(("where", "with")):
            return True
        tail = _WITHOUT.sub("", self.sentence[-REACH:])
        said = [found.end() for found in _ASSUMES.finditer(tail)]
        return bool(said) and not _CONCLUDES.search(tail, said[-1])

    def names_variables(self) -> bool:
        """Whether the inline formula that comes names what varies in the next relation."""
        found = list(_VARIES.finditer(self.sentence))
        return bool(found) and not self.sentence[found[-1].end() :].strip()

    def has_named_variables(self) -> bool:
        """Whether what varies was named in this sentence."""
        return _VARIES.search(self.sentence) is not None

    def sets_to_zero(self) -> bool:
        """Whether the derivative that was found before is set to zero."""
        return bool(_TO_ZERO.search(self.sentence[-REACH:]))

    def speaks_of_several(self) -> bool:
        """Whether what is set to zero is more than one derivative."""
        return bool(_SEVERAL.search(self.sentence[-REACH:]))

    def speaks_of_first(self) -> bool:
        """Whether what is set to zero is the first one of several."""
        return bool(_FIRST.search(self.sentence[-REACH:]))

    def speaks_of_case(self, words: str = "") -> bool:
        """Whether the formula that comes, with words inside it, holds in a case only."""
        return _CASE.search(self.sentence[-REACH:]) is not None or _CASE_INSIDE.search(words) is not None

    def doubts(self, displayed: bool) -> bool:
        """Whether the formula that comes is to be shown, or said to be false."""
        return doubts(self.sentence, displayed)

    def speaks_of_narrow_case(self) -> bool:
        """Whether the formula that comes holds in what is said with it only."""
        return _NARROW.search(self.sentence[-REACH:]) is not None

    def sets_for_good(self) -> bool:
        """Whether the special value that comes is that of its symbol from here on.

        >>> Prose("Let ").sets_for_good(), Prose("Let $ be the model in which ").sets_for_good()
        (True, False)
        """
        return _FOR_GOOD.search(self.sentence) is not None

    @staticmethod
    def ends_sentence(text: str) -> bool:
        """Whether a sentence ends in a text between formulas, or a paragraph does.

        >>> Prose.ends_sentence(", this gives one. The next is"), Prose.ends_sentence(", we have ")
        (True, False)
        """
        return _SENTENCE_END.search(text) is not None

    @staticmethod
    def leaves_case(text: str) -> bool:
        """Whether a text says that the case is over of which was spoken before.

        >>> Prose.leaves_case("In general, however,"), Prose.leaves_case("In the general linear model,")
        (True, False)
        """
        return _GENERAL.search(text) is not None

    @staticmethod
    def begins_anew(text: str) -> bool:
        """Whether a text begins with a sentence that does not go on with what was said before.

        >>> Prose.begins_anew("The ridge estimate is"), Prose.begins_anew("Then, it is")
        (True, False)
        """
        return _ANEW.match(text) is not None and _GOES_ON.match(text) is None

    @staticmethod
    def lifts(text: str) -> bool:
        """Whether a text says that what was supposed before no longer counts."""
        return _LIFTED.search(text) is not None

    def withdraws(self) -> bool:
        """Whether the premise that comes stands instead of another."""
        return bool(_WITHDRAWS.search(self.sentence[-REACH:]))
