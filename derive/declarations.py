"""Membership statements (``X \\in \\mathbb{R}^{m \\times n}``), ranges of indices and restrictions of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Integer

from derive.brackets import TokenList, prepare
from derive.facts import Declaration, Fact, Kind
from derive.names import ABOVE, FAMILY, Names, above_key
from derive.notation import DOTS, RELATIONS
from derive.opaque import whole_key
from derive.parse import Parser
from derive.scope import Scope
from derive.shape import ONE, Dim, Shape
from derive.source import Excerpt
from derive.syntax import Group, Name, Node, Product, Scripted
from derive.tokens import Token, Unreadable, tokenize
from derive.typed import Malformed

_CONSTANTS = frozenset({"\\mathbf{1}", "\\mathbf{0}", "\\mathbb{1}", "I", "\\mathbf{I}"})
_MATRIX_SETS = {"S": Fact.SYMMETRIC, "D": Fact.DIAGONAL}
_GROUPS = {"O": Fact.ORTHOGONAL, "GL": Fact.INVERTIBLE}
_SIGNED = {
    ">": Fact.POSITIVE,
    "+": Fact.NONNEGATIVE,
    "++": Fact.POSITIVE,
    "\\geq": Fact.NONNEGATIVE,
    "\\ge": Fact.NONNEGATIVE,
    "\\geqslant": Fact.NONNEGATIVE,
    "\\gt": Fact.POSITIVE,
}


@dataclass(frozen=True, slots=True)
class Set:
    """A set that a symbol is declared to lie in."""

    kind: Kind
    shape: Shape | None = None
    facts: frozenset[Fact] = frozenset()


class DeclarationReader:
    """Reads the statements of one formula into a scope.

    ``labels`` says that a letter in brackets above a symbol is part of its name where it has no range.
    """

    def __init__(self, tokens: TokenList, scope: Scope, labels: bool = False) -> None:
        self.labels = labels
        self.list = tokens
        self.parser = Parser(tokens)
        self.scope = scope
        self.names = Names(scope)

    # -- statements --------------------------------------------------------------------------------------------

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Split at commas, semicolons, wide spaces and words outside brackets."""
        found, at, first = [], start, start
        while at < end:
            token = self.list.tokens[at]
            if token.text in (",", ";", "&") or token.kind in ("wide", "row", "column") or self._is_words(at):
                if at > first:
                    found.append((first, at))
                at = self._behind(at)
                first = at
                continue
            at = self.parser.skip(at)
        if end > first:
            found.append((first, end))
        return found

    def _is_words(self, at: int) -> bool:
        token = self.list.tokens[at]
        return token.text in ("\\text", "\\textrm", "\\mbox", "\\textit", "\\forall") or token.text == "."

    def _behind(self, at: int) -> int:
        if self.list.tokens[at].text.startswith("\\text") or self.list.tokens[at].text == "\\mbox":
            return self.parser.skip(at + 1)
        return at + 1

    def find(self, start: int, end: int, words: Sequence[str]) -> int | None:
        """Return the position outside brackets of one of some tokens."""
        at = start
        while at < end:
            if self.list.tokens[at].text in words:
                return at
            at = self.parser.skip(at)
        return None

    def read(self, start: int, end: int) -> bool:
        """Read declarations; return whether the formula is made of nothing else.

        Raises
        ------
        Unreadable
            If a membership statement names a set that is not known.
        """
        pieces = self.pieces(start, end)
        if not any(self.find(*piece, ("\\in", ":", "\\colon")) is not None for piece in pieces):
            return bool(pieces) and self._ranges(pieces) == len(pieces)
        ranges = self._take_ranges(pieces)
        rest = [piece for piece in pieces if piece not in ranges]
        waiting: list[tuple[int, int]] = []
        declared = False
        for low, high in rest:
            sign = self.find(low, high, ("\\in", ":", "\\colon"))
            if sign is None:
                waiting.append((low, high))
                continue
            targets = [*waiting, (low, sign)]
            waiting = []
            if self.list.tokens[sign].text == "\\in":
                if self._index_set(targets, sign + 1, high):
                    continue
                target_set = self.set(sign + 1, high)
            else:
                target_set = self._function_set(sign + 1, high)
            for target in targets:
                self._declare(self.parser.expression(*target), target_set)
            declared = True
        return declared and not waiting

    def read_beside(self, start: int, end: int) -> None:
        """Read the declarations beside relations, as in ``\\sqrt{t^2} = t, \\quad t \\in \\mathbb{R}_{>0}``.

        What is not understood is left out: it may be any statement about a set.
        """
        for low, high in self.pieces(start, end):
            sign = self.find(low, high, ("\\in",))
            if sign is None or sign == low or self.find(low, high, tuple(RELATIONS)) is not None:
                continue
            try:
                if self._index_set([(low, sign)], sign + 1, high):
                    continue
                target, target_set = self.parser.expression(low, sign), self.set(sign + 1, high)
                if isinstance(target, Name | Scripted):
                    self._declare(target, target_set)
            except (Unreadable, Malformed):
                continue

    # -- ranges ------------------------------------------------------------------------------------------------

    def _ranges(self, pieces: list[tuple[int, int]]) -> int:
        return len(self._take_ranges(pieces))

    def _take_ranges(self, pieces: list[tuple[int, int]]) -> set[tuple[int, int]]:
        """Read ``n = 1, \\dots, N`` (and ``1 \\le n \\le N``) among the pieces; return those used."""
        used: set[tuple[int, int]] = set()
        for position, (low, high) in enumerate(pieces):
            texts = [token.text for token in self.list.tokens[low:high]]
            if len(texts) == 3 and texts[1] == "=" and texts[2].isdigit():
                stop = position + 1
                dots = [stop] if stop < len(pieces) and self._is_dots(*pieces[stop]) else []
                if dots and stop + 1 < len(pieces):
                    if texts[2] != "1":
                        raise Unreadable("N106", f"an index range from {texts[2]} is not supported; count from 1", None)
                    self._range(texts[0], pieces[stop + 1])
                    used |= {pieces[position], pieces[stop], pieces[stop + 1]}
            elif (
                len(texts) >= 5 and texts[1] in ("\\le", "\\leq") and texts[3] in ("\\le", "\\leq") and texts[0] == "1"
            ):
                self._range(texts[2], (low + 4, high))
                used.add((low, high))
        return used

    def _is_dots(self, low: int, high: int) -> bool:
        texts = [token.text for token in self.list.tokens[low:high]]
        return bool(texts) and (all(text in DOTS for text in texts) or all(text == "." for text in texts))

    def _range(self, letter: str, piece: tuple[int, int]) -> None:
        low, high = piece
        while high > low and self.list.tokens[high - 1].text == ".":
            high -= 1
        self.scope.ranges[letter] = self.names.size(self.parser.expression(low, high))

    def _index_set(self, targets: list[tuple[int, int]], low: int, high: int) -> bool:
        """Read ``n \\in \\{1, \\dots, N\\}`` and ``n \\in [N]``."""
        first = self.list.tokens[low].text if low < high else ""
        if first not in ("\\{", "["):
            return False
        inner = self.pieces(low + 1, self.list.match[low])
        if first == "[" and len(inner) == 1:
            upper = inner[0]
        elif len(inner) == 3 and self._is_dots(*inner[1]):
            upper = inner[2]
        else:
            raise Unreadable("N106", "membership in this set is not supported", self.parser.span(low, high))
        for target in targets:
            self._range(self.list.tokens[target[0]].text, upper)
        return True

    # -- sets --------------------------------------------------------------------------------------------------

    def set(self, low: int, high: int) -> Set:
        """Return the set written in ``[low, high)``."""
        name, at = self._set_name(low, high)
        sub: list[str] = []
        sup: tuple[int, int] | None = None
        arguments: tuple[int, int] | None = None
        while at < high:
            token = self.list.tokens[at]
            if token.kind in ("sub", "sup"):
                start, stop, at = self.parser._argument(at, high)
                if token.kind == "sub":
                    sub = [part.text for part in self.list.tokens[start:stop]]
                else:
                    sup = (start, stop)
            elif token.text == "(":
                arguments = (at + 1, self.list.match[at])
                at = self.parser.skip(at)
            elif token.text == ".":
                at += 1
            else:
                raise self.parser.fail("N103", f"expected the end of the statement, found “{token.text}”", at)
        return self._build_set(name, sub, sup, arguments, low, high)

    def _set_name(self, low: int, high: int) -> tuple[str, int]:
        if low >= high:
            raise self.parser.fail("N103", "expected a set", low)
        word = self.list.tokens[low].text
        if word in ("\\mathbb", "\\mathrm", "\\mathcal", "\\mathbf", "\\operatorname", "\\mathsf", "\\text"):
            start, stop, after = self.parser._argument(low, high)
            return self.parser.words(start, stop), after
        if self.list.tokens[low].kind == "letter" or word in ("\\Re", "\\reals"):
            return ("R" if word in ("\\Re", "\\reals") else word), low + 1
        raise self.parser.fail("N106", f"the set “{word}” is not known", low)

    def _build_set(
        self,
        name: str,
        sub: list[str],
        sup: tuple[int, int] | None,
        arguments: tuple[int, int] | None,
        low: int,
        high: int,
    ) -> Set:
        sign = "".join(text for text in sub if text in ("+", ">", "\\geq", "\\ge", "\\geqslant", "\\gt"))
        if name == "R" and arguments is None:
            facts = frozenset((_SIGNED[sign],)) if sign in _SIGNED else frozenset()
            shape = None if sup is None else self.shape(*sup)
            return Set(Kind.SCALAR if shape is None else Kind.ARRAY, shape, facts)
        if name in ("N", "Z") and sup is None:
            if name == "Z":
                raise self.parser.fail("N106", "membership in the integers is not supported", low)
            return Set(Kind.SIZE)
        if name in _MATRIX_SETS and sup is not None:
            size = self.shape(*sup)[0]
            fact = (
                {"++": Fact.DEFINITE, "+": Fact.SEMIDEFINITE, ">": Fact.DEFINITE}.get(sign, _MATRIX_SETS[name])
                if name == "S"
                else (Fact.DIAGONAL)
            )
            facts = frozenset((fact,)) if name == "S" or not sign else frozenset((fact, Fact.DEFINITE))
            return Set(Kind.ARRAY, (size, size), facts)
        if name in _GROUPS and arguments is not None:
            size = self.names.size(self.parser.expression(*self.pieces(*arguments)[0]))
            return Set(Kind.ARRAY, (size, size), frozenset((_GROUPS[name],)))
        written = " ".join(token.text for token in self.list.tokens[low:high])
        raise Unreadable("N106", f"the set {written} is not known", self.parser.span(low, high))

    def shape(self, low: int, high: int) -> Shape:
        """Return the shape written as an exponent of a set: ``n`` or ``m \\times n``."""
        cross = self.find(low, high, ("\\times",))
        if cross is None:
            return (self.names.size(self.parser.expression(low, high)), ONE)
        return (
            self.names.size(self.parser.expression(low, cross)),
            self.names.size(self.parser.expression(cross + 1, high)),
        )

    def _function_set(self, low: int, high: int) -> Set:
        arrow = self.find(low, high, ("\\to", "\\rightarrow", "\\mapsto"))
        if arrow is None:
            raise self.parser.fail("N103", "expected → in the declaration of a function", low)
        domain, values = self.set(low, arrow), self.set(arrow + 1, high)
        if domain.shape is not None:
            raise self.parser.fail("N106", "functions of more than one number are not supported", low)
        return Set(Kind.FUNCTION if values.shape is None else Kind.CURVE, values.shape, values.facts)

    # -- declarations ------------------------------------------------------------------------------------------

    def _declare(self, node: Node, target: Set) -> None:
        whole = self._whole(node)
        if whole is not None:
            self.scope.declare(Declaration(whole, target.kind, target.shape, target.facts))
            return
        base = node.base if isinstance(node, Scripted) else node
        if not isinstance(base, Name) or (isinstance(node, Scripted) and (node.power or node.transposed)):
            raise Unreadable("N103", "expected a symbol on the left of ∈", node.span)
        if base.key in _CONSTANTS and _keeps_meaning(base.key, target):
            return
        key = base.key
        letters: tuple[str, ...] = ()
        ranges: tuple[Dim, ...] = ()
        if isinstance(node, Scripted):
            key, letters, ranges = self._family(node, base)
        if target.kind is Kind.SIZE and not ranges:
            self.scope.size(key)
            return
        self.scope.declare(Declaration(key, target.kind, target.shape, target.facts, ranges, letters))

    @staticmethod
    def _whole(node: Node) -> str | None:
        """Return the key of an application that is declared as a whole, as ``p(y \\mid x)``."""
        if isinstance(node, Product) and len(node.items) == 2 and isinstance(node.items[1], Group):
            return whole_key(node.items[0], node.items[1])
        return None

    def _family(self, node: Scripted, base: Name) -> tuple[str, tuple[str, ...], tuple[Dim, ...]]:
        above = node.above
        items = (above, *node.sub) if above is not None else node.sub
        letters = tuple(item.key for item in items if isinstance(item, Name))
        known = [self.scope.ranges.get(letter) for letter in letters]
        if len(letters) == len(items) and letters and all(bound is not None for bound in known):
            return base.key + (ABOVE if above is not None else "") + FAMILY, letters, tuple(known)
        if above is not None:
            if isinstance(above, Name) and not self.labels:
                raise Unreadable("N105", f"the range of the index of {base.key} is not declared", node.span)
            return above_key(base.key, above) + (f"_{{{node.sub_text}}}" if node.sub else ""), (), ()
        return f"{base.key}_{{{node.sub_text}}}" + "'" * node.primes, (), ()


def _keeps_meaning(key: str, target: Set) -> bool:
    """Whether a declaration only tells the size of a constant: I of a square matrix, 1 and 0 of an array."""
    if target.kind is not Kind.ARRAY or target.facts or target.shape is None:
        return False
    return key not in ("I", "\\mathbf{I}") or target.shape[0] == target.shape[1]


def declare(text: str | Excerpt, scope: Scope, macros: Any = None) -> bool:
    """Read one membership statement into a scope.

    Examples
    --------
    >>> scope = Scope()
    >>> declare(r"X \\in \\mathbb{R}^{m \\times n}", scope)
    True
    >>> scope.declarations["X"].shape
    (m, n)
    """
    excerpt = Excerpt.of(text) if isinstance(text, str) else text
    prepared = prepare(tokenize(excerpt, macros))
    return DeclarationReader(prepared, scope).read(0, len(prepared.tokens))


def restriction(tokens: Sequence[Token], scope: Scope) -> tuple[str, Any, Any] | None:
    """Read a restriction of sizes: ``m \\ge n``, ``n \\ge 3``, ``Q < D``, ``n even``; None if it is none."""
    prepared = prepare(tokens)
    parser = Parser(prepared)
    texts = [token.text for token in prepared.tokens]
    for parity in ("even", "odd"):
        word = "".join(text for text in texts if text not in ("\\text", "\\mathrm", "{", "}"))
        if word.endswith(parity) and len(word) > len(parity):
            return parity, scope.size(word[: -len(parity)]), Integer(2)
    for at, text in enumerate(texts):
        if RELATIONS.get(text) in ("less", "greater", "less-equal", "greater-equal"):
            names = Names(scope)
            try:
                left = names.size(parser.expression(0, at))
                right = names.size(parser.expression(at + 1, len(texts)))
            except (Unreadable, Malformed):  # not a statement about sizes
                return None
            return RELATIONS[text], left, right
    return None
