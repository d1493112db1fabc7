"""Other readings of a document: sorts of symbols under which it fits together as well, and what a single line says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.infer.fit import Fitted, Fitter
from derive.infer.gather import Formula
from derive.infer.typography import Sort
from derive.predefined import Place
from derive.shape import ONE
from derive.syntax import Fraction_, Name, Node, Num, Product, Scripted, Terms, below

NEAR = 2.0
"""How much less likely, by typography and convention, another reading may be."""
MOST = 2
"""Other readings that are followed."""
UNUSUAL = 1.0
"""How unlikely a sort is that a letter is taken for in no formula that would fit another way."""
_TRIED = 48
"""Assignments of sorts that are tried to find them."""
_RANK = {Sort.SCALAR: 0, Sort.VECTOR: 1, Sort.MATRIX: 2}


@dataclass(frozen=True)
class Fit:
    """A reading of a document: which letters are families, and the sorts of all symbols."""

    families: frozenset[str]
    fitter: Fitter
    fitted: Fitted

    def is_near(self, best: Fit) -> bool:
        """Whether as much of the document fits as under the best reading, and is nearly as likely."""
        return len(self.fitted.misfits) <= len(best.fitted.misfits) and self.fitted.cost <= best.fitted.cost + NEAR


def rivals(best: Fit) -> list[Fit]:
    """Return readings in which symbols are of a larger sort, and that fit as well; those that differ most first.

    A number is a vector of length 1, and a vector a matrix with one column: what is true of the larger sort is true of
    the smaller one, and what is false of matrices of all sizes but one is told by the sizes. So only larger sorts are
    asked for.
    """
    fitter, fitted = best.fitter, best.fitted
    end = fitter.tried + _TRIED
    found: list[Fit] = []
    larger: dict[str, Sort] = {}
    for keys, sort in _raised(best):
        made = Fit(best.families, fitter, _refitted(fitter, fitted, keys, sort, end))
        if (
            made.is_near(best)
            and _are(keys, sort, made.fitted)
            and all(made.fitted.sorts != other.fitted.sorts for other in found)
        ):
            found.append(made)
            larger |= {key: sort for key, sort in made.fitted.sorts.items() if _RANK[sort] > _RANK[fitted.sorts[key]]}
        if fitter.tried >= end:
            break
    if len(found) > 1:
        together = Fit(best.families, fitter, fitter.evaluate({**fitted.sorts, **larger}))
        found += [together] * together.is_near(best)
    return sorted(found, key=lambda made: -sum(made.fitted.sorts[key] is not fitted.sorts[key] for key in larger))


def _raised(best: Fit) -> Iterator[tuple[list[str], Sort]]:
    """Yield symbols that belong together with a larger sort that they may be of."""
    prior, sorts = best.fitter.prior, best.fitted.sorts
    for keys in best.fitter.groups.values():
        for sort in Sort:
            if all(_RANK[sort] > _RANK[sorts[key]] for key in keys) and any(
                prior[key][sort] - prior[key][sorts[key]] <= NEAR for key in keys
            ):
                yield keys, sort


def _are(keys: list[str], sort: Sort, fitted: Fitted) -> bool:
    """Whether symbols came out as large as they are said to be: a vector of length 1 is a number."""
    shapes = [fitted.shapes.plain(fitted.shapes.known[key]) for key in keys]
    if sort is Sort.MATRIX:
        return all(isinstance(shape, tuple) and ONE not in shape for shape in shapes)
    return all(isinstance(shape, tuple) for shape in shapes)


def _refitted(fitter: Fitter, fitted: Fitted, keys: list[str], sort: Sort, end: int) -> Fitted:
    """Return the best fit that is found in which some symbols are of a given sort."""
    current = fitter.evaluate({**fitted.sorts, **dict.fromkeys(keys, sort)})
    while len(current.misfits) > len(fitted.misfits) and fitter.tried < end:
        better = _step(fitter, current, keys, sort, end)
        if better is None:
            break
        current = better
    return current


def _step(fitter: Fitter, current: Fitted, keys: list[str], sort: Sort, end: int) -> Fitted | None:
    for moved in fitter.moves(current):
        if fitter.tried >= end:
            return None
        if all(moved[key] is sort for key in keys):
            made = fitter.evaluate(moved)
            if made.cost < current.cost - 1e-9:
                return made
    return None


@dataclass(frozen=True)
class Evidence:
    """Formulas that speak for the sorts of symbols, as they fit no other way.

    Attributes
    ----------
    keys : tuple of str
        The symbols, which are of another sort than they look like.
    formulas : list of Formula
        The formulas.
    otherwise : Fitted
        What they would be if the symbols were what they look like.
    """

    keys: tuple[str, ...]
    formulas: list[Formula]
    otherwise: Fitted

    def is_said_twice(self) -> bool:
        """Whether two sides of the first formula do not fit otherwise, each by itself."""
        return sum(not self.otherwise.fits(side) for side in self.formulas[0].sides if side is not None) > 1


def evidence(best: Fit) -> list[Evidence]:
    """Return what speaks for the sorts of symbols that are of another one than they look like.

    Those in one formula are asked for together, too: each of two numbers may fit only as long as the other one is.
    """
    fitter, fitted = best.fitter, best.fitted
    usual = fitter.usual()
    known = {id(formula) for formula in fitted.misfits}
    moved = {key for key in fitter.keys if fitted.sorts[key] is not usual[key]}
    sets = [[key for key in keys if key in moved] for keys in fitter.groups.values()]
    sets += [[key for key in fitter.keys_of(formula) if key in moved] for formula in fitter.gathered.formulas]
    found = []
    for keys in dict.fromkeys(tuple(sorted(keys)) for keys in sets if keys):
        made = fitter.evaluate({**fitted.sorts, **{key: usual[key] for key in keys}})
        formulas = [formula for formula in made.misfits if id(formula) not in known]
        if formulas:
            found.append(Evidence(keys, formulas, made))
    return found


def alone(best: Fit, evidence: Iterable[Evidence]) -> dict[Place, tuple[str, ...]]:
    """Return the symbols that are of a smaller sort than they look like because of one formula, by its signs.

    Such a formula may as well be wrong: a product in the wrong order fits if one of its factors is a number. What is
    squared, divided by or added to numbers is one whatever else the formula says, and so is what has to be one on both
    sides.
    """
    found: dict[Place, tuple[str, ...]] = {}
    usual, sorts = best.fitter.usual(), best.fitted.sorts
    for each in evidence:
        smaller = [key for key in each.keys if _RANK[sorts[key]] < _RANK[usual[key]]]
        if len(each.formulas) != 1 or not smaller or each.is_said_twice():
            continue
        if _is_doubtful(smaller, each.formulas[0], best):
            for place in each.formulas[0].places:
                found[place] = tuple(dict.fromkeys((*found.get(place, ()), *smaller)))
    return found


def _is_doubtful(keys: list[str], formula: Formula, best: Fit) -> bool:
    """Whether a formula may be wrong under which symbols are of a smaller sort than they look like."""
    nodes = [node for side in formula.sides if side is not None for node in below(side)]
    if any(_is_number(node, key, best) for node in nodes for key in keys):
        return False
    unusual = any(best.fitter.prior[key][best.fitted.sorts[key]] >= UNUSUAL for key in keys)
    return unusual or any(_is_beside_array(node, key, best) for node in nodes for key in keys)


def _is_number(node: Node, key: str, best: Fit) -> bool:
    """Whether a symbol is divided by, stands by itself in a sum or, if it is no capital, is raised to a power."""
    match node:
        case Terms():
            return any(_is(item, key, best) for _, item in node.items)
        case Fraction_():
            items = node.denominator.items if isinstance(node.denominator, Product) else (node.denominator,)
            return any(_is(item, key, best) for item in items)
        case Scripted(power=Num()):
            return _is(node, key, best) and best.fitter.usual()[key] is Sort.VECTOR
    return False


def _is_beside_array(node: Node, key: str, best: Fit) -> bool:
    """Whether a symbol is a factor beside a vector or a matrix."""
    if not isinstance(node, Product) or not any(_is(item, key, best) for item in node.items):
        return False
    return any(isinstance(best.fitted.shape(item), tuple) for item in node.items)


def _is(node: Node, key: str, best: Fit) -> bool:
    is_symbol = isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(node.base, Name))
    return is_symbol and best.fitter.variables.key(node)[0] == key  # type: ignore[arg-type]
