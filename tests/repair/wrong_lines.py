"""Lines to repair, read from claims, and every change that a search of repairs would try on them."""

import json
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

from derive.brackets import prepare
from derive.declarations import declare, restriction
from derive.given import add_given
from derive.relations import Failure, chains
from derive.repair.edit import edited, spliced
from derive.repair.line import Line
from derive.repair.making import product, value_of, without
from derive.repair.mend import Mender
from derive.repair.sites import sites
from derive.scope import Scope
from derive.source import Excerpt, Span
from derive.statement import Reading, parse_side, state
from derive.syntax import Entrywise, Fraction_, Group, Node, Num, Product, Scripted, Terms
from derive.tokens import Unreadable, tokenize
from derive.typed import Malformed

CORPUS = Path(__file__).parent.parent / "corpus"
SQUARE = [r"A, B \in \mathbb{R}^{n \times n}", r"x, y \in \mathbb{R}^n", r"a, b \in \mathbb{R}"]
FAMILIES = [
    r"x_i \in \mathbb{R}^n, i = 1, \dots, N",
    r"r_{ij} \in \mathbb{R}, i = 1, \dots, N, j = 1, \dots, N",
    r"m, c \in \mathbb{R}^n",
]


def line(claim, declared=SQUARE, given=(), reading=None, dims=()):
    """Return a claim of one equation as a line."""
    scope = Scope()
    for text in declared:
        declare(text, scope)
    for text in dims:
        scope.restrictions = (*scope.restrictions, restriction(tokenize(Excerpt.of(text)), scope))
    reading = reading or Reading()
    for text in given:
        add_given(text, scope, reading)
    (chain,) = chains(Excerpt.of(claim))
    if isinstance(chain, Failure):
        raise chain.problem
    left, right = chain.sides
    nodes = [parse_side(side, scope, chain.signs[0].span) for side in (left, right)]
    spans = tuple(Span(side[0].span.start, max(token.span.end for token in side)) for side in (left, right))
    return Line(left=nodes[0], right=nodes[1], text=claim, sides=spans, scope=scope, reading=reading)


def corpus_lines(name="dev.jsonl", labels=("true",)):
    """Return the records of a corpus whose claim is one equation with the conventions of a document, as lines."""
    found = []
    for text in (CORPUS / name).read_text(encoding="utf-8").splitlines():
        record = json.loads(text)
        if record.get("expect", "true") not in labels or record.get("dims") or record.get("layout"):
            continue
        try:
            found.append((record["id"], line(record["claim"], record["declare"], record.get("given", ()))))
        except (Unreadable, Malformed, ValueError):
            continue
    return found


@dataclass
class Workshop:
    """A line with the parts of a search on it, for looking at each by itself."""

    line: Line

    @cached_property
    def mender(self):
        """Return the search for its repair."""
        return Mender(self.line, 0)

    @cached_property
    def around(self):
        """Return what is known around its places."""
        return self.mender._around()

    @cached_property
    def search(self):
        """Return the search over its right side."""
        return self.mender._search(self.around, flipped=False)

    def edits(self, *kinds):
        """Yield the edits of some kinds at every place of the right side."""
        for site in sites(self.line.right, self.around.functions):
            for kind in kinds:
                yield from kind(site, self.around)

    def text(self, *edits):
        """Return the text of the right side with some edits made, or None."""
        return spliced(self.line.side(1), self.mender.confirmer.splices(edits), self.line.sides[1].start)

    def texts(self, *kinds):
        """Return the texts of the right side with one edit of these kinds made, spaces aside."""
        return {" ".join(text.split()) for edit in self.edits(*kinds) if (text := self.text(edit)) is not None}

    def read(self, text):
        """Return the tree of a text in the place of the right side."""
        return parse_side(prepare(tokenize(Excerpt.of(text))).tokens, self.line.scope.copy(), Span(0, 0))

    def meaning(self, tree):
        """Return what a tree in the place of the right side means, or None."""
        try:
            return state(self.line.left, tree, self.line.scope, self.line.reading).rhs
        except (Malformed, Unreadable, RecursionError):
            return None

    def tree(self, *edits):
        """Return the tree of the right side with some edits made."""
        return edited(self.line.right, edits)


def outline(part):
    """Return what a tree says, without places and without brackets, and with products and sums taken in."""
    if isinstance(part, tuple):
        return tuple(map(outline, part))
    if not isinstance(part, Node):
        return part
    if isinstance(part, Group) and len(part.items) == 1 and part.kind in ("(", "[", "{", "\\{"):
        return outline(part.items[0])
    if isinstance(part, Terms):
        return _sum(part)
    if isinstance(part, Product):
        return _product(part)
    if isinstance(part, Num | Fraction_) and (value := value_of(part)) is not None:
        return ("Num", value)
    if isinstance(part, Scripted) and isinstance(part.base, Group) and part.transposed and not part.power:
        inner = part.base.items[0]
        if isinstance(inner, Scripted) and len(part.base.items) == 1 and not inner.transposed:  # (A²)ᵀ
            return outline(replace(inner, transposed=True))
    if (
        isinstance(part, Entrywise)
        and isinstance(part.left, Product)
        and isinstance(part.left.items[0], Num | Fraction_)
    ):
        number, rest = part.left.items[0], without(part.left, 0)
        if value_of(number) is not None:  # (2 A) ⊙ B is 2 (A ⊙ B)
            return outline(product(number, replace(part, left=rest)))
    left_out = ("span", "sub_text", "bare", "separators")
    return (type(part).__name__, *(outline(getattr(part, f.name)) for f in fields(part) if f.name not in left_out))


def _sum(part):
    items = []
    for sign, item in part.items:
        inner = outline(item)
        items += [(sign * each, what) for each, what in inner[1:]] if inner[0] == "Terms" else [(sign, inner)]
    if len(items) == 1 and items[0][1][0] == "Num":
        return ("Num", items[0][0] * items[0][1][1])
    return items[0][1] if len(items) == 1 and items[0][0] > 0 else ("Terms", *items)


def _product(part):
    if (value := value_of(part)) is not None:
        return ("Num", value)
    items = []
    for operator, item in zip(part.operators, part.items, strict=True):
        inner = outline(item)
        is_product = inner[0] == "Product" and operator != "/"
        items += inner[1:] if is_product else [("/" if operator == "/" else "", inner)]
    return ("Product", *items) if len(items) > 1 else items[0][1]
