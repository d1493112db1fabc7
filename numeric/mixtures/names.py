"""Names and shapes of the arrays of a mixture module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from numeric.construct import SYMMETRIC
from numeric.emit import stored
from numeric.mixtures.design import COMMON, WHITENING, Design, Statistic
from numeric.mixtures.layout import Rows, rows_of
from numeric.mixtures.steps import FRESH, MOVE, OFFSET
from numeric.mixtures.system import Datum, Parameter
from numeric.program import Argument
from numeric.source import of_shape, safe, spelled

SCRATCH = ("counts", "known", "work", "features", "math", "np", "shift", "theta")


@dataclass(frozen=True)
class Names:
    """What is written of a design: its rows, and the Python names of its symbols."""

    design: Design
    rows: tuple[Rows, ...]
    of: dict[str, str]
    raw: dict[str, str]
    sizes: tuple[str, ...]

    @property
    def data(self) -> tuple[Datum, ...]:
        """The arrays of the data."""
        return self.design.system.data

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters."""
        return self.design.system.parameters

    @property
    def arrays(self) -> tuple[Datum | Parameter, ...]:
        """Data and parameters."""
        return (*self.data, *self.parameters)

    @property
    def gap(self) -> str:
        """The rows of the located data, less the shift, as source."""
        return next(f"features[{row.start} : {row.stop}]" for row in self.rows if row.kind == "located")

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans of the module."""
        form = self.design.form
        if form is None:
            return ("separated",)
        is_triangular = form.whitening is not None and form.whitening.op == "inv"
        return ("separated", "triangular" if is_triangular else "centred")

    def listed(self, arrays: Iterable[Datum | Parameter | Statistic]) -> str:
        """Return names with commas between them."""
        return ", ".join(each.name for each in arrays)


def names_of(design: Design) -> Names:
    """Return the names of a design."""
    system = design.system
    of: dict[str, str] = {WHITENING: "whitening", COMMON: "raw_second"}
    arrays: tuple[Datum | Parameter, ...] = (*system.data, *system.parameters)
    for each in arrays:
        of |= {each.key: each.name, OFFSET + each.key: "offsets", MOVE + each.key: "move"}
        of[FRESH + each.key] = f"new_{each.name}"
    of |= {one.name: one.name for one in design.statistics}
    by_feature = {one.feature: one.name for one in design.statistics}
    raw = {
        key: f"raw_{by_feature.get(feature, f'moment_{place}')}"
        for place, (key, (feature, _)) in enumerate(design.features.items())
    }
    letters = dict.fromkeys(letter for each in arrays for letter in axes_of(each.argument))
    sizes = tuple(letter for letter in letters if letter not in ("N", "K"))
    return Names(design, rows_of(design), of, raw, sizes)


def axes_of(argument: Argument) -> tuple[str, ...]:
    """Return the axes of an array as letters."""
    return tuple(str(dim) for dim in stored(argument.ranges, argument.shape))


def axes_of_statistic(one: Statistic) -> tuple[str, ...]:
    """Return the axes of a statistic as letters."""
    return tuple(str(dim) for dim in stored(() if one.summed else ("K",), one.feature.shape))


def domain(parameter: Parameter, is_first: bool) -> str:
    """Return the domain of a parameter as the runtime names it."""
    facts = set(parameter.symbol.data[1])
    if is_first:
        return "simplex"
    if "positive definite" in facts:
        return "positive definite"
    return "positive" if "positive" in facts else "real"


def is_symmetric(parameter: Parameter) -> bool:
    """Whether a parameter is declared to be symmetric."""
    return bool(SYMMETRIC & set(parameter.symbol.data[1])) and parameter.symbol.rank == 2


def described(arrays: Iterable[Datum | Parameter]) -> list[str]:
    """Return the lines of a docstring for arrays."""
    lines = []
    for each in arrays:
        lines.append(f"{each.name} : {of_shape(axes_of(each.argument))}")
        lines.append(f"    :math:`{safe(spelled(each.argument))}`")
    return lines


def constants(names: Names, variances: tuple[str, ...]) -> str:
    """Return the constants of a module."""
    design = names.design
    statistics = {one.name: axes_of_statistic(one) for one in design.statistics}
    domains = {p.name: domain(p, place == 0) for place, p in enumerate(names.parameters)}
    return "\n".join(
        [
            f"DATA = {_table({each.name: axes_of(each.argument) for each in names.data})}",
            f"PARAMETERS = {_table({each.name: axes_of(each.argument) for each in names.parameters})}",
            f"DOMAINS = {_table(domains)}",
            f"VARIANCES{'' if variances else ': tuple[str, ...]'} = {_value(variances)}",
            f"STATISTICS = {_table({**statistics, 'log_likelihood': (), 'rows': ('P',)})}",
            f"PLANS = {_value(names.plans)}",
        ]
    )


def _value(value: tuple[str, ...] | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    inner = ", ".join(f'"{each}"' for each in value)
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def _table(table: dict[str, tuple[str, ...]] | dict[str, str]) -> str:
    inner = ", ".join(f'"{name}": {_value(value)}' for name, value in table.items())
    return "{" + inner + "}"
