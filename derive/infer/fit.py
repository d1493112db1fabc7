"""The sorts under which the most of a document fits together, and the sizes that follow from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.infer.gather import Formula, Gathered
from derive.infer.shapes import OPEN, AnyShape, Misfit, Open, Shapes
from derive.infer.typography import Sort, costs, stem
from derive.infer.variables import Variables
from derive.known import is_special
from derive.names import FAMILY
from derive.shape import ONE, Dim, Sizes, Unknown
from derive.syntax import Group, Name, Node, Product, Scripted

MISFIT = 3.0
"""The cost of a displayed relation that does not fit."""
MEASURED = 100.0
"""The cost of another sort than that of a symbol whose sizes the prose states: no relation outweighs it."""
MAX_TRIED = 160
"""Assignments of sorts that are tried for one document."""

_PARAMETERS = {"normal": 2, "matrix normal": 3, "gamma": 2, "wishart": 2, "t": 3}
"""Distributions whose parameters say something of shapes, with the number of these parameters."""


@dataclass
class Known:
    """What is not to be guessed.

    ``shapes`` are those of declared symbols, ``sorts`` those that the prose states (``likely`` those it
    only suggests), ``dims`` sizes that it states,
    ``ranges`` those of declared families, ``sizes`` the letters that are sizes, ``square`` what has as many rows as
    columns if it is a matrix.
    """

    shapes: dict[str, AnyShape] = field(default_factory=dict)
    sorts: dict[str, Sort] = field(default_factory=dict)
    likely: dict[str, Sort] = field(default_factory=dict)
    dims: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    ranges: dict[str, tuple[Dim, ...]] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    square: set[str] = field(default_factory=set)


@dataclass
class Fitted:
    """Sorts of symbols with the shapes that follow from them.

    ``misfits`` are the formulas that do not fit, ``cost`` is what was made as small as possible.
    """

    sorts: dict[str, Sort]
    shapes: Shapes
    misfits: list[Formula]
    cost: float

    def shape(self, node: Node) -> AnyShape:
        """Return the shape of a part of a formula; it is open if the part does not fit."""
        return self.shapes.shape(node) if self.fits(node) else OPEN

    def fits(self, node: Node) -> bool:
        """Whether a part of a formula fits together."""
        try:
            self.shapes.shape(node)
        except Misfit:
            return False
        return True


class Fitter:
    """Looks for the sorts of symbols under which a document fits together best.

    Parameters
    ----------
    gathered : Gathered
        The formulas.
    variables : Variables
        The symbols.
    known : Known
        What is said of them.
    letters : mapping of str to size
        Ranges of index letters that are declared.
    """

    def __init__(self, gathered: Gathered, variables: Variables, known: Known, letters: Mapping[str, Dim]) -> None:
        self.gathered = gathered
        self.variables = variables
        self.known = known
        self.letters = letters
        self.keys = [
            key
            for key in variables.keys
            if key not in known.shapes and key not in known.sizes and key not in variables.letters
        ]
        self.groups: dict[str, list[str]] = {}
        for key in self.keys:
            self.groups.setdefault(_group(key), []).append(key)
        self.transposed = {
            self.variables.key(symbol)[0]
            for side, _ in gathered.nodes()
            for symbol in self.variables.symbols(side)
            if isinstance(symbol, Scripted) and symbol.transposed
        }
        self.prior = {key: self._prior(key) for key in self.keys}
        self.used = {id(formula): self.keys_of(formula) for formula in gathered.formulas}
        self.tried = 0

    def keys_of(self, formula: Formula) -> list[str]:
        """Return the symbols in a formula whose sorts are looked for."""
        found: dict[str, None] = {}
        for side in formula.sides:
            for symbol in self.variables.symbols(side):
                found[self.variables.key(symbol)[0]] = None
        return [key for key in found if key in self.prior]

    def _prior(self, key: str) -> dict[Sort, float]:
        found = dict(costs(key.removesuffix(FAMILY).split("_{")[0] if not key.startswith("\\math") else key))
        base = key.removesuffix(FAMILY)
        use = self.variables.uses.get(base)
        if key.endswith(FAMILY):
            found = {sort: cost * 0.6 for sort, cost in found.items()}
        elif use is not None and use.indexed:
            arity = max(use.indexed)
            found[Sort.SCALAR] += 4.0
            found[Sort.VECTOR if arity == 1 else Sort.MATRIX] = 0.0
        if key in self.transposed:
            found[Sort.SCALAR] += 2.0
        likely = self.known.likely.get(key)
        if likely is not None:
            found = {sort: 0.0 if sort is likely else cost + 1.5 for sort, cost in found.items()}
        stated = self.known.sorts.get(key)
        if stated is not None:
            other = MEASURED if key in self.known.dims else 6.0
            found = {sort: 0.0 if sort is stated else other for sort in found}
        return found

    # -- the search --------------------------------------------------------------------------------------------

    def fit(self) -> Fitted:
        """Return the best assignment that is found."""
        best = self.evaluate(self.usual())
        better = True
        while better and self.tried < MAX_TRIED:
            better = False
            for moved in self.moves(best):
                if self.tried >= MAX_TRIED:
                    break
                made = self.evaluate(moved)
                if made.cost < best.cost - 1e-9:
                    best, better = made, True
                    break
        return best

    def usual(self) -> dict[str, Sort]:
        """Return the sorts that symbols have by what is said of them and by their letters."""
        sorts = {key: min(self.prior[key], key=lambda sort: self.prior[key][sort]) for key in self.keys}
        for group in self.groups.values():
            self._agree(group, sorts)
        return sorts

    def _agree(self, group: list[str], sorts: dict[str, Sort]) -> None:
        """Give all variants of one letter the sort that is cheapest for them together."""
        total = {sort: sum(self.prior[key][sort] for key in group) for sort in Sort}
        best = min(total, key=lambda sort: total[sort])
        for key in group:
            if self.prior[key][best] < 4.0:
                sorts[key] = best

    def moves(self, best: Fitted) -> Iterator[dict[str, Sort]]:
        """Yield assignments in which the letters of a misfit are of another sort."""
        seen: set[tuple[str, Sort]] = set()
        for formula in best.misfits:
            names = self.used.get(id(formula), [])
            ranked = sorted(
                ((self.prior[key][sort], key, sort) for key in names for sort in Sort if sort is not best.sorts[key]),
                key=lambda each: each[0],
            )
            for _, key, sort in ranked:
                group = _group(key)
                if (group, sort) not in seen:
                    seen.add((group, sort))
                    yield {**best.sorts, **dict.fromkeys(self.groups[group], sort)}
                if len(self.groups[group]) > 1 and (key, sort) not in seen:
                    seen.add((key, sort))
                    yield {**best.sorts, key: sort}
        for formula in best.misfits[:4]:
            names = self.used.get(id(formula), [])
            groups = list(dict.fromkeys(_group(key) for key in names))
            for one in groups:
                for other in groups:
                    if one < other:
                        yield {
                            **best.sorts,
                            **dict.fromkeys(self.groups[one], self._second(one, best)),
                            **dict.fromkeys(self.groups[other], self._second(other, best)),
                        }

    def _second(self, group: str, best: Fitted) -> Sort:
        key = self.groups[group][0]
        others = [sort for sort in Sort if sort is not best.sorts[key]]
        return min(others, key=lambda sort: self.prior[key][sort])

    # -- one assignment ----------------------------------------------------------------------------------------

    def evaluate(self, sorts: dict[str, Sort]) -> Fitted:
        """Return what follows from an assignment of sorts."""
        self.tried += 1
        sizes = Sizes()
        shapes = Shapes(self.variables, dict(self.known.shapes), dict(self.known.ranges), sizes, dict(self.letters))
        for key, sort in sorts.items():
            shapes.known[key] = _shape(sort, sizes)
            if key.endswith(FAMILY):
                count = self.variables.families[key.removesuffix(FAMILY)]
                shapes.ranges[key] = tuple(sizes.fresh() for _ in range(count))
            self._state(key, shapes)
        cost = sum(self.prior[key][sort] for key, sort in sorts.items())
        for group in self.groups.values():
            cost += 1.0 * (len({sorts[key] for key in group}) - 1)
        misfits: list[Formula] = []
        for statement, _ in self.gathered.statements:
            cost += 0.0 if self._distribution(statement, shapes) else MISFIT
        for formula in self.gathered.formulas:
            if not self._formula(formula, shapes):
                misfits.append(formula)
                cost += MISFIT if formula.displayed else MISFIT / 2
        fitted = Fitted(sorts, shapes, misfits, cost)
        self._exponents(fitted)
        self._alike(sorts, shapes)
        return fitted

    def _exponents(self, fitted: Fitted) -> None:
        """Take sizes that nothing else says from exponents: the one that most formulas give, if there is one.

        A wrong exponent beside right ones says nothing, and two that differ say nothing together.
        """
        sizes, votes = fitted.shapes.sizes, defaultdict[Dim, Counter[Dim]](Counter)
        for formula in self.gathered.formulas:
            if any(formula is misfit for misfit in fitted.misfits):
                continue
            beside = [(bars.inner, exponent) for each in formula.exponents for bars, exponent in each]
            for matrix, exponent in (*formula.multiples, *beside):
                shape, size = fitted.shape(matrix), fitted.shapes.size(exponent)
                if isinstance(shape, tuple) and size is not None and isinstance(sizes.resolve(shape[0]), Unknown):
                    votes[sizes.resolve(shape[0])][size] += 1
        for dim, found in votes.items():
            (best, count), *others = found.most_common(2)
            if not others or others[0][1] < count:
                sizes.unify(dim, best)

    def _alike(self, sorts: dict[str, Sort], shapes: Shapes) -> None:
        """Give a letter and the family of the same letter one shape where nothing else is known."""
        for key in sorts:
            base = key.removesuffix(FAMILY)
            if base == key or sorts.get(base) is not sorts[key]:
                continue
            one, other = shapes.known[base], shapes.known[key]
            if one is not None and other is not None and not isinstance(one, Open) and not isinstance(other, Open):
                for a, b in zip(one, other, strict=True):
                    shapes.sizes.unify(a, b)

    def _state(self, key: str, shapes: Shapes) -> None:
        """Put in the sizes that are stated."""
        stated = self.known.dims.get(key)
        value = shapes.known[key]
        if value is None or isinstance(value, Open):
            return
        if key in self.known.square and value[1] != ONE:
            shapes.sizes.unify(*value)
        if stated is None:
            return
        for dim, node in zip(value, stated, strict=False):
            size = shapes.size(node)
            if size is not None:
                shapes.sizes.unify(dim, size)

    def _distribution(self, statement: Any, shapes: Shapes) -> bool:
        if _PARAMETERS.get(statement.family) != len(statement.parameters) or len(statement.variables) != 1:
            return True
        return self._guarded(shapes, lambda: self._law(statement, shapes))

    @staticmethod
    def _law(statement: Any, shapes: Shapes) -> None:
        parameters = [shapes.shape(node) for node in statement.parameters]
        variable = shapes.shape(statement.variables[0])
        if statement.family == "normal":
            shapes.density(variable, *parameters)
        else:
            shapes.known_density(statement.family, [variable, *parameters])

    def _formula(self, formula: Formula, shapes: Shapes) -> bool:
        return self._guarded(shapes, lambda: self._sides(formula, shapes))

    @staticmethod
    def _sides(formula: Formula, shapes: Shapes) -> None:
        value: AnyShape = OPEN
        if not formula.displayed and all(map(_is_mention, formula.sides)):
            return  # “Γ(x) is the gamma function” says nothing of the x of other formulas
        for side in formula.sides:
            if side is None:
                value = OPEN
                continue
            shape = shapes.shape(side)
            if formula.relation in ("equal", "define", "define-right", "approx"):
                value = shapes.same(value, shape)

    @staticmethod
    def _guarded(shapes: Shapes, action: Any) -> bool:
        """Do something with shapes; what was found about sizes is forgotten if it does not fit."""
        before = dict(shapes.sizes.bound)
        try:
            action()
        except (Misfit, RecursionError):
            shapes.sizes.bound = before
            return False
        return True


def _is_mention(side: Node | None) -> bool:
    """Whether a side is Γ or ψ of one letter, by itself."""
    if not isinstance(side, Product) or len(side.items) != 2 or side.operators[1] != "":
        return False
    head, group = side.items
    return is_special(head, group) and isinstance(group, Group) and isinstance(group.items[0], Name)


def _shape(sort: Sort, sizes: Sizes) -> AnyShape:
    if sort is Sort.SCALAR:
        return None
    if sort is Sort.VECTOR:
        return sizes.fresh(), ONE
    return sizes.fresh(), sizes.fresh()


def _group(key: str) -> str:
    """Return what the variants of one letter share: hats, labels and numbers left out."""
    return stem(stem(key.removesuffix(FAMILY)).split("_{")[0])
