"""What is taken for granted of the symbols that a document does not declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.containers import read_text
from derive.facts import Fact
from derive.infer.wording import NOTHING_SAID, Wording
from derive.predefined import Granted, Place
from derive.verdict import Assumed


@dataclass(frozen=True, slots=True)
class Local:
    """What is assumed of a letter in the chains that begin at some places."""

    assumed: Assumed
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Inferred:
    """What was inferred about a document.

    Attributes
    ----------
    assumed : tuple of Assumed
        The symbols.
    random : mapping of str to int
        Symbols that are random variables, or sums with one, with the line that says so.
    misfits : tuple of int
        Lines that do not fit what was inferred.
    doubtful : frozenset of int
        Those of these lines that fit under another reading under which all the rest fits as well.
    described : frozenset of str
        Symbols to which words give properties that are not understood.
    definitions : tuple of (int or None, int)
        Where equations define symbols: the cell and the offset of the sign.
    lines : int
        Lines with displayed relations.
    invented : frozenset of str
        Names of sizes to which the document gives none.
    variables : frozenset of str
        Symbols that are differentiated by.
    densities : frozenset of str
        Heads that stand for another function with every list of arguments.
    unannounced : frozenset of (int or None, int)
        Those of the definitions of which nothing says that they hold before they are written.
    independent : frozenset of str
        Families whose members are said to be independent.
    told : mapping of str to tuple of (int, frozenset of Fact)
        The properties that words give to symbols and nothing else does, with their lines.
    called : frozenset of str
        Symbols that are taken for no functions and written like them.
    alone : mapping of (int or None, int) to tuple of str
        The symbols that are taken for something unusual because one formula fits them no other way, by the places of
        the signs in that formula.
    others : tuple of Inferred
        Other readings that fit the document as well.
    measured : frozenset of str
        Symbols whose kind and sizes the prose says.
    local : tuple of Local
        What is assumed of arguments of functions in the chains of one function.
    conventions : frozenset of str
        Symbols whose value is taken from words that authors do not all use in the same sense.
    wording : Wording
        What the words say of random symbols.
    """

    assumed: tuple[Assumed, ...] = ()
    random: Mapping[str, int] = field(default_factory=dict)
    misfits: tuple[int, ...] = ()
    definitions: tuple[Place, ...] = ()
    lines: int = 0
    invented: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    densities: frozenset[str] = frozenset()
    unannounced: frozenset[Place] = frozenset()
    independent: frozenset[str] = frozenset()
    told: Mapping[str, tuple[tuple[int, frozenset[Fact]], ...]] = field(default_factory=dict)
    called: frozenset[str] = frozenset()
    alone: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[Inferred, ...] = ()
    measured: frozenset[str] = frozenset()
    local: tuple[Local, ...] = ()
    conventions: frozenset[str] = frozenset()
    wording: Wording = NOTHING_SAID
    doubtful: frozenset[int] = frozenset()
    described: frozenset[str] = frozenset()

    @property
    def symbols(self) -> list[Assumed]:
        """What symbols are taken for, without the moments and densities that words give."""
        said = {id(each) for each in self.wording.assumed}
        return [each for each in self.assumed if id(each) not in said]

    def text(self) -> str:
        """Return the declarations as a preamble that can be edited and given back."""
        shown = [each for each in self.assumed if not each.defined]
        width = max((len(each.latex) for each in shown), default=0)
        lines = [
            f"${each.latex}${' ' * (width - len(each.latex))}  <!-- {_comment(each.evidence)} -->" for each in shown
        ]
        lines += [f"<!-- {_comment((each.assumed.latex, *each.assumed.evidence))} -->" for each in self.local]
        return "\n\n".join(lines) + ("\n" if lines else "")

    def granted(self) -> Granted:
        """Return what the reader of the document takes for granted."""
        stated = self.symbols
        random = frozenset(self.random)
        if not stated:
            return self.wording.granted(random=random, densities=self.densities, independent=self.independent)
        return self.wording.granted(
            preamble=read_text("inferred.md", "\n\n".join(f"${each.latex}$" for each in stated)),
            random=random,
            definitions=self.definitions,
            guessed=frozenset(each.key for each in stated if not each.latex.endswith(r"\mathbb{N}")),
            misfits=frozenset(self.misfits) - self.doubtful if len(self.misfits) <= max(1, self.lines // 8) else None,
            invented=self.invented,
            defined=frozenset(each.key for each in stated if each.defined),
            densities=self.densities,
            unannounced=self.unannounced,
            independent=self.independent,
            told=self.told,
            local={place: each.assumed.latex for each in self.local for place in each.places},
            conventions=self.conventions,
            described=self.described,
        )


def _comment(evidence: tuple[str, ...]) -> str:
    """Return evidence as it can stand in a comment: the maths in it is not read, and nothing ends the comment."""
    return "; ".join(evidence).replace("$", "").replace("--", "–")
