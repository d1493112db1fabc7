"""Formulas that do not fit a document as it is read, and would under another reading that is nearly as likely."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from derive.infer.fit import MEASURED, MISFIT, Fitted, Fitter
from derive.infer.gather import Formula
from derive.infer.rivals import NEAR, Fit
from derive.infer.typography import Sort

MOST_FORMULAS = 8
"""Formulas for which another reading is looked for."""
MOST_TRIED = 40
"""Readings that are tried for one of them."""


def doubtful(fit: Fit) -> frozenset[int]:
    """Return the lines that do not fit, and do under other sorts under which all the rest fits as well.

    Such a line is not known to make no sense: X and Y in ``\\log \\frac{X}{Y}`` may be numbers.
    """
    misfits = fit.fitted.misfits[:MOST_FORMULAS]
    return frozenset(formula.line for formula in misfits if _fits_otherwise(formula, fit.fitter, fit.fitted))


def _fits_otherwise(formula: Formula, fitter: Fitter, fitted: Fitted) -> bool:
    known = {id(each) for each in fitted.misfits} - {id(formula)}
    for sorts, is_plain in _readings(formula, fitter, fitted):
        made = fitter.evaluate({**fitted.sorts, **sorts})
        if {id(each) for each in made.misfits} <= known and (is_plain or made.cost <= fitted.cost + NEAR):
            return True
    return False


def _readings(formula: Formula, fitter: Fitter, fitted: Fitted) -> Iterator[tuple[dict[str, Sort], bool]]:
    """Yield other sorts of the symbols of a formula, and whether all are numbers that nothing else is said of."""
    keys = [key for key in fitter.keys_of(formula) if max(fitter.prior[key].values()) < MEASURED]
    if not keys:
        return
    is_plain = not fitter.transposed.intersection(keys) and len(keys) == len(fitter.keys_of(formula))
    yield dict.fromkeys(keys, Sort.SCALAR), is_plain
    limit = NEAR + MISFIT  # which is saved by what fits

    def price(sorts: tuple[Sort, ...]) -> float:
        return sum(
            fitter.prior[key][sort] - fitter.prior[key][fitted.sorts[key]]
            for key, sort in zip(keys, sorts, strict=True)
        )

    if len(keys) > 5:
        return
    ranked = sorted(product(Sort, repeat=len(keys)), key=price)
    for sorts in ranked[:MOST_TRIED]:
        if price(sorts) <= limit:
            yield dict(zip(keys, sorts, strict=True)), False
