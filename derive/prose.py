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
REACH = 200
"""Letters before a formula that are looked at."""


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
        tail = self.sentence[-REACH:]
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

    def withdraws(self) -> bool:
        """Whether the premise that comes stands instead of another."""
        return bool(_WITHDRAWS.search(self.sentence[-REACH:]))
